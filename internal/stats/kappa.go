package stats

import (
	"errors"
	"math"
)

// Kappa is agreement beyond chance on names, with its 95 % interval by the large-sample standard error.
type Kappa struct {
	N        int
	Value    float64
	Observed float64 // share of agreement
	Expected float64 // by chance
	CI       Interval
}

// ErrOneCategory means that everybody always gave the same name: agreement beyond chance is not defined.
var ErrOneCategory = errors.New("stats: only one category was used: kappa is not defined")

// CohenKappa compares two readers who named the same things (Cohen 1960, Educ Psychol Meas 20:37; standard error of Fleiss, Cohen
// and Everitt 1969, Psychol Bull 72:323).
func CohenKappa(a, b []string) (Kappa, error) {
	n := len(a)
	if n < 2 || len(b) != n {
		return Kappa{}, ErrTooFew
	}
	pa, pb, cell := map[string]float64{}, map[string]float64{}, map[[2]string]float64{}
	w := 1 / float64(n)
	for i := range a {
		pa[a[i]] += w
		pb[b[i]] += w
		cell[[2]string{a[i], b[i]}] += w
	}
	k := Kappa{N: n}
	for c, p := range pa {
		k.Observed += cell[[2]string{c, c}]
		k.Expected += p * pb[c]
	}
	if k.Expected >= 1-1e-12 {
		return Kappa{}, ErrOneCategory
	}
	k.Value = (k.Observed - k.Expected) / (1 - k.Expected)
	var onDiagonal, off float64
	for c, p := range cell {
		if c[0] == c[1] {
			d := 1 - (pa[c[0]]+pb[c[0]])*(1-k.Value)
			onDiagonal += p * d * d
		} else {
			s := pb[c[0]] + pa[c[1]]
			off += p * s * s
		}
	}
	d := k.Value - k.Expected*(1-k.Value)
	variance := (onDiagonal + (1-k.Value)*(1-k.Value)*off - d*d) / (float64(n) * (1 - k.Expected) * (1 - k.Expected))
	k.CI = normalInterval(k.Value, math.Sqrt(math.Max(0, variance)))
	return k, nil
}

// FleissKappa compares any number of readers: ratings[subject] are the names that the same number of readers gave (Fleiss 1971,
// Psychol Bull 76:378; standard error under no agreement of Fleiss, Nee and Landis 1979, Psychol Bull 86:974).
func FleissKappa(ratings [][]string) (Kappa, error) {
	n := len(ratings)
	if n < 2 || len(ratings[0]) < 2 {
		return Kappa{}, ErrTooFew
	}
	readers := len(ratings[0])
	share := map[string]float64{}
	k := Kappa{N: n}
	for _, r := range ratings {
		if len(r) != readers {
			return Kappa{}, errors.New("stats: every subject needs a name from every reader")
		}
		count := map[string]float64{}
		for _, c := range r {
			count[c]++
			share[c] += 1 / float64(n*readers)
		}
		agree := 0.0
		for _, c := range count {
			agree += c * (c - 1)
		}
		k.Observed += agree / float64(readers*(readers-1)) / float64(n)
	}
	var sumPQ, sumPQD float64
	for _, p := range share {
		k.Expected += p * p
		sumPQ += p * (1 - p)
		sumPQD += p * (1 - p) * (1 - 2*p)
	}
	if k.Expected >= 1-1e-12 {
		return Kappa{}, ErrOneCategory
	}
	k.Value = (k.Observed - k.Expected) / (1 - k.Expected)
	m := float64(readers)
	se := math.Sqrt(2/(float64(n)*m*(m-1))) * math.Sqrt(math.Max(0, sumPQ*sumPQ-sumPQD)) / sumPQ
	k.CI = normalInterval(k.Value, se)
	return k, nil
}

func normalInterval(x, se float64) Interval {
	const z = 1.959963984540054
	return Interval{math.Max(-1, x-z*se), math.Min(1, x+z*se)}
}
