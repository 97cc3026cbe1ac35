package phantom

import (
	"math"

	"github.com/vertefill/vertefill/internal/geom"
)

// deposit is the cement of one injection into one vertebra, in that vertebra's frame.
type deposit struct {
	on      *vertebra
	prior   bool // already there in the pre CT
	plateau float64
	blobs   []ellipsoid
	bubbles []ellipsoid
	rough   noise
	finger  float64 // mm by which fingers reach out between the trabeculae
	grain   float64 // mm of fine interdigitation
	margin  float64 // mm that stay free inside the cortex
	texture float64 // share by which the CT number varies
	leaks   []*leak
	after   []*deposit // earlier cement of the same vertebra, which keeps its place
	lo, hi  geom.Body
}

// steepness bounds the slope of cement surfaces: noise of 1 mm at a wavelength of 4 mm adds 0.75, the fine grain as much again.
const steepness = 2.4

// bodyCement is the distance to the cement that was meant to stay in the body.
func (d *deposit) bodyCement(p geom.Body) float64 {
	f := math.Inf(1)
	for i := range d.blobs {
		f = smoothMin(f, d.blobs[i].at(p), 2.5)
	}
	if f < 4 && f > -4 {
		f += d.finger*d.rough.at(p.X/4, p.Y/4, p.Z/4) + d.grain*d.rough.at(p.X/1.7+50, p.Y/1.7, p.Z/1.7)
	}
	for i := range d.bubbles {
		f = max(f, -d.bubbles[i].at(p))
	}
	if f < 6 {
		f = max(f, d.on.body.at(p)+d.margin)
	}
	return f
}

// newDeposit fills a share of the body with cement from one or both sides.
func newDeposit(v *vertebra, r random, fill, plateau float64, bipedicular bool) *deposit {
	d := &deposit{on: v, plateau: plateau, rough: noise(r.Uint64()), finger: r.between(0.3, 1), grain: r.between(0.05, 0.4),
		margin: r.between(0, 1.2), texture: r.between(0.01, 0.06)}
	if r.chance(0.2) {
		d.margin = 0 // cement touching the cortex everywhere, without leaving the bone
	}
	b := v.body
	mid := (b.superior.z - b.superior.concave + b.inferior.z + b.inferior.concave) / 2
	height := max(4, (b.superior.z-b.superior.concave-b.inferior.z-b.inferior.concave)/2)
	sides := []float64{r.sign()}
	if bipedicular {
		sides = []float64{1, -1}
	}
	for _, s := range sides {
		x, y := s*b.width*r.between(0.25, 0.5), b.depth*r.between(-0.45, 0.1)
		for range 3 + r.IntN(5) {
			d.blobs = append(d.blobs, ellipsoid{
				geom.Pt[geom.BodyFrame](x+b.width*r.between(-0.28, 0.28), y+b.depth*r.between(-0.35, 0.35), mid+height*r.between(-0.55, 0.55)),
				geom.V[geom.BodyFrame](r.between(2.5, 6), r.between(2.5, 6), r.between(2, 5)),
			})
		}
	}
	d.grow(fill * v.bodyMM3)
	for range r.IntN(7) {
		c := d.blobs[r.IntN(len(d.blobs))]
		q := geom.Pt[geom.BodyFrame](c.c.X+c.r.X*r.between(-0.7, 0.7), c.c.Y+c.r.Y*r.between(-0.7, 0.7), c.c.Z+c.r.Z*r.between(-0.7, 0.7))
		size := r.between(0.4, 1.5)
		d.bubbles = append(d.bubbles, ellipsoid{q, geom.V[geom.BodyFrame](size, size, size*r.between(0.7, 1))})
	}
	return d
}

// grow scales the blobs until their volume in the body is about the wanted one; the exact volume is measured afterwards.
func (d *deposit) grow(mm3 float64) {
	base := append([]ellipsoid(nil), d.blobs...)
	f := math.Cbrt(mm3 / 900)
	for range 5 {
		for i, e := range base {
			d.blobs[i].r = e.r.Mul(f)
		}
		r := d.on.body.radius
		got, _ := measure(corner(r, -1), corner(r, 1), 0.75, steepness, d.bodyCement)
		f *= math.Pow(max(0.1, mm3/max(got, 1)), 0.45)
		f = min(f, 12)
	}
	d.lo, d.hi = corner(d.on.body.radius, -1), corner(d.on.body.radius, 1)
}

// at is the distance to all cement of the deposit, leaks included.
func (d *deposit) at(p geom.Body) float64 {
	f := p.Sub(geom.Body{}).Norm() - d.on.body.radius
	if f < 3 {
		f = d.bodyCement(p)
	}
	for _, l := range d.leaks {
		f = min(f, l.at(p))
	}
	if f < 0 {
		for _, earlier := range d.after {
			f = max(f, -earlier.at(p))
		}
	}
	return f
}

// addTail leaves cement in a pedicle, where the cannula was withdrawn.
func (d *deposit) addTail(r random) {
	v := d.on
	x := v.pedicleX * r.sign()
	wall := v.body.wall.Y(x, v.pedicleZ)
	inner := at(x*0.9, wall-6, v.pedicleZ-1)
	l := &leak{}
	l.channel(min(r.between(0.8, 1.4), v.pedicles[0].ra-0.8), d.nearestBlob(inner), inner, at(x, wall+r.between(1, 7), v.pedicleZ-0.5))
	d.leaks = append(d.leaks, l)
	d.widen(l)
}

func (d *deposit) hu(p geom.Body) float64 {
	return d.plateau * (1 + d.texture*d.rough.at(p.X/3, p.Y/3+20, p.Z/3))
}

// fill returns the deposit as something to render.
func (d *deposit) fill() *fill {
	return &fill{lo: d.lo, hi: d.hi, steep: steepness, at: d.at, hu: d.hu}
}
