package dicomio

import (
	"context"

	"github.com/vertefill/vertefill/internal/volume"
)

// Reel describes a run without its pixels, which Frame then gives one by one: a run of any length is followed in little memory.
// Grey values are those of the first frame's modality LUT. The error wraps ErrNoPixels when the first frame cannot be read.
func (r *Run) Reel() (*volume.Cine, error) {
	first := &Run{Series: r.Series, Frames: 1, NX: r.NX, NY: r.NY, Cal: r.Cal, frames: r.frames[:1], attr: r.attr}
	c, err := first.Load(context.Background(), nil)
	if err != nil {
		return nil, err
	}
	c.Pix, c.Frames = nil, len(r.frames)
	c.Times, c.TimeKnown = r.clock()
	return c, nil
}
