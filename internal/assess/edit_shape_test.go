package assess_test

import (
	"context"
	"math"
	"testing"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/spine"
)

func lps(p geom.Patient) [3]float64 { return [3]float64{p.X, p.Y, p.Z} }

// rectangle is an outline on the plane through a point with a normal along x, from lo to hi in y and z (mm from the point).
func rectangle(kind assess.EditKind, at geom.Patient, lo, hi [2]float64, depth float64) assess.Edit {
	corner := func(y, z float64) [3]float64 { return lps(at.Add(geom.LPSVec(0, y, z))) }
	return assess.Edit{Kind: kind, At: lps(at), Normal: &[3]float64{1, 0, 0}, Stroke: &assess.Stroke{RadiusMM: depth,
		Points: [][3]float64{corner(lo[0], lo[1]), corner(hi[0], lo[1]), corner(hi[0], hi[1]), corner(lo[0], hi[1])}}}
}

// cementML sums the new cement at the places wanted.
func cementML(r *assess.Result, want func(geom.Patient) bool) float64 {
	o := r.Occupancy()
	nx, ny, _ := o.Box.Size()
	sum := 0.0
	for n, f := range o.New {
		if p := o.Grid.Patient(geom.Vox(float64(o.Box.Min.I+n%nx), float64(o.Box.Min.J+n/nx%ny), float64(o.Box.Min.K+n/nx/ny))); want(p) {
			sum += float64(f)
		}
	}
	return sum * float64(o.Grid.DX) * float64(o.Grid.DY) * float64(o.Grid.DZ) / 1000
}

func everywhere(geom.Patient) bool { return true }

func treated(t *testing.T, r *assess.Result) *spine.Vertebra {
	t.Helper()
	v := r.Spine.Find(anatomy.T12)
	if v == nil {
		t.Fatal("no T12")
	}
	return v
}

func TestScissorsTakeWhatTheOutlineHolds(t *testing.T) {
	r := automatic(t)
	c := treated(t, r).Centroid()
	out := apply(t, r, rectangle(assess.CementCut, c, [2]float64{-60, 0}, [2]float64{60, 60}, 60))
	above := func(p geom.Patient) bool { return p.Z > c.Z+0.6 }
	below := func(p geom.Patient) bool { return p.Z < c.Z-0.6 }
	if before, left := cementML(r, above), cementML(out, above); before < 0.2 || math.Abs(left) > 0.01 {
		t.Errorf("%.3f of %.3f mL are left above the cut", left, before)
	}
	near(t, "cement below the cut", cementML(out, below), cementML(r, below), 1e-6)
	half := apply(t, r, rectangle(assess.CementCut, c, [2]float64{-60, 0}, [2]float64{60, 60}, 0.1))
	if cementML(half, everywhere) < 0.8*cementML(r, everywhere) {
		t.Error("a shallow cut goes all the way through")
	}
}

func TestSmoothKeepsTheVolume(t *testing.T) {
	r := automatic(t)
	v := treated(t, r)
	stroke := &assess.Stroke{Points: [][3]float64{lps(v.Centroid())}, RadiusMM: 30}
	out := apply(t, r, assess.Edit{Kind: assess.CementSmooth, At: lps(v.Centroid()), Stroke: stroke})
	before, after := cementML(r, everywhere), cementML(out, everywhere)
	near(t, "volume", after, before, 0.05*before)
	if a, b := r.CementSurfaces[anatomy.CementInBody].Area(), out.CementSurfaces[anatomy.CementInBody].Area(); b >= a {
		t.Errorf("the surface grew from %.0f to %.0f mm2", a, b)
	}
}

// A column between two discs of one size is a cylinder.
func TestBetweenTwoSlices(t *testing.T) {
	r := automatic(t)
	const radius, height = 4.0, 12.0
	low := treated(t, r).Centroid().Add(geom.LPSVec(0, -45, -height/2)) // in front of the spine: no cement there
	high := low.Add(geom.LPSVec(0, 0, height))
	ball := func(p geom.Patient) assess.Edit {
		return assess.Edit{Kind: assess.CementBrush, At: lps(p), Class: anatomy.CementInBody, Stroke: &assess.Stroke{Points: [][3]float64{lps(p)}, RadiusMM: radius}}
	}
	balls := apply(t, r, ball(low), ball(high))
	to := lps(high)
	out := apply(t, r, ball(low), ball(high), assess.Edit{Kind: assess.CementBetween, At: lps(low), To: &to, Class: anatomy.CementInBody})
	column := func(p geom.Patient) bool {
		return p.Z > low.Z && p.Z < high.Z && math.Hypot(p.X-low.X, p.Y-low.Y) < 2*radius
	}
	near(t, "what the balls hold", cementML(balls, column), 4.0/3*math.Pi*radius*radius*radius/1000, 0.05)
	near(t, "the column", cementML(out, column), math.Pi*radius*radius*height/1000, 0.06)
}

