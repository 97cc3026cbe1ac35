package view

import (
	"image"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/render"
	"github.com/vertefill/vertefill/internal/unit"
	"github.com/vertefill/vertefill/internal/volume"
	"github.com/vertefill/vertefill/ui/model"
)

// Port returns where the picture of a plane view lies.
func Port(s *model.State, id model.ViewID, size image.Point, pxPerDP float32) render.Viewport {
	if id.Content.OfRun() {
		return runPort(s, id, render.Viewport{Width: size.X, Height: size.Y}, pxPerDP)
	}
	vp := render.Viewport{PatientFromPlane: s.Plane(id), Width: size.X, Height: size.Y}
	v := s.View(id)
	if s.Straightened(id) {
		return straightPort(s, v, vp, pxPerDP)
	}
	if v.MMPerDP > 0 {
		vp.Centre, vp.MMPerPixel = v.Centre, unit.MM(v.MMPerDP/float64(pxPerDP))
		return vp
	}
	if id.Content == model.ThreeD {
		return fit3D(s, id, vp)
	}
	// Fitted: linked views are fitted to the governing series, so that both
	// show the same field.
	governing := id
	if s.Reading.Linked {
		governing.Slot = s.Main()
	}
	fitted := vp
	fitted.PatientFromPlane = s.Plane(governing)
	fitted = fitted.Fitted(corners(s.Loaded[governing.Slot].Volume))
	vp.Centre, vp.MMPerPixel = fitted.Centre, fitted.MMPerPixel
	return vp
}

// Shown returns zoom and centre as a viewport has them.
func Shown(vp render.Viewport, pxPerDP float32) model.View {
	return model.View{MMPerDP: float64(vp.MMPerPixel) * float64(pxPerDP), Centre: vp.Centre}
}

// corners returns the corners of a volume.
func corners(v *volume.Volume) []geom.Patient {
	if v == nil {
		return nil
	}
	var out []geom.Patient
	for _, x := range []float64{0, float64(v.NX - 1)} {
		for _, y := range []float64{0, float64(v.NY - 1)} {
			for _, z := range []float64{0, float64(v.NZ - 1)} {
				out = append(out, v.Patient(geom.Vox(x, y, z)))
			}
		}
	}
	return out
}

// counterpart is the same view of the other CT: the plane carried through the
// link.
func counterpart(s *model.State, id model.ViewID, vp render.Viewport) (model.ViewID, render.Viewport) {
	link := s.Link()
	if id.Slot == model.PostSlot {
		id.Slot = model.PreSlot
		vp.PatientFromPlane = render.Mapped(link.PreFromPost, vp.PatientFromPlane)
		return id, vp
	}
	id.Slot = model.PostSlot
	if postFromPre, err := link.PreFromPost.Inverse(); err == nil {
		vp.PatientFromPlane = render.Mapped(postFromPre, vp.PatientFromPlane)
	}
	return id, vp
}

// request returns what decides the pixels of a view.
func request(s *model.State, id model.ViewID, vp render.Viewport, scenes *scenes, pxPerDP float32, moving bool) Request {
	switch {
	case id.Content.OfRun():
		return runRequest(s, id, vp, &scenes.overs, pxPerDP)
	case id.Content == model.ThreeD:
		r := Request{Volume: s.Loaded[id.Slot].Volume, View: render.View{Viewport: vp, Coarse: moving}, Solid: scenes.solid(s, id.Slot)}
		r.Cut3D = cuts3D(s, id.Slot)
		return r
	}
	slab := s.Reading.Slab
	r := Request{
		Volume:  s.Loaded[id.Slot].Volume,
		View:    render.View{Viewport: vp, Slab: slab, Coarse: moving && slab.Thickness > 0, Interp: s.Reading.Interp},
		Window:  s.Reading.Window[id.Slot],
		Marks:   s.Reading.Marks,
		Scene:   scenes.of(s, id.Slot),
		Cut:     vp.PatientFromPlane,
		Opacity: s.Reading.Opacity,
		PxPerDP: float64(pxPerDP),
	}
	switch {
	case s.Straightened(id):
		r.Straight = scenes.straight(s, id)
		r.Cut = straightCut(r.Straight)
		return r
	case id.Slot == model.PreSlot: // surfaces lie in post coordinates
		link := s.Link()
		if back, err := link.PreFromPost.Inverse(); err == nil {
			r.Cut = render.Mapped(back, vp.PatientFromPlane)
		}
	case s.Reading.Compare != model.Alone && s.Loaded[model.PreSlot].Volume != nil:
		other, port := counterpart(s, id, vp)
		view := r.View
		view.Viewport = port
		r.Mix = Mix{Compare: s.Reading.Compare, Volume: s.Loaded[other.Slot].Volume, View: view, Window: s.Reading.Window[other.Slot], At: s.Reading.At}
	}
	return r
}
