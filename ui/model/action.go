package model

import (
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/vertefill/vertefill/internal/render"
	"github.com/vertefill/vertefill/internal/text"
	"github.com/vertefill/vertefill/ui/i18n"
)

// Action is one thing the user can do. The registry feeds tool bar, palette,
// shortcuts, menus and the help page.
type Action struct {
	ID    string
	Label i18n.Text
	Group i18n.Text
	Icon  string // name in package icon
	Sense i18n.Text
	Named i18n.Text // the label while {level} is selected; empty for the same
	Keys  []Key
	// Blocked says why the action cannot be done now; nil when it always can.
	Blocked func(*State) (why i18n.Text, blocked bool)
	Msg     func(s *State, now time.Time) Msg
}

// Title is the label of the action in the state: it names the selected level
// where the action is about one.
func (a Action) Title(s *State) string {
	if a.Named.EN != "" && s.vertebra(s.Reading.Level) != nil {
		return a.Named.In(s.Settings.Lang, "level", s.Reading.Level.String())
	}
	return a.Label.In(s.Settings.Lang)
}

// Key is a shortcut. Name is a letter, a sign or one of Gio's names of keys
// ("⇞" PageUp and so on).
type Key struct {
	Name             string
	Ctrl, Shift, Alt bool
}

// Label names the shortcut in the language, parts apart: "Ctrl", "K".
func (k Key) Label(l text.Lang) []string {
	var out []string
	if k.Ctrl {
		out = append(out, "Ctrl")
	}
	if k.Alt {
		out = append(out, "Alt")
	}
	if k.Shift {
		out = append(out, i18n.KeyShift.In(l))
	}
	name := k.Name
	if t, ok := keyNames[k.Name]; ok {
		name = t.In(l)
	}
	return append(out, name)
}

// String is Label as one word: "Ctrl K".
func (k Key) String(l text.Lang) string { return strings.Join(k.Label(l), " ") }

var keyNames = map[string]i18n.Text{
	"Space": i18n.KeySpace, "⇞": i18n.KeyPageUp, "⇟": i18n.KeyPageDown,
	"⌫": i18n.KeyBackspace, "⌦": i18n.KeyDelete, "⇱": i18n.KeyHome, "⇲": i18n.KeyEnd, "⎋": i18n.KeyEsc,
}

// Letter reports whether the shortcut is a plain key, which is text while a
// field has the keyboard.
func (k Key) Letter() bool {
	return !k.Ctrl && !k.Alt && k.Name != "⎋" && !strings.HasPrefix(k.Name, "F1") && k.Name != "F9"
}

func key(name string) []Key  { return []Key{{Name: name}} }
func ctrl(name string) []Key { return []Key{{Name: name, Ctrl: true}} }

func needsStudy(s *State) (i18n.Text, bool) {
	return i18n.NothingOpen, s.Loaded[PreSlot].Volume == nil && s.Loaded[PostSlot].Volume == nil
}

// needsImages is needsStudy where a run alone will do.
func needsImages(s *State) (i18n.Text, bool) {
	if s.Workspace == Fluoroscopy {
		return i18n.Loading, s.Run.Cine == nil
	}
	return needsStudy(s)
}

// needsLayers says whether there is anything drawn over images.
func needsLayers(s *State) (i18n.Text, bool) {
	if s.Workspace == Fluoroscopy {
		return i18n.RunNotMeasured, s.Run.Shown == nil
	}
	return needsResult(s)
}

func needsPost(s *State) (i18n.Text, bool) {
	return i18n.NothingOpen, s.Loaded[PostSlot].Volume == nil
}

func needsPair(s *State) (i18n.Text, bool) {
	return i18n.NeedsPre, s.Loaded[PreSlot].Volume == nil || s.Loaded[PostSlot].Volume == nil
}

func needsResult(s *State) (i18n.Text, bool) {
	if why, blocked := needsStudy(s); blocked {
		return why, true
	}
	return i18n.NotYet, s.Result == nil
}

func fixed(m Msg) func(*State, time.Time) Msg { return func(*State, time.Time) Msg { return m } }

