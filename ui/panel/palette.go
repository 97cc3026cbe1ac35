package panel

import (
	"image"

	"gioui.org/io/key"
	"gioui.org/layout"

	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/icon"
	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/theme"
	"github.com/vertefill/vertefill/ui/widget"
)

// Palette finds commands by a few letters.
type Palette struct {
	modal  widget.Modal
	query  widget.Field
	rows   []widget.Row
	list   widget.List
	chosen int
	open   bool
}

// Layout draws the palette while it is open.
func (p *Palette) Layout(gtx layout.Context, h Host) {
	if h.State.Overlay != model.Palette {
		p.open = false
		return
	}
	if !p.open {
		p.open, p.chosen = true, 0
		p.query.SetValue("")
		p.query.Focus()
	}
	all := commands(h)
	found := choose(all, p.query.Value())
	p.events(gtx, h, found)
	if p.modal.Dismissed() {
		h.Emit(model.SetOverlay{To: model.NoOverlay})
	}
	number := func(n int) string { return h.Lang.Number(float64(n), 0) }
	p.modal.Layout(gtx, h.Env, 600, 112, func(gtx layout.Context) layout.Dimensions {
		return column(gtx,
			layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				d := widget.Fixed(gtx, 0, 52, func(gtx layout.Context) layout.Dimensions {
					return layout.Inset{Left: 6, Right: 16}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
						gtx.Constraints.Min.Y = gtx.Constraints.Max.Y
						return row(gtx,
							layout.Flexed(1, func(gtx layout.Context) layout.Dimensions {
								return p.query.Layout(gtx, h.Env, widget.FieldLook{Label: h.T(i18n.Commands), Hint: h.T(i18n.Commands), Icon: icon.Search, Bare: true, Role: theme.Section, Height: 36})
							}),
							layout.Rigid(h.Text(theme.Secondary, h.Text3, h.T(i18n.PaletteCount, "n", number(len(found)), "total", number(len(all))))),
							widget.Gap(8),
							layout.Rigid(widget.KeyCap(h.Env, h.T(i18n.KeyEsc), h.Text2, h.Edge)))
					})
				})
				widget.At(gtx, image.Pt(0, d.Size.Y-1), widget.HLine(h.Line))
				return d
			}),
			layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				if len(found) == 0 {
					return layout.UniformInset(18).Layout(gtx, h.Text(theme.Body, h.Text3, h.T(i18n.NoCommand)))
				}
				gtx.Constraints.Max.Y = min(gtx.Dp(40)*min(len(found), 9), gtx.Constraints.Max.Y)
				return p.list.Layout(gtx, h.Env, len(found), func(gtx layout.Context, i int) layout.Dimensions {
					return p.row(gtx, h, i, found[i])
				})
			}),
			layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				widget.HLine(h.Line)(gtx)
				cap := func(s string) layout.FlexChild { return layout.Rigid(widget.KeyCap(h.Env, s, h.Text2, h.Edge)) }
				return layout.Inset{Left: 16, Top: 8, Bottom: 8}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
					return row(gtx, cap("↑"), widget.Gap(6), cap("↓"), widget.Gap(8), layout.Rigid(h.Text(theme.Secondary, h.Text2, h.T(i18n.Choose))),
						widget.Gap(16), cap("↵"), widget.Gap(8), layout.Rigid(h.Text(theme.Secondary, h.Text2, h.T(i18n.Run))),
						widget.Gap(16), layout.Flexed(1, h.Text(theme.Secondary, h.Text2, h.T(i18n.PalettePrefixes))))
				})
			}))
	})
}

func (p *Palette) events(gtx layout.Context, h Host, found []command) {
	changed, submitted := p.query.Events(gtx)
	if changed {
		p.chosen = 0
	}
	for {
		ev, ok := gtx.Event(key.Filter{Name: key.NameUpArrow}, key.Filter{Name: key.NameDownArrow})
		if !ok {
			break
		}
		if k, ok := ev.(key.Event); ok && k.State == key.Press && len(found) > 0 {
			step := 1
			if k.Name == key.NameUpArrow {
				step = len(found) - 1
			}
			p.chosen = (p.chosen + step) % len(found)
			p.list.Reveal(p.chosen)
		}
	}
	for len(p.rows) < len(found) {
		p.rows = append(p.rows, widget.Row{})
	}
	run := -1
	if submitted {
		run = p.chosen
	}
	for i := range found {
		if p.rows[i].Clicked(gtx) {
			run = i
		}
	}
	if run >= 0 && run < len(found) && found[run].reason == "" {
		h.Emit(model.SetOverlay{To: model.NoOverlay})
		h.Emit(found[run].do(gtx.Now))
	}
}

func (p *Palette) row(gtx layout.Context, h Host, i int, a command) layout.Dimensions {
	ink, mark := h.Text1, h.Text2
	if i == p.chosen {
		mark = h.Accent
	}
	if a.reason != "" {
		ink, mark = h.Text3, h.Text3
	}
	return p.rows[i].Layout(gtx, h.Env, a.title, 40, i == p.chosen, func(gtx layout.Context) layout.Dimensions {
		return layout.Inset{Left: 16, Right: 14}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
			children := []layout.FlexChild{
				layout.Rigid(func(gtx layout.Context) layout.Dimensions {
					if a.glyph != "" {
						return layout.Inset{Left: 2, Right: 2}.Layout(gtx, glyph(a.glyph, 13))
					}
					return icon.All[a.icon].Layout(gtx, 17, mark)
				}),
				widget.Gap(10),
				layout.Flexed(1, h.Text(theme.Label, ink, a.title)),
				layout.Rigid(h.Text(theme.Secondary, h.Text3, a.group)),
				layout.Rigid(func(gtx layout.Context) layout.Dimensions {
					return widget.Fixed(gtx, 110, 0, func(gtx layout.Context) layout.Dimensions {
						return layout.E.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
							gtx.Constraints.Min = image.Point{}
							return keyCaps(gtx, h, a.keys)
						})
					})
				}),
			}
			return row(gtx, children...)
		})
	})
}

// keyCaps draws the words of a shortcut, a cap for each of its keys.
func keyCaps(gtx layout.Context, h Host, keys []string) layout.Dimensions {
	if len(keys) == 0 {
		return layout.Dimensions{}
	}
	var children []layout.FlexChild
	for i, word := range keys {
		if i > 0 {
			children = append(children, widget.Gap(4))
		}
		children = append(children, layout.Rigid(widget.KeyCap(h.Env, word, h.Text2, h.Edge)))
	}
	return row(gtx, children...)
}
