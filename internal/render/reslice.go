package render

import (
	"context"
	"fmt"
	"image"
	"math"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/unit"
	"github.com/vertefill/vertefill/internal/volume"
)

// Values in an HUImage that are no CT numbers.
const (
	Outside int16 = math.MinInt16     // beyond the volume: black whatever the window
	Unread  int16 = math.MinInt16 + 1 // in a slice that could not be read or is missing: hatched
)

// HUImage is a picture of CT numbers before windowing, row by row from the top.
type HUImage struct {
	W, H    int
	HU      []int16
	Corrupt bool // some samples may be Unread
}

// At returns the sample of a pixel, Outside beyond the picture.
func (m *HUImage) At(x, y int) int16 {
	if x < 0 || y < 0 || x >= m.W || y >= m.H {
		return Outside
	}
	return m.HU[y*m.W+x]
}

// Interp is how values between voxels are made.
type Interp uint8

// The interpolations.
const (
	InterpLinear  Interp = iota // trilinear, the default
	InterpNearest               // the voxel itself: shows voxels as they are
	InterpCubic                 // Keys 1981 (IEEE Trans ASSP 29:1153), a = -1/2; may overshoot at edges of cement
)

// SlabMode is how the samples across a slab become one.
type SlabMode uint8

// The modes.
const (
	Mean SlabMode = iota
	MIP
	MinIP
)

// Slab is a thick slice centred on the plane. A thickness of zero is the plane itself.
type Slab struct {
	Thickness unit.MM
	Mode      SlabMode
}

// View is everything that decides the CT numbers of a reformatted picture; comparable.
type View struct {
	Viewport
	Interp Interp
	Slab   Slab
	Coarse bool // half resolution, for a slab while the mouse moves
}

// Slice draws a view of a volume through a table in one call: Reslice, then LUT.Apply.
func Slice(ctx context.Context, vol *volume.Volume, v View, lut *LUT, dst *image.RGBA) error {
	if err := checkSize(dst, v.Width, v.Height); err != nil {
		return err
	}
	var hu HUImage
	if err := Reslice(ctx, vol, v, &hu); err != nil {
		return err
	}
	return lut.Apply(dst, &hu)
}

// Reslice samples a view of a volume into dst, whose buffer is used again when it is large enough.
//
// Values are rounded to whole HU. Within half a voxel beyond the border the border counts; farther out is Outside. Slices lie at
// their own exact positions, also when irregular or tilted; over a hole of missing slices nothing is drawn. A slab's mean takes its samples at most
// 0.8 voxels apart; MIP and MinIP take them where the line of sight crosses the layers of voxels, see crossings: along a voxel axis
// these are the voxels themselves, where a trilinear image has its extremes, and so they are exact.
func Reslice(ctx context.Context, vol *volume.Volume, v View, dst *HUImage) error {
	if err := v.check(); err != nil {
		return err
	}
	if vol == nil || vol.Grid == nil || len(vol.HU) != vol.Len() {
		return fmt.Errorf("%w: no volume", ErrView)
	}
	if v.Coarse && v.Width > 1 && v.Height > 1 {
		return resliceCoarse(ctx, vol, v, dst)
	}
	dst.resize(v.Width, v.Height)
	dst.Corrupt = hasUnread(vol)
	depths := slabDepths(vol.Grid, v)
	s := newSampler(vol, v.Interp)
	layers, byLayers := newCrossings(s, v)
	patientFromScreen := v.PatientFromScreen()
	step := patientFromScreen.Axis(0)
	return strips(ctx, v.Height, func(y0, y1 int) {
		stack := newStack(v.Slab.Mode, v.Width, len(depths))
		for y := y0; y < y1 && ctx.Err() == nil; y++ {
			row := dst.HU[y*v.Width : (y+1)*v.Width]
			switch {
			case len(depths) == 1:
				s.row(patientFromScreen.Apply(geom.Pt[geom.ScreenFrame](0, float64(y), depths[0])), step, row)
			case byLayers:
				stack.reset()
				layers.row(s, y, stack)
				stack.result(row)
			default:
				stack.reset()
				for _, z := range depths {
					s.row(patientFromScreen.Apply(geom.Pt[geom.ScreenFrame](0, float64(y), z)), step, stack.sample)
					stack.add()
				}
				stack.result(row)
			}
			if dst.Corrupt {
				s.markUnread(patientFromScreen.Apply(geom.Pt[geom.ScreenFrame](0, float64(y), 0)), step, row)
			}
		}
	})
}

func (m *HUImage) resize(w, h int) {
	m.W, m.H = w, h
	if cap(m.HU) < w*h {
		m.HU = make([]int16, w*h)
	}
	m.HU = m.HU[:w*h]
}

// resliceCoarse draws at half size and doubles the pixels linearly.
func resliceCoarse(ctx context.Context, vol *volume.Volume, v View, dst *HUImage) error {
	half := v
	half.Coarse = false
	half.Width, half.Height = (v.Width+1)/2, (v.Height+1)/2
	half.MMPerPixel = 2 * v.MMPerPixel
	// The first pixel of the half picture lies where the first of the full one does.
	a, b := v.PlaneFromScreen(), half.PlaneFromScreen()
	half.Centre = half.Centre.Add(a.Origin().Sub(b.Origin()))
	var small HUImage
	if err := Reslice(ctx, vol, half, &small); err != nil {
		return err
	}
	dst.resize(v.Width, v.Height)
	dst.Corrupt = small.Corrupt
	return strips(ctx, v.Height, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			up := small.HU[y/2*small.W:][:small.W]
			down := small.HU[min(y/2+y%2, small.H-1)*small.W:][:small.W]
			row := dst.HU[y*v.Width:][:v.Width]
			for x := range row {
				i := x / 2
				j := min(i+x%2, small.W-1)
				if p, q, r, s := up[i], up[j], down[i], down[j]; min(p, q, r, s) > Unread {
					row[x] = int16((int(p) + int(q) + int(r) + int(s) + 2) >> 2)
				} else {
					row[x] = p
				}
			}
		}
	})
}

// eachRun calls f for the runs [x0, x1) of a row of n patient points p, p+step, ... over which the voxel coordinates are linear:
// v at x0, then dv further each. On an irregular stack a run ends where the row passes a slice.
func eachRun(g *volume.Grid, p geom.Patient, step geom.PatientVec, n int, f func(x0, x1 int, v geom.Voxel, dv geom.VoxelVec)) {
	if voxelFromPatient, ok := g.Inverse(); ok {
		f(0, n, voxelFromPatient.Apply(p), voxelFromPatient.ApplyVec(step))
		return
	}
	slope := step.Dot(g.Normal)
	for x := 0; x < n; {
		q := p.Add(step.Mul(float64(x)))
		v := g.Voxel(q)
		k := min(max(int(math.Floor(v.Z)), 0), g.NZ-2)
		a, b := g.SlicePosition(k), g.SlicePosition(k+1)
		end := n
		if slope != 0 {
			next := b
			if slope < 0 {
				next = a
			}
			if left := next.Sub(q).Dot(g.Normal) / slope; left >= 0 { // negative beyond the last slice: the run goes on
				end = min(n, x+1+int(min(left, float64(n))))
			}
		}
		dz := slope / b.Sub(a).Dot(g.Normal)
		r := step.Sub(b.Sub(a).Mul(dz))
		f(x, end, v, geom.V[geom.VoxelFrame](r.Dot(g.Row)/float64(g.DX), r.Dot(g.Col)/float64(g.DY), dz))
		x = end
	}
}
