package register

import (
	"context"
	"fmt"
	"math"
	"sync"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/volume"
)

// Region aligns two CTs that show one rigid thing, such as pieces cut round one vertebra, from a start within about 15 mm and 10
// degrees, without a spine. It is the last stage of Run on everything there is. The error is only that of the context.
func Region(ctx context.Context, post, pre *volume.Volume, start Rigid) (Fit, error) {
	fit := Fit{PreFromPost: start}
	spacing := max(1, 0.75*float64(max(post.MaxSpacing(), pre.MaxSpacing())))
	lo, hi := corners(post)
	preLo, preHi := corners(pre)
	var fixed, moving *image
	both(func() { fixed = lattice(post, lo, hi, spacing, 0) }, func() { moving = lattice(pre, preLo, preHi, spacing, 0) })
	excluded := cementMask(fixed, moving, start)
	centre := lo.Lerp(hi, 0.5)
	for _, level := range []struct {
		sigma          float64 // mm
		points, rounds int
	}{{3, 4000, 25}, {1.2, 12000, 15}, {0.7, 40000, 10}} {
		if err := ctx.Err(); err != nil {
			return Fit{}, fmt.Errorf("register: %w", err)
		}
		var pts []sample
		var blurred *image
		both(func() { pts = edges(fixed.blurred(level.sigma/spacing), excluded, level.points) }, func() { blurred = moving.blurred(level.sigma / spacing) })
		if len(pts) < 200 {
			fit.Reason = "too little bone without cement to align"
			return fit, nil
		}
		fit.PreFromPost, fit.Correlation, fit.ResidualMM = refine(pts, blurred, fit.PreFromPost, centre, globalTrim, level.rounds)
	}
	switch {
	case fit.Correlation < minCorrelation:
		fit.Reason = fmt.Sprintf("the images do not match (correlation %.2f)", fit.Correlation)
	case fit.ResidualMM > maxResidualMM:
		fit.Reason = fmt.Sprintf("edges stay %.1f mm apart", fit.ResidualMM)
	default:
		fit.OK = true
	}
	return fit, nil
}

// both does two things at once.
func both(a, b func()) {
	var wg sync.WaitGroup
	wg.Go(a)
	b()
	wg.Wait()
}

// edges returns about n nodes of the image, evenly taken among those that tell most about the pose: where it changes by more than
// 20 HU per mm.
func edges(im *image, excluded []bool, n int) []sample {
	const leastHU = 20.0
	limit := float32(leastHU * 2 * im.spacing)
	sy, sz := im.n[0], im.n[0]*im.n[1]
	var out []sample
	for k := 1; k < im.n[2]-1; k++ {
		for j := 1; j < im.n[1]-1; j++ {
			for i := 1; i < im.n[0]-1; i++ {
				o := i + sy*j + sz*k
				dx, dy, dz := im.v[o+1]-im.v[o-1], im.v[o+sy]-im.v[o-sy], im.v[o+sz]-im.v[o-sz]
				if !excluded[o] && dx*dx+dy*dy+dz*dz > limit*limit {
					out = append(out, sample{geom.Patient{}, float64(o)})
				}
			}
		}
	}
	out = thin(out, n)
	for s, p := range out {
		o := int(math.Round(p.hu))
		out[s] = sample{im.node(o), float64(im.v[o])}
	}
	return out
}
