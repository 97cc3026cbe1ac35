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
	beyondDiscMM     = 0.7 // a surface may pass the middle of the disc by this
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
	net := sphereNet()
	m := &mesh.Mesh{Triangles: net.tris, Vertices: make([]geom.Patient, len(net.dirs))}
	centre := geom.Pt[geom.BodyFrame](cx, cy, (s.top.z(cx, cy)+s.bottom.z(cx, cy))/2)
	rays := make([]geom.PatientVec, len(net.dirs))
	for i, d := range net.dirs {
		b := geom.V[geom.BodyFrame](d.X*halfX, d.Y*halfY, d.Z*s.height/2).Unit()
		rays[i] = s.patientFromBody.ApplyVec(b)
		m.Vertices[i] = s.patientFromBody.Apply(centre.Add(b.Mul(s.template(centre, b))))
	}
	s.start, s.back = slices.Clone(m.Vertices), s.backFace(m)
	for range starPasses {
		s.fit(m, rays, m.Normals(), starRangeMM, starStepMM, starSmooth, starJumpMM, s.window(2))
		net.despike(m.Vertices)
		s.closeWall(m, s.back)
	}
	s.heal(m)
	for _, w := range []float64{2, 0.9, 0.9} {
		if ctx.Err() != nil {
			break
		}
		n := m.Normals()
		s.fit(m, n, n, refineRangeMM, refineStepMM, refineSmooth, refineJumpMM, s.window(w))
		net.taubin(m.Vertices)
		net.despike(m.Vertices)
		s.closeWall(m, s.back)
	}
	s.heal(m)
	return m
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

// fit moves the vertices along their rays to the best labels.
func (s *scene) fit(m *mesh.Mesh, rays, normals []geom.PatientVec, reach, step, smooth, jump, window float64) {
	net := sphereNet()
	labels := 2*int(math.Round(reach/step)) + 1
	unary := make([]float32, len(rays)*labels)
	for i, p := range m.Vertices {
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

func (s *scene) topPlane(b geom.Body) float64    { return s.top.z(b.X, b.Y) + s.topGap }
func (s *scene) bottomPlane(b geom.Body) float64 { return s.bottom.z(b.X, b.Y) - s.bottomGap }
