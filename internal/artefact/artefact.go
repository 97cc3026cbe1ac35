// Package artefact measures on a CT what scanner and patient did to its picture: the overshoot of a sharp kernel at the edge of cement,
// streaks beside dense things, jumps of the patient between slices, contrast agent in the great vessels.
//
// CT numbers are HU, lengths mm, positions patient coordinates (LPS) and slices of the volume given. It changes no number: package assess
// says which ones an artefact touches.
package artefact

import (
	"math"
	"slices"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/spine"
	"github.com/vertefill/vertefill/internal/volume"
)

// Mask tells whether a voxel belongs to something.
type Mask func(i, j, k int) bool

// in returns how many steps of a spacing are so many mm, at least least.
func in(mm, spacing float64, least int) int { return max(least, int(math.Round(mm/spacing))) }

// median sorts its argument; zero when it is empty.
func median(x []float64) float64 {
	if len(x) == 0 {
		return 0
	}
	slices.Sort(x)
	return (x[(len(x)-1)/2] + x[len(x)/2]) / 2
}

// column is where the spine passes through every slice.
type column struct {
	at []geom.Voxel // X and Y within the slice
	ok []bool       // near enough to a vertebra, and the slice can be read
}

// halfPitchMM is how far above and below a vertebra's middle it still tells where the spine is.
const halfPitchMM = 30

func columnOf(v *volume.Volume, s *spine.Spine) column {
	c := column{make([]geom.Voxel, v.NZ), make([]bool, v.NZ)}
	for k := range v.NZ {
		least := math.Inf(1)
		for _, b := range s.Vertebrae {
			q := v.Voxel(b.Centroid())
			if d := math.Abs(q.Z-float64(k)) * float64(v.DZ); d < least {
				least, c.at[k] = d, q
			}
		}
		c.ok[k] = least < halfPitchMM && (v.Corrupt == nil || !v.Corrupt[k])
	}
	return c
}
