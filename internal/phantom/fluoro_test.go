package phantom_test

import (
	"math"
	"path/filepath"
	"testing"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/dicomio"
	"github.com/vertefill/vertefill/internal/phantom"
)

// TestRunShowsWhatItsTruthSays counts, in the picture, the pixels that became darker than 1 mm of cement makes them, and looks for the
// leaks where the projection puts them.
func TestRunShowsWhatItsTruthSays(t *testing.T) {
	c := small(t, 4, phantom.Options{First: anatomy.T12, Last: anatomy.L1, Matrix: 128, FOVMM: 120, SliceMM: 1.2, SpacingMM: 1.2, NoPre: true, Fractures: []phantom.Fracture{},
		Plan: []phantom.Treatment{{Level: anatomy.L1, Fill: 0.2, PlateauHU: 3500, Leaks: []phantom.LeakPlan{{Compartment: anatomy.DiscSuperior, ML: 0.3}}},
			{Level: anatomy.T12, Fill: 0.2, Leaks: []phantom.LeakPlan{{Compartment: anatomy.SoftTissue, ML: 0.1}}}}})
	r, err := c.Fluoro(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	truth := r.Truth
	if len(truth.CementAreaPx) != r.Frames || truth.CementAreaPx[truth.InjectionStart-1] != 0 {
		t.Errorf("areas %v", truth.CementAreaPx)
	}
	for k := 1; k < r.Frames; k++ {
		if truth.CementAreaPx[k] < truth.CementAreaPx[k-1] {
			t.Errorf("frame %d: cement shrinks", k)
		}
	}
	dark := darkened(r)
	count := 0.0
	for _, d := range dark {
		if d > 0.0193*(1+3.5)*1.0 {
			count++
		}
	}
	if last := truth.CementAreaPx[r.Frames-1]; math.Abs(count/last-1) > 0.08 {
		t.Errorf("%.0f pixels darkened, %.0f true", count, last)
	}
	m := truth.ImageFromPatientPost
	for i, l := range c.Truth.Leaks {
		first := truth.LeakFirstFrames[i]
		if l.Level == anatomy.T12 {
			if first != nil {
				t.Error("a leak of another injection is in the run")
			}
			continue
		}
		if first == nil || *first <= truth.InjectionStart || *first >= r.Frames {
			t.Fatalf("%s: first frame %v", l.Compartment, first)
		}
		p := l.CentroidLPS
		w := m[8]*p[0] + m[9]*p[1] + m[10]*p[2] + m[11]
		column, row := (m[0]*p[0]+m[1]*p[1]+m[2]*p[2]+m[3])/w, (m[4]*p[0]+m[5]*p[1]+m[6]*p[2]+m[7])/w
		if d := dark[int(math.Round(column))+r.NX*int(math.Round(row))]; d < 0.05 {
			t.Errorf("%s: no shadow at column %.0f, row %.0f", l.Compartment, column, row)
		}
	}

	dir := t.TempDir()
	if err := c.Write(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	found, err := dicomio.Scan(t.Context(), []string{filepath.Join(dir, "fluoro")}, nil)
	if err != nil || len(found.Series) != 1 || len(found.Series[0].Runs) != 1 {
		t.Fatalf("run not found again: %v, %d series", err, len(found.Series))
	}
	back, err := found.Series[0].Runs[0].Load(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if back.Frames != r.Frames || back.Times[3] != r.Times[3] || math.Abs(back.RowMM/truth.MMPerPixel[0]-1) > 1e-6 || back.Origin != r.Origin {
		t.Errorf("%d frames, %v, %g mm, %s", back.Frames, back.Times[3], back.RowMM, back.Origin)
	}
	for i := range r.Pix {
		if back.Pix[i] != r.Pix[i] {
			t.Fatalf("sample %d is %d, was %d", i, back.Pix[i], r.Pix[i])
		}
	}
	validate(t, filepath.Join(dir, "fluoro", "XA0001.dcm"))
}

// darkened returns the attenuation that the injection added in every pixel.
func darkened(r *phantom.Run) []float64 {
	out := make([]float64, r.NX*r.NY)
	for i := range out {
		mean := func(from, to int) float64 {
			sum := 0.0
			for k := from; k < to; k++ {
				sum += float64(r.Frame(k)[i])
			}
			return max(1, sum/float64(to-from))
		}
		out[i] = math.Log(mean(0, r.Truth.InjectionStart) / mean(r.Truth.InjectionEnd+1, r.Frames))
	}
	return out
}
