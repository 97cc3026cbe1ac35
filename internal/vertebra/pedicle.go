package vertebra

import (
	"math"
	"slices"

	"github.com/vertefill/vertefill/internal/filter"
	"github.com/vertefill/vertefill/internal/geom"
)

// A pedicle is a tube of bone whose marrow may be as dark as the soft tissue: neither the cut through it nor its root in the body
// shows an edge, while the body's own cortex inside the root does. The tube's cross-section is therefore read just behind the
// wall, where it stands alone, filled, and carried forward into the root.
const (
	pedicleStepMM    = 0.5
	pedicleNearMM    = 3.0  // sideways from the middle of the canal
	pedicleFarMM     = 38.0 // L5 at the widest
	pedicleLow       = -0.6 // shares of the height
	pedicleHigh      = 0.8
	pedicleLeastMM   = 8.0 // where its centre lies at least
	pedicleOutMM     = 1.5 // thoracic pedicles end hardly outside their body: what goes on is a rib; lumbar ones, of broader bodies,
	lumbarOutShare   = 1.6 // end by this share of the further half width outside
	lumbarHalfMM     = 19.0
	pedicleHoleMM2   = 320 // marrow: a larger hole is something else
	pedicleNeckMM    = 1.0 // thinner bridges, as to a rib, do not belong to it
	pedicleMinMM2    = 8   // after that erosion
	pedicleWaist     = 0.9 // a rib that touches it shows as a second lobe behind a waist this narrow
	pedicleMaxWideMM = 30  // L5 has 18 mm (Panjabi et al. 1992); with a rib
	pedicleCentre    = 0.6 // of the height, above and below: where its centre may lie
	pedicleRootMM    = 6.0 // how far in front of the wall no border of the body lies inside the tube
	pedicleRimMM     = 0.8 // the tube's own cortex may be border
	insideRootPrice  = 1.0
	rootReachMM      = 16.0 // from the body's side to that of its broadest pedicle
	rootFrom         = 0.8  // of the body's half width: what is nearer to the middle needs no help, and may be the arch of the canal
	rootSlackMM      = 2.0  // its side may lie so far outside the cross-section behind the wall
	rootEdge         = -0.4 // cost of the border that a root must have at its side
)

// pedicleDepths are the planes behind the wall that are averaged, rootDepths those in front of it, in mm.
var (
	pedicleDepths = [3]float64{2.5, 3.5, 4.5}
	rootDepths    = [2]float64{1.5, 3}
)

// pedicle is the cross-section of one pedicle in body coordinates; nil when it was not seen.
type pedicle struct {
	side      float64 // 1 left, -1 right
	x0, z0    float64 // of the first node, x measured to its side
	tube, rim *filter.Lattice
	root      []float64 // how far out bone goes in front of the wall, row by row; 0 where it ends at the body's side
	from      float64   // and from where it stands beside the body
}

// findPedicles reads both cross-sections behind the wall of a body with the given half width at mid height.
func (s *scene) findPedicles(halfWidth float64) {
	s.pedicles = [2]*pedicle{}
	if !s.wall.ok {
		return
	}
	for i, side := range []float64{1, -1} {
		p := s.findPedicle(side, halfWidth+pedicleOutMM+lumbarOutShare*max(0, halfWidth-lumbarHalfMM))
		if p != nil {
			p.from = rootFrom * halfWidth
		}
		s.pedicles[i] = p
	}
}

