package fluoro

import (
	"math"
	"slices"
)

// Cement stays where it came, moves with the bone, comes little by little, is compact, and lies together. What became darker for
// another reason fails one of these: a trocar is straight and comes from the border; contrast fills thin vessels that the heart moves;
// bowel gas that leaves makes its place as dark as the rest, not darker; hands and instruments come from the border and go.

// The tests of a piece. Sizes are for pictures of 384 pixels a side.
const (
	leastPixels = 10
	mostMissed  = 0.3  // of the frames since it came
	leastDisc   = 0.07 // area of the largest disc within, to that of the piece: vessels have a hundredth
	nearPart    = 0.15 // of the side within which everything lies round the main piece
	leastEdge   = 0.12 // of what was added within a piece, that is lost over three pixels across its outline
	mostBorder  = 0.12 // of a piece's outline that may lie at the border of the open field
)

// choose fills from: what stays dark, in pieces that pass; hidden pixels are left out, and what seems to come under a trocar when table or
// field move. ref is the picture before, late what was added
// to it in the last frames.
func (m *cementMap) choose(t *track, s *spans, ref, late *picture, mm1 float32, hidden []bool) {
	m.from = make([]uint16, m.w*m.h)
	cand := make([]bool, len(m.from))
	for i := range m.from {
		m.from[i] = never
		cand[i] = s.best[i] >= weak*mm1 && !s.left(i, gone*mm1) && s.missed(i) <= mostMissed && t.open(i, m.w, m.bin) && (hidden == nil || !hidden[i]) && !(t.rodAt(i, m.w, m.bin) && t.moved(int(s.from[i])))
	}
	var good [][]int32
	soft := newPicture(m.w, m.h)
	smooth3(soft.v, late.v, make([]float32, len(soft.v)), m.w, m.h)
	smooth3(soft.v, soft.v, make([]float32, len(soft.v)), m.w, m.h)
	main := -1
	for _, p := range pieces(cand, m.w, m.h) {
		if !m.steady(p, s, mm1) || !m.gainsContrast(p, t, s, ref, late, mm1) || m.atBorder(p, t) || m.wandered(p, t, late) || m.leftLight(p, t, late, soft, mm1) {
			continue
		}
		good = append(good, p)
		if m.couldBeMain(p, s, t.quick) && (main < 0 || mass(p, late) > mass(good[main], late)) {
			main = len(good) - 1
		}
	}
	if main < 0 {
		return
	}
	began := firstFrames(good[main], s)[0]
	box := m.boxOf(good[main], int(nearPart*float64(max(m.w, m.h))))
	m.main, m.depth = good[main], m.thickest(good[main], late)
	for n, p := range good {
		if n != main && (!box.touches(m, p) || firstFrames(p, s)[len(p)/10]+2 < began && mass(p, late) < secondMass*mass(m.main, late)) {
			continue
		}
		for _, i := range p {
			m.from[i] = s.from[i]
		}
	}
	m.fillUnder(t)
	m.whenHidden(t)
}

// whenHidden gives cement that came under a trocar, and was seen only when that went, the time of the nearest cement that came in
// view: it has not waited.
func (m *cementMap) whenHidden(t *track) {
	gone := map[int]bool{}
	for _, b := range t.rods {
		for k := b.out - 1; k <= b.out+revealFrames; k++ {
			gone[k] = true
		}
	}
	nearest := make([]int32, len(m.from)) // pixel whose time is taken, plus one
	var queue []int32
	for i, f := range m.from {
		if f != never && !(gone[int(f)] && t.rodAt(i, m.w, m.bin)) {
			nearest[i] = int32(i) + 1
			queue = append(queue, int32(i))
		}
	}
	for n := 0; n < len(queue); n++ {
		i := queue[n]
		x, y := int(i)%m.w, int(i)/m.w
		for _, d := range [4][2]int{{1, 0}, {-1, 0}, {0, 1}, {0, -1}} {
			u, v := x+d[0], y+d[1]
			if u < 0 || v < 0 || u >= m.w || v >= m.h {
				continue
			}
			if j := v*m.w + u; m.from[j] != never && nearest[j] == 0 {
				nearest[j] = nearest[i]
				queue = append(queue, int32(j))
			}
		}
	}
	for i, at := range nearest {
		if at > 0 {
			m.from[i] = min(m.from[i], m.from[at-1])
		}
	}
}

// revealFrames after a trocar begins to go its last pixels are seen.
const revealFrames = 8

