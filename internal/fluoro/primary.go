package fluoro

import "math"

// A detector sees the primary beam and scatter. Scatter is spread widely, so it fills dark places more than bright ones: the logarithm
// of the whole light understates what lies behind a spine or a trocar. With the light taken as primary + scatterShare times the primary
// averaged over an eighth of the side (the usual convolution model: Love and Kruger, Med Phys 14:178, 1987; Seibert and Boone, Med Phys
// 15:567, 1988), the primary follows from the light alone. The share is not known from a picture; 0.45 lies in the middle of what
// grids leave. Half or twice of it changes the projected area of cement by one or two per cent.
const (
	scatterShare  = 0.45
	scatterPart   = 0.125 // of the side
	scatterRounds = 6
	leastPrimary  = 0.02 // of the light
)

// primary returns the primary beam of a picture in attenuation; zero where the field is shut or nothing is known.
func primary(p *picture, open *field) *picture {
	light, out, wide, share := newPicture(p.w, p.h), newPicture(p.w, p.h), newPicture(p.w, p.h), newPicture(p.w, p.h)
	scratch := make([]float32, len(p.v))
	for i, a := range p.v {
		if open.weight[i] > 0 && a != outside {
			light.v[i] = float32(math.Exp(-float64(a)))
			share.v[i] = 1
		}
	}
	radius := max(1, int(scatterPart*float64(max(p.w, p.h))))
	known := append([]float32(nil), share.v...)
	spread := func(x *picture) {
		for range 3 {
			boxBlur(x, x, radius, scratch)
		}
	}
	spread(share)
	copy(out.v, light.v)
	for range scatterRounds {
		copy(wide.v, out.v)
		spread(wide)
		for i, l := range light.v {
			if known[i] > 0 {
				out.v[i] = max(leastPrimary*l, (1+scatterShare)*l-scatterShare*wide.v[i]/max(0.01, share.v[i]))
			}
		}
	}
	return out
}

// addedInPrimary returns by how much the primary beam is weaker than in ref where added says how much darker the light is: zero where
// either is unknown.
func addedInPrimary(ref, added *picture, open *field) *picture {
	both := newPicture(ref.w, ref.h)
	clean := newPicture(ref.w, ref.h)
	for i, a := range ref.v {
		if both.v[i], clean.v[i] = outside, outside; a != outside && added.v[i] != outside {
			both.v[i], clean.v[i] = a+added.v[i], a
		}
	}
	before, after := primary(clean, open), primary(both, open)
	for i, b := range before.v {
		if after.v[i] > 0 && b > 0 {
			before.v[i] = float32(math.Log(float64(b / after.v[i])))
		} else {
			before.v[i] = 0
		}
	}
	return before
}

// The blur that is taken off again: of the focus, the detector, and of laying one frame on the other, together, in pixels.
const (
	blurPixels    = 0.75
	blurBinned    = 0.55 // where pixels of the run were averaged
	sharpenRounds = 4
)

// sharpen takes a Gaussian blur off a picture of attenuation by repeated correction of the light (van Cittert 1931), stopped early, so
// that noise stays small.
func sharpen(p *picture, sigma float64) *picture {
	light, now := newPicture(p.w, p.h), newPicture(p.w, p.h)
	for i, a := range p.v {
		light.v[i] = float32(math.Exp(-float64(a)))
	}
	copy(now.v, light.v)
	again, scratch := make([]float32, len(p.v)), make([]float32, len(p.v))
	kernel := gaussian(sigma)
	for range sharpenRounds {
		convolve(again, now.v, scratch, p.w, p.h, kernel)
		for i := range now.v {
			now.v[i] = min(1.2, max(leastPrimary, now.v[i]+light.v[i]-again[i]))
		}
	}
	for i, l := range now.v {
		now.v[i] = float32(-math.Log(float64(l)))
	}
	return now
}

// gaussian returns the weights of a kernel, of odd length and sum 1.
func gaussian(sigma float64) []float32 {
	r := int(3*sigma) + 1
	k := make([]float32, 2*r+1)
	sum := 0.0
	for i := range k {
		d := float64(i-r) / sigma
		sum += math.Exp(-d * d / 2)
	}
	for i := range k {
		d := float64(i-r) / sigma
		k[i] = float32(math.Exp(-d*d/2) / sum)
	}
	return k
}

// convolve filters with the kernel along rows and columns; at the border the edge is repeated.
func convolve(out, in, scratch []float32, w, h int, kernel []float32) {
	r := len(kernel) / 2
	for y := range h {
		row, o := in[y*w:(y+1)*w], scratch[y*w:(y+1)*w]
		for x := range o {
			sum := float32(0)
			if x >= r && x < w-r {
				for j, k := range kernel {
					sum += k * row[x+j-r]
				}
			} else {
				for j, k := range kernel {
					sum += k * row[max(0, min(w-1, x+j-r))]
				}
			}
			o[x] = sum
		}
	}
	for y := range h {
		o := out[y*w : (y+1)*w]
		clear(o)
		for j, k := range kernel {
			for x, v := range scratch[max(0, min(h-1, y+j-r))*w:][:w] {
				o[x] += k * v
			}
		}
	}
}
