package app_test

import (
	"math"
	"strings"
	"testing"

	"gioui.org/io/key"
	"gioui.org/io/pointer"

	"github.com/vertefill/vertefill/ui/model"
)

// A length drawn on a run says what its millimetres are worth, keeps its handles, can be moved, taken away and brought back, and
// does not start the measurement of the run anew.
func TestLengthOnARun(t *testing.T) {
	w := fluoroscopy(t, false, nil)
	s := w.app.State()
	found := s.Run.Found
	w.Key("L", 0)
	w.Drag(onRun(w, 20, 30), onRun(w, 50, 70), pointer.ButtonPrimary)
	lengths := func() []model.RunLength { return s.RunWork().Lengths }
	if len(lengths()) != 1 {
		t.Fatalf("%d lengths", len(lengths()))
	}
	if x, mm := s.RunLengthOf(lengths()[0].Points); !mm || math.Abs(x-50*0.4) > 0.4 || !w.Has("mm at detector") {
		t.Errorf("the length is %v (mm %v): %q", x, mm, w.Labels())
	}
	first := lengths()[0].Points
	w.Drag(onRun(w, 50, 70), onRun(w, 20, 70), pointer.ButtonPrimary) // its end, not a second length
	if len(lengths()) != 1 || math.Abs(lengths()[0].Points[1][0]-20) > 0.5 || lengths()[0].Points[0] != first[0] {
		t.Errorf("moved to %v", lengths())
	}
	w.Key("Z", key.ModShortcut)
	if len(lengths()) != 1 || lengths()[0].Points != first {
		t.Errorf("undo leaves %v", lengths())
	}
	w.Drag(onRun(w, 90, 20), onRun(w, 120, 20), pointer.ButtonPrimary)
	if len(lengths()) != 2 || s.Run.Found != found {
		t.Errorf("%d lengths, measured anew: %v", len(lengths()), s.Run.Found != found)
	}
	w.Key(key.NameDeleteForward, 0)
	if len(lengths()) != 1 || lengths()[0].Points != first {
		t.Errorf("taken away: %v", lengths())
	}
	w.Key(key.NameEscape, 0)
	w.Drag(onRun(w, 90, 20), onRun(w, 120, 20), pointer.ButtonPrimary)
	if len(lengths()) != 1 {
		t.Error("the tool is not put down by Esc")
	}
	// It stands in the list of measures, beside those on CTs, and in its file; a click goes to it, a button takes it away.
	w.app.Send(model.ShowMeasures{On: true})
	w.Frame()
	if csv := s.MeasuresCSV(); !w.Has("Length 1 XA") || !strings.Contains(csv, "length,") || !strings.Contains(csv, ",detector,") {
		t.Errorf("the list shows %q, the file %q", w.Labels(), csv)
	}
	w.app.Send(model.SetWorkspace{To: model.Read})
	w.app.Send(model.ChooseRunLength{})
	w.app.Send(model.GoToRunMeasure{Run: s.RunMeasures()[0].Run, ID: 1, Now: w.Now})
	w.Frame()
	if s.Workspace != model.Fluoroscopy || s.Run.Chosen != 1 || s.Run.Cine == nil {
		t.Errorf("the list leads to workspace %v, length %d", s.Workspace, s.Run.Chosen)
	}
	w.ClickOn("Delete the measure 1")
	w.Frame()
	if len(lengths()) != 0 || s.Run.Chosen != 0 {
		t.Errorf("deleted from the list: %v", lengths())
	}
	w.app.Send(model.ShowMeasures{})
	// A pixel whose size is not known is not called a millimetre.
	c := *s.Run.Cine
	c.Calibration.ColMM, c.Calibration.RowMM = 0, 0
	s.Run.Cine = &c
	if x, mm := s.RunLengthOf(first); mm || math.Abs(x-50) > 1 {
		t.Errorf("without a scale %v (mm %v)", x, mm)
	}
}
