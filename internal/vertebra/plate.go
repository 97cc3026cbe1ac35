package vertebra

import (
	"math"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/mesh"
)

// The last step puts every vertex on the outer surface of the cortex at sub-voxel precision. The half-maximum of a plate thinner
// than the point spread lies outside the plate: 0.26 mm at 1.2 mm FWHM and 0.8 mm of cortex, 6 % of a body's volume. With the
// true CT number of cortex assumed, the area under the profile gives the thickness and so the shift; the point spread itself is
// not needed. (After Treece et al. 2010, Med Image Anal 14:276; closed form for one side.)
const (
	cortexHU        = 1500
	cortexSpreadHU  = 300 // the interval of volumes covers 1200..1800
	plateStepMM     = 0.2
	plateInMM       = 5.0
	plateOutMM      = 3.6
	plateClipHU     = 1500
	outsideFloorHU  = -100
	minPlateRiseHU  = 60
	minPlateMM      = 0.2
	maxPlateShiftMM = 1.5
	plateRounds     = 2
	plateSmoothing  = 3
)

// shift is what a profile says about the surface at one vertex.
type shift struct {
	mm        float64 // outwards, for a cortex of cortexHU
	low, high float64 // for the lower and the higher assumed cortex
	ok        bool
}

// refinePlate moves the vertices to the outer surface of the cortex and returns the last measurement at each.
func (s *scene) refinePlate(m *mesh.Mesh) []shift {
	net := sphereNet()
	shifts := make([]shift, len(m.Vertices))
	for range plateRounds {
		n := m.Normals()
		value, weight := make([]float64, len(n)), make([]float64, len(n))
		for i, p := range m.Vertices {
			shifts[i] = shift{}
			if !s.onPedicle(p) && s.inView(p) {
				shifts[i] = s.plateShift(p, n[i])
			}
			if shifts[i].ok {
				value[i], weight[i] = shifts[i].mm, 1
			}
		}
		net.smooth(value, plateSmoothing)
		net.smooth(weight, plateSmoothing)
		for i := range m.Vertices {
			if weight[i] > 0 && !s.onPedicle(m.Vertices[i]) {
				m.Vertices[i] = m.Vertices[i].Add(n[i].Mul(value[i] / weight[i]))
			}
		}
	}
	return shifts
}

// plateShift measures the profile along the outward normal at p.
func (s *scene) plateShift(p geom.Patient, n geom.PatientVec) shift {
	const in, out = int(plateInMM / plateStepMM), int(plateOutMM / plateStepMM)
	var f [in + out + 1]float64
	for i := range f {
		f[i] = min(plateClipHU, s.huAt(p.Add(n.Mul(float64(i-in)*plateStepMM))))
	}
	near := int(math.Round(max(1.6, 1.2*s.voxelMM) / plateStepMM))
	far := int(math.Round(max(0.8, 0.6*s.voxelMM) / plateStepMM))
	peak := max(0, in-near)
	for i := peak; i <= min(len(f)-1, in+far); i++ {
		if f[i] > f[peak] {
			peak = i
		}
	}
	floor := f[peak]
	for i := peak; i < len(f) && float64(i-peak)*plateStepMM <= max(2.4, 2*s.voxelMM); i++ {
		floor = min(floor, f[i])
	}
	floor = max(outsideFloorHU, floor)
	top := f[peak]
	if top-floor < minPlateRiseHU {
		return shift{}
	}
	half := (top + floor) / 2
	outer, ok := crossing(f[:], peak, 1, half)
	if !ok {
		return shift{}
	}
	width := 2 * (outer - float64(peak)) * plateStepMM
	if inner, ok := crossing(f[:], peak, -1, half); ok {
		width = (outer - inner) * plateStepMM
	}
	xh := (outer - float64(in)) * plateStepMM
	at := func(cortex float64) float64 {
		x := xh
		if top < cortex {
			t := max(minPlateMM, min(width, (top-floor)*width/(cortex-floor)))
			x -= (width - t) / 2
		}
		return max(-maxPlateShiftMM, min(maxPlateShiftMM, x))
	}
	return shift{mm: at(cortexHU), low: at(cortexHU - cortexSpreadHU), high: at(cortexHU + cortexSpreadHU), ok: true}
}

// crossing walks from i in the direction and returns the fractional index at which f first falls to the level.
func crossing(f []float64, i, dir int, level float64) (float64, bool) {
	for ; i+dir >= 0 && i+dir < len(f); i += dir {
		if a, b := f[i], f[i+dir]; b <= level {
			return float64(i) + float64(dir)*(a-level)/max(1e-9, a-b), true
		}
	}
	return 0, false
}
