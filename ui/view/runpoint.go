package view

import (
	"image/color"

	"gioui.org/f32"

	"github.com/vertefill/vertefill/internal/fluoro"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/render"
	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/theme"
	"github.com/vertefill/vertefill/ui/widget"
)

// planePixel is the pixel of the frame that a view of a projection shows under a point of it.
func planePixel(s *model.State, id model.ViewID, vp render.Viewport, at f32.Point) [2]float64 {
	planeFromScreen := vp.PlaneFromScreen()
	q := planeFromScreen.Apply(screenPoint(at))
	return [2]float64{q.X, q.Y / aspect(plane(s, id).Cine)}
}

// planeScreen is where a pixel of the frame shown lies on the screen.
func (d *decoration) planeScreen(p [2]float64) f32.Point {
	screenFromPlane := d.vp.ScreenFromPlane()
	return point32(screenFromPlane.Apply(geom.Pt[geom.PlaneFrame](p[0], p[1]*aspect(plane(d.h.State, d.id).Cine), 0)))
}

// runPoint draws the point that the reader shows in both projections and, where it is not yet shown, the line on which it must lie.
func (d *decoration) runPoint() {
	s := d.h.State
	p := &s.Run.Point
	if s.Run.Second == nil || p.Frame != s.Run.Frame || s.Reading.Hidden {
		return
	}
	here, there := 0, 1
	one, two := s.Run.Second.Source, s.Run.Source
	if d.id.Content == model.SecondView {
		here, there, one, two = 1, 0, two, one
	}
	dp := d.gtx.Metric.PxPerDp
	stroke := func(a, b f32.Point, w float32) {
		widget.Line(d.gtx, color.NRGBA{A: 140}, a, b, (w+1.8)*dp)
		widget.Line(d.gtx, theme.Measure, a, b, w*dp)
	}
	if at := p.At[there]; at != nil && one != nil && two != nil {
		if ends, ok := fluoro.Epipolar(one.Sight(), two.Sight(), *at); ok {
			stroke(d.planeScreen(ends[0]), d.planeScreen(ends[1]), 0.8)
		}
	}
	if at := p.At[here]; at != nil {
		q := d.planeScreen(*at)
		r := 7 * dp
		stroke(q.Sub(f32.Pt(r, 0)), q.Add(f32.Pt(r, 0)), 1.4)
		stroke(q.Sub(f32.Pt(0, r)), q.Add(f32.Pt(0, r)), 1.4)
	}
}
