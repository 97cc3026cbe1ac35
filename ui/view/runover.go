package view

import (
	"image"

	"gioui.org/f32"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/fluoro"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/render"
	"github.com/vertefill/vertefill/internal/unit"
	"github.com/vertefill/vertefill/internal/volume"
	"github.com/vertefill/vertefill/ui/model"
)

// over is what is drawn over the frames of a run: the cement, what of it lies beyond a line, the lines, and what the CT shows. It is
// not changed once it is made.
type over struct {
	of      overKey
	cine    *volume.Cine
	found   *fluoro.Result
	arrival fluoro.Arrival
	box     image.Rectangle // of the cells with cement, one more all round
	crossed []crossing
	lines   []render.Outline // on the first frame
	shapes  []model.RunShape
	plain   bool // no fills
}

// overKey is what an over depends on.
type overKey struct {
	shown  *assess.FluoroResult
	leak   int
	ct     bool
	layers model.Layers
}

// crossing is the cement beyond a line.
type crossing struct {
	name   string
	frame  int
	beyond []bool
	style  render.Style
}

// overs keeps the over of the last run.
type overs struct{ last *over }

// of returns what is drawn over the run, nil for nothing.
func (c *overs) of(s *model.State) *over {
	x, r := s.Run.Shown, &s.Reading
	if x == nil || r.Hidden || r.Layers == model.NoLayers {
		return nil
	}
	key := overKey{x, r.Leak, s.Run.CT, r.Layers}
	if c.last == nil || c.last.of != key {
		c.last = makeOver(s, key)
	}
	return c.last
}

// lineStyle is how a line that cement may cross is drawn; those of the program are dotted.
func lineStyle(l fluoro.Line) render.Style {
	s := render.BodyStyle(true, true)
	if l.Proposed && l.Name != model.PosteriorWall {
		s.Width, s.Dash = 1.25, [2]float64{2, 3}
	}
	return s
}

func makeOver(s *model.State, key overKey) *over {
	f := key.shown.Found
	o := &over{of: key, cine: s.Run.Cine, found: f, arrival: f.Arrival(), plain: key.layers == model.Outlines}
	a := o.arrival
	for i, from := range a.From {
		if from != fluoro.Never {
			x, y := i%a.W, i/a.W
			o.box = o.box.Union(image.Rect(x-1, y-1, x+2, y+2))
		}
	}
	for _, l := range f.Lines {
		points := []geom.Plane{geom.Pt[geom.PlaneFrame](l.Points[0][0], l.Points[0][1], 0), geom.Pt[geom.PlaneFrame](l.Points[1][0], l.Points[1][1], 0)}
		o.lines = append(o.lines, render.Outline{Lines: []render.Polyline{{Points: points}}, Style: lineStyle(l)})
		for _, e := range f.Events {
			if e.Kind == fluoro.LineCrossed && e.Line == l.Name {
				style := render.LeakStyle(anatomy.DiscSuperior, true)
				if l.Name == model.PosteriorWall {
					style = render.LeakStyle(anatomy.Canal, true)
				}
				o.crossed = append(o.crossed, crossing{l.Name, e.Frame, f.Beyond(l), style})
			}
		}
	}
	if key.ct && s.Run.Found != nil {
		for _, x := range s.Run.Found.Shapes {
			if x.Leak != 0 && x.Leak == key.leak {
				x.Style.Width *= 1.5
			}
			o.shapes = append(o.shapes, x)
		}
	}
	return o
}

// outlines are those on a frame. Over the CT's own radiograph its leaks are drawn, over the run its bodies and the leak chosen.
func (o *over) outlines(frame int, radiograph bool) (out []render.Outline) {
	add := func(lines []render.Polyline, style render.Style) {
		if o.plain {
			style = fillless(style)
		}
		out = append(out, render.Outline{Lines: o.moved(lines, frame), Style: style})
	}
	for _, x := range o.shapes {
		switch {
		case radiograph:
			add(x.Lines, x.Style)
		case x.Body:
			add(x.Lines, x.Style)
		case x.Leak != 0 && x.Leak == o.of.leak:
			add(x.Lines, fillless(x.Style))
		}
	}
	if radiograph {
		return out
	}
	for _, l := range o.lines {
		add(l.Lines, l.Style)
	}
	add(o.contours(frame, nil), render.CementStyle(anatomy.CementInBody))
	for _, x := range o.crossed {
		if frame >= x.frame {
			add(o.contours(frame, x.beyond), x.style)
		}
	}
	return out
}

