package phantom

import (
	"math"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/geom"
)

// vertebra is the shape of one vertebra in its own frame: body, pedicles, arch and processes, with what they are made of.
type vertebra struct {
	level    anatomy.Level
	size     size
	grade    int
	deform   Deformity
	body     *body
	pedicles [2]capsule // left, right
	arch     []capsule  // laminae, processes; bony spurs are in spurs
	spurs    []ellipsoid
	canal    canalShape
	bone     boneStuff
	radius   float64 // of a ball about the origin that holds all of it
	front    float64 // y in front of which there is no arch

	pedicleX, pedicleZ float64
	bodyMM3            float64
	centroid           geom.Body // of the body, with its pedicle roots
}

// canalShape is the vertebral foramen: an ellipse behind the wall, carried straight up and down.
type canalShape struct{ y, halfWidth, halfDepth float64 }

func (c *canalShape) at(p geom.Body) float64 {
	u, v := p.X/c.halfWidth, (p.Y-c.y)/c.halfDepth
	// An even mix of ellipse and diamond resembles the rounded triangle of the lumbar canal; the ellipse is enough above.
	return (math.Sqrt(u*u+v*v) - 1) * min(c.halfWidth, c.halfDepth)
}

func newVertebra(l anatomy.Level, s size, r random, variety, build float64, d Deformity, grade int, lytic bool) *vertebra {
	// A whole body is scaled to its volume first and then fractured: the same draws with and without a fracture.
	v := &vertebra{level: l, size: s, grade: grade, deform: d}
	bodySeed := r.Uint64()
	target := s.bodyML * 1000 * build * (1 + 0.06*variety*r.between(-1, 1))
	whole := newBody(s, stream(bodySeed, "body"), variety, "", 0)
	mm3, _ := measure(corner(whole.radius, -1), corner(whole.radius, 1), 0.75, 1.2, whole.at)
	f := math.Cbrt(target / mm3)
	v.body = newBody(s, stream(bodySeed, "body"), variety, d, grade)
	v.body.scale(f)
	if l == anatomy.S1 {
		v.makeSacrum(r, f)
	} else {
		v.makeArch(r, f, variety)
	}
	v.bone = newBoneStuff(r, v, variety, lytic)
	v.bound()
	v.bodyMM3, v.centroid = measure(corner(v.body.radius+4, -1), corner(v.body.radius+4, 1), 0.2, 1.25, v.bodyAt)
	return v
}

func corner(r, sign float64) geom.Body { return geom.Pt[geom.BodyFrame](sign*r, sign*r, sign*r) }

// makeArch puts pedicles, laminae and processes behind the wall.
func (v *vertebra) makeArch(r random, f, variety float64) {
	s, b := v.size, v.body
	vary := func(x float64) float64 { return x * f * (1 + 0.1*variety*r.between(-1, 1)) }
	cw, cd := vary(s.canalWidth)/2, vary(s.canalDepth)/2
	pw, ph := vary(s.pedicleWidth)/2, vary(s.pedicleHeight)/2
	wall := b.wall.Y(0, 0)
	v.canal = canalShape{y: wall + cd - 0.2, halfWidth: cw, halfDepth: cd}

	top, bottom := b.superior.z, b.inferior.z
	half := (top - bottom) / 2
	ph = min(ph, 0.62*half)
	v.pedicleX = cw + pw + 0.3
	v.pedicleZ = top - ph - 0.08*half
	px, pz := v.pedicleX, v.pedicleZ
	back := v.canal.y + 0.15*cd // where pedicles end and laminae begin
	pt := geom.Pt[geom.BodyFrame]
	scale := geom.V[geom.BodyFrame]
	for i, side := range []float64{1, -1} {
		x := side * px
		v.pedicles[i] = newCapsule(pt(x*0.97, wall-4, pz), pt(x*1.02, back, pz-1), pw, pw*1.1, scale(1, 1, pw/ph))
		lamina := newCapsule(pt(x, back+1, pz-0.3*half), pt(side*1.5, v.canal.y+cd+3, bottom*0.55), 3.2, 2.8, scale(1, 1, 0.38))
		up := newCapsule(pt(x*1.02, back+1, pz), pt(x*1.05, back+2.5, top+4+vary(1)), 4.2, 3, scale(1, 0.8, 1))
		down := newCapsule(pt(x*0.85, back+5, bottom*0.4), pt(x*0.78, back+7.5, bottom-s.discHeight-4), 4, 3, scale(1, 1, 1))
		v.arch = append(v.arch, lamina, up, down)
		length := vary(s.transverse)
		if thoracic(v.level) {
			v.arch = append(v.arch, newCapsule(pt(x*1.05, back+2, pz-1), pt(x+side*length, back+0.65*length, pz+1.5), 4.2, 4.4, scale(1, 1, 0.9)))
		} else {
			v.arch = append(v.arch, newCapsule(pt(x*1.05, back, pz-2), pt(x+side*length, back+0.2*length, pz+vary(1)), 3.2, 2.6, scale(1, 1, 0.55)))
		}
	}
	root := v.canal.y + cd + 3
	tip := root + vary(s.spinous)*0.75
	v.arch = append(v.arch, newCapsule(pt(0, root, bottom*0.5), pt(vary(1)-1, tip, bottom*0.5-vary(s.spinousDrop)), 3, 2.8, scale(1, 0.8, 0.42)))
	if r.chance(0.2 * variety) {
		v.addSpurs(r)
	}
}

