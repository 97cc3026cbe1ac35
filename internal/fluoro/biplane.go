package fluoro

import (
	"errors"
	"math"
	"time"

	"github.com/vertefill/vertefill/internal/geom"
)

// Two views that share an isocentre see one point on two rays. Positions are then millimetres from the isocentre along the patient's
// axes, as the angles of the positioner are counted along them: left, posterior, head. They are no coordinates of a CT. The picture's
// middle is taken to lie on the beam's axis, and the isocentre at the stated distance of the patient: what is wrong with that shows in
// the residual.

// Sight is one view of a pair with the size of its pictures.
type Sight struct {
	View   *View
	NX, NY int
}

// Sight is the view of the run.
func (r *Run) Sight() Sight { return Sight{r.View, r.NX, r.NY} }

// leastTurn is the least angle between two beams that places a point, in degrees: at 15 a pixel across is 4 along.
const leastTurn = 15.0

// ErrParallel is returned for two views too alike to place a point.
var ErrParallel = errors.New("fluoro: the two views are too alike to place a point")

// Isocentric is a point seen in two views.
type Isocentric struct {
	// FromIsocentre is in mm towards the patient's left, back and head.
	FromIsocentre geom.PatientVec
	// ResidualMM is how far the two rays pass each other.
	ResidualMM float64
	// TurnDegrees is the angle between the beams, 0..90.
	TurnDegrees float64
}

// Locate places the point that lies at pixel a of one view and pixel b of the other. The errors are ErrNoGeometry and ErrParallel.
func Locate(one, two Sight, a, b [2]float64) (Isocentric, error) {
	c, ok := newCamera(one.View, one.NX, one.NY)
	d, also := newCamera(two.View, two.NX, two.NY)
	if !ok || !also {
		return Isocentric{}, ErrNoGeometry
	}
	turn := c.turnTo(&d)
	if turn < leastTurn {
		return Isocentric{}, ErrParallel
	}
	p, u := c.ray(a)
	q, v := d.ray(b)
	// The nearest points of the two rays.
	w := p.Sub(q)
	uv, uw, vw := u.Dot(v), u.Dot(w), v.Dot(w)
	den := 1 - uv*uv
	if den < 1e-6 {
		return Isocentric{}, ErrParallel
	}
	s, t := (uv*vw-uw)/den, (vw-uv*uw)/den
	x, y := p.Add(u.Mul(s)), q.Add(v.Mul(t))
	return Isocentric{x.Add(y).Mul(0.5), x.Sub(y).Norm(), turn}, nil
}

// Epipolar returns the line in the second view on which the point at pixel a of the first one lies: its ends at 150 mm on either side of
// the isocentre. ok is false without the geometry.
func Epipolar(one, two Sight, a [2]float64) (ends [2][2]float64, ok bool) {
	c, fine := newCamera(one.View, one.NX, one.NY)
	d, also := newCamera(two.View, two.NX, two.NY)
	if !fine || !also || c.turnTo(&d) < leastTurn {
		return ends, false
	}
	const reach = 150.0
	p, u := c.ray(a)
	for n, s := range []float64{-reach, reach} {
		ends[n][0], ends[n][1] = d.seen(p.Add(u.Mul(c.toPatient + s)))
	}
	return ends, true
}

// source is the place of the tube from the isocentre.
func (c *camera) source() geom.PatientVec { return c.beam.Mul(-c.toPatient) }

// ray returns the source and the direction through a pixel.
func (c *camera) ray(at [2]float64) (from, direction geom.PatientVec) {
	d := c.beam.Mul(c.toDetector).Add(c.col.Mul((at[0] - c.cx) * c.colMM)).Add(c.row.Mul((at[1] - c.cy) * c.rowMM))
	return c.source(), d.Unit()
}

// seen returns the pixel at which a place, from the isocentre, is seen.
func (c *camera) seen(at geom.PatientVec) (x, y float64) {
	w := at.Sub(c.source())
	k := c.toDetector / w.Dot(c.beam)
	return c.cx + w.Dot(c.col)*k/c.colMM, c.cy + w.Dot(c.row)*k/c.rowMM
}

// turnTo is the angle between two beams in degrees, 0..90.
func (c *camera) turnTo(d *camera) float64 {
	return math.Acos(math.Min(1, math.Abs(c.beam.Dot(d.beam)))) * 180 / math.Pi
}

// InStep returns, for every frame of a, the frame of b that is on at the same time, when b starts later by a lead (negative: earlier).
// Before and after b it is the nearest end.
func InStep(a, b *Run, later time.Duration) []int {
	out := make([]int, a.Frames)
	j := 0
	for k := range out {
		if len(a.Times) != a.Frames || len(b.Times) != b.Frames {
			out[k] = min(k, b.Frames-1)
			continue
		}
		for j+1 < b.Frames && b.Times[j+1]+later <= a.Times[k] {
			j++
		}
		out[k] = j
	}
	return out
}
