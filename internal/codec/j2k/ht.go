package j2k

import (
	"fmt"
	"math/bits"

	"github.com/vertefill/vertefill/internal/codec"
)

// readHT is readContribution for HT code-blocks (T.814 Annex B): the clean-up
// pass is one codeword segment, significance and refinement share another.
// Passes before the clean-up are placeholders that only lower its plane.
func (t *tile) readHT(r *bitReader, bd *band, cb *codeBlock, n int) error {
	if cb.passes == 0 {
		skipped := (n - 1) / 3
		n -= 3 * skipped
		cb.zeros += skipped
		size := r.bits(cb.lblock + bits.Len(uint(3*skipped+1)) - 1)
		if cb.zeros >= bd.planes {
			return fmtCorrupt("%d of %d bit-planes missing", cb.zeros, bd.planes)
		}
		t.addChunk(cb, size, 1, true)
		cb.passes, n = 1, n-1
	}
	if cb.passes+n > 3 {
		return fmt.Errorf("%w: several HT sets in a code-block", codec.ErrUnsupported)
	}
	if n > 0 {
		size := r.bits(cb.lblock + n - 1)
		t.addChunk(cb, size, n, cb.passes == 1)
		cb.passes += n
	}
	return nil
}

// htDecoder decodes the clean-up pass of HT code-blocks (T.814 clause 7.3). It
// writes into the samples of a blockDecoder, whose layout it shares.
//
// Samples come in quads of 2 x 2, numbered 0 top left, 1 bottom left, 2 top
// right, 3 bottom right. A row of quads is read in two steps: the variable
// length codes of all its quads (significance and exponents), then the
// magnitudes and signs.
type htDecoder struct {
	mel  melReader
	vlc  vlcReader
	mag  magReader
	rho  [maxQuads + 2]uint8    // significance of the row above, one quad of margin at both ends
	exp  [2*maxQuads + 2]uint8  // exponents of the samples just above, one of margin at both ends
	quad [maxQuads + 1]quadInfo // of the row being decoded; a pair may reach one beyond
}

const maxQuads = 512 // in a row: code-blocks are at most 1024 wide

type quadInfo struct {
	entry uint16 // of a vlcTable
	u     uint8  // exponent residual
}

// decodeHT decodes one HT code-block, leaving its samples in d.blocks.
func (d *Decoder) decodeHT(tc *tileComp, bd *band, cb *codeBlock) error {
	if bd.planes > maxPlanes {
		return fmt.Errorf("%w: %d bit-planes", codec.ErrUnsupported, bd.planes)
	}
	b := &d.blocks
	b.reset(cb.w, cb.h, bd.orient, tc.style.flags&styleCausal != 0)
	data, n, next := d.segment(cb.first)
	if n == 0 {
		return nil // its bytes are missing, which was reported
	}
	plane := bd.planes - cb.zeros - 1
	if err := d.ht.cleanup(b, data, cb.zeros+1, plane); err != nil {
		return err
	}
	if next == 0 {
		return nil
	}
	if plane == 0 {
		return fmtCorrupt("HT passes below the last bit-plane")
	}
	data, n, _ = d.segment(next)
	b.markSignificant()
	if n > 1 { // first, because it concerns what the clean-up found only
		b.htRefinementPass(data, plane-1)
	}
	if n > 0 {
		b.htSignificancePass(data, plane-1)
	}
	return nil
}

// cleanup decodes the clean-up segment data: magnitudes of up to limit bits,
// the lowest of them in the given plane.
func (h *htDecoder) cleanup(b *blockDecoder, data []byte, limit, plane int) error {
	n := len(data)
	if n < 2 {
		return fmtCorrupt("HT clean-up of %d bytes", n)
	}
	tail := int(data[n-1])<<4 | int(data[n-2]&15) // bytes of the MEL and VLC streams
	if tail < 2 || tail > n || tail > 4079 {
		return fmtCorrupt("HT clean-up: %d of %d bytes are variable length codes", tail, n)
	}
	h.mag = magReader{data: data[:n-tail]}
	h.mel = melReader{data: data[n-tail:]}
	h.vlc.start(data[n-tail:])
	quads := (b.w + 1) / 2
	clear(h.rho[:quads+2])
	clear(h.exp[:2*quads+2])
	for y := 0; y < b.h; y += 2 {
		if y == 0 {
			h.firstRow(quads)
		} else {
			h.otherRow(quads)
		}
		if err := h.magnitudes(b, y, quads, limit, plane); err != nil {
			return err
		}
	}
	if used := h.mag.used(); strays(used, n-tail) {
		return fmtCorrupt("HT magnitudes use %d of %d bytes", used, n-tail)
	}
	if used := h.mel.pos + h.vlc.used(); strays(used, tail) {
		return fmtCorrupt("HT codes use %d of %d bytes", used, tail)
	}
	return nil
}

