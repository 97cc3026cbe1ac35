package dicomio

import (
	"context"
	"math"

	"github.com/vertefill/vertefill/internal/volume"
)

// Load reads a run. Frames that cannot be read are black and marked in Corrupt. Colour runs are read as their luminance. The error
// wraps ErrNoPixels when nothing could be read. progress may be nil.
func (r *Run) Load(ctx context.Context, progress func(fraction float64)) (*volume.Cine, error) {
	if err := affordable(r.Series.UID, r.frames, 2*int64(r.NX)*int64(r.NY)*int64(len(r.frames))); err != nil {
		return nil, err
	}
	n := r.NX * r.NY
	first := r.frames[0]
	c := &volume.Cine{NX: r.NX, NY: r.NY, Frames: len(r.frames), Pix: make([]uint16, n*len(r.frames)), Slope: 1, Inverted: r.attr.inverted, Calibration: r.Cal}
	l := first.inst.layout
	offset := 0 // makes signed values fit uint16
	if l.signed {
		offset = 1 << (l.stored - 1)
	}
	c.White = uint16(1<<l.stored - 1)
	if first.inst.layout.photometric == "PALETTE COLOR" {
		c.White, offset = 255, 0
	} else if first.lut == nil {
		c.Slope, c.Intercept = first.slope, first.intercept-float64(offset)*first.slope
	} else {
		offset = 0
		c.White = 0
		for _, v := range first.lut.value {
			c.White = max(c.White, v)
		}
	}
	c.Times, c.TimeKnown = r.clock()
	bad, cause, err := eachFrame(ctx, r.frames, progress, func() sliceReader {
		return sliceReader{read: func(p *pixels, k int) error {
			f, dst := r.frames[k], c.Pix[k*n:(k+1)*n]
			if err := p.grey(f.index, dst); err != nil {
				return err
			}
			if p.in.colourful() { // no longer as stored
				return nil
			}
			stored := p.in.stored()
			if l := p.in.layout; f.lut == nil && offset == 0 && !l.signed {
				shift, mask := p.in.shift(), uint16(1<<l.stored-1)
				for i, raw := range dst {
					dst[i] = raw >> shift & mask
				}
				return nil
			}
			for i, raw := range dst { // in place: a frame takes one buffer
				v := stored(raw)
				if f.lut != nil {
					v = int(f.lut.at(v))
				}
				dst[i] = uint16(max(0, min(math.MaxUint16, v+offset)))
			}
			return nil
		}}
	})
	if err != nil {
		return nil, err
	}
	good := false
	for k, b := range bad {
		good = good || !b
		if b {
			clear(c.Pix[k*n : (k+1)*n])
			c.Corrupt = bad
		}
	}
	if !good {
		return nil, noPixels(r.Series.UID, cause)
	}
	return c, nil
}

// Frame returns one frame of the run alone in stored values, for thumbnails.
func (r *Run) Frame(k int) ([]uint16, error) {
	one := &Run{Series: r.Series, Frames: 1, NX: r.NX, NY: r.NY, Cal: r.Cal, frames: r.frames[k : k+1], attr: r.attr}
	c, err := one.Load(context.Background(), nil)
	if err != nil {
		return nil, err
	}
	return c.Pix, nil
}
