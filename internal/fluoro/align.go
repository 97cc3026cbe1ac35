package fluoro

import (
	"math"
)

// template is a reference picture prepared for alignment: inverse compositional Gauss-Newton (Baker and Matthews, IJCV 56, 2004) with
// Tukey weights, on pictures without their slow background, from coarse to fine. Weights leave out what moves by itself: trocars,
// hands, the diaphragm, cement.
type template struct {
	levels []level // finest first
}

type level struct {
	p      *picture // high-passed
	field  *field
	gx, gy []float32
	use    []int32 // pixels with gradient, in the open field
}

// Alignment works on pictures of about alignSide pixels; the slow background is what a square of 1/8 of the side averages.
const (
	alignSide   = 256
	alignLevels = 3
	steepest    = 0.55 // share of the pixels with the strongest gradients that is used
)

func newTemplate(p *picture, f *field, levels int) *template {
	t := &template{}
	for l := range levels {
		if l > 0 {
			p, f = p.halved(), f.halved()
		}
		if min(p.w, p.h) < 24 {
			break
		}
		t.levels = append(t.levels, newLevel(p, f))
	}
	return t
}

func passRadius(p *picture) int { return max(3, min(p.w, p.h)/16) }

func newLevel(p *picture, f *field) level {
	l := level{p: highPass(p, passRadius(p), f), field: f}
	w, h := p.w, p.h
	l.gx, l.gy = make([]float32, w*h), make([]float32, w*h)
	var size []float32
	inside := func(o int) bool {
		return f.weight[o]*f.weight[o-1]*f.weight[o+1]*f.weight[o-w]*f.weight[o+w] > 0
	}
	for y := 2; y < h-2; y++ {
		for x := 2; x < w-2; x++ {
			o := y*w + x
			if !inside(o) {
				continue
			}
			l.gx[o] = (l.p.v[o+1] - l.p.v[o-1]) / 2
			l.gy[o] = (l.p.v[o+w] - l.p.v[o-w]) / 2
			size = append(size, l.gx[o]*l.gx[o]+l.gy[o]*l.gy[o])
		}
	}
	least := quantile(size, 1-steepest)
	for y := 2; y < h-2; y++ {
		for x := 2; x < w-2; x++ {
			if o := y*w + x; inside(o) && l.gx[o]*l.gx[o]+l.gy[o]*l.gy[o] >= least {
				l.use = append(l.use, int32(o))
			}
		}
	}
	return l
}

// fit is how well a frame was aligned.
type fit struct {
	motion  Motion
	quality float64 // correlation of the parts that fit, 0..1
}

// pyramid prepares a frame of about this scale for alignment: its slow background is what as much of the patient averages.
func (t *template) pyramid(p *picture, scale float64) []*picture {
	var out []*picture
	for n := range t.levels {
		if n > 0 {
			p = p.halved()
		}
		out = append(out, highPass(p, max(2, int(math.Round(scale*float64(passRadius(p))))), t.levels[n].field))
	}
	return out
}

// align refines a motion of frame from reference. withScale lets the scale go too.
func (t *template) align(frame []*picture, start Motion, free freedom, from int) fit {
	f := fit{motion: start}
	for n := min(from, len(t.levels)-1); n >= 0; n-- {
		shrink := 1 / float64(int(1)<<n)
		m := f.motion.times(shrink)
		var q float64
		may := free
		if n > 0 && free == rigid { // a diaphragm on one side pulls coarse pictures round
			may = shiftOnly
		}
		for range 12 {
			var moved float64
			m, moved, q = t.levels[n].step(frame[n], m, may)
			if moved < 0.01 {
				break
			}
		}
		f.motion, f.quality = m.times(1/shrink), q
	}
	return f
}

// freedom is what may move.
type freedom int

const (
	shiftOnly freedom = 2
	rigid     freedom = 3
	similar   freedom = 4
)

