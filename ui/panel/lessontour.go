package panel

import (
	"gioui.org/layout"

	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/icon"
	"github.com/vertefill/vertefill/ui/theme"
	"github.com/vertefill/vertefill/ui/widget"
)

// tour is the text of the step that is shown, large enough for a room.
type tour struct {
	back, on, full, edit widget.Button
	tools                tourTools
}

// Text of a tour, read from the back of a room.
var tourTitle, tourText = theme.Role{Size: 28, Line: 36, Weight: theme.BigValue.Weight}, theme.Role{Size: 20, Line: 30, Weight: theme.Body.Weight}

func (p *tour) layout(gtx layout.Context, h Host) layout.Dimensions {
	for button, id := range map[*widget.Button]string{&p.back: "tour-back", &p.on: "tour-on", &p.full: "fullscreen", &p.edit: "tour-edit"} {
		if button.Clicked(gtx) {
			h.Do(gtx, id)
		}
	}
	play := h.State.Lesson.Play
	step, _ := h.State.TourStep()
	count := h.T(i18n.TourStepOf, "n", h.Lang.Number(float64(play.Step+1), 0), "m", h.Lang.Number(float64(len(play.Case.Steps)), 0))
	reason := func(id string) string {
		a, _ := h.State.Find(id)
		return a.Reason(h.State)
	}
	last := play.Step+1 >= len(play.Case.Steps)
	return layout.UniformInset(24).Layout(gtx, func(gtx layout.Context) layout.Dimensions {
		return layout.Flex{Axis: layout.Vertical}.Layout(gtx,
			layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				edit := i18n.EditTour
				if play.Editing {
					edit = i18n.EditDone
				}
				return row(gtx, layout.Flexed(1, h.Text(theme.Lead, h.Text3, count)), layout.Rigid(func(gtx layout.Context) layout.Dimensions {
					return p.edit.Layout(gtx, h.Env, widget.ButtonLook{Text: h.T(edit), Icon: icon.All["note"], Quiet: !play.Editing, Small: true})
				}), widget.Gap(8), layout.Rigid(func(gtx layout.Context) layout.Dimensions {
					return p.full.Layout(gtx, h.Env, widget.ButtonLook{Text: h.T(i18n.FullScreen), Key: "F11", Quiet: true, Small: true})
				}))
			}), widget.Gap(16),
			layout.Rigid(h.Paragraph(tourTitle, h.Text1, step.Title.In(h.Lang))), widget.Gap(16),
			layout.Flexed(1, func(gtx layout.Context) layout.Dimensions {
				d := h.Paragraph(tourText, h.Text1, step.Text.In(h.Lang))(gtx)
				d.Size.Y = gtx.Constraints.Max.Y
				return d
			}),
			layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				if !play.Editing {
					return h.Paragraph(theme.Secondary, h.Text3, h.T(i18n.TourKeys))(gtx)
				}
				return p.tools.layout(gtx, h)
			}), widget.Gap(10),
			layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				return row(gtx,
					layout.Rigid(func(gtx layout.Context) layout.Dimensions {
						return p.back.Layout(gtx, h.Env, widget.ButtonLook{Text: h.T(i18n.TourBack), Icon: icon.All["prev"], Large: true, Reason: reason("tour-back")})
					}), space(),
					layout.Rigid(func(gtx layout.Context) layout.Dimensions {
						return p.on.Layout(gtx, h.Env, widget.ButtonLook{Text: h.T(i18n.TourOn), After: icon.All["next"], Large: true, Primary: !last, Reason: reason("tour-on")})
					}))
			}))
	})
}
