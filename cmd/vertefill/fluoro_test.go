package main

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/nifti"
)

// TestRunAlone analyses the run of a case without its CT, against the truth per frame.
func TestRunAlone(t *testing.T) {
	dir, out := smallCase(t), t.TempDir()
	code, _, errs := runLine(t.Context(), "analyze", "--fluoro", filepath.Join(dir, "fluoro"), "--line", "far=1,1,1,380", "--out", out)
	if code != exitDone {
		t.Fatalf("code %d: %s", code, errs)
	}
	checkSchema(t, filepath.Join(out, "report.json"))
	data, err := os.ReadFile(filepath.Join(out, "report.json"))
	if err != nil {
		t.Fatal(err)
	}
	var r assess.Report
	if err := json.Unmarshal(data, &r); err != nil {
		t.Fatal(err)
	}
	if len(r.Fluoro) != 1 || len(r.Vertebrae) != 0 || r.Totals != nil {
		t.Fatalf("%d runs, %d vertebrae", len(r.Fluoro), len(r.Vertebrae))
	}
	got, want := r.Fluoro[0], truth.Fluoro[0]
	last := want.Frames - 1
	for k := range want.Frames {
		if e := math.Abs(got.CementAreaMM2[k] - want.CementAreaMM2[k]); e > 0.06*want.CementAreaMM2[last] {
			t.Errorf("frame %d: %.1f mm2 of %.1f", k, got.CementAreaMM2[k], want.CementAreaMM2[k])
		}
	}
	for _, e := range got.Events {
		if e.Kind == "line-crossed" {
			t.Errorf("a line far away is crossed in %d", e.Frame)
		}
	}
	csv, err := os.ReadFile(filepath.Join(out, "fluoro-1.csv"))
	if err != nil || strings.Count(string(csv), "\n") != want.Frames+1 {
		t.Errorf("fluoro-1.csv: %v, %d lines", err, strings.Count(string(csv), "\n"))
	}
	mask, err := nifti.ReadLabels(filepath.Join(out, "fluoro-1.nii.gz"))
	if err != nil {
		t.Fatal(err)
	}
	n := 0.0
	for _, v := range mask.V {
		n += float64(v)
	}
	sum := 0.0
	for _, a := range got.CementAreaPx {
		sum += a
	}
	if math.Abs(n-sum) > 0.01*sum {
		t.Errorf("the mask holds %.0f pixels, the report %.0f", n, sum)
	}
}

func TestBadLines(t *testing.T) {
	for _, line := range []string{"wall", "wall=1,2,3", "wall=1,2,3,x", "wall=1,2,1,2", "=1,2,3,4"} {
		if code, _, _ := runLine(t.Context(), "analyze", "--fluoro", "x", "--line", line); code != exitUsage {
			t.Errorf("--line %s: code %d", line, code)
		}
	}
}
