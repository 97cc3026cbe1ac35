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
	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/theme"
	"github.com/vertefill/vertefill/ui/widget"
)

// runPort is where the frame of a run lies; its millimetres are columns of the
// detector.
func runPort(s *model.State, id model.ViewID, vp render.Viewport, pxPerDP float32) render.Viewport {
	vp.PatientFromPlane = flat
	p := plane(s, id)
	v := p.View
	if v.MMPerDP == 0 && p.Cine != nil {
		v = p.Fit(float64(vp.Width)/float64(pxPerDP), float64(vp.Height)/float64(pxPerDP))
	}
	vp.Centre, vp.MMPerPixel = v.Centre, unit.MM(v.MMPerDP/float64(pxPerDP))
	return vp
}

// plane is the projection that a view shows.
func plane(s *model.State, id model.ViewID) *model.Plane {
	if id.Content == model.SecondView && s.Run.Second != nil {
		return s.Run.Second
	}
	return &s.Run.Plane
}

// runRequest is the request of what a view shows of the run.
func runRequest(s *model.State, id model.ViewID, vp render.Viewport, overs *overs, pxPerDP float32) Request {
	r := &s.Run
	f := Film{Source: r.Source, Frame: r.Frame, Show: r.Window, Shut: r.Shutter}
	switch id.Content {
	case model.RunView:
		f.Over = overs.of(s)
	case model.SubtractView:
		f.Over = overs.of(s)
		if r.Roadmap && r.Road != nil {
			f.Still, f.Over, f.Show = r.Road, nil, stillShow
			f.Show.Invert = r.Window.Invert
			break
		}
		f.Mask, f.Move, f.Fade, f.Gain = r.Mask(), s.MaskMove(r.Frame), r.Fade, r.Gain
	case model.SecondView:
		f = Film{Source: r.Second.Source, Frame: r.SecondFrame(), Show: r.Second.Window, Shut: r.Second.Shutter}
	case model.BridgeView:
		f.Shut = nil
		f.Still, f.Frame, f.Show, f.Over = r.Found.Radiograph, 0, stillShow, overs.of(s)
	}
	return Request{View: render.View{Viewport: vp}, Film: f, PxPerDP: float64(pxPerDP), Opacity: s.Reading.Opacity}
}

// frameTable keeps the table of a run's window.
type frameTable struct {
	table *render.FrameTable
	run   *volume.Cine
	show  render.FrameWindow
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
	pix, err := s.Run.Pixels(s.Run.Frame)
	if err != nil || len(pix) < c.NX*c.NY {
		return 0, 0, 0, false
	}
	return c.Slope*float64(pix[column+c.NX*row]) + c.Intercept, column, row, true
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

// onPlate draws a corner text on a dark plate, as bright projections need it.
func (d *decoration) onPlate(at image.Point, s string) {
	size := image.Pt(d.plateWidth(s), d.gtx.Dp(18))
	widget.FillRound(d.gtx, color.NRGBA{A: 158}, image.Rectangle{Min: at, Max: at.Add(size)}, theme.RadiusChip)
	widget.At(d.gtx, at.Add(image.Pt(d.gtx.Dp(6), d.gtx.Dp(2))), d.h.Env.Text(theme.CaptionB, theme.CornerText, s))
}

func (d *decoration) plateWidth(s string) int {
	return d.h.Env.Measure(d.gtx, theme.CaptionB, s) + 2*d.gtx.Dp(6)
}
