package phantom

import (
	"math"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/spine"
)

// leakTruth measures leak n of a deposit.
func (t *Truth) leakTruth(d *deposit, n int) Leak {
	l := d.leaks[n]
	on := t.patient.sees.vertebrae[t.patient.index(d.on.level)]
	var points []geom.Body
	var mm3 float64
	var sum geom.BodyVec
	integrate(l.lo, l.hi, leakLeafMM, steepness, func(p geom.Body) float64 { return max(d.leakAt(n, p), -t.metalAt(d.on, p)) }, func(c cube) {
		v := c.size * c.size * c.size
		mm3 += v
		sum = sum.Add(c.centre.Sub(geom.Body{}).Mul(v))
		points = append(points, c.centre)
	})
	var centre geom.Body
	if mm3 > 0 {
		centre = centre.Add(sum.Mul(1 / mm3))
	}
	out := Leak{ID: l.id, Level: d.on.level, Compartment: l.compartment, Type: l.kind, Side: anatomy.Midline, VolumeML: mm3 / 1000,
		CentroidLPS: array(on.patientFromBody.Apply(centre)), LengthMM: l.length()}
	switch {
	case centre.X > 2:
		out.Side = anatomy.Left
	case centre.X < -2:
		out.Side = anatomy.Right
	}
	points = thinned(points, 1500)
	if out.LengthMM == 0 {
		out.LengthMM = diameter(points)
	}
	out.ReachMM = d.on.reach(points)
	if l.compartment == anatomy.Canal {
		deep, share := t.encroachment(d, n, on)
		out.CanalEncroachmentMM, out.CanalEncroachmentFraction = &deep, &share
	}
	return out
}

// thinned keeps at most about n points, evenly.
func thinned(points []geom.Body, n int) []geom.Body {
	step := max(1, len(points)/n)
	var out []geom.Body
	for i := 0; i < len(points); i += step {
		out = append(out, points[i])
	}
	return out
}

// diameter is the largest distance between two of the points.
func diameter(points []geom.Body) float64 {
	longest := 0.0
	for i, p := range points {
		for _, q := range points[:i] {
			longest = max(longest, p.Dist(q))
		}
	}
	return longest
}

// reach is the farthest distance of the points from the body surface.
func (v *vertebra) reach(points []geom.Body) float64 {
	surface := v.surface(geom.Identity[geom.PatientFrame, geom.BodyFrame]()).Vertices
	farthest := 0.0
	for _, p := range points {
		nearest := v.bodyAt(p) // exact next to the surface; an estimate far away
		if nearest > 3 {
			nearest = math.Inf(1)
			for _, s := range surface {
				nearest = min(nearest, sq(p.X-s.X)+sq(p.Y-s.Y)+sq(p.Z-s.Z))
			}
			nearest = math.Sqrt(nearest)
		}
		farthest = max(farthest, nearest)
	}
	return farthest
}

// encroachment cuts the canal every millimetre and returns the largest depth of the leak from front to back in one cut, in mm, and
// the largest share of a cut's area that it takes (Zhang et al. 2019, BMC Musculoskelet Disord 20:423: sagittal diameter and area).
func (t *Truth) encroachment(d *deposit, n int, on *placed) (deepMM, share float64) {
	const step = 0.2
	l := d.leaks[n]
	for _, s := range t.patient.trueCanal().Sections {
		if c := on.bodyFromPatient.Apply(s.Centre); c.Z < l.lo.Z-1 || c.Z > l.hi.Z+1 {
			continue
		}
		area, r := 0.0, widest(s)
		for x := -r; x <= r; x += step {
			column := 0.0
			for y := -r; y <= r; y += step {
				if math.Hypot(x, y) > s.Radius(math.Atan2(y, x)) {
					continue
				}
				p := s.Centre.Add(s.Left.Mul(x)).Add(s.Posterior.Mul(y))
				if d.leakAt(n, on.bodyFromPatient.Apply(p)) < 0 {
					column += step
				}
			}
			area += column * step
			deepMM = max(deepMM, column)
		}
		share = max(share, area/float64(s.Area()))
	}
	return deepMM, min(1, share)
}

func widest(s spine.Section) float64 {
	r := 0.0
	for _, q := range s.Radii {
		r = max(r, q)
	}
	return r
}
