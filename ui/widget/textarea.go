package widget

import (
	"image"

	"gioui.org/io/pointer"
	"gioui.org/io/semantic"
	"gioui.org/layout"
	"gioui.org/op"
	"gioui.org/op/clip"
	"gioui.org/op/paint"
	"gioui.org/unit"
	giowidget "gioui.org/widget"

	"github.com/vertefill/vertefill/ui/theme"
)

// TextArea is text of several lines to type or, read only, to read and select.
type TextArea struct {
	ReadOnly bool
	editor   giowidget.Editor
	held     string
}

// Value returns the text.
func (t *TextArea) Value() string { return t.editor.Text() }

// SetValue replaces the text where it differs.
func (t *TextArea) SetValue(s string) {
	if s != t.held {
		t.editor.SetText(s)
		t.held = s
	}
}

// Changed reports whether the text was edited since the last call.
func (t *TextArea) Changed(gtx layout.Context) (changed bool) {
	t.editor.ReadOnly = t.ReadOnly
	for {
		ev, ok := t.editor.Update(gtx)
		if !ok {
			return changed
		}
		if _, ok := ev.(giowidget.ChangeEvent); ok {
			changed, t.held = true, t.editor.Text()
		}
	}
}

// Layout draws the area over all the room.
func (t *TextArea) Layout(gtx layout.Context, e *Env, label, hint string) layout.Dimensions {
	size := gtx.Constraints.Max
	r := image.Rectangle{Max: size}
	FillRound(gtx, e.Window, r, theme.RadiusButton)
	edge, width := e.Edge, 1
	if gtx.Focused(&t.editor) {
		edge, width = e.Accent, 2
		e.editing = !t.ReadOnly
	}
	Outline(gtx, edge, r, theme.RadiusButton, unit.Dp(width))
	gtx.Constraints = layout.Exact(size)
	layout.UniformInset(10).Layout(gtx, func(gtx layout.Context) layout.Dimensions {
		role := theme.Body
		if t.editor.Len() == 0 {
			At(gtx, image.Point{}, e.Text(role, e.Text3, hint))
		}
		colour := func(c paint.ColorOp) op.CallOp {
			m := op.Record(gtx.Ops)
			c.Add(gtx.Ops)
			return m.Stop()
		}
		t.editor.LineHeight, t.editor.LineHeightScale = role.Line, 1
		gtx.Constraints.Min = gtx.Constraints.Max
		m := op.Record(gtx.Ops)
		d := t.editor.Layout(gtx, e.Shaper, role.Font(), role.Size, colour(paint.ColorOp{Color: e.Text1}), colour(paint.ColorOp{Color: theme.WithAlpha(e.Accent, 0.35)}))
		call := m.Stop()
		defer clip.Rect(image.Rectangle{Max: d.Size}).Push(gtx.Ops).Pop()
		semantic.Editor.Add(gtx.Ops)
		semantic.LabelOp(label).Add(gtx.Ops)
		pointer.CursorText.Add(gtx.Ops)
		call.Add(gtx.Ops)
		return d
	})
	return layout.Dimensions{Size: size}
}
