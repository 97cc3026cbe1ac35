package vertebra

import (
	"math"
	"sort"
)

// A chain of discs is judged by the bodies it gives: by the edges at their endplates and by how well heights agree with those of
// the neighbours. A body that fails suggests a change (a disc to forbid or to add); the change stays when it raises the total.
const (
	weakFace      = 0.6  // of the median endplate: worth doubting the disc there
	tallBody      = 1.4  // times the neighbours: perhaps two bodies
	tallFreedom   = 0.3  // log ratio of heights that costs nothing, upwards
	shortFreedom  = 0.5  // and downwards: fractures
	sideCos       = 0.7  // faces of vertices, by the cosine to the axes of the body
	plateCos      = 0.8  // endplates
	closedFace    = 0.75 // of the median endplate: an endplate that touches the next one has hardly an edge and yet is one
	maxEdgeWorth  = 1.5  // as the edge cost is limited
	changeGainMM  = 3.0  // a change must raise the total by this many good millimetres
	dropGainMM    = 8.0  // and more where a disc is only dropped: a crushed body is short and its edges are weak, and yet it is one
	extraShare    = 0.3  // of what only one of two sets outlines
	swallowedCost = 0.7  // of the reward of a disc just inside a body
	swallowFromMM = 3    // from its end
	swallowToMM   = 16
	maxChanges    = 9  // tried in one search
	wantedMM      = 3  // stations round a disc that is wanted
	besideMM      = 12 // from a doubted disc to what may be meant
	narrowDiscMM  = 5  // height of what hides beside a pedicle
	forbidMM      = 6  // stations either side of a forbidden disc: not the shoulder of the same
	neighbours    = 3  // compared on either side
)

// faces are the mean strengths of edges on the faces of a body, 0..maxEdgeWorth.
type faces struct{ top, bottom, left, right float64 }

// judgeFaces measures the edges of a surface before it is refined to the cortex.
func (b *body) judgeFaces() {
	s := b.scene
	n := b.surface.Normals()
	var sum, count [4]float64
	for i, p := range b.surface.Vertices {
		d := s.bodyFromPatient.ApplyVec(n[i])
		q := s.bodyFromPatient.Apply(p)
		face := -1
		switch {
		case d.Z > plateCos:
			face = 0
		case d.Z < -plateCos:
			face = 1
		case s.wall.ok && q.Y > s.wall.Y(q.X, q.Z)-3 || math.Abs(q.Z) > 0.3*s.height:
		case d.X > sideCos:
			face = 2
		case d.X < -sideCos:
			face = 3
		}
		if face >= 0 {
			sum[face] += max(0, min(maxEdgeWorth, -s.edge(p, n[i], s.window(n[i], 2))))
			count[face]++
		}
	}
	for i := range sum {
		sum[i] /= max(1, count[i])
	}
	b.faces = faces{top: sum[0], bottom: sum[1], left: sum[2], right: sum[3]}
}

// length is the distance of the discs of a body along the spine, mm.
func (b *body) length() float64 { return b.below.s - b.above.s }

// span is a stretch of the spine, in stations.
type span struct{ from, to float64 }

// outlined is the stretch from the first to the last body with a surface.
func outlined(bodies []*body) span {
	x := span{math.Inf(1), math.Inf(-1)}
	for _, b := range bodies {
		if b.surface != nil {
			x = span{min(x.from, b.above.s), max(x.to, b.below.s)}
		}
	}
	return x
}

// better tells by how many good millimetres a set of bodies is better than another on the stretch that both outline. What only one of
// them outlines counts little: a last body that swallows its disc and the neighbour's endplate is longer, not better.
func (f *finder) better(a, b []*body) float64 {
	x, y := outlined(a), outlined(b)
	both := span{max(x.from, y.from), min(x.to, y.to)}
	gain := 0.0
	for i, set := range [][]*body{a, b} {
		inside, outside := f.worth(set, both)
		gain += []float64{1, -1}[i] * (inside + extraShare*outside)
	}
	return gain
}

// worth is the total of a set of bodies inside and outside a stretch: millimetres of spine, each counted by how good its body is.
func (f *finder) worth(bodies []*body, within span) (inside, outside float64) {
	var strengths []float64
	for _, b := range bodies {
		if b.surface != nil {
			strengths = append(strengths, b.faces.top, b.faces.bottom)
		}
	}
	usual := max(0.2, median(strengths))
	for i, b := range bodies {
		if b.surface == nil {
			continue
		}
		top, bottom := b.faces.top, b.faces.bottom
		if b.above.closed {
			top = max(top, closedFace*usual)
		}
		if b.below.closed {
			bottom = max(bottom, closedFace*usual)
		}
		q := min(1, min(top, bottom)/usual)
		if r := neighbourRatio(bodies, i); r > 0 {
			q -= max(0, math.Log(r)-tallFreedom, -math.Log(r)-shortFreedom)
		}
		q = max(-0.5, q-swallowedCost*f.swallowed(b))
		in := max(0, min(b.below.s, within.to)-max(b.above.s, within.from))
		inside += in * q
		outside += (b.length() - in) * q
	}
	return inside, outside
}

