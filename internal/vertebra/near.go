package vertebra

import (
	"context"
	"fmt"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/spine"
	"github.com/vertefill/vertefill/internal/volume"
)

// One body that a reader points at is outlined from its surroundings alone: far enough for the canal behind it and for two discs on
// either side.
const (
	nearAcrossMM = 90.0
	nearAlongMM  = 85.0
	nearBodyMM   = 4.0 // a body so near to the point is meant
)

// FindNear outlines the body round a seed and nothing else, nil when there is none. It looks at the surroundings of the seed only, so
// that its time does not depend on the size of the volume; no neighbour confirms its discs. The name is the seed's. The error is the
// context's or one of geometry.
func FindNear(ctx context.Context, post *volume.Volume, seed Seed) (*spine.Vertebra, error) {
	if _, ok := post.Affine(); !ok {
		return nil, fmt.Errorf("vertebra: the slices are irregularly spaced; resample them first")
	}
	if float64(post.MaxSpacing()) > maxSliceMM {
		return nil, ctx.Err()
	}
	near, err := surroundings(post, seed.Point)
	if err != nil || near == nil {
		return nil, err
	}
	f := &finder{vol: near, opt: Options{Seeds: []Seed{seed}}, progress: func(float64) {}, alone: true}
	if err := f.runUntil(ctx); err != nil {
		return nil, fmt.Errorf("vertebra: %w", err)
	}
	v, d := f.spine.Nearest(seed.Point)
	if v == nil || d > nearBodyMM {
		return nil, nil
	}
	return v, nil
}

// surroundings copies the part of a volume round a point, nil when the point lies outside.
func surroundings(v *volume.Volume, p geom.Patient) (*volume.Volume, error) {
	var corners []geom.Voxel
	for _, x := range []float64{-nearAcrossMM, nearAcrossMM} {
		for _, y := range []float64{-nearAcrossMM, nearAcrossMM} {
			for _, z := range []float64{-nearAlongMM, nearAlongMM} {
				corners = append(corners, v.Voxel(p.Add(geom.LPSVec(x, y, z))))
			}
		}
	}
	box := geom.BoxAround(corners).Intersect(v.Bounds())
	nx, ny, nz := box.Size()
	if box.Empty() || nz < 2 {
		return nil, nil
	}
	var slices []geom.Patient
	for k := box.Min.K; k < box.Max.K; k++ {
		slices = append(slices, v.Patient(geom.Vox(float64(box.Min.I), float64(box.Min.J), float64(k))))
	}
	g, err := volume.NewGrid(nx, ny, v.Row, v.Col, v.DX, v.DY, slices, v.FrameUID)
	if err != nil {
		return nil, fmt.Errorf("vertebra: %w", err)
	}
	out := volume.New(g)
	out.CeilingHU = v.CeilingHU
	for k := range nz {
		for j := range ny {
			from := box.Min.I + v.NX*(box.Min.J+j+v.NY*(box.Min.K+k))
			copy(out.HU[nx*(j+ny*k):nx*(j+1+ny*k)], v.HU[from:from+nx])
		}
	}
	return out, nil
}

// wanted reports whether a body is to be outlined: all are, unless one alone is asked for.
func (f *finder) wanted(b *body) bool {
	if !f.alone {
		return true
	}
	s := float64(f.bodyStation(f.opt.Seeds[0].Point))
	return s > b.above.s && s < b.below.s
}
