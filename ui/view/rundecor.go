package view

import (
	"image"
	"image/color"
	"math"
	"strconv"
	"strings"

	"gioui.org/f32"
	"gioui.org/layout"
	"gioui.org/op"
	"gioui.org/unit"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/dicomio"
	"github.com/vertefill/vertefill/internal/render"
	"github.com/vertefill/vertefill/internal/text"
	vunit "github.com/vertefill/vertefill/internal/unit"
	"github.com/vertefill/vertefill/internal/volume"
	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/icon"
	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/theme"
	"github.com/vertefill/vertefill/ui/widget"
)

// runName is what a view of the workspace of fluoroscopy shows.
func runName(c model.Content) i18n.Text {
	switch c {
	case model.SubtractView:
		return i18n.SubtractTitle
	case model.SecondView:
		return i18n.SecondTag
	case model.BridgeView:
		return i18n.CTSameAngle
	}
	return i18n.Fluoroscopy
}

// run draws what lies over a view of a run: what it is, angles, frame, time and
// scale; over the run itself the alert, the names of the lines and what is
// being drawn.
func (d *decoration) run() {
	s, l := d.h.State, d.h.Env.Lang
	p := plane(s, d.id)
	if p.Cine == nil {
		return
	}
	if d.id.Content == model.RunView {
		d.pointers()
		d.lineNames()
		d.runLengths()
		d.runDraft()
		d.crossedHere()
	}
	if d.id.Content == model.RunView || d.id.Content == model.SecondView {
		d.runPoint()
	}
	if s.Reading.Corners != model.NoCorners {
		pad := d.gtx.Dp(8)
		y := d.port.size.Y - pad - d.gtx.Dp(18)
		switch d.id.Content {
		case model.RunView:
			d.runTitle(pad, s.Study.Series[p.Series].Description)
			d.runAngles(pad, p)
			if words := dose(l, p.Dose); words != "" && s.Reading.Corners == model.AllCorners && d.port.size.X >= d.gtx.Dp(narrow) {
				d.onPlate(image.Pt(d.port.size.X-pad-d.plateWidth(words), pad+d.gtx.Dp(20)), words)
			}
			d.onPlate(image.Pt(pad, y), i18n.FrameOf.In(l, "n", l.Number(float64(s.Run.Frame+1), 0), "total", l.Number(float64(p.Cine.Frames), 0), "s", l.Number(p.Seconds(s.Run.Frame), 1)))
			d.runValue(pad, y-d.gtx.Dp(22))
			d.runScale(pad, y)
		case model.SubtractView:
			d.subtractTexts(pad)
		case model.SecondView:
			words := i18n.SecondTag.In(l)
			if d.port.size.X < d.gtx.Dp(narrow) { // the angles say it
				words = ""
			}
			d.runTitle(pad, words)
			d.runAngles(pad, p)
			d.onPlate(image.Pt(pad, y), i18n.FrameN.In(l, "n", l.Number(float64(s.Run.SecondFrame()+1), 0)))
		case model.BridgeView:
			tag := widget.At(d.gtx, image.Pt(pad, pad), d.h.Env.TagPost()).Size.X
			d.onPlate(image.Pt(pad+tag+d.gtx.Dp(8), pad), i18n.CTSameAngle.In(l))
		}
	}
	if d.id.Content == model.RunView {
		d.alert()
	}
}

// runTitle draws the tag of a projection and a word beside it.
func (d *decoration) runTitle(pad int, words string) {
	x := pad + widget.At(d.gtx, image.Pt(pad, pad), widget.Chip(d.h.Env, widget.ChipLook{Text: "XA", Ink: theme.CornerText, Edge: theme.CornerText, Fill: color.NRGBA{A: 158}, Dash: true, Bold: true})).Size.X + d.gtx.Dp(8)
	if words != "" {
		d.onPlate(image.Pt(x, pad), words)
	}
}

func (d *decoration) runAngles(pad int, p *model.Plane) {
	if p.Angled {
		words := angles(d.h.Env.Lang, p.Angles)
		d.onPlate(image.Pt(d.port.size.X-pad-d.plateWidth(words), pad), words)
	}
}

