// Package measure holds what a reader draws to measure: lengths, angles, regions, probes and notes, with their values and the
// statistics of the CT numbers inside.
//
// Points are patient millimetres (DICOM LPS) of the series they were drawn on, never pixels. A shape remembers the plane it was
// drawn in: regions lie in it, lines may lead out of it, so that a length between points of two views is their distance in space.
// The package draws nothing and knows no views.
package measure

import (
	"math"
	"slices"

	"github.com/vertefill/vertefill/internal/geom"
)

// Kind is what a shape measures.
type Kind string

// The kinds.
const (
	Length        Kind = "length"
	Angle         Kind = "angle"         // at the second of three points
	Cobb          Kind = "cobb"          // between two lines
	Bidirectional Kind = "bidirectional" // the long axis and the longest one across it
	Ellipse       Kind = "ellipse"
	Rectangle     Kind = "rectangle"
	Freehand      Kind = "freehand"
	Polygon       Kind = "polygon"
	Spline        Kind = "spline" // closed, through its points
	Arrow         Kind = "arrow"  // points with its last point
	Text          Kind = "text"
	Probe         Kind = "probe" // the CT number of a point
)

// PatientFromPlane places the plane a shape was drawn in; it is rigid, its Z axis the line of sight.
type PatientFromPlane = geom.Affine[geom.PatientFrame, geom.PlaneFrame]

// Shape is one drawn measurement. It is never changed in place: Move and the like return another one.
type Shape struct {
	ID     int              `json:"id"`
	Kind   Kind             `json:"kind"`
	Series string           `json:"series"` // SeriesInstanceUID of the images it was drawn on
	Plane  PatientFromPlane `json:"plane"`
	Points []geom.Patient   `json:"points"`
	Note   string           `json:"note,omitempty"`
}

// Region reports whether the kind encloses an area.
func (k Kind) Region() bool {
	switch k {
	case Ellipse, Rectangle, Freehand, Polygon, Spline:
		return true
	}
	return false
}

// Needs returns how many points are drawn, zero for kinds that take any number from three on. A bidirectional measure is drawn by
// its long axis; see Finished.
func (k Kind) Needs() int {
	switch k {
	case Probe, Text:
		return 1
	case Length, Arrow, Ellipse, Rectangle, Bidirectional:
		return 2
	case Angle:
		return 3
	case Cobb:
		return 4
	}
	return 0
}

// Finished returns the shape as it is kept once its points are drawn; ok is false for one too small to mean anything. Regions are
// laid into their plane, a bidirectional measure gets its short axis, half as long, to be drawn out by its ends.
func (s Shape) Finished() (_ Shape, ok bool) {
	if n := s.Kind.Needs(); n > 0 && len(s.Points) < n || n == 0 && len(s.Points) < 3 {
		return s, false
	}
	for _, p := range s.Points {
		if !p.IsFinite() {
			return s, false
		}
	}
	if s.Kind.Region() {
		s.Points = slices.Clone(s.Points)
		for i, p := range s.flat() {
			s.Points[i] = s.Plane.Apply(p)
		}
		return s, s.Area() > 1e-6
	}
	const least = 1e-3 // mm between two points that are meant to be two
	switch s.Kind {
	case Length, Arrow, Bidirectional, Angle, Cobb:
		for i := 1; i < len(s.Points); i++ {
			if s.Kind == Cobb && i == 2 {
				continue // the end of one line may be the beginning of the other
			}
			if s.Points[i].Dist(s.Points[i-1]) < least {
				return s, false
			}
		}
	}
	if s.Kind == Bidirectional && len(s.Points) == 2 {
		a, b := s.Points[0], s.Points[1]
		across := s.Plane.Axis(2).Cross(b.Sub(a)).Mul(0.25)
		middle := a.Lerp(b, 0.5)
		s.Points = []geom.Patient{a, b, middle.Add(across), middle.Add(across.Mul(-1))}
	}
	return s, true
}

