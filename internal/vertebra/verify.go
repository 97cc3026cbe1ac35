package vertebra

import (
	"math"
	"sort"
)

// reconsider compares every body with its neighbours. It changes the constraints and returns true when the chain should run again.
func (f *finder) reconsider(k *constraints, stations []int) bool {
	return false
}

// quantile returns the q-quantile (0..1) of x, 0 when x is empty; it sorts a copy.
func quantile(x []float64, q float64) float64 {
	if len(x) == 0 {
		return 0
	}
	s := append([]float64(nil), x...)
	sort.Float64s(s)
	p := q * float64(len(s)-1)
	i := min(int(p), len(s)-1)
	j := min(i+1, len(s)-1)
	return s[i] + (s[j]-s[i])*(p-math.Floor(p))
}
