package model_test

import (
	"testing"
	"time"

	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/teach"
	"github.com/vertefill/vertefill/internal/volume"
	"github.com/vertefill/vertefill/ui/model"
)

// What was asked for earlier never comes in the place of what is asked for
// now; the place looked at stays when a knob is turned.
func TestPractice(t *testing.T) {
	s := newState()
	effects := s.Apply(model.OpenLab{})
	first, ok := effects[len(effects)-1].(model.MakeLab)
	if !ok || !s.Viewing() {
		t.Fatalf("effects %v", effects)
	}
	pfv := geom.FromAxes[geom.PatientFrame, geom.VoxelFrame](geom.LPS(0, 0, 0), geom.LPSVec(1, 0, 0), geom.LPSVec(0, 1, 0), geom.LPSVec(0, 0, 1))
	g, err := volume.NewRegularGrid(4, 4, 4, pfv, "1.2")
	if err != nil {
		t.Fatal(err)
	}
	made := func() *teach.Played { return &teach.Played{Post: volume.New(g), Result: &assess.Result{}} }
	s.Apply(model.LabMade{Practice: first.Practice, Made: made()})
	if _, busy := s.Job(model.CaseJob); busy || s.Result == nil || s.Loaded[model.PostSlot].Volume == nil {
		t.Fatal("the phantom is not shown")
	}
	s.Reading.Cursor[model.PostSlot] = geom.LPS(1, 1, 1)
	effects = s.Apply(model.TurnKnob{Change: func(p *teach.Practice) { p.SliceMM = 3 }, Now: time.Unix(1, 0)})
	next := effects[len(effects)-1].(model.MakeLab)
	if next.Practice.SliceMM != 3 || next.Practice.Fill != first.Practice.Fill {
		t.Errorf("asked for %+v", next.Practice)
	}
	was := s.Loaded[model.PostSlot].Volume
	s.Apply(model.LabMade{Practice: first.Practice, Made: made()})
	if s.Loaded[model.PostSlot].Volume != was {
		t.Error("images of before replaced what was asked for")
	}
	s.Apply(model.LabMade{Practice: next.Practice, Made: made()})
	if s.Loaded[model.PostSlot].Volume == was || s.Reading.Cursor[model.PostSlot] != geom.LPS(1, 1, 1) {
		t.Error("the same place is not shown in the new images")
	}
	if len(s.Apply(model.TurnKnob{Change: func(*teach.Practice) {}})) != 0 {
		t.Error("a knob that did not turn makes a phantom")
	}
	for _, id := range []string{"analyse", "correct", "sign", "export"} {
		if a, _ := model.Find(id); a.Reason(s) == "" {
			t.Errorf("%s can be done to a phantom of the lesson", id)
		}
	}
	s.Apply(model.LeaveCase{})
	if s.Viewing() || s.Loaded[model.PostSlot].Volume != nil {
		t.Error("practice was not left")
	}
}