// dose writes what the header says of the radiation: tube voltage and current, and the dose-area product of the run.
func dose(l text.Lang, x dicomio.Dose) string {
	var parts []string
	for _, part := range []struct {
		value    float64
		decimals int
		unit     string
	}{{x.KVP, 0, "kV"}, {x.MilliAmpere, 0, "mA"}, {x.AreaProductDGyCM2, 1, "dGy·cm²"}} {
		if part.value > 0 {
			parts = append(parts, l.Unit(l.Number(part.value, part.decimals), part.unit))
		}
	}
	return strings.Join(parts, " · ")
}

// runValue writes the grey value under the pointer.
func (d *decoration) runValue(x, y int) {
	s, l := d.h.State, d.h.Env.Lang
	if s.Reading.Corners != model.AllCorners || !d.port.hover {
		return
	}
	if value, column, row, ok := d.port.sampleAt(s, d.port.at); ok {
		d.onPlate(image.Pt(x, y), l.Number(value, 0)+" · ("+l.Number(float64(column), 0)+"; "+l.Number(float64(row), 0)+") px")
	}
}

// subtractTexts say what was subtracted and how it was laid.
func (d *decoration) subtractTexts(pad int) {
	s, l := d.h.State, d.h.Env.Lang
	r := &s.Run
	if r.Roadmap {
		words := i18n.MakingRoadmap.In(l)
		if r.Road != nil {
			words = i18n.RoadmapTag.In(l, "a", "1", "b", l.Number(float64(r.Cine.Frames), 0))
		}
		d.runTitle(pad, words)
		return
	}
	words := i18n.SubtractTitle.In(l)
	if m := r.Mask(); m != nil {
		words += " · " + i18n.MaskFrames.In(l, "frames", FrameList(l, m.Frames))
	}
	d.runTitle(pad, words)
	if m := s.MaskMove(r.Frame); math.Hypot(m.DX, m.DY) >= 0.05 || r.Shifting {
		words := i18n.ShiftOf.In(l, "x", l.Number(m.DX, 1), "y", l.Number(m.DY, 1))
		at := image.Pt(d.port.size.X-pad-d.plateWidth(words), d.port.size.Y-pad-d.gtx.Dp(18))
		if r.Shifting {
			box := image.Rectangle{Min: at, Max: at.Add(image.Pt(d.plateWidth(words), d.gtx.Dp(18)))}
			widget.Outline(d.gtx, d.h.Env.Accent, box.Inset(-d.gtx.Dp(2)), theme.RadiusChip, 2)
		}
		d.onPlate(at, words)
	}
}

// FrameList writes frames counted from one, runs of them as "12–20".
func FrameList(l text.Lang, frames []int) string {
	var parts []string
	for i := 0; i < len(frames); {
		k := i
		for k+1 < len(frames) && frames[k+1] == frames[k]+1 {
			k++
		}
		part := strconv.Itoa(frames[i] + 1)
		if k > i {
			part += "–" + strconv.Itoa(frames[k]+1)
		}
		parts, i = append(parts, part), k+1
	}
	return strings.Join(parts, ", ")
}

// RunOrigin says what millimetres of a run are worth.
func RunOrigin(c volume.Calibration) i18n.Text {
	switch {
	case c.Origin == volume.OriginConflict:
		return i18n.OriginConflict
	case c.ColMM <= 0:
		return i18n.ScalePixels
	case c.Origin == volume.OriginUser:
		return i18n.OriginOfUser
	case c.Origin == volume.OriginMagnification:
		return i18n.ScaleEstimate
	case c.InPatient():
		return i18n.ScaleTrue
	}
	return i18n.ScaleDetector
}

