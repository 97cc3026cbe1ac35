package panel

import (
	"image"
	"math"

	"gioui.org/layout"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/diag"
	"github.com/vertefill/vertefill/internal/render"
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
const paletteWidth, identityWidth = dp(1280), dp(1180)

// Layout draws the bar, 44 dp high.
func (p *Top) Layout(gtx layout.Context, h Host) layout.Dimensions {
	s := h.State
	if i := p.tabs.Changed(gtx); i >= 0 {
		h.Emit(model.SetWorkspace{To: model.Workspace(i)})
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
		words := []string{h.T(i18n.Studies)}
		if s.Study != nil {
			words = append(words, h.T(i18n.Read))
		}
		brand := theme.KeyValue
		return row(gtx,
			widget.Gap(14),
			layout.Rigid(func(gtx layout.Context) layout.Dimensions { return icon.Mark(gtx, 21, h.Accent, h.MarkFill) }),
			widget.Gap(9),
			layout.Rigid(h.Text(brand, h.Text1, "Vertefill")),
			widget.Gap(28),
			layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				return p.tabs.Layout(gtx, h.Env, int(s.Workspace), words)
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
	if s.Study == nil || s.Workspace != model.Read {
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

// Tools is the tool bar over the images.
type Tools struct {
	buttons map[string]*widget.ToolButton
	window  widget.Area
	menu    widget.Menu
}

// toolGroups are the buttons of the bar, by id of their action.
var toolGroups = [][]string{
	{"tool-window", "tool-scroll", "tool-zoom", "tool-pan", "tool-crosshair"},
	{"layout-grid", "layout-pair", "layout-triplets", "layout-planes", "align"},
	{"link", "slab", "invert"},
}

// presets are the windows of the bar's list, by id of their action.
var presets = []string{"window-bone", "window-cement", "window-soft", "window-lung", "window-auto"}

// Layout draws the bar, 44 dp high.
func (p *Tools) Layout(gtx layout.Context, h Host) layout.Dimensions {
	if p.buttons == nil {
		p.buttons = map[string]*widget.ToolButton{}
	}
	if p.window.Clicked(gtx) {
		p.menu.Open = !p.menu.Open
	}
	var children []layout.FlexChild
	children = append(children, widget.Gap(8))
	for i, group := range toolGroups {
		if i > 0 {
			children = append(children, separator(h))
		}
		for k, id := range group {
			if k > 0 {
				children = append(children, widget.Gap(theme.ViewGap))
			}
			children = append(children, p.button(gtx, h, id))
		}
	}
	children = append(children, separator(h), layout.Rigid(func(gtx layout.Context) layout.Dimensions { return p.windows(gtx, h) }),
		space(), p.button(gtx, h, "undo"), widget.Gap(theme.ViewGap), p.button(gtx, h, "redo"), widget.Gap(10))
	return bar(gtx, h, h.Window, theme.BarHeight, func(gtx layout.Context) layout.Dimensions { return row(gtx, children...) })
}

func separator(h Host) layout.FlexChild {
	return layout.Rigid(func(gtx layout.Context) layout.Dimensions {
		size := image.Pt(gtx.Dp(13), gtx.Dp(22))
		x := gtx.Dp(6)
		widget.Fill(gtx, h.Edge, image.Rect(x, 0, x+max(gtx.Dp(1), 1), size.Y))
		return layout.Dimensions{Size: size}
	})
}

func (p *Tools) button(gtx layout.Context, h Host, id string) layout.FlexChild {
	b := p.buttons[id]
	if b == nil {
		b = &widget.ToolButton{}
		p.buttons[id] = b
	}
	if b.Clicked(gtx) {
		h.Do(gtx, id)
	}
	a, _ := model.Find(id)
	look := widget.ToolLook{Icon: icon.All[a.Icon], Selected: active(h.State, id), Reason: a.Reason(h.State),
		Tip: widget.Tooltip{Name: h.T(a.Label), Sense: h.T(a.Sense)}}
	if len(a.Keys) > 0 {
		look.Tip.Key = a.Keys[0].String(h.Lang)
	}
	return layout.Rigid(func(gtx layout.Context) layout.Dimensions { return b.Layout(gtx, h.Env, look) })
}

// active reports whether a tool of the bar is in use.
func active(s *model.State, id string) bool {
	r := s.Reading
	paired := s.Loaded[model.PreSlot].Volume != nil && s.Loaded[model.PostSlot].Volume != nil
	switch id {
	case "tool-window":
		return r.Tool == model.WindowTool
	case "tool-scroll":
		return r.Tool == model.ScrollTool
	case "tool-zoom":
		return r.Tool == model.ZoomTool
	case "tool-pan":
		return r.Tool == model.PanTool
	case "tool-crosshair":
		return r.Tool == model.CrossTool
	case "layout-grid":
		return paired && r.Layout == model.Grid4
	case "layout-pair":
		return paired && r.Layout == model.Pair
	case "layout-triplets":
		return paired && r.Layout == model.Triplets
	case "layout-planes":
		return !paired || r.Layout == model.ThreePlanes
	case "align":
		return r.Aligned
	case "link":
		return paired && r.Linked
	case "slab":
		return r.Slab.Thickness > 0
	case "invert":
		return r.Window[r.Focus.Slot].Invert
	}
	return false
}

// windows is the list of window presets, showing the one in use.
func (p *Tools) windows(gtx layout.Context, h Host) layout.Dimensions {
	w := h.State.Reading.Window[h.State.Reading.Focus.Slot]
	d := p.window.Layout(gtx, h.Env, h.T(i18n.Window), func(gtx layout.Context) layout.Dimensions {
		return widget.Fixed(gtx, 220, theme.ToolSize, func(gtx layout.Context) layout.Dimensions {
			ink := h.Text2
			if p.window.Hovered() {
				ink = h.Text1
			}
			gtx.Constraints.Min.X = 0
			return layout.Inset{Left: 6}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
				gtx.Constraints.Min.Y = gtx.Constraints.Max.Y
				return row(gtx,
					layout.Rigid(func(gtx layout.Context) layout.Dimensions { return icon.Window.Layout(gtx, 14, ink) }),
					widget.Gap(8), layout.Rigid(h.Text(theme.Label, ink, windowName(h, w))), widget.Gap(8),
					layout.Rigid(func(gtx layout.Context) layout.Dimensions { return icon.Down.Layout(gtx, 11, ink) }))
			})
		})
	})
	if p.menu.Open {
		p.windowMenu(gtx, h, d.Size.Y)
	}
	return d
}

// windowName names a window: "Spine bone 2000 / 350", or "Window 1800 / 400".
func windowName(h Host, w render.Window) string {
	name := h.T(i18n.Window)
	w.Invert = false
	switch w {
	case render.SpineBone:
		name = h.T(i18n.SpineBone)
	case render.Cement:
		name = h.T(i18n.Cement)
	case render.SoftTissue:
		name = h.T(i18n.SoftTissue)
	case render.Lung:
		name = h.T(i18n.Lung)
	}
	return name + " " + i18n.Whole(h.Lang, w.Width) + " / " + i18n.Whole(h.Lang, w.Centre)
}

func (p *Tools) windowMenu(gtx layout.Context, h Host, below int) {
	var items []widget.MenuItem
	for _, id := range presets {
		a, _ := model.Find(id)
		items = append(items, widget.MenuItem{Text: h.T(a.Label), Icon: icon.Window, Key: a.Keys[0].String(h.Lang), Reason: a.Reason(h.State)})
	}
	if i := p.menu.Float(gtx, h.Env, image.Pt(0, below+gtx.Dp(4)), items); i >= 0 {
		h.Do(gtx, presets[i])
	}
}

// Status is the line at the bottom: what is linked and what runs on the left,
// warnings on the right.
type Status struct {
	notes   widget.Area
	opacity widget.Slider
}

// Layout draws the line, 26 dp high.
func (p *Status) Layout(gtx layout.Context, h Host, version string) layout.Dimensions {
	if p.notes.Clicked(gtx) {
		h.Emit(model.ShowProblems{On: !h.State.Problems})
	}
	if p.opacity.Changed(gtx) {
		to := math.Round(20*float64(p.opacity.Value())) / 20
		h.Emit(model.Move{Change: func(r *model.Reading) { r.Opacity = to }})
	}
	p.opacity.SetValue(float32(h.State.Reading.Opacity))
	return widget.Fixed(gtx, 0, theme.StatusHeight, func(gtx layout.Context) layout.Dimensions {
		size := gtx.Constraints.Max
		widget.Fill(gtx, h.Panel, image.Rectangle{Max: size})
		widget.Fill(gtx, h.Line, image.Rect(0, 0, size.X, max(gtx.Dp(1), 1)))
		return layout.Inset{Left: 12, Right: 12}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
			gtx.Constraints.Min.Y = gtx.Constraints.Max.Y
			children := append(p.left(h), space())
			return row(gtx, append(children, p.right(h, version)...)...)
		})
	})
}

func (p *Status) left(h Host) []layout.FlexChild {
	s, l := h.State, h.Lang
	say := func(w layout.Widget) []layout.FlexChild { return []layout.FlexChild{layout.Rigid(w)} }
	if j, ok := s.Job(model.LoadJob); ok {
		return say(iconText(h, icon.Clock, theme.Secondary, h.Accent, h.Text2, h.T(i18n.Loading)+" "+l.Unit(l.Number(100*j.Fraction, 0), "%")))
	}
	if _, ok := s.Job(model.DemoJob); ok {
		return say(iconText(h, icon.Clock, theme.Secondary, h.Accent, h.Text2, h.T(i18n.MakingDemo)))
	}
	if s.Workspace == model.Studies {
		if s.Browser.Dir == "" {
			return say(h.Text(theme.Secondary, h.Text2, h.T(i18n.Ready)))
		}
		return say(iconText(h, icon.Disk, theme.Secondary, h.Text3, h.Text2, h.T(i18n.LocalFolder)))
	}
	if s.Loaded[model.PreSlot].Volume == nil || s.Loaded[model.PostSlot].Volume == nil {
		return say(h.Text(theme.Secondary, h.Text2, h.T(i18n.Ready)))
	}
	link := s.Link()
	switch {
	case !s.Reading.Linked:
		return say(iconText(h, icon.Link, theme.Secondary, h.Text3, h.Text3, h.T(i18n.Unlinked)))
	case link.Level == anatomy.None:
		return say(iconText(h, icon.Link, theme.Secondary, h.Text2, h.Text2, h.T(i18n.LinkedOffset)))
	}
	return []layout.FlexChild{
		layout.Rigid(iconText(h, icon.Link, theme.Secondary, h.OK, h.OK, h.T(i18n.LinkedOn, "level", link.Level.String()))),
		widget.Gap(16),
		layout.Rigid(h.Text(theme.Secondary, h.Text3, h.T(i18n.Residual, "n", l.Number(link.ResidualMM, 1)))),
	}
}

func (p *Status) right(h Host, version string) []layout.FlexChild {
	s, l := h.State, h.Lang
	if s.Workspace == model.Studies {
		return []layout.FlexChild{layout.Rigid(h.Text(theme.Secondary, h.Text3, "Vertefill "+version+" · "+h.T(i18n.NotDevice)))}
	}
	var out []layout.FlexChild
	notes := 0
	for _, f := range allFindings(s) {
		if f.Severity() != diag.Info {
			notes++
		}
	}
	if notes > 0 {
		out = append(out, layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return p.notes.Layout(gtx, h.Env, h.T(i18n.Problems), iconText(h, icon.Warn, theme.Secondary, h.Warning, h.Warning, i18n.Count(l, notes, i18n.NoteOne, i18n.NotesN)))
		}), widget.Gap(16))
	}
	if s.Result != nil {
		shown := 100 * s.Reading.Opacity
		if s.Reading.Hidden || s.Reading.Layers == model.NoLayers {
			shown = 0
		}
		out = append(out,
			layout.Rigid(h.Text(theme.Secondary, h.Text3, h.T(i18n.OverlaysN, "n", l.Unit(l.Number(shown, 0), "%")))),
			widget.Gap(8),
			layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				return widget.Fixed(gtx, 90, 20, func(gtx layout.Context) layout.Dimensions {
					return p.opacity.Layout(gtx, h.Env, h.T(i18n.OpacityOf))
				})
			}))
	}
	return out
}
