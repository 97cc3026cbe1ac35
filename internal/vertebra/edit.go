package vertebra

import (
	"fmt"
	"math"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/mesh"
	"github.com/vertefill/vertefill/internal/spine"
	"github.com/vertefill/vertefill/internal/unit"
)

// Corrections by hand. A handle is a point of the surface that moves along one axis of the body; the half of the body on its side
// stretches with it, so that faces keep their form. No function here changes the vertebra it is given.

// HandleKind names a place of a body that can be dragged.
type HandleKind uint8

// The handles: the middle of each face, and of both endplates the front and rear rim and the places halfway to them, which tilt the
// endplate about the other rim. New kinds go to the end: journals keep the numbers.
const (
	SuperiorEndplate HandleKind = iota
	InferiorEndplate
	AnteriorWall
	PosteriorWall
	LeftWall
	RightWall
	SuperiorFrontRim
	SuperiorRearRim
	InferiorFrontRim
	InferiorRearRim
	SuperiorFront
	SuperiorRear
	InferiorFront
	InferiorRear

	handleKinds
)

// Handle is a draggable point on the surface of a body.
type Handle struct {
	Kind HandleKind
	At   geom.Patient
	Axis geom.PatientVec // unit, outwards: the handle moves along it
}

const (
	rimShare      = 0.7 // of the depth of the body: where the handles of the rims stand
	leastShare    = 0.2 // of its distance from the middle that a handle keeps when pushed in
	handErrorMM   = 0.4 // of a surface set by hand: half width of a 90 % interval
	movedMM       = 0.1 // a vertex that moved by less was not touched
	liveFieldMM   = 1.6 // spacing of the distance field until Settle: a tenth of the work
	settledStepMM = 0.7
	fieldMarginMM = 25.0
)

// Handles returns the handles of a body on its surface, in the order of the kinds; nil when it has no surface.
func Handles(v *spine.Vertebra) []Handle {
	e := newEdit(v)
	if e == nil {
		return nil
	}
	var out []Handle
	for k := range handleKinds {
		if g, ok := e.grip(k); ok {
			out = append(out, Handle{Kind: k, At: v.PatientFromBody.Apply(g.at), Axis: v.PatientFromBody.ApplyVec(g.axis)})
		}
	}
	return out
}

// Drag returns a copy of v with the handle at the point, or as near to it as the handle's axis and the body allow: a body never
// turns inside out. Volume, heights and interval follow; the distance field is a coarse one, made when it is asked for, until
// Settle. It fails when the body has no surface or not this handle.
func Drag(v *spine.Vertebra, h HandleKind, to geom.Patient) (*spine.Vertebra, error) {
	return DragWithin(v, h, to, 0)
}

// DragWithin is Drag of the neighbourhood of a handle only: at reach mm beside it, across its way, the surface follows by an eighth,
// at twice that by nothing to be seen. Reach 0 stands for the whole face.
func DragWithin(v *spine.Vertebra, h HandleKind, to geom.Patient, reach unit.MM) (*spine.Vertebra, error) {
	e := newEdit(v)
	if e == nil {
		return nil, fmt.Errorf("vertebra: %s has no surface to drag", v.Level)
	}
	if !to.IsFinite() {
		return nil, fmt.Errorf("vertebra: the handle cannot be dragged to %s", to)
	}
	g, ok := e.grip(h)
	if !ok {
		return nil, fmt.Errorf("vertebra: %s has no handle %d", v.Level, h)
	}
	if reach > 0 {
		g = g.within(float64(reach))
	}
	target := e.inverse.Apply(to)
	d := max(target.Sub(g.at).Dot(g.axis), -(1-leastShare)*g.reach)
	pts := make([]geom.Body, len(e.pts))
	for i, p := range e.pts {
		pts[i] = p.Add(g.axis.Mul(d * g.pull(p)))
	}
	wall := v.Wall
	if h == PosteriorWall {
		wall.Q0 += d
	}
	return e.apply(pts, wall), nil
}

// Settle returns a copy of v with a distance field of full precision, for measuring after Drag and Brush.
func Settle(v *spine.Vertebra) *spine.Vertebra {
	out := *v
	if v.Body != nil {
		out.Field = mesh.NewField(v.Body, settledStepMM, fieldMarginMM)
	}
	return &out
}

// edit is a body in its own coordinates.
type edit struct {
	v       *spine.Vertebra
	inverse geom.Affine[geom.BodyFrame, geom.PatientFrame]
	pts     []geom.Body
}

// newEdit returns nil when there is no surface.
func newEdit(v *spine.Vertebra) *edit {
	if v == nil || v.Body == nil || len(v.Body.Vertices) == 0 {
		return nil
	}
	e := &edit{v: v, inverse: v.BodyFromPatient(), pts: make([]geom.Body, len(v.Body.Vertices))}
	for i, p := range v.Body.Vertices {
		e.pts[i] = e.inverse.Apply(p)
	}
	return e
}

// face is where a handle sits: the outer end of an axis (0: X, 1: Y, 2: Z), in the middle, at the front (-1) or rear (1) rim, or
// between.
type face struct {
	axis int
	sign float64
	rim  float64
}

var handleFaces = [handleKinds]face{
	SuperiorEndplate: {2, 1, 0}, InferiorEndplate: {2, -1, 0}, AnteriorWall: {1, -1, 0}, PosteriorWall: {1, 1, 0}, LeftWall: {0, 1, 0}, RightWall: {0, -1, 0},
	SuperiorFrontRim: {2, 1, -1}, SuperiorRearRim: {2, 1, 1}, InferiorFrontRim: {2, -1, -1}, InferiorRearRim: {2, -1, 1},
	SuperiorFront: {2, 1, -0.5}, SuperiorRear: {2, 1, 0.5}, InferiorFront: {2, -1, -0.5}, InferiorRear: {2, -1, 0.5},
}

