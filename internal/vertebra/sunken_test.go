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
