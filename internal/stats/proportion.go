package stats

import (
	"math"
	"sort"

	"gonum.org/v1/gonum/stat/distuv"
)

// Proportion is k of n with its exact 95 % interval (Clopper and Pearson 1934, Biometrika 26:404).
type Proportion struct {
	K, N  int
	Value float64 // NaN when n is 0
	CI    Interval
}

// NewProportion wants 0 <= k <= n.
func NewProportion(k, n int) Proportion {
	p := Proportion{K: k, N: n, Value: math.NaN(), CI: Interval{0, 1}}
	if n <= 0 || k < 0 || k > n {
		return p
	}
	p.Value = float64(k) / float64(n)
	if k > 0 {
		p.CI.Low = distuv.Beta{Alpha: float64(k), Beta: float64(n - k + 1)}.Quantile(0.025)
	}
	if k < n {
		p.CI.High = distuv.Beta{Alpha: float64(k + 1), Beta: float64(n - k)}.Quantile(0.975)
	}
	return p
}

// Summary describes a sample.
type Summary struct {
	N                                  int
	Mean, SD, Min, Q1, Median, Q3, Max float64
	MeanCI                             Interval // 95 %, NaN below two values
}

// Summarise describes the values; everything is NaN when there are none. Quartiles lie linearly between the values (Hyndman and Fan
// 1996, Am Stat 50:361, type 7, as in R and NumPy).
func Summarise(values []float64) Summary {
	nan := math.NaN()
	s := Summary{N: len(values), Mean: nan, SD: nan, Min: nan, Q1: nan, Median: nan, Q3: nan, Max: nan, MeanCI: Interval{nan, nan}}
	if s.N == 0 {
		return s
	}
	v := append([]float64(nil), values...)
	sort.Float64s(v)
	s.Min, s.Q1, s.Median, s.Q3, s.Max = v[0], Quantile(v, 0.25), Quantile(v, 0.5), Quantile(v, 0.75), v[s.N-1]
	s.Mean = 0
	for _, x := range v {
		s.Mean += x / float64(s.N)
	}
	if s.N > 1 {
		ss := 0.0
		for _, x := range v {
			ss += (x - s.Mean) * (x - s.Mean)
		}
		s.SD = math.Sqrt(ss / float64(s.N-1))
		h := distuv.StudentsT{Sigma: 1, Nu: float64(s.N - 1)}.Quantile(0.975) * s.SD / math.Sqrt(float64(s.N))
		s.MeanCI = Interval{s.Mean - h, s.Mean + h}
	}
	return s
}

// Quantile returns the p-quantile of sorted values, linearly between them.
func Quantile(sorted []float64, p float64) float64 {
	if len(sorted) == 0 {
		return math.NaN()
	}
	x := p * float64(len(sorted)-1)
	i := int(x)
	if i+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[i] + (x-float64(i))*(sorted[i+1]-sorted[i])
}
