package spine

import (
	"math"
	"sort"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/mesh"
	"github.com/vertefill/vertefill/internal/volume"
)

// Mask returns the voxels of a grid whose centres lie in a vertebral body, labelled with the level's number. Where two surfaces
// overlap the body that holds the voxel deeper has it.
func (s *Spine) Mask(g *volume.Grid) *volume.Labels {
	var box geom.Box
	for _, v := range s.Vertebrae {
		if v.Body != nil {
			box = box.Union(boxOf(v.Body, g))
		}
	}
	out := volume.NewLabels(g, box)
	for _, v := range s.Vertebrae {
		if v.Body == nil {
			continue
		}
		fill(v.Body, g, out.Box, func(i, j, k int) {
			o := out.Box.Offset(i, j, k)
			if old := out.V[o]; old != 0 && old != uint8(v.Level) {
				p := g.Patient(geom.Vox(float64(i), float64(j), float64(k)))
				for _, w := range s.Vertebrae {
					if uint8(w.Level) == old && w.Distance(p) <= v.Distance(p) {
						return
					}
				}
			}
			out.V[o] = uint8(v.Level)
		})
	}
	return out
}

func boxOf(m *mesh.Mesh, g *volume.Grid) geom.Box {
	pts := make([]geom.Voxel, len(m.Vertices))
	for i, p := range m.Vertices {
		pts[i] = g.Voxel(p)
	}
	return geom.BoxAround(pts).Intersect(g.Bounds())
}

// fill calls set for every voxel centre inside the closed mesh, row by row, by the parity of crossings along I.
func fill(m *mesh.Mesh, g *volume.Grid, box geom.Box, set func(i, j, k int)) {
	const off = 1e-5 * math.Sqrt2 // keeps rays off vertices
	nx, ny, nz := box.Size()
	if nx*ny*nz == 0 {
		return
	}
	pts := make([]geom.Voxel, len(m.Vertices))
	for i, p := range m.Vertices {
		pts[i] = g.Voxel(p)
	}
	rows := make([][]float64, ny*nz)
	for _, t := range m.Triangles {
		a, b, c := pts[t[0]], pts[t[1]], pts[t[2]]
		det := (b.Y-a.Y)*(c.Z-a.Z) - (c.Y-a.Y)*(b.Z-a.Z)
		if det == 0 {
			continue
		}
		j0, j1 := max(box.Min.J, int(math.Ceil(min(a.Y, b.Y, c.Y)-off))), min(box.Max.J-1, int(math.Floor(max(a.Y, b.Y, c.Y)-off)))
		k0, k1 := max(box.Min.K, int(math.Ceil(min(a.Z, b.Z, c.Z)-off))), min(box.Max.K-1, int(math.Floor(max(a.Z, b.Z, c.Z)-off)))
		for k := k0; k <= k1; k++ {
			for j := j0; j <= j1; j++ {
				y, z := float64(j)+off, float64(k)+off
				u := ((y-a.Y)*(c.Z-a.Z) - (c.Y-a.Y)*(z-a.Z)) / det
				v := ((b.Y-a.Y)*(z-a.Z) - (y-a.Y)*(b.Z-a.Z)) / det
				if u >= 0 && v >= 0 && u+v <= 1 {
					r := (j - box.Min.J) + ny*(k-box.Min.K)
					rows[r] = append(rows[r], a.X+u*(b.X-a.X)+v*(c.X-a.X))
				}
			}
		}
	}
	for r, xs := range rows {
		sort.Float64s(xs)
		for n := 0; n+1 < len(xs); n += 2 {
			i0, i1 := max(box.Min.I, int(math.Ceil(xs[n]))), min(box.Max.I-1, int(math.Floor(xs[n+1])))
			for i := i0; i <= i1; i++ {
				set(i, box.Min.J+r%ny, box.Min.K+r/ny)
			}
		}
	}
}
