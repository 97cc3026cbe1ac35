package cement

import (
	"math"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/mesh"
	"github.com/vertefill/vertefill/internal/unit"
	"github.com/vertefill/vertefill/internal/volume"
)

// The edge of a dense body blurred by a Gaussian is f = Phi(t/sigma), t the distance inside its surface, f the share of the step.
// The layer between two shares f1 < f2 is therefore sigma (Phi^-1(f2) - Phi^-1(f1)) thick: the volume of the voxels between two CT
// numbers over the area of the surface half way is a thickness that needs no gradient, and voxels of any size count it without
// bias. Known plateau: it gives the point spread. Known point spread: it gives the plateau, though the ceiling of the scale hides
// it (see saturated.go; the two-level method of docs/algorithms/cement.md).

// probit is the inverse of the normal distribution function.
func probit(p float64) float64 { return math.Sqrt2 * math.Erfinv(2*p-1) }

// phi is the normal distribution function.
func phi(u float64) float64 { return 0.5 * math.Erfc(-u/math.Sqrt2) }

func sq(x float64) float64 { return x * x }

// Limits of a believable point spread, mm, and of what it is measured on.
const (
	leastSigmaMM, mostSigmaMM = 0.2, 1.3
	bandLow, bandHigh         = 0.4, 0.8 // shares of the step: above bone, below noise
	leastAreaMM2              = 60
)

// The profile of a slice is a box as wide as the distance of the slices, blurred.
const (
	sliceSigma  = 0.29 // standard deviation of a box of width 1
	sliceBlurMM = 0.3
)

// nominalPSF is the point spread of a standard kernel: 1.2 mm full width in the slice, and the slice's profile across.
func nominalPSF(g *volume.Grid) PSF {
	return PSF{
		InPlaneMM: unit.MM(max(0.5, 0.6*float64(max(g.DX, g.DY)))),
		ThroughMM: unit.MM(math.Hypot(sliceBlurMM, sliceSigma*float64(g.DZ))),
		Source:    PSFNominal,
	}
}

// layer is the cement of one mass between two CT numbers.
type layer struct {
	mm3    float64
	mm2    float64           // of the surface half way between
	spread float64           // mm3: the integral over that surface of the point spread across it
	tilted [tiltBins]float64 // mm2 by how much the normal of the surface lies across the slices
}

// tiltBins are the classes of tilt: of the part of a surface's normal that lies across the slices, 0 to 1.
const tiltBins = 8

// edges are the CT numbers round one mass, with the background flattened to its floor so that bone next to cement does not thicken
// its edge.
type edges struct {
	box  geom.Box
	hu   []float32
	mine []bool
}

// edgesOf crops the field to one mass.
func (w *work) edgesOf(f *field, own uint8, back []float32) *edges {
	e := &edges{}
	for o, who := range f.owner {
		if who == own {
			i, j, k := indexOf(f.box, o)
			e.box = e.box.Union(geom.Box{Min: geom.Index{I: i, J: j, K: k}, Max: geom.Index{I: i + 1, J: j + 1, K: k + 1}})
		}
	}
	e.box = e.box.Grow(1).Intersect(f.box)
	e.hu, e.mine = make([]float32, e.box.Len()), make([]bool, e.box.Len())
	floor := f.floor[w.masses[own-1]]
	full := unknownExcess * float64(w.v.CeilingHU)
	if s := w.masses[own-1]; !s.saturated {
		full = s.plateau
	}
	n := 0
	for k := e.box.Min.K; k < e.box.Max.K; k++ {
		for j := e.box.Min.J; j < e.box.Max.J; j++ {
			for i := e.box.Min.I; i < e.box.Max.I; i++ {
				o := f.box.Offset(i, j, k)
				h := float64(w.v.HU[f.source(w.v, o)])
				if f.owner[o] != 0 {
					share := max(0, min(1, (h-floor)/(full-floor)))
					h -= (float64(back[o]) - floor) * (1 - share)
				}
				e.hu[n], e.mine[n] = float32(h), f.owner[o] == own
				n++
			}
		}
	}
	return e
}

