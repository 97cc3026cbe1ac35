package vertebra_test

import (
	"context"
	"errors"
	"math"
	"testing"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/diag"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/phantom"
	"github.com/vertefill/vertefill/internal/spine"
	"github.com/vertefill/vertefill/internal/vertebra"
	"github.com/vertefill/vertefill/internal/volume"
)

func TestNoSpine(t *testing.T) {
	var pos []geom.Patient
	for k := range 40 {
		pos = append(pos, geom.LPS(0, 0, float64(k)*2))
	}
	g, err := volume.NewGrid(80, 80, geom.LPSVec(1, 0, 0), geom.LPSVec(0, 1, 0), 1.5, 1.5, pos, "")
	if err != nil {
		t.Fatal(err)
	}
	v := volume.New(g)
	for i := range v.HU {
		v.HU[i] = 40
	}
	sink := &diag.Sink{}
	s, err := vertebra.Find(context.Background(), v, vertebra.Options{}, sink, nil)
	if err != nil || len(s.Vertebrae) != 0 {
		t.Fatalf("%d vertebrae in water, error %v", len(s.Vertebrae), err)
	}
	if f := sink.Findings(); len(f) == 0 || f[0].Code != diag.CodeSpineNotFound {
		t.Errorf("findings: %v", f)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := vertebra.Find(ctx, v, vertebra.Options{Seeds: []vertebra.Seed{{Level: anatomy.L1}}}, nil, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// TestPhantom holds a small case to the accuracy that docs/algorithms/vertebra.md claims, names by counting from one seed, and
// checks that a mirrored patient gives mirrored bodies.
func TestPhantom(t *testing.T) {
	if testing.Short() {
		t.Skip("makes a phantom")
	}
	o := phantom.Options{First: anatomy.T12, Last: anatomy.L1, Matrix: 200, FOVMM: 120, SliceMM: 1.2, SpacingMM: 1.2, NoPre: true, NoCement: true, Fractures: []phantom.Fracture{}}
	c, err := phantom.New(5, o)
	if err != nil {
		t.Fatal(err)
	}
	find := func(v *volume.Volume, seed geom.Patient) *spine.Spine {
		t.Helper()
		last := 0.0
		s, err := vertebra.Find(context.Background(), v, vertebra.Options{Seeds: []vertebra.Seed{{Level: anatomy.T12, Point: seed}}}, nil, func(f float64) {
			if f < 0 || f > 1 {
				t.Errorf("progress %g", f)
			}
			last = f
		})
		if err != nil {
			t.Fatal(err)
		}
		if last != 1 {
			t.Errorf("progress ended at %g", last)
		}
		return s
	}
	truth := c.Truth.Vertebrae
	at := geom.LPS(truth[0].CentroidLPS[0], truth[0].CentroidLPS[1], truth[0].CentroidLPS[2])
	s := find(c.Post, at.Add(geom.LPSVec(2, -3, 2)))
	flipped, seed := mirrored(c.Post, at)
	m := find(flipped, seed)
	for _, w := range truth {
		v, u := s.Find(w.Level), m.Find(w.Level)
		if v == nil || !v.Complete || u == nil || !u.Complete {
			t.Fatalf("%s was not outlined", w.Level)
		}
		if e := float64(v.BodyML)/w.BodyVolumeML - 1; math.Abs(e) > 0.04 {
			t.Errorf("%s: %.2f mL, want %.2f", w.Level, v.BodyML, w.BodyVolumeML)
		}
		if d := dice(v, c.Truth.Spine().Find(w.Level)); d < 0.97 {
			t.Errorf("%s: Dice %.3f", w.Level, d)
		}
		if math.Abs(float64(u.BodyML/v.BodyML)-1) > 0.005 {
			t.Errorf("%s: %.3f mL, mirrored %.3f mL", w.Level, v.BodyML, u.BodyML)
		}
		if v.BodyIntervalML.IsZero() || !v.BodyIntervalML.Contains(float64(v.BodyML)) {
			t.Errorf("%s: interval %v of %.2f mL", w.Level, v.BodyIntervalML, v.BodyML)
		}
		if h := w.HeightsMM; math.Abs(float64(v.Heights.Anterior)-h.Anterior) > 0.8 || math.Abs(float64(v.Heights.Middle)-h.Middle) > 0.8 || math.Abs(float64(v.Heights.Posterior)-h.Posterior) > 0.8 {
			t.Errorf("%s: heights %.1f, want %.1f", w.Level, v.Heights, h)
		}
		// A step behind the wall lies in the canal, a step in front of it in the body.
		back := v.PatientFromBody.Apply(geom.Pt[geom.BodyFrame](0, v.Wall.Y(0, 0)+5, 0))
		front := v.PatientFromBody.Apply(geom.Pt[geom.BodyFrame](0, v.Wall.Y(0, 0)-2, 0))
		if r, _ := s.Region(back); r != spine.InCanal {
			t.Errorf("%s: %v behind the wall", w.Level, r)
		}
		if r, _ := s.Region(front); r != spine.InBody {
			t.Errorf("%s: %v in front of the wall", w.Level, r)
		}
	}
	tilted := find(feetFirstTilted(t, c.Post), at)
	for _, w := range truth {
		v, u := s.Find(w.Level), tilted.Find(w.Level)
		if u == nil || !u.Complete {
			t.Fatalf("%s was not outlined feet first, with a tilted gantry", w.Level)
		}
		if e := float64(u.BodyML/v.BodyML) - 1; math.Abs(e) > 0.015 {
			t.Errorf("%s: %.2f mL, feet first with a tilted gantry %.2f mL", w.Level, v.BodyML, u.BodyML)
		}
	}
	near, err := vertebra.FindNear(context.Background(), c.Post, vertebra.Seed{Level: anatomy.T12, Point: at})
	if err != nil || near == nil || near.Level != anatomy.T12 {
		t.Fatalf("pointed at: %v, error %v", near, err)
	}
	if e := float64(near.BodyML/s.Find(anatomy.T12).BodyML) - 1; math.Abs(e) > 0.01 {
		t.Errorf("pointed at: %.2f mL, in the whole %.2f mL", near.BodyML, s.Find(anatomy.T12).BodyML)
	}
	if none, err := vertebra.FindNear(context.Background(), c.Post, vertebra.Seed{Level: anatomy.T12, Point: at.Add(geom.LPSVec(400, 0, 0))}); none != nil || err != nil {
		t.Errorf("pointed outside the volume: %v, error %v", none, err)
	}
	if v := s.Find(anatomy.T12); v.Source != anatomy.SourceUser {
		t.Errorf("T12 is named by %s", v.Source)
	}
	for _, v := range s.Vertebrae {
		if v.Complete && v.Level != anatomy.T12 && v.Level != anatomy.L1 {
			t.Errorf("%s is cut by the field of view but %.1f mL are given", v.Level, v.BodyML)
		}
	}
}

// feetFirstTilted is the same patient scanned feet first, rows from left to right, with the gantry tilted by 15 degrees.
func feetFirstTilted(t *testing.T, v *volume.Volume) *volume.Volume {
	t.Helper()
	tan := math.Tan(15 * math.Pi / 180)
	first := v.Patient(geom.Vox(float64(v.NX-1), 0, float64(v.NZ-1)))
	var pos []geom.Patient
	for k := range v.NZ {
		z := float64(k) * float64(v.DZ)
		pos = append(pos, first.Add(geom.LPSVec(0, (z-float64(v.NZ-1)*float64(v.DZ)/2)*tan, -z)))
	}
	g, err := volume.NewGrid(v.NX, v.NY, geom.LPSVec(-1, 0, 0), geom.LPSVec(0, 1, 0), v.DX, v.DY, pos, "")
	if err != nil {
		t.Fatal(err)
	}
	if g.Verdict != volume.Tilted {
		t.Fatalf("the slices are %s", g.Verdict)
	}
	return v.Resample(g)
}

// TestScoliosis finds every body of a spine bent sideways by 40 degrees, with the vertebrae turned into the bend, without a seed.
func TestScoliosis(t *testing.T) {
	if testing.Short() {
		t.Skip("makes a phantom")
	}
	o := phantom.Options{First: anatomy.T9, Last: anatomy.L1, CobbDegrees: 40, Contrast: true, Matrix: 240, FOVMM: 168, SliceMM: 1.2, SpacingMM: 1.2, NoPre: true, NoCement: true, Fractures: []phantom.Fracture{}}
	c, err := phantom.New(31, o)
	if err != nil {
		t.Fatal(err)
	}
	s, err := vertebra.Find(context.Background(), c.Post, vertebra.Options{}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range c.Truth.Vertebrae {
		tv := c.Truth.Spine().Find(w.Level)
		v := closest(s, tv.Centroid())
		if v == nil || !v.Complete || v.Centroid().Dist(tv.Centroid()) > 3 {
			t.Errorf("%s was not found", w.Level)
			continue
		}
		if e := float64(v.BodyML)/w.BodyVolumeML - 1; math.Abs(e) > 0.05 {
			t.Errorf("%s: %.2f mL, want %.2f", w.Level, v.BodyML, w.BodyVolumeML)
		}
		if !v.Level.IsUnknown() && v.Level != w.Level {
			t.Errorf("%s is called %s", w.Level, v.Level)
		}
	}
}

// TestTurned samples a patient on slices turned by ten degrees: the volumes stay.
func TestTurned(t *testing.T) {
	if testing.Short() {
		t.Skip("makes a phantom")
	}
	o := phantom.Options{First: anatomy.T12, Last: anatomy.T12, Matrix: 200, FOVMM: 120, SliceMM: 0.8, SpacingMM: 0.7, NoPre: true, NoCement: true, Fractures: []phantom.Fracture{}}
	c, err := phantom.New(6, o)
	if err != nil {
		t.Fatal(err)
	}
	w := c.Truth.Vertebrae[0]
	at := geom.LPS(w.CentroidLPS[0], w.CentroidLPS[1], w.CentroidLPS[2])
	turn := geom.Rotation(at, geom.LPSVec(1, 0.4, 0.3), 10*math.Pi/180)
	const n, mm = 180, 0.6
	row, col := turn.ApplyVec(geom.LPSVec(1, 0, 0)), turn.ApplyVec(geom.LPSVec(0, 1, 0))
	var slices []geom.Patient
	for k := range 100 {
		slices = append(slices, turn.Apply(at.Add(geom.LPSVec(-n*mm/2, -0.4*n*mm, float64(k-50)*mm))))
	}
	g, err := volume.NewGrid(n, n, row, col, mm, mm, slices, "")
	if err != nil {
		t.Fatal(err)
	}
	var ml [2]float64
	for i, v := range []*volume.Volume{c.Post, c.Post.Resample(g)} {
		s, err := vertebra.Find(context.Background(), v, vertebra.Options{Seeds: []vertebra.Seed{{Level: w.Level, Point: at}}}, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		b := s.Find(w.Level)
		if b == nil || !b.Complete {
			t.Fatal("the body was not outlined")
		}
		ml[i] = float64(b.BodyML)
	}
	if e := ml[1]/ml[0] - 1; math.Abs(e) > 0.01 {
		t.Errorf("%.2f mL, turned by ten degrees %.2f mL (%+.1f %%)", ml[0], ml[1], 100*e)
	}
}

// mirrored swaps left and right of the patient, and of a point.
func mirrored(v *volume.Volume, p geom.Patient) (*volume.Volume, geom.Patient) {
	out := volume.New(v.Grid)
	for k := range v.NZ {
		for j := range v.NY {
			for i := range v.NX {
				out.HU[i+v.NX*(j+v.NY*k)] = v.At(v.NX-1-i, j, k)
			}
		}
	}
	out.CeilingHU = v.CeilingHU
	q := v.Voxel(p)
	q.X = float64(v.NX-1) - q.X
	return out, v.Patient(q)
}
