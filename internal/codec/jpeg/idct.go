package jpeg

// Cosines of k*pi/16 with 18 fractional bits. Two passes in 64-bit integers
// lose nothing but this rounding, so the result is the real-valued inverse DCT
// of T.81 A.3.3 rounded once.
const (
	fraction = 18

	cos1 = 257107 // cos(1*pi/16) * 2^18
	cos2 = 242189
	cos3 = 217965
	cos4 = 185364
	cos5 = 145639
	cos6 = 100318
	cos7 = 51142
)

// idct transforms one block of dequantised coefficients, level-shifts it by
// half the range and clamps it to 0..maxValue. coef is overwritten.
//
// Both passes split the eight-point transform into its even half and its odd
// half as a 4x4 product: twice the multiplications of Loeffler's scheme, but
// all independent, and the formula stays readable.
func idct(out *[64]uint16, coef *[64]int64, maxValue int64) {
	for x := range 8 {
		c := coef[x : x+57 : x+57]
		if c[8]|c[16]|c[24]|c[32]|c[40]|c[48]|c[56] == 0 {
			v := c[0] * cos4
			for y := 0; y < 64; y += 8 {
				c[y] = v
			}
			continue
		}
		s := transform(c[0], c[8], c[16], c[24], c[32], c[40], c[48], c[56])
		for y, v := range s {
			c[8*y] = v
		}
	}
	// Each pass owes a factor 1/2 (A.3.3).
	const shift = 2*fraction + 2
	bias := (maxValue/2+1)<<shift + 1<<(shift-1)
	for y := 0; y < 64; y += 8 {
		c := coef[y : y+8 : y+8]
		s := transform(c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7])
		for x, v := range s {
			out[(y+x)&63] = uint16(min(max((v+bias)>>shift, 0), maxValue))
		}
	}
}

// transform is the eight-point inverse DCT times 2*2^18.
func transform(f0, f1, f2, f3, f4, f5, f6, f7 int64) [8]int64 {
	p, q := (f0+f4)*cos4, (f0-f4)*cos4
	r, s := f2*cos2+f6*cos6, f2*cos6-f6*cos2
	e0, e1, e2, e3 := p+r, q+s, q-s, p-r
	o0 := f1*cos1 + f3*cos3 + f5*cos5 + f7*cos7
	o1 := f1*cos3 - f3*cos7 - f5*cos1 - f7*cos5
	o2 := f1*cos5 - f3*cos1 + f5*cos7 + f7*cos3
	o3 := f1*cos7 - f3*cos5 + f5*cos3 - f7*cos1
	return [8]int64{e0 + o0, e1 + o1, e2 + o2, e3 + o3, e3 - o3, e2 - o2, e1 - o1, e0 - o0}
}
