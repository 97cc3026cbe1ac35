package app_test

import (
	"bytes"
	"math"
	"testing"

	"gioui.org/f32"
	"gioui.org/io/key"
	"gioui.org/io/pointer"

	"github.com/vertefill/vertefill/ui/model"
)

// The letters of a 3D view look from a side, planes cut it, and the corners of its opacity curve can be dragged; undo takes each
// back.
func TestSolidView(t *testing.T) {
	w := correcting(t, nil)
	s := w.app.State()
	w.Do("layout-planes")
	w.draw()
	r, ok := w.Bounds("POST 3D")
	if !ok {
		t.Fatal("no 3D view")
	}
	letter := func(n int) f32.Point { // A P L R H F from the right edge, 20 dp wide with 2 dp between
		return f32.Pt(float32(r.Max.X-10-(6-n)*22+10), float32(r.Max.Y-20))
	}
	for n, x := range model.Sides3D {
		w.Click(letter(n), pointer.ButtonPrimary)
		if s.Reading.Turn != x.Turn || s.Reading.Tilt != x.Tilt {
			t.Errorf("%s looks from %.2f, %.2f", x.Letter, s.Reading.Turn, s.Reading.Tilt)
		}
	}
	w.Key("Z", key.ModShortcut)
	if s.Reading.Tilt != math.Pi/2 {
		t.Error("undo does not go back to the side before")
	}
	picture := func() []byte { w.draw(); return w.pixels(t).Pix }
	whole := picture()
	w.Do("solid-cut")
	one := picture()
	w.Do("solid-cut")
	if other := picture(); bytes.Equal(whole, one) || bytes.Equal(one, other) {
		t.Error("the two sides of a cut look the same")
	}
	w.Do("solid-cut")
	if s.Reading.SolidCuts != [3]model.Cut3D{} {
		t.Error("a third time does not make it whole")
	}
	w.Do("solid-look")
	w.Do("solid-curve")
	before := picture()
	const low, high, width, height = -500.0, 3500.0, 280, 120 // of the card
	at := func(hu, opacity float64) f32.Point {
		return f32.Pt(float32(r.Min.X+10)+float32((hu-low)/(high-low)*width), float32(r.Max.Y-40)-float32(math.Sqrt(opacity)*height))
	}
	w.Drag(at(500, 0.5), at(800, 0.04), pointer.ButtonPrimary)
	c := s.Reading.Curve
	if c.N == 0 || math.Abs(c.At[2].HU-800) > 20 || math.Abs(c.At[2].Opacity-0.04) > 0.02 {
		t.Fatalf("the curve is %+v", c)
	}
	if s.Reading.Turn != model.Sides3D[4].Turn || bytes.Equal(before, picture()) {
		t.Error("the view turned, or did not change")
	}
	w.Drag(at(800, 0.04), at(3000, 0.04), pointer.ButtonPrimary)
	if c := s.Reading.Curve; c.At[2].HU >= c.At[3].HU {
		t.Errorf("a corner passes its neighbour: %+v", c.At)
	}
	w.Key("Z", key.ModShortcut)
	if s.Reading.Curve != c {
		t.Error("undo does not bring the curve back")
	}
}
