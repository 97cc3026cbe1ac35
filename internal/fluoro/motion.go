package fluoro

import "math"

// Motion carries pixels of the reference frame to pixels of another frame: a turn and a scale about the middle of the picture, then a
// shift, in pixels. The zero of Scale counts as one.
type Motion struct{ DX, DY, Angle, Scale float64 }

// still is no motion.
var still = Motion{Scale: 1}

// Apply returns where the point (x, y) of the reference lies in a frame of w x h pixels.
func (m Motion) Apply(x, y float64, w, h int) (float64, float64) {
	a, b, tx, ty := m.linear(w, h)
	return a*x - b*y + tx, b*x + a*y + ty
}

// linear returns x' = a x - b y + tx, y' = b x + a y + ty.
func (m Motion) linear(w, h int) (a, b, tx, ty float64) {
	s := m.Scale
	if s == 0 {
		s = 1
	}
	sin, cos := math.Sincos(m.Angle)
	a, b = s*cos, s*sin
	cx, cy := float64(w-1)/2, float64(h-1)/2
	return a, b, cx + m.DX - a*cx + b*cy, cy + m.DY - b*cx - a*cy
}

// Inverse carries pixels of the frame back to the reference.
func (m Motion) Inverse() Motion {
	s := m.Scale
	if s == 0 {
		s = 1
	}
	sin, cos := math.Sincos(-m.Angle)
	return Motion{-(cos*m.DX - sin*m.DY) / s, -(sin*m.DX + cos*m.DY) / s, -m.Angle, 1 / s}
}

// After returns the motion that first does n and then m.
func (m Motion) After(n Motion) Motion {
	s, t := m.Scale, n.Scale
	if s == 0 {
		s = 1
	}
	if t == 0 {
		t = 1
	}
	sin, cos := math.Sincos(m.Angle)
	return Motion{m.DX + s*(cos*n.DX-sin*n.DY), m.DY + s*(sin*n.DX+cos*n.DY), m.Angle + n.Angle, s * t}
}

// times returns the motion in pictures whose pixels are f times smaller.
func (m Motion) times(f float64) Motion {
	m.DX, m.DY = m.DX*f, m.DY*f
	return m
}

// outside marks what no frame shows.
var outside = float32(math.Inf(1))

// white is the attenuation below which a pixel is as bright as the file can say: how bright is not known.
const white = 0.02

// warpTo samples the frame where the reference's pixels lie in it, linearly. It gives outside where that is beyond the frame, under
// the collimator, or white.
func warpTo(out, frame *picture, m Motion, f *field) {
	w, h := out.w, out.h
	a, b, tx, ty := m.linear(w, h)
	for y := range h {
		fx, fy := -b*float64(y)+tx, a*float64(y)+ty
		row := out.v[y*w : (y+1)*w]
		for x := range row {
			px, py := fx+a*float64(x), fy+b*float64(x)
			ix, iy := int(px), int(py)
			row[x] = outside
			if px < 0 || py < 0 || ix >= w-1 || iy >= h-1 || f.weight[iy*w+ix] == 0 {
				continue
			}
			u, v := float32(px-float64(ix)), float32(py-float64(iy))
			o := iy*w + ix
			p, q := frame.v[o:o+2], frame.v[o+w:o+w+2]
			top := p[0] + u*(p[1]-p[0])
			if s := top + v*(q[0]+u*(q[1]-q[0])-top); s > white {
				row[x] = s
			}
		}
	}
}
