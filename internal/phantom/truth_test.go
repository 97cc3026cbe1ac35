package phantom_test

import (
	"math"
	"sync"
	"testing"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/phantom"
	"github.com/vertefill/vertefill/internal/volume"
)

// leakyPlan is three vertebrae with a leak of every compartment.
var leakyPlan = phantom.Options{First: anatomy.T11, Last: anatomy.L1, Matrix: 192, FOVMM: 140, SliceMM: 0.8, SpacingMM: 0.8, PreSliceMM: 1.2, Fractures: []phantom.Fracture{},
	Plan: []phantom.Treatment{
		{Level: anatomy.T11, Fill: 0.25, Leaks: []phantom.LeakPlan{
			{Compartment: anatomy.Canal, ML: 0.25},
			{Compartment: anatomy.ParavertebralVein, ML: 0.1, Side: anatomy.Left},
			{Compartment: anatomy.DiscSuperior, ML: 0.3}}},
		{Level: anatomy.L1, Fill: 0.15, Bipedicular: true, Leaks: []phantom.LeakPlan{
			{Compartment: anatomy.DiscInferior, ML: 0.2},
			{Compartment: anatomy.Foramen, ML: 0.1, Side: anatomy.Right},
			{Compartment: anatomy.SoftTissue, ML: 0.3, Side: anatomy.Left},
			{Compartment: anatomy.NeedleTrack, ML: 0.06},
			{Compartment: anatomy.Distant, ML: 0.05}}},
		{Level: anatomy.T12, Fill: 0.15, Prior: true, PlateauHU: 1700},
	}}

var leakyCase = sync.OnceValues(func() (*phantom.Case, error) { return phantom.New(21, leakyPlan) })

