package app_test

import (
	"fmt"
	"image"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"gioui.org/f32"
	"gioui.org/io/key"
	"gioui.org/io/pointer"

	"github.com/vertefill/vertefill/internal/text"
	"github.com/vertefill/vertefill/ui/app"
	"github.com/vertefill/vertefill/ui/model"
)

// The message after a decision takes it back, but nothing that came later.
func TestToastTakesBack(t *testing.T) {
	w := correcting(t, nil)
	s := w.app.State()
	w.Key("A", 0)
	w.settled()
	w.ClickOn("Undo: Leak accepted")
	w.settled()
	if s.Decision(1) != "" || s.Toast.Text != "" {
		t.Fatalf("decision %q, message %q", s.Decision(1), s.Toast.Text)
	}
	w.Key("A", 0)
	w.settled()
	w.Key("I", 0) // another step
	w.Frame()
	if w.Has("Undo: Leak accepted") {
		t.Error("the message would take back what came after it")
	}
}

// A divided grid is remembered for its arrangement only, and a damaged value
// from a file is brought into bounds.
func TestSplitIsRemembered(t *testing.T) {
	w := reading(t, full, nil)
	a, _ := w.Bounds("PRE Sagittal")
	b, _ := w.Bounds("POST Sagittal")
	x := float32(a.Max.X+b.Min.X) / 2
	w.Drag(f32.Pt(x, 300), f32.Pt(x+90, 300), pointer.ButtonPrimary)
	w.Frame()
	moved, _ := w.Bounds("POST Sagittal")
	if r := w.saved.Splits["reading"]; moved.Min.X <= b.Min.X+60 || r[0] <= 0.55 || r[1] != 0 || len(w.saved.Splits) != 1 {
		t.Fatalf("from %v to %v, saved %v", b, moved, w.saved.Splits)
	}
	next := newWindow(t, full, func(s *model.Settings) { *s = w.saved })
	next.load(t)
	next.Until("the analysis", func() bool { return next.app.State().Result != nil })
	if again, _ := next.Bounds("POST Sagittal"); again != moved {
		t.Errorf("%v after a restart, %v before", again, moved)
	}
	file := filepath.Join(t.TempDir(), "desktop.json")
	if err := os.WriteFile(file, []byte(`{"Splits": {"reading": [7, -3]}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if r := app.LoadSettings(file).Splits["reading"]; r != [2]float32{0.8, 0.2} {
		t.Errorf("damaged shares become %v", r)
	}
}

// Of a hundred series only those in sight are laid out, and all can be
// reached; names too long for the rail or written from the right do not leave
// it.
func TestManySeries(t *testing.T) {
	w := reading(t, full, nil)
	s := w.app.State()
	study := *s.Study
	study.Series = slices.Clone(study.Series)
	for i := len(study.Series); i < 100; i++ {
		x := study.Series[0]
		x.Role, x.UID, x.Spacing = model.Other, fmt.Sprint(i), [3]float64{}
		x.Description = "\u05e2\u05de\u05d5\u05d3 \u05e9\u05d3\u05e8\u05d4 " + fmt.Sprint(i) + " a very long description that does not fit into any rail"
		study.Series = append(study.Series, x)
	}
	s.Study = &study
	w.Frame()
	count := func() (n int) {
		for i := range 100 {
			if _, ok := w.Bounds(fmt.Sprintf("series %d", i+1)); ok {
				n++
			}
		}
		return n
	}
	if n := count(); n < 3 || n > 10 {
		t.Errorf("%d series are laid out", n)
	}
	for range 400 {
		w.Scroll(f32.Pt(70, 500), 3*notch, 0)
		if w.Has("series 100") {
			break
		}
	}
	r, ok := w.Bounds("series 100")
	if !ok {
		t.Fatal("the last series cannot be reached")
	}
	if r.Min.X < 0 || r.Max.X > 149 {
		t.Errorf("the last series lies at %v", r)
	}
}

// A window too small for a view beside the panel shows the focused view there, all that ends a correction stays in it, and so do
// language, settings and help; studies and report give their side columns up before what they are for.
func TestVerySmallWindow(t *testing.T) {
	size := image.Pt(1024, 700)
	w := newWindow(t, size, func(s *model.Settings) { s.Scale, s.Lang, s.Light = 150, text.French, true })
	w.analysed(t)
	w.Frame()
	inside := func(labels ...string) {
		t.Helper()
		for _, l := range labels {
			if r, ok := w.Bounds(l); !ok || !r.In(image.Rectangle{Max: size}) || r.Dx() < 20 {
				t.Errorf("%q lies at %v", l, r)
			}
		}
	}
	inside("Réglages", "Clavier et souris", "English", "POST Sagittal")
	if w.Has("PRE Sagittal") || w.Has("POST Axial") {
		t.Errorf("views under the panel: %q", w.Labels())
	}
	w.Do("correct")
	w.Frame()
	inside("Terminer", "POST Sagittal")
	w.Key(key.NameReturn, 0)
	w.Do("report")
	w.Frame()
	if w.Has("Contenu") || !w.Has("Validation") {
		t.Errorf("the report shows %q", w.Labels())
	}
	w.app.Send(model.SetWorkspace{To: model.Studies})
	w.Frame()
	if w.Has("Études récentes") || !w.Has("Ouvrir un dossier") {
		t.Errorf("studies show %q", w.Labels())
	}
	inside("Rôle")
	w.Do("read")
	w.Do("panel")
	w.Frame()
	w.Frame()
	if !w.Has("PRE Sagittal") || !w.Has("POST Sagittal") {
		t.Errorf("without the panel: %q", w.Labels())
	}
}
