package render

import (
	"context"
	"encoding/binary"
	"image"
	"math"

	"github.com/vertefill/vertefill/internal/volume"
)

// FrameWindow is the window of a frame of a fluoroscopy run, in the grey values of the detector.
type FrameWindow struct {
	volume.Window
	Table  *volume.VOITable // in place of the window until the reader changes it; nil for none
	Invert bool             // over and above what the files ask for
}

// Dragged returns the window after a mouse drag, as Window.Dragged does; a table gives way to the window nearest to it.
func (w FrameWindow) Dragged(dxPx, dyPx float64) FrameWindow {
	if w.Table != nil {
		w.Window, w.Table = w.Table.Window(), nil
	}
	gain := max(w.Width/256, 1e-3)
	w.Width = max(w.Width+dxPx*gain, 1e-3)
	w.Center += dyPx * gain
	return w
}

// FrameRange returns the window from the darkest to the brightest values of a run but for the outermost half per cent, judged on
// its first, middle and last frame.
func FrameRange(c *volume.Cine) FrameWindow {
	var count [1 << 16]int
	total := 0
	for _, k := range []int{0, c.Frames / 2, c.Frames - 1} {
		if k < 0 || k >= c.Frames || (k < len(c.Corrupt) && c.Corrupt[k]) {
			continue
		}
		for _, v := range c.Frame(k) {
			count[v]++
			total++
		}
	}
	if total == 0 {
		return FrameWindow{Window: volume.Window{Center: 1 << 15, Width: 1 << 16}}
	}
	at := func(share float64) float64 {
		sum, rank := 0, int(share*float64(total-1))
		for v, n := range count {
			if sum += n; sum > rank {
				return float64(v)
			}
		}
		return 0
	}
	lo, hi := at(0.005)*c.Slope+c.Intercept, at(0.995)*c.Slope+c.Intercept
	if hi < lo {
		lo, hi = hi, lo
	}
	return FrameWindow{Window: volume.Window{Center: (lo + hi) / 2, Width: max(hi-lo, 1), Function: volume.LinearExact}}
}

// FrameTable is the brightness of every stored value of a run.
type FrameTable [1 << 16]uint8

// NewFrameTable builds the table of a window; runs whose low values are drawn bright are turned round.
func NewFrameTable(c *volume.Cine, w FrameWindow) *FrameTable {
	var t FrameTable
	for i := range t {
		grey := float64(i)*c.Slope + c.Intercept
		y := 0.0
		if w.Table != nil {
			y = w.Table.Level(grey)
		} else {
			y = w.Level(grey)
		}
		if c.Inverted != w.Invert {
			y = 1 - y
		}
		t[i] = uint8(y*255 + 0.5)
	}
	return &t
}

// DrawFrame draws frame k of a run into dst. The viewport's plane is the detector: X along a row and Y down in units of a column's
// width, zero at the centre of the first sample, MMPerPixel in that unit too; PatientFromPlane is not used. Values between samples
// are interpolated after the table, so that the picture never shows a brightness that no sample has. A frame that could not be read
// is hatched.
func DrawFrame(ctx context.Context, c *volume.Cine, k int, v Viewport, t *FrameTable, dst *image.RGBA) error {
	if err := checkSize(dst, v.Width, v.Height); err != nil {
		return err
	}
	if c == nil || k < 0 || k >= c.Frames || c.NX < 1 || c.NY < 1 || len(c.Pix) < c.NX*c.NY*c.Frames {
		return ErrView
	}
	px := c.Frame(k)
	corrupt := k < len(c.Corrupt) && c.Corrupt[k]
	aspect := 1.0 // height of a sample over its width
	if c.RowMM > 0 && c.ColMM > 0 {
		aspect = c.RowMM / c.ColMM
	}
	planeFromScreen := v.PlaneFromScreen()
	x0, y0, step := planeFromScreen.T[0], planeFromScreen.T[1], float64(v.MMPerPixel)
	return strips(ctx, v.Height, func(ya, yb int) {
		for y := ya; y < yb; y++ {
			out := dst.Pix[y*dst.Stride:][:4*v.Width]
			fy := (y0 + step*float64(y)) / aspect
			j := int(math.Floor(fy))
			wy := int(256 * (fy - float64(j)))
			inside := fy > -0.5 && fy < float64(c.NY)-0.5
			up, down := px[min(max(j, 0), c.NY-1)*c.NX:][:c.NX], px[min(max(j+1, 0), c.NY-1)*c.NX:][:c.NX]
			for x := range v.Width {
				grey := uint32(0)
				fx := x0 + step*float64(x)
				switch {
				case !inside || fx <= -0.5 || fx >= float64(c.NX)-0.5:
				case corrupt:
					grey = 0x20
					if (x+y)%12 < 3 {
						grey = 0x60
					}
				default:
					i := int(math.Floor(fx))
					wx := int(256 * (fx - float64(i)))
					a, b := min(max(i, 0), c.NX-1), min(max(i+1, 0), c.NX-1)
					top := int(t[up[a]])*(256-wx) + int(t[up[b]])*wx
					low := int(t[down[a]])*(256-wx) + int(t[down[b]])*wx
					grey = uint32((top*(256-wy) + low*wy + 1<<15) >> 16)
				}
				binary.LittleEndian.PutUint32(out[4*x:4*x+4], grey|grey<<8|grey<<16|0xFF<<24)
			}
		}
	})
}
