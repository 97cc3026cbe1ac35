package stats

import (
	"errors"
	"math"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// ErrConstant means that the values do not vary, so that nothing can be compared with them.
var ErrConstant = errors.New("stats: the values do not vary")

// Pearson is the linear correlation of pairs with its 95 % interval by Fisher's z (Fisher 1921, Metron 1:3). It needs four pairs.
func Pearson(x, y []float64) (Correlation, error) {
	n := len(x)
	if n < 4 || len(y) != n {
		return Correlation{}, ErrTooFew
	}
	r := stat.Correlation(x, y, nil)
	if math.IsNaN(r) {
		return Correlation{}, ErrConstant
	}
	r = math.Max(-1, math.Min(1, r))
	z, h := math.Atanh(r), 1.959963984540054/math.Sqrt(float64(n-3))
	return Correlation{Value: r, CI: Interval{math.Tanh(z - h), math.Tanh(z + h)}}, nil
}

// Comparison says how far the means of two independent groups are apart: the difference b - a with its interval and p value of
// unequal variances (Welch 1947, Biometrika 34:28), and the standardised difference. P never stands without the other two.
type Comparison struct {
	A, B       Summary
	Difference float64
	CI         Interval // 95 %
	DF, T, P   float64
	// Effect is Hedges' g: the difference by the pooled standard deviation, corrected for small samples (Hedges 1981, J Educ Stat
	// 6:107), with the large-sample interval of Hedges and Olkin (1985, Statistical Methods for Meta-Analysis, p. 86).
	Effect   float64
	EffectCI Interval
}

// Compare needs two values in every group.
func Compare(a, b []float64) (Comparison, error) {
	if len(a) < 2 || len(b) < 2 {
		return Comparison{}, ErrTooFew
	}
	c := Comparison{A: Summarise(a), B: Summarise(b)}
	n1, n2 := float64(len(a)), float64(len(b))
	v1, v2 := c.A.SD*c.A.SD, c.B.SD*c.B.SD
	if v1+v2 == 0 {
		return Comparison{}, ErrConstant
	}
	se := math.Sqrt(v1/n1 + v2/n2)
	c.Difference = c.B.Mean - c.A.Mean
	c.DF = math.Pow(v1/n1+v2/n2, 2) / (math.Pow(v1/n1, 2)/(n1-1) + math.Pow(v2/n2, 2)/(n2-1))
	t := distuv.StudentsT{Sigma: 1, Nu: c.DF}
	h := t.Quantile(0.975) * se
	c.CI = Interval{c.Difference - h, c.Difference + h}
	c.T = c.Difference / se
	c.P = 2 * t.CDF(-math.Abs(c.T))
	pooled := math.Sqrt(((n1-1)*v1 + (n2-1)*v2) / (n1 + n2 - 2))
	df := n1 + n2 - 2
	lg := func(x float64) float64 { v, _ := math.Lgamma(x); return v }
	correction := math.Exp(lg(df/2)-lg((df-1)/2)) / math.Sqrt(df/2) // exact, for two values a group and more
	c.Effect = c.Difference / pooled * correction
	e := 1.959963984540054 * math.Sqrt((n1+n2)/(n1*n2)+c.Effect*c.Effect/(2*(n1+n2)))
	c.EffectCI = Interval{c.Effect - e, c.Effect + e}
	return c, nil
}

// ShareComparison says how far two independent proportions are apart: b - a, with the 95 % interval of Newcombe (1998, Stat Med 17:873,
// method 10, from Wilson's intervals).
type ShareComparison struct {
	A, B       Proportion
	Difference float64
	CI         Interval
}

// CompareShares compares k of n with k of n.
func CompareShares(k1, n1, k2, n2 int) (ShareComparison, error) {
	if n1 < 1 || n2 < 1 || k1 < 0 || k2 < 0 || k1 > n1 || k2 > n2 {
		return ShareComparison{}, ErrTooFew
	}
	c := ShareComparison{A: NewProportion(k1, n1), B: NewProportion(k2, n2)}
	a, b := wilson(k1, n1), wilson(k2, n2)
	p, q := c.A.Value, c.B.Value
	c.Difference = q - p
	c.CI = Interval{
		c.Difference - math.Hypot(q-b.Low, a.High-p),
		c.Difference + math.Hypot(b.High-q, p-a.Low),
	}
	return c, nil
}

// wilson is the score interval of a proportion (Wilson 1927, J Am Stat Assoc 22:209).
func wilson(k, n int) Interval {
	const z = 1.959963984540054
	fn, p := float64(n), float64(k)/float64(n)
	middle := (p + z*z/(2*fn)) / (1 + z*z/fn)
	half := z / (1 + z*z/fn) * math.Sqrt(p*(1-p)/fn+z*z/(4*fn*fn))
	return Interval{middle - half, middle + half}
}
