package cement

import (
	"math"

	"github.com/vertefill/vertefill/internal/unit"
	"github.com/vertefill/vertefill/internal/volume"
)

// The edge of a dense body blurred by a Gaussian is f = Phi(t/sigma), t the distance inside its surface, f the share of the step.
// Its probit u = Phi^-1(f) is therefore a distance in units of the point spread: its gradient g obeys
//
//	sigma_xy^2 (g_x^2 + g_y^2) + sigma_z^2 g_z^2 = 1
//
// exactly at plane edges, whatever the spacing of the voxels, because u is linear there and differences of a linear function have
// no error. Known plateau: the equation gives the point spread. Known point spread: it gives the plateau, though the ceiling
// hides it (see saturated.go).

// probit is the inverse of the normal distribution function.
func probit(p float64) float64 { return math.Sqrt2 * math.Erfinv(2*p-1) }

// phi is the normal distribution function.
func phi(u float64) float64 { return 0.5 * math.Erfc(-u/math.Sqrt2) }

// Limits of a believable point spread, mm.
const (
	leastSigmaMM, mostSigmaMM = 0.2, 1.3
	leastEdges                = 150
	edgeLow, edgeHigh         = 0.1, 0.9 // shares of the step at which u is taken
)

// nominalPSF is the point spread of a standard kernel: 1.2 mm full width in the slice, and the slice's profile across.
func nominalPSF(g *volume.Grid) PSF {
	dz := float64(g.DZ)
	return PSF{
		InPlaneMM: unit.MM(max(0.5, 0.6*float64(max(g.DX, g.DY)))),
		ThroughMM: unit.MM(math.Hypot(0.3, 0.29*dz)),
		Source:    PSFNominal,
	}
}

// slope is a squared gradient of the probit, within slices and across.
type slope struct{ inPlane, through float64 }

// slopes collects the gradients of the probit at the edges of the masses with a known plateau.
func (w *work) slopes(f *field) []slope {
	var out []slope
	nx, ny, nz := f.box.Size()
	strides := [3]int{1, nx, nx * ny}
	u := func(o int) (float64, bool) {
		s := w.masses[f.owner[o]-1]
		h := float64(w.v.HU[f.source(w.v, o)])
		share := (h - f.floor[s]) / (s.plateau - f.floor[s])
		if share < edgeLow || share > edgeHigh {
			return 0, false
		}
		return probit(share), true
	}
	for o, own := range f.owner {
		if own == 0 || w.masses[own-1].saturated {
			continue
		}
		i, j, k := o%nx, o/nx%ny, o/(nx*ny)
		if i == 0 || j == 0 || k == 0 || i == nx-1 || j == ny-1 || k == nz-1 {
			continue
		}
		here, ok := u(o)
		if !ok {
			continue
		}
		if s, ok := gradient(o, here, strides, w.spacing, func(q int) (float64, bool) {
			if f.owner[q] != own {
				return 0, false
			}
			return u(q)
		}); ok {
			out = append(out, s)
		}
	}
	return out
}

// gradient takes one-sided differences on the sides where the neighbour is an edge voxel too, central ones where both are.
func gradient(o int, here float64, strides [3]int, spacing [3]float64, u func(int) (float64, bool)) (slope, bool) {
	var g [3]float64
	for axis, stride := range strides {
		up, okUp := u(o + stride)
		down, okDown := u(o - stride)
		switch {
		case okUp && okDown:
			g[axis] = (up - down) / (2 * spacing[axis])
		case okUp:
			g[axis] = (up - here) / spacing[axis]
		case okDown:
			g[axis] = (here - down) / spacing[axis]
		default:
			return slope{}, false
		}
	}
	return slope{g[0]*g[0] + g[1]*g[1], g[2] * g[2]}, true
}

// fitPSF solves the edge equation for both deviations by least absolute residuals. ok is false when there are too few edges or
// the result is not believable.
func fitPSF(s []slope, start PSF) (PSF, bool) {
	if len(s) < leastEdges {
		return start, false
	}
	a, b := sq(float64(start.InPlaneMM)), sq(float64(start.ThroughMM))
	for range 30 {
		var aa, ab, bb, ra, rb float64
		for _, e := range s {
			weight := 1 / max(0.05, math.Abs(a*e.inPlane+b*e.through-1))
			weight /= 1 + e.inPlane*a + e.through*b // steep slopes are mostly noise
			aa += weight * e.inPlane * e.inPlane
			ab += weight * e.inPlane * e.through
			bb += weight * e.through * e.through
			ra += weight * e.inPlane
			rb += weight * e.through
		}
		det := aa*bb - ab*ab
		if det <= 1e-9*aa*bb {
			return start, false
		}
		a, b = (ra*bb-rb*ab)/det, (rb*aa-ra*ab)/det
		if !(a > 0 && b > 0) {
			return start, false
		}
	}
	p := PSF{InPlaneMM: unit.MM(math.Sqrt(a)), ThroughMM: unit.MM(math.Sqrt(b)), Source: PSFCement}
	ok := p.InPlaneMM > leastSigmaMM && p.InPlaneMM < mostSigmaMM && p.ThroughMM > leastSigmaMM && p.ThroughMM < 3*mostSigmaMM
	return p, ok
}

func sq(x float64) float64 { return x * x }

// skinPSF measures the spread within slices where rows enter the body from air: the outer half of that edge does not yet feel
// what lies under the skin. ok is false when the field shows too little skin.
func skinPSF(v *volume.Volume) (sigmaMM float64, ok bool) {
	const air, free, edge = -1000, -930, -500
	var found []float64
	dx, dy := float64(v.DX), float64(v.DY)
	for k := v.NZ / 8; k < v.NZ; k += max(1, v.NZ/12) {
		for _, backwards := range []bool{false, true} {
			cross := make([]float64, v.NY)
			inverse := make([]float64, v.NY)
			for j := range v.NY {
				at := func(n int) float64 {
					if backwards {
						n = v.NX - 1 - n
					}
					return float64(v.At(n, j, k))
				}
				cross[j], inverse[j] = enter(v.NX, at, air, free, edge)
			}
			for j := 3; j+3 < v.NY; j++ {
				if inverse[j] == 0 || inverse[j-3] == 0 || inverse[j+3] == 0 {
					continue
				}
				bend := cross[j-3] + cross[j+3] - 2*cross[j]
				tilt := (cross[j+3] - cross[j-3]) * dx / (6 * dy)
				if cos := 1 / math.Sqrt(1+tilt*tilt); math.Abs(bend) < 1 && cos > 0.85 {
					found = append(found, dx*cos/inverse[j])
				}
			}
		}
	}
	if len(found) < 60 {
		return 0, false
	}
	s := median(found)
	return s, s > leastSigmaMM && s < mostSigmaMM
}

// enter walks a row from its end to the first tissue and returns where it crosses the edge value and the rise of the probit per
// voxel there; the rise is 0 when what is met is not plain skin.
func enter(n int, at func(int) float64, air, free, edge float64) (crossing, rise float64) {
	for i := 4; i+8 < n; i++ {
		if at(i) < edge {
			continue
		}
		top := at(i)
		for q := i + 1; q <= i+5; q++ {
			top = max(top, at(q))
		}
		if at(i-4) > free || top < -150 || top > 160 {
			return 0, 0
		}
		a, b := (at(i-1)-air)/(top-air), (at(i)-air)/(top-air)
		if a < 0.03 || b > 0.8 {
			return 0, 0
		}
		return float64(i-1) + (edge-at(i-1))/(at(i)-at(i-1)), probit(b) - probit(a)
	}
	return 0, 0
}
