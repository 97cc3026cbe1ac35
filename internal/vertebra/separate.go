package vertebra

import (
	"github.com/vertefill/vertefill/internal/mesh"
)

// Two bodies never overlap: where their surfaces cross, both draw back by half.
const (
	separateRounds  = 3
	separateStepMM  = 1.2 // lattice of the distance fields
	separateMargin  = 3.0
	separateSlackMM = 0.05
)

// separate pulls crossing surfaces of neighbours apart.
func (f *finder) separate() {
	for i := 1; i < len(f.bodies); i++ {
		a, b := f.bodies[i-1].surface, f.bodies[i].surface
		if a == nil || b == nil {
			continue
		}
		if !mayCross(f.bodies[i-1], f.bodies[i]) {
			continue
		}
		for range separateRounds {
			fa, fb := mesh.NewField(a, separateStepMM, separateMargin), mesh.NewField(b, separateStepMM, separateMargin)
			if drawBack(a, fb)+drawBack(b, fa) == 0 {
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

// drawBack moves the vertices of m that lie inside another surface inwards and returns how many did.
func drawBack(m *mesh.Mesh, other *mesh.Field) int {
	n := 0
	normals := m.Normals()
	for i, p := range m.Vertices {
		if d := other.At(p) - separateSlackMM; d < 0 {
			m.Vertices[i] = p.Add(normals[i].Mul(d / 2))
			n++
		}
	}
	return n
}
