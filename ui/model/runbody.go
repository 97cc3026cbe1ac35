package model

import (
	"math"

	"github.com/vertefill/vertefill/internal/fluoro"
)

// RunBody measures the body between the two endplate lines; the posterior wall line tells which of their ends are behind. ok is
// false while one of the three is missing.
func (s *State) RunBody() (m fluoro.Morphometry, ok bool) {
	x := s.Run.Shown
	if x == nil {
		return m, false
	}
	lines := map[string][2][2]float64{}
	for _, l := range x.Found.Lines {
		lines[l.Name] = l.Points
	}
	wall, hasWall := lines[PosteriorWall]
	upper, hasUpper := lines[EndplateSuperior]
	lower, hasLower := lines[EndplateInferior]
	if !hasWall || !hasUpper || !hasLower {
		return m, false
	}
	behind := middle(wall)
	var p fluoro.SixPoints
	p.SuperiorAnterior, p.SuperiorPosterior = frontFirst(upper, behind)
	p.InferiorAnterior, p.InferiorPosterior = frontFirst(lower, behind)
	p.SuperiorMiddle, p.InferiorMiddle = middle(upper), middle(lower)
	m, err := p.Measure(s.RunCalibration())
	return m, err == nil
}

// frontFirst orders the ends of a line seen from the side; behind is a place on the posterior wall.
func frontFirst(l [2][2]float64, behind [2]float64) (front, back [2]float64) {
	if apart(l[0], behind) < apart(l[1], behind) {
		return l[1], l[0]
	}
	return l[0], l[1]
}

// RunKyphosis is the angle in degrees between the superior endplate of the body above and the inferior endplate of the body below, which
// the reader drew; the posterior wall tells which of their ends are behind. ok is false while one of the three is missing.
func (s *State) RunKyphosis() (degrees float64, ok bool) {
	x := s.Run.Shown
	if x == nil {
		return 0, false
	}
	lines := map[string][2][2]float64{}
	for _, l := range x.Found.Lines {
		lines[l.Name] = l.Points
	}
	wall, hasWall := lines[PosteriorWall]
	above, hasAbove := lines[PlateAbove]
	below, hasBelow := lines[PlateBelow]
	if !hasWall || !hasAbove || !hasBelow {
		return 0, false
	}
	ends := func(l [2][2]float64) (out [2][2]float64) {
		out[0], out[1] = frontFirst(l, middle(wall))
		return out
	}
	degrees, err := fluoro.LocalKyphosis(s.RunCalibration(), ends(above), ends(below))
	return degrees, err == nil
}

func middle(l [2][2]float64) [2]float64 {
	return [2]float64{(l[0][0] + l[1][0]) / 2, (l[0][1] + l[1][1]) / 2}
}

func apart(a, b [2]float64) float64 { return math.Hypot(a[0]-b[0], a[1]-b[1]) }
