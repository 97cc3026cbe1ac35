package jpegll_test

import (
	"encoding/binary"

	"github.com/vertefill/vertefill/internal/codec/codectest"
)

// options of encode: what no encoder at hand offers.
type options struct {
	predictor  int
	shift      int     // point transform
	rows       int     // of a restart interval, 0 = none
	scans      [][]int // component indices of each scan
	signExtend bool    // feed negative samples in all 16 bits
}

// encode is a plain lossless JPEG encoder, written from T.81 Annex H sample by
// sample.
func encode(p codectest.Picture, o options) []byte {
	out := []byte{0xFF, 0xD8}
	frame := []byte{byte(p.Bits)}
	frame = binary.BigEndian.AppendUint16(frame, uint16(p.Height))
	frame = binary.BigEndian.AppendUint16(frame, uint16(p.Width))
	frame = append(frame, byte(p.Components))
	for c := range p.Components {
		frame = append(frame, byte(10+c), 0x11, 0)
	}
	out = append(out, codectest.Segment(0xC3, frame...)...)
	if o.rows > 0 {
		out = append(out, codectest.Segment(0xDD, binary.BigEndian.AppendUint16(nil, uint16(o.rows*p.Width))...)...)
	}
	tables := []*codectest.Huffman{
		codectest.NewHuffman(5, 6, 4, 7, 3, 8, 2, 9, 1, 10, 0, 11, 12, 13, 14, 15, 16),
		codectest.NewHuffman(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16),
	}
	for _, scan := range o.scans {
		header := []byte{byte(len(scan))}
		for _, c := range scan {
			header = append(header, byte(10+c), byte(c%2)<<4)
		}
		out = append(out, tables[0].DHT(0, 0)...)
		out = append(out, tables[1].DHT(0, 1)...)
		out = append(out, codectest.Segment(0xDA, append(header, byte(o.predictor), 0, byte(o.shift))...)...)
		w := &codectest.BitWriter{}
		for y := range p.Height {
			if o.rows > 0 && y > 0 && y%o.rows == 0 {
				w.Restart(y/o.rows - 1)
			}
			for x := range p.Width {
				for _, c := range scan {
					d := difference(p, o, x, y, c)
					if d == 32768 {
						tables[c%2].Put(w, 16, 0, 0)
					} else {
						tables[c%2].PutNumber(w, 0, d)
					}
				}
			}
		}
		w.Flush()
		out = append(out, w.Out...)
	}
	return append(out, 0xFF, 0xD9)
}

// difference returns sample minus prediction in -32767..32768.
func difference(p codectest.Picture, o options, x, y, c int) int {
	at := func(x, y int) int {
		v := p.Pix[(y*p.Width+x)*p.Components+c]
		if o.signExtend && v>>(p.Bits-1) != 0 {
			v |= ^p.Mask()
		}
		return int(v >> o.shift)
	}
	firstRow := y == 0 || o.rows > 0 && y%o.rows == 0
	var predicted int
	switch {
	case firstRow && x == 0:
		predicted = 1 << (p.Bits - o.shift - 1)
	case firstRow:
		predicted = at(x-1, y)
	case x == 0:
		predicted = at(x, y-1)
	default:
		a, b, c := at(x-1, y), at(x, y-1), at(x-1, y-1)
		predicted = []int{0, a, b, c, a + b - c, a + (b-c)>>1, b + (a-c)>>1, (a + b) / 2}[o.predictor]
	}
	d := int(int16(at(x, y) - predicted))
	if d == -32768 {
		d = 32768
	}
	return d
}
