package cement

import "github.com/vertefill/vertefill/internal/geom"

// background returns what each voxel of the field would show without cement: an expectation plus the smoothest surface through
// what is left of the real voxels around it (the solution of Laplace's equation). The expectation is the registered pre CT with
// the sharpness of the post CT, or without one the profile of the same body's wall, so that cement on an endplate does not count the
// endplate.
func (w *work) background(f *field) []float32 {
	expect := make([]float32, len(f.owner))
	at := make([]int32, len(f.owner)) // 1 + position in cells
	var cells []int
	for o, own := range f.owner {
		if own == 0 {
			continue
		}
		i, j, k := indexOf(f.box, o)
		expect[o] = float32(w.expected(f, own, w.patient(i, j, k)))
		cells = append(cells, o)
		at[o] = int32(len(cells))
	}
	_, _, nz := f.box.Size()
	strides := [3]int{1, f.nx, f.nx * f.ny}
	type cell struct {
		next   [6]int32 // 1 + neighbouring cell, 0 where there is none
		known  float32  // weighted sum over neighbours outside the field of HU less expectation
		weight float32  // sum of all weights
	}
	grid := make([]cell, len(cells))
	var weights [3]float32
	for a, s := range w.spacing {
		weights[a] = float32(1 / (s * s))
	}
	for n, o := range cells {
		i, j, k := o%f.nx, o/f.nx%f.ny, o/(f.nx*f.ny)
		own := f.owner[o]
		for d := range 6 {
			axis, step := d/2, 1-2*(d%2)
			pos, size := [3]int{i, j, k}[axis]+step, [3]int{f.nx, f.ny, nz}[axis]
			if pos < 0 || pos >= size {
				continue
			}
			q := o + step*strides[axis]
			qi, qj, qk := indexOf(f.box, q)
			if f.owner[q] == 0 && (w.metal.At(qi, qj, qk) != 0 || w.corrupt(qk)) {
				continue // what lies behind metal is not known
			}
			grid[n].weight += weights[axis]
			if at[q] != 0 {
				grid[n].next[d] = at[q]
				continue
			}
			e := w.expected(f, own, w.patient(qi, qj, qk))
			grid[n].known += weights[axis] * float32(float64(w.v.HU[f.source(w.v, q)])-e)
		}
	}
	rest := make([]float32, len(cells)+1)
	const over, sweeps = 1.75, 60
	for range sweeps {
		for n := range grid {
			c := &grid[n]
			if c.weight == 0 {
				continue
			}
			s := c.known
			for d, q := range c.next {
				if q != 0 {
					s += weights[d/2] * rest[q]
				}
			}
			rest[n+1] += over * (s/c.weight - rest[n+1])
		}
	}
	for n, o := range cells {
		expect[o] += rest[n+1]
	}
	return expect
}

// expected is what a position of the field of mass own normally shows.
func (w *work) expected(f *field, own uint8, p geom.Patient) float64 {
	s := w.masses[own-1]
	v, d := w.spine.Nearest(p)
	if w.pre != nil && !s.prior {
		if l, ok := w.pre.look(p); ok {
			if d < -priorDepthMM && w.hasPrior() && l.highest > w.priorLeast(p) {
				return f.floor[s] // the pre CT shows cement there too
			}
			return w.profiles.post(w, l, v, p, d)
		}
	}
	if h, ok := w.profiles.expect(v, p, d); ok {
		return h
	}
	return f.floor[s]
}
