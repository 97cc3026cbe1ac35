package render

import (
	"math"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/mesh"
	"github.com/vertefill/vertefill/internal/unit"
)

// Silhouette returns the outline of a surface as a projection shows it: the border of where any triangle falls. project gives the
// pixel, column and row, of a point; pictures are w x h pixels, of which cell x cell make one step of the outline. The lines have
// columns and rows of pixels for plane millimetres.
func Silhouette(m *mesh.Mesh, project func(geom.Patient) (column, row float64), w, h int, cell float64) []Polyline {
	nx, ny := int(float64(w)/cell)+1, int(float64(h)/cell)+1
	points := make([][2]float64, len(m.Vertices))
	for i, v := range m.Vertices {
		x, y := project(v)
		points[i] = [2]float64{x / cell, y / cell}
	}
	out := HUImage{W: nx, H: ny, HU: make([]int16, nx*ny)}
	for _, t := range m.Triangles {
		cover(&out, points[t[0]], points[t[1]], points[t[2]])
	}
	soft := HUImage{W: nx, H: ny, HU: make([]int16, nx*ny)}
	for y := range ny {
		for x := range nx {
			sum := int16(0)
			for dy := -1; dy <= 1; dy++ {
				for dx := -1; dx <= 1; dx++ {
					if i, j := x+dx, y+dy; i >= 0 && j >= 0 && i < nx && j < ny && out.HU[j*nx+i] > 0 {
						sum += int16((2 - dx*dx) * (2 - dy*dy))
					}
				}
			}
			soft.HU[y*nx+x] = sum
		}
	}
	const border = 8 // of 16: half of the binomial weights
	port := Viewport{Width: nx, Height: ny, MMPerPixel: unit.MM(cell), Centre: geom.Pt[geom.PlaneFrame](cell*float64(nx-1)/2, cell*float64(ny-1)/2, 0)}
	return Isolines(&soft, port, border)
}

// cover marks the cells whose middle lies in a triangle.
func cover(m *HUImage, a, b, c [2]float64) {
	y0, y1 := math.Min(a[1], math.Min(b[1], c[1])), math.Max(a[1], math.Max(b[1], c[1]))
	for y := max(int(math.Ceil(y0)), 0); y <= min(int(math.Floor(y1)), m.H-1); y++ {
		low, high := math.Inf(1), math.Inf(-1)
		for _, e := range [3][2][2]float64{{a, b}, {b, c}, {c, a}} {
			p, q := e[0], e[1]
			if p[1] == q[1] {
				if p[1] == float64(y) {
					low, high = math.Min(low, math.Min(p[0], q[0])), math.Max(high, math.Max(p[0], q[0]))
				}
				continue
			}
			if t := (float64(y) - p[1]) / (q[1] - p[1]); t >= 0 && t <= 1 {
				x := p[0] + t*(q[0]-p[0])
				low, high = math.Min(low, x), math.Max(high, x)
			}
		}
		for x := max(int(math.Ceil(low)), 0); float64(x) <= math.Min(high, float64(m.W-1)); x++ {
			m.HU[y*m.W+x] = 1
		}
	}
}
