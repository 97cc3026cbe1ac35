package app_test

import (
	"testing"

	"github.com/vertefill/vertefill/internal/diag"
	"github.com/vertefill/vertefill/ui/model"
)

// The list of problems leads to missing slices.
func TestProblemsLeadToTheGap(t *testing.T) {
	w := newWindow(t, full, nil)
	post := holed(t)
	k := post.Holes()[0]
	r := result(post, scan(t, false))
	r.Findings = append(r.Findings, diag.Finding{Code: diag.CodeSlicesMissing, Args: diag.Args{
		"n": 8, "a": diag.Num{X: post.SlicePosition(k).Z, Decimals: 1}, "b": diag.Num{X: post.SlicePosition(k + 1).Z, Decimals: 1}}})
	w.backend.post, w.backend.pre, w.backend.made = post, scan(t, false), r
	w.app.Send(model.Preview{Path: "/imaging/case", Row: -1, Now: w.Now})
	w.Until("the preview", func() bool { return w.app.State().Browser.Preview != nil })
	w.app.Send(model.OpenStudy{Analyse: true, Now: w.Now})
	w.Until("the analysis", func() bool { return w.app.State().Result != nil })
	w.app.Send(model.ShowProblems{On: true})
	w.Frame()
	w.ClickOn("Show the gap")
	w.draw()
	if z := w.app.State().Reading.Cursor[model.PostSlot].Z; z <= post.SlicePosition(k).Z || z >= post.SlicePosition(k+1).Z || !w.Has("No image at z") {
		t.Errorf("the views are at z %.1f", z)
	}
}
