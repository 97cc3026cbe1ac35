// Package jpegls decodes JPEG-LS, lossless and near-lossless: ITU-T T.87
// (ISO/IEC 14495-1) Annex A with the syntax of Annexes B and C, for the DICOM
// transfer syntaxes .80 and .81 (PS3.5 A.4.3).
//
// Handled: 2 to 16 bits, 1 to 4 components, the three interleave modes, preset
// coding parameters (MAXVAL below 2^bits-1 included) and restart intervals,
// which count lines, as in CharLS. Not handled, and refused: mapping tables,
// subsampling, point transform, and Hewlett-Packard's colour transforms, which
// T.87 and DICOM do not know.
package jpegls

import (
	"fmt"

	"github.com/vertefill/vertefill/internal/codec"
	"github.com/vertefill/vertefill/internal/codec/marker"
)

// ReadHeader parses the stream up to the first scan. Near is that of the first
// scan, Color is unknown for more than one component.
func ReadHeader(data []byte) (codec.Header, error) {
	s, scan, err := open(data)
	if err != nil {
		return codec.Header{}, fmt.Errorf("jpegls: %w", err)
	}
	return header(s, scan), nil
}

// Decode decodes one frame into dst, samples of a pixel side by side. The
// errors wrap codec.ErrMismatch (nothing was written), codec.ErrUnsupported or
// codec.ErrCorrupt.
func Decode(dst []uint16, data []byte, want codec.Header) (codec.Header, error) {
	s, scan, err := open(data)
	if err != nil {
		return codec.Header{}, fmt.Errorf("jpegls: %w", err)
	}
	h := header(s, scan)
	if err := codec.Check(h, want, len(dst)); err != nil {
		return h, fmt.Errorf("jpegls: %w", err)
	}
	for {
		h.Near = max(h.Near, scan.Ss)
		end, err := decodeScan(dst, s, scan)
		if err != nil {
			return h, fmt.Errorf("jpegls: scan at byte %d: %w", scan.Start, err)
		}
		if s.Complete() {
			return h, nil
		}
		s.Resume(end)
		if scan, err = s.NextScan(); err != nil {
			return h, fmt.Errorf("jpegls: %w", err)
		}
	}
}

func header(s *marker.Stream, scan marker.Scan) codec.Header {
	h := s.Header()
	h.Near = scan.Ss
	if h.Components > 1 {
		h.Color = codec.ColorUnknown
	}
	return h
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
	if s.Frame.SOF != marker.SOF55 {
		return nil, marker.Scan{}, fmt.Errorf("%w: frame type %02X is not JPEG-LS", codec.ErrUnsupported, s.Frame.SOF)
	}
	if s.HPColor != 0 {
		return nil, marker.Scan{}, fmt.Errorf("%w: HP colour transform %d", codec.ErrUnsupported, s.HPColor)
	}
	first := s.Frame.Comps[0]
	for _, c := range s.Frame.Comps {
		if c.H != first.H || c.V != first.V {
			return nil, marker.Scan{}, fmt.Errorf("%w: subsampled components", codec.ErrUnsupported)
		}
	}
	return s, scan, nil
}
