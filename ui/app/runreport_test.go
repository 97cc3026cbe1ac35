package app_test

import (
	"testing"

	"gioui.org/io/pointer"

	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/ui/model"
)

// A run measured in the window is in the report that the window writes, with the line that the reader drew.
func TestReportTellsOfTheRun(t *testing.T) {
	w := fluoroscopy(t, true, nil)
	s := w.app.State()
	w.Do("run-line-wall")
	w.Drag(onRun(w, wallColumn, 30), onRun(w, wallColumn, 95), pointer.ButtonPrimary)
	var told *assess.Result
	for _, e := range s.Apply(model.Export{}) {
		if x, is := e.(model.WriteReport); is {
			told = x.Result
		}
	}
	if told == nil || len(told.Report.Fluoro) != 1 || len(s.Result.Report.Fluoro) != 0 {
		t.Fatalf("what is written: %v", told)
	}
	run := told.Report.Fluoro[0]
	if len(run.Lines) != 1 || run.Lines[0].Source != "user" {
		t.Errorf("lines %+v", run.Lines)
	}
	crossed := false
	for _, e := range run.Events {
		crossed = crossed || e.Kind == "line-crossed" && e.Line == model.PosteriorWall
	}
	if !crossed {
		t.Errorf("the crossing is not reported: %+v", run.Events)
	}
}
