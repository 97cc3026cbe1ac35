package marker

import (
	"encoding/binary"
	"fmt"

	"github.com/vertefill/vertefill/internal/codec"
)

var errShort = fmt.Errorf("%w: segment too short or too long", codec.ErrCorrupt)

func (s *Stream) parseFrame(m byte, p []byte) error {
	if s.Frame.SOF != 0 {
		return fmt.Errorf("%w: second frame header", codec.ErrCorrupt)
	}
	if len(p) < 6 || len(p) != 6+3*int(p[5]) {
		return errShort
	}
	f := Frame{
		SOF:    m,
		Bits:   int(p[0]),
		Height: int(binary.BigEndian.Uint16(p[1:])),
		Width:  int(binary.BigEndian.Uint16(p[3:])),
	}
	n := int(p[5])
	switch {
	case f.Height == 0:
		return fmt.Errorf("%w: height is given after the first scan", codec.ErrUnsupported)
	case f.Width == 0 || n == 0:
		return fmt.Errorf("%w: frame of width %d with %d components", codec.ErrCorrupt, f.Width, n)
	case n > MaxComponents:
		return fmt.Errorf("%w: %d components", codec.ErrUnsupported, n)
	case f.Bits < 2 || f.Bits > 16:
		return fmt.Errorf("%w: %d bits a sample", codec.ErrCorrupt, f.Bits)
	}
	for i := range n {
		c := p[6+3*i:]
		comp := Component{ID: c[0], H: int(c[1] >> 4), V: int(c[1] & 15), Tq: int(c[2])}
		if comp.H < 1 || comp.H > 4 || comp.V < 1 || comp.V > 4 || comp.Tq > 3 {
			return fmt.Errorf("%w: component %d has sampling %dx%d, table %d", codec.ErrCorrupt, i+1, comp.H, comp.V, comp.Tq)
		}
		for _, other := range f.Comps {
			if other.ID == comp.ID {
				return fmt.Errorf("%w: two components are called %d", codec.ErrCorrupt, comp.ID)
			}
		}
		f.Comps = append(f.Comps, comp)
	}
	s.Frame, s.left = f, n
	return nil
}

func (s *Stream) parseScan(p []byte) (Scan, error) {
	if s.Frame.SOF == 0 {
		return Scan{}, fmt.Errorf("%w: scan before the frame header", codec.ErrCorrupt)
	}
	if len(p) < 1 || len(p) != 4+2*int(p[0]) {
		return Scan{}, errShort
	}
	n := int(p[0])
	if n < 1 || n > len(s.Frame.Comps) {
		return Scan{}, fmt.Errorf("%w: scan of %d components", codec.ErrCorrupt, n)
	}
	tail := p[1+2*n:]
	scan := Scan{
		Ss: int(tail[0]), Se: int(tail[1]), Ah: int(tail[2] >> 4), Al: int(tail[2] & 15),
		Start: s.pos,
	}
	for i := range n {
		id, tables := p[1+2*i], p[2+2*i]
		index := -1
		for k, c := range s.Frame.Comps {
			if c.ID == id {
				index = k
			}
		}
		if index < 0 || s.seen[index] {
			return Scan{}, fmt.Errorf("%w: component %d is unknown or was coded before", codec.ErrCorrupt, id)
		}
		s.seen[index] = true
		s.left--
		scan.Comps = append(scan.Comps, ScanComponent{Index: index, Td: int(tables >> 4), Ta: int(tables & 15)})
	}
	return scan, nil
}

func (s *Stream) parseHuffman(p []byte) error {
	for len(p) > 0 {
		if len(p) < 17 {
			return errShort
		}
		class, id := p[0]>>4, p[0]&15
		if class > 1 || id > 3 {
			return fmt.Errorf("%w: Huffman table class %d number %d", codec.ErrCorrupt, class, id)
		}
		spec := new(HuffmanSpec)
		total := 0
		for i, c := range p[1:17] {
			spec.Counts[i] = int(c)
			total += int(c)
		}
		p = p[17:]
		if total > 256 || total > len(p) {
			return errShort
		}
		spec.Values = p[:total]
		p = p[total:]
		if class == 0 {
			s.DC[id] = spec
		} else {
			s.AC[id] = spec
		}
	}
	return nil
}

func (s *Stream) parseQuant(p []byte) error {
	for len(p) > 0 {
		wide, id := p[0]>>4, p[0]&15
		if wide > 1 || id > 3 {
			return fmt.Errorf("%w: quantisation table type %d number %d", codec.ErrCorrupt, wide, id)
		}
		size := 64 << wide
		if len(p) < 1+size {
			return errShort
		}
		table := new([64]uint16)
		for i := range table {
			if wide == 1 {
				table[i] = binary.BigEndian.Uint16(p[1+2*i:])
			} else {
				table[i] = uint16(p[1+i])
			}
			if table[i] == 0 {
				return fmt.Errorf("%w: zero in a quantisation table", codec.ErrCorrupt)
			}
		}
		s.Quant[id] = table
		p = p[1+size:]
	}
	return nil
}

// parseRestart accepts the two bytes of T.81 B.2.4.4 and the three or four
// that T.87 C.2.6 adds.
func (s *Stream) parseRestart(p []byte) error {
	if len(p) < 2 || len(p) > 4 {
		return errShort
	}
	s.Restart = 0
	for _, b := range p {
		s.Restart = s.Restart<<8 | int(b)
	}
	return nil
}

// parsePreset reads an LSE segment (T.87 C.2.4). Mapping tables and sizes
// beyond 65535 do not occur in DICOM.
func (s *Stream) parsePreset(p []byte) error {
	if len(p) < 1 {
		return errShort
	}
	if p[0] != 1 {
		return fmt.Errorf("%w: JPEG-LS extension %d", codec.ErrUnsupported, p[0])
	}
	if len(p) != 11 {
		return errShort
	}
	v := func(i int) int { return int(binary.BigEndian.Uint16(p[1+2*i:])) }
	s.Preset = Preset{MaxVal: v(0), T1: v(1), T2: v(2), T3: v(3), Reset: v(4)}
	return nil
}
