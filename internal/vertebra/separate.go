package vertebra

import (
	"github.com/vertefill/vertefill/internal/mesh"
)

// Two bodies never overlap. Where their surfaces cross, the one that reaches beyond the middle plane of the disc is the intruder (an
// osteophyte that bridges the disc, a surface that took the neighbour's endplate for its own) and is put back to that plane.
const (
	separateRounds  = 3
	separateStepMM  = 1.2 // lattice of the distance fields
	separateMargin  = 3.0
	separateSlackMM = 0.05
)

// separate parts crossing surfaces of neighbours.
func (f *finder) separate() {
	for i := 1; i < len(f.bodies); i++ {
		upper, lower := f.bodies[i-1], f.bodies[i]
		if upper.surface == nil || lower.surface == nil || !mayCross(upper, lower) {
			continue
		}
		for range separateRounds {
			fu, fl := mesh.NewField(upper.surface, separateStepMM, separateMargin), mesh.NewField(lower.surface, separateStepMM, separateMargin)
			if putBack(upper.surface, fl, upper.below, -1)+putBack(lower.surface, fu, upper.below, 1) == 0 {
				break
			}
		}
	}
}

// mayCross reports whether a body reaches beyond the middle plane of the disc between them.
func mayCross(upper, lower *body) bool {
	d := upper.below
	for _, p := range upper.surface.Vertices {
		if p.Sub(d.centre).Dot(d.up) < 0 {
			return true
		}
	}
	for _, p := range lower.surface.Vertices {
		if p.Sub(d.centre).Dot(d.up) > 0 {
			return true
		}
	}
	return false
}

// putBack moves the vertices of m that lie in the other body and beyond the plane (side 1: above, -1: below) back to it and
// returns how many did.
func putBack(m *mesh.Mesh, other *mesh.Field, plane disc, side float64) int {
	n := 0
	for i, p := range m.Vertices {
		beyond := side * p.Sub(plane.centre).Dot(plane.up)
		if beyond > 0 && other.At(p) < separateSlackMM {
			m.Vertices[i] = p.Add(plane.up.Mul(-side * (beyond + separateSlackMM)))
			n++
		}
	}
	if n > 0 {
		sphereNet().despike(m.Vertices)
	}
	return n
}
