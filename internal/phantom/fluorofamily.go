package phantom

import (
	"time"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/unit"
)

// FluoroCases is the number of cases that FluoroFamily makes.
const FluoroCases = 16

// FluoroFamily returns the options of case n of a family for fluoroscopy, made with seed n, and those of three runs of it. Everything
// that disturbs a run comes in some of them: breathing, table, field, exposure, shutters, trocars, scatter, dose, gas, clips, and
// headers that calibrate, contradict themselves or say nothing.
func FluoroFamily(n int) (Options, []RunOptions) {
	r := stream(uint64(n), "fluoro family")
	levels := []anatomy.Level{anatomy.T1 + 7, anatomy.T1 + 9, anatomy.T12, anatomy.L1, anatomy.L1 + 1}
	level := levels[n%len(levels)]
	o := Options{First: level - 1, Last: level + 1, Matrix: 128, FOVMM: 125, SliceMM: 1.2, SpacingMM: 1.2, NoPre: true, NoiseHU: 20}
	if n%4 != 3 {
		o.Fractures = []Fracture{}
	}
	t := Treatment{Level: level, Fill: unit.Fraction(r.between(0.1, 0.33)), PlateauHU: unit.HU(r.logBetween(1500, 4500)), Bipedicular: r.chance(0.4)}
	if n%3 != 2 {
		places := []anatomy.Compartment{anatomy.Canal, anatomy.DiscSuperior, anatomy.DiscInferior, anatomy.ParavertebralVein, anatomy.SoftTissue}
		t.Leaks = append(t.Leaks, LeakPlan{Compartment: places[r.IntN(len(places))], ML: unit.ML(r.logBetween(0.1, 0.6))})
		if r.chance(0.4) {
			t.Leaks = append(t.Leaks, LeakPlan{Compartment: places[r.IntN(len(places))], ML: unit.ML(r.logBetween(0.05, 0.3))})
		}
	}
	o.Plan = []Treatment{t}
	if r.chance(0.3) {
		o.Plan = append(o.Plan, Treatment{Level: level + 1, Prior: true, Fill: unit.Fraction(r.between(0.1, 0.25)), PlateauHU: unit.HU(r.logBetween(1500, 4000))})
	}
	var runs []RunOptions
	for view := range 3 {
		runs = append(runs, drawRun(r, view))
	}
	return o, runs
}

func drawRun(r random, view int) RunOptions {
	o := RunOptions{Pixels: []int{320, 384, 448}[r.IntN(3)], FrameTime: time.Duration(r.between(130, 330)) * time.Millisecond, Diaphragm: r.chance(0.5)}
	o.PrimaryDegrees = r.sign()*90 + r.between(-4, 4)
	switch {
	case view == 1 && r.chance(0.5):
		o.PrimaryDegrees, o.FromFront = r.between(-6, 6), true
	case view == 1:
		o.PrimaryDegrees = r.sign() * r.between(20, 60)
	}
	o.SecondaryDegrees = r.between(-5, 5)
	o.First = 20 + r.IntN(14)
	o.Last = o.First + 24 + r.IntN(26)
	o.Frames = o.Last + 14 + r.IntN(14)
	if r.chance(0.8) {
		o.BreathingMM, o.BreathingDegrees = r.between(0.2, 1.6), r.between(0, 0.5)
		o.BreathingPeriod = time.Duration(r.between(2800, 5500)) * time.Millisecond
	}
	anywhere := func() int { return 6 + r.IntN(o.Frames-14) }
	if r.chance(0.4) {
		o.TableAt = anywhere()
		o.TableMM = [2]float64{r.sign() * r.between(4, 14), r.sign() * r.between(4, 14)}
	}
	if r.chance(0.25) {
		o.ZoomAt, o.ZoomBy = anywhere(), []float64{0.75, 1.2, 1.3}[r.IntN(3)]
	}
	if r.chance(0.4) {
		o.ExposureAt, o.ExposureBy = anywhere(), []float64{0.6, 0.75, 1.3, 1.6}[r.IntN(4)]
	}
	if r.chance(0.5) {
		o.TrocarIn = 4 + r.IntN(4)
		if r.chance(0.6) {
			o.TrocarOut = o.Last + 3
		}
	}
	if r.chance(0.5) {
		for i := range o.Shutter {
			o.Shutter[i] = r.between(0, 0.12)
		}
	}
	o.Scatter, o.Dose, o.BlurPixels = r.between(0, 0.9), r.logBetween(0.5, 2.5), r.between(0.3, 0.8)
	if r.chance(0.4) {
		o.Clips = 1 + r.IntN(3)
	}
	if r.chance(0.3) {
		o.Gas = 1 + r.IntN(2)
	}
	tags := []CalibrationTags{TagsMagnification, TagsMagnification, TagsMagnification, TagsFiducial, TagsFiducial, TagsConflict, TagsDetector, TagsNone}
	o.Calibration = tags[r.IntN(len(tags))]
	o.Logarithmic = r.chance(0.15)
	return o
}
