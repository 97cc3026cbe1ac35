package assess_test

import (
	"testing"

	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/unit"
	"github.com/vertefill/vertefill/internal/vertebra"
)

// A preview has the surface and the volume of the drag that it stands for, on every handle, outwards, inwards and beyond its end.
func TestShaperIsTheDrag(t *testing.T) {
	v := automatic(t).Spine.Vertebrae[1]
	for n, h := range vertebra.Handles(v) {
		reach := unit.MM(5 * (n % 2)) // of every second handle its neighbourhood only
		s := assess.NewShaper(v, h.Kind, reach)
		if s == nil {
			t.Fatalf("handle %d: no shaper", h.Kind)
		}
		for _, mm := range []float64{2.5, -3, -150} {
			to := h.At.Add(h.Axis.Mul(mm))
			want, err := vertebra.DragWithin(v, h.Kind, to, reach)
			if err != nil {
				t.Fatal(err)
			}
			got, moved := s.At(to)
			for n, p := range want.Body.Vertices {
				if d := got.Body.Vertices[n].Dist(p); d > 1e-6 {
					t.Fatalf("handle %d by %g mm: vertex %d is off by %g mm", h.Kind, mm, n, d)
				}
			}
			near(t, "volume", float64(got.BodyML), float64(want.BodyML), 1e-9)
			if mm > -100 {
				near(t, "way", moved, mm, 1e-9)
				near(t, "middle height", float64(got.Heights.Middle), float64(want.Heights.Middle), 0.25)
			} else if moved <= mm {
				t.Errorf("handle %d goes %.1f mm in", h.Kind, moved)
			}
		}
	}
}

func BenchmarkShaper(b *testing.B) {
	r, err := edited()
	if err != nil {
		b.Fatal(err)
	}
	v := r.Spine.Vertebrae[1]
	h := vertebra.Handles(v)[vertebra.SuperiorEndplate]
	s := assess.NewShaper(v, h.Kind, 0)
	for b.Loop() {
		s.At(h.At.Add(h.Axis.Mul(2)))
	}
}

func BenchmarkNewShaper(b *testing.B) {
	r, err := edited()
	if err != nil {
		b.Fatal(err)
	}
	v := r.Spine.Vertebrae[1]
	for b.Loop() {
		assess.NewShaper(v, vertebra.SuperiorEndplate, 0)
	}
}