// firstRow reads the codes of the first row of quads, two quads at a time
// (7.3.5, 7.3.6).
func (h *htDecoder) firstRow(quads int) {
	left := uint32(0) // rho of the quad before
	for q := 0; q < quads; q += 2 {
		first := h.code(vlcFirstRow, left&1|left>>1)
		left = first >> 4 & 15
		second := uint32(0)
		if q+1 < quads {
			second = h.code(vlcFirstRow, left&1|left>>1)
			left = second >> 4 & 15
		}
		var u1, u2 uint32
		if first&second&8 != 0 {
			if h.mel.event() {
				u1, u2 = h.vlc.residuals(8, 8)
				u1, u2 = u1+2, u2+2
			} else {
				u1, u2 = h.vlc.residualsFirst()
			}
		} else {
			u1, u2 = h.vlc.residuals(first&8, second&8)
		}
		h.quad[q] = quadInfo{uint16(first), uint8(u1)}
		h.quad[q+1] = quadInfo{uint16(second), uint8(u2)}
	}
}

// otherRow reads the codes of any other row.
func (h *htDecoder) otherRow(quads int) {
	left := uint32(0)
	context := func(q int) uint32 {
		above := uint32(h.rho[q+1])
		return (uint32(h.rho[q])>>3|above>>1)&1 | (left>>1|left>>2)&2 | (above>>1|uint32(h.rho[q+2])<<1)&4
	}
	for q := 0; q < quads; q += 2 {
		first := h.code(vlcOtherRows, context(q))
		left = first >> 4 & 15
		second := uint32(0)
		if q+1 < quads {
			second = h.code(vlcOtherRows, context(q+1))
			left = second >> 4 & 15
		}
		u1, u2 := h.vlc.residuals(first&8, second&8)
		h.quad[q] = quadInfo{uint16(first), uint8(u1)}
		h.quad[q+1] = quadInfo{uint16(second), uint8(u2)}
	}
}

// code reads the table entry of one quad: in context 0 only after an event of
// the MEL stream.
func (h *htDecoder) code(t *vlcTable, context uint32) uint32 {
	if context == 0 && !h.mel.event() {
		return 0
	}
	h.vlc.fill()
	entry := uint32(t[(context<<7|uint32(h.vlc.buf&127))&(8<<7-1)])
	h.vlc.skip(entry & 7)
	return entry
}

// magnitudes reads the samples of the row of quads at y (7.3.7, 7.3.8) and
// leaves their significance and exponents for the row below.
func (h *htDecoder) magnitudes(b *blockDecoder, y, quads, limit, plane int) error {
	first, _ := b.stripe(y >> 2)
	at := 4*first + y&3
	outside := uint32(0) // samples of a quad below the block
	if y+1 == b.h {
		outside = 0xA
	}
	last := h.exp[0]
	for q := range quads {
		info := h.quad[q]
		entry := uint32(info.entry)
		rho := entry >> 4 & 15
		h.rho[q+1] = uint8(rho)
		above := max(last, h.exp[2*q+1], h.exp[2*q+2], h.exp[2*q+3])
		last = h.exp[2*q+2]
		h.exp[2*q+1], h.exp[2*q+2] = 0, 0
		if rho == 0 {
			at += 8
			continue
		}
		if 2*q+1 == b.w {
			outside |= 0xC
		}
		size := uint32(info.u) + 1
		if rho&(rho-1) != 0 && above > 2 {
			size += uint32(above) - 2
		}
		if int(size) > limit || rho&outside != 0 {
			return fmtCorrupt("HT quad %d, %d: pattern %X, %d of %d bits", q, y/2, rho, size, limit)
		}
		for n := range uint32(4) {
			if rho>>n&1 == 0 {
				continue
			}
			width := size - entry>>(12+n)&1
			v := h.mag.read(width) | entry>>(8+n)&1<<width
			b.samples[(at+int(n&1+n>>1*4))&(maxSamples-1)] = v<<31 | ((v|1)+2)<<(plane&31)
			if n&1 != 0 {
				h.exp[2*q+1+int(n>>1)] = uint8(bits.Len32(v | 1))
			}
		}
		at += 8
	}
	return nil
}
