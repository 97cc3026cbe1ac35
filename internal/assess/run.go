package assess

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"time"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/cement"
	"github.com/vertefill/vertefill/internal/diag"
	"github.com/vertefill/vertefill/internal/dicomio"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/leak"
	"github.com/vertefill/vertefill/internal/parallel"
	"github.com/vertefill/vertefill/internal/register"
	"github.com/vertefill/vertefill/internal/spine"
	"github.com/vertefill/vertefill/internal/text"
	"github.com/vertefill/vertefill/internal/vertebra"
	"github.com/vertefill/vertefill/internal/volume"
)

// Input is what is measured.
type Input struct {
	Post, Pre *volume.Volume  // Pre is nil without a pre CT
	Series    Inputs          // identities of the series, for the report
	Origin    *dicomio.Origin // of the post CT; nil when it did not come from DICOM
	Findings  []diag.Finding  // of the reader about these series
	// Bodies replaces the built-in search: vertebra masks in VerSe numbers, on any grid in post patient coordinates.
	Bodies *volume.Labels
	// Lesions are outlines of lytic lesions, on any grid in post patient coordinates: how far cement fills them is measured apart.
	Lesions []*volume.Labels
}

// Options are the settings; the zero value finds and names everything by itself.
type Options struct {
	Seeds  []vertebra.Seed
	Levels []anatomy.Level // report these only; empty: all
	Lang   text.Lang       // of the quality messages
	// Attention is by which limits leaks are shown as red or amber; zero limits are those of the program.
	Attention leak.Attention
	// Interim hears what is there while the rest is still measured: after StageVertebrae and StageRegister, bodies without cement.
	Interim func(*Result)
}

// Stage is a part of the work, in the order in which they run.
type Stage string

// The stages.
const (
	StageVertebrae Stage = "vertebrae"
	StageRegister  Stage = "registration"
	StageCement    Stage = "cement"
	StageLeaks     Stage = "leaks"
)

// Stages lists the stages in order.
var Stages = []Stage{StageVertebrae, StageRegister, StageCement, StageLeaks}

// Progress hears which stage runs and how much of it is done, 0..1.
type Progress func(stage Stage, done float64)

// Slice distances above which numbers are given with a warning, and above which leak volumes are detections rather than measures.
const (
	thickMM    = 2.0
	tooThickMM = 3.0
	noisyHU    = 60.0
	poorMM     = 0.8 // registration residual that deserves a look
)

// Run measures a study. The error is the context's, or says why nothing could be measured; everything short of that is a finding.
func Run(ctx context.Context, in Input, opt Options, progress Progress) (*Result, error) {
	if in.Post == nil {
		return nil, fmt.Errorf("assess: no control CT: choose the series taken after the procedure")
	}
	if progress == nil {
		progress = func(Stage, float64) {}
	}
	r := &run{in: in, opt: opt, progress: progress, sink: &diag.Sink{}, timing: map[string]float64{}, borderKnown: map[anatomy.Level]bool{}, started: time.Now()}
	for _, f := range in.Findings {
		r.sink.Add(f.Code, f.Level, f.Args)
	}
	r.checkStack()
	r.lesions = lesionsOf(r.work.Grid, in.Lesions)
	for _, step := range []struct {
		stage Stage
		do    func(context.Context, func(float64)) error
	}{
		{StageVertebrae, r.findSpine},
		{StageRegister, r.register},
		{StageCement, r.segment},
		{StageLeaks, r.sort},
	} {
		start := time.Now()
		progress(step.stage, 0)
		if err := step.do(ctx, func(f float64) { progress(step.stage, f) }); err != nil {
			return nil, fmt.Errorf("assess: %w", err)
		}
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("assess: %w", err)
		}
		progress(step.stage, 1)
		r.timing[string(step.stage)] = seconds(time.Since(start))
		if opt.Interim != nil && (step.stage == StageVertebrae || step.stage == StageRegister) {
			opt.Interim(r.interim(step.stage))
		}
	}
	r.sorted, r.afterLeaks = r.leaks, r.sink.Findings()
	r.timing["total"] = seconds(time.Since(r.started))
	return r.result(), nil
}

