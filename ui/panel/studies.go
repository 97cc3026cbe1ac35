package panel

import (
	"image"
	"path/filepath"
	"strings"
	"time"

	"gioui.org/layout"

	"github.com/vertefill/vertefill/internal/text"
	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/icon"
	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/theme"
	"github.com/vertefill/vertefill/ui/widget"
)

// Studies is the first workspace: recent studies, the folder browser and the
// preview of what a folder holds; or, as long as nothing was ever opened, the
// empty screen.
type Studies struct {
	empty   empty
	recent  recent
	browser browser
	preview preview
}

// Layout draws the workspace over the whole room.
func (p *Studies) Layout(gtx layout.Context, h Host) layout.Dimensions {
	b := h.State.Browser
	if !b.Open && len(h.State.Settings.Recent) == 0 {
		return p.empty.layout(gtx, h)
	}
	size := gtx.Constraints.Max
	left := gtx.Dp(288)
	middle := gtx.Dp(440)
	if size.X < gtx.Dp(1240) {
		left, middle = gtx.Dp(220), gtx.Dp(380)
	}
	if size.X < left+middle+gtx.Dp(leastPreview) { // no room for three: the recent studies until a folder is looked into
		if b.Preview != nil {
			left, middle = 0, size.X-gtx.Dp(leastPreview)
		} else {
			left, middle = gtx.Dp(220), size.X-gtx.Dp(220)
		}
	}
	return layout.Flex{}.Layout(gtx,
		layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			if left == 0 {
				return layout.Dimensions{}
			}
			return pane(gtx, h, left, func(gtx layout.Context) layout.Dimensions { return p.recent.layout(gtx, h) })
		}),
		layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return p.browser.layout(gtx, h, middle)
		}),
		layout.Flexed(1, func(gtx layout.Context) layout.Dimensions {
			if gtx.Constraints.Max.X == 0 {
				return layout.Dimensions{}
			}
			widget.Fill(gtx, h.Panel, image.Rectangle{Max: gtx.Constraints.Max})
			return p.preview.layout(gtx, h)
		}),
	)
}

// leastPreview is the smallest room for the series of a folder.
const leastPreview = dp(340)

// CloseMenu closes the list of roles and reports whether it was open.
func (p *Studies) CloseMenu() bool { return p.preview.menu.Close() }

// recent lists the studies opened before.
type recent struct {
	list widget.List
	rows []widget.Row
	new  []widget.Row // of the watched folder
}

func (p *recent) layout(gtx layout.Context, h Host) layout.Dimensions {
	items := h.State.Settings.Recent
	for len(p.rows) < len(items) {
		p.rows = append(p.rows, widget.Row{})
	}
	for i := range items {
		if p.rows[i].Clicked(gtx) {
			h.Emit(model.Browse{Dir: filepath.Dir(items[i].Path)})
			h.Emit(model.Preview{Path: items[i].Path, Row: -1, Now: gtx.Now})
		}
	}
	return layout.Flex{Axis: layout.Vertical}.Layout(gtx,
		layout.Rigid(func(gtx layout.Context) layout.Dimensions { return p.arrived(gtx, h) }),
		layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return widget.Header(gtx, h.Env, h.T(i18n.RecentStudies), "", layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				return icon.Clock.Layout(gtx, 16, h.Text3)
			}))
		}),
		layout.Flexed(1, func(gtx layout.Context) layout.Dimensions {
			if len(items) == 0 {
				layout.UniformInset(14).Layout(gtx, h.Paragraph(theme.Secondary, h.Text3, h.T(i18n.NoRecent)))
				return layout.Dimensions{Size: gtx.Constraints.Max}
			}
			return p.list.Layout(gtx, h.Env, len(items), func(gtx layout.Context, i int) layout.Dimensions {
				return p.item(gtx, h, i, items[i])
			})
		}),
	)
}

