package app_test

import (
	"encoding/json"
	"image"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gioui.org/f32"
	"gioui.org/io/key"
	"gioui.org/io/pointer"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/export"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/nifti"
	"github.com/vertefill/vertefill/internal/teach"
	"github.com/vertefill/vertefill/internal/volume"
	"github.com/vertefill/vertefill/ui/model"
)

// lessonID is a teaching case made of the case of the tests.
const lessonID = "99-test"

// lesson is a window with the collection shown; its last case is made of the
// case of the tests.
func lesson(t testing.TB, change func(*model.Settings)) *window {
	t.Helper()
	return lessonIn(t, full, change)
}

func lessonIn(t testing.TB, size image.Point, change func(*model.Settings)) *window {
	t.Helper()
	w := newWindow(t, size, change)
	w.backend.post, w.backend.pre, w.backend.run = scan(t, true), scan(t, false), true
	dir := filepath.Join(w.lessons, "cases", lessonID)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	c := teach.Case{ID: lessonID, Title: teach.Words{EN: "Behind the wall", FR: "Derrière le mur"}, Difficulty: 2, Source: "reader",
		History: teach.Words{EN: "Woman, 70 years.", FR: "Femme, 70 ans."}, Points: []teach.Words{{EN: "The wall comes first.", FR: "Le mur d’abord."}},
		Reference: teach.Reference{Treated: []teach.Treated{{Level: anatomy.T9, Fill: 0.131, Interval: &assess.Interval{0.125, 0.137}}},
			Leaks: []teach.Leak{{ID: 1, Level: anatomy.T9, Compartment: anatomy.Canal, Type: anatomy.TypeB, VolumeML: 0.38, At: [3]float64{leakCentre.X, leakCentre.Y, leakCentre.Z}}}},
		Steps: []teach.Step{
			{Title: teach.Words{EN: "Before", FR: "Avant"}, Text: teach.Words{EN: "No cement yet.", FR: "Pas encore de ciment."}, Show: "pre"},
			{Title: teach.Words{EN: "Injection", FR: "Injection"}, Text: teach.Words{EN: "Cement is watched.", FR: "Le ciment est surveillé."}, Show: "fluoro", Frame: 20},
			{Title: teach.Words{EN: "The leak", FR: "La fuite"}, Text: teach.Words{EN: "Behind the wall.", FR: "Derrière le mur."}, Show: "post", Plane: teach.Sagittal, WideMM: 120, At: [3]float64{leakCentre.X, leakCentre.Y, leakCentre.Z},
				Arrows: []teach.Arrow{{Tip: [3]float64{leakCentre.X, leakCentre.Y, leakCentre.Z}, From: [2]float64{1, -1}, Text: teach.Words{EN: "cement in the canal", FR: "ciment dans le canal"}}}},
		}}
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, teach.CaseFile), text, 0o644); err != nil {
		t.Fatal(err)
	}
	g := w.backend.post.Grid
	vertebrae, cement, leaks := volume.NewLabels(g, g.Bounds()), volume.NewLabels(g, g.Bounds()), volume.NewLabels(g, g.Bounds())
	for k := range g.NZ {
		for j := range g.NY {
			for i := range g.NX {
				p := g.Patient(geom.Vox(float64(i), float64(j), float64(k)))
				for n, l := range levels {
					if inside(p, bodyCentre(n), 20, 16, 12) < 1 {
						vertebrae.Set(i, j, k, uint8(l))
					}
				}
				switch {
				case inside(p, cementCentre, 9, 8, 7) < 1:
					cement.Set(i, j, k, uint8(anatomy.CementInBody))
				case inside(p, leakCentre, 6, 3, 5) < 1:
					cement.Set(i, j, k, uint8(anatomy.CementLeaked))
					leaks.Set(i, j, k, 1)
				}
			}
		}
	}
	for name, l := range map[string]*volume.Labels{teach.Masks.Vertebrae: vertebrae, teach.Masks.Cement: cement, teach.Masks.Leaks: leaks} {
		if err := export.WriteFile(filepath.Join(dir, name), func(out io.Writer) error { return nifti.WriteLabels(out, l, "reference") }); err != nil {
			t.Fatal(err)
		}
	}
	w.Do("teaching")
	w.Until("the collection", func() bool { return w.app.State().Lesson.Listed })
	return w
}

