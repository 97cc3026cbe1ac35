package widget

import (
	"image"
	"image/color"

	"gioui.org/io/event"
	"gioui.org/io/pointer"
	"gioui.org/layout"
	"gioui.org/op"
	"gioui.org/op/clip"
	"gioui.org/unit"

	"github.com/vertefill/vertefill/ui/icon"
	"github.com/vertefill/vertefill/ui/theme"
)

// Modal darkens the window, takes all pointer events and shows a dialog.
type Modal struct{ outside bool }

// Dismissed reports whether the darkened window was clicked since the last
// call.
func (m *Modal) Dismissed() bool {
	d := m.outside
	m.outside = false
	return d
}

// Layout draws the dialog width dp wide, top dp below the window's upper edge,
// as high as its content.
func (m *Modal) Layout(gtx layout.Context, e *Env, width, top unit.Dp, w layout.Widget) layout.Dimensions {
	for {
		ev, ok := gtx.Event(pointer.Filter{Target: m, Kinds: pointer.Press | pointer.Scroll,
			ScrollY: pointer.ScrollRange{Min: -1e6, Max: 1e6}, ScrollX: pointer.ScrollRange{Min: -1e6, Max: 1e6}})
		if !ok {
			break
		}
		if p, ok := ev.(pointer.Event); ok && p.Kind == pointer.Press {
			m.outside = true
		}
	}
	window := gtx.Constraints.Max
	all := clip.Rect(image.Rectangle{Max: window}).Push(gtx.Ops)
	event.Op(gtx.Ops, m)
	all.Pop()
	Fill(gtx, color.NRGBA{A: 158}, image.Rectangle{Max: window}) // black 62 %
	wide := min(gtx.Dp(width), window.X-gtx.Dp(32))
	at := image.Pt((window.X-wide)/2, min(gtx.Dp(top), window.Y/8))
	gtx.Constraints = layout.Constraints{Min: image.Pt(wide, 0), Max: image.Pt(wide, window.Y-at.Y-gtx.Dp(16))}
	defer op.Offset(at).Push(gtx.Ops).Pop()
	dialog := op.Record(gtx.Ops)
	d := Card(gtx, e.Panel, e.Edge, theme.RadiusDialog, w)
	call := dialog.Stop()
	defer clip.Rect(image.Rectangle{Max: d.Size}).Push(gtx.Ops).Pop()
	event.Op(gtx.Ops, &m.outside) // clicks beside controls stay in the dialog
	for {
		if _, ok := gtx.Event(pointer.Filter{Target: &m.outside, Kinds: pointer.Press}); !ok {
			break
		}
	}
	call.Add(gtx.Ops)
	return layout.Dimensions{Size: window}
}

// MenuItem is a line of a menu.
type MenuItem struct {
	Text    string
	Icon    icon.Icon
	Key     string
	Checked bool
	Mark    layout.Widget // drawn in place of the icon; nil for none
	Reason  string        // why it cannot be chosen; empty for a usable one
}

// Menu is a list of choices over the window, at a point.
type Menu struct {
	Open bool
	at   image.Point
	rows []Row
}

// Close closes the menu and reports whether it was open.
func (m *Menu) Close() bool {
	open := m.Open
	m.Open = false
	return open
}

// Show opens the menu at a px point of the window.
func (m *Menu) Show(at image.Point) { m.Open, m.at = true, at }

// Layout draws the menu if it is open and returns the index of the item that
// was chosen, or -1.
func (m *Menu) Layout(gtx layout.Context, e *Env, items []MenuItem) int {
	if !m.Open {
		return -1
	}
	for len(m.rows) < len(items) {
		m.rows = append(m.rows, Row{})
	}
	chosen := -1
	for i := range items {
		if m.rows[i].Clicked(gtx) && items[i].Reason == "" {
			chosen, m.Open = i, false
		}
	}
	for {
		ev, ok := gtx.Event(pointer.Filter{Target: m, Kinds: pointer.Press})
		if !ok {
			break
		}
		if p, ok := ev.(pointer.Event); ok && p.Kind == pointer.Press {
			m.Open = false
		}
	}
	window := gtx.Constraints.Max
	all := clip.Rect(image.Rectangle{Max: window}).Push(gtx.Ops)
	event.Op(gtx.Ops, m)
	all.Pop()
	width := gtx.Dp(258)
	height := len(items)*gtx.Dp(30) + 2*gtx.Dp(5)
	at := image.Pt(max(min(m.at.X, window.X-width-gtx.Dp(4)), 0), max(min(m.at.Y, window.Y-height-gtx.Dp(4)), 0))
	defer op.Offset(at).Push(gtx.Ops).Pop()
	box := image.Rect(0, 0, width, height)
	FillRound(gtx, e.Panel, box, theme.RadiusCard)
	Outline(gtx, e.Edge, box, theme.RadiusCard, 1)
	for i, item := range items {
		At(gtx, image.Pt(1, gtx.Dp(5)+i*gtx.Dp(30)), func(gtx layout.Context) layout.Dimensions {
			gtx.Constraints.Max.X = width - 2
			return m.item(gtx, e, &m.rows[i], item)
		})
	}
	return chosen
}

