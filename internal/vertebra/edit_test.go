package vertebra_test

import (
	"math"
	"slices"
	"testing"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/mesh"
	"github.com/vertefill/vertefill/internal/spine"
	"github.com/vertefill/vertefill/internal/unit"
	"github.com/vertefill/vertefill/internal/vertebra"
)

// ellipsoid is a body whose volume and chords are known, turned and moved; its half axes are 22, 16 and 13 mm.
func ellipsoid() *spine.Vertebra {
	dirs, tris := mesh.Icosphere(4)
	frame := geom.Rotation(geom.LPS(0, 0, 0), geom.LPSVec(1, 0.3, 0.1), 0.3)
	v := &spine.Vertebra{Level: anatomy.L1, Complete: true, Wall: spine.Wall{Q0: 16}}
	v.PatientFromBody.M, v.PatientFromBody.T = frame.M, [3]float64{10, -20, 30}
	m := &mesh.Mesh{Triangles: tris}
	for _, d := range dirs {
		m.Vertices = append(m.Vertices, v.PatientFromBody.Apply(geom.Pt[geom.BodyFrame](22*d.X, 16*d.Y, 13*d.Z)))
	}
	v.SetBody(m)
	v.Heights = spine.Heights{Anterior: 15, Middle: 26, Posterior: 15}
	v.BodyIntervalML = unit.Interval{Low: float64(v.BodyML) - 0.3, High: float64(v.BodyML) + 0.3}
	return v
}

func TestHandlesLieOnTheSurface(t *testing.T) {
	v := ellipsoid()
	hs := vertebra.Handles(v)
	if len(hs) != 14 {
		t.Fatalf("%d handles", len(hs))
	}
	inv := v.BodyFromPatient()
	for _, h := range hs {
		if b := inv.Apply(h.At); math.Abs(b.X*b.X/484+b.Y*b.Y/256+b.Z*b.Z/169-1) > 0.02 {
			t.Errorf("handle %d at %v is off the surface", h.Kind, b)
		}
		if out := h.At.Sub(v.Centroid()).Dot(h.Axis); out < 5 {
			t.Errorf("handle %d: its axis points inwards (%.1f)", h.Kind, out)
		}
	}
	// Five stand on each endplate, evenly from front to rear.
	for _, plate := range [][]vertebra.HandleKind{
		{vertebra.SuperiorFrontRim, vertebra.SuperiorFront, vertebra.SuperiorEndplate, vertebra.SuperiorRear, vertebra.SuperiorRearRim},
		{vertebra.InferiorFrontRim, vertebra.InferiorFront, vertebra.InferiorEndplate, vertebra.InferiorRear, vertebra.InferiorRearRim},
	} {
		for i := range plate[1:] {
			a, b := inv.Apply(hs[plate[i]].At), inv.Apply(hs[plate[i+1]].At)
			if math.Abs(b.Y-a.Y-0.35*16) > 0.2 {
				t.Errorf("handles %d and %d stand %.1f mm apart", plate[i], plate[i+1], b.Y-a.Y)
			}
		}
	}
	if vertebra.Handles(&spine.Vertebra{}) != nil {
		t.Error("handles without a surface")
	}
}

// TestDrag checks the place of the handle, the volume of a stretched half, and that the old value stays.
func TestDrag(t *testing.T) {
	for _, h := range vertebra.Handles(ellipsoid()) {
		v := ellipsoid()
		before, points := *v, slices.Clone(v.Body.Vertices)
		for _, d := range []float64{3, -3} {
			w, err := vertebra.Drag(v, h.Kind, h.At.Add(h.Axis.Mul(d)))
			if err != nil {
				t.Fatal(err)
			}
			var got vertebra.Handle
			for _, g := range vertebra.Handles(w) {
				if g.Kind == h.Kind {
					got = g
				}
			}
			if off := got.At.Sub(h.At).Dot(h.Axis); math.Abs(off-d) > 0.25 {
				t.Errorf("handle %d moved by %.2f, want %g", h.Kind, off, d)
			}
			reach := h.At.Sub(v.Centroid()).Dot(h.Axis)
			want := 1 + d/reach/2 // one half stretched
			if r := float64(w.BodyML / v.BodyML); h.Kind < vertebra.SuperiorFrontRim && math.Abs(r-want) > 0.015 {
				t.Errorf("handle %d: volume times %.3f, want %.3f", h.Kind, r, want)
			}
			if c := w.Body.Centroid(); c.Dist(w.Centroid()) > 1e-6 {
				t.Errorf("handle %d: the axes are not at the centroid", h.Kind)
			}
			// The wall moves with its own handle only.
			inv := w.BodyFromPatient()
			old := inv.Apply(v.PatientFromBody.Apply(geom.Pt[geom.BodyFrame](0, v.Wall.Y(0, 0), 0)))
			shift := 0.0
			if h.Kind == vertebra.PosteriorWall {
				shift = d
			}
			if y := w.Wall.Y(old.X, old.Z); math.Abs(y-old.Y-shift) > 0.05 {
				t.Errorf("handle %d: wall moved by %.2f, want %.2f", h.Kind, y-old.Y, shift)
			}
			if !w.Corrected || w.FoundML != v.BodyML || !w.BodyIntervalML.Contains(float64(w.BodyML)) {
				t.Errorf("handle %d: corrected %v from %.2f mL, interval %v", h.Kind, w.Corrected, w.FoundML, w.BodyIntervalML)
			}
		}
		before.Field, v.Field = nil, nil
		if before != *v || !slices.Equal(points, v.Body.Vertices) {
			t.Errorf("handle %d: the vertebra given was changed", h.Kind)
		}
	}
	v := ellipsoid()
	w, err := vertebra.Drag(v, vertebra.SuperiorEndplate, v.Centroid().Add(v.PatientFromBody.Axis(2).Mul(-60)))
	if err != nil || w.Body.Volume() < 0.5*v.BodyML {
		t.Errorf("pushed through: %v, %.1f mL", err, w.BodyML)
	}
	if _, err := vertebra.Drag(v, 99, v.Centroid()); err == nil {
		t.Error("a handle that does not exist was dragged")
	}
	if _, err := vertebra.Drag(v, vertebra.LeftWall, geom.LPS(math.NaN(), 0, 0)); err == nil {
		t.Error("dragged to no place")
	}
	if _, err := vertebra.Drag(&spine.Vertebra{}, vertebra.LeftWall, geom.LPS(0, 0, 0)); err == nil {
		t.Error("dragged without surface")
	}
}

