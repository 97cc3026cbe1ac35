package phantom

import (
	"math"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/spine"
)

// Deformity is the form of a fracture in Genant's semiquantitative grading (Genant et al. 1993, J Bone Miner Res 8:1137).
type Deformity string

// The deformities.
const (
	Wedge     Deformity = "wedge"
	Biconcave Deformity = "biconcave"
	Crush     Deformity = "crush"
)

// outlineSteps is the number of directions in which the outline of a body is tabled.
const outlineSteps = 256

// body is the vertebral body: an outline in the axial plane, narrowed at mid height, between two curved endplates, in front of
// the posterior wall. Positions are body-frame mm about the middle of the outline.
type body struct {
	width, depth float64 // half
	outline      [outlineSteps + 1]float64
	flat         [outlineSteps + 1]float64 // divides the radial distance to make it a distance to the surface
	waist        float64                   // share by which the outline is narrower at mid height
	taper        float64                   // share by which the outline narrows from the upper to the lower endplate
	superior     endplate
	inferior     endplate
	wall         spine.Wall
	edge         float64 // rounding of the rims, mm
	radius       float64 // of a ball about the origin that holds the body
}

// endplate is the height function of one endplate; concave and nodes reach into the body.
type endplate struct {
	z, slopeX, slopeY float64
	concave           float64 // mm at the deepest point
	x, y              float64 // the deepest point
	wide, deep        float64 // half axes of the concavity
	nodes             []node
}

// node is a Schmorl node: a dent in an endplate.
type node struct{ x, y, radius, depth float64 }

// into returns by how much the endplate lies inside its rim plane at (x, y).
func (e *endplate) into(x, y float64) float64 {
	u, v := (x-e.x)/e.wide, (y-e.y)/e.deep
	d := 0.0
	if q := 1 - u*u - v*v; q > 0 {
		d = e.concave * q * math.Sqrt(q)
	}
	for _, n := range e.nodes {
		q := ((x-n.x)*(x-n.x) + (y-n.y)*(y-n.y)) / (n.radius * n.radius)
		if q < 1 {
			d += n.depth * (1 - q) * (1 - q)
		}
	}
	return d
}

func (e *endplate) plane(x, y float64) float64 { return e.z + e.slopeX*x + e.slopeY*y }

func (b *body) top(x, y float64) float64    { return b.superior.plane(x, y) - b.superior.into(x, y) }
func (b *body) bottom(x, y float64) float64 { return b.inferior.plane(x, y) + b.inferior.into(x, y) }

// girth is the factor of the outline at height z.
func (b *body) girth(z float64) float64 {
	mid, half := (b.superior.z+b.inferior.z)/2, (b.superior.z-b.inferior.z)/2
	t := (z - mid) / half
	u := min(1, t*t)
	return (1 - b.waist*(1-u)*(1-u)) * (1 + b.taper*max(-1, min(1, t))/2)
}

// radial is the distance outside the outline at the height of p, with the length of p's radius vector.
func (b *body) radial(x, y, girth float64) float64 {
	rho := math.Sqrt(x*x + y*y)
	u := math.Atan2(y, x) * (outlineSteps / (2 * math.Pi))
	if u < 0 {
		u += outlineSteps
	}
	i := min(int(u), outlineSteps-1)
	f := u - float64(i)
	r := b.outline[i] + f*(b.outline[i+1]-b.outline[i])
	return (rho - r*girth) / b.flat[i]
}

// at is the distance to the body without pedicle roots.
func (b *body) at(p geom.Body) float64 {
	far := p.X*p.X + p.Y*p.Y + p.Z*p.Z
	if r := b.radius + 6; far > r*r {
		return math.Sqrt(far) - b.radius
	}
	ends := max(p.Z-b.top(p.X, p.Y), b.bottom(p.X, p.Y)-p.Z)
	side := smoothMax(b.radial(p.X, p.Y, b.girth(p.Z)), p.Y-b.wall.Y(p.X, p.Z), 1.6)
	return smoothMax(ends, side, b.edge)
}

// makeOutline tables a superellipse with a kidney-shaped back and low harmonics, so that no two bodies have the same form.
func (b *body) makeOutline(r random, variety float64) {
	exponent := r.between(2.05, 2.05+0.7*variety)
	kidney, spread := r.between(0, 0.07*variety), r.between(0.35, 0.6)
	egg := r.between(-0.05, 0.05) * variety // front narrower or broader than the back
	var amplitude, phase [6]float64
	for m := 2; m < 6; m++ {
		amplitude[m], phase[m] = r.between(0, 0.014*variety), r.between(0, 2*math.Pi)
	}
	for i := range b.outline {
		a := 2 * math.Pi * float64(i) / outlineSteps
		s, c := math.Sincos(a)
		q := math.Pow(math.Pow(math.Abs(c)/b.width, exponent)+math.Pow(math.Abs(s)/b.depth, exponent), -1/exponent)
		back := math.Remainder(a-math.Pi/2, 2*math.Pi) / spread
		q *= (1 - kidney*math.Exp(-back*back/2)) * (1 + egg*s*c*c)
		for m := 2; m < 6; m++ {
			q *= 1 + amplitude[m]*math.Cos(float64(m)*a+phase[m])
		}
		b.outline[i] = q
	}
	b.outline[outlineSteps] = b.outline[0]
	for i := range b.flat {
		j, k := (i+outlineSteps-1)%outlineSteps, (i+1)%outlineSteps
		slope := (b.outline[k] - b.outline[j]) / (4 * math.Pi / outlineSteps) / b.outline[i]
		b.flat[i] = math.Sqrt(1 + slope*slope)
	}
}

