package app_test

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gioui.org/f32"
	"gioui.org/io/key"
	"gioui.org/io/pointer"

	"github.com/vertefill/vertefill/internal/measure"
	"github.com/vertefill/vertefill/ui/model"
)

// last returns the newest measure.
func (w *window) last(t *testing.T) model.Measure {
	t.Helper()
	list := w.app.State().Reading.Measures
	if len(list) == 0 {
		t.Fatal("nothing was measured")
	}
	return list[len(list)-1]
}

func mmPerPx(w *window, c model.Content) float64 {
	return w.app.State().View(model.ViewID{Slot: model.PostSlot, Content: c}).MMPerDP
}

func close2(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

func TestMeasureLengthByDragAndByClicks(t *testing.T) {
	w := reading(t, full, nil)
	at := w.Middle("POST Axial")
	mm := mmPerPx(w, model.Axial)
	w.Key("L", 0)
	w.Drag(at, at.Add(f32.Pt(60, 80)), pointer.ButtonPrimary)
	close2(t, "a length drawn by a drag", w.last(t).LengthMM(), 100*mm, 1e-6)
	if got, _ := w.app.State().Grid(); len(got) != 4 {
		t.Error("drawing filled a view")
	}
	far := at.Add(f32.Pt(-60, -70))
	w.Click(far, pointer.ButtonPrimary)
	w.Click(far.Add(f32.Pt(0, 50)), pointer.ButtonPrimary)
	close2(t, "a length drawn by clicks", w.last(t).LengthMM(), 50*mm, 1e-6)
	if n := len(w.app.State().Reading.Measures); n != 2 {
		t.Fatalf("%d measures, want 2", n)
	}
	w.Key("Z", key.ModShortcut)
	if n := len(w.app.State().Reading.Measures); n != 1 {
		t.Errorf("%d measures after undo, want 1", n)
	}
	w.Key("Y", key.ModShortcut)
	if n := len(w.app.State().Reading.Measures); n != 2 {
		t.Errorf("%d measures after redo, want 2", n)
	}
}

// A length begun in one view and ended in another is the distance in space.
func TestMeasureInSpace(t *testing.T) {
	w := reading(t, full, nil)
	s := w.app.State()
	w.Key("L", 0)
	a, b := w.Middle("POST Axial").Add(f32.Pt(40, 0)), w.Middle("POST Sagittal").Add(f32.Pt(0, 90))
	w.Click(a, pointer.ButtonPrimary)
	w.Click(b, pointer.ButtonPrimary)
	m := w.last(t)
	// Both views are centred on the crosshair: left by one zoom, down by the other.
	want := math.Hypot(40*mmPerPx(w, model.Axial), 90*mmPerPx(w, model.Sagittal))
	close2(t, "the distance", m.LengthMM(), want, 1)
	if !m.Spatial(1) || !w.Has("in space") {
		t.Error("a distance through space is not called one")
	}
	w.Click(w.Middle("PRE Axial"), pointer.ButtonPrimary)
	w.Click(w.Middle("POST Axial").Add(f32.Pt(-90, 40)), pointer.ButtonPrimary)
	if n := len(s.Reading.Measures); n != 1 {
		t.Error("points of two series made one length")
	}
	w.Key(key.NameEscape, 0)
	if len(s.Draft.Shape.Points) != 0 {
		t.Error("Escape does not drop what is drawn")
	}
}

func TestMeasureAngles(t *testing.T) {
	w := reading(t, full, nil)
	at := w.Middle("POST Axial")
	w.Key("O", 0)
	w.Drag(at.Add(f32.Pt(80, 0)), at, pointer.ButtonPrimary)
	w.Click(at.Add(f32.Pt(50, -50)), pointer.ButtonPrimary)
	d, _ := w.last(t).Degrees()
	close2(t, "the angle", d, 45, 1e-6)
	w.Key("C", key.ModShift)
	w.Drag(at.Add(f32.Pt(-90, 40)), at.Add(f32.Pt(-10, 40)), pointer.ButtonPrimary)
	w.Drag(at.Add(f32.Pt(-90, 90)), at.Add(f32.Pt(-10, 50)), pointer.ButtonPrimary)
	d, _ = w.last(t).Degrees()
	close2(t, "the Cobb angle", d, math.Atan(0.5)*180/math.Pi, 1e-4)
}

// Cement of the case is 2500 HU throughout: a region inside it has no spread.
func TestMeasureRegionOfCement(t *testing.T) {
	w := reading(t, full, nil)
	s := w.app.State()
	w.app.Send(model.PointAt{Slot: model.PostSlot, At: cementCentre})
	w.app.Send(model.Move{Change: func(r *model.Reading) { r.Views = [2][4]model.View{}; r.Layout = model.ThreePlanes }})
	w.app.Send(model.GoToLevel{Level: levels[1]})
	w.Frame()
	w.Frame()
	id := model.ViewID{Slot: model.PostSlot, Content: model.Axial}
	plane := s.Plane(id)
	at := w.Middle("POST Axial")
	planeFromPatient := plane.MustInverse()
	off := planeFromPatient.Apply(cementCentre).Sub(s.View(id).Centre)
	mm := mmPerPx(w, model.Axial)
	c := at.Add(f32.Pt(float32(off.X/mm), float32(off.Y/mm)))
	r := float32(3 / mm)
	w.Key("M", 0)
	w.Drag(c.Sub(f32.Pt(r, r)), c.Add(f32.Pt(r, r)), pointer.ButtonPrimary)
	m := w.last(t)
	if m.Stats.Mean != 2500 || m.Stats.SD != 0 || m.Stats.Min != 2500 || m.Stats.N < 20 {
		t.Errorf("cement: %d voxels, mean %v, SD %v, least %v", m.Stats.N, m.Stats.Mean, m.Stats.SD, m.Stats.Min)
	}
	close2(t, "the area", m.Area(), math.Pi*9, 0.6)
	w.Key("M", key.ModShortcut)
	if !w.Has("28.") || !w.Has("histogram") && !w.Has("voxels") {
		t.Errorf("the list does not show the region: %q", w.Labels())
	}
	w.Key("P", 0)
	w.Click(c, pointer.ButtonPrimary)
	if m := w.last(t); m.Stats.N != 1 || m.Stats.Min != 2500 {
		t.Errorf("the probe reads %v", m.Stats)
	}
	// A corner is drawn out: the region grows beyond the cement.
	w.app.Send(model.ChooseMeasure{ID: m.ID})
	w.Frame()
	w.Drag(c.Add(f32.Pt(r, r)), c.Add(f32.Pt(6*r, 6*r)), pointer.ButtonPrimary)
	grown, _ := s.Reading.Measure(m.ID)
	if grown.Area() < 5*m.Area() || grown.Stats.SD == 0 {
		t.Errorf("the corner was not drawn out: area %v", grown.Area())
	}
	w.Key("Z", key.ModShortcut)
	if back, _ := s.Reading.Measure(m.ID); back.Area() != m.Area() {
		t.Errorf("undo gives area %v, want %v", back.Area(), m.Area())
	}
}

func TestMeasureOutlines(t *testing.T) {
	w := reading(t, full, nil)
	at := w.Middle("POST Axial")
	mm := mmPerPx(w, model.Axial)
	square := []f32.Point{{X: 0, Y: 0}, {X: 60, Y: 0}, {X: 60, Y: 60}, {X: 0, Y: 60}}
	w.Do("measure-polygon")
	for _, p := range square {
		w.Click(at.Add(p), pointer.ButtonPrimary)
	}
	w.Click(at.Add(f32.Pt(2, 1)), pointer.ButtonPrimary) // on the first point: closed
	close2(t, "the polygon", w.last(t).Area(), 3600*mm*mm, 1e-6)
	w.Do("measure-spline")
	for _, p := range square {
		w.Click(at.Add(p).Sub(f32.Pt(80, 80)), pointer.ButtonPrimary)
	}
	w.Hover(at.Add(f32.Pt(-80, -40)))
	w.Key(key.NameReturn, 0)
	if m := w.last(t); m.Kind != measure.Spline || len(m.Points) != 4 || m.Area() < 3600*mm*mm {
		t.Errorf("%s of %d points, %v mm2", m.Kind, len(m.Points), m.Area())
	}
	w.Do("measure-freehand")
	w.Drag(at.Add(f32.Pt(-90, 40)), at.Add(f32.Pt(-20, 90)), pointer.ButtonPrimary)
	if n := len(w.app.State().Reading.Measures); n != 2 {
		t.Errorf("a straight stroke is taken for a region: %d measures", n)
	}
}

func TestMeasureNoteAndArrow(t *testing.T) {
	w := reading(t, full, nil)
	at := w.Middle("POST Axial")
	w.ClickOn("Note")
	w.Click(at, pointer.ButtonPrimary)
	w.Type("old fracture")
	w.Key(key.NameReturn, 0)
	if m := w.last(t); m.Note != "old fracture" || !w.Has("old fracture") {
		t.Errorf("the note says %q", m.Note)
	}
	w.Click(at.Add(f32.Pt(80, 0)), pointer.ButtonPrimary)
	w.Key(key.NameEscape, 0)
	if n := len(w.app.State().Reading.Measures); n != 1 {
		t.Errorf("%d notes, want 1: the second was given up", n)
	}
	w.Do("measure-arrow")
	w.Drag(at.Add(f32.Pt(0, 40)), at.Add(f32.Pt(40, 80)), pointer.ButtonPrimary)
	if w.last(t).Kind != measure.Arrow {
		t.Error("no arrow")
	}
}

func TestMeasureListJumpsAndDeletes(t *testing.T) {
	w := reading(t, full, nil)
	s := w.app.State()
	at := w.Middle("POST Axial")
	w.Key("L", 0)
	w.Drag(at, at.Add(f32.Pt(50, 0)), pointer.ButtonPrimary)
	m := w.last(t)
	for range 5 {
		w.Scroll(at, notch, 0)
	}
	if w.Has("mm in space") || w.Has("12.5 mm") {
		t.Error("the length is drawn on a slice it does not lie in")
	}
	w.Key("M", key.ModShortcut)
	w.ClickOn("Length 1")
	if !near(s.Reading.Cursor[model.PostSlot], m.Centre(), 1e-6) {
		t.Errorf("the list led to %v, want %v", s.Reading.Cursor[model.PostSlot], m.Centre())
	}
	w.ClickOn("Delete the measure 1")
	if len(s.Reading.Measures) != 0 {
		t.Error("the measure was not deleted")
	}
	w.Key("Z", key.ModShortcut)
	if len(s.Reading.Measures) != 1 {
		t.Error("undo does not bring the measure back")
	}
	w.app.Send(model.ChooseMeasure{ID: 1})
	w.Key(key.NameDeleteForward, 0)
	if len(s.Reading.Measures) != 0 {
		t.Error("Delete does not delete the chosen measure")
	}
	w.Key(key.NameEscape, 0)
	if s.MeasureList {
		t.Error("Escape does not close the list")
	}
}

func TestMeasuresAreExported(t *testing.T) {
	w := reading(t, full, nil)
	dir := w.out
	at := w.Middle("POST Axial")
	w.Key("L", 0)
	w.Drag(at, at.Add(f32.Pt(40, 30)), pointer.ButtonPrimary)
	w.Key("M", key.ModShortcut)
	w.ClickOn("Export the measures (CSV)")
	w.Until("the message", func() bool { return w.Has("Measures written to") })
	files, _ := filepath.Glob(filepath.Join(dir, "measures-*.csv"))
	if len(files) != 1 {
		t.Fatalf("%d files", len(files))
	}
	data, err := os.ReadFile(files[0])
	if err != nil || !strings.Contains(string(data), "length,") || strings.Count(string(data), "\n") != 2 {
		t.Errorf("%v: %s", err, data)
	}
}

// Steps of undo share what they can: what is drawn after going back changes no step that went before.
func TestUndoKeepsEveryStep(t *testing.T) {
	w := reading(t, full, nil)
	s := w.app.State()
	at := w.Middle("POST Axial")
	w.Key("L", 0)
	draw := func(px float32) {
		w.Drag(at.Add(f32.Pt(px, -40)), at.Add(f32.Pt(px, 40)), pointer.ButtonPrimary)
	}
	places := func() (out []float64) {
		for _, m := range s.Reading.Measures {
			out = append(out, math.Round(m.Points[0].X))
		}
		return out
	}
	var steps [][]float64
	for _, px := range []float32{-150, -100, -50, 60, 110} {
		draw(px)
		steps = append(steps, places())
	}
	w.Key("Z", key.ModShortcut)
	w.Key("Z", key.ModShortcut)
	held := s.Reading.Measures
	draw(160)
	branch := places()
	if len(branch) != 4 || !slices.Equal(branch[:3], steps[2]) || len(held) != 3 {
		t.Fatalf("after going back %v, want %v and one more", branch, steps[2])
	}
	for n := 2; n >= 0; n-- {
		w.Key("Z", key.ModShortcut)
		if got := places(); !slices.Equal(got, steps[n]) {
			t.Errorf("step %d is %v, was %v", n, got, steps[n])
		}
	}
	for range 3 {
		w.Key("Y", key.ModShortcut)
	}
	if got := places(); !slices.Equal(got, branch) {
		t.Errorf("forwards again: %v, was %v", got, branch)
	}
}
