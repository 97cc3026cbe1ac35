package spine_test

import (
	"math"
	"testing"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/spine"
)

// tube is a straight canal of the given radius along z from 0 to 40 mm, sections from head to foot.
func tube(radius float64) *spine.Canal {
	c := &spine.Canal{}
	for z := 40.0; z >= 0; z-- {
		s := spine.Section{Centre: geom.LPS(5, 10, z), Left: geom.LPSVec(1, 0, 0), Posterior: geom.LPSVec(0, 1, 0), Up: geom.LPSVec(0, 0, 1)}
		for i := range s.Radii {
			s.Radii[i] = radius
		}
		c.Sections = append(c.Sections, s)
	}
	return c
}

func TestCanalDepth(t *testing.T) {
	c := tube(8)
	for _, q := range []struct {
		p    geom.Patient
		want float64
	}{
		{geom.LPS(5, 10, 20), 8},
		{geom.LPS(10, 10, 20.4), 3},
		{geom.LPS(5, 20, 3), -2},
		{geom.LPS(5, 10, 45), math.Inf(-1)},
		{geom.LPS(5, 10, -3), math.Inf(-1)},
	} {
		if got := c.Depth(q.p); got != q.want && math.Abs(got-q.want) > 1e-9 {
			t.Errorf("depth at %v = %g, want %g", q.p, got, q.want)
		}
	}
	if a := float64(c.Sections[0].Area()); math.Abs(a/(math.Pi*64)-1) > 0.01 {
		t.Errorf("area %.1f mm2", a)
	}
}

func TestWallIsLevelSideways(t *testing.T) {
	w := spine.Wall{Q0: 14, Q3: -0.02}
	if w.Y(10, 0) != w.Y(25, 0) || w.Y(0, 0) != 14 {
		t.Errorf("wall at 10 and 25 mm: %g and %g", w.Y(10, 0), w.Y(25, 0))
	}
}
