package volume

import (
	"math"
	"slices"
)

// Display is how a file asks one of its pictures to be shown (PS3.3 C.11.2, C.9.2, C.7.6.11). Inputs are values after the modality
// LUT (HU in CT), outputs are brightness from 0, black, to 1. It is for the window alone: nothing here changes what is measured.
type Display struct {
	Windows  []Window   // presets in the order of the file
	Tables   []VOITable // VOI LUTs in the order of the file
	Inverted bool       // brightness is turned round: MONOCHROME1, or presentation LUT shape INVERSE
	Padding  *Range     // values that stand for no measurement, such as the corners outside the circle; nil when not given
	Shutter  Shutter
	Overlays []Overlay // planes of this picture
}

// Range is an interval of values, both ends within.
type Range struct{ Low, High float64 }

// Contains reports whether x lies in the range; a nil range holds nothing.
func (r *Range) Contains(x float64) bool { return r != nil && x >= r.Low && x <= r.High }

// WindowFunction is the shape of a grey scale window (VOI LUT Function).
type WindowFunction string

// The functions of PS3.3 C.11.2.1.2 and C.11.2.1.3.
const (
	Linear      WindowFunction = "LINEAR"
	LinearExact WindowFunction = "LINEAR_EXACT"
	Sigmoid     WindowFunction = "SIGMOID"
)

// Window is a grey scale window.
type Window struct {
	Center, Width float64
	Function      WindowFunction
	Name          string // as the file explains it; often empty
}

// Level returns the brightness of x.
func (w Window) Level(x float64) float64 {
	switch w.Function {
	case Sigmoid:
		return 1 / (1 + math.Exp(-4*(x-w.Center)/w.Width))
	case LinearExact:
		return unitLevel((x-w.Center)/w.Width + 0.5)
	}
	if w.Width <= 1 { // a threshold
		if x <= w.Center-0.5 {
			return 0
		}
		return 1
	}
	return unitLevel((x-(w.Center-0.5))/(w.Width-1) + 0.5)
}

func unitLevel(x float64) float64 { return max(0, min(1, x)) }

// VOITable is a look-up table of brightness.
type VOITable struct {
	First  int // the value of the first entry; values beyond the ends take the end entries
	Values []uint16
	White  uint16 // the entry of full brightness
	Name   string
}

// Level returns the brightness of x.
func (t VOITable) Level(x float64) float64 {
	i := int(max(0, min(math.Round(x)-float64(t.First), float64(len(t.Values)-1))))
	return unitLevel(float64(t.Values[i]) / float64(t.White))
}

// Window returns the linear window nearest to the table: it spans the values between which the table climbs. A reader who drags the
// mouse goes on from there instead of jumping.
func (t VOITable) Window() Window {
	lo, hi := slices.Min(t.Values), slices.Max(t.Values)
	edge := (float64(hi) - float64(lo)) / 100
	from := 0
	for from < len(t.Values)-1 && math.Abs(float64(t.Values[from+1])-float64(t.Values[0])) <= edge {
		from++
	}
	to := len(t.Values) - 1
	for to > from+1 && math.Abs(float64(t.Values[to-1])-float64(t.Values[len(t.Values)-1])) <= edge {
		to--
	}
	width := math.Max(1, float64(to-from))
	return Window{Center: float64(t.First) + float64(from+to)/2, Width: width, Function: LinearExact, Name: t.Name}
}

// Shutter hides what lies outside all of its shapes' common part (PS3.3 C.7.6.11). Columns and rows are zero-based pixel centres. The
// zero value hides nothing.
type Shutter struct {
	Rectangle *ShutterRectangle
	Circle    *ShutterCircle
	Polygon   []ShutterPoint // at least three corners
	Level     float64        // brightness of what is hidden
}

// ShutterRectangle leaves its edges visible.
type ShutterRectangle struct{ Left, Right, Upper, Lower int }

// ShutterCircle has its radius in columns; Aspect is the distance of rows over that of columns, 1 for square pixels.
type ShutterCircle struct{ Column, Row, Radius, Aspect float64 }

// ShutterPoint is a corner.
type ShutterPoint struct{ Column, Row float64 }

// Empty reports whether nothing is hidden.
func (s Shutter) Empty() bool { return s.Rectangle == nil && s.Circle == nil && len(s.Polygon) < 3 }

// Hides reports whether the pixel is covered.
func (s Shutter) Hides(column, row int) bool {
	if r := s.Rectangle; r != nil && (column < r.Left || column > r.Right || row < r.Upper || row > r.Lower) {
		return true
	}
	if c := s.Circle; c != nil && math.Hypot(float64(column)-c.Column, (float64(row)-c.Row)*c.Aspect) > c.Radius {
		return true
	}
	return len(s.Polygon) >= 3 && !s.within(float64(column), float64(row))
}

// within counts the edges of the polygon that a ray crosses; points on an edge are within.
func (s Shutter) within(x, y float64) bool {
	in := false
	a := s.Polygon[len(s.Polygon)-1]
	for _, b := range s.Polygon {
		cross := (b.Column-a.Column)*(y-a.Row) - (b.Row-a.Row)*(x-a.Column)
		if cross == 0 && (x-a.Column)*(x-b.Column) <= 0 && (y-a.Row)*(y-b.Row) <= 0 {
			return true
		}
		if (a.Row > y) != (b.Row > y) && x < a.Column+(y-a.Row)*(b.Column-a.Column)/(b.Row-a.Row) {
			in = !in
		}
		a = b
	}
	return in
}

// Overlay is a plane of single bits over a picture (PS3.3 C.9.2).
type Overlay struct {
	Group       uint16 // 6000, 6002, ...
	ROI         bool   // marks a region of interest; else graphics, meant to be drawn
	Label       string
	Description string
	Column, Row int // of the picture, zero-based, under the plane's first pixel; may be negative
	NX, NY      int
	Bits        []byte // one bit a pixel, row by row without gaps, the lowest bit first
}

// At reports whether the overlay is set at a pixel of the picture.
func (o *Overlay) At(column, row int) bool {
	x, y := column-o.Column, row-o.Row
	if x < 0 || y < 0 || x >= o.NX || y >= o.NY {
		return false
	}
	i := y*o.NX + x
	return i/8 < len(o.Bits) && o.Bits[i/8]>>(i%8)&1 == 1
}
