package phantom

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/unit"
)

var errOptions = errors.New("options")

// resolve draws what was left open.
func (o Options) resolve(seed uint64) (Options, error) {
	r := stream(seed, "options")
	if o.Variety == 0 {
		o.Variety = 1
	}
	count := 3 + r.IntN(3)
	first := anatomy.T1 + 6 + anatomy.Level(r.IntN(8))
	if o.First == anatomy.None {
		o.First = first
	}
	order := o.Numbering.order()
	if !o.Numbering.valid() {
		return o, fmt.Errorf("%w: numbering %q is not known", errOptions, o.Numbering)
	}
	if from := slices.Index(order, o.First); o.Last == anatomy.None && from >= 0 {
		o.Last = order[min(from+count-1, len(order)-1)]
	}
	if from, to := slices.Index(order, o.First), slices.Index(order, o.Last); from < 0 || to < from {
		return o, fmt.Errorf("%w: levels %s to %s; %s to %s can be made", errOptions, o.First, o.Last, order[0], order[len(order)-1])
	}
	if o.Matrix == 0 {
		o.Matrix = 256
	}
	o.FOVMM = unit.MM(r.or(float64(o.FOVMM), min(170, 0.35*float64(o.Matrix)), min(220, 0.6*float64(o.Matrix))))
	o.SliceMM = unit.MM(r.or(float64(o.SliceMM), 0.6, 1.25))
	spacing := float64(o.SliceMM)
	if r.chance(0.35) {
		spacing = max(0.5, spacing*r.between(0.6, 0.9))
	}
	if o.SpacingMM == 0 {
		o.SpacingMM = unit.MM(math.Round(spacing*100) / 100)
	}
	o.FWHMMM = unit.MM(r.or(float64(o.FWHMMM), 0.6, 1.3))
	o.FWHMMM = max(o.FWHMMM, 1.2*o.FOVMM/unit.MM(o.Matrix))
	o.NoiseHU = unit.HU(r.or(float64(o.NoiseHU), 10, 45))
	o.PreSliceMM = unit.MM(r.or(float64(o.PreSliceMM), 0.6, 1.5))
	if o.Scale == "" {
		o.Scale = TwelveBit
	}
	if o.Matrix < 16 || o.Matrix > 1024 || !(o.FOVMM > 0 && o.SliceMM > 0 && o.SpacingMM > 0 && o.PreSliceMM > 0) || o.Variety < 0 {
		return o, fmt.Errorf("%w: matrix %d, field of view %g mm, slices %g mm at %g mm", errOptions, o.Matrix, o.FOVMM, o.SliceMM, o.SpacingMM)
	}
	o.drawFractures(r)
	o.drawPlan(r)
	for _, t := range o.Plan {
		if !slices.Contains(o.levels(), t.Level) {
			return o, fmt.Errorf("%w: %s is treated but not in view", errOptions, t.Level)
		}
	}
	return o, nil
}

// levels are the complete vertebrae in view, from head to foot.
func (o Options) levels() []anatomy.Level {
	order := o.Numbering.order()
	return slices.Clone(order[slices.Index(order, o.First) : slices.Index(order, o.Last)+1])
}

func (o *Options) drawFractures(r random) {
	if o.Fractures != nil {
		return
	}
	o.Fractures = []Fracture{}
	for _, l := range o.levels() {
		if r.chance(0.25 * o.Variety) {
			o.Fractures = append(o.Fractures, Fracture{l, []Deformity{Wedge, Biconcave, Crush}[r.IntN(3)], 1 + min(r.IntN(3), r.IntN(3))})
		}
	}
}

// drawPlan treats one to three vertebrae; a third or more of them do not leak.
func (o *Options) drawPlan(r random) {
	if o.NoCement {
		o.Plan = nil
	}
	if o.NoCement || o.Plan != nil {
		return
	}
	o.Plan = []Treatment{}
	levels := o.levels()
	r.Shuffle(len(levels), func(i, j int) { levels[i], levels[j] = levels[j], levels[i] })
	n := min(len(levels), 1+r.IntN(3))
	for i, l := range levels[:n] {
		t := Treatment{Level: l, Bipedicular: r.chance(0.4), Prior: i > 0 && r.chance(0.3), Trocar: i == 0 && r.chance(0.1)}
		if !t.Prior && r.chance(0.62) {
			for range 1 + min(r.IntN(3), r.IntN(3)) {
				t.Leaks = append(t.Leaks, LeakPlan{Compartment: anatomy.Compartments[r.IntN(len(anatomy.Compartments))]})
			}
		}
		o.Plan = append(o.Plan, t)
	}
}
