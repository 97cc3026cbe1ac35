package mesh

import (
	"math"
	"math/bits"

	"github.com/vertefill/vertefill/internal/geom"
)

// corner of a cube: bits x = 1, y = 2, z = 4. A side is an edge of the cube: the corner with the smaller number and the one bit in
// which the other differs.
type side struct{ from, bit int }

// faces lists the corners of each face, counter-clockwise seen from outside.
var faces = [6][4]int{{0, 4, 6, 2}, {1, 3, 7, 5}, {0, 1, 5, 4}, {2, 6, 7, 3}, {0, 2, 3, 1}, {4, 5, 7, 6}}

// cubeCase is how the surface passes through a cube: the sides that it crosses, and triangles of indices into these.
type cubeCase struct {
	sides     []side
	triangles [][3]int
}

// newCubeCases makes the case of every set of inner corners (bit n for corner n), for cubes whose sides have the lengths of step.
//
// On each face the surface runs round the outer corners, from where the walk comes in again to where it left the inside: inner corners
// that lie across from each other are joined, by both cubes of the face alike, so that nothing is left open (Lorensen and Cline 1987,
// SIGGRAPH 21:163, left holes there). The runs join into loops, which are cut into triangles.
func newCubeCases(step geom.PatientVec) (out [256]cubeCase) {
	for c := range out {
		out[c] = newCubeCase(c, step)
	}
	return out
}

func newCubeCase(inside int, step geom.PatientVec) (c cubeCase) {
	in := func(corner int) bool { return inside>>corner&1 != 0 }
	next := map[side]side{}
	for _, f := range faces {
		for i, a := range f {
			if b := f[(i+1)%4]; !in(a) || in(b) {
				continue
			}
			k := (i + 2) % 4 // on over the outer corners to where they end
			for !in(f[k]) {
				k = (k + 1) % 4
			}
			next[sideOf(f[(k+3)%4], f[k])] = sideOf(f[i], f[(i+1)%4])
		}
	}
	for from := range 8 {
		for bit := 1; bit < 8; bit <<= 1 {
			first := side{from, bit}
			if _, crossed := next[first]; !crossed || from&bit != 0 {
				continue
			}
			var loop []int
			for s := first; ; {
				loop = append(loop, len(c.sides))
				c.sides = append(c.sides, s)
				after := next[s]
				delete(next, s)
				if s = after; s == first {
					break
				}
			}
			c.triangles = append(c.triangles, c.divide(loop, step)...)
		}
	}
	return c
}

// divide cuts a loop into triangles with the least area between the middles of the sides, as on a mask; of equal ones, with the fewest
// cuts in a face of the cube, where the neighbour's surface would touch them (by the search of Klincsek 1980, Ann. Discrete Math. 9:121).
func (c *cubeCase) divide(loop []int, step geom.PatientVec) [][3]int {
	n := len(loop)
	middle := func(i int) geom.PatientVec { return c.sides[loop[i]].middle(step) }
	cost := func(i, j, k int) float64 {
		sum := middle(j).Sub(middle(i)).Cross(middle(k).Sub(middle(i))).Norm()
		if k-i < n-1 && oneFace(c.sides[loop[i]], c.sides[loop[k]]) {
			sum *= 1 + 1e-6
		}
		return sum
	}
	best := make([][]float64, n) // of the part of the loop from i to k
	split := make([][]int, n)
	for i := range best {
		best[i], split[i] = make([]float64, n), make([]int, n)
	}
	for length := 2; length < n; length++ {
		for i := 0; i+length < n; i++ {
			k := i + length
			best[i][k] = math.Inf(1)
			for j := i + 1; j < k; j++ {
				if sum := best[i][j] + best[j][k] + cost(i, j, k); sum < best[i][k] {
					best[i][k], split[i][k] = sum, j
				}
			}
		}
	}
	var out [][3]int
	var cut func(i, k int)
	cut = func(i, k int) {
		if k-i < 2 {
			return
		}
		j := split[i][k]
		out = append(out, [3]int{loop[i], loop[j], loop[k]})
		cut(i, j)
		cut(j, k)
	}
	cut(0, n-1)
	return out
}

// middle returns the middle of a side of the cube.
func (s side) middle(step geom.PatientVec) geom.PatientVec {
	at := func(bit int) float64 {
		if s.bit == bit {
			return 0.5
		}
		return float64(min(1, s.from&bit))
	}
	return geom.LPSVec(step.X*at(1), step.Y*at(2), step.Z*at(4))
}

// oneFace reports whether two sides lie in one face of the cube: their four corners agree in a bit.
func oneFace(a, b side) bool {
	and, or := 7, 0
	for _, n := range []int{a.from, a.from | a.bit, b.from, b.from | b.bit} {
		and, or = and&n, or|n
	}
	return and != 0 || or != 7
}

func sideOf(a, b int) side {
	d := a ^ b
	if bits.OnesCount(uint(d)) != 1 {
		panic("mesh: the corners of a face are out of order")
	}
	return side{min(a, b), d}
}
