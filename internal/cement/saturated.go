package cement

import (
	"math"

	"github.com/vertefill/vertefill/internal/geom"
)

// Above the ceiling of the CT scale nothing is seen, but the edge below it still tells how high the step is: with the right
// plateau the probit of the edge is a distance (see psf.go), with one too low it is too steep, with one too high too flat. This
// takes the place of the two-level method, which needs the area of two isosurfaces and fails on small pieces.

// Limits of the search.
const (
	highestPlateau   = 15000
	clipMarginHU     = 60  // below the ceiling: kernels ring there
	leastEdgeHU      = 350 // above the background: bone and texture spoil the edge below
	leastHiddenEdges = 60
	hiddenErrorShare = 0.06 // standard deviation of a plateau so found, measured on phantoms
)

// hiddenPlateau returns the plateau at which the median slope of the edges of a saturated mass is that of a distance. ok is
// false when too few edge voxels are usable.
func (w *work) hiddenPlateau(f *field, own uint8) (plateau float64, ok bool) {
	nx, ny, nz := f.box.Size()
	strides := [3]int{1, nx, nx * ny}
	floor := f.floor[w.masses[own-1]]
	ceiling := float64(w.v.CeilingHU)
	type sample struct {
		at  int
		hus [7]float64 // here, then the neighbours up and down each axis; NaN where not usable
	}
	usable := func(o int) float64 {
		if f.owner[o] != own {
			return math.NaN()
		}
		h := float64(w.v.HU[f.source(w.v, o)])
		if h < floor+leastEdgeHU || h > ceiling-clipMarginHU {
			return math.NaN()
		}
		return h
	}
	var edges []sample
	for o, who := range f.owner {
		i, j, k := o%nx, o/nx%ny, o/(nx*ny)
		if who != own || i == 0 || j == 0 || k == 0 || i == nx-1 || j == ny-1 || k == nz-1 {
			continue
		}
		s := sample{at: o}
		if s.hus[0] = usable(o); math.IsNaN(s.hus[0]) {
			continue
		}
		whole := true
		for axis, stride := range strides {
			s.hus[1+2*axis], s.hus[2+2*axis] = usable(o+stride), usable(o-stride)
			whole = whole && !(math.IsNaN(s.hus[1+2*axis]) && math.IsNaN(s.hus[2+2*axis]))
		}
		if whole {
			edges = append(edges, s)
		}
	}
	if len(edges) < leastHiddenEdges {
		return 0, false
	}
	a, b := sq(float64(w.psf.InPlaneMM)), sq(float64(w.psf.ThroughMM))
	squares := make([]float64, len(edges))
	steep := func(plateau float64) float64 {
		u := func(h float64) (float64, bool) { return probit((h - floor) / (plateau - floor)), !math.IsNaN(h) }
		for n := range edges {
			e := &edges[n]
			here, _ := u(e.hus[0])
			g, _ := gradient(e.at, here, strides, w.spacing, func(o int) (float64, bool) {
				for axis, stride := range strides {
					if o == e.at+stride {
						return u(e.hus[1+2*axis])
					}
					if o == e.at-stride {
						return u(e.hus[2+2*axis])
					}
				}
				return 0, false
			})
			squares[n] = a*g.inPlane + b*g.through
		}
		return median(squares)
	}
	lo, hi := ceiling, float64(highestPlateau)
	if steep(lo) < 1 {
		return lo * 1.02, true
	}
	if steep(hi) > 1 {
		return hi, false
	}
	for range 24 {
		mid := (lo + hi) / 2
		if steep(mid) > 1 {
			lo = mid
		} else {
			hi = mid
		}
	}
	return (lo + hi) / 2, true
}

// reach is a neighbour at a distance measured in point spreads.
type reach struct {
	d geom.Index
	u float64
}

// reaches lists the neighbours within r point spreads, nearest first not guaranteed.
func (w *work) reaches(r float64) []reach {
	sx, sy, sz := w.spacing[0]/float64(w.psf.InPlaneMM), w.spacing[1]/float64(w.psf.InPlaneMM), w.spacing[2]/float64(w.psf.ThroughMM)
	x, y, z := int(math.Ceil(r/sx)), int(math.Ceil(r/sy)), int(math.Ceil(r/sz))
	var out []reach
	for k := -z; k <= z; k++ {
		for j := -y; j <= y; j++ {
			for i := -x; i <= x; i++ {
				if d := math.Sqrt(sq(float64(i)*sx) + sq(float64(j)*sy) + sq(float64(k)*sz)); d <= r || abs(i)+abs(j)+abs(k) == 1 {
					out = append(out, reach{geom.Index{I: i, J: j, K: k}, d})
				}
			}
		}
	}
	return out
}

// unclip returns the CT numbers of the field with the voxels at the ceiling carried on along the model of the edge: a voxel at a
// distance d beyond one whose probit is u has the probit u + d, the least over all voxels near.
func (w *work) unclip(f *field) []float32 {
	hu := make([]float32, len(f.owner))
	ceiling := w.v.CeilingHU
	var clipped []int
	for o := range hu {
		h := w.v.HU[f.source(w.v, o)]
		hu[o] = float32(h)
		if h >= ceiling && f.owner[o] != 0 {
			clipped = append(clipped, o)
		}
	}
	if len(clipped) == 0 {
		return hu
	}
	near := w.reaches(3)
	for _, o := range clipped {
		s := w.masses[f.owner[o]-1]
		if s.plateau <= float64(ceiling) {
			continue // the ceiling only cuts the noise
		}
		step := s.plateau - f.floor[s]
		i, j, k := indexOf(f.box, o)
		least := 3.0
		for _, n := range near {
			q := geom.Index{I: i + n.d.I, J: j + n.d.J, K: k + n.d.K}
			if n.u >= least+1.5 || !f.box.Contains(q.I, q.J, q.K) {
				continue
			}
			h := float64(w.v.At(q.I, q.J, q.K))
			if h >= float64(ceiling)-1 || h < f.floor[s]+leastEdgeHU {
				continue
			}
			least = min(least, probit((h-f.floor[s])/step)+n.u)
		}
		hu[o] = float32(max(float64(ceiling), f.floor[s]+step*phi(least)))
	}
	return hu
}
