package fluoro

import (
	"context"
	"math"
)

// Lines can be proposed without a CT, from the edges of the treated body on a view from the side: the cement tells which body, and each
// of its borders is where attenuation falls from bone to disc, canal or soft tissue along a straight line. The picture before the
// cement is looked at.

// Proposal is what was found of the body's outline.
type Proposal struct {
	Lines      []Line // posterior-wall, endplate-superior, endplate-inferior, as far as found
	Confidence float64
}

// Limits and habits of thoracic and lumbar bodies, in mm: from the smallest T5 to the largest L5, also fractured.
const (
	leastHeight, usualHeight, mostHeight, spreadHeight = 13.0, 24.0, 36.0, 6.0
	leastDepth, usualDepth, mostDepth, spreadDepth     = 20.0, 30.0, 40.0, 3.0
	leastInside                                        = 2.5 // of the cement's middle from any border
	edgeStepMM                                         = 0.5
	outwards                                           = 0.6  // weight of the outer side of a border against the inner one
	plateHalfMM                                        = 9.0  // of an endplate that is looked at
	sureEdge                                           = 3.5  // a border, in robust standard deviations of all lines of its kind
	nearWeight                                         = 0.5  // standard deviations that a border must stand out more for every mm that it is farther
	nearShare                                          = 0.55 // of the strongest line that a nearer one needs to be taken instead
	proposalMM                                         = 3.0  // by which proposed lines may be off: 27 of 32 endplates on phantoms are within 3.5 mm at their ends
	sidewaysCos                                        = 0.94
)

// Propose looks for the lines of the treated body. It finds none, without an error, when the view is not from the side, when it is not
// known which side is behind, when no cement was seen, and when the borders do not stand out. The error is the context's or that of
// reading.
func (r *Result) Propose(ctx context.Context, run *Run) (Proposal, error) {
	if run.View == nil || r.cement == nil || len(r.cement.main) == 0 {
		return Proposal{}, nil
	}
	side := math.Sin(run.View.PrimaryDegrees * math.Pi / 180)
	if math.Abs(side) < sidewaysCos {
		return Proposal{}, nil
	}
	m := r.cement
	ref, err := run.meanOf(ctx, r.track, r.Mask, m.bin)
	if err != nil {
		return Proposal{}, err
	}
	e := newEdges(ref, r, run)
	x, y := m.centroid(m.main)
	plates, score, ok := e.plates(x, y)
	if !ok {
		return Proposal{}, nil
	}
	// At +90 degrees columns run towards the back.
	back := math.Copysign(1, side)
	wall, front, also := e.walls(x, y, plates, back)
	out := Proposal{Confidence: sure(score / sureEdge)}
	ends := func(l edgeLine) (a, b [2]float64) { // from front to back
		return l.cross(front), l.cross(wall)
	}
	add := func(name string, a, b [2]float64) {
		full := func(p [2]float64) [2]float64 {
			half := float64(m.bin-1) / 2
			return [2]float64{math.Round(10*(p[0]*float64(m.bin)+half)) / 10, math.Round(10*(p[1]*float64(m.bin)+half)) / 10}
		}
		out.Lines = append(out.Lines, Line{Name: name, Proposed: true, Points: [2][2]float64{full(a), full(b)}, Doubt: proposalMM / e.mm * float64(m.bin)})
	}
	if also {
		add("posterior-wall", wall.cross(plates[0]), wall.cross(plates[1]))
	}
	for n, name := range []string{"endplate-superior", "endplate-inferior"} {
		if also {
			a, b := ends(plates[n])
			add(name, a, b)
			continue
		}
		half := 1.4 * plateHalfMM / e.mm
		add(name, plates[n].at(-back*half), plates[n].at(back*half))
	}
	return out, nil
}

// centroid of a piece, in pixels of the map.
func (m *cementMap) centroid(p []int32) (x, y float64) {
	for _, i := range p {
		x, y = x+float64(int(i)%m.w), y+float64(int(i)/m.w)
	}
	return x / float64(len(p)), y / float64(len(p))
}

// edgeLine is a straight line through a point of the picture: from the foot of the seed, along a direction.
type edgeLine struct{ x, y, ux, uy float64 }

func (l edgeLine) at(t float64) [2]float64 { return [2]float64{l.x + t*l.ux, l.y + t*l.uy} }

// cross is where two lines meet.
func (l edgeLine) cross(o edgeLine) [2]float64 {
	den := l.ux*o.uy - l.uy*o.ux
	if math.Abs(den) < 1e-9 {
		return [2]float64{l.x, l.y}
	}
	return l.at(((o.x-l.x)*o.uy - (o.y-l.y)*o.ux) / den)
}

// edges is the picture before the cement, ready to be asked for edges.
type edges struct {
	p     *picture // smoothed
	valid []bool
	mm    float64 // of a pixel
	limit float64 // of the difference that counts: more is metal or a clip
}

