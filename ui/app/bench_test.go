package app_test

import (
	"testing"

	"github.com/vertefill/vertefill/ui/model"
)

// BenchmarkWheel is our part of a notch of the wheel in a 1440 x 900 window
// with four linked views: event, state, slices and contours, layout. What the
// graphics driver takes comes on top.
func BenchmarkWheel(b *testing.B) {
	w := reading(b, full, nil)
	w.draw()
	at := w.Middle("POST Axial")
	b.ResetTimer()
	for i := range b.N {
		step := float32(notch)
		if i/20%2 == 1 {
			step = -step
		}
		w.Scroll(at, step, 0)
		w.app.Settle()
	}
}

// BenchmarkFrame is a frame of a window in which nothing changed.
func BenchmarkFrame(b *testing.B) {
	w := reading(b, full, nil)
	w.app.Send(model.Move{Change: func(*model.Reading) {}})
	w.draw()
	b.ResetTimer()
	for range b.N {
		w.Frame()
	}
}
