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
	alone    []int32 // the pixels of that part
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
	freeShare  = 0.8  // of a band within the picture, where it stands alone: as dark as steel, and changed within half of quickSeconds
)

// bands finds the straight strips in a mask that reach the border of the open field, or else changed at once: the hub of a trocar may
// lie in the picture, and not be seen.
func bands(mask, open []bool, w, h int, atOnce func(pixels []int32) bool) (out []band) {
	side := max(w, h)
	width := max(3, int(bandWidth*float64(side)))
	thin := topHat(mask, w, h, (width+1)/2)
	for range mostBands {
		b, reaches, ok := bestBand(thin, mask, open, w, h, width)
		if !ok {
			return out
		}
		if reaches || float64(len(b.alone)) >= bandLength*float64(max(w, h))*2 && atOnce(b.alone) {
			out = append(out, b)
		}
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
func bestBand(thin, mask, open []bool, w, h, width int) (best band, reaches, ok bool) {
	var points []int32
	for i, on := range thin {
		if on {
			points = append(points, int32(i))
		}
	}
	side := float64(max(w, h))
	if float64(len(points)) < bandLength*side*2 {
		return best, false, false
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
		return best, false, false
	}
	return strip(mask, open, w, h, topAngle*math.Pi/180, float64(topRho), float64(width))
}

// strip follows the strip rho <= -x sin + y cos < rho+width, keeps its longest run, and tells whether that reaches the border of the
// open field.
func strip(mask, open []bool, w, h int, angle, rho, width float64) (b band, reaches, ok bool) {
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
		return b, false, false
	}
	for s := max(0, from-8); s < min(len(edge), to+8); s++ {
		reaches = reaches || edge[s]
	}
	alone := 0
	var widths []float32
	for s := from; s < to; s++ {
		if 2*beside[s] <= inside[s] {
			alone++
			widths = append(widths, float32(inside[s]))
			b.alone = append(b.alone, members[s]...)
		}
		b.pixels = append(b.pixels, members[s]...)
	}
	b.straight = float64(alone) / float64(to-from)
	if b.straight < 0.5 || len(widths) == 0 {
		return b, reaches, false
	}
	return b, reaches, quantile(slices.Clone(widths), 0.9) < 2.5*median(widths)+2
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
		stood := t.stood(b.alone)
		first := firstFrames(stood, t.darker)
		b.in, b.settled = arrives(first), first[len(first)/2]+2
		if b.out = t.leaves(stood, frames); b.out < frames && t.shocked(b.out-1, b.out+1) && !t.away(stood) { // the field changed: what it shows there is not the same
			b.out = frames
		}
		b.keep(t.darker.from, 0, b.settled+2)
		out = append(out, b)
	}
	for _, b := range t.bandsOf(t.paler) {
		var went []float32
		for _, i := range b.alone {
			went = append(went, float32(t.paler.from[i]))
		}
		if b.out = int(median(went)); t.shocked(b.out-tableTakes, b.out+1) {
			continue
		}
		b.keep(t.paler.from, b.out-6, b.out+6)
		out = append(out, b)
	}
	return out
}

// stood returns the pixels that a trocar did not only pass on its way in or out; all of them when they are few.
func (t *track) stood(pixels []int32) (out []int32) {
	for _, i := range pixels {
		if int(t.darker.to[i])-int(t.darker.from[i]) >= 2*t.quick {
			out = append(out, i)
		}
	}
	if 4*len(out) < len(pixels) {
		return pixels
	}
	return out
}

// arrives returns when a band comes, from the first frames of its pixels in order: the tenth of those since the shortest time in which
// half of them come. Noise of the first frame makes some seem to have been darker since then.
func arrives(first []int) int {
	from := shortest(first)
	for from > 0 && first[from]-first[from-1] <= 1 { // it may have come slowly
		from--
	}
	return first[from+(len(first)-from)/10]
}

// shortest returns where, in a list in order, the half of it that spans least begins.
func shortest(x []int) (from int) {
	half := len(x) / 2
	for n := range x[:len(x)-half] {
		if x[n+half]-x[n] < x[from+half]-x[from] {
			from = n
		}
	}
	return from
}

