package panel

import (
	"image"
	"image/color"
	"math"
	"strings"

	"gioui.org/f32"
	"gioui.org/io/event"
	"gioui.org/io/pointer"
	"gioui.org/io/semantic"
	"gioui.org/layout"
	"gioui.org/op/clip"
	"gioui.org/unit"

	"github.com/vertefill/vertefill/internal/fluoro"
	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/icon"
	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/theme"
	"github.com/vertefill/vertefill/ui/view"
	"github.com/vertefill/vertefill/ui/widget"
)

// curve is the growth of the cement over the time of the run, which is the
// scrub bar: a press or drag anywhere on it shows that moment.
type curve struct {
	size image.Point
	menu widget.Menu
}

// curveMenu are the lines of its context menu, by id of their action.
var curveMenu = []string{"run-mask-here", "run-mask-add", "run-mask-auto", "run-loop-from", "run-loop-to", "run-loop-all", "run-frame", "run-film", "run-table", "run-copy"}

// Where the plot lies in its strip, dp.
const curveLeft, curveRight, curveTop, curveBottom = dp(42), dp(26), dp(42), dp(24)

// cementInk is the colour of new cement, as on images.
var cementInk = color.NRGBA{R: 0xF2, G: 0xC9, B: 0x4C, A: 0xFF}

// events takes the mouse.
func (p *curve) events(gtx layout.Context, h Host) {
	run := &h.State.Run
	for {
		ev, more := gtx.Event(pointer.Filter{Target: p, Kinds: pointer.Press | pointer.Drag})
		if !more {
			return
		}
		e, is := ev.(pointer.Event)
		if !is || run.Cine == nil || p.size.X == 0 {
			continue
		}
		room := float32(p.size.X - gtx.Dp(curveLeft) - gtx.Dp(curveRight))
		at := float64((e.Position.X - float32(gtx.Dp(curveLeft))) / room)
		frame := run.FrameAt(min(max(at, 0), 1) * run.Seconds(run.Cine.Frames))
		h.Emit(model.SetFrame{Frame: frame, Now: gtx.Now})
		if e.Kind == pointer.Press && e.Buttons.Contain(pointer.ButtonSecondary) {
			h.Emit(model.StepFrame{Now: gtx.Now}) // the menu is about a frame that stands
			p.menu.Show(e.Position.Round())
		}
	}
}

// layout draws the strip over the maximum constraints.
func (p *curve) layout(gtx layout.Context, h Host) layout.Dimensions {
	size := gtx.Constraints.Max
	p.size = size
	run := &h.State.Run
	plot := image.Rect(gtx.Dp(curveLeft), gtx.Dp(curveTop), size.X-gtx.Dp(curveRight), size.Y-gtx.Dp(curveBottom))
	end := run.Seconds(run.Cine.Frames)
	x := func(frame int) float32 {
		return float32(plot.Min.X) + float32(run.Seconds(frame)/end)*float32(plot.Dx())
	}
	areas, top := p.scale(run)
	y := func(a float64) float32 { return float32(plot.Max.Y) - float32(a/top)*float32(plot.Dy()) }
	if areas != nil {
		p.axis(gtx, h, plot, top, y)
	} else {
		line := float32(plot.Max.Y)
		widget.Line(gtx, h.Edge, f32.Pt(float32(plot.Min.X), line), f32.Pt(float32(plot.Max.X), line), float32(gtx.Dp(2)))
	}
	p.time(gtx, h, plot, end)
	p.marks(gtx, h, plot, x)
	if areas != nil {
		p.line(gtx, h, areas, x, y)
	}
	p.flags(gtx, h, plot, x)
	p.head(gtx, h, plot, areas, x, y)
	defer clip.Rect(image.Rectangle{Max: size}).Push(gtx.Ops).Pop()
	semantic.LabelOp(h.T(i18n.ScrubBar)).Add(gtx.Ops)
	pointer.CursorPointer.Add(gtx.Ops)
	event.Op(gtx.Ops, p)
	if p.menu.Open {
		at := h.State.Run.Frame
		if i := p.menu.Float(gtx, h.Env, image.Pt(int(x(at)), -gtx.Dp(30)*len(curveMenu)), h.MenuItems(curveMenu)); i >= 0 {
			h.Do(gtx, curveMenu[i])
		}
	}
	return layout.Dimensions{Size: size}
}

// scale returns the areas of the frames, nil when they are not measured, and
// the top of the axis.
func (p *curve) scale(run *model.Run) (areas []float64, top float64) {
	x := run.Shown
	if x == nil {
		return nil, 1
	}
	if areas = x.Found.AreaMM2; areas == nil {
		areas = x.Found.AreaPx
	}
	most := 0.0
	for _, a := range areas {
		most = max(most, a)
	}
	step := niceStep(most / 2)
	return areas, max(math.Ceil(most*1.08/step)*step, step)
}

