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

// The folds of deeply sunken endplates look backwards too: the posterior wall is not fitted to them. T11 of this patient is biconcave,
// grade 3, and full of cement.
func TestWallBehindSunkenEndplates(t *testing.T) {
	c, err := phantom.New(4242, phantom.Options{})
	if err != nil {
		t.Fatal(err)
	}
	truth := c.Truth.Spine().Find(anatomy.T11)
	for _, v := range c.Truth.Vertebrae {
		if v.Level == anatomy.T11 && v.GenantGrade < 2 {
			t.Fatalf("the patient is another one: grade %d", v.GenantGrade)
		}
	}
	sp, err := vertebra.Find(context.Background(), c.Post, vertebra.Options{Seeds: []vertebra.Seed{{Level: anatomy.T11, Point: truth.Centroid()}}}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	v := sp.Find(anatomy.T11)
	if v == nil || !v.Complete {
		t.Fatal("T11 was not outlined")
	}
	toBody := truth.BodyFromPatient()
	for _, z := range []float64{-5, 0, 5} {
		y := v.Wall.Y(0, z)
		at := toBody.Apply(v.PatientFromBody.Apply(geom.Pt[geom.BodyFrame](0, y, z)))
		if off := at.Y - truth.Wall.Y(at.X, at.Z); math.Abs(off) > 1.5 {
			t.Errorf("the wall %g mm above the middle lies %.1f mm off", z, off)
		}
	}
}

// Of two neighbours with deeply sunken endplates the lower one keeps its own: the disc plane that was found lies 17 mm above its middle, at the
// other one's endplate.
func TestSunkenBelowItsDisc(t *testing.T) {
	const l2 = anatomy.L1 + 1
	c, err := phantom.New(3, phantom.Options{First: anatomy.L1, Last: l2, Matrix: 160, FOVMM: 130, SliceMM: 1.25, SpacingMM: 1.25, NoPre: true, NoCement: true,
		Fractures: []phantom.Fracture{{Level: anatomy.L1, Deformity: phantom.Biconcave, Grade: 3}, {Level: l2, Deformity: phantom.Biconcave, Grade: 3}}})
	if err != nil {
		t.Fatal(err)
	}
	truth := c.Truth.Spine().Find(l2)
	sp, err := vertebra.Find(context.Background(), c.Post, vertebra.Options{Seeds: []vertebra.Seed{{Level: l2, Point: truth.Centroid()}}}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	v := sp.Find(l2)
	if v == nil || !v.Complete {
		t.Fatal("L2 was not outlined")
	}
	if e := float64(v.BodyML/truth.BodyML) - 1; math.Abs(e) > 0.03 {
		t.Errorf("volume %.1f mL, %+.1f %%", v.BodyML, 100*e)
	}
	if e := float64(v.Heights.Middle - truth.Heights.Middle); math.Abs(e) > 1 {
		t.Errorf("middle height %+.1f mm", e)
	}
}
