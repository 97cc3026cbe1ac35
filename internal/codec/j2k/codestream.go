package j2k

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/vertefill/vertefill/internal/codec"
)

// Marker codes (T.800 table A.2, T.814 A.3 for CAP).
const (
	markSOC = 0xFF4F
	markCAP = 0xFF50
	markSIZ = 0xFF51
	markCOD = 0xFF52
	markCOC = 0xFF53
	markTLM = 0xFF55
	markPRF = 0xFF56
	markPLM = 0xFF57
	markPLT = 0xFF58
	markCPF = 0xFF59
	markQCD = 0xFF5C
	markQCC = 0xFF5D
	markRGN = 0xFF5E
	markPOC = 0xFF5F
	markPPM = 0xFF60
	markPPT = 0xFF61
	markCRG = 0xFF63
	markCOM = 0xFF64
	markSOT = 0xFF90
	markSOP = 0xFF91
	markEPH = 0xFF92
	markSOD = 0xFF93
	markEOC = 0xFFD9
)

const (
	maxComponents = 4
	maxBits       = 16
	maxExtent     = 1 << 30 // of the reference grid: sums of coordinates stay inside 32 bits
	maxTiles      = 65535   // A.4.2, Isot

	rsizPart2 = 1 << 15 // Rsiz: extensions of Part 2 are needed
)

// codestream is a parsed main header and, after indexTileParts, the place of
// every tile-part.
type codestream struct {
	data           []byte // from SOC on
	x0, y0, x1, y1 int    // image area on the reference grid
	tx0, ty0       int    // origin of the tile grid
	tw, th         int    // tile size
	tilesX, tilesY int
	nComps         int
	bits           int
	signed         bool
	params         params // defaults of the main header
	ppm            []packedHeaders
	body           int        // offset of the first SOT
	parts          []tilePart // sorted by tile, then as they come
}

type tilePart struct {
	tile, seq  int
	start, end int    // from after the SOT segment to the end of the part
	packed     []byte // its packet headers, when the main header holds them (PPM)
}

// packedHeaders is the body of one PPM or PPT segment.
type packedHeaders struct {
	index byte
	data  []byte
}

// open parses the main header of data.
func open(data []byte) (*codestream, error) {
	cs := new(codestream)
	return cs, cs.readMain(data)
}

func (cs *codestream) info() Info {
	h := codec.Header{Width: cs.x1 - cs.x0, Height: cs.y1 - cs.y0, Components: cs.nComps, Bits: cs.bits}
	switch {
	case h.Components == 1:
		h.Color = codec.ColorGray
	case cs.params.mct:
		h.Color = codec.ColorRGB // what the inverse component transform yields
	}
	style := cs.params.comps[0].style
	return Info{Header: h, Signed: cs.signed, Reversible: style.reversible, HT: style.ht()}
}

// readMain parses SOC, SIZ and the rest of the main header (A.3).
func (cs *codestream) readMain(data []byte) error {
	*cs = codestream{parts: cs.parts[:0]}
	data, err := unwrap(data)
	if err != nil {
		return err
	}
	if len(data) < 4 || binary.BigEndian.Uint16(data) != markSOC || binary.BigEndian.Uint16(data[2:]) != markSIZ {
		return fmt.Errorf("%w: does not begin with SOC and SIZ", codec.ErrCorrupt)
	}
	cs.data = data
	pos := 2
	for {
		mark, seg, next, err := nextSegment(data, pos)
		if err != nil {
			return err
		}
		switch mark {
		case markSOT:
			cs.body = pos
			return cs.params.complete(cs.nComps)
		case markSIZ:
			if pos != 2 {
				return fmt.Errorf("%w: second SIZ at byte %d", codec.ErrCorrupt, pos)
			}
			err = cs.readSIZ(seg)
		case markPPM:
			if len(seg) < 1 {
				return fmt.Errorf("%w: empty PPM at byte %d", codec.ErrCorrupt, pos)
			}
			cs.ppm = append(cs.ppm, packedHeaders{seg[0], seg[1:]})
		case markCAP, markPRF, markCPF, markTLM, markPLM, markCRG, markCOM:
			// Capabilities are judged by COD; lengths and comments are not needed.
		default:
			err = cs.params.readSegment(mark, seg, cs.nComps, rankMain)
		}
		if err != nil {
			return fmt.Errorf("marker %04X at byte %d: %w", mark, pos, err)
		}
		pos = next
	}
}