// play opens the last case of the collection.
func (w *window) play(way model.Way) {
	n, before := len(w.app.State().Lesson.Cases), w.app.State().Lesson.Play
	w.app.Send(model.PlayCase{At: n - 1, Way: way, Now: w.Now})
	w.Until("the case", func() bool { p := w.app.State().Lesson.Play; return p != nil && p != before })
	w.Frame()
}

func TestQuiz(t *testing.T) {
	w := lesson(t, func(s *model.Settings) { s.Learner = "Ada" })
	s := w.app.State()
	if n := len(s.Lesson.Cases); n != 11 || !w.Has("not answered yet") {
		t.Fatalf("%d cases, labels %q", n, w.Labels())
	}
	w.play(model.Quiz)
	// Nothing tells the answer before it is given.
	if s.Result != nil || w.Has("Behind the wall") || w.Has("EXAMPLE") || w.Has("Analyse") {
		t.Fatalf("the answer shows: %q", w.Labels())
	}
	for _, id := range []string{"reference", "analyse", "read", "report"} {
		if a, _ := model.Find(id); a.Reason(s) == "" {
			t.Fatalf("%s tells the answer before it is given", id)
		}
	}
	w.ClickOn("T9")
	w.ClickOn("Canal, epidural")
	if !s.Marking() {
		t.Fatal("a leak that was named cannot be marked")
	}
	w.app.Send(model.PointAt{Slot: model.PostSlot, At: leakCentre})
	w.Frame()
	w.Click(w.Middle("POST Sagittal"), pointer.ButtonPrimary)
	if len(s.Lesson.Play.Answer.Marks) != 1 || s.Marking() {
		t.Fatalf("marks %v", s.Lesson.Play.Answer.Marks)
	}
	w.Key("Z", key.ModShortcut)
	if len(s.Lesson.Play.Answer.Marks) != 0 {
		t.Error("a mark cannot be undone")
	}
	w.Key("Y", key.ModShortcut)
	w.app.Send(model.Answering{Change: func(a *teach.Answer) {
		a.Fill = 0.2
		a.Marks[0].At = [3]float64{leakCentre.X, leakCentre.Y, leakCentre.Z}
	}})
	w.ClickOn("Does cement take room in the canal? Yes")
	w.ClickOn("None")
	w.ClickOn("Give the answer")
	if s.Lesson.Play.Judged == nil || s.Result == nil || !w.Has("4.5 / 5") || !w.Has("Behind the wall") {
		t.Fatalf("not judged: %q", w.Labels())
	}
	if m := s.Lesson.Play.Marks; len(m) != 1 || m[0].Verdict != teach.Right || len(s.Lesson.Play.Missed) != 0 {
		t.Errorf("marks %+v, missed %v", m, s.Lesson.Play.Missed)
	}
	for _, id := range []string{"correct", "leak-reject", "export", "sign"} {
		if a, _ := model.Find(id); a.Reason(s) == "" {
			t.Errorf("%s would take the reference for a measurement", id)
		}
	}
	w.Do("reference")
	if s.Result != nil {
		t.Error("the reference cannot be hidden")
	}
	book := teach.Book{Path: filepath.Join(w.lessons, "scores.jsonl")}
	eventually(t, "the score on disk", func() bool { all, err := book.All(); return err == nil && len(all) == 1 && all[0].Points == 4.5 })
	w.Do("case-leave")
	if s.Lesson.Play != nil || s.Study != nil || !w.Has("4.5 of 5 points") {
		t.Errorf("back in the collection: %q", w.Labels())
	}
	w.ClickOn("Erase my scores")
	w.Until("no score", func() bool { return len(s.Lesson.Scores) == 0 })
}

