package vertebra

import (
	"math"

	"github.com/vertefill/vertefill/internal/mesh"
)

// A sheet of cement between endplate and disc is taken for the endplate, and the surface follows its outer side. It is known by its
// profile: a plate denser than the endplates of the body over something darker, the endplate itself. Its thickness follows from
// conservation of signal across it: what the profile holds beyond soft tissue outside, marrow or cement inside and a usual endplate
// is that of cement (Al-Senan and Newhouse 2021, Tomography 7:11, for the principle). Blur moves signal but loses none.
const (
	sheetPeakInMM   = 2.5 // from the surface to the densest place of the plate
	sheetPeakOutMM  = 2.5
	sheetFloorMM    = 2.4  // from there to soft tissue
	sheetPlateMM    = 2.0  // so far below it an endplate has ended
	sheetUnderMM    = 3.5  // and to what lies below the endplate
	sheetValley     = 0.87 // of the peak: what lies below is darker
	sheetOverBone   = 1.2  // times the endplates of the same body
	sheetSeen       = 0.95 // of the peak: half the plateau can be found on the flank
	sheetLeastMM    = 0.6  // thick on average
	sheetLeastMM3   = 60.0
	sheetFaintMM    = 0.3 // thinner parts of a sheet beside it
	sheetMostMM     = 3.0 // what is thicker has its inner side out of reach
	sheetCementQ    = 0.6 // quantile of marked cement that is its plateau: the rest is edge
	leastPlates     = 60  // vertices on endplates away from cement, to know what one reads
	sheetSmoothings = 2
	sheetSliceMM    = 2.0 // in thicker slices a profile does not tell plates apart
)

// platform is what is read off a profile through a plate on an endplate.
type platform struct {
	ok                         bool
	peak, floor, valley, under float64 // HU: the densest, outside, the darkest below, the mean beyond an endplate
	edgeMM                     float64 // where it falls to half height outside, from the vertex outwards
	underMM                    float64 // from there to the valley
	signal                     float64 // HU mm from the valley to the edge, with what blur took over the edge
}

// readPlatform reads a profile. plateau is the CT number of the plate where blur does not reach, 0 when it is its peak.
func readPlatform(f *profile, plateau float64) (p platform) {
	at := func(mm float64) int { return profileIn + int(math.Round(mm/plateStepMM)) }
	peak := at(-sheetPeakInMM)
	for i := peak; i <= at(sheetPeakOutMM); i++ {
		if f[i] > f[peak] {
			peak = i
		}
	}
	out, in := peak, peak
	for i := peak; i < len(f) && float64(i-peak)*plateStepMM <= sheetFloorMM; i++ {
		if f[i] < f[out] {
			out = i
		}
	}
	for i := peak; i >= 0 && float64(peak-i)*plateStepMM <= sheetUnderMM; i-- {
		if f[i] < f[in] {
			in = i
		}
	}
	n := 0.0
	for i := range peak {
		if below := float64(peak-i) * plateStepMM; below >= sheetPlateMM && below <= sheetUnderMM {
			p.under += f[i]
			n++
		}
	}
	p.under /= max(1, n)
	p.peak, p.floor, p.valley = f[peak], max(outsideFloorHU, f[out]), f[in]
	level := (max(plateau, p.peak) + p.floor) / 2
	if level > sheetSeen*p.peak {
		level = (p.peak + p.floor) / 2
	}
	edge, ok := crossing(f[:], peak, 1, level)
	if !ok || p.peak-p.floor < minPlateRiseHU {
		return platform{}
	}
	p.ok, p.edgeMM = true, (edge-float64(profileIn))*plateStepMM
	for i := in; i <= out; i++ {
		p.signal += f[i] * plateStepMM
	}
	p.underMM = (edge - float64(in) + 0.5) * plateStepMM
	p.signal -= p.floor * (float64(out) - edge + 0.5) * plateStepMM
	return p
}

// over is what the profile holds over a level below the edge, HU mm.
func (p *platform) over(level float64) float64 { return p.signal - level*p.underMM }

// sheetMM is how much of the plate is cement of the plateau, given what an endplate holds (HU mm) over marrow. A valley brighter than
// marrow is a gap of marrow between two plates, blurred.
func (p *platform) sheetMM(plate, plateau, marrow float64) float64 {
	under := min(p.under, marrow)
	return max(0, (p.over(under)-plate)/max(1, max(plateau, p.peak)-under))
}

