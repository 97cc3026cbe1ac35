package assess

import (
	"math"
	"testing"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/spine"
	"github.com/vertefill/vertefill/internal/unit"
)

// column is a spine from T9 to L3 with usual heights; squeeze changes one of them.
func column(squeeze func(v *spine.Vertebra)) *spine.Spine {
	s := &spine.Spine{}
	for l := anatomy.T9; l <= anatomy.L3; l++ {
		h := unit.MM(usualHeights[l-anatomy.T1])
		v := &spine.Vertebra{Level: l, Complete: true, Heights: spine.Heights{Anterior: h, Middle: 0.9 * h, Posterior: h}}
		v.PatientFromBody.M = [9]float64{1, 0, 0, 0, 1, 0, 0, 0, 1}
		squeeze(v)
		s.Vertebrae = append(s.Vertebrae, v)
	}
	return s
}

func TestGenantGrade(t *testing.T) {
	const at = 3 // T12
	for _, q := range []struct {
		anterior, middle, posterior unit.MM // shares
		want                        int
	}{{1, 1, 1, 0}, {0.85, 1, 1, 0}, {0.76, 0.9, 1, 1}, {0.7, 0.8, 0.95, 2}, {1, 0.65, 1, 2}, {0.55, 0.55, 0.55, 3}} {
		for _, unknown := range []bool{false, true} {
			s := column(func(v *spine.Vertebra) {
				if v.Level == anatomy.T12 {
					v.Heights.Anterior, v.Heights.Middle, v.Heights.Posterior = v.Heights.Anterior*q.anterior, v.Heights.Middle*q.middle, v.Heights.Posterior*q.posterior
				}
				if v.Level == anatomy.T11 { // a second fracture beside must not be a reference
					v.Heights.Anterior *= 0.6
				}
			})
			for n, v := range s.Vertebrae {
				if unknown {
					v.Level = anatomy.Unknown(n + 1)
				}
			}
			var line Vertebra
			morphometry(&line, s, at)
			if line.GenantGrade == nil || *line.GenantGrade != q.want {
				t.Errorf("%v, names unknown %v: grade %v, want %d", q, unknown, line.GenantGrade, q.want)
			}
			if line.LocalCobbDegrees == nil || line.PreHeightsMM != nil || line.Restoration != nil {
				t.Errorf("angle %v, heights before %v", line.LocalCobbDegrees, line.PreHeightsMM)
			}
		}
	}
	// With one neighbour there is nothing to compare with.
	s := column(func(*spine.Vertebra) {})
	s.Vertebrae = s.Vertebrae[:2]
	var line Vertebra
	morphometry(&line, s, 0)
	if line.GenantGrade != nil {
		t.Errorf("grade %d from one neighbour", *line.GenantGrade)
	}
}

func TestRestoration(t *testing.T) {
	s := column(func(v *spine.Vertebra) {
		if v.Level == anatomy.T12 {
			v.Before = &spine.Heights{Anterior: v.Heights.Anterior * 0.6, Middle: v.Heights.Middle * 0.7, Posterior: v.Heights.Posterior, WedgeRadians: 0.2}
			v.Heights.Anterior *= 0.8
			v.Heights.Middle *= 0.7
		}
	})
	var line Vertebra
	morphometry(&line, s, 3)
	r := line.Restoration
	if r == nil || math.Abs(r.AnteriorMM-0.2*22.7) > 0.01 || r.MiddleMM != 0 || r.PosteriorMM != 0 {
		t.Fatalf("restored %+v", r)
	}
	if r.AnteriorPercent == nil || math.Abs(*r.AnteriorPercent-50) > 3 {
		t.Errorf("half of the anterior loss was restored: %v", *r.AnteriorPercent)
	}
	if r.MiddlePercent == nil || *r.MiddlePercent != 0 || r.PosteriorPercent != nil {
		t.Errorf("middle %v, posterior %v per cent", r.MiddlePercent, r.PosteriorPercent)
	}
	if line.PreHeightsMM == nil || math.Abs(line.PreHeightsMM.Anterior-0.6*22.7) > 0.01 || math.Abs(*line.PreWedgeAngleDegrees-11.46) > 0.01 {
		t.Errorf("before: %+v, %v degrees", line.PreHeightsMM, line.PreWedgeAngleDegrees)
	}
}
