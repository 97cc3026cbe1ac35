package phantom

import (
	"context"
	"math"

	"github.com/vertefill/vertefill/internal/volume"
)

// imaging is how a scanner sees the ideal picture.
type imaging struct {
	fwhmMM  float64 // of the point spread in the plane
	sharpen float64 // share of unsharp masking: 0 soft, 0.6 a bone kernel with overshoot
	noiseHU float64 // standard deviation in soft tissue
	ceiling int16

	projected bool // by project, not by take
}

// take blurs, adds noise and rounds.
func (im imaging) take(ctx context.Context, ideal []float32, g *volume.Grid, thickness float64, r random) (*volume.Volume, error) {
	v := &volume.Volume{Grid: g, HU: make([]int16, g.Len()), CeilingHU: im.ceiling}
	seeds := make([]uint64, g.NZ)
	for k := range seeds {
		seeds[k] = r.Uint64()
	}
	// The pixel is part of the point spread: its mean is a box of one pixel, of variance 1/12.
	sigma := im.fwhmMM / 2.3548 / float64(g.DX)
	blur := kernel(sigma*sigma - 1.0/12)
	wide := kernel(2.2 * sigma * sigma)
	grain := kernel(max(0.25, 0.6*sigma*sigma))
	gain := 1 / (power(grain) * power(grain))
	n := g.NX * g.NY
	err := inParallel(ctx, g.NZ, func(k int) {
		slice := make([]float32, n)
		tmp := make([]float32, n)
		copy(slice, ideal[k*n:(k+1)*n])
		convolve(slice, tmp, g.NX, g.NY, blur)
		if im.sharpen > 0 {
			soft := append([]float32(nil), slice...)
			convolve(soft, tmp, g.NX, g.NY, wide)
			for i := range slice {
				slice[i] += float32(im.sharpen) * (slice[i] - soft[i])
			}
		}
		// Noise of neighbouring slices is shared where profiles overlap.
		own, share := noiseSlice(n, g.NX, g.NY, seeds[k], grain, tmp), overlap(float64(g.DZ), thickness)
		if share > 0 && k > 0 {
			last := noiseSlice(n, g.NX, g.NY, seeds[k-1], grain, tmp)
			norm := float32(1 / math.Sqrt(1+share*share))
			for i := range own {
				own[i] = norm * (own[i] + float32(share)*last[i])
			}
		}
		hu := v.HU[k*n : (k+1)*n]
		for i, x := range slice {
			x += own[i] * float32(im.noiseHU*gain)
			hu[i] = int16(math.Round(max(volume.Air, min(float64(im.ceiling), float64(x)))))
		}
	})
	return v, err
}

// overlap is the share of a slice's noise that the next one repeats.
func overlap(gap, thickness float64) float64 {
	return max(0, min(0.7, 1-gap/thickness))
}

func noiseSlice(n, nx, ny int, seed uint64, grain []float32, tmp []float32) []float32 {
	r := stream(seed, "noise")
	out := make([]float32, n)
	for i := range out {
		out[i] = float32(r.NormFloat64())
	}
	convolve(out, tmp, nx, ny, grain)
	return out
}

// power is the root of the sum of squares of a kernel: what it leaves of white noise along one axis.
func power(k []float32) float64 {
	s := float64(k[0]) * float64(k[0])
	for _, w := range k[1:] {
		s += 2 * float64(w) * float64(w)
	}
	return math.Sqrt(s)
}

// kernel returns half of a symmetric kernel of the given variance in pixels squared, centre first, of sum one: a Gaussian, or three
// taps where the Gaussian is narrower than a pixel.
func kernel(variance float64) []float32 {
	if variance < 0.25 {
		a := max(0, variance) / 2
		return []float32{float32(1 - 2*a), float32(a)}
	}
	sigma := math.Sqrt(variance)
	k := make([]float32, int(math.Ceil(3.2*sigma))+1)
	sum := float32(0)
	for i := range k {
		k[i] = float32(math.Exp(-float64(i*i) / (2 * variance)))
		sum += k[i]
		if i > 0 {
			sum += k[i]
		}
	}
	for i := range k {
		k[i] /= sum
	}
	return k
}

// convolve applies a half kernel along rows and columns in place; beyond the border the edge is repeated.
func convolve(a, tmp []float32, nx, ny int, k []float32) {
	m := len(k) - 1
	line := make([]float32, nx+2*m)
	for j := range ny {
		row := a[j*nx : (j+1)*nx]
		copy(line[m:], row)
		for i := range m {
			line[i], line[m+nx+i] = row[0], row[nx-1]
		}
		dst := tmp[j*nx : (j+1)*nx]
		for i := range dst {
			c := line[i : i+2*m+1]
			s := k[0] * c[m]
			for q := 1; q <= m; q++ {
				s += k[q] * (c[m-q] + c[m+q])
			}
			dst[i] = s
		}
	}
	for j := range ny {
		dst := a[j*nx : (j+1)*nx]
		src := tmp[j*nx : (j+1)*nx]
		for i := range dst {
			dst[i] = k[0] * src[i]
		}
		for q := 1; q <= m; q++ {
			up, down := tmp[max(0, j-q)*nx:][:nx], tmp[min(ny-1, j+q)*nx:][:nx]
			w := k[q]
			for i := range dst {
				dst[i] += w * (up[i] + down[i])
			}
		}
	}
}
