package panel

import (
	"image"
	"image/color"

	"gioui.org/io/semantic"
	"gioui.org/layout"
	"gioui.org/op/clip"
	"gioui.org/op/paint"
	giowidget "gioui.org/widget"

	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/theme"
	"github.com/vertefill/vertefill/ui/widget"
)

// page is the sheet of paper in the preview, white in both themes: the picture of the very page that is printed.
type page struct {
	list   widget.List
	across giowidget.List
	of     *image.RGBA
	drawn  paint.ImageOp
}

// paperEdge is the line round the sheet.
var paperEdge = color.NRGBA{0xD9, 0xDD, 0xE0, 0xFF}

func (p *page) layout(gtx layout.Context, h Host) layout.Dimensions {
	v := &h.State.ReportView.Proof
	if x := float64(gtx.Metric.PxPerDp); x != v.PxPerDP {
		h.Emit(model.SetProof{Change: func(v *model.Proof) { v.PxPerDP = x }})
	}
	switch {
	case v.Error != "":
		return layout.UniformInset(20).Layout(gtx, h.Paragraph(theme.Body, h.Env.Error, h.T(i18n.ExportFailed, "why", v.Error)))
	case v.Shown == nil:
		return layout.UniformInset(20).Layout(gtx, h.Paragraph(theme.Body, h.Text3, h.T(i18n.MakingPictures)))
	}
	if p.of != v.Shown {
		p.of, p.drawn = v.Shown, paint.NewImageOp(v.Shown)
	}
	room := gtx.Constraints.Max.X
	sheet := v.Shown.Rect.Size()
	return p.list.Layout(gtx, h.Env, 1, func(gtx layout.Context, _ int) layout.Dimensions {
		p.across.Axis = layout.Horizontal
		gtx.Constraints.Max.Y = sheet.Y + 2*gtx.Dp(16)
		return p.across.List.Layout(gtx, 1, func(gtx layout.Context, _ int) layout.Dimensions {
			left := max(gtx.Dp(16), (room-sheet.X)/2)
			widget.At(gtx, image.Pt(left, gtx.Dp(16)), func(gtx layout.Context) layout.Dimensions {
				defer clip.Rect(image.Rectangle{Max: sheet}).Push(gtx.Ops).Pop()
				semantic.DescriptionOp(h.T(i18n.PageOf, "n", h.Lang.Number(float64(v.Page+1), 0), "of", h.Lang.Number(float64(v.Pages), 0))).Add(gtx.Ops)
				p.drawn.Add(gtx.Ops)
				paint.PaintOp{}.Add(gtx.Ops)
				widget.Outline(gtx, paperEdge, image.Rectangle{Max: sheet}, 0, 1)
				return layout.Dimensions{Size: sheet}
			})
			return layout.Dimensions{Size: image.Pt(max(room, sheet.X+2*left), sheet.Y+2*gtx.Dp(16))}
		})
	})
}
