package fluoro

import (
	"context"
	"math"
)

// cementMap is where and since when there is new cement, in pictures binned by bin, laid on the first readable frame.
type cementMap struct {
	bin, w, h int
	from      []uint16  // frame of arrival; never where there is none
	mask      []int     // the frames that the others were compared with
	mm1       float64   // attenuation that counts as 1 mm of cement
	plateau   *plateau  // what the outline was drawn from; nil in the first pass
	main      []int32   // the largest piece
	pale      []float32 // by how much each pixel was paler at times before; nil in the first pass
	depth     float64   // attenuation of its thickest tenth, over the radius of its largest disc in pixels
}

// never is the arrival where there is no cement.
const never = math.MaxUint16

// Numbers of the second pass.
const (
	maskFrames = 12   // at most
	fewMask    = 6    // enough after a move of table or field to leave out those before
	edgeShare  = 0.25 // of the darkest pixel within two, that a pixel must have: takes the blur off the edge, see docs/algorithms/fluoro.md
	edgeReach  = 2
	veinShare  = 0.5
	thinShare  = 0.65 // of 1 mm of cement, at least
	leastThin  = 0.06 // attenuation, at least: below, noise and moving tissue are taken for veins
	weak       = 1.0  // evidence that joins cement to strong evidence, in units of the threshold
	strong     = 6.0
	gone       = 4.0
)

// measure is the second pass: every frame against the mean of the mask frames, at the resolution in which areas are counted.
func (r *Run) measure(ctx context.Context, t *track, coarse *cementMap, rods []band, events []Event, mask []int, mm1 float64, progress func(float64)) (*cementMap, error) {
	b, _ := bins(r.NX, r.NY)
	w, h := binned(r.NX, r.NY, b)
	ref, err := r.meanOf(ctx, t, mask, b)
	if err != nil {
		return nil, err
	}
	open := t.enlarged(w, h, b)
	renewed, err := r.changes(events, func(frames []int) (*picture, error) { return r.meanOf(ctx, t, frames, b) }, t, b)
	if err != nil {
		return nil, err
	}
	swing, pale, err := r.swing(ctx, t, ref, mask, b)
	if err != nil {
		return nil, err
	}
	rim := t.rims(ref, b)
	near := newLocal(t, coarse, ref, open, b)
	s := newSpans(w * h)
	warped, diff, soft, late := newPicture(w, h), newPicture(w, h), newPicture(w, h), newPicture(w, h)
	scratch := make([]float32, w*h)
	hidden, err := r.newVeil(ctx, t, rods, ref, b, mask[len(mask)-1])
	if err != nil {
		return nil, err
	}
	first := mask[len(mask)-1] + 1
	calm, end := r.plateauFrom(t, coarse, rods), newMean(w, h)
	faint, steep := newSpans(w*h), newSpans(w*h)
	err = r.each(ctx, b, func(k int, p *picture) error {
		if t.lost[k] {
			return ctx.Err()
		}
		m := near.refine(p, t.motion[k].times(1/float64(b)))
		t.motion[k] = m.times(float64(b))
		if k < first {
			return ctx.Err()
		}
		warpTo(warped, p, m, open)
		with := hidden.reference(k)
		for i, x := range warped.v {
			if diff.v[i] = outside; x != outside && with.v[i] != outside {
				diff.v[i] = x - with.v[i]
			}
		}
		for _, c := range renewed {
			if k >= c.frame && c.frame >= first {
				for i, x := range c.added.v {
					diff.v[i] -= x
				}
			}
		}
		slow := backgroundOf(diff, max(4, w/64))
		slow.subtract(diff)
		for i, d := range diff.v {
			if d < outside {
				if k >= calm {
					end.add(i, d)
				}
				late.v[i] += (d - late.v[i]) / 4
			} else {
				warped.v[i], diff.v[i] = outside, 0
			}
		}
		smooth3(soft.v, diff.v, scratch, w, h)
		peaks(scratch, soft.v, w, h)
		for i, d := range diff.v {
			if warped.v[i] == outside {
				continue
			}
			less := swing[i]
			if with == ref { // with the trocars where they were in the mask frames
				less += rim[i]
			}
			s.add(k, i, d-less, needed(float32(mm1), scratch[i]))
			faint.add(k, i, d-swing[i]/2, faintShare*cementMM1)
			if t.rodAt(i, w, b) {
				steep.add(k, i, d, steepShare*cementMM1)
			}
		}
		if progress != nil {
			progress(float64(k+1) / float64(r.Frames))
		}
		return ctx.Err()
	})
	if err != nil {
		return nil, err
	}
	m := &cementMap{bin: b, w: w, h: h, mask: mask, mm1: mm1, pale: pale}
	m.choose(t, s, ref, late, float32(mm1), nil)
	if len(m.main) > 0 {
		m.steepen(t, end, steep)
		m.whenHidden(t)
		m.settle(t, ref, end.mean(), swing, faint, open, calm)
		m.outline(cementMM1)
		m.fillUnder(t)
	}
	return m, nil
}

// needed is the attenuation that a pixel must have beside one that has peak. On thick cement that is what 1 mm has, and a quarter of the
// peak. A vein of 1 to 2 mm is about as thick as it is wide, and blurred: half of its peak is its border.
func needed(mm1, peak float32) float32 {
	vein := min(mm1, max(veinShare*peak, thinShare*mm1, leastThin))
	return max(vein, edgeShare*peak)
}

// rimPixels is by how much of a pixel a trocar may lie elsewhere beside the spine than it did: cement must exceed what that does.
const rimPixels = 0.3

