package vertebra

import (
	"context"
	"math"
	"slices"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/mesh"
)

// The surface of a body: a template between the discs, pulled to the edges along rays from its middle (optimal surface on a star,
// after Li et al. 2006, IEEE Trans Pattern Anal Mach Intell 28:119, solved by message passing), then refined along its normals.
const (
	templateExponent = 10  // roundness of the rims
	starRangeMM      = 6.0 // either way along the rays
	starPasses       = 2   // endplates sink in deeper than the range
	starStepMM       = 0.4
	starSmooth       = 0.12 // per mm2 of difference between neighbours
	starJumpMM       = 2.0
	starSweeps       = 3     // more change nothing
	stayPrice        = 0.015 // per mm2 away from the start: where no edge is seen the template stays
	stayLimit        = 0.4   // deep endplates pay no more
	refineRangeMM    = 2.4
	refineStepMM     = 0.3
	refineSmooth     = 0.25
	refineJumpMM     = 1.5
	beyondDiscMM     = 0.7  // a surface may pass the middle of the disc by this
	reliefGain       = 0.02 // endplates found by columns replace the disc planes when the edges gain this much
	maxReliefMM      = 2.5  // thicker slices do not tell a sunken endplate from the neighbour's
	slopeCos         = 0.3  // faces steeper than this are walls
	beyondRimMM      = 1.0
	settledRoom      = 0.4 // of the way to the middle of the disc
	beyondDiscPrice  = 0.7 // per mm further
	outOfViewPrice   = 0.3
)

// outline finds the surface: the contour, the wall, then the mesh. It stops early, with an unfinished surface, when ctx ends.
func (s *scene) outline(ctx context.Context) *mesh.Mesh {
	cx, cy := 0.0, 0.0
	for range 2 {
		s.contourRadius = s.waist(cx, cy)
		x, y, _, _ := centreOf(s.contourRadius, cx, cy)
		if math.Hypot(x-cx, y-cy) < 1 {
			break
		}
		cx, cy = x, y
	}
	s.contourRadius = s.waist(cx, cy)
	_, _, halfX, halfY := centreOf(s.contourRadius, cx, cy)
	s.findPedicles(halfX)
	if s.voxelMM > maxReliefMM {
		s.settleLids(cx, cy)
	}
	centre := geom.Pt[geom.BodyFrame](cx, cy, (s.top.z(cx, cy)+s.bottom.z(cx, cy))/2)
	reach := geom.V[geom.BodyFrame](halfX, halfY, s.height/2)
	best := s.surfaceFrom(ctx, centre, reach)
	if s.voxelMM > maxReliefMM {
		return best
	}
	upper, lower := s.findRelief(cx, cy, 1), s.findRelief(cx, cy, -1)
	top := s.edgeShare(best)
	for _, try := range [][2]*relief{{upper, nil}, {nil, lower}, {upper, lower}} {
		if ctx.Err() != nil || try[0] != nil && !try[0].uneven || try[1] != nil && !try[1].uneven {
			continue
		}
		before := *s
		s.upper, s.lower = try[0], try[1]
		m := s.surfaceFrom(ctx, centre, reach)
		if e := s.edgeShare(m); e > top+reliefGain {
			best, top = m, e
		} else {
			*s = before
		}
	}
	return best
}

// surfaceFrom fits the surface from the template about the centre.
func (s *scene) surfaceFrom(ctx context.Context, centre geom.Body, reach geom.BodyVec) *mesh.Mesh {
	net := sphereNet()
	m := &mesh.Mesh{Triangles: net.tris, Vertices: make([]geom.Patient, len(net.dirs))}
	middle := centre.Z + (s.upper.at(centre.X, centre.Y)+s.lower.at(centre.X, centre.Y))/2
	rays := make([]geom.PatientVec, len(net.dirs))
	for i, d := range net.dirs {
		b := geom.V[geom.BodyFrame](d.X*reach.X, d.Y*reach.Y, d.Z*reach.Z).Unit()
		rays[i] = s.patientFromBody.ApplyVec(b)
		m.Vertices[i] = s.patientFromBody.Apply(s.sculpted(centre.Add(b.Mul(s.throughRoot(centre, b, s.template(centre, b)))), middle))
	}
	s.start, s.back = slices.Clone(m.Vertices), s.backFace(m)
	s.straighten(rays, m.Normals())
	for range starPasses {
		s.fit(m, rays, m.Normals(), starRangeMM, starStepMM, starSmooth, starJumpMM, 2)
		net.despike(m.Vertices)
		s.closeWall(m, s.back)
	}
	s.heal(m)
	for _, w := range []float64{2, 0.9, 0.9} {
		if ctx.Err() != nil {
			break
		}
		n := m.Normals()
		s.fit(m, n, n, refineRangeMM, refineStepMM, refineSmooth, refineJumpMM, w)
		net.taubin(m.Vertices)
		net.despike(m.Vertices)
		s.closeWall(m, s.back)
	}
	s.heal(m)
	return m
}

// edgeShare is the mean strength of the edges on a surface, by area, where no cement hides them.
func (s *scene) edgeShare(m *mesh.Mesh) float64 {
	normals := m.Normals()
	sum, all := 0.0, 0.0
	for i, a := range vertexAreas(m) {
		p := m.Vertices[i]
		if s.onPedicle(p) || s.isCement(p) || s.isCement(p.Add(normals[i].Mul(-1.5))) || s.isCement(p.Add(normals[i].Mul(1.5))) || s.isSheet(p, normals[i]) {
			continue
		}
		all += a
		sum += a * max(0, min(maxEdgeWorth, -s.edge(p, normals[i], s.window(normals[i], 2))))
	}
	return sum / max(1e-9, all)
}

