package jpeg

import (
	"fmt"

	"github.com/vertefill/vertefill/internal/codec"
	"github.com/vertefill/vertefill/internal/codec/marker"
)

const (
	extraMask   = 15 // the low nibble of a Huffman value counts extra bits
	maxCategory = 15 // of a DC difference, with room for 12 bits (F.1.2.1)
)

// zigzag maps the transmitted order to row*8+column (T.81 figure A.6).
var zigzag = [64]uint8{
	0, 1, 8, 16, 9, 2, 3, 10,
	17, 24, 32, 25, 18, 11, 4, 5,
	12, 19, 26, 33, 40, 48, 41, 34,
	27, 20, 13, 6, 7, 14, 21, 28,
	35, 42, 49, 56, 57, 50, 43, 36,
	29, 22, 15, 23, 30, 37, 44, 51,
	58, 59, 52, 45, 38, 31, 39, 46,
	53, 60, 61, 54, 47, 55, 62, 63,
}

// component is one component of the running scan.
type component struct {
	plane  *plane
	dc, ac *marker.Huffman
	quant  *[64]uint16
	pred   int64 // DC of the block before
}

type decoder struct {
	bits     marker.Bits
	acc      uint64
	n        int
	comps    []component
	maxValue int64
	coef     [64]int64
	block    [64]uint16
}

// decodeScan decodes the components of one scan into their planes and returns
// the position after the coded data.
func decodeScan(planes []plane, s *marker.Stream, scan marker.Scan) (int, error) {
	if scan.Ss != 0 || scan.Se != 63 || scan.Ah != 0 || scan.Al != 0 {
		return 0, fmt.Errorf("%w: spectral selection or approximation in a sequential scan", codec.ErrCorrupt)
	}
	d := &decoder{bits: marker.NewBits(s.Data(), scan.Start), maxValue: 1<<s.Frame.Bits - 1}
	if err := d.initComponents(planes, s, scan); err != nil {
		return 0, err
	}
	single := len(d.comps) == 1
	var columns, rows int // of MCUs (A.2.2, A.2.3)
	if p := d.comps[0].plane; single {
		columns, rows = (p.width+7)/8, (p.height+7)/8
	} else {
		hMax, vMax := maxSampling(s.Frame)
		columns = (s.Frame.Width + 8*hMax - 1) / (8 * hMax)
		rows = (s.Frame.Height + 8*vMax - 1) / (8 * vMax)
	}
	for y := range rows {
		for x := range columns {
			if mcu := y*columns + x; s.Restart > 0 && mcu > 0 && mcu%s.Restart == 0 {
				if err := d.restart(mcu/s.Restart - 1); err != nil {
					return 0, fmt.Errorf("unit %d,%d: %w", x, y, err)
				}
			}
			if err := d.unit(x, y, single); err != nil {
				return 0, fmt.Errorf("unit %d,%d: %w", x, y, err)
			}
		}
		if d.bits.Overrun(d.n) {
			return 0, fmt.Errorf("unit row %d: %w: coded data ends early", y, codec.ErrCorrupt)
		}
	}
	return d.bits.End(d.n)
}

func (d *decoder) initComponents(planes []plane, s *marker.Stream, scan marker.Scan) error {
	var dc, ac [4]*marker.Huffman
	for _, c := range scan.Comps {
		quant := s.Quant[s.Frame.Comps[c.Index].Tq]
		if quant == nil || c.Td > 3 || c.Ta > 3 || s.DC[c.Td] == nil || s.AC[c.Ta] == nil {
			return fmt.Errorf("%w: component %d lacks a table", codec.ErrCorrupt, c.Index+1)
		}
		if dc[c.Td] == nil {
			dc[c.Td] = new(marker.Huffman)
			if err := dc[c.Td].Init(s.DC[c.Td], extraMask, maxCategory); err != nil {
				return err
			}
		}
		if ac[c.Ta] == nil {
			ac[c.Ta] = new(marker.Huffman)
			if err := ac[c.Ta].Init(s.AC[c.Ta], extraMask, 255); err != nil {
				return err
			}
		}
		d.comps = append(d.comps, component{plane: &planes[c.Index], dc: dc[c.Td], ac: ac[c.Ta], quant: quant})
	}
	return nil
}

func (d *decoder) restart(index int) error {
	if err := d.bits.Restart(d.n, index); err != nil {
		return err
	}
	d.acc, d.n = 0, 0
	for i := range d.comps {
		d.comps[i].pred = 0
	}
	return nil
}

// unit decodes one MCU: a block, or with several components H x V blocks each.
func (d *decoder) unit(x, y int, single bool) error {
	for i := range d.comps {
		c := &d.comps[i]
		h, v := c.plane.h, c.plane.v
		if single {
			h, v = 1, 1
		}
		for j := range v {
			for k := range h {
				if err := d.decodeBlock(c); err != nil {
					return err
				}
				c.plane.put(&d.block, x*h+k, y*v+j)
			}
		}
	}
	return nil
}

// decodeBlock reads one block (F.2.2) and transforms it into d.block.
func (d *decoder) decodeBlock(c *component) error {
	acc, n := d.acc, d.n
	if n < 32 { // the longest code with its extra bits has 31
		acc, n = d.bits.Fill(acc, n)
	}
	e := c.dc.Lookup[acc>>(64-marker.LookupBits)]
	if e == 0 {
		if e = c.dc.Long(acc, extraMask); e == 0 {
			return errNoCode
		}
	}
	c.pred += extend(acc<<(e>>8&63), e>>16&extraMask)
	acc <<= e & 63
	n -= int(e & 63)
	if c.pred < -1<<15 || c.pred >= 1<<15 {
		return fmt.Errorf("%w: DC coefficient of more than 16 bits", codec.ErrCorrupt)
	}
	d.coef[0] = c.pred * int64(c.quant[0])
	last := 0
	for k := 1; k < 64; k++ {
		if n < 32 {
			acc, n = d.bits.Fill(acc, n)
		}
		e := c.ac.Lookup[acc>>(64-marker.LookupBits)]
		if e == 0 {
			if e = c.ac.Long(acc, extraMask); e == 0 {
				return errNoCode
			}
		}
		bits := acc << (e >> 8 & 63)
		acc <<= e & 63
		n -= int(e & 63)
		run, size := int(e>>20&15), e>>16&15
		if size == 0 && run == 0 {
			break // end of block
		}
		if k += run; k > 63 || size == 0 && run != 15 {
			return fmt.Errorf("%w: run of coefficients exceeds the block", codec.ErrCorrupt)
		}
		if size > 0 {
			d.coef[zigzag[k]] = extend(bits, size) * int64(c.quant[k])
			last = k
		}
	}
	d.acc, d.n = acc, n
	if last == 0 {
		d.flat()
		return nil
	}
	idct(&d.block, &d.coef, d.maxValue)
	clear(d.coef[:])
	return nil
}

// flat is idct for a block with a DC coefficient only: air, mostly.
func (d *decoder) flat() {
	v := uint16(min(max((d.coef[0]+4)>>3+d.maxValue/2+1, 0), d.maxValue))
	for i := range d.block {
		d.block[i] = v
	}
}

var errNoCode = fmt.Errorf("%w: no such Huffman code", codec.ErrCorrupt)

// extend turns the size and the extra bits at the top of bits into a value
// (F.2.2.1 EXTEND), without a branch on the unpredictable sign.
func extend(bits uint64, size uint32) int64 {
	v := int64(bits >> 1 >> ((63 - size) & 63))
	return v + int64(^bits)>>63&(1-int64(1)<<(size&15))
}