// rims returns what a shift of rimPixels changes along the outline of trocars in ref.
func (t *track) rims(ref *picture, b int) []float32 {
	out := make([]float32, len(ref.v))
	w, h := ref.w, ref.h
	for y := 1; y < h-1; y++ {
		for x := 1; x < w-1; x++ {
			i := y*w + x
			if !t.rodAt(i, w, b) || ref.v[i-1] == outside || ref.v[i+1] == outside || ref.v[i-w] == outside || ref.v[i+w] == outside {
				continue
			}
			gx, gy := float64(ref.v[i+1]-ref.v[i-1])/2, float64(ref.v[i+w]-ref.v[i-w])/2
			out[i] = rimPixels * float32(math.Hypot(gx, gy))
		}
	}
	return out
}

// swingFrames before the injection are looked at for what moves to and fro.
const swingFrames = 40

// swing returns by how much each pixel was darker at times than in the mean of the mask frames, apart from noise: the edge of the
// diaphragm, a rib, gas. Cement must come on top of that. pale is by how much it was paler.
func (r *Run) swing(ctx context.Context, t *track, ref *picture, mask []int, b int) (out, pale []float32, err error) {
	w, h := ref.w, ref.h
	out, pale = make([]float32, w*h), make([]float32, w*h)
	open := t.enlarged(w, h, b)
	p, warped, soft := newPicture(w, h), newPicture(w, h), newPicture(w, h)
	scratch := make([]float32, w*h)
	lut := r.attenuation()
	last := mask[len(mask)-1]
	for _, k := range t.good(last, -1, min(swingFrames, last-mask[0]+1+swingFrames/2)) {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		if k < t.settled {
			break
		}
		pix, err := r.frame(k)
		if err != nil || len(pix) < r.NX*r.NY {
			continue
		}
		binTo(p, pix, r.NX, b, lut)
		warpTo(warped, p, t.motion[k].times(1/float64(b)), open)
		for i, x := range warped.v {
			if x != outside && ref.v[i] != outside {
				warped.v[i] = x - ref.v[i] - float32(t.offset[k])
			} else {
				warped.v[i] = 0
			}
		}
		smooth3(soft.v, warped.v, scratch, w, h)
		for i, x := range soft.v {
			out[i], pale[i] = max(out[i], x), max(pale[i], -x)
		}
	}
	var sample []float32
	for i := 0; i < len(out); i += 7 {
		if open.weight[i] > 0 {
			sample = append(sample, out[i])
		}
	}
	noise := 2*median(sample) + 0.01
	for i := range out {
		out[i], pale[i] = max(0, out[i]-noise), max(0, pale[i]-noise)
	}
	return out, pale, nil
}

// veil handles the pixels of trocars: where a frame has one that the mask frames do not have, nothing is known; where it is gone, the
// frames before it came take the mask's place.
type veil struct {
	rods   []band
	wide   [][]bool   // the pixels of each, with a margin
	before []*picture // the mean of the frames before each came; nil when none were seen
	ref    *picture   // of the mask frames
	mask   int        // last mask frame
	key    uint       // which rods differ in the reference under way
	with   *picture
}

func (r *Run) newVeil(ctx context.Context, t *track, rods []band, ref *picture, b, mask int) (*veil, error) {
	v := &veil{rods: rods, mask: mask, ref: ref}
	for n := range rods {
		v.wide = append(v.wide, rods[n].enlarged(t, ref.w, ref.h, b))
		var before *picture
		if frames := t.good(rods[n].in-2, -1, maskFrames); rods[n].in > 2 && rods[n].there(mask) && rods[n].out < r.Frames && len(frames) > 0 {
			var err error
			if before, err = r.meanOf(ctx, t, frames, b); err != nil {
				return nil, err
			}
		}
		v.before = append(v.before, before)
	}
	return v, nil
}

// reference is what frame k is compared with: outside where it cannot be.
func (v *veil) reference(k int) *picture {
	key := uint(0)
	for n := range v.rods {
		if v.rods[n].there(k) != v.rods[n].there(v.mask) {
			key |= 1 << n
		}
	}
	if key == 0 {
		return v.ref
	}
	if key == v.key {
		return v.with
	}
	v.key, v.with = key, newPicture(v.ref.w, v.ref.h)
	copy(v.with.v, v.ref.v)
	for n, wide := range v.wide {
		if key&(1<<n) == 0 {
			continue
		}
		for i, on := range wide {
			switch {
			case !on:
			case v.before[n] != nil:
				v.with.v[i] = v.before[n].v[i]
			default:
				v.with.v[i] = outside
			}
		}
	}
	return v.with
}

// open reports whether pixel i of a picture binned by b lies in the open field.
func (t *track) open(i, w, b int) bool { return t.at(t.valid, i, w, b) }

// at returns what a mask of the small pictures says of pixel i of a picture binned by b.
func (t *track) at(mask []bool, i, w, b int) bool {
	x, y := (i%w)*b/t.bin, (i/w)*b/t.bin
	return x < t.w && y < t.h && mask[y*t.w+x]
}

// rodAt reports whether pixel i of a picture binned by b lies where a trocar is or was.
func (t *track) rodAt(i, w, b int) bool { return t.at(t.rod, i, w, b) }

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
func pieces(mask []bool, w, h int) [][]int32 {
	return joined(mask, w, h, func(_, _ int32) bool { return true })
}

// joined returns the pieces of a mask in which neighbours of 8 are joined when link says so.
func joined(mask []bool, w, h int, link func(i, j int32) bool) (out [][]int32) {
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
					if i := v*w + u; mask[i] && !seen[i] && link(piece[n], int32(i)) {
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
