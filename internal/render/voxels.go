package render

import (
	"math"
	"slices"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/mesh"
	"github.com/vertefill/vertefill/internal/volume"
)

// VoxelVolume returns the voxels of a grid whose centres lie within a closed surface, as MaskVolume does those of a label map; nil
// when there are none. Isolines of it, resliced with InterpNearest, are the stairs of the voxels that the surface stands for.
func VoxelVolume(m *mesh.Mesh, g *volume.Grid) *volume.Volume {
	if m == nil || g == nil || len(m.Vertices) == 0 {
		return nil
	}
	at := make([]geom.Voxel, len(m.Vertices))
	lo, hi := geom.Vox(math.Inf(1), math.Inf(1), math.Inf(1)), geom.Vox(math.Inf(-1), math.Inf(-1), math.Inf(-1))
	for i, p := range m.Vertices {
		v := g.Voxel(p)
		at[i] = v
		lo = geom.Vox(min(lo.X, v.X), min(lo.Y, v.Y), min(lo.Z, v.Z))
		hi = geom.Vox(max(hi.X, v.X), max(hi.Y, v.Y), max(hi.Z, v.Z))
	}
	box, ok := boxOf(lo, hi, g)
	if !ok {
		return nil
	}
	labels := volume.NewLabels(g, box)
	for column, z := range columns(at, m.Triangles, box) {
		slices.Sort(z)
		for n := 0; n+1 < len(z); n += 2 {
			for k := max(box.Min.K, int(math.Ceil(z[n]))); k <= min(box.Max.K-1, int(math.Floor(z[n+1]))); k++ {
				labels.Set(column[0], column[1], k, 1)
			}
		}
	}
	return MaskVolume(labels, func(uint8) bool { return true })
}

// boxOf returns the voxels of a grid between two corners; ok is false when there are none.
func boxOf(lo, hi geom.Voxel, g *volume.Grid) (box geom.Box, ok bool) {
	for _, x := range []float64{lo.X, lo.Y, lo.Z, hi.X, hi.Y, hi.Z} {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return box, false
		}
	}
	from := func(x float64, n int) int { return int(max(0, min(float64(n), math.Floor(x)))) }
	to := func(x float64, n int) int { return int(max(0, min(float64(n), math.Ceil(x)+1))) }
	box = geom.Box{
		Min: geom.Index{I: from(lo.X, g.NX), J: from(lo.Y, g.NY), K: from(lo.Z, g.NZ)},
		Max: geom.Index{I: to(hi.X, g.NX), J: to(hi.Y, g.NY), K: to(hi.Z, g.NZ)},
	}
	return box, !box.Empty()
}

// columns returns where the lines along Z through voxel columns meet triangles given in voxels.
func columns(at []geom.Voxel, triangles [][3]int32, box geom.Box) map[[2]int][]float64 {
	const off = 1e-5 // keeps the lines off vertices and edges
	out := map[[2]int][]float64{}
	for _, t := range triangles {
		a, b, c := at[t[0]], at[t[1]], at[t[2]]
		area := (b.X-a.X)*(c.Y-a.Y) - (c.X-a.X)*(b.Y-a.Y)
		if area == 0 {
			continue // seen from its edge
		}
		i1, j1 := int(math.Floor(max(a.X, b.X, c.X)-off)), int(math.Floor(max(a.Y, b.Y, c.Y)-off*math.Sqrt2))
		for j := max(box.Min.J, int(math.Ceil(min(a.Y, b.Y, c.Y)-off*math.Sqrt2))); j <= min(j1, box.Max.J-1); j++ {
			for i := max(box.Min.I, int(math.Ceil(min(a.X, b.X, c.X)-off))); i <= min(i1, box.Max.I-1); i++ {
				x, y := float64(i)+off, float64(j)+off*math.Sqrt2
				u := ((b.X-x)*(c.Y-y) - (c.X-x)*(b.Y-y)) / area
				v := ((c.X-x)*(a.Y-y) - (a.X-x)*(c.Y-y)) / area
				if w := 1 - u - v; u >= 0 && v >= 0 && w >= 0 {
					out[[2]int{i, j}] = append(out[[2]int{i, j}], u*a.Z+v*b.Z+w*c.Z)
				}
			}
		}
	}
	return out
}
