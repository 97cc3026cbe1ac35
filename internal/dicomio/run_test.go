package dicomio_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/vertefill/vertefill/internal/dicomout"
	"github.com/vertefill/vertefill/internal/volume"
)

// shadow returns a run of n frames of 4 x 3 pixels; frame k holds 100 k + the pixel's number.
func shadow(n int, more ...dicomout.Element) dicomout.Dataset {
	px := make([]uint16, 12*n)
	for i := range px {
		px[i] = uint16(100*(i/12) + i%12)
	}
	s := slice{nx: 4, ny: 3, px: px}
	return with(with(s.dataset("run"),
		dicomout.Element{Tag: 0x00080016, VR: "UI", Value: "1.2.840.10008.5.1.4.1.1.12.1"},
		dicomout.Element{Tag: 0x00080060, VR: "CS", Value: "XA"},
		dicomout.Element{Tag: 0x00280008, VR: "IS", Value: n},
		dicomout.Element{Tag: 0x00200032}, dicomout.Element{Tag: 0x00200037}, dicomout.Element{Tag: 0x00280030},
		dicomout.Element{Tag: 0x00281052}, dicomout.Element{Tag: 0x00281053}), more...)
}

func el(tag dicomout.Tag, vr dicomout.VR, v any) dicomout.Element {
	return dicomout.Element{Tag: tag, VR: vr, Value: v}
}

