package assess_test

import (
	"math"
	"os"
	"strconv"
	"testing"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/phantom"
	"github.com/vertefill/vertefill/internal/unit"
)

// repeatSD is the gate: standard deviation of the fill of one body over kernels and slice thicknesses, percentage points.
const repeatSD = 0.7

// TestRepeatability scans the same patient with five kernels and three slice thicknesses, pre and post, and measures all of it: fill,
// leak, narrowing of the canal. VERTEFILL_REPEAT is the seed of the patient; without it nothing is done.
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
	errors := map[string][]float64{}
	for _, slice := range []unit.MM{0.6, 0.9, 1.25} {
		for _, k := range kernels {
			c, err := phantom.New(seed, phantom.Options{First: anatomy.T12, Last: anatomy.L1.Below(1), Matrix: 240, FOVMM: 130, FWHMMM: k.fwhm, Sharpen: k.sharpen, NoiseHU: k.noise,
				SliceMM: slice, SpacingMM: slice, PreSliceMM: 1, Fractures: []phantom.Fracture{{Level: anatomy.L1, Deformity: phantom.Wedge, Grade: 1}},
				Plan: []phantom.Treatment{{Level: anatomy.L1, Fill: 0.22, PlateauHU: 2300, Leaks: []phantom.LeakPlan{{Compartment: anatomy.Canal, ML: 0.25}}}}})
			if err != nil {
				t.Fatal(err)
			}
			r := measure(t, seed, c)
			for _, v := range c.Truth.Vertebrae {
				for _, o := range r.Report.Vertebrae {
					if o.Level == v.Level && v.Treated {
						errors["fill, points"] = append(errors["fill, points"], 100*(o.FillRatio-v.FillRatio))
						t.Logf("FWHM %.2f mm, sharpened %.1f, slices %.2f mm: fill %.2f %%, true %.2f", k.fwhm, k.sharpen, slice, 100*o.FillRatio, 100*v.FillRatio)
					}
				}
			}
			truth := c.Truth.Leaks[0]
			for _, l := range r.Report.Leaks {
				if l.Compartment == truth.Compartment && l.CanalEncroachmentMM != nil {
					errors["leak volume, %"] = append(errors["leak volume, %"], 100*(l.VolumeML/truth.VolumeML-1))
					errors["canal, mm"] = append(errors["canal, mm"], *l.CanalEncroachmentMM-*truth.CanalEncroachmentMM)
					errors["canal, points"] = append(errors["canal, points"], 100*(*l.CanalEncroachmentFraction-*truth.CanalEncroachmentFraction))
					break
				}
			}
		}
	}
	for _, name := range []string{"fill, points", "leak volume, %", "canal, mm", "canal, points"} {
		x := errors[name]
		m, sq := mean(x), 0.0
		for _, e := range x {
			sq += (e - m) * (e - m)
		}
		sd := math.Sqrt(sq / float64(max(1, len(x)-1)))
		t.Logf("%s over %d scans: mean error %+.2f, SD %.2f, worst %.2f", name, len(x), m, sd, quantile(x, 1))
		if name == "fill, points" && (sd > repeatSD || len(x) != 15) {
			t.Errorf("gate missed: repeatability of fill over %d scans: SD %.2f points", len(x), sd)
		}
	}
}
