package view

import (
	"image"
	"image/color"
	"math"

	"gioui.org/f32"
	"gioui.org/layout"
	"gioui.org/op"
	"gioui.org/unit"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/measure"
	"github.com/vertefill/vertefill/internal/render"
	"github.com/vertefill/vertefill/internal/teach"
	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/icon"
	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/theme"
	"github.com/vertefill/vertefill/ui/widget"
)

// A learner's mark is a ring so large, and is drawn on planes so near, mm.
const markDP, markReachMM = 22, 5.0

// learner draws what a learner marked on the control CT and, once the answer
// was given, what is right about it and what was missed.
func (d *decoration) learner() {
	p := d.h.State.Lesson.Play
	if p == nil || d.h.State.Workspace != model.Teaching || d.id.Slot != model.PostSlot {
		return
	}
	l := d.h.Env.Lang
	name := func(c anatomy.Compartment) string { return i18n.LeakName(c).In(l) }
	if p.Judged == nil {
		for _, m := range p.Answer.Marks {
			if at, ok := d.near(m.At); ok {
				d.ring(at)
				d.tag(at, icon.Of(m.Compartment), render.LeakStyle(m.Compartment, false).Colour, name(m.Compartment))
			}
		}
	} else {
		for _, m := range p.Marks {
			if at, ok := d.near(m.At); ok {
				d.ring(at)
				d.tag(at, verdictGlyph(m.Verdict), theme.CornerText, i18n.YouMark.In(l, "what", name(m.Compartment)))
			}
		}
		for _, id := range p.Missed {
			for _, k := range p.Case.Reference.Leaks {
				if at, ok := d.near(k.At); ok && k.ID == id && p.Shown {
					d.tag(at, icon.Of(k.Compartment), render.LeakStyle(k.Compartment, false).Colour, i18n.MissedMark.In(l, "what", name(k.Compartment)))
				}
			}
		}
	}
}

// answered draws an outline that was part of the answer, in white dashes over
// the lines of the reference.
func (d *decoration) answered(s measure.Shape) {
	dp := d.gtx.Metric.PxPerDp
	for _, line := range d.port.lines(d.h, d.id, s) {
		if len(line) < 2 {
			continue
		}
		widget.Path(d.gtx, color.NRGBA{A: 160}, line, 3.2*dp)
		widget.Dashes(d.gtx, color.NRGBA{R: 255, G: 255, B: 255, A: 255}, line, 1.6*dp, []unit.Dp{5, 3})
	}
}

// blindMarks draws what a blinded reader marked on the control CT.
func (d *decoration) blindMarks() {
	if !d.h.State.BlindReading() || d.id.Slot != model.PostSlot {
		return
	}
	for _, v := range d.h.State.Answer().Levels {
		for _, k := range v.Leaks {
			if k.At == nil {
				continue
			}
			if at, ok := d.near(*k.At); ok {
				d.ring(at)
				d.tag(at, icon.Of(k.Compartment), render.LeakStyle(k.Compartment, false).Colour, i18n.LeakName(k.Compartment).In(d.h.Env.Lang))
			}
		}
	}
}

// pointers draws the arrows of the step of a tour: on a CT at places of the
// patient, on a run at its pixels.
func (d *decoration) pointers() {
	step, ok := d.h.State.TourStep()
	if !ok || d.h.State.Workspace != model.Teaching {
		return
	}
	for _, a := range step.Arrows {
		tip, shown := f32.Point{}, true
		if d.id.Content == model.RunView {
			tip = runScreen(d.h.State, d.vp, [2]float64{a.Tip[0], a.Tip[1]})
		} else {
			tip, shown = d.near(a.Tip)
		}
		if shown {
			d.arrow(tip, f32.Pt(float32(a.From[0]), float32(a.From[1])))
			if words := a.Text.In(d.h.Env.Lang); words != "" {
				d.words(tip, f32.Pt(float32(a.From[0]), float32(a.From[1])), words)
			}
		}
	}
}

// near is where a point of the patient lies on screen; ok is false when the
// plane passes it.
func (d *decoration) near(at [3]float64) (f32.Point, bool) {
	p := d.screen(geom.LPS(at[0], at[1], at[2]))
	return point32(p), math.Abs(p.Z) <= markReachMM && inside(point32(p), d.port.size)
}

