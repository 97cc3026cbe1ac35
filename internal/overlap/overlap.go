// Package overlap compares two masks of the same thing, voxel by voxel: how much they share, and how far their surfaces lie apart.
// Distances are mm between the centres of surface voxels; it knows nothing of what the masks show.
package overlap

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/vertefill/vertefill/internal/filter"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/volume"
)

// Measures say how far two masks agree.
type Measures struct {
	Dice   float64 // 2 |A and B| / (|A| + |B|)
	MeanMM float64 // mean distance of the surface voxels of each to the surface of the other, both ways together
	P95MM  float64 // 95th percentile of the same distances: the robust Hausdorff distance
}

// Compare compares the voxels of two masks for which want is true. ok is false when either has none. The grids must be the same;
// slices count as evenly spaced.
func Compare(ctx context.Context, a, b *volume.Labels, want func(uint8) bool) (o Measures, ok bool, err error) {
	if err := sameGrid(a.Grid, b.Grid); err != nil {
		return o, false, err
	}
	boxA, boxB := extentOf(a, want), extentOf(b, want)
	if boxA.Empty() || boxB.Empty() {
		return o, false, nil
	}
	box := geom.Box{
		Min: geom.Index{I: min(boxA.Min.I, boxB.Min.I), J: min(boxA.Min.J, boxB.Min.J), K: min(boxA.Min.K, boxB.Min.K)},
		Max: geom.Index{I: max(boxA.Max.I, boxB.Max.I), J: max(boxA.Max.J, boxB.Max.J), K: max(boxA.Max.K, boxB.Max.K)},
	}
	la, lb := latticeOf(a, box, want), latticeOf(b, box, want)
	both, sum := 0, 0
	for i := range la.On {
		if la.On[i] {
			sum++
		}
		if lb.On[i] {
			sum++
		}
		if la.On[i] && lb.On[i] {
			both++
		}
	}
	o.Dice = 2 * float64(both) / float64(sum)
	sa, sb := surfaceOf(la), surfaceOf(lb)
	var distances []float64
	for _, x := range [2][2]*filter.Lattice{{sa, sb}, {sb, sa}} {
		d, err := x[1].Distance(ctx)
		if err != nil {
			return o, false, fmt.Errorf("overlap: %w", err)
		}
		for i, on := range x[0].On {
			if on {
				distances = append(distances, float64(d[i]))
			}
		}
	}
	slices.Sort(distances)
	for _, d := range distances {
		o.MeanMM += d / float64(len(distances))
	}
	o.P95MM = distances[min(len(distances)-1, int(math.Ceil(0.95*float64(len(distances))))-1)]
	return o, true, nil
}

func sameGrid(a, b *volume.Grid) error {
	far := func(p, q geom.Patient) bool { return p.Sub(q).Norm() > 0.1 }
	if a.NX != b.NX || a.NY != b.NY || a.NZ != b.NZ || far(a.Patient(geom.Vox(0, 0, 0)), b.Patient(geom.Vox(0, 0, 0))) ||
		far(a.Patient(geom.Vox(float64(a.NX-1), float64(a.NY-1), float64(a.NZ-1))), b.Patient(geom.Vox(float64(b.NX-1), float64(b.NY-1), float64(b.NZ-1)))) {
		return fmt.Errorf("overlap: masks of different grids cannot be compared")
	}
	return nil
}

// extentOf is the box of the wanted voxels.
func extentOf(l *volume.Labels, want func(uint8) bool) geom.Box {
	var out geom.Box
	first := true
	n := 0
	for k := l.Box.Min.K; k < l.Box.Max.K; k++ {
		for j := l.Box.Min.J; j < l.Box.Max.J; j++ {
			for i := l.Box.Min.I; i < l.Box.Max.I; i++ {
				if v := l.V[n]; v != 0 && want(v) {
					if first {
						out, first = geom.Box{Min: geom.Index{I: i, J: j, K: k}, Max: geom.Index{I: i + 1, J: j + 1, K: k + 1}}, false
					}
					out.Min = geom.Index{I: min(out.Min.I, i), J: min(out.Min.J, j), K: min(out.Min.K, k)}
					out.Max = geom.Index{I: max(out.Max.I, i+1), J: max(out.Max.J, j+1), K: max(out.Max.K, k+1)}
				}
				n++
			}
		}
	}
	return out
}

func latticeOf(l *volume.Labels, box geom.Box, want func(uint8) bool) *filter.Lattice {
	nx, ny, nz := box.Size()
	out := filter.NewLattice(nx, ny, nz, float64(l.Grid.DX), float64(l.Grid.DY), float64(l.Grid.DZ))
	n := 0
	for k := box.Min.K; k < box.Max.K; k++ {
		for j := box.Min.J; j < box.Max.J; j++ {
			for i := box.Min.I; i < box.Max.I; i++ {
				if l.Box.Contains(i, j, k) {
					v := l.V[l.Box.Offset(i, j, k)]
					out.On[n] = v != 0 && want(v)
				}
				n++
			}
		}
	}
	return out
}

// surfaceOf keeps the cells with an off cell beside one of their six faces.
func surfaceOf(l *filter.Lattice) *filter.Lattice {
	out := filter.NewLattice(l.NX, l.NY, l.NZ, l.DX, l.DY, l.DZ)
	n := 0
	for k := range l.NZ {
		for j := range l.NY {
			for i := range l.NX {
				out.On[n] = l.On[n] && !(l.At(i-1, j, k) && l.At(i+1, j, k) && l.At(i, j-1, k) && l.At(i, j+1, k) && l.At(i, j, k-1) && l.At(i, j, k+1))
				n++
			}
		}
	}
	return out
}
