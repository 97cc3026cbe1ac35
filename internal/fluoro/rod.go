package fluoro

import (
	"math"
)

// The width of a rod is measured across it at many places. Across a hollow or full cylinder the attenuation is that of a chord, a root
// at its borders, spread by the detector's blur: a half maximum would be a seventh too narrow, so the chord's form itself is fitted.

const (
	rodSections = 8
	rodStep     = 0.25 // pixels between samples across
	rodReach    = 30.0 // pixels looked at on either side, at most
	modelPixels = 0.25 // standard error of the width because bore and blur are not known, measured on drawn rods
)

// rodWidth returns the width in columns of a rod along the line from-to, and its standard error. shape is the height of a pixel over its
// width.
func rodWidth(p *picture, shape float64, from, to [2]float64) (width, deviation float64, err error) {
	long := math.Hypot(to[0]-from[0], (to[1]-from[1])*shape)
	if long < 2*leastObject {
		return 0, 0, ErrTooShort
	}
	reach := math.Min(rodReach, long/2)
	// Where the rod's axis lies off the line drawn, section by section; a straight line through that is its axis.
	var places, middles []float64
	near := math.NaN()
	for n := range rodSections {
		a, b := float64(n)/rodSections, float64(n+1)/rodSections
		if f, ok := coarseChord(across(p, shape, from, to, a, b, 0, 0, reach), reach, near); ok {
			places, middles = append(places, (a+b)/2), append(middles, f.middle)
			near = f.middle
		}
	}
	if len(places) < rodSections*3/4 {
		return 0, 0, ErrNoRod
	}
	offset, slope, off := straight(places, middles)
	if off > 1.5 {
		return 0, 0, ErrNoRod
	}
	whole, ok := fitChord(across(p, shape, from, to, 0, 1, offset, slope, reach), reach)
	if !ok {
		return 0, 0, ErrNoRod
	}
	var widths []float64
	for n := range rodSections {
		profile := across(p, shape, from, to, float64(n)/rodSections, float64(n+1)/rodSections, offset, slope, reach)
		if f, ok := whole.again(profile, reach); ok {
			widths = append(widths, 2*f.radius)
		}
	}
	if len(widths) < rodSections*3/4 {
		return 0, 0, ErrNoRod
	}
	mean, spread := 0.0, 0.0
	for _, w := range widths {
		mean += w / float64(len(widths))
	}
	for _, w := range widths {
		spread += (w - mean) * (w - mean) / float64(len(widths)-1)
	}
	w := 2 * whole.radius
	switch {
	case math.Sqrt(spread) > 0.15*w || math.Abs(mean-w) > 0.1*w:
		return 0, 0, ErrNoRod
	case w < leastObject/2:
		return 0, 0, ErrTooShort
	}
	return w, math.Hypot(modelPixels, math.Sqrt(spread/float64(len(widths)))), nil
}

// across returns the mean profile across the line from-to between two shares of its length, about an axis that lies offset and slope
// off it.
func across(p *picture, shape float64, from, to [2]float64, first, last, offset, slope, reach float64) (profile []float64) {
	dx, dy := to[0]-from[0], (to[1]-from[1])*shape
	long := math.Hypot(dx, dy)
	ux, uy := dx/long, dy/long
	steps := max(4, int((last-first)*long*2))
	for s := -reach; s <= reach; s += rodStep {
		sum, count := 0.0, 0.0
		for n := range steps {
			t := first + (float64(n)+0.5)/float64(steps)*(last-first)
			side := s + offset + slope*t
			if v, ok := p.at(from[0]+t*long*ux-side*uy, from[1]+(t*long*uy+side*ux)/shape); ok {
				sum, count = sum+float64(v), count+1
			}
		}
		if count == 0 {
			profile = append(profile, math.NaN())
			continue
		}
		profile = append(profile, sum/count)
	}
	return profile
}

// straight fits y = a + b x and returns the root mean square of what is left.
func straight(x, y []float64) (a, b, rest float64) {
	var n, sx, sy, sxx, sxy float64
	for i := range x {
		n, sx, sy, sxx, sxy = n+1, sx+x[i], sy+y[i], sxx+x[i]*x[i], sxy+x[i]*y[i]
	}
	b = (n*sxy - sx*sy) / (n*sxx - sx*sx)
	a = (sy - b*sx) / n
	for i := range x {
		rest += (y[i] - a - b*x[i]) * (y[i] - a - b*x[i]) / n
	}
	return a, b, math.Sqrt(rest)
}

// at samples the picture between pixels.
func (p *picture) at(x, y float64) (float32, bool) {
	if !(x >= 0 && y >= 0 && x < float64(p.w-1) && y < float64(p.h-1)) {
		return 0, false
	}
	ix, iy := int(x), int(y)
	u, v := float32(x-float64(ix)), float32(y-float64(iy))
	o := iy*p.w + ix
	top := p.v[o] + u*(p.v[o+1]-p.v[o])
	return top + v*(p.v[o+p.w]+u*(p.v[o+p.w+1]-p.v[o+p.w])-top), true
}

// chordFit is a rod in a profile across it.
type chordFit struct{ middle, radius, blur, bore, depth, rest float64 }

// usualBlur is the detector's, in columns.
const usualBlur = 0.8

