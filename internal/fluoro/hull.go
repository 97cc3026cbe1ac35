package fluoro

import (
	"errors"
	"math"

	"github.com/vertefill/vertefill/internal/geom"
)

// Hull is the visual hull of cement seen in two views (Laurentini, IEEE TPAMI 16:150, 1994): all that both silhouettes allow. Its volume
// is an upper bound, mostly far above the truth; it is no measured volume.
type Hull struct {
	UpperBoundML float64
	// ShiftMM is by how much the second silhouette was moved along the direction that both views show, so that both begin and end alike:
	// what the stated geometry leaves unexplained.
	ShiftMM     float64
	TurnDegrees float64
}

// Reasons why there is no hull.
var (
	ErrNoSilhouette = errors.New("fluoro: one of the two frames shows no new cement")
	ErrNoMatch      = errors.New("fluoro: the two silhouettes do not belong together in this geometry")
	ErrCut          = errors.New("fluoro: a silhouette reaches the border of its picture")
)

const (
	hullStepMM  = 0.5
	mostShiftMM = 8.0
	mostStretch = 0.25 // by how much the silhouettes may differ in extent along the common direction
	hullRimMM   = 0.35 // added round both silhouettes: cement thinner than 1 mm at the rim is not in them
)

// UpperBound returns the visual hull of the cement in frame k of one run and frame l of another, of masks as
// MaskOnFirst draws them. The errors are ErrNoGeometry, ErrParallel, ErrNoSilhouette, ErrCut and ErrNoMatch.
func UpperBound(one, two Sight, a, b []uint8) (h Hull, err error) {
	c, ok := newCamera(one.View, one.NX, one.NY)
	d, also := newCamera(two.View, two.NX, two.NY)
	if !ok || !also {
		return h, ErrNoGeometry
	}
	if h.TurnDegrees = c.turnTo(&d); h.TurnDegrees < leastTurn {
		return h, ErrParallel
	}
	s, err := newSilhouette(c, one, a)
	if err != nil {
		return h, err
	}
	t, err := newSilhouette(d, two, b)
	if err != nil {
		return h, err
	}
	// The direction that both views show across their beams: mostly head to feet.
	axis := c.beam.Cross(d.beam).Unit()
	lo, hi := s.extent(axis)
	lo2, hi2 := t.extent(axis)
	shift := (lo + hi - lo2 - hi2) / 2
	h.ShiftMM = math.Abs(shift)
	long, short := math.Max(hi-lo, hi2-lo2), math.Min(hi-lo, hi2-lo2)
	if h.ShiftMM > mostShiftMM || long-short > math.Max(4, mostStretch*long) {
		return h, ErrNoMatch
	}
	// Both are moved half of it towards each other.
	s.moved, t.moved = axis.Mul(shift/2), axis.Mul(-shift/2)
	centre, ok := meeting(s, t)
	if !ok {
		return h, ErrNoMatch
	}
	reach := 0.75*math.Max(s.radius, t.radius)*2 + 6
	n := int(reach / hullStepMM)
	count := 0
	for i := -n; i <= n; i++ {
		for j := -n; j <= n; j++ {
			for k := -n; k <= n; k++ {
				p := centre.Add(geom.LPSVec(float64(i)*hullStepMM, float64(j)*hullStepMM, float64(k)*hullStepMM))
				if s.covers(p) && t.covers(p) {
					count++
				}
			}
		}
	}
	h.UpperBoundML = float64(count) * hullStepMM * hullStepMM * hullStepMM / 1000
	return h, nil
}

// silhouette is cement in one view.
type silhouette struct {
	c      camera
	nx, ny int
	on     []bool
	moved  geom.PatientVec // by which the patient is moved in this view
	middle [2]float64
	radius float64 // mm at the isocentre, round its middle
}

func newSilhouette(c camera, sight Sight, mask []uint8) (*silhouette, error) {
	s := &silhouette{c: c, nx: sight.NX, ny: sight.NY, on: make([]bool, len(mask))}
	n := 0.0
	for i, on := range mask {
		if on == 0 {
			continue
		}
		x, y := i%s.nx, i/s.nx
		if x == 0 || y == 0 || x == s.nx-1 || y == s.ny-1 {
			return nil, ErrCut
		}
		s.on[i] = true
		s.middle[0], s.middle[1], n = s.middle[0]+float64(x), s.middle[1]+float64(y), n+1
	}
	if n == 0 {
		return nil, ErrNoSilhouette
	}
	s.middle[0], s.middle[1] = s.middle[0]/n, s.middle[1]/n
	scale := c.mmAt()
	for i, on := range s.on {
		if on {
			s.radius = math.Max(s.radius, scale*math.Hypot(float64(i%s.nx)-s.middle[0], float64(i/s.nx)-s.middle[1]))
		}
	}
	if r := int(math.Round(hullRimMM / scale)); r > 0 {
		s.on = grown(s.on, s.nx, s.ny, r)
	}
	return s, nil
}

// covers reports whether a place from the isocentre is seen within the silhouette.
func (s *silhouette) covers(p geom.PatientVec) bool {
	x, y := s.c.seen(p.Add(s.moved))
	i, j := nearest(x), nearest(y)
	return i >= 0 && j >= 0 && i < s.nx && j < s.ny && s.on[j*s.nx+i]
}

// extent is from where to where the silhouette reaches along a direction at the isocentre's depth, in mm.
func (s *silhouette) extent(axis geom.PatientVec) (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for i, on := range s.on {
		if !on {
			continue
		}
		from, along := s.c.ray([2]float64{float64(i % s.nx), float64(i / s.nx)})
		at := from.Add(along.Mul(s.c.toPatient / along.Dot(s.c.beam))).Dot(axis)
		lo, hi = math.Min(lo, at), math.Max(hi, at)
	}
	return lo, hi
}

// meeting is where the rays through the middles of two silhouettes pass nearest.
func meeting(s, t *silhouette) (geom.PatientVec, bool) {
	p, u := s.c.ray(s.middle)
	q, v := t.c.ray(t.middle)
	p, q = p.Sub(s.moved), q.Sub(t.moved)
	w := p.Sub(q)
	uv, uw, vw := u.Dot(v), u.Dot(w), v.Dot(w)
	den := 1 - uv*uv
	if den < 1e-6 {
		return geom.PatientVec{}, false
	}
	x, y := p.Add(u.Mul((uv*vw-uw)/den)), q.Add(v.Mul((vw-uv*uw)/den))
	return x.Add(y).Mul(0.5), x.Sub(y).Norm() < mostShiftMM
}
