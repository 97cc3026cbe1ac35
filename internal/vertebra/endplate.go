package vertebra

import (
	"math"
	"sync"

	"github.com/vertefill/vertefill/internal/geom"
)

// Fractured endplates are no planes: the middle may lie a centimetre below the rim. Before the surface is fitted each endplate is found
// as a height over the outline: in columns parallel to the axis, the place where bone is left for the first time, smooth from column
// to column (the message passing of the surface, on a polar grid).
const (
	plateRings     = 5
	plateSpokes    = 24
	plateReach     = 0.95 // of the outline at mid height
	plateInward    = 0.65 // of the height, from the disc plane towards the middle of the body: within these two
	plateInLeastMM = 14.0
	plateInMostMM  = 20.0
	plateOutwardMM = 16.0
	plateZMM       = 0.6
	plateWindowMM  = 1.6
	plateStay      = 0.004 // per mm2 off the disc plane
	plateStayLimit = 0.3
	plateBend      = 0.05 // per mm between neighbouring columns
	plateJumpMM    = 9.0
	plateSweeps    = 6
	cementEdgeMM   = 3.0
	cementBeyondMM = 2.0 // so far outside the disc plane an edge of cement passed was the endplate; inside it was cement's own in the marrow
	gasHU          = -200
	cleftHU        = 300
	outlierMM      = 3.0  // a column this far from the median of its neighbours takes that
	innerRings     = 2    // with the centre: the middle of the endplate
	innerRiseMM    = 1.5  // it stays within this of the disc plane outwards
	hollowRiseMM   = 2.5  // unless the rim rises so much more
	raisedShare    = 0.25 // of the outer rings
	passedMM       = 1.8  // an edge this far behind was passed
	passedFrom     = 0.35
	passedPrice    = 0.8
	plateWallMM    = 2.0 // columns keep this far from the posterior wall
	plateFarShare  = 0.3 // of the height above the opposite disc plane there is no endplate
	plateSpreadMM  = 2.5 // endplates that differ less from the disc plane keep it: the surface finds them by itself
)

// relief is an endplate as its height over the disc plane, mm along the axis of the body, on a polar grid about (cx, cy).
type relief struct {
	cx, cy float64
	radius []float64 // outline at mid height
	offset []float64 // centre, then ring by ring
	uneven bool
}

// plateNet is the polar grid: its centre, then rings of spokes.
var plateNet = sync.OnceValue(func() *net {
	size := 1 + plateRings*plateSpokes
	n := &net{dirs: make([]geom.PatientVec, size), ring: make([][]int32, size), of: make([][]link, size)}
	join := func(a, b int32) {
		if a > b {
			a, b = b, a
		}
		e := int32(len(n.edges))
		n.edges = append(n.edges, [2]int32{a, b})
		n.ring[a], n.ring[b] = append(n.ring[a], b), append(n.ring[b], a)
		n.of[a], n.of[b] = append(n.of[a], link{e, b}), append(n.of[b], link{e, a})
	}
	at := func(r, a int) int32 { return int32(1 + r*plateSpokes + (a+plateSpokes)%plateSpokes) }
	for a := range plateSpokes {
		join(0, at(0, a))
		for r := range plateRings {
			join(at(r, a), at(r, a+1))
			if r > 0 {
				join(at(r-1, a), at(r, a))
			}
		}
	}
	return n
})

// findRelief finds an endplate; sign is 1 for the upper one.
func (s *scene) findRelief(cx, cy, sign float64) *relief {
	r := &relief{cx: cx, cy: cy, radius: s.contourRadius}
	n := plateNet()
	labels := int(math.Round((s.plateInward()+plateOutwardMM)/plateZMM)) + 1
	unary := make([]float32, len(n.dirs)*labels)
	for i := range n.dirs {
		x, y := r.place(i)
		if s.wall.ok {
			y = min(y, s.wall.Y(x, 0)-plateWallMM)
		}
		s.column(x, y, sign, unary[i*labels:(i+1)*labels])
	}
	pair := make([]float32, int(plateJumpMM/plateZMM)+1)
	for d := range pair {
		pair[d] = float32(plateBend * float64(d) * plateZMM)
	}
	found := make([]float64, len(n.dirs))
	for i, l := range n.solve(unary, labels, pair, plateSweeps) {
		found[i] = sign * (float64(l)*plateZMM - s.plateInward())
	}
	for i, off := range found {
		var near []float64
		for _, j := range n.ring[i] {
			near = append(near, found[j])
		}
		if m := median(near); math.Abs(off-m) > outlierMM {
			off = m
		}
		r.offset = append(r.offset, off)
		r.uneven = r.uneven || math.Abs(off) > plateSpreadMM
	}
	gap, free := s.topGap, s.topFree
	if sign < 0 {
		gap, free = s.bottomGap, s.bottomFree
	}
	r.uneven = r.uneven && (free || r.plausible(sign, 2*gap)) // an end plane without a disc may be off by any tilt
	return r
}

// plateInward is how far in mm inside the disc plane an endplate is looked for: the other endplate of a low body is not reached.
func (s *scene) plateInward() float64 {
	return max(plateInLeastMM, min(plateInMostMM, plateInward*s.height))
}

