package jpeg

import "github.com/vertefill/vertefill/internal/codec/marker"

// plane is where the blocks of one component go: straight into the caller's
// buffer, or for a subsampled component into a buffer of its own size.
type plane struct {
	pix           []uint16
	stride, step  int // samples from row to row and from column to column
	width, height int
	h, v          int // sampling factors
	scaleX        int // columns of the picture a sample covers
	scaleY        int
}

func newPlanes(dst []uint16, f marker.Frame) []plane {
	hMax, vMax := maxSampling(f)
	planes := make([]plane, len(f.Comps))
	for i, c := range f.Comps {
		p := plane{h: c.H, v: c.V, scaleX: hMax / c.H, scaleY: vMax / c.V}
		// A.1.1: size of a component from that of the picture.
		p.width = (f.Width*c.H + hMax - 1) / hMax
		p.height = (f.Height*c.V + vMax - 1) / vMax
		if p.scaleX*p.scaleY == 1 {
			p.pix, p.step, p.stride = dst[i:], len(f.Comps), f.Width*len(f.Comps)
		} else {
			p.pix, p.step, p.stride = make([]uint16, p.width*p.height), 1, p.width
		}
		planes[i] = p
	}
	return planes
}

// put stores the part of a block that lies within the component.
func (p *plane) put(block *[64]uint16, bx, by int) {
	x, y := 8*bx, 8*by
	w, h := min(8, p.width-x), min(8, p.height-y)
	if w <= 0 || h <= 0 {
		return // padding of an interleaved MCU (A.2.4)
	}
	for j := range h {
		i := (y+j)*p.stride + x*p.step
		row := block[8*j : 8*j+w]
		if p.step == 1 {
			copy(p.pix[i:], row)
			continue
		}
		for _, v := range row {
			p.pix[i] = v
			i += p.step
		}
	}
}

// upsample spreads a subsampled component over the picture. T.81 leaves the
// filter open. As dcmtk and the JPEG library of the IJG do, halved columns (and
// rows with them) are interpolated linearly with samples taken to lie between
// the pixels they cover, weights 3:1; any other factor repeats samples.
func (p *plane) upsample(dst []uint16, width, height, step int) {
	switch {
	case p.scaleX*p.scaleY == 1:
	case p.scaleX == 2 && p.scaleY <= 2 && p.width > 2:
		p.interpolate(dst, width, height, step)
	default:
		for y := range height {
			row := p.pix[y/p.scaleY*p.width:]
			for x := range width {
				dst[(y*width+x)*step] = row[x/p.scaleX]
			}
		}
	}
}

func (p *plane) interpolate(dst []uint16, width, height, step int) {
	// mix holds one row after vertical interpolation, times 4 if rows are
	// halved. Rounding alternates between columns, as in the IJG library.
	mix := make([]uint32, p.width)
	shift := 2
	if p.scaleY == 2 {
		shift = 4
	}
	roundLeft, roundRight := uint32(1)<<(shift-1), uint32(1)<<(shift-1)-1
	if shift == 2 {
		roundLeft, roundRight = 1, 2
	}
	for y := range height {
		p.mixRows(mix, y)
		out := dst[y*width*step:]
		for x := range width {
			i := x / 2
			near, far, round := mix[i], mix[max(i-1, 0)], roundLeft
			if x%2 == 1 {
				far, round = mix[min(i+1, p.width-1)], roundRight
			}
			out[x*step] = uint16((3*near + far + round) >> shift)
		}
	}
}

// mixRows interpolates the component vertically for the row y of the picture.
func (p *plane) mixRows(mix []uint32, y int) {
	near := y / p.scaleY
	row := p.pix[near*p.width : (near+1)*p.width]
	if p.scaleY == 1 {
		for i, v := range row {
			mix[i] = uint32(v)
		}
		return
	}
	far := min(max(near+y%2*2-1, 0), p.height-1)
	for i, v := range p.pix[far*p.width : (far+1)*p.width] {
		mix[i] = 3*uint32(row[i]) + uint32(v)
	}
}
