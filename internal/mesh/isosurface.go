package mesh

import (
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/volume"
)

// Isosurface returns the closed surface on which values, sampled at the voxel centres of box (x fastest), pass through level:
// sub-voxel, in patient millimetres, facing outwards from the higher values. Outside the box values count as zero, so level must
// be positive; the mesh is empty when no value reaches it.
//
// Method: marching tetrahedra on Kuhn's division of the cube into six (Doi and Koide 1991, IEICE Trans. E74:214). It needs no case
// table, leaves no holes and its volume is exact for piecewise linear data; it makes about twice the triangles of marching cubes.
func Isosurface(values []float32, box geom.Box, g *volume.Grid, level float32) *Mesh {
	nx, ny, nz := box.Size()
	if len(values) != nx*ny*nz || len(values) == 0 || !(level > 0) {
		return &Mesh{}
	}
	t := tetrahedra{mesh: &Mesh{}, grid: g, box: box, level: level, onEdge: map[edge]int32{}}
	at := func(i, j, k int) float32 {
		if i < 0 || j < 0 || k < 0 || i >= nx || j >= ny || k >= nz {
			return 0
		}
		return values[i+nx*(j+ny*k)]
	}
	for k := -1; k < nz; k++ {
		for j := -1; j < ny; j++ {
			inside := at(-1, j, k) >= level // columns of four nodes are read once and carried along x
			var col [4]float32
			same := false
			for i := -1; i < nx; i++ {
				next := [4]float32{at(i+1, j, k), at(i+1, j+1, k), at(i+1, j, k+1), at(i+1, j+1, k+1)}
				nextInside := next[0] >= level
				nextSame := nextInside == (next[1] >= level) && nextInside == (next[2] >= level) && nextInside == (next[3] >= level)
				if i == -1 || !same || !nextSame || inside != nextInside {
					t.cube(geom.Index{I: i, J: j, K: k}, [8]float32{col[0], next[0], col[1], next[1], col[2], next[2], col[3], next[3]})
				}
				col, same, inside = next, nextSame, nextInside
			}
		}
	}
	return t.mesh
}

// kuhn lists the corners of the six tetrahedra; corner bits are x = 1, y = 2, z = 4.
var kuhn = [6][4]int{{0, 1, 3, 7}, {0, 1, 5, 7}, {0, 2, 3, 7}, {0, 2, 6, 7}, {0, 4, 5, 7}, {0, 4, 6, 7}}

// edge joins a node to the node at the corner bits away from it.
type edge struct {
	from geom.Index
	bits int
}

type tetrahedra struct {
	mesh   *Mesh
	grid   *volume.Grid
	box    geom.Box
	level  float32
	onEdge map[edge]int32
}

func (t *tetrahedra) cube(at geom.Index, v [8]float32) {
	for _, c := range kuhn {
		var in, out []int
		var store [8]int
		in, out = store[:0:4], store[4:4:8]
		for _, n := range c {
			if v[n] >= t.level {
				in = append(in, n)
			} else {
				out = append(out, n)
			}
		}
		cut := func(a, b int) int32 { return t.vertex(at, min(a, b), max(a, b), v[min(a, b)], v[max(a, b)]) }
		switch len(in) {
		case 1:
			t.triangle(at, in[0], out[0], cut(in[0], out[0]), cut(in[0], out[1]), cut(in[0], out[2]))
		case 3:
			t.triangle(at, in[0], out[0], cut(in[0], out[0]), cut(in[1], out[0]), cut(in[2], out[0]))
		case 2:
			a, b, c, d := cut(in[0], out[0]), cut(in[0], out[1]), cut(in[1], out[1]), cut(in[1], out[0])
			t.triangle(at, in[0], out[0], a, b, c)
			t.triangle(at, in[0], out[0], a, c, d)
		}
	}
}

// vertex returns the point where the level lies on the edge from corner a to corner b, whose bits include those of a.
func (t *tetrahedra) vertex(at geom.Index, a, b int, va, vb float32) int32 {
	from := geom.Index{I: at.I + a&1, J: at.J + a>>1&1, K: at.K + a>>2}
	e := edge{from, b - a}
	if n, ok := t.onEdge[e]; ok {
		return n
	}
	f := float64((t.level - va) / (vb - va))
	n := int32(len(t.mesh.Vertices))
	t.mesh.Vertices = append(t.mesh.Vertices, t.grid.Patient(geom.Vox(
		float64(t.box.Min.I+from.I)+f*float64(e.bits&1),
		float64(t.box.Min.J+from.J)+f*float64(e.bits>>1&1),
		float64(t.box.Min.K+from.K)+f*float64(e.bits>>2))))
	t.onEdge[e] = n
	return n
}

// triangle adds a triangle turned so that it faces from the inner corner to the outer one.
func (t *tetrahedra) triangle(at geom.Index, in, out int, a, b, c int32) {
	if a == b || b == c || c == a {
		return
	}
	corner := func(n int) geom.Patient {
		return t.grid.Patient(geom.Vox(float64(t.box.Min.I+at.I+n&1), float64(t.box.Min.J+at.J+n>>1&1), float64(t.box.Min.K+at.K+n>>2)))
	}
	p := t.mesh.Vertices[a]
	normal := t.mesh.Vertices[b].Sub(p).Cross(t.mesh.Vertices[c].Sub(p))
	if normal.Dot(corner(out).Sub(corner(in))) < 0 {
		b, c = c, b
	}
	t.mesh.Triangles = append(t.mesh.Triangles, [3]int32{a, b, c})
}
