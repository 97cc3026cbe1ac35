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

// highPass returns the picture less its local mean.
func highPass(p *picture, radius int) *picture {
	out := newPicture(p.w, p.h)
	boxBlur(out, p, radius, make([]float32, len(p.v)))
	for i := range out.v {
		out.v[i] = p.v[i] - out.v[i]
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
