package view

import (
	"image"
	"testing"

	"github.com/vertefill/vertefill/internal/render"
	"github.com/vertefill/vertefill/internal/volume"
)

// What lies outside the shutter is dark, what lies inside stays, at any zoom.
func TestShutterCovers(t *testing.T) {
	s := &volume.Shutter{Rectangle: &volume.ShutterRectangle{Left: 10, Right: 29, Upper: 5, Lower: 24}}
	var x shuttered
	for _, zoom := range []int{1, 2} {
		dst := image.NewRGBA(image.Rect(0, 0, 40*zoom, 30*zoom))
		for i := range dst.Pix {
			dst.Pix[i] = 200
		}
		vp := render.Viewport{Width: 40 * zoom, Height: 30 * zoom, MMPerPixel: 1}
		vp.Centre.X, vp.Centre.Y = 19.5, 14.5
		if zoom == 2 {
			vp.MMPerPixel = 0.5
		}
		x.cover(dst, s, vp, 1)
		open := 0
		for v := range dst.Rect.Dy() {
			for u := range dst.Rect.Dx() {
				if dst.RGBAAt(u, v).R == 200 {
					open++
				}
			}
		}
		if open != 20*20*zoom*zoom {
			t.Errorf("zoom %d: %d pixels open of %d", zoom, open, 20*20*zoom*zoom)
		}
		if dst.RGBAAt(0, 0).R != 0 || dst.RGBAAt(19*zoom, 14*zoom).R != 200 {
			t.Errorf("zoom %d: corner %v, middle %v", zoom, dst.RGBAAt(0, 0), dst.RGBAAt(19*zoom, 14*zoom))
		}
	}
}
