package panel

import (
	"image"
	"path/filepath"
	"strings"

	"gioui.org/layout"

	"github.com/vertefill/vertefill/internal/font"
	"github.com/vertefill/vertefill/internal/licence"
	"github.com/vertefill/vertefill/internal/text"
	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/icon"
	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/theme"
	"github.com/vertefill/vertefill/ui/widget"
)

// Settings is the dialog of what is remembered, in four parts: general, windows,
// limits of attention, about.
type Settings struct {
	modal   widget.Modal
	close   widget.ToolButton
	parts   widget.Segments
	part    int
	open    bool
	general general
	windows windowFields
	limits  limitFields
	about   about
}

// The ends of the interface scale, per cent, and its steps.
const scaleMin, scaleMax, scaleStep = 75, 200, 5

// Layout draws the dialog while it is open.
func (p *Settings) Layout(gtx layout.Context, h Host, version string) {
	if h.State.Overlay != model.SettingsDialog {
		p.open = false
		return
	}
	if !p.open {
		p.open = true
		p.general.fill(h)
		p.windows.fill(h)
		p.limits.fill(h)
	}
	if i := p.parts.Changed(gtx); i >= 0 {
		p.part = i
	}
	p.general.events(gtx, h)
	p.windows.events(gtx, h)
	p.limits.events(gtx, h)
	if p.modal.Dismissed() || p.close.Clicked(gtx) {
		h.Emit(model.SetOverlay{To: model.NoOverlay})
	}
	words := []string{h.T(i18n.TabGeneral), h.T(i18n.TabWindows), h.T(i18n.TabLimits), h.T(i18n.About)}
	p.modal.Layout(gtx, h.Env, 620, 96, func(gtx layout.Context) layout.Dimensions {
		return layout.Inset{Left: 20, Right: 20, Top: 12, Bottom: 20}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
			rows := []layout.FlexChild{
				layout.Rigid(func(gtx layout.Context) layout.Dimensions {
					return row(gtx, layout.Flexed(1, h.Text(theme.Section, h.Text1, h.T(i18n.Settings))),
						layout.Rigid(func(gtx layout.Context) layout.Dimensions {
							return p.close.Layout(gtx, h.Env, widget.ToolLook{Icon: icon.Close, Tip: widget.Tooltip{Name: h.T(i18n.Close), Key: h.T(i18n.KeyEsc)}})
						}))
				}),
				widget.Gap(8),
				layout.Rigid(func(gtx layout.Context) layout.Dimensions {
					return widget.Loose(gtx, func(gtx layout.Context) layout.Dimensions {
						return p.parts.Layout(gtx, h.Env, p.part, words, words, 28)
					})
				}),
				widget.Gap(12),
			}
			switch p.part {
			case 0:
				rows = append(rows, p.general.rows(h)...)
			case 1:
				rows = append(rows, p.windows.rows(h)...)
			case 2:
				rows = append(rows, p.limits.rows(h)...)
			default:
				rows = append(rows, p.about.rows(h, version)...)
			}
			return column(gtx, rows...)
		})
	})
}

// general is language, theme, places, scale, reader, names, watched folder,
// keys.
type general struct {
	lang, theme, place, names widget.Segments
	scale                     widget.Slider
	reader                    widget.Field
	unwatch, keys             widget.Button
}

func (p *general) fill(h Host) { p.reader.SetValue(h.State.Settings.Reader) }

func (p *general) events(gtx layout.Context, h Host) {
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
	if i := p.names.Changed(gtx); i >= 0 {
		h.Emit(model.ForgetNames{On: i == 1})
	}
	if p.scale.Changed(gtx) {
		to := scaleMin + scaleStep*int(p.scale.Value()*float32(scaleMax-scaleMin)/scaleStep+0.5)
		set(func(s *model.Settings) { s.Scale = to })
	}
	p.scale.SetValue(float32(x.Scale-scaleMin) / float32(scaleMax-scaleMin))
	if changed, _ := p.reader.Events(gtx); changed {
		h.Emit(model.SetReader{To: p.reader.Value()})
	}
	if p.unwatch.Clicked(gtx) {
		h.Emit(model.Watch{})
	}
	if p.keys.Clicked(gtx) {
		h.Emit(model.SetOverlay{To: model.Keyboard})
	}
}

