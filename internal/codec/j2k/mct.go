package j2k

// maxMCT is how many components a component transform joins.
const maxMCT = 3

// writeComponents takes n components, from number c on, out of the planes:
// undoes the component transform if they are joined by one (Annex G), shifts
// unsigned samples back up, limits to the range of the samples (G.1) and writes
// them into dst.
func (d *Decoder) writeComponents(dst []uint16, c, n int) {
	t := &d.tile
	tc := &t.comps[c]
	size := (tc.x1 - tc.x0) * (tc.y1 - tc.y0)
	joined := n == maxMCT
	if tc.style.reversible {
		if joined {
			inverseRCT(d.ints[0][:size], d.ints[1][:size], d.ints[2][:size])
		}
		for i := range n {
			writeSamples(dst, &d.cs, tc, c+i, d.ints[i], func(v int32) int32 { return v })
		}
		return
	}
	if joined {
		inverseICT(d.floats[0][:size], d.floats[1][:size], d.floats[2][:size])
	}
	for i := range n {
		writeSamples(dst, &d.cs, tc, c+i, d.floats[i], roundEven)
	}
}

// inverseRCT is equation G-6 to G-8, in place.
func inverseRCT(y, u, v []int32) {
	for i := range y {
		g := y[i] - (u[i]+v[i])>>2
		y[i], u[i], v[i] = v[i]+g, g, u[i]+g
	}
}

// inverseICT is equation G-12 to G-14, in place.
func inverseICT(y, cb, cr []float32) {
	for i := range y {
		l, b, r := y[i], cb[i], cr[i]
		y[i] = l + float32(1.402*r)
		cb[i] = l - float32(0.344136*b) - float32(0.714136*r)
		cr[i] = l + float32(1.772*b)
	}
}

// roundEven rounds to the nearest integer, ties to even. Adding the constant
// leaves no bits for a fraction, which holds below 2^22; the clamp before it
// keeps anything larger far outside the range of the samples.
func roundEven(v float32) int32 {
	const shift = 3 << 22
	return int32(min(max(v, -1<<21), 1<<21) + shift - shift)
}

// writeSamples writes one component of the tile to its place in the picture.
func writeSamples[T int32 | float32](dst []uint16, cs *codestream, tc *tileComp, c int, plane []T, toInt func(T) int32) {
	lo, hi, shift := int32(0), int32(1)<<cs.bits-1, int32(1)<<(cs.bits-1)
	if cs.signed {
		lo, hi, shift = -shift, shift-1, 0
	}
	w, step := tc.x1-tc.x0, cs.nComps
	for y := tc.y0; y < tc.y1; y++ {
		row := plane[(y-tc.y0)*w:][:w]
		at := ((y-cs.y0)*(cs.x1-cs.x0)+tc.x0-cs.x0)*step + c
		for _, v := range row {
			dst[at] = uint16(min(max(toInt(v)+shift, lo), hi))
			at += step
		}
	}
}
