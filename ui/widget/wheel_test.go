package widget

import "testing"

func TestWheelCountsNotches(t *testing.T) {
	for _, c := range []struct {
		name      string
		notch     float32
		distances []float32
		want      int
	}{
		{"X11 sends halves", notchOf("linux", false), []float32{10, 10, 10, 10}, 2},
		{"Wayland", notchOf("linux", true), []float32{100, 100}, 2},
		{"Windows", notchOf("windows", false), []float32{-120, -120, -120}, -3},
		{"a slow touchpad adds up", 20, []float32{3, 3, 3, 3, 3, 3, 3}, 1},
		{"turning back starts afresh", 20, []float32{15, -15, -4, -1}, -1},
	} {
		var w Wheel
		got := 0
		for _, d := range c.distances {
			got += w.Steps(d, c.notch)
		}
		if got != c.want {
			t.Errorf("%s: %d steps, want %d", c.name, got, c.want)
		}
	}
}