func loadRun(t *testing.T, more ...dicomout.Element) *volume.Cine {
	t.Helper()
	dir := t.TempDir()
	write(t, dir, "run", encodeFile(t, shadow(3, more...)))
	inv := scan(t, dir)
	if len(inv.Series) != 1 || len(inv.Series[0].Runs) != 1 {
		t.Fatal(summary(inv))
	}
	c, err := inv.Series[0].Runs[0].Load(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestCalibration follows the rules of docs: only an honest origin gives millimetres in the patient.
func TestCalibration(t *testing.T) {
	pixel := func(a, b float64) dicomout.Element { return el(0x00280030, "DS", []float64{a, b}) }
	imager := func(a, b float64) dicomout.Element { return el(0x00181164, "DS", []float64{a, b}) }
	kind := func(s string) dicomout.Element { return el(0x00280A02, "CS", s) }
	factor := func(f float64) dicomout.Element { return el(0x00181114, "DS", f) }
	distances := func(detector, patient float64) dicomout.Dataset {
		return dicomout.Dataset{el(0x00181110, "DS", detector), el(0x00181111, "DS", patient)}
	}
	for _, c := range []struct {
		name     string
		more     dicomout.Dataset
		origin   volume.Origin
		row, col float64
	}{
		{"nothing", nil, volume.OriginNone, 0, 0},
		{"detector", dicomout.Dataset{imager(0.3, 0.2)}, volume.OriginDetector, 0.3, 0.2},
		{"pixel spacing of no origin", dicomout.Dataset{pixel(0.3, 0.2)}, volume.OriginDetector, 0.3, 0.2},
		{"equal, so not corrected", dicomout.Dataset{pixel(0.3, 0.2), imager(0.3, 0.2)}, volume.OriginDetector, 0.3, 0.2},
		{"geometry", dicomout.Dataset{pixel(0.3, 0.2), kind("GEOMETRY")}, volume.OriginGeometry, 0.3, 0.2},
		{"fiducial", dicomout.Dataset{pixel(0.3, 0.2), imager(0.4, 0.3), kind("FIDUCIAL")}, volume.OriginFiducial, 0.3, 0.2},
		{"corrected", dicomout.Dataset{pixel(0.2, 0.2), imager(0.3, 0.3)}, volume.OriginGeometry, 0.2, 0.2},
		{"stated factor", dicomout.Dataset{imager(0.3, 0.2), factor(1.5)}, volume.OriginMagnification, 0.2, 0.2 / 1.5},
		{"distances", append(distances(1100, 750), imager(0.3, 0.3)), volume.OriginMagnification, 0.3 * 750 / 1100, 0.3 * 750 / 1100},
		{"both agree", append(distances(1500, 1000), imager(0.3, 0.3), factor(1.51)), volume.OriginMagnification, 0.3 / 1.51, 0.3 / 1.51},
		{"both disagree", append(distances(1500, 1000), imager(0.3, 0.3), factor(1.2)), volume.OriginConflict, 0, 0},
		{"patient behind the detector", append(distances(1000, 1100), imager(0.3, 0.3)), volume.OriginDetector, 0.3, 0.3},
		{"factor without detector spacing", dicomout.Dataset{pixel(0.3, 0.3), factor(1.4)}, volume.OriginDetector, 0.3, 0.3},
	} {
		got := loadRun(t, c.more...).Calibration
		if got.Origin != c.origin || !near(got.RowMM, c.row, 1e-9) || !near(got.ColMM, c.col, 1e-9) {
			t.Errorf("%s: %s %g x %g, want %s %g x %g", c.name, got.Origin, got.RowMM, got.ColMM, c.origin, c.row, c.col)
		}
	}
}

func TestRunClock(t *testing.T) {
	for _, c := range []struct {
		name  string
		more  dicomout.Dataset
		want  string
		known bool
	}{
		{"frame time", dicomout.Dataset{el(0x00181063, "DS", 40.0)}, "[0s 40ms 80ms]", true},
		{"vector", dicomout.Dataset{el(0x00181065, "DS", []float64{0, 10, 25})}, "[0s 10ms 35ms]", true},
		{"pointer to the vector", dicomout.Dataset{el(0x00181063, "DS", 40.0), el(0x00181065, "DS", []float64{0, 10, 25}), el(0x00280009, "AT", []dicomout.Tag{0x00181065})}, "[0s 10ms 35ms]", true},
		{"pointer to the time", dicomout.Dataset{el(0x00181063, "DS", 40.0), el(0x00181065, "DS", []float64{0, 10, 25}), el(0x00280009, "AT", []dicomout.Tag{0x00181063})}, "[0s 40ms 80ms]", true},
		{"display rate", dicomout.Dataset{el(0x00082144, "IS", 25)}, "[0s 40ms 80ms]", true},
		{"cine rate", dicomout.Dataset{el(0x00180040, "IS", 50)}, "[0s 20ms 40ms]", true},
		{"nothing", nil, "", false},
	} {
		got := loadRun(t, c.more...)
		if got.TimeKnown != c.known || c.known && fmt.Sprint(got.Times) != c.want {
			t.Errorf("%s: %v, known %v; want %s", c.name, got.Times, got.TimeKnown, c.want)
		}
	}
}

func TestRunPixels(t *testing.T) {
	c := loadRun(t, el(0x00281053, "DS", 2.0), el(0x00281052, "DS", -5.0), el(0x00280004, "CS", "MONOCHROME1"))
	for i, p := range c.Pix {
		if want := uint16(100*(i/12) + i%12); p != want || c.Slope != 2 || c.Intercept != -5 {
			t.Fatalf("sample %d: %d by %g and %g, want %d by 2 and -5", i, p, c.Slope, c.Intercept, want)
		}
	}
	if !c.Inverted {
		t.Error("MONOCHROME1 is drawn inverted")
	}
	signed := loadRun(t, el(0x00280103, "US", 1), el(0x00280101, "US", 12), el(0x00280102, "US", 11))
	for i, p := range signed.Pix {
		if want := float64(100*(i/12) + i%12); float64(p)*signed.Slope+signed.Intercept != want {
			t.Fatalf("signed sample %d: %g, want %g", i, float64(p)*signed.Slope+signed.Intercept, want)
		}
	}
}

// TestSingleFramesAreOneRun reads a run that was stored as one file a frame, named in no order.
func TestSingleFramesAreOneRun(t *testing.T) {
	dir := t.TempDir()
	for k := range 4 {
		px := make([]uint16, 12)
		for i := range px {
			px[i] = uint16(k)
		}
		d := with(shadow(1), el(0x7FE00010, "OW", px), el(0x00200013, "IS", k+1), el(0x00080018, "UI", fmt.Sprint("1.2.", k+1)),
			el(0x00080032, "TM", fmt.Sprintf("1200%02d.25", k)), dicomout.Element{Tag: 0x00280008})
		write(t, dir, strings.Repeat("x", 9-k), encodeFile(t, d))
	}
	inv := scan(t, dir)
	if len(inv.Series) != 1 || len(inv.Series[0].Runs) != 1 || inv.Series[0].Runs[0].Frames != 4 {
		t.Fatal(summary(inv))
	}
	c, err := inv.Series[0].Runs[0].Load(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for k := range 4 {
		if c.Frame(k)[0] != uint16(k) || c.Times[k] != time.Duration(k)*time.Second || !c.TimeKnown {
			t.Errorf("frame %d holds %d at %v", k, c.Frame(k)[0], c.Times[k])
		}
	}
}

// TestModalityLUT maps stored values through a table, and those beyond its ends to the end entries.
func TestModalityLUT(t *testing.T) {
	table := []uint16{7, 50, 60, 900}
	c := loadRun(t, el(0x00283000, "SQ", []dicomout.Dataset{{
		el(0x00283002, "US", []int{4, 2, 16}), el(0x00283006, "OW", table), el(0x00283004, "LO", "OD"),
	}}))
	for i, p := range c.Pix {
		stored := 100*(i/12) + i%12
		if want := table[max(0, min(3, stored-2))]; p != want {
			t.Fatalf("stored %d becomes %d, want %d", stored, p, want)
		}
	}
	if c.White != 900 {
		t.Errorf("white %d", c.White)
	}
}
