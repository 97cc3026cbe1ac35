package cement

import (
	"math"
	"sync"
)

// edgeSpread is the profile of a plane edge blurred by a Gaussian of standard deviation 1 and by a box: for shares of the step from 0 to 1
// the distance from the edge.
type edgeSpread [spreadSteps + 1]float64

// Steps of the table of profiles: shares, and widths of the box.
const (
	spreadSteps = 400
	boxStep     = 0.25 // standard deviations
	boxSteps    = 48
)

var edgeSpreads = sync.OnceValue(func() *[boxSteps + 1]edgeSpread {
	var out [boxSteps + 1]edgeSpread
	for b := range out {
		width := float64(b) * boxStep
		for n := 1; n < spreadSteps; n++ {
			f := float64(n) / spreadSteps
			low, high := -4-width/2, 4+width/2
			for range 30 {
				if x := (low + high) / 2; boxed(x, width) < f {
					low = x
				} else {
					high = x
				}
			}
			out[b][n] = (low + high) / 2
		}
		out[b][0], out[b][spreadSteps] = -4-width/2, 4+width/2
	}
	return &out
})

// boxed is the share of the step at a distance inside an edge blurred by a Gaussian of deviation 1 and a box: the mean of the normal
// distribution function over the box.
func boxed(x, width float64) float64 {
	if width == 0 {
		return phi(x)
	}
	integral := func(x float64) float64 { return x*phi(x) + density(x) }
	return (integral(x+width/2) - integral(x-width/2)) / width
}

func density(u float64) float64 { return math.Exp(-u*u/2) / math.Sqrt(2*math.Pi) }

// edgeOf returns the profile for a box of the given width in standard deviations of the Gaussian.
func edgeOf(width float64) *edgeSpread {
	return &edgeSpreads()[min(boxSteps, int(math.Round(width/boxStep)))]
}

// at returns the distance inside the edge, in standard deviations, where the profile has the share f.
func (e *edgeSpread) at(f float64) float64 {
	x := max(0, min(spreadSteps, f*spreadSteps))
	n := min(spreadSteps-1, int(x))
	t := x - float64(n)
	return e[n]*(1-t) + e[n+1]*t
}
