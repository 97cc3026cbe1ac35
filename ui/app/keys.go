package app

import (
	"slices"

	"gioui.org/io/event"
	"gioui.org/io/key"
	"gioui.org/layout"

	"github.com/vertefill/vertefill/ui/model"
)

// keys turns shortcuts into messages. Plain letters act only while no text
// field has the keyboard and no dialog is open; editing keys with Ctrl belong
// to the field while one is typed into.
func (a *App) keys(gtx layout.Context, emit func(model.Msg)) {
	typing := a.env.Typing()
	free := !typing && a.state.Overlay == model.NoOverlay
	actions := model.Actions()
	filters := []event.Filter{key.Filter{Name: key.NameEscape}}
	bound := map[model.Key]model.Action{}
	for _, action := range actions {
		for _, k := range action.Keys {
			if k.Letter() && !free || typing && editing(k) {
				continue
			}
			bound[k] = action
			filters = append(filters, filter(k))
		}
	}
	if free {
		filters = append(filters, key.Filter{Name: key.NameSpace}, key.Filter{Name: key.NameReturn}, key.Filter{Name: key.NameDeleteForward}, key.Filter{Name: "B"})
		// Shift makes ten slices of one.
		filters = append(filters, key.Filter{Name: key.NameUpArrow, Required: key.ModShift}, key.Filter{Name: key.NameDownArrow, Required: key.ModShift})
	}
	if free {
		for _, name := range levelKeys {
			filters = append(filters, key.Filter{Name: name})
		}
	}
	for {
		ev, ok := gtx.Event(filters...)
		if !ok {
			return
		}
		if e, ok := ev.(key.Event); ok {
			a.key(gtx, e, bound, emit)
		}
	}
}

// levelKeys are the keys that name a level after G.
var levelKeys = []key.Name{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "C", "T", "L", "V"}

func (a *App) key(gtx layout.Context, e key.Event, bound map[model.Key]model.Action, emit func(model.Msg)) {
	shift := e.Modifiers.Contain(key.ModShift)
	if e.Name == key.NameSpace && !shift {
		hide := e.State == key.Press
		if hide != a.state.Reading.Hidden {
			emit(model.Move{Change: func(r *model.Reading) { r.Hidden = hide }})
		}
		return
	}
	if e.Name == "B" && !shift { // held: the other CT
		show := e.State == key.Press
		if show != a.state.Reading.Flicker {
			emit(model.Move{Change: func(r *model.Reading) { r.Flicker = show }})
		}
		return
	}
	if e.State != key.Press {
		return
	}
	if a.state.TypingLevel(gtx.Now) && slices.Contains(levelKeys, e.Name) && e.Modifiers&^key.ModShift == 0 {
		emit(model.TypeLevel{Key: string(e.Name), Now: gtx.Now})
		return
	}
	k := model.Key{Name: string(e.Name), Ctrl: e.Modifiers.Contain(key.ModShortcut), Shift: shift, Alt: e.Modifiers.Contain(key.ModAlt)}
	action, ok := bound[k]
	if !ok && shift { // signs and digits that need Shift on some keyboards
		k.Shift = false
		action, ok = bound[k]
	}
	switch {
	case e.Name == key.NameReturn && len(a.state.Draft.Shape.Points) > 0:
		emit(model.CloseDraft{})
	case e.Name == key.NameDeleteForward && a.state.Reading.Chosen != 0:
		emit(model.DeleteMeasure{})
	case e.Name == key.NameEscape && (a.popups.menu.menu.Close() || a.frame.rail.CloseMenu() || a.frame.tools.CloseMenu() || a.frame.studies.CloseMenu()):
	case e.Name == key.NameEscape:
		emit(model.Leave{})
	case shift && (e.Name == key.NameUpArrow || e.Name == key.NameDownArrow):
		steps := 10
		if e.Name == key.NameUpArrow {
			steps = -10
		}
		emit(model.ScrollSlices{View: a.state.Reading.Focus, Steps: steps})
	case ok && action.Reason(a.state) == "":
		emit(action.Msg(a.state, gtx.Now))
	case e.Name == key.NameReturn && a.state.Workspace == model.Studies && a.state.Browser.Preview != nil:
		emit(model.OpenStudy{Analyse: true, Now: gtx.Now})
	}
}

// filter matches a shortcut. Signs and digits may come with Shift, depending
// on the keyboard.
func filter(k model.Key) key.Filter {
	f := key.Filter{Name: key.Name(k.Name)}
	if k.Ctrl {
		f.Required |= key.ModShortcut
	}
	if k.Shift {
		f.Required |= key.ModShift
	}
	if k.Alt {
		f.Required |= key.ModAlt
	}
	if c := k.Name[0]; len(k.Name) == 1 && (c < 'A' || c > 'Z') {
		f.Optional |= key.ModShift
	}
	return f
}

// editing reports whether a shortcut means something inside a text field.
func editing(k model.Key) bool {
	switch k.Name {
	case "C", "V", "X", "Z", "Y", "A":
		return k.Ctrl
	}
	return false
}
