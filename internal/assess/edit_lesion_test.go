package assess_test

import (
	"context"
	"math"
	"reflect"
	"testing"

	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/diag"
)

// TestLesionByHand outlines with every tool; volumes are those of the shapes drawn, and nothing else of the report changes.
func TestLesionByHand(t *testing.T) {
	r := automatic(t)
	line := func(r *assess.Result) assess.Vertebra {
		for _, v := range r.Report.Vertebrae {
			if v.Treated {
				return v
			}
		}
		t.Fatal("nothing is treated")
		return assess.Vertebra{}
	}
	c := line(r).CentroidLPS
	ball := func(kind assess.EditKind, radius float64) assess.Edit {
		return assess.Edit{Kind: kind, At: c, Stroke: &assess.Stroke{Points: [][3]float64{c}, RadiusMM: radius}}
	}
	circle := func(kind assess.EditKind, z, radius, half float64) assess.Edit {
		e := assess.Edit{Kind: kind, At: c, Normal: &[3]float64{0, 0, 1}, Stroke: &assess.Stroke{RadiusMM: half}}
		for n := range 60 {
			sin, cos := math.Sincos(2 * math.Pi * float64(n) / 60)
			e.Stroke.Points = append(e.Stroke.Points, [3]float64{c[0] + radius*cos, c[1] + radius*sin, c[2] + z})
		}
		return e
	}
	near := func(what string, got *assess.Lesion, ml, tolerance float64) {
		t.Helper()
		if got == nil || math.Abs(got.VolumeML-ml) > tolerance*ml {
			t.Errorf("%s: %+v, want %.3f mL", what, got, ml)
		}
	}
	sphere := func(r float64) float64 { return 4 * math.Pi / 3 * r * r * r / 1000 }

	one := apply(t, r, ball(assess.LesionBrush, 6))
	near("a ball", line(one).Lesion, sphere(6), 0.02)
	if one.Lesion == nil || math.Abs(float64(one.Lesion.Volume())-sphere(6)) > 0.05*sphere(6) {
		t.Error("its surface is not that of the ball")
	}
	if m := one.LesionMask(); m == nil || math.Abs(float64(m.Volume(1))-sphere(6)) > 0.05*sphere(6) {
		t.Error("its mask is not that of the ball")
	}
	if !says(one, diag.CodeLesionOutlined) {
		t.Error("no note that it was outlined by hand")
	}
	if x, y := one.Report, r.Report; !reflect.DeepEqual(x.Leaks, y.Leaks) || !reflect.DeepEqual(x.Totals, y.Totals) {
		t.Error("the outline of a lesion changed cement or leaks")
	}
	near("less its core", line(apply(t, r, ball(assess.LesionBrush, 6), ball(assess.LesionErase, 4))).Lesion, sphere(6)-sphere(4), 0.03)

	whole := line(apply(t, r, ball(assess.LesionBrush, 45)))
	near("the whole body", whole.Lesion, whole.BodyVolumeML, 0.01)
	if x := whole.Lesion; math.Abs(x.CementML-whole.CementInBodyML) > 0.02*whole.CementInBodyML || math.Abs(x.FillRatio-whole.FillRatio) > 0.005 {
		t.Errorf("a lesion as large as the body holds %.3f mL (%.3f), the body %.3f mL (%.3f)", x.CementML, x.FillRatio, whole.CementInBodyML, whole.FillRatio)
	}

	// Two outlines and what lies between them: a cylinder; scissors cut its half off.
	lower, upper := circle(assess.LesionOutline, -4, 7, 0.75), circle(assess.LesionOutline, 4, 7, 0.75)
	between := assess.Edit{Kind: assess.LesionBetween, At: lower.Stroke.Points[0], To: &upper.Stroke.Points[0]}
	cylinder := math.Pi * 49 * 9.5 / 1000
	drawn := apply(t, r, lower, upper, between)
	near("between two outlines", line(drawn).Lesion, cylinder, 0.03)
	half := assess.Edit{Kind: assess.LesionCut, At: c, Normal: &[3]float64{0, 0, 1}, Stroke: &assess.Stroke{RadiusMM: 30, Points: [][3]float64{
		{c[0], c[1] - 20, c[2]}, {c[0] + 20, c[1] - 20, c[2]}, {c[0] + 20, c[1] + 20, c[2]}, {c[0], c[1] + 20, c[2]}}}}
	near("half of it cut off", line(apply(t, drawn, lower, upper, between, half)).Lesion, cylinder/2, 0.03)

	// Undo, step by step and at once, from a result that holds all.
	all := []assess.Edit{ball(assess.LesionBrush, 6), ball(assess.LesionErase, 4)}
	now := apply(t, r, all...)
	near("undone", line(apply(t, now, all[0])).Lesion, sphere(6), 0.02)
	if back, err := now.Edited(context.Background(), nil); err != nil || line(back).Lesion != nil || back.Lesion != nil {
		t.Errorf("all undone, and a lesion is left: %v", err)
	}
	if gone := apply(t, r, ball(assess.LesionBrush, 6), assess.Edit{Kind: assess.LesionClear, At: c}); line(gone).Lesion != nil || gone.LesionMask() != nil {
		t.Errorf("cleared, and %+v is left", line(gone).Lesion)
	}
	for _, bad := range []assess.Edit{{Kind: assess.LesionBrush, At: c}, {Kind: assess.LesionOutline, At: c}, {Kind: assess.LesionBetween, At: c}} {
		if _, err := r.Edited(context.Background(), []assess.Edit{bad}); err == nil {
			t.Errorf("%s without a shape is no error", bad.Kind)
		}
	}
}