// run is the state of one measurement.
type run struct {
	in       Input
	opt      Options
	progress Progress
	sink     *diag.Sink
	timing   map[string]float64
	started  time.Time

	work  *volume.Volume // the post CT, made regular when it is not
	spine *spine.Spine
	fits  map[anatomy.Level]register.Fit
	// borderKnown holds the vertebrae whose hidden border was taken from the pre CT.
	borderKnown map[anatomy.Level]bool
	holed       []*spine.Vertebra // that touch missing or unreadable slices: no number of theirs is given
	cement      *cement.Map
	leaks       leak.Result
	lesions     *lesionMap // what is outlined; nil for none

	// What corrections start from: the leaks before a reader's word, and the findings without and with those about leaks.
	sorted                  leak.Result
	beforeLeaks, afterLeaks []diag.Finding
}

func (r *run) checkStack() {
	g := r.in.Post.Grid
	r.work = regularised(r.in.Post)
	switch dz := float64(g.DZ); {
	case dz > tooThickMM:
		r.sink.Add(diag.CodeSlicesTooThick, anatomy.None, nil)
	case dz >= thickMM:
		r.sink.Add(diag.CodeSlicesThick, anatomy.None, diag.Args{"x": diag.Num{X: dz, Decimals: 1}, "v": diag.Num{X: 0.02 * dz / 1.25, Decimals: 2}})
	}
	if r.in.Pre == nil {
		r.sink.Add(diag.CodeNoPre, anatomy.None, nil)
	} else if pre := r.in.Pre.DZ; float64(pre) > 1.5*float64(g.DZ) {
		r.sink.Add(diag.CodePreThicker, anatomy.None, diag.Args{"a": diag.Num{X: float64(pre), Decimals: 1}, "b": diag.Num{X: float64(g.DZ), Decimals: 1}})
	}
	if !showsLung(r.in.Post) {
		r.sink.Add(diag.CodeFieldLungsAbsent, anatomy.None, nil)
	}
}

func (r *run) findSpine(ctx context.Context, progress func(float64)) (err error) {
	if r.in.Bodies != nil {
		r.spine, err = fromMask(ctx, r.work, r.in.Bodies, r.opt.Seeds, r.sink, progress)
	} else {
		r.spine, err = vertebra.Find(ctx, r.work, vertebra.Options{Seeds: r.opt.Seeds}, r.sink, progress)
	}
	if err != nil {
		return err
	}
	r.holed = touchingHoles(r.in.Post, r.spine, r.sink)
	r.noteMotion()
	return nil
}

func (r *run) register(ctx context.Context, progress func(float64)) (err error) {
	defer r.spine.FitCanalToBodies()
	if r.in.Pre == nil {
		return nil
	}
	pre := regularised(r.in.Pre)
	r.fits, err = register.Run(ctx, r.work, pre, r.spine, func(f float64) { progress(0.9 * f) })
	if err != nil {
		return err
	}
	carried, err := r.carry(ctx, pre)
	if err != nil {
		return err
	}
	for i, v := range r.spine.Vertebrae {
		fit, ok := r.fits[v.Level]
		switch {
		case !ok:
		case !fit.OK:
			r.sink.Add(diag.CodeRegistrationFailed, v.Level, nil)
		case fit.ResidualMM > poorMM:
			r.sink.Add(diag.CodeRegistrationPoor, v.Level, diag.Args{"x": diag.Num{X: fit.ResidualMM, Decimals: 1}})
		}
		if r.carries(v) {
			r.borderKnown[v.Level] = carried[i]
			r.noteHeight(v)
		}
	}
	return nil
}

// carries reports whether the border of a vertebra is looked for on the pre CT.
func (r *run) carries(v *spine.Vertebra) bool { return r.fits[v.Level].OK && r.in.Bodies == nil }

// carry takes what cement hides of the bodies from the pre CT and tells of which of them something was taken.
func (r *run) carry(ctx context.Context, pre *volume.Volume) ([]bool, error) {
	list := r.spine.Vertebrae
	carried, errs := make([]bool, len(list)), make([]error, len(list))
	err := parallel.Each(ctx, len(list), func(i int) {
		if v := list[i]; r.carries(v) {
			carried[i], errs[i] = vertebra.Carry(ctx, r.work, pre, v, r.fits[v.Level].PreFromPost)
		}
	})
	return carried, cmp.Or(append(errs, err)...)
}