// ring is a circle of white dashes on black.
func (d *decoration) ring(at f32.Point) {
	dp := d.gtx.Metric.PxPerDp
	var points []f32.Point
	for i := range 49 {
		a := 2 * math.Pi * float64(i) / 48
		points = append(points, at.Add(f32.Pt(float32(math.Cos(a)), float32(math.Sin(a))).Mul(markDP*dp)))
	}
	widget.Path(d.gtx, color.NRGBA{A: 160}, points, 3.5*dp)
	widget.Dashes(d.gtx, color.NRGBA{R: 255, G: 255, B: 255, A: 255}, points, 1.8*dp, []unit.Dp{5, 3})
}

// arrowDP is how long an arrow is, dp.
const arrowDP = 80

// arrow points at a place from a side.
func (d *decoration) arrow(at, from f32.Point) {
	dp := d.gtx.Metric.PxPerDp
	along := direction32(f32.Point{}, from)
	across := f32.Pt(-along.Y, along.X)
	tip, tail := at.Add(along.Mul(10*dp)), at.Add(along.Mul(arrowDP*dp))
	wing1, wing2 := tip.Add(along.Mul(14*dp)).Add(across.Mul(9*dp)), tip.Add(along.Mul(14*dp)).Sub(across.Mul(9*dp))
	for _, x := range []struct {
		c color.NRGBA
		w float32
	}{{color.NRGBA{A: 170}, 7}, {color.NRGBA{R: 255, G: 255, B: 255, A: 255}, 3.5}} {
		widget.Line(d.gtx, x.c, tail, tip, x.w*dp)
		widget.Path(d.gtx, x.c, []f32.Point{wing1, tip, wing2}, x.w*dp)
	}
}

// words writes what an arrow points at where it comes from.
func (d *decoration) words(at, from f32.Point, s string) {
	dp := d.gtx.Metric.PxPerDp
	p := at.Add(direction32(f32.Point{}, from).Mul((arrowDP + 8) * dp)).Round()
	size, line := d.h.Env.Measure(d.gtx, theme.Section, s), d.gtx.Sp(theme.Section.Line)
	if from.X < 0 {
		p.X -= size
	}
	p.Y -= line / 2
	box := image.Rect(p.X, p.Y, p.X+size, p.Y+line)
	widget.FillRound(d.gtx, color.NRGBA{A: 190}, box.Inset(-d.gtx.Dp(6)), theme.RadiusChip)
	widget.At(d.gtx, p, d.h.Env.Text(theme.Section, color.NRGBA{R: 255, G: 255, B: 255, A: 255}, s))
}

// tag writes words on a black plate beside a ring, inside the view.
func (d *decoration) tag(at f32.Point, g glyph, ink color.NRGBA, words string) {
	gtx, e := d.gtx, d.h.Env
	m := op.Record(gtx.Ops)
	gtx.Constraints.Min = image.Point{}
	box := widget.Card(gtx, color.NRGBA{A: 217}, ink, theme.RadiusChip, func(gtx layout.Context) layout.Dimensions {
		return layout.Inset{Left: 7, Right: 7, Top: 3, Bottom: 3}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
			return layout.Flex{Alignment: layout.Middle}.Layout(gtx,
				layout.Rigid(func(gtx layout.Context) layout.Dimensions { return g.Layout(gtx, 10, ink) }), widget.Gap(6),
				layout.Rigid(e.Text(theme.CaptionB, color.NRGBA{R: 255, G: 255, B: 255, A: 255}, words)))
		})
	}).Size
	call := m.Stop()
	off, view := gtx.Dp(markDP+6), d.port.size
	p := at.Round().Add(image.Pt(off, -box.Y/2))
	if p.X+box.X > view.X-gtx.Dp(6) {
		p.X = at.Round().X - off - box.X
	}
	p.X, p.Y = min(max(p.X, gtx.Dp(6)), max(view.X-box.X-gtx.Dp(6), 0)), min(max(p.Y, gtx.Dp(6)), max(view.Y-box.Y-gtx.Dp(6), 0))
	defer op.Offset(p).Push(gtx.Ops).Pop()
	call.Add(gtx.Ops)
}

// glyph is a sign that can be drawn in a tag: that of a leak, or of a verdict.
type glyph interface {
	Layout(gtx layout.Context, size unit.Dp, c color.NRGBA) layout.Dimensions
}

func verdictGlyph(v teach.Verdict) glyph {
	switch v {
	case teach.Right:
		return icon.Check
	case teach.Partly:
		return icon.Warn
	}
	return icon.Close
}
