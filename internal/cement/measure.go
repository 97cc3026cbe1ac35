package cement

import (
	"math"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/unit"
	"github.com/vertefill/vertefill/internal/volume"
)

const (
	edgeReach  = 2.4 // point spreads from what was found to where its blurred edge has ended (99.2 % of a plane edge)
	thinReach  = 2.5 // point spreads to the nearest half-filled voxel beyond which a found voxel is a thin part of its own
	solidShare = 0.5
)

// field is the cement with its blurred edge: for every voxel of the box 1 + the index of the mass that is nearest, or 0.
type field struct {
	box    geom.Box
	owner  []uint8
	floor  map[*mass]float64 // typical HU of what surrounds a mass
	nx, ny int
}

// source returns the offset in the volume of offset o of the field.
func (f *field) source(v *volume.Volume, o int) int {
	return f.box.Min.I + o%f.nx + v.NX*(f.box.Min.J+o/f.nx%f.ny+v.NY*(f.box.Min.K+o/(f.nx*f.ny)))
}

// measure fills the map: point spread, plateaus, background, occupancy.
func (w *work) measure(m *Map) {
	f := w.widen(edgeReach)
	w.setFloors(f)
	w.setPSF(f, w.background(f))
	f = w.widen(edgeReach)
	w.setFloors(f)
	back := w.background(f)
	if w.setHidden(f, back) {
		f = w.widen(edgeReach)
		w.setFloors(f)
		back = w.background(f)
	}
	hu := w.unclip(f, back, nil)
	m.PSF = w.psf
	m.New, m.Prior, m.Doubt = make([]float32, len(f.owner)), make([]float32, len(f.owner)), make([]float32, len(f.owner))
	m.Scale = w.scale(f, back, hu)
	m.Batch = f.owner
	for o, own := range f.owner {
		if own == 0 {
			continue
		}
		s := w.masses[own-1]
		b := float64(back[o])
		share := float32(s.share(float64(hu[o]), b))
		if s.prior {
			m.Prior[o] = share
		} else {
			m.New[o] = share
		}
		m.Doubt[o] = float32(doubt(s, b, f.floor[s]))
	}
	w.fillHalo(m, f)
	w.setSolid(m, f)
}

// share is the part of a voxel that the cement of the mass fills, from its CT number and that of its background.
func (s *mass) share(hu, back float64) float64 {
	return (hu - back) / (s.plateau - min(back, 0.5*s.plateau))
}

// scale is by how much of itself the cement of each voxel changes when the plateau of its mass is one standard deviation higher: all of it
// where the voxel is seen, less beyond the ceiling, where only the edge moves. It is alike in sign all over a mass and so adds up.
func (w *work) scale(f *field, back, hu []float32) []float32 {
	out := make([]float32, len(f.owner))
	w.shiftHidden(1)
	higher := w.unclip(f, back, nil)
	up := make([]float64, len(f.owner))
	for o, own := range f.owner {
		if own != 0 && higher[o] != hu[o] {
			up[o] = w.masses[own-1].share(float64(higher[o]), float64(back[o]))
		}
	}
	w.shiftHidden(-1)
	for o, own := range f.owner {
		if own == 0 {
			continue
		}
		s, b := w.masses[own-1], float64(back[o])
		if up[o] != 0 {
			out[o] = float32(up[o]/s.share(float64(hu[o]), b) - 1)
		} else {
			out[o] = float32(-s.errorHU / (s.plateau + s.errorHU - min(b, 0.5*s.plateau)))
		}
	}
	return out
}

// shiftHidden raises the hidden plateaus by a number of standard deviations.
func (w *work) shiftHidden(by float64) {
	for _, s := range w.masses {
		if s.saturated {
			s.plateau += by * s.errorHU
		}
	}
}

// Cement in a wall may have taken the place of the bone there, or fill what was open beside it: the signal of the first is that over the
// bone, of the second that over marrow. wallDoubt is the standard deviation in parts of the difference.
const (
	wallDoubt = 0.3
	mostDoubt = 0.5
)

// doubt is the standard deviation of the cement of a voxel as a share of it: the height of the background there between what surrounds
// the mass and its plateau, which is by how much both readings differ.
func doubt(s *mass, back, floor float64) float64 {
	return min(mostDoubt, wallDoubt*max(0, back-floor)/max(1, s.plateau-floor))
}

