package vertebra_test

import (
	"fmt"
	"math"
	"slices"
	"testing"
)

// gate is one line of the table that the project holds its bodies to: what is measured, and the limit for intact bodies and for
// fractured or cemented ones. A limit is the least value when more is better.
type gate struct {
	name          string
	unit          string
	value         func([]score) float64
	intact, other float64
	least         bool
}

// found keeps the bodies that were outlined at the right place.
func found(s []score) []score {
	return slices.DeleteFunc(slices.Clone(s), func(x score) bool { return !x.found })
}

// over returns the q-quantile of a quantity over the bodies found; the nearest rank from above, so that one bad body in twenty counts.
func over(q float64, f func(score) float64) func([]score) float64 {
	return func(s []score) float64 {
		var v []float64
		for _, x := range found(s) {
			if y := f(x); !math.IsNaN(y) {
				v = append(v, y)
			}
		}
		if len(v) == 0 {
			return math.NaN()
		}
		slices.Sort(v)
		return v[max(0, min(len(v)-1, int(math.Ceil(q*float64(len(v))))-1))]
	}
}

// meanOf is the mean of a quantity over the bodies found.
func meanOf(f func(score) float64) func([]score) float64 {
	return func(s []score) float64 {
		sum, n := 0.0, 0.0
		for _, x := range found(s) {
			if y := f(x); !math.IsNaN(y) {
				sum, n = sum+y, n+1
			}
		}
		return sum / n
	}
}

// shareOf is the share of all bodies, or of those found, with a property, in per cent.
func shareOf(f func(score) bool, ofFound bool) func([]score) float64 {
	return func(s []score) float64 {
		if ofFound {
			s = found(s)
		}
		n := 0
		for _, x := range s {
			if f(x) {
				n++
			}
		}
		return 100 * float64(n) / float64(len(s))
	}
}

func absolute(f func(score) float64) func(score) float64 {
	return func(x score) float64 { return math.Abs(f(x)) }
}

var (
	diceOf     = func(x score) float64 { return x.dice }
	distanceOf = func(x score) float64 { return x.distance }
	volumeOf   = func(x score) float64 { return 100 * x.volumeError }
	heightOf   = func(x score) float64 { return max(math.Abs(x.anterior), math.Abs(x.middle), math.Abs(x.posterior)) }
	wedgeOf    = func(x score) float64 { return x.wedge }
	cobbOf     = func(x score) float64 { return x.cobb }
)

// gates are those for slices of 0.6 to 1.25 mm; thickGates those for 3 mm.
var (
	gates = []gate{
		{"found, right place", "%", shareOf(func(x score) bool { return x.found }, false), 99.5, 98, true},
		{"body Dice, median", "", over(0.5, diceOf), 0.98, 0.975, true},
		{"body Dice, 5th percentile", "", over(0.05, diceOf), 0.96, 0.94, true},
		{"mean surface distance, median", "mm", over(0.5, distanceOf), 0.25, 0.35, false},
		{"mean surface distance, P95", "mm", over(0.95, distanceOf), 0.4, 0.6, false},
		{"body volume, bias (mean)", "%", func(s []score) float64 { return math.Abs(meanOf(volumeOf)(s)) }, 1, 1.5, false},
		{"body volume, P95 of the error", "%", over(0.95, absolute(volumeOf)), 4, 6, false},
		{"heights, median (worst of three)", "mm", over(0.5, heightOf), 0.5, 0.8, false},
		{"heights, P95", "mm", over(0.95, heightOf), 0.5, 0.8, false},
		{"wedge, median", "degrees", over(0.5, absolute(wedgeOf)), 1, 2, false},
		{"wedge, P95", "degrees", over(0.95, absolute(wedgeOf)), 1, 2, false},
		{"local Cobb, median", "degrees", over(0.5, absolute(cobbOf)), 1.5, 2.5, false},
		{"local Cobb, P95", "degrees", over(0.95, absolute(cobbOf)), 1.5, 2.5, false},
		{"level name with an anchor", "%", shareOf(func(x score) bool { return x.name }, true), 99, 99, true},
	}
	thickGates = []gate{
		{"found, right place", "%", shareOf(func(x score) bool { return x.found }, false), 99.5, 98, true},
		{"body Dice, median, 3 mm", "", over(0.5, diceOf), 0.96, 0.96, true},
		{"body volume, P95 of the error, 3 mm", "%", over(0.95, absolute(volumeOf)), 8, math.Inf(1), false},
	}
)

// printGates prints measured values beside their limits and a line for every gate that is missed. The share of truths inside the 90 %
// intervals is held to 87..93 % where there are enough bodies to tell.
func printGates(t *testing.T, list []gate, intact, other []score) {
	t.Helper()
	t.Logf("%-38s %-24s %s", "vertebrae", "intact", "fractured or cemented")
	var missed []string
	for _, g := range list {
		line := [2]string{"-", "-"}
		for i, s := range [][]score{intact, other} {
			limit := []float64{g.intact, g.other}[i]
			if len(s) == 0 {
				continue
			}
			v := g.value(s)
			sign, ok := "<=", v <= limit
			if g.least {
				sign, ok = ">=", v >= limit
			}
			line[i] = number(v)
			if !math.IsInf(limit, 0) {
				line[i] += " (" + sign + " " + number(limit) + ")"
				if !ok && !math.IsNaN(v) {
					missed = append(missed, g.name+", "+[]string{"intact", "fractured or cemented"}[i]+": "+number(v)+" "+g.unit)
				}
			}
		}
		t.Logf("%-38s %-24s %s", g.name+" "+g.unit, line[0], line[1])
	}
	all := slices.Concat(intact, other)
	held := shareOf(func(x score) bool { return x.covered }, true)(all)
	t.Logf("%-38s %s of %d bodies (87..93)", "90 % intervals hold the truth, %", number(held), len(found(all)))
	if n := len(found(all)); n >= 100 && (held < 87 || held > 93) {
		missed = append(missed, "90 % intervals hold the truth: "+number(held)+" %")
	}
	for _, m := range missed {
		t.Errorf("gate missed: %s", m)
	}
}

// number writes a value with as many decimals as its size bears.
func number(v float64) string {
	switch a := math.Abs(v); {
	case math.IsNaN(v):
		return "-"
	case a < 1:
		return fmt.Sprintf("%.3f", v)
	case a < 10:
		return fmt.Sprintf("%.2f", v)
	}
	return fmt.Sprintf("%.1f", v)
}
