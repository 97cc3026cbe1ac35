package assess_test

import (
	"context"
	"math"
	"testing"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/cement"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/mesh"
	"github.com/vertefill/vertefill/internal/spine"
	"github.com/vertefill/vertefill/internal/unit"
	"github.com/vertefill/vertefill/internal/volume"
)

// TestLesionFill: a ball of cement that overlaps a ball of lesion on another grid; the lens of both is known exactly.
func TestLesionFill(t *testing.T) {
	grid := func(n int, spacing float64) *volume.Grid {
		var pos []geom.Patient
		for k := range n {
			pos = append(pos, geom.LPS(0, 0, spacing*float64(k)))
		}
		g, err := volume.NewGrid(n, n, geom.LPSVec(1, 0, 0), geom.LPSVec(0, 1, 0), unit.MM(spacing), unit.MM(spacing), pos, "")
		if err != nil {
			t.Fatal(err)
		}
		return g
	}
	post := volume.New(grid(64, 0.8))
	centre := geom.LPS(25, 25, 25)
	dirs, tris := mesh.Icosphere(4)
	m := &mesh.Mesh{Triangles: tris}
	for _, d := range dirs {
		m.Vertices = append(m.Vertices, centre.Add(geom.LPSVec(d.X*18, d.Y*15, d.Z*12)))
	}
	v := &spine.Vertebra{Level: anatomy.L1, Complete: true, PatientFromBody: geom.Translated(centre), HalfWidth: 18, HalfDepth: 15,
		Heights: spine.Heights{Anterior: 24, Middle: 24, Posterior: 24}, Wall: spine.Wall{Q0: 15}}
	v.SetBody(m)

	const rc, rl = 8.0, 6.0
	off := geom.LPSVec(6.93, 0.37, 0.18) // on no lattice
	at, apart := centre.Add(off), off.Norm()
	c := &cement.Map{Grid: post.Grid, Box: post.Bounds()}
	n := post.Len()
	c.New, c.Prior, c.Solid = make([]float32, n), make([]float32, n), make([]anatomy.CementClass, n)
	lesion := volume.NewLabels(grid(100, 0.5), geom.BoxOf(100, 100, 100))
	for o := range n {
		i, j, k := o%64, o/64%64, o/64/64
		const sub = 3
		for s := range sub * sub * sub {
			f := func(a int) float64 { return (float64(a)+0.5)/sub - 0.5 }
			if post.Patient(geom.Vox(float64(i)+f(s%sub), float64(j)+f(s/sub%sub), float64(k)+f(s/sub/sub))).Dist(centre) < rc {
				c.New[o] += 1.0 / (sub * sub * sub)
			}
		}
		if c.New[o] >= 0.5 {
			c.Solid[o] = anatomy.CementInBody
		}
	}
	for o := range 100 * 100 * 100 {
		i, j, k := o%100, o/100%100, o/10000
		if lesion.Grid.Patient(geom.Vox(float64(i), float64(j), float64(k))).Dist(at) < rl {
			lesion.Set(i, j, k, 3)
		}
	}
	for _, with := range []bool{true, false} {
		in := assess.Input{Post: post}
		if with {
			in.Lesions = []*volume.Labels{lesion}
		}
		r, err := assess.FromParts(context.Background(), in, assess.Options{}, assess.Parts{Spine: &spine.Spine{Vertebrae: []*spine.Vertebra{v}}, Cement: c})
		if err != nil {
			t.Fatal(err)
		}
		got := r.Report.Vertebrae[0].Lesion
		if !with {
			if got != nil {
				t.Errorf("lesion without an outline: %+v", got)
			}
			continue
		}
		ball := 4 * math.Pi / 3 * rl * rl * rl / 1000
		lens := math.Pi * (rc + rl - apart) * (rc + rl - apart) * (apart*apart + 2*apart*rl - 3*rl*rl + 2*apart*rc + 6*rl*rc - 3*rc*rc) / (12 * apart) / 1000
		if got == nil || math.Abs(got.VolumeML/ball-1) > 0.02 || math.Abs(got.CementML/lens-1) > 0.03 || math.Abs(got.FillRatio-got.CementML/got.VolumeML) > 1e-3 {
			t.Fatalf("%+v, want %.3f mL of lesion with %.3f mL of cement", got, ball, lens)
		}
		if i := got.FillRatioInterval; i == nil || i[0] >= got.FillRatio || i[1] <= got.FillRatio {
			t.Errorf("interval %v about %.3f", i, got.FillRatio)
		}
	}
}
