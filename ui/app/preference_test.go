package app_test

import (
	"testing"

	"gioui.org/io/key"

	"github.com/vertefill/vertefill/internal/leak"
	"github.com/vertefill/vertefill/internal/render"
	"github.com/vertefill/vertefill/ui/model"
)

// A preset set in the settings is what its key gives, and is remembered.
func TestPresetsAreSettings(t *testing.T) {
	w := reading(t, full, nil)
	s := w.app.State()
	w.Do("settings")
	w.ClickOn("Windows")
	w.ClickOn("width, Cement")
	w.Key("A", key.ModShortcut)
	w.Type("5000")
	w.app.Send(model.SetOverlay{})
	w.Frame()
	w.Frame()
	w.Key("2", 0)
	if got := s.Reading.Window[model.PostSlot]; got != (render.Window{Width: 5000, Centre: 1500}) {
		t.Errorf("key 2 gives %+v", got)
	}
	if !w.Has("Cement 5000 / 1500") || w.saved.Windows["window-cement"] != [2]float64{5000, 1500} {
		t.Errorf("saved %v", w.saved.Windows)
	}
	w.app.Send(model.SetPreset{ID: "window-cement", Width: 4000, Centre: 1500})
	w.app.Send(model.SetPreset{ID: "window-bone", Width: 0, Centre: 9}) // no window
	w.Frame()
	if len(s.Settings.Windows) != 0 {
		t.Errorf("%v is left", s.Settings.Windows)
	}
}

// Limits of attention reach the next analysis.
func TestLimitsReachTheAnalysis(t *testing.T) {
	w := reading(t, full, nil)
	w.Do("settings")
	w.ClickOn("Attention limits")
	w.ClickOn("Attention: canal encroachment from (mm)")
	w.Key("A", key.ModShortcut)
	w.Type("2,5")
	w.app.Send(model.SetOverlay{})
	w.Frame()
	w.Do("analyse")
	w.Until("the analysis", func() bool { _, runs := w.app.State().Job(model.AnalyseJob); return !runs })
	want := leak.DefaultAttention()
	want.CanalMM = 2.5
	if w.backend.limits != want || *w.saved.Attention != want {
		t.Errorf("limits %+v", w.backend.limits)
	}
}

// Recent studies tell whose they are and how far they are; names go when they
// are not to be kept.
func TestRecentStudies(t *testing.T) {
	w := correcting(t, func(s *model.Settings) { s.Reader = "Dr Example" })
	s := w.app.State()
	w.Do("studies")
	w.Frame()
	if !w.Has("EXAMPLE Alix") || !w.Has("F 71 y · T9") || s.Settings.Recent[0].State != model.Measured {
		t.Fatalf("recent %+v", s.Settings.Recent[0])
	}
	w.Do("leak-accept")
	w.settled()
	w.Do("sign")
	w.Frame()
	w.Frame()
	if !w.Has("Signed") || s.Settings.Recent[0].State != model.Signed {
		t.Errorf("recent %+v", s.Settings.Recent[0])
	}
	w.app.Send(model.ForgetNames{On: true})
	w.Frame()
	w.Frame()
	if p := w.saved.Recent[0].Patient; p != (model.Patient{}) {
		t.Errorf("kept %+v", p)
	}
}
