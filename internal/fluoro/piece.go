package fluoro

import (
	"math"
	"slices"
)

// Cement stays where it came, moves with the bone, comes little by little, is compact, and lies together. What became darker for
// another reason fails one of these: a trocar is straight and comes from the border; contrast fills thin vessels that the heart moves;
// bowel gas that leaves makes its place as dark as the rest, not darker; hands and instruments come from the border and go.

// keep chooses the pieces that behave like cement.
func (m *cementMap) keep(t *track, s *spans, ref *picture, mm1 float32) {
	m.choose(t, s, ref, mm1, nil)
}

// The tests of a piece. Sizes are for pictures of 384 pixels a side.
const (
	leastPixels = 10
	mostMissed  = 0.2  // of the frames since it came
	leastDisc   = 0.07 // area of the largest disc within, to that of the piece: vessels have a hundredth
	nearPart    = 0.2  // of the side within which everything lies round the main piece
	leastGrowth = 2    // frames between the first and the last tenth of the main piece
	mostBorder  = 0.12 // of a piece's outline that may lie at the border of the open field
)

// choose fills from: what stays dark, in pieces that pass; hidden pixels are left out.
func (m *cementMap) choose(t *track, s *spans, ref *picture, mm1 float32, hidden []bool) {
	m.from = make([]uint16, m.w*m.h)
	cand := make([]bool, len(m.from))
	for i := range m.from {
		m.from[i] = never
		cand[i] = s.best[i] >= weak*mm1 && !s.left(i, gone*mm1) && t.open(i, m.w, m.bin) && (hidden == nil || !hidden[i])
	}
	var good [][]int32
	main := -1
	for _, p := range pieces(cand, m.w, m.h) {
		if !m.steady(p, s, mm1) || !m.gainsContrast(p, s, ref) || m.atBorder(p, t) {
			continue
		}
		good = append(good, p)
		if m.couldBeMain(p, s) && (main < 0 || weight(p, s) > weight(good[main], s)) {
			main = len(good) - 1
		}
	}
	if main < 0 {
		return
	}
	began := firstFrames(good[main], s)[0]
	box := m.boxOf(good[main], int(nearPart*float64(max(m.w, m.h))))
	for n, p := range good {
		if n != main && (!box.touches(m, p) || firstFrames(p, s)[len(p)/10]+2 < began) {
			continue
		}
		for _, i := range p {
			m.from[i] = s.from[i]
		}
	}
}

func (m *cementMap) scale() float64 {
	side := float64(max(m.w, m.h)) / 384
	return side * side
}

// steady tests size, weight of evidence, and that most of the piece was there in most frames since it came.
func (m *cementMap) steady(p []int32, s *spans, mm1 float32) bool {
	if float64(len(p)) < leastPixels*m.scale() {
		return false
	}
	firm := 0
	var missed []float32
	for _, i := range p {
		if s.best[i] >= strong*mm1 {
			firm++
		}
		missed = append(missed, float32(s.missed(int(i))))
	}
	return firm*3 >= len(p) && quantile(missed, 0.6) <= mostMissed
}

// gainsContrast tests that the piece came to be darker than what is round it: where something light went away, the piece was lighter
// before and is like the rest now.
func (m *cementMap) gainsContrast(p []int32, s *spans, ref *picture) bool {
	inside := make(map[int32]bool, len(p))
	for _, i := range p {
		inside[i] = true
	}
	var in, out, added []float32
	const ring = 3
	for _, i := range p {
		if ref.v[i] == outside {
			continue
		}
		x, y := int(i)%m.w, int(i)/m.w
		edge := false
		for _, d := range [][2]int{{ring, 0}, {-ring, 0}, {0, ring}, {0, -ring}} {
			u, v := x+d[0], y+d[1]
			if u < 0 || v < 0 || u >= m.w || v >= m.h {
				continue
			}
			if j := int32(v*m.w + u); !inside[j] && ref.v[j] != outside {
				edge = true
				out = append(out, ref.v[j])
			}
		}
		if edge {
			in = append(in, ref.v[i])
		}
		added = append(added, s.depth[i])
	}
	if len(in) == 0 || len(out) == 0 {
		return true
	}
	before := median(in) - median(out)
	gain := median(added)
	return before > -0.6*gain || gain > 2*steelDepth
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
func (m *cementMap) couldBeMain(p []int32, s *spans) bool {
	first := firstFrames(p, s)
	if first[len(p)*9/10]-first[len(p)/10] < leastGrowth {
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

func weight(p []int32, s *spans) (sum float64) {
	for _, i := range p {
		sum += float64(s.best[i])
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
