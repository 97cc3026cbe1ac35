package export

import (
	"fmt"
	"math"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/mesh"
	"github.com/vertefill/vertefill/internal/render"
	"github.com/vertefill/vertefill/internal/surface"
)

// CementParts returns the surfaces of all cement, new and prior, leaks included, metal not: what cement.stl holds.
func CementParts(r *assess.Result) []surface.Part {
	var out []surface.Part
	add := func(name string, s render.Style, m *mesh.Mesh) {
		if m != nil && len(m.Triangles) > 0 {
			out = append(out, surface.Part{Name: name, Colour: s.Colour, Mesh: m})
		}
	}
	t := r.Report.Totals
	if t == nil {
		t = &assess.Totals{}
	}
	add("cement-body", render.CementStyle(anatomy.CementInBody), holding(r.CementSurfaces[anatomy.CementInBody], t.InBodyML))
	add("cement-pedicle", render.CementStyle(anatomy.CementInPedicle), holding(r.CementSurfaces[anatomy.CementInPedicle], t.InPedicleML))
	add("cement-prior", render.CementStyle(anatomy.CementPrior), holding(r.CementSurfaces[anatomy.CementPrior], t.PriorCementML))
	for i, k := range r.Leaks {
		l := r.Report.Leaks[i]
		add(fmt.Sprintf("leak-%d-%s-%s", l.ID, l.Level, l.Compartment), render.LeakStyle(l.Compartment, false), holding(k.Surface, l.VolumeML))
	}
	return out
}

// holding returns the surface moved along its normals, all points by the same distance, until it holds the volume of the report.
// The surface at half occupancy loses rims thinner than a voxel, 2 % of the cement of the phantom; a hundredth of a millimetre or
// two brings them back. A surface that would have to move farther than mostMM, because the report covers some levels only, stays
// as it is.
func holding(m *mesh.Mesh, ml float64) *mesh.Mesh {
	const mostMM, rounds = 0.25, 4
	if m == nil || len(m.Triangles) == 0 || ml <= 0 {
		return m
	}
	out, moved := m, 0.0
	normals := m.Normals()
	for range rounds {
		area := float64(out.Area())
		if area <= 0 {
			return m
		}
		moved += (ml*1000 - float64(out.Volume().MM3())) / area
		if math.Abs(moved) > mostMM {
			return m
		}
		next := &mesh.Mesh{Vertices: make([]geom.Patient, len(m.Vertices)), Triangles: m.Triangles}
		for i, v := range m.Vertices {
			next.Vertices[i] = v.Add(normals[i].Mul(moved))
		}
		out = next
	}
	return out
}

// SurfaceParts returns the cement, metal, and the vertebral bodies as glass: what formats with colours hold. Vertebrae that were
// not measured have no surface.
func SurfaceParts(r *assess.Result) []surface.Part {
	out := CementParts(r)
	if r.Spine == nil {
		return out
	}
	if m := r.CementSurfaces[anatomy.Metal]; m != nil && len(m.Triangles) > 0 {
		out = append(out, surface.Part{Name: "metal", Colour: render.CementStyle(anatomy.Metal).Colour, Mesh: m})
	}
	if m := r.Lesion; m != nil && len(m.Triangles) > 0 {
		c := render.LesionStyle().Colour
		c.A = 0x70
		out = append(out, surface.Part{Name: "lesion", Colour: c, Mesh: m})
	}
	for _, v := range r.Spine.Vertebrae {
		if v.Body != nil && len(v.Body.Triangles) > 0 {
			c := render.BodyStyle(false, false).Colour
			c.A = 0x50
			out = append(out, surface.Part{Name: "body-" + v.Level.String(), Colour: c, Mesh: v.Body})
		}
	}
	return out
}
