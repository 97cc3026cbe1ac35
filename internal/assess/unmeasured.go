package assess

import (
	"cmp"
	"context"
	"slices"

	"github.com/vertefill/vertefill/internal/cement"
	"github.com/vertefill/vertefill/internal/diag"
	"github.com/vertefill/vertefill/internal/filter"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/spine"
	"github.com/vertefill/vertefill/internal/unit"
)

// What is worth a word when no measurement counts it: as dense as cement, larger than a calcification, and no farther from the
// canal than a leak of a neighbouring body would be.
const (
	denseHU     = 1400
	denseML     = unit.ML(0.3)
	denseNearMM = 60.0
	shellMM     = 1.5 // dense cortex is a shell: this much off both sides leaves nothing of it
	solidShare  = 0.1 // of the volume that such a peeling leaves at least
)

// noteUnmeasured tells of dense material beside the spine that the measurement does not cover, such as cement in a body that could
// not be outlined: silence would read as "no cement".
func (r *run) noteUnmeasured(ctx context.Context) error {
	if r.spine.Canal == nil || len(r.spine.Vertebrae) == 0 {
		return nil // that no spine was found is said already
	}
	threshold := max(denseHU, int16(r.cement.BoneHU))
	islands, err := cement.Islands(ctx, r.work, r.work.Bounds(), threshold)
	if err != nil {
		return err
	}
	for _, island := range islands {
		if island.ML < denseML {
			break // they come in order of size
		}
		counted, middle := 0, geom.PatientVec{}
		island.Each(func(i0, i1, j, k int) {
			for i := i0; i < i1; i++ {
				if r.measured(i, j, k) {
					counted++
				}
			}
			mid := geom.Vox(float64(i0+i1-1)/2, float64(j), float64(k))
			middle = middle.Add(r.work.Patient(mid).Sub(geom.Patient{}).Mul(float64(i1-i0) / float64(island.Voxels)))
		})
		at := geom.Patient{}.Add(middle)
		if 2*counted >= island.Voxels || !r.besideCanal(at) || !r.solid(&island) {
			continue
		}
		r.sink.Add(diag.CodeDenseUnmeasured, r.vertebraAt(at).Level, diag.Args{"v": diag.Num{X: float64(island.ML), Decimals: 1}})
	}
	return nil
}

// solid tells a mass from a shell of dense cortex.
func (r *run) solid(island *cement.Island) bool {
	b := island.Box
	nx, ny, nz := b.Size()
	l := filter.NewLattice(nx, ny, nz, float64(r.work.DX), float64(r.work.DY), float64(r.work.DZ))
	island.Each(func(i0, i1, j, k int) {
		for i := i0; i < i1; i++ {
			l.On[b.Offset(i, j, k)] = true
		}
	})
	left := 0
	for _, on := range l.Eroded(shellMM).On {
		if on {
			left++
		}
	}
	return float64(left) >= solidShare*float64(island.Voxels)
}

// measured reports whether a voxel is cement or metal of the result.
func (r *run) measured(i, j, k int) bool {
	m := r.cement
	return m.Box.Contains(i, j, k) && m.Solid[m.Box.Offset(i, j, k)] != 0 || m.Metal.At(i, j, k) != 0
}

// vertebraAt returns the vertebra, measured or not, whose middle is closest.
func (r *run) vertebraAt(p geom.Patient) *spine.Vertebra {
	return slices.MinFunc(r.spine.Vertebrae, func(a, b *spine.Vertebra) int {
		return cmp.Compare(a.Centroid().Sub(p).Norm(), b.Centroid().Sub(p).Norm())
	})
}

// besideCanal reports whether a point lies level with the canal and near it.
func (r *run) besideCanal(p geom.Patient) bool {
	for _, s := range r.spine.Canal.Sections {
		if p.Sub(s.Centre).Norm() < denseNearMM {
			return true
		}
	}
	return false
}
