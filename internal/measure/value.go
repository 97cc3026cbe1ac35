package measure

import (
	"math"

	"github.com/vertefill/vertefill/internal/geom"
)

// LengthMM returns the length of a line in space; of a bidirectional measure the longer axis; of a region its perimeter; zero for
// other kinds.
func (s Shape) LengthMM() float64 {
	p := s.Points
	switch {
	case s.Kind.Region():
		sum, outline := 0.0, s.Outline()
		for i, q := range outline {
			sum += q.Dist(outline[(i+1)%len(outline)])
		}
		return sum
	case s.Kind == Bidirectional && len(p) == 4:
		return max(p[0].Dist(p[1]), p[2].Dist(p[3]))
	case (s.Kind == Length || s.Kind == Bidirectional) && len(p) >= 2:
		return p[0].Dist(p[1])
	}
	return 0
}

// ShortMM returns the shorter axis of a bidirectional measure.
func (s Shape) ShortMM() float64 {
	if s.Kind != Bidirectional || len(s.Points) != 4 {
		return 0
	}
	return min(s.Points[0].Dist(s.Points[1]), s.Points[2].Dist(s.Points[3]))
}

// Degrees returns an angle: at the second point, 0 to 180; between the two lines of a Cobb angle, 0 to 90, whichever way they were
// drawn. ok is false for other kinds and while points are missing.
func (s Shape) Degrees() (_ float64, ok bool) {
	p := s.Points
	switch {
	case s.Kind == Angle && len(p) >= 3:
		return degrees(p[0].Sub(p[1]), p[2].Sub(p[1])), true
	case s.Kind == Cobb && len(p) >= 4:
		d := degrees(p[1].Sub(p[0]), p[3].Sub(p[2]))
		return min(d, 180-d), true
	}
	return 0, false
}

func degrees(v, w geom.PatientVec) float64 { return geom.AngleBetween(v, w) * 180 / math.Pi }

// Area returns the area of a region in mm2: exact for rectangles and ellipses, of the outline for the others. An outline that
// crosses itself counts what it winds round by how it winds.
func (s Shape) Area() float64 {
	if !s.Kind.Region() || len(s.Points) < 2 {
		return 0
	}
	switch s.Kind {
	case Rectangle, Ellipse:
		lo, hi := s.corners()
		a := (hi.X - lo.X) * (hi.Y - lo.Y)
		if s.Kind == Ellipse {
			a *= math.Pi / 4
		}
		return a
	}
	sum, p := 0.0, s.Outline()
	for i, a := range p {
		b := p[(i+1)%len(p)]
		sum += a.X*b.Y - b.X*a.Y
	}
	return math.Abs(sum) / 2
}

// Spatial reports whether a line leads out of its plane by more than a tolerance in mm: its length is then a distance in space.
func (s Shape) Spatial(tolerance float64) bool {
	planeFromPatient := s.Plane.MustInverse()
	for _, p := range s.Points {
		if q := planeFromPatient.Apply(p); math.Abs(q.Z) > tolerance {
			return true
		}
	}
	return false
}
