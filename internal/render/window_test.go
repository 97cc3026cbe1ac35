package render_test

import (
	"image"
	"math"
	"testing"

	"github.com/vertefill/vertefill/internal/render"
)

// TestWindowFollowsTheStandard checks the examples and formulas of DICOM PS3.3 C.11.2.1.2 and C.11.2.1.3, output range 0..255.
func TestWindowFollowsTheStandard(t *testing.T) {
	linear := func(c, w float64) func(float64) float64 {
		return func(x float64) float64 {
			switch {
			case x <= c-0.5-(w-1)/2:
				return 0
			case x > c-0.5+(w-1)/2:
				return 1
			}
			return (x-(c-0.5))/(w-1) + 0.5
		}
	}
	for _, c := range []struct {
		name   string
		window render.Window
		want   func(float64) float64
	}{
		{"c=2048 w=4096", render.Window{Centre: 2048, Width: 4096}, linear(2048, 4096)},
		{"c=0 w=100", render.Window{Width: 100}, linear(0, 100)},
		{"c=0 w=1", render.Window{Width: 1}, linear(0, 1)},
		{"exact", render.Window{Centre: 40, Width: 80, Function: render.LinearExact}, func(x float64) float64 { return max(0, min(1, x/80)) }},
		{"sigmoid", render.Window{Centre: 40, Width: 80, Function: render.Sigmoid}, func(x float64) float64 { return 1 / (1 + math.Exp(-4*(x-40)/80)) }},
		{"inverted", render.Window{Centre: 40, Width: 80, Function: render.LinearExact, Invert: true}, func(x float64) float64 { return 1 - max(0, min(1, x/80)) }},
	} {
		lut := render.NewLUT(c.window, render.Grey, render.NoMark)
		for hu := -3000; hu < 8000; hu++ {
			want := c.want(float64(hu))
			if got := c.window.Level(float64(hu)); math.Abs(got-want) > 1e-12 {
				t.Fatalf("%s: level of %d HU is %g, want %g", c.name, hu, got, want)
			}
			grey := uint32(c.window.Level(float64(hu))*255 + 0.5)
			if got := lut[uint16(int16(hu))]; got != grey*0x010101|0xFF000000 {
				t.Fatalf("%s: colour of %d HU is %08x, want grey %d", c.name, hu, got, grey)
			}
		}
		if lut[uint16(1<<15)] != 0xFF000000 {
			t.Errorf("%s: outside is not black", c.name)
		}
	}
	// The standard's own example: centre 2048, width 4096 maps 0 to the least and 4095 to the greatest output.
	w := render.Window{Centre: 2048, Width: 4096}
	if low, high := w.Bounds(); low != 0 || high != 4095 {
		t.Errorf("bounds %g..%g, want 0..4095", low, high)
	}
}

func TestApplyPaintsMarksAndHatches(t *testing.T) {
	src := &render.HUImage{W: 4, H: 1, HU: []int16{-2000, 350, 2000, render.Outside}}
	dst := image.NewRGBA(image.Rect(0, 0, 4, 1))
	if err := render.NewLUT(render.SpineBone, render.Grey, render.MarkBoth).Apply(dst, src); err != nil {
		t.Fatal(err)
	}
	if p := dst.RGBAAt(0, 0); p.B <= p.R {
		t.Errorf("below the window: %v, want blue", p)
	}
	if p := dst.RGBAAt(1, 0); p.R != p.B || p.R < 120 || p.R > 135 {
		t.Errorf("centre of the window: %v, want middle grey", p)
	}
	if p := dst.RGBAAt(2, 0); p.R != 0xFF || p.B != 0x54 {
		t.Errorf("above the window: %v, want amber", p)
	}
	if p := dst.RGBAAt(3, 0); p.R|p.G|p.B != 0 || p.A != 255 {
		t.Errorf("outside: %v, want black", p)
	}
	unread := &render.HUImage{W: 24, H: 1, HU: make([]int16, 24), Corrupt: true}
	for i := range unread.HU {
		unread.HU[i] = render.Unread
	}
	line := image.NewRGBA(image.Rect(0, 0, 24, 1))
	if err := render.NewLUT(render.SpineBone, render.Grey, render.NoMark).Apply(line, unread); err != nil {
		t.Fatal(err)
	}
	if a, b := line.RGBAAt(0, 0), line.RGBAAt(6, 0); a == b || a.R == 0 || b.R == 0 {
		t.Errorf("unread slices show as %v and %v, want a pattern", a, b)
	}
	if err := render.NewLUT(render.SpineBone, render.Grey, render.NoMark).Apply(line, src); err == nil {
		t.Error("a buffer of the wrong size was taken")
	}
}

func TestAutoWindow(t *testing.T) {
	hu := []int16{render.Outside, render.Unread}
	for v := range 1001 {
		hu = append(hu, int16(v))
	}
	w, ok := render.AutoWindow(hu, 0, 1)
	if low, high := w.Bounds(); !ok || low != 0 || high != 1000 {
		t.Errorf("%v %v: shows %g..%g, want 0..1000", w, ok, low, high)
	}
	if _, ok := render.AutoWindow([]int16{5, 5, 5}, 0, 1); ok {
		t.Error("a flat picture has a window")
	}
	if _, ok := render.AutoWindow(nil, 0, 1); ok {
		t.Error("no samples have a window")
	}
}

func TestDragged(t *testing.T) {
	w := render.SpineBone.Dragged(10, 5)
	if w.Width <= render.SpineBone.Width || w.Centre <= render.SpineBone.Centre {
		t.Errorf("dragged to %v", w)
	}
	if w := render.SpineBone.Dragged(-1e6, 0); w.Width != 1 {
		t.Errorf("width %g", w.Width)
	}
}
