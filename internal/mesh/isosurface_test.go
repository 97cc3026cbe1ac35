package mesh_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/mesh"
	"github.com/vertefill/vertefill/internal/volume"
)

func isoGrid(t *testing.T, n int) *volume.Grid {
	t.Helper()
	var pos []geom.Patient
	for k := range n {
		pos = append(pos, geom.LPS(3, -7, 40+0.8*float64(k)))
	}
	g, err := volume.NewGrid(n, n, geom.LPSVec(1, 0, 0), geom.LPSVec(0, 1, 0), 0.5, 0.6, pos, "")
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// edges counts every directed edge: a closed, oriented surface has each once in both directions.
func assertClosed(t *testing.T, m *mesh.Mesh) {
	t.Helper()
	n := map[[2]int32]int{}
	for _, tri := range m.Triangles {
		for i := range 3 {
			n[[2]int32{tri[i], tri[(i+1)%3]}]++
		}
	}
	for e, c := range n {
		if c != n[[2]int32{e[1], e[0]}] {
			t.Fatalf("edge %v is used %d times forwards and %d times backwards", e, c, n[[2]int32{e[1], e[0]}])
		}
	}
}

func TestIsosurfaceOfBall(t *testing.T) {
	const r = 6.3
	g := isoGrid(t, 40)
	c := g.Patient(geom.Vox(19.3, 20.1, 18.4))
	box := geom.Box{Min: geom.Index{I: 2, J: 3, K: 4}, Max: geom.Index{I: 38, J: 38, K: 36}}
	v := make([]float32, box.Len())
	for k := box.Min.K; k < box.Max.K; k++ {
		for j := box.Min.J; j < box.Max.J; j++ {
			for i := box.Min.I; i < box.Max.I; i++ {
				d := g.Patient(geom.Vox(float64(i), float64(j), float64(k))).Dist(c)
				v[box.Offset(i, j, k)] = float32(0.5 + (r-d)/3)
			}
		}
	}
	m := mesh.Isosurface(v, box, g, 0.5)
	assertClosed(t, m)
	if want := 4.0 / 3 * math.Pi * r * r * r / 1000; math.Abs(float64(m.Volume())/want-1) > 0.01 {
		t.Errorf("volume %.4f mL, want %.4f", m.Volume(), want)
	}
	if want := 4 * math.Pi * r * r; math.Abs(float64(m.Area())/want-1) > 0.02 {
		t.Errorf("area %.1f mm2, want %.1f", m.Area(), want)
	}
	for _, p := range m.Vertices {
		if e := math.Abs(p.Dist(c) - r); e > 0.05 {
			t.Fatalf("vertex %v lies %.3f mm off the ball", p, e)
		}
	}
}

// TestIsosurfaceAtBorder: values that reach the box's border still give a closed surface, and two diagonal voxels too.
func TestIsosurfaceAtBorder(t *testing.T) {
	g := isoGrid(t, 6)
	v := make([]float32, g.Len())
	v[0], v[g.Bounds().Offset(1, 1, 0)], v[g.Bounds().Offset(5, 5, 5)] = 1, 1, 1
	m := mesh.Isosurface(v, g.Bounds(), g, 0.5)
	assertClosed(t, m)
	if m.Volume() <= 0 {
		t.Errorf("volume %g", m.Volume())
	}
	if n := len(mesh.Isosurface(v, g.Bounds(), g, 2).Triangles); n != 0 {
		t.Errorf("%d triangles above the highest value", n)
	}
}

// TestIsosurfaceOfNoise: every set of inner corners comes up, and nothing is left open.
func TestIsosurfaceOfNoise(t *testing.T) {
	const n = 12
	g := isoGrid(t, n)
	r := rand.New(rand.NewPCG(8, 1))
	v := make([]float32, g.Len())
	for i := range v {
		v[i] = r.Float32()
	}
	m := mesh.Isosurface(v, g.Bounds(), g, 0.5)
	assertClosed(t, m)
	if got := 1000 * float64(m.Volume()) / (0.5 * 0.6 * 0.8) / n / n / n; got < 0.4 || got > 0.7 {
		t.Errorf("the surface holds %.2f of the voxels, of which half are inside", got)
	}
}
