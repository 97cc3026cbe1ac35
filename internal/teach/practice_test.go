package teach_test

import (
	"context"
	"math"
	"testing"

	"github.com/vertefill/vertefill/internal/teach"
	"github.com/vertefill/vertefill/internal/text"
)

// TestPractice: the lesson holds. Thick slices hide a thin vein and low thresholds make more of a filling, while the patient is the
// same; the program stays near the truth.
func TestPractice(t *testing.T) {
	play := func(change func(*teach.Practice)) *teach.Played {
		p := teach.NewPractice(5)
		p.LeakML = 0.05
		change(&p)
		x, err := teach.Play(context.Background(), p, text.English)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%+v: truth %+v, measured %+v, %+v, peak %d HU", p, x.Truth, x.Measured, x.Thresholds, x.PeakHU)
		return x
	}
	thin := play(func(*teach.Practice) {})
	thick := play(func(p *teach.Practice) { p.SliceMM = 4 })
	if math.Abs(thin.Truth.Fill-thick.Truth.Fill) > 0.01 || math.Abs(thin.Truth.LeakML-thick.Truth.LeakML) > 0.015 {
		t.Errorf("another patient: %+v and %+v", thin.Truth, thick.Truth)
	}
	if thick.PeakHU > thin.PeakHU-300 {
		t.Errorf("peak of the leak %d HU in thin slices, %d in thick ones", thin.PeakHU, thick.PeakHU)
	}
	if low, high := thin.Thresholds[0], thin.Thresholds[3]; !(low.Fill > thin.Truth.Fill && low.Fill > high.Fill) {
		t.Errorf("thresholds %+v", thin.Thresholds)
	}
	if math.Abs(thin.Measured.Fill-thin.Truth.Fill) > 0.015 {
		t.Errorf("measured %.3f, truth %.3f", thin.Measured.Fill, thin.Truth.Fill)
	}
	for _, bad := range []func(*teach.Practice){func(p *teach.Practice) { p.Fill = 2 }, func(p *teach.Practice) { p.Kernel = "x" }, func(p *teach.Practice) { p.SliceMM = math.NaN() }} {
		p := teach.NewPractice(1)
		bad(&p)
		if _, err := teach.Play(context.Background(), p, text.English); err == nil {
			t.Errorf("%+v passes", p)
		}
	}
}
