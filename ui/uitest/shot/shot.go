// Package shot draws frames without a display, through Gio's headless window.
// It needs EGL; where there is none, tests that use it are skipped.
package shot

import (
	"image"
	"sync"
	"testing"

	"gioui.org/gpu/headless"
	"gioui.org/op"
)

// windows are the headless windows made so far, by size: making one costs more
// than drawing in it.
var windows = struct {
	sync.Mutex
	of map[image.Point]*headless.Window
}{of: map[image.Point]*headless.Window{}}

// Draw returns the picture of a frame. The test is skipped when the machine
// cannot draw.
func Draw(t testing.TB, size image.Point, ops *op.Ops) *image.RGBA {
	t.Helper()
	windows.Lock()
	defer windows.Unlock()
	w := windows.of[size]
	if w == nil {
		var err error
		w, err = headless.NewWindow(size.X, size.Y)
		if err != nil { // an overloaded machine may refuse once
			w, err = headless.NewWindow(size.X, size.Y)
		}
		if err != nil {
			t.Skipf("no headless drawing here: %v", err)
		}
		windows.of[size] = w
	}
	if err := w.Frame(ops); err != nil {
		t.Fatal(err)
	}
	img := image.NewRGBA(image.Rectangle{Max: size})
	if err := w.Screenshot(img); err != nil {
		t.Fatal(err)
	}
	return img
}
