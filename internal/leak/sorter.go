package leak

import (
	"context"
	"math"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/diag"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/spine"
)

// Owners of voxels. Bodies and arches are numbered by the place of their vertebra in the spine, pieces by their place in pieces.
const (
	nobody     int32 = 0
	bodyBase   int32 = 1
	archBase   int32 = 1000
	pieceBase  int32 = 2000
	unsettled  int32 = -1 // outside, not yet part of a piece
	shallowMM        = 1.5
	shallowMM3       = 100 // cement in the rim of a body with no cement deeper is not of that body
)

// sorter is the state of one sorting.
type sorter struct {
	ctx     context.Context
	in      Input
	opt     Options
	sink    *diag.Sink
	nx, ny  int
	spacing [3]float64

	owner   []int32   // of solid voxels, after spread of all
	dist    []float32 // signed distance to the nearest body, of solid voxels
	region  []spine.Region
	of      []int16 // the vertebra that spine.Region names, as its place in the spine; -1 for none
	placeOf map[*spine.Vertebra]int16
	pieces  []*piece
}

func newSorter(ctx context.Context, in Input, opt Options, sink *diag.Sink) *sorter {
	n := in.Box.Len()
	g := in.Post.Grid
	s := &sorter{ctx: ctx, in: in, opt: opt, sink: sink, owner: make([]int32, n), dist: make([]float32, n), region: make([]spine.Region, n),
		of: make([]int16, n), placeOf: map[*spine.Vertebra]int16{}, spacing: [3]float64{float64(g.DX), float64(g.DY), float64(g.DZ)}}
	s.nx, s.ny, _ = in.Box.Size()
	for i, v := range in.Spine.Vertebrae {
		s.placeOf[v] = int16(i)
	}
	return s
}

func (s *sorter) index(o int) geom.Index {
	b := s.in.Box.Min
	return geom.Index{I: b.I + o%s.nx, J: b.J + o/s.nx%s.ny, K: b.K + o/(s.nx*s.ny)}
}

func (s *sorter) patient(o int) geom.Patient {
	i := s.index(o)
	return s.in.Post.Patient(geom.Vox(float64(i.I), float64(i.J), float64(i.K)))
}

func (s *sorter) mm3(o int) float64 {
	return float64(s.in.Post.VoxelVolume(s.in.Box.Min.K + o/(s.nx*s.ny)))
}

// at32 is a value of an array that may be absent.
func at32(of []float32, o int) float64 {
	if of == nil {
		return 0
	}
	return float64(of[o])
}

// neighbours calls f for the offsets of the 26 neighbours inside the box.
func (s *sorter) neighbours(o int, f func(q int)) {
	x, y, z := o%s.nx, o/s.nx%s.ny, o/(s.nx*s.ny)
	nz := len(s.owner) / (s.nx * s.ny)
	for dz := max(0, z-1); dz <= min(nz-1, z+1); dz++ {
		for dy := max(0, y-1); dy <= min(s.ny-1, y+1); dy++ {
			for dx := max(0, x-1); dx <= min(s.nx-1, x+1); dx++ {
				if q := dx + s.nx*(dy+s.ny*dz); q != o {
					f(q)
				}
			}
		}
	}
}

// step is the distance between two voxels of the box in mm.
func (s *sorter) step(a, b int) float64 {
	x := float64(a%s.nx-b%s.nx) * s.spacing[0]
	y := float64(a/s.nx%s.ny-b/s.nx%s.ny) * s.spacing[1]
	z := float64(a/(s.nx*s.ny)-b/(s.nx*s.ny)) * s.spacing[2]
	return math.Sqrt(x*x + y*y + z*z)
}

