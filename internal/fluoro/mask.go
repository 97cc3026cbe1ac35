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

func nearest(x float64) int {
	if x < -0.5 {
		return -1
	}
	return int(x + 0.5)
}
