package fluoro_test

import (
	"errors"
	"math"
	"testing"

	"github.com/vertefill/vertefill/internal/fluoro"
	"github.com/vertefill/vertefill/internal/volume"
)

// wedge draws a body with known heights in mm, 30 mm deep, whose superior plate sinks in front, seen turned, from either side, in pixels
// that need not be square.
func wedge(anterior, middle, posterior, turn, mirror, column, row float64) fluoro.SixPoints {
	sin, cos := math.Sincos(turn)
	at := func(x, y float64) [2]float64 {
		x *= mirror
		return [2]float64{(cos*x-sin*y+80)/column + 3, (sin*x+cos*y+60)/row - 2}
	}
	return fluoro.SixPoints{
		SuperiorAnterior: at(-15, 10-anterior), SuperiorMiddle: at(0, 10-middle), SuperiorPosterior: at(15, 10-posterior),
		InferiorAnterior: at(-15, 10), InferiorMiddle: at(0, 10), InferiorPosterior: at(15, 10),
	}
}

func TestSixPoints(t *testing.T) {
	const a, m, p = 18.0, 20.0, 26.0
	angle := math.Atan2(p-a, 30) * 180 / math.Pi
	for _, mirror := range []float64{1, -1} {
		for _, turn := range []float64{0, 0.4, -0.7} {
			for _, c := range []volume.Calibration{
				{Origin: volume.OriginFiducial, RowMM: 0.3, ColMM: 0.3}, {Origin: volume.OriginUser, RowMM: 0.4, ColMM: 0.25},
				{Origin: volume.OriginDetector, RowMM: 0.4, ColMM: 0.25}, {Origin: volume.OriginConflict},
			} {
				column, row := c.ColMM, c.RowMM
				if column == 0 {
					column, row = 0.3, 0.3
				}
				got, err := wedge(a, m, p, turn, mirror, column, row).Measure(c)
				if err != nil {
					t.Fatal(err)
				}
				unit := 1.0
				if !c.InPatient() {
					unit = 1 / column
				}
				if got.MM != c.InPatient() || math.Abs(got.Anterior-a*unit) > 1e-9 || math.Abs(got.Middle-m*unit) > 1e-9 || math.Abs(got.Posterior-p*unit) > 1e-9 {
					t.Errorf("%s: heights %.2f %.2f %.2f, mm %v", c.Origin, got.Anterior, got.Middle, got.Posterior, got.MM)
				}
				if math.Abs(got.WedgeRatio-a/p) > 1e-9 || math.Abs(got.BiconcavityRatio-m/p) > 1e-9 || math.Abs(got.WedgeDegrees-angle) > 1e-9 {
					t.Errorf("%s, turned %.1f, mirror %.0f: ratio %.3f, %.2f degrees of %.2f", c.Origin, turn, mirror, got.WedgeRatio, got.WedgeDegrees, angle)
				}
			}
		}
	}
	lordotic, err := wedge(26, 24, 20, 0.2, -1, 1, 1).Measure(volume.Calibration{})
	if err != nil || lordotic.WedgeDegrees >= 0 {
		t.Errorf("a body lower behind has %.1f degrees, %v", lordotic.WedgeDegrees, err)
	}
	if _, err := (fluoro.SixPoints{}).Measure(volume.Calibration{}); !errors.Is(err, fluoro.ErrPoints) {
		t.Errorf("no points: %v", err)
	}
	s := wedge(a, m, p, 0, 1, 1, 1)
	d, err := fluoro.LocalKyphosis(volume.Calibration{}, [2][2]float64{s.SuperiorAnterior, s.SuperiorPosterior}, [2][2]float64{s.InferiorAnterior, s.InferiorPosterior})
	if err != nil || math.Abs(d-angle) > 1e-9 {
		t.Errorf("local kyphosis %.2f, %v", d, err)
	}
}
