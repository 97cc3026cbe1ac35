package panel

import (
	"image"

	"gioui.org/layout"

	"github.com/vertefill/vertefill/internal/teach"
	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/icon"
	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/theme"
	"github.com/vertefill/vertefill/ui/widget"
)

// TourStep is the dialog of the words and the arrow of a step: of a new one
// that takes the view with the focus, or of one that is changed.
type TourStep struct {
	modal       widget.Modal
	title, text wordsField
	arrow       widget.Segments
	pointed     int // 0 for no arrow, else where it comes from, in the order of arrowFrom
	says        wordsField
	keep        widget.Button
	open        bool
}

// arrowFrom is where an arrow can come from, on the screen.
var arrowFrom = [...]struct {
	name i18n.Text
	from [2]float64
}{{i18n.FromTopLeft, [2]float64{-1, -1}}, {i18n.FromTopRight, [2]float64{1, -1}}, {i18n.FromBottomLeft, [2]float64{-1, 1}}, {i18n.FromBottomRight, [2]float64{1, 1}}}

// fill puts what the step has into the fields when the dialog opens.
func (p *TourStep) fill(h Host) {
	p.open, p.pointed = true, 0
	var step teach.Step
	if h.State.Lesson.StepFor == model.StepChanged {
		step, _ = h.State.TourStep()
	}
	p.title.set(step.Title)
	p.text.set(step.Text)
	p.says.set(teach.Words{})
	if len(step.Arrows) > 0 {
		p.says.set(step.Arrows[0].Text)
		for i, a := range arrowFrom {
			if a.from == step.Arrows[0].From {
				p.pointed = i + 1
			}
		}
	}
	p.title.en.Focus()
}

// Layout draws the dialog while it is open.
func (p *TourStep) Layout(gtx layout.Context, h Host) {
	if h.State.Overlay != model.StepDialog {
		p.open = false
		return
	}
	if !p.open {
		p.fill(h)
	}
	p.title.events(gtx)
	p.text.events(gtx)
	p.says.events(gtx)
	if i := p.arrow.Changed(gtx); i >= 0 {
		p.pointed = i
	}
	switch {
	case p.modal.Dismissed():
		h.Emit(model.Leave{})
	case p.keep.Clicked(gtx):
		m := model.AddStep{Title: p.title.value(), Text: p.text.value(), Now: gtx.Now}
		if p.pointed > 0 {
			m.From, m.Says = arrowFrom[p.pointed-1].from, p.says.value()
		}
		h.Emit(m)
	}
	p.modal.Layout(gtx, h.Env, 640, 130, func(gtx layout.Context) layout.Dimensions {
		return layout.UniformInset(18).Layout(gtx, func(gtx layout.Context) layout.Dimensions { return p.form(gtx, h) })
	})
}

func (p *TourStep) form(gtx layout.Context, h Host) layout.Dimensions {
	name, sense, keep, glyph := i18n.AddStep, i18n.AddStepSense, i18n.AddStepNow, icon.All["plus"]
	if h.State.Lesson.StepFor == model.StepChanged {
		name, sense, keep, glyph = i18n.EditStep, i18n.EditTourSense, i18n.StepKeep, icon.Check
	}
	reason := ""
	if p.title.value() == (teach.Words{}) {
		reason = h.T(i18n.StepNeedsTitle)
	}
	label, here := i18n.ArrowLabel, i18n.ArrowHere
	if h.State.StepOnRun() { // where no crosshair is
		label, here = i18n.ArrowMiddle, i18n.ArrowMiddleHere
	}
	words, said := []string{h.T(i18n.NoArrow)}, []string{h.T(i18n.NoArrow)}
	for _, a := range arrowFrom {
		words, said = append(words, h.T(a.name)), append(said, h.T(here, "where", h.T(a.name)))
	}
	parts := []layout.FlexChild{
		layout.Rigid(h.Text(theme.Title, h.Text1, h.T(name))), widget.Gap(6),
		layout.Rigid(h.Paragraph(theme.Secondary, h.Text2, h.T(sense))), widget.Gap(12),
		p.title.layout(h, i18n.StepTitle), p.text.layout(h, i18n.StepText),
		layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return row(gtx, layout.Flexed(1, h.Text(theme.Secondary, h.Text2, h.T(label))), layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				gtx.Constraints.Min = image.Point{}
				return p.arrow.Layout(gtx, h.Env, p.pointed, words, said, 28)
			}))
		}), widget.Gap(10)}
	if p.pointed > 0 {
		parts = append(parts, p.says.layout(h, i18n.ArrowSays))
	}
	return column(gtx, append(parts, layout.Rigid(func(gtx layout.Context) layout.Dimensions {
		return row(gtx, space(), layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return p.keep.Layout(gtx, h.Env, widget.ButtonLook{Text: h.T(keep), Icon: glyph, Primary: true, Reason: reason})
		}))
	}))...)
}

// tourTools are the buttons of a tour that is edited, by id of their action.
type tourTools struct{ buttons [len(tourEdits)]widget.Button }

var tourEdits = [...]string{"tour-words", "tour-view", "tour-insert", "tour-earlier", "tour-later", "tour-remove"}

// layout draws them, two in a line.
func (p *tourTools) layout(gtx layout.Context, h Host) layout.Dimensions {
	var lines []layout.FlexChild
	for i := 0; i < len(tourEdits); i += 2 {
		lines = append(lines, layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			var line []layout.FlexChild
			for k := i; k < min(i+2, len(tourEdits)); k++ {
				if p.buttons[k].Clicked(gtx) {
					h.Do(gtx, tourEdits[k])
				}
				a, _ := h.State.Find(tourEdits[k])
				line = append(line, layout.Flexed(0.5, func(gtx layout.Context) layout.Dimensions {
					gtx.Constraints.Min.X = gtx.Constraints.Max.X
					return p.buttons[k].Layout(gtx, h.Env, widget.ButtonLook{Text: h.T(a.Label), Icon: icon.All[a.Icon], Small: true, Reason: a.Reason(h.State)})
				}), widget.Gap(8))
			}
			return row(gtx, line...)
		}), widget.Gap(8))
	}
	return column(gtx, lines...)
}
