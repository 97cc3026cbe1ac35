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

// lessonLevels are the levels that a learner can name, in rows.
var lessonLevels = func() (rows [][]anatomy.Level) {
	for l, n := anatomy.T1, 0; l <= anatomy.L1.Below(4); l, n = l.Below(1), n+1 {
		if n%6 == 0 {
			rows = append(rows, nil)
		}
		rows[n/6] = append(rows[n/6], l)
	}
	return rows
}()

// asking is the side panel while a case is answered.
type asking struct {
	list          widget.List
	level, prior  map[anatomy.Level]*widget.Button
	leak          map[anatomy.Compartment]*widget.Button
	noLeak, clear widget.Button                            // no leak, no earlier cement
	kind          map[anatomy.Compartment]*widget.Segments // types of leaks
	canal         widget.Segments
	draw          [2]widget.Button
	give          widget.Button
}

// canDraw are the things drawn, in the order of the buttons.
var canDraw = [2]struct {
	of   teach.Drawn
	name i18n.Text
}{{teach.DrawnBody, i18n.AskBody}, {teach.DrawnCement, i18n.AskCement}}

func (p *asking) events(gtx layout.Context, h Host) {
	for l, b := range p.level {
		if b.Clicked(gtx) {
			h.Emit(model.Answering{Change: func(a *teach.Answer) { a.Level = l }})
		}
	}
	for l, b := range p.prior {
		if b.Clicked(gtx) {
			h.Emit(model.Answering{Change: func(a *teach.Answer) {
				a.NoPrior = false
				if i := slices.Index(a.Prior, l); i >= 0 {
					a.Prior = slices.Delete(a.Prior, i, i+1)
					return
				}
				a.Prior = append(a.Prior, l)
			}})
		}
	}
	for c, b := range p.leak {
		if b.Clicked(gtx) {
			h.Emit(model.ToggleLeak{Compartment: c})
		}
	}
	for c, x := range p.kind {
		if i := x.Changed(gtx); i >= 0 {
			h.Emit(model.Answering{Change: func(a *teach.Answer) {
				if a.Types == nil {
					a.Types = map[anatomy.Compartment]anatomy.LeakType{}
				}
				a.Types[c] = leakTypes[i]
			}})
		}
	}
	if p.noLeak.Clicked(gtx) {
		h.Emit(model.Answering{Change: func(a *teach.Answer) { a.NoLeak, a.Leaks, a.Marks, a.Types = true, []anatomy.Compartment{}, nil, nil }})
	}
	if p.clear.Clicked(gtx) {
		h.Emit(model.Answering{Change: func(a *teach.Answer) { a.NoPrior, a.Prior = true, nil }})
	}
	if i := p.canal.Changed(gtx); i >= 0 {
		h.Emit(model.Answering{Change: func(a *teach.Answer) { a.Canal = []teach.Said{teach.Yes, teach.No}[i] }})
	}
	for i := range p.draw {
		if p.draw[i].Clicked(gtx) {
			h.Emit(model.Draw{Of: canDraw[i].of})
		}
	}
	if p.give.Clicked(gtx) {
		h.Do(gtx, "answer")
	}
}

