// Package spine is the one data structure of a spine that segmentation makes and that cement, leaks, measures and drawing all
// use: named vertebrae with their body surfaces and axes, and the canal. Positions are patient millimetres (LPS). It finds
// nothing by itself: package vertebra does.
package spine

import (
	"math"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/mesh"
	"github.com/vertefill/vertefill/internal/unit"
)

// Spine holds the vertebrae in view from head to foot, and the canal behind them.
type Spine struct {
	Vertebrae []*Vertebra
	Canal     *Canal // nil when none was found
}

// Vertebra is one vertebra: its name, the axes of its body, the surface of its body.
type Vertebra struct {
	Level      anatomy.Level
	Source     anatomy.LevelSource
	Confidence unit.Fraction // of the name

	// PatientFromBody is rigid: +X left, +Y posterior, +Z cranial along the axis of the body, origin at its centroid.
	PatientFromBody geom.Affine[geom.PatientFrame, geom.BodyFrame]
	// Body is the closed surface of the vertebral body: outer surface of cortex and endplates, cut at the continued posterior wall
	// through the pedicle roots. Nil when Complete is false.
	Body *mesh.Mesh
	// Field is the signed distance to Body, negative inside; it covers at least 25 mm round it. Nil when Body is.
	Field *mesh.Field

	BodyML         unit.ML
	BodyIntervalML unit.Interval

	// Complete is false when the field of view cuts the body or it could not be outlined: Reason says why and no number is given.
	Complete bool
	Reason   string
	// HiddenBorder is the share of the surface that cement or a fracture hides (numerator and denominator: mm2 of surface).
	HiddenBorder unit.Fraction

	// Corrected is set when a person changed the surface; FoundML is the volume before the first change.
	Corrected bool
	FoundML   unit.ML

	Wall    Wall
	Heights Heights
	// Before holds the heights on the CT before the procedure; nil when they were not measured there.
	Before *Heights
	// HalfWidth, HalfDepth are half the extent of the body along its X and Y axes at mid height, in mm.
	HalfWidth, HalfDepth unit.MM
}

// Heights of a body in the mid-sagittal plane, and the angle between its endplates (positive: lower in front). The tilts are those of
// the planes on the rims against the XY plane of the body, rising backwards.
type Heights struct {
	Anterior, Middle, Posterior unit.MM
	WedgeRadians                float64
	UpperTilt, LowerTilt        float64 // radians
}

// Wall is the posterior wall in body coordinates: y = Q0 + Q1 z + Q2 z2 + Q3 x2 + Q4 x (mm). Behind it lie canal and pedicles.
type Wall struct{ Q0, Q1, Q2, Q3, Q4 float64 }

// Y returns the posterior coordinate of the wall at (x, z); sideways of 10 mm the wall is carried on level.
func (w Wall) Y(x, z float64) float64 {
	x = max(-10, min(10, x))
	return w.Q0 + w.Q1*z + w.Q2*z*z + w.Q3*x*x + w.Q4*x
}

// About returns the same wall in coordinates whose origin is moved to c along the same axes. Beyond the sideways limit of Y the two
// agree to within the rounding of the limit.
func (w Wall) About(c geom.Body) Wall {
	return Wall{
		Q0: w.Q0 + w.Q1*c.Z + w.Q2*c.Z*c.Z + w.Q3*c.X*c.X + w.Q4*c.X - c.Y,
		Q1: w.Q1 + 2*w.Q2*c.Z,
		Q2: w.Q2,
		Q3: w.Q3,
		Q4: w.Q4 + 2*w.Q3*c.X,
	}
}

// BodyFromPatient returns the inverse of PatientFromBody.
func (v *Vertebra) BodyFromPatient() geom.Affine[geom.BodyFrame, geom.PatientFrame] {
	return v.PatientFromBody.MustInverse()
}

// Centroid returns the centroid of the body.
func (v *Vertebra) Centroid() geom.Patient { return v.PatientFromBody.Origin() }

// Distance returns the signed distance from p to the body surface in mm, negative inside; +Inf when there is no surface.
func (v *Vertebra) Distance(p geom.Patient) float64 {
	if v.Field == nil {
		return math.Inf(1)
	}
	return v.Field.At(p)
}

// SetBody sets the surface with its volume and distance field.
func (v *Vertebra) SetBody(m *mesh.Mesh) {
	v.Body, v.Field, v.BodyML = m, mesh.NewField(m, 0.7, 25), m.Volume()
}

// Find returns the vertebra of a level, nil when it is not in view.
func (s *Spine) Find(l anatomy.Level) *Vertebra {
	for _, v := range s.Vertebrae {
		if v.Level == l {
			return v
		}
	}
	return nil
}

// Nearest returns the complete vertebra whose body surface is closest to p and the signed distance to it; nil when there is none.
func (s *Spine) Nearest(p geom.Patient) (*Vertebra, float64) {
	var best *Vertebra
	least := math.Inf(1)
	for _, v := range s.Vertebrae {
		if d := v.Distance(p); d < least {
			best, least = v, d
		}
	}
	return best, least
}
