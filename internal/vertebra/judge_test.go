package vertebra

import (
	"math"
	"testing"

	"github.com/vertefill/vertefill/internal/spine"
	"github.com/vertefill/vertefill/internal/unit"
)

func TestFlat(t *testing.T) {
	for _, c := range []struct {
		height float64
		near   []float64
		want   bool
	}{{24, []float64{25, 26}, false}, {14, []float64{25, 26}, false}, {9, []float64{25, 26}, true}, {9, []float64{25, 9, 26, 24}, true}, {9, nil, false}} {
		if got := isFlat(c.height, c.near); got != c.want {
			t.Errorf("%.0f mm among %v: %v", c.height, c.near, got)
		}
	}
}

// TestLargestPart marks two caps of a sphere of radius 10: only the area of the larger counts.
func TestLargestPart(t *testing.T) {
	n := sphereNet()
	marked, area := make([]bool, len(n.dirs)), make([]float64, len(n.dirs))
	const r, large, small = 10.0, 0.5, 0.2 // radians
	for i, d := range n.dirs {
		area[i] = 4 * math.Pi * r * r / float64(len(n.dirs))
		marked[i] = math.Acos(max(-1, min(1, d.Z))) < large || math.Acos(max(-1, min(1, -d.Z))) < small
	}
	want := 2 * math.Pi * r * r * (1 - math.Cos(large))
	if got := largestPart(n, marked, area); math.Abs(got/want-1) > 0.08 {
		t.Errorf("%.1f mm2, want %.1f", got, want)
	}
	if got := largestPart(n, make([]bool, len(n.dirs)), area); got != 0 {
		t.Errorf("nothing marked: %.1f mm2", got)
	}
}

// TestDeformedInThickSlices checks that thick slices make the endplates of a deformed body doubtful, not those of an intact one.
func TestDeformedInThickSlices(t *testing.T) {
	for _, c := range []struct {
		slice, anterior, middle, posterior float64
		want                               bool
	}{{3, 13, 16, 20, true}, {3, 25, 15, 25, true}, {3, 22, 20, 22, false}, {1.25, 13, 16, 20, false}} {
		b := &body{scene: &scene{voxelMM: c.slice}, vertebra: &spine.Vertebra{Heights: spine.Heights{Anterior: unit.MM(c.anterior), Middle: unit.MM(c.middle), Posterior: unit.MM(c.posterior)}}}
		if got := b.deformedInThickSlices(); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
}
