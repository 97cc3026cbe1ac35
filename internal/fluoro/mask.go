package fluoro

// MaskAt writes into out, of the run's width times its height, one where frame k shows new cement and zero elsewhere, and reports
// whether there is any. The cement is drawn where it lies in that frame.
func (r *Result) MaskAt(k int, out []uint8) bool {
	clear(out)
	m := r.cement
	if m == nil {
		return false
	}
	back := r.Motion[k].Inverse()
	a, b, tx, ty := back.linear(r.nx, r.ny)
	half := float64(m.bin-1) / 2
	any := false
	for y := range r.ny {
		for x := range r.nx {
			px, py := a*float64(x)-b*float64(y)+tx, b*float64(x)+a*float64(y)+ty
			ix, iy := nearest((px-half)/float64(m.bin)), nearest((py-half)/float64(m.bin))
			if ix < 0 || iy < 0 || ix >= m.w || iy >= m.h {
				continue
			}
			if int(m.from[iy*m.w+ix]) <= k {
				out[y*r.nx+x], any = 1, true
			}
		}
	}
	return any
}

// MaskOnFirst is MaskAt with the cement that has come by frame k drawn where it lies in the first frame, whose geometry the file states:
// a table or a field that moved since changes nothing.
func (r *Result) MaskOnFirst(k int, out []uint8) bool {
	clear(out)
	m := r.cement
	if m == nil {
		return false
	}
	any := false
	for y := range min(r.ny, m.h*m.bin) {
		for x := range min(r.nx, m.w*m.bin) {
			if int(m.from[y/m.bin*m.w+x/m.bin]) <= k {
				out[y*r.nx+x], any = 1, true
			}
		}
	}
	return any
}

func nearest(x float64) int {
	if x < -0.5 {
		return -1
	}
	return int(x + 0.5)
}
