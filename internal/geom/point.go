// Package geom holds points, vectors and affine maps whose coordinate frame is part of their type, so that the compiler
// refuses to mix voxel indices with patient millimetres or to apply a transform in the wrong direction.
//
// Frames:
//
//   - VoxelFrame: continuous array coordinates of one volume; X column, Y row, Z slice; integers are voxel centres.
//   - PatientFrame: DICOM patient coordinates (LPS) in millimetres; +X left, +Y posterior, +Z head.
//   - BodyFrame: axes of one vertebral body in millimetres, origin at its centroid; +X left, +Y posterior, +Z cranial.
//   - PlaneFrame: a reformatted plane in millimetres; +X right on the picture, +Y down, +Z depth along the line of sight.
//   - ScreenFrame: device pixels of one view; X right, Y down, (0,0) the centre of the top left pixel.
//
// Transforms are named targetFromSource (patientFromVoxel.Apply(v)) so that names cancel in products. Angles are radians.
package geom

import (
	"fmt"
	"math"
)

// Frame markers. They are never instantiated.
type (
	VoxelFrame   struct{}
	PatientFrame struct{}
	BodyFrame    struct{}
	PlaneFrame   struct{}
	ScreenFrame  struct{}
)

// Point is a position in frame F. The blank field makes conversions between frames a compile error.
type Point[F any] struct {
	_       [0]F
	X, Y, Z float64
}

// Vec is a displacement in frame F.
type Vec[F any] struct {
	_       [0]F
	X, Y, Z float64
}

// Short names for the points and vectors in use.
type (
	Voxel      = Point[VoxelFrame]
	Patient    = Point[PatientFrame]
	Body       = Point[BodyFrame]
	Plane      = Point[PlaneFrame]
	Screen     = Point[ScreenFrame]
	VoxelVec   = Vec[VoxelFrame]
	PatientVec = Vec[PatientFrame]
	BodyVec    = Vec[BodyFrame]
	PlaneVec   = Vec[PlaneFrame]
	ScreenVec  = Vec[ScreenFrame]
)

// Pt makes a point of frame F.
func Pt[F any](x, y, z float64) Point[F] { return Point[F]{X: x, Y: y, Z: z} }

// V makes a vector of frame F.
func V[F any](x, y, z float64) Vec[F] { return Vec[F]{X: x, Y: y, Z: z} }

// LPS makes a patient point from millimetres.
func LPS(x, y, z float64) Patient { return Patient{X: x, Y: y, Z: z} }

// LPSVec makes a patient vector from millimetres.
func LPSVec(x, y, z float64) PatientVec { return PatientVec{X: x, Y: y, Z: z} }

// Vox makes a voxel point from continuous array coordinates.
func Vox(i, j, k float64) Voxel { return Voxel{X: i, Y: j, Z: k} }

// Add returns p moved by v.
func (p Point[F]) Add(v Vec[F]) Point[F] { return Point[F]{X: p.X + v.X, Y: p.Y + v.Y, Z: p.Z + v.Z} }

// Sub returns the vector from q to p.
func (p Point[F]) Sub(q Point[F]) Vec[F] { return Vec[F]{X: p.X - q.X, Y: p.Y - q.Y, Z: p.Z - q.Z} }

// Dist returns the distance from p to q in units of the frame.
func (p Point[F]) Dist(q Point[F]) float64 { return p.Sub(q).Norm() }

// Lerp returns the point at fraction t of the way from p to q.
func (p Point[F]) Lerp(q Point[F], t float64) Point[F] { return p.Add(q.Sub(p).Mul(t)) }

// IsFinite reports whether no coordinate is NaN or infinite.
func (p Point[F]) IsFinite() bool { return finite(p.X) && finite(p.Y) && finite(p.Z) }

// String prints three decimals.
func (p Point[F]) String() string { return fmt.Sprintf("(%.3f %.3f %.3f)", p.X, p.Y, p.Z) }

// Add returns v + w.
func (v Vec[F]) Add(w Vec[F]) Vec[F] { return Vec[F]{X: v.X + w.X, Y: v.Y + w.Y, Z: v.Z + w.Z} }

// Sub returns v - w.
func (v Vec[F]) Sub(w Vec[F]) Vec[F] { return Vec[F]{X: v.X - w.X, Y: v.Y - w.Y, Z: v.Z - w.Z} }

// Mul returns v scaled by s.
func (v Vec[F]) Mul(s float64) Vec[F] { return Vec[F]{X: v.X * s, Y: v.Y * s, Z: v.Z * s} }

// Dot returns the scalar product.
func (v Vec[F]) Dot(w Vec[F]) float64 { return v.X*w.X + v.Y*w.Y + v.Z*w.Z }

// Cross returns the vector product.
func (v Vec[F]) Cross(w Vec[F]) Vec[F] {
	return Vec[F]{X: v.Y*w.Z - v.Z*w.Y, Y: v.Z*w.X - v.X*w.Z, Z: v.X*w.Y - v.Y*w.X}
}

// Norm returns the length of v.
func (v Vec[F]) Norm() float64 { return math.Sqrt(v.Dot(v)) }

// Unit returns v scaled to length one; the zero vector stays zero.
func (v Vec[F]) Unit() Vec[F] {
	n := v.Norm()
	if n == 0 {
		return v
	}
	return v.Mul(1 / n)
}

// String prints three decimals.
func (v Vec[F]) String() string { return fmt.Sprintf("<%.3f %.3f %.3f>", v.X, v.Y, v.Z) }

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
