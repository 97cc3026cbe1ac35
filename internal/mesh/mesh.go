// Package mesh holds closed triangle surfaces in patient millimetres and what can be measured on them: volume, area, signed
// distance. It draws nothing and reads no files.
package mesh

import (
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/unit"
)

// Mesh is a triangle surface. Triangles index Vertices, counter-clockwise seen from outside.
type Mesh struct {
	Vertices  []geom.Patient
	Triangles [][3]int32
}

// Volume returns the enclosed volume by the divergence theorem; negative when the triangles face inwards.
func (m *Mesh) Volume() unit.ML {
	if len(m.Vertices) == 0 {
		return 0
	}
	o := m.Vertices[0] // near origin: less cancellation
	sum := 0.0
	for _, t := range m.Triangles {
		a, b, c := m.Vertices[t[0]].Sub(o), m.Vertices[t[1]].Sub(o), m.Vertices[t[2]].Sub(o)
		sum += a.Dot(b.Cross(c))
	}
	return unit.MM3(sum / 6).ML()
}

// Area returns the surface area.
func (m *Mesh) Area() unit.MM2 {
	sum := 0.0
	for _, t := range m.Triangles {
		a := m.Vertices[t[0]]
		sum += m.Vertices[t[1]].Sub(a).Cross(m.Vertices[t[2]].Sub(a)).Norm()
	}
	return unit.MM2(sum / 2)
}

// Centroid returns the centroid of the enclosed volume; of the vertices when the volume vanishes.
func (m *Mesh) Centroid() geom.Patient {
	if len(m.Vertices) == 0 {
		return geom.Patient{}
	}
	o := m.Vertices[0]
	var sum geom.PatientVec
	vol := 0.0
	for _, t := range m.Triangles {
		a, b, c := m.Vertices[t[0]].Sub(o), m.Vertices[t[1]].Sub(o), m.Vertices[t[2]].Sub(o)
		v := a.Dot(b.Cross(c))
		vol += v
		sum = sum.Add(a.Add(b).Add(c).Mul(v / 4))
	}
	if vol == 0 {
		for _, p := range m.Vertices {
			sum = sum.Add(p.Sub(o))
		}
		return o.Add(sum.Mul(1 / float64(len(m.Vertices))))
	}
	return o.Add(sum.Mul(1 / vol))
}

// Normals returns the unit outward normal at every vertex, weighted by the area of its triangles.
func (m *Mesh) Normals() []geom.PatientVec {
	n := make([]geom.PatientVec, len(m.Vertices))
	for _, t := range m.Triangles {
		a := m.Vertices[t[0]]
		f := m.Vertices[t[1]].Sub(a).Cross(m.Vertices[t[2]].Sub(a))
		for _, i := range t {
			n[i] = n[i].Add(f)
		}
	}
	for i := range n {
		n[i] = n[i].Unit()
	}
	return n
}

// Transformed returns a copy moved by a rigid map.
func (m *Mesh) Transformed(a geom.Affine[geom.PatientFrame, geom.PatientFrame]) *Mesh {
	out := &Mesh{Vertices: make([]geom.Patient, len(m.Vertices)), Triangles: m.Triangles}
	for i, p := range m.Vertices {
		out.Vertices[i] = a.Apply(p)
	}
	return out
}

// Bounds returns the lowest and highest corner of the axis-parallel box round the mesh; both zero when it is empty.
func (m *Mesh) Bounds() (lo, hi geom.Patient) {
	for i, p := range m.Vertices {
		if i == 0 {
			lo, hi = p, p
			continue
		}
		lo = geom.LPS(min(lo.X, p.X), min(lo.Y, p.Y), min(lo.Z, p.Z))
		hi = geom.LPS(max(hi.X, p.X), max(hi.Y, p.Y), max(hi.Z, p.Z))
	}
	return lo, hi
}