func look(change func(*Reading)) func(*State, time.Time) Msg { return fixed(Look{change}) }

func window(w render.Window) func(*State, time.Time) Msg {
	return func(s *State, _ time.Time) Msg {
		return Look{func(r *Reading) {
			slot := r.Focus.Slot
			w.Invert = r.Window[slot].Invert
			r.Window[slot] = w
			if r.Linked && !r.Loose.Window {
				r.Window = [2]render.Window{w, w}
			}
		}}
	}
}

func tool(t Tool) func(*State, time.Time) Msg { return look(func(r *Reading) { r.Tool = t }) }

func arrange(l Layout) func(*State, time.Time) Msg { return fixed(Arrange{l}) }

func scroll(steps int) func(*State, time.Time) Msg {
	return func(s *State, _ time.Time) Msg { return ScrollSlices{s.Reading.Focus, steps} }
}

// Actions is the registry, in the order of the palette.
func Actions() []Action { return slices.Clone(registry()) }

// registry is made once: a frame looks dozens of actions up.
var registry = sync.OnceValue(func() []Action {
	return slices.Concat(readActions(), presetActions(), showActions(), solidActions(), compareActions(), measureActions(), cineActions(), correctActions(), fixingActions(), lesionActions(), reportActions(), objectActions(), lessonActions(), saveActions(), tourActions(), fluoroActions(), cohortActions(), cohortRunActions(), blindActions())
})

