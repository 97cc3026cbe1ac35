package cement

import (
	"math"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/diag"
	"github.com/vertefill/vertefill/internal/unit"
)

const faintFactor = 1.3 // of bone's 99.9th percentile: below, cement and bone are hard to tell apart

// metalError is the relative standard deviation that metal next to cement adds.
const metalError = 0.04

// doubtNearMetal widens the error of the masses near metal.
func (w *work) doubtNearMetal(m *Map, metal map[*mass]float64) {
	for o, own := range m.Batch {
		if own == 0 {
			continue
		}
		if _, near := metal[w.masses[own-1]]; near {
			m.Scale[o] = -float32(math.Hypot(float64(m.Scale[o]), metalError))
		}
	}
}

// report copies what is known of the masses into the map and notes what touches its numbers.
func (w *work) report(m *Map, sink *diag.Sink) {
	metal := map[*mass]float64{}
	if m.MetalObjects > 0 {
		metal = w.metalNear()
	}
	w.doubtNearMetal(m, metal)
	for _, s := range w.masses {
		d, near := metal[s]
		if near && !s.prior {
			sink.Add(diag.CodeMetalNear, s.level, diag.Args{"x": diag.Num{X: d, Decimals: 1}})
		}
		m.Batches = append(m.Batches, Batch{
			Level: s.level, Prior: s.prior, PlateauHU: unit.HU(s.plateau), Saturated: s.saturated,
			CoreML: unit.MM3(s.coreMM3).ML(), ErrorHU: unit.HU(s.errorHU), MetalNear: near,
		})
		if s.saturated && !s.prior {
			sink.Add(diag.CodeCementSaturated, s.level, diag.Args{"x": int(w.v.CeilingHU), "p": diag.Percent(float64(m.SaturatedFraction))})
		}
		if s.plateau < faintFactor*w.boneHU && !s.prior {
			sink.Add(diag.CodeCementFaint, s.level, nil)
		}
		if w.pre == nil && highestSeed*s.plateau < w.boneHU {
			sink.Add(diag.CodeLeaksMayHide, s.level, nil)
		}
	}
	for _, v := range w.spine.Vertebrae {
		if w.calcified[v.Level] {
			sink.Add(diag.CodeCalcificationNear, v.Level, nil)
		}
	}
	if m.MetalObjects > 0 {
		sink.Add(diag.CodeMetalExcluded, anatomy.None, diag.Args{"n": m.MetalObjects})
	}
	if w.pre == nil {
		sink.Add(diag.CodeNoPre, anatomy.None, nil)
	}
}
