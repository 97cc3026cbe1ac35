package panel

import (
	"image"
	"time"

	"gioui.org/layout"
	"gioui.org/op"

	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/icon"
	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/theme"
	"github.com/vertefill/vertefill/ui/widget"
)

// progress shows the steps of a running analysis.
type progress struct{ stop widget.Button }

// progressRate is how often the time left is written anew.
const progressRate = time.Second / 4

func (p *progress) layout(gtx layout.Context, h Host, job model.Job) {
	if p.stop.Clicked(gtx) {
		h.Emit(model.Cancel{Kind: model.AnalyseJob})
		said := h.T(i18n.Stopped)
		if r := h.State.Result; r != nil && r.Upto != "" {
			said = h.T(i18n.StoppedKept, "n", h.Lang.Number(float64(len(r.Report.Vertebrae)), 0))
		}
		h.Emit(model.Say{Text: said, Now: gtx.Now})
	}
	gtx.Execute(op.InvalidateCmd{At: gtx.Now.Add(progressRate)})
	at := len(model.Stages)
	for i, s := range model.Stages {
		if s.ID == job.Stage {
			at = i
		}
	}
	if job.Stage == "" {
		at = 0
	}
	left := ""
	if s, ok := job.Remaining(gtx.Now); ok {
		left = h.T(i18n.Remaining, "s", h.Lang.Number(float64(s), 0))
	}
	steps := []layout.FlexChild{
		layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return widget.Header(gtx, h.Env, h.T(i18n.Results), "", layout.Rigid(h.Good(icon.Clock, h.T(i18n.Analysing))))
		}),
		layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			d := layout.Inset{Left: 16, Right: 16, Top: 12, Bottom: 14}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
				n := min(at+1, len(model.Stages))
				return column(gtx,
					layout.Rigid(func(gtx layout.Context) layout.Dimensions {
						return row(gtx, layout.Flexed(1, h.Text(theme.Section, h.Text1, h.T(i18n.StepOf, "n", h.Lang.Number(float64(n), 0), "total", h.Lang.Number(float64(len(model.Stages)), 0)))),
							layout.Rigid(h.Text(theme.Secondary, h.Text3, left)))
					}),
					widget.Gap(8),
					layout.Rigid(widget.Progress(h.Env, job.Fraction, 6)))
			})
			widget.At(gtx, image.Pt(0, d.Size.Y-1), widget.HLine(h.Line))
			return d
		}),
	}
	for i, s := range model.Stages {
		steps = append(steps, layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return p.step(gtx, h, job, s, i < at, i == at)
		}))
	}
	steps = append(steps,
		layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return layout.UniformInset(16).Layout(gtx, h.Paragraph(theme.Secondary, h.Text3, h.T(i18n.ReadMeanwhile)))
		}),
		layout.Flexed(1, layout.Spacer{}.Layout),
		layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			widget.HLine(h.Line)(gtx)
			return layout.Inset{Left: 16, Right: 16, Top: 12, Bottom: 12}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
				return row(gtx, layout.Flexed(1, h.Paragraph(theme.Secondary, h.Text3, h.T(i18n.StopKeeps))),
					layout.Rigid(func(gtx layout.Context) layout.Dimensions {
						return p.stop.Layout(gtx, h.Env, widget.ButtonLook{Text: h.T(i18n.Stop), Icon: icon.Close, Key: h.T(i18n.KeyEsc)})
					}))
			})
		}))
	layout.Flex{Axis: layout.Vertical}.Layout(gtx, steps...)
}

func (p *progress) step(gtx layout.Context, h Host, job model.Job, s model.Stage, done, running bool) layout.Dimensions {
	ink, mark, right := h.Text3, layout.Widget(func(gtx layout.Context) layout.Dimensions {
		d := gtx.Dp(16)
		widget.Outline(gtx, h.Edge, image.Rect(0, 0, d, d), 8, 1)
		return layout.Dimensions{Size: image.Pt(d, d)}
	}), ""
	switch {
	case done:
		ink = h.Text1
		mark = func(gtx layout.Context) layout.Dimensions { return icon.Check.Layout(gtx, 16, h.OK) }
		for _, t := range job.Done {
			if t.Stage == s.ID {
				right = h.Lang.Unit(h.Lang.Number(t.Took.Seconds(), 1), "s")
			}
		}
	case running:
		ink = h.Text1
		mark = func(gtx layout.Context) layout.Dimensions { return icon.Clock.Layout(gtx, 16, h.Accent) }
	}
	d := layout.Inset{Left: 16, Right: 16, Top: 11, Bottom: 11}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
		return row(gtx, layout.Rigid(mark), widget.Gap(8), layout.Flexed(1, h.Text(theme.Label, ink, h.T(s.Name))),
			layout.Rigid(h.Text(theme.Secondary, h.Text3, right)))
	})
	widget.At(gtx, image.Pt(0, d.Size.Y-1), widget.HLine(h.Line))
	return d
}
