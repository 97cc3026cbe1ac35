package vertebra_test

import (
	"context"
	"math"
	"testing"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/phantom"
	"github.com/vertefill/vertefill/internal/vertebra"
)

// TestCarry outlines a cemented body on the CT before too: there it has the true heights, and the surface that cement hides comes from
// there without harm to the volume.
func TestCarry(t *testing.T) {
	if testing.Short() {
		t.Skip("makes a phantom")
	}
	o := phantom.Options{First: anatomy.T12, Last: anatomy.T12, Matrix: 200, FOVMM: 120, SliceMM: 1.2, SpacingMM: 1.2, PreSliceMM: 1.2, Fractures: []phantom.Fracture{},
		Plan: []phantom.Treatment{{Level: anatomy.T12, Fill: 0.3, PlateauHU: 2500, Leaks: []phantom.LeakPlan{{Compartment: anatomy.ParavertebralVein, ML: 0.3}}}}}
	c, err := phantom.New(11, o)
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	w := c.Truth.Vertebrae[0]
	s, err := vertebra.Find(ctx, c.Post, vertebra.Options{Seeds: []vertebra.Seed{{Level: w.Level, Point: geom.LPS(w.CentroidLPS[0], w.CentroidLPS[1], w.CentroidLPS[2])}}}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	v := s.Find(w.Level)
	if v == nil || !v.Complete {
		t.Fatal("the body was not outlined")
	}
	m := c.Truth.PostFromPre()[w.Level]
	carried, err := vertebra.Carry(ctx, c.Post, c.Pre, v, m.MustInverse())
	if err != nil {
		t.Fatal(err)
	}
	if !carried {
		t.Error("nothing was hidden by a vein full of cement")
	}
	if e := float64(v.BodyML)/w.BodyVolumeML - 1; math.Abs(e) > 0.03 {
		t.Errorf("%.2f mL, want %.2f", v.BodyML, w.BodyVolumeML)
	}
	if v.Before == nil {
		t.Fatal("no heights before")
	}
	if b, h := v.Before, w.HeightsMM; math.Abs(float64(b.Anterior)-h.Anterior) > 0.8 || math.Abs(float64(b.Middle)-h.Middle) > 0.8 || math.Abs(float64(b.Posterior)-h.Posterior) > 0.8 {
		t.Errorf("heights before %.1f, want %.1f", *b, h)
	}
	if e := v.Before.WedgeRadians*180/math.Pi - w.WedgeAngleDegrees; math.Abs(e) > 3 {
		t.Errorf("wedge before is %.1f degrees off", e)
	}
}
