package j2k

import (
	"fmt"
	"math/bits"

	"github.com/vertefill/vertefill/internal/codec"
)

// maxLblock keeps lengths, of up to 7 bits more, below 2^31. Blocks of 16 MB do
// not occur: 4096 samples of 30 planes are 15 kB.
const maxLblock = 24

// chunk is what one packet adds to one codeword segment of a code-block.
type chunk struct {
	offset, size int32 // in tile.body
	next         int32 // chunk of the same code-block, 1-based; 0 = none
	passes       uint8
	starts       bool // begins a codeword segment
}

// packetReader reads the packets of one tile one after the other.
type packetReader struct {
	tile    *tile
	pos     int // in tile.body
	headPos int // in tile.headers, when there are any
}

func newPacketReader(t *tile) *packetReader { return &packetReader{tile: t} }

func fmtCorrupt(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{codec.ErrCorrupt}, args...)...)
}

// readPacket reads one packet (B.9, B.10): its header, then where the bytes of
// its code-blocks are.
func (r *packetReader) readPacket(tc *tileComp, res *resolution, p, layer int) error {
	t := r.tile
	if rest := t.body[r.pos:]; len(rest) >= 6 && rest[0] == markSOP>>8 && rest[1] == markSOP&0xFF {
		r.pos += 6 // SOP (A.8.1): FF cannot be followed by 91 in a header or a codeword
	}
	from := len(t.chunks)
	head := bitReader{data: t.body, pos: r.pos}
	if t.headers != nil {
		head = bitReader{data: t.headers, pos: r.headPos}
	}
	if head.bit() == 1 {
		first := res.firstPrecinct + p*len(res.bands)
		for b := range res.bands {
			if err := t.readPrecinct(&head, tc, &res.bands[b], &t.precincts[first+b], layer); err != nil {
				t.drop(from)
				return err
			}
		}
	}
	head.align()
	if rest := head.data[head.pos:]; len(rest) >= 2 && rest[0] == markEPH>>8 && rest[1] == markEPH&0xFF {
		head.pos += 2 // EPH (A.8.2)
	}
	if t.headers != nil {
		r.headPos = head.pos
	} else {
		r.pos = head.pos
	}
	if head.short {
		t.drop(from) // read from what is not there
		return fmtCorrupt("data end in the packet header at byte %d", head.pos)
	}
	for i := from; i < len(t.chunks); i++ {
		c := &t.chunks[i]
		c.offset = int32(r.pos)
		if left := len(t.body) - r.pos; int(c.size) > left {
			c.size = int32(left)
			t.drop(i + 1)
			return fmtCorrupt("data end in the packet at byte %d", r.pos)
		}
		r.pos += int(c.size)
	}
	return nil
}

// readPrecinct reads the part of a packet header about one band.
func (t *tile) readPrecinct(r *bitReader, tc *tileComp, bd *band, pr *precinct, layer int) error {
	for y := range pr.ny {
		for x := range pr.nx {
			cb := &t.blocks[pr.firstBlock+y*pr.nx+x]
			if cb.included {
				if r.bit() == 0 {
					continue
				}
			} else {
				if in, _ := t.readTag(r, pr.inclusion, pr.nx, pr.ny, x, y, uint16(layer+1)); !in {
					continue
				}
				cb.included = true
				// Limit 255: no more bit-planes than that can be missing.
				known, zeros := t.readTag(r, pr.zeroMSB, pr.nx, pr.ny, x, y, 255)
				if !known || int(zeros) > bd.planes {
					return fmtCorrupt("%d of %d bit-planes missing", zeros, bd.planes)
				}
				cb.zeros = int(zeros)
			}
			if err := t.readContribution(r, tc.style, bd, cb); err != nil {
				return err
			}
			if r.short {
				return nil // readPacket reports it
			}
		}
	}
	return nil
}

// readContribution reads how many passes and bytes a packet adds to a
// code-block (B.10.6, B.10.7).
func (t *tile) readContribution(r *bitReader, s *codingStyle, bd *band, cb *codeBlock) error {
	n := readPassCount(r)
	for r.bit() == 1 {
		cb.lblock++
	}
	if cb.lblock > maxLblock {
		return fmtCorrupt("code-block length of %d bits", cb.lblock)
	}
	if s.ht() {
		return t.readHT(r, bd, cb, n)
	}
	if limit := 3*(bd.planes-cb.zeros) - 2; cb.passes+n > limit {
		return fmtCorrupt("%d coding passes where %d are possible", cb.passes+n, max(limit, 0))
	}
	for n > 0 {
		left, starts := s.segment(cb.passes)
		k := min(n, left)
		size := r.bits(cb.lblock + bits.Len(uint(k)) - 1)
		t.addChunk(cb, size, k, starts)
		cb.passes += k
		n -= k
	}
	return nil
}

// segment says how many passes, from the given one on, share a codeword
// segment, and whether the pass begins one (B.10.7.2, table D.9).
func (s *codingStyle) segment(pass int) (left int, starts bool) {
	const firstRaw = 10
	switch {
	case s.flags&styleTermAll != 0:
		return 1, true
	case s.flags&styleBypass == 0:
		return 255, pass == 0
	case pass < firstRaw:
		return firstRaw - pass, pass == 0
	}
	switch (pass - firstRaw) % 3 {
	case 0:
		return 2, true // significance and refinement, raw
	case 1:
		return 1, false
	}
	return 1, true // clean-up
}

// addChunk appends size bytes with n passes to a code-block.
func (t *tile) addChunk(cb *codeBlock, size, n int, starts bool) {
	if size == 0 && !starts && cb.last != 0 {
		t.chunks[cb.last-1].passes += uint8(n)
		return
	}
	t.chunks = append(t.chunks, chunk{size: int32(size), passes: uint8(n), starts: starts})
	id := int32(len(t.chunks))
	if cb.last == 0 {
		cb.first = id
	} else {
		t.chunks[cb.last-1].next = id
	}
	cb.last = id
}

// drop empties the chunks from number i on.
func (t *tile) drop(i int) {
	for ; i < len(t.chunks); i++ {
		c := &t.chunks[i]
		c.offset, c.size, c.passes = 0, 0, 0
	}
}

// readPassCount reads the number of coding passes (table B.4).
func readPassCount(r *bitReader) int {
	if r.bit() == 0 {
		return 1
	}
	if r.bit() == 0 {
		return 2
	}
	if v := r.bits(2); v < 3 {
		return 3 + v
	}
	if v := r.bits(5); v < 31 {
		return 6 + v
	}
	return 37 + r.bits(7)
}

// bitReader reads a packet header: most significant bit first, after FF a byte
// has seven (B.10.1). Past the end it yields zeros and sets short.
type bitReader struct {
	data  []byte
	pos   int // next byte
	cur   uint8
	left  int // unread bits of cur
	short bool
}

func (r *bitReader) bit() int {
	if r.left == 0 {
		r.left = 8
		if r.cur == 0xFF {
			r.left = 7
		}
		if r.pos >= len(r.data) {
			r.cur, r.short = 0, true
		} else {
			r.cur = r.data[r.pos]
			r.pos++
		}
	}
	r.left--
	return int(r.cur>>r.left) & 1
}

func (r *bitReader) bits(n int) int {
	v := 0
	for range n {
		v = v<<1 | r.bit()
	}
	return v
}

// align passes over the rest of the byte, and over the byte that a final FF
// must be followed by.
func (r *bitReader) align() {
	if r.cur == 0xFF {
		r.left = 0
		r.bit()
	}
	r.left = 0
}
