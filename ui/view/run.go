package view

import (
	"image"
	"image/color"
	"math"

	"gioui.org/f32"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/render"
	"github.com/vertefill/vertefill/internal/text"
	"github.com/vertefill/vertefill/internal/unit"
	"github.com/vertefill/vertefill/internal/volume"
	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/theme"
	"github.com/vertefill/vertefill/ui/widget"
)

// runPort is where the frame of a run lies; its millimetres are columns of the
// detector.
func runPort(s *model.State, vp render.Viewport, pxPerDP float32) render.Viewport {
	vp.PatientFromPlane = flat
	v := s.Run.View
	if v.MMPerDP == 0 {
		v = s.Run.Fit(float64(vp.Width)/float64(pxPerDP), float64(vp.Height)/float64(pxPerDP))
	}
	vp.Centre, vp.MMPerPixel = v.Centre, unit.MM(v.MMPerDP/float64(pxPerDP))
	return vp
}

// runRequest is the request of the frame shown.
func runRequest(s *model.State, vp render.Viewport) Request {
	return Request{View: render.View{Viewport: vp}, Run: s.Run.Cine, Frame: s.Run.Frame, RunShow: s.Run.Window}
}

// frameTable keeps the table of a run's window.
type frameTable struct {
	table *render.FrameTable
	run   *volume.Cine
	show  render.FrameWindow
}

// drawFrame draws a frame of a run.
func (w *worker) drawFrame(r Request, p *Picture) error {
	t := &w.table
	if t.table == nil || t.run != r.Run || t.show != r.RunShow {
		*t = frameTable{render.NewFrameTable(r.Run, r.RunShow), r.Run, r.RunShow}
	}
	if err := render.DrawFrame(w.service.ctx, r.Run, r.Frame, r.View.Viewport, t.table, p.pixels); err != nil {
		return err
	}
	p.HU.W, p.HU.H, p.HU.HU = 0, 0, p.HU.HU[:0]
	p.Request = r
	return nil
}

// sampleAt returns the grey value of the run under a point of its view.
func (p *viewport) sampleAt(s *model.State, at f32.Point) (value float64, column, row int, ok bool) {
	c := s.Run.Cine
	vp := p.port(s, model.RunID)
	planeFromScreen := vp.PlaneFromScreen()
	q := planeFromScreen.Apply(geom.Pt[geom.ScreenFrame](float64(at.X)-0.5, float64(at.Y)-0.5, 0))
	if c.RowMM > 0 && c.ColMM > 0 {
		q.Y *= c.ColMM / c.RowMM
	}
	column, row = int(math.Round(q.X)), int(math.Round(q.Y))
	if column < 0 || row < 0 || column >= c.NX || row >= c.NY {
		return 0, 0, 0, false
	}
	return c.Slope*float64(c.Frame(s.Run.Frame)[column+c.NX*row]) + c.Intercept, column, row, true
}

// run draws what lies over a run: tag, angles, frame, time and scale.
func (d *decoration) run() {
	s, e, l := d.h.State, d.h.Env, d.h.Env.Lang
	r := &s.Run
	if s.Reading.Corners == model.NoCorners || r.Cine == nil {
		return
	}
	pad := d.gtx.Dp(8)
	x := pad + widget.At(d.gtx, image.Pt(pad, pad), widget.Chip(e, widget.ChipLook{Text: "XA", Ink: theme.CornerText, Edge: theme.CornerText, Fill: color.NRGBA{A: 158}, Dash: true, Bold: true})).Size.X + d.gtx.Dp(8)
	if i := r.Series; s.Study != nil && i < len(s.Study.Series) {
		d.onPlate(image.Pt(x, pad), s.Study.Series[i].Description)
	}
	if r.Angled {
		words := angles(l, r.Angles)
		d.onPlate(image.Pt(d.port.size.X-pad-d.plateWidth(words), pad), words)
	}
	words := i18n.FrameOf.In(l, "n", l.Number(float64(r.Frame+1), 0), "total", l.Number(float64(r.Cine.Frames), 0), "s", l.Number(r.Seconds(r.Frame), 1))
	y := d.port.size.Y - pad - d.gtx.Dp(18)
	d.onPlate(image.Pt(pad, y), words)
	if s.Reading.Corners == model.AllCorners && d.port.hover {
		if value, column, row, ok := d.port.sampleAt(s, d.port.at); ok {
			d.onPlate(image.Pt(pad, y-d.gtx.Dp(22)), l.Number(value, 0)+" · ("+l.Number(float64(column), 0)+"; "+l.Number(float64(row), 0)+") px")
		}
	}
	d.runScale(pad, y)
}

// angles writes the positioner's angles as the catheter laboratory does: LAO
// or RAO, CRA or CAU.
func angles(l text.Lang, a [2]float64) string {
	first, second := "LAO", "CRA"
	if a[0] < 0 {
		first = "RAO"
	}
	if a[1] < 0 {
		second = "CAU"
	}
	return first + " " + l.Number(math.Abs(a[0]), 0) + "° / " + second + " " + l.Number(math.Abs(a[1]), 0) + "°"
}

// runScale draws the scale bar of a run with the origin of its millimetres,
// which are never taken for granted on a projection.
func (d *decoration) runScale(pad, y int) {
	c, l := d.h.State.Run.Cine, d.h.Env.Lang
	if c.ColMM <= 0 {
		words := i18n.ScalePixels.In(l)
		d.onPlate(image.Pt(d.port.size.X-pad-d.plateWidth(words), y), words)
		return
	}
	origin := i18n.ScaleDetector
	switch {
	case c.Origin == volume.OriginMagnification:
		origin = i18n.ScaleEstimate
	case c.InPatient():
		origin = i18n.ScaleTrue
	}
	_, px, label := render.ScaleBar(d.vp.MMPerPixel*unit.MM(c.ColMM), float64(d.gtx.Dp(90)))
	words := label + " · " + origin.In(l)
	width := d.plateWidth(words)
	at := image.Pt(d.port.size.X-pad-width, y)
	d.onPlate(at, words)
	right, line := float32(d.port.size.X-pad), float32(y-d.gtx.Dp(5))
	widget.Line(d.gtx, color.NRGBA{A: 153}, f32.Pt(right-float32(px), line), f32.Pt(right, line), 4*d.gtx.Metric.PxPerDp)
	widget.Line(d.gtx, theme.CornerText, f32.Pt(right-float32(px), line), f32.Pt(right, line), 1.5*d.gtx.Metric.PxPerDp)
}

// onPlate draws a corner text on a dark plate, as bright projections need it.
func (d *decoration) onPlate(at image.Point, s string) {
	size := image.Pt(d.plateWidth(s), d.gtx.Dp(18))
	widget.FillRound(d.gtx, color.NRGBA{A: 158}, image.Rectangle{Min: at, Max: at.Add(size)}, theme.RadiusChip)
	widget.At(d.gtx, at.Add(image.Pt(d.gtx.Dp(6), d.gtx.Dp(2))), d.h.Env.Text(theme.CaptionB, theme.CornerText, s))
}

func (d *decoration) plateWidth(s string) int {
	return d.h.Env.Measure(d.gtx, theme.CaptionB, s) + 2*d.gtx.Dp(6)
}