// niceStep is the least of 1, 2, 5 times a power of ten that is no smaller.
func niceStep(least float64) float64 {
	if !(least > 0) {
		return 1
	}
	base := math.Pow(10, math.Floor(math.Log10(least)))
	for _, f := range []float64{1, 2, 5} {
		if f*base >= least*0.999 {
			return f * base
		}
	}
	return 10 * base
}

// axis draws lines and values at zero, in the middle and at the top.
func (p *curve) axis(gtx layout.Context, h Host, plot image.Rectangle, top float64, y func(float64) float32) {
	step := niceStep(top / 2.5)
	for a := 0.0; a <= top*1.001; a += step {
		at := y(a)
		widget.Line(gtx, h.Line, f32.Pt(float32(plot.Min.X), at), f32.Pt(float32(plot.Max.X), at), max(gtx.Metric.PxPerDp, 1))
		words := i18n.Whole(h.Lang, a)
		if step < 1 {
			words = h.Lang.Number(a, 1)
		}
		w := h.Measure(gtx, theme.Caption, words)
		widget.At(gtx, image.Pt(max(plot.Min.X-w-gtx.Dp(6), 0), int(at)-gtx.Dp(7)), h.Text(theme.Caption, h.Text3, words))
	}
}

// time writes the seconds below the curve.
func (p *curve) time(gtx layout.Context, h Host, plot image.Rectangle, end float64) {
	step := 1.0
	for _, f := range []float64{0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600} {
		if step = f; end/f*float64(gtx.Dp(64)) <= float64(plot.Dx()) {
			break
		}
	}
	decimals := 0
	if step < 1 {
		decimals = 1
	}
	for at := 0.0; at <= end; at += step {
		x := plot.Min.X + int(at/end*float64(plot.Dx()))
		widget.Line(gtx, h.Edge, f32.Pt(float32(x), float32(plot.Max.Y)), f32.Pt(float32(x), float32(plot.Max.Y+gtx.Dp(4))), gtx.Metric.PxPerDp)
		if x+gtx.Dp(30) < plot.Max.X+gtx.Dp(curveRight) {
			widget.At(gtx, image.Pt(x+gtx.Dp(3), plot.Max.Y+gtx.Dp(3)), h.Text(theme.Caption, h.Text3, h.Lang.Unit(h.Lang.Number(at, decimals), "s")))
		}
	}
}

// marks shows the frames of the mask, and what plays between marks.
func (p *curve) marks(gtx layout.Context, h Host, plot image.Rectangle, x func(int) float32) {
	run := &h.State.Run
	if m := run.Marks; m[1] > 0 {
		box := image.Rect(int(x(m[0])), plot.Min.Y, int(x(m[1])), plot.Max.Y)
		widget.Fill(gtx, theme.WithAlpha(h.Accent, 0.10), box)
		for _, at := range []int{box.Min.X, box.Max.X} {
			widget.Fill(gtx, h.Accent, image.Rect(at, plot.Min.Y, at+max(gtx.Dp(1), 1), plot.Max.Y))
		}
	}
	if mask := run.Mask(); mask != nil && run.Subtract {
		y := plot.Max.Y + gtx.Dp(2)
		for _, k := range mask.Frames {
			widget.Fill(gtx, h.Accent, image.Rect(int(x(k)), y, max(int(x(k+1)), int(x(k))+gtx.Dp(2)), y+gtx.Dp(3)))
		}
	}
}

// line draws the curve: what lies before the play head in the colour of
// cement, the rest grey.
func (p *curve) line(gtx layout.Context, h Host, areas []float64, x func(int) float32, y func(float64) float32) {
	at := h.State.Run.Frame
	part := func(ink nrgba, from, to int) {
		var points []f32.Point
		for k := from; k <= to && k < len(areas); k++ {
			points = append(points, f32.Pt(x(k), y(areas[k])))
		}
		widget.Path(gtx, ink, points, 2*gtx.Metric.PxPerDp)
	}
	part(h.Edge, at, len(areas)-1)
	ink := cementInk
	if h.Light {
		ink = h.MarkFill
	}
	part(ink, 0, at)
}

// eventLook is how an event shows on the curve and in the list.
type eventLook struct {
	icon  icon.Icon
	name  i18n.Text // of the list
	short i18n.Text // of the curve
}

