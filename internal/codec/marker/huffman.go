package marker

import (
	"fmt"

	"github.com/vertefill/vertefill/internal/codec"
)

// LookupBits is the width of the first-level Huffman table: 2^11 entries of 4
// bytes stay in the L1 cache, and longer codes are rare by construction.
const LookupBits = 11

// HuffmanSpec is a table as transmitted (T.81 B.2.4.2): how many codes of each
// length, and their values in code order.
type HuffmanSpec struct {
	Counts [16]int
	Values []byte // aliases the stream
}

// Huffman decodes one table (T.81 Annex C and F.2.2.3).
//
// An entry of Lookup packs, for a code whose value has the low nibble s:
// bits 0-7 the code length plus s (what one symbol with its extra bits takes),
// bits 8-15 the code length, bits 16-23 the value. Entry 0 marks a code longer
// than LookupBits or no code at all: use Long.
type Huffman struct {
	Lookup  [1 << LookupBits]uint32
	maxCode [16]int32 // largest code of length i+1, -1 if none
	valPtr  [16]int32 // values[code+valPtr] is its value
	values  []byte
}

// Init builds the tables from a specification that NextScan accepted. Symbols
// above maxValue are refused (a lossless table holds categories 0..16 only).
// extraMask selects the bits of the value that count the extra bits.
func (h *Huffman) Init(spec *HuffmanSpec, extraMask byte, maxValue int) error {
	clear(h.Lookup[:])
	h.values = spec.Values
	code, index := int32(0), 0
	for length := 1; length <= 16; length++ {
		count := spec.Counts[length-1]
		h.maxCode[length-1] = -1
		h.valPtr[length-1] = int32(index) - code
		for range count {
			value := spec.Values[index]
			if int(value) > maxValue {
				return fmt.Errorf("%w: Huffman value %d", codec.ErrCorrupt, value)
			}
			if length <= LookupBits {
				h.fillEntry(code, length, value, extraMask)
			}
			h.maxCode[length-1] = code
			code++
			index++
		}
		if code > 1<<length {
			return fmt.Errorf("%w: too many Huffman codes of %d bits", codec.ErrCorrupt, length)
		}
		code <<= 1
	}
	return nil
}

func (h *Huffman) fillEntry(code int32, length int, value, extraMask byte) {
	first := int(code) << (LookupBits - length)
	if first+1<<(LookupBits-length) > len(h.Lookup) {
		return // over-full table, reported by Init
	}
	entry := pack(length, value, extraMask)
	for i := range 1 << (LookupBits - length) {
		h.Lookup[first+i] = entry
	}
}

func pack(length int, value, extraMask byte) uint32 {
	return uint32(value)<<16 | uint32(length)<<8 | uint32(length+int(value&extraMask))
}

// Long finds the entry of a code that Lookup does not hold, reading from the
// top of acc. It returns 0 if no code matches.
func (h *Huffman) Long(acc uint64, extraMask byte) uint32 {
	for length := LookupBits + 1; length <= 16; length++ {
		code := int32(acc >> (64 - length))
		if code <= h.maxCode[length-1] {
			i := int(code + h.valPtr[length-1])
			if i < 0 || i >= len(h.values) {
				return 0
			}
			return pack(length, h.values[i], extraMask)
		}
	}
	return 0
}
