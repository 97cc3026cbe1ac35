package mesh

import "github.com/vertefill/vertefill/internal/geom"

// Icosphere returns the unit sphere as an icosahedron whose triangles were split n times: 10*4^n + 2 directions, nearly evenly
// spread, and the triangles that join them.
func Icosphere(n int) (directions []geom.PatientVec, triangles [][3]int32) {
	const g = 1.618033988749895 // golden ratio
	for _, v := range [][3]float64{{-1, g, 0}, {1, g, 0}, {-1, -g, 0}, {1, -g, 0}, {0, -1, g}, {0, 1, g}, {0, -1, -g}, {0, 1, -g}, {g, 0, -1}, {g, 0, 1}, {-g, 0, -1}, {-g, 0, 1}} {
		directions = append(directions, geom.LPSVec(v[0], v[1], v[2]).Unit())
	}
	triangles = [][3]int32{
		{0, 11, 5}, {0, 5, 1}, {0, 1, 7}, {0, 7, 10}, {0, 10, 11}, {1, 5, 9}, {5, 11, 4}, {11, 10, 2}, {10, 7, 6}, {7, 1, 8},
		{3, 9, 4}, {3, 4, 2}, {3, 2, 6}, {3, 6, 8}, {3, 8, 9}, {4, 9, 5}, {2, 4, 11}, {6, 2, 10}, {8, 6, 7}, {9, 8, 1},
	}
	for range n {
		middle := map[[2]int32]int32{}
		mid := func(a, b int32) int32 {
			key := [2]int32{min(a, b), max(a, b)}
			m, ok := middle[key]
			if !ok {
				m = int32(len(directions))
				directions = append(directions, directions[a].Add(directions[b]).Unit())
				middle[key] = m
			}
			return m
		}
		var next [][3]int32
		for _, t := range triangles {
			ab, bc, ca := mid(t[0], t[1]), mid(t[1], t[2]), mid(t[2], t[0])
			next = append(next, [3]int32{t[0], ab, ca}, [3]int32{t[1], bc, ab}, [3]int32{t[2], ca, bc}, [3]int32{ab, bc, ca})
		}
		triangles = next
	}
	return directions, triangles
}
