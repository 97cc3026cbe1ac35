package panel

import (
	"image"
	"slices"

	"gioui.org/layout"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/teach"
	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/icon"
	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/theme"
	"github.com/vertefill/vertefill/ui/widget"
)

// judged is the side panel once the answer was given: every question with the
// answer beside the reference, and what to learn.
type judged struct {
	list  widget.List
	goTo  widget.Button
	leaks []widget.Row

	outline [len(canDraw)]widget.Button
}

// questionName is a question in words.
func questionName(q teach.Question) i18n.Text {
	switch q {
	case teach.AskLevel:
		return i18n.AskLevel
	case teach.AskFill:
		return i18n.AskFill
	case teach.AskMeasured:
		return i18n.AskMeasured
	case teach.AskTypes:
		return i18n.AskTypes
	case teach.AskLeaks:
		return i18n.AskLeaks
	case teach.AskCanal:
		return i18n.AskCanal
	case teach.AskPrior:
		return i18n.AskPrior
	case teach.AskBody:
		return i18n.AskBody
	}
	return i18n.AskCement
}

func (p *judged) layout(gtx layout.Context, h Host) layout.Dimensions {
	play := h.State.Lesson.Play
	result := teach.Judge(play.Case, play.Answer, h.Lang) // in the language of now
	leaks := play.Case.Reference.Leaks
	for len(p.leaks) < len(leaks) {
		p.leaks = append(p.leaks, widget.Row{})
	}
	for i, k := range leaks {
		if p.leaks[i].Clicked(gtx) {
			h.Emit(model.GoToLeak{ID: k.ID})
		}
	}
	for i := range p.outline {
		if p.outline[i].Clicked(gtx) {
			h.Emit(model.GoToOutline{Of: canDraw[i].of})
		}
	}
	if p.goTo.Clicked(gtx) && len(play.Missed) > 0 {
		h.Emit(model.GoToLeak{ID: play.Missed[0]})
	}
	var lines []layout.Widget
	for i, x := range result.Items {
		lines = append(lines, p.item(h, i+1, x))
		if x.Question == teach.AskLeaks {
			for n, k := range leaks {
				lines = append(lines, p.leak(h, n, k))
			}
		}
	}
	if len(play.Case.Points) > 0 {
		lines = append(lines, func(gtx layout.Context) layout.Dimensions {
			return widget.Header(gtx, h.Env, h.T(i18n.LearningPoints), "")
		})
	}
	for _, x := range play.Case.Points {
		lines = append(lines, func(gtx layout.Context) layout.Dimensions {
			return layout.Inset{Left: 14, Right: 14, Top: 10}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
				return layout.Flex{}.Layout(gtx, layout.Rigid(func(gtx layout.Context) layout.Dimensions { return icon.All["right"].Layout(gtx, 14, h.Accent) }), widget.Gap(8),
					layout.Flexed(1, h.Paragraph(theme.Body, h.Text1, x.In(h.Lang))))
			})
		})
	}
	source := i18n.FromPhantom
	if play.Case.Source != "phantom" {
		source = i18n.FromReader
	}
	return layout.Flex{Axis: layout.Vertical}.Layout(gtx,
		layout.Rigid(func(gtx layout.Context) layout.Dimensions { return p.head(gtx, h, result) }),
		layout.Flexed(1, func(gtx layout.Context) layout.Dimensions {
			return p.list.Layout(gtx, h.Env, len(lines), func(gtx layout.Context, i int) layout.Dimensions { return lines[i](gtx) })
		}),
		layout.Rigid(widget.HLine(h.Line)),
		layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return layout.UniformInset(14).Layout(gtx, h.Paragraph(theme.Secondary, h.Text3, h.T(source)))
		}))
}

// head is the score over the count of verdicts.
func (p *judged) head(gtx layout.Context, h Host, r teach.Result) layout.Dimensions {
	count := map[teach.Verdict]float64{}
	for _, x := range r.Items {
		count[x.Verdict]++
	}
	n := func(v teach.Verdict) string { return h.Lang.Number(count[v], 0) }
	median := ""
	if m, ok := h.State.Lesson.Median(h.State.Lesson.Play.Case.ID); ok {
		median = h.T(i18n.MedianPoints, "n", h.Lang.Number(m, 1))
	}
	d := layout.Inset{Left: 14, Right: 14, Top: 14, Bottom: 14}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
		return row(gtx,
			layout.Rigid(func(gtx layout.Context) layout.Dimensions { return icon.All["teach"].Layout(gtx, 24, h.Accent) }), widget.Gap(12),
			layout.Flexed(1, across(twoLines(false, h.Text(theme.Section, h.Text1, h.T(i18n.AnswerJudged)),
				h.Text(theme.Secondary, h.Text2, h.T(i18n.VerdictsLine, "right", n(teach.Right), "partly", n(teach.Partly), "wrong", n(teach.Wrong)))))),
			layout.Rigid(twoLines(true, h.Text(theme.Title, h.Text1, points(h, r.Points)+" / "+points(h, r.Most)), h.Text(theme.Secondary, h.Text3, median))))
	})
	widget.At(gtx, image.Pt(0, d.Size.Y-1), widget.HLine(h.Line))
	return d
}

