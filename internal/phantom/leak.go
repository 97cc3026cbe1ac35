package phantom

import (
	"math"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/geom"
)

// leak is one piece of cement that leaves the bone: a channel through the bone that feeds it, and what lies outside. A leak without
// an outside is a tail of cement that stays in the bone.
type leak struct {
	id          int // in the truth, from 1; zero when nothing of it lies outside
	compartment anatomy.Compartment
	kind        anatomy.LeakType
	inside      []capsule               // the channel
	outside     func(geom.Body) float64 // clipped against the bones; nil for none
	lo, hi      geom.Body               // box of both
	course      []geom.Body             // the middle line of a tube outside the bone
}

func (l *leak) at(p geom.Body) float64 {
	// The box keeps far points cheap.
	dx := max(l.lo.X-p.X, p.X-l.hi.X, 0)
	dy := max(l.lo.Y-p.Y, p.Y-l.hi.Y, 0)
	dz := max(l.lo.Z-p.Z, p.Z-l.hi.Z, 0)
	if far := dx*dx + dy*dy + dz*dz; far > 1 {
		return math.Sqrt(far) + 0.01
	}
	d := math.Inf(1)
	for i := range l.inside {
		d = min(d, l.inside[i].at(p))
	}
	if l.outside != nil {
		d = min(d, l.outside(p))
	}
	return d
}

// cover widens the leak's box to hold a ball.
func (l *leak) cover(c geom.Body, r float64) {
	if l.lo == l.hi {
		l.lo, l.hi = c, c
		l.lo, l.hi = c.Add(geom.V[geom.BodyFrame](-r, -r, -r)), c.Add(geom.V[geom.BodyFrame](r, r, r))
		return
	}
	l.lo = geom.Pt[geom.BodyFrame](min(l.lo.X, c.X-r), min(l.lo.Y, c.Y-r), min(l.lo.Z, c.Z-r))
	l.hi = geom.Pt[geom.BodyFrame](max(l.hi.X, c.X+r), max(l.hi.Y, c.Y+r), max(l.hi.Z, c.Z+r))
}

// channel feeds the leak through straight pieces of the given radius.
func (l *leak) channel(radius float64, points ...geom.Body) {
	for i := 0; i+1 < len(points); i++ {
		l.inside = append(l.inside, newCapsule(points[i], points[i+1], radius, radius, geom.BodyVec{}))
		l.cover(points[i], radius)
		l.cover(points[i+1], radius)
	}
}

// length of the course in mm.
func (l *leak) length() float64 {
	sum := 0.0
	for i := 0; i+1 < len(l.course); i++ {
		sum += l.course[i].Dist(l.course[i+1])
	}
	return sum
}

// leakAt is the distance to the part of leak n that lies outside the bone. What two leaks share belongs to the earlier one.
func (d *deposit) leakAt(n int, p geom.Body) float64 {
	f := d.leaks[n].at(p)
	if f > 3 {
		return f
	}
	f = max(f, -d.on.boneAt(p), -d.on.bodyAt(p))
	for _, earlier := range d.leaks[:n] {
		f = max(f, -earlier.at(p))
	}
	return f
}

// leak adds one leak to a deposit, sized to the volume wanted. A leak that would meet an earlier one is drawn again elsewhere, so
// that the truth names every piece once; so is one that would leave the field of view. Where no place is found there is no leak.
func (p *patient) leak(d *deposit, v *placed, plan LeakPlan, r random) {
	want := 1000 * float64(plan.ML)
	if drawn := r.logBetween(20, 600); want == 0 {
		want = drawn
	}
	for range 8 {
		seed := r.Uint64()
		draw := func(size float64) *leak { return p.shapeLeak(d, v, plan, stream(seed, "leak"), size) }
		l := draw(1)
		if l == nil {
			return
		}
		size := 1.0
		for range 7 {
			d.leaks = append(d.leaks, l)
			got, _ := measure(l.lo, l.hi, 0.3, steepness, func(q geom.Body) float64 { return d.leakAt(len(d.leaks)-1, q) })
			d.leaks = d.leaks[:len(d.leaks)-1]
			if math.Abs(got/want-1) < 0.05 {
				break
			}
			size = max(0.2, min(5, size*math.Pow(want/max(got, want/20), 0.42)))
			l = draw(size)
		}
		if p.inField(v, l) && !d.meets(l) {
			d.leaks = append(d.leaks, l)
			d.widen(l)
			return
		}
	}
}

// inField reports whether the field of view holds all of a leak.
func (p *patient) inField(v *placed, l *leak) bool {
	b := boxOf(p.field, v, l.lo, l.hi).Grow(1)
	return b.Intersect(p.field.Bounds()) == b
}

// meets reports whether a leak comes within 1.5 mm of an earlier one outside the bone.
func (d *deposit) meets(l *leak) bool {
	for _, other := range d.leaks {
		if l.outside == nil || other.outside == nil {
			continue
		}
		mm3, _ := measure(l.lo, l.hi, 0.75, steepness, func(p geom.Body) float64 {
			return max(l.at(p)-0.75, other.at(p)-0.75, -d.on.bodyAt(p))
		})
		if mm3 > 0 {
			return true
		}
	}
	return false
}

// widen makes the deposit's box hold a leak.
func (d *deposit) widen(l *leak) {
	d.lo = geom.Pt[geom.BodyFrame](min(d.lo.X, l.lo.X), min(d.lo.Y, l.lo.Y), min(d.lo.Z, l.lo.Z))
	d.hi = geom.Pt[geom.BodyFrame](max(d.hi.X, l.hi.X), max(d.hi.Y, l.hi.Y), max(d.hi.Z, l.hi.Z))
}

// nearestBlob returns the middle of the blob closest to p, from where a channel starts.
func (d *deposit) nearestBlob(p geom.Body) geom.Body {
	best := d.blobs[0].c
	for _, b := range d.blobs {
		if b.c.Dist(p) < best.Dist(p) {
			best = b.c
		}
	}
	return best
}

// clearOf returns the distance from a point to the nearest bone of a vertebra and its neighbours.
func (p *patient) clearOf(v *placed) func(geom.Body) float64 {
	i := p.index(v.level)
	var near []*placed
	var nearFromBody []geom.Affine[geom.BodyFrame, geom.BodyFrame]
	for _, j := range []int{i - 1, i + 1} {
		if j >= 0 && j < len(p.sees.vertebrae) {
			n := p.sees.vertebrae[j]
			near = append(near, n)
			nearFromBody = append(nearFromBody, geom.Compose(n.bodyFromPatient, v.patientFromBody))
		}
	}
	return func(q geom.Body) float64 {
		d := min(v.boneAt(q), v.bodyAt(q))
		for j, n := range near {
			w := nearFromBody[j].Apply(q)
			if w.X*w.X+w.Y*w.Y+w.Z*w.Z < sq(n.radius+8) {
				d = min(d, n.boneAt(w))
			}
		}
		return d
	}
}