// flat returns the points in plane coordinates, without depth.
func (s Shape) flat() []geom.Plane {
	planeFromPatient := s.Plane.MustInverse()
	out := make([]geom.Plane, len(s.Points))
	for i, p := range s.Points {
		out[i] = planeFromPatient.Apply(p)
		out[i].Z = 0
	}
	return out
}

// corners returns the box of a rectangle or an ellipse in its plane.
func (s Shape) corners() (lo, hi geom.Plane) {
	p := s.flat()
	a, b := p[0], p[len(p)-1]
	return geom.Pt[geom.PlaneFrame](min(a.X, b.X), min(a.Y, b.Y), 0), geom.Pt[geom.PlaneFrame](max(a.X, b.X), max(a.Y, b.Y), 0)
}

// Handles returns the points by which the shape is changed: those drawn, for rectangles and ellipses the four corners of their box.
// A freehand line has none: it moves as a whole.
func (s Shape) Handles() []geom.Patient {
	switch s.Kind {
	case Freehand:
		return nil
	case Rectangle, Ellipse:
		p := s.flat()
		a, b := p[0], p[1]
		return []geom.Patient{s.Points[0], s.Points[1],
			s.Plane.Apply(geom.Pt[geom.PlaneFrame](b.X, a.Y, 0)), s.Plane.Apply(geom.Pt[geom.PlaneFrame](a.X, b.Y, 0))}
	}
	return s.Points
}

// Move returns the shape with a handle put elsewhere. The short axis of a bidirectional measure stays at right angles to the long
// one: its ends may be drawn along it and out of it.
func (s Shape) Move(handle int, to geom.Patient) Shape {
	if handle < 0 || handle >= len(s.Handles()) {
		return s
	}
	points := slices.Clone(s.Points)
	switch {
	case s.Kind == Bidirectional && len(points) == 4:
		points = s.moveAxis(handle, to)
	case handle >= 2 && (s.Kind == Rectangle || s.Kind == Ellipse):
		planeFromPatient := s.Plane.MustInverse()
		at, p := planeFromPatient.Apply(to), s.flat()
		if handle == 2 {
			p[1].X, p[0].Y = at.X, at.Y
		} else {
			p[0].X, p[1].Y = at.X, at.Y
		}
		points[0], points[1] = s.Plane.Apply(p[0]), s.Plane.Apply(p[1])
	default:
		points[handle] = to
	}
	s.Points = points
	if s.Kind.Region() { // stays in its plane
		for i, p := range s.flat() {
			s.Points[i] = s.Plane.Apply(p)
		}
	}
	return s
}

func (s Shape) moveAxis(handle int, to geom.Patient) []geom.Patient {
	a, b := s.Points[0], s.Points[1]
	long := b.Sub(a)
	along := s.Points[2].Sub(a).Dot(long) / long.Dot(long) // where the short axis crosses, 0..1
	across := s.Plane.Axis(2).Cross(long).Unit()
	half := [2]float64{s.Points[2].Sub(a).Dot(across), s.Points[3].Sub(a).Dot(across)}
	switch handle {
	case 0:
		a = to
	case 1:
		b = to
	default:
		along = max(0, min(1, to.Sub(a).Dot(long)/long.Dot(long)))
		half[handle-2] = to.Sub(a).Dot(across)
	}
	if b.Sub(a).Norm() > 0 {
		across = s.Plane.Axis(2).Cross(b.Sub(a)).Unit()
	}
	foot := a.Lerp(b, along)
	return []geom.Patient{a, b, foot.Add(across.Mul(half[0])), foot.Add(across.Mul(half[1]))}
}

// Moved returns the shape displaced as a whole.
func (s Shape) Moved(by geom.PatientVec) Shape {
	points := make([]geom.Patient, len(s.Points))
	for i, p := range s.Points {
		points[i] = p.Add(by)
	}
	s.Points, s.Plane = points, geom.Compose(geom.Translation(by), s.Plane)
	return s
}

// ellipseParts and splineParts are the straight pieces that stand for a curve on screen: fine enough for a tenth of a pixel.
const ellipseParts, splineParts = 96, 12

