package fluoro

import "slices"

// boxBlur averages over a square of 2*radius+1 pixels; at the border over what there is of it.
func boxBlur(out, in *picture, radius int, scratch []float32) {
	w, h := in.w, in.h
	pass := func(dst, src []float32, n, lines, step, stride int) {
		for l := range lines {
			o := l * stride
			var sum float64
			count := 0
			for i := 0; i < min(radius, n); i++ {
				sum += float64(src[o+i*step])
				count++
			}
			for i := range n {
				if j := i + radius; j < n {
					sum += float64(src[o+j*step])
					count++
				}
				if j := i - radius - 1; j >= 0 {
					sum -= float64(src[o+j*step])
					count--
				}
				dst[o+i*step] = float32(sum / float64(count))
			}
		}
	}
	pass(scratch, in.v, w, h, 1, w)
	pass(out.v, scratch, h, w, w, 1)
}

// field is the part of a picture that the collimator leaves open, as weights 0 and 1; nil stands for all of it.
type field struct {
	w, h   int
	weight []float32
}

func newField(open []bool, w, h int) *field {
	f := &field{w, h, make([]float32, w*h)}
	for i, on := range open {
		if on {
			f.weight[i] = 1
		}
	}
	return f
}

// halved keeps what is open in all of 2 x 2 pixels.
func (f *field) halved() *field {
	out := &field{f.w / 2, f.h / 2, make([]float32, (f.w/2)*(f.h/2))}
	for y := range out.h {
		a, b := f.weight[2*y*f.w:], f.weight[(2*y+1)*f.w:]
		for x := range out.w {
			out.weight[y*out.w+x] = a[2*x] * a[2*x+1] * b[2*x] * b[2*x+1]
		}
	}
	return out
}

// highPass returns the picture less its local mean over the open field; zero where it is shut.
func highPass(p *picture, radius int, f *field) *picture {
	out, share := newPicture(p.w, p.h), newPicture(p.w, p.h)
	scratch := make([]float32, len(p.v))
	masked := newPicture(p.w, p.h)
	for i, w := range f.weight {
		masked.v[i] = w * p.v[i]
	}
	boxBlur(out, masked, radius, scratch)
	boxBlur(share, &picture{p.w, p.h, f.weight}, radius, scratch)
	for i, w := range f.weight {
		if w > 0 {
			out.v[i] = p.v[i] - out.v[i]/share.v[i]
		} else {
			out.v[i] = 0
		}
	}
	return out
}

// smooth3 is a 3 x 3 binomial filter; scratch has the size of the picture.
func smooth3(out, in, scratch []float32, w, h int) {
	for y := range h {
		r, s := in[y*w:(y+1)*w], scratch[y*w:(y+1)*w]
		for x := 1; x < w-1; x++ {
			s[x] = 0.25*(r[x-1]+r[x+1]) + 0.5*r[x]
		}
		s[0], s[w-1] = r[0], r[w-1]
	}
	copy(out[:w], scratch[:w])
	copy(out[(h-1)*w:], scratch[(h-1)*w:])
	for y := 1; y < h-1; y++ {
		a, b, c := scratch[(y-1)*w:y*w], scratch[y*w:(y+1)*w], scratch[(y+1)*w:(y+2)*w]
		o := out[y*w : (y+1)*w]
		for x := range o {
			o[x] = 0.25*(a[x]+c[x]) + 0.5*b[x]
		}
	}
}

// quantile returns the q-quantile of x, which it reorders; zero of nothing.
func quantile(x []float32, q float64) float32 {
	if len(x) == 0 {
		return 0
	}
	slices.Sort(x)
	return x[min(len(x)-1, int(q*float64(len(x))))]
}

func median(x []float32) float32 { return quantile(x, 0.5) }
