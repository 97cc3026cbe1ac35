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

// Lessons is the collection of teaching cases, with the learner's scores and
// those of the class.
type Lessons struct {
	list    widget.List
	rows    []lessonRow
	learner widget.Field
	choice  pathChoice
	filled  bool
	take    widget.Button
	lab     widget.Button
	scores  widget.Button
	forget  widget.Button
	whole   widget.Button
	class   widget.List
}

// lessonRow is what can be pressed in the line of a case.
type lessonRow struct{ quiz, tour, pack widget.Button }

// Layout draws the workspace while no case is open.
func (p *Lessons) Layout(gtx layout.Context, h Host) layout.Dimensions {
	if h.State.Lesson.Importing {
		size := gtx.Constraints.Max
		widget.Fill(gtx, h.Window, image.Rectangle{Max: size})
		p.choice.layout(gtx, h, ofCases)
		return layout.Dimensions{Size: size}
	}
	p.choice.filled = false
	p.events(gtx, h)
	return layout.Flex{}.Layout(gtx,
		layout.Flexed(1, func(gtx layout.Context) layout.Dimensions { return p.cases(gtx, h) }),
		layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return pane(gtx, h, gtx.Dp(dp(h.State.Settings.PanelDP)), func(gtx layout.Context) layout.Dimensions { return p.side(gtx, h) })
		}))
}

func (p *Lessons) events(gtx layout.Context, h Host) {
	l := &h.State.Lesson
	for len(p.rows) < len(l.Cases) {
		p.rows = append(p.rows, lessonRow{})
	}
	for i := range l.Cases {
		r := &p.rows[i]
		switch {
		case r.quiz.Clicked(gtx):
			h.Emit(model.PlayCase{At: i, Way: model.Quiz, Now: gtx.Now})
		case r.tour.Clicked(gtx):
			h.Emit(model.PlayCase{At: i, Way: model.Tour, Now: gtx.Now})
		case r.pack.Clicked(gtx):
			h.Emit(model.Do{Effect: model.PackCase{Case: l.Cases[i]}})
		}
	}
	if !p.filled {
		p.filled = true
		p.learner.SetValue(h.State.Settings.Learner)
	}
	if changed, _ := p.learner.Events(gtx); changed {
		name := p.learner.Value()
		h.Emit(model.SetSettings{Change: func(s *model.Settings) { s.Learner = name }})
	}
	if p.take.Clicked(gtx) {
		h.Emit(model.ChooseCases{On: true})
	}
	if p.whole.Clicked(gtx) {
		h.Do(gtx, "cases-export")
	}
	if p.lab.Clicked(gtx) {
		h.Do(gtx, "practise")
	}
	if p.scores.Clicked(gtx) {
		h.Emit(model.Do{Effect: model.WriteScores{}})
	}
	if p.forget.Clicked(gtx) {
		h.Emit(model.Do{Effect: model.ForgetLearner{Name: h.State.Settings.Learner}})
	}
}

// cases lists the collection. A title would tell the answer, so it shows once
// the case was answered.
func (p *Lessons) cases(gtx layout.Context, h Host) layout.Dimensions {
	l := &h.State.Lesson
	widget.Fill(gtx, h.Window, image.Rectangle{Max: gtx.Constraints.Max})
	count := h.Lang.Number(float64(len(l.Cases)), 0)
	return layout.Flex{Axis: layout.Vertical}.Layout(gtx,
		layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return widget.Header(gtx, h.Env, h.T(i18n.CasesTitle), count, layout.Rigid(p.preparing(h)))
		}),
		layout.Flexed(1, func(gtx layout.Context) layout.Dimensions {
			return p.list.Layout(gtx, h.Env, len(l.Cases), func(gtx layout.Context, i int) layout.Dimensions { return p.line(gtx, h, i) })
		}))
}

func (p *Lessons) preparing(h Host) layout.Widget {
	j, busy := h.State.Job(model.CaseJob)
	if !busy {
		return layout.Spacer{}.Layout
	}
	words := h.T(i18n.PreparingCase)
	if j.Fraction > 0 {
		words += " " + h.Lang.Unit(h.Lang.Number(100*j.Fraction, 0), "%")
	}
	return iconText(h, icon.Clock, theme.Secondary, h.Accent, h.Text2, words)
}

