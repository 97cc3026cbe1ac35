package mesh_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/mesh"
)

func sphere(n int, c geom.Patient, r float64) *mesh.Mesh {
	dirs, tris := mesh.Icosphere(n)
	m := &mesh.Mesh{Triangles: tris}
	for _, d := range dirs {
		m.Vertices = append(m.Vertices, c.Add(d.Mul(r)))
	}
	return m
}

func TestSphere(t *testing.T) {
	c := geom.LPS(100, -50, 900)
	m := sphere(4, c, 10)
	if len(m.Vertices) != 2562 {
		t.Fatalf("%d vertices", len(m.Vertices))
	}
	if got, want := float64(m.Volume()), 4.0/3*math.Pi; math.Abs(got/want-1) > 0.003 {
		t.Errorf("volume %.4f mL, want %.4f", got, want)
	}
	if got, want := float64(m.Area()), 400*math.Pi; math.Abs(got/want-1) > 0.003 {
		t.Errorf("area %.1f, want %.1f", got, want)
	}
	if d := m.Centroid().Dist(c); d > 1e-6 {
		t.Errorf("centroid off by %g", d)
	}
	for i, n := range m.Normals() {
		if n.Dot(m.Vertices[i].Sub(c).Unit()) < 0.999 {
			t.Fatal("a normal does not point outwards")
		}
	}
}

func TestFieldOfSphere(t *testing.T) {
	c := geom.LPS(10, 20, 30)
	f := mesh.NewField(sphere(5, c, 8), 0.7, 15)
	r := rand.New(rand.NewPCG(7, 8))
	near, far := 0.0, 0.0 // within 4 mm outside, beyond
	for range 5000 {
		p := c.Add(geom.LPSVec(r.NormFloat64(), r.NormFloat64(), r.NormFloat64()).Unit().Mul(22 * math.Cbrt(r.Float64())))
		if p.Dist(c) < 4 {
			continue // the distance has a kink at the centre that interpolation rounds
		}
		if e := math.Abs(f.At(p) - (p.Dist(c) - 8)); p.Dist(c) < 12 {
			near = max(near, e)
		} else {
			far = max(far, e)
		}
	}
	if near > 0.08 || far > 0.2 {
		t.Errorf("signed distance off by up to %.3f mm near the surface, %.3f mm further out", near, far)
	}
	if d := f.At(geom.LPS(10, 20, 70)); math.Abs(d-32) > 0.5 {
		t.Errorf("far outside: %.1f mm, want about 32", d)
	}
}
