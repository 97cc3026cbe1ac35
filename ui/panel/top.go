package panel

import (
	"image"

	"gioui.org/layout"

	"github.com/vertefill/vertefill/internal/text"
	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/icon"
	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/theme"
	"github.com/vertefill/vertefill/ui/widget"
)

// Top is the workspace bar: mark, workspaces, identity, palette, language,
// settings, help.
type Top struct {
	tabs           widget.Tabs
	palette        widget.Area
	search         widget.ToolButton
	lang           widget.Segments
	settings, help widget.ToolButton
}

// Widths of the window below which parts of the bar shrink.
const paletteWidth = dp(1280)

// barBeside is what the bar needs beside the words of its tabs: mark and name, commands, languages, settings, help, some of the
// identity.
const barBeside = dp(440)

// workspace is a tab of the bar.
type workspace struct {
	of     model.Workspace
	name   i18n.Text
	action string // that opens it
}

// workspaces are the tabs that there is something for.
func workspaces(s *model.State) []workspace {
	out := []workspace{{model.Studies, i18n.Studies, "studies"}}
	if s.Study != nil && s.Lesson.Play == nil {
		out = append(out, workspace{model.Read, i18n.Read, "read"})
		if s.HasRun() {
			out = append(out, workspace{model.Fluoroscopy, i18n.Fluoroscopy, "fluoroscopy"})
		}
	}
	if s.Result != nil && s.Result.Upto == "" {
		out = append(out, workspace{model.Report, i18n.Report, "report"})
	}
	return append(out, workspace{model.CohortPlace, i18n.CohortTab, "cohort"}, workspace{model.Teaching, i18n.Teaching, "teaching"})
}

// Focus gives the first control of the bar the keyboard.
func (p *Top) Focus(gtx layout.Context) { p.palette.Focus(gtx) }

// Layout draws the bar, 44 dp high.
func (p *Top) Layout(gtx layout.Context, h Host) layout.Dimensions {
	s := h.State
	tabs := workspaces(s)
	if i := p.tabs.Changed(gtx); i >= 0 && i < len(tabs) {
		h.Do(gtx, tabs[i].action)
	}
	if i := p.lang.Changed(gtx); i >= 0 {
		h.Emit(model.SetLang{To: []text.Lang{text.French, text.English}[i]})
	}
	for _, x := range []struct {
		hit bool
		id  string
	}{{p.palette.Clicked(gtx) || p.search.Clicked(gtx), "palette"}, {p.settings.Clicked(gtx), "settings"}, {p.help.Clicked(gtx), "help"}} {
		if x.hit {
			h.Do(gtx, x.id)
		}
	}
	wide := gtx.Constraints.Max.X >= gtx.Dp(paletteWidth)
	return bar(gtx, h, h.Panel, theme.BarHeight, func(gtx layout.Context) layout.Dimensions {
		chosen, words, marks := 0, []string{}, []icon.Icon{}
		need := gtx.Dp(barBeside)
		for i, t := range tabs {
			words = append(words, h.T(t.name))
			a, _ := model.Find(t.action)
			marks = append(marks, icon.All[a.Icon])
			need += h.Measure(gtx, theme.Heading, words[i]) + gtx.Dp(32)
			if t.of == s.Workspace {
				chosen = i
			}
		}
		brand := h.Text(theme.KeyValue, h.Text1, "Vertefill")
		if need <= gtx.Constraints.Max.X {
			marks = nil
		} else {
			brand = layout.Spacer{}.Layout
		}
		return row(gtx,
			widget.Gap(14),
			layout.Rigid(func(gtx layout.Context) layout.Dimensions { return icon.Mark(gtx, 21, h.Accent, h.MarkFill) }),
			widget.Gap(9),
			layout.Rigid(brand),
			widget.Gap(28),
			layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				return p.tabs.Layout(gtx, h.Env, chosen, words, marks)
			}),
			layout.Flexed(1, func(gtx layout.Context) layout.Dimensions {
				return layout.E.Layout(gtx, func(gtx layout.Context) layout.Dimensions { return p.identity(gtx, h) })
			}),
			widget.Gap(20),
			layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				if !wide {
					return p.search.Layout(gtx, h.Env, widget.ToolLook{Icon: icon.Search, Tip: widget.Tooltip{Name: h.T(i18n.Commands), Key: "Ctrl K"}})
				}
				return p.paletteField(gtx, h)
			}),
			widget.Gap(12),
			layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				return p.lang.Layout(gtx, h.Env, index(h.Lang == text.English), []string{"FR", "EN"}, []string{"Français", "English"}, 28)
			}),
			widget.Gap(8),
			layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				return p.settings.Layout(gtx, h.Env, widget.ToolLook{Icon: icon.Settings, Tip: widget.Tooltip{Name: h.T(i18n.Settings)}, Selected: s.Overlay == model.SettingsDialog})
			}),
			widget.Gap(8),
			layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				return p.help.Layout(gtx, h.Env, widget.ToolLook{Icon: icon.Help, Tip: widget.Tooltip{Name: h.T(i18n.Help), Key: "?"}, Selected: s.Overlay == model.Keyboard})
			}),
			widget.Gap(10))
	})
}

