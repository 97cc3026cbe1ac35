// Package cement finds bone cement on a CT after vertebroplasty and measures it at sub-voxel precision: for every voxel near
// cement the fraction of it that cement fills. New cement is told from cement that a registered earlier CT already shows, and
// both from metal.
//
// Nothing rests on a fixed CT number: thresholds follow from the plateau of the cement itself, from the bone of the same
// patient and from noise and point spread measured on the same series. Volumes come from conservation of signal, so that edges
// and thin veins count in full although blur has lowered them (Al-Senan and Newhouse 2021, Tomography 7:11).
//
// CT numbers are HU, lengths mm in patient coordinates, volumes mL. Which bone or space a piece lies in is not decided here:
// package leak does that. The long form is docs/algorithms/cement.md.
package cement

import (
	"context"
	"fmt"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/diag"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/spine"
	"github.com/vertefill/vertefill/internal/unit"
	"github.com/vertefill/vertefill/internal/volume"
)

// Input is what Segment works on.
type Input struct {
	Post  *volume.Volume
	Spine *spine.Spine // on the post CT

	// Pre is the CT before treatment, nil when there is none. It is used only near vertebrae in PreFromPost, which carries post to
	// pre patient coordinates.
	Pre         *volume.Volume
	PreFromPost map[anatomy.Level]geom.Affine[geom.PatientFrame, geom.PatientFrame]
}

// Options are the settings; zero values mean the defaults given.
type Options struct {
	MarginMM    unit.MM // how far from the bodies cement is looked for: 40
	LeastSeedHU unit.HU // nothing below this starts a mass of cement: 800
	// PSF replaces the estimate of the point spread when not zero.
	PSF PSF
	// Sequential keeps the work on one core.
	Sequential bool
}

func (o Options) withDefaults() Options {
	if o.MarginMM == 0 {
		o.MarginMM = 40
	}
	if o.LeastSeedHU == 0 {
		o.LeastSeedHU = 800
	}
	return o
}

// PSF is the standard deviation of the Gaussian that describes the blur, within slices and across them.
type PSF struct {
	InPlaneMM, ThroughMM unit.MM
	Source               PSFSource
}

// PSFSource says what the point spread was measured on.
type PSFSource string

// Sources of the point spread.
const (
	PSFGiven   PSFSource = "given"
	PSFCement  PSFSource = "cement edges"
	PSFSkin    PSFSource = "skin"
	PSFNominal PSFSource = "nominal"
)

// Batch is one mass of cement with its own CT number.
type Batch struct {
	Level     anatomy.Level // of the body that holds most of it; None away from bodies
	Prior     bool          // already there in the pre CT
	PlateauHU unit.HU       // of pure cement; above the ceiling when recovered from a saturated mass
	Saturated bool          // the plateau is hidden by the ceiling of the CT scale
	CoreML    unit.ML       // volume of the part that blur does not reach, from which the plateau comes
	ErrorHU   unit.HU       // standard deviation of PlateauHU
	MetalNear bool          // metal within a few millimetres: streaks, or a tip that saturated cement hides
}

// Map is the cement of a study over Box of the post grid. Arrays run x fastest over Box; all are empty when there is no cement.
type Map struct {
	Grid *volume.Grid
	Box  geom.Box

	// New and Prior are the fraction of each voxel that new and earlier cement fill. Noise carries values below 0 and above 1 so
	// that sums stay unbiased.
	New, Prior []float32
	// Doubt is the standard deviation of the cement of each voxel as a share of it, alike in all voxels: what is not known of what it
	// took the place of.
	Doubt []float32
	// Scale is by how much of itself the cement of each voxel changes with one standard deviation of the plateau of its mass: one error for
	// all voxels of a mass.
	Scale []float32
	// Solid marks the voxels that are cement themselves, not only its blurred edge: CementInBody for new cement wherever it lies,
	// CementPrior for earlier cement.
	Solid []anatomy.CementClass
	// Batch is 1 + the index in Batches of the mass that a voxel belongs to, 0 away from cement.
	Batch   []uint8
	Batches []Batch

	Metal        *volume.Labels // anatomy.Metal where metal is; over its own box
	MetalObjects int

	PSF               PSF
	NoiseHU           unit.HU       // standard deviation in soft tissue
	BoneHU            unit.HU       // 99.9th percentile of bone away from cement
	SeedHU            unit.HU       // threshold above which a voxel outside the treated body starts cement, without a pre CT
	SaturatedFraction unit.Fraction // of the solid voxels of new cement
	UsedPre           bool
}

