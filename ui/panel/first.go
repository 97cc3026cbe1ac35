package panel

import (
	"image"

	"gioui.org/layout"

	"github.com/vertefill/vertefill/internal/text"
	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/icon"
	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/theme"
	"github.com/vertefill/vertefill/ui/widget"
)

// First is the one screen of a first run: language and theme.
type First struct {
	modal       widget.Modal
	lang, light widget.Segments
	begin       widget.Button
}

// Layout draws the screen while it is open.
func (p *First) Layout(gtx layout.Context, h Host) {
	if h.State.Overlay != model.FirstRun {
		return
	}
	if i := p.lang.Changed(gtx); i >= 0 {
		h.Emit(model.SetLang{To: []text.Lang{text.French, text.English}[i]})
	}
	if i := p.light.Changed(gtx); i >= 0 {
		h.Emit(model.SetSettings{Change: func(s *model.Settings) { s.Light = i == 1 }})
	}
	if p.begin.Clicked(gtx) {
		h.Emit(model.Welcome{})
	}
	p.modal.Dismissed() // stays until it is answered
	at := func(second bool) int {
		if second {
			return 1
		}
		return 0
	}
	p.modal.Layout(gtx, h.Env, 440, 220, func(gtx layout.Context) layout.Dimensions {
		return layout.UniformInset(24).Layout(gtx, func(gtx layout.Context) layout.Dimensions {
			choice := func(name i18n.Text, s *widget.Segments, chosen int, words ...string) layout.FlexChild {
				labels := []string{}
				for _, w := range words {
					labels = append(labels, h.T(name)+": "+w)
				}
				return layout.Rigid(func(gtx layout.Context) layout.Dimensions {
					return row(gtx, layout.Flexed(1, h.Text(theme.Body, h.Text1, h.T(name))), layout.Rigid(func(gtx layout.Context) layout.Dimensions {
						gtx.Constraints.Min = image.Point{}
						return s.Layout(gtx, h.Env, chosen, words, labels, 32)
					}))
				})
			}
			return column(gtx,
				layout.Rigid(func(gtx layout.Context) layout.Dimensions {
					return row(gtx, layout.Rigid(func(gtx layout.Context) layout.Dimensions { return icon.Mark(gtx, 32, h.Accent, h.MarkFill) }), widget.Gap(12),
						layout.Rigid(h.Text(theme.Title, h.Text1, "Vertefill")))
				}), widget.Gap(20),
				choice(i18n.Language, &p.lang, at(h.Lang == text.English), "Français", "English"), widget.Gap(12),
				choice(i18n.Theme, &p.light, at(h.Light), h.T(i18n.Dark), h.T(i18n.Light)), widget.Gap(16),
				layout.Rigid(h.Paragraph(theme.Secondary, h.Text3, h.T(i18n.FirstNote))), widget.Gap(16),
				layout.Rigid(func(gtx layout.Context) layout.Dimensions {
					gtx.Constraints.Min.X = gtx.Constraints.Max.X
					return p.begin.Layout(gtx, h.Env, widget.ButtonLook{Text: h.T(i18n.Begin), Primary: true, Large: true, Key: "⏎"})
				}))
		})
	})
}

// Memory asks what to do with images that would not fit into the memory.
type Memory struct {
	modal                  widget.Modal
	part, post, all, close widget.Button
	from, to               widget.Slider
	every                  widget.Segments
}

