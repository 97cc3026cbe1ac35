package assess_test

import (
	"context"
	"testing"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/diag"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/phantom"
	"github.com/vertefill/vertefill/internal/vertebra"
	"github.com/vertefill/vertefill/internal/volume"
)

// Of a treated body with slices missing inside it no number is given, and its cement is no leak of the treated neighbour.
func TestHoleInTreatedBody(t *testing.T) {
	c, err := phantom.New(31, phantom.Options{First: anatomy.T12, Last: anatomy.L1.Below(1), Matrix: 192, FOVMM: 120, SliceMM: 1, SpacingMM: 1, FWHMMM: 0.9, NoiseHU: 15, NoPre: true,
		Fractures: []phantom.Fracture{}, Plan: []phantom.Treatment{{Level: anatomy.L1, Fill: 0.25, PlateauHU: 2400}, {Level: anatomy.T12, Fill: 0.2, PlateauHU: 2400}}})
	if err != nil {
		t.Fatal(err)
	}
	var at geom.Patient
	for _, v := range c.Truth.Vertebrae {
		if v.Level == anatomy.L1 {
			at = geom.LPS(v.CentroidLPS[0], v.CentroidLPS[1], v.CentroidLPS[2])
		}
	}
	middle := int(c.Post.Voxel(at).Z)
	holed := without(t, c.Post, middle, middle+4)
	r, err := assess.Run(context.Background(), assess.Input{Post: holed}, assess.Options{Seeds: []vertebra.Seed{{Level: anatomy.L1, Point: at.Add(geom.LPSVec(2, 0, 6))}}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	told := false
	for _, f := range r.Findings {
		told = told || f.Code == diag.CodeGapInLevel && f.Level == anatomy.L1
	}
	if !told {
		t.Errorf("nobody says that slices are missing in L1: %v", r.Report.Quality)
	}
	for _, v := range r.Report.Vertebrae {
		if v.Level == anatomy.L1 {
			t.Errorf("a volume is given across the hole: %.2f mL", v.BodyVolumeML)
		}
	}
	for _, l := range r.Report.Leaks {
		t.Errorf("cement of the body across the hole is called a leak: %s %s %.2f mL", l.Level, l.Compartment, l.VolumeML)
	}
}

// without returns the volume without some of its slices, as a series that lost them.
func without(t *testing.T, v *volume.Volume, from, to int) *volume.Volume {
	t.Helper()
	var pos []geom.Patient
	var hu []int16
	n := v.NX * v.NY
	for k := range v.NZ {
		if k < from || k >= to {
			pos, hu = append(pos, v.SlicePosition(k)), append(hu, v.HU[k*n:(k+1)*n]...)
		}
	}
	g, err := volume.NewGrid(v.NX, v.NY, v.Row, v.Col, v.DX, v.DY, pos, v.FrameUID)
	if err != nil {
		t.Fatal(err)
	}
	return &volume.Volume{Grid: g, HU: hu, CeilingHU: v.CeilingHU}
}