// findPedicle reads one cross-section, out to the given distance from the middle.
func (s *scene) findPedicle(side, out float64) *pedicle {
	p := &pedicle{side: side, x0: side*s.canalX[0] + pedicleNearMM, z0: pedicleLow * s.height}
	nx, nz := int((pedicleFarMM-pedicleNearMM)/pedicleStepMM)+1, int((pedicleHigh-pedicleLow)*s.height/pedicleStepMM)+1
	bone := filter.NewLattice(nx, nz, 1, pedicleStepMM, pedicleStepMM, pedicleStepMM)
	for k := range nz {
		for i := range nx {
			x, z := side*(p.x0+float64(i)*pedicleStepMM), p.z0+float64(k)*pedicleStepMM
			sum := 0.0
			for _, d := range pedicleDepths {
				sum += s.hu(x, s.wall.Y(x, z)+d, z)
			}
			middle := geom.Pt[geom.BodyFrame](x, s.wall.Y(x, z)+pedicleDepths[1], z)
			bone.On[i+nx*k] = sum/float64(len(pedicleDepths)) > boneHU && !s.isCement(s.patientFromBody.Apply(middle)) // cement in the marrow leaves a hole, cement in the canal is no bone
		}
	}
	fillHoles(bone)
	piece, n := bone.Eroded(pedicleNeckMM).Components()
	best := p.choose(piece, n, nx, s.height)
	if best == 0 {
		return nil
	}
	core := filter.NewLattice(nx, nz, 1, pedicleStepMM, pedicleStepMM, pedicleStepMM)
	end := min(lobeEnd(piece, best, nx), int((out-pedicleNearMM)/pedicleStepMM)+1)
	for o, c := range piece {
		core.On[o] = c == best && o%nx < end
	}
	p.tube = core.Dilated(pedicleNeckMM)
	p.rim = p.tube.Eroded(pedicleRimMM)
	p.root = make([]float64, nz)
	for k := range p.root {
		p.root[k] = s.rootSide(p, k)
	}
	return p
}

// rootSide returns where the side of the root lies in a row: the outermost edge inside the cross-section in front of the wall. The
// cross-section behind it may hold more, as the base of a transverse process.
func (s *scene) rootSide(p *pedicle, row int) float64 {
	n := s.patientFromBody.ApplyVec(geom.V[geom.BodyFrame](p.side, 0, 0))
	w := s.window(n, 2)
	z, out := p.z0+float64(row)*pedicleStepMM, 0.0
	for i := range p.tube.NX {
		if !p.near(i, row) {
			continue
		}
		x := p.side * (p.x0 + float64(i)*pedicleStepMM)
		c := 0.0
		for _, d := range rootDepths {
			c += s.edge(s.patientFromBody.Apply(geom.Pt[geom.BodyFrame](x, s.wall.Y(x, z)-d, z)), n, w) / float64(len(rootDepths))
		}
		if c < rootEdge {
			out = x * p.side
		}
	}
	return out
}

// inFront reports whether a point in front of the wall lies in the root beside the body.
func (p *pedicle) inFront(b geom.Body) bool {
	k := int(math.Round((b.Z - p.z0) / pedicleStepMM))
	return k >= 0 && k < len(p.root) && b.X*p.side >= p.from && b.X*p.side <= p.root[k] && p.near(int(math.Round((b.X*p.side-p.x0)/pedicleStepMM)), k)
}

// near reports whether a node lies in the cross-section or just to the side of it.
func (p *pedicle) near(i, k int) bool {
	return p.tube.At(i, k, 0) || p.tube.At(i-int(rootSlackMM/pedicleStepMM), k, 0)
}

// choose returns the piece that is the pedicle, the one next to the canal; 0 when there is none.
func (p *pedicle) choose(piece []int32, n, nx int, height float64) int32 {
	best, nearest := int32(0), math.Inf(1)
	for c := int32(1); c <= int32(n); c++ {
		lo, hi, area, sum, sideways := nx, 0, 0, 0.0, 0.0
		for o, q := range piece {
			if q == c {
				lo, hi, area = min(lo, o%nx), max(hi, o%nx), area+1
				sum += p.z0 + float64(o/nx)*pedicleStepMM
				sideways += pedicleNearMM + float64(o%nx)*pedicleStepMM
			}
		}
		wide := float64(hi-lo) * pedicleStepMM
		if float64(area)*pedicleStepMM*pedicleStepMM < pedicleMinMM2 || wide > pedicleMaxWideMM || sideways < pedicleLeastMM*float64(area) || math.Abs(sum/float64(area)) > pedicleCentre*height {
			continue
		}
		if d := float64(lo); d < nearest {
			best, nearest = c, d
		}
	}
	return best
}

