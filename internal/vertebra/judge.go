package vertebra

import (
	"github.com/vertefill/vertefill/internal/diag"
)

// What is measured and yet needs a reader's eye: bodies crushed flat, walls that a lesion has opened, levels with no disc between them.
const (
	flatShare     = 0.45 // of the neighbours' height (three quarters of it lost is vertebra plana in the strict sense; half misleads already)
	openWallMM2   = 45.0 // area without any cortex: the basivertebral foramen has 10 to 20
	openEdge      = 0.15 // strength of an edge below which there is none
	fusedFace     = 0.35 // of the usual strength of endplates: both faces of a disc are weaker
	fusedQuality  = 0.3  // and the disc hardly shows
	openNearDisc  = 3.0  // mm from the discs: rims are left out
	openRootExtra = 2.0  // mm round the pedicles
)

// flag records what is unusual about the bodies.
func (f *finder) flag() {
	var faces []float64
	for _, b := range f.bodies {
		if b.surface != nil {
			faces = append(faces, b.faces.top, b.faces.bottom)
		}
	}
	usual := median(faces)
	for i, b := range f.bodies {
		if b.surface == nil {
			continue
		}
		level := b.vertebra.Level
		if isFlat(f.tallest(i), f.neighboursTall(i)) {
			f.sink.Add(diag.CodeBodyFlat, level, nil)
		}
		if b.openWall() > openWallMM2 {
			f.sink.Add(diag.CodeBodyWallOpen, level, nil)
		}
		if i > 0 && f.bodies[i-1].surface != nil {
			above := f.bodies[i-1]
			if max(above.faces.bottom, b.faces.top) < fusedFace*usual && b.above.quality < fusedQuality {
				f.sink.Add(diag.CodeLevelsFused, level, nil)
			}
		}
	}
}

// isFlat reports whether a body of this height is crushed flat among neighbours of these heights, mm.
func isFlat(height float64, near []float64) bool {
	return len(near) > 0 && height < flatShare*median(near)
}

// tallest is the greatest of the three heights of body i.
func (f *finder) tallest(i int) float64 {
	h := f.bodies[i].vertebra.Heights
	return float64(max(h.Anterior, h.Middle, h.Posterior))
}

func (f *finder) neighboursTall(i int) (out []float64) {
	for j := max(0, i-neighbours); j <= min(len(f.bodies)-1, i+neighbours); j++ {
		if j != i && f.bodies[j].surface != nil {
			out = append(out, f.tallest(j))
		}
	}
	return out
}

// openWall is the area in mm2 of the largest connected part of the side and back walls where no cortex shows and neither cement nor a
// pedicle explains it: the surface there is the continuation of the rest.
func (b *body) openWall() float64 {
	s, m := b.scene, b.surface
	normals := m.Normals()
	open := make([]bool, len(m.Vertices))
	for i, p := range m.Vertices {
		q := s.bodyFromPatient.Apply(p)
		n := s.bodyFromPatient.ApplyVec(normals[i])
		if n.Z > sideCos || n.Z < -sideCos || q.Z > s.top.z(q.X, q.Y)-openNearDisc || q.Z < s.bottom.z(q.X, q.Y)+openNearDisc {
			continue
		}
		if s.marked(s.cementNear, p) || s.atRoot(p) || s.atRoot(p.Add(s.patientFromBody.Axis(2).Mul(openRootExtra))) || s.atRoot(p.Add(s.patientFromBody.Axis(2).Mul(-openRootExtra))) {
			continue
		}
		open[i] = !b.shifts[i].ok && -s.edge(p, normals[i], s.window(normals[i], 2)) < openEdge
	}
	return largestPart(sphereNet(), open, vertexAreas(m))
}

// largestPart is the area of the largest connected part of the marked vertices.
func largestPart(n *net, marked []bool, area []float64) float64 {
	seen := make([]bool, len(marked))
	best := 0.0
	for i := range marked {
		if !marked[i] || seen[i] {
			continue
		}
		sum, stack := 0.0, []int32{int32(i)}
		seen[i] = true
		for len(stack) > 0 {
			v := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			sum += area[v]
			for _, w := range n.ring[v] {
				if marked[w] && !seen[w] {
					seen[w] = true
					stack = append(stack, w)
				}
			}
		}
		best = max(best, sum)
	}
	return best
}
