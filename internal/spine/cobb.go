package spine

import (
	"math"

	"github.com/vertefill/vertefill/internal/geom"
)

// LocalCobb returns the angle in radians between the upper endplate of the vertebra above and the lower endplate of the vertebra below
// the i-th, in the sagittal plane of the i-th: positive in kyphosis (Cobb's method over one injured vertebra). It needs both
// neighbours complete; ok is false otherwise.
func (s *Spine) LocalCobb(i int) (radians float64, ok bool) {
	if i < 1 || i+1 >= len(s.Vertebrae) {
		return 0, false
	}
	above, at, below := s.Vertebrae[i-1], s.Vertebrae[i], s.Vertebrae[i+1]
	if !above.Complete || !at.Complete || !below.Complete || above.Heights.Middle == 0 || below.Heights.Middle == 0 {
		return 0, false
	}
	upper := at.sagittalAngle(above, above.Heights.UpperTilt)
	lower := at.sagittalAngle(below, below.Heights.LowerTilt)
	return upper - lower, true
}

// sagittalAngle is the angle against the XY plane of v, rising backwards, of the sagittal line with the given tilt in w.
func (v *Vertebra) sagittalAngle(w *Vertebra, tilt float64) float64 {
	sin, cos := math.Sincos(tilt)
	d := w.PatientFromBody.ApplyVec(geom.V[geom.BodyFrame](0, cos, sin))
	return math.Atan2(d.Dot(v.PatientFromBody.Axis(2)), d.Dot(v.PatientFromBody.Axis(1)))
}
