package cement

import (
	"math"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/spine"
)

// background returns what each voxel of the field would show without cement: an expectation plus the smoothest surface through
// what is left of the real voxels around it (the solution of Laplace's equation). The expectation is the registered pre CT, or
// without one the profile of the same body's wall against depth, so that cement on an endplate does not count the endplate.
func (w *work) background(f *field) []float32 {
	expect := make([]float32, len(f.owner))
	profiles := map[*spine.Vertebra]*profile{}
	at := make([]int32, len(f.owner)) // 1 + position in cells
	var cells []int
	for o, own := range f.owner {
		if own == 0 {
			continue
		}
		i, j, k := indexOf(f.box, o)
		expect[o] = float32(w.expected(f, own, w.patient(i, j, k), profiles))
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
			e := w.expected(f, own, w.patient(qi, qj, qk), profiles)
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

// expected is what a position normally shows.
func (w *work) expected(f *field, own uint8, p geom.Patient, profiles map[*spine.Vertebra]*profile) float64 {
	s := w.masses[own-1]
	if w.pre != nil {
		if h, ok := w.pre.sample(p); ok {
			if s.prior || h > priorSolidShare*s.plateau {
				return f.floor[s] // the pre CT shows cement there too
			}
			return h
		}
	}
	v, d := w.spine.Nearest(p)
	if v == nil || d > profileOut || d < profileIn {
		return f.floor[s]
	}
	q, ok := profiles[v]
	if !ok {
		q = w.newProfile(v, f)
		profiles[v] = q
	}
	return q.at(v, p, d, f.floor[s])
}

// The profile of a body's wall.
const (
	profileIn, profileOut = -4.0, 3.0 // mm from the surface
	profileBin            = 0.25
	profileBins           = 28
	profileLeast          = 30 // voxels in a bin
)

// profile is the median CT number against the distance from the surface of one body, away from cement, for its endplates and
// for its walls.
type profile struct {
	hu    [2][profileBins]float64
	known [2][profileBins]bool
}

func (w *work) newProfile(v *spine.Vertebra, f *field) *profile {
	q := &profile{}
	var hus [2][profileBins][]float64
	lo, hi := v.Body.Bounds()
	var corners []geom.Voxel
	for n := range 8 {
		corners = append(corners, w.v.Voxel(geom.LPS(pick(n&1, lo.X-3, hi.X+3), pick(n&2, lo.Y-3, hi.Y+3), pick(n&4, lo.Z-3, hi.Z+3))))
	}
	box := geom.BoxAround(corners).Intersect(w.v.Bounds())
	for k := box.Min.K; k < box.Max.K; k++ {
		for j := box.Min.J; j < box.Max.J; j++ {
			for i := box.Min.I + (j+k)%2; i < box.Max.I; i += 2 {
				if f.box.Contains(i, j, k) && f.owner[f.box.Offset(i, j, k)] != 0 {
					continue
				}
				p := w.patient(i, j, k)
				d := v.Distance(p)
				if d <= profileIn || d >= profileOut {
					continue
				}
				b, c := int((d-profileIn)/profileBin), facing(v, p)
				hus[c][b] = append(hus[c][b], float64(w.v.At(i, j, k)))
			}
		}
	}
	for c := range hus {
		for b := range hus[c] {
			if len(hus[c][b]) >= profileLeast {
				q.hu[c][b], q.known[c][b] = median(hus[c][b]), true
			}
		}
	}
	return q
}

// facing is 0 on the endplates of a body and 1 on its walls.
func facing(v *spine.Vertebra, p geom.Patient) int {
	inv := v.BodyFromPatient()
	b := inv.Apply(p)
	h := float64(v.Heights.Middle) / 2
	if h > 0 && math.Abs(b.Z)/h > max(math.Abs(b.X)/max(1, float64(v.HalfWidth)), math.Abs(b.Y)/max(1, float64(v.HalfDepth))) {
		return 0
	}
	return 1
}

func (q *profile) at(v *spine.Vertebra, p geom.Patient, d, otherwise float64) float64 {
	c := facing(v, p)
	x := (d-profileIn)/profileBin - 0.5
	b := max(0, min(profileBins-2, int(math.Floor(x))))
	if !q.known[c][b] || !q.known[c][b+1] {
		return otherwise
	}
	t := max(0, min(1, x-float64(b)))
	return q.hu[c][b]*(1-t) + q.hu[c][b+1]*t
}
