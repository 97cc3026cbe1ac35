package phantom

import (
	"math"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/geom"
)

// shapeLeak makes a leak of the planned compartment at a size of about 1; nil for a compartment that is not known.
func (p *patient) shapeLeak(d *deposit, v *placed, plan LeakPlan, r random, size float64) *leak {
	side := r.sign()
	switch plan.Side {
	case anatomy.Left:
		side = 1
	case anatomy.Right:
		side = -1
	}
	s := leakSketch{d: d, v: v, r: r, side: side, size: size, midline: plan.Side == anatomy.Midline, bone: p.clearOf(v),
		leak: &leak{compartment: plan.Compartment, kind: plan.Type}}
	usual := anatomy.TypeC
	switch plan.Compartment {
	case anatomy.Canal:
		usual = anatomy.TypeB
		s.intoCanal(plan.Type != anatomy.TypeC)
	case anatomy.Foramen:
		s.intoForamen()
	case anatomy.DiscSuperior:
		usual = anatomy.TypeD
		s.intoDisc(1)
	case anatomy.DiscInferior:
		usual = anatomy.TypeD
		s.intoDisc(-1)
	case anatomy.ParavertebralVein:
		usual = anatomy.TypeS
		s.alongVein()
	case anatomy.SoftTissue:
		s.intoSoftTissue()
	case anatomy.NeedleTrack:
		usual = anatomy.TypeT
		s.alongNeedle()
	case anatomy.Distant:
		usual = anatomy.TypeE
		s.farAway()
	default:
		return nil
	}
	if s.leak.kind == "" {
		s.leak.kind = usual
	}
	return s.leak
}

// leakSketch is a leak being drawn.
type leakSketch struct {
	d       *deposit
	v       *placed
	r       random
	side    float64 // +1 left
	midline bool
	size    float64
	bone    func(geom.Body) float64
	leak    *leak
}

func at(x, y, z float64) geom.Body { return geom.Pt[geom.BodyFrame](x, y, z) }

// blob lets an ellipsoid, roughened a little, be the outside, where no bone is and where limit is negative.
func (s *leakSketch) blob(e ellipsoid, limit func(geom.Body) float64) {
	rough, amount := noise(s.r.Uint64()), 0.15*min(e.r.X, e.r.Y, e.r.Z)
	s.leak.cover(e.c, max(e.r.X, e.r.Y, e.r.Z)+0.5)
	s.leak.outside = s.clipped(func(q geom.Body) float64 {
		f := e.at(q)
		if f < 2 {
			f += amount * rough.at(q.X/2.5, q.Y/2.5, q.Z/2.5)
		}
		if limit != nil && f < 2 {
			f = max(f, limit(q))
		}
		return f
	})
}

// clipped keeps a shape out of the bones.
func (s *leakSketch) clipped(f func(geom.Body) float64) func(geom.Body) float64 {
	return func(q geom.Body) float64 {
		d := f(q)
		if d < 1 {
			d = max(d, -s.bone(q))
		}
		return d
	}
}

func (s *leakSketch) halfHeight() float64 {
	return (s.v.body.superior.z - s.v.body.inferior.z) / 2
}

// intoCanal spreads behind the posterior wall: through the basivertebral foramen near the middle (type B), or through a defect
// beside it (type C). The ligament in the middle lets most lie to one side or on both.
func (s *leakSketch) intoCanal(basivertebral bool) {
	c := s.v.canal
	x, z := s.r.between(-1.5, 1.5), s.v.bone.foramen.b.Z+s.r.between(-1, 1)
	if !basivertebral {
		x, z = s.side*c.halfWidth*s.r.between(0.45, 0.75), s.halfHeight()*s.r.between(0.3, 0.6)*s.r.sign()
	}
	wall := s.v.body.wall.Y(x, z)
	exit := at(x, wall+0.3, z)
	s.leak.channel(s.r.between(0.8, 1.4), s.d.nearestBlob(exit), at(x, wall-s.r.between(5, 8), z), exit)
	aside := s.side * s.r.between(1.5, 3.5)
	if s.midline {
		aside = 0
	}
	if !basivertebral {
		aside = 0
	}
	deep := s.r.between(1.1, 2.4) * math.Sqrt(s.size)
	e := ellipsoid{at(x+aside, wall+0.6*deep, z+s.r.between(-2, 2)), geom.V[geom.BodyFrame](s.r.between(2.5, 4.5)*s.size, deep, s.r.between(3.5, 7)*s.size)}
	s.blob(e, func(q geom.Body) float64 { return c.at(q) + 0.3 })
}

