package render_test

import (
	"math"
	"testing"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/mesh"
	"github.com/vertefill/vertefill/internal/render"
)

// The outline of a ball seen from any side is a circle of its size; beyond the picture it is cut half a pixel from the first ones.
func TestSilhouette(t *testing.T) {
	dirs, triangles := mesh.Icosphere(4)
	m := &mesh.Mesh{Triangles: triangles}
	for _, d := range dirs {
		m.Vertices = append(m.Vertices, geom.LPS(40*d.X, 40*d.Y, 40*d.Z))
	}
	for _, c := range []struct{ x, y, area float64 }{{100, 80, math.Pi * 1600}, {0, 80, math.Pi*800 + 40}} {
		lines := render.Silhouette(m, func(p geom.Patient) (float64, float64) { return c.x + p.Y, c.y - p.Z }, 200, 160, 1)
		if len(lines) != 1 || !lines[0].Closed {
			t.Fatalf("%d outlines", len(lines))
		}
		if got := math.Abs(area(lines[0])); math.Abs(got-c.area) > 0.02*c.area {
			t.Errorf("the outline about (%v, %v) holds %.0f pixels, want %.0f", c.x, c.y, got, c.area)
		}
	}
}
