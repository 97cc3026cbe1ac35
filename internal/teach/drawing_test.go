package teach_test

import (
	"math"
	"strings"
	"testing"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/measure"
	"github.com/vertefill/vertefill/internal/mesh"
	"github.com/vertefill/vertefill/internal/render"
	"github.com/vertefill/vertefill/internal/teach"
	"github.com/vertefill/vertefill/internal/text"
)

// circle is an outline of radius r round c on the axial plane at its height.
func circle(c geom.Patient, r float64) measure.Shape {
	s := measure.Shape{Kind: measure.Freehand, Plane: render.Standard(render.Axial, c)}
	for i := range 200 {
		a := 2 * math.Pi * float64(i) / 200
		s.Points = append(s.Points, c.Add(geom.LPSVec(r*math.Cos(a), r*math.Sin(a), 0)))
	}
	return s
}

// Circles of one radius whose middles lie 0.8 radii apart share 2 acos(0.4) - 0.8 sqrt(0.84) of r2, over pi.
func TestDrawnDice(t *testing.T) {
	const r = 12.0
	ball := sphere(geom.LPS(5, 5, 0), r)
	for _, c := range []struct{ dx, want float64 }{{0, 1}, {0.8 * r, (2*math.Acos(0.4) - 0.8*math.Sqrt(0.84)) / math.Pi}, {3 * r, 0}} {
		a, ok := teach.CompareOutlines([]measure.Shape{circle(geom.LPS(5+c.dx, 5, 0), r)}, ball, nil)
		if dice := a.Dice(); !ok || math.Abs(dice-c.want) > 0.01 {
			t.Errorf("moved by %g: %g %v, want %g", c.dx, dice, ok, c.want)
		}
	}
	if _, ok := teach.CompareOutlines([]measure.Shape{circle(geom.LPS(5, 5, 40), r)}, ball, nil); ok {
		t.Error("a plane beside the body was compared")
	}
}

// Over a whole ball, drawn a tenth too wide on three slices, the areas and so the volume are 21 % too large: the ratio does not depend
// on which slices were drawn. The points follow: cement 21 % too large adds 21 % of the fill, a body so takes 1 - 1/1.21 of it away.
func TestDrawnErrors(t *testing.T) {
	const r = 12.0
	middle := geom.LPS(5, 5, 0)
	var list []measure.Shape
	for _, z := range []float64{-6, 0.1, 7} {
		list = append(list, circle(geom.LPS(5, 5, z), 1.1*math.Sqrt(r*r-z*z)))
	}
	a, ok := teach.CompareOutlines(list, sphere(middle, r), nil)
	if !ok || a.Slices != 3 || math.Abs(a.Share()-1.21) > 0.02 {
		t.Fatalf("%+v, share %.3f, want 1.21", a, a.Share())
	}
	level := teach.Treated{Level: anatomy.L1, Fill: 0.3, BodyML: 20}
	body := teach.Drawing{Of: teach.DrawnBody, Level: anatomy.L1, Areas: a, Dice: a.Dice(), ReferenceML: 20}
	cement := teach.Drawing{Of: teach.DrawnCement, Level: anatomy.L1, Areas: a, Dice: a.Dice(), ReferenceML: 6}
	for _, c := range []struct {
		d          teach.Drawing
		ml, points float64
	}{{body, 20 * 0.21, 30 * (1/1.21 - 1)}, {cement, 6 * 0.21, 30 * 0.21}} {
		if ml, points := c.d.OffML(), c.d.OffPoints(level); math.Abs(ml-c.ml) > 0.4 || math.Abs(points-c.points) > 0.6 {
			t.Errorf("%s: %+.2f mL, %+.1f points, want %+.2f and %+.1f", c.d.Of, ml, points, c.ml, c.points)
		}
	}
	other := body
	other.Level = anatomy.L1.Below(1)
	if !math.IsNaN(other.OffPoints(level)) || math.IsNaN(other.OffML()) {
		t.Error("another vertebra's body says something of this one's fill")
	}
	c := &teach.Case{Reference: teach.Reference{Treated: []teach.Treated{level}}}
	items := teach.Judge(c, teach.Answer{Fill: -1, Drawn: []teach.Drawing{body, cement}}, text.French).Items
	last := items[len(items)-1]
	if last.Verdict != teach.Right && !strings.HasPrefix(last.Hint, "Trop grand") || !strings.Contains(last.Off, "mL") || !strings.Contains(last.Off, "points") || !strings.Contains(last.Reference, "3 coupes") {
		t.Errorf("the cement is judged %+v", last)
	}
}

// Of two cements only that inside the body meant counts.
func TestDrawnWithinABody(t *testing.T) {
	two := &mesh.Mesh{}
	for _, z := range []float64{0, 30} {
		m := sphere(geom.LPS(0, 0, z), 5)
		n := int32(len(two.Vertices))
		two.Vertices = append(two.Vertices, m.Vertices...)
		for _, f := range m.Triangles {
			two.Triangles = append(two.Triangles, [3]int32{f[0] + n, f[1] + n, f[2] + n})
		}
	}
	s := measure.Shape{Kind: measure.Freehand, Plane: render.Standard(render.Sagittal, geom.LPS(0, 0, 0))}
	for i := range 100 {
		a := 2 * math.Pi * float64(i) / 100
		s.Points = append(s.Points, geom.LPS(0, 5*math.Cos(a), 5*math.Sin(a)))
	}
	all, _ := teach.CompareOutlines([]measure.Shape{s}, two, nil)
	one, ok := teach.CompareOutlines([]measure.Shape{s}, two, sphere(geom.LPS(0, 0, 0), 12))
	if !ok || one.Dice() < 0.97 || math.Abs(all.Dice()-2.0/3) > 0.02 {
		t.Errorf("Dice %.3f inside the body, %.3f of all", one.Dice(), all.Dice())
	}
}
