package j2k

// strip is how many columns the vertical pass takes at once: one cache line.
const strip = 16

// dwtScratch is the working memory of the wavelet transforms.
type dwtScratch struct {
	ints   []int32
	floats []float32
}

// inverse53 undoes the reversible 5/3 wavelet (F.3, F.4.8) in place. The plane
// holds the bands of every resolution where its samples will be: LL at the top
// left, HL right of it, LH below, HH at the bottom right.
func (d *dwtScratch) inverse53(plane []int32, resolutions []resolution) {
	top := resolutions[len(resolutions)-1]
	stride := top.x1 - top.x0
	for r := 1; r < len(resolutions); r++ {
		low, res := &resolutions[r-1], &resolutions[r]
		w, h := res.x1-res.x0, res.y1-res.y0
		if w <= 0 || h <= 0 {
			continue
		}
		d.ints = grown(d.ints, max(w, h*strip))
		row := d.ints[:w]
		for y := range h {
			line := plane[y*stride:][:w]
			synthesise53(row, line[:low.x1-low.x0], line[low.x1-low.x0:], res.x0&1)
			copy(line, row)
		}
		lowRows := low.y1 - low.y0
		for x := 0; x < w; x += strip {
			columns53(d.ints, plane[x:], min(strip, w-x), h, lowRows, stride, res.y0&1)
		}
	}
}

// grown returns n elements of any content, in the memory of s when there is
// enough.
func grown[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

// synthesise53 joins a low and a high band into one row (1D_SR, F.3.6). odd is
// the parity of the first sample's coordinate.
func synthesise53(dst, low, high []int32, odd int) {
	switch {
	case len(dst) == 1 && odd == 0:
		dst[0] = low[0]
		return
	case len(dst) == 1:
		dst[0] = high[0] >> 1
		return
	case odd != 0:
		synthesiseOdd53(dst, low, high)
		return
	}
	n := len(high)
	prev := high[0]
	even := low[0] - (2*prev+2)>>2
	dst[0] = even
	pairs := dst[1:]
	for i, h := range high[1:] {
		next := low[i+1] - (prev+h+2)>>2
		pairs[2*i] = prev + (even+next)>>1
		pairs[2*i+1] = next
		prev, even = h, next
	}
	if len(low) > n {
		next := low[n] - (2*prev+2)>>2
		dst[2*n-1] = prev + (even+next)>>1
		dst[2*n] = next
	} else {
		dst[2*n-1] = prev + even
	}
}

// synthesiseOdd53 is for rows that begin with a high sample.
func synthesiseOdd53(dst, low, high []int32) {
	last := high[len(high)-1]
	before := int32(0)
	for i, l := range low {
		right := last
		if i+1 < len(high) {
			right = high[i+1]
		}
		even := l - (high[i]+right+2)>>2
		if i == 0 {
			before = even
		}
		dst[2*i] = high[i] + (before+even)>>1
		dst[2*i+1] = even
		before = even
	}
	if len(high) > len(low) {
		dst[len(dst)-1] = last + before
	}
}

// columns53 does the vertical pass for up to strip columns: rows are put in
// their final order in buf, lifted there, and put back.
func columns53(buf, plane []int32, w, h, lowRows, stride, odd int) {
	if h == 1 {
		if odd != 0 {
			for x := range plane[:w] {
				plane[x] >>= 1
			}
		}
		return
	}
	for y := range h {
		copy(buf[sourceRow(y, lowRows, odd)*strip:][:w], plane[y*stride:])
	}
	for y := odd; y < h; y += 2 {
		above, below := neighbours(y, h)
		a, c, b := row16(buf, above), row16(buf, y), row16(buf, below)
		for x := range c {
			c[x] -= (a[x] + b[x] + 2) >> 2
		}
	}
	for y := 1 - odd; y < h; y += 2 {
		above, below := neighbours(y, h)
		a, c, b := row16(buf, above), row16(buf, y), row16(buf, below)
		for x := range c {
			c[x] += (a[x] + b[x]) >> 1
		}
	}
	for y := range h {
		copy(plane[y*stride:][:w], buf[y*strip:])
	}
}

// sourceRow returns where row y of the two bands belongs among the rows of
// both.
func sourceRow(y, lowRows, odd int) int {
	if y < lowRows {
		return 2*y + odd
	}
	return 2*(y-lowRows) + 1 - odd
}

// neighbours returns the rows beside row y, mirrored at the ends (F.3.7).
func neighbours(y, h int) (above, below int) {
	above, below = y-1, y+1
	if y == 0 {
		above = 1
	}
	if y == h-1 {
		below = h - 2
	}
	return above, below
}

func row16[T any](buf []T, y int) *[strip]T { return (*[strip]T)(buf[y*strip:]) }
