package app_test

import (
	"testing"

	"gioui.org/io/key"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/spine"
	"github.com/vertefill/vertefill/ui/model"
)

// Where no vertebra was found, the body at the crosshair is named and the
// analysis starts from there; a name that is none starts nothing.
func TestAnalysisFromANamedBody(t *testing.T) {
	w := newWindow(t, full, nil)
	w.backend.made = &assess.Result{Spine: &spine.Spine{}}
	w.load(t)
	s := w.app.State()
	w.Until("the analysis", func() bool { return s.Result != nil })
	if !s.Lost() || !w.Has("The vertebrae could not be found.") {
		t.Fatalf("labels %q", w.Labels())
	}
	at := s.Reading.Cursor[model.PostSlot]
	w.backend.made = nil
	w.ClickOn("Name the body at the crosshair")
	w.Type("X7")
	w.Key(key.NameReturn, 0)
	if _, runs := s.Job(model.AnalyseJob); runs || s.Overlay != model.SeedDialog {
		t.Fatal("an analysis from a body called X7")
	}
	w.Key("A", key.ModShortcut)
	w.Type("T11")
	w.Key(key.NameReturn, 0)
	w.Until("the analysis", func() bool { return s.Result != nil && !s.Lost() })
	seeds := w.backend.seeds
	if len(seeds) != 1 || seeds[0].Level != anatomy.T11 || seeds[0].Point != at {
		t.Errorf("seeds %+v, crosshair %v", seeds, at)
	}
}
