package render

import (
	"math"

	"github.com/vertefill/vertefill/internal/geom"
)

// PatientFromPlane places a reformatted plane in the patient. It must be rigid: built by Standard, Aligned, Turned or Mapped it is.
type PatientFromPlane = geom.Affine[geom.PatientFrame, geom.PlaneFrame]

// Orientation is one of the three standard directions of a plane.
type Orientation uint8

// The standard orientations. Pictures are radiological: axial seen from the feet and coronal from the front, both with the
// patient's right on the left; sagittal seen from the left, anterior on the left.
const (
	Axial Orientation = iota
	Sagittal
	Coronal
)

// String returns the English name in lower case.
func (o Orientation) String() string {
	switch o {
	case Sagittal:
		return "sagittal"
	case Coronal:
		return "coronal"
	}
	return "axial"
}

// Standard returns the plane of the orientation through a patient point, which becomes the origin of the plane.
func Standard(o Orientation, at geom.Patient) PatientFromPlane {
	return Aligned(o, geom.Translated(at))
}

// Aligned returns the plane of the orientation along the axes of a vertebral body (spine.Vertebra.PatientFromBody) through the
// body's centroid: an axial plane parallel to its mid-height, a sagittal and a coronal plane along its axis.
func Aligned(o Orientation, patientFromBody geom.Affine[geom.PatientFrame, geom.BodyFrame]) PatientFromPlane {
	left, posterior, cranial := patientFromBody.Axis(0), patientFromBody.Axis(1), patientFromBody.Axis(2)
	at := patientFromBody.Origin()
	switch o {
	case Sagittal:
		return geom.FromAxes[geom.PatientFrame, geom.PlaneFrame](at, posterior, cranial.Mul(-1), left.Mul(-1))
	case Coronal:
		return geom.FromAxes[geom.PatientFrame, geom.PlaneFrame](at, left, cranial.Mul(-1), posterior)
	}
	return geom.FromAxes[geom.PatientFrame, geom.PlaneFrame](at, left, posterior, cranial)
}

// Moved returns the plane carried so that its origin lies at a patient point.
func Moved(p PatientFromPlane, to geom.Patient) PatientFromPlane {
	p.T = [3]float64{to.X, to.Y, to.Z}
	return p
}

// Through returns the plane shifted along its line of sight so that it passes through a patient point; the picture does not move
// sideways. This is how a wheel or a linked crosshair changes the slice.
func Through(p PatientFromPlane, at geom.Patient) PatientFromPlane {
	depth := p.Axis(2)
	return Moved(p, p.Origin().Add(depth.Mul(at.Sub(p.Origin()).Dot(depth))))
}

// Turned returns the plane turned by the angle (radians) about an axis of the plane frame through the point at, for oblique
// planes and for three-dimensional views.
func Turned(p PatientFromPlane, at geom.Patient, axis geom.PlaneVec, angle float64) PatientFromPlane {
	return geom.Compose(geom.Rotation(at, p.ApplyVec(axis).Unit(), angle), p)
}

// Mapped returns the same plane of the body in another series, given the registration of the two (preFromPost for a plane of the
// post series). The result is drawn from the other volume in place of the first.
func Mapped(otherFromThis geom.Affine[geom.PatientFrame, geom.PatientFrame], p PatientFromPlane) PatientFromPlane {
	return geom.Compose(otherFromThis, p)
}

// Letters are the orientation letters at the middle of the four edges of a picture.
type Letters struct{ Top, Right, Bottom, Left string }

// LettersOf returns the letters R L A P H F of a plane, the stronger direction first. A second letter is given when the edge is
// more than 15 degrees off the first.
func LettersOf(p PatientFromPlane) Letters {
	x, y := p.Axis(0), p.Axis(1)
	return Letters{Top: letters(y.Mul(-1)), Right: letters(x), Bottom: letters(y), Left: letters(x.Mul(-1))}
}

func letters(v geom.PatientVec) string {
	v = v.Unit()
	parts := [3]float64{v.X, v.Y, v.Z}
	names := [3][2]string{{"L", "R"}, {"P", "A"}, {"H", "F"}}
	out := ""
	for range 2 {
		best := 0
		for i := range parts {
			if math.Abs(parts[i]) > math.Abs(parts[best]) {
				best = i
			}
		}
		if math.Abs(parts[best]) < math.Sin(15*math.Pi/180) {
			break
		}
		if parts[best] > 0 {
			out += names[best][0]
		} else {
			out += names[best][1]
		}
		parts[best] = 0
	}
	return out
}
