package view

import (
	"slices"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/mesh"
	"github.com/vertefill/vertefill/internal/render"
	"github.com/vertefill/vertefill/internal/unit"
	"github.com/vertefill/vertefill/ui/model"
)

// Straight is a view straightened along the spine; without a curve there is
// none.
type Straight struct {
	Curve       *render.Curve
	Orientation render.Orientation
	Across      float64 // mm beside the curve, along the line of sight
}

func (s Straight) view(v render.Viewport) render.CurvedView {
	return render.CurvedView{Viewport: v, Curve: s.Curve, Orientation: s.Orientation, Offset: s.Across}
}

// where maps the points of a view to the patient and back: through its plane,
// or along the spine.
type where struct {
	vp       render.Viewport
	straight Straight
}

func (w where) patient(p geom.Screen) geom.Patient {
	if w.straight.Curve != nil {
		return w.straight.view(w.vp).PatientFromScreen(p)
	}
	patientFromScreen := w.vp.PatientFromScreen()
	return patientFromScreen.Apply(p)
}

// screen returns the px of a patient point; Z is its depth behind the picture,
// mm.
func (w where) screen(p geom.Patient) geom.Screen {
	if w.straight.Curve != nil {
		return w.straight.view(w.vp).ScreenFromPatient(p)
	}
	screenFromPatient := w.vp.ScreenFromPatient()
	return screenFromPatient.Apply(p)
}

// where returns the maps of a view as it is shown now.
func (p *viewport) where(s *model.State, id model.ViewID) where {
	w := where{vp: p.port(s, id)}
	if s.Straightened(id) {
		w.straight = p.scenes.straight(s, id)
	}
	return w
}

// straight returns how a view is straightened: beside the curve so far that
// the crosshair lies in the picture.
func (c *scenes) straight(s *model.State, id model.ViewID) Straight {
	c.follow(s)
	if c.curve == nil {
		curve, err := render.SpineCurve(s.Result.Spine)
		if err != nil {
			return Straight{} // fewer than two bodies: nothing to straighten
		}
		c.curve = curve
	}
	out := Straight{Curve: c.curve, Orientation: id.Content.Orientation()}
	cursor := out.view(render.Viewport{PatientFromPlane: flat, MMPerPixel: 1, Width: 1, Height: 1}).ScreenFromPatient(s.CursorIn(id.Slot))
	out.Across = cursor.Z
	return out
}

// flat is the plane of straightened views, which has no place in the patient.
var flat = geom.Identity[geom.PatientFrame, geom.PlaneFrame]()

// straightPort is the viewport of a straightened view: X is mm from the curve,
// Y mm along it. Fitted, it shows the whole curve and what lies round it.
func straightPort(s *model.State, v model.View, vp render.Viewport, pxPerDP float32) render.Viewport {
	vp.PatientFromPlane = flat
	if v.MMPerDP > 0 {
		vp.Centre, vp.MMPerPixel = v.Centre, unit.MM(v.MMPerDP/float64(pxPerDP))
		return vp
	}
	const round = 25 // mm beyond the outermost bodies' centres
	length := 100.0
	if curve, err := render.SpineCurve(s.Result.Spine); err == nil {
		length = curve.Length()
	}
	vp.Centre = geom.Pt[geom.PlaneFrame](0, length/2, 0)
	vp.MMPerPixel = unit.MM(max((length+2*round)/float64(vp.Height), 4*round/float64(vp.Width)))
	return vp
}

// alongKey is a surface in the coordinates of a straightened picture.
type alongKey struct {
	mesh        *mesh.Mesh
	orientation render.Orientation
}

// straightened bends a surface with the spine, once.
func (w *worker) straightened(m *mesh.Mesh, s Straight) *mesh.Mesh {
	if w.along == nil || w.alongOf != s.Curve { // surfaces of another study are let go
		w.along, w.alongOf = map[alongKey]*mesh.Mesh{}, s.Curve
	}
	key := alongKey{m, s.Orientation}
	if out, ok := w.along[key]; ok {
		return out
	}
	s.Across = 0
	v := s.view(render.Viewport{PatientFromPlane: flat, MMPerPixel: 1, Width: 1, Height: 1}) // one pixel is a millimetre, the first at zero
	out := &mesh.Mesh{Triangles: m.Triangles, Vertices: make([]geom.Patient, len(m.Vertices))}
	for i, p := range m.Vertices {
		q := v.ScreenFromPatient(p)
		out.Vertices[i] = geom.LPS(q.X, q.Y, q.Z)
	}
	w.along[key] = out
	return out
}

// keepStraight lets go of the bent surfaces that a scene no longer has.
func (w *worker) keepStraight(s *Scene) {
	for key := range w.along {
		if !slices.ContainsFunc(s.Surfaces, func(x Surface) bool { return x.Mesh == key.mesh }) {
			delete(w.along, key)
		}
	}
}

// straightCut is the plane of a straightened picture among surfaces bent with
// the spine.
func straightCut(s Straight) render.PatientFromPlane {
	return render.Moved(flat, geom.LPS(0, 0, s.Across))
}
