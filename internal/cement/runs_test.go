package cement

import (
	"math/rand/v2"
	"sort"
	"testing"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/unit"
	"github.com/vertefill/vertefill/internal/volume"
)

func testGrid(tb testing.TB, nx, ny, nz int) *volume.Grid {
	tb.Helper()
	var pos []geom.Patient
	for k := range nz {
		pos = append(pos, geom.LPS(0, 0, float64(k)))
	}
	g, err := volume.NewGrid(nx, ny, geom.LPSVec(1, 0, 0), geom.LPSVec(0, 1, 0), unit.MM(1), unit.MM(1), pos, "")
	if err != nil {
		tb.Fatal(err)
	}
	return g
}

// flood returns the sizes of the 26-connected components, the largest first, by the plain method.
func flood(v *volume.Volume, threshold int16) []int {
	seen := make([]bool, len(v.HU))
	var sizes []int
	for o := range v.HU {
		if seen[o] || v.HU[o] < threshold {
			continue
		}
		seen[o] = true
		queue := []int{o}
		for n := 0; n < len(queue); n++ {
			i, j, k := queue[n]%v.NX, queue[n]/v.NX%v.NY, queue[n]/(v.NX*v.NY)
			for d := range 27 {
				a, b, c := i+d%3-1, j+d/3%3-1, k+d/9-1
				if v.At(a, b, c) < threshold {
					continue
				}
				if q := a + v.NX*(b+v.NY*c); !seen[q] {
					seen[q] = true
					queue = append(queue, q)
				}
			}
		}
		sizes = append(sizes, len(queue))
	}
	sort.Sort(sort.Reverse(sort.IntSlice(sizes)))
	return sizes
}

func TestComponentsAgreeWithFlooding(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	for _, density := range []float64{0.02, 0.05, 0.08, 0.1, 0.2} {
		v := volume.New(testGrid(t, 31, 23, 17))
		for o := range v.HU {
			if r.Float64() < density {
				v.HU[o] = 1500
			}
		}
		want := flood(v, 1000)
		got := join(runsAbove(v, v.Bounds(), 1000))
		if len(got) != len(want) {
			t.Fatalf("density %.2f: %d components, want %d", density, len(got), len(want))
		}
		for n := range got {
			if got[n].voxels != want[n] {
				t.Fatalf("density %.2f: component %d has %d voxels, want %d", density, n, got[n].voxels, want[n])
			}
			got[n].each(func(i, j, k int) {
				if !got[n].box.Contains(i, j, k) || v.At(i, j, k) < 1000 {
					t.Fatalf("voxel %d %d %d does not belong", i, j, k)
				}
			})
		}
	}
}

func TestErodeIsTheLocalMinimum(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	const nx, ny, nz = 13, 9, 7
	in := make([]bool, nx*ny*nz)
	for o := range in {
		in[o] = r.Float64() < 0.9
	}
	for axis, size := range [3]int{nx, ny, nz} {
		got := append([]bool(nil), in...)
		erode(got, nx, ny, nz, axis, 2)
		stride := [3]int{1, nx, nx * ny}[axis]
		for o := range in {
			x := o / stride % size
			want := true
			for d := -2; d <= 2; d++ {
				want = want && x+d >= 0 && x+d < size && in[o+d*stride]
			}
			if got[o] != want {
				t.Fatalf("axis %d, offset %d: %v, want %v", axis, o, got[o], want)
			}
		}
	}
}

func BenchmarkThresholdAndComponents300(b *testing.B) {
	v := volume.New(testGrid(b, 512, 512, 300))
	r := rand.New(rand.NewPCG(6, 6))
	for range 60 { // balls of 12 voxels: 0.5 % of the voxels, more than cement and cortical bone
		c := [3]int{20 + r.IntN(470), 20 + r.IntN(470), 20 + r.IntN(260)}
		for k := -12; k <= 12; k++ {
			for j := -12; j <= 12; j++ {
				for i := -12; i <= 12; i++ {
					if i*i+j*j+k*k <= 144 {
						v.HU[c[0]+i+512*(c[1]+j+512*(c[2]+k))] = 1500
					}
				}
			}
		}
	}
	b.SetBytes(v.RawBytes())
	for b.Loop() {
		join(runsAbove(v, v.Bounds(), 1100))
	}
}
