package j2k

// Lifting parameters of the 9/7 wavelet (table F.4).
const (
	alpha97 = -1.586134342059924
	beta97  = -0.052980118572961
	gamma97 = 0.882911075530934
	delta97 = 0.443506852043971
	k97     = 1.230174104914001
	// highGain97 is 1/K, 3e-5 short of its true value: OpenJPEG, and with it
	// GDCM, dcmtk and pydicom, scale high bands by this. It moves a 16-bit
	// sample by 2 at most, far below what the standard tolerates (T.803), and
	// makes our pixels those of the other programs.
	highGain97 = 1.625732422 / 2
)

// inverse97 undoes the irreversible 9/7 wavelet (F.3, F.4.8) in place, with
// the layout of inverse53. Products are rounded before they are added, so that
// every processor yields the same samples.
func (d *dwtScratch) inverse97(plane []float32, resolutions []resolution) {
	top := resolutions[len(resolutions)-1]
	stride := top.x1 - top.x0
	for r := 1; r < len(resolutions); r++ {
		low, res := &resolutions[r-1], &resolutions[r]
		w, h := res.x1-res.x0, res.y1-res.y0
		if w <= 0 || h <= 0 {
			continue
		}
		d.floats = grown(d.floats, max(w, h*strip))
		row := d.floats[:w]
		for y := range h {
			line := plane[y*stride:][:w]
			synthesise97(row, line[:low.x1-low.x0], line[low.x1-low.x0:], res.x0&1)
			copy(line, row)
		}
		lowRows := low.y1 - low.y0
		for x := 0; x < w; x += strip {
			columns97(d.floats, plane[x:], min(strip, w-x), h, lowRows, stride, res.y0&1)
		}
	}
}

// synthesise97 is synthesise53 for the 9/7 wavelet.
func synthesise97(dst, low, high []float32, odd int) {
	if len(dst) == 1 {
		if odd == 0 {
			dst[0] = low[0]
		} else {
			dst[0] = high[0] / 2
		}
		return
	}
	for i, v := range low {
		dst[2*i+odd] = v * k97
	}
	for i, v := range high {
		dst[2*i+1-odd] = v * highGain97
	}
	lift97(dst, odd, -delta97)
	lift97(dst, 1-odd, -gamma97)
	lift97(dst, odd, -beta97)
	lift97(dst, 1-odd, -alpha97)
}

// lift97 adds c times its two neighbours to every second sample from start on.
func lift97(s []float32, start int, c float32) {
	n := len(s)
	if start == 0 {
		s[0] += float32((s[1] + s[1]) * c)
		start = 2
	}
	for i := start; i < n-1; i += 2 {
		s[i] += float32((s[i-1] + s[i+1]) * c)
	}
	if (n-1-start)&1 == 0 {
		s[n-1] += float32((s[n-2] + s[n-2]) * c)
	}
}

// columns97 is columns53 for the 9/7 wavelet.
func columns97(buf, plane []float32, w, h, lowRows, stride, odd int) {
	if h == 1 {
		if odd != 0 {
			for x := range plane[:w] {
				plane[x] /= 2
			}
		}
		return
	}
	for y := range h {
		k := float32(k97)
		if y >= lowRows {
			k = highGain97
		}
		to := row16(buf, sourceRow(y, lowRows, odd))
		for x, v := range plane[y*stride:][:w] {
			to[x] = v * k
		}
	}
	liftRows97(buf, h, odd, -delta97)
	liftRows97(buf, h, 1-odd, -gamma97)
	liftRows97(buf, h, odd, -beta97)
	liftRows97(buf, h, 1-odd, -alpha97)
	for y := range h {
		copy(plane[y*stride:][:w], buf[y*strip:])
	}
}

// liftRows97 is lift97 on rows of a strip.
func liftRows97(buf []float32, h, start int, c float32) {
	for y := start; y < h; y += 2 {
		above, below := neighbours(y, h)
		a, s, b := row16(buf, above), row16(buf, y), row16(buf, below)
		for x := range s {
			s[x] += float32((a[x] + b[x]) * c)
		}
	}
}
