package geom

import (
	"errors"
	"math"
)

// ErrSingular is returned when a map that has no inverse is inverted.
var ErrSingular = errors.New("geom: singular affine map")

// Affine maps points of frame Src to frame Dst: x' = M x + T, M row-major.
type Affine[Dst, Src any] struct {
	_ [0]Dst
	_ [0]Src
	M [9]float64
	T [3]float64
}

// Identity returns the map that changes the frame's name only. Use it where two frames coincide by construction.
func Identity[Dst, Src any]() Affine[Dst, Src] {
	return Affine[Dst, Src]{M: [9]float64{1, 0, 0, 0, 1, 0, 0, 0, 1}}
}

// FromAxes returns the map that sends the source origin to o and the source unit axes to ex, ey, ez.
func FromAxes[Dst, Src any](o Point[Dst], ex, ey, ez Vec[Dst]) Affine[Dst, Src] {
	return Affine[Dst, Src]{
		M: [9]float64{ex.X, ey.X, ez.X, ex.Y, ey.Y, ez.Y, ex.Z, ey.Z, ez.Z},
		T: [3]float64{o.X, o.Y, o.Z},
	}
}

// Apply maps a point.
func (a *Affine[Dst, Src]) Apply(p Point[Src]) Point[Dst] {
	return Point[Dst]{
		X: a.M[0]*p.X + a.M[1]*p.Y + a.M[2]*p.Z + a.T[0],
		Y: a.M[3]*p.X + a.M[4]*p.Y + a.M[5]*p.Z + a.T[1],
		Z: a.M[6]*p.X + a.M[7]*p.Y + a.M[8]*p.Z + a.T[2],
	}
}

// ApplyVec maps a displacement.
func (a *Affine[Dst, Src]) ApplyVec(v Vec[Src]) Vec[Dst] {
	return Vec[Dst]{
		X: a.M[0]*v.X + a.M[1]*v.Y + a.M[2]*v.Z,
		Y: a.M[3]*v.X + a.M[4]*v.Y + a.M[5]*v.Z,
		Z: a.M[6]*v.X + a.M[7]*v.Y + a.M[8]*v.Z,
	}
}

// Origin returns the image of the source origin.
func (a *Affine[Dst, Src]) Origin() Point[Dst] {
	return Point[Dst]{X: a.T[0], Y: a.T[1], Z: a.T[2]}
}

// Axis returns the image of source axis i (0, 1 or 2).
func (a *Affine[Dst, Src]) Axis(i int) Vec[Dst] {
	return Vec[Dst]{X: a.M[i], Y: a.M[3+i], Z: a.M[6+i]}
}

// Det returns the determinant of the linear part: the volume of a source unit cube in Dst, negative when mirrored.
func (a *Affine[Dst, Src]) Det() float64 {
	m := &a.M
	return m[0]*(m[4]*m[8]-m[5]*m[7]) - m[1]*(m[3]*m[8]-m[5]*m[6]) + m[2]*(m[3]*m[7]-m[4]*m[6])
}

// Inverse returns the map from Dst back to Src, or ErrSingular.
func (a *Affine[Dst, Src]) Inverse() (Affine[Src, Dst], error) {
	m := &a.M
	d := a.Det()
	if d == 0 || !finite(d) || math.Abs(d) < 1e-300 {
		return Affine[Src, Dst]{}, ErrSingular
	}
	r := 1 / d
	var b Affine[Src, Dst]
	b.M = [9]float64{
		(m[4]*m[8] - m[5]*m[7]) * r, (m[2]*m[7] - m[1]*m[8]) * r, (m[1]*m[5] - m[2]*m[4]) * r,
		(m[5]*m[6] - m[3]*m[8]) * r, (m[0]*m[8] - m[2]*m[6]) * r, (m[2]*m[3] - m[0]*m[5]) * r,
		(m[3]*m[7] - m[4]*m[6]) * r, (m[1]*m[6] - m[0]*m[7]) * r, (m[0]*m[4] - m[1]*m[3]) * r,
	}
	b.T = [3]float64{
		-(b.M[0]*a.T[0] + b.M[1]*a.T[1] + b.M[2]*a.T[2]),
		-(b.M[3]*a.T[0] + b.M[4]*a.T[1] + b.M[5]*a.T[2]),
		-(b.M[6]*a.T[0] + b.M[7]*a.T[1] + b.M[8]*a.T[2]),
	}
	return b, nil
}

// MustInverse is Inverse for maps that are invertible by construction (rigid frames, voxel grids); it panics otherwise.
func (a *Affine[Dst, Src]) MustInverse() Affine[Src, Dst] {
	b, err := a.Inverse()
	if err != nil {
		panic(err)
	}
	return b
}

// Compose returns the map c <- b <- a.
func Compose[C, B, A any](cb Affine[C, B], ba Affine[B, A]) Affine[C, A] {
	var out Affine[C, A]
	for r := range 3 {
		for c := range 3 {
			out.M[3*r+c] = cb.M[3*r]*ba.M[c] + cb.M[3*r+1]*ba.M[3+c] + cb.M[3*r+2]*ba.M[6+c]
		}
		out.T[r] = cb.M[3*r]*ba.T[0] + cb.M[3*r+1]*ba.T[1] + cb.M[3*r+2]*ba.T[2] + cb.T[r]
	}
	return out
}

// Matrix returns the map as a 4x4 matrix, row-major.
func (a *Affine[Dst, Src]) Matrix() [16]float64 {
	return [16]float64{
		a.M[0], a.M[1], a.M[2], a.T[0],
		a.M[3], a.M[4], a.M[5], a.T[1],
		a.M[6], a.M[7], a.M[8], a.T[2],
		0, 0, 0, 1,
	}
}

// Rotation returns the map that turns by angle radians about axis (unit length) through centre; right-handed.
func Rotation[F any](centre Point[F], axis Vec[F], angle float64) Affine[F, F] {
	s, c := math.Sincos(angle)
	x, y, z, t := axis.X, axis.Y, axis.Z, 1-c
	a := Affine[F, F]{M: [9]float64{
		t*x*x + c, t*x*y - s*z, t*x*z + s*y,
		t*x*y + s*z, t*y*y + c, t*y*z - s*x,
		t*x*z - s*y, t*y*z + s*x, t*z*z + c,
	}}
	moved := a.Apply(centre)
	a.T = [3]float64{centre.X - moved.X, centre.Y - moved.Y, centre.Z - moved.Z}
	return a
}

// Translation returns the map that moves by v.
func Translation[F any](v Vec[F]) Affine[F, F] {
	a := Identity[F, F]()
	a.T = [3]float64{v.X, v.Y, v.Z}
	return a
}

// AngleBetween returns the angle between v and w in radians, 0..pi; zero when either has no length.
func AngleBetween[F any](v, w Vec[F]) float64 {
	n := v.Norm() * w.Norm()
	if n == 0 {
		return 0
	}
	return math.Acos(max(-1, min(1, v.Dot(w)/n)))
}

// Translated returns the body frame whose axes are parallel to the patient's, with its origin at c.
func Translated(c Patient) Affine[PatientFrame, BodyFrame] {
	return FromAxes[PatientFrame, BodyFrame](c, LPSVec(1, 0, 0), LPSVec(0, 1, 0), LPSVec(0, 0, 1))
}