// plausible tells a sunken endplate from the neighbour's: the middle stays where the disc was found, and what rises as far as the other
// side of the disc is a rim, most of the way round.
func (r *relief) plausible(sign, disc float64) bool {
	inner := make([]float64, 0, 1+innerRings*plateSpokes)
	for _, off := range r.offset[:cap(inner)] {
		inner = append(inner, sign*off)
	}
	middle := median(inner)
	reaching, raised := false, 0
	var outer []float64
	for _, off := range r.offset[1+(plateRings-2)*plateSpokes:] {
		outer = append(outer, sign*off)
		reaching = reaching || sign*off > disc-1
		if sign*off > middle+plateSpreadMM {
			raised++
		}
	}
	if middle > innerRiseMM && median(outer) < middle+hollowRiseMM {
		return false
	}
	return !reaching || float64(raised) > raisedShare*2*plateSpokes
}

// column fills in the costs of the heights in one column, from inside outwards.
func (s *scene) column(x, y, sign float64, cost []float32) {
	plane, opposite := s.top.z(x, y), s.bottom.z(x, y)
	if sign < 0 {
		plane, opposite = opposite, plane
	}
	up := s.patientFromBody.ApplyVec(geom.V[geom.BodyFrame](0, 0, sign))
	strength, cement := make([]float64, len(cost)), make([]float64, len(cost))
	for l := range cost {
		off := float64(l)*plateZMM - s.plateInward()
		b := geom.Pt[geom.BodyFrame](x, y, plane+sign*off)
		p := s.patientFromBody.Apply(b)
		stay := min(plateStayLimit, plateStay*off*off)
		switch {
		case sign*(b.Z-opposite) < plateFarShare*s.height:
			cost[l] = 1
			continue
		case !s.inView(p):
			cost[l] = float32(outOfViewPrice + stay)
			continue
		}
		c := s.edgeBy(p, up, s.window(up, plateWindowMM), 1)
		switch {
		case c < 0 && s.cementBelow(p, up):
			cement[l] = -c
			c *= contourCement
		case c < 0 && s.gasCleft(p, up):
			c *= contourCement
		default:
			strength[l] = max(0, -c)
		}
		passed := 0.0
		for k := range l - int(passedMM/plateZMM) {
			passed = max(passed, strength[k])
			if off > cementBeyondMM {
				passed = max(passed, cement[k])
			}
		}
		cost[l] = float32(c + stay + passedPrice*max(0, passed-passedFrom))
	}
}

// gasCleft reports whether an edge is that of marrow to gas: a cleft inside a fractured body, not an endplate, which has a cortex.
func (s *scene) gasCleft(p geom.Patient, up geom.PatientVec) bool {
	return min(s.huAt(p.Add(up.Mul(0.8))), s.huAt(p.Add(up.Mul(1.6)))) < gasHU &&
		max(s.huAt(p.Add(up.Mul(-0.5))), s.huAt(p.Add(up.Mul(-1.2))), s.huAt(p.Add(up.Mul(-2)))) < cleftHU
}

// cementBelow reports whether cement lies so close on the inner side that an edge may be its own.
func (s *scene) cementBelow(p geom.Patient, up geom.PatientVec) bool {
	if s.cement == nil {
		return false
	}
	if s.isSheet(p, up) {
		return true
	}
	for d := 0.0; d <= cementEdgeMM; d++ {
		if s.isCement(p.Add(up.Mul(-d))) {
			return true
		}
	}
	return false
}

// place returns the body coordinates of a node of the grid.
func (r *relief) place(i int) (x, y float64) {
	if i == 0 {
		return r.cx, r.cy
	}
	ring, a := (i-1)/plateSpokes, (i-1)%plateSpokes
	angle := 2 * math.Pi * float64(a) / plateSpokes
	sin, cos := math.Sincos(angle)
	d := plateReach * float64(ring+1) / plateRings * r.outline(angle)
	return r.cx + d*cos, r.cy + d*sin
}

// outline returns the radius of the outline at mid height.
func (r *relief) outline(angle float64) float64 {
	u := angle / (2 * math.Pi) * float64(len(r.radius))
	if u < 0 {
		u += float64(len(r.radius))
	}
	i, f := int(u)%len(r.radius), u-math.Floor(u)
	return r.radius[i]*(1-f) + r.radius[(i+1)%len(r.radius)]*f
}

// at returns the height over the disc plane at (x, y); beyond the grid that of its border. A nil relief is the plane.
func (r *relief) at(x, y float64) float64 {
	if r == nil {
		return 0
	}
	angle := math.Atan2(y-r.cy, x-r.cx)
	if angle < 0 {
		angle += 2 * math.Pi
	}
	ring := min(plateRings, math.Hypot(x-r.cx, y-r.cy)/r.outline(angle)/plateReach*plateRings)
	spoke := angle / (2 * math.Pi) * plateSpokes
	get := func(k, a int) float64 {
		if k == 0 {
			return r.offset[0]
		}
		return r.offset[1+(k-1)*plateSpokes+a%plateSpokes]
	}
	k, a := min(plateRings-1, int(ring)), int(spoke)
	fk, fa := ring-float64(k), spoke-float64(a)
	return (get(k, a)*(1-fa)+get(k, a+1)*fa)*(1-fk) + (get(k+1, a)*(1-fa)+get(k+1, a+1)*fa)*fk
}