// runScale draws the scale bar of a run with the origin of its millimetres,
// which are never taken for granted on a projection.
func (d *decoration) runScale(pad, y int) {
	s, l := d.h.State, d.h.Env.Lang
	c := s.RunCalibration()
	origin := RunOrigin(c).In(l)
	if c.ColMM <= 0 {
		d.onPlate(image.Pt(d.port.size.X-pad-d.plateWidth(origin), y), origin)
		return
	}
	_, px, label := render.ScaleBar(d.vp.MMPerPixel*vunit.MM(c.ColMM), float64(d.gtx.Dp(90)))
	words := label + " · " + origin
	at := image.Pt(d.port.size.X-pad-d.plateWidth(words), y)
	d.onPlate(at, words)
	right, line := float32(d.port.size.X-pad), float32(y-d.gtx.Dp(5))
	widget.Line(d.gtx, color.NRGBA{A: 153}, f32.Pt(right-float32(px), line), f32.Pt(right, line), 4*d.gtx.Metric.PxPerDp)
	widget.Line(d.gtx, theme.CornerText, f32.Pt(right-float32(px), line), f32.Pt(right, line), 1.5*d.gtx.Metric.PxPerDp)
}

// lineWords is the name of a line in the language, "line 1" for one without a name of its own.
func lineWords(l text.Lang, name string) string {
	if t := model.LineName(name); t.EN != name {
		return t.In(l)
	}
	return i18n.LineN.In(l, "name", name)
}

// lineNames writes the name of the posterior wall and of the reader's lines beside them, and handles where a line can be taken.
func (d *decoration) lineNames() {
	s, l := d.h.State, d.h.Env.Lang
	x := s.Run.Shown
	if x == nil || s.Reading.Hidden || s.Reading.Layers == model.NoLayers || s.Reading.Corners == model.NoCorners {
		return
	}
	for _, line := range x.Found.Lines {
		a, b := runScreen(s, d.vp, line.Points[0]), runScreen(s, d.vp, line.Points[1])
		if d.port.hover && distanceTo(d.port.at, a, b) < float64(d.gtx.Dp(2*handleReach)) {
			for _, q := range []f32.Point{a, b} {
				widget.Dot(d.gtx, color.NRGBA{A: 140}, q, float32(d.gtx.Dp(6)))
				widget.Dot(d.gtx, d.h.Env.Accent, q, float32(d.gtx.Dp(4)))
			}
		} else if line.Proposed && line.Name != model.PosteriorWall {
			continue
		}
		words := lineWords(l, line.Name)
		high := a
		if b.Y < a.Y {
			high = b
		}
		at := high.Round().Add(image.Pt(d.gtx.Dp(10), -d.gtx.Dp(22)))
		at.X = min(max(at.X, 0), d.port.size.X-d.plateWidth(words))
		at.Y = min(max(at.Y, 0), d.port.size.Y-d.gtx.Dp(18))
		d.onPlate(at, words)
	}
}

// runDraft draws the line or known object in hand.
func (d *decoration) runDraft() {
	s := d.h.State
	p := s.Run.Draft
	if len(p) < 2 || d.port.runline.measures {
		return
	}
	to := func(q [2]float64) f32.Point {
		if s.Run.Known != nil { // of the frame shown
			back := motionOf(s, s.Run.Frame).Inverse()
			q[0], q[1] = back.Apply(q[0], q[1], s.Run.Cine.NX, s.Run.Cine.NY)
		}
		return runScreen(s, d.vp, q)
	}
	a, b := to(p[0]), to(p[1])
	d.ruled(a, b, 5)
}

// ruled draws a measured line with a tick of this half length, in dp, across each end.
func (d *decoration) ruled(a, b f32.Point, tick float32) {
	dp := d.gtx.Metric.PxPerDp
	along := direction32(a, b)
	across := f32.Pt(-along.Y, along.X).Mul(tick * dp)
	for _, pass := range []struct {
		c color.NRGBA
		w float32
	}{{color.NRGBA{A: 140}, 3.2}, {theme.Measure, 1.4}} {
		widget.Line(d.gtx, pass.c, a, b, pass.w*dp)
		widget.Line(d.gtx, pass.c, a.Add(across), a.Sub(across), pass.w*dp)
		widget.Line(d.gtx, pass.c, b.Add(across), b.Sub(across), pass.w*dp)
	}
}

