// Package shot draws frames without a display, through Gio's headless window.
// It needs EGL; where there is none, tests that use it are skipped.
package shot

import (
	"image"
	"testing"

	"gioui.org/gpu/headless"
	"gioui.org/op"
)

// Draw returns the picture of a frame. The test is skipped when the machine
// cannot draw.
func Draw(t testing.TB, size image.Point, ops *op.Ops) *image.RGBA {
	t.Helper()
	w, err := headless.NewWindow(size.X, size.Y)
	if err != nil { // an overloaded machine may refuse once
		w, err = headless.NewWindow(size.X, size.Y)
	}
	if err != nil {
		t.Skipf("no headless drawing here: %v", err)
	}
	defer w.Release()
	if err := w.Frame(ops); err != nil {
		t.Fatal(err)
	}
	img := image.NewRGBA(image.Rectangle{Max: size})
	if err := w.Screenshot(img); err != nil {
		t.Fatal(err)
	}
	return img
}