func TestQuizDrawing(t *testing.T) {
	w := lesson(t, nil)
	s := w.app.State()
	w.play(model.Quiz)
	w.app.Send(model.PointAt{Slot: model.PostSlot, At: bodyCentre(1)})
	w.Frame()
	w.ClickOn("Outline of the body")
	if s.Lesson.Play.Draws != teach.DrawnBody || s.Reading.Tool != model.MeasureTool {
		t.Fatal("no outline is awaited")
	}
	// A circle round the middle of the axial view.
	c := w.Middle("POST Axial")
	w.Trace(c.Add(f32.Pt(-40, -40)), c.Add(f32.Pt(40, -40)), c.Add(f32.Pt(40, 40)), c.Add(f32.Pt(-40, 40)))
	if s.Outlined(teach.DrawnBody) != 1 || s.Lesson.Play.Draws != "" {
		t.Fatal("the outline was not taken")
	}
	// Again on the same slice: the better outline takes its place. On another slice: one more.
	square := func(half float32) {
		w.ClickOn("Outline of the body")
		c := w.Middle("POST Axial")
		w.Trace(c.Add(f32.Pt(-half, -half)), c.Add(f32.Pt(half, -half)), c.Add(f32.Pt(half, half)), c.Add(f32.Pt(-half, half)))
	}
	square(30)
	if s.Outlined(teach.DrawnBody) != 1 || len(s.Reading.Measures) != 1 {
		t.Fatalf("%d outlines, %d measures after the same slice", s.Outlined(teach.DrawnBody), len(s.Reading.Measures))
	}
	above := bodyCentre(1)
	above.Z += 4
	w.app.Send(model.PointAt{Slot: model.PostSlot, At: above})
	w.Frame()
	square(30)
	if s.Outlined(teach.DrawnBody) != 2 {
		t.Fatalf("%d outlines after another slice", s.Outlined(teach.DrawnBody))
	}
	w.Do("answer")
	d := s.Lesson.Play.Answer.Drawn
	if len(d) != 1 || d[0].Of != teach.DrawnBody || d[0].Dice <= 0 || d[0].Dice > 1 || d[0].Areas.Slices != 2 || d[0].Level != levels[1] {
		t.Errorf("drawn %+v", d)
	}
	if !w.Has("Every slice drawn like this") || !w.Has("on these 2 slices") {
		t.Errorf("the error in mL is not told: %q", w.Labels())
	}
	if !w.Has("no learner is named") {
		t.Error("nobody says that the score is not kept")
	}
}

func TestTour(t *testing.T) {
	w := lesson(t, french)
	s := w.app.State()
	w.play(model.Tour)
	if ids, _ := s.Grid(); !w.Has("Pas encore de ciment.") || ids[0].Slot != model.PreSlot {
		t.Fatalf("first step: %q", w.Labels())
	}
	w.Key(key.NameRightArrow, 0)
	w.Until("the run", func() bool { return s.Run.Cine != nil })
	w.Frame()
	if ids, _ := s.Grid(); len(ids) != 1 || ids[0].Content != model.RunView || s.Run.Frame != 20 {
		t.Errorf("second step shows frame %d in %v", s.Run.Frame, ids)
	}
	w.Key(key.NamePageDown, 0)
	if s.Lesson.Play.Step != 2 || s.Result == nil || s.Reading.Cursor[model.PostSlot].Dist(leakCentre) > 0.1 {
		t.Errorf("third step %d at %v", s.Lesson.Play.Step, s.Reading.Cursor[model.PostSlot])
	}
	w.Key(key.NameRightArrow, 0)
	w.Key(key.NameLeftArrow, 0)
	if s.Lesson.Play.Step != 1 {
		t.Errorf("step %d after the end and back", s.Lesson.Play.Step)
	}
}

