package fluoro

import (
	"math"
)

// Unrest is how the patient moved during the run, at the middle of the picture, apart from table and field. Pixels are those of the
// first frame.
type Unrest struct {
	BreathPixels  float64 // half of the way to and fro; zero below a third of a pixel, and when the run shows fewer than two breaths
	BreathSeconds float64 // of one breath; zero when the run tells no times
	MovedPixels   float64 // the farthest that the mean place over a breath came to lie from where it was; zero when that is little
	MovedFrame    int     // first frame from which it lies there
}

const (
	leastBreath  = 0.35  // pixels: below is noise of the registration
	leastMoved   = 0.012 // of the picture's side, 1.5 mm in 135: a patient who moves, not one who breathes
	breathWindow = 5.0   // seconds over which breathing is averaged out
)

// unrest measures motion that is neither the table's nor the field's.
func (r *Result) unrest(run *Run) (u Unrest) {
	n := run.Frames
	if r.track == nil || n < 8 {
		return u
	}
	window := run.framesIn(breathWindow)
	cx, cy := float64(r.nx-1)/2, float64(r.ny-1)/2
	x, y := make([]float64, n), make([]float64, n)
	known := make([]bool, n)
	// The way without the steps at events: what the table did is taken off from there on.
	var ox, oy, px, py float64
	jump := map[int]bool{}
	for _, e := range r.Events {
		if e.Kind == TableMove || e.Kind == Zoom {
			for k := e.Frame; k < e.Frame+tableTakes; k++ {
				jump[k] = true
			}
		}
	}
	for k := range n {
		if known[k] = r.track.read[k] && !r.track.lost[k]; !known[k] {
			x[k], y[k] = px-ox, py-oy
			continue
		}
		m := r.Motion[k]
		s := m.Scale
		if s == 0 {
			s = 1
		}
		ax, ay := m.Apply(cx, cy, r.nx, r.ny)
		ax, ay = (ax-cx)/s, (ay-cy)/s
		if jump[k] {
			ox, oy = ox+ax-px, oy+ay-py
		}
		px, py = ax, ay
		x[k], y[k] = ax-ox, ay-oy
	}
	slow := func(v []float64) []float64 { return runningMean(runningMean(v, window), window) } // twice: breaths of other lengths vanish too
	mx, my := slow(x), slow(y)
	// Breathing: what is left without the slow part, along its main direction.
	var sxx, syy, sxy float64
	for k := range n {
		a, b := x[k]-mx[k], y[k]-my[k]
		sxx, syy, sxy = sxx+a*a, syy+b*b, sxy+a*b
	}
	angle := math.Atan2(2*sxy, sxx-syy) / 2
	sin, cos := math.Sincos(angle)
	swing := make([]float64, n)
	values := make([]float32, n)
	for k := range n {
		swing[k] = cos*(x[k]-mx[k]) + sin*(y[k]-my[k])
		values[k] = float32(swing[k])
	}
	if amplitude := float64(quantile(append([]float32{}, values...), 0.95)-quantile(append([]float32{}, values...), 0.05)) / 2; amplitude >= leastBreath {
		if seconds, ok := period(swing, run); ok {
			u.BreathPixels, u.BreathSeconds = amplitude, seconds
		}
	}
	// The patient lies elsewhere: the mean place over a breath leaves where it was at first.
	side := float64(max(r.nx, r.ny))
	first := window / 2 // nearer to the ends the mean holds part of a breath
	for k := first; k < n-window/2; k++ {
		if d := math.Hypot(mx[k]-mx[first], my[k]-my[first]); d > leastMoved*side && d > u.MovedPixels {
			if u.MovedPixels == 0 {
				u.MovedFrame = k
			}
			u.MovedPixels = d
		}
	}
	return u
}

// tableTakes is how many frames a table's move may last.
const tableTakes = 4

// runningMean averages over a window about each value, narrower at the ends.
func runningMean(x []float64, window int) []float64 {
	out := make([]float64, len(x))
	half := max(1, window/2)
	for k := range x {
		r := min(half, k, len(x)-1-k)
		if r < half/2 { // near the ends the nearest full half window stands
			r = half / 2
		}
		a, b := max(0, k-r), min(len(x)-1, k+r)
		for _, v := range x[a : b+1] {
			out[k] += v / float64(b+1-a)
		}
	}
	return out
}

// period is the time of one swing, from the crossings of zero with some slack, zero when the run tells no times; ok is false when there
// are fewer than two swings: a single one is no breathing.
func period(swing []float64, run *Run) (seconds float64, ok bool) {
	slack := 0.0
	for _, v := range swing {
		slack = math.Max(slack, 0.3*math.Abs(v))
	}
	up, first, last, count := false, -1, -1, 0
	for k, v := range swing {
		switch {
		case !up && v > slack:
			up = true
			if count++; first < 0 {
				first = k
			}
			last = k
		case up && v < -slack:
			up = false
		}
	}
	if count < 3 {
		return 0, false
	}
	if len(run.Times) != len(swing) || !run.TimeKnown {
		return 0, true
	}
	return (run.Times[last] - run.Times[first]).Seconds() / float64(count-1), true
}
