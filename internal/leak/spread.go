package leak

import (
	"math"
	"sort"

	"github.com/vertefill/vertefill/internal/geom"
)

// edgeMM is how far the blurred edge of cement reaches from the voxels that are cement themselves.
const edgeMM = 4.0

// spread gives every voxel of the blurred edge to the nearest solid voxel's owner, so that sums conserve the signal.
func (s *sorter) spread() {
	type offset struct {
		d  geom.Index
		mm float64
	}
	var near []offset
	r := [3]int{}
	for a := range r {
		r[a] = int(math.Ceil(edgeMM / s.spacing[a]))
	}
	for k := -r[2]; k <= r[2]; k++ {
		for j := -r[1]; j <= r[1]; j++ {
			for i := -r[0]; i <= r[0]; i++ {
				x, y, z := float64(i)*s.spacing[0], float64(j)*s.spacing[1], float64(k)*s.spacing[2]
				if d := math.Sqrt(x*x + y*y + z*z); d > 0 && d <= max(edgeMM, s.spacing[2]) {
					near = append(near, offset{geom.Index{I: i, J: j, K: k}, d})
				}
			}
		}
	}
	sort.SliceStable(near, func(a, b int) bool { return near[a].mm < near[b].mm })
	nz := len(s.owner) / (s.nx * s.ny)
	solid := append([]int32(nil), s.owner...)
	for o, f := range s.in.New {
		if f == 0 || solid[o] != nobody {
			continue
		}
		x, y, z := o%s.nx, o/s.nx%s.ny, o/(s.nx*s.ny)
		for _, n := range near {
			i, j, k := x+n.d.I, y+n.d.J, z+n.d.K
			if i < 0 || j < 0 || k < 0 || i >= s.nx || j >= s.ny || k >= nz {
				continue
			}
			if w := solid[i+s.nx*(j+s.ny*k)]; w != nobody {
				s.owner[o] = w
				break
			}
		}
	}
	for o, w := range s.owner {
		if w >= pieceBase {
			p, mm3 := s.pieces[w-pieceBase], float64(s.in.New[o])*s.mm3(o)
			p.mm3 += mm3
			p.doubt += math.Abs(mm3) * at32(s.in.Doubt, o)
			p.scale += mm3 * at32(s.in.Scale, o)
		}
	}
}
