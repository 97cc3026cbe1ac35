package fluoro

import (
	"math"
	"slices"
)

// band is a straight strip across the picture: a trocar, from where it enters to its tip.
type band struct {
	pixels   []int32 // of the small pictures
	settled  int     // frame from which it stands still
	in, out  int     // first frame with it, first frame without; in is 0 and out the number of frames where those are not seen
	straight float64 // share of its length that stands alone
	endOn    bool    // not a strip: seen along its axis
}

// Trocars are 1.5 to 5 mm thick, which is 1 to 5 % of a picture, and come in from its border.
const (
	bandWidth  = 0.042 // of the side
	bandLength = 0.2
	bandGap    = 3
	mostBands  = 4
	steelDepth = 0.22 // attenuation: 2 mm of steel in scatter; the diaphragm and gas stay below
	faintDepth = 0.1  // the same under a thick part of the patient
	coreShare  = 0.3  // of a band that must be as dark as steel in scatter
)

// bands finds the straight strips in a mask that reach the border of the open field.
func bands(mask, open []bool, w, h int) (out []band) {
	side := max(w, h)
	width := max(3, int(bandWidth*float64(side)))
	thin := topHat(mask, w, h, (width+1)/2)
	for range mostBands {
		b, ok := bestBand(thin, mask, open, w, h, width)
		if !ok {
			return out
		}
		out = append(out, b)
		for _, i := range b.pixels {
			thin[i] = false
		}
	}
	return out
}

// topHat keeps what is thinner than 2r+1 pixels.
func topHat(mask []bool, w, h, r int) []bool {
	inverse := make([]bool, len(mask))
	for i, on := range mask {
		inverse[i] = !on
	}
	core := grown(inverse, w, h, r)
	for i := range core {
		core[i] = !core[i]
	}
	thick := grown(core, w, h, r+1)
	out := make([]bool, len(mask))
	for i, on := range mask {
		out[i] = on && !thick[i]
	}
	return out
}

// bestBand looks over all directions for the fullest strip, and tells whether it is one.
func bestBand(thin, mask, open []bool, w, h, width int) (best band, ok bool) {
	var points []int32
	for i, on := range thin {
		if on {
			points = append(points, int32(i))
		}
	}
	side := float64(max(w, h))
	if float64(len(points)) < bandLength*side*2 {
		return best, false
	}
	diag := int(math.Hypot(float64(w), float64(h))) + 2
	count := make([]int, 2*diag+width+1)
	top, topAngle, topRho := 0, 0.0, 0
	for a := 0.0; a < 180; a += 1.5 {
		sin, cos := math.Sincos(a * math.Pi / 180)
		clear(count)
		for _, i := range points {
			x, y := float64(int(i)%w), float64(int(i)/w)
			count[int(-sin*x+cos*y+float64(diag))]++
		}
		sum := 0
		for rho := range count {
			sum += count[rho]
			if rho >= width {
				sum -= count[rho-width]
			}
			if sum > top {
				top, topAngle, topRho = sum, a, rho-width+1-diag
			}
		}
	}
	if float64(top) < bandLength*side*2 {
		return best, false
	}
	return strip(mask, open, w, h, topAngle*math.Pi/180, float64(topRho), float64(width))
}

