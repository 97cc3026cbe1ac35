package register

import (
	"math"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/volume"
)

// CT numbers are clipped to this range: cement and metal look like cortex, gas and air like fat.
const clipLow, clipHigh = -150, 700

// image is a part of a CT on a lattice parallel to the patient axes, with equal spacing in mm.
type image struct {
	origin  geom.Patient
	spacing float64
	n       [3]int
	raw     []float32 // CT numbers as they are
	v       []float32 // clipped, perhaps blurred
}

// lattice samples the box from lo to hi; presmooth > 0 averages that many extra samples a side, against aliasing on coarse
// lattices.
func lattice(src *volume.Volume, lo, hi geom.Patient, spacing float64, presmooth int) *image {
	im := &image{origin: lo, spacing: spacing}
	size := hi.Sub(lo)
	for a, s := range [3]float64{size.X, size.Y, size.Z} {
		im.n[a] = max(2, int(s/spacing)+1)
	}
	im.raw = make([]float32, im.n[0]*im.n[1]*im.n[2])
	im.v = make([]float32, len(im.raw))
	for o := range im.raw {
		p := im.node(o)
		x := src.Voxel(p)
		hu := src.Sample(x)
		if presmooth > 0 {
			d := spacing / float64(2*presmooth+1)
			sum, n := hu, 1.0
			for s := -presmooth; s <= presmooth; s++ {
				if s == 0 {
					continue
				}
				f := float64(s) * d
				sum += src.SampleAt(p.Add(geom.LPSVec(f, 0, 0))) + src.SampleAt(p.Add(geom.LPSVec(0, f, 0))) + src.SampleAt(p.Add(geom.LPSVec(0, 0, f)))
				n += 3
			}
			hu = sum / n
		}
		im.raw[o] = float32(hu)
		im.v[o] = float32(max(clipLow, min(clipHigh, hu)))
	}
	return im
}

func (im *image) node(o int) geom.Patient {
	i, j, k := o%im.n[0], o/im.n[0]%im.n[1], o/im.n[0]/im.n[1]
	return im.origin.Add(geom.LPSVec(float64(i), float64(j), float64(k)).Mul(im.spacing))
}

// inside reports whether p can be interpolated.
func (im *image) inside(p geom.Patient) bool {
	d := p.Sub(im.origin).Mul(1 / im.spacing)
	return d.X >= 0 && d.Y >= 0 && d.Z >= 0 && d.X < float64(im.n[0]-1) && d.Y < float64(im.n[1]-1) && d.Z < float64(im.n[2]-1)
}

// at interpolates one of the image's arrays; outside it is the lower clip.
func (im *image) at(v []float32, p geom.Patient) float64 {
	if !im.inside(p) {
		return clipLow
	}
	d := p.Sub(im.origin).Mul(1 / im.spacing)
	i, j, k := int(d.X), int(d.Y), int(d.Z)
	x, y, z := d.X-float64(i), d.Y-float64(j), d.Z-float64(k)
	sy, sz := im.n[0], im.n[0]*im.n[1]
	o := i + sy*j + sz*k
	lerp := func(o int) float64 { return float64(v[o])*(1-x) + float64(v[o+1])*x }
	return (lerp(o)*(1-y)+lerp(o+sy)*y)*(1-z) + (lerp(o+sz)*(1-y)+lerp(o+sy+sz)*y)*z
}

// gradient returns the value and its derivative per mm at a point inside, exact for the trilinear interpolant.
func (im *image) gradient(p geom.Patient) (float64, geom.PatientVec) {
	d := p.Sub(im.origin).Mul(1 / im.spacing)
	i, j, k := int(d.X), int(d.Y), int(d.Z)
	x, y, z := d.X-float64(i), d.Y-float64(j), d.Z-float64(k)
	sy, sz := im.n[0], im.n[0]*im.n[1]
	o := i + sy*j + sz*k
	c := im.v
	v000, v100, v010, v110 := float64(c[o]), float64(c[o+1]), float64(c[o+sy]), float64(c[o+sy+1])
	v001, v101, v011, v111 := float64(c[o+sz]), float64(c[o+sz+1]), float64(c[o+sz+sy]), float64(c[o+sz+sy+1])
	a, b := v000*(1-x)+v100*x, v010*(1-x)+v110*x
	e, f := v001*(1-x)+v101*x, v011*(1-x)+v111*x
	low, high := a*(1-y)+b*y, e*(1-y)+f*y
	gx := ((v100-v000)*(1-y)+(v110-v010)*y)*(1-z) + ((v101-v001)*(1-y)+(v111-v011)*y)*z
	gy := (b-a)*(1-z) + (f-e)*z
	return low*(1-z) + high*z, geom.LPSVec(gx, gy, high-low).Mul(1 / im.spacing)
}

// blurred returns the image smoothed by a Gaussian of sigma nodes; the borders repeat.
func (im *image) blurred(sigma float64) *image {
	out := *im
	out.v = append([]float32(nil), im.v...)
	if sigma < 0.3 {
		return &out
	}
	r := int(math.Ceil(3 * sigma))
	kernel := make([]float32, 2*r+1)
	sum := float32(0)
	for i := range kernel {
		kernel[i] = float32(math.Exp(-0.5 * float64((i-r)*(i-r)) / (sigma * sigma)))
		sum += kernel[i]
	}
	for i := range kernel {
		kernel[i] /= sum
	}
	for axis := range 3 {
		blurAxis(out.v, im.n, axis, kernel)
	}
	return &out
}

func blurAxis(v []float32, n [3]int, axis int, kernel []float32) {
	r := len(kernel) / 2
	stride := [3]int{1, n[0], n[0] * n[1]}[axis]
	length := n[axis]
	line := make([]float32, length+2*r)
	for o := range v {
		if o/stride%length != 0 {
			continue // not the start of a line
		}
		for i := range line {
			line[i] = v[o+stride*max(0, min(length-1, i-r))]
		}
		for i := range length {
			s := float32(0)
			for t, w := range kernel {
				s += w * line[i+t]
			}
			v[o+stride*i] = s
		}
	}
}
