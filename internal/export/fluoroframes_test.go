package export_test

import (
	"bytes"
	"math"
	"testing"

	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/export"
	"github.com/vertefill/vertefill/internal/fluoro"
	"github.com/vertefill/vertefill/internal/text"
	"github.com/vertefill/vertefill/internal/volume"
)

// grownDisc is an analysed run in which a disc grows at (60, 70) of a textured picture of 160 x 130.
func grownDisc(t *testing.T) *assess.FluoroResult {
	t.Helper()
	const nx, ny, frames = 160, 130, 40
	c := &volume.Cine{NX: nx, NY: ny, Frames: frames, Slope: 1, White: 4095, Pix: make([]uint16, nx*ny*frames)}
	for k := range frames {
		r := 18 * math.Sqrt(math.Max(0, math.Min(1, float64(k-9)/20)))
		for i := range nx * ny {
			x, y := float64(i%nx), float64(i/nx)
			a := 0.1*math.Sin(x/6)*math.Cos(y/7) + 0.05*math.Sin(x/2.3+y/3.1)
			if d := r*r - (x-60)*(x-60) - (y-70)*(y-70); d > 0 {
				a += 0.04 * math.Sqrt(d)
			}
			c.Pix[k*nx*ny+i] = uint16(1300*math.Exp(-a) + float64((i*7919+k*104729)%13))
		}
	}
	run := &fluoro.Run{Cine: c, Relation: fluoro.Linear}
	found, err := fluoro.Analyze(t.Context(), run, fluoro.Options{Lines: []fluoro.Line{{Name: "posterior-wall", Points: [2][2]float64{{70, 20}, {70, 120}}}}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	out := &assess.FluoroResult{Run: run, Found: found, Report: assess.FluoroRun{SeriesInstanceUID: "1.2.3", Frames: frames, Calibration: assess.FluoroCalibration{Origin: "none"}, CementAreaPx: found.AreaPx}}
	for _, e := range found.Events {
		out.Report.Events = append(out.Report.Events, assess.FluoroEvent{Kind: string(e.Kind), Frame: e.Frame, Line: e.Line})
	}
	return out
}

// TestKeyFrames: the frames shown are those of the events, square, about the cement, dark where it is and only once it has come; the PDF
// holds them.
func TestKeyFrames(t *testing.T) {
	f := grownDisc(t)
	frames, err := export.KeyFrames(t.Context(), f, text.English)
	if err != nil || len(frames) != 3 {
		t.Fatalf("%d frames, %v", len(frames), err)
	}
	dark := func(k export.KeyImage) (n int) {
		b := k.Picture.Rect
		for y := b.Min.Y; y < b.Max.Y; y++ {
			for x := b.Min.X; x < b.Max.X; x++ {
				if c := k.Picture.RGBAAt(x, y); c.R < 70 && c.R == c.B {
					n++
				}
			}
		}
		return n
	}
	if a, b, c := dark(frames[0]), dark(frames[1]), dark(frames[2]); a > b/4 || b == 0 || c < b {
		t.Errorf("dark pixels: %d before, %d at the crossing, %d at the end", a, b, c)
	}
	for _, k := range frames {
		if k.Picture.Rect.Dx() != k.Picture.Rect.Dy() || k.Caption == "" {
			t.Errorf("%v %q", k.Picture.Rect, k.Caption)
		}
	}
	r := &assess.Result{Report: assess.Report{Schema: assess.Schema, Fluoro: []assess.FluoroRun{f.Report}, Vertebrae: []assess.Vertebra{}, Leaks: []assess.Leak{}}}
	var with, without bytes.Buffer
	if err := export.PDF(t.Context(), &with, r, export.Options{Runs: []assess.FluoroResult{*f}}); err != nil {
		t.Fatal(err)
	}
	if err := export.PDF(t.Context(), &without, r, export.Options{}); err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(with.Bytes(), []byte("/Subtype /Image")) - bytes.Count(without.Bytes(), []byte("/Subtype /Image")); n != 3 {
		t.Errorf("%d pictures in the PDF", n)
	}
}
