//go:build unix

package app_test

import (
	"image"
	"slices"
	"syscall"
	"testing"
	"time"

	"gioui.org/gpu/headless"
)

func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkWheelToScreen is a notch of the wheel until the new slices of four linked views are pixels of a 1200 x 900 window: event,
// state, slices, layout and the drawing of Gio, without a display. It reports the median and the 95th percentile, what of the
// median is ours, and the processor time of all of it, since wall time says little on a busy machine.
func BenchmarkWheelToScreen(b *testing.B) {
	size := image.Pt(1200, 900)
	w := reading(b, size, nil)
	w.draw()
	screen, err := headless.NewWindow(size.X, size.Y)
	if err != nil {
		b.Skipf("no headless drawing here: %v", err)
	}
	defer screen.Release()
	img := image.NewRGBA(image.Rectangle{Max: size})
	show := func() {
		if err := screen.Frame(w.Frame()); err != nil {
			b.Fatal(err)
		}
		if err := screen.Screenshot(img); err != nil { // waits until it is drawn
			b.Fatal(err)
		}
	}
	at := w.Middle("POST Axial")
	var all, ours []time.Duration
	before := cpuTime(b)
	b.ResetTimer()
	for i := range b.N {
		step := float32(notch)
		if i/20%2 == 1 {
			step = -step
		}
		start := time.Now()
		w.Scroll(at, step, 0)
		w.app.Settle()
		ours = append(ours, time.Since(start))
		show()
		all = append(all, time.Since(start))
	}
	quantile := func(d []time.Duration, q float64) float64 {
		slices.Sort(d)
		return d[int(q*float64(len(d)-1))].Seconds() * 1000
	}
	b.ReportMetric(quantile(all, 0.5), "median-ms")
	b.ReportMetric(quantile(all, 0.95), "p95-ms")
	b.ReportMetric(quantile(ours, 0.5), "ours-ms")
	b.ReportMetric(float64(cpuTime(b)-before)/float64(b.N)/1e6, "cpu-ms/op")
}