// Layout draws the dialog while it is open.
func (p *Memory) Layout(gtx layout.Context, h Host) {
	if h.State.Overlay != model.MemoryDialog {
		return
	}
	m := h.State.Memory
	p.events(gtx, h)
	p.modal.Layout(gtx, h.Env, 680, 180, func(gtx layout.Context) layout.Dimensions {
		return layout.UniformInset(20).Layout(gtx, func(gtx layout.Context) layout.Dimensions {
			reason, partly := "", ""
			if !m.PartFits() {
				reason = h.T(i18n.PartTooLarge)
			}
			if m.PartNeed() > m.Free {
				partly = h.T(i18n.StillTooLarge)
			}
			button := func(b *widget.Button, look widget.ButtonLook) layout.FlexChild {
				return layout.Rigid(func(gtx layout.Context) layout.Dimensions { return b.Layout(gtx, h.Env, look) })
			}
			every := 0
			if m.Load.Part.Second {
				every = 1
			}
			words := []string{h.T(i18n.EverySlice), h.T(i18n.SecondSlice)}
			return column(gtx,
				layout.Rigid(h.Paragraph(theme.Body, h.Text1, h.T(i18n.MemoryNeeds, "need", size(h.Lang, m.Need), "free", size(h.Lang, m.Free)))), widget.Gap(16),
				layout.Rigid(h.Text(theme.Heading, h.Text1, h.T(i18n.LoadSlices))), widget.Gap(8),
				p.bound(h, &p.from, i18n.FromSlice, m), widget.Gap(4), p.bound(h, &p.to, i18n.ToSlice, m), widget.Gap(8),
				layout.Rigid(func(gtx layout.Context) layout.Dimensions {
					return row(gtx, layout.Rigid(func(gtx layout.Context) layout.Dimensions {
						gtx.Constraints.Min = image.Point{}
						return p.every.Layout(gtx, h.Env, every, words, words, 26)
					}), space(), layout.Rigid(h.Text(theme.Label, h.Text1, h.T(i18n.PartNeeds, "need", size(h.Lang, m.PartNeed())))))
				}), widget.Gap(20),
				layout.Rigid(func(gtx layout.Context) layout.Dimensions {
					return row(gtx, button(&p.part, widget.ButtonLook{Text: h.T(i18n.LoadPart), Primary: true, Reason: partly}), widget.Gap(8),
						button(&p.post, widget.ButtonLook{Text: h.T(i18n.LoadPostOnly), Reason: reason}), widget.Gap(8),
						button(&p.all, widget.ButtonLook{Text: h.T(i18n.LoadAll)}), space(), button(&p.close, widget.ButtonLook{Text: h.T(i18n.DoNotLoad), Quiet: true}))
				}))
		})
	})
}

func (p *Memory) events(gtx layout.Context, h Host) {
	set := func(change func(*model.Part)) { h.Emit(model.SetPart{Change: change}) }
	if p.from.Changed(gtx) {
		v := float64(p.from.Value())
		set(func(x *model.Part) { x.From = v })
	}
	if p.to.Changed(gtx) {
		v := float64(p.to.Value())
		set(func(x *model.Part) { x.To = max(v, 0.05) })
	}
	if i := p.every.Changed(gtx); i >= 0 {
		set(func(x *model.Part) { x.Second = i == 1 })
	}
	switch {
	case p.modal.Dismissed(), p.close.Clicked(gtx):
		h.Emit(model.Leave{})
	case p.part.Clicked(gtx):
		h.Emit(model.LoadAnyway{Part: true, Now: gtx.Now})
	case p.post.Clicked(gtx):
		h.Emit(model.LoadAnyway{PostOnly: true, Now: gtx.Now})
	case p.all.Clicked(gtx):
		h.Emit(model.LoadAnyway{Now: gtx.Now})
	}
}

// bound is an end of the slices to be read: its name, a slider from foot to
// head, and its number in the control CT.
func (p *Memory) bound(h Host, s *widget.Slider, name i18n.Text, m model.MemoryShort) layout.FlexChild {
	n := 0
	for _, i := range m.Load.Series {
		if i >= 0 && m.Load.Study != nil && i < len(m.Load.Study.Series) {
			n = m.Load.Study.Series[i].Images
		}
	}
	from, to, _ := m.Load.Part.Slices(n)
	at, share := from+1, m.Load.Part.From
	if s == &p.to {
		at, share = to, m.Load.Part.To
		if share == 0 {
			share = 1
		}
	}
	s.SetValue(float32(share))
	return layout.Rigid(func(gtx layout.Context) layout.Dimensions {
		return row(gtx,
			layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				return widget.Fixed(gtx, 110, 20, h.Text(theme.Body, h.Text2, h.T(name)))
			}),
			layout.Flexed(1, func(gtx layout.Context) layout.Dimensions { return s.Layout(gtx, h.Env, h.T(name)) }), widget.Gap(10),
			layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				return widget.Fixed(gtx, 70, 20, h.Text(theme.Label, h.Text1, h.Lang.Number(float64(at), 0)+"/"+h.Lang.Number(float64(n), 0)))
			}))
	})
}
