package phantom

import (
	"math"

	"github.com/vertefill/vertefill/internal/geom"
)

// placed is a vertebra at its place in one scan.
type placed struct {
	*vertebra
	patientFromBody pose
	bodyFromPatient geom.Affine[geom.BodyFrame, geom.PatientFrame]
	centre          geom.Patient
}

// scene is everything that one scan sees.
type scene struct {
	vertebrae []*placed
	fills     []placedFill // cement and metal, later ones lie over earlier ones
	ribs      []hollow     // and iliac bones
	tissue    *tissue
	discHU    float64
}

// placedFill is a fill in the frame of the vertebra that it belongs to.
type placedFill struct {
	*fill
	on *placed
}

func newScene(vs []*vertebra, poses []pose) *scene {
	s := &scene{}
	for i, v := range vs {
		s.vertebrae = append(s.vertebrae, &placed{vertebra: v, patientFromBody: poses[i], bodyFromPatient: poses[i].MustInverse(), centre: poses[i].Origin()})
	}
	return s
}

// fill is a dense thing: cement or metal, in the frame of its vertebra.
type fill struct {
	lo, hi geom.Body // box
	steep  float64   // bound on the slope of at
	at     func(geom.Body) float64
	hu     func(geom.Body) float64
}

func (f *fill) radiusAbout() (geom.Body, float64) {
	c := f.lo.Lerp(f.hi, 0.5)
	return c, f.hi.Dist(f.lo) / 2
}

// discAt is the distance to the disc between a vertebra and the next one below, as far as soft tissue needs it.
func discAt(a, b *placed, p geom.Patient) float64 {
	q, r := a.bodyFromPatient.Apply(p), b.bodyFromPatient.Apply(p)
	if q.Z > 0 || r.Z < 0 {
		return math.Inf(1)
	}
	d := max(a.body.radial(q.X, q.Y, 1), b.body.radial(r.X, r.Y, 1))
	d = smoothMax(d, max(q.Y-a.body.wall.Q0-0.5, r.Y-b.body.wall.Q0-0.5), 3)
	return max(d, q.Z-a.body.bottom(q.X, q.Y), b.body.top(r.X, r.Y)-r.Z)
}
