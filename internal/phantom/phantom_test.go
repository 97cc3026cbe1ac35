package phantom_test

import (
	"math"
	"testing"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/phantom"
)

// small is a case that is quick to make.
func small(t *testing.T, seed uint64, o phantom.Options) *phantom.Case {
	t.Helper()
	if o.Matrix == 0 {
		o.Matrix, o.FOVMM, o.SliceMM, o.SpacingMM = 96, 90, 1.2, 1.2
	}
	c, err := phantom.New(seed, o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestTruthOfSpine(t *testing.T) {
	c := small(t, 3, phantom.Options{First: anatomy.T11, Last: anatomy.L1, NoPre: true})
	s := c.Truth.Spine()
	if got := len(s.Vertebrae); got != 5 {
		t.Fatalf("%d vertebrae, want three and one cut at each end", got)
	}
	for i, v := range s.Vertebrae {
		if cut := i == 0 || i == 4; v.Complete == cut {
			t.Errorf("%s complete: %v", v.Level, v.Complete)
		}
		if !v.Complete {
			continue
		}
		truth := c.Truth.Vertebrae[i-1]
		if got := float64(v.Body.Volume()) / truth.BodyVolumeML; math.Abs(got-1) > 0.004 {
			t.Errorf("%s: surface holds %.4f of the true volume", v.Level, got)
		}
		if d := v.Body.Centroid().Dist(v.Centroid()); d > 0.3 {
			t.Errorf("%s: centroid of the surface is %.2f mm off", v.Level, d)
		}
		if d := v.Distance(v.Centroid()); d > -5 {
			t.Errorf("%s: centroid lies %.1f mm inside", v.Level, -d)
		}
		wall := v.PatientFromBody.Apply(geom.Pt[geom.BodyFrame](3, v.Wall.Y(3, 0), 0))
		if d := v.Distance(wall); math.Abs(d) > 0.6 {
			t.Errorf("%s: wall lies %.2f mm from the surface", v.Level, d)
		}
		canal := v.PatientFromBody.Apply(geom.Pt[geom.BodyFrame](0, v.Wall.Y(0, 0)+5, 0))
		if d := s.Canal.Depth(canal); d < 1 {
			t.Errorf("%s: %.1f mm into the canal 5 mm behind the wall", v.Level, d)
		}
		for _, w := range s.Vertebrae {
			if w != v && w.Complete && w.Distance(v.Centroid()) < 5 {
				t.Errorf("%s and %s meet", v.Level, w.Level)
			}
		}
	}
}

func TestSameSeedSameCase(t *testing.T) {
	o := phantom.Options{First: anatomy.L1, Last: anatomy.L1, Matrix: 64, FOVMM: 100, SliceMM: 2, SpacingMM: 2, NoPre: true}
	a, b, other := small(t, 5, o), small(t, 5, o), small(t, 6, o)
	if len(a.Post.HU) != len(b.Post.HU) || a.Truth.Totals != b.Truth.Totals {
		t.Fatal("two cases of one seed differ")
	}
	for i := range a.Post.HU {
		if a.Post.HU[i] != b.Post.HU[i] {
			t.Fatalf("voxel %d: %d and %d", i, a.Post.HU[i], b.Post.HU[i])
		}
	}
	if a.Truth.Vertebrae[0].BodyVolumeML == other.Truth.Vertebrae[0].BodyVolumeML {
		t.Error("another seed gives the same body")
	}
}
