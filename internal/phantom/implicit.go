package phantom

import (
	"math"

	"github.com/vertefill/vertefill/internal/geom"
)

// Shapes are implicit functions: about the distance to the surface in mm, negative inside, with a slope of at most about one so that
// a value tells how far away the surface is at least.

// smoothMax is the maximum with the edge between both rounded over a width of k mm; it never lies below the maximum.
func smoothMax(a, b, k float64) float64 {
	m := max(a, b)
	if h := k - math.Abs(a-b); h > 0 {
		m += h * h / (4 * k)
	}
	return m
}

// smoothMin is the minimum with a fillet of about k mm.
func smoothMin(a, b, k float64) float64 { return -smoothMax(-a, -b, k) }

// capsule is a tapered rod between two points of the body frame whose cross section is flattened by the scale: a scale below one
// stretches the rod along that axis.
type capsule struct {
	a, b   geom.Body
	ra, rb float64
	scale  geom.BodyVec // zero: round
	along  geom.BodyVec // scaled b - a, over its squared length
	start  geom.Body    // scaled a
	axis   geom.BodyVec // scaled b - a
}

func newCapsule(a, b geom.Body, ra, rb float64, scale geom.BodyVec) capsule {
	if scale == (geom.BodyVec{}) {
		scale = geom.V[geom.BodyFrame](1, 1, 1)
	}
	c := capsule{a: a, b: b, ra: ra, rb: rb, scale: scale}
	c.start = geom.Pt[geom.BodyFrame](a.X*scale.X, a.Y*scale.Y, a.Z*scale.Z)
	end := geom.Pt[geom.BodyFrame](b.X*scale.X, b.Y*scale.Y, b.Z*scale.Z)
	c.axis = end.Sub(c.start)
	if n := c.axis.Dot(c.axis); n > 0 {
		c.along = c.axis.Mul(1 / n)
	}
	return c
}

func (c *capsule) at(p geom.Body) float64 {
	x, y, z := p.X*c.scale.X-c.start.X, p.Y*c.scale.Y-c.start.Y, p.Z*c.scale.Z-c.start.Z
	t := max(0, min(1, x*c.along.X+y*c.along.Y+z*c.along.Z))
	x, y, z = x-t*c.axis.X, y-t*c.axis.Y, z-t*c.axis.Z
	return math.Sqrt(x*x+y*y+z*z) - (c.ra + t*(c.rb-c.ra))
}

// ellipsoid with axes parallel to the body frame.
type ellipsoid struct {
	c geom.Body
	r geom.BodyVec
}

func (e *ellipsoid) at(p geom.Body) float64 {
	x, y, z := (p.X-e.c.X)/e.r.X, (p.Y-e.c.Y)/e.r.Y, (p.Z-e.c.Z)/e.r.Z
	k0 := math.Sqrt(x*x + y*y + z*z)
	x, y, z = x/e.r.X, y/e.r.Y, z/e.r.Z
	k1 := math.Sqrt(x*x + y*y + z*z)
	if k1 == 0 {
		return -min(e.r.X, e.r.Y, e.r.Z)
	}
	return k0 * (k0 - 1) / k1
}
