package app_test

import (
	"math"
	"testing"

	"gioui.org/f32"
	"gioui.org/io/key"
	"gioui.org/io/pointer"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/vertebra"
	"github.com/vertefill/vertefill/ui/model"
)

// fixing is a window in which a level is being corrected, its middle in the middle of the views.
func fixing(t *testing.T, level anatomy.Level) *window {
	t.Helper()
	w := correcting(t, nil)
	w.app.Send(model.GoToLevel{Level: level})
	w.Frame()
	w.Key("E", 0)
	if !w.app.State().Fixing.On || !w.Has("Correct "+level.String()) || !w.Has("Live values") {
		t.Fatal("E does not begin the correction")
	}
	w.draw()
	return w
}

func line(w *window, l anatomy.Level) assess.Vertebra {
	for _, v := range w.app.State().Result.Report.Vertebrae {
		if v.Level == l {
			return v
		}
	}
	return assess.Vertebra{}
}

// px is where a place of the patient lies in a view that is centred on the crosshair.
func px(w *window, view string, id model.ViewID, p geom.Patient) f32.Point {
	s := w.app.State()
	plane := s.Plane(id)
	planeFromPatient := plane.MustInverse()
	v := s.View(id)
	off := planeFromPatient.Apply(p).Sub(v.Centre)
	return w.Middle(view).Add(f32.Pt(float32(off.X/v.MMPerDP), float32(off.Y/v.MMPerDP)))
}

func TestHandleIsDragged(t *testing.T) {
	w := fixing(t, anatomy.T9)
	s := w.app.State()
	id := model.ViewID{Slot: model.PostSlot, Content: model.Sagittal}
	before := line(w, anatomy.T9)
	top := vertebra.Handles(s.FixedVertebra())[vertebra.SuperiorEndplate]
	from, to := px(w, "POST Sagittal", id, top.At), px(w, "POST Sagittal", id, top.At.Add(top.Axis.Mul(3)))
	w.Drag(from, to, pointer.ButtonPrimary)
	w.settled()
	after := line(w, anatomy.T9)
	if after.BodyVolumeML < 1.05*before.BodyVolumeML || after.FillRatio >= before.FillRatio {
		t.Fatalf("3 mm up: %.2f to %.2f mL, fill %.3f to %.3f", before.BodyVolumeML, after.BodyVolumeML, before.FillRatio, after.FillRatio)
	}
	if e := s.Work.Edits; len(e) != 1 || e[0].Kind != assess.BodyDrag || e[0].Handle != vertebra.SuperiorEndplate {
		t.Errorf("edits %+v", e)
	}
	if !w.Has("Handle moved") || !w.Has("Automatic analysis") {
		t.Error("the history does not tell the step")
	}
	w.Key(key.NameEscape, 0) // takes the correction back, which can be undone
	w.settled()
	if got := line(w, anatomy.T9); s.Fixing.On || got.BodyVolumeML != before.BodyVolumeML {
		t.Errorf("Escape leaves %.2f mL", got.BodyVolumeML)
	}
	w.Key("Z", key.ModShortcut)
	w.settled()
	if got := line(w, anatomy.T9); got.BodyVolumeML != after.BodyVolumeML {
		t.Errorf("undo of Escape gives %.2f mL", got.BodyVolumeML)
	}
}

func TestBrushAndEraserOnCement(t *testing.T) {
	w := fixing(t, anatomy.T11)
	s := w.app.State()
	w.ClickOn("Brush")
	w.ClickOn("Cement")
	at := w.Middle("POST Axial")
	for range 2 {
		w.Scroll(at, -notch, key.ModShift)
	}
	if s.Fixing.RadiusMM != 4 {
		t.Fatalf("two notches give a radius of %.1f mm, want 4", s.Fixing.RadiusMM)
	}
	w.Click(at, pointer.ButtonPrimary)
	w.settled()
	want := 4 / 3. * math.Pi * 64 / 1000
	if got := line(w, anatomy.T11).CementInBodyML; math.Abs(got-want) > 0.03*want {
		t.Errorf("a ball of 4 mm has %.4f mL, want %.4f", got, want)
	}
	if s.Reading.Filled {
		t.Error("painting filled the view")
	}
	w.Drag(at, at.Add(f32.Pt(30, 0)), pointer.ButtonPrimary)
	w.settled()
	long := line(w, anatomy.T11).CementInBodyML
	if long < 1.2*want {
		t.Errorf("a stroke gives %.4f mL", long)
	}
	w.ClickOn("Eraser")
	w.Drag(at.Sub(f32.Pt(40, 0)), at.Add(f32.Pt(60, 0)), pointer.ButtonPrimary)
	w.settled()
	if got := line(w, anatomy.T11).CementInBodyML; got > 0.15*long {
		t.Errorf("the eraser leaves %.4f of %.4f mL", got, long)
	}
	w.Key(key.NameReturn, 0)
	if s.Fixing.On || len(s.Work.Edits) != 3 {
		t.Errorf("Enter leaves %d edits, on %v", len(s.Work.Edits), s.Fixing.On)
	}
}

