package phantom

import (
	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/unit"
)

// Families are the names that Family knows.
var Families = []string{"first", "hard", "wide", "intact", "projected", "many"}

// Family returns the options of a named set of cases; case n is made with seed n. An unknown name gives nil.
//
//   - first: 36 cases with slices of 0.6 to 1.25 mm, every compartment, old cement, trocars, fractures as they fall
//   - hard: 24 cases with slices of 2 to 3 mm or saturated plateaus or severe fractures, some with a sharp kernel
//   - wide: 6 cases with the field of view of a whole trunk, 512 pixels a side
//   - projected: 40 cases as in first, the post CT made in the projection domain
//   - intact: 12 spines without cement
//   - many: 200 cases that mix slices of 0.6 to 3 mm, kernels, noise, hidden plateaus, extended scales, with and without a pre CT
func Family(name string) []Options {
	r := stream(20260301, "family "+name)
	var out []Options
	switch name {
	case "first":
		for n := range 36 {
			o := familyCase(r, n)
			o.SliceMM = unit.MM(r.between(0.6, 1.25))
			if n%4 == 3 {
				o.Scale = Extended
			}
			out = append(out, o)
		}
	case "hard":
		for n := range 24 {
			o := familyCase(r, n)
			hardCase(r, n, &o)
			out = append(out, o)
		}
	case "wide":
		for n := range 6 {
			o := familyCase(r, n)
			o.Matrix, o.FOVMM = 512, unit.MM(r.between(350, 450))
			o.SliceMM, o.SpacingMM = 1.25, 1.25
			out = append(out, o)
		}
	case "projected":
		for n := range 40 {
			o := familyCase(r, n)
			o.Matrix, o.Projected = 256, true
			o.SliceMM = unit.MM(r.between(0.8, 1.25))
			o.SpacingMM = o.SliceMM
			if n%4 == 3 {
				o.Scale = Extended
			}
			out = append(out, o)
		}
	case "many":
		out = manyFamily()
	case "intact":
		for n := range 12 {
			o := familyCase(r, n)
			o.Plan, o.NoCement, o.NoPre = nil, true, true
			o.SliceMM = unit.MM(r.between(0.6, 1.25))
			out = append(out, o)
		}
	}
	return out
}

// familyCase is three or four vertebrae, one or two of them treated: a leak of the next compartment in turn, or none in two of
// five treated vertebrae.
func familyCase(r random, n int) Options {
	o := Options{
		First:   anatomy.T1 + 5 + anatomy.Level(r.IntN(10)),
		Matrix:  []int{256, 288, 320}[r.IntN(3)],
		NoiseHU: unit.HU(r.between(10, 45)),
		NoPre:   n%6 == 5,
	}
	o.Last = min(anatomy.L5, o.First+2+anatomy.Level(r.IntN(2)))
	o.FOVMM = unit.MM(r.between(135, 180))
	o.Contrast, o.Lytic = r.chance(0.25), r.chance(0.25)
	if r.chance(0.25) {
		o.Sharpen = r.between(0.1, 0.5)
	}
	levels := o.levels()
	r.Shuffle(len(levels), func(i, j int) { levels[i], levels[j] = levels[j], levels[i] })
	count := 1 + r.IntN(2)
	for i, l := range levels[:count] {
		t := Treatment{Level: l, Fill: unit.Fraction(r.between(0.06, 0.4)), Bipedicular: r.chance(0.4), PlateauHU: unit.HU(r.logBetween(1300, 3000))}
		if k := 2*n + i; k%5 < 3 {
			t.Leaks = append(t.Leaks, LeakPlan{Compartment: anatomy.Compartments[(n+4*i)%len(anatomy.Compartments)], ML: unit.ML(r.logBetween(0.03, 0.8))})
			if r.chance(0.35) {
				t.Leaks = append(t.Leaks, LeakPlan{Compartment: anatomy.Compartments[r.IntN(len(anatomy.Compartments))], ML: unit.ML(r.logBetween(0.02, 0.3))})
			}
		}
		o.Plan = append(o.Plan, t)
	}
	if n%4 == 1 {
		o.Plan = append(o.Plan, Treatment{Level: levels[count], Prior: true, Fill: unit.Fraction(r.between(0.1, 0.3)), PlateauHU: unit.HU(r.logBetween(1500, 4000))})
	}
	if n%8 == 4 {
		o.Plan[0].Trocar = true
	}
	return o
}

// hardCase makes one thing hard in turn.
func hardCase(r random, n int, o *Options) {
	o.SliceMM = unit.MM(r.between(0.6, 1.25))
	switch n % 3 {
	case 0:
		o.SliceMM = unit.MM(r.between(2, 3))
		o.SpacingMM = o.SliceMM
	case 1:
		for i := range o.Plan {
			o.Plan[i].PlateauHU = unit.HU(r.between(3600, 8000))
		}
	case 2:
		for _, l := range o.levels() {
			if r.chance(0.7) {
				o.Fractures = append(o.Fractures, Fracture{l, []Deformity{Wedge, Biconcave, Crush}[r.IntN(3)], 2 + r.IntN(2)})
			}
		}
	}
}

// Demo returns seed and options of the built-in case: a patient with myeloma from T8 to L1; T9 treated, with cement in the canal and in
// a vein; T12 treated, with cement in the disc; T10 with old cement.
func Demo() (seed uint64, o Options) {
	return 9, Options{
		First: anatomy.T1 + 7, Last: anatomy.L1, Matrix: 320, FOVMM: 180, SliceMM: 1.25, SpacingMM: 1.1, FWHMMM: 0.9, NoiseHU: 22, PreSliceMM: 1.25, Lytic: true,
		Fractures: []Fracture{{anatomy.T9, Wedge, 1}, {anatomy.T12, Biconcave, 2}},
		Plan: []Treatment{
			{Level: anatomy.T9, Fill: 0.26, PlateauHU: 2600, Leaks: []LeakPlan{
				{Compartment: anatomy.Canal, Type: anatomy.TypeB, ML: 0.22},
				{Compartment: anatomy.ParavertebralVein, Type: anatomy.TypeS, Side: anatomy.Left, ML: 0.12},
			}},
			{Level: anatomy.T12, Fill: 0.21, PlateauHU: 2600, Bipedicular: true, Leaks: []LeakPlan{{Compartment: anatomy.DiscInferior, ML: 0.35}}},
			{Level: anatomy.T10, Fill: 0.17, PlateauHU: 1900, Prior: true},
		},
	}
}
