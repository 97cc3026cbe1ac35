package phantom

import (
	"math"

	"github.com/vertefill/vertefill/internal/geom"
)

// cube is one cell of an integration: all of it lies inside the shape, or its centre stands for it.
type cube struct {
	centre geom.Body
	size   float64 // edge, mm
}

// integrate visits the inside of a shape within a box as cubes: large ones away from the surface, ones of at most leaf mm at it,
// where the centre decides. steep is a bound on the slope of f. The error of a volume is that of counting a lattice of leaf mm near
// the surface only, without bias: about 0.3 leaf sqrt(leaf^2 area) (see the test on spheres and cylinders).
func integrate(lo, hi geom.Body, leaf, steep float64, f func(geom.Body) float64, visit func(cube)) {
	side := leaf
	for side < 3 {
		side *= 2
	}
	nx, ny, nz := cells(hi.X-lo.X, side), cells(hi.Y-lo.Y, side), cells(hi.Z-lo.Z, side)
	for k := range nz {
		for j := range ny {
			for i := range nx {
				c := lo.Add(geom.V[geom.BodyFrame](float64(i)+0.5, float64(j)+0.5, float64(k)+0.5).Mul(side))
				divide(c, side, leaf, steep, f, visit)
			}
		}
	}
}

func cells(length, side float64) int { return max(1, int(math.Ceil(length/side))) }

func divide(c geom.Body, side, leaf, steep float64, f func(geom.Body) float64, visit func(cube)) {
	d := f(c)
	reach := steep * side * math.Sqrt(3) / 2
	switch {
	case d > reach:
		return
	case d < -reach:
		visit(cube{c, side})
		return
	case side <= leaf*1.0001:
		if d < 0 {
			visit(cube{c, side})
		}
		return
	}
	q := side / 4
	for n := range 8 {
		s := geom.V[geom.BodyFrame](float64(n&1*2-1), float64(n>>1&1*2-1), float64(n>>2&1*2-1)).Mul(q)
		divide(c.Add(s), side/2, leaf, steep, f, visit)
	}
}

// measure returns volume in mm3 and centroid of a shape within a box.
func measure(lo, hi geom.Body, leaf, steep float64, f func(geom.Body) float64) (mm3 float64, centroid geom.Body) {
	var sx, sy, sz float64
	integrate(lo, hi, leaf, steep, f, func(c cube) {
		v := c.size * c.size * c.size
		mm3 += v
		sx, sy, sz = sx+v*c.centre.X, sy+v*c.centre.Y, sz+v*c.centre.Z
	})
	if mm3 > 0 {
		centroid = geom.Pt[geom.BodyFrame](sx/mm3, sy/mm3, sz/mm3)
	}
	return mm3, centroid
}
