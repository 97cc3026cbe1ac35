package main

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/vertefill/vertefill/internal/assess"
)

// A length of 20 mm over 80 pixels makes a pixel 0.25 mm, whatever the file says; the report says that a user did it, and verify comes to
// the same report again.
func TestCalibrate(t *testing.T) {
	dir, out := smallCase(t), t.TempDir()
	args := []string{"analyze", "--fluoro", filepath.Join(dir, "fluoro"), "--calibrate", "1:20=100,50,180,50", "--out", out}
	if code, _, errs := runLine(t.Context(), args...); code != exitDone {
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
	f := r.Fluoro[0]
	last := f.Frames - 1
	if f.Calibration.Origin != "user" || math.Abs(f.Calibration.MMPerPixel[1]-0.25) > 1e-6 || math.Abs(f.CementAreaMM2[last]-f.CementAreaPx[last]/16) > 0.01 {
		t.Errorf("%s %v: %.2f mm2 of %.0f pixels", f.Calibration.Origin, *f.Calibration.MMPerPixel, f.CementAreaMM2[last], f.CementAreaPx[last])
	}
	i := f.CementAreaIntervalMM2
	if i == nil || !(i[0] < f.CementAreaMM2[last] && f.CementAreaMM2[last] < i[1]) {
		t.Errorf("interval %v of %.1f mm2", i, f.CementAreaMM2[last])
	}
	known, err := recordedKnown(&r)
	if err != nil || len(known) != 1 || known[0].mm != 20 || known[0].run != 1 {
		t.Errorf("recorded: %v, %v", known, err)
	}
}

func TestBadCalibrations(t *testing.T) {
	for _, s := range []string{"11g", "12g=1,2,3,4", "0=1,2,30,4", "x:11g=1,2,3,4", "20=1,2,3", "20=1,2,3,x", "-5=1,2,3,40", "0:11g=1,2,3,4"} {
		if code, _, _ := runLine(t.Context(), "analyze", "--fluoro", "x", "--calibrate", s); code != exitUsage {
			t.Errorf("--calibrate %s: code %d", s, code)
		}
	}
	for s, want := range map[string]int{"2:20=100,50,180,50": exitUsage, "20=100,50,103,50": exitFailed, "11g=5,5,6,300": exitFailed} {
		if code, _, _ := runLine(t.Context(), "analyze", "--fluoro", filepath.Join(smallCase(t), "fluoro"), "--calibrate", s, "--out", t.TempDir()); code != want {
			t.Errorf("--calibrate %s: code %d, want %d", s, code, want)
		}
	}
}