// readActions are those of the reading room and of the program.
func readActions() []Action {
	L, F, P := i18n.Looking, i18n.Finding, i18n.Program
	return []Action{
		{ID: "tool-window", Label: i18n.Window, Group: L, Icon: "wl", Keys: key("W"), Blocked: needsImages, Msg: tool(WindowTool)},
		{ID: "tool-scroll", Label: i18n.Scroll, Group: L, Icon: "scroll", Keys: key("Q"), Blocked: needsImages, Msg: tool(ScrollTool)},
		{ID: "tool-zoom", Label: i18n.Zoom, Group: L, Icon: "zoom", Keys: key("Z"), Blocked: needsImages, Msg: tool(ZoomTool)},
		{ID: "tool-pan", Label: i18n.Pan, Group: L, Icon: "pan", Keys: key("H"), Blocked: needsImages, Msg: tool(PanTool)},
		{ID: "tool-crosshair", Label: i18n.Crosshair, Group: L, Icon: "cross", Keys: key("X"), Blocked: needsStudy, Msg: look(toggleCross)},

		{ID: "layout-grid", Label: i18n.Grid4, Group: L, Icon: "grid4", Blocked: needsPair, Msg: arrange(Grid4)},
		{ID: "layout-pair", Label: i18n.Pair, Group: L, Icon: "pair", Blocked: needsPair, Msg: arrange(Pair)},
		{ID: "layout-triplets", Label: i18n.Triplets, Group: L, Icon: "triplet", Blocked: needsPair, Msg: arrange(Triplets)},
		{ID: "layout-planes", Label: i18n.ThreePlanes, Group: L, Icon: "cube", Blocked: needsStudy, Msg: arrange(ThreePlanes)},
		{ID: "align", Label: i18n.AlignPlanes, Named: i18n.AlignTo, Group: L, Icon: "aligned", Sense: i18n.AlignSense, Keys: key("V"), Blocked: needsResult, Msg: func(s *State, _ time.Time) Msg { return SetAligned{!s.Reading.Aligned} }},
		{ID: "link", Label: i18n.LinkViews, Group: L, Icon: "link", Blocked: needsPair, Msg: func(s *State, _ time.Time) Msg { return SetLinked{!s.Reading.Linked} }},
		{ID: "fill", Label: i18n.FillView, Group: L, Icon: "eye", Keys: []Key{{Name: "⏎", Alt: true}}, Blocked: needsImages, Msg: func(s *State, _ time.Time) Msg { return Fill{s.Reading.Focus} }},

		{ID: "window-auto", Label: i18n.AutoWindow, Group: i18n.Window, Icon: "wl", Keys: key("0"), Blocked: needsStudy, Msg: fixed(AutoWindow{})},
		{ID: "invert", Label: i18n.Invert, Group: L, Icon: "invert", Keys: key("I"), Blocked: needsStudy, Msg: look(func(r *Reading) {
			for i := range r.Window {
				r.Window[i].Invert = !r.Window[i].Invert
			}
		})},
		{ID: "reset", Label: i18n.ResetView, Group: L, Icon: "undo", Keys: key("R"), Blocked: needsStudy, Msg: look(resetView)},
		{ID: "slab", Label: i18n.SlabMode, Group: L, Icon: "slab", Keys: key("D"), Blocked: needsStudy, Msg: look(cycleSlab)},
		{ID: "corners", Label: i18n.CornerTexts, Group: L, Icon: "note", Keys: key("N"), Blocked: needsStudy, Msg: look(func(r *Reading) { r.Corners = (r.Corners + 1) % 3 })},
		{ID: "layers", Label: i18n.CycleLayers, Group: L, Icon: "eyeoff", Keys: []Key{{Name: "Space", Shift: true}}, Blocked: needsLayers, Msg: look(func(r *Reading) { r.Layers = (r.Layers + 1) % 3 })},
		{ID: "slice-up", Label: i18n.SliceUp, Group: L, Icon: "up", Keys: key("↑"), Blocked: needsImages, Msg: scroll(-1)},
		{ID: "slice-down", Label: i18n.SliceDown, Group: L, Icon: "down", Keys: key("↓"), Blocked: needsImages, Msg: scroll(1)},
		{ID: "slice-first", Label: i18n.FirstSlice, Group: L, Icon: "up", Keys: key("⇱"), Blocked: needsImages, Msg: func(s *State, _ time.Time) Msg { return Ends{s.Reading.Focus, false} }},
		{ID: "slice-last", Label: i18n.LastSlice, Group: L, Icon: "down", Keys: key("⇲"), Blocked: needsImages, Msg: func(s *State, _ time.Time) Msg { return Ends{s.Reading.Focus, true} }},

		{ID: "finding-next", Label: i18n.NextFinding, Group: F, Icon: "flag", Keys: key("F"), Blocked: needsResult, Msg: fixed(StepFinding{1})},
		{ID: "finding-previous", Label: i18n.PrevFinding, Group: F, Icon: "flag", Keys: []Key{{Name: "F", Shift: true}}, Blocked: needsResult, Msg: fixed(StepFinding{-1})},
		{ID: "vertebra-next", Label: i18n.NextVert, Group: F, Icon: "vert", Keys: key("⇟"), Blocked: needsResult, Msg: fixed(StepLevel{1})},
		{ID: "vertebra-previous", Label: i18n.PrevVert, Group: F, Icon: "vert", Keys: key("⇞"), Blocked: needsResult, Msg: fixed(StepLevel{-1})},
		{ID: "level", Label: i18n.GoToLevel, Group: F, Icon: "vert", Sense: i18n.GoToLevelHow, Keys: key("G"), Blocked: needsResult, Msg: func(_ *State, now time.Time) Msg { return StartLevel{now} }},
		{ID: "problems", Label: i18n.Problems, Group: F, Icon: "warn", Blocked: needsStudy, Msg: func(s *State, _ time.Time) Msg { return ShowProblems{!s.Problems} }},
		{ID: "analyse", Label: i18n.AnalyseNow, Group: F, Icon: "vert", Blocked: notBlind(notDuringCase(needsPost)), Msg: func(_ *State, now time.Time) Msg { return StartAnalysis{now} }},
		seedAction(),
		{ID: "copy-table", Label: i18n.CopyTable, Group: F, Icon: "table", Keys: ctrl("C"), Blocked: needsResult, Msg: func(s *State, _ time.Time) Msg { return Do{Copy{s.TableTSV()}} }},

		{ID: "open", Label: i18n.OpenFolder, Group: P, Icon: "folder", Keys: ctrl("O"), Msg: fixed(AskPath{})},
		watchAction(),
		{ID: "paste", Label: i18n.PastePath, Group: P, Icon: "plus", Keys: ctrl("V"), Msg: fixed(Do{Paste{}})},
		{ID: "demo", Label: i18n.DemoCase, Group: P, Icon: "vert", Msg: func(_ *State, now time.Time) Msg { return OpenDemo{now} }},
		{ID: "undo", Label: i18n.Undo, Group: P, Icon: "undo", Keys: ctrl("Z"), Blocked: func(s *State) (i18n.Text, bool) { return i18n.NothingUndo, !s.CanUndo() }, Msg: fixed(Undo{})},
		{ID: "redo", Label: i18n.Redo, Group: P, Icon: "redo", Keys: ctrl("Y"), Blocked: func(s *State) (i18n.Text, bool) { return i18n.NothingUndo, !s.CanRedo() }, Msg: fixed(Redo{})},
		{ID: "palette", Label: i18n.Commands, Group: P, Icon: "search", Keys: ctrl("K"), Msg: fixed(SetOverlay{Palette})},
		{ID: "help", Label: i18n.Help, Group: P, Icon: "keyboard", Keys: key("?"), Msg: fixed(SetOverlay{Keyboard})},
		{ID: "settings", Label: i18n.Settings, Group: P, Icon: "settings", Msg: fixed(SetOverlay{SettingsDialog})},
		{ID: "anonymise", Label: i18n.Anonymise, Group: P, Icon: "anon", Msg: func(s *State, _ time.Time) Msg { return SetAnonymous{!s.Anonymous} }},
		{ID: "studies", Label: i18n.Studies, Group: P, Icon: "folder", Keys: ctrl("1"), Msg: fixed(SetWorkspace{Studies})},
		{ID: "read", Label: i18n.Read, Group: P, Icon: "grid4", Keys: ctrl("2"), Blocked: notDuringCase(func(s *State) (i18n.Text, bool) { return i18n.NothingOpen, s.Study == nil }), Msg: fixed(SetWorkspace{Read})},
		{ID: "rail", Label: i18n.ToggleRail, Group: P, Icon: "pair", Keys: key("F9"), Msg: fixed(SetSettings{func(x *Settings) { x.Rail = !x.Rail }})},
		{ID: "panel", Label: i18n.TogglePanel, Group: P, Icon: "table", Keys: key("F10"), Msg: fixed(SetSettings{func(x *Settings) { x.Panel = !x.Panel }})},
		{ID: "fullscreen", Label: i18n.FullScreen, Group: P, Icon: "eye", Keys: key("F11"), Msg: fixed(Do{FullScreen{}})},
	}
}

