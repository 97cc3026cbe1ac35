package fluoro

import (
	"math"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/volume"
)

// speck is a piece of dense matter: what it weakens, in mm3 of attenuation.
type speck struct {
	p geom.Patient
	w float32
}

// Dense matter above boneHU is projected, sampled every speckMM within reachMM of the treated body: soft tissue has no edges that help.
const (
	boneHU  = 130
	speckMM = 1.1
	reachMM = 42.0
)

// specks samples the CT round a centre.
func specks(v *volume.Volume, centre geom.Patient) (out []speck) {
	n := int(math.Floor(reachMM / speckMM))
	for k := -n; k <= n; k++ {
		for j := -n; j <= n; j++ {
			for i := -n; i <= n; i++ {
				d := geom.LPSVec(float64(i)*speckMM, float64(j)*speckMM, float64(k)*speckMM)
				if d.Dot(d) > reachMM*reachMM {
					continue
				}
				p := centre.Add(d)
				at := v.Voxel(p)
				if at.X < 0 || at.Y < 0 || at.Z < 0 || at.X > float64(v.NX-1) || at.Y > float64(v.NY-1) || at.Z > float64(v.NZ-1) {
					continue
				}
				if hu := v.Sample(at); hu > boneHU {
					out = append(out, speck{p, float32((hu - boneHU) / 1000 * speckMM * speckMM * speckMM)})
				}
			}
		}
	}
	return out
}

// screen is a square of cells of mm size at the patient, laid on the picture of the run.
type screen struct {
	x0, y0 float64 // pixel of the first cell's middle
	step   float64 // pixels a cell
	n      int
}

// radiograph projects specks onto the screen (splatting, Westover 1990), smoothed to hide their lattice.
func (s screen) radiograph(list []speck, m projection, out, scratch []float32) {
	clear(out)
	inv := 1 / s.step
	for i := range list {
		p := &list[i]
		w := 1 / (m[8]*p.p.X + m[9]*p.p.Y + m[10]*p.p.Z + m[11])
		x := ((m[0]*p.p.X+m[1]*p.p.Y+m[2]*p.p.Z+m[3])*w - s.x0) * inv
		y := ((m[4]*p.p.X+m[5]*p.p.Y+m[6]*p.p.Z+m[7])*w - s.y0) * inv
		ix, iy := int(x), int(y)
		if x < 0 || y < 0 || ix >= s.n-1 || iy >= s.n-1 {
			continue
		}
		u, v := float32(x-float64(ix)), float32(y-float64(iy))
		o := iy*s.n + ix
		a, b := p.w*(1-v), p.w*v
		out[o] += a * (1 - u)
		out[o+1] += a * u
		out[o+s.n] += b * (1 - u)
		out[o+s.n+1] += b * u
	}
	smooth3(out, out, scratch, s.n, s.n)
}

// sample reads the picture (binned by b) at the cells; cells that it does not show are outside.
func (s screen) sample(p *picture, b int) *picture {
	out := newPicture(s.n, s.n)
	half := float64(b-1) / 2
	soft, scratch := newPicture(p.w, p.h), newPicture(p.w, p.h)
	box := max(0, int(s.step/float64(b)/2+0.3))
	valid := make([]bool, len(p.v))
	clean := newPicture(p.w, p.h)
	for i, v := range p.v {
		if valid[i] = v < outside; valid[i] {
			clean.v[i] = v
		}
	}
	boxBlur(soft, clean, box, scratch.v)
	for j := range s.n {
		for i := range s.n {
			x := (s.x0 + float64(i)*s.step - half) / float64(b)
			y := (s.y0 + float64(j)*s.step - half) / float64(b)
			ix, iy := int(math.Round(x)), int(math.Round(y))
			out.v[j*s.n+i] = outside
			if ix > box && iy > box && ix < p.w-1-box && iy < p.h-1-box && valid[iy*p.w+ix] && valid[iy*p.w+ix-box-1] && valid[iy*p.w+ix+box+1] {
				u, v := float32(x-math.Floor(x)), float32(y-math.Floor(y))
				o := int(math.Floor(y))*p.w + int(math.Floor(x))
				q := soft.v
				out.v[j*s.n+i] = (1-v)*((1-u)*q[o]+u*q[o+1]) + v*((1-u)*q[o+p.w]+u*q[o+p.w+1])
			}
		}
	}
	return out
}