// nextSegment reads the marker at pos and, unless it is SOT or stands alone,
// the body of its segment. next is where the following marker begins.
func nextSegment(data []byte, pos int) (mark uint16, seg []byte, next int, err error) {
	if len(data)-pos < 2 {
		return 0, nil, 0, fmt.Errorf("%w: ends in a header, at byte %d", codec.ErrCorrupt, pos)
	}
	mark = binary.BigEndian.Uint16(data[pos:])
	if mark == markSOT || mark == markSOD || mark == markEOC || (mark >= 0xFF30 && mark <= 0xFF3F) {
		return mark, nil, pos + 2, nil
	}
	if mark < 0xFF00 || len(data)-pos < 4 {
		return 0, nil, 0, fmt.Errorf("%w: no marker at byte %d", codec.ErrCorrupt, pos)
	}
	n := int(binary.BigEndian.Uint16(data[pos+2:]))
	if n < 2 || n > len(data)-pos-2 {
		return 0, nil, 0, fmt.Errorf("%w: segment %04X of %d bytes at byte %d", codec.ErrCorrupt, mark, n, pos)
	}
	return mark, data[pos+4 : pos+2+n], pos + 2 + n, nil
}

// readSIZ reads image and tile size (A.5.1).
func (cs *codestream) readSIZ(seg []byte) error {
	r := reader{b: seg}
	rsiz := r.u16()
	cs.x1, cs.y1, cs.x0, cs.y0 = r.u32(), r.u32(), r.u32(), r.u32()
	cs.tw, cs.th, cs.tx0, cs.ty0 = r.u32(), r.u32(), r.u32(), r.u32()
	cs.nComps = r.u16()
	switch {
	case r.short || len(r.b) != 3*cs.nComps:
		return fmt.Errorf("%w: SIZ of %d bytes for %d components", codec.ErrCorrupt, len(seg), cs.nComps)
	case rsiz&rsizPart2 != 0:
		return fmt.Errorf("%w: Part 2 extensions (Rsiz %04X)", codec.ErrUnsupported, rsiz)
	case cs.nComps < 1 || cs.nComps > maxComponents:
		return fmt.Errorf("%w: %d components", codec.ErrUnsupported, cs.nComps)
	case cs.x1 <= cs.x0 || cs.y1 <= cs.y0 || cs.tw < 1 || cs.th < 1,
		cs.tx0 > cs.x0 || cs.ty0 > cs.y0 || cs.tw <= cs.x0-cs.tx0 || cs.th <= cs.y0-cs.ty0:
		return fmt.Errorf("%w: image %d,%d to %d,%d with tiles of %dx%d from %d,%d", codec.ErrCorrupt,
			cs.x0, cs.y0, cs.x1, cs.y1, cs.tw, cs.th, cs.tx0, cs.ty0)
	case cs.x1 > maxExtent || cs.y1 > maxExtent:
		return fmt.Errorf("%w: reference grid of %dx%d", codec.ErrUnsupported, cs.x1, cs.y1)
	}
	for c := range cs.nComps {
		ssiz, dx, dy := r.u8(), r.u8(), r.u8()
		bits, signed := ssiz&0x7F+1, ssiz&0x80 != 0
		if c == 0 {
			cs.bits, cs.signed = bits, signed
		}
		switch {
		case dx != 1 || dy != 1:
			return fmt.Errorf("%w: component %d subsampled %dx%d", codec.ErrUnsupported, c, dx, dy)
		case bits > maxBits:
			return fmt.Errorf("%w: %d bits a sample", codec.ErrUnsupported, bits)
		case bits != cs.bits || signed != cs.signed:
			return fmt.Errorf("%w: components of unequal depth or sign", codec.ErrUnsupported)
		}
	}
	cs.tw, cs.th = min(cs.tw, cs.x1-cs.tx0), min(cs.th, cs.y1-cs.ty0)
	cs.tilesX, cs.tilesY = ceilDiv(cs.x1-cs.tx0, cs.tw), ceilDiv(cs.y1-cs.ty0, cs.th)
	if cs.tilesX > maxTiles || cs.tilesX*cs.tilesY > maxTiles {
		return fmt.Errorf("%w: %d x %d tiles", codec.ErrCorrupt, cs.tilesX, cs.tilesY)
	}
	return nil
}

// indexTileParts walks the SOT segments (A.4.2). When the walk breaks off, the
// parts found so far stay usable.
func (cs *codestream) indexTileParts() error {
	packed, err := joinPacked(cs.ppm)
	if err != nil {
		return err
	}
	cs.parts = cs.parts[:0]
	err = cs.walkTileParts(packed)
	slices.SortStableFunc(cs.parts, func(a, b tilePart) int { return cmp.Compare(a.tile, b.tile) })
	return err
}

