package panel

import (
	"image"
	"strings"

	"gioui.org/layout"

	"github.com/vertefill/vertefill/internal/render"
	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/icon"
	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/theme"
	"github.com/vertefill/vertefill/ui/widget"
)

// Tools is the tool bar over the images.
type Tools struct {
	buttons map[string]*widget.ToolButton
	window  widget.Area
	menu    widget.Menu // of windows
	more    overflow    // groups that have no room
	drawing overflow    // the rarer measuring tools
	layouts overflow    // the rarer layouts
	links   overflow    // parts of the link, ways of comparing
	curve   widget.ToolButton
	levels  windowing
}

// overflow is a button that lists further actions.
type overflow struct {
	button widget.ToolButton
	menu   widget.Menu
}

// CloseMenu closes the list that is open and reports whether there was one.
func (p *Tools) CloseMenu() bool {
	for _, m := range []*widget.Menu{&p.menu, &p.more.menu, &p.drawing.menu, &p.layouts.menu, &p.links.menu} {
		if m.Close() {
			return true
		}
	}
	return p.levels.Close()
}

// toolGroup is a part of the bar: buttons by id of their action, and a list of
// rarer ones at its end.
type toolGroup struct {
	buttons []string
	list    []string
	name    i18n.Text // of the list
}

// toolGroups is the bar from left to right.
var toolGroups = []toolGroup{
	{buttons: []string{"tool-window", "tool-scroll", "tool-zoom", "tool-pan", "tool-crosshair"}},
	{
		buttons: []string{"measure-length", "measure-angle", "measure-cobb", "measure-ellipse", "measure-probe", "measure-note"},
		list:    []string{"measure-bidirectional", "measure-rectangle", "measure-freehand", "measure-polygon", "measure-spline", "measure-arrow", "measures", "measures-csv"},
		name:    i18n.MoreTools,
	},
	{
		buttons: []string{"layout-grid", "layout-pair", "layout-triplets", "align", "straighten", "layout-planes"},
		list:    []string{"layout-row", "fill", "straighten-planes", "lens", "interpolation", "solid-look", "solid-curve", "solid-cut", "solid-cut-axial", "solid-cut-coronal"},
		name:    i18n.MoreLayouts,
	},
	{
		buttons: []string{"link", "compare-swipe", "slab", "invert"},
		list:    []string{"compare-blend", "compare-difference", "link-slices", "link-zoom", "link-window", "link-cross", "link-hand", "link-automatic"},
		name:    i18n.LinkParts,
	},
}

// presets are the windows of the bar's list, by id of their action.
var presets = []string{"window-bone", "window-cement", "window-soft", "window-lung", "window-dicom", "window-auto", "clip-marks"}

// runWindows are what can be done with the window of a run.
var runWindows = []string{"run-fit", "run-invert"}

// Widths of what surrounds the groups, dp.
const toolsLeft, windowsWidth, toolsRight = 8, 272, 90

// Layout draws the bar, 44 dp high.
func (p *Tools) Layout(gtx layout.Context, h Host) layout.Dimensions {
	if p.buttons == nil {
		p.buttons = map[string]*widget.ToolButton{}
	}
	if p.window.Clicked(gtx) {
		p.menu.Open = !p.menu.Open
	}
	children := []layout.FlexChild{widget.Gap(toolsLeft)}
	room := float32(gtx.Constraints.Max.X)/gtx.Metric.PxPerDp - toolsLeft - windowsWidth - toolsRight
	var hidden []string
	lists := []*overflow{nil, &p.drawing, &p.layouts, &p.links}
	for i, group := range toolGroups {
		buttons := len(group.buttons)
		if group.list != nil {
			buttons++
		}
		width := float32(buttons)*float32(theme.ToolSize+theme.ViewGap) + 13
		if hidden != nil || room < width {
			hidden = append(append(hidden, group.buttons...), group.list...)
			continue
		}
		room -= width
		if i > 0 {
			children = append(children, separator(h))
		}
		for k, id := range group.buttons {
			if k > 0 {
				children = append(children, widget.Gap(theme.ViewGap))
			}
			children = append(children, p.button(gtx, h, id))
		}
		if group.list != nil {
			children = append(children, lists[i].layout(gtx, h, h.T(group.name), group.list))
		}
	}
	if hidden != nil {
		children = append(children, separator(h), p.more.layout(gtx, h, h.T(i18n.More), hidden))
	}
	children = append(children, separator(h), layout.Rigid(func(gtx layout.Context) layout.Dimensions { return p.windows(gtx, h) }),
		layout.Rigid(func(gtx layout.Context) layout.Dimensions { return p.histogram(gtx, h) }),
		space(), p.button(gtx, h, "undo"), widget.Gap(theme.ViewGap), p.button(gtx, h, "redo"), widget.Gap(theme.ViewGap), p.button(gtx, h, "key-image"), widget.Gap(10))
	return bar(gtx, h, h.Window, theme.BarHeight, func(gtx layout.Context) layout.Dimensions { return row(gtx, children...) })
}

