package assess

import (
	"math"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/volume"
)

// Pixel returns where a patient point is seen on the first frame of the run, column and row; the run must have a placement.
func (x *FluoroResult) Pixel(p geom.Patient) (column, row float64) {
	m := &x.Placement.ImageFromPatient
	w := m[8]*p.X + m[9]*p.Y + m[10]*p.Z + m[11]
	return (m[0]*p.X + m[1]*p.Y + m[2]*p.Z + m[3]) / w, (m[4]*p.X + m[5]*p.Y + m[6]*p.Z + m[7]) / w
}

// The radiograph shows dense matter within reach of the treated body; its grey is that of a film, dense is dark.
const (
	radiographHU    = 130
	radiographReach = 70.0 // mm
	radiographCell  = 0.7  // mm at the patient, at least
	radiographDark  = 0.985
)

// RadiographOf makes the digitally reconstructed radiograph of the CT that was laid on the run, in the place of its first frame: one
// frame of grey values 0 to 255 (splatting, Westover 1990). Its darkest hundredth part is black, so it is for looking only.
func (x *FluoroResult) RadiographOf(res *Result) *volume.Cine {
	v := res.Spine.Find(x.Level)
	if v == nil || x.Placement == nil {
		return nil
	}
	nx, ny := x.Run.NX, x.Run.NY
	centre := v.Centroid()
	cx, cy := x.Pixel(centre)
	side := func(d geom.PatientVec) float64 {
		a, b := x.Pixel(centre.Add(d))
		return math.Hypot(a-cx, b-cy)
	}
	pixelsPerMM := max(side(geom.LPSVec(1, 0, 0)), side(geom.LPSVec(0, 1, 0)), side(geom.LPSVec(0, 0, 1)))
	ct := res.Post
	voxel := math.Cbrt(float64(ct.DX) * float64(ct.DY) * float64(ct.DZ))
	cell := max(1, pixelsPerMM*max(radiographCell, 1.1*voxel)) // pixels
	w, h := int(float64(nx)/cell)+2, int(float64(ny)/cell)+2
	sum := make([]float32, w*h)
	n := ct.NX * ct.NY
	for k := range ct.NZ {
		for j := range ct.NY {
			for i := range ct.NX {
				hu := ct.HU[k*n+j*ct.NX+i]
				if hu <= radiographHU {
					continue
				}
				p := ct.Patient(geom.Vox(float64(i), float64(j), float64(k)))
				if p.Dist(centre) > radiographReach {
					continue
				}
				a, b := x.Pixel(p)
				splat(sum, w, h, a/cell, b/cell, float32(hu-radiographHU))
			}
		}
	}
	return film(sum, w, h, cell, x.Run.Cine)
}

// splat shares an amount among the four cells about a place.
func splat(sum []float32, w, h int, x, y float64, amount float32) {
	i, j := int(math.Floor(x)), int(math.Floor(y))
	if i < 0 || j < 0 || i >= w-1 || j >= h-1 {
		return
	}
	u, v := float32(x-float64(i)), float32(y-float64(j))
	o := j*w + i
	sum[o] += amount * (1 - u) * (1 - v)
	sum[o+1] += amount * u * (1 - v)
	sum[o+w] += amount * (1 - u) * v
	sum[o+w+1] += amount * u * v
}

// film turns sums of attenuation into one frame of the run's size.
func film(sum []float32, w, h int, cell float64, c *volume.Cine) *volume.Cine {
	dark := float32(0)
	var count [1024]int
	most, all := float32(0), 0
	for _, s := range sum {
		most = max(most, s)
	}
	if most > 0 {
		for _, s := range sum {
			if s > 0 {
				count[min(int(s/most*1023), 1023)]++
				all++
			}
		}
		seen := 0
		for i, n := range count {
			if seen += n; float64(seen) >= radiographDark*float64(all) {
				dark = most * float32(i+1) / 1023
				break
			}
		}
	}
	out := *c
	out.Frames, out.Corrupt, out.Slope, out.Intercept, out.White, out.Inverted = 1, nil, 1, 0, 255, false
	if len(out.Times) > 1 {
		out.Times = out.Times[:1]
	}
	out.Pix = make([]uint16, c.NX*c.NY)
	for y := range c.NY {
		fy := float64(y) / cell
		j := int(fy)
		v := float32(fy - float64(j))
		for x := range c.NX {
			fx := float64(x) / cell
			i := int(fx)
			u := float32(fx - float64(i))
			o := j*w + i
			s := (1-v)*((1-u)*sum[o]+u*sum[o+1]) + v*((1-u)*sum[o+w]+u*sum[o+w+1])
			grey := float32(240)
			if dark > 0 {
				grey = 240 * max(0, 1-s/dark)
			}
			out.Pix[y*c.NX+x] = uint16(grey + 0.5)
		}
	}
	return &out
}
