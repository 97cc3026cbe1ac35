package assess_test

import (
	"path/filepath"
	"testing"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/dicomio"
	"github.com/vertefill/vertefill/internal/phantom"
	"github.com/vertefill/vertefill/internal/text"
)

// TestBiplaneBoundsTheVolume: two runs of one injection are found to belong together, and what both silhouettes allow is no less than
// the true volume of the cement.
func TestBiplaneBoundsTheVolume(t *testing.T) {
	c, err := phantom.New(31, phantom.Options{First: anatomy.T12, Last: anatomy.L1, Matrix: 128, FOVMM: 120, SliceMM: 1.2, SpacingMM: 1.2, NoPre: true, Fractures: []phantom.Fracture{},
		Plan: []phantom.Treatment{{Level: anatomy.L1, Fill: 0.2, PlateauHU: 3000}}})
	if err != nil {
		t.Fatal(err)
	}
	pair, err := c.BiplaneRuns(t.Context(), phantom.RunOptions{Pixels: 256, Frames: 36, First: 12, Last: 30, BreathingMM: 0.8})
	if err != nil {
		t.Fatal(err)
	}
	single, err := c.FluoroRun(t.Context(), phantom.RunOptions{Pixels: 256, Frames: 30, First: 12, Last: 24})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for n, r := range []*phantom.Run{pair[0], single, pair[1]} {
		if err := c.WriteRun(filepath.Join(dir, string(rune('a'+n))), r); err != nil {
			t.Fatal(err)
		}
	}
	found, err := dicomio.Scan(t.Context(), []string{dir}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var runs []*dicomio.Run
	for _, s := range found.Series {
		runs = append(runs, s.Runs...)
	}
	r, results, err := assess.FluoroOnly(t.Context(), runs, nil, text.English, nil)
	if err != nil || len(results) != 3 {
		t.Fatalf("%d runs, %v", len(results), err)
	}
	truth := c.Truth.Totals.NewCementML
	paired := 0
	for _, f := range r.Report.Fluoro {
		if f.Biplane == nil {
			continue
		}
		paired++
		if b := f.Biplane; b.UpperBoundML < truth || b.UpperBoundML > 2.5*truth || b.TurnDegrees < 89 || b.ShiftMM > 1 {
			t.Errorf("%+v for %.2f mL", *b, truth)
		}
	}
	if paired != 2 {
		t.Errorf("%d runs of 3 are in a pair", paired)
	}
}
