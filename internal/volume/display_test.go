package volume_test

import (
	"math"
	"testing"

	"github.com/vertefill/vertefill/internal/volume"
)

// TestWindowFunctions follows the worked cases of PS3.3 C.11.2.1.2: width 4096 about 2048 turns 0..4095 into all of the range; width 1
// is a threshold.
func TestWindowFunctions(t *testing.T) {
	for _, c := range []struct {
		w       volume.Window
		x, want float64
	}{
		{volume.Window{Center: 2048, Width: 4096}, 0, 0},
		{volume.Window{Center: 2048, Width: 4096}, 4095, 1},
		{volume.Window{Center: 2048, Width: 4096}, 2047.5, 0.5},
		{volume.Window{Center: 2048, Width: 1}, 2047, 0},
		{volume.Window{Center: 2048, Width: 1}, 2048, 1},
		{volume.Window{Center: 0, Width: 100, Function: volume.Linear}, -50, 0},
		{volume.Window{Center: 0, Width: 100, Function: volume.Linear}, 49, 1},
		{volume.Window{Center: 0, Width: 100, Function: volume.LinearExact}, 49, 0.99},
		{volume.Window{Center: 0, Width: 100, Function: volume.LinearExact}, -50, 0},
		{volume.Window{Center: 0, Width: 100, Function: volume.Sigmoid}, 0, 0.5},
		{volume.Window{Center: 0, Width: 100, Function: volume.Sigmoid}, 25, 1 / (1 + math.Exp(-1))},
	} {
		if got := c.w.Level(c.x); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%+v at %g: %g, want %g", c.w, c.x, got, c.want)
		}
	}
}

func TestVOITable(t *testing.T) {
	ramp := volume.VOITable{First: -100, White: 255}
	for i := range 400 {
		ramp.Values = append(ramp.Values, uint16(max(0, min(255, (i-100)*255/200))))
	}
	if a, b, c := ramp.Level(-1000), ramp.Level(100), ramp.Level(9999); a != 0 || math.Abs(b-0.5) > 0.01 || c != 1 {
		t.Errorf("levels %g %g %g, want 0 0.5 1", a, b, c)
	}
	w := ramp.Window()
	if math.Abs(w.Center-100) > 2 || math.Abs(w.Width-200) > 8 {
		t.Errorf("window %+v, want about 100, 200 wide", w)
	}
	for x := -90.0; x < 300; x += 10 {
		if d := math.Abs(w.Level(x) - ramp.Level(x)); d > 0.03 {
			t.Errorf("at %g the window differs from its table by %g", x, d)
		}
	}
	flat := volume.VOITable{Values: []uint16{7, 7, 7}, White: 255}
	if w := flat.Window(); !(w.Width >= 1) || math.IsNaN(w.Center) {
		t.Errorf("flat table: %+v", w)
	}
}

func TestShutter(t *testing.T) {
	var open volume.Shutter
	if !open.Empty() || open.Hides(-5, 1000) {
		t.Error("no shutter hides something")
	}
	rect := volume.Shutter{Rectangle: &volume.ShutterRectangle{Left: 2, Right: 5, Upper: 1, Lower: 3}}
	circle := volume.Shutter{Circle: &volume.ShutterCircle{Column: 5, Row: 5, Radius: 4, Aspect: 2}}
	triangle := volume.Shutter{Polygon: []volume.ShutterPoint{{Column: 0, Row: 0}, {Column: 8, Row: 0}, {Column: 0, Row: 8}}}
	both := volume.Shutter{Rectangle: rect.Rectangle, Polygon: triangle.Polygon}
	for y := range 10 {
		for x := range 10 {
			inRect := x >= 2 && x <= 5 && y >= 1 && y <= 3
			inTriangle := x+y <= 8
			inCircle := float64((x-5)*(x-5))+4*float64((y-5)*(y-5)) <= 16
			if rect.Hides(x, y) == inRect || triangle.Hides(x, y) == inTriangle || circle.Hides(x, y) == inCircle || both.Hides(x, y) == (inRect && inTriangle) {
				t.Errorf("pixel %d, %d: rectangle %v, triangle %v, circle %v, both %v", x, y, rect.Hides(x, y), triangle.Hides(x, y), circle.Hides(x, y), both.Hides(x, y))
			}
		}
	}
}

func TestOverlayAt(t *testing.T) {
	o := volume.Overlay{Column: -1, Row: 2, NX: 3, NY: 3, Bits: []byte{0b0101_0010}} // second of row 0, second of row 1, first of row 2; bits missing at the end
	want := map[[2]int]bool{{0, 2}: true, {0, 3}: true, {-1, 4}: true}
	for y := range 8 {
		for x := -3; x < 5; x++ {
			if got := o.At(x, y); got != want[[2]int{x, y}] {
				t.Errorf("%d, %d: %v", x, y, got)
			}
		}
	}
}