// away reports whether a trocar whose pixels became lighter is gone at the end of the run: they are most of it, and stand out from what
// lies beside them by less than half of its shadow.
func (t *track) away(pixels []int32) bool {
	at := make([]bool, t.w*t.h)
	var depth, in, beside []float32
	for _, i := range pixels {
		at[i] = true
		if t.darker.left(int(i), gone4) {
			depth, in = append(depth, t.darker.depth[i]), append(in, t.late.v[i])
		}
	}
	if 5*len(in) < 3*len(pixels) {
		return false
	}
	near := grown(at, t.w, t.h, 2)
	for i, on := range grown(at, t.w, t.h, 5) {
		if on && !near[i] && t.valid[i] {
			beside = append(beside, t.late.v[i])
		}
	}
	return median(in)-median(beside) < median(depth)/2
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
	atOnce := func(pixels []int32) bool {
		first := firstFrames(pixels, s)
		mid, n := first[len(first)/2], 0
		for _, i := range pixels {
			if core[i] && abs(int(s.from[i])-mid) <= max(1, t.quick/4) {
				n++
			}
		}
		return float64(n) >= freeShare*float64(len(pixels)) && (s != t.darker || !t.followsCement(pixels, first[len(first)/10]))
	}
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
	for _, b := range bands(deep(faintDepth), t.valid, t.w, t.h, atOnce) {
		if share(b, core) < coreShare {
			continue
		}
		for _, i := range b.pixels {
			taken[i] = true
		}
		out = append(out, b)
	}
	for _, b := range bands(core, t.valid, t.w, t.h, atOnce) {
		if share(b, taken) < 0.3 {
			out = append(out, b)
		}
	}
	return out
}

// followsCement reports whether more became dark and stayed so before a band came than the band: then it is a vein that filled.
func (t *track) followsCement(pixels []int32, came int) bool {
	n := 0
	for i, f := range t.darker.from {
		if s := t.darker; int(f) < came-2 && s.best[i] >= strong*coarseMM1 && s.depth[i] >= faintDepth && !s.left(i, gone4) {
			n++
		}
	}
	return 2*n > len(pixels)
}

// keep drops the pixels whose frame lies outside first..last: what came at another time is not the trocar.
func (b *band) keep(frame []uint16, first, last int) {
	b.pixels = slices.DeleteFunc(b.pixels, func(i int32) bool { return int(frame[i]) < first || int(frame[i]) > last })
}

// leaves returns the frame in which the pixels that are still in the picture then are as before again; frames when they never are. Where
// cement has come under a trocar its pixels stay dark: a fifth of them is enough.
func (t *track) leaves(pixels []int32, frames int) int {
	var to []int
	seen := 0
	for _, i := range pixels {
		if s := t.darker; s.left(int(i), gone4) {
			to = append(to, int(s.to[i]))
			seen++
		} else if int(s.last[i]) > frames-4 {
			seen++
		}
	}
	if 5*len(to) <= seen {
		return frames
	}
	slices.Sort(to)
	return to[shortest(to)]
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
		came, stands := first[len(p)/10], first[len(p)*9/10]
		if t.shocked(came-tableTakes, came+1) || t.grows(p, came, stands) {
			continue
		}
		if beside.touches(cement, p) && (came >= from || 2*cement.between(stands, stands+t.quick) > len(p)) {
			continue
		}
		out = append(out, band{pixels: t.with(p, came-1, stands+2), in: came, settled: stands + 2, out: t.leaves(p, frames), endOn: true, straight: 0.3})
	}
	return out
}

// with returns a piece and what joins it that became dark in the frames from..to: its rim, and the rest of a trocar seen askew.
func (t *track) with(p []int32, from, to int) []int32 {
	s := t.darker
	taken := make(map[int32]bool, len(p))
	out := slices.Clone(p)
	for _, i := range p {
		taken[i] = true
	}
	for n := 0; n < len(out); n++ {
		x, y := int(out[n])%t.w, int(out[n])/t.w
		for v := max(0, y-1); v <= min(t.h-1, y+1); v++ {
			for u := max(0, x-1); u <= min(t.w-1, x+1); u++ {
				i := int32(v*t.w + u)
				if f := int(s.from[i]); !taken[i] && f >= from && f <= to && s.best[i] >= strong*coarseMM1 && s.depth[i] >= faintDepth {
					taken[i] = true
					out = append(out, i)
				}
			}
		}
	}
	return out
}

// between counts the pixels of cement that come after a frame, until another. Nobody injects at once after a trocar came: where as much
// follows, it was cement.
func (m *cementMap) between(after, until int) (n int) {
	for _, f := range m.from {
		if int(f) > after && int(f) <= until {
			n++
		}
	}
	return n
}

// shocked reports whether table or field moved in the frames from..to: then much comes at once.
func (t *track) shocked(from, to int) bool {
	for j := max(1, from); j <= min(to, len(t.motion)-1); j++ {
		m := t.motion[j].After(t.motion[j-1].Inverse())
		if math.Abs(math.Log(m.Scale)) > zoomShare || math.Hypot(m.DX, m.DY) > 2*tableShare*float64(max(t.w, t.h)*t.bin) {
			return true
		}
	}
	return false
}

// moved reports whether table or field began to move about frame k.
func (t *track) moved(k int) bool {
	return slices.ContainsFunc(t.moves, func(e int) bool { return abs(k-e) <= 1 })
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
