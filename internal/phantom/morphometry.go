package phantom

import (
	"math"
	"sort"

	"gonum.org/v1/gonum/mat"

	"github.com/vertefill/vertefill/internal/geom"
)

// Heights and angles are what a ruler on the exact surface gives, not the numbers that the body was made from: the rim of an endplate
// lies where its surface is highest, and where a hollow reaches the rim behind, that is lower than the plane it was cut from.
const (
	bandHalfMM   = 3.0 // heights are medians over this band about the middle
	bandLines    = 4
	endFifth     = 0.2
	chordPlaces  = 21 // over the depth in each fifth
	rimRays      = 48
	rimFrom      = 0.6 // shares of the outline at mid height between which the rim is looked for
	rimTo        = 1.25
	rimStep      = 0.025
	rimTolerance = 0.5 // mm below the plane where a point counts half: the rim is broken there
)

// ruler measures a body along the axis that halves the angle between its endplates.
type ruler struct {
	b        *body
	fromAxis geom.Affine[geom.BodyFrame, geom.BodyFrame] // of the body's own frame from that of the axis
	limit    float64
}

func newRuler(b *body) *ruler {
	forward := (math.Atan(b.superior.slopeY) + math.Atan(b.inferior.slopeY)) / 2
	aside := (math.Atan(b.superior.slopeX) + math.Atan(b.inferior.slopeX)) / 2
	o := geom.Pt[geom.BodyFrame](0, 0, 0)
	turn := geom.Compose(geom.Rotation(o, geom.V[geom.BodyFrame](1, 0, 0), forward), geom.Rotation(o, geom.V[geom.BodyFrame](0, 1, 0), -aside))
	return &ruler{b: b, fromAxis: turn, limit: b.radius + 3}
}

func (r *ruler) at(x, y, z float64) float64 {
	return r.b.at(r.fromAxis.Apply(geom.Pt[geom.BodyFrame](x, y, z)))
}

// end returns the height at which the line along the axis through (x, y) leaves the body for the last time upwards (sign 1) or
// downwards (-1); ok is false when it misses the body.
func (r *ruler) end(x, y, sign float64) (z float64, ok bool) {
	const step = 0.5
	for d := r.limit; d > -r.limit; d -= step {
		if r.at(x, y, sign*d) < 0 {
			in, out := d, d+step
			for range 12 {
				if mid := (in + out) / 2; r.at(x, y, sign*mid) < 0 {
					in = mid
				} else {
					out = mid
				}
			}
			return sign * (in + out) / 2, true
		}
	}
	return 0, false
}

// heights are the longest chord in the front fifth, that in the middle and the longest in the rear fifth of the depth at mid height, each
// the median over the band.
func (r *ruler) heights() Heights {
	front, back := r.reach(0, -1), r.reach(0, 1)
	chord := func(share float64) float64 {
		var all []float64
		for n := range bandLines {
			x := bandHalfMM * (2*float64(n)/(bandLines-1) - 1)
			y := -front + share*(front+back)
			hi, ok1 := r.end(x, y, 1)
			lo, ok2 := r.end(x, y, -1)
			if ok1 && ok2 {
				all = append(all, hi-lo)
			}
		}
		if len(all) == 0 {
			return 0
		}
		sort.Float64s(all)
		return (all[(len(all)-1)/2] + all[len(all)/2]) / 2
	}
	longest := func(from, to float64) float64 {
		best := 0.0
		for n := range chordPlaces {
			best = max(best, chord(from+(to-from)*float64(n)/(chordPlaces-1)))
		}
		return best
	}
	return Heights{longest(0.02, endFifth), chord(0.5), longest(1-endFifth, 0.98)}
}

// reach is the distance from the axis to the surface at mid height in the direction (cos, sin).
func (r *ruler) reach(cos, sin float64) float64 {
	d := r.limit
	for d > 0 && r.at(d*cos, d*sin, 0) > 0 {
		d -= 0.05
	}
	return d
}

// tilts returns the slopes of the planes on both rims in the sagittal plane of the body's own frame, radians, rising backwards.
func (r *ruler) tilts() (upper, lower float64) {
	tilt := func(sign float64) float64 {
		var rim []geom.Body
		for n := range rimRays {
			sin, cos := math.Sincos(2 * math.Pi * float64(n) / rimRays)
			out := r.reach(cos, sin)
			best, found := geom.Body{}, false
			for f := rimFrom; f <= rimTo; f += rimStep {
				if z, ok := r.end(f*out*cos, f*out*sin, sign); ok && (!found || sign*z > sign*best.Z) {
					best, found = geom.Pt[geom.BodyFrame](f*out*cos, f*out*sin, z), true
				}
			}
			if found {
				rim = append(rim, best)
			}
		}
		u := r.fromAxis.ApplyVec(geom.V[geom.BodyFrame](0, 1, rimSlope(rim, sign)))
		return math.Atan2(u.Z, u.Y)
	}
	return tilt(1), tilt(-1)
}

// rimSlope is the slope along Y of the plane on the rim, by least squares in which points below the plane count less and less.
func rimSlope(rim []geom.Body, sign float64) float64 {
	c := mat.NewVecDense(3, nil)
	weight := func(geom.Body) float64 { return 1 }
	for range 12 {
		a, b := mat.NewDense(len(rim), 3, nil), mat.NewVecDense(len(rim), nil)
		for i, p := range rim {
			w := math.Sqrt(weight(p))
			a.SetRow(i, []float64{w, w * p.X, w * p.Y})
			b.SetVec(i, w*p.Z)
		}
		next := mat.NewVecDense(3, nil)
		if next.SolveVec(a, b) != nil {
			return 0
		}
		c = next
		weight = func(p geom.Body) float64 {
			below := max(0, sign*(c.AtVec(0)+c.AtVec(1)*p.X+c.AtVec(2)*p.Y-p.Z)) / rimTolerance
			return 1 / (1 + below*below)
		}
	}
	return c.AtVec(2)
}
