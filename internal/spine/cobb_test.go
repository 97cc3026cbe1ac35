package spine_test

import (
	"math"
	"testing"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/spine"
)

// TestLocalCobb leans the vertebra above forwards and wedges those beside: the angles add up.
func TestLocalCobb(t *testing.T) {
	const degree = math.Pi / 180
	s := &spine.Spine{}
	for n, lean := range []float64{12, 0, -8} { // forwards
		v := &spine.Vertebra{Level: anatomy.L1 + anatomy.Level(n), Complete: true}
		r := geom.Rotation(geom.LPS(0, 0, 0), geom.LPSVec(1, 0, 0), lean*degree)
		v.PatientFromBody.M = r.M
		v.Heights = spine.Heights{Anterior: 20, Middle: 20, Posterior: 20, UpperTilt: 2 * degree, LowerTilt: -3 * degree}
		s.Vertebrae = append(s.Vertebrae, v)
	}
	got, ok := s.LocalCobb(1)
	if want := (12 + 2 + 3 + 8) * degree; !ok || math.Abs(got-want) > 1e-9 {
		t.Errorf("%.3f degrees, want %.3f (%v)", got/degree, want/degree, ok)
	}
	if _, ok := s.LocalCobb(0); ok {
		t.Error("an angle without a vertebra above")
	}
	s.Vertebrae[2].Complete = false
	if _, ok := s.LocalCobb(1); ok {
		t.Error("an angle over a vertebra that is cut")
	}
}
