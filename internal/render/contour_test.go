package render_test

import (
	"math"
	"testing"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/mesh"
	"github.com/vertefill/vertefill/internal/render"
)

func sphere(level int, c geom.Patient, r float64) *mesh.Mesh {
	dirs, tris := mesh.Icosphere(level)
	m := &mesh.Mesh{Triangles: tris}
	for _, d := range dirs {
		m.Vertices = append(m.Vertices, c.Add(d.Mul(r)))
	}
	return m
}

func joined(ms ...*mesh.Mesh) *mesh.Mesh {
	out := &mesh.Mesh{}
	for _, m := range ms {
		n := int32(len(out.Vertices))
		out.Vertices = append(out.Vertices, m.Vertices...)
		for _, t := range m.Triangles {
			out.Triangles = append(out.Triangles, [3]int32{t[0] + n, t[1] + n, t[2] + n})
		}
	}
	return out
}

func area(l render.Polyline) float64 {
	a := 0.0
	for i, p := range l.Points {
		q := l.Points[(i+1)%len(l.Points)]
		a += p.X*q.Y - q.X*p.Y
	}
	return a / 2
}

func TestSectionOfSphereIsACircle(t *testing.T) {
	c := geom.LPS(10, -20, 300)
	m := sphere(5, c, 20)
	for _, depth := range []float64{0, 5, -12, 19} {
		p := oblique(c, 0.7, 0.4)
		at := p.Origin().Add(p.ApplyVec(geom.V[geom.PlaneFrame](0, 0, depth)))
		lines := render.Section(m, render.Moved(p, at))
		if len(lines) != 1 || !lines[0].Closed {
			t.Fatalf("depth %g: %d contours", depth, len(lines))
		}
		r := math.Sqrt(20*20 - depth*depth)
		for _, q := range lines[0].Points {
			if got := math.Hypot(q.X, q.Y); math.Abs(got-r) > 0.06 || q.Z != 0 { // sagitta of the triangles
				t.Fatalf("depth %g: point %v at radius %.3f, want %.3f", depth, q, got, r)
			}
		}
		if a := math.Abs(area(lines[0])); math.Abs(a/(math.Pi*r*r)-1) > 0.005 {
			t.Errorf("depth %g: area %.2f, want %.2f", depth, a, math.Pi*r*r)
		}
	}
	if lines := render.Section(m, render.Standard(render.Axial, geom.LPS(0, 0, 340))); lines != nil {
		t.Errorf("a plane beside the sphere cuts it in %d contours", len(lines))
	}
}

// TestSectionThroughVertices cuts exactly through vertices and edges, where naive code loses or doubles segments.
func TestSectionThroughVertices(t *testing.T) {
	box := &mesh.Mesh{
		Vertices:  []geom.Patient{geom.LPS(0, 0, 0), geom.LPS(2, 0, 0), geom.LPS(2, 2, 0), geom.LPS(0, 2, 0), geom.LPS(0, 0, 2), geom.LPS(2, 0, 2), geom.LPS(2, 2, 2), geom.LPS(0, 2, 2)},
		Triangles: [][3]int32{{0, 2, 1}, {0, 3, 2}, {4, 5, 6}, {4, 6, 7}, {0, 1, 5}, {0, 5, 4}, {1, 2, 6}, {1, 6, 5}, {2, 3, 7}, {2, 7, 6}, {3, 0, 4}, {3, 4, 7}},
	}
	for _, z := range []float64{0.5, 1, 2} { // 2 is the top face itself
		lines := render.Section(box, render.Standard(render.Axial, geom.LPS(0, 0, z)))
		if len(lines) != 1 || !lines[0].Closed || math.Abs(math.Abs(area(lines[0]))-4) > 1e-6 {
			t.Errorf("z = %g: %v", z, lines)
		}
	}
}

func TestSectionOfHollowAndOpenSurfaces(t *testing.T) {
	c := geom.LPS(0, 0, 0)
	inner := sphere(3, c, 5)
	for i, tri := range inner.Triangles {
		inner.Triangles[i] = [3]int32{tri[0], tri[2], tri[1]}
	}
	lines := render.Section(joined(sphere(3, c, 10), inner), render.Standard(render.Sagittal, geom.LPS(0.3, 0, 0)))
	if len(lines) != 2 || area(lines[0])*area(lines[1]) >= 0 {
		t.Errorf("a hollow sphere gives %d contours; the hole must run the other way", len(lines))
	}
	open := sphere(3, c, 10)
	open.Triangles = open.Triangles[len(open.Triangles)/2:]
	for _, l := range render.Section(open, render.Standard(render.Sagittal, geom.LPS(0.3, 0, 0))) {
		if l.Closed {
			t.Error("an open surface gives a closed contour")
		}
	}
	if render.Section(nil, render.Standard(render.Axial, c)) != nil {
		t.Error("no mesh, no contour")
	}
}