// intoForamen lies below the pedicle, beside the canal and behind the body.
func (s *leakSketch) intoForamen() {
	v := s.v
	ph := v.pedicles[0].ra / v.pedicles[0].scale.Z
	x, z := s.side*(v.canal.halfWidth+s.r.between(2.5, 4.5)), v.pedicleZ-ph-s.r.between(2.5, 4.5)
	wall := v.body.wall.Y(x, z)
	e := ellipsoid{at(x, wall+s.r.between(1.5, 3.5), z), geom.V[geom.BodyFrame](s.r.between(1.6, 2.6), s.r.between(1.8, 3), s.r.between(1.6, 2.6)).Mul(s.size)}
	inner := at(x*0.8, wall-6, z)
	s.leak.channel(s.r.between(0.7, 1.2), s.d.nearestBlob(inner), inner, e.c)
	s.blob(e, func(q geom.Body) float64 { return -v.canal.at(q) + 0.6 })
}

// intoDisc spreads as a sheet between endplate and disc, up to the neighbour's endplate where the disc is thin.
func (s *leakSketch) intoDisc(up float64) {
	b := s.v.body
	x, y := b.width*s.r.between(-0.5, 0.5), b.depth*s.r.between(-0.55, 0.4)
	if s.side*x < 0 && !s.midline {
		x = -x
	}
	thick := s.r.between(0.5, 1.2) * math.Sqrt(s.size)
	surface := func(x, y float64) float64 {
		if up > 0 {
			return b.top(x, y)
		}
		return b.bottom(x, y)
	}
	exit := at(x, y, surface(x, y)+up*0.4)
	s.leak.channel(s.r.between(0.7, 1.5), s.d.nearestBlob(exit), exit)
	e := ellipsoid{at(x, y, 0.8*thick), geom.V[geom.BodyFrame](s.r.between(3.5, 7)*s.size, s.r.between(3, 6)*s.size, thick)}
	wide := max(e.r.X, e.r.Y) + 1
	s.leak.cover(at(x, y, surface(x, y)), wide)
	s.leak.outside = s.clipped(func(q geom.Body) float64 {
		if math.Abs(q.X-x) > wide || math.Abs(q.Y-y) > wide {
			return math.Hypot(max(0, math.Abs(q.X-x)-wide+1), max(0, math.Abs(q.Y-y)-wide+1))
		}
		// The sheet follows the endplate: height is counted from it.
		f := e.at(at(q.X, q.Y, up*(q.Z-surface(q.X, q.Y))))
		return max(f, b.radial(q.X, q.Y, 1)+0.5, q.Y-b.wall.Y(q.X, q.Z)+0.5)
	})
}

// alongVein is a tube that leaves the side or front of the body at mid height and runs along it, at times branched.
func (s *leakSketch) alongVein() {
	b := s.v.body
	half := s.halfHeight()
	angle := s.r.between(-1.2, 0.1)
	if s.side < 0 {
		angle = math.Pi - angle
	}
	radius := s.r.between(0.5, 1.1) * math.Sqrt(s.size)
	length := min(60, max(5, s.r.between(10, 28)*s.size))
	z := half * s.r.between(-0.25, 0.25)
	point := func(a, z, out float64) geom.Body {
		sin, cos := math.Sincos(a)
		u := math.Mod(a/(2*math.Pi)+2, 1) * outlineSteps
		q := at(cos*b.outline[int(u)%outlineSteps], sin*b.outline[int(u)%outlineSteps], z)
		dir := geom.V[geom.BodyFrame](cos, sin, 0)
		for n := 0; n < 60 && s.bone(q) < out; n++ {
			q = q.Add(dir.Mul(0.4))
		}
		return q
	}
	gap := radius + s.r.between(0.7, 1.8)
	first := point(angle, z, gap)
	s.leak.channel(max(0.6, radius*0.9), s.d.nearestBlob(first), first)
	around := s.r.between(-0.5, 0.5) // share of the way that goes round the body
	up := s.r.sign()
	walk := func(from geom.Body, a, z, around, up, length float64) []geom.Body {
		line := []geom.Body{from}
		for gone := 0.0; gone < length; gone += 2.5 {
			a += around * 2.5 / b.width
			z += up * (1 - math.Abs(around)) * 2.5
			a += s.r.between(-0.04, 0.04)
			line = append(line, point(a, z, gap))
		}
		return line
	}
	lines := [][]geom.Body{walk(first, angle, z, around, up, length)}
	if s.r.chance(0.3) {
		main := lines[0]
		m := main[len(main)/2]
		lines = append(lines, walk(m, math.Atan2(m.Y, m.X), m.Z, -math.Copysign(s.r.between(0.4, 0.8), around), up, length/3))
	}
	s.tubes(radius, lines)
}