// layer measures the voxels of a mass between two CT numbers.
func (w *work) layer(e *edges, low, high float64) layer {
	var l layer
	nx, ny, _ := e.box.Size()
	for o, h := range e.hu {
		if e.mine[o] && float64(h) >= low && float64(h) < high {
			l.mm3 += float64(w.v.VoxelVolume(e.box.Min.K + o/(nx*ny)))
		}
	}
	m := mesh.Isosurface(e.hu, e.box, w.v.Grid, float32((low+high)/2))
	inPlane, through := sq(float64(w.psf.InPlaneMM)), sq(float64(w.psf.ThroughMM))
	for _, t := range m.Triangles {
		a, b, c := m.Vertices[t[0]], m.Vertices[t[1]], m.Vertices[t[2]]
		q := w.v.Voxel(a.Add(b.Sub(a).Mul(1.0 / 3)).Add(c.Sub(a).Mul(1.0 / 3)))
		i, j, k := int(math.Round(q.X)), int(math.Round(q.Y)), int(math.Round(q.Z))
		n := b.Sub(a).Cross(c.Sub(a))
		area := n.Norm() / 2
		if area == 0 || !e.box.Contains(i, j, k) || !e.mine[e.box.Offset(i, j, k)] {
			continue
		}
		across := sq(n.Dot(w.v.Normal) / (2 * area))
		l.mm2 += area
		l.tilted[min(tiltBins-1, int(tiltBins*math.Sqrt(across)))] += area
		l.spread += area * math.Sqrt(inPlane*(1-across)+through*across)
	}
	return l
}

// cementPSF measures the point spread on the edges of the masses whose plateau is known, weighted by their area: how much wider
// their layers are than the nominal point spread makes them. Both directions are scaled alike; their ratio could be read from the
// orientations of the surface, but less well than it is known from the distance of the slices. ok is false when there is too little.
func (w *work) cementPSF(f *field, back []float32) (PSF, bool) {
	var sum, weight float64
	for n, s := range w.masses {
		if s.saturated {
			continue
		}
		step := s.plateau - f.floor[s]
		l := w.layer(w.edgesOf(f, uint8(n+1), back), f.floor[s]+bandLow*step, f.floor[s]+bandHigh*step)
		if l.mm2 < leastAreaMM2 {
			continue
		}
		sum += l.mm3 / (l.spread * (probit(bandHigh) - probit(bandLow))) * l.mm2
		weight += l.mm2
	}
	if weight == 0 {
		return PSF{}, false
	}
	p := w.psf
	p.InPlaneMM, p.ThroughMM, p.Source = p.InPlaneMM*unit.MM(sum/weight), p.ThroughMM*unit.MM(sum/weight), PSFCement
	return p, p.InPlaneMM > leastSigmaMM && p.InPlaneMM < mostSigmaMM
}

// skinPSF measures the spread within slices where rows enter the body from air: the outer half of that edge does not yet feel
// what lies under the skin. ok is false when the field shows too little skin.
func skinPSF(v *volume.Volume) (sigmaMM float64, ok bool) {
	dx, dy := float64(v.DX), float64(v.DY)
	var sum, n float64
	for k := v.NZ / 10; k < v.NZ; k += max(1, v.NZ/16) {
		for _, backwards := range []bool{false, true} {
			cross, within := make([]float64, v.NY), make([]float64, v.NY)
			for j := range v.NY {
				cross[j], within[j] = enter(v.NX, func(n int) float64 {
					if backwards {
						n = v.NX - 1 - n
					}
					return float64(v.At(n, j, k))
				})
			}
			for j := 3; j+3 < v.NY; j++ {
				if within[j] < 0 || within[j-3] < 0 || within[j+3] < 0 {
					continue
				}
				bend := cross[j-3] + cross[j+3] - 2*cross[j]
				tilt := (cross[j+3] - cross[j-3]) * dx / (6 * dy)
				if cos := 1 / math.Sqrt(1+tilt*tilt); math.Abs(bend) < 1.2 && cos > 0.8 {
					sum += within[j] * dx * cos
					n++
				}
			}
		}
	}
	if n < 80 {
		return 0, false
	}
	s := sum / n / (probit(skinHigh) - probit(skinLow))
	return s, s > leastSigmaMM && s < mostSigmaMM
}

// Shares of the step from air to skin between which samples are counted.
const skinLow, skinHigh = 0.08, 0.45

// enter walks a row from its end to the first tissue and returns where it crosses the middle of the counted shares and how many
// samples lie between them; -1 when what is met is not plain skin.
func enter(n int, at func(int) float64) (crossing, within float64) {
	const edge, free = -700, -900
	for i := 5; i+8 < n; i++ {
		if at(i) < edge {
			continue
		}
		air := (at(i-5) + at(i-4) + at(i-3)) / 3
		top := at(i)
		for q := i + 1; q <= i+5; q++ {
			top = max(top, at(q))
		}
		if air > free || top < -150 || top > 160 {
			return 0, -1
		}
		for q := i - 3; q <= i+4; q++ {
			if f := (at(q) - air) / (top - air); f >= skinLow && f < skinHigh {
				within++
			}
		}
		return float64(i-1) + (edge-at(i-1))/(at(i)-at(i-1)), within
	}
	return 0, -1
}
