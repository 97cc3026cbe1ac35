package vertebra

import (
	"math"
	"sort"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/spine"
	"github.com/vertefill/vertefill/internal/unit"
)

// Heights are taken over this width and with this resolution, tilts from this many points of a rim.
const (
	heightHalfMM  = 3.0
	heightSamples = 25
	endFifth      = 0.2
	middleShare   = 0.05 // of the depth either side of the middle
	rimRays       = 48
	rimFrom       = 0.6 // shares of the way to the outline at mid height between which the rim is looked for
	rimTo         = 1.26
	rimStep       = 0.03
	rimScaleMM    = 0.5 // of the Cauchy weights: a spur or a broken rim does not carry the plane
	rimRounds     = 10
)

// heights measures chords along the axis near the mid-sagittal plane: the longest in the front fifth, that in the middle and the
// longest in the rear fifth, and the angle between the planes that lie on the rims of both endplates.
func heights(pts []geom.Body, tris [][3]int32) spine.Heights {
	front, back := math.Inf(1), math.Inf(-1)
	for _, p := range pts {
		if math.Abs(p.X) < heightHalfMM && math.Abs(p.Z) < heightHalfMM {
			front, back = min(front, p.Y), max(back, p.Y)
		}
	}
	var share, top, bottom []float64
	for n := range heightSamples {
		f := (float64(n) + 0.5) / heightSamples
		var tops, bottoms []float64
		for x := -heightHalfMM; x <= heightHalfMM; x += 2 {
			if z := crossings(pts, tris, x+1e-4, front+f*(back-front)+1e-4); len(z) >= 2 {
				tops, bottoms = append(tops, z[len(z)-1]), append(bottoms, z[0])
			}
		}
		if len(tops) > 0 {
			share, top, bottom = append(share, f), append(top, median(tops)), append(bottom, median(bottoms))
		}
	}
	longest := func(from, to float64) unit.MM {
		h := 0.0
		for i, f := range share {
			if f >= from && f <= to {
				h = max(h, top[i]-bottom[i])
			}
		}
		return unit.MM(h)
	}
	var middle []float64
	for i, f := range share {
		if math.Abs(f-0.5) < middleShare {
			middle = append(middle, top[i]-bottom[i])
		}
	}
	upper, lower := rimTilt(pts, tris, 1), rimTilt(pts, tris, -1)
	return spine.Heights{
		Anterior: longest(0, endFifth), Middle: unit.MM(median(middle)), Posterior: longest(1-endFifth, 1),
		WedgeRadians: upper - lower, UpperTilt: upper, LowerTilt: lower,
	}
}

// rimTilt is the slope in the sagittal plane, in radians, of the plane on the rim of an endplate; sign is -1 for the lower one. The
// hollow of an endplate, often deepest towards the back, tilts lines through its floor; the rim all round carries the plane.
func rimTilt(pts []geom.Body, tris [][3]int32, sign float64) float64 {
	var rim []geom.Body
	for a := range rimRays {
		sin, cos := math.Sincos(2 * math.Pi * float64(a) / rimRays)
		r := outlineRadius(pts, tris, cos, sin)
		best, found := geom.Body{}, false
		for f := rimFrom; f <= rimTo && r > 0; f += rimStep {
			x, y := f*r*cos+1e-4, f*r*sin+1e-4
			z := crossings(pts, tris, x, y)
			if len(z) < 2 {
				continue
			}
			h := z[0]
			if sign > 0 {
				h = z[len(z)-1]
			}
			if !found || sign*h > sign*best.Z {
				best, found = geom.Pt[geom.BodyFrame](x, y, h), true
			}
		}
		if found {
			rim = append(rim, best)
		}
	}
	return math.Atan(planeSlope(rim, sign))
}

// outlineRadius is the distance from the axis to the surface at mid height in a direction, 0 when it meets none.
func outlineRadius(pts []geom.Body, tris [][3]int32, cos, sin float64) float64 {
	far := 0.0
	for _, t := range tris {
		for e := range 3 {
			a, b := pts[t[e]], pts[t[(e+1)%3]]
			if a.Z*b.Z > 0 || a.Z == b.Z {
				continue
			}
			p := a.Lerp(b, a.Z/(a.Z-b.Z))
			if along := p.X*cos + p.Y*sin; along > far && math.Abs(p.Y*cos-p.X*sin) < 0.06*along {
				far = along
			}
		}
	}
	return far
}

// planeSlope fits z = c0 + c1 x + c2 y with Cauchy weights, narrower on the hollow side (below for sign 1), and returns c2; 0 for
// fewer than six points.
func planeSlope(p []geom.Body, sign float64) float64 {
	if len(p) < 6 {
		return 0
	}
	var c [3]float64
	scale := 3.0
	for range rimRounds {
		var m [3][4]float64
		for _, q := range p {
			r := (q.Z - c[0] - c[1]*q.X - c[2]*q.Y) / scale
			if sign*r < 0 {
				r *= 2 // what lies lower belongs to the hollow
			}
			w := 1 / (1 + r*r)
			row := [4]float64{1, q.X, q.Y, q.Z}
			for i := range 3 {
				for j := range 4 {
					m[i][j] += w * row[i] * row[j]
				}
			}
		}
		c = solve3(m)
		scale = max(rimScaleMM, 0.7*scale)
	}
	return c[2]
}

// solve3 solves three linear equations by Cramer's rule; all zero when they have no single solution.
func solve3(m [3][4]float64) (x [3]float64) {
	det := func(a, b, c int) float64 {
		return m[0][a]*(m[1][b]*m[2][c]-m[1][c]*m[2][b]) - m[0][b]*(m[1][a]*m[2][c]-m[1][c]*m[2][a]) + m[0][c]*(m[1][a]*m[2][b]-m[1][b]*m[2][a])
	}
	d := det(0, 1, 2)
	if math.Abs(d) < 1e-9 {
		return x
	}
	return [3]float64{det(3, 1, 2) / d, det(0, 3, 2) / d, det(0, 1, 3) / d}
}

// crossings returns the heights at which the line along Z through (x, y) meets the surface, from below.
func crossings(pts []geom.Body, tris [][3]int32, x, y float64) []float64 {
	var out []float64
	for _, t := range tris {
		a, b, c := pts[t[0]], pts[t[1]], pts[t[2]]
		if a.X < x && b.X < x && c.X < x || a.X > x && b.X > x && c.X > x || a.Y < y && b.Y < y && c.Y < y || a.Y > y && b.Y > y && c.Y > y {
			continue // most triangles lie beside the line
		}
		det := (b.X-a.X)*(c.Y-a.Y) - (c.X-a.X)*(b.Y-a.Y)
		if det == 0 {
			continue
		}
		u := ((x-a.X)*(c.Y-a.Y) - (c.X-a.X)*(y-a.Y)) / det
		v := ((b.X-a.X)*(y-a.Y) - (x-a.X)*(b.Y-a.Y)) / det
		if u >= 0 && v >= 0 && u+v <= 1 {
			out = append(out, a.Z+u*(b.Z-a.Z)+v*(c.Z-a.Z))
		}
	}
	sort.Float64s(out)
	return out
}