// arrived lists what is new in the watched folder, above the recent studies.
func (p *recent) arrived(gtx layout.Context, h Host) layout.Dimensions {
	dir, items := h.State.Settings.Watched, h.State.Arrived
	if dir == "" {
		return layout.Dimensions{}
	}
	for len(p.new) < len(items) {
		p.new = append(p.new, widget.Row{})
	}
	for i := range items {
		if p.new[i].Clicked(gtx) {
			h.Emit(model.Browse{Dir: dir})
			h.Emit(model.Preview{Path: items[i].Path, Row: -1, Now: gtx.Now})
		}
	}
	name := filepath.Base(dir)
	if h.State.Anonymous {
		name = ""
	}
	parts := []layout.FlexChild{layout.Rigid(func(gtx layout.Context) layout.Dimensions {
		return widget.Header(gtx, h.Env, h.T(i18n.WatchedFolder), name, layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return icon.Eye.Layout(gtx, 16, h.Text3)
		}))
	})}
	if len(items) == 0 {
		parts = append(parts, layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return layout.UniformInset(14).Layout(gtx, h.Text(theme.Secondary, h.Text3, h.T(i18n.NothingNew)))
		}))
	}
	for i, x := range items[:min(len(items), mostNew)] {
		parts = append(parts, layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			words := filepath.Base(x.Path)
			if h.State.Anonymous {
				words = h.T(i18n.SeriesLabel, "n", h.Lang.Number(float64(i+1), 0))
			}
			return p.new[i].Layout(gtx, h.Env, words, theme.RowOneLine, false, func(gtx layout.Context) layout.Dimensions {
				return cells(gtx, h, theme.RowOneLine, folderIcon(h.Accent, words, true), [4]string{words, "", "", x.At.Local().Format("15:04")}, theme.Heading, h.Text1)
			})
		}))
	}
	return layout.Flex{Axis: layout.Vertical}.Layout(gtx, parts...)
}

// mostNew is how many lines the watched folder takes.
const mostNew = 6

func (p *recent) item(gtx layout.Context, h Host, i int, r model.Recent) layout.Dimensions {
	selected := h.State.Browser.Preview != nil && h.State.Browser.Preview.Path == r.Path
	name, about := filepath.Base(r.Path), ""
	if r.Patient.Name != "" {
		name, about = r.Patient.Name, sexAge(h, r.Patient)
	}
	if h.State.Anonymous {
		name, about = h.T(i18n.SeriesLabel, "n", h.Lang.Number(float64(i+1), 0)), ""
	}
	facts := []string{}
	if about != "" {
		facts = append(facts, about)
	}
	switch {
	case r.State == model.Unmeasured:
		facts = append(facts, h.T(i18n.NotAnalysedYet))
	case len(r.Levels) > 0:
		facts = append(facts, strings.Join(r.Levels, ", "))
	}
	return p.rows[i].Layout(gtx, h.Env, name, 78, selected, func(gtx layout.Context) layout.Dimensions {
		return layout.Inset{Left: 14, Right: 14, Top: 11}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
			tags := []layout.FlexChild{layout.Flexed(1, h.Text(theme.Secondary, h.Text2, strings.Join(facts, " · ")))}
			for _, role := range r.Roles {
				tags = append(tags, widget.Gap(6), layout.Rigid(tag(h, role)))
			}
			return column(gtx,
				layout.Rigid(func(gtx layout.Context) layout.Dimensions {
					return row(gtx, layout.Flexed(1, h.Text(theme.Heading, h.Text1, name)), layout.Rigid(recentChip(h, r)))
				}),
				widget.Gap(3),
				layout.Rigid(func(gtx layout.Context) layout.Dimensions { return row(gtx, tags...) }),
				widget.Gap(2),
				layout.Rigid(h.Text(theme.Caption, h.Text3, when(h.Lang, r.Opened, gtx.Now))))
		})
	})
}

// recentChip says how far the work on a study is; nothing when it was only
// looked at.
func recentChip(h Host, r model.Recent) layout.Widget {
	switch {
	case r.State == model.Signed:
		return h.Neutral(h.T(i18n.SignedChip))
	case r.State == model.Measured && r.Checks > 0:
		return h.Caution(icon.Warn, i18n.Count(h.Lang, r.Checks, i18n.ChecksOne, i18n.ChecksN))
	case r.State == model.Measured:
		return h.Good(icon.Check, h.T(i18n.AnalysedChip))
	}
	return func(layout.Context) layout.Dimensions { return layout.Dimensions{} }
}

