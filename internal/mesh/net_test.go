package mesh_test

import (
	"math"
	"testing"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/mesh"
	"github.com/vertefill/vertefill/internal/volume"
)

// netGrid is oblique and unequally spaced, so that frames cannot be mixed up unseen.
func netGrid(t testing.TB, nx, ny, nz int) *volume.Grid {
	t.Helper()
	turn := geom.Rotation(geom.LPS(0, 0, 0), geom.LPSVec(1, 2, 3).Unit(), 0.4)
	g, err := volume.NewRegularGrid(nx, ny, nz, geom.FromAxes[geom.PatientFrame, geom.VoxelFrame](geom.LPS(-20, 30, 5),
		turn.ApplyVec(geom.LPSVec(0.5, 0, 0)), turn.ApplyVec(geom.LPSVec(0, 0.6, 0)), turn.ApplyVec(geom.LPSVec(0, 0, 0.8))), "")
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func marked(labels ...uint8) *[256]bool {
	var m [256]bool
	for _, l := range labels {
		m[l] = true
	}
	return &m
}

func TestNetOfABall(t *testing.T) {
	g := netGrid(t, 61, 53, 43)
	centre := g.Patient(geom.Vox(30, 26, 21))
	l := volume.NewLabels(g, g.Bounds())
	const radius = 12.0
	for k := range g.NZ {
		for j := range g.NY {
			for i := range g.NX {
				if g.Patient(geom.Vox(float64(i), float64(j), float64(k))).Dist(centre) < radius {
					l.Set(i, j, k, 7)
				} else if i%3 == 0 {
					l.Set(i, j, k, 9) // another label everywhere else
				}
			}
		}
	}
	m := mesh.Net(l, marked(7))
	closed(t, m)
	want := 4.0 / 3 * math.Pi * radius * radius * radius / 1000
	if v := float64(m.Volume()); math.Abs(v/want-1) > 0.02 {
		t.Errorf("volume %.3f mL, want %.3f", v, want)
	}
	if c := m.Centroid(); c.Dist(centre) > 0.05 {
		t.Errorf("centroid %v, want %v", c, centre)
	}
	for _, p := range m.Vertices {
		if d := p.Dist(centre) - radius; math.Abs(d) > 0.7 {
			t.Fatalf("vertex %v lies %.2f mm from the ball", p, d)
		}
	}
}

// TestNetAtTheBorder: what reaches the border of the box is closed there, half a voxel outside.
func TestNetAtTheBorder(t *testing.T) {
	g := netGrid(t, 20, 20, 20)
	for _, box := range []geom.Box{g.Bounds(), {Min: geom.Index{I: 3, J: 4, K: 5}, Max: geom.Index{I: 9, J: 15, K: 8}}} {
		l := volume.NewLabels(g, box)
		for o := range l.V {
			l.V[o] = 1
		}
		m := mesh.Net(l, marked(1))
		closed(t, m)
		nx, ny, nz := box.Size()
		whole := float64(box.Len()) * float64(g.VoxelVolume(1)) / 1000
		// The net cuts half a voxel off edges and corners: never more than a shell of that size.
		least := whole * (1 - 1/float64(nx)) * (1 - 1/float64(ny)) * (1 - 1/float64(nz))
		if v := float64(m.Volume()); v > whole || v < least {
			t.Errorf("box %v: volume %.4f mL, want %.4f to %.4f", box, v, least, whole)
		}
	}
}

func TestNetOfNothing(t *testing.T) {
	g := netGrid(t, 9, 9, 9)
	l := volume.NewLabels(g, g.Bounds())
	l.Set(4, 4, 4, 2)
	if m := mesh.Net(l, marked(1)); len(m.Vertices) != 0 || len(m.Triangles) != 0 {
		t.Errorf("no marked voxel gave %d triangles", len(m.Triangles))
	}
	if m := mesh.Net(volume.NewLabels(g, geom.Box{}), marked(1)); len(m.Triangles) != 0 {
		t.Errorf("an empty map gave %d triangles", len(m.Triangles))
	}
	m := mesh.Net(l, marked(2))
	closed(t, m)
	if len(m.Vertices) != 8 || len(m.Triangles) != 12 || m.Volume() <= 0 {
		t.Errorf("one voxel gave %d vertices, %d triangles, %g mL", len(m.Vertices), len(m.Triangles), m.Volume())
	}
}

// closed checks that every edge is used once in each direction.
func closed(t *testing.T, m *mesh.Mesh) {
	t.Helper()
	edges := map[[2]int32]int{}
	for _, f := range m.Triangles {
		for n := range 3 {
			edges[[2]int32{f[n], f[(n+1)%3]}]++
		}
	}
	for e, n := range edges {
		if n != 1 || edges[[2]int32{e[1], e[0]}] != 1 {
			t.Fatalf("edge %v is used %d times forwards, %d times backwards", e, n, edges[[2]int32{e[1], e[0]}])
		}
	}
}
