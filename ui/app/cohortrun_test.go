package app_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gioui.org/f32"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/cohort"
	"github.com/vertefill/vertefill/internal/session"
	"github.com/vertefill/vertefill/ui/model"
)

// cases writes a cohort of n cases as a table with covariates, and a program
// that "measures" a case by copying a report: of the third case it fails.
func cases(t *testing.T, n int) (table, program string) {
	t.Helper()
	dir := t.TempDir()
	var b strings.Builder
	fmt.Fprintln(&b, "case,study,side,age")
	for i := range n {
		id := fmt.Sprintf("K%02d", i)
		if err := os.MkdirAll(filepath.Join(dir, "images", id), 0o755); err != nil {
			t.Fatal(err)
		}
		report := &assess.Report{Schema: assess.Schema, Vertebrae: []assess.Vertebra{{Level: anatomy.L1, Treated: true, BodyVolumeML: 20, CementInBodyML: 4 + float64(i)/10, FillRatio: 0.2 + float64(i)/200}}}
		report.Inputs.Post = &assess.Series{SeriesInstanceUID: "1.2." + id}
		text, err := json.Marshal(report)
		if err != nil {
			t.Fatal(err)
		}
		if i == 2 {
			text = []byte("no")
		}
		if err := os.WriteFile(filepath.Join(dir, "images", id, "report.json"), text, 0o644); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%s,images/%s,%s,%d\n", id, id, []string{"left", "right"}[i%2], 60+i)
	}
	table = filepath.Join(dir, "2025.csv")
	if err := os.WriteFile(table, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	program = filepath.Join(dir, "measure.sh")
	script := "#!/bin/sh\nout=$3; for in; do :; done\ngrep -q schema \"$in/report.json\" || { echo 'no CT in it' >&2; exit 1; }\ncp \"$in/report.json\" \"$out/\"\n"
	if err := os.WriteFile(program, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	return table, program
}

// A cohort is opened by looking through folders, measured in the background,
// filtered by its covariates, and what a reader signed says so.
func TestCohortIsMeasuredInTheWindow(t *testing.T) {
	table, program := cases(t, 9)
	w := newWindow(t, full, nil)
	w.app.SetProgram(program)
	s := w.app.State()
	c := &s.Cohort
	w.Do("cohort")
	w.Until("the first folder", func() bool { return s.Browser.Dir != "" })
	w.app.Send(model.LookAround{Dir: filepath.Dir(filepath.Dir(table))})
	w.Until("the folders", func() bool { return w.Has(filepath.Base(filepath.Dir(table))) })
	w.ClickOn(filepath.Base(filepath.Dir(table)))
	w.Until("the table", func() bool { return w.Has("2025.csv") })
	w.ClickOn("2025.csv")
	w.Until("the cohort", func() bool { return len(c.Rows) == 9 })
	w.Frame()
	if c.Pending() != 9 || !w.Has("Cases not measured: 9") || c.Path != filepath.Join(filepath.Dir(table), "2025-results") {
		t.Fatalf("%d pending, results in %s: %q", c.Pending(), c.Path, w.Labels())
	}
	w.ClickOn("Check the cases")
	w.Until("the check", func() bool { return c.Check.Shown })
	w.Frame()
	if p := c.Check.Problems(); len(p) < 9 || p[0].Severity != "error" || !w.Has("Errors: 9") {
		t.Errorf("nine cases without images have %d problems: %q", len(p), w.Labels())
	}
	w.ClickOn("Back to the table")
	w.ClickOn("Measure what is missing")
	w.Until("the end", func() bool { _, on := s.Job(model.CohortRunning); return !on && s.Toast.Text != "" })
	w.Frame()
	if c.Pending() != 0 || c.Running.Done != 9 || c.Running.Failed != 1 || len(c.Rows) != 9 || !strings.Contains(s.Toast.Text, "9 cases") {
		t.Fatalf("%d pending, %+v, said %q", c.Pending(), c.Running, s.Toast.Text)
	}
	if i := slices.IndexFunc(c.Rows, func(r model.CohortRow) bool { return r.Case == "K02" }); c.Rows[i].State != model.RowFailed || c.Rows[i].Why != "no CT in it" {
		t.Errorf("the failed case: %+v", c.Rows[i])
	}
	for _, name := range []string{"vertebrae.csv", "study.pdf", "cases/K00/case.json"} {
		if _, err := os.Stat(filepath.Join(c.Path, name)); err != nil {
			t.Error(err)
		}
	}

	// Covariates: words by value, numbers at their median.
	w.ClickOn("Filter")
	w.ClickOn("side: left")
	if len(c.Shown) != 5 || c.Filter.Count() != 2 {
		t.Errorf("%d rows of the left, %d filters", len(c.Shown), c.Filter.Count())
	}
	w.ClickOn("Filter")
	w.ClickOn("age > 64")
	if len(c.Shown) != 2 {
		t.Errorf("%d rows of the left above 64: %v", len(c.Shown), c.Shown)
	}
	w.ClickOn("side: left") // its chip
	if len(c.Shown) != 4 {
		t.Errorf("%d rows above 64", len(c.Shown))
	}
	w.ClickOn("age > 64")

	// What a reader signed on this machine.
	signed, err := json.Marshal(&assess.Report{Schema: assess.Schema, Vertebrae: []assess.Vertebra{{Level: anatomy.L1, FillRatio: 0.31}}})
	if err != nil {
		t.Fatal(err)
	}
	study := session.Study{Post: "1.2.K00"}
	state := session.State{Study: study, Signed: []session.Signature{{Version: 1, Reader: "A", At: time.Unix(1, 0), Report: signed}}}
	if err := session.Write(session.Path(w.journals, study), state); err != nil {
		t.Fatal(err)
	}
	c.Rows = nil
	w.app.Send(model.OpenCohort{Path: c.Path, Now: w.Now})
	w.Until("the results alone", func() bool { return len(c.Rows) == 9 })
	w.Frame()
	if r := c.Rows[0]; r.State != model.RowSigned || r.Why != "signed with 31.0\u00a0%" || r.Fill != 0.2 || !w.Has("Signed") {
		t.Errorf("%+v", r)
	}
	if len(c.Covariates) != 2 || c.Covariates[0].Name != "side" || c.Rows[3].Values[0] != "right" {
		t.Errorf("covariates of the results: %+v, %q", c.Covariates, c.Rows[3].Values)
	}
	if !strings.Contains(c.CohortCSV(','), "K00,L1,true,20,4,0.2,,,,0,0,signed,") || !strings.Contains(c.CohortCSV(','), "why,side,age\n") {
		t.Errorf("the rows as CSV:\n%s", c.CohortCSV(','))
	}

	// Everything is up to date: nothing is measured again.
	before, err := os.Stat(filepath.Join(c.Path, "cases/K00/case.json"))
	if err != nil {
		t.Fatal(err)
	}
	w.Do("cohort-measure")
	w.Until("the end", func() bool { _, on := s.Job(model.CohortRunning); return !on })
	if after, err := os.Stat(filepath.Join(c.Path, "cases/K00/case.json")); err != nil || !after.ModTime().Equal(before.ModTime()) {
		t.Error("a case that was up to date was measured again")
	}
}

// A run that is stopped keeps what has landed, and is gone on with.
func TestCohortRunStops(t *testing.T) {
	table, program := cases(t, 6)
	text, err := os.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	gate := filepath.Join(filepath.Dir(table), "gate")
	slow := strings.Replace(string(text), "grep -q", "case $in in *K04) while [ ! -e "+gate+" ]; do sleep 0.05; done;; esac\ngrep -q", 1)
	if err := os.WriteFile(program, []byte(slow), 0o755); err != nil {
		t.Fatal(err)
	}
	w := newWindow(t, full, nil)
	w.app.SetProgram(program)
	s := w.app.State()
	w.app.Send(model.OpenCohort{Path: table, Now: w.Now})
	w.Until("the cohort", func() bool { return len(s.Cohort.Rows) == 6 })
	w.Do("cohort-measure")
	w.Until("a case", func() bool { return s.Cohort.Running.Done > 0 })
	w.Frame()
	w.ClickOn("Stop")
	if _, on := s.Job(model.CohortRunning); on || !w.Has("Stopped.") {
		t.Errorf("not stopped: %q", w.Labels())
	}
	if err := os.WriteFile(gate, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	w.Do("cohort-measure")
	w.Until("the end", func() bool {
		_, on := s.Job(model.CohortRunning)
		return !on && strings.Contains(s.Toast.Text, "up to date")
	})
	if s.Cohort.Pending() != 0 {
		t.Errorf("%d cases are not measured", s.Cohort.Pending())
	}
}

// The row under the pointer is marked in the plots, the point under the
// pointer names its row.
func TestCohortPlotsAndRowsAreLinked(t *testing.T) {
	w, _ := cohortWindow(t, 12, nil)
	r, ok := w.Bounds("Fill by level, %")
	if !ok {
		t.Fatal("no plot")
	}
	named := func() bool {
		for _, x := range w.Labels() {
			if strings.HasPrefix(x, "V-0") && strings.HasSuffix(x, "%") {
				return true
			}
		}
		return false
	}
	for y := r.Min.Y + 4; y < r.Max.Y && !named(); y += 5 {
		for x := r.Min.X + 40; x < r.Max.X && !named(); x += 9 {
			w.Hover(f32.Pt(float32(x), float32(y)))
			w.Frame()
		}
	}
	if !named() {
		t.Error("no point of the plot names its row")
	}
}

// Results of a table are found beside it.
func TestResultsBeside(t *testing.T) {
	for in, want := range map[string]string{"/a/b.csv": "/a/b-results", "/a/b.TSV": "/a/b-results", "/a/b": "/a/b-results", "/a/b/": "/a/b-results", "/a/v1.2": "/a/v1.2-results"} {
		if got := cohort.ResultsBeside(in); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

// The second reading may be what a blinded reader signed: the key of the
// reading list lies above the reader's folder.
func TestCohortBesideABlindedReader(t *testing.T) {
	w, _ := cohortWindow(t, 5, nil)
	c := &w.app.State().Cohort
	list := t.TempDir()
	key := cohort.ReadingKey{Schema: "vertefill.reading-list/1"}
	for n, i := range c.Shown[:5] {
		r := &c.Rows[i]
		post := fmt.Sprint("1.2.", n)
		key.Entries = append(key.Entries, cohort.ReadingEntry{Reader: "A", Case: r.Case, Session: session.Study{Post: post}})
		fill := r.Fill + 0.02
		text, err := session.Answer{Levels: []session.AnswerLevel{{Level: r.Level, Fill: &fill, NoLeak: true, Leaks: []session.AnswerLeak{}}}}.Encode()
		if err != nil {
			t.Fatal(err)
		}
		state := session.State{Study: session.Study{Post: post}, Signed: []session.Signature{{Version: 1, Reader: "x", At: time.Unix(1, 0), Report: text}}}
		state.SetBlind()
		if err := os.MkdirAll(filepath.Join(list, "A"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := session.Write(filepath.Join(list, "A", fmt.Sprint(n, session.Extension)), state); err != nil {
			t.Fatal(err)
		}
	}
	text, err := json.Marshal(key)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(list, "key.json"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	w.app.Send(model.OpenPairs{Path: filepath.Join(list, "A"), Now: w.Now})
	w.Until("the reading", func() bool { return c.Pairs != nil })
	pairs, limits, _, err := c.Agreement()
	if err != nil || len(pairs) != 5 || limits.Bias < 1.999 || limits.Bias > 2.001 {
		t.Errorf("%d pairs, bias %g, %v", len(pairs), limits.Bias, err)
	}
}