func (p *asking) layout(gtx layout.Context, h Host) layout.Dimensions {
	if p.level == nil {
		p.level, p.prior = map[anatomy.Level]*widget.Button{}, map[anatomy.Level]*widget.Button{}
		p.leak, p.kind = map[anatomy.Compartment]*widget.Button{}, map[anatomy.Compartment]*widget.Segments{}
		for _, r := range lessonLevels {
			for _, l := range r {
				p.level[l], p.prior[l] = &widget.Button{}, &widget.Button{}
			}
		}
		for _, c := range anatomy.Compartments {
			p.leak[c], p.kind[c] = &widget.Button{}, &widget.Segments{}
		}
	}
	p.events(gtx, h)
	play := h.State.Lesson.Play
	a := play.Answer
	lines := []layout.Widget{
		h.question(1, i18n.AskLevel, p.levels(h, p.level, func(l anatomy.Level) bool { return a.Level == l })),
		h.question(3, i18n.AskLeaks, p.leaks(h)),
		h.question(4, i18n.AskCanal, func(gtx layout.Context) layout.Dimensions {
			chosen := slices.Index([]teach.Said{teach.Yes, teach.No}, a.Canal)
			words := []string{h.T(i18n.Yes), h.T(i18n.No)}
			return widget.Loose(gtx, func(gtx layout.Context) layout.Dimensions {
				return p.canal.Layout(gtx, h.Env, chosen, words, []string{h.T(i18n.AskCanal) + " " + words[0], h.T(i18n.AskCanal) + " " + words[1]}, 28)
			})
		}),
		h.question(5, i18n.AskPrior, func(gtx layout.Context) layout.Dimensions {
			return column(gtx, layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				return widget.Loose(gtx, func(gtx layout.Context) layout.Dimensions {
					return p.clear.Layout(gtx, h.Env, widget.ButtonLook{Text: h.T(i18n.NoPriorSaid), Small: true, Primary: a.NoPrior})
				})
			}), widget.Gap(6), layout.Rigid(p.levels(h, p.prior, func(l anatomy.Level) bool { return slices.Contains(a.Prior, l) })))
		}),
		h.question(6, i18n.AskDrawHow, p.drawings(h)),
	}
	return layout.Flex{Axis: layout.Vertical}.Layout(gtx,
		layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return widget.Header(gtx, h.Env, h.T(i18n.CaseN, "n", h.Lang.Number(float64(play.At+1), 0)), "")
		}),
		layout.Flexed(1, func(gtx layout.Context) layout.Dimensions {
			return p.list.Layout(gtx, h.Env, len(lines), func(gtx layout.Context, i int) layout.Dimensions { return lines[i](gtx) })
		}),
		layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return layout.UniformInset(14).Layout(gtx, func(gtx layout.Context) layout.Dimensions {
				gtx.Constraints.Min.X = gtx.Constraints.Max.X
				return p.give.Layout(gtx, h.Env, widget.ButtonLook{Text: h.T(i18n.GiveAnswer), Icon: icon.Check, Primary: true, Large: true})
			})
		}))
}

// question is a numbered question over what answers it.
func (h Host) question(n int, t i18n.Text, w layout.Widget) layout.Widget {
	return h.titled(n, h.T(t), w)
}

// titled is a question in words of its own.
func (h Host) titled(n int, title string, w layout.Widget) layout.Widget {
	return func(gtx layout.Context) layout.Dimensions {
		d := layout.Inset{Left: 14, Right: 14, Top: 12, Bottom: 12}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
			return column(gtx, layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				return row(gtx, layout.Rigid(h.Text(theme.Secondary, h.Text3, h.Lang.Number(float64(n), 0))), widget.Gap(9), layout.Rigid(h.Text(theme.Heading, h.Text1, title)))
			}), widget.Gap(8), layout.Rigid(w))
		})
		widget.At(gtx, image.Pt(0, d.Size.Y-1), widget.HLine(h.Line))
		return d
	}
}

// levels are the buttons of all levels, six in a row.
func (p *asking) levels(h Host, buttons map[anatomy.Level]*widget.Button, chosen func(anatomy.Level) bool) layout.Widget {
	return func(gtx layout.Context) layout.Dimensions {
		var rows []layout.FlexChild
		for _, r := range lessonLevels {
			rows = append(rows, layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				var line []layout.FlexChild
				for _, l := range r {
					line = append(line, layout.Rigid(func(gtx layout.Context) layout.Dimensions {
						return widget.Fixed(gtx, 54, 26, func(gtx layout.Context) layout.Dimensions {
							return buttons[l].Layout(gtx, h.Env, widget.ButtonLook{Text: l.String(), Small: true, Primary: chosen(l)})
						})
					}), widget.Gap(4))
				}
				return row(gtx, line...)
			}), widget.Gap(4))
		}
		return column(gtx, rows...)
	}
}

