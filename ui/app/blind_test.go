package app_test

import (
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"gioui.org/io/key"
	"gioui.org/io/pointer"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/session"
	"github.com/vertefill/vertefill/ui/model"
)

// blindSession writes a session about the case of the tests that is to be read
// without the program's result, as a reading list does.
func blindSession(t *testing.T) string {
	t.Helper()
	// A reading list names the runs too, which the window's own sessions of a CT do not.
	state := session.State{Study: session.Study{Post: string(model.Post), Pre: string(model.Pre), Fluoro: []string{string(model.Fluoro)}}, Last: time.Unix(0, 0).UTC()}
	state.SetBlind()
	path := filepath.Join(t.TempDir(), "001"+session.Extension)
	if err := session.Write(path, state); err != nil {
		t.Fatal(err)
	}
	return path
}

// open opens a path with the analysis that is asked for by Enter.
func (w *window) open(t *testing.T, path string) {
	t.Helper()
	w.backend.post, w.backend.pre, w.backend.anywhere = scan(t, true), scan(t, false), true
	w.backend.run = true
	w.app.Send(model.OpenPath{Path: path, Now: w.Now})
	w.Until("the preview", func() bool { return w.app.State().Browser.Preview != nil })
	w.Key(key.NameReturn, 0)
	w.Until("the session", func() bool { s := w.app.State(); return s.Session.Open && s.Loaded[model.PostSlot].Volume != nil })
	w.Frame()
}

// TestBlindReading: nothing is measured in a blinded session, whichever way it
// is opened; the reader's answer is signed and stands in the file that goes
// back.
func TestBlindReading(t *testing.T) {
	path := blindSession(t)
	w := newWindow(t, full, func(s *model.Settings) { s.Reader = "B. Lind" })
	w.backend.made = measured(t)
	w.open(t, path)
	s := w.app.State()
	blind := func(when string) {
		t.Helper()
		w.Frame()
		if _, running := s.Job(model.AnalyseJob); running || s.Result != nil || !s.BlindReading() || !w.Has("Blinded reading") {
			t.Fatalf("%s: result %v, blind %v: %q", when, s.Result != nil, s.BlindReading(), w.Labels())
		}
	}
	blind("opened")
	for _, id := range []string{"analyse", "analyse-from", "report", "export"} {
		if a, _ := model.Find(id); a.Reason(s) == "" {
			t.Errorf("%s can be used", id)
		}
	}
	w.app.Send(model.StartAnalysis{Now: w.Now})
	w.app.Send(model.Analysed{Post: s.Loaded[model.PostSlot].Volume, Result: measured(t), Now: w.Now})
	w.app.Send(model.Interim{Post: s.Loaded[model.PostSlot].Volume, Result: &assess.Result{}})
	blind("asked to measure")

	w.Do("fluoroscopy")
	w.Until("the run", func() bool { return s.Run.Cine != nil })
	if a, _ := model.Find("run-measure"); a.Reason(s) == "" {
		t.Error("a run can be measured")
	}
	w.app.Send(model.RemeasureRun{})
	blind("at the run")
	if _, running := s.Job(model.MeasureJob); running || s.Run.Injection.Found != nil {
		t.Error("the run is measured")
	}
	w.Do("read")

	// The answer: a level, its fill, a leak with its mark and type.
	if why, _, blocked := s.BlindBlocked(); !blocked || why.EN != "name the treated levels" {
		t.Errorf("an empty answer: %q", why.EN)
	}
	w.ClickOn("T9")
	w.ClickOn("Canal, epidural")
	if !s.Marking() {
		t.Fatal("a leak that was named cannot be marked")
	}
	w.app.Send(model.PointAt{Slot: model.PostSlot, At: leakCentre})
	w.Frame()
	w.Click(w.Middle("POST Axial"), pointer.ButtonPrimary)
	w.ClickOn("Canal, epidural B")
	if why, which, _ := s.BlindBlocked(); which != "T9" || why.EN != "say how full the body is" {
		t.Errorf("without a fill: %s %q", which, why.EN)
	}
	fill := 0.25
	w.app.Send(model.SayBlind{Change: func(v *session.AnswerLevel) { v.Fill = &fill }})
	w.ClickOn("T12") // one level too many, taken out again
	w.ClickOn("✓ T12")
	w.ClickOn("Sign the reading")
	w.Until("the file", func() bool { return w.Has("Session written to") })
	blind("signed")
	files, _ := filepath.Glob(filepath.Join(w.out, "*"+session.Extension))
	if len(files) != 1 {
		t.Fatalf("%d session files", len(files))
	}
	back, err := session.Read(files[0])
	if err != nil || len(back.Signed) != 1 || !back.Blind() || back.Signed[0].Reader != "B. Lind" {
		t.Fatalf("%+v %v", back.Signed, err)
	}
	a, ok, err := session.ReadAnswer(back.Signed[0].Report)
	if !ok || err != nil || len(a.Levels) != 1 || a.Levels[0].Level != anatomy.T9 || *a.Levels[0].Fill != 0.25 || len(a.Levels[0].Leaks) != 1 {
		t.Fatalf("%+v %v %v", a, ok, err)
	}
	if k := a.Levels[0].Leaks[0]; k.Compartment != anatomy.Canal || k.Type != anatomy.TypeB || k.At == nil || math.Abs(k.At[2]-leakCentre.Z) > 1 {
		t.Errorf("leak %+v", k)
	}
	if why, _, _ := s.BlindBlocked(); why.EN == "" {
		t.Error("the same answer can be signed twice")
	}
	w.Key("Z", key.ModShortcut)
	if len(s.Answer().Levels) != 2 {
		t.Errorf("undo leaves %+v", s.Answer())
	}

	// Later, by the folder of the images: the journal knows, and so does the session beside them.
	again := newWindow(t, full, nil)
	dir := filepath.Dir(path)
	if err := os.MkdirAll(filepath.Join(dir, "images"), 0o755); err != nil {
		t.Fatal(err)
	}
	again.open(t, filepath.Join(dir, "images"))
	if s := again.app.State(); s.Result != nil || !s.BlindReading() {
		t.Error("the folder of the images shows the result")
	}
}

// TestOnlyBlindSessionsAreBlind: a study opened after a blinded one is
// measured as ever.
func TestOnlyBlindSessionsAreBlind(t *testing.T) {
	path := blindSession(t)
	w := newWindow(t, full, nil)
	w.open(t, path)
	other := filepath.Join(t.TempDir(), "case")
	if err := os.MkdirAll(other, 0o755); err != nil {
		t.Fatal(err)
	}
	w.backend.other = ".9"
	w.app.Send(model.Preview{Path: other, Row: -1, Now: w.Now})
	w.Until("the preview", func() bool { return w.app.State().Browser.Preview != nil })
	w.app.Send(model.OpenStudy{Analyse: true, Now: w.Now})
	w.Until("the analysis", func() bool { return w.app.State().Result != nil })
}