// Lines returns what is drawn, as polylines in patient millimetres; closed ones repeat their first point.
func (s Shape) Lines() [][]geom.Patient {
	p := s.Points
	if s.Kind.Region() && len(p) > 1 {
		outline := s.Outline()
		line := make([]geom.Patient, 0, len(outline)+1)
		for _, q := range outline {
			line = append(line, s.Plane.Apply(q))
		}
		return [][]geom.Patient{append(line, line[0])}
	}
	switch {
	case s.Kind == Cobb && len(p) > 2, s.Kind == Bidirectional && len(p) == 4:
		return [][]geom.Patient{p[:2], p[2:]}
	case len(p) < 2:
		return nil
	}
	return [][]geom.Patient{p}
}

// Outline returns the border of a region in its plane, not closed.
func (s Shape) Outline() []geom.Plane {
	switch s.Kind {
	case Rectangle:
		lo, hi := s.corners()
		return []geom.Plane{lo, geom.Pt[geom.PlaneFrame](hi.X, lo.Y, 0), hi, geom.Pt[geom.PlaneFrame](lo.X, hi.Y, 0)}
	case Ellipse:
		lo, hi := s.corners()
		c := lo.Lerp(hi, 0.5)
		out := make([]geom.Plane, ellipseParts)
		for i := range out {
			sin, cos := math.Sincos(2 * math.Pi * float64(i) / ellipseParts)
			out[i] = geom.Pt[geom.PlaneFrame](c.X+cos*(hi.X-lo.X)/2, c.Y+sin*(hi.Y-lo.Y)/2, 0)
		}
		return out
	case Spline:
		return smooth(s.flat())
	}
	return s.flat()
}

// smooth returns the closed curve through the points (Catmull and Rom 1974).
func smooth(p []geom.Plane) []geom.Plane {
	n := len(p)
	if n < 3 {
		return p
	}
	out := make([]geom.Plane, 0, n*splineParts)
	for i := range p {
		a, b, c, d := p[(i+n-1)%n], p[i], p[(i+1)%n], p[(i+2)%n]
		for k := range splineParts {
			t := float64(k) / splineParts
			w := [4]float64{((-0.5*t+1)*t - 0.5) * t, (1.5*t-2.5)*t*t + 1, ((-1.5*t+2)*t + 0.5) * t, (0.5*t - 0.5) * t * t}
			out = append(out, geom.Pt[geom.PlaneFrame](
				w[0]*a.X+w[1]*b.X+w[2]*c.X+w[3]*d.X, w[0]*a.Y+w[1]*b.Y+w[2]*c.Y+w[3]*d.Y, 0))
		}
	}
	return out
}

// onBorder is how far beyond the border, in mm or as a share of it, rounding may put what lies on it.
const onBorder = 1e-9

// contains reports whether a point of the plane lies in a region, the border of rectangles and ellipses included.
func (s Shape) contains(p geom.Plane, outline []geom.Plane) bool {
	switch s.Kind {
	case Rectangle:
		return p.X >= outline[0].X-onBorder && p.X <= outline[2].X+onBorder && p.Y >= outline[0].Y-onBorder && p.Y <= outline[2].Y+onBorder
	case Ellipse:
		lo, hi := s.corners()
		x, y := (2*p.X-lo.X-hi.X)/(hi.X-lo.X), (2*p.Y-lo.Y-hi.Y)/(hi.Y-lo.Y)
		return x*x+y*y <= 1+onBorder
	}
	in := false
	for i, a := range outline {
		b := outline[(i+1)%len(outline)]
		if (a.Y > p.Y) != (b.Y > p.Y) && p.X < a.X+(p.Y-a.Y)/(b.Y-a.Y)*(b.X-a.X) {
			in = !in
		}
	}
	return in
}

// Centre returns a point in the middle of the shape: where views go when it is chosen from a list.
func (s Shape) Centre() geom.Patient {
	if len(s.Points) == 0 {
		return geom.Patient{}
	}
	var sum geom.PatientVec
	for _, p := range s.Points {
		sum = sum.Add(p.Sub(s.Points[0]))
	}
	return s.Points[0].Add(sum.Mul(1 / float64(len(s.Points))))
}
