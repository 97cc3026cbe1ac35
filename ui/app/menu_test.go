package app_test

import (
	"image"
	"os"
	"path/filepath"
	"testing"

	"gioui.org/f32"
	"gioui.org/io/key"
	"gioui.org/io/pointer"

	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/ui/model"
)

// A right click on a leak of the list opens its menu, which decides and goes
// there.
func TestMenuOfALeak(t *testing.T) {
	w := correcting(t, nil)
	s := w.app.State()
	w.Do("vertebra-next")
	w.Click(w.Middle("T9 Canal, epidural"), pointer.ButtonSecondary)
	if s.Reading.Leak != 1 {
		t.Fatalf("leak %d is selected", s.Reading.Leak)
	}
	w.ClickOn("Note on the leak")
	w.Type("thin sheet")
	w.Key(key.NameReturn, 0)
	if m := s.Reading.Measures; len(m) != 1 || m[0].Note != "thin sheet" {
		t.Errorf("notes %+v", m)
	}
	w.Click(w.Middle("T9 Canal, epidural"), pointer.ButtonSecondary)
	w.ClickOn("Leak lies in the body")
	w.settled()
	if s.Decision(1) != assess.Rejected {
		t.Errorf("decision %q", s.Decision(1))
	}
	w.Do("vertebra-next")
	at := s.Reading.Cursor
	w.Click(w.Middle("T9 Canal, epidural"), pointer.ButtonSecondary)
	w.ClickOn("Go to T9")
	if s.Reading.Cursor == at {
		t.Error("the menu did not go to the leak")
	}
}

// The menu of a vertebra of the table acts on that vertebra.
func TestMenuOfAVertebra(t *testing.T) {
	w := correcting(t, nil)
	s := w.app.State()
	w.Click(w.Middle("T11"), pointer.ButtonSecondary)
	if !w.Has("Correct T11") || !w.Has("Exclude T11") || !w.Has("Rename T11") || s.Reading.Level.String() != "T11" {
		t.Fatalf("level %s, labels %q", s.Reading.Level, w.Labels())
	}
	w.ClickOn("Exclude T11")
	w.settled()
	if w.Has("Go to T11") || len(s.Work.Edits) != 1 {
		t.Errorf("%d edits", len(s.Work.Edits))
	}
}

// What was corrected on one vertebra goes back to automatic, the rest stays.
func TestResetOneVertebra(t *testing.T) {
	w := correcting(t, nil)
	s := w.app.State()
	w.Do("leak-accept") // of T9
	w.settled()
	w.app.Send(model.GoToLevel{Level: s.Result.Report.Vertebrae[3].Level})
	w.Frame()
	if a, _ := model.Find("body-automatic"); a.Reason(s) == "" {
		t.Error("T11 can be reset though nothing was corrected there")
	}
	w.app.Send(model.GoToLeak{ID: 1})
	w.Frame()
	w.Do("body-automatic")
	w.settled()
	if len(s.Work.Edits) != 0 || s.Decision(1) != "" {
		t.Errorf("%d edits, decision %q", len(s.Work.Edits), s.Decision(1))
	}
	w.Do("undo")
	w.settled()
	if s.Decision(1) != assess.Accepted {
		t.Error("undo does not bring the decision back")
	}
}

// The menu of a view knows the leak and the value under the pointer, and
// writes the picture.
func TestMenuOfAView(t *testing.T) {
	w := correcting(t, nil)
	w.draw()
	s := w.app.State()
	cell, ok := w.Bounds("POST Axial")
	if !ok {
		t.Fatal("no axial view")
	}
	middle := cell.Min.Add(cell.Max).Div(2)
	w.Click(f32of(middle), pointer.ButtonSecondary) // the crosshair stands in the leak
	if !w.Has("Accept") || !w.Has("Copy value, ") || !w.Has("Join with the nearest leak") {
		t.Fatalf("labels %q", w.Labels())
	}
	w.ClickOn("Hide overlays")
	if s.Reading.Layers != model.NoLayers {
		t.Error("overlays are shown still")
	}
	w.draw()
	w.Click(f32of(cell.Min.Add(cell.Size().Div(8))), pointer.ButtonSecondary)
	if w.Has("Join with the nearest leak") {
		t.Error("a leak's menu where there is none")
	}
	w.ClickOn("Export image")
	w.Until("the message", func() bool { return w.Has("Image written: ") })
	files, _ := filepath.Glob(filepath.Join(w.out, "view-*.png"))
	if len(files) != 1 {
		t.Fatalf("%d files", len(files))
	}
	if info, err := os.Stat(files[0]); err != nil || info.Size() < 1000 {
		t.Errorf("%v, %v", info, err)
	}
}

// A series is taken out of the views, and its header is read on request, but
// not while names are hidden.
func TestMenuOfASeries(t *testing.T) {
	w := reading(t, full, nil)
	s := w.app.State()
	w.Click(w.Middle("series 1"), pointer.ButtonSecondary)
	w.ClickOn("DICOM header")
	w.Until("the header", func() bool { return w.Has("EXAMPLE Alix") && w.Has("(0010,0010)") })
	w.app.Send(model.SetAnonymous{On: true})
	w.Frame()
	w.Frame()
	if w.Has("(0010,0010)") {
		t.Error("the header names the patient of an anonymised view")
	}
	w.app.Send(model.SetAnonymous{})
	w.app.Send(model.SetOverlay{})
	w.Frame()
	w.Frame()
	w.Click(w.Middle("series 1"), pointer.ButtonSecondary)
	w.ClickOn("Do not use")
	if s.Loaded[model.PreSlot].Volume != nil || s.Result != nil || s.Study.Series[0].Role != model.Other {
		t.Errorf("pre %v, role %s", s.Loaded[model.PreSlot].Volume != nil, s.Study.Series[0].Role)
	}
}

func f32of(p image.Point) f32.Point { return f32.Pt(float32(p.X), float32(p.Y)) }
