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

// A leak that reaches missing slices says so and gets no interval; the same leak in a whole series does not.
func TestLeakAcrossHole(t *testing.T) {
	c, err := phantom.New(31, phantom.Options{First: anatomy.T12, Last: anatomy.L1.Below(1), Matrix: 192, FOVMM: 120, SliceMM: 1, SpacingMM: 1, FWHMMM: 0.9, NoiseHU: 15, NoPre: true,
		Fractures: []phantom.Fracture{}, Plan: []phantom.Treatment{{Level: anatomy.L1, Fill: 0.2, PlateauHU: 2600,
			Leaks: []phantom.LeakPlan{{Compartment: anatomy.ParavertebralVein, ML: 0.3}}}}})
	if err != nil {
		t.Fatal(err)
	}
	truth := c.Truth.Leaks[0]
	var at geom.Patient
	for _, v := range c.Truth.Vertebrae {
		if v.Level == anatomy.L1 {
			at = geom.LPS(v.CentroidLPS[0], v.CentroidLPS[1], v.CentroidLPS[2])
		}
	}
	opt := assess.Options{Seeds: []vertebra.Seed{{Level: anatomy.L1, Point: at}}}
	told := func(r *assess.Result) bool {
		for _, f := range r.Findings {
			if f.Code == diag.CodeLeakAcrossGap {
				return true
			}
		}
		return false
	}
	whole, err := assess.Run(context.Background(), assess.Input{Post: c.Post}, opt, nil)
	if err != nil {
		t.Fatal(err)
	}
	if told(whole) || len(whole.Report.Leaks) == 0 {
		t.Fatalf("%d leaks in a whole series, %v", len(whole.Report.Leaks), whole.Report.Quality)
	}
	k := int(c.Post.Voxel(geom.LPS(truth.CentroidLPS[0], truth.CentroidLPS[1], truth.CentroidLPS[2])).Z)
	holed, err := assess.Run(context.Background(), assess.Input{Post: without(t, c.Post, k-1, k+2)}, opt, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(holed.Report.Leaks) > 0 && !told(holed) {
		t.Errorf("nobody says that leaks reach missing slices: %v", holed.Report.Quality)
	}
	for _, l := range holed.Report.Leaks {
		if i := l.VolumeIntervalML; i != nil {
			t.Errorf("a leak of %.2f mL is given as %.2f mL (%.2f to %.2f) without a word", truth.VolumeML, l.VolumeML, i[0], i[1])
		}
	}
}