func (p *Lessons) line(gtx layout.Context, h Host, i int) layout.Dimensions {
	c, lang := &h.State.Lesson.Cases[i], h.Lang
	title, state := h.T(i18n.CaseN, "n", lang.Number(float64(i+1), 0)), h.Neutral(h.T(i18n.NotAnswered))
	if best, ok := h.State.Lesson.Best(c.ID, h.State.Settings.Learner); ok {
		title += " · " + c.Title.In(lang)
		state = h.Good(icon.Check, h.T(i18n.BestPoints, "n", points(h, best.Points), "m", points(h, best.Most)))
	}
	reason := ""
	if _, busy := h.State.Job(model.CaseJob); busy {
		reason = h.T(i18n.PreparingCase)
	}
	button := func(b *widget.Button, look widget.ButtonLook) layout.FlexChild {
		look.Small, look.Reason = true, reason
		return layout.Rigid(func(gtx layout.Context) layout.Dimensions { return b.Layout(gtx, h.Env, look) })
	}
	r := &p.rows[i]
	return widget.Fixed(gtx, 0, 76, func(gtx layout.Context) layout.Dimensions {
		size := gtx.Constraints.Max
		widget.Fill(gtx, h.Line, image.Rect(0, size.Y-max(gtx.Dp(1), 1), size.X, size.Y))
		return layout.Inset{Left: 14, Right: 14, Top: 10, Bottom: 8}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
			return row(gtx,
				layout.Flexed(1, func(gtx layout.Context) layout.Dimensions {
					return column(gtx,
						layout.Rigid(func(gtx layout.Context) layout.Dimensions {
							return widget.Loose(gtx, func(gtx layout.Context) layout.Dimensions {
								return row(gtx, layout.Rigid(h.Text(theme.Heading, h.Text1, title)), widget.Gap(10), layout.Rigid(state))
							})
						}),
						layout.Rigid(h.Text(theme.Secondary, h.Text3, h.T(i18n.Difficulty, "n", lang.Number(float64(c.Difficulty), 0)))),
						layout.Rigid(h.Text(theme.Secondary, h.Text2, c.History.In(lang))))
				}), widget.Gap(12),
				button(&r.pack, widget.ButtonLook{Text: h.T(i18n.PackThis), Icon: icon.All["export"], Quiet: true}), widget.Gap(8),
				button(&r.tour, widget.ButtonLook{Text: h.T(i18n.TourWay), Icon: icon.Play}), widget.Gap(8),
				button(&r.quiz, widget.ButtonLook{Text: h.T(i18n.QuizWay), Icon: icon.Check}))
		})
	})
}

// points writes points, with a half where there is one.
func points(h Host, x float64) string {
	if x == float64(int(x)) {
		return h.Lang.Number(x, 0)
	}
	return h.Lang.Number(x, 1)
}

