// Package rle decodes the RLE Lossless transfer syntax: DICOM PS3.5 Annex G,
// with the packet scheme of clause G.3 (PackBits) and the 64-byte segment
// table of clause G.5.
//
// A frame is cut into byte planes: for each component, first the most
// significant byte of every sample, then the next (clause G.2). Each plane is
// one segment. The stream holds no picture size, so the caller's is the only
// one there is.
//
// Two habits of encoders are tolerated: packets that cross the end of a row
// (G.3.1 forbids them, many encoders write them) and the even-length pad byte
// being packed with the pixels. Anything else that is too short, too long or
// out of order is an error. The package does not handle sign or photometric
// interpretation.
package rle

import (
	"encoding/binary"
	"fmt"

	"github.com/vertefill/vertefill/internal/codec"
)

const (
	headerSize  = 64
	maxSegments = 15
)

// Sample is what a pixel component can be stored in.
type Sample interface{ ~uint16 | ~uint32 }

// Decode unpacks one frame into dst, samples of a pixel side by side.
//
// want.Bits is BitsAllocated: 8, 16 or (with a uint32 destination) 32. The
// errors are codec.ErrMismatch when dst, want and the number of segments do
// not fit together, and codec.ErrCorrupt when the segments do not hold exactly
// the pixels.
func Decode[T Sample](dst []T, data []byte, want codec.Header) (codec.Header, error) {
	planes := (want.Bits + 7) / 8
	if planes < 1 || planes == 3 || T(1)<<(8*planes-1) == 0 {
		return codec.Header{}, fmt.Errorf("rle: %w: %d bits a sample", codec.ErrUnsupported, want.Bits)
	}
	if err := codec.Check(want, want, len(dst)); err != nil {
		return codec.Header{}, fmt.Errorf("rle: %w", err)
	}
	segments, err := split(data, planes*want.Components)
	if err != nil {
		return codec.Header{}, fmt.Errorf("rle: %w", err)
	}
	for i, seg := range segments[:planes*want.Components] {
		component, plane := i/planes, i%planes
		shift := 8 * (planes - 1 - plane)
		if want.Components == 1 {
			err = unpackGray(dst, seg, shift, plane == 0)
		} else {
			err = unpackStrided(dst[component:], want.Components, want.Width*want.Height, seg, shift, plane == 0)
		}
		if err != nil {
			return codec.Header{}, fmt.Errorf("rle: segment %d: %w", i+1, err)
		}
	}
	h := codec.Header{Width: want.Width, Height: want.Height, Components: want.Components, Bits: want.Bits}
	if h.Components == 1 {
		h.Color = codec.ColorGray
	}
	return h, nil
}

// split reads the segment table (G.5) and returns the bytes of each segment.
func split(data []byte, count int) (segments [maxSegments][]byte, err error) {
	if len(data) < headerSize {
		return segments, fmt.Errorf("%w: %d bytes, the segment table alone has %d", codec.ErrCorrupt, len(data), headerSize)
	}
	n := binary.LittleEndian.Uint32(data)
	if count > maxSegments || uint64(n) != uint64(count) {
		return segments, fmt.Errorf("%w: %d segments, expected %d", codec.ErrMismatch, n, count)
	}
	end := uint32(min(len(data), 1<<31-1))
	for i := count - 1; i >= 0; i-- {
		start := binary.LittleEndian.Uint32(data[4+4*i:])
		if start < headerSize || start > end {
			return segments, fmt.Errorf("%w: segment %d starts at byte %d, outside %d..%d", codec.ErrCorrupt, i+1, start, headerSize, end)
		}
		segments[i] = data[start:end]
		end = start
	}
	return segments, nil
}

// unpackGray expands one segment into the bits shift..shift+7 of every sample.
// The first plane of a sample stores, the others add, so that dst need not be
// cleared by anybody.
func unpackGray[T Sample](dst []T, src []byte, shift int, first bool) error {
	for len(dst) > 0 {
		if len(src) < 2 {
			return fmt.Errorf("%w: data ends %d samples early", codec.ErrCorrupt, len(dst))
		}
		control := int(int8(src[0]))
		switch {
		case control >= 0: // control+1 literal bytes
			n := control + 1
			if n > len(dst)+1 || n > len(src)-1 {
				return literalError(n, len(dst), len(src)-1)
			}
			lit := src[1 : 1+n]
			src = src[1+n:]
			lit = lit[:min(n, len(dst))]
			out := dst[:len(lit)]
			if first {
				for i, b := range lit {
					out[i] = T(b) << shift
				}
			} else {
				for i, b := range lit {
					out[i] |= T(b) << shift
				}
			}
			dst = dst[len(lit):]
		case control == -128: // no operation
			src = src[1:]
		default: // one byte, 1-control times
			n := 1 - control
			if n > len(dst)+1 {
				return runError(n, len(dst))
			}
			v := T(src[1]) << shift
			src = src[2:]
			out := dst[:min(n, len(dst))]
			if first {
				for i := range out {
					out[i] = v
				}
			} else {
				for i := range out {
					out[i] |= v
				}
			}
			dst = dst[len(out):]
		}
	}
	return checkTail(src)
}

// unpackStrided is unpackGray for one component of many: the sample i of the
// plane is dst[i*stride].
func unpackStrided[T Sample](dst []T, stride, count int, src []byte, shift int, first bool) error {
	keep := ^T(0)
	if first {
		keep = 0
	}
	for i := 0; i < count; {
		if len(src) < 2 {
			return fmt.Errorf("%w: data ends %d samples early", codec.ErrCorrupt, count-i)
		}
		control := int(int8(src[0]))
		switch {
		case control >= 0:
			n := control + 1
			if n > count-i+1 || n > len(src)-1 {
				return literalError(n, count-i, len(src)-1)
			}
			for _, b := range src[1 : 1+min(n, count-i)] {
				p := &dst[i*stride]
				*p = *p&keep | T(b)<<shift
				i++
			}
			src = src[1+n:]
		case control == -128:
			src = src[1:]
		default:
			n := 1 - control
			if n > count-i+1 {
				return runError(n, count-i)
			}
			v := T(src[1]) << shift
			for end := i + min(n, count-i); i < end; i++ {
				p := &dst[i*stride]
				*p = *p&keep | v
			}
			src = src[2:]
		}
	}
	return checkTail(src)
}

// checkTail accepts what encoders leave behind the last pixel of a segment:
// the pad byte and no-operation packets. More data means that packets were
// shorter than the encoder wrote them.
func checkTail(src []byte) error {
	if len(src) <= 1 {
		return nil
	}
	for _, b := range src {
		if b != 0 && b != 0x80 {
			return fmt.Errorf("%w: %d bytes left after the last pixel", codec.ErrCorrupt, len(src))
		}
	}
	return nil
}

func literalError(n, room, have int) error {
	return fmt.Errorf("%w: literal of %d bytes, %d samples to go, %d bytes left", codec.ErrCorrupt, n, room, have)
}

func runError(n, room int) error {
	return fmt.Errorf("%w: run of %d, %d samples to go", codec.ErrCorrupt, n, room)
}
