package filter

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"testing"
)

// TestDistanceAgainstAllPairs compares with the distance to every on cell in turn.
func TestDistanceAgainstAllPairs(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 11))
	for trial := range 60 {
		n := [3]int{1 + rng.IntN(40), 1 + rng.IntN(9), 1 + rng.IntN(9)}
		l := NewLattice(n[0], n[1], n[2], 0.2+rng.Float64(), 0.2+rng.Float64(), 0.2+3*rng.Float64())
		share := []float64{0, 0.002, 0.05, 0.5, 1}[trial%5]
		for i := range l.On {
			l.On[i] = rng.Float64() < share
		}
		got, err := l.Distance(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		for o := range l.On {
			want := allPairs(l, o)
			if d := math.Abs(float64(got[o]) - want); d > 1e-5*want || math.IsInf(want, 1) != math.IsInf(float64(got[o]), 1) {
				t.Fatalf("trial %d, %v cells: cell %d is %g mm from the nearest on cell, want %g", trial, n, o, got[o], want)
			}
		}
	}
}

func allPairs(l *Lattice, o int) float64 {
	best := math.Inf(1)
	for p, on := range l.On {
		if on {
			x, y, z := o%l.NX-p%l.NX, o/l.NX%l.NY-p/l.NX%l.NY, o/l.NX/l.NY-p/l.NX/l.NY
			best = min(best, math.Sqrt(sq(float64(x)*l.DX)+sq(float64(y)*l.DY)+sq(float64(z)*l.DZ)))
		}
	}
	return best
}

func sq(x float64) float64 { return x * x }

func TestDistanceStopsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if d, err := NewLattice(4, 4, 4, 1, 1, 1).Distance(ctx); !errors.Is(err, context.Canceled) || d != nil {
		t.Errorf("a cancelled distance gave %v, %v", d, err)
	}
}

func BenchmarkDistance(b *testing.B) {
	l := NewLattice(256, 256, 150, 0.9, 0.9, 1.25)
	for o := range l.On {
		x, y, z := float64(o%256)-128, float64(o/256%256)-128, float64(o/65536%30)-15
		l.On[o] = x*x+y*y < 900 && z*z < 100
	}
	b.SetBytes(int64(len(l.On)))
	for b.Loop() {
		if _, err := l.Distance(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
}
