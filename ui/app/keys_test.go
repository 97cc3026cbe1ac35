package app_test

import (
	"testing"

	"gioui.org/io/key"

	"github.com/vertefill/vertefill/ui/model"
)

func TestShortcutsCanBeChanged(t *testing.T) {
	w := reading(t, full, nil)
	s := w.app.State()
	w.Key("?", key.ModShift)
	w.ClickOn("Change the key of Length")
	w.Key("X", 0) // the key of the crosshair
	if a, _ := s.Find("measure-length"); len(a.Keys) != 1 || a.Keys[0].Name != "X" {
		t.Fatalf("the length has the keys %v", a.Keys)
	}
	if a, _ := s.Find("tool-crosshair"); len(a.Keys) != 0 {
		t.Errorf("the crosshair still has %v", a.Keys)
	}
	w.Key(key.NameEscape, 0)
	w.Key("X", 0)
	if s.Reading.Tool != model.MeasureTool {
		t.Errorf("X gives tool %v", s.Reading.Tool)
	}
	w.Key("W", 0)
	w.Key("L", 0)
	if s.Reading.Tool == model.MeasureTool {
		t.Error("L still measures")
	}
	if w.saved.Keys["measure-length"] != "X" {
		t.Errorf("kept: %v", w.saved.Keys)
	}
	w.Key("?", key.ModShift)
	w.ClickOn("Change the key of Length")
	w.Key(key.NameReturn, 0)
	if a, _ := s.Find("measure-length"); a.Keys[0].Name != "X" || !w.Has("cannot be changed") {
		t.Error("Enter was taken as a shortcut")
	}
	w.ClickOn("Change the key of Length")
	w.Key("U", key.ModShortcut|key.ModShift)
	if a, _ := s.Find("measure-length"); a.Keys[0] != (model.Key{Name: "U", Ctrl: true, Shift: true}) {
		t.Errorf("Ctrl+Shift+U is kept as %v", a.Keys)
	}
	w.ClickOn("All keys as at first")
	if a, _ := s.Find("tool-crosshair"); len(a.Keys) != 1 || a.Keys[0].Name != "X" {
		t.Errorf("the crosshair has %v", a.Keys)
	}
}

// What the window is left with is what it opens with.
func TestLayoutIsRemembered(t *testing.T) {
	w := reading(t, full, nil)
	w.ClickOn("Two triplets")
	if w.saved.Layout != model.Triplets {
		t.Fatalf("kept layout %v", w.saved.Layout)
	}
	again := newWindow(t, full, func(s *model.Settings) { *s = w.saved })
	again.load(t)
	again.Key(key.NameF10, 0) // an analysis shows the panel, which takes the room
	again.Frame()
	if got, _ := again.app.State().Grid(); len(got) != 6 {
		t.Errorf("%d views, want the two triplets", len(got))
	}
}