func TestMaskedEraserKeepsCement(t *testing.T) {
	w := fixing(t, anatomy.T9)
	before := line(w, anatomy.T9).CementInBodyML
	w.Key("3", 0) // soft tissue: cement lies above the window
	w.ClickOn("Eraser")
	w.ClickOn("Cement")
	w.Do("hand-window")
	if !w.Has("-160 to 240 HU") && !w.Has("−160 to 240 HU") {
		t.Error("the range of the eraser is not said")
	}
	w.Click(w.Middle("POST Axial"), pointer.ButtonPrimary)
	w.settled()
	if got := line(w, anatomy.T9).CementInBodyML; math.Abs(got-before) > 1e-9 {
		t.Errorf("%.4f of %.4f mL are left", got, before)
	}
}

func TestScissorsAndSmooth(t *testing.T) {
	w := fixing(t, anatomy.T9)
	s := w.app.State()
	before := line(w, anatomy.T9)
	w.Do("hand-scissors")
	c := px(w, "POST Axial", model.ViewID{Slot: model.PostSlot, Content: model.Axial}, cementCentre)
	w.Trace(c.Add(f32.Pt(-150, -150)), c.Add(f32.Pt(0, -150)), c.Add(f32.Pt(0, 150)), c.Add(f32.Pt(-150, 150))) // the patient's right half
	w.settled()
	after := line(w, anatomy.T9)
	if r := after.CementInBodyML / before.CementInBodyML; r < 0.4 || r > 0.6 {
		t.Errorf("half of the cement is cut off: %.3f of %.3f mL are left", after.CementInBodyML, before.CementInBodyML)
	}
	w.Do("hand-body-smooth")
	w.Click(w.Middle("POST Coronal").Add(f32.Pt(0, -60)), pointer.ButtonPrimary)
	w.settled()
	e := s.Work.Edits
	if len(e) != 2 || e[0].Kind != assess.CementCut || e[1].Kind != assess.BodySmooth {
		t.Errorf("edits %+v", e)
	}
	if !w.Has("Cement: scissors") || !w.Has("Body: smooth") {
		t.Error("the history does not tell the steps")
	}
	c = w.Middle("POST Axial")
	w.Do("hand-body-scissors") // through the middle: refused, and nothing is left of it
	w.Trace(c.Add(f32.Pt(-170, -170)), c.Add(f32.Pt(170, -170)), c.Add(f32.Pt(170, 170)), c.Add(f32.Pt(-170, 170)))
	w.settled()
	if len(s.Work.Edits) != 2 || s.Toast.Text == "" {
		t.Errorf("a cut through the middle leaves %d edits and says %q", len(s.Work.Edits), s.Toast.Text)
	}
}

func TestFlatStrokesAreJoined(t *testing.T) {
	w := fixing(t, anatomy.T11)
	s := w.app.State()
	w.Do("hand-brush")
	w.Do("hand-flat")
	at := w.Middle("POST Axial")
	w.Click(at, pointer.ButtonPrimary)
	w.settled()
	if s := s.Work.Edits[0].Stroke; s.Normal == nil || math.Abs(s.Normal[2]) < 0.99 || s.ThickMM < 1 {
		t.Errorf("the stroke %+v is no disc of the axial plane", s)
	}
	for range 6 {
		w.Scroll(at, notch, 0)
	}
	w.Click(at, pointer.ButtonPrimary)
	w.settled()
	w.Do("cement-between")
	w.settled()
	if got, want := line(w, anatomy.T11).CementInBodyML, math.Pi*9*7.5/1000; math.Abs(got-want) > 0.15*want {
		t.Errorf("a column of seven slices has %.4f mL, want %.4f", got, want)
	}
	if len(s.Work.Edits) != 3 {
		t.Errorf("%d edits", len(s.Work.Edits))
	}
}

func TestBodyBrushAndGrowth(t *testing.T) {
	w := fixing(t, anatomy.T9)
	s := w.app.State()
	before := line(w, anatomy.T9)
	w.ClickOn("Brush")
	id := model.ViewID{Slot: model.PostSlot, Content: model.Axial}
	w.Click(px(w, "POST Axial", id, bodyCentre(1).Add(geom.LPSVec(20, 0, 0))), pointer.ButtonPrimary)
	w.settled()
	if got := line(w, anatomy.T9).BodyVolumeML; got <= before.BodyVolumeML {
		t.Errorf("the brush at the wall leaves %.3f of %.3f mL", got, before.BodyVolumeML)
	}
	w.app.Send(model.PointAt{Slot: model.PostSlot, At: cementCentre})
	w.Do("cement-island")
	w.settled()
	if got := line(w, anatomy.T9).CementInBodyML; got != 0 {
		t.Fatalf("%.3f mL after the island was removed", got)
	}
	w.Key("2", 0)
	w.Do("hand-grow")
	w.app.Send(model.Move{Change: func(r *model.Reading) { r.Window[model.PostSlot].Centre, r.Window[model.PostSlot].Width = 2000, 1000 }})
	w.Frame()
	w.Click(px(w, "POST Axial", id, cementCentre), pointer.ButtonPrimary)
	w.settled()
	if got := line(w, anatomy.T9).CementInBodyML; math.Abs(got-before.CementInBodyML) > 0.2*before.CementInBodyML {
		t.Errorf("grown to %.3f mL, %.3f were there", got, before.CementInBodyML)
	}
	if len(s.Work.Edits) != 3 {
		t.Errorf("%d edits", len(s.Work.Edits))
	}
}

func TestPictureFixing(t *testing.T) {
	w := fixing(t, anatomy.T9)
	compare(t, w, "handles-en")
	w.ClickOn("Brush")
	w.Hover(w.Middle("POST Axial"))
	compare(t, w, "brush-en")
}
