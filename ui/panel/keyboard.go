package panel

import (
	"image"
	"strings"

	"gioui.org/io/key"
	"gioui.org/layout"

	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/icon"
	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/theme"
	"github.com/vertefill/vertefill/ui/widget"
)

// KeyHelp lists all keys and what the mouse does, from the registry. A click on
// a line asks for another key.
type KeyHelp struct {
	modal widget.Modal
	query widget.Field
	close widget.ToolButton
	reset widget.Button
	rows  map[string]*widget.Area // by id of their action
	list  widget.List
	open  bool
}

// helpLine is a key and what it does; id is the action whose key can be
// changed, empty for the mouse.
type helpLine struct{ keys, does, id string }

// mouseHelp is what the registry cannot hold.
var mouseHelp = [][2]i18n.Text{
	{i18n.KeyWheel, i18n.WheelDoes}, {i18n.CtrlWheel, i18n.ZoomDoes}, {i18n.AltWheel, i18n.SlabDoes},
	{i18n.KeyLeft, i18n.LeftDoes}, {i18n.KeyMiddle, i18n.MiddleDoes}, {i18n.KeyRight, i18n.RightDoes},
	{i18n.KeyDouble, i18n.DoubleDoes}, {i18n.BoxWindow, i18n.BoxDoes}, {i18n.HoldSpace, i18n.HideOverlay}, {i18n.HoldFlicker, i18n.FlickerDoes},
}

// Layout draws the page while it is open.
func (p *KeyHelp) Layout(gtx layout.Context, h Host) {
	if h.State.Overlay != model.Keyboard {
		p.open = false
		return
	}
	if !p.open {
		p.open = true
		p.query.SetValue("")
		p.query.Focus()
		p.rows = map[string]*widget.Area{}
	}
	p.query.Events(gtx)
	if p.modal.Dismissed() || p.close.Clicked(gtx) {
		h.Emit(model.SetOverlay{To: model.NoOverlay})
	}
	if p.reset.Clicked(gtx) {
		h.Emit(model.ResetKeys{})
	}
	for id, row := range p.rows {
		if row.Clicked(gtx) {
			gtx.Execute(key.FocusCmd{}) // the next key is no text
			h.Emit(model.AskKey{ID: id})
		}
	}
	sections := p.sections(h)
	p.modal.Layout(gtx, h.Env, 1320, 60, func(gtx layout.Context) layout.Dimensions {
		return column(gtx,
			layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				d := widget.Fixed(gtx, 0, 52, func(gtx layout.Context) layout.Dimensions {
					return layout.Inset{Left: 20, Right: 14}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
						gtx.Constraints.Min.Y = gtx.Constraints.Max.Y
						return row(gtx,
							layout.Rigid(func(gtx layout.Context) layout.Dimensions { return icon.Keyboard.Layout(gtx, 20, h.Text2) }),
							widget.Gap(8), layout.Rigid(h.Text(theme.Section, h.Text1, h.T(i18n.Help))), space(),
							layout.Rigid(func(gtx layout.Context) layout.Dimensions {
								return widget.Fixed(gtx, 200, 30, func(gtx layout.Context) layout.Dimensions {
									return p.query.Layout(gtx, h.Env, widget.FieldLook{Label: h.T(i18n.SearchKey), Hint: h.T(i18n.SearchKey), Icon: icon.Search, Height: 30})
								})
							}),
							widget.Gap(8),
							layout.Rigid(func(gtx layout.Context) layout.Dimensions {
								return p.close.Layout(gtx, h.Env, widget.ToolLook{Icon: icon.Close, Tip: widget.Tooltip{Name: h.T(i18n.Close), Key: h.T(i18n.KeyEsc)}})
							}))
					})
				})
				widget.At(gtx, image.Pt(0, d.Size.Y-1), widget.HLine(h.Line))
				return d
			}),
			layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				gtx.Constraints.Max.Y -= gtx.Dp(48) // the foot's
				return layout.Inset{Left: 24, Right: 12, Top: 12, Bottom: 4}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
					gtx.Constraints.Max.Y = min(gtx.Constraints.Max.Y, gtx.Dp(640))
					return p.list.Layout(gtx, h.Env, 1, func(gtx layout.Context, _ int) layout.Dimensions {
						var columns []layout.FlexChild
						for _, s := range sections {
							columns = append(columns, layout.Flexed(1, func(gtx layout.Context) layout.Dimensions { return s.layout(gtx, h, p) }))
						}
						return layout.Flex{}.Layout(gtx, columns...)
					})
				})
			}),
			layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				foot, ink := h.T(i18n.KeysFoot), h.Text3
				if a, ok := model.Find(h.State.Asking); ok {
					foot, ink = h.T(i18n.PressKey, "action", h.T(a.Label)), h.Accent
				}
				return layout.Inset{Left: 24, Right: 24, Bottom: 12, Top: 6}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
					children := []layout.FlexChild{layout.Flexed(1, h.Text(theme.Secondary, ink, foot))}
					if len(h.State.Settings.Keys) > 0 {
						children = append(children, layout.Rigid(func(gtx layout.Context) layout.Dimensions {
							return p.reset.Layout(gtx, h.Env, widget.ButtonLook{Text: h.T(i18n.ResetKeys), Small: true})
						}))
					}
					return row(gtx, children...)
				})
			}))
	})
}