// strip follows the strip rho <= -x sin + y cos < rho+width and keeps its longest run that reaches the border of the open field.
func strip(mask, open []bool, w, h int, angle, rho, width float64) (b band, ok bool) {
	sin, cos := math.Sincos(angle)
	diag := int(math.Hypot(float64(w), float64(h))) + 2
	inside, beside := make([]int, 2*diag), make([]int, 2*diag)
	edge := make([]bool, 2*diag)
	members := make([][]int32, 2*diag)
	for y := range h {
		for x := range w {
			across := -sin*float64(x) + cos*float64(y) - rho
			if across < -width-2 || across >= 2*width+2 {
				continue
			}
			along := int(cos*float64(x)+sin*float64(y)) + diag
			i := y*w + x
			in := across >= -1 && across < width+1
			if in && (x < 4 || y < 4 || x >= w-4 || y >= h-4 || !open[i]) {
				edge[along] = true
			}
			switch {
			case in && mask[i]:
				inside[along]++
				members[along] = append(members[along], int32(i))
			case !in && (across < -2 || across >= width+2) && mask[i]:
				beside[along]++
			}
		}
	}
	from, to := longestRun(inside)
	side := float64(max(w, h))
	if float64(to-from) < bandLength*side {
		return b, false
	}
	reaches := false
	for s := max(0, from-8); s < min(len(edge), to+8); s++ {
		reaches = reaches || edge[s]
	}
	alone := 0
	var widths []float32
	for s := from; s < to; s++ {
		if 2*beside[s] <= inside[s] {
			alone++
			widths = append(widths, float32(inside[s]))
		}
		b.pixels = append(b.pixels, members[s]...)
	}
	b.straight = float64(alone) / float64(to-from)
	if !reaches || b.straight < 0.5 || len(widths) == 0 {
		return b, false
	}
	return b, quantile(slices.Clone(widths), 0.9) < 2.5*median(widths)+2
}

// longestRun returns the longest stretch of filled bins with gaps of at most bandGap.
func longestRun(n []int) (from, to int) {
	start, last := -1, -1
	for i, c := range n {
		if c < 2 {
			continue
		}
		if start < 0 || i-last > bandGap {
			start = i
		}
		last = i
		if last+1-start > to-from {
			from, to = start, last+1
		}
	}
	return from, to
}

// amount is its pixels in the small pictures; zero when it is seen end-on.
func (b *band) amount() float64 {
	if b.endOn {
		return 0
	}
	return float64(len(b.pixels))
}

// there reports whether the band is in frame k.
func (b *band) there(k int) bool { return k >= b.in && k < b.out }

// trocars finds the bands that came, and those that were there and went.
func (t *track) trocars(frames int) (out []band) {
	for _, b := range t.bandsOf(t.darker) {
		var in []float32
		for _, i := range b.pixels {
			in = append(in, float32(t.darker.from[i]))
		}
		b.in, b.settled = int(quantile(in, 0.1)), int(median(in))+2
		if b.out = t.leaves(b.pixels, frames); b.out < frames && t.shocked(b.out) { // the field changed: what it shows there is not the same
			b.out = frames
		}
		b.keep(t.darker.from, 0, b.settled+2)
		out = append(out, b)
	}
	for _, b := range t.bandsOf(t.paler) {
		var went []float32
		for _, i := range b.pixels {
			went = append(went, float32(t.paler.from[i]))
		}
		b.out = int(median(went))
		b.keep(t.paler.from, b.out-6, b.out+6)
		out = append(out, b)
	}
	return out
}

// bandsOf finds bands of steel in what became darker, or paler. Over a thick part of the patient scatter leaves little of steel's
// shadow: a band may be faint where it is not its core.
func (t *track) bandsOf(s *spans) (out []band) {
	deep := func(least float32) []bool {
		mask := make([]bool, t.w*t.h)
		for i := range mask {
			mask[i] = s.best[i] >= strong*coarseMM1 && s.depth[i] >= least
		}
		return mask
	}
	core := deep(steelDepth)
	taken := make([]bool, t.w*t.h)
	share := func(b band, of []bool) float64 {
		n := 0
		for _, i := range b.pixels {
			if of[i] {
				n++
			}
		}
		return float64(n) / float64(max(1, len(b.pixels)))
	}
	for _, b := range bands(deep(faintDepth), t.valid, t.w, t.h) {
		if share(b, core) < coreShare {
			continue
		}
		for _, i := range b.pixels {
			taken[i] = true
		}
		out = append(out, b)
	}
	for _, b := range bands(core, t.valid, t.w, t.h) {
		if share(b, taken) < 0.3 {
			out = append(out, b)
		}
	}
	return out
}

// keep drops the pixels whose frame lies outside first..last: what came at another time is not the trocar.
func (b *band) keep(frame []uint16, first, last int) {
	b.pixels = slices.DeleteFunc(b.pixels, func(i int32) bool { return int(frame[i]) < first || int(frame[i]) > last })
}