// leaks are the buttons of the compartments, two in a row, each with its glyph.
func (p *asking) leaks(h Host) layout.Widget {
	play := h.State.Lesson.Play
	a := play.Answer
	return func(gtx layout.Context) layout.Dimensions {
		rows := []layout.FlexChild{layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return widget.Loose(gtx, func(gtx layout.Context) layout.Dimensions {
				return p.noLeak.Layout(gtx, h.Env, widget.ButtonLook{Text: h.T(i18n.NoLeakSaid), Small: true, Primary: a.NoLeak})
			})
		}), widget.Gap(6)}
		for i := 0; i < len(anatomy.Compartments); i += 2 {
			rows = append(rows, layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				var line []layout.FlexChild
				for _, c := range anatomy.Compartments[i:min(i+2, len(anatomy.Compartments))] {
					line = append(line, layout.Flexed(0.5, func(gtx layout.Context) layout.Dimensions {
						return row(gtx, layout.Rigid(glyph(c, 12)), widget.Gap(6), layout.Flexed(1, func(gtx layout.Context) layout.Dimensions {
							gtx.Constraints.Min.X = gtx.Constraints.Max.X
							return p.leak[c].Layout(gtx, h.Env, widget.ButtonLook{Text: h.T(i18n.LeakName(c)), Small: true, Primary: slices.Contains(a.Leaks, c)})
						}), widget.Gap(6))
					}))
				}
				return row(gtx, line...)
			}), widget.Gap(4))
		}
		rows = append(rows, p.typesOf(h)...)
		if play.Armed != "" {
			rows = append(rows, layout.Rigid(iconText(h, icon.All["flag"], theme.Secondary, h.Accent, h.Text1, h.T(i18n.MarkIt, "what", h.T(i18n.LeakName(play.Armed))))))
		}
		return column(gtx, rows...)
	}
}

// leakTypes are the types that a learner can name, as Yeom 2003 and the report
// call them.
var leakTypes = []anatomy.LeakType{anatomy.TypeB, anatomy.TypeS, anatomy.TypeC, anatomy.TypeD, anatomy.TypeT, anatomy.TypeE}

// typesOf asks the type of each leak that was named.
func (p *asking) typesOf(h Host) []layout.FlexChild {
	a := h.State.Lesson.Play.Answer
	var rows []layout.FlexChild
	for _, c := range a.Leaks {
		words, said := []string{}, []string{}
		for _, t := range leakTypes {
			words, said = append(words, string(t)), append(said, h.T(i18n.LeakName(c))+" "+string(t))
		}
		rows = append(rows, layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return row(gtx, layout.Rigid(glyph(c, 12)), widget.Gap(6), layout.Flexed(1, h.Text(theme.Secondary, h.Text2, h.T(i18n.TypeOf, "what", h.T(i18n.LeakName(c))))), layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				gtx.Constraints.Min = image.Point{}
				return p.kind[c].Layout(gtx, h.Env, slices.Index(leakTypes, a.Types[c]), words, said, 24)
			}))
		}), widget.Gap(4))
	}
	return rows
}

// drawings are the buttons that take an outline for the body or the cement.
func (p *asking) drawings(h Host) layout.Widget {
	play := h.State.Lesson.Play
	return func(gtx layout.Context) layout.Dimensions {
		var line []layout.FlexChild
		for i, x := range canDraw {
			look := widget.ButtonLook{Text: h.T(x.name), Icon: icon.All["curve"], Small: true, Primary: play.Draws == x.of}
			if n := h.State.Outlined(x.of); n > 0 {
				look.Icon, look.Key = icon.Check, h.Lang.Number(float64(n), 0)
			}
			line = append(line, layout.Rigid(func(gtx layout.Context) layout.Dimensions { return p.draw[i].Layout(gtx, h.Env, look) }), widget.Gap(8))
		}
		parts := []layout.FlexChild{layout.Rigid(func(gtx layout.Context) layout.Dimensions { return row(gtx, line...) })}
		if play.Draws != "" {
			parts = append(parts, widget.Gap(6), layout.Rigid(h.Text(theme.Secondary, h.Text2, h.T(i18n.DrawIt))))
		}
		return column(gtx, parts...)
	}
}
