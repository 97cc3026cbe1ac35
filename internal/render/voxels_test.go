package render_test

import (
	"math"
	"testing"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/mesh"
	"github.com/vertefill/vertefill/internal/render"
)

// TestVoxelsOfASurface compares the voxels within a ball's surface with the ball itself, on even and uneven slices and at the edge
// of the grid.
func TestVoxelsOfASurface(t *testing.T) {
	const radius = 9
	for name, c := range map[string]geom.Patient{"inside": geom.LPS(1, 0.5, 0.2), "cut by the grid": geom.LPS(-19, 12, -14)} {
		for _, z := range [][]float64{even(40, 1), {0, 1, 2.5, 4, 5, 6, 7.5, 9, 10, 12, 13, 14, 16, 17, 18.5, 20, 21, 22, 24, 25, 26, 27, 28, 30}} {
			g := grid(t, 60, 50, 0.7, 0.8, geom.LPS(-20, -20, -20), z...)
			v := render.VoxelVolume(sphere(5, c, radius), g)
			if v == nil {
				t.Fatalf("%s: no voxels", name)
			}
			wrong, inside := 0, 0
			for k := range g.NZ {
				for j := range g.NY {
					for i := range g.NX {
						p := g.Patient(geom.Vox(float64(i), float64(j), float64(k)))
						d := p.Dist(c)
						at := v.Voxel(p)
						got := v.Bounds().Contains(int(math.Round(at.X)), int(math.Round(at.Y)), int(math.Round(at.Z))) && v.At(int(math.Round(at.X)), int(math.Round(at.Y)), int(math.Round(at.Z))) == 1000
						if d < radius {
							inside++
						}
						if got != (d < radius) && math.Abs(d-radius) > 0.03 { // the ball has facets
							wrong++
						}
					}
				}
			}
			if wrong > 0 || inside < 200 {
				t.Errorf("%s, %d slices: %d of %d voxels are wrong", name, len(z), wrong, inside)
			}
		}
	}
	g := grid(t, 20, 20, 1, 1, geom.LPS(0, 0, 0), even(9, 1)...)
	if render.VoxelVolume(sphere(3, geom.LPS(90, 0, 0), 5), g) != nil || render.VoxelVolume(&mesh.Mesh{}, g) != nil {
		t.Error("voxels of a surface beyond the grid")
	}
	if render.VoxelVolume(sphere(3, geom.LPS(math.NaN(), 0, 0), 5), g) != nil {
		t.Error("voxels of a broken surface")
	}
}
