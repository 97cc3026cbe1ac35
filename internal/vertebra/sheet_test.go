package vertebra

import (
	"math"
	"testing"
)

// plates is an ideal profile: cement outside an endplate, marrow below it, and cement from below mm on.
func plates(sheet, endplate, gap, cement, bone, marrow float64) func(mm float64) float64 {
	return func(mm float64) float64 { // outwards, 0 at the outer side
		switch {
		case mm > 0:
			return 90
		case mm > -sheet:
			return cement
		case mm > -sheet-endplate:
			return bone
		case mm > -sheet-endplate-gap:
			return marrow
		}
		return cement
	}
}

// blurredProfile samples an ideal profile through a Gaussian.
func blurredProfile(f func(float64) float64, sigma, shift float64) (p profile) {
	for i := range p {
		at := float64(i-profileIn)*plateStepMM + shift
		sum, weight := 0.0, 0.0
		for d := -4 * sigma; d <= 4*sigma; d += sigma / 20 {
			w := math.Exp(-d * d / (2 * sigma * sigma))
			sum += w * f(at+d)
			weight += w
		}
		p[i] = sum / weight
	}
	return p
}

// TestSheetThickness measures sheets of cement through blur that hides them in the endplate: 0.3 mm at most, without bias for cement far
// below, and little where cement follows after a gap of marrow; an endplate alone holds none.
func TestSheetThickness(t *testing.T) {
	const bone, marrow, endplate = 1500, 170, 0.7
	for _, sigma := range []float64{0.35, 0.5} {
		alone := blurredProfile(plates(0, endplate, 20, 0, bone, marrow), sigma, 0)
		own := readPlatform(&alone, 0)
		plate := own.over(own.under)
		if mm := own.sheetMM(plate, 1800, marrow); mm > 0.02 {
			t.Errorf("an endplate alone is called %.2f mm of cement", mm)
		}
		for _, cement := range []float64{1800, 2800} {
			for _, sheet := range []float64{0.8, 1.2, 1.8} {
				for _, gap := range []float64{1.5, 20} {
					for _, shift := range []float64{-0.4, 0, 0.5} {
						f := blurredProfile(plates(sheet, endplate, gap, cement, bone, marrow), sigma, shift)
						p := readPlatform(&f, cement)
						got := p.sheetMM(plate, cement, marrow)
						inner := p.edgeMM - got // seen from where the profile starts
						if !p.ok || math.Abs(got-sheet) > 0.3 || math.Abs(inner+sheet+shift) > 0.35 {
							t.Errorf("sheet %.1f mm of %.0f HU, blur %.2f, gap %.1f, shifted %.1f: %.2f mm thick, inner side at %.2f not %.2f", sheet, cement, sigma, gap, shift, got, inner, -sheet-shift)
						}
					}
				}
			}
		}
	}
}
