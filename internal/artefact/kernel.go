package artefact

import (
	"math"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/mesh"
	"github.com/vertefill/vertefill/internal/volume"
)

const (
	edgeFromMM, edgeToMM = -2.25, 2.25 // from the edge, inside first
	edgeStepMM           = 0.25
	edgeUpright          = 0.72 // least share of a normal within slices: across them the slice's profile blurs, not the kernel
	edgeRays             = 3000 // looked at, at most
	edgeLeastRays        = 150  // that pass
	edgeStepHU           = 700  // less is no cement
	edgeInsideFlat       = 0.08 // of the step: what lies beyond the edge must not change by more
	edgeOutsideFlat      = 0.06
	edgeOvershoot        = 0.006 // of the step on both sides; soft kernels stay within 0.002, cupping raises only the inside
	edgeUndershoot       = 0.012 // of the step outside alone, where the ceiling of the scale hides the inside
)

// Overshoot finds the bright and dark lines that a sharp kernel draws along the edge of cement, given its surface: the median profile
// across the walls that stand in the slices. It returns how far they rise, and is not ok for soft kernels or too little edge.
func Overshoot(v *volume.Volume, m *mesh.Mesh) (hu float64, ok bool) {
	if m == nil {
		return 0, false
	}
	var steps []float64
	profile := make([][]float64, int((edgeToMM-edgeFromMM)/edgeStepMM)+1)
	saturated := 0
	normals := m.Normals()
	for n := 0; n < len(m.Vertices); n += 1 + len(m.Vertices)/edgeRays {
		across := normals[n].Sub(v.Normal.Mul(normals[n].Dot(v.Normal)))
		if across.Norm() < edgeUpright {
			continue
		}
		r := ray{v, m.Vertices[n], across.Unit()}
		inside, outside := r.mean(-4, -2.5), r.mean(2.5, 4)
		step := inside - outside
		if step < edgeStepHU || math.Abs(r.mean(-4, -3)-r.mean(-3, -2.2)) > edgeInsideFlat*step || math.Abs(r.mean(3.25, 4)-r.mean(2.25, 3)) > edgeOutsideFlat*step {
			continue
		}
		zero, met := r.crossing((inside + outside) / 2)
		if !met {
			continue
		}
		for k := range profile {
			profile[k] = append(profile[k], (r.at(zero+edgeFromMM+float64(k)*edgeStepMM)-outside)/step)
		}
		steps = append(steps, step)
		if v.Saturated(int16(math.Ceil(inside))) {
			saturated++
		}
	}
	if len(steps) < edgeLeastRays {
		return 0, false
	}
	over, under := 0.0, 0.0
	for _, x := range profile {
		m := median(x)
		over, under = max(over, m-1), max(under, -m)
	}
	step := median(steps)
	if 2*saturated > len(profile[0]) {
		return under * step, under > edgeUndershoot
	}
	return (over + under) / 2 * step, min(over, under) > edgeOvershoot
}

// ray runs from a point of the surface outwards.
type ray struct {
	v    *volume.Volume
	from geom.Patient
	out  geom.PatientVec
}

func (r ray) at(mm float64) float64 { return r.v.SampleAt(r.from.Add(r.out.Mul(mm))) }

func (r ray) mean(from, to float64) float64 {
	sum, n := 0.0, 0.0
	for t := from; t <= to; t += edgeStepMM {
		sum, n = sum+r.at(t), n+1
	}
	return sum / n
}

// crossing is where the ray falls below a CT number first.
func (r ray) crossing(hu float64) (mm float64, ok bool) {
	const step = 0.1
	for t := -2.0; t < 2; t += step {
		if a, b := r.at(t), r.at(t+step); a >= hu && b < hu {
			return t + step*(a-hu)/(a-b), true
		}
	}
	return 0, false
}
