package phantom

import (
	"math"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/geom"
)

// hollow is a bone that is seen and not measured: a shell with marrow inside.
type hollow interface {
	at(p geom.Patient) float64 // about the distance to its surface, mm
	made() shellBone
}

// shellBone is what a hollow bone is made of.
type shellBone struct{ cortexMM, cortexHU, marrowHU float64 }

func (s shellBone) made() shellBone { return s }

// rib is a bent tube of bone in patient coordinates.
type rib struct {
	shellBone
	points []geom.Patient
	radii  []float64
	centre geom.Patient
	reach  float64 // of a ball about centre that holds the rib
}

// newRib makes the rib of one side (+1 left): head beside the body, neck along the pedicle to the transverse process, then round the
// chest. The last rib is short.
func newRib(v *placed, side float64, r random) *rib {
	pt := geom.Pt[geom.BodyFrame]
	b := v.body
	head := pt(side*b.width*0.6, b.wall.Q0-4, b.superior.z-3)
	for v.bodyAt(head) < 4.6 && math.Abs(head.X) < 60 {
		head.X += side * 0.3
	}
	back := v.canal.y + 0.15*v.canal.halfDepth
	out := v.pedicleX + v.size.transverse
	if floating(v.level) {
		out = v.pedicleX + 10
	}
	local := []geom.Body{head, pt(side*(out-3), back+0.4*v.size.transverse, v.pedicleZ+5), pt(side*(out+14), back+0.75*v.size.transverse+3, v.pedicleZ+2)}
	steps, drop := 9, r.between(7, 11)
	switch v.level {
	case anatomy.T12:
		steps = 1 + r.IntN(4)
	case anatomy.T13:
		steps = r.IntN(3)
	}
	last := local[2]
	for n := range steps {
		a := float64(n+1) / 9 * math.Pi * 0.8
		local = append(local, pt(last.X+side*62*math.Sin(a*0.62), last.Y+12*math.Sin(a*1.2)-95*(1-math.Cos(a*0.62)), last.Z-drop*float64(n+1)))
	}
	out2 := &rib{shellBone: shellBone{r.between(0.8, 1.3), v.bone.cortexHU, v.bone.trabecularHU + 20}}
	for n, p := range local {
		out2.points = append(out2.points, v.patientFromBody.Apply(p))
		radius := 5.2
		switch n {
		case 0:
			radius = 4
		case 1:
			radius = 3.6
		}
		out2.radii = append(out2.radii, radius)
	}
	out2.bound()
	return out2
}

// floating reports whether the ribs of a level are short and end in the flank.
func floating(l anatomy.Level) bool { return l == anatomy.T12 || l == anatomy.T13 }

func (r *rib) bound() {
	lo, hi := r.points[0], r.points[0]
	for _, p := range r.points {
		lo = geom.LPS(min(lo.X, p.X), min(lo.Y, p.Y), min(lo.Z, p.Z))
		hi = geom.LPS(max(hi.X, p.X), max(hi.Y, p.Y), max(hi.Z, p.Z))
	}
	r.centre = lo.Lerp(hi, 0.5)
	r.reach = lo.Dist(hi)/2 + 7
}

// at is the distance to the rib's surface.
func (r *rib) at(p geom.Patient) float64 {
	if far := p.Dist(r.centre) - r.reach; far > 8 {
		return far
	}
	least := math.Inf(1)
	for n := 0; n+1 < len(r.points); n++ {
		a, b := r.points[n], r.points[n+1]
		ab, ap := b.Sub(a), p.Sub(a)
		t := max(0, min(1, ap.Dot(ab)/ab.Dot(ab)))
		least = min(least, ap.Sub(ab.Mul(t)).Norm()-(r.radii[n]+t*(r.radii[n+1]-r.radii[n])))
	}
	return least
}