// addSpurs puts osteophytes on the rims: bone outside the body, like beaks.
func (v *vertebra) addSpurs(r random) {
	for range 1 + r.IntN(3) {
		a := r.between(-math.Pi, 0) // front half
		z, up := v.body.superior.z, -1.0
		if r.chance(0.5) {
			z, up = v.body.inferior.z, 1
		}
		s, c := math.Sincos(a)
		size := r.between(1.8, 3.6)
		v.spurs = append(v.spurs, ellipsoid{geom.Pt[geom.BodyFrame](c*v.body.width, s*v.body.depth, z+up*1.8),
			geom.V[geom.BodyFrame](size*1.3, size*1.2, size*0.6)})
	}
}

func (v *vertebra) bound() {
	r := v.body.radius
	v.front = math.Inf(1)
	for _, c := range append(append([]capsule{}, v.arch...), v.pedicles[:]...) {
		for _, e := range []struct {
			p geom.Body
			r float64
		}{{c.a, c.ra}, {c.b, c.rb}} {
			thick := e.r / min(c.scale.X, c.scale.Y, c.scale.Z)
			r = max(r, e.p.Sub(geom.Body{}).Norm()+thick)
			v.front = min(v.front, e.p.Y-thick-1)
		}
	}
	v.radius = r + 2
}

// pedicleAt is the distance to the nearer pedicle.
func (v *vertebra) pedicleAt(p geom.Body) float64 {
	if p.X >= 0 {
		return v.pedicles[0].at(p)
	}
	return v.pedicles[1].at(p)
}

// bodyAt is the distance to the vertebral body of the contract: in front of the wall, carried on through the pedicle roots.
func (v *vertebra) bodyAt(p geom.Body) float64 {
	d := v.body.at(p)
	if d > 0 && p.Y > 0 && d < 25 {
		d = min(d, max(v.pedicleAt(p), p.Y-v.body.wall.Y(p.X, p.Z)))
	}
	return d
}

// archAt is the distance to pedicles, arch, processes and spurs, with the canal cut out.
func (v *vertebra) archAt(p geom.Body) float64 {
	if d := v.front - p.Y; d > 3 && len(v.spurs) == 0 {
		return d
	}
	d := v.pedicleAt(p)
	for i := range v.arch {
		d = smoothMin(d, v.arch[i].at(p), 2)
	}
	if d > -12 {
		d = max(d, -v.canal.at(p))
	}
	for i := range v.spurs {
		d = min(d, v.spurs[i].at(p))
	}
	return d
}

// boneAt is the distance to the outer surface of the bone.
func (v *vertebra) boneAt(p geom.Body) float64 { return min(v.body.at(p), v.archAt(p)) }
