package app

import (
	"image"

	"gioui.org/layout"

	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/panel"
	"github.com/vertefill/vertefill/ui/widget"
)

// viewMenu is the context menu of a view: a right click without movement.
type viewMenu struct {
	menu  widget.Menu
	of    model.ViewID
	where map[model.ViewID]image.Point // origin of each view in the window, px
}

// menuActions are the lines of the menu, by id of their action.
var menuActions = []string{"align", "window-bone", "window-cement", "window-soft", "invert", "reset", "fill", "layers", "key-image", "correct", "body-rename", "body-remove", "cement-old", "leak-accept", "leak-reject", "leak-retype", "leak-join", "leak-split", "copy-table"}

// place remembers where a view lies.
func (m *viewMenu) place(id model.ViewID, at image.Point) {
	if m.where == nil {
		m.where = map[model.ViewID]image.Point{}
	}
	m.where[id] = at
}

// open shows the menu at a point of a view.
func (m *viewMenu) open(id model.ViewID, at image.Point) {
	m.of = id
	m.menu.Show(m.where[id].Add(at))
}

func (m *viewMenu) layout(gtx layout.Context, h panel.Host) {
	if !m.menu.Open {
		return
	}
	if i := m.menu.Layout(gtx, h.Env, h.MenuItems(menuActions)); i >= 0 {
		h.Emit(model.Focus{View: m.of})
		h.Do(gtx, menuActions[i])
	}
}
