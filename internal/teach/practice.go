package teach

import (
	"context"
	"fmt"
	"math"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/filter"
	"github.com/vertefill/vertefill/internal/phantom"
	"github.com/vertefill/vertefill/internal/text"
	"github.com/vertefill/vertefill/internal/unit"
	"github.com/vertefill/vertefill/internal/volume"
)

// Practice is a phantom case without end: what a learner sets by sliders. Equal seeds give the same patient, so that one
// slider changes one thing; the cement is poured anew, within some per cent of the same, as the slices end elsewhere.
type Practice struct {
	Seed    uint64
	Fill    float64             // of the body, 0.05 to 0.5
	Leak    anatomy.Compartment // empty: none
	LeakML  float64             // 0.01 to 1
	NoiseHU float64             // 0 to 60
	SliceMM float64             // thickness and distance of slices, 0.6 to 5
	Kernel  Kernel
}

// Kernel is how sharp the pictures are made.
type Kernel string

// The kernels: full width at half maximum of the point spread in the plane, and overshoot of edges.
const (
	SoftKernel     Kernel = "soft"     // 1.3 mm
	StandardKernel Kernel = "standard" // 1.0 mm
	SharpKernel    Kernel = "sharp"    // 0.75 mm
	EdgeKernel     Kernel = "edge"     // 0.75 mm, edges overshoot by a third
)

// NewPractice is where a learner begins.
func NewPractice(seed uint64) Practice {
	return Practice{Seed: seed, Fill: 0.22, Leak: anatomy.ParavertebralVein, LeakML: 0.1, NoiseHU: 20, SliceMM: 1, Kernel: StandardKernel}
}

// practiceLevel is the vertebra that is treated.
const practiceLevel = anatomy.L1

// options are the phantom of the settings.
func (p Practice) options() (phantom.Options, error) {
	in := func(x, low, high float64) bool { return x >= low && x <= high }
	if !in(p.Fill, 0.05, 0.5) || p.Leak != "" && !in(p.LeakML, 0.01, 1) || !in(p.NoiseHU, 0, 60) || !in(p.SliceMM, 0.6, 5) {
		return phantom.Options{}, fmt.Errorf("teach: practice: a setting is out of its range")
	}
	width, overshoot := 1.0, 0.0
	switch p.Kernel {
	case SoftKernel:
		width = 1.3
	case StandardKernel:
	case SharpKernel:
		width = 0.75
	case EdgeKernel:
		width, overshoot = 0.75, 0.33
	default:
		return phantom.Options{}, fmt.Errorf("teach: practice: kernel %q", p.Kernel)
	}
	t := phantom.Treatment{Level: practiceLevel, Fill: unit.Fraction(p.Fill), PlateauHU: 2200}
	if p.Leak != "" {
		t.Leaks = []phantom.LeakPlan{{Compartment: p.Leak, ML: unit.ML(p.LeakML)}}
	}
	return phantom.Options{First: practiceLevel, Last: practiceLevel, Matrix: 184, FOVMM: 92, SliceMM: unit.MM(p.SliceMM), SpacingMM: unit.MM(p.SliceMM), FWHMMM: unit.MM(width),
		Sharpen: overshoot, NoiseHU: unit.HU(max(p.NoiseHU, 0.1)), NoPre: true, Fractures: []phantom.Fracture{}, Plan: []phantom.Treatment{t}}, nil
}

// Figures are fill and leak of the treated vertebra by one way of measuring.
type Figures struct {
	Fill   float64 // 0..1
	LeakML float64
}

// ByThreshold are the figures of everybody who counts voxels above a CT number: in the body for the fill, near the true leak for the
// leak. They know the truth of where to look, and err all the same.
type ByThreshold struct {
	HU int
	Figures
}

// Thresholds are those of the literature: from 400 HU to the 1600 HU of the only public program.
var Thresholds = []int{400, 650, 1000, 1600}

// Played is a practice case as it looks and as it measures.
type Played struct {
	Post       *volume.Volume
	Truth      Figures
	Measured   Figures // by this program, which is given the body's outline
	Result     *assess.Result
	Thresholds []ByThreshold
	PeakHU     int // of the voxels that the leak fills by half and more; 0 without a leak
}

// Play makes the case and measures it, in a second or two.
func Play(ctx context.Context, p Practice, l text.Lang) (*Played, error) {
	o, err := p.options()
	if err != nil {
		return nil, err
	}
	made, err := phantom.NewContext(ctx, p.Seed, o)
	if err != nil {
		return nil, fmt.Errorf("teach: practice: %w", err)
	}
	out := &Played{Post: made.Post}
	bodyML := 0.0
	for _, v := range made.Truth.Vertebrae {
		if v.Level == practiceLevel {
			out.Truth.Fill, bodyML = v.FillRatio, v.BodyVolumeML
		}
	}
	for _, k := range made.Truth.Leaks {
		out.Truth.LeakML += k.VolumeML
	}
	bodies := made.Truth.BodyMask()
	if out.Result, err = assess.Run(ctx, assess.Input{Post: made.Post, Bodies: bodies}, assess.Options{Lang: l}, nil); err != nil {
		return nil, fmt.Errorf("teach: practice: %w", err)
	}
	for _, v := range out.Result.Report.Vertebrae {
		if v.Level == practiceLevel {
			out.Measured.Fill = v.FillRatio
		}
	}
	for _, k := range out.Result.Report.Leaks {
		out.Measured.LeakML += k.VolumeML
	}
	_, leaks := made.Truth.CementMask()
	return out, out.count(ctx, bodies, leaks, bodyML)
}

// lookMM is how far from the true leak the thresholds look for it.
const lookMM = 3

// count does what is done without a program like this one.
func (out *Played) count(ctx context.Context, bodies, leaks *volume.Labels, bodyML float64) error {
	g := out.Post.Grid
	near := filter.NewLattice(g.NX, g.NY, g.NZ, float64(g.DX), float64(g.DY), float64(g.DZ))
	eachOf(leaks, func(i, j, k int) { near.On[i+g.NX*(j+g.NY*k)] = true })
	far, err := near.Distance(ctx)
	if err != nil {
		return fmt.Errorf("teach: practice: %w", err)
	}
	inBody := make([]bool, g.Len())
	eachOf(bodies, func(i, j, k int) { inBody[i+g.NX*(j+g.NY*k)] = true })
	for _, hu := range Thresholds {
		t := ByThreshold{HU: hu}
		n := 0
		for k := range g.NZ {
			ml := float64(g.VoxelVolume(k)) / 1000
			for range g.NX * g.NY {
				if int(out.Post.HU[n]) >= hu {
					switch {
					case inBody[n]:
						t.Fill += ml / bodyML
					case !math.IsInf(float64(far[n]), 0) && far[n] <= lookMM:
						t.LeakML += ml
					}
				}
				n++
			}
		}
		out.Thresholds = append(out.Thresholds, t)
	}
	eachOf(leaks, func(i, j, k int) { out.PeakHU = max(out.PeakHU, int(out.Post.HU[i+g.NX*(j+g.NY*k)])) })
	return nil
}

// eachOf visits the voxels of a label map that are not zero.
func eachOf(l *volume.Labels, visit func(i, j, k int)) {
	n := 0
	for k := l.Box.Min.K; k < l.Box.Max.K; k++ {
		for j := l.Box.Min.J; j < l.Box.Max.J; j++ {
			for i := l.Box.Min.I; i < l.Box.Max.I; i++ {
				if l.V[n] != 0 {
					visit(i, j, k)
				}
				n++
			}
		}
	}
}