// NewML returns the volume of all new cement.
func (m *Map) NewML() unit.ML { return m.sum(m.New) }

// PriorML returns the volume of all earlier cement.
func (m *Map) PriorML() unit.ML { return m.sum(m.Prior) }

func (m *Map) sum(occupancy []float32) unit.ML {
	nx, ny, nz := m.Box.Size()
	total := 0.0
	for k := range nz {
		slice := 0.0
		for _, f := range occupancy[k*nx*ny : (k+1)*nx*ny] {
			slice += float64(f)
		}
		total += slice * float64(m.Grid.VoxelVolume(m.Box.Min.K+k))
	}
	return unit.MM3(total).ML()
}

// Parameters returns every setting and estimate that the numbers depend on, for the report.
func (m *Map) Parameters() map[string]any {
	out := map[string]any{
		"psfInPlaneMm": round(float64(m.PSF.InPlaneMM), 3), "psfThroughMm": round(float64(m.PSF.ThroughMM), 3), "psfSource": string(m.PSF.Source),
		"noiseHu": round(float64(m.NoiseHU), 1), "boneHu": round(float64(m.BoneHU), 0), "seedHu": round(float64(m.SeedHU), 0),
		"saturatedFraction": round(float64(m.SaturatedFraction), 3), "usedPre": m.UsedPre, "metalObjects": m.MetalObjects,
	}
	batches := make([]map[string]any, 0, len(m.Batches))
	for _, b := range m.Batches {
		e := map[string]any{"plateauHu": round(float64(b.PlateauHU), 0), "saturated": b.Saturated, "prior": b.Prior, "coreMl": round(float64(b.CoreML), 3)}
		if b.Level != anatomy.None {
			e["level"] = b.Level.String()
		}
		batches = append(batches, e)
	}
	out["batches"] = batches
	return out
}

// Segment finds and measures the cement.
//
// Input: a post CT with the bodies of its vertebrae, optionally a pre CT registered at some of them. Output: Map.
// Method: thick dense masses inside bodies start it; their plateau is the mode of what blur does not reach; thin parts are
// followed by their excess over the registered pre CT, or without one over what the region normally holds; the occupancy is the
// signal above the local background over the plateau; a plateau hidden by the ceiling of the scale is found from the slope of
// the edges below it, which in units of the point spread is that of a distance.
// Fails on: cement no denser than cortical bone without a pre CT; a plateau that varies within a batch (interdigitation counts
// by its density). Measured accuracy: docs/algorithms/cement.md.
func Segment(ctx context.Context, in Input, opt Options, sink *diag.Sink, progress func(float64)) (*Map, error) {
	if in.Post == nil || in.Spine == nil {
		return nil, fmt.Errorf("cement: post CT and spine are needed")
	}
	if progress == nil {
		progress = func(float64) {}
	}
	w := newWork(ctx, in, opt.withDefaults())
	m := &Map{Grid: in.Post.Grid, Metal: volume.NewLabels(in.Post.Grid, geom.Box{}), NoiseHU: unit.HU(w.noise), UsedPre: w.pre != nil}
	if w.box.Empty() {
		return m, nil
	}
	w.findMetal(m)
	progress(0.15)
	w.findMasses()
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("cement: %w", err)
	}
	progress(0.3)
	m.BoneHU, m.SeedHU = unit.HU(w.boneHU), unit.HU(w.seedHU)
	if len(w.masses) == 0 {
		return m, nil
	}
	if err := w.grow(m); err != nil {
		return nil, fmt.Errorf("cement: %w", err)
	}
	progress(0.6)
	w.measure(m)
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("cement: %w", err)
	}
	w.report(m, sink)
	progress(1)
	return m, nil
}
