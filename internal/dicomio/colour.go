package dicomio

import (
	"fmt"
	"image"
	"math"
)

// colourful reports whether the pictures of the file hold colours, and so no CT numbers.
func (in *instance) colourful() bool {
	return in.layout.samples == 3 || in.layout.photometric == "PALETTE COLOR"
}

// grey decodes frame k as one sample a pixel: as stored, or the luminance of colours.
func (p *pixels) grey(k int, dst []uint16) error {
	if !p.in.colourful() {
		return p.frame(k, dst)
	}
	l := p.in.layout
	all := make([]uint16, l.pixels())
	if err := p.frame(k, all); err != nil {
		return err
	}
	if l.samples == 1 {
		pal, err := p.palette()
		if err != nil {
			return err
		}
		stored := p.in.stored()
		for i, v := range all {
			dst[i] = luma(pal.at(stored(v)))
		}
		return nil
	}
	for i := range dst {
		c := all[3*i : 3*i+3]
		if yCbCr(l.photometric) {
			dst[i] = c[0] // luminance itself
		} else {
			dst[i] = luma(c[0], c[1], c[2])
		}
	}
	return nil
}

// luma is the luminance of ITU-R BT.601.
func luma(r, g, b uint16) uint16 {
	return uint16((299*int(r) + 587*int(g) + 114*int(b) + 500) / 1000)
}

// yCbCr reports whether decoded components are luminance and chroma; those of JPEG 2000 come out as RGB.
func yCbCr(photometric string) bool {
	switch photometric {
	case "YBR_FULL", "YBR_FULL_422", "YBR_PARTIAL_422", "YBR_PARTIAL_420":
		return true
	}
	return false
}

// rgb decodes frame k for display: colours, or for a grey picture its samples from black to white.
func (p *pixels) rgb(k int) (*image.RGBA, error) {
	l := p.in.layout
	all := make([]uint16, l.pixels())
	if err := p.frame(k, all); err != nil {
		return nil, err
	}
	var pal *palette
	if l.photometric == "PALETTE COLOR" {
		var err error
		if pal, err = p.palette(); err != nil {
			return nil, err
		}
	}
	stored := p.in.stored()
	eight := func(v uint16) uint8 {
		if l.stored > 8 {
			return uint8(v >> (l.stored - 8))
		}
		return uint8(v)
	}
	img := image.NewRGBA(image.Rect(0, 0, l.cols, l.rows))
	for i := range l.rows * l.cols {
		var r, g, b uint8
		switch {
		case pal != nil:
			x, y, z := pal.at(stored(all[i]))
			r, g, b = uint8(x), uint8(y), uint8(z)
		case l.samples == 1:
			v := stored(all[i])
			if l.signed {
				v += 1 << (l.stored - 1)
			}
			r = eight(uint16(v))
			g, b = r, r
		default:
			r, g, b = eight(all[3*i]), eight(all[3*i+1]), eight(all[3*i+2])
			if yCbCr(l.photometric) {
				r, g, b = fromYCbCr(r, g, b, l.photometric)
			}
		}
		o := img.Pix[4*i : 4*i+4]
		o[0], o[1], o[2], o[3] = r, g, b, 255
	}
	return img, nil
}

// fromYCbCr is PS3.3 C.7.6.3.1.2: full range, or for the partial kinds luminance from 16 to 235.
func fromYCbCr(y, cb, cr uint8, photometric string) (r, g, b uint8) {
	l, u, v := float64(y), float64(cb)-128, float64(cr)-128
	kr, kgu, kgv, kb := 1.402, 0.344136, 0.714136, 1.772
	if photometric != "YBR_FULL" && photometric != "YBR_FULL_422" {
		l = (l - 16) * 255 / 219
		kr, kgu, kgv, kb = kr*255/224, kgu*255/224, kgv*255/224, kb*255/224
	}
	eight := func(x float64) uint8 { return uint8(max(0, min(255, math.Round(x)))) }
	return eight(l + kr*v), eight(l - kgu*u - kgv*v), eight(l + kb*u)
}

// Colour reports whether the pictures of the stack hold colours. Load gives their luminance, which is no CT number.
func (s *Stack) Colour() bool { return s.frames[0].inst.colourful() }

// Picture decodes slice k for display in its own colours, 8 bits each.
func (s *Stack) Picture(k int) (*image.RGBA, error) { return s.frames[k].picture() }

// Colour reports whether the frames of the run hold colours. Load gives their luminance.
func (r *Run) Colour() bool { return r.frames[0].inst.colourful() }

// Picture decodes frame k for display in its own colours, 8 bits each.
func (r *Run) Picture(k int) (*image.RGBA, error) { return r.frames[k].picture() }

func (f *frame) picture() (*image.RGBA, error) {
	p, err := f.openFrame()
	if err != nil {
		return nil, err
	}
	defer p.close()
	img, err := p.rgb(f.index)
	if err != nil {
		return nil, fmt.Errorf("dicomio: %w: %s", errText(err), f.inst.path)
	}
	return img, nil
}

// openFrame opens the pixels of the file of a frame after the check of its size.
func (f *frame) openFrame() (*pixels, error) {
	if !f.inst.plausible() {
		return nil, fmt.Errorf("dicomio: %w: %s", errShort, f.inst.path)
	}
	p, err := openPixels(f.inst)
	if err != nil {
		return nil, fmt.Errorf("dicomio: %w: %s", errText(err), f.inst.path)
	}
	return p, nil
}