// helpColumn is a column of the page: one or two groups.
type helpColumn struct{ groups []helpGroup }

type helpGroup struct {
	title i18n.Text
	lines []helpLine
}

func (p *KeyHelp) sections(h Host) []helpColumn {
	query := strings.ToLower(p.query.Value())
	keep := func(l helpLine) bool {
		return strings.Contains(strings.ToLower(l.keys+" "+l.does), query)
	}
	group := func(title i18n.Text) helpGroup {
		g := helpGroup{title: title}
		for _, a := range h.State.Registry() {
			if a.Group != title {
				continue
			}
			l := helpLine{does: h.T(a.Label), id: a.ID}
			if len(a.Keys) > 0 {
				l.keys = a.Keys[0].String(h.Lang)
			} else if own, _ := model.Find(a.ID); len(own.Keys) == 0 && query == "" {
				continue // what has no key is found by its name
			}
			if keep(l) {
				g.lines = append(g.lines, l)
			}
		}
		return g
	}
	mouse := helpGroup{title: i18n.Mouse}
	for _, m := range mouseHelp {
		if l := (helpLine{keys: h.T(m[0]), does: h.T(m[1])}); keep(l) {
			mouse.lines = append(mouse.lines, l)
		}
	}
	return []helpColumn{
		{[]helpGroup{group(i18n.Looking)}},
		{[]helpGroup{mouse, group(i18n.Window), group(i18n.Comparing)}},
		{[]helpGroup{group(i18n.Finding), group(i18n.Measuring), group(i18n.Cine)}},
		{others(h, group)},
	}
}

// others are the groups of the registry that stand in no column above, the
// program's last.
func others(h Host, group func(i18n.Text) helpGroup) []helpGroup {
	placed := map[i18n.Text]bool{i18n.Looking: true, i18n.Window: true, i18n.Comparing: true, i18n.Finding: true, i18n.Measuring: true, i18n.Cine: true, i18n.Program: true}
	var out []helpGroup
	for _, a := range h.State.Registry() {
		if !placed[a.Group] {
			placed[a.Group] = true
			out = append(out, group(a.Group))
		}
	}
	return append(out, group(i18n.Program))
}

func (c helpColumn) layout(gtx layout.Context, h Host, p *KeyHelp) layout.Dimensions {
	var lines []layout.FlexChild
	for _, g := range c.groups {
		if len(g.lines) == 0 {
			continue
		}
		lines = append(lines, layout.Rigid(h.Text(theme.Heading, h.Text1, h.T(g.title))), widget.Gap(6))
		for _, l := range g.lines {
			lines = append(lines, layout.Rigid(func(gtx layout.Context) layout.Dimensions { return p.line(gtx, h, l) }))
		}
		lines = append(lines, widget.Gap(14))
	}
	return column(gtx, lines...)
}

// line is a key with what it does. The line whose key is asked for is lit.
func (p *KeyHelp) line(gtx layout.Context, h Host, l helpLine) layout.Dimensions {
	draw := func(gtx layout.Context) layout.Dimensions {
		return widget.Fixed(gtx, 0, 24, func(gtx layout.Context) layout.Dimensions {
			gtx.Constraints.Min.Y = gtx.Constraints.Max.Y
			ink, edge, keys := h.Text2, h.Edge, l.keys
			if l.id != "" && l.id == h.State.Asking {
				ink, edge = h.Accent, h.Accent
			}
			if keys == "" {
				keys = "–"
			}
			return row(gtx,
				layout.Rigid(func(gtx layout.Context) layout.Dimensions {
					return widget.Fixed(gtx, 104, 0, func(gtx layout.Context) layout.Dimensions {
						return layout.W.Layout(gtx, widget.KeyCap(h.Env, keys, ink, edge))
					})
				}),
				layout.Flexed(1, h.Text(theme.Secondary, ink, l.does)), widget.Gap(8))
		})
	}
	if l.id == "" {
		return draw(gtx)
	}
	area := p.rows[l.id]
	if area == nil {
		area = &widget.Area{}
		p.rows[l.id] = area
	}
	return area.Layout(gtx, h.Env, h.T(i18n.ChangeKey, "action", l.does), draw)
}
