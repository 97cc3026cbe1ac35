package assess

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/diag"
	"github.com/vertefill/vertefill/internal/dicomio"
	"github.com/vertefill/vertefill/internal/fluoro"
	"github.com/vertefill/vertefill/internal/text"
	"github.com/vertefill/vertefill/internal/volume"
)

// FluoroResult is a run with what was measured in it.
type FluoroResult struct {
	Report    FluoroRun
	Run       *fluoro.Run
	Found     *fluoro.Result
	Placement *fluoro.Placement // of the control CT on the run; nil without one or where it does not fit
	Level     anatomy.Level     // of the vertebra that was laid on the run

	series Series
}

// Fluoro measures runs one after the other; res is the result of the control CT, or nil without one. A run that cannot be measured
// is passed over with a finding; the error is that of the context.
func Fluoro(ctx context.Context, runs []*dicomio.Run, lines []fluoro.Line, res *Result, l text.Lang, progress func(fraction float64)) (out []FluoroResult, findings []diag.Finding, err error) {
	sink := &diag.Sink{}
	var places []int
	for n, d := range runs {
		step := func(f float64) {
			if progress != nil {
				progress((float64(n) + f) / float64(len(runs)))
			}
		}
		one, err := fluoroRun(ctx, d, lines, res, l, step)
		if ctx.Err() != nil {
			return nil, nil, fmt.Errorf("assess: %w", ctx.Err())
		}
		if err != nil {
			code := diag.CodeFluoroNotMeasured
			if errors.Is(err, errTurns) {
				code = diag.CodeFluoroArmTurns
			}
			sink.Add(code, anatomy.None, diag.Args{"n": n + 1})
			continue
		}
		one.findings(sink)
		out, places = append(out, one), append(places, n)
	}
	pairUp(runs, out, places)
	return out, sink.Findings(), nil
}

// FluoroWithCT measures the runs of a study and puts them into the report of its control CT, before anybody has seen that.
func FluoroWithCT(ctx context.Context, runs []*dicomio.Run, lines []fluoro.Line, res *Result, l text.Lang, progress func(fraction float64)) ([]FluoroResult, error) {
	start := time.Now()
	found, findings, err := Fluoro(ctx, runs, lines, res, l, progress)
	if err != nil || len(runs) == 0 {
		return nil, err
	}
	res.addRuns(found, findings, l, start)
	return found, nil
}

// FluoroOnly makes the report of runs that have no CT: its volumes, bodies and leaks are empty.
func FluoroOnly(ctx context.Context, runs []*dicomio.Run, lines []fluoro.Line, l text.Lang, progress func(fraction float64)) (*Result, []FluoroResult, error) {
	start := time.Now()
	found, findings, err := Fluoro(ctx, runs, lines, nil, l, progress)
	if err != nil {
		return nil, nil, err
	}
	if len(found) == 0 {
		return nil, nil, fmt.Errorf("assess: none of %d runs could be measured: vertefill inspect says what they hold", len(runs))
	}
	r := &Result{Report: Report{
		Schema: Schema, Software: Software{Name: "vertefill", Version: Version, Commit: Commit},
		Parameters: map[string]any{}, Vertebrae: []Vertebra{}, Leaks: []Leak{}, Quality: []Quality{}, Timing: map[string]float64{},
	}}
	r.addRuns(found, findings, l, start)
	r.Report.Timing["total"] = r.Report.Timing["fluoro"]
	return r, found, nil
}

func (r *Result) addRuns(found []FluoroResult, findings []diag.Finding, l text.Lang, start time.Time) {
	for _, f := range found {
		r.Report.Fluoro = append(r.Report.Fluoro, f.Report)
		r.Report.Inputs.Fluoro = append(r.Report.Inputs.Fluoro, f.series)
	}
	r.Findings = append(r.Findings, findings...)
	r.Report.Quality = append(r.Report.Quality, Messages(findings, l)...)
	r.Report.Timing["fluoro"] = seconds(time.Since(start))
}

// weakBridgeMM is the residual above which the first frames of leaks are estimates.
const weakBridgeMM = 1.5

// findings says what the reader of a run's numbers must know.
func (f *FluoroResult) findings(sink *diag.Sink) {
	switch f.Run.Origin {
	case volume.OriginConflict:
		sink.Add(diag.CodeFluoroCalibrationConflict, anatomy.None, diag.Args{"a": diag.Num{X: f.Run.Factors[0], Decimals: 2}, "b": diag.Num{X: f.Run.Factors[1], Decimals: 2}})
	case volume.OriginDetector:
		sink.Add(diag.CodeFluoroAtDetector, anatomy.None, nil)
	case volume.OriginNone:
		sink.Add(diag.CodeFluoroUncalibrated, anatomy.None, nil)
	}
	if p := f.Placement; p != nil && p.ResidualMM > weakBridgeMM {
		sink.Add(diag.CodeFluoroBridgeWeak, anatomy.None, diag.Args{"x": diag.Num{X: p.ResidualMM, Decimals: 1}})
	}
	for _, e := range f.Found.Events {
		switch e.Kind {
		case fluoro.TableMove:
			sink.Add(diag.CodeFluoroTableMoved, anatomy.None, diag.Args{"n": e.Frame})
		case fluoro.Exposure:
			sink.Add(diag.CodeFluoroExposureJump, anatomy.None, diag.Args{"n": e.Frame})
		case fluoro.Zoom:
			sink.Add(diag.CodeFluoroFieldChanged, anatomy.None, diag.Args{"n": e.Frame})
		}
	}
	if u := f.Found.Unrest; u.MovedPixels > 0 {
		sink.Add(diag.CodeFluoroMotion, anatomy.None, diag.Args{"x": diag.Num{X: u.MovedPixels, Decimals: 0}, "n": u.MovedFrame})
	}
	if f.Found.NoMask {
		sink.Add(diag.CodeFluoroNoMask, anatomy.None, nil)
	}
	if n := len(f.Found.Lost); n > 0 {
		sink.Add(diag.CodeFluoroFramesLost, anatomy.None, diag.Args{"k": n, "n": f.Found.Lost[0]})
	}
}

