package render

import (
	"context"
	"encoding/binary"
	"image"
	"math"
)

// mip draws the highest CT number along every ray. Blocks that hold nothing above what the ray has found, or above what the
// window shows as black, are leapt over; neither changes the picture.
func (c *Caster) mip(ctx context.Context, v View3D, w Window, dst *image.RGBA) error {
	r := c.rays(v)
	lut := NewLUT(w, Grey, NoMark)
	low, _ := w.Bounds()
	floor := int16(max(float64(Unread)+1, min(math.MaxInt16, math.Floor(low))))
	inf := float32(math.Inf(1))
	return strips(ctx, v.Height, func(y0, y1 int) {
		for y := y0; y < y1 && ctx.Err() == nil; y++ {
			for x := range v.Width {
				best := floor
				l, n, end := r.start(x, y, inf)
				if n >= end {
					best = Outside
				}
				l.advance(n)
				for n < end {
					if c.large.high[c.large.at(&l.p)] <= best {
						m := r.leave(&l.p, c.large.bits)
						l.advance(m)
						n += m
						continue
					}
					m := r.leave(&l.p, c.small.bits)
					if c.small.high[c.small.at(&l.p)] <= best {
						l.advance(m)
						n += m
						continue
					}
					for m = min(n+m, end); n < m; n++ {
						best = max(best, int16(r.sample(l.p[0], l.p[1], l.p[2])))
						l.advance(1)
					}
				}
				o := dst.PixOffset(dst.Rect.Min.X+x, dst.Rect.Min.Y+y)
				binary.LittleEndian.PutUint32(dst.Pix[o:o+4], lut[uint16(best)])
			}
		}
	})
}