// lobeEnd returns the column before which the lobe next to the canal ends: where a piece narrows, a rib begins.
func lobeEnd(piece []int32, best int32, nx int) int {
	tall := make([]int, nx)
	for o, c := range piece {
		if c == best {
			tall[o%nx]++
		}
	}
	highest := func(t []int) int { return slices.Max(t) }
	end, least := nx, pedicleWaist
	for x := 1; x < nx-1; x++ {
		if r := float64(tall[x]) / float64(max(1, min(highest(tall[:x]), highest(tall[x+1:])))); tall[x] > 0 && r < least {
			end, least = x, r
		}
	}
	return end
}

// fillHoles closes dark parts that bone encloses.
func fillHoles(l *filter.Lattice) {
	dark := filter.NewLattice(l.NX, l.NY, 1, pedicleStepMM, pedicleStepMM, pedicleStepMM)
	for o, on := range l.On {
		dark.On[o] = !on
	}
	piece, n := dark.Components()
	area, open := make([]int, n+1), make([]bool, n+1)
	for o, c := range piece {
		i, k := o%l.NX, o/l.NX
		area[c]++
		open[c] = open[c] || i == 0 || k == 0 || i == l.NX-1 || k == l.NY-1
	}
	for o, c := range piece {
		if c > 0 && !open[c] && float64(area[c])*pedicleStepMM*pedicleStepMM < pedicleHoleMM2 {
			l.On[o] = true
		}
	}
}

// at reports whether (x, z) lies in a part of the cross-section.
func (p *pedicle) at(l *filter.Lattice, b geom.Body) bool {
	i, k := math.Round((b.X*p.side-p.x0)/pedicleStepMM), math.Round((b.Z-p.z0)/pedicleStepMM)
	return l.At(int(i), int(k), 0)
}

// pedicleOf returns the pedicle on the side of a point, nil when it was not seen.
func (s *scene) pedicleOf(b geom.Body) *pedicle {
	if b.X-s.canalX[0] > 0 {
		return s.pedicles[0]
	}
	return s.pedicles[1]
}

// boneBehind reports whether a pedicle goes on behind a point of the wall.
func (s *scene) boneBehind(b geom.Body) bool {
	if p := s.pedicleOf(b); p != nil && p.at(p.tube, b) {
		return true
	}
	return s.hu(b.X, b.Y+2, b.Z) > boneHU
}

// inRoot reports whether a point lies inside a pedicle's root in front of the wall, where the body has no border.
func (s *scene) inRoot(b geom.Body, behindWall float64) bool {
	if behindWall > -0.5 || behindWall < -pedicleRootMM {
		return false
	}
	p := s.pedicleOf(b)
	return p != nil && p.at(p.rim, b)
}

// atRoot reports whether a point lies in a pedicle or its root in the body: what is dense there is the body's own.
func (s *scene) atRoot(q geom.Patient) bool {
	b := s.bodyFromPatient.Apply(q)
	p := s.pedicleOf(b)
	return p != nil && b.Y-s.wall.Y(b.X, b.Z) > -pedicleRootMM && p.at(p.tube, b)
}

// onPedicle reports whether a point of the surface is a cut through a pedicle, which has no edge.
func (s *scene) onPedicle(p geom.Patient) bool {
	b := s.bodyFromPatient.Apply(p)
	return s.wall.ok && math.Abs(b.X) > pedicleFromMM && b.Y-s.wall.Y(b.X, b.Z) > -1 && s.boneBehind(b)
}
