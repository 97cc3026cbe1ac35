package widget

import (
	"image"
	"image/color"

	"gioui.org/io/event"
	"gioui.org/io/key"
	"gioui.org/io/pointer"
	"gioui.org/io/semantic"
	"gioui.org/layout"
	"gioui.org/op"
	"gioui.org/op/clip"
	"gioui.org/op/paint"
	"gioui.org/unit"
	giowidget "gioui.org/widget"

	"github.com/vertefill/vertefill/ui/icon"
	"github.com/vertefill/vertefill/ui/theme"
)

// Button is a labelled push button.
type Button struct {
	click    giowidget.Clickable
	disabled bool
}

// ButtonLook is how a button shows and what it says.
type ButtonLook struct {
	Text    string
	Icon    icon.Icon // before the text; may be empty
	After   icon.Icon // after the text, as the chevron of a list
	Key     string    // keycap after the text; may be empty
	Primary bool      // one per panel
	Quiet   bool      // no ground nor outline until the pointer comes
	Large   bool      // 40 dp high instead of 32
	Small   bool      // 28 dp high
	Chosen  bool      // of what is on or off: on
	// Reason says why the button cannot be used; empty for a usable one.
	Reason string
}

// Clicked reports whether the button was pressed since the last call.
func (b *Button) Clicked(gtx layout.Context) bool { return b.click.Clicked(gtx) && !b.disabled }

// Layout draws the button as wide as its content, or as the minimum
// constraint asks.
func (b *Button) Layout(gtx layout.Context, e *Env, look ButtonLook) layout.Dimensions {
	disabled := look.Reason != ""
	fill, edge, ink := e.Raised, e.Edge, e.Text1
	switch hovered, pressed := b.click.Hovered(), b.click.Pressed(); {
	case look.Primary && pressed:
		fill, edge, ink = e.AccentPressed, color.NRGBA{}, e.Ink
	case look.Primary && hovered && !disabled:
		fill, edge, ink = e.AccentHover, color.NRGBA{}, e.Ink
	case look.Primary:
		fill, edge, ink = e.Accent, color.NRGBA{}, e.Ink
	case pressed:
		fill = e.Window
	case hovered && !disabled:
		fill = e.Palette.Pressed
	case look.Chosen:
		fill, edge, ink = e.Select, color.NRGBA{}, e.Accent
	case look.Quiet:
		fill, edge = color.NRGBA{}, color.NRGBA{}
	}
	height, pad := unit.Dp(32), unit.Dp(12)
	switch {
	case look.Large:
		height, pad = 40, 18
	case look.Small:
		height, pad = 28, 10
	}
	b.disabled = disabled
	if disabled {
		e.Hint(gtx, b, b.click.Hovered(), Tooltip{Name: look.Text, Sense: look.Reason})
	}
	return b.click.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
		semantic.Button.Add(gtx.Ops)
		semantic.LabelOp(look.Text).Add(gtx.Ops)
		semantic.SelectedOp(look.Chosen).Add(gtx.Ops)
		semantic.EnabledOp(!disabled).Add(gtx.Ops)
		if disabled {
			defer paint.PushOpacity(gtx.Ops, theme.DisabledOpacity).Pop()
		}
		m := op.Record(gtx.Ops)
		gtx.Constraints.Min.Y = gtx.Dp(height)
		gtx.Constraints.Max.Y = gtx.Dp(height)
		d := layout.Inset{Left: pad, Right: pad}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
			return layout.Center.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
				return b.content(gtx, e, look, ink)
			})
		})
		call := m.Stop()
		r := image.Rectangle{Max: d.Size}
		FillRound(gtx, fill, r, theme.RadiusButton)
		if edge.A > 0 {
			Outline(gtx, edge, r, theme.RadiusButton, 1)
		}
		call.Add(gtx.Ops)
		if gtx.Focused(&b.click) {
			e.focus = true
			FocusRing(gtx, e, r, theme.RadiusButton, 2)
		}
		return d
	})
}

func (b *Button) content(gtx layout.Context, e *Env, look ButtonLook, ink color.NRGBA) layout.Dimensions {
	gtx.Constraints.Min = image.Point{}
	row := []layout.FlexChild{}
	gap := func() {
		if len(row) > 0 {
			row = append(row, Gap(8))
		}
	}
	if look.Icon != "" {
		row = append(row, layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return look.Icon.Layout(gtx, 15, ink)
		}))
	}
	if look.Text != "" {
		gap()
		role := theme.Label
		if look.Primary {
			role = theme.Strong
		}
		row = append(row, layout.Rigid(e.Text(role, ink, look.Text)))
	}
	if look.After != "" {
		gap()
		row = append(row, layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return look.After.Layout(gtx, 12, ink)
		}))
	}
	if look.Key != "" {
		gap()
		keyInk, keyEdge := e.Text2, e.Edge
		if look.Primary {
			keyInk, keyEdge = ink, theme.WithAlpha(ink, 0.45)
		}
		row = append(row, layout.Rigid(KeyCap(e, look.Key, keyInk, keyEdge)))
	}
	return layout.Flex{Alignment: layout.Middle}.Layout(gtx, row...)
}

// ToolButton is a square button that shows an icon only.
type ToolButton struct {
	click    giowidget.Clickable
	disabled bool
}

// ToolLook is how a tool button shows. Tip.Name is its label.
type ToolLook struct {
	Icon     icon.Icon
	Tip      Tooltip
	Selected bool
	Reason   string // why it cannot be used; empty for a usable one
}

