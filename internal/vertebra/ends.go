package vertebra

import "math"

// A body at the end of the view has a disc on one side only; its far endplate is found as a ridge by itself.
const (
	endSearchLow   = 0.6 // of the last spacing
	endSearchHigh  = 1.3
	endMinRise     = 0.25 // ridge over its surroundings, in shares of the contrast of a clear disc
	endSpacingCost = 0.5
)

// freeEnd looks beyond the last disc at station s (dir -1: headwards, +1: footwards) for the far endplate of a body whose
// spacing should be near the one given.
func (t *table) freeEnd(s, dir int, spacing float64) (disc, bool) {
	best, bestQ, bestA, bestB := endMinRise*t.ref, -1, 0, 0
	for k := int(endSearchLow * spacing); k <= int(endSearchHigh*spacing); k++ {
		q := s + dir*k
		if q < 0 || q >= len(t.plates) {
			break
		}
		off := (float64(k) - 0.9*spacing) / (0.3 * spacing)
		for a := range nAlpha {
			for b := range nBeta {
				r := t.ridge(q, dir, a, b)
				if r -= endSpacingCost * off * off * 0.3 * t.ref; r > best {
					best, bestQ, bestA, bestB = r, q, a, b
				}
			}
		}
	}
	if bestQ < 0 {
		return disc{}, false
	}
	d := disc{s: float64(bestQ), centre: t.c.st[bestQ].at(0, tablePivotMM, 0), quality: best / t.ref, ghost: true}
	d.up = t.normal(bestQ, tilt(bestA, sagittalTilt), tilt(bestB, lateralTilt))
	return d, true
}

func tilt(index, limit int) float64 { return float64(index*tiltStep-limit) * math.Pi / 180 }

// ridge is the height of the plane at station q over the body before it and whatever lies beyond.
func (t *table) ridge(q, dir, a, b int) float64 {
	get := func(s int) (float64, bool) {
		if s < 0 || s >= len(t.plates) {
			return 0, false
		}
		x := float64(t.planes[b+nBeta*(a+nAlpha*s)])
		return x, x == x
	}
	top, ok := get(q)
	if !ok {
		return math.Inf(-1)
	}
	inside, n := 0.0, 0
	for k := 3; k <= 8; k++ {
		if x, ok := get(q - dir*k); ok {
			inside += x
			n++
		}
	}
	if n < 4 {
		return math.Inf(-1)
	}
	inside /= float64(n)
	beyond, seen := math.Inf(1), false
	for k := 2; k <= 6; k++ {
		if x, ok := get(q + dir*k); ok {
			beyond, seen = min(beyond, x), true
		}
	}
	if !seen {
		return math.Inf(-1)
	}
	return min(top-inside, top-beyond) + 0.2*max(0, inside-beyond)
}
