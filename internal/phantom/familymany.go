package phantom

import (
	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/unit"
)

// manyCases is the number of cases in the family many: with first, hard and projected they are 300.
const manyCases = 200

// manyFamily mixes what varies between scanners, materials and patients, each by its own draw, so that every pair of difficulties meets.
func manyFamily() []Options {
	r := stream(20261128, "family many")
	out := make([]Options, manyCases)
	for n := range out {
		out[n] = manyCase(r)
	}
	return out
}

// manyCase draws one case of the family.
func manyCase(r random) Options {
	o := Options{
		First:   anatomy.T1 + 4 + anatomy.Level(r.IntN(11)),
		Matrix:  []int{256, 288, 320}[r.IntN(3)],
		FOVMM:   unit.MM(r.between(130, 185)),
		NoiseHU: unit.HU(r.logBetween(8, 60)),
		NoPre:   r.chance(0.3), Contrast: r.chance(0.2), Lytic: r.chance(0.2),
	}
	o.Last = min(anatomy.L5, o.First+2+anatomy.Level(r.IntN(2)))
	switch x := r.Float64(); {
	case x < 0.6:
		o.SliceMM = unit.MM(r.between(0.6, 1.25))
	case x < 0.7:
		o.SliceMM = unit.MM(r.between(1.25, 2))
	default:
		o.SliceMM = unit.MM(r.between(2, 3))
		o.PreSliceMM = unit.MM(r.between(0.8, 3))
	}
	if o.SliceMM > 1.25 || r.chance(0.6) {
		o.SpacingMM = o.SliceMM
	}
	if r.chance(0.4) {
		o.Sharpen = r.between(0.1, 0.6)
	}
	if r.chance(0.25) {
		o.Scale = Extended
	}
	plateau := func() unit.HU {
		if r.chance(0.35) {
			return unit.HU(r.between(3300, 8000))
		}
		return unit.HU(r.logBetween(1300, 3000))
	}
	levels := o.levels()
	r.Shuffle(len(levels), func(i, j int) { levels[i], levels[j] = levels[j], levels[i] })
	if r.chance(0.25) { // earlier cement next to the treated bodies, or in the one treated again
		at := levels[2]
		if r.chance(0.25) {
			at = levels[0]
		}
		o.Plan = append(o.Plan, Treatment{Level: at, Prior: true, Fill: unit.Fraction(r.between(0.08, 0.25)), PlateauHU: plateau()})
	}
	for i, l := range levels[:1+r.IntN(2)] {
		t := Treatment{Level: l, Fill: unit.Fraction(r.between(0.06, 0.4)), Bipedicular: r.chance(0.4), PlateauHU: plateau(), Trocar: i == 0 && r.chance(0.12)}
		if r.chance(0.6) {
			for range 1 + r.IntN(2) {
				t.Leaks = append(t.Leaks, LeakPlan{Compartment: anatomy.Compartments[r.IntN(len(anatomy.Compartments))], ML: unit.ML(r.logBetween(0.012, 0.8))})
			}
		}
		o.Plan = append(o.Plan, t)
	}
	return o
}
