package j2k

import (
	"fmt"

	"github.com/vertefill/vertefill/internal/codec"
)

// Code-block styles (tables A.19 and, for HT, T.814 A.4).
const (
	styleBypass  = 1 << iota // raw bits in the lower bit-planes (D.6)
	styleReset               // contexts reset after every pass
	styleTermAll             // every pass ends its codeword
	styleCausal              // contexts do not look into the next stripe (D.7)
	stylePTerm               // predictable termination (D.4.2)
	styleSegSym              // segmentation symbols (D.5)
	styleHT
	styleMixed
)

const (
	maxLevels   = 32
	maxChanges  = 32 // of the progression order; each costs a walk over all packets
	quantNone   = 0
	quantScaled = 1 // one step, derived for every band (E.1.1, equation E-5)
	quantEach   = 2
)

// rank orders the sources of a parameter (A.6.1): a higher one wins. The rank
// for a single component is one above that of its header's default.
type rank uint8

const (
	rankMain rank = 1
	rankTile rank = 3
)

// params are the coding parameters of a tile, or the defaults for all tiles.
type params struct {
	order   byte
	layers  int
	mct     bool
	changes []progressionChange // POC; empty: order covers everything
	comps   [maxComponents]compParams
}

type compParams struct {
	style     codingStyle
	styleRank rank
	quant     quantization
	quantRank rank
	roiShift  int // RGN (A.6.3)
	roiRank   rank
}

type codingStyle struct {
	levels     int
	xcb, ycb   int // log2 of the nominal code-block size
	flags      byte
	reversible bool
	precincts  [maxLevels + 1]byte // PPx | PPy<<4 for each resolution
}

func (s *codingStyle) ht() bool { return s.flags&styleHT != 0 }

type quantization struct {
	style, guard int
	n            int // entries below
	exponent     [3*maxLevels + 1]uint8
	mantissa     [3*maxLevels + 1]uint16
}

// band returns exponent and mantissa of band b, counted LL, HL1, LH1, HH1,
// HL2 ... from the lowest resolution (E.1.1).
func (q *quantization) band(b int) (exponent, mantissa int, ok bool) {
	if q.style == quantScaled {
		exponent = int(q.exponent[0]) - max(0, (b-1)/3)
		return exponent, int(q.mantissa[0]), exponent >= 0
	}
	if b >= q.n {
		return 0, 0, false
	}
	return int(q.exponent[b]), int(q.mantissa[b]), true
}

// complete says whether every component has its style and its step sizes.
func (p *params) complete(n int) error {
	for c := range n {
		if p.comps[c].styleRank == 0 || p.comps[c].quantRank == 0 {
			return fmt.Errorf("%w: no COD or no QCD", codec.ErrCorrupt)
		}
	}
	first := &p.comps[0].style
	for c := range n {
		s := &p.comps[c].style
		if s.reversible && p.comps[c].quant.style != quantNone {
			return fmt.Errorf("%w: 5/3 wavelet with quantisation", codec.ErrUnsupported)
		}
		if p.mct && c < maxMCT && s.reversible != first.reversible {
			return fmt.Errorf("%w: component transform over unlike wavelets", codec.ErrCorrupt)
		}
	}
	if p.mct && n < maxMCT {
		return fmt.Errorf("%w: component transform of %d components", codec.ErrCorrupt, n)
	}
	return nil
}

// readSegment reads one parameter segment of a header of the given rank.
func (p *params) readSegment(mark uint16, seg []byte, nComps int, from rank) error {
	r := reader{b: seg}
	switch mark {
	case markCOD:
		flags := byte(r.u8())
		if err := p.readOrder(&r); err != nil {
			return err
		}
		return p.readStyle(&r, flags, 0, nComps, from)
	case markCOC, markQCC, markRGN:
		c := r.u8()
		if c >= nComps {
			return fmt.Errorf("%w: component %d", codec.ErrCorrupt, c)
		}
		switch mark {
		case markCOC:
			return p.readStyle(&r, byte(r.u8()), c, c+1, from+1)
		case markQCC:
			return p.readQuant(&r, c, c+1, from+1)
		}
		return p.readRegion(&r, c, from)
	case markQCD:
		return p.readQuant(&r, 0, nComps, from)
	case markPOC:
		return p.readChanges(&r, nComps)
	}
	return fmt.Errorf("%w: marker", codec.ErrUnsupported)
}

