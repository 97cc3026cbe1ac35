package app_test

import (
	"math"
	"strings"
	"testing"

	"gioui.org/f32"
	"gioui.org/io/key"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/ui/model"
)

// TestOutlineOfALesion draws round a square of 20 mm on two slices, fills between, and takes it all back.
func TestOutlineOfALesion(t *testing.T) {
	w := fixing(t, anatomy.T9)
	s := w.app.State()
	before := line(w, anatomy.T9)
	w.Do("hand-lesion-outline")
	if s.Fixing.Hand != model.OutlineHand || s.Fixing.Target != model.OnLesion {
		t.Fatalf("the hand is %+v", s.Fixing)
	}
	c := w.Middle("POST Axial")
	square := func() {
		const half = 50 // px of 0.2 mm
		w.Trace(c.Add(f32.Pt(-half, -half)), c.Add(f32.Pt(half, -half)), c.Add(f32.Pt(half, half)), c.Add(f32.Pt(-half, half)))
		w.settled()
	}
	square()
	if x := line(w, anatomy.T9).Lesion; x == nil || !w.Has("Lesion outlined") {
		t.Fatalf("no lesion after an outline: %+v", x)
	}
	const slices = 6
	for range slices {
		w.Scroll(c, notch, 0)
	}
	square()
	w.Do("lesion-between")
	w.settled()
	got := line(w, anatomy.T9)
	step := float64(s.StepMM(model.ViewID{Slot: model.PostSlot, Content: model.Axial}))
	if want := 0.4 * (slices*step + 1.5*step); got.Lesion == nil || math.Abs(got.Lesion.VolumeML-want) > 0.15*want {
		t.Errorf("a block of %d slices has %+v, want %.2f mL", slices, got.Lesion, want)
	}
	if got.CementInBodyML != before.CementInBodyML || got.BodyVolumeML != before.BodyVolumeML {
		t.Error("the outline changed body or cement")
	}
	if kinds := s.Work.Edits; len(kinds) != 3 || kinds[0].Kind != assess.LesionOutline || kinds[2].Kind != assess.LesionBetween {
		t.Errorf("edits %+v", kinds)
	}
	full := got.Lesion.VolumeML
	w.ClickOn("Eraser")
	w.Click(c, 1)
	w.settled()
	if x := line(w, anatomy.T9).Lesion; x == nil || x.VolumeML > full-0.05 {
		t.Errorf("the eraser leaves %+v of %.3f mL", x, full)
	}
	w.Do("lesion-clear")
	w.settled()
	if x := line(w, anatomy.T9).Lesion; x != nil {
		t.Errorf("cleared, and %+v is left", x)
	}
	for range 5 {
		w.Key("Z", key.ModShortcut)
		w.settled()
	}
	if x := line(w, anatomy.T9).Lesion; x != nil || len(s.Work.Edits) != 0 {
		t.Errorf("all undone, and %d edits with %+v are left", len(s.Work.Edits), x)
	}
	for range 3 {
		w.Key("Y", key.ModShortcut)
		w.settled()
	}
	w.Key(key.NameReturn, 0)
	w.Frame()
	if x := line(w, anatomy.T9).Lesion; x == nil || math.Abs(x.VolumeML-full) > 1e-3 {
		t.Errorf("done again: %+v, %.3f mL were there", x, full)
	}
	found := false
	for _, q := range s.Result.Report.Quality {
		found = found || strings.Contains(q.Message, "outlined by hand")
	}
	if !found {
		t.Error("the report does not say that the lesion was outlined by hand")
	}
}
