package app

import (
	"image"

	"gioui.org/layout"

	"github.com/vertefill/vertefill/ui/icon"
	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/panel"
	"github.com/vertefill/vertefill/ui/widget"
)

// contextMenu is the menu of a right click without movement: on a view, or on a
// leak or a vertebra of a list.
type contextMenu struct {
	menu  widget.Menu
	of    model.Target
	where map[model.ViewID]image.Point // origin of each view in the window, px
}

// place remembers where a view lies.
func (m *contextMenu) place(id model.ViewID, at image.Point) {
	if m.where == nil {
		m.where = map[model.ViewID]image.Point{}
	}
	m.where[id] = at
}

// open shows the menu at a point of a view.
func (m *contextMenu) open(t model.Target, at image.Point, h panel.Host) {
	m.of = t
	h.Emit(model.Select{Target: t})
	m.menu.Show(m.where[t.View].Add(at))
}

// ask shows the menu of a line of a list at the pointer.
func (m *contextMenu) ask(t model.Target, h panel.Host) {
	m.of = t
	h.Emit(model.Select{Target: t})
	m.menu.Show(h.Pointer())
}

func (m *contextMenu) layout(gtx layout.Context, h panel.Host) {
	if !m.menu.Open {
		return
	}
	lines := h.State.Menu(m.of)
	var items []widget.MenuItem
	for _, l := range lines {
		if l.ID != "" {
			items = append(items, h.MenuItems([]string{l.ID})...)
		} else {
			items = append(items, widget.MenuItem{Text: l.Text, Icon: icon.All[l.Icon]})
		}
	}
	i := m.menu.Layout(gtx, h.Env, items)
	switch {
	case i < 0:
	case lines[i].ID != "":
		h.Do(gtx, lines[i].ID)
	default:
		h.Emit(lines[i].Msg)
	}
}
