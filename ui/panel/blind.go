package panel

import (
	"image"
	"math"
	"slices"

	"gioui.org/layout"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/session"
	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/icon"
	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/theme"
	"github.com/vertefill/vertefill/ui/widget"
)

// Blind is the side panel of a session that is read without the program's
// result: it asks what the reader sees.
type Blind struct {
	list   widget.List
	levels map[anatomy.Level]*widget.Button
	leaks  map[anatomy.Compartment]*widget.Button
	kinds  map[anatomy.Compartment]*widget.Segments
	noLeak widget.Button
	fill   widget.Slider
	sign   widget.Button
}

func (p *Blind) events(gtx layout.Context, h Host) {
	if p.levels == nil {
		p.levels, p.leaks, p.kinds = map[anatomy.Level]*widget.Button{}, map[anatomy.Compartment]*widget.Button{}, map[anatomy.Compartment]*widget.Segments{}
		for _, r := range lessonLevels {
			for _, l := range r {
				p.levels[l] = &widget.Button{}
			}
		}
		for _, c := range anatomy.Compartments {
			p.leaks[c], p.kinds[c] = &widget.Button{}, &widget.Segments{}
		}
	}
	for l, b := range p.levels {
		if b.Clicked(gtx) {
			h.Emit(model.TreatedBlind{Level: l})
		}
	}
	for c, b := range p.leaks {
		if b.Clicked(gtx) {
			h.Emit(model.LeakBlind{Compartment: c})
		}
	}
	for c, x := range p.kinds {
		if i := x.Changed(gtx); i >= 0 {
			h.Emit(model.SayBlind{Change: func(v *session.AnswerLevel) {
				for k := range v.Leaks {
					if v.Leaks[k].Compartment == c {
						v.Leaks[k].Type = leakTypes[i]
					}
				}
			}})
		}
	}
	if p.noLeak.Clicked(gtx) {
		h.Emit(model.SayBlind{Change: func(v *session.AnswerLevel) { v.NoLeak, v.Leaks = true, []session.AnswerLeak{} }})
	}
	if p.fill.Changed(gtx) {
		to := math.Round(float64(p.fill.Value())*topFill*200) / 200
		h.Emit(model.SayBlind{Change: func(v *session.AnswerLevel) { v.Fill = &to }})
	}
	if p.sign.Clicked(gtx) {
		h.Do(gtx, "blind-sign")
	}
}

// Layout draws the panel over the maximum constraints.
func (p *Blind) Layout(gtx layout.Context, h Host) layout.Dimensions {
	size := gtx.Constraints.Max
	widget.Fill(gtx, h.Panel, image.Rectangle{Max: size})
	p.events(gtx, h)
	s := h.State
	lines := []layout.Widget{
		func(gtx layout.Context) layout.Dimensions {
			return layout.UniformInset(14).Layout(gtx, h.Paragraph(theme.Secondary, h.Text2, h.T(i18n.BlindWhat)))
		},
		h.question(1, i18n.BlindLevels, p.levelRows(h)),
	}
	if v := s.AnswerAt(s.Session.Blind.At); v != nil {
		lines = append(lines, p.fillOf(h, v), p.leaksOf(h, v))
	}
	reason := ""
	if why, which, blocked := s.BlindBlocked(); blocked {
		reason = h.T(why)
		if which != "" {
			reason = h.T(i18n.BlindWhich, "level", which, "why", reason)
		}
	}
	return layout.Flex{Axis: layout.Vertical}.Layout(gtx,
		layout.Rigid(func(gtx layout.Context) layout.Dimensions { return widget.Header(gtx, h.Env, h.T(i18n.BlindTitle), "") }),
		layout.Flexed(1, func(gtx layout.Context) layout.Dimensions {
			return p.list.Layout(gtx, h.Env, len(lines), func(gtx layout.Context, i int) layout.Dimensions { return lines[i](gtx) })
		}),
		layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return layout.UniformInset(14).Layout(gtx, func(gtx layout.Context) layout.Dimensions {
				var parts []layout.FlexChild
				switch n := len(s.Session.Signed); {
				case reason != "" && n == 0, reason != "" && reason != h.T(i18n.SignedAlready):
					parts = append(parts, layout.Rigid(h.Paragraph(theme.Secondary, h.Text3, reason)), widget.Gap(8))
				case n > 0:
					parts = append(parts, layout.Rigid(h.Paragraph(theme.Secondary, h.Text2, h.T(i18n.BlindSigned, "n", h.Lang.Number(float64(n), 0)))), widget.Gap(8))
				}
				return column(gtx, append(parts, layout.Rigid(func(gtx layout.Context) layout.Dimensions {
					gtx.Constraints.Min.X = gtx.Constraints.Max.X
					return p.sign.Layout(gtx, h.Env, widget.ButtonLook{Text: h.T(i18n.BlindSign), Icon: icon.Check, Primary: true, Large: true, Reason: reason})
				}))...)
			})
		}))
}

