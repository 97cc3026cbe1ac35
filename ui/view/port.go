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
	vp := render.Viewport{PatientFromPlane: s.Plane(id), Width: size.X, Height: size.Y}
	v := s.View(id)
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

// request returns what decides the pixels of a view.
func request(s *model.State, id model.ViewID, vp render.Viewport, scenes *scenes, pxPerDP float32, moving bool) Request {
	if id.Content == model.ThreeD {
		return Request{Volume: s.Loaded[id.Slot].Volume, View: render.View{Viewport: vp, Coarse: moving}, Solid: scenes.solid(s, id.Slot)}
	}
	slab := s.Reading.Slab
	r := Request{
		Volume:  s.Loaded[id.Slot].Volume,
		View:    render.View{Viewport: vp, Slab: slab, Coarse: moving && slab.Thickness > 0},
		Window:  s.Reading.Window[id.Slot],
		Scene:   scenes.of(s, id.Slot),
		Cut:     vp.PatientFromPlane,
		Opacity: s.Reading.Opacity,
		PxPerDP: float64(pxPerDP),
	}
	if id.Slot == model.PreSlot { // surfaces lie in post coordinates
		link := s.Link()
		if back, err := link.PreFromPost.Inverse(); err == nil {
			r.Cut = render.Mapped(back, vp.PatientFromPlane)
		}
	}
	return r
}
