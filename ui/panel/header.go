package panel

import (
	"gioui.org/layout"

	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/icon"
	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/theme"
	"github.com/vertefill/vertefill/ui/widget"
)

// Header lists the DICOM header of a series, searched by a few letters.
type Header struct {
	modal widget.Modal
	query widget.Field
	close widget.ToolButton
	list  widget.List
	open  bool
}

// Layout draws the dialog while it is open.
func (p *Header) Layout(gtx layout.Context, h Host) {
	if h.State.Overlay != model.HeaderDialog || h.State.Study == nil {
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
	x := h.State.Header
	var found []model.HeaderLine
	for _, l := range x.Lines {
		if matches(p.query.Value(), l.Tag+" "+l.VR+" "+l.Name+" "+l.Value) {
			found = append(found, l)
		}
	}
	number := func(n int) string { return h.Lang.Number(float64(n), 0) }
	p.modal.Layout(gtx, h.Env, 1000, 60, func(gtx layout.Context) layout.Dimensions {
		return layout.Inset{Left: 20, Right: 14, Top: 10, Bottom: 14}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
			return column(gtx,
				layout.Rigid(func(gtx layout.Context) layout.Dimensions {
					return row(gtx,
						layout.Rigid(h.Text(theme.Section, h.Text1, h.T(i18n.DICOMHeader))), widget.Gap(10),
						layout.Flexed(1, h.Text(theme.Secondary, h.Text3, h.T(i18n.HeaderOf, "series", h.State.Study.Series[x.Series].Description))),
						layout.Rigid(h.Text(theme.Secondary, h.Text3, h.T(i18n.HeaderCount, "n", number(len(found)), "total", number(len(x.Lines))))), widget.Gap(10),
						layout.Rigid(func(gtx layout.Context) layout.Dimensions {
							return widget.Fixed(gtx, 220, 30, func(gtx layout.Context) layout.Dimensions {
								return p.query.Layout(gtx, h.Env, widget.FieldLook{Label: h.T(i18n.HeaderSearch), Hint: h.T(i18n.HeaderSearch), Icon: icon.Search, Height: 30})
							})
						}), widget.Gap(8),
						layout.Rigid(func(gtx layout.Context) layout.Dimensions {
							return p.close.Layout(gtx, h.Env, widget.ToolLook{Icon: icon.Close, Tip: widget.Tooltip{Name: h.T(i18n.Close), Key: h.T(i18n.KeyEsc)}})
						}))
				}),
				widget.Gap(10),
				layout.Rigid(func(gtx layout.Context) layout.Dimensions {
					switch {
					case h.State.Anonymous:
						return h.Paragraph(theme.Body, h.Text2, h.T(i18n.HeaderHidden))(gtx)
					case x.Error != "":
						return h.Paragraph(theme.Body, h.Text1, x.Error)(gtx)
					}
					gtx.Constraints.Max.Y = min(gtx.Constraints.Max.Y, gtx.Dp(620))
					return p.list.Layout(gtx, h.Env, len(found), func(gtx layout.Context, i int) layout.Dimensions { return headerLine(gtx, h, found[i]) })
				}))
		})
	})
}

func headerLine(gtx layout.Context, h Host, l model.HeaderLine) layout.Dimensions {
	cell := func(width dp, w layout.Widget) layout.FlexChild {
		return layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return widget.Fixed(gtx, width, 0, func(gtx layout.Context) layout.Dimensions { return layout.W.Layout(gtx, w) })
		})
	}
	return widget.Fixed(gtx, 0, 22, func(gtx layout.Context) layout.Dimensions {
		gtx.Constraints.Min.Y = gtx.Constraints.Max.Y
		return row(gtx, widget.Gap(dp(16*l.Depth)),
			cell(100, h.Text(theme.Secondary, h.Text3, l.Tag)), cell(34, h.Text(theme.Secondary, h.Text3, l.VR)),
			cell(280, h.Text(theme.Secondary, h.Text2, l.Name)), layout.Flexed(1, h.Text(theme.Secondary, h.Text1, l.Value)))
	})
}