func (cs *codestream) walkTileParts(packed []byte) error {
	for pos := cs.body; ; {
		rest := cs.data[pos:]
		if len(rest) < 2 || binary.BigEndian.Uint16(rest) == markEOC {
			return nil // whether all packets were there is for the tiles to say
		}
		if binary.BigEndian.Uint16(rest) != markSOT || len(rest) < 14 || binary.BigEndian.Uint16(rest[2:]) != 10 {
			return fmt.Errorf("%w: no tile-part at byte %d", codec.ErrCorrupt, pos)
		}
		r := reader{b: rest[4:12]}
		part := tilePart{tile: r.u16(), start: pos + 12}
		length := r.u32()
		part.seq = r.u8()
		if part.tile >= cs.tilesX*cs.tilesY || length != 0 && length < 14 {
			return fmt.Errorf("%w: tile-part of tile %d with %d bytes at byte %d", codec.ErrCorrupt, part.tile, length, pos)
		}
		if length == 0 || length > len(rest) {
			length = len(rest)
		}
		if cs.ppm != nil {
			if len(packed) < 4 || int(binary.BigEndian.Uint32(packed)) > len(packed)-4 {
				return fmt.Errorf("%w: packed packet headers end early", codec.ErrCorrupt)
			}
			n := int(binary.BigEndian.Uint32(packed))
			part.packed, packed = packed[4:4+n], packed[4+n:]
		}
		pos += length
		part.end = pos
		cs.parts = append(cs.parts, part)
	}
}

// joinParts reads the headers of the parts of one tile and puts their bodies
// and their packed packet headers in order. The returned parameters are those
// of the tile.
func (d *Decoder) joinParts(index int, parts []tilePart) (*params, error) {
	p := &d.tile.params
	*p = d.cs.params
	if len(parts) == 0 {
		return nil, fmt.Errorf("%w: no data", codec.ErrCorrupt)
	}
	var ppt []packedHeaders
	d.joined, d.packed = d.joined[:0], d.packed[:0]
	hasPOC := false
	for i, part := range parts {
		if part.seq != i {
			return nil, fmt.Errorf("%w: tile-part %d where %d belongs", codec.ErrCorrupt, part.seq, i)
		}
		data := d.cs.data[:part.end]
		pos := part.start
		for {
			mark, seg, next, err := nextSegment(data, pos)
			if err != nil {
				return nil, err
			}
			pos = next
			if mark == markSOD {
				break
			}
			switch mark {
			case markPLT, markCOM:
			case markPPT:
				if len(seg) < 1 {
					return nil, fmt.Errorf("%w: empty PPT", codec.ErrCorrupt)
				}
				ppt = append(ppt, packedHeaders{seg[0], seg[1:]})
			default:
				if mark == markPOC && !hasPOC {
					p.changes, hasPOC = nil, true // a tile's POC replaces the main one (A.6.6)
				}
				if err := p.readSegment(mark, seg, d.cs.nComps, rankTile); err != nil {
					return nil, fmt.Errorf("marker %04X: %w", mark, err)
				}
			}
		}
		d.packed = append(d.packed, part.packed...)
		if len(parts) == 1 {
			d.tile.body = data[pos:]
		} else {
			d.joined = append(d.joined, data[pos:]...)
			d.tile.body = d.joined
		}
	}
	joined, err := joinPacked(ppt)
	if err != nil {
		return nil, err
	}
	d.packed = append(d.packed, joined...)
	d.tile.headers = nil
	if ppt != nil || d.cs.ppm != nil {
		d.tile.headers = d.packed[:len(d.packed):len(d.packed)]
		if d.tile.headers == nil {
			d.tile.headers = []byte{}
		}
	}
	return p, p.complete(d.cs.nComps)
}

// joinPacked puts PPM or PPT segments in the order of their index (A.7.4).
func joinPacked(segs []packedHeaders) ([]byte, error) {
	slices.SortStableFunc(segs, func(a, b packedHeaders) int { return cmp.Compare(a.index, b.index) })
	var all []byte
	for i, s := range segs {
		if int(s.index) != i {
			return nil, fmt.Errorf("%w: packed packet headers %d where %d belong", codec.ErrCorrupt, s.index, i)
		}
		all = append(all, s.data...)
	}
	return all, nil
}

// reader takes big-endian numbers off the front of b. Reading past the end
// yields 0 and sets short.
type reader struct {
	b     []byte
	short bool
}

func (r *reader) take(n int) []byte {
	if len(r.b) < n {
		r.b, r.short = nil, true
		return make([]byte, 4)
	}
	v := r.b[:n]
	r.b = r.b[n:]
	return v
}

func (r *reader) u8() int  { return int(r.take(1)[0]) }
func (r *reader) u16() int { return int(binary.BigEndian.Uint16(r.take(2))) }

// u32 saturates where int has 32 bits: such a number is refused either way.
func (r *reader) u32() int {
	return int(min(binary.BigEndian.Uint32(r.take(4)), 1<<31-1))
}

func ceilDiv(a, b int) int { return (a + b - 1) / b }

// ceilShift returns a / 2^n rounded up; a may be negative.
func ceilShift(a, n int) int { return int((int64(a) + int64(1)<<n - 1) >> n) }