// place gives every solid voxel of new cement its region, and its owner where that is bone.
func (s *sorter) place() error {
	for o, c := range s.in.Solid {
		if c != anatomy.CementInBody {
			continue
		}
		if o%4096 == 0 {
			if err := s.ctx.Err(); err != nil {
				return err
			}
		}
		p := s.patient(o)
		nearest, d := s.in.Spine.Nearest(p)
		if math.IsInf(d, 1) {
			d = 1000
		}
		s.dist[o], s.of[o] = float32(d), -1
		region, v := spine.InBody, nearest
		if d >= 0 {
			region, v = s.in.Spine.Region(p)
		}
		s.region[o] = region
		if v != nil {
			s.of[o] = s.placeOf[v]
		}
		switch {
		case region == spine.InBody:
			s.owner[o] = bodyBase + int32(s.of[o])
		case region == spine.InArch && s.inBone(p):
			s.owner[o] = archBase + int32(s.of[o])
		default:
			s.owner[o] = unsettled
		}
	}
	s.dropShallow()
	return nil
}

// Bone behind the body is told from soft tissue by what surrounds a position at these distances: cement itself hides it.
const (
	boneHU        = 170
	boneLeast     = 3 // of the directions that end in bone
	boneFarMM     = 9
	boneStepMM    = 0.7
	boneClearOfMM = 1.0 // beyond the blurred edge of cement
)

// inBone looks from a voxel of cement in six directions past the cement and its edge, and reports whether bone follows.
func (s *sorter) inBone(p geom.Patient) bool {
	hits := 0
	for _, d := range [6]geom.PatientVec{geom.LPSVec(1, 0, 0), geom.LPSVec(-1, 0, 0), geom.LPSVec(0, 1, 0), geom.LPSVec(0, -1, 0), geom.LPSVec(0, 0, 1), geom.LPSVec(0, 0, -1)} {
		free := 0.0
		for r := boneStepMM; r < boneFarMM; r += boneStepMM {
			q := p.Add(d.Mul(r))
			if s.isCement(q) {
				free = 0
				continue
			}
			if free += boneStepMM; s.in.Post.SampleAt(q) > boneHU {
				hits++
				break
			}
			if free > boneClearOfMM+1 {
				break
			}
		}
	}
	return hits >= boneLeast
}

// isCement reports whether the voxel at p is cement or its blurred edge.
func (s *sorter) isCement(p geom.Patient) bool {
	v := s.in.Post.Voxel(p)
	i, j, k := int(math.Round(v.X)), int(math.Round(v.Y)), int(math.Round(v.Z))
	if !s.in.Box.Contains(i, j, k) {
		return false
	}
	o := s.in.Box.Offset(i, j, k)
	return s.in.Solid[o] != 0 || s.in.New[o] > 0.05
}

// dropShallow takes rims away from bodies: pieces of solid cement within a body that stay at its surface belong to the leak that
// touches it from outside.
func (s *sorter) dropShallow() {
	for _, c := range s.components(func(o int) int32 {
		if w := s.owner[o]; w >= bodyBase && w < archBase {
			return w
		}
		return 0
	}) {
		deepest, mm3, outside := 0.0, 0.0, false
		for _, o := range c {
			deepest = min(deepest, float64(s.dist[o]))
			mm3 += s.mm3(o)
			s.neighbours(o, func(q int) { outside = outside || s.owner[q] == unsettled })
		}
		if deepest > -shallowMM && mm3 < shallowMM3 && outside {
			for _, o := range c {
				s.owner[o] = unsettled
			}
		}
	}
}

// components returns the 26-connected sets of voxels with the same non-zero key, in the order of the array.
func (s *sorter) components(key func(o int) int32) [][]int {
	seen := make([]bool, len(s.owner))
	var out [][]int
	for start := range s.owner {
		if seen[start] || key(start) == 0 {
			continue
		}
		want := key(start)
		seen[start] = true
		c := []int{start}
		for n := 0; n < len(c); n++ {
			s.neighbours(c[n], func(q int) {
				if !seen[q] && key(q) == want {
					seen[q] = true
					c = append(c, q)
				}
			})
		}
		out = append(out, c)
	}
	return out
}
