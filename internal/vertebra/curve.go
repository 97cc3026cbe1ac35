package vertebra

import (
	"math"

	"github.com/vertefill/vertefill/internal/geom"
)

// Smoothing of the canal path into the spine curve: standard deviation of the Gaussian window in mm. Scoliosis bends more gently
// than the sagittal profile does at the lumbosacral junction.
const (
	smoothLateralMM  = 12.0
	smoothSagittalMM = 8.0
	extendMM         = 20.0 // beyond the ends of the path
)

// station is a point of the spine curve with its axes: the curve is sampled every millimetre of arc from head to foot.
type station struct {
	p                   geom.Patient
	left, posterior, up geom.PatientVec
}

// at returns the patient position u mm to the left, v mm in front and w mm above the station.
func (s *station) at(u, v, w float64) geom.Patient {
	return s.p.Add(s.left.Mul(u)).Add(s.posterior.Mul(-v)).Add(s.up.Mul(w))
}

// curve is the spine's axis, along the middle of the canal.
type curve struct {
	st   []station
	from int // stations before from and from to on extrapolate the canal
	to   int
}

// smoothCurve fits the path by local linear regression weighted by the squared score and samples it every millimetre.
func smoothCurve(path []pathPoint) *curve {
	z0, z1 := path[0].p.Z, path[len(path)-1].p.Z
	fit := func(z, sigma float64, get func(geom.Patient) float64) (value, slope float64) {
		var sw, sz, szz, sy, szy float64
		for _, q := range path {
			d := q.p.Z - z
			w := math.Exp(-d*d/(2*sigma*sigma)) * max(0.05, q.score) * max(0.05, q.score)
			y := get(q.p)
			sw, sz, szz, sy, szy = sw+w, sz+w*d, szz+w*d*d, sy+w*y, szy+w*d*y
		}
		det := sw*szz - sz*sz
		if det < 1e-9*sw*sw {
			return sy / sw, 0
		}
		return (sy*szz - szy*sz) / det, (szy*sw - sz*sy) / det
	}
	point := func(z float64) (geom.Patient, geom.PatientVec) {
		clamped := max(z0, min(z1, z))
		x, dx := fit(clamped, smoothLateralMM, func(p geom.Patient) float64 { return p.X })
		y, dy := fit(clamped, smoothSagittalMM, func(p geom.Patient) float64 { return p.Y })
		return geom.LPS(x+dx*(z-clamped), y+dy*(z-clamped), z), geom.LPSVec(dx, dy, 1).Unit()
	}
	c := &curve{}
	z := z1
	_, up := point(z)
	z += extendMM * up.Z
	for z > z0-extendMM {
		p, up := point(z)
		if z > z1 {
			c.from = len(c.st) + 1
		}
		if z >= z0 {
			c.to = len(c.st) + 1
		}
		posterior := geom.LPSVec(0, 1, 0)
		posterior = posterior.Sub(up.Mul(posterior.Dot(up))).Unit()
		c.st = append(c.st, station{p: p, left: posterior.Cross(up), posterior: posterior, up: up})
		z -= up.Z // one millimetre of arc
	}
	return c
}

// nearest returns the station in whose plane p lies best.
func (c *curve) nearest(p geom.Patient) int {
	best, least := 0, math.Inf(1)
	for i := range c.st {
		r := p.Sub(c.st[i].p)
		if d := math.Abs(r.Dot(c.st[i].up)) + 0.05*r.Norm(); d < least {
			best, least = i, d
		}
	}
	return best
}
