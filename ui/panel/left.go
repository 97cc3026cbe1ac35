package panel

import (
	"gioui.org/layout"

	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/icon"
	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/theme"
	"github.com/vertefill/vertefill/ui/widget"
)

// Left lists the files of a folder that serve for nothing, each with its
// reason.
type Left struct {
	modal widget.Modal
	close widget.ToolButton
	list  widget.List
}

// Layout draws the dialog while it is open.
func (p *Left) Layout(gtx layout.Context, h Host) {
	if h.State.Overlay != model.LeftDialog {
		return
	}
	study := h.State.Browser.Preview
	if h.State.Browser.Empty != nil {
		study = h.State.Browser.Empty
	}
	if p.modal.Dismissed() || p.close.Clicked(gtx) || study == nil {
		h.Emit(model.SetOverlay{To: model.NoOverlay})
		return
	}
	number := func(n int) string { return h.Lang.Number(float64(n), 0) }
	p.modal.Layout(gtx, h.Env, 860, 90, func(gtx layout.Context) layout.Dimensions {
		return layout.Inset{Left: 20, Right: 14, Top: 10, Bottom: 14}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
			more := ""
			if len(study.Left) < study.Skipped {
				more = h.T(i18n.LeftMore, "n", number(len(study.Left)), "total", number(study.Skipped))
			}
			return column(gtx,
				layout.Rigid(func(gtx layout.Context) layout.Dimensions {
					return row(gtx, layout.Rigid(h.Text(theme.Section, h.Text1, h.T(i18n.LeftTitle))), widget.Gap(10),
						layout.Flexed(1, h.Text(theme.Secondary, h.Text3, more)),
						layout.Rigid(func(gtx layout.Context) layout.Dimensions {
							return p.close.Layout(gtx, h.Env, widget.ToolLook{Icon: icon.Close, Tip: widget.Tooltip{Name: h.T(i18n.Close), Key: h.T(i18n.KeyEsc)}})
						}))
				}),
				widget.Gap(8),
				layout.Rigid(func(gtx layout.Context) layout.Dimensions {
					if len(study.Left) == 0 {
						return h.Text(theme.Body, h.Text2, h.T(i18n.LeftNone))(gtx)
					}
					gtx.Constraints.Max.Y = min(gtx.Constraints.Max.Y, gtx.Dp(520))
					return p.list.Layout(gtx, h.Env, len(study.Left), func(gtx layout.Context, i int) layout.Dimensions {
						x := study.Left[i]
						name := x.Name
						if h.State.Anonymous {
							name = number(i + 1)
						}
						return layout.Inset{Top: 4, Bottom: 4, Right: 14}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
							return layout.Flex{}.Layout(gtx,
								layout.Rigid(func(gtx layout.Context) layout.Dimensions {
									return widget.Fixed(gtx, 330, 18, func(gtx layout.Context) layout.Dimensions { return h.Text(theme.Secondary, h.Text1, name)(gtx) })
								}), widget.Gap(12),
								layout.Flexed(1, h.Paragraph(theme.Secondary, h.Text2, x.Why.In(h.Lang))))
						})
					})
				}))
		})
	})
}
