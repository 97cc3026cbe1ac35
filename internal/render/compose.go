package render

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"math"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/volume"
)

// Difference subtracts b from a, pixel by pixel: post minus registered pre, both resliced in the same viewport (the pre in the
// plane given by Mapped). Where either has no value there is none. Shown with the map Diverging and a window centred on 0.
func Difference(dst, a, b *HUImage) error {
	if a.W != b.W || a.H != b.H {
		return fmt.Errorf("%w: pictures of %d x %d and %d x %d", ErrView, a.W, a.H, b.W, b.H)
	}
	dst.resize(a.W, a.H)
	dst.Corrupt = a.Corrupt || b.Corrupt
	for i, p := range a.HU {
		q := b.HU[i]
		switch {
		case p == Outside || q == Outside:
			dst.HU[i] = Outside
		case p == Unread || q == Unread:
			dst.HU[i] = Unread
		default:
			dst.HU[i] = int16(max(int(Unread)+1, min(math.MaxInt16, int(p)-int(q))))
		}
	}
	return nil
}

// Blend mixes two pictures of the same size into dst, which may be one of them: a at 0, b at 1.
func Blend(dst, a, b *image.RGBA, t float64) error {
	w, h := dst.Rect.Dx(), dst.Rect.Dy()
	if checkSize(a, w, h) != nil || checkSize(b, w, h) != nil {
		return fmt.Errorf("%w: pictures of unlike size", ErrView)
	}
	f := uint32(max(0, min(1, t))*256 + 0.5)
	for y := range h {
		p, q, o := a.Pix[y*a.Stride:][:4*w], b.Pix[y*b.Stride:][:4*w], dst.Pix[y*dst.Stride:][:4*w]
		for i := range o {
			o[i] = uint8((uint32(p[i])*(256-f) + uint32(q[i])*f + 128) >> 8)
		}
	}
	return nil
}

// Swipe shows a left of the column x and b from there on, in dst, which may be one of them.
func Swipe(dst, a, b *image.RGBA, x int) error {
	w, h := dst.Rect.Dx(), dst.Rect.Dy()
	if checkSize(a, w, h) != nil || checkSize(b, w, h) != nil {
		return fmt.Errorf("%w: pictures of unlike size", ErrView)
	}
	x = max(0, min(w, x))
	for y := range h {
		o := dst.Pix[y*dst.Stride:][:4*w]
		copy(o[:4*x], a.Pix[y*a.Stride:][:4*x])
		copy(o[4*x:], b.Pix[y*b.Stride:][4*x:4*w])
	}
	return nil
}

// BlendLabels lays the labels of the voxels over a picture of the viewport, each in its colour; labels whose colour is
// transparent are not drawn. It shows voxels as they are: the overlay for editing and for InterpNearest.
func BlendLabels(ctx context.Context, l *volume.Labels, v Viewport, colours *[256]color.NRGBA, dst *image.RGBA) error {
	if err := v.check(); err != nil {
		return err
	}
	if err := checkSize(dst, v.Width, v.Height); err != nil {
		return err
	}
	patientFromScreen := v.PatientFromScreen()
	step := patientFromScreen.Axis(0)
	return strips(ctx, v.Height, func(y0, y1 int) {
		for y := y0; y < y1 && ctx.Err() == nil; y++ {
			out := dst.Pix[y*dst.Stride:]
			eachRun(l.Grid, patientFromScreen.Apply(geom.Pt[geom.ScreenFrame](0, float64(y), 0)), step, v.Width, func(x0, x1 int, p geom.Voxel, d geom.VoxelVec) {
				for x := x0; x < x1; x++ {
					t := float64(x - x0)
					label := l.At(int(math.Floor(p.X+t*d.X+0.5)), int(math.Floor(p.Y+t*d.Y+0.5)), int(math.Floor(p.Z+t*d.Z+0.5)))
					if c := colours[label]; label != 0 && c.A > 0 {
						over(out[4*x:4*x+4], c, 255)
					}
				}
			})
		}
	})
}
