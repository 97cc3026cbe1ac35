package artefact

import (
	"math"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/spine"
	"github.com/vertefill/vertefill/internal/volume"
)

// Streak is a stretch of slices where something dense throws streaks.
type Streak struct {
	First, Last int     // slices
	HU          float64 // standard deviation that they add to soft tissue
}

const (
	streakLowHU   = -250 // soft tissue, and what streaks make of it
	streakHighHU  = 300
	streakLagMM   = 4.0  // between the voxels that are compared: wider than noise, narrower than organs
	streakClearMM = 6.0  // of dense things: their blurred edge is no streak
	streakBoneMM  = 2.0  // of a body
	streakReachMM = 45.0 // from the middle of the spine
	streakAreaMM2 = 30.0 // of dense things in a slice that are worth a look
	streakFarMM   = 8.0  // along the axis from dense things: there the picture is as it would be without
	streakMM      = 4.0  // of slices that are judged together
	streakPairs   = 600  // needed, of both kinds
	streakTimes   = 1.2  // as uneven as where nothing dense is: from slice to slice anatomy alone changes it by a tenth
)

// Streaks compares soft tissue beside the spine in slices that hold something dense with that in slices that do not: the median difference
// of voxels some millimetres apart. box holds all that is dense. It fails where every slice in view holds something dense.
func Streaks(v *volume.Volume, s *spine.Spine, box geom.Box, dense Mask) (out []Streak) {
	c := columnOf(v, s)
	area := make([]float64, v.NZ)
	for k := box.Min.K; k < box.Max.K; k++ {
		for j := box.Min.J; j < box.Max.J; j++ {
			for i := box.Min.I; i < box.Max.I; i++ {
				if dense(i, j, k) {
					area[k] += float64(v.DX) * float64(v.DY)
				}
			}
		}
	}
	far := in(streakFarMM, float64(v.DZ), 1)
	var calm []float64
	for k := 0; k < v.NZ; k += in(2, float64(v.DZ), 1) {
		free := c.ok[k]
		for n := max(0, k-far); n <= min(v.NZ-1, k+far) && free; n++ {
			free = area[n] == 0
		}
		if free {
			calm = append(calm, differences(v, s, k, c.at[k], dense)...)
		}
	}
	if len(calm) < streakPairs {
		return nil
	}
	usual := deviation(calm)
	width := in(streakMM, float64(v.DZ), 1)
	for k := 0; k < v.NZ; k += width {
		var here []float64
		for n := k; n < min(v.NZ, k+width); n++ {
			if c.ok[n] && area[n] >= streakAreaMM2 {
				here = append(here, differences(v, s, n, c.at[n], dense)...)
			}
		}
		if len(here) < streakPairs {
			continue
		}
		sd := deviation(here)
		if sd < streakTimes*usual {
			continue
		}
		added := math.Sqrt(sd*sd - usual*usual)
		if n := len(out); n > 0 && out[n-1].Last == k-1 {
			out[n-1].Last, out[n-1].HU = min(v.NZ, k+width)-1, max(out[n-1].HU, added)
			continue
		}
		out = append(out, Streak{k, min(v.NZ, k+width) - 1, added})
	}
	return out
}

// deviation is the standard deviation of the normal noise that would make such differences.
func deviation(differences []float64) float64 { return median(differences) / 0.6745 / math.Sqrt2 }

// differences of voxels of soft tissue in one slice, right and down of each other.
func differences(v *volume.Volume, s *spine.Spine, k int, at geom.Voxel, dense Mask) (out []float64) {
	lx, ly := in(streakLagMM, float64(v.DX), 2), in(streakLagMM, float64(v.DY), 2)
	cx, cy := in(streakClearMM, float64(v.DX), 1), in(streakClearMM, float64(v.DY), 1)
	soft := func(i, j int) bool {
		h := v.At(i, j, k)
		return h > streakLowHU && h < streakHighHU
	}
	clear := func(i, j int) bool {
		for b := -cy; b <= cy; b += max(1, cy/3) {
			for a := -cx; a <= cx; a += max(1, cx/3) {
				if dense(i+a, j+b, k) {
					return false
				}
			}
		}
		_, d := s.Nearest(v.Patient(geom.Vox(float64(i), float64(j), float64(k))))
		return d > streakBoneMM
	}
	rx, ry := streakReachMM/float64(v.DX), streakReachMM/float64(v.DY)
	for j := int(at.Y - ry); j < int(at.Y+ry); j += max(1, ly/2) {
		for i := int(at.X - rx); i < int(at.X+rx); i += max(1, lx/2) {
			if !soft(i, j) || !clear(i, j) {
				continue
			}
			a := float64(v.At(i, j, k))
			if soft(i+lx, j) && soft(i+lx/2, j) {
				out = append(out, math.Abs(a-float64(v.At(i+lx, j, k))))
			}
			if soft(i, j+ly) && soft(i, j+ly/2) {
				out = append(out, math.Abs(a-float64(v.At(i, j+ly, k))))
			}
		}
	}
	return out
}
