package vertebra

import (
	"math"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/mesh"
)

// The last step puts every vertex on the outer surface of the cortex at sub-voxel precision. The half-maximum of a plate thinner
// than the point spread lies outside the plate: 0.26 mm at 1.2 mm FWHM and 0.8 mm of cortex, 6 % of a body's volume. The profile
// across the surface is therefore read as a blurred plate of known CT number between marrow and soft tissue (after Treece et al.
// 2010, Med Image Anal 14:276): its height gives the thickness, and the thickness how far its half-maximum lies outside. The
// blur is taken from the widths of the profiles themselves, apart for faces across and along the slices.
const (
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
	profilePasses   = 2
	alongAxis       = 0.7 // cosine that parts faces across the slices from the others
)

// shift is what a profile says about the surface at one vertex.
type shift struct {
	mm        float64 // outwards, for the cortex of the study
	low, high float64 // for a cortex less and more dense by the spread
	ok        bool
}

// refinePlate moves the vertices to the outer surface of the cortex and returns the last measurement at each.
func (s *scene) refinePlate(m *mesh.Mesh, cortex float64) []shift {
	net := sphereNet()
	shifts := make([]shift, len(m.Vertices))
	ridges := make([]ridge, len(m.Vertices))
	for range plateRounds {
		n := m.Normals()
		hidden, _ := s.hiddenVertices(m)
		profiles := s.profiles(m, n, plateClipHU)
		for i, p := range m.Vertices {
			ridges[i] = ridge{}
			if !hidden[i] && !s.onPedicle(p) && s.inView(p) {
				ridges[i] = readRidge(&profiles[i], s.voxelAlong(n[i]))
				ridges[i].across = math.Abs(n[i].Dot(s.vol.Normal)) > alongAxis
			}
		}
		blurs := newBlurs(ridges, cortex)
		value, weight := make([]float64, len(n)), make([]float64, len(n))
		for i := range ridges {
			shifts[i] = blurs.shift(&ridges[i])
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
		net.despike(m.Vertices)
	}
	if s.back != nil {
		s.settleWall(m, shifts)
		s.closeWall(m, s.back)
	}
	healed := s.heal(m)
	hiddenBack := make([]bool, len(healed))
	for i, moved := range healed {
		if moved {
			shifts[i] = shift{}
		}
		hiddenBack[i] = moved && s.back != nil && s.back[i]
	}
	s.keepToWall(m, hiddenBack, hiddenWallMM, hiddenWallMM)
	for i, lowered := range s.lowerSheets(m) {
		if lowered {
			shifts[i] = shift{}
		}
	}
	return shifts
}

// profile is the CT number along the outward normal at a vertex.
type profile [profileIn + profileOut + 1]float64

const (
	profileIn  = int(plateInMM / plateStepMM)
	profileOut = int(plateOutMM / plateStepMM)
)

// profiles samples every vertex up to a CT number and averages neighbours, which calms the noise but follows the surface.
func (s *scene) profiles(m *mesh.Mesh, n []geom.PatientVec, most float64) []profile {
	out, next := make([]profile, len(n)), make([]profile, len(n))
	for i, p := range m.Vertices {
		for x := range out[i] {
			out[i][x] = min(most, s.huAt(p.Add(n[i].Mul(float64(x-profileIn)*plateStepMM))))
		}
	}
	for range profilePasses {
		for i, ring := range sphereNet().ring {
			sum := out[i]
			for _, j := range ring {
				for x := range sum {
					sum[x] += out[j][x]
				}
			}
			for x := range sum {
				sum[x] /= float64(len(ring) + 1)
			}
			next[i] = sum
		}
		out, next = next, out
	}
	return out
}

// ridge is what is read off a profile: the cortex between marrow and soft tissue.
type ridge struct {
	ok                 bool
	across             bool    // of the slices: the face is an endplate of an axial scan
	top, inside, floor float64 // HU
	halfMM             float64 // where it falls to half height, from the vertex outwards
	widthMM            float64 // twice the way from the top to there
}

// readRidge finds the bright ridge nearest to the vertex; voxel is the size of a voxel across the surface, mm.
func readRidge(f *profile, voxel float64) ridge {
	near := int(math.Round(max(1.6, 1.2*voxel) / plateStepMM))
	far := int(math.Round(max(0.8, 0.6*voxel) / plateStepMM))
	peak := max(0, profileIn-near)
	for i := peak; i <= min(len(f)-1, profileIn+far); i++ {
		if f[i] > f[peak] {
			peak = i
		}
	}
	r := ridge{top: f[peak], floor: f[peak]}
	for i := peak; i < len(f) && float64(i-peak)*plateStepMM <= max(2.4, 2*voxel); i++ {
		r.floor = min(r.floor, f[i])
	}
	r.floor = max(outsideFloorHU, r.floor)
	if r.top-r.floor < minPlateRiseHU {
		return ridge{}
	}
	outer, ok := crossing(f[:], peak, 1, (r.top+r.floor)/2)
	if !ok {
		return ridge{}
	}
	r.ok = true
	r.halfMM = (outer - float64(profileIn)) * plateStepMM
	r.widthMM = 2 * (outer - float64(peak)) * plateStepMM
	r.inside = r.top
	for i := peak; i >= 0 && float64(peak-i)*plateStepMM <= 2*r.widthMM; i-- {
		r.inside = min(r.inside, f[i])
	}
	return r
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