// A case goes out as one file and comes in as it was; a file that is none is
// refused in words.
func TestCaseAsFile(t *testing.T) {
	w := lesson(t, nil)
	s := w.app.State()
	w.app.Send(model.Do{Effect: model.PackCase{Case: s.Lesson.Cases[10]}})
	path := filepath.Join(w.out, lessonID+".vfcase")
	w.Until("the file", func() bool { _, err := os.Stat(path); return err == nil && w.Has("Case written to") })
	if err := os.RemoveAll(filepath.Join(w.lessons, "cases", lessonID)); err != nil {
		t.Fatal(err)
	}
	w.ClickOn("Import cases")
	w.app.Send(model.LookAround{Dir: w.out})
	w.Until("the folder", func() bool { return s.Browser.Dir == w.out })
	w.Frame()
	w.ClickOn(filepath.Base(path))
	w.Until("the case on disk", func() bool { _, err := teach.Open(filepath.Join(w.lessons, "cases", lessonID)); return err == nil })
	// The collection as one file: what is there of it, two cases here.
	twin := filepath.Join(w.lessons, "cases", "98-twin")
	if err := os.CopyFS(twin, os.DirFS(filepath.Join(w.lessons, "cases", lessonID))); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(twin, teach.CaseFile))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(twin, teach.CaseFile), []byte(strings.Replace(string(text), lessonID, "98-twin", 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	w.app.Send(model.Do{Effect: model.ListLessons{}})
	w.Until("both cases", func() bool { return len(s.Lesson.Cases) == 12 })
	w.Frame()
	w.ClickOn("Export the collection")
	w.Until("the collection", func() bool { return w.Has("2 cases written to") })
	packed, _ := filepath.Glob(filepath.Join(w.out, "cases-*.vfcase"))
	if len(packed) != 1 {
		t.Fatalf("%d files", len(packed))
	}
	if err := os.RemoveAll(filepath.Join(w.lessons, "cases")); err != nil {
		t.Fatal(err)
	}
	w.app.Send(model.Do{Effect: model.ImportCase{Path: packed[0]}})
	w.Until("both cases back", func() bool {
		_, err := teach.Open(twin)
		_, other := teach.Open(filepath.Join(w.lessons, "cases", lessonID))
		return err == nil && other == nil
	})
	bad := filepath.Join(w.out, "bad.vfcase")
	if err := os.WriteFile(bad, []byte("no zip"), 0o644); err != nil {
		t.Fatal(err)
	}
	w.app.Send(model.Do{Effect: model.ImportCase{Path: bad}})
	w.Until("the refusal", func() bool { return w.Has("The case cannot be opened") })
}

func TestPictureTeaching(t *testing.T) {
	w := lesson(t, func(s *model.Settings) { s.Lang, s.Learner = "fr", "Ada" })
	compare(t, w, "list-fr")
	s := w.app.State()
	for i, f := range []float64{0.1, 0.14, 0.14, 0.22} {
		s.Lesson.Scores = append(s.Lesson.Scores, teach.Score{Learner: strings.Repeat("b", i+1), Case: lessonID, Time: time.Unix(0, 0), Points: float64(i), Most: 5, Answer: teach.Answer{Fill: f}})
	}
	w.play(model.Quiz)
	w.app.Send(model.PointAt{Slot: model.PostSlot, At: leakCentre})
	w.app.Send(model.ToggleLeak{Compartment: anatomy.Foramen})
	w.Frame()
	compare(t, w, "ask-fr")
	w.app.Send(model.MarkAt{At: leakCentre})
	w.app.Send(model.Answering{Change: func(a *teach.Answer) { a.Level, a.Fill, a.NoPrior = anatomy.T9, 0.35, true }})
	w.app.Send(model.GiveAnswer{Now: w.Now})
	w.Frame()
	w.Now = w.Now.Add(time.Minute)
	compare(t, w, "judged-fr")
	w.app.Send(model.SetLang{To: "en"})
	w.play(model.Tour)
	w.app.Send(model.StepTour{By: 1, Now: w.Now})
	w.Until("the run", func() bool { return s.Run.Cine != nil })
	w.app.Send(model.StepTour{By: 1, Now: w.Now})
	compare(t, w, "tour-en")
}

// A teacher prepares a tour in the window; a case that cannot be saved keeps
// what was typed and says why.
func TestPrepareCase(t *testing.T) {
	w := reading(t, full, nil)
	s := w.app.State()
	w.app.Send(model.PointAt{Slot: model.PostSlot, At: leakCentre})
	w.app.Send(model.Focus{View: model.ViewID{Slot: model.PostSlot, Content: model.Axial}})
	w.Do("window-cement")
	w.Do("tour-step")
	w.ClickOn("Title of the step English")
	w.Type("The wall")
	w.ClickOn("Arrow at the crosshair from top right")
	w.ClickOn("Words at the arrow English")
	w.Type("cement here")
	w.ClickOn("Add")
	if len(s.Lesson.Steps) != 1 {
		t.Fatalf("%d steps", len(s.Lesson.Steps))
	}
	got := s.Lesson.Steps[0]
	if got.Show != teach.ShowPost || got.Plane != teach.Axial || got.Window != teach.WindowCement || got.Title.EN != "The wall" || len(got.Arrows) != 1 || got.Arrows[0].Tip != [3]float64{leakCentre.X, leakCentre.Y, leakCentre.Z} || got.Arrows[0].From != [2]float64{1, -1} || got.Arrows[0].Text.EN != "cement here" {
		t.Errorf("step %+v", got)
	}
	w.Do("save-case")
	w.ClickOn("Name of the folder")
	w.Type("wall")
	w.ClickOn("Title English")
	w.Type("Mrs Example")
	w.ClickOn("Title Français")
	w.Type("Le mur")
	w.ClickOn("Save the case")
	w.Until("the refusal", func() bool { return w.Has("The case was not saved") })
	if !w.Has("word of the patient") || s.Overlay != model.CaseDialog || len(s.Lesson.Steps) != 1 {
		t.Errorf("a title that names the patient: %q", w.Labels())
	}
}

// A teacher changes the tour of a case in the window: words, arrow, view, order;
// every change is in the case on disk.
func TestEditTour(t *testing.T) {
	w := lesson(t, nil)
	s := w.app.State()
	w.play(model.Tour)
	kept := func(what string, ok func(steps []teach.Step) bool) {
		t.Helper()
		w.Until(what, func() bool {
			c, err := teach.Open(filepath.Join(w.lessons, "cases", lessonID))
			return err == nil && ok(c.Steps)
		})
	}
	if a, _ := model.Find("tour-words"); a.Reason(s) == "" {
		t.Error("a tour that is only shown can be changed")
	}
	w.ClickOn("Edit the tour")
	w.ClickOn("Words and arrow")
	w.ClickOn("Text English")
	w.Type(" Look.")
	w.ClickOn("Arrow at the crosshair from bottom left")
	w.ClickOn("Words at the arrow Français")
	w.Type("ici")
	w.ClickOn("Keep")
	kept("the words", func(x []teach.Step) bool {
		return strings.Contains(x[0].Text.EN, "Look.") && x[0].Text.FR == "Pas encore de ciment." && len(x[0].Arrows) == 1 && x[0].Arrows[0].Text.FR == "ici" && x[0].Arrows[0].From == [2]float64{-1, 1}
	})
	w.ClickOn("Later")
	kept("the order", func(x []teach.Step) bool { return x[0].Show == teach.ShowFluoro && x[1].Title.EN == "Before" })
	if s.Lesson.Play.Step != 1 {
		t.Errorf("the step that was moved is not shown: %d", s.Lesson.Play.Step)
	}
	w.app.Send(model.StepTour{By: -1, Now: w.Now})
	w.Until("the run", func() bool { return s.Run.Cine != nil })
	w.ClickOn("Words and arrow")
	w.ClickOn("Arrow at the middle of the view from bottom left")
	w.ClickOn("Keep")
	kept("the arrow on the run", func(x []teach.Step) bool {
		a, c := x[0].Arrows, s.Run.Cine
		return len(a) == 1 && a[0].From == [2]float64{-1, 1} && a[0].Tip == [3]float64{float64(c.NX-1) / 2, float64(c.NY-1) / 2}
	})
	w.app.Send(model.StepTour{By: 1, Now: w.Now})
	w.Key(key.NameRightArrow, 0)
	w.app.Send(model.PointAt{Slot: model.PostSlot, At: bodyCentre(3)})
	w.Do("window-cement")
	w.ClickOn("Take this view")
	kept("the view", func(x []teach.Step) bool {
		return x[2].Title.EN == "The leak" && x[2].At == [3]float64{bodyCentre(3).X, bodyCentre(3).Y, bodyCentre(3).Z} && x[2].Window == teach.WindowCement && len(x[2].Arrows) == 1
	})
	w.ClickOn("Add a step here")
	w.ClickOn("Title of the step English")
	w.Type("The end")
	w.ClickOn("Add")
	kept("one more", func(x []teach.Step) bool {
		return len(x) == 4 && x[3].Title.EN == "The end" && x[3].Show == teach.ShowPost
	})
	w.ClickOn("Take out")
	kept("one less", func(x []teach.Step) bool { return len(x) == 3 })
	w.ClickOn("Done")
	if a, _ := model.Find("tour-view"); a.Reason(s) == "" {
		t.Error("the end of editing does not end it")
	}
}
