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

// wordsField is a text in both languages.
type wordsField struct{ en, fr widget.Field }

func (f *wordsField) set(w teach.Words) { f.en.SetValue(w.EN); f.fr.SetValue(w.FR) }

func (f *wordsField) value() teach.Words { return teach.Words{EN: f.en.Value(), FR: f.fr.Value()} }

func (f *wordsField) events(gtx layout.Context) { f.en.Events(gtx); f.fr.Events(gtx) }

// layout draws both fields beside each other under their name.
func (f *wordsField) layout(h Host, name i18n.Text) layout.FlexChild {
	field := func(x *widget.Field, lang string) layout.FlexChild {
		return layout.Flexed(0.5, func(gtx layout.Context) layout.Dimensions {
			return layout.Inset{Right: 8}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
				return x.Layout(gtx, h.Env, widget.FieldLook{Label: h.T(name) + " " + lang, Hint: lang})
			})
		})
	}
	return layout.Rigid(func(gtx layout.Context) layout.Dimensions {
		return column(gtx, layout.Rigid(h.Text(theme.Secondary, h.Text2, h.T(name))), widget.Gap(3),
			layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				return row(gtx, field(&f.en, "English"), field(&f.fr, "Français"))
			}), widget.Gap(10))
	})
}

// SaveCase is the dialog that makes a teaching case of the open study.
type SaveCase struct {
	modal          widget.Modal
	id             widget.Field
	title, history wordsField
	points         [2]wordsField
	difficulty     widget.Segments
	hard           int
	steps          []widget.Button
	list           widget.List
	keep           widget.Button
	open           bool
}

// Layout draws the dialog while it is open.
func (p *SaveCase) Layout(gtx layout.Context, h Host) {
	if h.State.Overlay != model.CaseDialog {
		p.open = false
		return
	}
	if !p.open {
		p.open = true
		p.id.Focus()
	}
	for len(p.steps) < len(h.State.Lesson.Steps) {
		p.steps = append(p.steps, widget.Button{})
	}
	for i := range h.State.Lesson.Steps {
		if p.steps[i].Clicked(gtx) {
			h.Emit(model.DropStep{At: i})
			break
		}
	}
	p.id.Events(gtx)
	p.title.events(gtx)
	p.history.events(gtx)
	for i := range p.points {
		p.points[i].events(gtx)
	}
	if i := p.difficulty.Changed(gtx); i >= 0 {
		p.hard = i
	}
	switch {
	case p.modal.Dismissed():
		h.Emit(model.Leave{})
	case p.keep.Clicked(gtx):
		h.Emit(model.KeepCase{Texts: p.texts(), Now: gtx.Now})
	}
	p.modal.Layout(gtx, h.Env, 720, 90, func(gtx layout.Context) layout.Dimensions {
		return layout.UniformInset(18).Layout(gtx, func(gtx layout.Context) layout.Dimensions { return p.form(gtx, h) })
	})
}

// texts is what was typed.
func (p *SaveCase) texts() teach.Case {
	c := teach.Case{ID: p.id.Value(), Title: p.title.value(), History: p.history.value(), Difficulty: p.hard + 1}
	for i := range p.points {
		if w := p.points[i].value(); w != (teach.Words{}) {
			c.Points = append(c.Points, w)
		}
	}
	return c
}

func (p *SaveCase) form(gtx layout.Context, h Host) layout.Dimensions {
	reason := ""
	_, busy := h.State.Job(model.CaseJob)
	switch {
	case busy:
		reason = h.T(i18n.PreparingCase)
	case p.id.Value() == "" || p.title.en.Value() == "" || p.title.fr.Value() == "":
		reason = h.T(i18n.CaseNeedsName)
	}
	parts := []layout.FlexChild{
		layout.Rigid(h.Text(theme.Title, h.Text1, h.T(i18n.SaveCase))), widget.Gap(6),
		layout.Rigid(h.Paragraph(theme.Secondary, h.Text2, h.T(i18n.SaveCaseSense))), widget.Gap(12),
		layout.Rigid(h.Text(theme.Secondary, h.Text2, h.T(i18n.CaseName))), widget.Gap(3),
		layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return p.id.Layout(gtx, h.Env, widget.FieldLook{Label: h.T(i18n.CaseName), Hint: h.T(i18n.CaseNameHint)})
		}), widget.Gap(10),
		p.title.layout(h, i18n.CaseTitle), p.history.layout(h, i18n.CaseHistory),
		p.points[0].layout(h, i18n.LearningPoints), p.points[1].layout(h, i18n.LearningPoints),
		layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			words := []string{"1", "2", "3"}
			return row(gtx, layout.Flexed(1, h.Text(theme.Secondary, h.Text2, h.T(i18n.CaseDifficulty))), layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				gtx.Constraints.Min = image.Point{}
				return p.difficulty.Layout(gtx, h.Env, p.hard, words, words, 28)
			}))
		}), widget.Gap(10),
	}
	if steps := h.State.Lesson.Steps; len(steps) > 0 {
		parts = append(parts, layout.Rigid(h.Text(theme.Secondary, h.Text2, h.T(i18n.TourWay))), layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return widget.Fixed(gtx, 0, dp(32*min(len(steps), 4)), func(gtx layout.Context) layout.Dimensions {
				return p.list.Layout(gtx, h.Env, len(steps), func(gtx layout.Context, i int) layout.Dimensions {
					return widget.Fixed(gtx, 0, 32, func(gtx layout.Context) layout.Dimensions {
						return row(gtx, layout.Flexed(1, h.Text(theme.Body, h.Text1, h.Lang.Number(float64(i+1), 0)+"  "+steps[i].Title.In(h.Lang))), layout.Rigid(func(gtx layout.Context) layout.Dimensions {
							return p.steps[i].Layout(gtx, h.Env, widget.ButtonLook{Text: h.T(i18n.DropStep), Icon: icon.Close, Small: true, Quiet: true})
						}))
					})
				})
			})
		}), widget.Gap(10))
	}
	return column(gtx, append(parts, layout.Rigid(func(gtx layout.Context) layout.Dimensions {
		return row(gtx, space(), layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return p.keep.Layout(gtx, h.Env, widget.ButtonLook{Text: h.T(i18n.SaveCaseNow), Icon: icon.All["teach"], Primary: true, Reason: reason})
		}))
	}))...)
}