// coarseChord looks for a rod, full or hollow, in a profile: depth times the chord of a circle, less that of its bore, on a straight
// background. near is where its middle was before, or no number.
func coarseChord(profile []float64, reach, near float64) (best chordFit, ok bool) {
	best.rest = math.Inf(1)
	lo, hi := -reach/2, reach/2
	if !math.IsNaN(near) {
		lo, hi = near-2, near+2
	}
	for middle := lo; middle <= hi; middle += 0.5 {
		for radius := 1.5; radius <= reach/2.2; radius *= 1.15 {
			for _, bore := range []float64{0, 0.7, 0.8} { // bone needles with and without their stylet
				f, fine := chordAt(profile, reach, [2]float64{-reach, reach}, chordFit{middle: middle, radius: radius, blur: usualBlur, bore: bore})
				if fine && f.rest < best.rest {
					best = f
				}
			}
		}
	}
	return best, best.stands(reach)
}

// stands reports whether a rod stands out of its background.
func (f chordFit) stands(reach float64) bool {
	return !math.IsInf(f.rest, 1) && f.depth > 0.08 && f.depth > 3*f.rest && f.radius > 1 && f.radius < reach/2
}

// fitChord fits a rod whose axis lies near the middle of the profile; every bore and blur is tried.
func fitChord(profile []float64, reach float64) (best chordFit, ok bool) {
	start, ok := coarseChord(profile, reach, 0)
	if !ok {
		return start, false
	}
	best.rest = math.Inf(1)
	// Tubes of 8 to 13 gauge with regular walls have bores of 0.75 to 0.82 of their diameter.
	for _, bore := range []float64{0, 0.7, 0.72, 0.74, 0.76, 0.78, 0.8, 0.82, 0.84, 0.86} {
		for _, blur := range []float64{0.4, 0.55, 0.7, 0.9, 1.2, 1.6} {
			f := start
			f.bore, f.blur = bore, blur
			if g, fine := f.again(profile, reach); fine && g.rest < best.rest {
				best = g
			}
		}
	}
	return best, best.stands(reach)
}

// again refines middle and radius. The background is told by as much of it as the rod is wide, and no farther, where other things begin.
func (f chordFit) again(profile []float64, reach float64) (chordFit, bool) {
	side := 2.2*f.radius + 3
	window := [2]float64{f.middle - side, f.middle + side}
	best, ok := chordAt(profile, reach, window, f)
	if !ok {
		return best, false
	}
	for step := 0.5; step > 0.01; step /= 2 {
		for range 8 {
			b := best
			for _, d := range [4][2]float64{{step, 0}, {-step, 0}, {0, step}, {0, -step}} {
				n := b
				n.middle, n.radius = b.middle+d[0], b.radius+d[1]
				if g, fine := chordAt(profile, reach, window, n); fine && g.rest < best.rest {
					best = g
				}
			}
			if best == b {
				break
			}
		}
	}
	return best, true
}

// gauss08 is a Gaussian in steps of 0.8 sigma.
var gauss08 = func() (w [7]float64) {
	sum := 0.0
	for i := range w {
		x := 0.8 * float64(i-3)
		w[i] = math.Exp(-x * x / 2)
		sum += w[i]
	}
	for i := range w {
		w[i] /= sum
	}
	return w
}()

// chordAt solves for depth and background by least squares over the samples in a window.
func chordAt(profile []float64, reach float64, window [2]float64, f chordFit) (chordFit, bool) {
	middle, radius, blur, bore := f.middle, f.radius, f.blur, f.bore
	if radius <= 0.5 {
		return f, false
	}
	var a [3][4]float64
	count, sum := 0.0, 0.0
	chord := func(d, r float64) float64 {
		if q := r*r - d*d; q > 0 {
			return math.Sqrt(q) / radius
		}
		return 0
	}
	first, last := max(0, int((window[0]+reach)/rodStep)), min(len(profile)-1, int((window[1]+reach)/rodStep))
	for n := first; n <= last; n++ {
		v := profile[n]
		if math.IsNaN(v) {
			continue
		}
		s := float64(n)*rodStep - reach
		shape := 0.0
		for d := -3; d <= 3; d++ {
			t := s + 0.8*float64(d)*blur - middle
			shape += gauss08[d+3] * (chord(t, radius) - chord(t, bore*radius))
		}
		b := [3]float64{shape, 1, s - middle}
		for i := range 3 {
			for j := range 3 {
				a[i][j] += b[i] * b[j]
			}
			a[i][3] += b[i] * v
		}
		sum += v * v
		count++
	}
	x, fine := solve3(a)
	if !fine || count < 12 || x[0] <= 0 {
		return f, false
	}
	rest := sum - x[0]*a[0][3] - x[1]*a[1][3] - x[2]*a[2][3]
	peak := math.Sqrt(1 - bore*bore) // of the shape
	f.depth, f.rest = x[0]*peak, math.Sqrt(math.Max(0, rest)/count)
	return f, true
}

// solve3 solves three equations; the last column is the right side.
func solve3(a [3][4]float64) (x [3]float64, ok bool) {
	for i := range 3 {
		p := i
		for r := i + 1; r < 3; r++ {
			if math.Abs(a[r][i]) > math.Abs(a[p][i]) {
				p = r
			}
		}
		a[i], a[p] = a[p], a[i]
		if math.Abs(a[i][i]) < 1e-12 {
			return x, false
		}
		for r := range 3 {
			if r == i {
				continue
			}
			f := a[r][i] / a[i][i]
			for c := i; c < 4; c++ {
				a[r][c] -= f * a[i][c]
			}
		}
	}
	for i := range 3 {
		x[i] = a[i][3] / a[i][i]
	}
	return x, true
}
