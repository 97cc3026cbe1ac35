package study

import (
	"context"
	"math"
	"sync"

	"github.com/vertefill/vertefill/internal/dicomio"
)

// The quick look for cement. Slices are thinned to one each lookEveryMM; a voxel counts when it is denser than cortical bone usually
// is and lies where the spine can be: in the middle of the body from side to side, not in its front.
const (
	lookEveryMM  = 4.0
	maxLooks     = 80
	denseHU      = 1300
	bodyHU       = -300
	halfWidthMM  = 55   // from the midline of the body
	frontPart    = 0.3  // of the body's depth that cannot hold the spine
	minPatchMM2  = 12.0 // less in a slice is cortex or calcification
	thinBodyPart = 0.02 // of the picture: less is air with a table
)

// look estimates the dense material near the spine of every scan.
func look(ctx context.Context, groups []*acquisition) error {
	for _, g := range groups {
		x := g.series[0]
		if math.IsNaN(x.DenseML) {
			ml, err := denseNearSpine(ctx, x.Main())
			if err != nil {
				return err
			}
			x.DenseML = ml
		}
		g.dense = x.DenseML
	}
	return nil
}

// denseNearSpine returns the volume in mL.
func denseNearSpine(ctx context.Context, s *dicomio.Stack) (float64, error) {
	g := s.Grid
	step := max(1, int(lookEveryMM/float64(g.DZ)), (g.NZ+maxLooks-1)/maxLooks)
	var ks []int
	for k := step / 2; k < g.NZ; k += step {
		ks = append(ks, k)
	}
	var mu sync.Mutex
	mm3 := 0.0
	err := s.Slices(ctx, ks, func(_ int, hu []int16) {
		a := densePatch(hu, g.NX, g.NY, float64(g.DX), float64(g.DY))
		mu.Lock()
		defer mu.Unlock()
		mm3 += a * float64(g.DZ) * float64(step)
	})
	return mm3 / 1000, err
}

// densePatch returns the area in mm2 of dense voxels that have dense neighbours on all sides, near the spine of an axial slice.
func densePatch(hu []int16, nx, ny int, dx, dy float64) float64 {
	x0, x1, y0, y1, n := nx, -1, ny, -1, 0
	for j := 0; j < ny; j += 2 {
		row := hu[j*nx : (j+1)*nx]
		for i := 0; i < nx; i += 2 {
			if row[i] > bodyHU {
				x0, x1, y0, y1 = min(x0, i), max(x1, i), min(y0, j), max(y1, j)
				n++
			}
		}
	}
	if float64(n) < thinBodyPart*float64(nx*ny)/4 {
		return 0
	}
	mid, half := (x0+x1)/2, int(halfWidthMM/dx)
	x0, x1 = max(1, x0, mid-half), min(nx-2, x1, mid+half)
	y0, y1 = max(1, y0+int(frontPart*float64(y1-y0))), min(ny-2, y1)
	count := 0
	for j := y0; j <= y1; j++ {
		for i := x0; i <= x1; i++ {
			o := j*nx + i
			if hu[o] >= denseHU && hu[o-1] >= denseHU && hu[o+1] >= denseHU && hu[o-nx] >= denseHU && hu[o+nx] >= denseHU {
				count++
			}
		}
	}
	if a := float64(count) * dx * dy; a >= minPatchMM2 {
		return a
	}
	return 0
}
