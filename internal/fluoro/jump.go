package fluoro

import (
	"cmp"
	"math"
	"math/cmplx"
	"slices"
)

// Where a frame is far from the last one, the table or the field moved: shifts are looked for over the whole picture by phase
// correlation (Kuglin and Hines 1975), for every scale that a change of field brings.

// jumpSide is the side of the pictures compared.
const jumpSide = 128

// spectrum returns the windowed Fourier transform of the middle of a high-passed picture, resampled to jumpSide by the zoom.
func spectrum(p *picture, step, zoom float64) []complex128 {
	out := make([]complex128, jumpSide*jumpSide)
	cx, cy := float64(p.w-1)/2, float64(p.h-1)/2
	for y := range jumpSide {
		wy := math.Sin(math.Pi * (float64(y) + 0.5) / jumpSide)
		for x := range jumpSide {
			px := cx + (float64(x)-jumpSide/2)*step*zoom
			py := cy + (float64(y)-jumpSide/2)*step*zoom
			ix, iy := int(math.Floor(px)), int(math.Floor(py))
			if ix < 0 || iy < 0 || ix >= p.w-1 || iy >= p.h-1 {
				continue
			}
			u, v := px-float64(ix), py-float64(iy)
			o := iy*p.w + ix
			s := (1-v)*((1-u)*float64(p.v[o])+u*float64(p.v[o+1])) + v*((1-u)*float64(p.v[o+p.w])+u*float64(p.v[o+p.w+1]))
			s = math.Max(-0.3, math.Min(0.3, s)) // shutters and metal must not decide
			out[y*jumpSide+x] = complex(s*wy*math.Sin(math.Pi*(float64(x)+0.5)/jumpSide), 0)
		}
	}
	fft2(out, false)
	return out
}

// jumps returns the motions of frame from reference that correlate best, at most n of different scale.
func jumps(ref, frame *picture, scales []float64, n int) []Motion {
	type candidate struct {
		Motion
		peak float64
	}
	var found []candidate
	step := float64(max(ref.w, ref.h)) / jumpSide
	a := spectrum(ref, step, 1)
	for _, s := range scales {
		b := spectrum(frame, step, s)
		for i := range b {
			c := b[i] * cmplx.Conj(a[i])
			if m := cmplx.Abs(c); m > 1e-12 {
				b[i] = c / complex(math.Pow(m, 0.7), 0) // part of the way to phase only: noise fills the high frequencies
			} else {
				b[i] = 0
			}
		}
		fft2(b, true)
		top, at, sum := 0.0, 0, 0.0
		for i, c := range b {
			v := real(c)
			sum += v * v
			if v > top {
				top, at = v, i
			}
		}
		if sum == 0 {
			continue
		}
		dx, dy := at%jumpSide, at/jumpSide
		if dx >= jumpSide/2 {
			dx -= jumpSide
		}
		if dy >= jumpSide/2 {
			dy -= jumpSide
		}
		found = append(found, candidate{Motion{DX: float64(dx) * step * s, DY: float64(dy) * step * s, Scale: s}, top / math.Sqrt(sum/float64(len(b)))})
	}
	slices.SortStableFunc(found, func(a, b candidate) int { return cmp.Compare(b.peak, a.peak) })
	var out []Motion
	for _, c := range found[:min(n, len(found))] {
		out = append(out, c.Motion)
	}
	return out
}

// fft2 transforms a square picture of jumpSide in place.
func fft2(v []complex128, inverse bool) {
	col := make([]complex128, jumpSide)
	for y := range jumpSide {
		fft(v[y*jumpSide:(y+1)*jumpSide], inverse)
	}
	for x := range jumpSide {
		for y := range col {
			col[y] = v[y*jumpSide+x]
		}
		fft(col, inverse)
		for y := range col {
			v[y*jumpSide+x] = col[y]
		}
	}
}

// fft is the radix-2 transform; the inverse is not divided by the length.
func fft(v []complex128, inverse bool) {
	n := len(v)
	for i, j := 1, 0; i < n; i++ {
		bit := n >> 1
		for ; j&bit != 0; bit >>= 1 {
			j ^= bit
		}
		if j ^= bit; i < j {
			v[i], v[j] = v[j], v[i]
		}
	}
	sign := -2 * math.Pi
	if inverse {
		sign = -sign
	}
	for size := 2; size <= n; size <<= 1 {
		turn := cmplx.Rect(1, sign/float64(size))
		for at := 0; at < n; at += size {
			t := complex(1, 0)
			for k := range size / 2 {
				p, q := v[at+k], v[at+k+size/2]*t
				v[at+k], v[at+k+size/2] = p+q, p-q
				t *= turn
			}
		}
	}
}
