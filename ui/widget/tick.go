package widget

import (
	"image"

	"gioui.org/io/semantic"
	"gioui.org/layout"

	"github.com/vertefill/vertefill/ui/icon"
	"github.com/vertefill/vertefill/ui/theme"
)

// Tick is a line with a box that is ticked or empty.
type Tick struct{ Area }

// Layout draws the line over the full width, with a count at its end.
func (t *Tick) Layout(gtx layout.Context, e *Env, on bool, text, count string, height int) layout.Dimensions {
	return t.Area.Layout(gtx, e, text, func(gtx layout.Context) layout.Dimensions {
		semantic.CheckBox.Add(gtx.Ops)
		semantic.SelectedOp(on).Add(gtx.Ops)
		size := image.Pt(gtx.Constraints.Max.X, height)
		gtx.Constraints = layout.Exact(size)
		if t.Hovered() {
			Fill(gtx, e.Raised, image.Rectangle{Max: size})
		}
		layout.Inset{Left: 14, Right: 14}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
			return layout.Flex{Alignment: layout.Middle}.Layout(gtx,
				layout.Rigid(func(gtx layout.Context) layout.Dimensions { return box(gtx, e, on) }), Gap(10),
				layout.Flexed(1, e.Text(theme.Body, e.Text1, text)), layout.Rigid(e.Text(theme.Secondary, e.Text3, count)))
		})
		return layout.Dimensions{Size: size}
	})
}

func box(gtx layout.Context, e *Env, on bool) layout.Dimensions {
	side := gtx.Dp(16)
	r := image.Rect(0, 0, side, side)
	if !on {
		Outline(gtx, e.Edge, r, theme.RadiusChip, 1.5)
		return layout.Dimensions{Size: r.Size()}
	}
	FillRound(gtx, e.Accent, r, theme.RadiusChip)
	At(gtx, image.Pt((side-gtx.Dp(12))/2, (side-gtx.Dp(12))/2), func(gtx layout.Context) layout.Dimensions { return icon.Check.Layout(gtx, 12, e.Ink) })
	return layout.Dimensions{Size: r.Size()}
}
