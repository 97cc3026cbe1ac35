package phantom

import (
	"github.com/vertefill/vertefill/internal/geom"
)

// trocar is a steel or titanium tube left in a pedicle, with its tip in the body.
type trocar struct {
	on  *vertebra
	rod capsule
	ct  float64
}

func newTrocar(v *vertebra, r random) *trocar {
	side := r.sign()
	x := side * v.pedicleX
	wall := v.body.wall.Y(x, v.pedicleZ)
	pt := geom.Pt[geom.BodyFrame]
	tip := pt(x*r.between(0.5, 0.8), wall-r.between(12, 18), v.pedicleZ-r.between(2, 5))
	through := pt(x, wall+6, v.pedicleZ)
	end := tip.Add(through.Sub(tip).Unit().Mul(r.between(90, 120)))
	radius := r.between(1.5, 2.1)
	ct := 13000.0
	if r.chance(0.4) {
		ct = 7100 // titanium
	}
	return &trocar{on: v, rod: newCapsule(tip, end, radius, radius, geom.BodyVec{}), ct: ct}
}

func (t *trocar) fill() *fill {
	m := t.rod.ra + 1
	lo := geom.Pt[geom.BodyFrame](min(t.rod.a.X, t.rod.b.X)-m, min(t.rod.a.Y, t.rod.b.Y)-m, min(t.rod.a.Z, t.rod.b.Z)-m)
	hi := geom.Pt[geom.BodyFrame](max(t.rod.a.X, t.rod.b.X)+m, max(t.rod.a.Y, t.rod.b.Y)+m, max(t.rod.a.Z, t.rod.b.Z)+m)
	return &fill{lo: lo, hi: hi, steep: 1, at: t.rod.at, hu: func(geom.Body) float64 { return t.ct }}
}
