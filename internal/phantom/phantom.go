// Package phantom makes digital patients after vertebroplasty whose truth is known exactly: spines of implicit surfaces with cement and
// leaks, seen by a simulated CT scanner before and after. Everything is drawn from a seed, in form and not only in size, so that
// nothing can be tuned to one patient.
//
// Shapes live in the frame of their vertebra (geom.BodyFrame, mm, origin in the middle of the body's outline); scans and the truth
// are in patient coordinates (DICOM LPS, mm). CT numbers are HU. Scans are made in the image domain, with point spread, slice
// profile and noise, or on demand in the projection domain (Options.Projected), where beam hardening and streaks come out by
// themselves. Nothing in it imitates a given patient.
package phantom

import (
	"context"
	"fmt"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/unit"
	"github.com/vertefill/vertefill/internal/volume"
)

// Options choose a case. Every zero field is drawn from the seed or has the default given.
type Options struct {
	First, Last anatomy.Level // complete vertebrae in view, T1..L5 or what the numbering has; default: three to five between T7 and L4
	Numbering   Numbering     // default: twelve pairs of ribs, five lumbar vertebrae
	BelowMM     unit.MM       // more of the patient in view below the last complete vertebra
	Matrix      int           // pixels a side; default 256
	FOVMM       unit.MM       // field of view; default 0.35 to 0.6 mm a pixel, at most 220 mm
	SliceMM     unit.MM       // slice thickness; default 0.6 to 1.25
	SpacingMM   unit.MM       // slice distance; default: thickness, sometimes with overlap
	FWHMMM      unit.MM       // of the point spread in the plane; default 0.6 to 1.3
	Sharpen     float64       // overshoot of an edge-enhancing kernel, 0 (default) to 0.6
	NoiseHU     unit.HU       // default 10 to 45
	Scale       Scale         // default: TwelveBit
	Variety     float64       // 0..1 how far shapes and postures leave the mean; default 1
	CobbDegrees float64       // of a scoliosis over the levels in view; default: a slight one drawn by the seed
	Contrast    bool          // iodine in the great vessels
	Lytic       bool          // many small lytic lesions, as in myeloma
	NoPre       bool          // no scan before the procedure
	Plan        []Treatment   // default: drawn by the seed; NoCement for none
	NoCement    bool
	Fractures   []Fracture // drawn by the seed when nil; an empty list for none
	PreSliceMM  unit.MM    // default: drawn
	Projected   bool       // the post CT is projected and reconstructed: hardening, streaks, noise that follows the dose; slow
}

// Scale is the range of CT numbers that a scanner stores.
type Scale string

// The scales.
const (
	TwelveBit Scale = "12-bit"   // clipped at 3071 HU
	Extended  Scale = "extended" // 16 bits, no ceiling below 32767 HU
)

// Treatment is cement wanted in one vertebra. Volumes come out close to what is asked; the truth says what they are.
type Treatment struct {
	Level       anatomy.Level
	Fill        unit.Fraction // of the body; default 0.08 to 0.4
	PlateauHU   unit.HU       // default 1500 to 5000
	Bipedicular bool
	Prior       bool // done before the pre CT
	Trocar      bool // left in place
	Leaks       []LeakPlan
}

// LeakPlan is a leak wanted.
type LeakPlan struct {
	Compartment anatomy.Compartment
	Type        anatomy.LeakType // default: the compartment's usual one
	Side        anatomy.Side     // default: drawn
	ML          unit.ML          // outside the bone; default 0.02 to 0.6
}

// Fracture of one vertebra.
type Fracture struct {
	Level     anatomy.Level
	Deformity Deformity
	Grade     int // Genant, 1..3
}

// Case is a patient: the scans and the truth about the scan after the procedure.
type Case struct {
	Seed      uint64
	Post, Pre *volume.Volume // Pre is nil without a scan before
	Truth     *Truth

	postSliceMM, preSliceMM unit.MM
}

// New makes a case. The same seed and options give the same case.
func New(seed uint64, o Options) (*Case, error) { return NewContext(context.Background(), seed, o) }

// NewContext is New that stops early when ctx ends.
func NewContext(ctx context.Context, seed uint64, o Options) (*Case, error) {
	o, err := o.resolve(seed)
	if err != nil {
		return nil, fmt.Errorf("phantom: %w", err)
	}
	p, err := newPatient(seed, o)
	if err != nil {
		return nil, fmt.Errorf("phantom: seed %d: %w", seed, err)
	}
	c := &Case{Seed: seed, postSliceMM: o.SliceMM, preSliceMM: o.PreSliceMM}
	if c.Post, err = p.scanPost(ctx, o); err != nil {
		return nil, fmt.Errorf("phantom: seed %d: %w", seed, err)
	}
	if !o.NoPre {
		if c.Pre, err = p.scanPre(ctx, o); err != nil {
			return nil, fmt.Errorf("phantom: seed %d: %w", seed, err)
		}
	}
	c.Truth = p.truth(c.Post, c.Pre)
	return c, nil
}
