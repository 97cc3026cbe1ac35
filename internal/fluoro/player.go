package fluoro

import (
	"image"
	"math"
)

// Player draws frames for a window or a film: native, subtracted, or faded between both. It keeps its buffers and is for one
// goroutine at a time.
type Player struct {
	run  *Run
	lut  []float32
	mask *picture // attenuation that is taken off; nil without subtraction
}

// Look is how a frame is drawn. Attenuation rises towards black: Low is white, High is black. A window of zero width is set by Auto.
type Look struct {
	Low, High float64
	Invert    bool
	// Fade mixes: 0 native, 1 subtracted. Between, the native picture shines through as landmarks.
	Fade float64
	// Move is laid between mask and frame, as pixels of the first frame in this one: what the registration found, or the reader set.
	Move Motion
	// Gain spreads the subtracted attenuation about mid-grey; zero counts as subtractGain.
	Gain float64
}

// subtractGain shows 1 mm of cement, 0.06, as a tenth of the grey scale.
const subtractGain = 1.7

// NewPlayer prepares a run for drawing.
func NewPlayer(r *Run) *Player { return &Player{run: r, lut: r.attenuation()} }

// SetMask makes the mean of frames what is subtracted; none ends subtraction. Motion is that of every frame, as Result has it; nil
// leaves the frames as they are. The error is that of reading.
func (p *Player) SetMask(frames []int, motion []Motion) error {
	p.mask = nil
	if len(frames) == 0 {
		return nil
	}
	w, h := p.run.NX, p.run.NY
	sum, warped, one := newPicture(w, h), newPicture(w, h), newPicture(w, h)
	count := make([]float32, w*h)
	open := all(w, h)
	for _, k := range frames {
		pix, err := p.run.frame(k)
		if err != nil {
			return err
		}
		binTo(one, pix, w, 1, p.lut)
		from := one
		if motion != nil && motion[k] != still && motion[k] != (Motion{}) {
			warpTo(warped, one, motion[k], open)
			from = warped
		}
		for i, x := range from.v {
			if x != outside {
				sum.v[i] += x
				count[i]++
			}
		}
	}
	for i := range sum.v {
		sum.v[i] /= max(1, count[i])
	}
	p.mask = sum
	return nil
}

func all(w, h int) *field {
	f := &field{w, h, make([]float32, w*h)}
	for i := range f.weight {
		f.weight[i] = 1
	}
	return f
}

// Auto returns a window that shows a frame: from the brightest hundredth to the darkest one of the open field.
func (p *Player) Auto(k int) (Look, error) {
	pix, err := p.run.frame(k)
	if err != nil {
		return Look{}, err
	}
	sample := make([]float32, 0, len(pix)/37+1)
	for i := 0; i < len(pix); i += 37 {
		sample = append(sample, p.lut[pix[i]])
	}
	low, high := quantile(sample, 0.01), quantile(sample, 0.985)
	return Look{Low: float64(low), High: math.Max(float64(high), float64(low)+0.1)}, nil
}

// Draw draws frame k into out, a grey picture of the size of the run.
func (p *Player) Draw(k int, l Look, out *image.Gray) error {
	pix, err := p.run.frame(k)
	if err != nil {
		return err
	}
	w, h := p.run.NX, p.run.NY
	grey := p.greys(l)
	if p.mask == nil || l.Fade <= 0 {
		for y := range h {
			src, dst := pix[y*w:(y+1)*w], out.Pix[y*out.Stride:][:w]
			for x, v := range src {
				dst[x] = grey[v]
			}
		}
		return nil
	}
	p.subtracted(pix, l, grey, out)
	return nil
}

// greys is the window as a table from stored values.
func (p *Player) greys(l Look) *[1 << 16]uint8 {
	var t [1 << 16]uint8
	span := math.Max(l.High-l.Low, 1e-6)
	for v, a := range p.lut {
		g := uint8(math.Max(0, math.Min(255, 255*(l.High-float64(a))/span+0.5)))
		if l.Invert {
			g = 255 - g
		}
		t[v] = g
	}
	return &t
}

// subtracted draws the difference about mid-grey, the mask moved as the frame is.
func (p *Player) subtracted(pix []uint16, l Look, grey *[1 << 16]uint8, out *image.Gray) {
	w, h := p.run.NX, p.run.NY
	gain := l.Gain
	if gain == 0 {
		gain = subtractGain
	}
	scale, fade := float32(255*gain), float32(math.Min(1, l.Fade))
	if l.Invert {
		scale = -scale
	}
	level := p.level(pix)
	back := l.Move.Inverse()
	a, b, tx, ty := back.linear(w, h)
	straight := l.Move == (Motion{}) || l.Move == still
	for y := range h {
		src, dst := pix[y*w:(y+1)*w], out.Pix[y*out.Stride:][:w]
		mask := p.mask.v[y*w : (y+1)*w]
		for x, v := range src {
			m := mask[x]
			if !straight {
				m = p.maskAt(a*float64(x)-b*float64(y)+tx, b*float64(x)+a*float64(y)+ty)
			}
			d := 128 - scale*(p.lut[v]-m-level)
			if fade < 1 {
				d = fade*d + (1-fade)*float32(grey[v])
			}
			dst[x] = uint8(max(0, min(255, d)))
		}
	}
}

// maskAt samples the mask, at its border the edge.
func (p *Player) maskAt(x, y float64) float32 {
	w, h := p.mask.w, p.mask.h
	x, y = math.Max(0, math.Min(float64(w)-1.001, x)), math.Max(0, math.Min(float64(h)-1.001, y))
	ix, iy := int(x), int(y)
	u, v := float32(x-float64(ix)), float32(y-float64(iy))
	o := iy*w + ix
	q, r := p.mask.v[o:o+2], p.mask.v[o+w:o+w+2]
	top := q[0] + u*(q[1]-q[0])
	return top + v*(r[0]+u*(r[1]-r[0])-top)
}

// level is how much darker a frame is than the mask: the median of a few thousand pixels.
func (p *Player) level(pix []uint16) float32 {
	step := max(1, len(p.mask.v)/4000)
	d := make([]float32, 0, 4001)
	for i := 0; i < len(p.mask.v); i += step {
		d = append(d, p.lut[pix[i]]-p.mask.v[i])
	}
	return median(d)
}

// Roadmap draws the darkest that every pixel was over frames from..to: the whole injection in one picture.
func (p *Player) Roadmap(from, to int, l Look, motion []Motion, out *image.Gray) error {
	w, h := p.run.NX, p.run.NY
	dark, one, warped := newPicture(w, h), newPicture(w, h), newPicture(w, h)
	open := all(w, h)
	for k := max(0, from); k <= min(to, p.run.Frames-1); k++ {
		pix, err := p.run.frame(k)
		if err != nil {
			return err
		}
		binTo(one, pix, w, 1, p.lut)
		src := one
		if motion != nil && motion[k] != still && motion[k] != (Motion{}) {
			warpTo(warped, one, motion[k], open)
			src = warped
		}
		for i, x := range src.v {
			if x != outside {
				dark.v[i] = max(dark.v[i], x)
			}
		}
	}
	span := math.Max(l.High-l.Low, 1e-6)
	for y := range h {
		for x := range w {
			g := uint8(math.Max(0, math.Min(255, 255*(l.High-float64(dark.v[y*w+x]))/span+0.5)))
			if l.Invert {
				g = 255 - g
			}
			out.Pix[y*out.Stride+x] = g
		}
	}
	return nil
}
