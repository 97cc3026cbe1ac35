package app_test

import (
	"math"
	"testing"

	"gioui.org/f32"
	"gioui.org/io/pointer"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/ui/model"
)

// The ends of the crosshair turn the planes across the view, about the crosshair, and no picture moves under it.
func TestCrosshairTurnsPlanes(t *testing.T) {
	w := correcting(t, nil)
	s := w.app.State()
	w.Do("layout-row")
	w.draw()
	id := func(c model.Content) model.ViewID { return model.ViewID{Slot: model.PostSlot, Content: c} }
	place := func(c model.Content) f32.Point {
		return px(w, "POST "+[]string{"Axial", "Sagittal", "Coronal"}[c], id(c), s.Reading.Cursor[model.PostSlot])
	}
	normal := func(c model.Content) geom.PatientVec { p := s.Plane(id(c)); return p.Axis(2) }
	size, _ := w.Bounds("POST Axial")
	far := 0.38 * float32(min(size.Dx(), size.Dy()))
	var was [3]geom.PatientVec
	var at [3]f32.Point
	for c := model.Axial; c <= model.Coronal; c++ {
		was[c], at[c] = normal(c), place(c)
	}
	c := at[model.Axial]
	const degrees = 20.0
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	w.Hover(c)
	w.Trace(c.Add(f32.Pt(far, 0)), c.Add(f32.Pt(far*float32(cos), far*float32(sin))))
	want := [3]float64{0, degrees, degrees}
	for x := model.Axial; x <= model.Coronal; x++ {
		if got := geom.AngleBetween(was[x], normal(x)) * 180 / math.Pi; math.Abs(got-want[x]) > 0.3 {
			t.Errorf("plane %d is turned by %.2f degrees, want %.0f", x, got, want[x])
		}
		if d := place(x).Sub(at[x]); math.Hypot(float64(d.X), float64(d.Y)) > 1 {
			t.Errorf("the crosshair of view %d moved by %v", x, d)
		}
	}
	if n := normal(model.Sagittal).Dot(normal(model.Coronal)); math.Abs(n) > 1e-9 {
		t.Errorf("the planes are no longer at right angles: %g", n)
	}
	if d, ok := s.ObliqueDegrees(id(model.Sagittal)); !ok || math.Abs(d-degrees) > 0.3 {
		t.Errorf("the corner says %.1f degrees", d)
	}
	if s.Reading.Window[model.PostSlot].Width != 2000 {
		t.Error("the window moved with the planes")
	}
	w.Drag(c.Add(f32.Pt(40, 40)), c.Add(f32.Pt(60, 40)), pointer.ButtonPrimary) // beside the lines: the window
	if s.Reading.Window[model.PostSlot].Width == 2000 {
		t.Error("a drag beside the crosshair changes nothing")
	}
	w.Do("straighten-planes")
	for x := model.Axial; x <= model.Coronal; x++ {
		if got := geom.AngleBetween(was[x], normal(x)); got > 1e-6 || place(x).Sub(at[x]).Round().X != 0 {
			t.Errorf("plane %d is not straight again", x)
		}
	}
}