// verdictMark is a verdict with its sign, never by colour alone.
func verdictMark(h Host, v teach.Verdict) layout.Widget {
	switch v {
	case teach.Right:
		return iconText(h, icon.Check, theme.Secondary, h.OK, h.OK, h.T(i18n.VerdictRight))
	case teach.Partly:
		return iconText(h, icon.Warn, theme.Secondary, h.Warning, h.Warning, h.T(i18n.VerdictPartly))
	}
	return iconText(h, icon.Close, theme.Secondary, h.Env.Error, h.Env.Error, h.T(i18n.VerdictWrong))
}

func (p *judged) item(h Host, n int, x teach.Item) layout.Widget {
	value := func(t i18n.Text, s string, r theme.Role) layout.FlexChild {
		return layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return layout.Flex{}.Layout(gtx, layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				return widget.Fixed(gtx, 75, 20, h.Text(theme.Secondary, h.Text3, h.T(t)))
			}), layout.Flexed(1, h.Paragraph(r, h.Text1, s)))
		})
	}
	missed := x.Question == teach.AskLeaks && len(h.State.Lesson.Play.Missed) > 0
	drawing := slices.Index([]teach.Question{teach.AskBody, teach.AskDrawn}, x.Question)
	if drawing >= 0 && h.State.Outlined(canDraw[drawing].of) == 0 {
		drawing = -1
	}
	return func(gtx layout.Context) layout.Dimensions {
		d := layout.Inset{Left: 14, Right: 14, Top: 12, Bottom: 12}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
			parts := []layout.FlexChild{layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				return row(gtx, layout.Rigid(h.Text(theme.Secondary, h.Text3, h.Lang.Number(float64(n), 0))), widget.Gap(9),
					layout.Flexed(1, h.Text(theme.Heading, h.Text1, h.T(questionName(x.Question)))), layout.Rigid(verdictMark(h, x.Verdict)))
			}), widget.Gap(6), value(i18n.YouSaid, x.You, theme.Body), value(i18n.ReferenceIs, x.Reference, theme.Label)}
			if x.Off != "" {
				parts = append(parts, widget.Gap(4), layout.Rigid(h.Paragraph(theme.Label, h.Text1, x.Off)))
			}
			if x.Hint != "" {
				parts = append(parts, widget.Gap(4), layout.Rigid(h.Paragraph(theme.Secondary, h.Text2, x.Hint)))
			}
			if missed {
				parts = append(parts, widget.Gap(6), layout.Rigid(func(gtx layout.Context) layout.Dimensions {
					return widget.Loose(gtx, func(gtx layout.Context) layout.Dimensions {
						return p.goTo.Layout(gtx, h.Env, widget.ButtonLook{Text: h.T(i18n.GoThere), After: icon.All["right"], Small: true, Quiet: true})
					})
				}))
			}
			if drawing >= 0 {
				parts = append(parts, widget.Gap(6), layout.Rigid(func(gtx layout.Context) layout.Dimensions {
					return widget.Loose(gtx, func(gtx layout.Context) layout.Dimensions {
						return p.outline[drawing].Layout(gtx, h.Env, widget.ButtonLook{Text: h.T(i18n.GoThere), After: icon.All["right"], Small: true, Quiet: true})
					})
				}))
			}
			return column(gtx, parts...)
		})
		widget.At(gtx, image.Pt(0, d.Size.Y-1), widget.HLine(h.Line))
		return d
	}
}

// leak is a leak of the reference: a click goes there.
func (p *judged) leak(h Host, n int, k teach.Leak) layout.Widget {
	name := k.Level.String() + " " + h.T(i18n.LeakName(k.Compartment))
	if k.Type != "" {
		name += " " + string(k.Type)
	}
	return func(gtx layout.Context) layout.Dimensions {
		return p.leaks[n].Layout(gtx, h.Env, name, 32, h.State.Reading.Leak == k.ID && k.ID != 0, func(gtx layout.Context) layout.Dimensions {
			return layout.Inset{Left: 28, Right: 14}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
				gtx.Constraints.Min.Y = gtx.Constraints.Max.Y
				return row(gtx, layout.Rigid(glyph(k.Compartment, 12)), widget.Gap(9), layout.Flexed(1, h.Text(theme.Body, h.Text1, name)),
					layout.Rigid(h.Text(theme.Secondary, h.Text2, h.Lang.Unit(h.Lang.LeakML(k.VolumeML), "mL"))))
			})
		})
	}
}

// treatedLevel is the level whose fill was asked for: the one that was named
// where it is right, else the first.
func treatedLevel(c *teach.Case, a teach.Answer) (teach.Treated, bool) {
	if len(c.Reference.Treated) == 0 {
		return teach.Treated{Level: anatomy.None}, false
	}
	for _, t := range c.Reference.Treated {
		if t.Level == a.Level {
			return t, true
		}
	}
	return c.Reference.Treated[0], true
}