func (p *general) rows(h Host) []layout.FlexChild {
	x := h.State.Settings
	pick := func(s *widget.Segments, selected int, words ...string) layout.Widget {
		return func(gtx layout.Context) layout.Dimensions { return s.Layout(gtx, h.Env, selected, words, words, 28) }
	}
	return []layout.FlexChild{
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
		setting(h, h.T(i18n.ReaderName), func(gtx layout.Context) layout.Dimensions {
			return widget.Fixed(gtx, 300, 30, func(gtx layout.Context) layout.Dimensions {
				return p.reader.Layout(gtx, h.Env, widget.FieldLook{Label: h.T(i18n.ReaderName), Hint: h.T(i18n.ReaderHint), Height: 30})
			})
		}),
		setting(h, h.T(i18n.NamesInRecent), pick(&p.names, index(x.NoNames), h.T(i18n.NamesKept), h.T(i18n.NamesForgotten))),
		setting(h, h.T(i18n.WatchedSetting), func(gtx layout.Context) layout.Dimensions {
			if x.Watched == "" {
				return h.Text(theme.Secondary, h.Text3, h.T(i18n.NoneWatched))(gtx)
			}
			return row(gtx, layout.Rigid(h.Text(theme.Secondary, h.Text2, filepath.Base(x.Watched))), widget.Gap(10),
				layout.Rigid(func(gtx layout.Context) layout.Dimensions {
					return p.unwatch.Layout(gtx, h.Env, widget.ButtonLook{Text: h.T(i18n.StopWatching), Small: true})
				}))
		}),
		setting(h, h.T(i18n.KeysSetting), func(gtx layout.Context) layout.Dimensions {
			return p.keys.Layout(gtx, h.Env, widget.ButtonLook{Text: h.T(i18n.ChangeKeys), Small: true, Key: "?"})
		}),
	}
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

// about says what the program is and lists the licences of what it is made
// with.
type about struct {
	list widget.List
	text []string // of the licences, once they were asked for
}

func (p *about) rows(h Host, version string) []layout.FlexChild {
	if p.text == nil {
		p.text = strings.Split("Inter ("+h.T(i18n.LicenceOf)+")\n\n"+font.Licence, "\n\n")
		for _, w := range licence.Works() {
			p.text = append(append(p.text, "", w.Name), strings.Split(w.Text, "\n\n")...)
		}
	}
	return []layout.FlexChild{
		layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return row(gtx, layout.Rigid(func(gtx layout.Context) layout.Dimensions { return icon.Mark(gtx, 32, h.Accent, h.MarkFill) }), widget.Gap(12),
				layout.Rigid(twoLines(false, h.Text(theme.Title, h.Text1, "Vertefill"), h.Text(theme.Secondary, h.Text2, h.T(i18n.VersionIs, "v", version)))))
		}),
		widget.Gap(10),
		layout.Rigid(h.Paragraph(theme.Secondary, h.Text2, h.T(i18n.AboutText))),
		widget.Gap(8),
		layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return widget.Card(gtx, h.Window, h.Line, theme.RadiusButton, func(gtx layout.Context) layout.Dimensions {
				gtx.Constraints.Max.Y = min(gtx.Dp(320), gtx.Constraints.Max.Y)
				gtx.Constraints.Min = image.Point{}
				return p.list.Layout(gtx, h.Env, len(p.text), func(gtx layout.Context, i int) layout.Dimensions {
					return layout.Inset{Left: 10, Right: 14, Top: 6}.Layout(gtx, h.Paragraph(theme.Caption, h.Text3, strings.ReplaceAll(p.text[i], "\n", " ")))
				})
			})
		}),
	}
}
