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
func (r *Run) measure(ctx context.Context, t *track, rods []band, mask []int, mm1 float64, progress func(float64)) (*cementMap, error) {
	b, _ := bins(r.NX, r.NY)
	w, h := binned(r.NX, r.NY, b)
	ref, err := r.meanOf(ctx, t, mask, b)
	if err != nil {
		return nil, err
	}
	open := t.enlarged(w, h, b)
	s := newSpans(w * h)
	warped, diff, soft := newPicture(w, h), newPicture(w, h), newPicture(w, h)
	scratch := make([]float32, w*h)
	var sample []float32
	hidden := newVeil(t, rods, w, h, b, mask[len(mask)-1])
	first := mask[len(mask)-1] + 1
	err = r.each(ctx, b, func(k int, p *picture) error {
		if k < first || t.lost[k] {
			return ctx.Err()
		}
		warpTo(warped, p, t.motion[k].times(1/float64(b)), open)
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
		veil := hidden.at(k)
		for i, d := range diff.v {
			if warped.v[i] == outside || ref.v[i] == outside || veil != nil && veil[i] {
				continue
			}
			s.add(k, i, d, max(float32(mm1), edgeShare*scratch[i]))
		}
		if progress != nil {
			progress(float64(k+1) / float64(r.Frames))
		}
		return ctx.Err()
	})
	if err != nil {
		return nil, err
	}
	m := &cementMap{bin: b, w: w, h: h, mask: mask, mm1: mm1}
	m.keep(t, s, ref, float32(mm1))
	return m, nil
}

// veil tells the pixels of which a frame cannot speak, because a trocar is there that the mask frames do not have, or the reverse.
type veil struct {
	rods  []band
	wide  [][]bool // the pixels of each, with a margin
	mask  int      // last mask frame
	key   uint     // which rods the veil under way hides
	under []bool
}

func newVeil(t *track, rods []band, w, h, b, mask int) *veil {
	v := &veil{rods: rods, mask: mask}
	for n := range rods {
		v.wide = append(v.wide, rods[n].enlarged(t, w, h, b))
	}
	return v
}

func (v *veil) at(k int) []bool {
	key := uint(0)
	for n := range v.rods {
		if v.rods[n].there(k) != v.rods[n].there(v.mask) {
			key |= 1 << n
		}
	}
	if key == 0 {
		return nil
	}
	if key != v.key {
		v.key, v.under = key, make([]bool, len(v.wide[0]))
		for n, wide := range v.wide {
			if key&(1<<n) != 0 {
				for i, on := range wide {
					v.under[i] = v.under[i] || on
				}
			}
		}
	}
	return v.under
}

// open reports whether pixel i of a picture binned by b lies in the open field.
func (t *track) open(i, w, b int) bool {
	x, y := (i%w)*b/t.bin, (i/w)*b/t.bin
	return x < t.w && y < t.h && t.valid[y*t.w+x]
}

// enlarged returns the open field for pictures of w x h pixels binned by b.
func (t *track) enlarged(w, h, b int) *field {
	f := &field{w, h, make([]float32, w*h)}
	for i := range f.weight {
		if t.open(i, w, b) {
			f.weight[i] = 1
		}
	}
	return f
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
	open := t.enlarged(w, h, b)
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
		warpTo(warped, p, t.motion[k].times(1/float64(b)), open)
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
