package register_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/register"
	"github.com/vertefill/vertefill/internal/volume"
)

// texture is a smooth field of CT numbers in patient space: truth for any motion without interpolation.
func texture(p geom.Patient) float64 {
	s := math.Sin
	return 150 + 120*s(p.X/5+s(p.Y/9))*s(p.Y/6+1)*s(p.Z/7+p.X/11) + 90*s(p.X/13+p.Z/10)*s(p.Y/11-p.Z/17)
}

func regionVolume(t *testing.T, half float64, at func(geom.Patient) float64) *volume.Volume {
	t.Helper()
	const dx, dz = 0.6, 1.0
	nx, nz := int(2*half/dx), int(2*half/dz)
	g, err := volume.NewRegularGrid(nx, nx, nz, geom.FromAxes[geom.PatientFrame, geom.VoxelFrame](geom.LPS(-half, -half, -half),
		geom.LPSVec(dx, 0, 0), geom.LPSVec(0, dx, 0), geom.LPSVec(0, 0, dz)), "")
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, uint64(nx)))
	v := volume.New(g)
	for o := range v.HU {
		p := g.Patient(geom.Vox(float64(o%nx), float64(o/nx%nx), float64(o/nx/nx)))
		v.HU[o] = int16(math.Round(at(p) + 20*rng.NormFloat64()))
	}
	return v
}

// TestRegionFindsTheMotion moves a field by up to 6 degrees and 7 mm, adds a mass of cement to the post CT alone, and asks for the
// motion back at the corners.
func TestRegionFindsTheMotion(t *testing.T) {
	for seed := range uint64(4) {
		rng := rand.New(rand.NewPCG(9, seed))
		axis := geom.LPSVec(rng.NormFloat64(), rng.NormFloat64(), rng.NormFloat64()).Unit()
		shift := geom.LPSVec(rng.NormFloat64(), rng.NormFloat64(), rng.NormFloat64()).Unit().Mul(7)
		truth := geom.Compose(geom.Translation(shift), geom.Rotation(geom.LPS(3, -4, 5), axis, 0.1))
		back := truth.MustInverse()
		post := regionVolume(t, 26, func(p geom.Patient) float64 {
			if p.Dist(geom.LPS(4, 2, -3)) < 7 {
				return 2000
			}
			return texture(p)
		})
		pre := regionVolume(t, 40, func(q geom.Patient) float64 { return texture(back.Apply(q)) })
		fit, err := register.Region(context.Background(), post, pre, geom.Identity[geom.PatientFrame, geom.PatientFrame]())
		if err != nil || !fit.OK {
			t.Fatalf("seed %d: %v %s", seed, err, fit.Reason)
		}
		for n := range 8 {
			p := geom.LPS(float64(n&1)*52-26, float64(n>>1&1)*52-26, float64(n>>2)*52-26)
			if d := fit.PreFromPost.Apply(p).Dist(truth.Apply(p)); d > 0.1 {
				t.Errorf("seed %d: corner %v is %.3f mm off", seed, p, d)
			}
		}
	}
}

// TestRegionRefusesStrangers: two images that have nothing in common give no fit.
func TestRegionRefusesStrangers(t *testing.T) {
	post := regionVolume(t, 26, texture)
	pre := regionVolume(t, 40, func(p geom.Patient) float64 { return 150 + 200*math.Sin(p.X*1.7)*math.Sin(p.Y*0.9+2)*math.Sin(p.Z/2) })
	fit, err := register.Region(context.Background(), post, pre, geom.Identity[geom.PatientFrame, geom.PatientFrame]())
	if err != nil || fit.OK || fit.Reason == "" {
		t.Errorf("strangers fit with correlation %.2f, %v", fit.Correlation, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := register.Region(ctx, post, pre, geom.Identity[geom.PatientFrame, geom.PatientFrame]()); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled registration gave %v", err)
	}
}
