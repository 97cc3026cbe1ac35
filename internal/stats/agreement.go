// Package stats holds the statistics of agreement that the program reports: how far two measurements differ, how much readers agree,
// how sure a proportion is. Input is plain numbers, output carries intervals. It tests no hypothesis.
package stats

import (
	"errors"
	"math"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// ErrTooFew means that there are not enough values for the statistic.
var ErrTooFew = errors.New("stats: too few values")

// Interval is [Low, High].
type Interval struct {
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// BlandAltman describes the differences b - a of two measurements of the same things (Bland and Altman 1986, Lancet 327:307, with
// the intervals of the limits from Bland and Altman 1999, Stat Methods Med Res 8:135). All intervals are of 95 %.
type BlandAltman struct {
	N                        int
	Bias, SD                 float64 // mean and standard deviation of the differences
	Lower, Upper             float64 // limits of agreement, bias -+ 1.96 SD
	BiasCI, LowerCI, UpperCI Interval
}

// NewBlandAltman compares pairs; it needs three.
func NewBlandAltman(a, b []float64) (BlandAltman, error) {
	n := len(a)
	if n < 3 || len(b) != n {
		return BlandAltman{}, ErrTooFew
	}
	d := make([]float64, n)
	for i := range d {
		d[i] = b[i] - a[i]
	}
	mean, sd := stat.MeanStdDev(d, nil)
	r := BlandAltman{N: n, Bias: mean, SD: sd, Lower: mean - 1.96*sd, Upper: mean + 1.96*sd}
	t := distuv.StudentsT{Sigma: 1, Nu: float64(n - 1)}.Quantile(0.975)
	around := func(x, se float64) Interval { return Interval{x - t*se, x + t*se} }
	r.BiasCI = around(r.Bias, sd/math.Sqrt(float64(n)))
	se := sd * math.Sqrt(1/float64(n)+1.96*1.96/(2*float64(n-1)))
	r.LowerCI, r.UpperCI = around(r.Lower, se), around(r.Upper, se)
	return r, nil
}

// Correlation is an intraclass correlation with its 95 % interval.
type Correlation struct {
	Value float64
	CI    Interval
}

// ICC holds the two correlations of single measurements by fixed readers: absolute agreement, ICC(2,1), and consistency, ICC(3,1)
// (Shrout and Fleiss 1979, Psychol Bull 86:420; intervals after McGraw and Wong 1996, Psychol Methods 1:30).
type ICC struct {
	Subjects, Readers      int
	Agreement, Consistency Correlation
}

// NewICC takes ratings[subject][reader], complete, of at least two subjects by two readers.
func NewICC(ratings [][]float64) (ICC, error) {
	n := len(ratings)
	if n < 2 || len(ratings[0]) < 2 {
		return ICC{}, ErrTooFew
	}
	k := len(ratings[0])
	rows, cols, all := make([]float64, n), make([]float64, k), 0.0
	for i, r := range ratings {
		if len(r) != k {
			return ICC{}, errors.New("stats: every subject needs a value of every reader")
		}
		for j, x := range r {
			rows[i] += x / float64(k)
			cols[j] += x / float64(n)
			all += x / float64(n*k)
		}
	}
	var ssRows, ssCols, ssAll float64
	for i, r := range ratings {
		ssRows += float64(k) * (rows[i] - all) * (rows[i] - all)
		for _, x := range r {
			ssAll += (x - all) * (x - all)
		}
	}
	for _, c := range cols {
		ssCols += float64(n) * (c - all) * (c - all)
	}
	fn, fk := float64(n), float64(k)
	msr, msc := ssRows/(fn-1), ssCols/(fk-1)
	mse := math.Max(0, ssAll-ssRows-ssCols) / ((fn - 1) * (fk - 1))
	out := ICC{Subjects: n, Readers: k}
	if msr == 0 && mse == 0 {
		return ICC{}, errors.New("stats: all subjects are equal: no correlation can be told")
	}
	f := func(p, d1, d2 float64) float64 { return distuv.F{D1: d1, D2: d2}.Quantile(p) }

	out.Consistency.Value = (msr - mse) / (msr + (fk-1)*mse)
	if mse == 0 {
		out.Consistency.CI = Interval{1, 1}
	} else {
		lo := msr / mse / f(0.975, fn-1, (fn-1)*(fk-1))
		hi := msr / mse * f(0.975, (fn-1)*(fk-1), fn-1)
		out.Consistency.CI = Interval{(lo - 1) / (lo + fk - 1), (hi - 1) / (hi + fk - 1)}
	}

	icc := (msr - mse) / (msr + (fk-1)*mse + fk*(msc-mse)/fn)
	out.Agreement.Value = icc
	if icc >= 1 {
		out.Agreement.CI = Interval{1, 1}
		return out, nil
	}
	a := fk * icc / (fn * (1 - icc))
	b := 1 + fk*icc*(fn-1)/(fn*(1-icc))
	v := (a*msc + b*mse) * (a*msc + b*mse) / (a*a*msc*msc/(fk-1) + b*b*mse*mse/((fn-1)*(fk-1)))
	fl, fu := f(0.975, fn-1, v), f(0.975, v, fn-1)
	s := fk*msc + (fk*fn-fk-fn)*mse
	out.Agreement.CI = Interval{fn * (msr - fl*mse) / (fl*s + fn*msr), fn * (fu*msr - mse) / (s + fn*fu*msr)}
	return out, nil
}