func TestCementAgainstItsBody(t *testing.T) {
	r := automatic(t)
	v := treated(t, r)
	edit := func(k assess.EditKind) assess.Edit { return assess.Edit{Kind: k, At: lps(v.Centroid())} }
	inside, outside := apply(t, r, edit(assess.CementInside)), apply(t, r, edit(assess.CementOutside))
	all := cementML(r, everywhere)
	near(t, "inside and outside together", cementML(inside, everywhere)+cementML(outside, everywhere), all, 0.01*all)
	for _, l := range inside.Report.Leaks {
		if l.Level == anatomy.T12 && l.VolumeML > 0.02 {
			t.Errorf("a leak of %.2f mL is left", l.VolumeML)
		}
	}
	for _, x := range outside.Report.Vertebrae {
		if x.Level == anatomy.T12 && x.CementInBodyML > 0.05 {
			t.Errorf("%.2f mL are left in the body", x.CementInBodyML)
		}
	}
}

func TestOneIslandIsKept(t *testing.T) {
	r := automatic(t)
	v := treated(t, r)
	far := v.Centroid().Add(geom.LPSVec(0, -22, 0))
	speck := assess.Edit{Kind: assess.CementBrush, At: lps(far), Class: anatomy.CementInBody, Stroke: &assess.Stroke{Points: [][3]float64{lps(far)}, RadiusMM: 2}}
	with := apply(t, r, speck)
	speckML := cementML(with, everywhere) - cementML(r, everywhere)
	kept := apply(t, r, speck, assess.Edit{Kind: assess.CementKeep, At: lps(far)})
	near(t, "the speck alone", cementML(kept, func(p geom.Patient) bool { return p.Dist(v.Centroid()) < 60 }), speckML, 0.01)
}

func TestBodyIsCut(t *testing.T) {
	r := automatic(t)
	v := treated(t, r)
	c := v.Centroid()
	_, hi := v.Body.Bounds()
	off := hi.Z - 4 - c.Z // 4 mm off the top
	out := apply(t, r, rectangle(assess.BodyCut, c, [2]float64{-60, off}, [2]float64{60, 60}, 60))
	want := 0.0 // by counting
	const step = 0.5
	for z := -25.0; z < 25; z += step {
		for y := -30.0; y < 30; y += step {
			for x := -35.0; x < 35; x += step {
				if z < off && v.Distance(c.Add(geom.LPSVec(x, y, z))) < 0 {
					want += step * step * step / 1000
				}
			}
		}
	}
	got := out.Spine.Find(anatomy.T12)
	near(t, "volume", float64(got.BodyML), want, 0.02*want)
	if !got.Corrected || got.FoundML != v.BodyML {
		t.Errorf("corrected %v, found %.2f mL", got.Corrected, got.FoundML)
	}
	middle := rectangle(assess.BodyCut, c, [2]float64{-60, -60}, [2]float64{60, 60}, 60)
	same, err := r.Edited(context.Background(), []assess.Edit{middle})
	if err != nil || same.Corrections.Applied[0] || same.Spine.Find(anatomy.T12).BodyML != v.BodyML {
		t.Errorf("a cut through the middle: %v", err)
	}
}

func TestBodyIsSmoothed(t *testing.T) {
	r := automatic(t)
	v := treated(t, r)
	_, hi := v.Body.Bounds()
	top := v.Centroid().Add(geom.LPSVec(0, 0, hi.Z-v.Centroid().Z))
	stroke := func(radius float64) *assess.Stroke {
		return &assess.Stroke{Points: [][3]float64{lps(top)}, RadiusMM: radius}
	}
	bump := assess.Edit{Kind: assess.BodyBrush, At: lps(v.Centroid()), Stroke: stroke(3), Class: anatomy.CementInBody}
	with := apply(t, r, bump).Spine.Find(anatomy.T12)
	even := apply(t, r, bump, assess.Edit{Kind: assess.BodySmooth, At: lps(v.Centroid()), Stroke: stroke(10)}).Spine.Find(anatomy.T12)
	highest := func(x *spine.Vertebra) float64 { _, h := x.Body.Bounds(); return h.Z }
	if highest(with) < hi.Z+2 || highest(even) > highest(with)-0.5 {
		t.Errorf("top at %.2f, with a bump %.2f, smoothed %.2f mm", hi.Z, highest(with), highest(even))
	}
	near(t, "volume", float64(even.BodyML), float64(with.BodyML), 0.01*float64(v.BodyML))
}
