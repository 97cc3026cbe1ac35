package register_test

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/mesh"
	"github.com/vertefill/vertefill/internal/register"
	"github.com/vertefill/vertefill/internal/spine"
	"github.com/vertefill/vertefill/internal/unit"
	"github.com/vertefill/vertefill/internal/volume"
)

// scene is a made-up trunk whose CT number is a function of position, so that the pre CT is evaluated under the motion and never
// interpolated: equal vertebrae one above the other, as repetitive as a spine, ribs and organs that differ by level.
type scene struct {
	bodies  []geom.Patient
	arches  [][]geom.Patient
	organs  []geom.Patient
	radii   []float64
	cement  map[int]float64 // radius of a ball of cement by vertebra
	pitchMM float64
}

func newScene(r *rand.Rand, n int) *scene {
	s := &scene{pitchMM: 27, cement: map[int]float64{}}
	for i := range n {
		c := geom.LPS(2*math.Sin(float64(i)), 3*math.Cos(0.7*float64(i)), -s.pitchMM*float64(i))
		s.bodies = append(s.bodies, c)
		var a []geom.Patient
		for _, o := range [][3]float64{{14, 20, 4}, {-14, 20, 4}, {26, 30, 2}, {-26, 30, 2}, {8, 36, -2}, {-8, 36, -2}, {0, 46, -8}, {0, 54, -12}} {
			a = append(a, c.Add(geom.LPSVec(o[0]+r.NormFloat64(), o[1]+r.NormFloat64(), o[2]+r.NormFloat64())))
		}
		s.arches = append(s.arches, a)
	}
	for range 14 {
		s.organs = append(s.organs, geom.LPS((r.Float64()-0.5)*110, -20-50*r.Float64(), -s.pitchMM*float64(n)*r.Float64()))
		s.radii = append(s.radii, 8+12*r.Float64())
	}
	return s
}

func edge(d float64) float64 { return 1 / (1 + math.Exp(4*d)) } // about 1 mm wide

func (s *scene) hu(p geom.Patient, withCement bool) float64 {
	hu := 30.0
	if math.Hypot(p.X/75, (p.Y-5)/70) > 1 {
		return -1000
	}
	for i, o := range s.organs {
		hu += (-130 + 30*float64(i%5)) * edge(p.Dist(o)-s.radii[i])
	}
	for i, c := range s.bodies {
		d := p.Sub(c)
		if math.Abs(d.Z) > 34 {
			continue
		}
		// a superellipsoid 40 x 30 x 22 mm with a denser shell
		f := math.Pow(math.Abs(d.X/20), 4) + math.Pow(math.Abs(d.Y/15), 4) + math.Pow(math.Abs(d.Z/11), 6)
		depth := (math.Pow(f, 0.2) - 1) * 12
		hu += 120*edge(depth) + 500*(edge(depth)-edge(depth+1.5))
		for _, a := range s.arches[i] {
			hu += 500 * edge(p.Dist(a)-6)
		}
		if withCement {
			if r := s.cement[i]; r > 0 {
				hu += 2200 * edge(p.Dist(c)-r)
			}
		}
	}
	return hu
}

// render evaluates the scene at where(p) on a grid round centre.
func (s *scene) render(t *testing.T, r *rand.Rand, centre geom.Patient, size [3]float64, spacing, dz, noise float64, withCement bool, uid string, where func(geom.Patient) geom.Patient) *volume.Volume {
	t.Helper()
	var pos []geom.Patient
	o := centre.Add(geom.LPSVec(-size[0]/2, -size[1]/2, -size[2]/2))
	for z := 0.0; z < size[2]; z += dz {
		pos = append(pos, o.Add(geom.LPSVec(0, 0, z)))
	}
	g, err := volume.NewGrid(int(size[0]/spacing), int(size[1]/spacing), geom.LPSVec(1, 0, 0), geom.LPSVec(0, 1, 0), unit.MM(spacing), unit.MM(spacing), pos, uid)
	if err != nil {
		t.Fatal(err)
	}
	v := volume.New(g)
	for k := range g.NZ {
		for j := range g.NY {
			for i := range g.NX {
				hu := s.hu(where(g.Patient(geom.Vox(float64(i), float64(j), float64(k)))), withCement)
				v.HU[i+g.NX*(j+g.NY*k)] = int16(min(3071, hu+noise*r.NormFloat64()))
			}
		}
	}
	return v
}

func (s *scene) spine(from, to int) *spine.Spine {
	out := &spine.Spine{}
	dirs, tris := mesh.Icosphere(3)
	for i := from; i < to; i++ {
		m := &mesh.Mesh{Triangles: tris}
		for _, d := range dirs {
			f := math.Pow(math.Pow(math.Abs(d.X/20), 4)+math.Pow(math.Abs(d.Y/15), 4)+math.Pow(math.Abs(d.Z/11), 6), 0.25)
			m.Vertices = append(m.Vertices, s.bodies[i].Add(d.Mul(1/f)))
		}
		v := &spine.Vertebra{Level: anatomy.T9.Below(i), Complete: true, PatientFromBody: geom.Translated(s.bodies[i]), Wall: spine.Wall{Q0: 15}, HalfWidth: 20, HalfDepth: 15}
		v.SetBody(m)
		out.Vertebrae = append(out.Vertebrae, v)
	}
	return out
}