// layout draws the button and, while it is open, its list.
func (o *overflow) layout(gtx layout.Context, h Host, name string, ids []string) layout.FlexChild {
	if o.button.Clicked(gtx) {
		o.menu.Open = !o.menu.Open
	}
	chosen := false
	for _, id := range ids {
		chosen = chosen || active(h.State, id) && !strings.HasPrefix(id, "link-") // links are tied by default
	}
	return layout.Rigid(func(gtx layout.Context) layout.Dimensions {
		d := o.button.Layout(gtx, h.Env, widget.ToolLook{Icon: icon.Down, Selected: chosen, Tip: widget.Tooltip{Name: name}})
		if o.menu.Open {
			if i := o.menu.Float(gtx, h.Env, image.Pt(0, d.Size.Y+gtx.Dp(4)), h.MenuItems(ids)); i >= 0 {
				h.Do(gtx, ids[i])
			}
		}
		return d
	})
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
	a, _ := h.State.Find(id)
	look := widget.ToolLook{Icon: icon.All[a.Icon], Selected: active(h.State, id), Reason: a.Reason(h.State),
		Tip: widget.Tooltip{Name: a.Title(h.State), Sense: h.T(a.Sense)}}
	if len(a.Keys) > 0 {
		look.Tip.Key = a.Keys[0].String(h.Lang)
	}
	return layout.Rigid(func(gtx layout.Context) layout.Dimensions { return b.Layout(gtx, h.Env, look) })
}

// active reports whether a tool of the bar is in use.
func active(s *model.State, id string) bool {
	r := s.Reading
	if r.Tool == model.MeasureTool && id == toolOf(r.Kind) {
		return true
	}
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
	case "measures":
		return s.MeasureList
	case "layout-grid":
		return paired && r.Layout == model.Grid4
	case "layout-pair":
		return paired && r.Layout == model.Pair
	case "layout-triplets":
		return paired && r.Layout == model.Triplets
	case "layout-planes":
		return r.Layout == model.ThreePlanes || !paired && r.Layout != model.PlaneRow
	case "layout-row":
		return r.Layout == model.PlaneRow
	case "straighten":
		return r.Straight
	case "lens":
		return r.Lens
	case "solid-cut":
		return r.SolidCuts[model.Sagittal] != model.NoCut
	case "solid-cut-axial":
		return r.SolidCuts[model.Axial] != model.NoCut
	case "solid-cut-coronal":
		return r.SolidCuts[model.Coronal] != model.NoCut
	case "solid-curve":
		return r.CurveEdit
	case "clip-marks":
		return r.Marks != render.NoMark
	case "compare-swipe":
		return r.Compare == model.Swipe
	case "compare-blend":
		return r.Compare == model.Blend
	case "compare-difference":
		return r.Compare == model.Difference
	case "link-slices":
		return paired && r.Linked && !r.Loose.Slices
	case "link-zoom":
		return paired && r.Linked && !r.Loose.Zoom
	case "link-window":
		return paired && r.Linked && !r.Loose.Window
	case "link-cross":
		return paired && r.Linked && !r.Loose.Cross
	case "hand-grow":
		return s.Fixing.On && s.Fixing.Hand == model.GrowHand
	case "hand-window":
		return s.Fixing.Masked
	case "hand-flat":
		return s.Fixing.Flat
	case "play":
		return s.Run.Player.Playing
	case "run-invert":
		return s.Run.Window.Invert
	case "run-subtract":
		return s.Run.Subtract
	case "run-roadmap":
		return s.Run.Roadmap
	case "run-biplane":
		return s.Run.Biplane
	case "run-ct":
		return s.Run.CT
	case "run-shift":
		return s.Run.Shifting
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
	name := windowName(h, w)
	if run := runShown(h); run != nil {
		name = runWindowName(h, run)
	}
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
					widget.Gap(8), layout.Rigid(h.Text(theme.Label, ink, name)), widget.Gap(8),
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
	for _, p := range model.Presets {
		if w == p.Window(h.State.Settings) {
			name = h.T(p.Name)
		}
	}
	return name + " " + i18n.Whole(h.Lang, w.Width) + " / " + i18n.Whole(h.Lang, w.Centre)
}

// runShown is the projection whose window the bar shows: that of a run with the focus; nil when a CT has it.
func runShown(h Host) *model.Plane {
	s := h.State
	switch {
	case s.Workspace != model.Fluoroscopy || s.Run.Cine == nil || !s.Reading.Focus.Content.OfRun():
		return nil
	case s.Reading.Focus.Content == model.SecondView:
		return s.Run.Second
	}
	return &s.Run.Plane
}

// runWindowName names the window of a run, in its grey values: "DICOM window", or "Window 1800 / 400".
func runWindowName(h Host, p *model.Plane) string {
	if p.AsFiled() {
		return h.T(i18n.FileWindow)
	}
	return h.T(i18n.Window) + " " + i18n.Whole(h.Lang, p.Window.Width) + " / " + i18n.Whole(h.Lang, p.Window.Center)
}

// histogram is the button of the histogram, whose card hangs below it.
func (p *Tools) histogram(gtx layout.Context, h Host) layout.Dimensions {
	if p.curve.Clicked(gtx) {
		p.levels.open = !p.levels.open
	}
	a, _ := model.Find("window-bone")
	d := p.curve.Layout(gtx, h.Env, widget.ToolLook{Icon: icon.Plot, Selected: p.levels.open, Reason: a.Reason(h.State), Tip: widget.Tooltip{Name: h.T(i18n.Histogram)}})
	p.levels.layout(gtx, h, image.Pt(-gtx.Dp(220), d.Size.Y+gtx.Dp(4)))
	return d
}

func (p *Tools) windowMenu(gtx layout.Context, h Host, below int) {
	list := presets
	if runShown(h) != nil {
		list = runWindows
	}
	if i := p.menu.Float(gtx, h.Env, image.Pt(0, below+gtx.Dp(4)), h.MenuItems(list)); i >= 0 {
		h.Do(gtx, list[i])
	}
}
