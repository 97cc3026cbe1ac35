package render

import "math"

// Cubic samples weigh 4 x 4 x 4 neighbours by Keys' kernel with a = -1/2 (Keys 1981, IEEE Trans ASSP 29:1153). Within the volume
// the weights are whole numbers of 15 bits that add up to one exactly, and two voxels share a word of 64 bits: a product of a
// voxel and a weight, and the sum of four, takes less than 32 bits.

const weightBits = 15

// cubic splits the row into its inner part, where all 64 neighbours exist, and the borders.
func (s *sampler) cubic(l line, dst []int16) {
	x0, x1 := 0, len(dst)
	for a := range 3 {
		b0, b1 := span(l.p[a], l.d[a], one, (s.n[a]-2)*one-1, len(dst))
		x0, x1 = max(x0, b0), min(x1, b1)
	}
	x1 = max(x0, x1)
	s.cubicBorder(l, dst[:x0])
	inner := l
	inner.advance(x0)
	s.cubicInner(inner, dst[x0:x1])
	l.advance(x1)
	s.cubicBorder(l, dst[x1:])
}

func (s *sampler) cubicInner(l line, dst []int16) {
	x, y, z := l.p[0], l.p[1], l.p[2]
	sy, sz := s.stride[1], s.stride[2]
	for i := range dst {
		o := int(x>>32) - 1 + (int(y>>32)-1)*sy + (int(z>>32)-1)*sz
		x0, x1, x2, x3 := wholeKeys(x)
		y0, y1, y2, y3 := wholeKeys(y)
		wz := [4]int64{}
		wz[0], wz[1], wz[2], wz[3] = wholeKeys(z)
		var a0, a1, a2, a3 int64 // the four columns along x
		for _, w := range wz {
			h := s.vol.HU[o:]
			p, q := pairs((*[4]int16)(h))
			even, odd := y0*p, y0*q
			p, q = pairs((*[4]int16)(h[sy:]))
			even, odd = even+y1*p, odd+y1*q
			p, q = pairs((*[4]int16)(h[2*sy:]))
			even, odd = even+y2*p, odd+y2*q
			p, q = pairs((*[4]int16)(h[3*sy:]))
			even, odd = even+y3*p, odd+y3*q
			first, second := int64(int32(even)), int64(int32(odd))
			a0, a1 = a0+w*first, a1+w*second
			a2, a3 = a2+w*((even-first)>>32), a3+w*((odd-second)>>32)
			o += sz
		}
		sum := (x0*a0 + x1*a1 + x2*a2 + x3*a3 + 1<<(3*weightBits-1)) >> (3 * weightBits)
		dst[i] = int16(max(int64(Unread)+1, min(math.MaxInt16, sum)))
		x, y, z = x+l.d[0], y+l.d[1], z+l.d[2]
	}
}

// pairs puts voxels 0 and 2, and 1 and 3, into one word each. A negative lower one borrows from the upper, until it is taken
// away.
func pairs(v *[4]int16) (even, odd int64) {
	return int64(v[0]) + int64(v[2])<<32, int64(v[1]) + int64(v[3])<<32
}

// wholeKeys returns the weights of the four neighbours of a coordinate; they add up to 1<<weightBits.
func wholeKeys(p int64) (w0, w1, w2, w3 int64) {
	const drop = 33 - weightBits // the weights have a factor 2 and 32 bits
	const round = 1 << (drop - 1)
	t := int64(uint32(p)) >> 16
	t2 := t * t
	t3 := t2 * t >> 16
	t <<= 16
	w0 = (2*t2 - t - t3 + round) >> drop
	w2 = (4*t2 - 3*t3 + t + round) >> drop
	w3 = (t3 - t2 + round) >> drop
	return w0, 1<<weightBits - w0 - w2 - w3, w2, w3
}

// cubicBorder samples in floating point; neighbours beyond the border are taken from the border.
func (s *sampler) cubicBorder(l line, dst []int16) {
	var w [3][4]float32
	var o [3][4]int
	for i := range dst {
		for a := range 3 {
			k := l.p[a] >> 32
			w[a] = keys(float32(uint32(l.p[a])) * (1.0 / (1 << 32)))
			for t := range 4 {
				o[a][t] = int(max(0, min(s.n[a]-1, k-1+int64(t)))) * s.stride[a]
			}
		}
		h := s.vol.HU
		var sum float32
		for c, wz := range w[2] {
			var plane float32
			for b, wy := range w[1] {
				r := o[2][c] + o[1][b]
				plane += wy * (w[0][0]*float32(h[r+o[0][0]]) + w[0][1]*float32(h[r+o[0][1]]) + w[0][2]*float32(h[r+o[0][2]]) + w[0][3]*float32(h[r+o[0][3]]))
			}
			sum += wz * plane
		}
		dst[i] = int16(max(float32(Unread)+1, min(math.MaxInt16, floor32(sum+0.5))))
		l.advance(1)
	}
}

func floor32(x float32) float32 { return float32(math.Floor(float64(x))) }

// keys returns the weights of the four neighbours of fraction t.
func keys(t float32) [4]float32 {
	return [4]float32{
		((-0.5*t+1)*t - 0.5) * t,
		(1.5*t-2.5)*t*t + 1,
		((-1.5*t+2)*t + 0.5) * t,
		(0.5*t - 0.5) * t * t,
	}
}
