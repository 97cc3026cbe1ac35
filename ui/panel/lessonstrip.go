package panel

import (
	"image"
	"math"

	"gioui.org/f32"
	"gioui.org/layout"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/render"
	"github.com/vertefill/vertefill/internal/teach"
	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/theme"
	"github.com/vertefill/vertefill/ui/widget"
)

// lessonStrip lies under the images of a case: its history and the estimate of
// the fill while it is answered, then the estimate on a scale beside the
// reference and the estimates of others.
type lessonStrip struct{ fill, measured widget.Slider }

// Heights of the strip before and after the answer, and the right end of its
// scale.
const (
	askStripDP    = dp(190)
	judgedStripDP = dp(220)
	topFill       = 0.6
)

func (p *lessonStrip) height(s *model.State) dp {
	if s.Blind() {
		return askStripDP
	}
	return judgedStripDP
}

func (p *lessonStrip) layout(gtx layout.Context, h Host) layout.Dimensions {
	size := gtx.Constraints.Max
	widget.Fill(gtx, h.Window, image.Rectangle{Max: size})
	widget.At(gtx, image.Point{}, widget.HLine(h.Line))
	if h.State.Blind() {
		p.ask(gtx, h)
	} else {
		p.scale(gtx, h)
	}
	return layout.Dimensions{Size: size}
}

func (p *lessonStrip) ask(gtx layout.Context, h Host) {
	play, l := h.State.Lesson.Play, h.Lang
	if p.fill.Changed(gtx) {
		to := math.Round(float64(p.fill.Value())*topFill*200) / 200
		h.Emit(model.Answering{Change: func(a *teach.Answer) { a.Fill = to }})
	}
	if p.measured.Changed(gtx) {
		to := math.Round(float64(p.measured.Value())*topFill*1000) / 1000
		h.Emit(model.Answering{Change: func(a *teach.Answer) { a.Measured = &to }})
	}
	measured := "–"
	if m := play.Answer.Measured; m != nil {
		p.measured.SetValue(float32(*m / topFill))
		measured = l.Unit(l.Percent(*m), "%")
	} else {
		p.measured.SetValue(0)
	}
	said := "–"
	if play.Answer.Fill >= 0 {
		p.fill.SetValue(float32(play.Answer.Fill / topFill))
		said = l.Unit(l.Percent(play.Answer.Fill), "%")
	} else {
		p.fill.SetValue(0)
	}
	layout.Inset{Left: 20, Right: 20, Top: 14}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
		return column(gtx,
			layout.Rigid(h.Paragraph(theme.Lead, h.Text1, play.Case.History.In(l))), widget.Gap(12),
			layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				return row(gtx, layout.Rigid(h.Text(theme.Secondary, h.Text3, l.Number(2, 0))), widget.Gap(9),
					layout.Rigid(h.Text(theme.Heading, h.Text1, h.T(i18n.AskFill))), widget.Gap(12),
					layout.Flexed(1, h.Text(theme.Secondary, h.Text2, h.T(i18n.AskFillHow))), layout.Rigid(h.Text(theme.Section, h.Text1, said)))
			}), widget.Gap(8),
			layout.Rigid(func(gtx layout.Context) layout.Dimensions { return p.fill.Layout(gtx, h.Env, h.T(i18n.AskFill)) }), widget.Gap(6),
			layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				return row(gtx, layout.Flexed(1, h.Text(theme.Secondary, h.Text2, h.T(i18n.AskMeasured))), layout.Rigid(h.Text(theme.Heading, h.Text1, measured)))
			}),
			layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				return p.measured.Layout(gtx, h.Env, h.T(i18n.AskMeasured))
			}))
	})
}