// tubes makes the outside of round tubes along lines, tapering a little.
func (s *leakSketch) tubes(radius float64, lines [][]geom.Body) {
	var rods []capsule
	for n, line := range lines {
		for i := 0; i+1 < len(line); i++ {
			taper := func(i int) float64 {
				return radius * (1 - 0.3*float64(i)/float64(len(line))) * math.Pow(0.8, float64(n))
			}
			rods = append(rods, newCapsule(line[i], line[i+1], taper(i), taper(i+1), geom.BodyVec{}))
			s.leak.cover(line[i], radius+0.3)
			s.leak.cover(line[i+1], radius+0.3)
		}
	}
	s.leak.course = lines[0]
	s.leak.outside = s.clipped(func(q geom.Body) float64 {
		f := math.Inf(1)
		for i := range rods {
			f = min(f, rods[i].at(q))
		}
		return f
	})
}

// intoSoftTissue lies as a lump on the side or front of the body, fed through a hole in its cortex.
func (s *leakSketch) intoSoftTissue() {
	b := s.v.body
	angle := s.r.between(-1.3, 0.05)
	if s.side < 0 {
		angle = math.Pi - angle
	}
	sin, cos := math.Sincos(angle)
	z := s.halfHeight() * s.r.between(-0.5, 0.5)
	u := int(math.Mod(angle/(2*math.Pi)+2, 1) * outlineSteps)
	rho := b.outline[u] * b.girth(z)
	out := s.r.between(0.5, 1.5) + 1.2*s.size
	e := ellipsoid{at(cos*(rho+out), sin*(rho+out), z), geom.V[geom.BodyFrame](s.r.between(2.2, 4), s.r.between(2.2, 4), s.r.between(2.2, 4.5)).Mul(s.size)}
	s.leak.channel(s.r.between(0.7, 1.3), s.d.nearestBlob(e.c), e.c)
	s.blob(e, func(q geom.Body) float64 { return q.Y - b.wall.Q0 + 4 })
}

// alongNeedle follows the trocar's way back through the pedicle and the arch into the muscle.
func (s *leakSketch) alongNeedle() {
	v := s.v
	x := s.side * v.pedicleX
	tip := at(x*0.75, v.body.wall.Y(x, v.pedicleZ)-10, v.pedicleZ-3)
	through := at(x*1.02, v.canal.y, v.pedicleZ)
	dir := through.Sub(tip).Unit()
	radius := s.r.between(0.8, 1.3) * math.Cbrt(s.size)
	surface := through
	for n := 0; n < 120 && s.bone(surface) < 0; n++ {
		surface = surface.Add(dir.Mul(0.5))
	}
	length := min(50, s.r.between(6, 16)*s.size)
	end := surface.Add(dir.Mul(length))
	s.leak.channel(radius, s.d.nearestBlob(tip), tip, through, end)
	s.leak.course = []geom.Body{surface, end}
	s.leak.outside = func(geom.Body) float64 { return math.Inf(1) }
}

// farAway is a cast of a vessel in front of the spine, without contact to it: azygos vein, vena cava or a branch towards the lung.
func (s *leakSketch) farAway() {
	b := s.v.body
	from := at(s.r.between(-24, 18), -b.depth-s.r.between(23, 34), s.r.between(-8, 8))
	if s.r.chance(0.5) {
		from = at(s.side*(b.width+s.r.between(23, 32)), s.r.between(-25, -5), s.r.between(-8, 8))
	}
	radius := s.r.between(0.7, 1.4) * math.Sqrt(s.size)
	length := min(30, s.r.between(8, 16)*s.size)
	walk := func(q geom.Body, dir geom.BodyVec, length float64) []geom.Body {
		line := []geom.Body{q}
		for gone := 0.0; gone < length; gone += 2 {
			dir = dir.Add(geom.V[geom.BodyFrame](s.r.between(-0.25, 0.25), s.r.between(-0.25, 0.25), s.r.between(-0.1, 0.1))).Unit()
			q = q.Add(dir.Mul(2))
			line = append(line, q)
		}
		return line
	}
	up := s.r.sign()
	lines := [][]geom.Body{walk(from, geom.V[geom.BodyFrame](0, 0, up), length)}
	if s.r.chance(0.4) {
		m := lines[0][len(lines[0])/2]
		lines = append(lines, walk(m, geom.V[geom.BodyFrame](s.r.between(-1, 1), 0.3, up).Unit(), length/2))
	}
	s.tubes(radius, lines)
}