// bar draws a line of the frame with a rule at its lower edge.
func bar(gtx layout.Context, h Host, ground nrgba, height dp, w layout.Widget) layout.Dimensions {
	return widget.Fixed(gtx, 0, height, func(gtx layout.Context) layout.Dimensions {
		size := gtx.Constraints.Max
		widget.Fill(gtx, ground, image.Rectangle{Max: size})
		widget.Fill(gtx, h.Line, image.Rect(0, size.Y-max(gtx.Dp(1), 1), size.X, size.Y))
		return w(gtx)
	})
}

func (p *Top) paletteField(gtx layout.Context, h Host) layout.Dimensions {
	return p.palette.Layout(gtx, h.Env, h.T(i18n.Commands), func(gtx layout.Context) layout.Dimensions {
		edge := h.Edge
		if p.palette.Hovered() {
			edge = h.Text3
		}
		return widget.Card(gtx, h.Window, edge, theme.RadiusButton, func(gtx layout.Context) layout.Dimensions {
			return widget.Fixed(gtx, 188, 30, func(gtx layout.Context) layout.Dimensions {
				return layout.Inset{Left: 10, Right: 10}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
					gtx.Constraints.Min.Y = gtx.Constraints.Max.Y
					return row(gtx,
						layout.Rigid(func(gtx layout.Context) layout.Dimensions { return icon.Search.Layout(gtx, 15, h.Text2) }),
						widget.Gap(8), layout.Flexed(1, h.Text(theme.Body, h.Text2, h.T(i18n.Commands))),
						layout.Rigid(widget.KeyCap(h.Env, "Ctrl K", h.Text2, h.Edge)))
				})
			})
		})
	})
}

// identity tells whose images are shown, always top right.
func (p *Top) identity(gtx layout.Context, h Host) layout.Dimensions {
	s := h.State
	if s.Study == nil || s.Lesson.Play != nil || !s.Viewing() && s.Workspace != model.Report {
		return layout.Dimensions{}
	}
	gtx.Constraints.Min = image.Point{}
	who := person(h, s.Study.Patient)
	if pt := s.Study.Patient; !s.Anonymous {
		if more := sexAge(h, pt); more != "" {
			who += " · " + more
		}
	}
	name := h.Text(theme.Heading, h.Text1, who)
	under := treatedLine(h)
	if under == "" || gtx.Constraints.Max.X < gtx.Dp(140) {
		return name(gtx)
	}
	return layout.Flex{Axis: layout.Vertical, Alignment: layout.End}.Layout(gtx, layout.Rigid(name), layout.Rigid(h.Text(theme.Caption, h.Text3, under)))
}

// sexAge writes "F 71 y" from the DICOM values.
func sexAge(h Host, pt model.Patient) string {
	age := ""
	if n := len(pt.Age); n == 4 && pt.Age[3] == 'Y' {
		years := pt.Age[:3]
		for len(years) > 1 && years[0] == '0' {
			years = years[1:]
		}
		age = h.T(i18n.Years, "n", years)
	}
	switch {
	case pt.Sex == "":
		return age
	case age == "":
		return pt.Sex
	}
	return pt.Sex + " " + age
}

// treatedLine names the treated levels and the date of the control CT.
func treatedLine(h Host) string {
	s := h.State
	line := ""
	if s.Result != nil {
		for _, v := range s.Result.Report.Vertebrae {
			if v.Treated {
				if line != "" {
					line += ", "
				}
				line += v.Level.String()
			}
		}
		if line != "" {
			line = h.T(i18n.Vertebroplasty, "levels", line)
		}
	}
	if i := s.Loaded[s.Main()].Series; i >= 0 && !s.Anonymous && s.Study.Series[i].Date != "" {
		if line != "" {
			line += " · "
		}
		line += h.Lang.Date(s.Study.Series[i].Date)
	}
	return line
}