// leaky returns the case of leakyPlan, which the tests share.
func leaky(t *testing.T) *phantom.Case {
	t.Helper()
	c, err := leakyCase()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestLeaksAreWhatWasPlanned(t *testing.T) {
	c := leaky(t)
	s := c.Truth.Spine()
	want := map[anatomy.Compartment]phantom.LeakPlan{}
	for _, p := range leakyPlan.Plan {
		for _, l := range p.Leaks {
			want[l.Compartment] = l
		}
	}
	if len(c.Truth.Leaks) != len(want) {
		t.Errorf("%d leaks, %d planned", len(c.Truth.Leaks), len(want))
	}
	for i, l := range c.Truth.Leaks {
		plan := want[l.Compartment]
		if l.ID != i+1 {
			t.Errorf("leak %d has id %d", i+1, l.ID)
		}
		if off := l.VolumeML/float64(plan.ML) - 1; math.Abs(off) > 0.2 {
			t.Errorf("%s: %.4f mL, planned %.4f", l.Compartment, l.VolumeML, plan.ML)
		}
		if plan.Side != "" && l.Side != plan.Side {
			t.Errorf("%s: on the %s, planned %s", l.Compartment, l.Side, plan.Side)
		}
		p := geom.LPS(l.CentroidLPS[0], l.CentroidLPS[1], l.CentroidLPS[2])
		v := s.Find(l.Level)
		q := v.BodyFromPatient()
		local := q.Apply(p)
		depth := s.Canal.Depth(p)
		if in := depth > 0; in != (l.Compartment == anatomy.Canal) {
			t.Errorf("%s: centroid %.1f mm into the canal", l.Compartment, depth)
		}
		switch l.Compartment {
		case anatomy.Canal:
			if l.CanalEncroachmentMM == nil || *l.CanalEncroachmentMM < 0.5 || *l.CanalEncroachmentFraction <= 0 || *l.CanalEncroachmentFraction > 0.6 {
				t.Errorf("canal encroachment %v %v", l.CanalEncroachmentMM, l.CanalEncroachmentFraction)
			}
		case anatomy.DiscSuperior, anatomy.DiscInferior:
			if up := local.Z > 0; up != (l.Compartment == anatomy.DiscSuperior) || math.Abs(local.Z) < float64(v.Heights.Middle)/2-1 {
				t.Errorf("%s: centroid at height %.1f mm", l.Compartment, local.Z)
			}
		case anatomy.Distant:
			if d := v.Distance(p); d < 15 {
				t.Errorf("distant cement %.1f mm from the body", d)
			}
		case anatomy.NeedleTrack:
			if local.Y < 0 {
				t.Error("needle track in front of the body")
			}
		}
		if l.ReachMM < 0.5 || l.LengthMM < 1 {
			t.Errorf("%s: reach %.2f mm, length %.2f mm", l.Compartment, l.ReachMM, l.LengthMM)
		}
	}
}

// TestMasksAgreeWithVolumes counts voxels: masks are coarser than the truth but must not lose or invent anything.
func TestMasksAgreeWithVolumes(t *testing.T) {
	c := leaky(t)
	bodies := c.Truth.BodyMask()
	classes, leaks := c.Truth.CementMask()
	sum := map[anatomy.CementClass]float64{}
	for _, v := range c.Truth.Vertebrae {
		if got := float64(bodies.Volume(uint8(v.Level))) / v.BodyVolumeML; math.Abs(got-1) > 0.01 {
			t.Errorf("%s: mask holds %.4f of the body", v.Level, got)
		}
		sum[anatomy.CementInBody] += v.CementInBodyML
		sum[anatomy.CementPrior] += v.PriorCementML
	}
	for class, want := range sum {
		if got := float64(classes.Volume(uint8(class))); math.Abs(got/want-1) > 0.03 {
			t.Errorf("class %d: %.3f mL in the mask, %.3f true", class, got, want)
		}
	}
	for _, l := range c.Truth.Leaks {
		if got := float64(leaks.Volume(uint8(l.ID))); math.Abs(got/l.VolumeML-1) > 0.25 {
			t.Errorf("%s: %.4f mL in the mask, %.4f true", l.Compartment, got, l.VolumeML)
		}
	}
}

// TestCementIsBright checks that picture and truth lie on each other: what the truth calls cement is bright, new cement is absent
// before, old cement is there at the place where the motion of its vertebra puts it.
func TestCementIsBright(t *testing.T) {
	c := leaky(t)
	classes, _ := c.Truth.CementMask()
	motion := c.Truth.PostFromPre()
	mean := map[anatomy.CementClass]*[3]float64{anatomy.CementInBody: {}, anatomy.CementPrior: {}, anatomy.CementLeaked: {}}
	s := c.Truth.Spine()
	eachLabel(classes, func(i, j, k int, class uint8) {
		m := mean[anatomy.CementClass(class)]
		if m == nil {
			return
		}
		p := c.Post.Patient(geom.Vox(float64(i), float64(j), float64(k)))
		v, _ := s.Nearest(p)
		back := motion[v.Level]
		back = back.MustInverse()
		m[0] += float64(c.Post.At(i, j, k))
		m[1] += c.Pre.SampleAt(back.Apply(p))
		m[2]++
	})
	for class, m := range mean {
		post, pre := m[0]/m[2], m[1]/m[2]
		if post < 900 {
			t.Errorf("class %d: mean %.0f HU after", class, post)
		}
		if old := class == anatomy.CementPrior; old != (pre > 900) {
			t.Errorf("class %d: mean %.0f HU before", class, pre)
		}
	}
}

func eachLabel(l *volume.Labels, visit func(i, j, k int, label uint8)) {
	for k := l.Box.Min.K; k < l.Box.Max.K; k++ {
		for j := l.Box.Min.J; j < l.Box.Max.J; j++ {
			for i := l.Box.Min.I; i < l.Box.Max.I; i++ {
				if v := l.At(i, j, k); v != 0 {
					visit(i, j, k, v)
				}
			}
		}
	}
}

// TestMotionIsTrue samples bone before and after at the same place of each vertebra: by the true motion they agree, by that of
// another they agree less.
func TestMotionIsTrue(t *testing.T) {
	c := small(t, 8, phantom.Options{First: anatomy.T11, Last: anatomy.L1, Matrix: 128, FOVMM: 80, SliceMM: 1, SpacingMM: 1, PreSliceMM: 1, NoCement: true, NoiseHU: 12})
	motion := c.Truth.PostFromPre()
	another := map[anatomy.Level]anatomy.Level{anatomy.T11: anatomy.L1, anatomy.T12: anatomy.T11, anatomy.L1: anatomy.T11}
	for _, v := range c.Truth.Spine().Vertebrae {
		if !v.Complete {
			continue
		}
		own := shellCorrelation(c, v.Body.Vertices, motion[v.Level])
		other := shellCorrelation(c, v.Body.Vertices, motion[another[v.Level]])
		if own < 0.88 || other > own-0.02 {
			t.Errorf("%s: correlation %.3f by its own motion, %.3f by another's", v.Level, own, other)
		}
		a := motion[v.Level]
		if d := a.Apply(v.Centroid()).Dist(v.Centroid()); d > 2000 {
			t.Errorf("%s moved by %.0f mm", v.Level, d)
		}
	}
}

// shellCorrelation compares CT numbers on and around a surface between both scans.
func shellCorrelation(c *phantom.Case, surface []geom.Patient, postFromPre geom.Affine[geom.PatientFrame, geom.PatientFrame]) float64 {
	var n, sx, sy, sxx, syy, sxy float64
	preFromPost := postFromPre.MustInverse()
	middle := geom.Patient{}
	for _, p := range surface {
		middle = middle.Add(p.Sub(geom.Patient{}).Mul(1 / float64(len(surface))))
	}
	for _, p := range surface {
		for _, f := range []float64{0.85, 0.92, 0.97, 1} {
			q := middle.Lerp(p, f)
			x, y := c.Post.SampleAt(q), c.Pre.SampleAt(preFromPost.Apply(q))
			n, sx, sy, sxx, syy, sxy = n+1, sx+x, sy+y, sxx+x*x, syy+y*y, sxy+x*y
		}
	}
	return (sxy - sx*sy/n) / math.Sqrt((sxx-sx*sx/n)*(syy-sy*sy/n))
}