// contours are the borders of the cement that is there in a frame, of the part marked, in pixels of the first frame.
func (o *over) contours(frame int, part []bool) []render.Polyline {
	w, h := o.box.Dx(), o.box.Dy()
	if w == 0 {
		return nil
	}
	a := o.arrival
	on := func(x, y int) int16 {
		if x < 0 || y < 0 || x >= a.W || y >= a.H {
			return 0
		}
		if i := y*a.W + x; int(a.From[i]) <= frame && (part == nil || part[i]) {
			return 1
		}
		return 0
	}
	m := render.HUImage{W: w, H: h, HU: make([]int16, w*h)}
	for j := range h {
		for i := range w {
			x, y := o.box.Min.X+i, o.box.Min.Y+j
			m.HU[j*w+i] = 4*on(x, y) + 2*(on(x-1, y)+on(x+1, y)+on(x, y-1)+on(x, y+1)) + on(x-1, y-1) + on(x+1, y-1) + on(x-1, y+1) + on(x+1, y+1)
		}
	}
	// Binomial weights over neighbours, 16 in all: half of them is the border, without the stairs of the cells; a little less keeps
	// what is one cell wide.
	const border = 7
	x0, y0 := a.Pixel(float64(o.box.Min.X), float64(o.box.Min.Y))
	x1, y1 := a.Pixel(float64(o.box.Max.X-1), float64(o.box.Max.Y-1))
	port := render.Viewport{Width: w, Height: h, MMPerPixel: unit.MM(a.Bin), Centre: geom.Pt[geom.PlaneFrame]((x0+x1)/2, (y0+y1)/2, 0)}
	return render.Isolines(&m, port, border)
}

// moved carries lines of the first frame to where they lie in a frame, in the plane of the view.
func (o *over) moved(lines []render.Polyline, frame int) []render.Polyline {
	out := make([]render.Polyline, len(lines))
	for i, l := range lines {
		out[i] = render.Polyline{Points: make([]geom.Plane, len(l.Points)), Closed: l.Closed}
		for n, p := range l.Points {
			out[i].Points[n] = runPlane(o.cine, o.found.Motion[frame], [2]float64{p.X, p.Y})
		}
	}
	return out
}

// runPlane is the point of the view's plane that shows a pixel of the first frame in a frame that has moved.
func runPlane(c *volume.Cine, m fluoro.Motion, p [2]float64) geom.Plane {
	x, y := m.Apply(p[0], p[1], c.NX, c.NY)
	return geom.Pt[geom.PlaneFrame](x, y*aspect(c), 0)
}

// aspect is the height of a sample over its width.
func aspect(c *volume.Cine) float64 {
	if c.RowMM > 0 && c.ColMM > 0 {
		return c.RowMM / c.ColMM
	}
	return 1
}

// motionOf is how a frame has moved against the first, as found.
func motionOf(s *model.State, frame int) fluoro.Motion {
	if x := s.Run.Shown; x != nil && frame < len(x.Found.Motion) {
		return x.Found.Motion[frame]
	}
	return fluoro.Motion{}
}

// runScreen is where a pixel of the first frame is seen in the frame shown.
func runScreen(s *model.State, vp render.Viewport, p [2]float64) f32.Point {
	screenFromPlane := vp.ScreenFromPlane()
	return point32(screenFromPlane.Apply(runPlane(s.Run.Cine, motionOf(s, s.Run.Frame), p)))
}

// runPixel is the pixel of the frame shown under a point of a view.
func runPixel(s *model.State, vp render.Viewport, at f32.Point) [2]float64 {
	planeFromScreen := vp.PlaneFromScreen()
	q := planeFromScreen.Apply(screenPoint(at))
	return [2]float64{q.X, q.Y / aspect(s.Run.Cine)}
}

// firstPixel is the pixel of the first frame under a point of a view.
func firstPixel(s *model.State, vp render.Viewport, at f32.Point) [2]float64 {
	p := runPixel(s, vp, at)
	back := motionOf(s, s.Run.Frame).Inverse()
	x, y := back.Apply(p[0], p[1], s.Run.Cine.NX, s.Run.Cine.NY)
	return [2]float64{x, y}
}
