// Package leak says where new cement lies: in a body, in pedicle or arch bone, or outside the bone, and describes every piece that
// is outside: compartment, way out, side, size, course, and how far it narrows the canal.
//
// It takes the occupancy that package cement measured and the spine; it looks at no image except to tell bone from soft tissue
// behind the body. Positions are patient millimetres (LPS), lengths mm, volumes mL. The long form is docs/algorithms/leak.md.
package leak

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

// Input is the cement to sort. Arrays run x fastest over Box of Post's grid.
type Input struct {
	Post       *volume.Volume
	Spine      *spine.Spine
	Box        geom.Box
	New, Prior []float32             // fraction of each voxel filled, with its noise
	Solid      []anatomy.CementClass // CementInBody for new, CementPrior for earlier cement; 0 where there is only a blurred edge
	// Doubt is the standard deviation of the cement of each voxel as a share of it, alike in all; nil for none.
	Doubt []float32
	// Scale is by how much of itself the cement of each voxel changes with one standard deviation of its plateau, one error for all; nil for
	// none.
	Scale []float32
	// BorderKnown holds the vertebrae whose border near cement comes from a pre CT: less protrusion makes a leak there.
	BorderKnown map[anatomy.Level]bool
	// SigmaMM is the in-plane point spread.
	SigmaMM unit.MM
}

// Options are the conventions; zero values mean the defaults given.
type Options struct {
	ProtrusionMM  unit.MM // beyond the bone that makes a leak, also at least 1.5 voxels: 1.0
	LeastML       unit.ML // 0.01
	SplitML       unit.ML // part of a piece in a second compartment that is named apart: 0.02
	SplitFraction float64 // and the share of the piece that it must be: 0.2
	Attention     Attention
}

// Attention is the convention by which leaks are shown as red or amber. It makes no claim about symptoms.
type Attention struct {
	CanalFraction  unit.Fraction // red from here: 0.25
	CanalMM        unit.MM       // red from here: 3
	ForamenML      unit.ML       // red from here: 0.05
	VeinMM         unit.MM       // amber from here: 20
	NextEndplateMM unit.MM       // a disc leak within this of the other body is amber: 1
}

// DefaultAttention are the limits of the program.
func DefaultAttention() Attention { return Options{}.withDefaults().Attention }

func (o Options) withDefaults() Options {
	set := func(x *float64, d float64) {
		if *x == 0 {
			*x = d
		}
	}
	set((*float64)(&o.ProtrusionMM), 1)
	set((*float64)(&o.LeastML), 0.01)
	set((*float64)(&o.SplitML), 0.02)
	set(&o.SplitFraction, 0.2)
	set((*float64)(&o.Attention.CanalFraction), 0.25)
	set((*float64)(&o.Attention.CanalMM), 3)
	set((*float64)(&o.Attention.ForamenML), 0.05)
	set((*float64)(&o.Attention.VeinMM), 20)
	set((*float64)(&o.Attention.NextEndplateMM), 1)
	return o
}

// Result is the cement sorted.
type Result struct {
	Bodies []Body // of every complete vertebra, from head to foot
	Leaks  []Leak // the largest of each level first, levels from head to foot; ids count from 1
	// Class is the final class of the voxels of Input.Box that are cement themselves.
	Class []anatomy.CementClass
}

// Body is the cement in one vertebra.
type Body struct {
	Level        anatomy.Level
	Treated      bool // new cement was found in or from this vertebra
	InBodyML     unit.ML
	IntervalML   unit.Interval
	InPedicleML  unit.ML
	PriorML      unit.ML
	Distribution *Distribution // of the new cement in the body; nil when there is none
	LeakIDs      []int
}

// Distribution says where the cement of a body lies. Left + Right = 1, Anterior + Middle + Posterior = 1.
type Distribution struct {
	Left, Right                 unit.Fraction
	Anterior, Middle, Posterior unit.Fraction
	CrossesMidline              bool
	Superior, Inferior          bool // contact with the endplates
}

// Leak is one piece of new cement outside the bone, or its part in one compartment.
type Leak struct {
	ID          int
	Level       anatomy.Level
	Compartment anatomy.Compartment
	Rival       anatomy.Compartment // where it may lie as well when borders are a little off; empty when only Compartment fits
	Type        anatomy.LeakType
	Side        anatomy.Side
	VolumeML    unit.ML
	IntervalML  unit.Interval
	Centroid    geom.Patient
	Breach      geom.Patient   // where it left the bone; the point nearest to the body for a piece apart
	Site        Site           // the part of the vertebra that Breach is in; NoSite for a piece apart
	LengthMM    unit.MM        // along its course
	DiameterMM  unit.MM        // of a cylinder with its length and volume
	Course      []geom.Patient // its middle line, from the breach on
	ReachMM     unit.MM        // farthest distance from the body surface
	// NextEndplateMM is how far a disc leak stays from the next body, nil for others.
	NextEndplateMM *unit.MM
	// InCanal is set for leaks in the canal.
	InCanal    *Encroachment
	Attention  anatomy.Attention
	Confidence unit.Fraction
	Voxels     []geom.Index

	border float64 // mm3: standard deviation that the error of the bone's border adds
}

// Encroachment is the narrowing of the canal on the section where it is worst.
type Encroachment struct {
	DepthMM  unit.MM       // front to back
	Fraction unit.Fraction // of the area of the canal's section
	CentreMM unit.MM       // least distance from the canal's centre line
}

// Find sorts the new cement.
//
// Input: occupancy and spine. Output: Result; volumes conserve the signal: a blurred edge goes to the piece it comes from.
// Method: cement beyond the body surface by the protrusion rule starts a leak (boundary error times contact area makes none),
// which is carried back to the surface; compartments follow from spine.Region, types after Yeom 2003, veins from the ratio of
// length to mean diameter. Fails on: bodies whose surface is off by more than the protrusion. Measured accuracy:
// docs/algorithms/leak.md.
func Find(ctx context.Context, in Input, opt Options, sink *diag.Sink) (Result, error) {
	if in.Doubt != nil && len(in.Doubt) != in.Box.Len() || in.Scale != nil && len(in.Scale) != in.Box.Len() || in.Post == nil || in.Spine == nil || len(in.New) != in.Box.Len() || len(in.Solid) != in.Box.Len() || len(in.Prior) != in.Box.Len() {
		return Result{}, fmt.Errorf("leak: post CT, spine and arrays over the box are needed")
	}
	s := newSorter(ctx, in, opt.withDefaults(), sink)
	if err := s.place(); err != nil {
		return Result{}, fmt.Errorf("leak: %w", err)
	}
	s.findPieces()
	s.spread()
	if err := ctx.Err(); err != nil {
		return Result{}, fmt.Errorf("leak: %w", err)
	}
	return s.result(), nil
}