// fillUnder fills what cement encloses and a trocar hid: nothing was seen there, and cement does not spare a trocar's place. It counts
// from when its surroundings are full.
func (m *cementMap) fillUnder(t *track) {
	empty := make([]bool, len(m.from))
	for i, f := range m.from {
		empty[i] = f == never
	}
	beyond := flood(empty, m.w, m.h)
	for i := range empty {
		empty[i] = empty[i] && !beyond[i]
	}
	for _, p := range pieces(empty, m.w, m.h) {
		hidden := 0
		var round []float32
		for _, i := range p {
			if t.rodAt(int(i), m.w, m.bin) {
				hidden++
			}
			for _, j := range [4]int32{i - 1, i + 1, i - int32(m.w), i + int32(m.w)} { // an enclosed piece never lies at the border
				if m.from[j] != never {
					round = append(round, float32(m.from[j]))
				}
			}
		}
		if 3*hidden < 2*len(p) {
			continue
		}
		from := uint16(quantile(round, 0.75))
		for _, i := range p {
			m.from[i] = from
		}
	}
}

// thickest returns the attenuation that a tenth of a piece passes, over the radius of the largest disc within: a measure of what one
// pixel of cement weakens.
func (m *cementMap) thickest(p []int32, late *picture) float64 {
	added := make([]float32, len(p))
	for n, i := range p {
		added[n] = late.v[i]
	}
	return float64(quantile(added, 0.9)) / math.Max(1, m.inscribed(p))
}

func (m *cementMap) scale() float64 {
	side := float64(max(m.w, m.h)) / 384
	return side * side
}

// steady tests size and weight of evidence.
func (m *cementMap) steady(p []int32, s *spans, mm1 float32) bool {
	if float64(len(p)) < leastPixels*m.scale() {
		return false
	}
	firm := 0
	for _, i := range p {
		if s.best[i] >= strong*mm1 {
			firm++
		}
	}
	return firm*3 >= len(p)
}

// wandered reports whether something light left the piece for its neighbourhood: bowel gas, lung. Cement makes nothing paler.
func (m *cementMap) wandered(p []int32, t *track, late *picture) bool {
	f := m.bin
	near := m.boxOf(p, int(0.1*float64(max(m.w, m.h))))
	paler := 0.0
	for y := max(0, near.y0*f/t.bin); y <= min(t.h-1, near.y1*f/t.bin); y++ {
		for x := max(0, near.x0*f/t.bin); x <= min(t.w-1, near.x1*f/t.bin); x++ {
			i := y*t.w + x
			if d := t.paler.depth[i]; t.paler.best[i] >= paleEvidence*coarseMM1 && d < steelDepth { // not where a trocar was
				paler += float64(d)
			}
		}
	}
	share := float64(t.bin*t.bin) / float64(f*f)
	return paler*share > mostPaler*mass(p, late)
}

// leftLight is wandered for light things that moved little, or are hardly lighter than the rest: what is paler at the end than before,
// about the piece, in the smoothed last frames, beyond what moves to and fro there.
func (m *cementMap) leftLight(p []int32, t *track, late, soft *picture, mm1 float32) bool {
	near := m.boxOf(p, int(0.05*float64(max(m.w, m.h))))
	paler := 0.0
	for y := max(0, near.y0); y <= min(m.h-1, near.y1); y++ {
		for x := max(0, near.x0); x <= min(m.w-1, near.x1); x++ {
			i := y*m.w + x
			d := soft.v[i]
			if m.pale != nil {
				d = min(0, d+m.pale[i])
			}
			if d < -palerShare*mm1 && t.open(i, m.w, m.bin) && !t.rodAt(i, m.w, m.bin) {
				paler -= float64(d)
			}
		}
	}
	return paler > mostPaler*mass(p, late)
}

// palerShare of 1 mm of cement is what a pixel must be paler by.
const palerShare = 0.6

// mostPaler is how much may become paler near a piece, to what the piece darkens, in attenuation times area; paleEvidence what makes a pixel paler, in units of the threshold.
const (
	mostPaler    = 0.5
	paleEvidence = 4
)

// gainsContrast tests that the piece has an edge, and that it came to be darker than what is round it: where something light went
// away, the piece was lighter before and is like the rest now; what scatter darkens has no edge.
func (m *cementMap) gainsContrast(p []int32, t *track, s *spans, ref, late *picture, mm1 float32) bool {
	gain, before, edge, ok := m.contrast(p, t, s, ref, late)
	return ok && edge >= max(leastEdge*gain, 0.5*mm1) && (before > -0.6*gain || gain > 2*steelDepth)
}