// template returns the distance from the centre to a prism with rounded rims: the contour between the lids.
func (s *scene) template(c geom.Body, d geom.BodyVec) float64 {
	inv := func(x float64) float64 { return math.Pow(max(0, x), templateExponent) }
	sin := math.Hypot(d.X, d.Y)
	a := math.Atan2(d.Y, d.X) / (2 * math.Pi) * contourRays
	if a < 0 {
		a += contourRays
	}
	i := int(a) % contourRays
	f := a - math.Floor(a)
	r := s.contourRadius[i]*(1-f) + s.contourRadius[(i+1)%contourRays]*f
	sum := inv(sin / r)
	up := d.Z - s.top.ax*d.X - s.top.ay*d.Y
	down := -(d.Z - s.bottom.ax*d.X - s.bottom.ay*d.Y)
	sum += inv(up / max(2, s.top.z(c.X, c.Y)-c.Z))
	sum += inv(down / max(2, c.Z-s.bottom.z(c.X, c.Y)))
	return math.Pow(sum, -1.0/templateExponent)
}

// throughRoot returns how far the template reaches in a direction when it takes in the root of a pedicle: that of a broad one stands
// more to the side of the body than the surface finds by itself.
func (s *scene) throughRoot(c geom.Body, d geom.BodyVec, r float64) float64 {
	if !s.wall.ok {
		return r
	}
	for x := r; x < r+rootReachMM; x += pedicleStepMM {
		b := c.Add(d.Mul(x))
		p := s.pedicleOf(b)
		if behind := b.Y - s.wall.Y(b.X, b.Z); p != nil && behind <= 0 && behind > -pedicleRootMM && p.inFront(b) {
			r = x
		}
	}
	return r
}

// sculpted moves a point of the template from between the disc planes to between the endplates found.
func (s *scene) sculpted(p geom.Body, middle float64) geom.Body {
	lid, off := s.top.z(p.X, p.Y), s.upper.at(p.X, p.Y)
	if p.Z < middle {
		lid, off = s.bottom.z(p.X, p.Y), s.lower.at(p.X, p.Y)
	}
	p.Z += off * max(0, min(1, (p.Z-middle)/(lid-middle)))
	return p
}

// straighten turns the rays through uneven endplates parallel to the axis: those from the middle run along their slopes.
func (s *scene) straighten(rays, normals []geom.PatientVec) {
	z := s.patientFromBody.Axis(2)
	for i, n := range normals {
		switch c := n.Dot(z); {
		case c > slopeCos && s.upper != nil:
			rays[i] = z
		case c < -slopeCos && s.lower != nil:
			rays[i] = z.Mul(-1)
		}
	}
}

// fit moves the vertices along their rays to the best labels; window is the wish for the width of edges, mm.
func (s *scene) fit(m *mesh.Mesh, rays, normals []geom.PatientVec, reach, step, smooth, jump, window float64) {
	net := sphereNet()
	labels := 2*int(math.Round(reach/step)) + 1
	unary := make([]float32, len(rays)*labels)
	for i, p := range m.Vertices {
		window := s.window(normals[i], window)
		for x := range labels {
			off := float64(x-labels/2) * step
			q := p.Add(rays[i].Mul(off))
			unary[i*labels+x] = float32(s.cost(q, normals[i], window) + min(stayLimit, stayPrice*off*off))
		}
	}
	pair := make([]float32, int(math.Round(jump/step))+1)
	for d := range pair {
		mm := float64(d) * step
		pair[d] = float32(smooth * mm * mm)
	}
	for i, x := range net.solve(unary, labels, pair, starSweeps) {
		m.Vertices[i] = m.Vertices[i].Add(rays[i].Mul(float64(x-labels/2) * step))
	}
}

// cost of a border at p: its edge, the wall behind, the discs above and below, the end of the view.
func (s *scene) cost(p geom.Patient, n geom.PatientVec, window float64) float64 {
	if !s.inView(p) {
		return outOfViewPrice
	}
	c := s.edge(p, n, window)
	b := s.bodyFromPatient.Apply(p)
	if s.wall.ok {
		behind := b.Y - s.wall.Y(b.X, b.Z)
		switch {
		case behind > 0.5:
			c += behindWallPrice
		case behind > -0.3 && math.Abs(b.X) > pedicleFromMM && s.boneBehind(b):
			c = min(c, pedicleCut)
		case s.inRoot(b, behind):
			c += insideRootPrice
		}
	}
	c += beyondDiscPrice * max(0, b.Z-s.topPlane(b)-beyondDiscMM)
	c += beyondDiscPrice * max(0, s.bottomPlane(b)-b.Z-beyondDiscMM)
	return c
}

// topPlane is the middle of the disc above, or of what a high rim leaves of it; bottomPlane that below.
func (s *scene) topPlane(b geom.Body) float64 {
	return s.top.z(b.X, b.Y) + max(s.room(s.topGap), s.upper.at(b.X, b.Y)+beyondRimMM)
}

func (s *scene) bottomPlane(b geom.Body) float64 {
	return s.bottom.z(b.X, b.Y) - max(s.room(s.bottomGap), -s.lower.at(b.X, b.Y)+beyondRimMM)
}

// room is how far the surface may go beyond an end plane: to the middle of the disc, or less where the plane was settled in slices so
// thick that the front of the disc looks like a wall of the body.
func (s *scene) room(gap float64) float64 {
	if s.settled {
		return min(gap, max(beyondRimMM, settledRoom*gap))
	}
	return gap
}
