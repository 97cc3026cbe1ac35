package fluoro_test

import (
	"math"
	"testing"

	"github.com/vertefill/vertefill/internal/fluoro"
)

// strip is a straight dark band of 6 pixels from one distance right of the middle to another.
func strip(from, to, depth, dx, dy float64) float64 {
	if dx > from && dx < to && math.Abs(dy-0.1*dx) < 3 {
		return depth
	}
	return 0
}

// A vein that fills at once from the cement is straight and dark as well, but no trocar.
func TestVeinIsNoTrocar(t *testing.T) {
	got := analyze(t, scene{side: 192, frames: 60, motion: breathing, disc: growing, more: func(k int, dx, dy float64) float64 {
		if k < 40 {
			return 0
		}
		return strip(20, 72, 0.5, dx, dy)
	}}.run(8), fluoro.Options{})
	if in := find(got, fluoro.TrocarIn); len(in) != 0 {
		t.Errorf("trocar in %v", in)
	}
	if e := got.AreaPx[59]/(math.Pi*26*26+6*(72-26)) - 1; math.Abs(e) > 0.05 {
		t.Errorf("area %+.1f %%", 100*e)
	}
}

// A blade that covers the last columns only is no trocar when the table moves.
func TestThinBladeIsShut(t *testing.T) {
	table := func(k int) fluoro.Motion {
		return fluoro.Motion{DX: 4 * math.Max(0, math.Min(3, float64(k-8))), Scale: 1}
	}
	got := analyze(t, scene{side: 384, frames: 48, motion: table, disc: growing, over: func(_ int, px, _ float64) float64 {
		return math.Max(0, math.Min(4, 2*(px-379)))
	}}.run(9), fluoro.Options{})
	if in := find(got, fluoro.TrocarIn); len(in) != 0 {
		t.Errorf("trocar in %v", in)
	}
	if e := got.AreaPx[47]/(math.Pi*26*26) - 1; math.Abs(e) > 0.04 {
		t.Errorf("area %+.1f %%", 100*e)
	}
}

// What a trocar that stays may hide is within the interval.
func TestIntervalHoldsWhatATrocarHides(t *testing.T) {
	hidden := func(k int, dx, dy float64) float64 { return strip(-120, -8, 0.9, dx, dy) }
	with := analyze(t, scene{side: 192, frames: 50, disc: growing, more: func(k int, dx, dy float64) float64 {
		if k < 5 {
			return 0
		}
		return hidden(k, dx, dy)
	}}.run(10), fluoro.Options{})
	without := analyze(t, scene{side: 192, frames: 50, disc: growing}.run(10), fluoro.Options{})
	if with.High < without.High+0.02 {
		t.Errorf("up to %.3f of the area with a trocar, %.3f without", with.High, without.High)
	}
}