// grip is a handle in body coordinates: its place, the axis it moves along, its distance from the middle, and by how much of its
// way a point of the surface follows.
type grip struct {
	at    geom.Body
	axis  geom.BodyVec
	reach float64
	pull  func(geom.Body) float64
}

// grip returns the handle of a kind; ok is false where the surface has no such place.
func (e *edit) grip(k HandleKind) (g grip, ok bool) {
	if k >= handleKinds {
		return g, false
	}
	f := handleFaces[k]
	y, far := 0.0, 0.0 // where an endplate's handle stands, and the rim it turns about
	if f.rim != 0 {
		front, ok1 := e.outermost(1, -1, 0)
		back, ok2 := e.outermost(1, 1, 0)
		if !ok1 || !ok2 {
			return g, false
		}
		y, far = (front+back)/2+math.Copysign(rimShare, f.rim)*(back-front)/2, back
		if f.rim > 0 {
			far = front
		}
		y *= math.Abs(f.rim) // between the rim's handle and that in the middle, at 0
	}
	end, ok := e.outermost(f.axis, f.sign, y)
	if !ok || end*f.sign <= 0 {
		return g, false
	}
	share := func(x float64) float64 { return max(0, min(1, x)) }
	coordinate := func(p geom.Body) float64 { return [3]float64{p.X, p.Y, p.Z}[f.axis] }
	g.reach = end * f.sign
	g.pull = func(p geom.Body) float64 {
		s := share(coordinate(p) / end)
		if f.rim != 0 {
			s *= share((p.Y - far) / (y - far))
		}
		return s
	}
	switch f.axis {
	case 0:
		g.at, g.axis = geom.Pt[geom.BodyFrame](end, 0, 0), geom.V[geom.BodyFrame](f.sign, 0, 0)
	case 1:
		g.at, g.axis = geom.Pt[geom.BodyFrame](0, end, 0), geom.V[geom.BodyFrame](0, f.sign, 0)
	case 2:
		g.at, g.axis = geom.Pt[geom.BodyFrame](0, y, end), geom.V[geom.BodyFrame](0, 0, f.sign)
	}
	return g, true
}

// within lets the pull of a handle fall off beside it. An endplate's rim no longer turns: what is near follows as it is.
func (g grip) within(reach float64) grip {
	out := g
	out.pull = func(p geom.Body) float64 {
		from := p.Sub(g.at)
		along := from.Dot(g.axis)
		aside := from.Sub(g.axis.Mul(along)).Norm() / reach
		return max(0, min(1, 1+along/g.reach)) * math.Exp(-2*aside*aside)
	}
	return out
}

// outermost returns where the line along an axis last meets the surface in the direction of sign. The line runs through the origin,
// along Z through y in the mid-sagittal plane.
func (e *edit) outermost(axis int, sign, y float64) (float64, bool) {
	const off = 1e-4 // keeps the line off vertices
	turned := e.pts
	if axis != 2 {
		turned = make([]geom.Body, len(e.pts))
		for i, p := range e.pts {
			if axis == 0 {
				turned[i] = geom.Pt[geom.BodyFrame](p.Y, p.Z, p.X)
			} else {
				turned[i] = geom.Pt[geom.BodyFrame](p.Z, p.X, p.Y)
			}
		}
	}
	z := crossings(turned, e.v.Body.Triangles, off, y+off)
	switch {
	case len(z) < 2:
		return 0, false
	case sign < 0:
		return z[0], true
	}
	return z[len(z)-1], true
}

// apply returns a copy of the vertebra with other points of its surface; the wall is given in the old coordinates.
func (e *edit) apply(pts []geom.Body, wall spine.Wall) *spine.Vertebra {
	out := *e.v
	m := &mesh.Mesh{Vertices: make([]geom.Patient, len(pts)), Triangles: e.v.Body.Triangles}
	for i, p := range pts {
		m.Vertices[i] = e.v.PatientFromBody.Apply(p)
	}
	out.Body, out.Field, out.BodyML = m, mesh.FieldOnDemand(m, liveFieldMM, fieldMarginMM), m.Volume()
	centre := m.Centroid()
	moved := e.inverse.Apply(centre)
	out.PatientFromBody.T = [3]float64{centre.X, centre.Y, centre.Z}
	out.Wall = wall.About(moved)
	shifted := make([]geom.Body, len(pts))
	for i, p := range pts {
		shifted[i] = geom.Body{}.Add(p.Sub(moved))
	}
	out.HalfWidth, out.HalfDepth = extent(shifted)
	out.Heights = heights(shifted, m.Triangles)
	out.BodyIntervalML = e.interval(pts, out.BodyML)
	if !out.Corrected {
		out.Corrected, out.FoundML = true, e.v.BodyML
	}
	return &out
}

// interval widens the interval of a volume by what a hand may be off where it moved the surface, up to all of it.
func (e *edit) interval(pts []geom.Body, volume unit.ML) unit.Interval {
	old := (e.v.BodyIntervalML.High - e.v.BodyIntervalML.Low) / 2
	all, touched := 0.0, 0.0
	for i, a := range vertexAreas(e.v.Body) {
		all += a
		if pts[i].Dist(e.pts[i]) > movedMM {
			touched += a
		}
	}
	half := min(math.Hypot(old, touched*handErrorMM/1000), max(old, all*handErrorMM/1000))
	return unit.Interval{Low: float64(volume) - half, High: float64(volume) + half}
}
