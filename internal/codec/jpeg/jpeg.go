// Package jpeg decodes lossy sequential JPEG: ITU-T T.81 processes 1, 2 and 4,
// that is baseline and extended DCT with Huffman coding, 8 and 12 bits, for
// the DICOM transfer syntaxes .50 and .51 (PS3.5 A.4.1). The clauses are
// Annex A (DCT, ordering), B (syntax), C and F (Huffman procedures).
//
// One to four components, any mix of interleaved and single scans, restart
// intervals, and subsampling by whole factors are handled. Components come out
// as coded: no colour conversion is made, Header.Color tells what the stream
// says about it. Not handled, and refused: progressive, arithmetic,
// hierarchical; lossless JPEG is package jpegll.
//
// Why not image/jpeg of the standard library for 8 bits: it has no 12 bits,
// converts Adobe RGB on its own terms, repeats subsampled chroma instead of
// interpolating as dcmtk does (differences up to 17), and allocates the
// picture itself. It serves as an oracle in the tests.
package jpeg

import (
	"fmt"

	"github.com/vertefill/vertefill/internal/codec"
	"github.com/vertefill/vertefill/internal/codec/marker"
)

// ReadHeader parses the stream up to the first scan.
func ReadHeader(data []byte) (codec.Header, error) {
	s, _, err := open(data)
	if err != nil {
		return codec.Header{}, fmt.Errorf("jpeg: %w", err)
	}
	return s.Header(), nil
}

// Decode decodes one frame into dst, samples of a pixel side by side, clamped
// to 0..2^Bits-1. The inverse DCT is exact to rounding, so results are within
// 1 of any decoder that meets T.83. The errors wrap codec.ErrMismatch (nothing
// was written), codec.ErrUnsupported or codec.ErrCorrupt.
func Decode(dst []uint16, data []byte, want codec.Header) (codec.Header, error) {
	s, scan, err := open(data)
	if err != nil {
		return codec.Header{}, fmt.Errorf("jpeg: %w", err)
	}
	h := s.Header()
	if err := codec.Check(h, want, len(dst)); err != nil {
		return h, fmt.Errorf("jpeg: %w", err)
	}
	planes := newPlanes(dst, s.Frame)
	for {
		end, err := decodeScan(planes, s, scan)
		if err != nil {
			return h, fmt.Errorf("jpeg: scan at byte %d: %w", scan.Start, err)
		}
		if s.Complete() {
			break
		}
		s.Resume(end)
		if scan, err = s.NextScan(); err != nil {
			return h, fmt.Errorf("jpeg: %w", err)
		}
	}
	for i := range planes {
		planes[i].upsample(dst[i:], h.Width, h.Height, h.Components)
	}
	return h, nil
}

func open(data []byte) (*marker.Stream, marker.Scan, error) {
	s, err := marker.Open(data)
	if err != nil {
		return nil, marker.Scan{}, err
	}
	scan, err := s.NextScan()
	if err != nil {
		return nil, marker.Scan{}, err
	}
	switch bits := s.Frame.Bits; {
	case s.Frame.SOF != marker.SOF0 && s.Frame.SOF != marker.SOF1:
		return nil, marker.Scan{}, fmt.Errorf("%w: frame type %02X is not sequential Huffman DCT", codec.ErrUnsupported, s.Frame.SOF)
	case bits != 8 && (bits != 12 || s.Frame.SOF != marker.SOF1):
		return nil, marker.Scan{}, fmt.Errorf("%w: DCT of %d bits", codec.ErrCorrupt, bits)
	}
	hMax, vMax := maxSampling(s.Frame)
	for _, c := range s.Frame.Comps {
		if hMax%c.H != 0 || vMax%c.V != 0 {
			return nil, marker.Scan{}, fmt.Errorf("%w: subsampling by a fraction", codec.ErrUnsupported)
		}
	}
	return s, scan, nil
}

func maxSampling(f marker.Frame) (h, v int) {
	for _, c := range f.Comps {
		h, v = max(h, c.H), max(v, c.V)
	}
	return h, v
}
