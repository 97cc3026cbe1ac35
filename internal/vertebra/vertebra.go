// Package vertebra finds the spine in a CT volume, cuts it into vertebrae, names them where something in view anchors the names,
// and outlines every vertebral body to sub-voxel precision. It uses no learned weights: the canal is the best path through dark
// holes enclosed by bone, discs are dark plates between bright endplates chosen by dynamic programming, surfaces are optimal
// surfaces on a mesh with a correction for the blur of the thin cortex. docs/algorithms/vertebra.md has the long form.
//
// Positions are patient millimetres (LPS), volumes mL, CT numbers HU. The package measures bodies only; it knows cement and metal
// just well enough not to be misled by them, and does not import masks.
package vertebra

import (
	"context"
	"fmt"
	"sync/atomic"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/diag"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/spine"
	"github.com/vertefill/vertefill/internal/volume"
)

// Seed is a point inside a vertebral body whose name is known.
type Seed struct {
	Level anatomy.Level
	Point geom.Patient
}

// Options of Find; the zero value finds and names everything by itself.
type Options struct {
	// Seeds anchor the names and guarantee that the bodies round them are looked for.
	Seeds []Seed
}

// Find returns the spine in the volume, with a vertebra for every body between two endplates found, from head to foot. A volume
// that shows no spine, or has slices more than 5 mm apart, gives a Spine without vertebrae and no error. Bodies that the field of view cuts are listed with Complete
// false and no volume. The volume must not be irregular (resample it first).
//
// Input: a CT volume in HU, any orientation. Output: spine.Spine in patient mm. Method, measured accuracy and failure modes: see
// docs/algorithms/vertebra.md. progress may be nil; it gets fractions 0..1. The error is the context's or one of geometry.
func Find(ctx context.Context, post *volume.Volume, opt Options, sink *diag.Sink, progress func(float64)) (*spine.Spine, error) {
	if _, ok := post.Affine(); !ok {
		return nil, fmt.Errorf("vertebra: the slices are irregularly spaced; resample them first")
	}
	report := progress
	if report == nil {
		report = func(float64) {}
	}
	if float64(post.MaxSpacing()) > maxSliceMM {
		sink.Add(diag.CodeSlicesTooThick, anatomy.None, nil)
		sink.Add(diag.CodeLevelUnknown, anatomy.None, nil)
		report(1)
		return &spine.Spine{}, nil
	}
	found := &diag.Sink{}
	f := &finder{vol: post, opt: opt, sink: found, progress: whileAlive(ctx, report)}
	if err := f.runUntil(ctx); err != nil {
		return nil, fmt.Errorf("vertebra: %w", err)
	}
	for _, x := range found.Findings() {
		sink.Add(x.Code, x.Level, x.Args)
	}
	report(1)
	return f.spine, nil
}

// runUntil is run that returns as soon as ctx ends. What is under way then, half a second of work at most, ends by itself on data that
// nobody else sees.
func (f *finder) runUntil(ctx context.Context) error {
	done := make(chan error, 1)
	go func() { done <- f.run(ctx) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// whileAlive passes progress on until ctx ends.
func whileAlive(ctx context.Context, report func(float64)) func(float64) {
	return func(x float64) {
		if ctx.Err() == nil {
			report(x)
		}
	}
}

// finder carries the stages of one search.
type finder struct {
	vol      *volume.Volume
	opt      Options
	sink     *diag.Sink
	progress func(float64)
	alone    bool // only the body of the first seed is outlined
	onSacrum bool // the last body stands on the sacrum, between iliac bones

	coarse   *coarse
	curve    *curve
	table    *table
	bodies   []*body
	done     map[string]*body // outlined before, by key
	outlined atomic.Int64
	spine    *spine.Spine
}

func (f *finder) run(ctx context.Context) (err error) {
	f.spine = &spine.Spine{}
	if f.coarse, err = downsample(ctx, f.vol); err != nil {
		return err
	}
	f.progress(0.1)
	path, err := findCanal(ctx, f.coarse, f.opt.Seeds)
	if err != nil {
		return err
	}
	f.progress(0.3)
	if len(path) == 0 && len(f.opt.Seeds) > 0 {
		path = assumedPath(f.opt.Seeds)
	}
	if len(path) == 0 {
		f.sink.Add(diag.CodeSpineNotFound, anatomy.None, nil)
		return nil
	}
	f.curve = smoothCurve(path)
	if f.table, err = straighten(ctx, f.vol, f.curve); err != nil {
		return err
	}
	f.progress(0.35)
	if err := f.findBodies(ctx); err != nil {
		return err
	}
	f.progress(0.9)
	f.weed()
	if len(f.bodies) == 0 {
		f.sink.Add(diag.CodeSpineNotFound, anatomy.None, nil)
		return nil
	}
	f.spine.Canal = f.canal()
	f.name()
	return f.finish(ctx)
}
