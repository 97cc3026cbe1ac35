package assess_test

import (
	"context"
	"strings"
	"testing"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/diag"
	"github.com/vertefill/vertefill/internal/phantom"
	"github.com/vertefill/vertefill/internal/volume"
)

// TestArtefactsAreSaid measures one patient three times: as a soft kernel shows him; with contrast agent, a sharp kernel and a jump
// during the scan; and with a CT from before on which a body was higher.
func TestArtefactsAreSaid(t *testing.T) {
	made := func(change func(*phantom.Options)) *phantom.Case {
		o := phantom.Options{First: anatomy.L1, Last: anatomy.L1 + 1, Matrix: 180, FOVMM: 140, SliceMM: 1.25, SpacingMM: 1.25, FWHMMM: 1, NoiseHU: 20, PreSliceMM: 1.25, Variety: 0.3,
			Fractures: []phantom.Fracture{}, Plan: []phantom.Treatment{{Level: anatomy.L1 + 1, Fill: 0.3, PlateauHU: 2200}}}
		change(&o)
		c, err := phantom.New(91, o)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	measured := func(c *phantom.Case, post, pre *volume.Volume) *assess.Result {
		r, err := assess.Run(context.Background(), assess.Input{Post: post, Pre: pre, Bodies: c.Truth.Spine().Mask(post.Grid)}, assess.Options{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	new := []diag.Code{diag.CodeKernelEdge, diag.CodeContrastPresent, diag.CodeMotion, diag.CodeStreaks}
	plain := made(func(*phantom.Options) {})
	r := measured(plain, plain.Post, plain.Pre)
	for _, c := range append(new, diag.CodeHeightChanged) {
		if says(r, c) {
			t.Errorf("%s without a reason", c)
		}
	}
	c := made(func(o *phantom.Options) { o.Contrast, o.Sharpen, o.NoPre = true, 0.6, true })
	moved := *c.Post
	moved.HU = append([]int16(nil), c.Post.HU...)
	at := moved.NZ / 3 // slices run upwards
	for o := range moved.HU {
		if i, j, k := o%moved.NX, o/moved.NX%moved.NY, o/(moved.NX*moved.NY); k >= at {
			moved.HU[o] = c.Post.At(max(0, i-3), j, k)
		}
	}
	r = measured(c, &moved, nil)
	for _, code := range new[:3] {
		if !says(r, code) {
			t.Errorf("%s is not said", code)
		}
	}
	for _, q := range r.Report.Quality {
		if q.Code == diag.CodeMotion && (q.Level != anatomy.L1+1 || strings.Contains(q.Message, "{")) {
			t.Errorf("motion at L2: %s %s", q.Level, q.Message)
		}
	}
}

// TestHeightChanged: crushed before, raised since.
func TestHeightChanged(t *testing.T) {
	made := func(f []phantom.Fracture) *phantom.Case {
		c, err := phantom.New(92, phantom.Options{First: anatomy.T12, Last: anatomy.L1 + 1, Matrix: 200, FOVMM: 130, SliceMM: 1.25, SpacingMM: 1.25, PreSliceMM: 1.25, Variety: 0.3, Fractures: f,
			Plan: []phantom.Treatment{{Level: anatomy.L1, Fill: 0.2, PlateauHU: 2200}}})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	raised, crushed := made([]phantom.Fracture{}), made([]phantom.Fracture{{Level: anatomy.L1, Deformity: phantom.Wedge, Grade: 1}})
	r, err := assess.Run(context.Background(), assess.Input{Post: raised.Post, Pre: crushed.Pre}, assess.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	said := 0
	for _, f := range r.Findings {
		if f.Code == diag.CodeHeightChanged {
			said++
			t.Log(f.Message("en"))
			for _, v := range r.Report.Vertebrae {
				if v.Level == f.Level && !v.Treated {
					t.Errorf("%s kept its height: %s", f.Level, f.Message("en"))
				}
			}
		}
	}
	if said != 1 {
		for _, v := range r.Report.Vertebrae {
			if v.PreHeightsMM != nil {
				t.Logf("%s %.1f before %.1f", v.Level, *v.HeightsMM, *v.PreHeightsMM)
			}
		}
		for _, q := range r.Report.Quality {
			t.Log(q.Message)
		}
		t.Errorf("said of %d bodies, want one", said)
	}
}