func newEdges(ref *picture, r *Result, run *Run) *edges {
	b := r.cement.bin
	e := &edges{p: newPicture(ref.w, ref.h), valid: make([]bool, len(ref.v)), mm: nominalMM / float64(max(run.NX, run.NY)) * float64(b)}
	if run.InPatient() {
		e.mm = math.Sqrt(run.RowMM*run.ColMM) * float64(b)
	}
	clean := newPicture(ref.w, ref.h)
	known := make([]float32, len(ref.v))
	for i, v := range ref.v {
		if v < outside && r.track.open(i, ref.w, b) && !r.track.rodAt(i, ref.w, b) {
			clean.v[i], known[i], e.valid[i] = v, 1, true
		}
	}
	radius := max(1, int(math.Round(0.6/e.mm)))
	scratch, share := make([]float32, len(ref.v)), newPicture(ref.w, ref.h)
	for range 2 {
		boxBlur(e.p, clean, radius, scratch)
		boxBlur(share, &picture{ref.w, ref.h, known}, radius, scratch)
		for i := range e.p.v {
			if share.v[i] > 0 {
				e.p.v[i] /= share.v[i]
			}
			if !e.valid[i] {
				e.p.v[i] = 0
			}
		}
		copy(clean.v, e.p.v)
	}
	e.limit = math.Inf(1)
	var falls []float32
	for y := 3; y < ref.h-3; y += 3 {
		for x := 3; x < ref.w-3; x += 3 {
			if d, ok := e.shell(float64(x), float64(y), 0, 1); ok {
				falls = append(falls, float32(math.Abs(d)))
			}
		}
	}
	e.limit = math.Max(5*float64(quantile(falls, 0.8)), 1e-3)
	return e
}

// shell is by how much a place is darker than what lies outwards and inwards of it along a direction of unit length: the cortex, which
// is seen along itself at the border of a body.
func (e *edges) shell(x, y, nx, ny float64) (float64, bool) {
	mean := func(sign float64) (float64, bool) {
		sum := 0.0
		for _, d := range [3]float64{1.2, 1.9, 2.6} {
			v, ok := e.sample(x+sign*d/e.mm*nx, y+sign*d/e.mm*ny)
			if !ok {
				return 0, false
			}
			sum += v / 3
		}
		return sum, true
	}
	c, ok := e.sample(x, y)
	out, seen := mean(1)
	in, also := mean(-1)
	cut := func(d float64) float64 { return math.Max(-e.limit, math.Min(e.limit, d)) }
	return outwards*cut(c-out) + (1-outwards)*cut(c-in), ok && seen && also
}

func (e *edges) sample(x, y float64) (float64, bool) {
	i, j := nearest(x), nearest(y)
	if i < 1 || j < 1 || i >= e.p.w-1 || j >= e.p.h-1 || !e.valid[j*e.p.w+i] {
		return 0, false
	}
	v, ok := e.p.at(x, y)
	return float64(v), ok
}

// along is the mean shell along a line from t0 to t1 of it. ok is false when less than two thirds of the line are seen.
func (e *edges) along(l edgeLine, t0, t1, nx, ny float64) (mean float64, ok bool) {
	sum, n, all := 0.0, 0.0, 0.0
	step := edgeStepMM / e.mm
	for t := t0; t <= t1; t += step {
		p := l.at(t)
		all++
		if d, seen := e.shell(p[0], p[1], nx, ny); seen {
			sum += math.Max(-e.limit, math.Min(e.limit, d))
			n++
		}
	}
	return sum / math.Max(1, n), 3*n >= 2*all
}

// candidate is a line with its distance from the seed in mm and what falls across it.
type candidate struct {
	edgeLine
	angle, off, score float64
}

// fan scores the lines around a base direction (ux, uy) on the side (nx, ny) of the seed.
func (e *edges) fan(x, y, ux, uy float64, sign, spread, most float64, t0, t1 float64) (out []candidate) {
	for a := -spread; a <= spread; a += 2 {
		sin, cos := math.Sincos(a * math.Pi / 180)
		lx, ly := cos*ux-sin*uy, sin*ux+cos*uy
		nx, ny := -sign*ly, sign*lx
		for off := leastInside; off <= most; off += edgeStepMM {
			l := edgeLine{x + nx*off/e.mm, y + ny*off/e.mm, lx, ly}
			if s, ok := e.along(l, t0, t1, nx, ny); ok {
				out = append(out, candidate{l, a, off, s})
			}
		}
	}
	return out
}

// standardise turns scores into robust standard deviations above the median of all.
func standardise(lists ...[]candidate) bool {
	var all []float32
	for _, list := range lists {
		for _, c := range list {
			all = append(all, float32(c.score))
		}
	}
	if len(all) < 50 {
		return false
	}
	middle := median(all)
	for i, v := range all {
		all[i] = float32(math.Abs(float64(v - middle)))
	}
	sd := 1.4826 * float64(median(all))
	if sd < 1e-6 {
		return false
	}
	for _, list := range lists {
		for i := range list {
			list[i].score = (list[i].score - float64(middle)) / sd
		}
	}
	return true
}

