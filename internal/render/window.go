package render

import "math"

// Function is how a window maps HU to brightness: DICOM VOI LUT Function, PS3.3 C.11.2.1.2.
type Function uint8

// The functions of the standard.
const (
	Linear      Function = iota // C.11.2.1.2.1
	LinearExact                 // C.11.2.1.3.2
	Sigmoid                     // C.11.2.1.3.1
)

// Window is a window/level setting in HU. It is comparable.
type Window struct {
	Centre, Width float64
	Function      Function
	Invert        bool
}

// The presets of the reading room; 1 to 4 on the number keys.
var (
	SpineBone  = Window{Centre: 350, Width: 2000}
	Cement     = Window{Centre: 1500, Width: 4000}
	SoftTissue = Window{Centre: 40, Width: 400}
	Lung       = Window{Centre: -600, Width: 1500}
)

// Bounds returns the HU that are shown as black and as full white (before inversion); for Sigmoid the HU of 2 % and 98 %.
func (w Window) Bounds() (low, high float64) {
	switch w.Function {
	case LinearExact:
		return w.Centre - w.Width/2, w.Centre + w.Width/2
	case Sigmoid:
		d := w.width() / 4 * math.Log(49) // 1/(1+exp(-4 d/width)) = 0.98
		return w.Centre - d, w.Centre + d
	}
	return w.Centre - 0.5 - (w.width()-1)/2, w.Centre - 0.5 + (w.width()-1)/2
}

// width returns the width within what the standard allows: at least 1 for Linear, positive for the others.
func (w Window) width() float64 {
	if w.Function == Linear {
		return max(1, w.Width)
	}
	return max(1e-6, w.Width)
}

// Level returns the brightness 0..1 of a CT number.
func (w Window) Level(hu float64) float64 {
	c, d := w.Centre, w.width()
	var y float64
	switch {
	case w.Function == Sigmoid:
		y = 1 / (1 + math.Exp(-4*(hu-c)/d))
	case w.Function == LinearExact:
		y = (hu-c)/d + 0.5
	case hu <= c-0.5-(d-1)/2: // also guards the division for a width of 1
		y = 0
	case hu > c-0.5+(d-1)/2:
		y = 1
	default:
		y = (hu-(c-0.5))/(d-1) + 0.5
	}
	y = max(0, min(1, y))
	if w.Invert {
		y = 1 - y
	}
	return y
}

// Dragged returns the window after a mouse drag: to the right wider, up brighter. A pixel is worth 1/256 of the width, at least
// 1 HU, so that narrow and wide windows feel the same.
func (w Window) Dragged(dxPx, dyPx float64) Window {
	gain := max(1, w.Width/256)
	w.Width = max(1, w.Width+dxPx*gain)
	w.Centre += dyPx * gain
	return w
}

// AutoWindow returns the window from the low to the high quantile (0..1) of the samples of a picture: of the whole for an
// automatic window, of a region's samples for a window from a region. ok is false when there is no sample or no contrast.
func AutoWindow(hu []int16, low, high float64) (w Window, ok bool) {
	var count [1 << 16]int
	n := 0
	for _, v := range hu {
		if v > Unread {
			count[int(v)+1<<15]++
			n++
		}
	}
	quantile := func(q float64) float64 {
		sum, rank := 0, int(q*float64(n-1))
		for i, c := range count {
			if sum += c; sum > rank {
				return float64(i - 1<<15)
			}
		}
		return 0
	}
	if n == 0 {
		return Window{}, false
	}
	a, b := quantile(low), quantile(high)
	if b <= a {
		return Window{}, false
	}
	return Window{Centre: (a+b)/2 + 0.5, Width: b - a + 1}, true
}
