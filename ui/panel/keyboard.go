package panel

import (
	"image"
	"strings"

	"gioui.org/layout"

	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/icon"
	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/theme"
	"github.com/vertefill/vertefill/ui/widget"
)

// KeyHelp lists all keys and what the mouse does, from the registry.
type KeyHelp struct {
	modal widget.Modal
	query widget.Field
	close widget.ToolButton
	open  bool
}

// helpLine is a key and what it does.
type helpLine struct{ keys, does string }

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
	}
	p.query.Events(gtx)
	if p.modal.Dismissed() || p.close.Clicked(gtx) {
		h.Emit(model.SetOverlay{To: model.NoOverlay})
	}
	sections := p.sections(h)
	p.modal.Layout(gtx, h.Env, 1020, 96, func(gtx layout.Context) layout.Dimensions {
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
				return layout.Inset{Left: 24, Right: 24, Top: 16, Bottom: 8}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
					var columns []layout.FlexChild
					for _, s := range sections {
						columns = append(columns, layout.Flexed(1, func(gtx layout.Context) layout.Dimensions { return s.layout(gtx, h) }))
					}
					return layout.Flex{}.Layout(gtx, columns...)
				})
			}),
			layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				return layout.Inset{Left: 24, Bottom: 16, Top: 8}.Layout(gtx, h.Text(theme.Secondary, h.Text3, h.T(i18n.KeysFoot)))
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
		for _, a := range model.Actions() {
			if a.Group != title || len(a.Keys) == 0 {
				continue
			}
			if l := (helpLine{a.Keys[0].String(h.Lang), h.T(a.Label)}); keep(l) {
				g.lines = append(g.lines, l)
			}
		}
		return g
	}
	mouse := helpGroup{title: i18n.Mouse}
	for _, m := range mouseHelp {
		if l := (helpLine{h.T(m[0]), h.T(m[1])}); keep(l) {
			mouse.lines = append(mouse.lines, l)
		}
	}
	return []helpColumn{
		{[]helpGroup{group(i18n.Looking)}},
		{[]helpGroup{mouse, group(i18n.Window)}},
		{[]helpGroup{group(i18n.Finding), group(i18n.Program)}},
	}
}

func (c helpColumn) layout(gtx layout.Context, h Host) layout.Dimensions {
	var lines []layout.FlexChild
	for _, g := range c.groups {
		if len(g.lines) == 0 {
			continue
		}
		lines = append(lines, layout.Rigid(h.Text(theme.Heading, h.Text1, h.T(g.title))), widget.Gap(6))
		for _, l := range g.lines {
			lines = append(lines, layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				return widget.Fixed(gtx, 0, 25, func(gtx layout.Context) layout.Dimensions {
					gtx.Constraints.Min.Y = gtx.Constraints.Max.Y
					return row(gtx,
						layout.Rigid(func(gtx layout.Context) layout.Dimensions {
							return widget.Fixed(gtx, 112, 0, func(gtx layout.Context) layout.Dimensions {
								return layout.W.Layout(gtx, widget.KeyCap(h.Env, l.keys, h.Text2, h.Edge))
							})
						}),
						layout.Flexed(1, h.Text(theme.Secondary, h.Text2, l.does)))
				})
			}))
		}
		lines = append(lines, widget.Gap(14))
	}
	return column(gtx, lines...)
}