// preFromPost returns the accepted fits.
func (r *run) preFromPost() map[anatomy.Level]register.Rigid {
	out := map[anatomy.Level]register.Rigid{}
	for l, f := range r.fits {
		if f.OK {
			out[l] = f.PreFromPost
		}
	}
	return out
}

func (r *run) segment(ctx context.Context, progress func(float64)) (err error) {
	in := cement.Input{Post: r.work, Spine: r.spine}
	if r.in.Pre != nil {
		in.Pre, in.PreFromPost = regularised(r.in.Pre), r.preFromPost()
	}
	if r.cement, err = cement.Segment(ctx, in, cement.Options{}, r.sink, progress); err != nil {
		return err
	}
	if n := float64(r.cement.NoiseHU); n > noisyHU {
		r.sink.Add(diag.CodeNoiseHigh, anatomy.None, diag.Args{"x": diag.Num{X: n, Decimals: 0}})
	}
	r.noteArtefacts()
	return r.noteUnmeasured(ctx)
}

func (r *run) sort(ctx context.Context, _ func(float64)) (err error) {
	// A body across a hole gives no number, but its outline tells for now what of the cement lies in it and is no leak.
	defer withhold(r.holed)
	m := r.cement
	r.beforeLeaks = r.sink.Findings()
	if m.Box.Empty() {
		return nil // no cement: nothing to sort
	}
	r.leaks, err = leak.Find(ctx, leak.Input{
		Post: r.work, Spine: r.spine, Box: m.Box, New: m.New, Prior: m.Prior, Solid: m.Solid, Doubt: m.Doubt, Scale: m.Scale,
		BorderKnown: r.borderKnown, SigmaMM: m.PSF.InPlaneMM,
	}, leak.Options{Attention: r.opt.Attention}, r.sink)
	r.doubtAcrossHoles()
	if err == nil && r.in.Pre == nil {
		r.askAge()
	}
	return err
}

func (r *run) result() *Result {
	out := &Result{Post: r.in.Post, Pre: r.in.Pre, Origin: r.in.Origin, Spine: r.spine, PreFromPost: r.preFromPost(), run: r}
	r.surfaces(out)
	r.regions(out)
	r.noteLeaks()
	out.Findings = r.sink.Findings()
	out.Report = r.report(out)
	return out
}

// askAge asks of every body with cement whether it is of today, where several have some and nothing tells: the neighbour of a treated
// body may have been treated before.
func (r *run) askAge() {
	var with []anatomy.Level
	for _, b := range r.leaks.Bodies {
		if b.Treated {
			with = append(with, b.Level)
		}
	}
	if len(with) < 2 {
		return
	}
	for _, l := range with {
		r.sink.Add(diag.CodeCementMayBeOld, l, nil)
	}
}

// showsLung reports whether lung lies in the field: tissue of -950 to -600 HU in more than a hundredth of the voxels looked at.
func showsLung(v *volume.Volume) bool {
	n, lung := 0, 0
	for o := 0; o < len(v.HU); o += 97 {
		n++
		if hu := v.HU[o]; hu > -950 && hu < -600 {
			lung++
		}
	}
	return n > 0 && lung*100 > n
}

func seconds(d time.Duration) float64 { return math.Round(d.Seconds()*1000) / 1000 }

// regularised returns the volume itself when one affine map serves it, else a copy with evenly spaced slices at the median gap.
func regularised(v *volume.Volume) *volume.Volume {
	if _, ok := v.Affine(); ok {
		return v
	}
	first, last := v.SlicePosition(0), v.SlicePosition(v.NZ-1)
	span := last.Sub(first)
	n := int(math.Round(span.Dot(v.Normal)/float64(v.DZ))) + 1
	pos := make([]geom.Patient, n)
	for k := range pos {
		pos[k] = first.Add(span.Mul(float64(k) / float64(max(1, n-1))))
	}
	g, err := volume.NewGrid(v.NX, v.NY, v.Row, v.Col, v.DX, v.DY, pos, v.FrameUID)
	if err != nil {
		return v // not reached: the positions are evenly spaced along the normal
	}
	return v.Resample(g)
}