// TestDragTiltsEndplate pulls the front rim up: the wedge follows, the rear rim stays.
func TestDragTiltsEndplate(t *testing.T) {
	v := ellipsoid()
	hs := vertebra.Handles(v)
	h := hs[vertebra.SuperiorFrontRim]
	w, err := vertebra.Drag(v, h.Kind, h.At.Add(h.Axis.Mul(4)))
	if err != nil {
		t.Fatal(err)
	}
	now := vertebra.Handles(w)
	if r, f := now[vertebra.SuperiorRearRim].At.Dist(hs[vertebra.SuperiorRearRim].At), now[vertebra.SuperiorFrontRim].At.Dist(h.At); r > 1 || f < 3.5 {
		t.Errorf("front rim moved by %.1f mm, rear rim by %.1f", f, r)
	}
}

// With a reach the surface follows the handle near it and stays elsewhere.
func TestDragWithinReach(t *testing.T) {
	v := ellipsoid()
	const reach, by = 5, 3
	h := vertebra.Handles(v)[vertebra.SuperiorEndplate]
	w, err := vertebra.DragWithin(v, h.Kind, h.At.Add(h.Axis.Mul(by)), reach)
	if err != nil {
		t.Fatal(err)
	}
	near, far := 0.0, 0.0
	for n, p := range v.Body.Vertices {
		from := p.Sub(h.At)
		aside := from.Sub(h.Axis.Mul(from.Dot(h.Axis))).Norm()
		moved := w.Body.Vertices[n].Dist(p)
		switch {
		case aside < 1 && from.Dot(h.Axis) > -2:
			near = max(near, moved)
		case aside > 2.5*reach:
			far = max(far, moved)
		}
	}
	if near < 0.85*by || near > 1.01*by || far > 1e-4 {
		t.Errorf("near the handle %.2f mm, far from it %.5f mm", near, far)
	}
	whole, err := vertebra.Drag(v, h.Kind, h.At.Add(h.Axis.Mul(by)))
	if err != nil {
		t.Fatal(err)
	}
	if w.BodyML <= v.BodyML || w.BodyML >= whole.BodyML {
		t.Errorf("%.2f mL, between %.2f and %.2f", w.BodyML, v.BodyML, whole.BodyML)
	}
}

func TestBrush(t *testing.T) {
	v := ellipsoid()
	top := vertebra.Handles(v)[vertebra.SuperiorEndplate]
	more, err := vertebra.Brush(v, top.At, 5, true)
	if err != nil {
		t.Fatal(err)
	}
	less, err := vertebra.Brush(v, top.At, 5, false)
	if err != nil {
		t.Fatal(err)
	}
	// Half a ball of 5 mm is 0.262 mL; the endplate is nearly flat there.
	half := 0.5 * 4 / 3 * math.Pi * 125 / 1000
	if a, b := float64(more.BodyML-v.BodyML), float64(v.BodyML-less.BodyML); math.Abs(a/half-1) > 0.3 || math.Abs(b/half-1) > 0.3 {
		t.Errorf("half a ball of %.3f mL: added %.3f, removed %.3f", half, a, b)
	}
	tip := top.At.Add(top.Axis.Mul(4.5))
	if more.Distance(tip) > 0.3 || less.Distance(top.At.Add(top.Axis.Mul(-4))) < -0.3 {
		t.Errorf("the ball's far side: %.2f mm after adding, %.2f after removing", more.Distance(tip), less.Distance(top.At.Add(top.Axis.Mul(-4))))
	}
	for _, p := range []geom.Patient{v.Centroid(), top.At.Add(top.Axis.Mul(30))} { // inside, and clear of the surface
		if w, err := vertebra.Brush(v, p, 3, p == v.Centroid()); err != nil || w != v {
			t.Errorf("a ball at %v changed the body: %v", p, err)
		}
	}
	for _, r := range []float64{0, -1, math.NaN(), 1e6} {
		if _, err := vertebra.Brush(v, top.At, r, true); err == nil {
			t.Errorf("a brush of %g mm", r)
		}
	}
	// However much is brushed away, a closed body stays.
	w := v
	for range 30 {
		if w, err = vertebra.Brush(w, w.Centroid().Add(top.Axis.Mul(4)), 8, false); err != nil {
			t.Fatal(err)
		}
	}
	if w.Body.Volume() <= 0 || !w.Centroid().IsFinite() {
		t.Errorf("%.3f mL at %v are left", w.BodyML, w.Centroid())
	}
	if s := vertebra.Settle(w); s == w || s.BodyML != w.BodyML || math.Abs(s.Distance(tip)-w.Distance(tip)) > 0.5 {
		t.Error("settling changed more than the distance field")
	}
}

func BenchmarkDrag(b *testing.B) {
	v := ellipsoid()
	h := vertebra.Handles(v)[vertebra.SuperiorEndplate]
	for range b.N {
		if _, err := vertebra.Drag(v, h.Kind, h.At.Add(h.Axis)); err != nil {
			b.Fatal(err)
		}
	}
}
