package spine_test

import (
	"math"
	"testing"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/mesh"
	"github.com/vertefill/vertefill/internal/spine"
	"github.com/vertefill/vertefill/internal/volume"
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

func ball(l anatomy.Level, c geom.Patient, r float64) *spine.Vertebra {
	dirs, tris := mesh.Icosphere(4)
	m := &mesh.Mesh{Triangles: tris}
	for _, d := range dirs {
		m.Vertices = append(m.Vertices, c.Add(d.Mul(r)))
	}
	v := &spine.Vertebra{Level: l, Complete: true, PatientFromBody: geom.Translated(c)}
	v.SetBody(m)
	return v
}

func TestMaskOfTwoBodies(t *testing.T) {
	var pos []geom.Patient
	for k := range 60 {
		pos = append(pos, geom.LPS(0, 0, float64(k)*0.8))
	}
	g, err := volume.NewGrid(60, 50, geom.LPSVec(1, 0, 0), geom.LPSVec(0, 1, 0), 0.5, 0.6, pos, "")
	if err != nil {
		t.Fatal(err)
	}
	s := &spine.Spine{Vertebrae: []*spine.Vertebra{ball(anatomy.T9, geom.LPS(15, 15, 30), 8), ball(anatomy.T10, geom.LPS(15, 15, 16), 7)}}
	m := s.Mask(g)
	for _, v := range s.Vertebrae {
		if got := float64(m.Volume(uint8(v.Level))); math.Abs(got/float64(v.BodyML)-1) > 0.03 {
			t.Errorf("%s: mask %.3f mL, surface %.3f mL", v.Level, got, v.BodyML)
		}
	}
	for k := range g.NZ {
		for j := range g.NY {
			for i := range g.NX {
				p := g.Patient(geom.Vox(float64(i), float64(j), float64(k)))
				v, d := s.Nearest(p)
				if l := m.At(i, j, k); d < -0.1 && l != uint8(v.Level) || d > 0.1 && l != 0 {
					t.Fatalf("voxel %d %d %d: label %d at %.2f mm from %s", i, j, k, l, d, v.Level)
				}
			}
		}
	}
}

func TestFitCanalToBodies(t *testing.T) {
	c := tube(6) // round the line x 5, y 10; too narrow in front
	body := ball(anatomy.T9, geom.LPS(5, -18, 20), 20)
	s := &spine.Spine{Vertebrae: []*spine.Vertebra{body}, Canal: c}
	s.FitCanalToBodies()
	sec := &c.Sections[20] // at the height of the middle of the body: its back lies at y = 2, 8 mm in front of the centre
	if r := sec.Radius(-math.Pi / 2); math.Abs(r-8) > 0.3 {
		t.Errorf("front of the canal at %.2f mm, the wall at 8", r)
	}
	if r := sec.Radius(math.Pi / 2); r != 6 {
		t.Errorf("back of the canal moved to %.2f mm", r)
	}
}
