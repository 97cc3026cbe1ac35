package cement

import (
	"context"
	"fmt"
	"runtime"
	"sync"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/unit"
	"github.com/vertefill/vertefill/internal/volume"
)

// Island is a 26-connected set of voxels at or above a CT number.
type Island struct {
	Box    geom.Box
	Voxels int
	ML     unit.ML // by whole voxels, through the true slice weights
	MeanHU unit.HU
	runs   []run
}

// Each calls f for every stretch of voxels from (i0, j, k) up to but not including (i1, j, k), in the order of the array.
func (s *Island) Each(f func(i0, i1, j, k int)) {
	for _, r := range s.runs {
		f(r.i0, r.i1, r.j, r.k)
	}
}

// Islands returns what a fixed threshold shows within a box of the volume, the largest first. This is the simple look at a slider
// and the yardstick of other programs; Segment measures. It costs one pass over the voxels. The error is only that of the context.
func Islands(ctx context.Context, v *volume.Volume, box geom.Box, threshold int16) ([]Island, error) {
	box = box.Intersect(v.Bounds())
	slabs := make([][]run, max(0, box.Max.K-box.Min.K))
	var wg sync.WaitGroup
	workers := runtime.GOMAXPROCS(0)
	for w := range workers {
		wg.Go(func() {
			for n := w; n < len(slabs) && ctx.Err() == nil; n += workers {
				slabs[n] = sparseRuns(v, box, box.Min.K+n, threshold)
			}
		})
	}
	wg.Wait()
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("cement: islands: %w", err)
	}
	var runs []run
	for _, s := range slabs {
		runs = append(runs, s...)
	}
	pieces := join(runs)
	out := make([]Island, len(pieces))
	for n, c := range pieces {
		out[n] = measured(v, c)
	}
	return out, nil
}

// sparseRuns is runsAbove for one slice in which hardly a voxel reaches the threshold: eight at a time are passed over.
func sparseRuns(v *volume.Volume, box geom.Box, k int, threshold int16) []run {
	var out []run
	below := int32(threshold) - 1
	for j := box.Min.J; j < box.Max.J; j++ {
		o := v.NX * (j + v.NY*k)
		row := v.HU[o+box.Min.I : o+box.Max.I]
		for i := 0; i < len(row); {
			if i+8 <= len(row) {
				e := row[i : i+8 : i+8]
				// A difference is negative where a voxel reaches the threshold.
				if (below-int32(e[0]))|(below-int32(e[1]))|(below-int32(e[2]))|(below-int32(e[3]))|
					(below-int32(e[4]))|(below-int32(e[5]))|(below-int32(e[6]))|(below-int32(e[7])) >= 0 {
					i += 8
					continue
				}
			}
			for i < len(row) && row[i] < threshold {
				i++
			}
			start := i
			for i < len(row) && row[i] >= threshold {
				i++
			}
			if i > start {
				out = append(out, run{j, k, box.Min.I + start, box.Min.I + i})
			}
		}
	}
	return out
}

func measured(v *volume.Volume, c component) Island {
	var sum int64
	var mm3 unit.MM3
	for _, r := range c.runs {
		o := v.NX * (r.j + v.NY*r.k)
		for _, hu := range v.HU[o+r.i0 : o+r.i1] {
			sum += int64(hu)
		}
		mm3 += v.VoxelVolume(r.k) * unit.MM3(r.i1-r.i0)
	}
	return Island{Box: c.box, Voxels: c.voxels, ML: mm3.ML(), MeanHU: unit.HU(float64(sum) / float64(c.voxels)), runs: c.runs}
}