// step makes one Gauss-Newton step and returns how far the picture's corner moved, in pixels, and the correlation before it.
func (l *level) step(frame *picture, m Motion, free freedom) (next Motion, moved, quality float64) {
	w, h := l.p.w, l.p.h
	a, b, tx, ty := m.linear(w, h)
	cx, cy := float64(w-1)/2, float64(h-1)/2
	if len(l.use) < 50 {
		return m, 0, 0
	}
	res := make([]float32, len(l.use))
	val := make([]float32, len(l.use))
	abs := make([]float32, 0, len(l.use)/7+1)
	inside := 0
	for n, o := range l.use {
		x, y := float64(int(o)%w), float64(int(o)/w)
		px, py := a*x-b*y+tx, b*x+a*y+ty
		ix, iy := int(px), int(py)
		if px < 0 || py < 0 || ix >= w-1 || iy >= h-1 {
			res[n] = outside
			continue
		}
		u, v := float32(px-float64(ix)), float32(py-float64(iy))
		at := iy*w + ix
		if open := l.field.weight; open[at]*open[at+1]*open[at+w]*open[at+w+1] == 0 {
			res[n] = outside
			continue
		}
		p, q := frame.v[at:at+2], frame.v[at+w:at+w+2]
		top := p[0] + u*(p[1]-p[0])
		val[n] = top + v*(q[0]+u*(q[1]-q[0])-top)
		res[n] = val[n] - l.p.v[o]
		inside++
		if n%7 == 0 {
			abs = append(abs, float32(math.Abs(float64(res[n]))))
		}
	}
	if inside < len(l.use)/8 {
		return m, 0, 0
	}
	cut := 4.685 * 1.4826 * float64(median(abs)) // Tukey's biweight
	cut = max(cut, 1e-4)
	var hess [4][4]float64
	var grad [4]float64
	var sff, sgg, sfg, weight float64
	n4 := int(free)
	for n, o := range l.use {
		r := float64(res[n])
		if !(math.Abs(r) < cut) {
			continue
		}
		k := 1 - r*r/(cut*cut)
		k *= k
		gx, gy := float64(l.gx[o]), float64(l.gy[o])
		x, y := float64(int(o)%w)-cx, float64(int(o)/w)-cy
		j := [4]float64{gx, gy, gy*x - gx*y, gx*x + gy*y}
		for i := range n4 {
			grad[i] += k * j[i] * r
			for c := 0; c <= i; c++ {
				hess[i][c] += k * j[i] * j[c]
			}
		}
		f, g := float64(l.p.v[o]), float64(val[n])
		sff, sgg, sfg, weight = sff+k*f*f, sgg+k*g*g, sfg+k*f*g, weight+k
	}
	if sff == 0 || sgg == 0 {
		return m, 0, 0
	}
	quality = sfg / math.Sqrt(sff*sgg) * weight / float64(inside)
	d, ok := solve(hess, grad, n4)
	if !ok {
		return m, 0, quality
	}
	// The step moves the reference; its inverse is put before the motion.
	delta := Motion{DX: d[0], DY: d[1], Scale: 1}
	if free >= rigid {
		delta.Angle = d[2]
	}
	if free >= similar {
		delta.Scale = 1 + math.Max(-0.2, math.Min(0.2, d[3]))
	}
	moved = math.Hypot(d[0], d[1]) + (math.Abs(d[2])+math.Abs(d[3]))*math.Hypot(cx, cy)
	if moved > float64(w)/4 {
		return m, 0, quality
	}
	return m.After(delta.Inverse()), moved, quality
}

// solve solves the symmetric system of which the lower triangle is given.
func solve(a [4][4]float64, b [4]float64, n int) (x [4]float64, ok bool) {
	for i := range n {
		a[i][i] *= 1 + 1e-9
		for j := 0; j <= i; j++ {
			s := a[i][j]
			for k := range j {
				s -= a[i][k] * a[j][k]
			}
			if i == j {
				if s <= 0 {
					return x, false
				}
				a[i][i] = math.Sqrt(s)
			} else {
				a[i][j] = s / a[j][j]
			}
		}
	}
	for i := range n {
		s := b[i]
		for k := range i {
			s -= a[i][k] * x[k]
		}
		x[i] = s / a[i][i]
	}
	for i := n - 1; i >= 0; i-- {
		s := x[i]
		for k := i + 1; k < n; k++ {
			s -= a[k][i] * x[k]
		}
		x[i] = s / a[i][i]
	}
	return x, true
}
