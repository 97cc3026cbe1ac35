package cement

import (
	"math"
	"testing"
)

// TestEdgeSpread: the table is the inverse of the profile, which is the normal distribution function without a box and a ramp where the
// box is wide.
func TestEdgeSpread(t *testing.T) {
	for _, width := range []float64{0, 0.5, 2, 5, 11} {
		e := edgeOf(width)
		for x := -1.5 - width/2; x <= 1.5+width/2; x += 0.1 {
			if got := e.at(boxed(x, width)); math.Abs(got-x) > 0.01*(1+width) {
				t.Errorf("box %.1f: %.3f, want %.3f", width, got, x)
			}
		}
	}
	if got := edgeOf(0).at(0.8); math.Abs(got-probit(0.8)) > 1e-3 {
		t.Errorf("no box: %.4f, want %.4f", got, probit(0.8))
	}
	if got := edgeOf(11).at(0.7); math.Abs(got-0.2*11) > 0.02 {
		t.Errorf("wide box: %.3f, want %.3f", got, 0.2*11)
	}
}