var eventLooks = map[fluoro.Kind]eventLook{
	fluoro.TableMove:      {icon.Pan, i18n.EventTable, i18n.CurveTable},
	fluoro.Zoom:           {icon.Zoom, i18n.EventZoom, i18n.CurveZoom},
	fluoro.Exposure:       {icon.Invert, i18n.EventExposure, i18n.CurveExposure},
	fluoro.TrocarIn:       {icon.Trocar, i18n.EventTrocarIn, i18n.CurveTrocar},
	fluoro.TrocarOut:      {icon.Trocar, i18n.EventTrocarOut, i18n.CurveTrocar},
	fluoro.InjectionStart: {icon.Plot, i18n.EventStart, i18n.CurveStart},
	fluoro.InjectionEnd:   {icon.Clock, i18n.EventEnd, i18n.CurveEnd},
	fluoro.LineCrossed:    {icon.Error, i18n.EventCrossed, i18n.CurveLine},
}

// flags names the events above the curve; a crossing has a dashed line through
// it.
func (p *curve) flags(gtx layout.Context, h Host, plot image.Rectangle, x func(int) float32) {
	if h.State.Run.Shown == nil {
		return
	}
	free := [2]int{} // where the next name may begin, by row
	for _, e := range h.State.Run.Shown.Found.Events {
		look, ok := eventLooks[e.Kind]
		if !ok {
			continue
		}
		ink, words, short := h.Text3, h.Text2, h.T(look.short)
		if e.Kind == fluoro.LineCrossed {
			ink, words = h.Env.Error, h.Env.Error
			switch e.Line {
			case model.PosteriorWall:
				short = h.T(i18n.CurveWall)
			case model.EndplateSuperior:
				short = h.T(i18n.CurveUpper)
			case model.EndplateInferior:
				short = h.T(i18n.CurveLower)
			}
			at := x(e.Frame)
			widget.Dashes(gtx, h.Env.Error, []f32.Point{f32.Pt(at, float32(plot.Min.Y-gtx.Dp(12))), f32.Pt(at, float32(plot.Max.Y))}, 1.5*gtx.Metric.PxPerDp, []unit.Dp{4, 3})
		}
		text := short + ", " + i18n.Whole(h.Lang, float64(e.Frame+1))
		width := h.Measure(gtx, theme.Caption, text) + gtx.Dp(20)
		at := min(max(int(x(e.Frame))-gtx.Dp(7), gtx.Dp(6)), p.size.X-width-gtx.Dp(6))
		rowAt := -1
		for r := range free {
			if at >= free[r] {
				rowAt = r
				break
			}
		}
		if rowAt < 0 { // no room: the list has it
			continue
		}
		free[rowAt] = at + width + gtx.Dp(8)
		widget.At(gtx, image.Pt(at, gtx.Dp(6)+rowAt*gtx.Dp(16)), func(gtx layout.Context) layout.Dimensions {
			return row(gtx,
				layout.Rigid(func(gtx layout.Context) layout.Dimensions { return look.icon.Layout(gtx, 13, ink) }),
				widget.Gap(5), layout.Rigid(h.Text(theme.Caption, words, text)))
		})
	}
}

// head draws the play head with the value at it.
func (p *curve) head(gtx layout.Context, h Host, plot image.Rectangle, areas []float64, x func(int) float32, y func(float64) float32) {
	run := &h.State.Run
	at := x(run.Frame)
	widget.Line(gtx, h.Text1, f32.Pt(at, float32(plot.Min.Y-gtx.Dp(6))), f32.Pt(at, float32(plot.Max.Y+gtx.Dp(6))), 1.5*gtx.Metric.PxPerDp)
	if areas == nil {
		widget.Dot(gtx, h.Text1, f32.Pt(at, float32(plot.Max.Y)), float32(gtx.Dp(5)))
		return
	}
	a := areas[run.Frame]
	widget.Dot(gtx, h.Text1, f32.Pt(at, y(a)), float32(gtx.Dp(4)))
	words := AreaWords(h, run.Frame)
	width := h.Measure(gtx, theme.CaptionB, words)
	left := int(at) + gtx.Dp(8)
	if left+width > p.size.X-gtx.Dp(4) {
		left = int(at) - gtx.Dp(8) - width
	}
	top := int(y(a)) + gtx.Dp(6)
	if top+gtx.Dp(14) > plot.Max.Y {
		top = int(y(a)) - gtx.Dp(20)
	}
	widget.At(gtx, image.Pt(left, top), h.Text(theme.CaptionB, h.Text1, words))
}

// AreaWords is the area in a frame with the origin of its unit: "367 mm² (estimate)".
func AreaWords(h Host, frame int) string {
	a, mm, ok := h.State.Run.Area(frame)
	switch {
	case !ok:
		return "–"
	case !mm:
		return h.Lang.Unit(i18n.Whole(h.Lang, a), "px")
	}
	// The calibration that was measured with: a newer one holds only when it is measured anew.
	origin := strings.TrimPrefix(h.T(view.RunOrigin(h.State.Run.Shown.Run.Calibration)), "mm")
	return h.Lang.Unit(i18n.Whole(h.Lang, a), "mm²") + origin
}
