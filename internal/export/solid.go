package export

import (
	"fmt"
	"image"
	"image/color"
	"math"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/render"
)

// solid draws the 3D views: bodies as glass, cement and leaks solid, from the front left and from behind. It returns nothing when
// no body was outlined.
func (a *artist) solid() []KeyImage {
	parts := SurfaceParts(a.r)
	scene := &render.Scene{Ground: color.NRGBA{0x16, 0x18, 0x1A, 255}}
	var corners []geom.Patient
	for _, p := range parts {
		if p.Colour.A < 255 {
			p.Colour.A = 0x38 // glass seen through twice
		}
		scene.Surfaces = append(scene.Surfaces, render.NewSurface(p.Mesh, p.Colour))
		lo, hi := p.Mesh.Bounds()
		for i := range 8 {
			corners = append(corners, geom.LPS(pick(i&1, lo.X, hi.X), pick(i>>1&1, lo.Y, hi.Y), pick(i>>2&1, lo.Z, hi.Z)))
		}
	}
	if len(corners) == 0 {
		return nil
	}
	var middle geom.PatientVec
	for _, c := range corners {
		middle = middle.Add(c.Sub(corners[0]).Mul(1 / float64(len(corners))))
	}
	var out []KeyImage
	for _, side := range []struct {
		degrees float64
		caption string
	}{{-35, "threeD"}, {180, "threeDBack"}} {
		at := corners[0].Add(middle)
		plane := render.Turned(render.Standard(render.Coronal, at), at, geom.V[geom.PlaneFrame](0, 1, 0), side.degrees*math.Pi/180)
		v := render.View3D{Viewport: render.Viewport{PatientFromPlane: plane, Width: keyPixels, Height: keyPixels}.Fitted(corners)}
		v.MMPerPixel *= 1.06
		picture := image.NewRGBA(image.Rect(0, 0, keyPixels, keyPixels))
		if a.err == nil {
			if err := scene.Draw(a.ctx, v, picture); err != nil {
				a.err = fmt.Errorf("export: 3D view: %w", err)
			}
		}
		out = append(out, KeyImage{a.t[side.caption], picture})
	}
	return out
}

func pick(bit int, lo, hi float64) float64 {
	if bit == 1 {
		return hi
	}
	return lo
}