// newBody makes the body of a level. grade is Genant's, 0 to 3.
func newBody(s size, r random, variety float64, d Deformity, grade int) *body {
	b := &body{edge: r.between(1, 2.2)}
	aspect := 1 + 0.08*variety*r.between(-1, 1)
	b.width, b.depth = s.width/2*aspect, s.depth/2/aspect
	height := s.height * (1 + 0.05*variety*r.between(-1, 1))
	b.waist = r.between(0.05, 0.05+0.08*variety)
	b.makeOutline(r, variety)

	wedge := (s.wedge + 2*variety*r.between(-1, 1)) * math.Pi / 180
	share := r.between(0.35, 0.65) // of the wedge that the upper endplate carries
	tilt := 0.02 * variety
	b.superior = b.newEndplate(r, height/2, math.Tan(wedge*share), tilt)
	b.inferior = b.newEndplate(r, -height/2, -math.Tan(wedge*(1-share)), tilt)
	b.superior.concave = r.between(0.6, 1.6)
	b.inferior.concave = r.between(0.8, 2.4)
	if r.chance(0.15 * variety) {
		e := &b.superior
		if r.chance(0.5) {
			e = &b.inferior
		}
		for range 1 + r.IntN(2) {
			e.nodes = append(e.nodes, node{b.width * r.between(-0.5, 0.5), b.depth * r.between(-0.5, 0.5), r.between(3, 6), r.between(1.5, 4)})
		}
	}
	b.fracture(r, d, grade, height)

	// The wall is set back from the outline, also at its narrowest, so that it is a face with two corners; it is hollow at mid height.
	b.wall.Q0 = b.outline[outlineSteps/4]*(1-b.waist) - r.between(1.2, 3)
	b.wall.Q2 = r.between(0.3, 1.2) / (height * height / 4)
	b.wall.Q3 = r.between(-0.004, 0.010*variety)
	b.wall.Q4 = r.between(-0.02, 0.02) * variety
	b.bound()
	return b
}

func (b *body) newEndplate(r random, z, slopeY, tilt float64) endplate {
	return endplate{z: z, slopeX: r.between(-tilt, tilt), slopeY: slopeY, x: b.width * r.between(-0.1, 0.1), y: b.depth * r.between(-0.1, 0.25),
		wide: b.width * r.between(0.8, 0.95), deep: b.depth * r.between(0.8, 0.95)}
}

// fracture lowers the body: Genant grade 1 loses 20-25 % of height, grade 2 25-40 %, grade 3 more.
func (b *body) fracture(r random, d Deformity, grade int, height float64) {
	if grade < 1 {
		return
	}
	low := [4]float64{0, 0.20, 0.26, 0.41}[min(grade, 3)]
	high := [4]float64{0, 0.25, 0.40, 0.55}[min(grade, 3)]
	loss := height * r.between(low, high)
	upper := r.between(0.6, 0.95) // most fractures sink the upper endplate
	switch d {
	case Biconcave:
		b.superior.concave += loss * upper
		b.inferior.concave += loss * (1 - upper)
	case Crush:
		b.superior.z -= loss * upper
		b.inferior.z += loss * (1 - upper)
		b.superior.concave += r.between(0, 1.5)
	default:
		slope := loss / (2 * b.depth)
		b.superior.z -= loss / 2 * upper
		b.superior.slopeY += slope * upper
		b.inferior.z += loss / 2 * (1 - upper)
		b.inferior.slopeY -= slope * (1 - upper)
		b.superior.concave += r.between(0, 2)
	}
	// A fractured body bulges a little.
	b.waist *= 1 - 0.3*float64(min(grade, 3))
}

// wedgeAngle is the angle between the rim planes in the sagittal plane in radians, positive when lower in front.
func (b *body) wedgeAngle() float64 {
	return math.Atan(b.superior.slopeY) - math.Atan(b.inferior.slopeY)
}

// scale enlarges the body about the origin.
func (b *body) scale(f float64) {
	b.width, b.depth = b.width*f, b.depth*f
	for i := range b.outline {
		b.outline[i] *= f
	}
	for _, e := range []*endplate{&b.superior, &b.inferior} {
		e.z, e.concave, e.x, e.y, e.wide, e.deep = e.z*f, e.concave*f, e.x*f, e.y*f, e.wide*f, e.deep*f
	}
	b.wall.Q0, b.wall.Q2, b.wall.Q3 = b.wall.Q0*f, b.wall.Q2/f, b.wall.Q3/f
	b.bound()
}

func (b *body) bound() {
	r := 0.0
	for _, q := range b.outline {
		r = max(r, q)
	}
	z := max(b.superior.z, -b.inferior.z) + r*max(math.Abs(b.superior.slopeY)+math.Abs(b.superior.slopeX), math.Abs(b.inferior.slopeY)+math.Abs(b.inferior.slopeX))
	b.radius = math.Hypot(r, z)
}