// TestRecoversMotion moves every vertebra on its own, adds cement to the post CT, changes noise, slices and frame of reference,
// and wants the corners of each body back within the project's limits (science: <= 0.5 mm median, <= 1.0 mm P95).
func TestRecoversMotion(t *testing.T) {
	cases := 3
	if testing.Short() {
		cases = 1
	}
	var errs []float64
	for seed := range cases {
		r := rand.New(rand.NewPCG(uint64(seed), 9))
		s := newScene(r, 5)
		s.cement[2] = 8
		spread := 1.0
		offset := geom.LPSVec((r.Float64()-0.5)*2, (r.Float64()-0.5)*2, 0).Mul(25 * spread)
		offset.Z = (r.Float64() - 0.5) * 2 * 55
		axis := geom.LPSVec(r.NormFloat64(), r.NormFloat64(), r.NormFloat64()).Unit()
		mid := s.bodies[2]
		whole := geom.Compose(geom.Translation(offset), geom.Rotation(mid, axis, (r.Float64()-0.5)*0.4))
		// pre = bend(whole(post)): the bend turns further with the distance from the middle vertebra
		bend := (r.Float64() - 0.5) * 0.12
		toPre := func(level int) register.Rigid {
			return geom.Compose(whole, geom.Rotation(mid, geom.LPSVec(1, 0, 0), bend*float64(level-2)/2))
		}
		post := s.render(t, r, mid.Add(geom.LPSVec(0, 5, 0)), [3]float64{130, 130, 120}, 0.8, 1.0, 25, true, "a", func(p geom.Patient) geom.Patient { return p })
		back := make([]register.Rigid, 5)
		for i := range back {
			a := toPre(i)
			back[i] = a.MustInverse()
		}
		pre := s.render(t, r, whole.Apply(mid), [3]float64{140, 140, 150}, 0.9, 1.25, 35, false, "b", func(q geom.Patient) geom.Patient {
			// the position in post coordinates, turning smoothly from level to level
			p := back[2].Apply(q)
			f := max(0, min(3.999, (s.bodies[0].Z-p.Z)/s.pitchMM))
			i := int(f)
			return back[i].Apply(q).Lerp(back[i+1].Apply(q), f-float64(i))
		})
		fits, err := register.Run(context.Background(), post, pre, s.spine(1, 4), nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := 1; i < 4; i++ {
			fit := fits[anatomy.T9.Below(i)]
			if !fit.OK {
				t.Errorf("case %d, vertebra %d refused: %s", seed, i, fit.Reason)
				continue
			}
			want := toPre(i)
			for n := range 8 {
				corner := s.bodies[i].Add(geom.LPSVec(20*sign(n&1), 15*sign(n>>1&1), 11*sign(n>>2)))
				errs = append(errs, fit.PreFromPost.Apply(corner).Dist(want.Apply(corner)))
			}
			t.Logf("case %d vertebra %d: residual %.2f mm, correlation %.3f, corner error %.2f mm", seed, i, fit.ResidualMM, fit.Correlation, errs[len(errs)-1])
		}
	}
	worst := 0.0
	sum := 0.0
	for _, e := range errs {
		worst = max(worst, e)
		sum += e
	}
	t.Logf("corner error: mean %.2f, worst %.2f mm", sum/float64(len(errs)), worst)
	if worst > 1 {
		t.Errorf("a corner is %.2f mm off", worst)
	}
}

func TestRefusesAnotherPlace(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	s, other := newScene(r, 5), newScene(r, 5)
	post := s.render(t, r, s.bodies[2], [3]float64{110, 110, 90}, 1, 1.25, 25, true, "a", func(p geom.Patient) geom.Patient { return p })
	// the "pre CT" shows organs only, far from any vertebra
	pre := other.render(t, r, geom.LPS(0, -45, -60), [3]float64{110, 40, 90}, 1, 1.25, 25, false, "b", func(p geom.Patient) geom.Patient { return p })
	fits, err := register.Run(context.Background(), post, pre, s.spine(1, 4), nil)
	if err != nil {
		t.Fatal(err)
	}
	for l, f := range fits {
		if f.OK || f.Reason == "" {
			t.Errorf("%s: accepted with correlation %.2f and residual %.2f mm", l, f.Correlation, f.ResidualMM)
		}
	}
}

func TestCancel(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	s := newScene(r, 3)
	v := s.render(t, r, s.bodies[1], [3]float64{100, 100, 60}, 1.5, 2, 10, false, "a", func(p geom.Patient) geom.Patient { return p })
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := register.Run(ctx, v, v, s.spine(1, 2), nil); err == nil {
		t.Error("a cancelled run gives a result")
	}
}

func sign(bit int) float64 { return 2*float64(bit) - 1 }
