package view

import (
	"image"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/render"
	"github.com/vertefill/vertefill/internal/volume"
)

// shuttered keeps which pixels of a view a display shutter hides (PS3.3 C.7.6.11).
type shuttered struct {
	of     *volume.Shutter
	vp     render.Viewport
	hidden []bool // of the view, row by row
}

// cover draws what the shutter hides of a run's frame in the shutter's own brightness, black where it tells none.
func (x *shuttered) cover(dst *image.RGBA, s *volume.Shutter, vp render.Viewport, rows float64) {
	w, h := dst.Rect.Dx(), dst.Rect.Dy()
	if x.of != s || x.vp != vp || len(x.hidden) != w*h {
		x.of, x.vp, x.hidden = s, vp, make([]bool, w*h)
		planeFromScreen := vp.PlaneFromScreen()
		for v := range h {
			for u := range w {
				q := planeFromScreen.Apply(geom.Pt[geom.ScreenFrame](float64(u), float64(v), 0))
				x.hidden[v*w+u] = s.Hides(nearestInt(q.X), nearestInt(q.Y/rows))
			}
		}
	}
	g := uint8(255*min(max(s.Level, 0), 1) + 0.5)
	for v := range h {
		row := dst.Pix[v*dst.Stride : v*dst.Stride+4*w]
		for u, on := range x.hidden[v*w : (v+1)*w] {
			if on {
				row[4*u], row[4*u+1], row[4*u+2] = g, g, g
			}
		}
	}
}

func nearestInt(x float64) int {
	if x < 0 {
		return -int(0.5 - x)
	}
	return int(x + 0.5)
}
