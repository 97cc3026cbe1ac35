package fluoro

import (
	"context"
	"math"
)

// cementMap is where and since when there is new cement, in pictures binned by bin, laid on the first readable frame.
type cementMap struct {
	bin, w, h int
	from      []uint16 // frame of arrival; never where there is none
	mask      []int    // the frames that the others were compared with
	mm1       float64  // attenuation that counts as 1 mm of cement
}

// never is the arrival where there is no cement.
const never = math.MaxUint16

// Numbers of the second pass.
const (
	maskFrames = 12   // at most
	edgeShare  = 0.25 // of the darkest pixel within two, that a pixel must have: takes the blur off the edge, see docs/algorithms/fluoro.md
	edgeReach  = 2
	weak       = 1.0 // evidence that joins cement to strong evidence, in units of the threshold
	strong     = 6.0
	gone       = 4.0
)

// measure is the second pass: every frame against the mean of the mask frames, at the resolution in which areas are counted.
func (r *Run) measure(ctx context.Context, t *track, mask []int, mm1 float64, progress func(float64)) (*cementMap, *spans, error) {
	b, _ := bins(r.NX, r.NY)
	w, h := binned(r.NX, r.NY, b)
	ref, err := r.meanOf(ctx, t, mask, b)
	if err != nil {
		return nil, nil, err
	}
	s := newSpans(w * h)
	warped, diff, soft := newPicture(w, h), newPicture(w, h), newPicture(w, h)
	scratch := make([]float32, w*h)
	var sample []float32
	first := mask[len(mask)-1] + 1
	err = r.each(ctx, b, func(k int, p *picture) error {
		if k < first || t.lost[k] {
			return ctx.Err()
		}
		warpTo(warped, p, t.motion[k].times(1/float64(b)))
		sample = sample[:0]
		for i := 0; i < len(warped.v); i += 7 {
			if x := warped.v[i]; x != outside && ref.v[i] != outside && t.open(i, w, b) {
				sample = append(sample, x-ref.v[i])
			}
		}
		offset := median(sample)
		for i, x := range warped.v {
			if x == outside || ref.v[i] == outside {
				diff.v[i] = 0
				continue
			}
			diff.v[i] = x - ref.v[i] - offset
		}
		smooth3(soft.v, diff.v, scratch, w, h)
		peaks(scratch, soft.v, w, h)
		t1 := float32(mm1)
		for i, d := range diff.v {
			if warped.v[i] == outside || ref.v[i] == outside {
				continue
			}
			need := max(t1, edgeShare*scratch[i])
			s.add(k, i, d-need, 2*t1)
		}
		if progress != nil {
			progress(float64(k+1) / float64(r.Frames))
		}
		return ctx.Err()
	})
	if err != nil {
		return nil, nil, err
	}
	m := &cementMap{bin: b, w: w, h: h, mask: mask, mm1: mm1}
	m.keep(t, s, float32(mm1))
	return m, s, nil
}

// open reports whether pixel i of a picture binned by b lies in the open field.
func (t *track) open(i, w, b int) bool {
	x, y := (i%w)*b/t.bin, (i/w)*b/t.bin
	return x < t.w && y < t.h && t.valid[y*t.w+x]
}

// meanOf returns the mean of frames, laid on the first one.
func (r *Run) meanOf(ctx context.Context, t *track, frames []int, b int) (*picture, error) {
	wanted := map[int]bool{}
	for _, k := range frames {
		wanted[k] = true
	}
	w, h := binned(r.NX, r.NY, b)
	sum, warped, p := newPicture(w, h), newPicture(w, h), newPicture(w, h)
	count := make([]float32, w*h)
	lut := r.attenuation()
	for k := range r.Frames {
		if !wanted[k] {
			continue
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		pix, err := r.frame(k)
		if err != nil || len(pix) < r.NX*r.NY {
			continue
		}
		binTo(p, pix, r.NX, b, lut)
		warpTo(warped, p, t.motion[k].times(1/float64(b)))
		for i, x := range warped.v {
			if x != outside {
				sum.v[i] += x - float32(t.offset[k])
				count[i]++
			}
		}
	}
	for i := range sum.v {
		if count[i] == 0 {
			sum.v[i] = outside
			continue
		}
		sum.v[i] /= count[i]
	}
	return sum, nil
}

// peaks gives the highest value within edgeReach of every pixel.
func peaks(out, in []float32, w, h int) {
	tmp := make([]float32, w*h)
	for y := range h {
		row, o := in[y*w:(y+1)*w], tmp[y*w:(y+1)*w]
		for x := range row {
			m := row[x]
			for u := max(0, x-edgeReach); u <= min(w-1, x+edgeReach); u++ {
				m = max(m, row[u])
			}
			o[x] = m
		}
	}
	for y := range h {
		o := out[y*w : (y+1)*w]
		copy(o, tmp[y*w:(y+1)*w])
		for v := max(0, y-edgeReach); v <= min(h-1, y+edgeReach); v++ {
			for x, m := range tmp[v*w : (v+1)*w] {
				o[x] = max(o[x], m)
			}
		}
	}
}

// keep chooses, among the pixels that became darker and stayed so, the pieces that behave like cement.
func (m *cementMap) keep(t *track, s *spans, t1 float32) {
	m.from = make([]uint16, m.w*m.h)
	cand := make([]bool, len(m.from))
	for i := range m.from {
		m.from[i] = never
		cand[i] = s.best[i] >= weak*t1 && !s.left(i, gone*t1) && t.open(i, m.w, m.bin)
	}
	for _, piece := range pieces(cand, m.w, m.h) {
		if m.looksLikeCement(piece, s, t1) {
			for _, i := range piece {
				m.from[i] = s.from[i]
			}
		}
	}
}

// leastPixels is the smallest piece, in pixels of a picture of 384 a side.
const leastPixels = 10

func (m *cementMap) looksLikeCement(piece []int32, s *spans, t1 float32) bool {
	side := float64(max(m.w, m.h)) / 384
	if float64(len(piece)) < leastPixels*side*side {
		return false
	}
	firm := 0
	for _, i := range piece {
		if s.best[i] >= strong*t1 {
			firm++
		}
	}
	return firm*3 >= len(piece)
}

// pieces returns the connected pieces (8 neighbours) of a mask.
func pieces(mask []bool, w, h int) (out [][]int32) {
	seen := make([]bool, len(mask))
	for s := range mask {
		if !mask[s] || seen[s] {
			continue
		}
		seen[s] = true
		piece := []int32{int32(s)}
		for n := 0; n < len(piece); n++ {
			x, y := int(piece[n])%w, int(piece[n])/w
			for v := max(0, y-1); v <= min(h-1, y+1); v++ {
				for u := max(0, x-1); u <= min(w-1, x+1); u++ {
					if i := v*w + u; mask[i] && !seen[i] {
						seen[i] = true
						piece = append(piece, int32(i))
					}
				}
			}
		}
		out = append(out, piece)
	}
	return out
}
