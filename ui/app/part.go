package app

import (
	"context"
	"errors"
	"math"
	"sync"

	"github.com/vertefill/vertefill/internal/dicomio"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/volume"
	"github.com/vertefill/vertefill/ui/model"
)

// LoadPart implements Backend: some slices of a series, for studies that do not
// fit into the memory. The volume has the true positions of the slices read.
func (Core) LoadPart(ctx context.Context, s *model.Study, series int, part model.Part, progress func(float64)) (*volume.Volume, error) {
	stack := s.Series[series].Source.Main()
	if stack == nil {
		return nil, errors.New("the series holds no volume")
	}
	return loadPart(ctx, stack, part, progress)
}

// batch is how many slices are read between two reports of progress.
const batch = 16

func loadPart(ctx context.Context, stack *dicomio.Stack, part model.Part, progress func(float64)) (*volume.Volume, error) {
	full := stack.Grid
	from, to, every := part.Slices(full.NZ)
	if full.Normal.Z < 0 { // from head to foot
		from, to = full.NZ-to, full.NZ-from
	}
	var ks []int
	var positions []geom.Patient
	for k := from; k < to; k += every {
		ks, positions = append(ks, k), append(positions, full.SlicePosition(k))
	}
	g, err := volume.NewGrid(full.NX, full.NY, full.Row, full.Col, full.DX, full.DY, positions, full.FrameUID)
	if err != nil {
		return nil, err
	}
	v := volume.New(g)
	n := g.NX * g.NY
	read := make([]bool, len(ks))
	var mu sync.Mutex
	for at := 0; at < len(ks); at += batch {
		some := ks[at:min(at+batch, len(ks))]
		if err := stack.Slices(ctx, some, func(k int, hu []int16) {
			i := (k - from) / every
			copy(v.HU[i*n:(i+1)*n], hu)
			mu.Lock()
			read[i] = true
			mu.Unlock()
		}); err != nil && ctx.Err() != nil {
			return nil, err
		}
		progress(float64(at+len(some)) / float64(len(ks)))
	}
	any := false
	for i, ok := range read {
		any = any || ok
		if !ok {
			if v.Corrupt == nil {
				v.Corrupt = make([]bool, len(ks))
			}
			v.Corrupt[i] = true
		}
	}
	if !any {
		return nil, errors.New("none of these slices can be read")
	}
	v.CeilingHU = ceiling(v.HU)
	return v, nil
}

// ceiling returns the highest CT number when so many voxels have it that a
// scale must end there; otherwise there is none.
func ceiling(hu []int16) int16 {
	const least, spike = 2900, 20
	top, count := int16(math.MinInt16), 0
	for _, x := range hu {
		switch {
		case x > top:
			top, count = x, 1
		case x == top:
			count++
		}
	}
	if top < least || count < spike {
		return math.MaxInt16
	}
	return top
}
