package view

import (
	"math"
	"testing"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/mesh"
	"github.com/vertefill/vertefill/internal/render"
	"github.com/vertefill/vertefill/internal/volume"
)

// Without interpolation a contour runs along the edges of voxels; with it, it does not.
func TestContoursOfVoxels(t *testing.T) {
	g, err := volume.NewRegularGrid(40, 40, 40, geom.Identity[geom.PatientFrame, geom.VoxelFrame](), "")
	if err != nil {
		t.Fatal(err)
	}
	dirs, triangles := mesh.Icosphere(4)
	ball := &mesh.Mesh{Triangles: triangles}
	for _, d := range dirs {
		ball.Vertices = append(ball.Vertices, geom.LPS(20.2, 19.7, 20.1).Add(d.Mul(9)))
	}
	r := Request{Scene: &Scene{Grid: g, Surfaces: []Surface{{Mesh: ball}}}}
	r.View.Viewport = render.Viewport{PatientFromPlane: render.Standard(render.Axial, geom.LPS(20, 20, 20)), MMPerPixel: 0.1, Width: 300, Height: 300}
	r.Cut = r.View.PatientFromPlane
	// The share of points whose x or y lies in the middle between voxels, to a pixel.
	onEdges := func() float64 {
		w := worker{service: NewService(func() {})}
		defer w.service.Close()
		on, all := 0, 0
		for _, o := range w.outlines(r) {
			for _, l := range o.Lines {
				for _, q := range l.Points {
					p := r.Cut.Apply(q)
					near := func(x float64) bool { return math.Abs(x-math.Floor(x)-0.5) < 0.1 }
					all++
					if near(p.X) || near(p.Y) {
						on++
					}
				}
			}
		}
		if all < 50 {
			t.Fatalf("%d points", all)
		}
		return float64(on) / float64(all)
	}
	if share := onEdges(); share > 0.6 {
		t.Errorf("%.2f of the smooth contour lies on edges of voxels", share)
	}
	r.View.Interp = render.InterpNearest
	if share := onEdges(); share < 0.999 {
		t.Errorf("%.3f of the contour lies on edges of voxels", share)
	}
}