// when says a time as "Opened today 16:02" or by its date.
func when(l text.Lang, t, now time.Time) string {
	t = t.In(now.Location())
	if t.Format("20060102") == now.Format("20060102") {
		return i18n.OpenedToday.In(l, "time", t.Format("15:04"))
	}
	return i18n.OpenedOn.In(l, "date", l.Date(t.Format("20060102")))
}

// empty is the screen of a first start.
type empty struct {
	open, paste widget.Button
	demo, keys  widget.Area
}

func (p *empty) layout(gtx layout.Context, h Host) layout.Dimensions {
	for _, x := range []struct {
		hit bool
		id  string
	}{{p.open.Clicked(gtx), "open"}, {p.paste.Clicked(gtx), "paste"}, {p.demo.Clicked(gtx), "demo"}, {p.keys.Clicked(gtx), "help"}} {
		if x.hit {
			h.Do(gtx, x.id)
		}
	}
	gtx.Constraints.Min = gtx.Constraints.Max
	return layout.Center.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
		gtx.Constraints.Max.X = min(gtx.Dp(560), gtx.Constraints.Max.X)
		return layout.Flex{Axis: layout.Vertical, Alignment: layout.Middle}.Layout(gtx,
			layout.Rigid(func(gtx layout.Context) layout.Dimensions { return icon.Mark(gtx, 72, h.Accent, h.MarkFill) }),
			widget.Gap(20),
			layout.Rigid(h.Centred(theme.BigValue, h.Text1, h.T(i18n.OpenAStudy))),
			widget.Gap(12),
			layout.Rigid(h.Centred(theme.Lead, h.Text2, h.T(i18n.OpenAStudyText))),
			widget.Gap(24),
			layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				return row(gtx,
					layout.Rigid(func(gtx layout.Context) layout.Dimensions {
						return p.open.Layout(gtx, h.Env, widget.ButtonLook{Text: h.T(i18n.OpenFolder), Icon: icon.Folder, Key: "Ctrl O", Primary: true, Large: true})
					}),
					widget.Gap(8),
					layout.Rigid(func(gtx layout.Context) layout.Dimensions {
						return p.paste.Layout(gtx, h.Env, widget.ButtonLook{Text: h.T(i18n.PastePath), Key: "Ctrl V", Large: true})
					}))
			}),
			widget.Gap(48),
			layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				return row(gtx,
					layout.Rigid(func(gtx layout.Context) layout.Dimensions {
						return p.card(gtx, h, &p.demo, icon.Vertebra, h.T(i18n.DemoCase), h.T(i18n.DemoCaseText))
					}),
					widget.Gap(12),
					layout.Rigid(func(gtx layout.Context) layout.Dimensions {
						return p.card(gtx, h, &p.keys, icon.Keyboard, h.T(i18n.ByKeyboard), h.T(i18n.ByKeyboardText))
					}))
			}),
			widget.Gap(32),
			layout.Rigid(h.Centred(theme.Secondary, h.Text3, h.T(i18n.Formats))),
		)
	})
}

func (p *empty) card(gtx layout.Context, h Host, area *widget.Area, i icon.Icon, title, sense string) layout.Dimensions {
	return area.Layout(gtx, h.Env, title, func(gtx layout.Context) layout.Dimensions {
		fill := h.Panel
		if area.Hovered() {
			fill = h.Raised
		}
		return widget.Card(gtx, fill, h.Line, theme.RadiusCard, func(gtx layout.Context) layout.Dimensions {
			return widget.Fixed(gtx, 179, 114, func(gtx layout.Context) layout.Dimensions {
				return layout.UniformInset(15).Layout(gtx, func(gtx layout.Context) layout.Dimensions {
					return column(gtx,
						layout.Rigid(func(gtx layout.Context) layout.Dimensions { return i.Layout(gtx, 22, h.Accent) }),
						widget.Gap(8),
						layout.Rigid(h.Text(theme.Heading, h.Text1, title)),
						widget.Gap(4),
						layout.Rigid(h.Paragraph(theme.Secondary, h.Text2, sense)))
				})
			})
		})
	})
}
