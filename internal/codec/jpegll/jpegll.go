// Package jpegll decodes lossless JPEG, process 14: ITU-T T.81 Annex H with
// the syntax of Annex B and the Huffman procedures of Annexes C and F, for the
// DICOM transfer syntaxes .57 and .70 (PS3.5 A.4.2).
//
// All seven predictors (table H.1), the point transform, restart intervals,
// 2 to 16 bits and 1 to 4 components in any mix of scans are handled. Not
// handled: subsampled components, arithmetic coding (process 15) and the
// hierarchical mode.
//
// A row is decoded in two steps that stay in the cache: the Huffman decoder
// writes the differences to where the samples belong, then a loop of its own
// for each predictor adds the prediction in place.
package jpegll

import (
	"fmt"

	"github.com/vertefill/vertefill/internal/codec"
	"github.com/vertefill/vertefill/internal/codec/marker"
)

// ReadHeader parses the stream up to the first scan.
func ReadHeader(data []byte) (codec.Header, error) {
	s, _, err := open(data)
	if err != nil {
		return codec.Header{}, fmt.Errorf("jpegll: %w", err)
	}
	return s.Header(), nil
}

// Decode decodes one frame into dst, samples of a pixel side by side.
//
// Samples have header.Bits significant bits, except that an encoder may have
// fed sign-extended samples of a smaller depth: those come out as they went
// in, in all 16 bits. The errors wrap codec.ErrMismatch (nothing was written),
// codec.ErrUnsupported or codec.ErrCorrupt.
func Decode(dst []uint16, data []byte, want codec.Header) (codec.Header, error) {
	s, scan, err := open(data)
	if err != nil {
		return codec.Header{}, fmt.Errorf("jpegll: %w", err)
	}
	h := s.Header()
	if err := codec.Check(h, want, len(dst)); err != nil {
		return h, fmt.Errorf("jpegll: %w", err)
	}
	for {
		end, err := decodeScan(dst, s, scan)
		if err != nil {
			return h, fmt.Errorf("jpegll: scan at byte %d: %w", scan.Start, err)
		}
		if s.Complete() {
			return h, nil
		}
		s.Resume(end)
		if scan, err = s.NextScan(); err != nil {
			return h, fmt.Errorf("jpegll: %w", err)
		}
	}
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
	if s.Frame.SOF != marker.SOF3 {
		return nil, marker.Scan{}, fmt.Errorf("%w: frame type %02X is not lossless Huffman", codec.ErrUnsupported, s.Frame.SOF)
	}
	first := s.Frame.Comps[0]
	for _, c := range s.Frame.Comps {
		if c.H != first.H || c.V != first.V {
			return nil, marker.Scan{}, fmt.Errorf("%w: subsampled components", codec.ErrUnsupported)
		}
	}
	return s, scan, nil
}
