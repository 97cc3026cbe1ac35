// Package j2k decodes JPEG 2000: ITU-T T.800 | ISO/IEC 15444-1 and the
// high-throughput block coder of ITU-T T.814 | ISO/IEC 15444-15 (HTJ2K), for
// the DICOM transfer syntaxes .90, .91 and .201 to .203 (PS3.5 A.4.4, 8.2.4,
// 8.2.14).
//
// Where the clauses of T.800 live: the code-stream syntax of Annex A in
// codestream.go and params.go, the JP2 wrapper of Annex I in boxes.go, the
// partition into tiles, resolutions, bands, precincts and code-blocks of Annex
// B in tile.go, progression orders (B.12) in progression.go, packets (B.10) in
// packet.go with their tag trees in tagtree.go, the MQ decoder of Annex C in
// mq.go, the bit-plane decoder of Annex D in passes.go, block.go and raw.go,
// dequantisation (Annex E) and regions of interest (Annex H) in dequant.go, the
// wavelets of Annex F in dwt53.go and dwt97.go, and the component transforms of
// Annex G in mct.go. T.814 clause 7 is in ht.go, its bit readers in ht_bits.go,
// its refinement passes in ht_refine.go, its tables of Annex C in ht_tables.go.
//
// Samples are handed out as two's complement in 16 bits: an unsigned 16-bit
// sample is the value itself, a signed one is int16 of it, whatever its
// precision.
//
// Handled: 1 to 16 bits, signed or not, 1 to 4 components of equal size, any
// number of tiles, tile-parts, layers and resolutions, all progression orders
// and their changes, all code-block styles, packed packet headers, SOP and EPH.
// Refused with codec.ErrUnsupported: subsampled components, components of
// unequal depth, palettes, more than 16 bits, Part 2 extensions, code-blocks
// that mix both block coders and those with several HT sets.
//
// The code has no checksum. Damage is found where it breaks the structure,
// where data end early, and where a block decoder does not end where its bytes
// end: every truncation, but only about half of single flipped bits.
package j2k

import (
	"errors"
	"fmt"

	"github.com/vertefill/vertefill/internal/codec"
)

// Info is what the main header of a code-stream tells.
type Info struct {
	codec.Header
	Signed     bool // samples are coded as signed numbers
	Reversible bool // 5/3 wavelet: lossless unless layers were dropped
	HT         bool // high-throughput block coder
}

// ReadInfo parses the main header. Errors wrap codec.ErrCorrupt or
// codec.ErrUnsupported.
func ReadInfo(data []byte) (Info, error) {
	cs, err := open(data)
	if err != nil {
		return Info{}, fmt.Errorf("j2k: %w", err)
	}
	return cs.info(), nil
}

// ReadHeader is ReadInfo for callers that treat all decoders alike.
func ReadHeader(data []byte) (codec.Header, error) {
	info, err := ReadInfo(data)
	return info.Header, err
}

// Decode decodes one frame with a Decoder of its own.
func Decode(dst []uint16, data []byte, want codec.Header) (codec.Header, error) {
	return new(Decoder).Decode(dst, data, want)
}

// Decoder keeps its working memory from one frame to the next. The zero value
// is ready; a Decoder serves one goroutine at a time.
type Decoder struct {
	cs     codestream
	tile   tile
	blocks blockDecoder
	ht     htDecoder
	dwt    dwtScratch
	ints   [maxMCT][]int32   // planes of the reversible path
	floats [maxMCT][]float32 // planes of the irreversible path
	joined []byte            // tile-parts of one tile, put together
	packed []byte            // packet headers from PPM or PPT, put together
	cw     []byte            // a codeword segment spread over several packets
}

// Decode decodes one frame into dst, samples of a pixel side by side.
//
// The errors wrap codec.ErrMismatch (nothing was written),
// codec.ErrUnsupported or codec.ErrCorrupt. After ErrCorrupt dst holds what
// could be decoded, which may be looked at and must not be measured.
func (d *Decoder) Decode(dst []uint16, data []byte, want codec.Header) (codec.Header, error) {
	var h codec.Header
	err := d.cs.readMain(data)
	if err == nil {
		h = d.cs.info().Header
		err = codec.Check(h, want, len(dst))
	}
	if err == nil {
		err = d.decodeTiles(dst)
	}
	d.cs.data, d.tile.body, d.tile.headers = nil, nil, nil // do not keep the caller's bytes alive
	if err != nil {
		return h, fmt.Errorf("j2k: %w", err)
	}
	return h, nil
}

// decodeTiles decodes every tile; one that is damaged does not stop the others.
func (d *Decoder) decodeTiles(dst []uint16) error {
	clear(dst) // so that a tile that is missing shows as such
	damage := d.cs.indexTileParts()
	if damage != nil && !errors.Is(damage, codec.ErrCorrupt) {
		return damage
	}
	parts := d.cs.parts
	for t := range d.cs.tilesX * d.cs.tilesY {
		n := 0
		for n < len(parts) && parts[n].tile == t {
			n++
		}
		err := d.decodeTile(dst, t, parts[:n])
		parts = parts[n:]
		if err != nil {
			err = fmt.Errorf("tile %d: %w", t, err)
			if !errors.Is(err, codec.ErrCorrupt) {
				return err
			}
			if damage == nil {
				damage = err
			}
		}
	}
	return damage
}

// decodeTile runs one tile through packets, blocks, wavelet and component
// transform. A damaged tile is written as far as it could be read.
func (d *Decoder) decodeTile(dst []uint16, index int, parts []tilePart) error {
	t := &d.tile
	p, damage := d.joinParts(index, parts)
	if damage != nil {
		return damage
	}
	if err := t.build(&d.cs, p, index); err != nil {
		return err
	}
	if damage = t.readPackets(); damage != nil && !errors.Is(damage, codec.ErrCorrupt) {
		return damage
	}
	for c := 0; c < len(t.comps); {
		n := 1
		if c == 0 && p.mct {
			n = maxMCT
		}
		for i := range n {
			err := d.decodeComponent(c+i, i)
			if err != nil && !errors.Is(err, codec.ErrCorrupt) {
				return err
			}
			if damage == nil {
				damage = err
			}
		}
		d.writeComponents(dst, c, n)
		c += n
	}
	return damage
}

// decodeComponent reconstructs one component of the tile in plane slot.
func (d *Decoder) decodeComponent(c, slot int) error {
	tc := &d.tile.comps[c]
	n := (tc.x1 - tc.x0) * (tc.y1 - tc.y0)
	if tc.style.reversible {
		d.ints[slot] = zeroed(d.ints[slot], n)
		err := d.decodeBlocks(tc, d.ints[slot], nil)
		d.dwt.inverse53(d.ints[slot], tc.resolutions)
		return err
	}
	d.floats[slot] = zeroed(d.floats[slot], n)
	err := d.decodeBlocks(tc, nil, d.floats[slot])
	d.dwt.inverse97(d.floats[slot], tc.resolutions)
	return err
}

// zeroed returns n zero elements, in the memory of s when there is enough.
func zeroed[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	s = s[:n]
	clear(s)
	return s
}
