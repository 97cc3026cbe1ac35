package vertebra

import (
	"maps"
	"math"
)

// Spacing of neighbouring discs in mm, and what the chain pays for uneven spacing, size and skipped discs. Costs are in units of
// the reward of a disc, about one for a clear one.
const (
	minSpacing      = 13
	maxSpacing      = 48
	changeMM        = 7.0
	changeCost      = 0.2
	changeCap       = 1.5
	usualMinSpacing = 18.0
	usualMaxSpacing = 40.0
	unusualCost     = 0.3 / 5
	thickDiscCost   = 0.2 // per mm over its share of the spacing: a body between its own endplates looks like a thick disc
	thickDiscShare  = 0.27
	skippedCost     = 1.2
	thinDisc        = 4.0 // mm: plausible as a disc at any spacing
	seededGain      = 4.0
	seedMarginMM    = 5 // a seed lies at least this far from the discs of its body
)

// constraints steer the chain: stations where a disc is forbidden or wanted, and stations of seeds that must lie between discs.
type constraints struct {
	forbidden, wanted map[int]bool
	seeds             []int
}

// with returns the constraints with one more change.
func (k constraints) with(c change) constraints {
	out := constraints{forbidden: maps.Clone(k.forbidden), wanted: maps.Clone(k.wanted), seeds: k.seeds}
	if c.add {
		out.wanted[c.station] = true
	}
	if !c.add || c.instead > 0 {
		drop := c.station
		if c.add {
			drop = c.instead
		}
		for s := drop - forbidMM; s <= drop+forbidMM; s++ {
			out.forbidden[s] = !c.add || s < c.station-wantedMM || s > c.station+wantedMM
		}
	}
	return out
}

// chain returns the stations of the discs from head to foot: second-order dynamic programming over station and spacing, with
// free ends (Bellman 1957). It needs at least two discs; without, it returns nil.
func (t *table) chain(k constraints) []int {
	n := len(t.plates)
	const width = maxSpacing - minSpacing + 1
	reward := make([]float64, n)
	for s := range reward {
		reward[s] = t.plates[s].reward
		if k.forbidden[s] {
			reward[s] = -2
		}
		if k.wanted[s] {
			reward[s] += 2
		}
		for _, q := range k.seeds {
			if d := s - q; d > -seedMarginMM && d < seedMarginMM {
				reward[s] = -3
			}
		}
	}
	value := make([]float64, n*width)
	back := make([]int, n*width) // spacing before, -1 at the start of the chain
	best, bestAt := math.Inf(-1), -1
	for s := range n {
		for w := range width {
			o := w + width*s
			value[o] = math.Inf(-1)
			d := w + minSpacing
			q := s - d
			if q < 0 || t.plates[s].d != t.plates[s].d || t.plates[q].d != t.plates[q].d {
				continue
			}
			gain := reward[s] + t.interval(reward, q, s, k)
			value[o], back[o] = reward[q]+gain, -1
			for w2 := range width {
				u := value[w2+width*q]
				if math.IsInf(u, -1) {
					continue
				}
				r := float64(w-w2) / changeMM
				if v := u + gain - changeCost*min(changeCap, r*r); v > value[o] {
					value[o], back[o] = v, w2
				}
			}
			if value[o] > best {
				best, bestAt = value[o], o
			}
		}
	}
	if bestAt < 0 || best <= 0 {
		return nil
	}
	var out []int
	for s, w := bestAt/width, bestAt%width; ; {
		out = append(out, s)
		before := back[w+width*s]
		s -= w + minSpacing
		if w = before; w < 0 {
			out = append(out, s)
			break
		}
	}
	for a, b := 0, len(out)-1; a < b; a, b = a+1, b-1 {
		out[a], out[b] = out[b], out[a]
	}
	return out
}

// interval is the gain of a body between discs at q and s.
func (t *table) interval(reward []float64, q, s int, k constraints) float64 {
	d := float64(s - q)
	g := -unusualCost * (max(0, usualMinSpacing-d) + max(0, d-usualMaxSpacing))
	g -= thickDiscCost * max(0, max(t.plates[s].height, t.plates[q].height)-thickDiscShare*d)
	skipped, gap := 0.0, 0.0
	for x := q + foramenInMM; x <= s-foramenInMM; x++ {
		gap = max(gap, t.gap[x])
	}
	g -= foramenCost * gap
	for x := q + minSpacing/2 + 2; x <= s-minSpacing/2-2; x++ {
		// A plate too thick for the bodies it would leave is the inside of a body, and rightly skipped.
		if t.plates[x].height <= max(thinDisc, thickDiscShare*float64(min(x-q, s-x))) {
			skipped = max(skipped, reward[x])
		}
	}
	g -= skippedCost * skipped
	for _, p := range k.seeds {
		if p-q >= seedMarginMM && s-p >= seedMarginMM {
			g += seededGain
		}
	}
	return g
}
