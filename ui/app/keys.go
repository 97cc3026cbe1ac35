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
	if a.state.Asking != "" {
		a.askedKey(gtx, emit)
		return
	}
	typing := a.env.Typing()
	free := !typing && a.state.Overlay == model.NoOverlay
	actions := a.state.Registry()
	filters := []event.Filter{key.Filter{Name: key.NameEscape}}
	if a.state.Overlay == model.FirstRun {
		filters = append(filters, key.Filter{Name: key.NameReturn})
	}
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
	if !a.env.Held() {
		a.frame.region = 0
	}
	if free && a.frame.region == 0 { // where F6 led, Enter and Space belong to the control
		filters = append(filters, key.Filter{Name: key.NameSpace}, key.Filter{Name: key.NameReturn})
	}
	if free {
		filters = append(filters, key.Filter{Name: key.NameDeleteForward}, key.Filter{Name: "B"})
		// Shift makes ten slices of one.
		filters = append(filters, key.Filter{Name: key.NameUpArrow, Required: key.ModShift}, key.Filter{Name: key.NameDownArrow, Required: key.ModShift})
	}
	if _, tour := a.state.TourStep(); tour && free && a.state.Workspace == model.Teaching {
		for name := range tourKeys {
			filters = append(filters, key.Filter{Name: name})
		}
	}
	if free && a.state.Workspace == model.Fluoroscopy && a.state.Run.Shifting {
		for _, name := range []key.Name{key.NameLeftArrow, key.NameRightArrow, key.NameUpArrow, key.NameDownArrow} {
			filters = append(filters, key.Filter{Name: name, Optional: key.ModShift})
		}
	}
	if a.state.Workspace == model.Studies && a.state.Overlay == model.NoOverlay {
		filters = append(filters, key.Filter{Name: key.NameUpArrow}, key.Filter{Name: key.NameDownArrow})
		if free {
			filters = append(filters, key.Filter{Name: key.NameLeftArrow}, key.Filter{Name: key.NameRightArrow})
		}
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

// askedKey takes the next key as the new shortcut of an action.
func (a *App) askedKey(gtx layout.Context, emit func(model.Msg)) {
	for {
		ev, ok := gtx.Event(key.Filter{Optional: key.ModShortcut | key.ModAlt | key.ModShift | key.ModSuper})
		if !ok {
			return
		}
		e, ok := ev.(key.Event)
		if !ok || e.State != key.Press {
			continue
		}
		k := keyOf(e)
		reserved, is := k.Reserved()
		switch {
		case e.Name == key.NameCtrl || e.Name == key.NameShift || e.Name == key.NameAlt || e.Name == key.NameCommand || e.Name == key.NameSuper:
			continue // the key proper is still to come
		case e.Name == key.NameEscape:
		case is:
			emit(model.Say{Text: reserved.In(a.state.Settings.Lang), Now: gtx.Now})
		default:
			emit(model.SetKey{ID: a.state.Asking, Key: k})
		}
		emit(model.AskKey{})
		return
	}
}

func keyOf(e key.Event) model.Key {
	return model.Key{Name: string(e.Name), Ctrl: e.Modifiers.Contain(key.ModShortcut), Shift: e.Modifiers.Contain(key.ModShift), Alt: e.Modifiers.Contain(key.ModAlt)}
}

// tourKeys go through a tour: the arrows, and what a presenter's remote sends.
var tourKeys = map[key.Name]int{key.NameRightArrow: 1, key.NameLeftArrow: -1, key.NamePageDown: 1, key.NamePageUp: -1}

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
	if n := int(e.Name[0] - '1'); a.state.Types && len(e.Name) == 1 && n >= 0 && n < len(model.LeakTypes) && e.Modifiers == 0 {
		if t, ok := model.Find(model.LeakTypes[n]); ok && t.Reason(a.state) == "" {
			emit(t.Msg(a.state, gtx.Now))
		}
		emit(model.ShowTypes{})
		return
	}
	if by, is := tourKeys[e.Name]; is && a.state.Workspace == model.Teaching && e.Modifiers == 0 {
		if _, tour := a.state.TourStep(); tour {
			emit(model.StepTour{By: by, Now: gtx.Now})
			return
		}
	}
	k := keyOf(e)
	action, ok := bound[k]
	if !ok && shift { // signs and digits that need Shift on some keyboards
		k.Shift = false
		action, ok = bound[k]
	}
	if a.browse(gtx, e, emit) || a.shiftMask(gtx, e, emit) {
		return
	}
	switch {
	case e.Name == key.NameReturn && a.state.Overlay == model.FirstRun:
		emit(model.Welcome{})
	case e.Name == key.NameReturn && e.Modifiers == 0 && a.state.Fixing.On:
		emit(model.EndFixing{Keep: true})
	case e.Name == key.NameReturn && a.state.Workspace == model.Fluoroscopy && a.state.Run.Known != nil:
		emit(model.KeepKnown{Now: gtx.Now})
	case e.Name == key.NameReturn && len(a.state.Draft.Shape.Points) > 0:
		emit(model.CloseDraft{})
	case e.Name == key.NameDeleteForward && a.deletes(gtx, emit):
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

// shiftMask takes the arrows for the mask of a run while they move it: a tenth of a pixel, with Shift a whole one.
func (a *App) shiftMask(gtx layout.Context, e key.Event, emit func(model.Msg)) bool {
	if a.state.Workspace != model.Fluoroscopy || !a.state.Run.Shifting || a.state.Overlay != model.NoOverlay || e.Modifiers&^key.ModShift != 0 {
		return false
	}
	step := 0.1
	if e.Modifiers.Contain(key.ModShift) {
		step = 1
	}
	m := model.ShiftMask{Now: gtx.Now}
	switch e.Name {
	case key.NameLeftArrow:
		m.DX = -step
	case key.NameRightArrow:
		m.DX = step
	case key.NameUpArrow:
		m.DY = -step
	case key.NameDownArrow:
		m.DY = step
	default:
		return false
	}
	emit(m)
	return true
}

// browse takes the arrows for the listing of the folder browser; left and right
// belong to the text while its path is typed.
func (a *App) browse(gtx layout.Context, e key.Event, emit func(model.Msg)) bool {
	if s := a.state; s.Workspace != model.Studies || s.Overlay != model.NoOverlay || !s.Browser.Open && len(s.Settings.Recent) == 0 || e.Modifiers != 0 {
		return false
	}
	switch e.Name {
	case key.NameDownArrow:
		emit(model.StepEntry{By: 1, Now: gtx.Now})
	case key.NameUpArrow:
		emit(model.StepEntry{By: -1, Now: gtx.Now})
	case key.NameRightArrow:
		emit(model.StepFolder{By: 1})
	case key.NameLeftArrow:
		emit(model.StepFolder{By: -1})
	default:
		return false
	}
	return true
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

// deletes takes away the measure that is chosen and reports whether there was
// one.
func (a *App) deletes(gtx layout.Context, emit func(model.Msg)) bool {
	x, _ := model.Find("measure-delete")
	if x.Reason(a.state) != "" {
		return false
	}
	emit(x.Msg(a.state, gtx.Now))
	return true
}
