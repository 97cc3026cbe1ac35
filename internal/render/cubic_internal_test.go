package render

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/volume"
)

// TestCubicInWholeNumbers compares rows through noise of the whole range of CT numbers with the same rows in floating point.
func TestCubicInWholeNumbers(t *testing.T) {
	g, err := volume.NewRegularGrid(20, 18, 16, geom.Identity[geom.PatientFrame, geom.VoxelFrame](), "")
	if err != nil {
		t.Fatal(err)
	}
	v := volume.New(g)
	const seed = 11
	r := rand.New(rand.NewPCG(seed, 1))
	for i := range v.HU {
		v.HU[i] = int16(-1024 + r.IntN(4096))
		if r.IntN(50) == 0 {
			v.HU[i] = int16(r.IntN(1 << 16)) // anything
		}
	}
	s := newSampler(v, InterpCubic)
	got, want := make([]int16, 40), make([]int16, 40)
	inner := 0
	for n := range 2000 {
		var l line
		for a, size := range []float64{20, 18, 16} {
			l.p[a] = snap(r.Float64() * (size - 1))
			l.d[a] = snap(r.NormFloat64() * 0.2)
			if n%7 == a { // along a plane of voxels
				l.p[a], l.d[a] = l.p[a]&^(one-1), 0
			}
		}
		s.line(l, got)
		for i := range want {
			want[i] = Outside
			q := l
			q.advance(i)
			if got[i] == Outside {
				continue
			}
			s.cubicBorder(q, want[i:i+1])
			if q.p[0] >= one && q.p[1] >= one && q.p[2] >= one {
				inner++
			}
			if d := math.Abs(float64(got[i]) - float64(want[i])); d > 2 {
				t.Fatalf("seed %d, row %d from %v along %v: sample %d is %d, want %d", seed, n, l.p, l.d, i, got[i], want[i])
			}
		}
	}
	if inner < 5000 {
		t.Fatalf("only %d samples within", inner)
	}
	for range 1000 {
		w0, w1, w2, w3 := wholeKeys(r.Int64())
		if w0+w1+w2+w3 != 1<<weightBits {
			t.Fatalf("weights %d %d %d %d", w0, w1, w2, w3)
		}
	}
}