// contrast returns what a piece darkens, how much darker it was before than what lies a few pixels outside, and how much more it darkens
// than that; ok is false when nothing outside is known.
func (m *cementMap) contrast(p []int32, t *track, s *spans, ref, late *picture) (gain, before, edge float32, ok bool) {
	inside := make(map[int32]bool, len(p))
	for _, i := range p {
		inside[i] = true
	}
	var in, out, lateIn, lateOut, added []float32
	for _, i := range p {
		added = append(added, s.depth[i])
		x, y := int(i)%m.w, int(i)/m.w
		for _, d := range [][2]int{{1, 0}, {-1, 0}, {0, 1}, {0, -1}} {
			const ring = 3
			u, v := x+ring*d[0], y+ring*d[1]
			if u < 0 || v < 0 || u >= m.w || v >= m.h {
				continue
			}
			j := int32(v*m.w + u)
			if inside[j] || t.rodAt(int(j), m.w, m.bin) || ref.v[j] == outside || ref.v[i] == outside {
				continue
			}
			in, out = append(in, ref.v[i]), append(out, ref.v[j])
			lateIn, lateOut = append(lateIn, late.v[i]), append(lateOut, late.v[j])
		}
	}
	if len(in) == 0 {
		return 0, 0, 0, false
	}
	return median(added), median(in) - median(out), median(lateIn) - median(lateOut), true
}

// atBorder reports whether much of the piece's outline lies at the border of the open field.
func (m *cementMap) atBorder(p []int32, t *track) bool {
	rim, at := 0, 0
	inside := make(map[int32]bool, len(p))
	for _, i := range p {
		inside[i] = true
	}
	const reach = 4
	for _, i := range p {
		x, y := int(i)%m.w, int(i)/m.w
		if x > 0 && y > 0 && x < m.w-1 && y < m.h-1 && inside[i-1] && inside[i+1] && inside[i-int32(m.w)] && inside[i+int32(m.w)] {
			continue
		}
		rim++
		for _, d := range [][2]int{{reach, 0}, {-reach, 0}, {0, reach}, {0, -reach}} {
			u, v := x+d[0], y+d[1]
			if u < 0 || v < 0 || u >= m.w || v >= m.h || !t.open(v*m.w+u, m.w, m.bin) {
				at++
				break
			}
		}
	}
	return float64(at) > mostBorder*float64(rim)
}

// couldBeMain tests that a piece is compact and grew.
func (m *cementMap) couldBeMain(p []int32, s *spans, quick int) bool {
	first := firstFrames(p, s)
	if first[len(p)*9/10]-first[len(p)/10] < quick {
		return false
	}
	r := m.inscribed(p)
	return math.Pi*r*r >= leastDisc*float64(len(p))
}

// firstFrames returns the arrival of a piece's pixels in order.
func firstFrames(p []int32, s *spans) []int {
	out := make([]int, len(p))
	for n, i := range p {
		out[n] = int(s.from[i])
	}
	slices.Sort(out)
	return out
}

// secondMass is what a piece that came before the main one must have of its mass to be cement too: the other side's injection.
const secondMass = 0.25

// mass is the attenuation that a piece adds, summed over its pixels.
func mass(p []int32, late *picture) (sum float64) {
	for _, i := range p {
		sum += float64(late.v[i])
	}
	return sum
}

// inscribed returns the radius of the largest disc within a piece, in pixels (chamfer distance 3-4, Borgefors 1986).
func (m *cementMap) inscribed(p []int32) float64 {
	b := m.boxOf(p, 2)
	w, h := b.x1-b.x0+1, b.y1-b.y0+1
	d := make([]int32, w*h)
	for _, i := range p {
		d[(int(i)/m.w-b.y0)*w+int(i)%m.w-b.x0] = math.MaxInt32 / 2
	}
	best := int32(0)
	for y := 1; y < h-1; y++ {
		for x := 1; x < w-1; x++ {
			o := y*w + x
			d[o] = min(d[o], d[o-1]+3, d[o-w]+3, d[o-w-1]+4, d[o-w+1]+4)
		}
	}
	for y := h - 2; y >= 1; y-- {
		for x := w - 2; x >= 1; x-- {
			o := y*w + x
			d[o] = min(d[o], d[o+1]+3, d[o+w]+3, d[o+w+1]+4, d[o+w-1]+4)
			best = max(best, d[o])
		}
	}
	return float64(best)/3 - 0.5
}

// box is a rectangle of pixels, ends included; it may reach over the border.
type box struct{ x0, y0, x1, y1 int }

func (m *cementMap) boxOf(p []int32, margin int) box {
	b := box{math.MaxInt, math.MaxInt, math.MinInt, math.MinInt}
	for _, i := range p {
		x, y := int(i)%m.w, int(i)/m.w
		b = box{min(b.x0, x), min(b.y0, y), max(b.x1, x), max(b.y1, y)}
	}
	return box{b.x0 - margin, b.y0 - margin, b.x1 + margin, b.y1 + margin}
}

func (b box) touches(m *cementMap, p []int32) bool {
	return slices.ContainsFunc(p, func(i int32) bool {
		x, y := int(i)%m.w, int(i)/m.w
		return x >= b.x0 && x <= b.x1 && y >= b.y0 && y <= b.y1
	})
}
