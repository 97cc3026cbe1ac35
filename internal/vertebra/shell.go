package vertebra

import (
	"math"

	"github.com/vertefill/vertefill/internal/volume"
)

// A body has a cortex all round, a disc has none: in the plane of a disc the rays forwards and to both sides meet no bright line.
// This tells a disc from the dark marrow between an endplate and cement, and from the inside of a short body taken for a disc; ribs,
// the aorta's calcium and contrast lie on few rays only, so the median decides.
const (
	shellRays      = 9
	shellHalfAngle = 80.0 // degrees either side of straight forwards
	shellFrontMM   = 16.0 // from the canal's middle line to where rays start
	shellNearMM    = 5.0
	shellFarMM     = 30.0
	shellRangeMM   = 28   // of the neighbourhood that says what is usual
	shellHighHU    = 600  // brighter is no more cortex
	shellLeastHU   = 80.0 // difference of bodies and discs below which the shell says nothing
	shellCost      = 0.4  // in the reward of a disc
)

// shellShare says how much the shell at a station is that of a body: 0 a disc's, 1 a body's, by what is usual round it.
func (t *table) shellShare(s int, shell float64) float64 {
	var near []float64
	for q := max(0, s-shellRangeMM); q <= min(len(t.plates)-1, s+shellRangeMM); q++ {
		near = append(near, t.plates[q].shell)
	}
	lo, hi := quantile(near, 0.1), quantile(near, 0.9)
	return max(0, min(1, (shell-lo)/max(shellLeastHU, hi-lo)))
}

// shell returns the brightness of the cortex met by rays in the plane of a plate at a station: the median of their highest CT numbers.
func (t *table) shell(v *volume.Volume, s int, p plate) float64 {
	st := &t.c.st[s]
	ta, tb := math.Tan(p.alpha), math.Tan(p.beta)
	var peaks []float64
	for a := range shellRays {
		sin, cos := math.Sincos((2*float64(a)/(shellRays-1) - 1) * shellHalfAngle * math.Pi / 180)
		peak, seen := 0.0, false
		for r := shellNearMM; r <= shellFarMM; r++ {
			u, w := r*sin, shellFrontMM+r*cos
			h := v.SampleAt(st.at(u, w, ta*(w-tablePivotMM)+tb*u))
			if h < outsideHU {
				continue
			}
			seen = true
			peak = max(peak, min(shellHighHU, h))
		}
		if seen {
			peaks = append(peaks, peak)
		}
	}
	return median(peaks)
}
