package fluoro

import (
	"errors"
	"math"

	"github.com/vertefill/vertefill/internal/volume"
)

// SixPoints outline a vertebral body seen from the side, as in vertebral morphometry (Genant et al., J Bone Miner Res 8:1137, 1993):
// the ends and the middle of the superior and of the inferior endplate. Points are pixels, column and row.
type SixPoints struct {
	SuperiorAnterior, SuperiorMiddle, SuperiorPosterior [2]float64
	InferiorAnterior, InferiorMiddle, InferiorPosterior [2]float64
}

// Morphometry is what six points tell. Heights are in millimetres in the patient when MM is true and in pixels (columns) when not;
// ratios and angles need no scale.
type Morphometry struct {
	Anterior, Middle, Posterior float64
	MM                          bool
	Origin                      volume.Origin
	WedgeRatio                  float64 // anterior over posterior height
	BiconcavityRatio            float64 // middle over posterior height
	// WedgeDegrees is the angle between the endplates, positive where the body is lower in front: kyphosis.
	WedgeDegrees float64
}

// ErrPoints is returned for points that outline no body.
var ErrPoints = errors.New("fluoro: these points outline no vertebral body")

// Measure measures a body. Pixels that are not square are taken as the calibration has them; square where it tells nothing.
func (s SixPoints) Measure(c volume.Calibration) (m Morphometry, err error) {
	x, y := scales(c)
	at := func(p [2]float64) [2]float64 { return [2]float64{p[0] * x, p[1] * y} }
	sa, sm, sp := at(s.SuperiorAnterior), at(s.SuperiorMiddle), at(s.SuperiorPosterior)
	ia, im, ip := at(s.InferiorAnterior), at(s.InferiorMiddle), at(s.InferiorPosterior)
	length := func(a, b [2]float64) float64 { return math.Hypot(a[0]-b[0], a[1]-b[1]) }
	m = Morphometry{Anterior: length(sa, ia), Middle: length(sm, im), Posterior: length(sp, ip), MM: c.InPatient(), Origin: c.Origin}
	depth := math.Min(length(sa, sp), length(ia, ip))
	if !(m.Posterior > 0) || !(m.Anterior > 0) || !(depth > 0) || math.IsInf(m.Posterior+m.Anterior+depth+m.Middle, 0) {
		return Morphometry{}, ErrPoints
	}
	m.WedgeRatio, m.BiconcavityRatio = m.Anterior/m.Posterior, m.Middle/m.Posterior
	angle, ok := kyphosis(sa, sp, ia, ip)
	if !ok {
		return Morphometry{}, ErrPoints
	}
	m.WedgeDegrees = angle
	return m, nil
}

// LocalKyphosis is the angle in degrees between the superior endplate of the body above and the inferior endplate of the body below a
// fractured one (regional Cobb angle), positive for kyphosis, negative for lordosis. Points are anterior and posterior ends. The error
// is ErrPoints.
func LocalKyphosis(c volume.Calibration, superior, inferior [2][2]float64) (degrees float64, err error) {
	x, y := scales(c)
	at := func(p [2]float64) [2]float64 { return [2]float64{p[0] * x, p[1] * y} }
	d, ok := kyphosis(at(superior[0]), at(superior[1]), at(inferior[0]), at(inferior[1]))
	if !ok {
		return 0, ErrPoints
	}
	return d, nil
}

// scales returns what a column and a row are worth: millimetres in the patient, or columns.
func scales(c volume.Calibration) (column, row float64) {
	if c.InPatient() && c.ColMM > 0 && c.RowMM > 0 {
		return c.ColMM, c.RowMM
	}
	return 1, aspect(c)
}

// kyphosis is the angle between two endplates of which the anterior and the posterior end are known. It is positive where the plates
// come nearer to each other in front, whichever way the patient looks. Plates that cross give none.
func kyphosis(sa, sp, ia, ip [2]float64) (degrees float64, ok bool) {
	u, v := [2]float64{sa[0] - sp[0], sa[1] - sp[1]}, [2]float64{ia[0] - ip[0], ia[1] - ip[1]}
	if math.Hypot(u[0], u[1]) == 0 || math.Hypot(v[0], v[1]) == 0 {
		return 0, false
	}
	a := math.Atan2(u[0]*v[1]-u[1]*v[0], u[0]*v[0]+u[1]*v[1]) * 180 / math.Pi
	if math.Abs(a) >= 90 || math.IsNaN(a) {
		return 0, false
	}
	// The way from the superior to the inferior plate says on which side of the anterior direction down is.
	down := [2]float64{ip[0] + ia[0] - sp[0] - sa[0], ip[1] + ia[1] - sp[1] - sa[1]}
	if u[0]*down[1]-u[1]*down[0] > 0 {
		a = -a
	}
	return a + 0, true
}
