package exchange

import "math"

// cieLab converts sRGB to PCS-values as DICOM writes them, L* 0..100 and a*, b* -128..127 over 16 bits (PS3.3 C.10.7.1.1), for the
// white point D50.
func cieLab(c [3]uint8) []int {
	var lin [3]float64
	for i, v := range c {
		x := float64(v) / 255
		if x <= 0.04045 {
			lin[i] = x / 12.92
		} else {
			lin[i] = math.Pow((x+0.055)/1.055, 2.4)
		}
	}
	// sRGB to XYZ, adapted to D50 (Bradford).
	x := (0.4360747*lin[0] + 0.3850649*lin[1] + 0.1430804*lin[2]) / 0.96422
	y := 0.2225045*lin[0] + 0.7168786*lin[1] + 0.0606169*lin[2]
	z := (0.0139322*lin[0] + 0.0971045*lin[1] + 0.7141733*lin[2]) / 0.82521
	f := func(t float64) float64 {
		if t > 216.0/24389 {
			return math.Cbrt(t)
		}
		return (24389.0/27*t + 16) / 116
	}
	fx, fy, fz := f(x), f(y), f(z)
	scale := func(x, low, span float64) int { return int(math.Round(65535 * min(1, max(0, (x-low)/span)))) }
	return []int{scale(116*fy-16, 0, 100), scale(500*(fx-fy), -128, 255), scale(200*(fy-fz), -128, 255)}
}