// leaves returns the frame in which the pixels that are still in the picture then are as before again; frames when they never are. Where
// cement has come under a trocar its pixels stay dark: a fifth of them is enough.
func (t *track) leaves(pixels []int32, frames int) int {
	var to []float32
	seen := 0
	for _, i := range pixels {
		if s := t.darker; s.left(int(i), gone4) {
			to = append(to, float32(s.to[i]))
			seen++
		} else if int(s.last[i]) > frames-4 {
			seen++
		}
	}
	if 5*len(to) <= seen {
		return frames
	}
	return int(quantile(to, 0.3))
}

// endOnDepth is the attenuation of more steel than cement could match at once.
const endOnDepth = 0.45

// endOn finds trocars seen along their axis: no bands but very dark pieces that came at once, not in rods, and not beside the cement
// that began in a frame before them.
func (t *track) endOn(rods []band, cement *cementMap, start, frames int) (out []band) {
	beside := cement.boxOf(cement.main, t.w/12)
	mask := make([]bool, t.w*t.h)
	for i := range mask {
		mask[i] = t.darker.best[i] >= strong*coarseMM1 && t.darker.depth[i] >= endOnDepth
	}
	for _, b := range rods {
		for _, i := range b.pixels {
			mask[i] = false
		}
	}
	together := func(i, j int32) bool {
		d := int(t.darker.from[i]) - int(t.darker.from[j])
		return d >= -2 && d <= 2
	}
	least := endOnPart * float64(t.w*t.h)
	for _, p := range joined(mask, t.w, t.h, together) {
		first := firstFrames(p, t.darker)
		if float64(len(p)) < least || first[len(p)*9/10]-first[len(p)/10] >= t.quick {
			continue
		}
		// Where a trocar is seen from the side, what comes beside the cement with it or later is cement.
		from := start + t.quick + 1
		if len(rods) > 0 {
			from = start - 2
		}
		if t.shocked(first[len(p)/10]) || t.grows(p, first[len(p)/10], first[len(p)*9/10]) || first[len(p)/10] >= from && beside.touches(cement, p) {
			continue
		}
		out = append(out, band{pixels: p, in: first[len(p)/10], settled: first[len(p)*9/10] + 2, out: t.leaves(p, frames), endOn: true, straight: 0.3})
	}
	return out
}

// shocked reports whether table or field moved about frame k: then much comes at once.
func (t *track) shocked(k int) bool {
	for j := max(1, k-1); j <= min(k+1, len(t.motion)-1); j++ {
		m := t.motion[j].After(t.motion[j-1].Inverse())
		if math.Abs(math.Log(m.Scale)) > zoomShare || math.Hypot(m.DX, m.DY) > 2*tableShare*float64(max(t.w, t.h)*t.bin) {
			return true
		}
	}
	return false
}

// grows reports whether a piece that came from first to last goes on from what was dark just before, or goes on itself, as cement does.
func (t *track) grows(p []int32, first, last int) bool {
	mask := make([]bool, t.w*t.h)
	for _, i := range p {
		mask[i] = true
	}
	rim, earlier, later := 0, 0, 0
	for i, on := range grown(mask, t.w, t.h, 2) {
		if !on || mask[i] {
			continue
		}
		rim++
		if t.darker.best[i] < strong*coarseMM1 {
			continue
		}
		switch f := int(t.darker.from[i]); {
		case f < first-2:
			earlier++
		case f > last+2 && f <= last+2+t.quick:
			later++
		}
	}
	return 7*earlier > rim || 5*later > rim
}

// endOnPart of the picture is the least that such a piece covers: 4 mm across in 200 mm.
const endOnPart = 0.0004

const gone4 = gone * coarseMM1

// enlarged returns the band with a margin, in pictures of w x h pixels binned by b.
func (b *band) enlarged(t *track, w, h, bin int) []bool {
	small := make([]bool, t.w*t.h)
	for _, i := range b.pixels {
		small[i] = true
	}
	small = grown(small, t.w, t.h, 2)
	out := make([]bool, w*h)
	for i := range out {
		x, y := (i%w)*bin/t.bin, (i/w)*bin/t.bin
		out[i] = x < t.w && y < t.h && small[y*t.w+x]
	}
	return out
}