// levelRows are the buttons of all levels: treated ones are ticked, that whose
// answer is shown is filled.
func (p *Blind) levelRows(h Host) layout.Widget {
	return func(gtx layout.Context) layout.Dimensions {
		rows := []layout.FlexChild{layout.Rigid(h.Paragraph(theme.Secondary, h.Text3, h.T(i18n.BlindLevelsHow))), widget.Gap(6)}
		for _, r := range lessonLevels {
			rows = append(rows, layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				var line []layout.FlexChild
				for _, l := range r {
					look := widget.ButtonLook{Text: l.String(), Small: true, Primary: l == h.State.Session.Blind.At}
					if h.State.AnswerAt(l) != nil {
						look.Text = "✓ " + look.Text
					}
					line = append(line, layout.Rigid(func(gtx layout.Context) layout.Dimensions {
						return widget.Fixed(gtx, 58, 26, func(gtx layout.Context) layout.Dimensions { return p.levels[l].Layout(gtx, h.Env, look) })
					}), widget.Gap(4))
				}
				return row(gtx, line...)
			}), widget.Gap(4))
		}
		return column(gtx, rows...)
	}
}

func (p *Blind) fillOf(h Host, v *session.AnswerLevel) layout.Widget {
	said := "–"
	if v.Fill != nil {
		p.fill.SetValue(float32(*v.Fill / topFill))
		said = h.Lang.Unit(h.Lang.Percent(*v.Fill), "%")
	} else {
		p.fill.SetValue(0)
	}
	return h.titled(2, h.T(i18n.BlindFillOf, "level", v.Level.String()), func(gtx layout.Context) layout.Dimensions {
		return column(gtx, layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return row(gtx, layout.Flexed(1, h.Text(theme.Secondary, h.Text3, h.T(i18n.ScaleTo, "n", h.Lang.Unit(h.Lang.Number(100*topFill, 0), "%")))), layout.Rigid(h.Text(theme.Section, h.Text1, said)))
		}), widget.Gap(6), layout.Rigid(func(gtx layout.Context) layout.Dimensions { return p.fill.Layout(gtx, h.Env, h.T(i18n.AskFill)) }))
	})
}

func (p *Blind) leaksOf(h Host, v *session.AnswerLevel) layout.Widget {
	return h.titled(3, h.T(i18n.BlindLeaksOf, "level", v.Level.String()), func(gtx layout.Context) layout.Dimensions {
		rows := []layout.FlexChild{layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return widget.Loose(gtx, func(gtx layout.Context) layout.Dimensions {
				return p.noLeak.Layout(gtx, h.Env, widget.ButtonLook{Text: h.T(i18n.NoLeakSaid), Small: true, Primary: v.NoLeak})
			})
		}), widget.Gap(6)}
		has := func(c anatomy.Compartment) bool {
			return slices.ContainsFunc(v.Leaks, func(k session.AnswerLeak) bool { return k.Compartment == c })
		}
		for i := 0; i < len(anatomy.Compartments); i += 2 {
			rows = append(rows, layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				var line []layout.FlexChild
				for _, c := range anatomy.Compartments[i:min(i+2, len(anatomy.Compartments))] {
					line = append(line, layout.Flexed(0.5, func(gtx layout.Context) layout.Dimensions {
						return row(gtx, layout.Rigid(glyph(c, 12)), widget.Gap(6), layout.Flexed(1, func(gtx layout.Context) layout.Dimensions {
							gtx.Constraints.Min.X = gtx.Constraints.Max.X
							return p.leaks[c].Layout(gtx, h.Env, widget.ButtonLook{Text: h.T(i18n.LeakName(c)), Small: true, Primary: has(c)})
						}), widget.Gap(6))
					}))
				}
				return row(gtx, line...)
			}), widget.Gap(4))
		}
		for _, k := range v.Leaks {
			words, said := []string{}, []string{}
			for _, t := range leakTypes {
				words, said = append(words, string(t)), append(said, h.T(i18n.LeakName(k.Compartment))+" "+string(t))
			}
			rows = append(rows, layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				return row(gtx, layout.Rigid(glyph(k.Compartment, 12)), widget.Gap(6), layout.Flexed(1, h.Text(theme.Secondary, h.Text2, h.T(i18n.TypeOf, "what", h.T(i18n.LeakName(k.Compartment))))), layout.Rigid(func(gtx layout.Context) layout.Dimensions {
					gtx.Constraints.Min = image.Point{}
					return p.kinds[k.Compartment].Layout(gtx, h.Env, slices.Index(leakTypes, k.Type), words, said, 24)
				}))
			}), widget.Gap(4))
		}
		if c := h.State.Session.Blind.Armed; c != "" {
			rows = append(rows, layout.Rigid(iconText(h, icon.All["flag"], theme.Secondary, h.Accent, h.Text1, h.T(i18n.MarkIt, "what", h.T(i18n.LeakName(c))))))
		}
		return column(gtx, rows...)
	})
}
