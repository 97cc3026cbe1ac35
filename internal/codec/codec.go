// Package codec holds what the pixel decoders below it share: the description
// of a coded frame, the three ways decoding can end badly, and the check of a
// stream against the data set it came from.
//
// Every decoder offers the same two functions:
//
//	func ReadHeader(data []byte) (codec.Header, error)
//	func Decode(dst []uint16, data []byte, want codec.Header) (codec.Header, error)
//
// data is one complete frame (all its fragments joined). Decode compares the
// size in the stream with want before it allocates or writes anything, and
// fills dst, which the caller owns, pixel by pixel with the components of a
// pixel side by side. Samples are unsigned as coded: sign, BitsStored and
// HighBit belong to the data set and are the caller's (JPEG 2000 alone codes a
// sign: j2k says what it does with it). After an error the contents of dst are
// undefined.
//
// RLE (package rle) has no header in its stream, so want is the only source.
//
// The packages know nothing of DICOM elements, never log and never panic.
package codec

import (
	"errors"
	"fmt"
)

var (
	// ErrCorrupt says the stream breaks its standard or ends too early.
	ErrCorrupt = errors.New("corrupt stream")
	// ErrUnsupported says the stream may be right but uses a coding process
	// this decoder does not have.
	ErrUnsupported = errors.New("unsupported coding process")
	// ErrMismatch says the stream is not the picture the data set announced.
	ErrMismatch = errors.New("stream disagrees with the data set")
)

// Color says what the components of a stream mean, as far as the stream tells.
type Color uint8

const (
	ColorUnknown Color = iota // the stream does not say; believe the data set
	ColorGray
	ColorRGB
	ColorYCbCr // T.871 full range, chroma centred on half the range
)

func (c Color) String() string {
	switch c {
	case ColorGray:
		return "gray"
	case ColorRGB:
		return "RGB"
	case ColorYCbCr:
		return "YCbCr"
	}
	return "unknown"
}

// Header describes one coded frame.
type Header struct {
	Width, Height int // pixels
	Components    int // samples a pixel
	Bits          int // precision of the coded samples; as a wish: the largest accepted, 0 = any
	Near          int // JPEG-LS bound on |decoded - original|; 0 = lossless (or not JPEG-LS)
	Color         Color
}

// Samples returns the length Decode wants of its destination.
func (h Header) Samples() int { return h.Width * h.Height * h.Components }

// Check compares what a stream announces with what the data set announced and
// with the destination the caller made from it. Color and Near of want are not
// compared.
func Check(got, want Header, dstLen int) error {
	if got.Width != want.Width || got.Height != want.Height || got.Components != want.Components {
		return fmt.Errorf("%w: coded %dx%dx%d, expected %dx%dx%d", ErrMismatch,
			got.Width, got.Height, got.Components, want.Width, want.Height, want.Components)
	}
	if want.Bits > 0 && got.Bits > want.Bits {
		return fmt.Errorf("%w: coded with %d bits, expected at most %d", ErrMismatch, got.Bits, want.Bits)
	}
	if got.Width <= 0 || got.Height <= 0 || got.Components <= 0 || dstLen != got.Samples() {
		return fmt.Errorf("%w: %dx%dx%d samples do not fill a buffer of %d", ErrMismatch,
			got.Width, got.Height, got.Components, dstLen)
	}
	return nil
}
