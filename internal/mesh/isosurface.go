package mesh

import (
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/volume"
)

// Isosurface returns the closed surface on which values, sampled at the voxel centres of box (x fastest), pass through level:
// sub-voxel, in patient millimetres, facing outwards from the higher values. Outside the box values count as zero, so level must
// be positive; the mesh is empty when no value reaches it.
//
// Method: marching cubes (Lorensen and Cline 1987) with cases that leave no holes and triangles of least area, see newCubeCases. On
// masks of zeros and ones it has the volume and the area that pyradiomics publishes within 0.3 %.
func Isosurface(values []float32, box geom.Box, g *volume.Grid, level float32) *Mesh {
	nx, ny, nz := box.Size()
	if len(values) != nx*ny*nz || len(values) == 0 || !(level > 0) {
		return &Mesh{}
	}
	o := g.Patient(geom.Vox(0, 0, 0))
	step := geom.LPSVec(g.Patient(geom.Vox(1, 0, 0)).Sub(o).Norm(), g.Patient(geom.Vox(0, 1, 0)).Sub(o).Norm(), g.Patient(geom.Vox(0, 0, 1)).Sub(o).Norm())
	t := cubes{mesh: &Mesh{}, grid: g, box: box, level: level, cases: newCubeCases(step), onSide: map[sideAt]int32{}}
	at := func(i, j, k int) float32 {
		if i < 0 || j < 0 || k < 0 || i >= nx || j >= ny || k >= nz {
			return 0
		}
		return values[i+nx*(j+ny*k)]
	}
	for k := -1; k < nz; k++ {
		for j := -1; j < ny; j++ {
			var col [4]float32 // the nodes of a column are read once and carried along x
			var inside int     // of the cube; even bits of the column behind, odd bits of that before it
			for i := -1; i < nx; i++ {
				next := [4]float32{at(i+1, j, k), at(i+1, j+1, k), at(i+1, j, k+1), at(i+1, j+1, k+1)}
				inside = inside >> 1 & 0x55
				for c, v := range next {
					if v >= level {
						inside |= 2 << (2 * c)
					}
				}
				if inside != 0 && inside != 255 {
					t.cube(geom.Index{I: i, J: j, K: k}, inside, [8]float32{col[0], next[0], col[1], next[1], col[2], next[2], col[3], next[3]})
				}
				col = next
			}
		}
	}
	return t.mesh
}

// sideAt is a side of the cubes: the node where it begins and its direction, a bit.
type sideAt struct {
	from geom.Index
	bit  int
}

type cubes struct {
	mesh   *Mesh
	grid   *volume.Grid
	box    geom.Box
	level  float32
	cases  [256]cubeCase
	onSide map[sideAt]int32
}

// cube adds the triangles of the cube whose first corner is the node at, with the values v at its corners.
func (t *cubes) cube(at geom.Index, inside int, v [8]float32) {
	c := &t.cases[inside]
	var points [12]int32
	for i, s := range c.sides {
		points[i] = t.vertex(at, s, v[s.from], v[s.from|s.bit])
	}
	for _, n := range c.triangles {
		t.mesh.Triangles = append(t.mesh.Triangles, [3]int32{points[n[0]], points[n[1]], points[n[2]]})
	}
}

// vertex returns the point where the level lies on a side with the values va at its begin and vb at its end.
func (t *cubes) vertex(at geom.Index, s side, va, vb float32) int32 {
	e := sideAt{geom.Index{I: at.I + s.from&1, J: at.J + s.from>>1&1, K: at.K + s.from>>2}, s.bit}
	if n, ok := t.onSide[e]; ok {
		return n
	}
	f := float64((t.level - va) / (vb - va))
	n := int32(len(t.mesh.Vertices))
	t.mesh.Vertices = append(t.mesh.Vertices, t.grid.Patient(geom.Vox(
		float64(t.box.Min.I+e.from.I)+f*float64(s.bit&1),
		float64(t.box.Min.J+e.from.J)+f*float64(s.bit>>1&1),
		float64(t.box.Min.K+e.from.K)+f*float64(s.bit>>2))))
	t.onSide[e] = n
	return n
}