// Find returns the action with the id.
func Find(id string) (Action, bool) {
	a, ok := byID()[id]
	return a, ok
}

var byID = sync.OnceValue(func() map[string]Action {
	out := map[string]Action{}
	for _, a := range registry() {
		out[a.ID] = a
	}
	return out
})

// Reason returns why the action cannot be done now, empty when it can.
func (a Action) Reason(s *State) string {
	if a.Blocked == nil {
		return ""
	}
	if why, blocked := a.Blocked(s); blocked {
		return why.In(s.Settings.Lang)
	}
	return ""
}

// toggleCross is the key X: the crosshair's tool, and once more to hide the
// crosshair.
func toggleCross(r *Reading) {
	if r.Tool != CrossTool {
		r.Tool, r.Crosshair = CrossTool, true
		return
	}
	r.Tool, r.Crosshair = WindowTool, !r.Crosshair
}

func resetView(r *Reading) {
	r.Views = [2][4]View{}
	r.Window = [2]render.Window{render.SpineBone, render.SpineBone}
	r.Slab, r.Aligned, r.Oblique = render.Slab{}, false, Oblique{}
	r.Curved, r.Compare, r.Interp = [2]View{}, Alone, render.InterpLinear
	r.Turn, r.Tilt = turnStart, tiltStart
}

// cycleSlab goes through plane, mean, MIP and MinIP; a slab starts 10 mm
// thick.
func cycleSlab(r *Reading) {
	switch {
	case r.Slab.Thickness == 0:
		r.Slab = render.Slab{Thickness: 10, Mode: render.Mean}
	case r.Slab.Mode == render.MinIP:
		r.Slab = render.Slab{}
	default:
		r.Slab.Mode++
	}
}
