package render_test

import (
	"math"
	"testing"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/render"
)

// An oblique slab of a smooth image must have the extremes that dense sampling finds, also where it leaves the volume.
func TestObliqueSlabOfSmoothImage(t *testing.T) {
	blob := func(p geom.Patient) float64 {
		return 900*math.Exp(-(p.X*p.X+p.Y*p.Y+p.Z*p.Z)/60) - 500*math.Exp(-p.Sub(geom.LPS(8, 3, 5)).Dot(p.Sub(geom.LPS(8, 3, 5)))/40)
	}
	vol := fromFunc(grid(t, 40, 40, 1, 1, geom.LPS(-20, -20, -24), even(40, 1.2)...), blob)
	for turn := range 6 {
		v := view(oblique(geom.LPS(2, 1, 1), 0.5+0.9*float64(turn), 0.25*float64(turn)), 0.7, 71, 63)
		for _, mode := range []render.SlabMode{render.MIP, render.MinIP} {
			v.Slab = render.Slab{Thickness: 14, Mode: mode}
			hu := reslice(t, vol, v)
			patientFromScreen := v.PatientFromScreen()
			worst := 0.0
			for i, got := range hu.HU {
				want, n := math.Inf(-1), 0
				for s := range 281 {
					p := patientFromScreen.Apply(geom.Pt[geom.ScreenFrame](float64(i%hu.W), float64(i/hu.W), float64(s)/20-7))
					c := vol.Voxel(p)
					if min(c.X, c.Y, c.Z, 39-c.X, 39-c.Y, 39-c.Z) < 0 {
						continue
					}
					n++
					x := vol.Sample(c)
					if mode == render.MinIP {
						x = -x
					}
					want = max(want, x)
				}
				if n < 281 {
					continue // a ray that leaves the volume: its last half voxel counts as the border
				}
				if mode == render.MinIP {
					want = -want
				}
				worst = max(worst, math.Abs(float64(got)-want))
			}
			if worst > 12 { // of 900: what lies between two layers of voxels
				t.Errorf("turn %d, mode %d: off by up to %.1f HU", turn, mode, worst)
			}
		}
	}
}
