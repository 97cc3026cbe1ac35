package assess_test

import (
	"context"
	"math"
	"testing"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/phantom"
	"github.com/vertefill/vertefill/internal/unit"
	"github.com/vertefill/vertefill/internal/vertebra"
	"github.com/vertefill/vertefill/internal/volume"
)

// summed is what must not change when the same patient is shown in another way.
type summed struct {
	body, inBody, leaked, prior float64
	left                        float64 // share of the cement on the left
}

// TestOneSceneShownManyWays: the same anatomy mirrored, turned, resampled, cropped, with another zero of the HU scale, gives the same
// numbers; more cement never gives less. No truth is needed: each answer is held against the first one.
func TestOneSceneShownManyWays(t *testing.T) {
	c, err := phantom.New(41, phantom.Options{
		First: anatomy.T12, Last: anatomy.L1.Below(1), Matrix: 256, FOVMM: 128, SliceMM: 1, SpacingMM: 1, FWHMMM: 0.9, NoiseHU: 15, NoPre: true, Fractures: []phantom.Fracture{},
		Plan: []phantom.Treatment{{Level: anatomy.L1, Fill: 0.22, PlateauHU: 2600, Leaks: []phantom.LeakPlan{{Compartment: anatomy.Canal, ML: 0.3}}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	var centre geom.Patient
	for _, v := range c.Truth.Vertebrae {
		if v.Level == anatomy.L1 {
			centre = geom.LPS(v.CentroidLPS[0], v.CentroidLPS[1], v.CentroidLPS[2])
		}
	}
	look := func(name string, v *volume.Volume, at geom.Patient) summed {
		t.Helper()
		r, err := assess.Run(context.Background(), assess.Input{Post: v}, assess.Options{Seeds: []vertebra.Seed{{Level: anatomy.L1, Point: at}}}, nil)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var s summed
		for _, x := range r.Report.Vertebrae {
			if x.Level == anatomy.L1 {
				s.body, s.inBody, s.prior = x.BodyVolumeML, x.CementInBodyML, x.PriorCementML
				if x.Distribution != nil {
					s.left = x.Distribution.Left
				}
			}
		}
		for _, l := range r.Report.Leaks {
			s.leaked += l.VolumeML
		}
		t.Logf("%-12s body %.3f, in it %.3f, leaked %.3f, left %.2f", name, s.body, s.inBody, s.leaked, s.left)
		return s
	}
	first := look("as it is", c.Post, centre)
	if first.body == 0 || first.inBody == 0 || first.leaked == 0 {
		t.Fatal("nothing was measured")
	}
	same := func(name string, s summed, body, cement float64) {
		t.Helper()
		for _, x := range []struct {
			what       string
			got, want  float64
			share, mls float64
		}{{"body", s.body, first.body, body, 0}, {"cement", s.inBody, first.inBody, cement, 0}, {"leak", s.leaked, first.leaked, 2 * cement, 0.03}} {
			if math.Abs(x.got-x.want) > x.share*x.want+x.mls {
				t.Errorf("%s: %s %.3f mL, was %.3f", name, x.what, x.got, x.want)
			}
		}
	}

	m, at := mirrored(c.Post, centre)
	s := look("mirrored", m, at)
	same("mirrored", s, 0.005, 0.01)
	if math.Abs(s.left-(1-first.left)) > 0.02 {
		t.Errorf("mirrored: %.2f of the cement left, was %.2f right", s.left, 1-first.left)
	}

	same("20 HU up", look("20 HU up", shifted(c.Post, 20), centre), 0.01, 0.01)
	same("20 HU down", look("20 HU down", shifted(c.Post, -20), centre), 0.01, 0.01)
	same("cropped", look("cropped", cropped(t, c.Post, 18, 2), centre), 0.01, 0.01)

	g := c.Post.Grid
	turn := geom.Rotation(centre, geom.LPSVec(0.2, 0.3, 1).Unit(), 10*math.Pi/180)
	same("turned", look("turned", onto(t, c.Post, g.NX, g.NY, g.NZ, float64(g.DX), float64(g.DZ), turn), centre), 0.015, 0.03)
	none := geom.Translation(geom.LPSVec(0, 0, 0))
	same("resampled", look("resampled", onto(t, c.Post, 224, 224, g.NZ*5/4-1, 128.0/224, float64(g.DZ)*0.8, none), centre), 0.015, 0.03)

	more := &volume.Volume{Grid: g, HU: append([]int16(nil), c.Post.HU...), CeilingHU: c.Post.CeilingHU}
	added := 0.0
	for k := range g.NZ {
		for j := range g.NY {
			for i := range g.NX {
				p := g.Patient(geom.Vox(float64(i), float64(j), float64(k)))
				if o := i + g.NX*(j+g.NY*k); p.Dist(centre) < 6 && more.HU[o] < 2600 {
					added += float64(2600-more.HU[o]) / 2500 * float64(g.DX*g.DY*g.DZ) / 1000
					more.HU[o] = 2600
				}
			}
		}
	}
	if s := look("more", more, centre); s.inBody < first.inBody || added > 0.1 && s.inBody < first.inBody+0.7*added {
		t.Errorf("with %.2f mL more cement: %.3f mL, was %.3f", added, s.inBody, first.inBody)
	}
}

// mirrored swaps left and right about the middle of the grid.
func mirrored(v *volume.Volume, p geom.Patient) (*volume.Volume, geom.Patient) {
	out := &volume.Volume{Grid: v.Grid, HU: make([]int16, len(v.HU)), CeilingHU: v.CeilingHU}
	for o := range v.HU {
		i := o % v.NX
		out.HU[o-i+v.NX-1-i] = v.HU[o]
	}
	q := v.Voxel(p)
	q.X = float64(v.NX-1) - q.X
	return out, v.Patient(q)
}

func shifted(v *volume.Volume, by int16) *volume.Volume {
	out := &volume.Volume{Grid: v.Grid, HU: make([]int16, len(v.HU)), CeilingHU: v.CeilingHU}
	for o, h := range v.HU {
		out.HU[o] = min(v.CeilingHU, h+by)
	}
	return out
}

// cropped takes pixels off every side and slices off both ends.
func cropped(t *testing.T, v *volume.Volume, pixels, slices int) *volume.Volume {
	t.Helper()
	var pos []geom.Patient
	for k := slices; k < v.NZ-slices; k++ {
		pos = append(pos, v.SlicePosition(k).Add(v.Row.Mul(float64(pixels)*float64(v.DX))).Add(v.Col.Mul(float64(pixels)*float64(v.DY))))
	}
	g, err := volume.NewGrid(v.NX-2*pixels, v.NY-2*pixels, v.Row, v.Col, v.DX, v.DY, pos, v.FrameUID)
	if err != nil {
		t.Fatal(err)
	}
	out := &volume.Volume{Grid: g, HU: make([]int16, g.Len()), CeilingHU: v.CeilingHU}
	for k := range g.NZ {
		for j := range g.NY {
			from := pixels + v.NX*(j+pixels+v.NY*(k+slices))
			copy(out.HU[g.NX*(j+g.NY*k):][:g.NX], v.HU[from:from+g.NX])
		}
	}
	return out
}

// onto resamples the volume on a grid about the same middle, turned about it.
func onto(t *testing.T, v *volume.Volume, nx, ny, nz int, px, dz float64, turn geom.Affine[geom.PatientFrame, geom.PatientFrame]) *volume.Volume {
	t.Helper()
	middle := v.Patient(geom.Vox(float64(v.NX-1)/2, float64(v.NY-1)/2, float64(v.NZ-1)/2))
	row, col, up := turn.ApplyVec(v.Row), turn.ApplyVec(v.Col), turn.ApplyVec(v.Normal)
	first := turn.Apply(middle).Add(row.Mul(-px * float64(nx-1) / 2)).Add(col.Mul(-px * float64(ny-1) / 2)).Add(up.Mul(-dz * float64(nz-1) / 2))
	var pos []geom.Patient
	for k := range nz {
		pos = append(pos, first.Add(up.Mul(dz*float64(k))))
	}
	g, err := volume.NewGrid(nx, ny, row, col, unit.MM(px), unit.MM(px), pos, v.FrameUID)
	if err != nil {
		t.Fatal(err)
	}
	return v.Resample(g)
}
