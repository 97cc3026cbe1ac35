package panel

import (
	"image"

	"gioui.org/f32"
	"gioui.org/layout"
	"gioui.org/op"
	"gioui.org/op/clip"
	"gioui.org/op/paint"

	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/theme"
	"github.com/vertefill/vertefill/ui/widget"
)

// Rail lists the series of the open study beside the images. A click shows the
// series' views.
type Rail struct {
	list   widget.List
	areas  []widget.Area
	thumbs thumbs
}

// Layout draws the rail over the maximum constraints.
func (p *Rail) Layout(gtx layout.Context, h Host) layout.Dimensions {
	s := h.State
	size := gtx.Constraints.Max
	if s.Study == nil {
		return layout.Dimensions{Size: size}
	}
	for len(p.areas) < len(s.Study.Series) {
		p.areas = append(p.areas, widget.Area{})
	}
	for i := range s.Study.Series {
		if p.areas[i].Clicked(gtx) {
			for slot, l := range s.Loaded {
				if l.Series == i && l.Volume != nil {
					h.Emit(model.Focus{View: model.ViewID{Slot: model.Slot(slot), Content: s.Reading.Focus.Content}})
				}
			}
		}
	}
	return pane(gtx, h, size.X, func(gtx layout.Context) layout.Dimensions {
		return layout.Flex{Axis: layout.Vertical}.Layout(gtx,
			layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				return widget.Header(gtx, h.Env, h.T(i18n.Series), h.Lang.Number(float64(len(s.Study.Series)), 0))
			}),
			layout.Flexed(1, func(gtx layout.Context) layout.Dimensions {
				return p.list.Layout(gtx, h.Env, len(s.Study.Series), func(gtx layout.Context, i int) layout.Dimensions {
					return p.series(gtx, h, i)
				})
			}))
	})
}

func (p *Rail) series(gtx layout.Context, h Host, i int) layout.Dimensions {
	s, x := h.State, h.State.Study.Series[i]
	shown := s.Loaded[model.PreSlot].Series == i || s.Loaded[model.PostSlot].Series == i
	label := h.T(i18n.SeriesLabel, "n", h.Lang.Number(float64(i+1), 0))
	under := x.Description
	if x.Spacing[2] > 0 {
		under = h.T(i18n.CTSeries) + " " + h.Lang.Unit(h.Lang.Number(x.Spacing[2], 1), "mm")
	}
	date := ""
	if !h.State.Anonymous {
		date = h.Lang.Date(x.Date) + " " + h.Lang.Time(x.Time)
	}
	return layout.Inset{Left: 12, Right: 12, Top: 8}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
		return p.areas[i].Layout(gtx, h.Env, label, func(gtx layout.Context) layout.Dimensions {
			return column(gtx,
				layout.Rigid(func(gtx layout.Context) layout.Dimensions {
					d := p.thumbs.layout(gtx, x, dp(float32(gtx.Constraints.Max.X)/gtx.Metric.PxPerDp), 84)
					if shown {
						widget.Outline(gtx, h.Accent, image.Rectangle{Max: d.Size}.Inset(-gtx.Dp(1)), theme.RadiusChip, 2)
					}
					return d
				}),
				widget.Gap(4),
				layout.Rigid(func(gtx layout.Context) layout.Dimensions {
					return row(gtx, layout.Rigid(tag(h, x.Role)), widget.Gap(8), layout.Rigid(h.Text(theme.Secondary, h.Text3, h.Lang.Number(float64(x.Images), 0))))
				}),
				widget.Gap(4),
				layout.Rigid(h.Text(theme.Caption, h.Text3, under)),
				layout.Rigid(h.Text(theme.Caption, h.Text3, date)))
		})
	})
}

// cover draws an image so that it fills the frame, cut at two sides where the
// shapes differ.
func cover(gtx layout.Context, img paint.ImageOp, frame image.Point) {
	from := img.Size()
	if from.X == 0 || from.Y == 0 {
		return
	}
	scale := max(float32(frame.X)/float32(from.X), float32(frame.Y)/float32(from.Y))
	off := f32.Pt((float32(frame.X)-scale*float32(from.X))/2, (float32(frame.Y)-scale*float32(from.Y))/2)
	defer op.Affine(f32.AffineId().Scale(f32.Point{}, f32.Pt(scale, scale)).Offset(off)).Push(gtx.Ops).Pop()
	defer clip.Rect(image.Rectangle{Max: from}).Push(gtx.Ops).Pop()
	img.Add(gtx.Ops)
	paint.PaintOp{}.Add(gtx.Ops)
}
