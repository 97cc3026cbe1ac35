package fluoro

import "math"

// Scatter and exposure change the brightness of a whole region slowly over the picture: when the table moves, when the field changes,
// when the light beside the patient comes into view. A surface of second degree fitted to the difference takes that away; Tukey weights
// keep cement and trocars out of the fit.

// surface is c0 + c1 x + c2 y + c3 x2 + c4 xy + c5 y2, x and y from -1 to 1 over the picture.
type surface [6]float64

func terms(x, y float64) [6]float64 { return [6]float64{1, x, y, x * x, x * y, y * y} }

// backgroundOf fits the difference at every n-th pixel; outside pixels do not count.
func backgroundOf(diff *picture, n int) (s surface) {
	type sample struct {
		t [6]float64
		v float64
	}
	var list []sample
	var values []float32
	for y := n / 2; y < diff.h; y += n {
		for x := n / 2; x < diff.w; x += n {
			if v := diff.v[y*diff.w+x]; v != outside {
				list = append(list, sample{terms(2*float64(x)/float64(diff.w)-1, 2*float64(y)/float64(diff.h)-1), float64(v)})
				values = append(values, v)
			}
		}
	}
	if len(list) < 60 {
		return s
	}
	s[0] = float64(median(values))
	for range 5 {
		abs := values[:0]
		for _, p := range list {
			abs = append(abs, float32(math.Abs(p.v-s.at(p.t))))
		}
		cut := math.Max(4.685*1.4826*float64(median(abs)), 1e-4)
		var m [6][7]float64
		for _, p := range list {
			r := p.v - s.at(p.t)
			if math.Abs(r) >= cut {
				continue
			}
			k := 1 - r*r/(cut*cut)
			k *= k
			for i := range 6 {
				for j := range 6 {
					m[i][j] += k * p.t[i] * p.t[j]
				}
				m[i][6] += k * p.t[i] * p.v
			}
		}
		if !eliminate(&m) {
			return s
		}
		for i := range s {
			s[i] = m[i][6]
		}
	}
	return s
}

func (s *surface) at(t [6]float64) (v float64) {
	for i := range s {
		v += s[i] * t[i]
	}
	return v
}

// subtract takes the surface off the picture.
func (s *surface) subtract(p *picture) {
	for y := range p.h {
		v := 2*float64(y)/float64(p.h) - 1
		a, b, c := s[0]+s[2]*v+s[5]*v*v, s[1]+s[4]*v, s[3]
		row := p.v[y*p.w : (y+1)*p.w]
		for x := range row {
			u := 2*float64(x)/float64(p.w) - 1
			row[x] -= float32(a + u*(b+c*u))
		}
	}
}

// eliminate solves six equations in place; the last column becomes the solution.
func eliminate(m *[6][7]float64) bool {
	for i := range 6 {
		p := i
		for r := i + 1; r < 6; r++ {
			if math.Abs(m[r][i]) > math.Abs(m[p][i]) {
				p = r
			}
		}
		m[i], m[p] = m[p], m[i]
		if math.Abs(m[i][i]) < 1e-9 {
			return false
		}
		for r := range 6 {
			if r == i {
				continue
			}
			f := m[r][i] / m[i][i]
			for c := i; c < 7; c++ {
				m[r][c] -= f * m[i][c]
			}
		}
	}
	for i := range 6 {
		m[i][6] /= m[i][i]
	}
	return true
}

// anew is what the brightness changed by at an event, apart from cement: it is taken off every frame from there on.
type anew struct {
	frame int
	added *picture
}

// anewFrames on either side of an event are compared.
const anewFrames = 4

// smoothPart of the side is the radius over which the change is averaged: larger than cement grows in those frames.
const smoothPart = 0.035

// leastKnown is the share of a neighbourhood that must be known.
const leastKnown = 0.1

// changes compares the frames before and after every event that changes the whole picture.
func (r *Run) changes(events []Event, mean func(frames []int) (*picture, error), t *track, bin int) (out []anew, err error) {
	for _, e := range events {
		if e.Kind != TableMove && e.Kind != Zoom && e.Kind != Exposure {
			continue
		}
		settle := e.Frame
		if e.Kind == TableMove {
			settle += 2
		}
		before, after := t.good(e.Frame-1, -1, anewFrames), t.good(settle, 1, anewFrames)
		if len(before) == 0 || len(after) == 0 {
			continue
		}
		from, err := mean(before)
		if err != nil {
			return nil, err
		}
		to, err := mean(after)
		if err != nil {
			return nil, err
		}
		out = append(out, anew{e.Frame, t.smoothChange(from, to, bin, e.Kind)})
	}
	return out, nil
}

// good returns up to n frames that were read and laid on the first, from k in steps.
func (t *track) good(k, step, n int) (out []int) {
	for ; k >= 0 && k < len(t.read) && len(out) < n; k += step {
		if t.read[k] && !t.lost[k] {
			out = append(out, k)
		}
	}
	return out
}

// smoothChange averages b - a, limited so that cement that grows meanwhile hardly counts, over the neighbourhood. What moves by itself
// lies elsewhere in b for its own reasons.
func (t *track) smoothChange(a, b *picture, bin int, kind Kind) *picture {
	w, h := a.w, a.h
	diff := newPicture(w, h)
	for i := range diff.v {
		if diff.v[i] = outside; a.v[i] != outside && b.v[i] != outside {
			diff.v[i] = b.v[i] - a.v[i]
		}
	}
	s := backgroundOf(diff, max(4, w/60))
	s.subtract(diff)
	known := &field{w, h, make([]float32, w*h)}
	var abs []float32
	for i, v := range diff.v {
		if t.at(t.roams, i, w, bin) {
			diff.v[i] = outside
		} else if v < outside {
			known.weight[i] = 1
			if i%7 == 0 {
				abs = append(abs, float32(math.Abs(float64(v))))
			}
		}
	}
	limit := 3 * quantile(abs, 0.9)
	for i, v := range diff.v {
		if diff.v[i] = 0; v < outside {
			diff.v[i] = max(-limit, min(limit, v))
		}
	}
	near := max(3, int(smoothPart*float64(max(w, h))))
	out, scratch := newPicture(w, h), make([]float32, w*h)
	sum, share := newPicture(w, h), newPicture(w, h)
	for _, radius := range []int{4 * near, near} { // from farther away where little is known near by
		if radius == near && kind == Exposure { // that changes nothing from place to place
			break
		}
		boxBlur(sum, diff, radius, scratch)
		boxBlur(share, &picture{w, h, known.weight}, radius, scratch)
		for i, n := range share.v {
			if n > leastKnown {
				out.v[i] = sum.v[i] / n
			}
		}
	}
	return out
}