// best pairs the borders of two sides: among those that stand out, the nearest to the seed, which lies within; beyond them the
// neighbours have borders too. Where a size tells more, it counts.
func best(a, b []candidate, least, usual, most, spread, twist float64) (p, q candidate, ok bool) {
	score := math.Inf(-1)
	near, far := strongest(a), strongest(b)
	for _, c := range near {
		for _, d := range far {
			size := c.off + d.off
			if size < least || size > most || math.Abs(c.angle-d.angle) > twist {
				continue
			}
			u := (size - usual) / spread
			if s := math.Min(c.score, 7) + math.Min(d.score, 7) - nearWeight*(c.off+d.off) - 0.15*u*u - 0.004*(c.angle-d.angle)*(c.angle-d.angle); s > score {
				p, q, score, ok = c, d, s, true
			}
		}
	}
	return p, q, ok
}

// strongest keeps candidates that are no worse than their neighbours in distance and stand out among all of their side.
func strongest(list []candidate) (out []candidate) {
	top := 0.0
	for _, c := range list {
		top = math.Max(top, c.score)
	}
	for i, c := range list {
		if c.score < math.Max(0.7*sureEdge, nearShare*math.Min(top, 8)) {
			continue
		}
		if i > 0 && list[i-1].angle == c.angle && list[i-1].score > c.score || i+1 < len(list) && list[i+1].angle == c.angle && list[i+1].score > c.score {
			continue
		}
		out = append(out, c)
	}
	return out
}

// plates finds the two endplates about the seed: superior, inferior.
func (e *edges) plates(x, y float64) (out [2]edgeLine, score float64, ok bool) {
	half := plateHalfMM / e.mm
	up := e.fan(x, y, 1, 0, -1, 30, mostHeight-leastInside, -half, half)
	down := e.fan(x, y, 1, 0, 1, 30, mostHeight-leastInside, -half, half)
	if !standardise(up, down) {
		return out, 0, false
	}
	p, q, ok := best(up, down, leastHeight, usualHeight, mostHeight, spreadHeight, 24)
	return [2]edgeLine{p.edgeLine, q.edgeLine}, (p.score + q.score) / 2, ok && p.score+q.score > 2*sureEdge
}

// walls finds the posterior and the anterior wall between two endplates; back is the sign of the columns' way to the back.
func (e *edges) walls(x, y float64, plates [2]edgeLine, back float64) (posterior, anterior edgeLine, ok bool) {
	// Across the mean direction of the endplates, from the superior to the inferior one.
	ux, uy := plates[0].ux+plates[1].ux, plates[0].uy+plates[1].uy
	n := math.Hypot(ux, uy)
	ux, uy = ux/n, uy/n
	dx, dy := -uy, ux // down
	top, bottom := plates[0].cross(edgeLine{x, y, dx, dy}), plates[1].cross(edgeLine{x, y, dx, dy})
	h0 := (top[0]-x)*dx + (top[1]-y)*dy
	h1 := (bottom[0]-x)*dx + (bottom[1]-y)*dy
	long := h1 - h0
	// Pedicles and ribs lie over the upper part of the posterior wall, which shows best below them.
	t0, t1 := h0+0.3*long, h1-0.12*long
	behind := e.fan(x, y, dx, dy, -back, 14, mostDepth-leastInside, t0, t1)
	ahead := e.fan(x, y, dx, dy, back, 14, mostDepth-leastInside, t0, t1)
	if !standardise(behind, ahead) {
		return posterior, anterior, false
	}
	behind, ahead = e.reached(behind, plates, x, y), e.reached(ahead, plates, x, y)
	p, q, found := best(behind, ahead, leastDepth, usualDepth, mostDepth, spreadDepth, 16)
	return p.edgeLine, q.edgeLine, found && p.score+q.score > 2*sureEdge
}

// reached keeps the walls up to which the endplates go: beyond the true one they are no longer seen.
func (e *edges) reached(walls []candidate, plates [2]edgeLine, x, y float64) (out []candidate) {
	var usual [2]float64
	half := plateHalfMM / e.mm
	normal := func(n int) (nx, ny float64) {
		sign := float64(2*n - 1) // outwards: up for the superior plate
		return -sign * plates[n].uy, sign * plates[n].ux
	}
	for n := range plates {
		nx, ny := normal(n)
		usual[n], _ = e.along(plates[n], -half, half, nx, ny)
	}
	for _, w := range walls {
		sum, all := 0.0, 0.0
		for n, p := range plates {
			c := p.cross(w.edgeLine)
			t := (c[0]-p.x)*p.ux + (c[1]-p.y)*p.uy
			t0, t1 := t, t-math.Copysign(wallPlateMM/e.mm, t)
			nx, ny := normal(n)
			if s, ok := e.along(p, math.Min(t0, t1), math.Max(t0, t1), nx, ny); ok {
				sum, all = sum+s, all+usual[n]
			}
		}
		if all > 0 && sum > plateShare*all {
			out = append(out, w)
		}
	}
	return out
}

// An endplate is looked at over wallPlateMM before a wall, and must show there plateShare of what it does beside the cement.
const (
	wallPlateMM = 8.0
	plateShare  = 0.4
)
