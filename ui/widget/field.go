package widget

import (
	"image"

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

// Field is one line of text to type.
type Field struct {
	editor  giowidget.Editor
	wantKey bool
}

// FieldLook is how a field shows.
type FieldLook struct {
	Label  string // for accessibility and tests
	Hint   string // shown while empty
	Icon   icon.Icon
	Bare   bool // no ground nor outline, as in the palette
	Role   theme.Role
	Height unit.Dp
}

// Value returns the text.
func (f *Field) Value() string { return f.editor.Text() }

// SetValue replaces the text and puts the caret at its end.
func (f *Field) SetValue(s string) {
	f.editor.SetText(s)
	f.editor.SetCaret(f.editor.Len(), f.editor.Len())
}

// Focus gives the field the keyboard at its next layout.
func (f *Field) Focus() { f.wantKey = true }

// SelectAll selects the text, so that typing replaces it.
func (f *Field) SelectAll() { f.editor.SetCaret(f.editor.Len(), 0) }

// Events returns what happened since the last call.
func (f *Field) Events(gtx layout.Context) (changed, submitted bool) {
	f.editor.SingleLine, f.editor.Submit = true, true
	for {
		ev, ok := f.editor.Update(gtx)
		if !ok {
			return changed, submitted
		}
		switch ev.(type) {
		case giowidget.ChangeEvent:
			changed = true
		case giowidget.SubmitEvent:
			submitted = true
		}
	}
}

// Layout draws the field over the full width.
func (f *Field) Layout(gtx layout.Context, e *Env, look FieldLook) layout.Dimensions {
	f.editor.SingleLine, f.editor.Submit = true, true
	if f.wantKey {
		f.wantKey = false
		gtx.Execute(key.FocusCmd{Tag: &f.editor})
	}
	focused := gtx.Focused(&f.editor)
	if focused {
		e.editing = true
	}
	if look.Role == (theme.Role{}) {
		look.Role = theme.Body
	}
	if look.Height == 0 {
		look.Height = 32
	}
	size := image.Pt(gtx.Constraints.Max.X, gtx.Dp(look.Height))
	r := image.Rectangle{Max: size}
	if !look.Bare {
		FillRound(gtx, e.Window, r, theme.RadiusButton)
		if focused {
			Outline(gtx, e.Accent, r, theme.RadiusButton, 2)
		} else {
			Outline(gtx, e.Edge, r, theme.RadiusButton, 1)
		}
	}
	gtx.Constraints = layout.Exact(size)
	layout.Inset{Left: 10, Right: 10}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
		return layout.W.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
			gtx.Constraints.Min = image.Point{}
			row := []layout.FlexChild{}
			if look.Icon != "" {
				row = append(row, layout.Rigid(func(gtx layout.Context) layout.Dimensions {
					return look.Icon.Layout(gtx, 16, e.Text3)
				}), Gap(8))
			}
			row = append(row, layout.Flexed(1, func(gtx layout.Context) layout.Dimensions {
				return f.edit(gtx, e, look)
			}))
			return layout.Flex{Alignment: layout.Middle}.Layout(gtx, row...)
		})
	})
	return layout.Dimensions{Size: size}
}

func (f *Field) edit(gtx layout.Context, e *Env, look FieldLook) layout.Dimensions {
	if f.editor.Len() == 0 {
		At(gtx, image.Point{}, e.Text(look.Role, e.Text3, look.Hint))
	}
	colour := func(c paint.ColorOp) op.CallOp {
		m := op.Record(gtx.Ops)
		c.Add(gtx.Ops)
		return m.Stop()
	}
	f.editor.LineHeight, f.editor.LineHeightScale = look.Role.Line, 1
	gtx.Constraints.Min.X = gtx.Constraints.Max.X
	m := op.Record(gtx.Ops)
	d := f.editor.Layout(gtx, e.Shaper, look.Role.Font(), look.Role.Size,
		colour(paint.ColorOp{Color: e.Text1}), colour(paint.ColorOp{Color: theme.WithAlpha(e.Accent, 0.35)}))
	call := m.Stop()
	defer clip.Rect(image.Rectangle{Max: d.Size}).Push(gtx.Ops).Pop()
	semantic.Editor.Add(gtx.Ops)
	semantic.LabelOp(look.Label).Add(gtx.Ops)
	pointer.CursorText.Add(gtx.Ops)
	call.Add(gtx.Ops)
	return d
}
