// Package panel holds the screens round the images: the folder browser with
// its preview, the series rail, results, problems and progress, and the
// dialogs. A panel draws from model.State and answers with messages; it never
// reads a disk and never waits. The images are package view's.
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

// Host is what panels need of the window.
type Host struct {
	*widget.Env
	State *model.State
	Emit  func(model.Msg)
	// Menu opens the context menu of what a list shows, at the pointer.
	Menu func(model.Target)
}

// T returns a text in the language of the window.
func (h Host) T(t i18n.Text, pairs ...string) string { return t.In(h.Lang, pairs...) }

// Do emits the message of an action of the registry.
func (h Host) Do(gtx layout.Context, id string) {
	if a, ok := h.State.Find(id); ok && a.Reason(h.State) == "" {
		h.Emit(a.Msg(h.State, gtx.Now))
	}
}

// MenuItems are the lines of a menu of actions: icon, label, shortcut, and the
// reason why one cannot be done.
func (h Host) MenuItems(ids []string) []widget.MenuItem {
	var items []widget.MenuItem
	for _, id := range ids {
		a, _ := h.State.Find(id)
		item := widget.MenuItem{Text: a.Title(h.State), Icon: icon.All[a.Icon], Reason: a.Reason(h.State), Checked: active(h.State, id)}
		if len(a.Keys) > 0 {
			item.Key = a.Keys[0].String(h.Lang)
		}
		items = append(items, item)
	}
	return items
}

// tag is the tag of a role; unused series say so.
func tag(h Host, r model.Role) layout.Widget {
	switch r {
	case model.Pre:
		return h.TagPre()
	case model.Post:
		return h.TagPost()
	case model.Fluoro:
		return h.TagRun()
	}
	return h.Neutral(h.T(i18n.NotUsed))
}

// person is the line that names the patient: "EXAMPLE Alix", or a word in its
// place while the view is anonymised.
func person(h Host, p model.Patient) string {
	if h.State.Anonymous || p.Name == "" {
		return h.T(i18n.Patient)
	}
	return p.Name
}

// column lays children out below each other over the full width.
func column(gtx layout.Context, children ...layout.FlexChild) layout.Dimensions {
	gtx.Constraints.Min = image.Pt(gtx.Constraints.Max.X, 0)
	return layout.Flex{Axis: layout.Vertical}.Layout(gtx, children...)
}

// row lays children out in a line, centred on each other.
func row(gtx layout.Context, children ...layout.FlexChild) layout.Dimensions {
	return layout.Flex{Alignment: layout.Middle}.Layout(gtx, children...)
}

// space fills the rest of a line.
func space() layout.FlexChild { return layout.Flexed(1, layout.Spacer{}.Layout) }

// pane paints a column of the window with a line at its right edge.
func pane(gtx layout.Context, h Host, width int, w layout.Widget) layout.Dimensions {
	size := image.Pt(width, gtx.Constraints.Max.Y)
	gtx.Constraints = layout.Exact(size)
	widget.Fill(gtx, h.Panel, image.Rectangle{Max: size})
	w(gtx)
	widget.Fill(gtx, h.Line, image.Rect(size.X-max(gtx.Dp(1), 1), 0, size.X, size.Y))
	return layout.Dimensions{Size: size}
}

// iconText is a small icon with words, as in status lines and notes.
func iconText(h Host, i icon.Icon, role theme.Role, ink, words nrgba, s string) layout.Widget {
	return func(gtx layout.Context) layout.Dimensions {
		return row(gtx,
			layout.Rigid(func(gtx layout.Context) layout.Dimensions { return i.Layout(gtx, 14, ink) }),
			widget.Gap(8),
			layout.Rigid(h.Text(role, words, s)))
	}
}

// size prints a number of bytes as people say it: "12 kB", "612 MB", "1.1 GB".
func size(l text.Lang, n int64) string {
	unit := "B"
	if l == text.French {
		unit = "o"
	}
	switch {
	case n >= 1e9:
		return l.Unit(l.Number(float64(n)/1e9, 1), "G"+unit)
	case n >= 1e6:
		return l.Unit(l.Number(float64(n)/1e6, 0), "M"+unit)
	}
	return l.Unit(l.Number(max(float64(n)/1e3, 1), 0), "k"+unit)
}
