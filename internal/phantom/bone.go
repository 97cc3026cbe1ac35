package phantom

import (
	"math"

	"github.com/vertefill/vertefill/internal/geom"
)

// boneStuff says what a vertebra is made of: cortex and trabecular CT numbers, lesions, the basivertebral foramen.
type boneStuff struct {
	cortexMM, endplateMM, archMM float64 // thickness of the shell
	cortexHU                     float64
	trabecularHU, textureHU      float64
	texture                      noise
	scaleMM                      float64 // of the trabecular texture
	lesions                      []lesion
	foramen                      capsule // of the basivertebral veins, from the middle of the body through the wall
}

// lesion is a lytic (low) or sclerotic (high) region inside the bone; a lytic one also opens the cortex it touches.
type lesion struct {
	shape ellipsoid
	hu    float64
	lytic bool
}

func newBoneStuff(r random, v *vertebra, variety float64, lytic bool) boneStuff {
	b := boneStuff{
		cortexMM:     r.between(0.3, 0.9),
		endplateMM:   r.between(0.4, 1.1),
		archMM:       r.between(0.9, 1.5),
		cortexHU:     r.between(1200, 1800),
		trabecularHU: r.between(40, 180),
		textureHU:    r.between(25, 60),
		texture:      noise(r.Uint64()),
		scaleMM:      r.between(1.2, 2.4),
	}
	wall := v.body.wall.Y(0, 0)
	z := r.between(-2, 2)
	b.foramen = newCapsule(geom.Pt[geom.BodyFrame](r.between(-1, 1), wall-r.between(8, 13), z), geom.Pt[geom.BodyFrame](0, wall+1, z), 0.8, r.between(1.4, 2.4),
		geom.V[geom.BodyFrame](0.55, 1, 1))
	switch {
	case lytic:
		for range r.IntN(7) {
			l := newLesion(r, v, true)
			l.shape.r = l.shape.r.Mul(r.between(0.35, 0.8))
			b.lesions = append(b.lesions, l)
		}
	case r.chance(0.15 * variety):
		kind := r.chance(0.6)
		for range 1 + r.IntN(3) {
			b.lesions = append(b.lesions, newLesion(r, v, kind))
		}
	}
	if v.grade > 0 && r.chance(0.15) { // a vacuum cleft
		b.lesions = append(b.lesions, lesion{hu: r.between(-600, -200), shape: ellipsoid{
			geom.Pt[geom.BodyFrame](r.between(-3, 3), v.body.depth*r.between(-0.5, 0), v.body.superior.z-v.body.superior.concave-r.between(3, 5)),
			geom.V[geom.BodyFrame](v.body.width*r.between(0.3, 0.55), v.body.depth*r.between(0.3, 0.5), r.between(0.8, 2))}})
	}
	return b
}

func newLesion(r random, v *vertebra, lytic bool) lesion {
	l := lesion{lytic: lytic, hu: r.between(20, 60)}
	if !lytic {
		l.hu = r.between(450, 900)
	}
	l.shape.c = geom.Pt[geom.BodyFrame](v.body.width*r.between(-0.6, 0.6), v.body.depth*r.between(-0.5, 0.7), v.body.superior.z*r.between(-0.6, 0.6))
	l.shape.r = geom.V[geom.BodyFrame](r.between(3, 8), r.between(3, 7), r.between(3, 7))
	return l
}

// shell returns the thickness of the cortex next to p, zero where it is open.
func (v *vertebra) shell(p geom.Body, inBody bool) float64 {
	b := &v.bone
	t := b.archMM
	if inBody {
		t = b.cortexMM
		if top, bottom := v.body.top(p.X, p.Y), v.body.bottom(p.X, p.Y); min(top-p.Z, p.Z-bottom) < 2 {
			t = b.endplateMM
		}
		if p.Y > 0 && b.foramen.at(p) < 0 {
			return 0
		}
	}
	for i := range b.lesions {
		if l := &b.lesions[i]; l.lytic && l.shape.at(p) < 0 {
			return 0
		}
	}
	return t
}

// marrowHU returns the CT number inside the cortex.
func (v *vertebra) marrowHU(p geom.Body) float64 {
	b := &v.bone
	s := 1 / b.scaleMM
	hu := b.trabecularHU + b.textureHU*(b.texture.at(p.X*s, p.Y*s, p.Z*s)+0.8*b.texture.at(p.X*s*0.37+40, p.Y*s*0.37, p.Z*s*0.31))
	for i := range b.lesions {
		if d := b.lesions[i].shape.at(p); d < 1 {
			w := min(1, max(0, (1-d)/2))
			hu += w * (b.lesions[i].hu + b.textureHU*b.texture.at(p.X, p.Y, p.Z) - hu)
		}
	}
	if b.foramen.at(p) < 0 {
		hu = 20
	}
	return math.Max(hu, -700)
}
