package phantom

import (
	"math"
	"testing"

	"github.com/vertefill/vertefill/internal/geom"
)

// TestIntegrationError states the error of the truth's volumes on shapes with closed forms: a body-sized ball at the leaf size used
// for bodies, blobs and thin oblique veins at the leaf size used for leaks.
func TestIntegrationError(t *testing.T) {
	ball := func(r float64) (func(geom.Body) float64, float64, float64) {
		c := at(0.13, -0.27, 0.31)
		return func(p geom.Body) float64 { return p.Dist(c) - r }, 4.0 / 3 * math.Pi * r * r * r, r + 1
	}
	rod := func(r, l float64) (func(geom.Body) float64, float64, float64) {
		axis := geom.V[geom.BodyFrame](1, 2.236, 3.317).Unit() // no lattice direction: those count the same points again and again
		c := newCapsule(at(0.1, 0.2, 0.3).Add(axis.Mul(-l/2)), at(0.1, 0.2, 0.3).Add(axis.Mul(l/2)), r, r, geom.BodyVec{})
		return c.at, math.Pi*r*r*l + 4.0/3*math.Pi*r*r*r, l/2 + r + 1
	}
	for _, c := range []struct {
		name    string
		make    func() (func(geom.Body) float64, float64, float64)
		leaf    float64
		percent float64
	}{
		{"body of 14 mL", func() (func(geom.Body) float64, float64, float64) { return ball(15) }, 0.2, 0.02},
		{"cement of 4 mL", func() (func(geom.Body) float64, float64, float64) { return ball(9.85) }, cementLeafMM, 0.03},
		{"leak of 0.1 mL", func() (func(geom.Body) float64, float64, float64) { return ball(2.88) }, leakLeafMM, 0.2},
		{"leak of 0.01 mL", func() (func(geom.Body) float64, float64, float64) { return ball(1.34) }, leakLeafMM, 0.5},
		{"vein of 1 mm by 15 mm", func() (func(geom.Body) float64, float64, float64) { return rod(0.5, 15) }, leakLeafMM, 1},
		{"vein of 3 mm by 40 mm", func() (func(geom.Body) float64, float64, float64) { return rod(1.5, 40) }, leakLeafMM, 0.3},
	} {
		f, want, reach := c.make()
		got, _ := measure(corner(reach, -1), corner(reach, 1), c.leaf, 1, f)
		if off := 100 * math.Abs(got/want-1); off > c.percent {
			t.Errorf("%s: %.3f mm3, want %.3f: off by %.3f %%, stated %.3f %%", c.name, got, want, off, c.percent)
		}
	}
}

// TestDivisionMissesNothing compares the adaptive integral with plain counting where the slope bound is needed most: cement.
func TestDivisionMissesNothing(t *testing.T) {
	v := newVertebra(19, sizes[19], stream(7, "v"), 1, 1, "", 0, false)
	d := newDeposit(v, stream(7, "d"), 0.2, 2000, true)
	adaptive, _ := measure(d.lo, d.hi, 0.4, steepness, d.at)
	plain := 0.0
	const step = 0.4
	for z := d.lo.Z + step/2; z < d.hi.Z; z += step {
		for y := d.lo.Y + step/2; y < d.hi.Y; y += step {
			for x := d.lo.X + step/2; x < d.hi.X; x += step {
				if d.at(at(x, y, z)) < 0 {
					plain += step * step * step
				}
			}
		}
	}
	if math.Abs(adaptive/plain-1) > 0.005 {
		t.Errorf("adaptive %.1f mm3, counted %.1f", adaptive, plain)
	}
}