func (m *Menu) item(gtx layout.Context, e *Env, r *Row, item MenuItem) layout.Dimensions {
	ink := e.Text1
	if item.Reason != "" {
		ink = theme.WithAlpha(ink, theme.DisabledOpacity)
		e.Hint(gtx, r, r.Hovered(), Tooltip{Name: item.Text, Sense: item.Reason})
	}
	return r.Area.Layout(gtx, e, item.Text, func(gtx layout.Context) layout.Dimensions {
		size := image.Pt(gtx.Constraints.Max.X, gtx.Dp(30))
		gtx.Constraints = layout.Exact(size)
		if r.Hovered() && item.Reason == "" {
			Fill(gtx, e.Select, image.Rectangle{Max: size})
		}
		layout.Inset{Left: 12, Right: 12}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
			i := item.Icon
			if item.Checked {
				i = icon.Check
			}
			return layout.Flex{Alignment: layout.Middle}.Layout(gtx,
				layout.Rigid(func(gtx layout.Context) layout.Dimensions {
					if item.Mark != nil && !item.Checked {
						return layout.Inset{Left: 2, Right: 2}.Layout(gtx, item.Mark)
					}
					if i == "" {
						return layout.Dimensions{Size: image.Pt(gtx.Dp(16), 0)}
					}
					return i.Layout(gtx, 16, e.Text2)
				}),
				Gap(8),
				layout.Flexed(1, e.Text(theme.Body, ink, item.Text)),
				layout.Rigid(e.Text(theme.Secondary, e.Text3, item.Key)),
			)
		})
		return layout.Dimensions{Size: size}
	})
}

// Float draws the menu at a px offset from the present position, above
// everything and outside every clip, and returns the item chosen, or -1. For
// menus that hang on a control.
func (m *Menu) Float(gtx layout.Context, e *Env, at image.Point, items []MenuItem) int {
	record := op.Record(gtx.Ops)
	m.at = at
	const far = 1 << 14 // wider than any window, so that clicks beside the menu close it
	off := op.Offset(image.Pt(-far/2, -far/2)).Push(gtx.Ops)
	m.at = m.at.Add(image.Pt(far/2, far/2))
	gtx.Constraints = layout.Exact(image.Pt(far, far))
	chosen := m.Layout(gtx, e, items)
	off.Pop()
	op.Defer(gtx.Ops, record.Stop())
	return chosen
}

// Toast is a message in the lower middle of the window, above the status line,
// with a way back where there is one.
type Toast struct{ back Area }

// Layout draws the message; undo is the word of the way back, empty for none.
// It reports whether the way back was taken.
func (t *Toast) Layout(gtx layout.Context, e *Env, message, undo string) bool {
	taken := undo != "" && t.back.Clicked(gtx)
	window := gtx.Constraints.Max
	m := op.Record(gtx.Ops)
	gtx.Constraints.Min = image.Point{}
	gtx.Constraints.Max.X = min(gtx.Dp(620), window.X)
	d := Card(gtx, e.Panel, e.Edge, theme.RadiusCard, func(gtx layout.Context) layout.Dimensions {
		return layout.Inset{Left: 14, Right: 14, Top: 10, Bottom: 10}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
			if undo == "" {
				return e.Paragraph(theme.Body, e.Text1, message)(gtx)
			}
			return layout.Flex{Alignment: layout.Middle}.Layout(gtx,
				layout.Rigid(func(gtx layout.Context) layout.Dimensions { return icon.Check.Layout(gtx, 14, e.OK) }), Gap(10),
				layout.Rigid(e.Text(theme.Body, e.Text1, message)), Gap(10),
				layout.Rigid(func(gtx layout.Context) layout.Dimensions {
					return t.back.Layout(gtx, e, undo+": "+message, e.Text(theme.Label, e.Accent, undo))
				}))
		})
	})
	call := m.Stop()
	at := image.Pt((window.X-d.Size.X)/2, window.Y-d.Size.Y-gtx.Dp(theme.StatusHeight+14))
	defer op.Offset(at).Push(gtx.Ops).Pop()
	call.Add(gtx.Ops)
	return taken
}
