package vertebra_test

import (
	"context"
	"math"
	"os"
	"strconv"
	"testing"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/phantom"
	"github.com/vertefill/vertefill/internal/unit"
	"github.com/vertefill/vertefill/internal/vertebra"
)

// repeatSD is the gate: standard deviation of one body's volume over kernels and slice thicknesses, %.
const repeatSD = 1.5

// TestRepeatability scans the same two bodies with five kernels and three slice thicknesses. VERTEFILL_REPEAT is the seed of the
// patient; without it nothing is done.
func TestRepeatability(t *testing.T) {
	seed, err := strconv.ParseUint(os.Getenv("VERTEFILL_REPEAT"), 10, 64)
	if err != nil {
		t.Skip("long: make accuracy runs it")
	}
	kernels := []struct {
		fwhm    unit.MM
		sharpen float64
		noise   unit.HU
	}{{0.75, 0, 35}, {0.95, 0, 25}, {1.2, 0, 15}, {1.5, 0, 10}, {0.85, 0.4, 40}}
	volumes := map[anatomy.Level][]float64{}
	for _, slice := range []unit.MM{0.6, 0.9, 1.25} {
		for n, k := range kernels {
			o := phantom.Options{First: anatomy.T12, Last: anatomy.L1, Matrix: 200, FOVMM: 120, FWHMMM: k.fwhm, Sharpen: k.sharpen, NoiseHU: k.noise,
				SliceMM: slice, SpacingMM: slice, NoPre: true, NoCement: true, Fractures: []phantom.Fracture{}}
			c, err := phantom.New(seed, o)
			if err != nil {
				t.Fatal(err)
			}
			w := c.Truth.Vertebrae[0]
			at := geom.LPS(w.CentroidLPS[0], w.CentroidLPS[1], w.CentroidLPS[2])
			s, err := vertebra.Find(context.Background(), c.Post, vertebra.Options{Seeds: []vertebra.Seed{{Level: w.Level, Point: at}}}, nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, w := range c.Truth.Vertebrae {
				v := s.Find(w.Level)
				if v == nil || !v.Complete {
					t.Errorf("%s was not outlined with kernel %d, %g mm", w.Level, n+1, slice)
					continue
				}
				e := 100 * (float64(v.BodyML)/w.BodyVolumeML - 1)
				t.Logf("%s kernel %d (%.2f mm, sharpened %.1f), slices %.2f mm: %.2f mL, true %.2f (%+.1f %%)", w.Level, n+1, k.fwhm, k.sharpen, slice, v.BodyML, w.BodyVolumeML, e)
				volumes[w.Level] = append(volumes[w.Level], e)
			}
		}
	}
	for l, v := range volumes {
		mean, sq := 0.0, 0.0
		for _, x := range v {
			mean += x / float64(len(v))
		}
		for _, x := range v {
			sq += (x - mean) * (x - mean)
		}
		sd := math.Sqrt(sq / float64(len(v)-1))
		t.Logf("%s over %d scans: mean error %+.1f %%, SD %.2f %% (<= %.1f)", l, len(v), mean, sd, repeatSD)
		if sd > repeatSD {
			t.Errorf("gate missed: repeatability of %s: SD %.2f %%", l, sd)
		}
	}
}
