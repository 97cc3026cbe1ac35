package panel

import (
	"image"
	"strings"

	"gioui.org/layout"

	"github.com/vertefill/vertefill/internal/font"
	"github.com/vertefill/vertefill/internal/text"
	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/icon"
	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/theme"
	"github.com/vertefill/vertefill/ui/widget"
)

// Settings is the dialog of language, theme, scale and the place of the pre
// CT, with About below.
type Settings struct {
	modal              widget.Modal
	close              widget.ToolButton
	lang, theme, place widget.Segments
	scale              widget.Slider
	licence            widget.List
}

// The ends of the interface scale, per cent, and its steps.
const scaleMin, scaleMax, scaleStep = 75, 200, 5

// Layout draws the dialog while it is open.
func (p *Settings) Layout(gtx layout.Context, h Host) {
	if h.State.Overlay != model.SettingsDialog {
		return
	}
	x := h.State.Settings
	set := func(change func(*model.Settings)) { h.Emit(model.SetSettings{Change: change}) }
	if i := p.lang.Changed(gtx); i >= 0 {
		h.Emit(model.SetLang{To: []text.Lang{text.French, text.English}[i]})
	}
	if i := p.theme.Changed(gtx); i >= 0 {
		set(func(s *model.Settings) { s.Light = i == 1 })
	}
	if i := p.place.Changed(gtx); i >= 0 {
		set(func(s *model.Settings) { s.PreRight = i == 1 })
	}
	if p.scale.Changed(gtx) {
		to := scaleMin + scaleStep*int(p.scale.Value()*float32(scaleMax-scaleMin)/scaleStep+0.5)
		set(func(s *model.Settings) { s.Scale = to })
	}
	p.scale.SetValue(float32(x.Scale-scaleMin) / float32(scaleMax-scaleMin))
	if p.modal.Dismissed() || p.close.Clicked(gtx) {
		h.Emit(model.SetOverlay{To: model.NoOverlay})
	}
	pick := func(s *widget.Segments, selected int, words ...string) layout.Widget {
		return func(gtx layout.Context) layout.Dimensions { return s.Layout(gtx, h.Env, selected, words, words, 28) }
	}
	p.modal.Layout(gtx, h.Env, 520, 96, func(gtx layout.Context) layout.Dimensions {
		return layout.Inset{Left: 20, Right: 20, Top: 12, Bottom: 20}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
			return column(gtx,
				layout.Rigid(func(gtx layout.Context) layout.Dimensions {
					return row(gtx, layout.Flexed(1, h.Text(theme.Section, h.Text1, h.T(i18n.Settings))),
						layout.Rigid(func(gtx layout.Context) layout.Dimensions {
							return p.close.Layout(gtx, h.Env, widget.ToolLook{Icon: icon.Close, Tip: widget.Tooltip{Name: h.T(i18n.Close), Key: h.T(i18n.KeyEsc)}})
						}))
				}),
				widget.Gap(8),
				setting(h, h.T(i18n.Language), pick(&p.lang, index(x.Lang == text.English), "Français", "English")),
				setting(h, h.T(i18n.Theme), pick(&p.theme, index(x.Light), h.T(i18n.Dark), h.T(i18n.Light))),
				setting(h, h.T(i18n.PrePosition), pick(&p.place, index(x.PreRight), h.T(i18n.OnTheLeft), h.T(i18n.OnTheRight))),
				setting(h, h.T(i18n.Scale), func(gtx layout.Context) layout.Dimensions {
					return row(gtx,
						layout.Rigid(func(gtx layout.Context) layout.Dimensions {
							return widget.Fixed(gtx, 190, 20, func(gtx layout.Context) layout.Dimensions {
								return p.scale.Layout(gtx, h.Env, h.T(i18n.Scale))
							})
						}),
						widget.Gap(10),
						layout.Rigid(h.Text(theme.Label, h.Text1, h.Lang.Unit(h.Lang.Number(float64(x.Scale), 0), "%"))))
				}),
				widget.Gap(16),
				layout.Rigid(h.Text(theme.Heading, h.Text1, h.T(i18n.About))),
				widget.Gap(6),
				layout.Rigid(h.Paragraph(theme.Secondary, h.Text2, h.T(i18n.AboutText))),
				widget.Gap(8),
				layout.Rigid(func(gtx layout.Context) layout.Dimensions { return p.licenceText(gtx, h) }))
		})
	})
}

func index(second bool) int {
	if second {
		return 1
	}
	return 0
}

// setting is a line of the dialog: its name left, the choice right.
func setting(h Host, name string, choice layout.Widget) layout.FlexChild {
	return layout.Rigid(func(gtx layout.Context) layout.Dimensions {
		return widget.Fixed(gtx, 0, 44, func(gtx layout.Context) layout.Dimensions {
			gtx.Constraints.Min.Y = gtx.Constraints.Max.Y
			return row(gtx, layout.Flexed(1, h.Text(theme.Label, h.Text2, name)), layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				return widget.Loose(gtx, choice)
			}))
		})
	})
}

func (p *Settings) licenceText(gtx layout.Context, h Host) layout.Dimensions {
	paragraphs := strings.Split(font.Licence, "\n\n")
	return widget.Card(gtx, h.Window, h.Line, theme.RadiusButton, func(gtx layout.Context) layout.Dimensions {
		gtx.Constraints.Max.Y = gtx.Dp(120)
		gtx.Constraints.Min = image.Point{}
		return p.licence.Layout(gtx, h.Env, len(paragraphs), func(gtx layout.Context, i int) layout.Dimensions {
			return layout.Inset{Left: 10, Right: 14, Top: 6}.Layout(gtx, h.Paragraph(theme.Caption, h.Text3, strings.ReplaceAll(paragraphs[i], "\n", " ")))
		})
	})
}