// scale draws 0 to 60 % with the answer above, the reference on the line and
// the answers of others below.
func (p *lessonStrip) scale(gtx layout.Context, h Host) {
	play, l, size := h.State.Lesson.Play, h.Lang, gtx.Constraints.Max
	t, ok := treatedLevel(play.Case, play.Answer)
	if !ok {
		return
	}
	left, right := float32(gtx.Dp(60)), float32(size.X-gtx.Dp(60))
	x := func(v float64) float32 { return left + float32(min(max(v/topFill, 0), 1))*(right-left) }
	text := func(at f32.Point, r theme.Role, c nrgba, s string) {
		w := h.Measure(gtx, r, s)
		px := min(max(int(at.X)-w/2, gtx.Dp(4)), size.X-w-gtx.Dp(4))
		widget.At(gtx, image.Pt(px, int(at.Y)), h.Text(r, c, s))
	}
	px := gtx.Metric.PxPerDp
	widget.At(gtx, image.Pt(int(left), gtx.Dp(14)), h.Text(theme.Heading, h.Text1, h.T(i18n.AskFillOf, "level", t.Level.String())))
	end := h.T(i18n.ScaleTo, "n", l.Unit(l.Number(100*topFill, 0), "%"))
	widget.At(gtx, image.Pt(int(right)-h.Measure(gtx, theme.Secondary, end), gtx.Dp(15)), h.Text(theme.Secondary, h.Text3, end))
	y := float32(gtx.Dp(100))
	widget.Line(gtx, h.Edge, f32.Pt(left, y), f32.Pt(right, y), 2*px)
	for v := 0.0; v <= topFill+1e-9; v += 0.1 {
		widget.Line(gtx, h.Edge, f32.Pt(x(v), y-4*px), f32.Pt(x(v), y+4*px), 1.5*px)
		text(f32.Pt(x(v), y+10*px), theme.Secondary, h.Text2, l.Number(100*v, 0))
	}
	gold := render.CementStyle(anatomy.CementInBody).Colour
	if i := t.Interval; i != nil {
		widget.Line(gtx, gold, f32.Pt(x(i[0]), y), f32.Pt(x(i[1]), y), 8*px)
	}
	widget.Dot(gtx, gold, f32.Pt(x(t.Fill), y), 7*px)
	said := l.Unit(l.Percent(t.Fill), "%")
	if t.Interval != nil {
		said += " " + l.Interval(100*t.Interval[0], 100*t.Interval[1], 1)
	}
	text(f32.Pt(x(t.Fill), y+34*px), theme.Heading, h.Warning, h.T(i18n.ReferenceFill, "n", said))
	if f := play.Answer.Fill; f >= 0 {
		at := x(f)
		widget.Path(gtx, h.Text1, []f32.Point{f32.Pt(at, y-10*px), f32.Pt(at-6*px, y-22*px), f32.Pt(at+6*px, y-22*px), f32.Pt(at, y-10*px)}, 2*px)
		you := h.T(i18n.YouMark, "what", l.Unit(l.Percent(f), "%"))
		text(f32.Pt(at, y-42*px), theme.Label, h.Text1, you)
		if off := 100 * (f - t.Fill); math.Abs(off) >= 0.05 {
			sign := "+"
			if off < 0 {
				sign = ""
			}
			mid := (at + x(t.Fill)) / 2
			widget.Line(gtx, h.Warning, f32.Pt(at, y-46*px), f32.Pt(x(t.Fill), y-46*px), 1.5*px)
			text(f32.Pt(mid, y-64*px), theme.Secondary, h.Warning, h.T(i18n.OffBy, "n", sign+l.Number(off, 1)))
		}
	}
	others := h.State.Lesson.Others(play.Case.ID, h.State.Settings.Learner)
	if len(others) == 0 {
		return
	}
	low := y + 74*px
	widget.At(gtx, image.Pt(int(left), int(low)-gtx.Dp(8)), h.Text(theme.Caption, h.Text3, h.T(i18n.OthersSaid, "n", l.Number(float64(len(others)), 0))))
	stack := map[int]int{}
	for _, v := range others {
		slot := int(x(v) / (8 * px))
		widget.Dot(gtx, h.Text3, f32.Pt(x(v), low+float32(stack[slot])*8*px), 3*px)
		stack[slot]++
	}
}
