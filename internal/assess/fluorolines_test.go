package assess

import (
	"testing"

	"github.com/vertefill/vertefill/internal/diag"
	"github.com/vertefill/vertefill/internal/fluoro"
	"github.com/vertefill/vertefill/internal/text"
)

// A line of the reader takes the place of the proposed one of its name, and goes again; the run measured stays as it was.
func TestWithLines(t *testing.T) {
	proposed := fluoro.Line{Name: "posterior-wall", Proposed: true, Points: [2][2]float64{{10, 0}, {10, 50}}}
	run := FluoroResult{Found: &fluoro.Result{Lines: []fluoro.Line{proposed}, Events: []fluoro.Event{{Kind: fluoro.TrocarIn, Frame: 3}, {Kind: fluoro.LineCrossed, Frame: 9, Line: "posterior-wall"}}}}
	mine := fluoro.Line{Name: "posterior-wall", Points: [2][2]float64{{20, 0}, {20, 50}}}
	drawn := run.WithLines([]fluoro.Line{mine}, text.English)
	if l := drawn.Found.Lines; len(l) != 1 || l[0] != mine || len(drawn.Report.Lines) != 1 || drawn.Report.Lines[0].Source != "user" {
		t.Errorf("lines %v, report %v", l, drawn.Report.Lines)
	}
	if e := drawn.Found.Events; len(e) != 1 || e[0].Kind != fluoro.TrocarIn || len(drawn.Report.Events) != 1 {
		t.Errorf("events %v: a crossing of the former line stays", e)
	}
	back := run.WithLines(nil, text.English)
	if l := back.Found.Lines; len(l) != 1 || l[0] != proposed || len(run.Found.Events) != 2 || len(run.Found.Lines) != 1 {
		t.Errorf("without lines of the reader: %v; the run itself has %v", l, run.Found.Lines)
	}
	r := &Result{}
	note := []diag.Finding{{Code: diag.CodeFluoroUncalibrated}}
	if with := r.WithRuns([]FluoroResult{drawn}, note, text.English); len(with.Report.Fluoro) != 1 || len(with.Report.Quality) != 1 || len(r.Report.Fluoro) != 0 || len(r.Report.Quality) != 0 {
		t.Error("the report of the result itself was changed")
	}
}
