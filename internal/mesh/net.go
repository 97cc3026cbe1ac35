package mesh

import (
	"encoding/binary"
	"runtime"
	"sync"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/volume"
)

// Net returns the surface round the voxels whose labels are marked, facing outwards, in patient millimetres.
//
// Method: a naive surface net (Gibson 1998, MICCAI, LNCS 1496:888): one vertex in each cube of eight voxels that is partly inside,
// at the mean of the places half-way between inside and outside; one quadrilateral for each pair of neighbouring voxels of which
// one is inside. It has no cracks, but pieces that touch by an edge only share vertices there. It is the quick picture of a label
// map: Isosurface is the measure of fractional values.
func Net(l *volume.Labels, marked *[256]bool) *Mesh {
	n := net{l: l, marked: marked, mesh: &Mesh{}}
	n.nx, n.ny, n.nz = l.Box.Size()
	n.findRows()
	if n.lo.I >= n.hi.I {
		return n.mesh
	}
	n.width, n.depth = n.hi.I-n.lo.I+1, n.hi.J-n.lo.J+1 // cubes in a layer, along X and Y
	below, here := make([]int32, n.width*n.depth), make([]int32, n.width*n.depth)
	for k := n.lo.K - 1; k < n.hi.K; k++ {
		for j := n.lo.J - 1; j < n.hi.J; j++ {
			n.row(j, k, here, below)
		}
		below, here = here, below
	}
	return n.mesh
}

// net is the work of Net. Indices are of voxels relative to the box of the labels; the cube (i, j, k) has the voxels from there to
// (i+1, j+1, k+1) at its corners.
type net struct {
	l            *volume.Labels
	marked       *[256]bool
	mesh         *Mesh
	nx, ny, nz   int
	width, depth int
	spans        [][2]int32 // first and behind the last marked voxel of every row; equal when there is none
	lo, hi       geom.Index // round all marked voxels
}

// findRows finds where the marked voxels are: the one pass over all voxels.
func (n *net) findRows() {
	n.spans = make([][2]int32, n.ny*n.nz)
	var wg sync.WaitGroup
	workers := runtime.GOMAXPROCS(0)
	for w := range workers {
		wg.Go(func() {
			for r := len(n.spans) * w / workers; r < len(n.spans)*(w+1)/workers; r++ {
				n.spans[r] = n.span(n.l.V[r*n.nx : (r+1)*n.nx])
			}
		})
	}
	wg.Wait()
	n.lo = geom.Index{I: n.nx, J: n.ny, K: n.nz}
	for r, s := range n.spans {
		if s[0] < s[1] {
			j, k := r%n.ny, r/n.ny
			n.lo = geom.Index{I: min(n.lo.I, int(s[0])), J: min(n.lo.J, j), K: min(n.lo.K, k)}
			n.hi = geom.Index{I: max(n.hi.I, int(s[1])), J: max(n.hi.J, j+1), K: max(n.hi.K, k+1)}
		}
	}
}

func (n *net) span(row []uint8) [2]int32 {
	first, last := 0, len(row)
	zero := n.marked[0]
	for first < last {
		if !zero && first+8 <= last && binary.LittleEndian.Uint64(row[first:]) == 0 {
			first += 8
			continue
		}
		if n.marked[row[first]] {
			break
		}
		first++
	}
	for first < last && !n.marked[row[last-1]] {
		last--
	}
	return [2]int32{int32(first), int32(last)}
}

// voxels returns a row and its span; both empty outside the box.
func (n *net) voxels(j, k int) ([]uint8, [2]int32) {
	if j < 0 || k < 0 || j >= n.ny || k >= n.nz {
		return nil, [2]int32{}
	}
	r := j + n.ny*k
	if s := n.spans[r]; s[0] < s[1] {
		return n.l.V[r*n.nx : (r+1)*n.nx], s
	}
	return nil, [2]int32{}
}

// row makes the vertices of the cubes (., j, k), and the quadrilaterals round the edges at their first corners: the other cubes
// that these need come before.
func (n *net) row(j, k int, here, below []int32) {
	var rows [4][]uint8
	first, last := n.nx, 0
	for c := range rows {
		v, s := n.voxels(j+c&1, k+c>>1)
		rows[c] = v
		if v != nil {
			first, last = min(first, int(s[0])), max(last, int(s[1]))
		}
	}
	base := (j - n.lo.J + 1) * n.width
	var cube uint8 // bit x + 2y + 4z for the corner (x, y, z)
	for i := first - 1; i < last; i++ {
		cube = cube >> 1 & 0x55
		if i+1 < n.nx {
			for c, v := range rows {
				if v != nil && n.marked[v[i+1]] {
					cube |= 2 << (2 * c)
				}
			}
		}
		if cube == 0 || cube == 0xff {
			continue
		}
		at := base + i - n.lo.I + 1
		here[at] = n.vertex(i, j, k, cube)
		inside := cube&1 != 0
		if inside != (cube&2 != 0) { // the edge along X; the cubes round it follow each other along Y, Z
			n.quad(inside, below[at-n.width], below[at], here[at], here[at-n.width])
		}
		if inside != (cube&4 != 0) { // along Y; round it Z, X
			n.quad(inside, below[at-1], here[at-1], here[at], below[at])
		}
		if inside != (cube&16 != 0) { // along Z; round it X, Y
			n.quad(inside, here[at-n.width-1], here[at-n.width], here[at], here[at-1])
		}
	}
}

// vertex adds the vertex of a cube.
func (n *net) vertex(i, j, k int, cube uint8) int32 {
	o := &netOffsets[cube]
	n.mesh.Vertices = append(n.mesh.Vertices, n.l.Grid.Patient(geom.Vox(
		float64(n.l.Box.Min.I+i)+o[0], float64(n.l.Box.Min.J+j)+o[1], float64(n.l.Box.Min.K+k)+o[2])))
	return int32(len(n.mesh.Vertices) - 1)
}

// quad adds two triangles; the corners run counter-clockwise seen from the end of the edge, which is outside when its beginning is
// inside.
func (n *net) quad(inside bool, a, b, c, d int32) {
	if !inside {
		b, d = d, b
	}
	n.mesh.Triangles = append(n.mesh.Triangles, [3]int32{a, b, c}, [3]int32{a, c, d})
}

// netOffsets is where the vertex lies in every kind of cube.
var netOffsets = func() (t [256][3]float64) {
	for cube := range t {
		count := 0.0
		for a := range 8 {
			for axis := range 3 {
				b := a | 1<<axis
				if a == b || cube>>a&1 == cube>>b&1 {
					continue
				}
				count++
				for x := range 3 {
					t[cube][x] += 0.5 * float64(a>>x&1+b>>x&1)
				}
			}
		}
		for x := range 3 {
			t[cube][x] /= max(1, count)
		}
	}
	return t
}()