// lowerSheets moves the surface from the outer side of sheets of cement to their inner side, and reports which vertices it moved.
func (s *scene) lowerSheets(m *mesh.Mesh) []bool {
	lowered := make([]bool, len(m.Vertices))
	if s.cement == nil || s.voxelMM > sheetSliceMM {
		return lowered
	}
	normals := m.Normals()
	z := s.patientFromBody.Axis(2)
	read := make([]platform, len(m.Vertices))
	var peaks, plates, marrows []float64
	profiles := s.profiles(m, normals, math.Inf(1))
	for i := range profiles {
		if c := normals[i].Dot(z); c > -plateCos && c < plateCos || s.onPedicle(m.Vertices[i]) || !s.inView(m.Vertices[i]) {
			continue
		}
		read[i] = readPlatform(&profiles[i], 0)
		if p := &read[i]; p.ok && !s.marked(s.cement, m.Vertices[i].Add(normals[i].Mul(-2))) {
			peaks, plates, marrows = append(peaks, p.peak), append(plates, p.over(p.under)), append(marrows, p.under)
		}
	}
	if len(peaks) < leastPlates {
		return lowered
	}
	bone, plate, marrow := max(leastSheetHU/sheetOverBone, median(peaks)), median(plates), median(marrows)
	plateau := s.plateau()
	dense, faint := make([]bool, len(read)), make([]bool, len(read))
	thick := make([]float64, len(read)) // mm of cement
	for i, p := range read {
		if !p.ok || p.valley > sheetValley*p.peak {
			continue
		}
		p = readPlatform(&profiles[i], plateau)
		read[i] = p
		thick[i] = p.sheetMM(plate, plateau, marrow)
		dense[i] = p.peak > bone*sheetOverBone && thick[i] < sheetMostMM
		faint[i] = p.peak > bone && thick[i] > sheetFaintMM && thick[i] < sheetMostMM
	}
	net := sphereNet()
	areas := vertexAreas(m)
	for _, piece := range net.pieces(dense) {
		mm3, mm2 := 0.0, 0.0
		for _, k := range piece {
			mm3 += areas[k] * thick[k]
			mm2 += areas[k]
		}
		if mm3 >= sheetLeastMM3 && mm3 >= sheetLeastMM*mm2 {
			for _, k := range piece {
				lowered[k] = true
			}
		}
	}
	net.flood(lowered, faint)
	off, weight := make([]float64, len(read)), make([]float64, len(read))
	for i := range off {
		if lowered[i] {
			off[i], weight[i] = thick[i]-read[i].edgeMM, 1
		}
	}
	net.smooth(off, sheetSmoothings)
	net.smooth(weight, sheetSmoothings)
	for i := range off {
		if lowered[i] {
			m.Vertices[i] = m.Vertices[i].Add(normals[i].Mul(-off[i] / weight[i]))
		}
	}
	return lowered
}

// pieces returns the connected sets of marked vertices.
func (n *net) pieces(marked []bool) (out [][]int32) {
	seen := make([]bool, len(marked))
	for i, on := range marked {
		if !on || seen[i] {
			continue
		}
		seen[i] = true
		piece := []int32{int32(i)}
		for k := 0; k < len(piece); k++ {
			for _, j := range n.ring[piece[k]] {
				if marked[j] && !seen[j] {
					seen[j] = true
					piece = append(piece, j)
				}
			}
		}
		out = append(out, piece)
	}
	return out
}

// plateau is about the CT number of the cement round the body.
func (s *scene) plateau() float64 {
	l := s.cement
	var hu []float64
	o := 0
	for k := range l.NZ {
		for j := range l.NY {
			for i := range l.NX {
				if l.On[o] {
					if h := s.hu(s.cementCorner.X+float64(i)*l.DX, s.cementCorner.Y+float64(j)*l.DY, s.cementCorner.Z+float64(k)*l.DZ); h > cementHU {
						hu = append(hu, h)
					}
				}
				o++
			}
		}
	}
	if len(hu) == 0 {
		return 0
	}
	return quantile(hu, sheetCementQ)
}