// Clicked reports whether the tool was pressed since the last call.
func (b *ToolButton) Clicked(gtx layout.Context) bool { return b.click.Clicked(gtx) && !b.disabled }

// Layout draws the button 34 dp square.
func (b *ToolButton) Layout(gtx layout.Context, e *Env, look ToolLook) layout.Dimensions {
	ink, fill := e.Text2, color.NRGBA{}
	switch {
	case look.Selected:
		ink, fill = e.Accent, e.Select
	case b.click.Pressed():
		ink, fill = e.Text1, e.Palette.Pressed
	case b.click.Hovered() && look.Reason == "":
		ink, fill = e.Text1, e.Raised
	}
	tip := look.Tip
	b.disabled = look.Reason != ""
	if b.disabled {
		tip.Sense = look.Reason
	}
	e.Hint(gtx, b, b.click.Hovered(), tip)
	return b.click.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
		semantic.Button.Add(gtx.Ops)
		semantic.LabelOp(look.Tip.Name).Add(gtx.Ops)
		semantic.SelectedOp(look.Selected).Add(gtx.Ops)
		semantic.EnabledOp(!b.disabled).Add(gtx.Ops)
		if b.disabled {
			defer paint.PushOpacity(gtx.Ops, theme.DisabledOpacity).Pop()
		}
		px := gtx.Dp(theme.ToolSize)
		r := image.Rect(0, 0, px, px)
		FillRound(gtx, fill, r, theme.RadiusButton)
		off := (px - gtx.Dp(theme.IconSize)) / 2
		At(gtx, image.Pt(off, off), func(gtx layout.Context) layout.Dimensions {
			return look.Icon.Layout(gtx, theme.IconSize, ink)
		})
		if gtx.Focused(&b.click) {
			e.focus = true
			FocusRing(gtx, e, r, theme.RadiusButton, 1)
		}
		return layout.Dimensions{Size: r.Max}
	})
}

// Area makes any drawing clickable: rows, cards, thumbnails.
type Area struct {
	click giowidget.Clickable
	ask   asking
}

// asking hears right clicks on an area, once somebody wants to know of them.
type asking struct{ wanted bool }

// Asked reports whether the area was clicked with the right button since the
// last call: its menu is wanted.
func (a *Area) Asked(gtx layout.Context) bool {
	a.ask.wanted = true
	asked := false
	for {
		ev, ok := gtx.Event(pointer.Filter{Target: &a.ask, Kinds: pointer.Press})
		if !ok {
			return asked
		}
		if e, ok := ev.(pointer.Event); ok && e.Kind == pointer.Press && e.Buttons.Contain(pointer.ButtonSecondary) {
			asked = true
		}
	}
}

// Clicked reports whether the area was clicked since the last call.
func (a *Area) Clicked(gtx layout.Context) bool { return a.click.Clicked(gtx) }

// Clicks returns the number of clicks in quick succession, 2 for a double
// click, 0 for none.
func (a *Area) Clicks(gtx layout.Context) int {
	c, ok := a.click.Update(gtx)
	if !ok {
		return 0
	}
	return max(c.NumClicks, 1)
}

// Focus gives the area the keyboard.
func (a *Area) Focus(gtx layout.Context) { gtx.Execute(key.FocusCmd{Tag: &a.click}) }

// Hovered reports whether the pointer is over the area.
func (a *Area) Hovered() bool { return a.click.Hovered() }

// Pressed reports whether the pointer presses the area.
func (a *Area) Pressed() bool { return a.click.Pressed() }

// Layout draws w and gives it the label for tests and accessibility.
func (a *Area) Layout(gtx layout.Context, e *Env, label string, w layout.Widget) layout.Dimensions {
	return a.click.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
		semantic.Button.Add(gtx.Ops)
		semantic.LabelOp(label).Add(gtx.Ops)
		d := w(gtx)
		if gtx.Focused(&a.click) {
			e.focus = true
			Outline(gtx, e.Accent, image.Rectangle{Max: d.Size}, theme.RadiusChip, 2)
		}
		defer clip.Rect(image.Rectangle{Max: d.Size}).Push(gtx.Ops).Pop()
		pointer.CursorDefault.Add(gtx.Ops)
		if a.ask.wanted {
			event.Op(gtx.Ops, &a.ask)
		}
		return d
	})
}

// FocusRing draws the 2 dp ring that shows the keyboard's focus, offset dp
// outside r, above everything so that no neighbour cuts it.
func FocusRing(gtx layout.Context, e *Env, r image.Rectangle, radius, offset unit.Dp) {
	m := op.Record(gtx.Ops)
	Outline(gtx, e.Accent, r.Inset(-gtx.Dp(offset+2)), radius+offset+2, 2)
	op.Defer(gtx.Ops, m.Stop())
}

// KeyCap draws the name of a key in a small frame, and nothing where there is
// no room for the whole name.
func KeyCap(e *Env, key string, ink, edge color.NRGBA) layout.Widget {
	return func(gtx layout.Context) layout.Dimensions {
		if e.Measure(gtx, theme.CaptionB, key)+gtx.Dp(10) > gtx.Constraints.Max.X {
			return layout.Dimensions{}
		}
		return Card(gtx, color.NRGBA{}, edge, theme.RadiusChip, func(gtx layout.Context) layout.Dimensions {
			gtx.Constraints.Min = image.Point{}
			return layout.Inset{Left: 5, Right: 5, Top: 1, Bottom: 1}.Layout(gtx, e.Text(theme.CaptionB, ink, key))
		})
	}
}