// errTurns is given for rotational angiography: its frames are different projections.
var errTurns = errors.New("assess: the arm turns during the run")

// fluoroSeries identifies the series of a run.
func fluoroSeries(d *dicomio.Run) Series {
	return Series{SeriesInstanceUID: d.Series.UID, Modality: d.Series.Modality, Images: d.Frames, Geometry: Geometry{Dimensions: []int{d.NX, d.NY, d.Frames}}}
}

func fluoroRun(ctx context.Context, d *dicomio.Run, lines []fluoro.Line, res *Result, l text.Lang, progress func(float64)) (FluoroResult, error) {
	run, err := OpenRun(d)
	if err != nil {
		return FluoroResult{}, err
	}
	if d.Projection().Turns {
		return FluoroResult{}, errTurns
	}
	found, err := fluoro.Analyze(ctx, run, fluoro.Options{Lines: lines}, progress)
	if err != nil {
		return FluoroResult{}, err
	}
	out := FluoroResult{Run: run, Found: found, series: fluoroSeries(d)}
	if res != nil && res.Spine != nil {
		if err := out.bridge(ctx, res, l); err != nil {
			return out, err
		}
	}
	if out.Placement == nil {
		p, err := found.Propose(ctx, run)
		if ctx.Err() != nil {
			return out, ctx.Err()
		}
		if err == nil {
			found.Add(out.undrawn(p.Lines)...)
		}
	}
	out.describe(d, l)
	return out, nil
}

// OpenRun makes a run ready to be measured or played: its frames are read when they are asked for.
func OpenRun(d *dicomio.Run) (*fluoro.Run, error) {
	c, err := d.Reel()
	if err != nil {
		return nil, fmt.Errorf("assess: %w", err)
	}
	run := &fluoro.Run{Cine: c, Read: d.Frame, Relation: fluoro.Linear}
	p := d.Projection()
	if p.Relation != "" {
		run.Relation = fluoro.Relation(p.Relation)
	}
	run.Negative = p.Negative
	if d.Angles {
		run.View = &fluoro.View{PrimaryDegrees: d.Primary, SecondaryDegrees: d.Second, SourceDetector: p.SourceDetector, SourcePatient: p.SourcePatient,
			DetectorRowMM: p.DetectorRowMM, DetectorColMM: p.DetectorColMM}
	}
	return run, nil
}

// describe fills the entry of the report with what was found.
func (x *FluoroResult) describe(d *dicomio.Run, l text.Lang) {
	run, f, out := x.Run, x.Found, &x.Report
	out.SeriesInstanceUID, out.Frames, out.Events, out.CementAreaPx = d.Series.UID, run.Frames, []FluoroEvent{}, f.AreaPx
	if run.TimeKnown {
		for _, t := range run.Times {
			out.FrameTimesMS = append(out.FrameTimesMS, round(t.Seconds()*1000, 3))
		}
	}
	if d.Angles {
		out.Positioner = &Positioner{d.Primary, d.Second}
	}
	out.Calibration.Origin = string(run.Origin)
	if run.Origin != volume.OriginNone && run.Origin != volume.OriginConflict {
		out.Calibration.MMPerPixel = &[2]float64{round(run.RowMM, 6), round(run.ColMM, 6)}
	}
	out.Dose = doseOf(d)
	if u := f.Unrest; u.BreathPixels > 0 || u.MovedPixels > 0 {
		out.Unrest = &FluoroUnrest{BreathingPx: round(u.BreathPixels, 2), BreathingSeconds: round(u.BreathSeconds, 2), MovedPx: round(u.MovedPixels, 1)}
		if u.MovedPixels > 0 {
			out.Unrest.MovedFrame = &u.MovedFrame
		}
	}
	for _, a := range f.AreaMM2 {
		out.CementAreaMM2 = append(out.CementAreaMM2, round(a, 2))
	}
	if last := run.Frames - 1; f.High > 0 && f.AreaPx[last] > 0 {
		out.CementAreaIntervalPx = &[2]float64{math.Floor(f.Low * f.AreaPx[last]), math.Ceil(f.High * f.AreaPx[last])}
		if f.AreaMM2 != nil {
			out.CementAreaIntervalMM2 = &[2]float64{round(f.Low*f.AreaMM2[last], 1), round(f.High*f.AreaMM2[last], 1)}
		}
	}
	x.reportLines(l)
}

// reportLines fills events and lines of the report's entry.
func (x *FluoroResult) reportLines(l text.Lang) {
	f, out := x.Found, &x.Report
	for _, e := range f.Events {
		out.Events = append(out.Events, FluoroEvent{Kind: string(e.Kind), Frame: e.Frame, Line: e.Line, Confidence: e.Confidence, Reason: e.Reason(l)})
	}
	for _, x := range f.Lines {
		source := "user"
		if x.Proposed {
			source = "proposed"
		}
		out.Lines = append(out.Lines, FluoroLine{Name: x.Name, Source: source, Points: [][2]float64{x.Points[0], x.Points[1]}})
	}
}