// side holds the learner's name, the class and the way in for cases of others.
func (p *Lessons) side(gtx layout.Context, h Host) layout.Dimensions {
	standing := teach.Class(h.State.Lesson.Scores)
	inset := func(w layout.Widget) layout.FlexChild {
		return layout.Rigid(func(gtx layout.Context) layout.Dimensions { return layout.Inset{Left: 14, Right: 14}.Layout(gtx, w) })
	}
	header := func(t i18n.Text, count string) layout.FlexChild {
		return layout.Rigid(func(gtx layout.Context) layout.Dimensions { return widget.Header(gtx, h.Env, h.T(t), count) })
	}
	none := ""
	if len(h.State.Lesson.Scores) == 0 {
		none = h.T(i18n.ClassEmpty)
	}
	return layout.Flex{Axis: layout.Vertical}.Layout(gtx,
		header(i18n.Learner, ""), widget.Gap(10),
		inset(func(gtx layout.Context) layout.Dimensions {
			return p.learner.Layout(gtx, h.Env, widget.FieldLook{Label: h.T(i18n.LearnerHint), Hint: h.T(i18n.LearnerHint)})
		}), widget.Gap(8),
		inset(h.Paragraph(theme.Secondary, h.Text3, h.T(i18n.LearnerSense))), widget.Gap(10),
		inset(func(gtx layout.Context) layout.Dimensions {
			return p.forget.Layout(gtx, h.Env, widget.ButtonLook{Text: h.T(i18n.ForgetScores), Icon: icon.Close, Small: true, Reason: none})
		}), widget.Gap(14),
		header(i18n.ClassTitle, h.Lang.Number(float64(len(standing)), 0)),
		layout.Flexed(1, func(gtx layout.Context) layout.Dimensions {
			if len(standing) == 0 {
				return layout.UniformInset(14).Layout(gtx, h.Paragraph(theme.Secondary, h.Text3, h.T(i18n.ClassEmpty)))
			}
			tally := overall(h.State.Lesson.Scores)
			return p.class.Layout(gtx, h.Env, len(standing)+len(tally), func(gtx layout.Context, i int) layout.Dimensions {
				if i < len(standing) {
					return classLine(gtx, h, standing[i])
				}
				return tallyLine(gtx, h, tally[i-len(standing)])
			})
		}),
		inset(func(gtx layout.Context) layout.Dimensions {
			return p.scores.Layout(gtx, h.Env, widget.ButtonLook{Text: h.T(i18n.ScoresCSV), Icon: icon.All["export"], Small: true, Reason: none})
		}), widget.Gap(14),
		header(i18n.Practise, ""), widget.Gap(10),
		inset(h.Paragraph(theme.Secondary, h.Text3, h.T(i18n.PractiseSense))), widget.Gap(8),
		inset(func(gtx layout.Context) layout.Dimensions {
			return p.lab.Layout(gtx, h.Env, widget.ButtonLook{Text: h.T(i18n.Practise), Icon: icon.All["vert"]})
		}), widget.Gap(14),
		header(i18n.CasesAsFiles, ""), widget.Gap(10),
		inset(func(gtx layout.Context) layout.Dimensions {
			return p.take.Layout(gtx, h.Env, widget.ButtonLook{Text: h.T(i18n.ImportPacked), Icon: icon.All["plus"]})
		}), widget.Gap(8),
		inset(func(gtx layout.Context) layout.Dimensions {
			a, _ := h.State.Find("cases-export")
			return p.whole.Layout(gtx, h.Env, widget.ButtonLook{Text: h.T(i18n.PackAll), Icon: icon.All["export"], Small: true, Reason: a.Reason(h.State)})
		}), widget.Gap(14))
}

// overall are the questions of all cases together, as the class answered them.
func overall(scores []teach.Score) (out []teach.Tally) {
	for _, t := range teach.ByQuestion(scores) {
		if t.Case == "" {
			out = append(out, t)
		}
	}
	return out
}

// tallyLine is a question with how many answered it right, in part, and not.
func tallyLine(gtx layout.Context, h Host, x teach.Tally) layout.Dimensions {
	return widget.Fixed(gtx, 0, 28, func(gtx layout.Context) layout.Dimensions {
		return layout.Inset{Left: 14, Right: 14}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
			gtx.Constraints.Min.Y = gtx.Constraints.Max.Y
			parts := []layout.FlexChild{layout.Flexed(1, h.Text(theme.Secondary, h.Text2, h.T(questionName(x.Question))))}
			for _, v := range []struct {
				glyph icon.Icon
				ink   nrgba
				n     int
			}{{icon.Check, h.OK, x.Right}, {icon.Warn, h.Warning, x.Partly}, {icon.Close, h.Env.Error, x.Wrong}} {
				parts = append(parts, widget.Gap(10), layout.Rigid(iconText(h, v.glyph, theme.Secondary, v.ink, h.Text1, h.Lang.Number(float64(v.n), 0))))
			}
			return row(gtx, parts...)
		})
	})
}

// classLine is a learner with the sum of first answers.
func classLine(gtx layout.Context, h Host, x teach.Standing) layout.Dimensions {
	return widget.Fixed(gtx, 0, 36, func(gtx layout.Context) layout.Dimensions {
		size := gtx.Constraints.Max
		widget.Fill(gtx, h.Line, image.Rect(0, size.Y-max(gtx.Dp(1), 1), size.X, size.Y))
		return layout.Inset{Left: 14, Right: 14}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
			gtx.Constraints.Min.Y = gtx.Constraints.Max.Y
			return row(gtx, layout.Flexed(1, h.Text(theme.Body, h.Text1, x.Learner)),
				layout.Rigid(h.Text(theme.Secondary, h.Text3, h.T(i18n.ClassLine, "n", h.Lang.Number(float64(x.Cases), 0)))), widget.Gap(12),
				layout.Rigid(h.Text(theme.Label, h.Text1, points(h, x.Points)+" / "+points(h, x.Most))))
		})
	})
}
