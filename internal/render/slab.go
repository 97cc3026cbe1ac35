package render

import (
	"math"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/volume"
)

// sampleStep is the greatest distance between samples across a slab, in voxels along the axis that changes fastest.
const sampleStep = 0.8

// slabDepths returns the depths in mm at which a slab is sampled; only zero without a slab.
func slabDepths(g *volume.Grid, v View) []float64 {
	t := float64(v.Slab.Thickness)
	if !(t > 0) || math.IsInf(t, 0) {
		return []float64{0}
	}
	// Voxels per mm of depth; on an irregular stack by the median gap.
	sight := v.PatientFromPlane.Axis(2)
	x, y, z := sight.Dot(g.Row)/float64(g.DX), sight.Dot(g.Col)/float64(g.DY), sight.Dot(g.Normal)/float64(g.DZ)
	rate := max(math.Abs(x), math.Abs(y), math.Abs(z))
	if v.Slab.Mode != Mean && v.Interp != InterpCubic {
		if d := nodeDepths(g, v, t); d != nil {
			return d
		}
	}
	n := min(max(2, int(math.Ceil(t*rate/sampleStep))), 4096)
	out := make([]float64, n)
	for i := range out {
		out[i] = ((float64(i)+0.5)/float64(n) - 0.5) * t
	}
	return out
}

// nodeDepths returns the depths of the voxel centres that a slab along a voxel axis passes, and its two faces; nil when the line
// of sight is along no voxel axis or the plane does not lie along the other two.
func nodeDepths(g *volume.Grid, v View, t float64) []float64 {
	voxelFromPatient, ok := g.Inverse()
	if !ok {
		return nil
	}
	voxelFromPlane := geom.Compose(voxelFromPatient, v.PatientFromPlane)
	for axis := range 3 {
		m := voxelFromPlane.M[3*axis : 3*axis+3]
		other1, other2 := voxelFromPlane.M[3*((axis+1)%3)+2], voxelFromPlane.M[3*((axis+2)%3)+2]
		if math.Abs(m[0])+math.Abs(m[1])+math.Abs(other1)+math.Abs(other2) > 1e-9 {
			continue
		}
		at, rate := voxelFromPlane.T[axis], m[2] // voxel coordinate = at + rate * depth
		a, b := at-math.Abs(rate)*t/2, at+math.Abs(rate)*t/2
		out := []float64{-t / 2}
		for n := math.Ceil(a + 1e-6); n < b-1e-6 && len(out) < 4096; n++ {
			out = append(out, (n-at)/rate)
		}
		return append(out, t/2)
	}
	return nil
}

// stack joins the rows of samples across a slab.
type stack struct {
	mode   SlabMode
	sample []int16 // the newest row of samples
	best   []int16
	sum    []int32
	count  []int32
}

func newStack(mode SlabMode, width, samples int) *stack {
	s := &stack{mode: mode}
	if samples < 2 {
		return s
	}
	s.sample = make([]int16, width)
	if mode == Mean {
		s.sum, s.count = make([]int32, width), make([]int32, width)
	} else {
		s.best = make([]int16, width)
	}
	return s
}

func (s *stack) reset() {
	clear(s.sum)
	clear(s.count)
	for i := range s.best {
		s.best[i] = Outside
	}
}

func (s *stack) add() { s.addPart(0, len(s.sample)) }

// addPart joins the samples x0 to x1-1.
func (s *stack) addPart(x0, x1 int) {
	sample := s.sample[x0:x1]
	switch s.mode {
	case MIP:
		best := s.best[x0:x1]
		best = best[:len(sample)]
		for i, v := range sample {
			best[i] = max(best[i], v) // Outside is the least int16
		}
	case MinIP:
		best := s.best[x0:x1]
		best = best[:len(sample)]
		for i, v := range sample {
			if v != Outside && (best[i] == Outside || v < best[i]) {
				best[i] = v
			}
		}
	default:
		for i, v := range sample {
			if v != Outside {
				s.sum[x0+i] += int32(v)
				s.count[x0+i]++
			}
		}
	}
}

func (s *stack) result(row []int16) {
	if s.mode != Mean {
		copy(row, s.best)
		return
	}
	for i, n := range s.count {
		row[i] = Outside
		if n > 0 {
			row[i] = int16(math.Round(float64(s.sum[i]) / float64(n)))
		}
	}
}
