package volume_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/unit"
	"github.com/vertefill/vertefill/internal/volume"
)

// stack makes an oblique grid whose slices lie at the given depths along the normal, shifted sideways by shear mm per mm.
func stack(t *testing.T, depths []float64, shear float64) *volume.Grid {
	t.Helper()
	turn := geom.Rotation(geom.LPS(0, 0, 0), geom.LPSVec(1, 2, 3).Unit(), 0.4)
	row, col, normal := turn.ApplyVec(geom.LPSVec(1, 0, 0)), turn.ApplyVec(geom.LPSVec(0, 1, 0)), turn.ApplyVec(geom.LPSVec(0, 0, 1))
	var pos []geom.Patient
	for _, d := range depths {
		pos = append(pos, geom.LPS(-20, 30, 100).Add(normal.Mul(d)).Add(col.Mul(shear*d)))
	}
	g, err := volume.NewGrid(40, 30, row, col, 0.5, 0.7, pos, "1.2.3")
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func even(n int, gap float64) []float64 {
	d := make([]float64, n)
	for i := range d {
		d[i] = float64(i) * gap
	}
	return d
}

func TestVerdicts(t *testing.T) {
	hole := append(even(10, 1), 13, 14, 15, 16, 17, 18, 19)
	jitter := even(12, 1)
	jitter[5] += 0.015
	for _, c := range []struct {
		name    string
		depths  []float64
		shear   float64
		want    volume.Verdict
		missing int
	}{
		{"regular", even(12, 1.25), 0, volume.Regular, 0},
		{"jitter", jitter, 0, volume.Jitter, 0},
		{"tilted", even(12, 1), math.Tan(10 * math.Pi / 180), volume.Tilted, 0},
		{"hole", hole, 0, volume.Irregular, 3},
		{"uneven", []float64{0, 1, 2, 3.3, 4.3, 5.3}, 0, volume.Irregular, 0},
	} {
		g := stack(t, c.depths, c.shear)
		if g.Verdict != c.want || g.Missing != c.missing {
			t.Errorf("%s: verdict %s with %d missing, want %s with %d", c.name, g.Verdict, g.Missing, c.want, c.missing)
		}
		r := rand.New(rand.NewPCG(3, 4))
		for range 100 {
			v := geom.Vox(r.Float64()*39, r.Float64()*29, r.Float64()*float64(g.NZ-1))
			if d := g.Voxel(g.Patient(v)).Dist(v); d > 1e-9 {
				t.Fatalf("%s: voxel -> patient -> voxel moves by %g", c.name, d)
			}
		}
		for k := range g.NZ {
			if d := g.Patient(geom.Vox(0, 0, float64(k))).Dist(g.SlicePosition(k)); d > 0.016 {
				t.Errorf("%s: slice %d is %.3f mm from its own position", c.name, k, d)
			}
		}
	}
	if g := stack(t, even(12, 1), math.Tan(10*math.Pi/180)); math.Abs(g.TiltRadians*180/math.Pi-10) > 0.01 {
		t.Errorf("tilt %.3f degrees, want 10", g.TiltRadians*180/math.Pi)
	}
}

// TestSphereVolume measures spheres in regular, tilted, uneven and holed stacks; the voxel sum through the true slice weights must
// give 4/3 pi r^3, and a hole must not change a sphere that does not touch it (Horos issue 386, Cornerstone3D issue 2075).
func TestSphereVolume(t *testing.T) {
	const r = 6.0
	want := 4.0 / 3 * math.Pi * r * r * r
	uneven := []float64{0}
	for len(uneven) < 40 {
		uneven = append(uneven, uneven[len(uneven)-1]+0.3+0.4*float64(len(uneven)%3))
	}
	holed := append(even(30, 0.6), even(20, 0.6)...)
	for i := 30; i < len(holed); i++ {
		holed[i] += 30 * 0.6 * 1.5
	}
	for name, g := range map[string]*volume.Grid{
		"regular": stack(t, even(40, 0.5), 0),
		"tilted":  stack(t, even(40, 0.5), 0.3),
		"uneven":  stack(t, uneven, 0),
		"holed":   stack(t, holed, 0),
	} {
		c := g.Patient(geom.Vox(20, 15, 15))
		l := volume.NewLabels(g, g.Bounds())
		for k := range g.NZ {
			for j := range g.NY {
				for i := range g.NX {
					if g.Patient(geom.Vox(float64(i), float64(j), float64(k))).Dist(c) <= r {
						l.Set(i, j, k, 1)
					}
				}
			}
		}
		if got := float64(l.Volume(1).MM3()); math.Abs(got/want-1) > 0.02 {
			t.Errorf("%s: %.1f mm3, want %.1f", name, got, want)
		}
	}
}

func TestSampleIsExactForLinearImages(t *testing.T) {
	for _, g := range []*volume.Grid{stack(t, even(20, 1), 0.2), stack(t, []float64{0, 1, 2, 4.5, 5.5, 6.5, 7.5}, 0)} {
		v := volume.New(g)
		f := func(p geom.Patient) float64 { return 10*p.X - 20*p.Y + 5*p.Z }
		for k := range g.NZ {
			for j := range g.NY {
				for i := range g.NX {
					v.HU[i+g.NX*(j+g.NY*k)] = int16(math.Round(f(g.Patient(geom.Vox(float64(i), float64(j), float64(k))))))
				}
			}
		}
		r := rand.New(rand.NewPCG(5, 6))
		for range 200 {
			p := g.Patient(geom.Vox(r.Float64()*39, r.Float64()*29, r.Float64()*float64(g.NZ-1)))
			if d := math.Abs(v.SampleAt(p) - f(p)); d > 1 {
				t.Fatalf("sample off by %.2f HU", d)
			}
		}
		if got := v.Sample(geom.Vox(-0.6, 0, 0)); got != volume.Air {
			t.Errorf("outside: %g", got)
		}
	}
}

func TestNewGridRefuses(t *testing.T) {
	row, col := geom.LPSVec(1, 0, 0), geom.LPSVec(0, 1, 0)
	at := func(z ...float64) (p []geom.Patient) {
		for _, z := range z {
			p = append(p, geom.LPS(0, 0, z))
		}
		return p
	}
	for name, f := range map[string]func() (*volume.Grid, error){
		"no slices":   func() (*volume.Grid, error) { return volume.NewGrid(4, 4, row, col, 1, 1, nil, "") },
		"same depth":  func() (*volume.Grid, error) { return volume.NewGrid(4, 4, row, col, 1, 1, at(0, 1, 1), "") },
		"zero pixels": func() (*volume.Grid, error) { return volume.NewGrid(4, 4, row, col, 0, 1, at(0, 1), "") },
		"NaN": func() (*volume.Grid, error) {
			return volume.NewGrid(4, 4, row, col, unit.MM(math.NaN()), 1, at(0, 1), "")
		},
		"parallel": func() (*volume.Grid, error) { return volume.NewGrid(4, 4, row, row, 1, 1, at(0, 1), "") },
	} {
		if _, err := f(); !errors.Is(err, volume.ErrGeometry) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
