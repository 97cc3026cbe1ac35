package fluoro_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/vertefill/vertefill/internal/fluoro"
	"github.com/vertefill/vertefill/internal/volume"
)

// rodRun is a picture of a steel rod, hollow or full, on a slope of soft tissue, with blur by oversampling and noise. Pixels are
// column x column*shape mm.
func rodRun(seed uint64, diameter, bore, column, shape, angle float64) *fluoro.Run {
	r := rand.New(rand.NewPCG(seed, 2))
	const side = 220
	c := &volume.Cine{NX: side, NY: side, Frames: 1, Slope: 1, White: 4095, Pix: make([]uint16, side*side)}
	chord := func(d, width float64) float64 {
		if q := width*width/4 - d*d; q > 0 {
			return 2 * math.Sqrt(q)
		}
		return 0
	}
	sin, cos := math.Sincos(angle)
	for y := range side {
		for x := range side {
			light := 0.0
			for sy := -1.0; sy <= 1; sy++ {
				for sx := -1.0; sx <= 1; sx++ {
					u := (float64(x) + 0.45*sx - 110) * column
					v := (float64(y) + 0.45*sy - 110) * column * shape
					d := -sin*u + cos*v
					a := 0.12*(chord(d, diameter)-chord(d, bore)) + 0.002*u + 0.001*v
					light += math.Exp(-a) / 9
				}
			}
			signal := 1200 * light
			c.Pix[y*side+x] = uint16(max(0, signal+0.5*math.Sqrt(signal)*r.NormFloat64()))
		}
	}
	return &fluoro.Run{Cine: c, Relation: fluoro.Linear}
}

// TestRodGivesTheScale: the width of every gauge gives the size of a pixel within 5 % and within twice the error said, in any direction, for pixels that are not square
// too, though the line is drawn beside the rod.
func TestRodGivesTheScale(t *testing.T) {
	for n, o := range fluoro.Objects {
		for m, angle := range []float64{0.1, 0.9, -1.3} {
			column := []float64{0.2, 0.28, 0.33}[m]
			shape := []float64{1, 1, 1.25}[m]
			r := rodRun(uint64(10*n+m), o.MM, o.MM*[]float64{0.78, 0, 0.75}[(n+m)%3], column, shape, angle)
			if shape != 1 { // the file knows the shape of a pixel, not its size
				r.Calibration = volume.Calibration{Origin: volume.OriginDetector, ColMM: 1, RowMM: shape}
			}
			sin, cos := math.Sincos(angle)
			along := func(mm float64) [2]float64 {
				return [2]float64{110 + (mm*cos-0.4*sin)/column, 110 + (mm*sin+0.4*cos)/(column*shape)}
			}
			c, relative, err := fluoro.CalibrateByRod(r, 0, o.MM, along(-14), along(15))
			if err != nil {
				t.Errorf("%s, %.1f rad: %v", o.Name, angle, err)
				continue
			}
			if e := math.Abs(c.ColMM/column - 1); e > 0.05 || e > 2*relative || math.Abs(c.RowMM/c.ColMM-shape) > 1e-9 || c.Origin != volume.OriginUser || relative > 0.04 {
				t.Errorf("%s, %.1f rad: %.4f x %.4f mm of %.4f x %.4f, said within %.1f %%", o.Name, angle, c.RowMM, c.ColMM, column*shape, column, 100*relative)
			}
		}
	}
	r := rodRun(99, 0.001, 0, 0.3, 1, 0)
	if _, _, err := fluoro.CalibrateByRod(r, 0, 3, [2]float64{60, 110}, [2]float64{160, 110}); !errors.Is(err, fluoro.ErrNoRod) {
		t.Errorf("no rod at all: %v", err)
	}
}

func TestCalibrateByLength(t *testing.T) {
	c, relative, err := fluoro.Calibrate(volume.Calibration{}, 50, [2]float64{10, 10}, [2]float64{130, 170})
	if err != nil || math.Abs(c.RowMM-0.25) > 1e-12 || c.ColMM != c.RowMM || !c.InPatient() || math.Abs(relative-0.0025) > 1e-12 {
		t.Errorf("%+v, %g, %v", c, relative, err)
	}
	// Pixels twice as high as wide: 100 rows are as long as 200 columns.
	c, _, _ = fluoro.Calibrate(volume.Calibration{Origin: volume.OriginDetector, RowMM: 0.4, ColMM: 0.2}, 50, [2]float64{0, 0}, [2]float64{0, 100})
	if math.Abs(c.RowMM-0.5) > 1e-12 || math.Abs(c.ColMM-0.25) > 1e-12 {
		t.Errorf("%+v", c)
	}
	for _, mm := range []float64{0, -1, math.NaN(), math.Inf(1)} {
		if _, _, err := fluoro.Calibrate(volume.Calibration{}, mm, [2]float64{}, [2]float64{100, 0}); err == nil {
			t.Errorf("%g mm were taken", mm)
		}
	}
	if _, _, err := fluoro.Calibrate(volume.Calibration{}, 3, [2]float64{}, [2]float64{5, 0}); !errors.Is(err, fluoro.ErrTooShort) {
		t.Errorf("5 pixels: %v", err)
	}
}

func TestRecalibratedAreas(t *testing.T) {
	r := scene{side: 96, frames: 30, disc: func(k int) float64 { return min(12, max(0, float64(k-8))) }}.run(2)
	r.Calibration = volume.Calibration{Origin: volume.OriginConflict}
	got := analyze(t, r, fluoro.Options{})
	got.Recalibrate(r, volume.Calibration{Origin: volume.OriginUser, RowMM: 0.5, ColMM: 0.25})
	if want := got.AreaPx[29] / 8; got.AreaMM2 == nil || math.Abs(got.AreaMM2[29]-want) > 1e-9 || want == 0 {
		t.Errorf("%v mm2, not %.1f", got.AreaMM2, want)
	}
	got.Recalibrate(r, volume.Calibration{Origin: volume.OriginDetector, RowMM: 0.5, ColMM: 0.25})
	if got.AreaMM2 != nil {
		t.Error("millimetres at the detector count as mm2")
	}
}
