package export

import (
	"fmt"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/assess"
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
	add("cement-body", render.CementStyle(anatomy.CementInBody), r.CementSurfaces[anatomy.CementInBody])
	add("cement-pedicle", render.CementStyle(anatomy.CementInPedicle), r.CementSurfaces[anatomy.CementInPedicle])
	add("cement-prior", render.CementStyle(anatomy.CementPrior), r.CementSurfaces[anatomy.CementPrior])
	for i, k := range r.Leaks {
		l := r.Report.Leaks[i]
		add(fmt.Sprintf("leak-%d-%s-%s", l.ID, l.Level, l.Compartment), render.LeakStyle(l.Compartment, false), k.Surface)
	}
	return out
}

// SurfaceParts returns the cement, metal, and the vertebral bodies as glass: what formats with colours hold. Vertebrae that were
// not measured have no surface.
func SurfaceParts(r *assess.Result) []surface.Part {
	out := CementParts(r)
	if m := r.CementSurfaces[anatomy.Metal]; m != nil && len(m.Triangles) > 0 {
		out = append(out, surface.Part{Name: "metal", Colour: render.CementStyle(anatomy.Metal).Colour, Mesh: m})
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
