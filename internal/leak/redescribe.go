package leak

import (
	"context"
	"fmt"
	"math"
	"sort"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/geom"
)

// Describe measures the solid voxels given as one leak of a level and compartment that a reader chose: what was joined, split or
// renamed by hand. The blurred edge is shared with the cement around as Find shares it. ID is zero; the protrusion and size that
// Find asks for are not. The error says what is missing.
func Describe(ctx context.Context, in Input, opt Options, level anatomy.Level, c anatomy.Compartment, voxels []geom.Index) (Leak, error) {
	if in.Post == nil || in.Spine == nil || in.Spine.Find(level) == nil || len(voxels) == 0 {
		return Leak{}, fmt.Errorf("leak: post CT, the vertebra and voxels are needed")
	}
	opt = opt.withDefaults()
	opt.LeastML = 0
	in = in.around(voxels)
	s := newSorter(ctx, in, opt, nil)
	if err := s.place(); err != nil {
		return Leak{}, fmt.Errorf("leak: %w", err)
	}
	p := &piece{compartment: c, level: s.placeOf[in.Spine.Find(level)]}
	for _, v := range voxels {
		if !in.Box.Contains(v.I, v.J, v.K) {
			continue
		}
		o := in.Box.Offset(v.I, v.J, v.K)
		q := s.patient(o)
		if _, d := in.Spine.Nearest(q); !math.IsInf(d, 1) { // cement in the bone has no distance yet
			s.dist[o] = float32(d)
		}
		p.protrusion = max(p.protrusion, float64(s.dist[o]))
		p.voxels = append(p.voxels, o)
	}
	sort.Ints(p.voxels)
	s.pieces = []*piece{p}
	s.setOwner(p.voxels, pieceBase)
	s.spread()
	l, _ := s.describe(p)
	if l.Compartment != c { // the reader's word stands against the shape
		l.Compartment, l.Type = c, anatomy.TypeC
	}
	return l, ctx.Err()
}

// around returns the input cut down to the voxels and what lies within reach of their blurred edge.
func (in Input) around(voxels []geom.Index) Input {
	var box geom.Box
	for _, v := range voxels {
		box = box.Union(geom.Box{Min: v, Max: geom.Index{I: v.I + 1, J: v.J + 1, K: v.K + 1}})
	}
	least := min(float64(in.Post.DX), float64(in.Post.DY), float64(in.Post.DZ))
	box = box.Grow(int(math.Ceil(edgeMM/least)) + 1).Intersect(in.Box)
	out := in
	out.Box = box
	out.New, out.Prior = make([]float32, 0, box.Len()), make([]float32, 0, box.Len())
	out.Solid = make([]anatomy.CementClass, 0, box.Len())
	out.Doubt, out.Scale = nil, nil
	for k := box.Min.K; k < box.Max.K; k++ {
		for j := box.Min.J; j < box.Max.J; j++ {
			a := in.Box.Offset(box.Min.I, j, k)
			b := a + box.Max.I - box.Min.I
			out.New = append(out.New, in.New[a:b]...)
			out.Prior = append(out.Prior, in.Prior[a:b]...)
			out.Solid = append(out.Solid, in.Solid[a:b]...)
			if in.Doubt != nil {
				out.Doubt = append(out.Doubt, in.Doubt[a:b]...)
			}
			if in.Scale != nil {
				out.Scale = append(out.Scale, in.Scale[a:b]...)
			}
		}
	}
	return out
}
