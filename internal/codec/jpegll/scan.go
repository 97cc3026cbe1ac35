package jpegll

import (
	"fmt"

	"github.com/vertefill/vertefill/internal/codec"
	"github.com/vertefill/vertefill/internal/codec/marker"
)

// Categories 0..15 are followed by as many extra bits; category 16 stands for
// 32768 and has none (T.81 H.1.2.2). Both follow from the low nibble.
const (
	extraMask   = 15
	maxCategory = 16
)

// component is one component of the running scan.
type component struct {
	offset int // of its sample within a pixel
	table  *marker.Huffman
}

type decoder struct {
	bits  marker.Bits
	acc   uint64 // bit reservoir between rows
	n     int
	comps []component
	step  int // samples a pixel in dst
}

// decodeScan decodes the components of one scan into dst and returns the
// position after the coded data.
func decodeScan(dst []uint16, s *marker.Stream, scan marker.Scan) (end int, err error) {
	predictor, shift := scan.Ss, scan.Al
	if predictor < 1 || predictor > 7 || scan.Se != 0 || scan.Ah != 0 || shift >= s.Frame.Bits {
		return 0, fmt.Errorf("%w: predictor %d, point transform %d", codec.ErrCorrupt, predictor, shift)
	}
	if first := s.Frame.Comps[0]; len(scan.Comps) > 1 && first.H*first.V != 1 {
		return 0, fmt.Errorf("%w: interleaved with sampling factors %dx%d", codec.ErrUnsupported, first.H, first.V)
	}
	width, height := s.Frame.Width, s.Frame.Height
	rows := height // of a restart interval
	if s.Restart > 0 {
		if s.Restart%width != 0 { // H.1.1
			return 0, fmt.Errorf("%w: restart interval %d is no multiple of the width", codec.ErrCorrupt, s.Restart)
		}
		rows = s.Restart / width
	}
	d := decoder{bits: marker.NewBits(s.Data(), scan.Start), step: len(s.Frame.Comps)}
	if err := d.initTables(s, scan); err != nil {
		return 0, err
	}

	stride := width * d.step
	initial := uint16(1) << (s.Frame.Bits - shift - 1)
	for y := range height {
		if y > 0 && y%rows == 0 {
			if err := d.bits.Restart(d.n, y/rows-1); err != nil {
				return 0, fmt.Errorf("row %d: %w", y, err)
			}
			d.acc, d.n = 0, 0
		}
		row := dst[y*stride : (y+1)*stride]
		if err := d.differences(row); err != nil {
			return 0, fmt.Errorf("row %d: %w", y, err)
		}
		for _, c := range d.comps {
			if y%rows == 0 {
				predictFirst(row[c.offset:], d.step, initial)
			} else {
				predict(row[c.offset:], dst[(y-1)*stride+c.offset:y*stride], d.step, predictor)
			}
			if !inRange(row[c.offset:], d.step, s.Frame.Bits-shift) {
				return 0, fmt.Errorf("row %d: %w: sample of more than %d bits", y, codec.ErrCorrupt, s.Frame.Bits)
			}
		}
	}
	if end, err = d.bits.End(d.n); err != nil {
		return 0, err
	}
	if shift > 0 {
		for _, c := range d.comps {
			for i := c.offset; i < len(dst); i += d.step {
				dst[i] <<= shift
			}
		}
	}
	return end, nil
}

func (d *decoder) initTables(s *marker.Stream, scan marker.Scan) error {
	var tables [4]*marker.Huffman
	for _, c := range scan.Comps {
		if c.Td > 3 || s.DC[c.Td] == nil {
			return fmt.Errorf("%w: Huffman table %d is missing", codec.ErrCorrupt, c.Td)
		}
		if tables[c.Td] == nil {
			tables[c.Td] = new(marker.Huffman)
			if err := tables[c.Td].Init(s.DC[c.Td], extraMask, maxCategory); err != nil {
				return err
			}
		}
		d.comps = append(d.comps, component{offset: c.Index, table: tables[c.Td]})
	}
	return nil
}

// differences decodes one row of differences modulo 2^16 (H.1.2.2).
func (d *decoder) differences(row []uint16) error {
	acc, n := d.acc, d.n
	step, comps := d.step, d.comps
	for i := 0; i < len(row); i += step {
		for k := range comps {
			c := &comps[k]
			if n < 32 { // the longest code with its extra bits has 31
				acc, n = d.bits.Fill(acc, n)
			}
			e := c.table.Lookup[acc>>(64-marker.LookupBits)]
			if e == 0 {
				if e = c.table.Long(acc, extraMask); e == 0 {
					return fmt.Errorf("%w: no such Huffman code", codec.ErrCorrupt)
				}
			}
			row[i+c.offset] = extend(acc<<(e>>8&63), uint(e>>16))
			acc <<= e & 63
			n -= int(e & 63)
		}
	}
	d.acc, d.n = acc, n
	if d.bits.Overrun(n) {
		return fmt.Errorf("%w: coded data ends early", codec.ErrCorrupt)
	}
	return nil
}

// extend turns a category and the extra bits at the top of bits into a
// difference (T.81 F.2.2.1 EXTEND) without a branch: random signs would be
// mispredicted half of the time.
func extend(bits uint64, category uint) uint16 {
	s := category & extraMask
	v := bits >> 1 >> ((63 - s) & 63)
	negative := uint64(int64(^bits) >> 63)
	v += negative & (1 - uint64(1)<<s)
	return uint16(v) + uint16(category&maxCategory)<<11
}

// inRange checks samples against the precision of the frame. Negative numbers
// of up to bits bits are let through: see Decode.
func inRange(row []uint16, step, bits int) bool {
	if bits >= 16 {
		return true
	}
	var or uint16
	for i := 0; i < len(row); i += step {
		or |= row[i]
	}
	if or>>bits == 0 {
		return true
	}
	half := uint16(1) << (bits - 1)
	for i := 0; i < len(row); i += step {
		if uint32(row[i]+half) >= 3*uint32(half) {
			return false
		}
	}
	return true
}
