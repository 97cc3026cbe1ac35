package fluoro_test

import (
	"math"
	"testing"

	"github.com/vertefill/vertefill/internal/fluoro"
)

func TestUnrest(t *testing.T) {
	still := fluoro.Motion{Scale: 1}
	for name, c := range map[string]struct {
		motion        func(k int) fluoro.Motion
		breath, moved float64
		frame         int
	}{
		"still":     {func(int) fluoro.Motion { return still }, 0, 0, 0},
		"breathing": {breathing, 3.3, 0, 0}, // 16 frames of 0.25 s
		"table": {func(k int) fluoro.Motion {
			if k < 30 {
				return still
			}
			return fluoro.Motion{DX: 20, DY: -14, Scale: 1}
		}, 0, 0, 0},
		"slides": {func(k int) fluoro.Motion {
			return fluoro.Motion{DX: 6 * math.Max(0, math.Min(1, float64(k-30)/12)), Scale: 1}
		}, 0, 6, 36},
	} {
		got := analyze(t, scene{side: 128, frames: 70, motion: c.motion}.run(12), fluoro.Options{}).Unrest
		if math.Abs(got.BreathPixels-c.breath) > 0.4 || math.Abs(got.MovedPixels-c.moved) > 0.5 || c.moved > 0 && math.Abs(float64(got.MovedFrame-c.frame)) > 8 {
			t.Errorf("%s: %+v", name, got)
		}
		if c.breath > 0 && math.Abs(got.BreathSeconds-4) > 0.4 {
			t.Errorf("%s: a breath takes %.1f s", name, got.BreathSeconds)
		}
	}
}
