package vertebra

import "math"

// A body at the end of the view has a disc on one side only; its far endplate is found as a ridge by itself.
const (
	endSearchLow   = 0.6 // of the last spacing
	endSearchHigh  = 1.3
	endMinRise     = 0.25 // ridge over its surroundings, in shares of the contrast of a clear disc
	endSpacingCost = 0.5
	endFirstShare  = 0.6 // of the strongest ridge
)

// freeEnd looks beyond the last disc at station s (dir -1: headwards, +1: footwards) for the far endplate of a body whose
// spacing should be near the one given.
func (t *table) freeEnd(s, dir int, spacing float64) (disc, bool) {
	type candidate struct {
		rise float64
		a, b int
	}
	lo, hi := int(endSearchLow*spacing), int(endSearchHigh*spacing)
	found := make([]candidate, hi+1)
	top := endMinRise * t.ref
	for k := lo; k <= hi; k++ {
		q := s + dir*k
		if q < 0 || q >= len(t.plates) {
			break
		}
		off := (float64(k) - 0.9*spacing) / (0.3 * spacing)
		for a := range nAlpha {
			for b := range nBeta {
				if r := t.ridge(q, dir, a, b) - endSpacingCost*off*off*0.3*t.ref; r > found[k].rise {
					found[k] = candidate{r, a, b}
				}
			}
		}
		top = max(top, found[k].rise)
	}
	// The first clear ridge is the endplate; a stronger one behind it belongs to the next body.
	at := -1
	for k := lo; k < hi && at < 0; k++ {
		if r := found[k].rise; r >= endFirstShare*top && r >= found[k-1].rise && r >= found[k+1].rise {
			at = k
		}
	}
	if at < 0 {
		return disc{}, false
	}
	bestQ, best, bestA, bestB := s+dir*at, found[at].rise, found[at].a, found[at].b
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
