package widget

import (
	"image/color"

	"gioui.org/layout"
	"gioui.org/op"
	"gioui.org/op/paint"
	giotext "gioui.org/text"
	giowidget "gioui.org/widget"

	"github.com/vertefill/vertefill/ui/theme"
)

// Text is a line of text; what does not fit ends in an ellipsis.
func (e *Env) Text(r theme.Role, c color.NRGBA, s string) layout.Widget {
	return e.text(r, c, s, giotext.Start, 1)
}

// Paragraph is text over as many lines as it needs.
func (e *Env) Paragraph(r theme.Role, c color.NRGBA, s string) layout.Widget {
	return e.text(r, c, s, giotext.Start, 0)
}

// Centred is a paragraph with centred lines.
func (e *Env) Centred(r theme.Role, c color.NRGBA, s string) layout.Widget {
	return e.text(r, c, s, giotext.Middle, 0)
}

func (e *Env) text(r theme.Role, c color.NRGBA, s string, a giotext.Alignment, lines int) layout.Widget {
	return func(gtx layout.Context) layout.Dimensions {
		gtx.Constraints.Min.Y = 0
		if d, ok := e.letters.layout(gtx, e.Shaper, writing{role: r, ink: c, align: a, lines: lines, text: s}); ok {
			return d
		}
		m := op.Record(gtx.Ops)
		paint.ColorOp{Color: c}.Add(gtx.Ops)
		material := m.Stop()
		l := giowidget.Label{Alignment: a, MaxLines: lines, LineHeight: r.Line, LineHeightScale: 1}
		d := l.Layout(gtx, e.Shaper, r.Font(), r.Size, s, material)
		d.Size.X = max(d.Size.X, gtx.Constraints.Min.X)
		return d
	}
}

// Measure returns the width in px that the line would take.
func (e *Env) Measure(gtx layout.Context, r theme.Role, s string) int {
	m := op.Record(gtx.Ops)
	gtx.Constraints.Min.X, gtx.Constraints.Max.X = 0, 1e6
	d := e.Text(r, color.NRGBA{}, s)(gtx)
	m.Stop()
	return d.Size.X
}
