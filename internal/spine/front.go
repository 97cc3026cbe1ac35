package spine

import "math"

// Fitting the front of the canal to the bodies.
const (
	frontReachMM  = 4.5 // how far beyond the rays of the tube a posterior wall is looked for
	frontStepMM   = 0.2
	frontSine     = -0.35 // rays whose direction is at least this far forward
	frontSections = 12    // how far a wall is carried along the canal past a disc
)

// FitCanalToBodies carries the front of every canal section to the posterior walls of the bodies, which know it better than rays
// that stop at hollows, veins and cement. Between bodies the front follows from the sections above and below.
func (s *Spine) FitCanalToBodies() {
	if s.Canal == nil {
		return
	}
	secs := s.Canal.Sections
	walls := make([][Rays]float64, len(secs)) // radius at the wall, 0 where none is met
	for i := range secs {
		for a := range Rays {
			sin, cos := math.Sincos(2 * math.Pi * float64(a) / Rays)
			if sin < frontSine {
				walls[i][a] = s.wallAlong(&secs[i], cos, sin, secs[i].Radii[a])
			}
		}
	}
	for i := range secs {
		for a := range Rays {
			if r := nearestWalls(walls, i, a); r > 0 {
				secs[i].Radii[a] = r
			}
		}
	}
}

// wallAlong returns the radius at which a ray enters a body, 0 when it meets none within reach of the radius known so far.
func (s *Spine) wallAlong(sec *Section, cos, sin, known float64) float64 {
	dir := sec.Left.Mul(cos).Add(sec.Posterior.Mul(sin))
	for r := max(1, known-frontReachMM); r <= known+frontReachMM; r += frontStepMM {
		if _, d := s.Nearest(sec.Centre.Add(dir.Mul(r))); d <= 0 {
			return r
		}
	}
	return 0
}

// nearestWalls returns the wall of a section, or the mean of the nearest ones above and below.
func nearestWalls(walls [][Rays]float64, i, a int) float64 {
	if r := walls[i][a]; r > 0 {
		return r
	}
	sum, weight := 0.0, 0.0
	for _, step := range []int{-1, 1} {
		for n := 1; n <= frontSections; n++ {
			j := i + step*n
			if j < 0 || j >= len(walls) {
				break
			}
			if r := walls[j][a]; r > 0 {
				sum += r / float64(n)
				weight += 1 / float64(n)
				break
			}
		}
	}
	if weight == 0 {
		return 0
	}
	return sum / weight
}
