package phantom

import (
	"context"
	"math"
	"testing"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/volume"
)

// slicesOf makes n slices of 160 pixels of 0.6 mm.
func slicesOf(t *testing.T, n int) (*volume.Grid, []float32) {
	t.Helper()
	var pos []geom.Patient
	for k := range n {
		pos = append(pos, geom.LPS(0, 0, float64(k)))
	}
	g, err := volume.NewGrid(160, 160, geom.LPSVec(1, 0, 0), geom.LPSVec(0, 1, 0), 0.6, 0.6, pos, "")
	if err != nil {
		t.Fatal(err)
	}
	return g, make([]float32, g.Len())
}

// disc fills a disc about a pixel.
func disc(hu []float32, nx int, x, y, radius float64, value float32) {
	for j := range nx {
		for i := range nx {
			if math.Hypot(float64(i)-x, float64(j)-y) < radius {
				hu[i+nx*j] = value
			}
		}
	}
}

func meanAbout(hu []int16, nx int, x, y, radius float64) float64 {
	sum, n := 0.0, 0.0
	for j := range nx {
		for i := range nx {
			if math.Hypot(float64(i)-x, float64(j)-y) < radius {
				sum, n = sum+float64(hu[i+nx*j]), n+1
			}
		}
	}
	return sum / n
}

func TestScannerShowsWaterAndInserts(t *testing.T) {
	g, ideal := slicesOf(t, 1)
	disc(ideal, 160, 40, 80, 6, 40)
	disc(ideal, 160, 110, 50, 3, 900)
	im := imaging{fwhmMM: 0.9, ceiling: 3071}
	v, err := im.project(context.Background(), ideal, g, stream(1, "test"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		what      string
		x, y, r   float64
		want, tol float64
	}{{"water", 80, 120, 10, 0, 8}, {"tissue", 40, 80, 3, 40, 12}, {"bone", 110, 50, 1, 900, 30}} {
		if got := meanAbout(v.HU, 160, c.x, c.y, c.r); math.Abs(got-c.want) > c.tol {
			t.Errorf("%s: %.0f HU, want %.0f", c.what, got, c.want)
		}
	}
}

// TestScannerBlursAsAsked measures the edge of a large faint disc: its steepest slope is that of the Gaussian's.
func TestScannerBlursAsAsked(t *testing.T) {
	for _, fwhm := range []float64{0.9, 1.3} {
		g, ideal := slicesOf(t, 1)
		disc(ideal, 160, 80, 80, 30, 70)
		v, err := imaging{fwhmMM: fwhm, ceiling: 3071}.project(context.Background(), ideal, g, stream(1, "test"))
		if err != nil {
			t.Fatal(err)
		}
		// The mean over a ring of the slope, by the radius: its second moment is the variance of the blur.
		var sum, weight [400]float64
		for j := range 160 {
			for i := range 160 {
				r := math.Hypot(float64(i)-80, float64(j)-80) * 0.6
				if b := int(r / 0.15); b < 400 {
					sum[b] += float64(v.HU[i+160*j])
					weight[b]++
				}
			}
		}
		var m0, m1, m2 float64
		for b := 95; b < 145; b++ {
			s := sum[b-1]/max(1, weight[b-1]) - sum[b+1]/max(1, weight[b+1])
			r := (float64(b) + 0.5) * 0.15
			m0, m1, m2 = m0+s, m1+s*r, m2+s*r*r
		}
		mean := m1 / m0
		got := 2.3548 * math.Sqrt(m2/m0-mean*mean)
		if math.Abs(mean-18) > 0.1 || math.Abs(got-fwhm) > 0.25*fwhm {
			t.Errorf("edge at %.2f mm with FWHM %.2f, want 18.00 and %.2f", mean, got, fwhm)
		}
	}
}

func TestScannerNoiseIsWhatIsAsked(t *testing.T) {
	g, ideal := slicesOf(t, 1)
	v, err := imaging{fwhmMM: 1, noiseHU: 25, ceiling: 3071}.project(context.Background(), ideal, g, stream(2, "test"))
	if err != nil {
		t.Fatal(err)
	}
	sum, n := 0.0, 0.0
	for j := 60; j < 100; j++ {
		for i := 60; i < 100; i++ {
			d := float64(v.HU[i+160*j])
			sum, n = sum+d*d, n+1
		}
	}
	if sd := math.Sqrt(sum / n); sd < 20 || sd > 31 {
		t.Errorf("noise %.1f HU, want 25", sd)
	}
}

// TestScannerMakesDarkBands: between two dense masses the beam is harder than the water correction thinks.
func TestScannerMakesDarkBands(t *testing.T) {
	g, ideal := slicesOf(t, 1)
	disc(ideal, 160, 45, 80, 14, 3500)
	disc(ideal, 160, 115, 80, 14, 3500)
	v, err := imaging{fwhmMM: 0.9, ceiling: math.MaxInt16}.project(context.Background(), ideal, g, stream(1, "test"))
	if err != nil {
		t.Fatal(err)
	}
	between, away := meanAbout(v.HU, 160, 80, 80, 4), meanAbout(v.HU, 160, 80, 140, 4)
	if between > away-40 {
		t.Errorf("%.0f HU between the masses, %.0f away", between, away)
	}
	centre, rim := meanAbout(v.HU, 160, 45, 80, 4), meanAbout(v.HU, 160, 45, 80, 11)
	if centre >= 3500 || centre > rim {
		t.Errorf("cement of 3500 HU shows %.0f HU in the middle and %.0f further out: no hardening", centre, rim)
	}
}