// readOrder reads what COD says of all components (A.6.1). Its flags for SOP
// and EPH are passed over: both markers are recognised wherever they stand.
func (p *params) readOrder(r *reader) error {
	p.order, p.layers, p.mct = byte(r.u8()), r.u16(), r.u8() == 1
	if r.short || p.layers == 0 || p.order > orderCPRL {
		return fmt.Errorf("%w: progression order %d of %d layers", codec.ErrCorrupt, p.order, p.layers)
	}
	return nil
}

// readStyle reads SPcod or SPcoc (A.6.1, A.6.2) for components c0 to c1-1.
func (p *params) readStyle(r *reader, flags byte, c0, c1 int, from rank) error {
	s := codingStyle{levels: r.u8(), xcb: r.u8() + 2, ycb: r.u8() + 2, flags: byte(r.u8())}
	wavelet := r.u8()
	s.reversible = wavelet == 1
	switch {
	case r.short || s.levels > maxLevels,
		s.xcb > 10 || s.ycb > 10 || s.xcb+s.ycb > 12:
		return fmt.Errorf("%w: coding style", codec.ErrCorrupt)
	case wavelet > 1:
		return fmt.Errorf("%w: wavelet %d", codec.ErrUnsupported, wavelet)
	case s.flags&styleMixed != 0:
		return fmt.Errorf("%w: code-blocks of both coders in one component", codec.ErrUnsupported)
	case s.ht() && s.flags&^(styleHT|styleCausal) != 0:
		return fmt.Errorf("%w: HT code-block style %02X", codec.ErrUnsupported, s.flags)
	}
	for i := range s.levels + 1 {
		s.precincts[i] = 0xFF
		if flags&1 != 0 {
			s.precincts[i] = byte(r.u8())
			if i > 0 && (s.precincts[i]&0x0F == 0 || s.precincts[i]>>4 == 0) {
				return fmt.Errorf("%w: precinct size", codec.ErrCorrupt)
			}
		}
	}
	if r.short {
		return fmt.Errorf("%w: precinct sizes cut off", codec.ErrCorrupt)
	}
	for c := c0; c < c1; c++ {
		if from >= p.comps[c].styleRank {
			p.comps[c].style, p.comps[c].styleRank = s, from
		}
	}
	return nil
}

// readQuant reads QCD or the rest of QCC (A.6.4, A.6.5).
func (p *params) readQuant(r *reader, c0, c1 int, from rank) error {
	sq := r.u8()
	q := quantization{style: sq & 0x1F, guard: sq >> 5}
	size := 2
	if q.style == quantNone {
		size = 1
	}
	q.n = len(r.b) / size
	if r.short || q.style > quantEach || q.n < 1 || q.n > len(q.exponent) {
		return fmt.Errorf("%w: quantisation style %d with %d steps", codec.ErrCorrupt, q.style, q.n)
	}
	for i := range q.n {
		if size == 1 {
			q.exponent[i] = uint8(r.u8() >> 3)
			continue
		}
		v := r.u16()
		q.exponent[i], q.mantissa[i] = uint8(v>>11), uint16(v&0x7FF)
	}
	for c := c0; c < c1; c++ {
		if from >= p.comps[c].quantRank {
			p.comps[c].quant, p.comps[c].quantRank = q, from
		}
	}
	return nil
}

// readRegion reads the rest of RGN (A.6.3).
func (p *params) readRegion(r *reader, c int, from rank) error {
	style, shift := r.u8(), r.u8()
	if r.short || style != 0 {
		return fmt.Errorf("%w: region of interest", codec.ErrCorrupt)
	}
	if from >= p.comps[c].roiRank {
		p.comps[c].roiShift, p.comps[c].roiRank = shift, from
	}
	return nil
}

// readChanges reads POC (A.6.6).
func (p *params) readChanges(r *reader, nComps int) error {
	if len(r.b) == 0 || len(r.b)%7 != 0 {
		return fmt.Errorf("%w: progression changes of %d bytes", codec.ErrCorrupt, len(r.b))
	}
	for len(r.b) > 0 {
		c := progressionChange{res0: r.u8(), comp0: r.u8(), layer1: r.u16(), res1: r.u8(), comp1: r.u8(), order: byte(r.u8())}
		if c.comp1 == 0 {
			c.comp1 = 256
		}
		c.comp1 = min(c.comp1, nComps)
		if c.order > orderCPRL || c.res1 <= c.res0 || c.comp1 <= c.comp0 {
			return fmt.Errorf("%w: progression change", codec.ErrCorrupt)
		}
		p.changes = append(p.changes, c)
	}
	if len(p.changes) > maxChanges {
		return fmt.Errorf("%w: more than %d progression changes", codec.ErrUnsupported, maxChanges)
	}
	return nil
}