// swallowed is by how much the best disc just inside an end of a body is better than the one at that end, 0 when it is not: where a disc is
// thin, the neighbour's endplate behind it is as good an edge as the body's own.
func (f *finder) swallowed(b *body) float64 {
	at := func(s int) float64 { return f.table.plates[max(0, min(len(f.table.plates)-1, s))].reward }
	best := 0.0
	for _, end := range []struct{ s, inwards int }{{int(b.above.s), 1}, {int(b.below.s), -1}} {
		own := max(0, at(end.s))
		for d := swallowFromMM; d <= swallowToMM && float64(2*d) < b.length(); d++ {
			best = max(best, at(end.s+end.inwards*d)-own)
		}
	}
	return best
}

// neighbourRatio is the height of body i over the median of the complete bodies near it, 0 when there is none.
func neighbourRatio(bodies []*body, i int) float64 {
	var near []float64
	for j := max(0, i-neighbours); j <= min(len(bodies)-1, i+neighbours); j++ {
		if j != i && bodies[j].surface != nil {
			near = append(near, bodies[j].length())
		}
	}
	if len(near) == 0 {
		return 0
	}
	return bodies[i].length() / median(near)
}

// change is one thing to try: a disc not to take, one to add, or one to take instead of another.
type change struct {
	station int
	add     bool
	instead int // station of the disc to drop for the one added, 0 for none
	doubt   float64
}

// changes lists what the bodies suggest, the most doubtful first.
func (f *finder) changes(bodies []*body) []change {
	var strengths []float64
	for _, b := range bodies {
		if b.surface != nil {
			strengths = append(strengths, b.faces.top, b.faces.bottom)
		}
	}
	usual := median(strengths)
	var out []change
	doubt := func(d disc, face, r float64) {
		weak := face < weakFace*usual && !d.closed
		if d.ghost || !weak && !(r > 0 && r < 1/tallBody) {
			return
		}
		out = append(out, change{station: int(d.s), doubt: usual - face})
		if weak {
			for _, s := range f.table.besides(int(d.s)) {
				out = append(out, change{station: s, add: true, instead: int(d.s), doubt: usual - face})
			}
		}
	}
	for i, b := range bodies {
		if b.surface == nil {
			continue
		}
		r := neighbourRatio(bodies, i)
		doubt(b.above, b.faces.top, r)
		doubt(b.below, b.faces.bottom, r)
		if r > tallBody || b.length() > usualMaxSpacing {
			if s := f.bestInside(b); s >= 0 {
				out = append(out, change{station: s, add: true, doubt: r - 1})
			}
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].doubt > out[j].doubt })
	return out
}

// besides returns the stations of the best disc on either side of one that is doubted: a narrow disc beside a pedicle is worth less to
// the chain than an even spacing.
func (t *table) besides(s int) (out []int) {
	for _, side := range []int{-1, 1} {
		best, at := 0.0, -1
		for d := wantedMM + 1; d <= besideMM; d++ {
			q := s + side*d
			if q < 1 || q >= len(t.plates)-1 {
				break
			}
			p := t.plates[q]
			if p.height <= narrowDiscMM && p.d > best && p.d >= t.plates[q-1].d && p.d >= t.plates[q+1].d {
				best, at = p.d, q
			}
		}
		if at >= 0 {
			out = append(out, at)
		}
	}
	return out
}

// bestInside returns the station of the best disc in the middle of a body, -1 when there is none.
func (f *finder) bestInside(b *body) int {
	lo, hi := b.above.s+0.3*b.length(), b.below.s-0.3*b.length()
	best, at := 0.0, -1
	for s := int(lo); s <= int(hi); s++ {
		if p := f.table.plates[s]; p.d > best {
			best, at = p.d, s
		}
	}
	return at
}

// What a body must have to be given: edges at both endplates and at one side, the volume and slenderness of a vertebra.
const (
	minFace       = 0.22
	minSide       = 0.3
	minBodyML     = 1.5
	maxBodyML     = 90.0
	maxSliceMM    = 5.0 // discs cannot be told from bodies in thicker slices
	flatBodyMM    = 3.0
	unusualVolume = 1.45 // times or part of the neighbours' median
)

// weed takes the surface off bodies that cannot be trusted; when no body is left nothing was a spine.
func (f *finder) weed() {
	trusted := 0
	for _, b := range f.bodies {
		if b.surface == nil {
			continue
		}
		v := float64(b.surface.Volume())
		if min(b.faces.top, b.faces.bottom) < minFace || max(b.faces.left, b.faces.right) < minSide || v < minBodyML || v > maxBodyML || b.scene.height < flatBodyMM {
			b.surface, b.reason = nil, reasonUnsure
			continue
		}
		trusted++
	}
	if trusted == 0 && len(f.opt.Seeds) == 0 {
		f.bodies = nil
	}
}

// quantile returns the q-quantile (0..1) of x, 0 when x is empty; it sorts a copy.
func quantile(x []float64, q float64) float64 {
	if len(x) == 0 {
		return 0
	}
	s := append([]float64(nil), x...)
	sort.Float64s(s)
	p := q * float64(len(s)-1)
	i := min(int(p), len(s)-1)
	j := min(i+1, len(s)-1)
	return s[i] + (s[j]-s[i])*(p-math.Floor(p))
}
