package cement

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/volume"
)

// TestIslandsAgainstFlooding compares with a flood fill over all 26 neighbours on random volumes, sparse and dense.
func TestIslandsAgainstFlooding(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 5))
	for trial := range 40 {
		nx, ny, nz := 1+rng.IntN(30), 1+rng.IntN(12), 1+rng.IntN(10)
		g, err := volume.NewRegularGrid(nx, ny, nz, geom.FromAxes[geom.PatientFrame, geom.VoxelFrame](geom.LPS(1, 2, 3), geom.LPSVec(0.5, 0, 0), geom.LPSVec(0, 0.5, 0), geom.LPSVec(0, 0, 2)), "")
		if err != nil {
			t.Fatal(err)
		}
		v := volume.New(g)
		threshold := int16(rng.IntN(2000) - 1000)
		share := []float64{0.01, 0.1, 0.5, 1}[trial%4]
		for i := range v.HU {
			v.HU[i] = threshold - 1 - int16(rng.IntN(500))
			if rng.Float64() < share {
				v.HU[i] = threshold + int16(rng.IntN(500))
			}
		}
		v.HU[0] = math.MinInt16 // as far below as can be
		box := g.Bounds()
		if trial%3 == 0 && nx > 3 {
			box.Min.I, box.Max.I = 1, nx-1
		}
		got, err := Islands(context.Background(), v, box, threshold)
		if err != nil {
			t.Fatal(err)
		}
		want := flooded(v, box, threshold)
		if len(got) != len(want) {
			t.Fatalf("trial %d: %d islands, want %d", trial, len(got), len(want))
		}
		for n, s := range got {
			if n > 0 && s.Voxels > got[n-1].Voxels {
				t.Errorf("trial %d: island %d is larger than the one before it", trial, n)
			}
			var set map[geom.Index]bool
			voxels, hu, mm3 := 0, 0.0, 0.0
			s.Each(func(i0, i1, j, k int) {
				for i := i0; i < i1; i++ {
					p := geom.Index{I: i, J: j, K: k}
					for _, w := range want {
						if set == nil && w[p] {
							set = w
						}
					}
					if !set[p] {
						t.Fatalf("trial %d: %v does not belong to island %d", trial, p, n)
					}
					voxels, hu, mm3 = voxels+1, hu+float64(v.At(i, j, k)), mm3+float64(g.VoxelVolume(k))
				}
			})
			if voxels != len(set) || voxels != s.Voxels || math.Abs(hu/float64(voxels)-float64(s.MeanHU)) > 1e-6 || math.Abs(float64(s.ML)-mm3/1000) > 1e-9 {
				t.Errorf("trial %d: island %d: %d voxels of %d, says %d, %g mL, %g HU", trial, n, voxels, len(set), s.Voxels, s.ML, s.MeanHU)
			}
		}
	}
}

func flooded(v *volume.Volume, box geom.Box, threshold int16) []map[geom.Index]bool {
	seen := map[geom.Index]bool{}
	var out []map[geom.Index]bool
	for o, hu := range v.HU {
		start := geom.Index{I: o % v.NX, J: o / v.NX % v.NY, K: o / v.NX / v.NY}
		if hu < threshold || seen[start] || !box.Contains(start.I, start.J, start.K) {
			continue
		}
		set := map[geom.Index]bool{}
		todo := []geom.Index{start}
		seen[start] = true
		for len(todo) > 0 {
			p := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			set[p] = true
			for n := range 27 {
				q := geom.Index{I: p.I + n%3 - 1, J: p.J + n/3%3 - 1, K: p.K + n/9 - 1}
				if box.Contains(q.I, q.J, q.K) && !seen[q] && v.At(q.I, q.J, q.K) >= threshold {
					seen[q] = true
					todo = append(todo, q)
				}
			}
		}
		out = append(out, set)
	}
	return out
}

func TestIslandsStopWithTheirContext(t *testing.T) {
	g, err := volume.NewRegularGrid(4, 4, 4, geom.Identity[geom.PatientFrame, geom.VoxelFrame](), "")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if s, err := Islands(ctx, volume.New(g), g.Bounds(), 100); !errors.Is(err, context.Canceled) || s != nil {
		t.Errorf("cancelled islands gave %v, %v", s, err)
	}
}

func BenchmarkIslands(b *testing.B) {
	g, err := volume.NewRegularGrid(512, 512, 100, geom.Identity[geom.PatientFrame, geom.VoxelFrame](), "")
	if err != nil {
		b.Fatal(err)
	}
	v := volume.New(g)
	for n := range 200000 {
		v.HU[n*131%len(v.HU)] = int16(n % 1500)
	}
	b.SetBytes(v.RawBytes())
	for b.Loop() {
		if _, err := Islands(context.Background(), v, g.Bounds(), 1100); err != nil {
			b.Fatal(err)
		}
	}
}
