package app_test

import (
	"context"
	"testing"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/phantom"
	"github.com/vertefill/vertefill/ui/app"
	"github.com/vertefill/vertefill/ui/model"
)

// A part of a series has the voxels of the whole at the places of the whole.
func TestPartOfASeries(t *testing.T) {
	c, err := phantom.New(3, phantom.Options{First: anatomy.T12, Last: anatomy.L1, Matrix: 96, FOVMM: 130, SliceMM: 1.5, SpacingMM: 1.5})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	ctx := context.Background()
	if err := c.Write(ctx, dir); err != nil {
		t.Fatal(err)
	}
	core := app.Core{}
	silent := func(float64) {}
	study, err := core.Scan(ctx, dir, silent, nil)
	if err != nil {
		t.Fatal(err)
	}
	post := study.ByRole(model.Post)
	whole, err := core.Load(ctx, study, post, silent)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []model.Part{{From: 0.25, To: 0.75}, {Second: true}, {From: 0.4, Second: true}, {From: 0.94, To: 0.95}} {
		last := 0.0
		v, err := core.LoadPart(ctx, study, post, part, func(f float64) { last = f })
		if err != nil {
			t.Fatalf("%+v: %v", part, err)
		}
		from, to, every := part.Slices(whole.NZ)
		if want := (to - from + every - 1) / every; v.NZ != want || last != 1 {
			t.Fatalf("%+v has %d slices, want %d, progress %g", part, v.NZ, want, last)
		}
		for k := range v.NZ {
			if d := v.SlicePosition(k).Dist(whole.SlicePosition(from + k*every)); d > 1e-9 {
				t.Fatalf("%+v: slice %d lies %g mm off", part, k, d)
			}
			if v.At(40, 50, k) != whole.At(40, 50, from+k*every) {
				t.Fatalf("%+v: slice %d differs", part, k)
			}
		}
	}
}

// A folder tells what it holds without being opened.
func TestContentsOfAFolder(t *testing.T) {
	c, err := phantom.New(3, phantom.Options{First: anatomy.T12, Last: anatomy.L1, Matrix: 64, FOVMM: 130, SliceMM: 3, SpacingMM: 3})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := c.Write(context.Background(), dir); err != nil {
		t.Fatal(err)
	}
	study, err := app.Core{}.Scan(context.Background(), dir, func(float64) {}, nil)
	if err != nil {
		t.Fatal(err)
	}
	got := app.Core{}.Contents(context.Background(), dir)
	if got.Series != len(study.Series) || got.AtLeast || got.Bytes == 0 || len(got.Modalities) == 0 || got.Modalities[0] != "CT" {
		t.Errorf("%+v of %d series", got, len(study.Series))
	}
	if study.Skipped != len(study.Left) || study.Left[0].Why.EN == "" {
		t.Errorf("%d files left out, %d told", study.Skipped, len(study.Left))
	}
	if got := (app.Core{}).Contents(context.Background(), t.TempDir()); got.Series != 0 || len(got.Modalities) != 0 {
		t.Errorf("an empty folder holds %+v", got)
	}
}