// widen returns the cement with everything within r point spreads.
func (w *work) widen(r float64) *field {
	b := w.sup.box
	f := &field{box: b, owner: make([]uint8, len(w.sup.owner)), floor: map[*mass]float64{}}
	f.nx, f.ny, _ = b.Size()
	nearest := make([]float32, len(f.owner))
	near := w.reaches(r)
	nxy := f.nx * f.ny
	for o, own := range w.sup.owner {
		if own == 0 {
			continue
		}
		f.owner[o], nearest[o] = own, 0
		i, j, k := indexOf(b, o)
		if w.enclosed(o, i, j, k, nxy) {
			continue
		}
		for _, n := range near {
			q := geom.Index{I: i + n.d.I, J: j + n.d.J, K: k + n.d.K}
			if !b.Contains(q.I, q.J, q.K) || w.metal.At(q.I, q.J, q.K) != 0 || w.corrupt(q.K) {
				continue
			}
			t := b.Offset(q.I, q.J, q.K)
			if w.sup.owner[t] == 0 && (f.owner[t] == 0 || float32(n.u) < nearest[t]) {
				f.owner[t], nearest[t] = own, float32(n.u)
			}
		}
	}
	return f
}

// enclosed reports whether all six neighbours are cement too.
func (w *work) enclosed(o, i, j, k, nxy int) bool {
	b, own := w.sup.box, w.sup.owner
	if i == b.Min.I || j == b.Min.J || k == b.Min.K || i == b.Max.I-1 || j == b.Max.J-1 || k == b.Max.K-1 {
		return false
	}
	nx := b.Max.I - b.Min.I
	return own[o-1] != 0 && own[o+1] != 0 && own[o-nx] != 0 && own[o+nx] != 0 && own[o-nxy] != 0 && own[o+nxy] != 0
}

// setFloors measures what surrounds each mass: the median of the voxels next to its field.
func (w *work) setFloors(f *field) {
	around := make([][]float64, len(w.masses))
	for o, own := range f.owner {
		if own == 0 {
			continue
		}
		i, j, k := indexOf(f.box, o)
		for _, d := range [6]geom.Index{{I: 1}, {I: -1}, {J: 1}, {J: -1}, {K: 1}, {K: -1}} {
			q := geom.Index{I: i + d.I, J: j + d.J, K: k + d.K}
			if f.box.Contains(q.I, q.J, q.K) && f.owner[f.box.Offset(q.I, q.J, q.K)] == 0 {
				around[own-1] = append(around[own-1], float64(w.v.At(q.I, q.J, q.K)))
			}
		}
	}
	for n, s := range w.masses {
		f.floor[s] = max(-100, min(400, median(around[n])))
	}
}

// setPSF measures the point spread on the edges of unsaturated cement, else on skin that is sharper than a standard kernel, else takes that of
// a standard kernel.
func (w *work) setPSF(f *field, back []float32) {
	if w.opt.PSF.InPlaneMM > 0 {
		w.psf = w.opt.PSF
		w.psf.Source = PSFGiven
		return
	}
	if p, ok := w.cementPSF(f, back); ok {
		w.psf = p
		return
	}
	// Skin is no step in density, and its folds and clothes widen it more: it can only be too wide. Across the slices the nominal profile stays.
	if s, ok := skinPSF(w.v); ok && unit.MM(s) < w.psf.InPlaneMM {
		w.psf.InPlaneMM, w.psf.Source = unit.MM(s), PSFSkin
	}
}

// setSolid marks the voxels that are at least half cement, and those that were found where nothing near is half cement: thin
// veins that blur has spread. Saturated voxels are counted.
func (w *work) setSolid(m *Map, f *field) {
	m.Solid = make([]anatomy.CementClass, len(f.owner))
	near := w.reaches(thinReach)
	saturated, n := 0, 0
	classOf := func(own uint8) anatomy.CementClass {
		if w.masses[own-1].prior {
			return anatomy.CementPrior
		}
		return anatomy.CementInBody
	}
	half := make([]bool, len(f.owner))
	for o, own := range f.owner {
		half[o] = own != 0 && m.New[o]+m.Prior[o] >= solidShare
	}
	for o, own := range f.owner {
		if own == 0 {
			continue
		}
		solid := half[o]
		if !solid && w.sup.owner[o] != 0 {
			i, j, k := indexOf(f.box, o)
			solid = true
			for _, d := range near {
				q := geom.Index{I: i + d.d.I, J: j + d.d.J, K: k + d.d.K}
				if f.box.Contains(q.I, q.J, q.K) && half[f.box.Offset(q.I, q.J, q.K)] {
					solid = false
					break
				}
			}
		}
		if !solid {
			continue
		}
		m.Solid[o] = classOf(own)
		if m.Solid[o] == anatomy.CementInBody {
			n++
			if w.v.Saturated(w.v.HU[f.source(w.v, o)]) {
				saturated++
			}
		}
	}
	m.SaturatedFraction = unit.Fraction(float64(saturated) / math.Max(1, float64(n)))
}