// crossedHere points to the cement beyond the posterior wall line and says since when it lies there.
func (d *decoration) crossedHere() {
	s, l := d.h.State, d.h.Env.Lang
	if d.pic == nil || d.pic.Request.Film.Over == nil {
		return
	}
	o := d.pic.Request.Film.Over
	for _, x := range o.crossed {
		if x.name != model.PosteriorWall || s.Run.Frame < x.frame {
			continue
		}
		n, sum := 0.0, [2]float64{}
		for i, on := range x.beyond {
			if on && int(o.arrival.From[i]) <= s.Run.Frame {
				px, py := o.arrival.Pixel(float64(i%o.arrival.W), float64(i/o.arrival.W))
				n, sum[0], sum[1] = n+1, sum[0]+px, sum[1]+py
			}
		}
		if n > 0 {
			d.label(runScreen(s, d.vp, [2]float64{sum[0] / n, sum[1] / n}), i18n.CrossedAt.In(l, "n", l.Number(float64(x.frame+1), 0)), anatomy.Canal)
		}
	}
}

// alertWidth is the width of the view below which the alert leaves out its time.
const alertWidth = unit.Dp(420)

// alert says that cement crosses a line; never more than that it does in this projection.
func (d *decoration) alert() {
	s, e, l := d.h.State, d.h.Env, d.h.Env.Lang
	a := s.Run.Alert
	if !a.On {
		return
	}
	gtx := d.gtx
	gtx.Constraints.Min = image.Point{}
	gtx.Constraints.Max = d.port.size.Sub(image.Pt(gtx.Dp(24), 0))
	ago := ""
	if t := s.Run.Seconds(s.Run.Frame) - s.Run.Seconds(a.Frame); t >= 0.05 && d.port.size.X > gtx.Dp(alertWidth) {
		ago = i18n.AlertAgo.In(l, "s", l.Unit(l.Number(t, 1), "s"))
	}
	m := op.Record(gtx.Ops)
	pale := color.NRGBA{R: 0xFF, G: 0xD9, B: 0xD6, A: 0xFF}
	box := widget.Card(gtx, theme.Dark.ErrorFill, theme.Dark.Error, theme.RadiusButton, func(gtx layout.Context) layout.Dimensions {
		return layout.Inset{Left: 14, Right: 14, Top: 6, Bottom: 6}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
			return layout.Flex{Alignment: layout.Middle}.Layout(gtx,
				layout.Rigid(func(gtx layout.Context) layout.Dimensions { return icon.Error.Layout(gtx, 15, theme.Dark.Error) }),
				widget.Gap(10), layout.Rigid(e.Text(theme.Strong, color.NRGBA{R: 255, G: 255, B: 255, A: 255}, i18n.AlertCrossed.In(l, "line", lineWords(l, a.Line)))),
				widget.Gap(8), layout.Rigid(e.Text(theme.Secondary, pale, ago)))
		})
	}).Size
	call := m.Stop()
	defer op.Offset(image.Pt(max((d.port.size.X-box.X)/2, 0), gtx.Dp(40))).Push(gtx.Ops).Pop()
	call.Add(gtx.Ops)
}

// windowRun is a drag of the window: of the subtracted picture it sets the gain, to the right less contrast.
func windowRun(h Host, id model.ViewID, by f32.Point) {
	s := h.State
	switch {
	case id.Content == model.BridgeView:
	case id.Content == model.SubtractView && !s.Run.Roadmap:
		h.Emit(model.SetRunLook{Change: func(l *model.RunLook) {
			if l.Gain == 0 {
				l.Gain = usualGain
			}
			l.Gain = min(max(l.Gain*math.Exp(-float64(by.X)/200), 0.1), 50)
		}})
	default:
		h.Emit(model.SetRunWindow{To: plane(s, id).Window.Dragged(float64(by.X), float64(by.Y)), Second: id.Content == model.SecondView})
	}
}

// usualGain is that of the player when none is asked for: 1 mm of cement is a tenth of the grey scale.
const usualGain = 1.7
