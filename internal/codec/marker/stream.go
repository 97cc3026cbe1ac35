// Package marker reads what the JPEG family (ITU-T T.81 and T.87) has in
// common around the coded data: the marker segments of Annex B, the Huffman
// tables of Annex C, and the byte-stuffed bit stream of F.1.2.3.
//
// It checks the syntax and bounds every number by the bytes that are there; it
// decodes no pixel and holds no opinion on which process is supported.
package marker

import (
	"encoding/binary"
	"fmt"

	"github.com/vertefill/vertefill/internal/codec"
)

// Marker codes (T.81 table B.1, T.87 table C.1).
const (
	SOF0  = 0xC0 // baseline DCT
	SOF1  = 0xC1 // extended sequential DCT, Huffman
	SOF3  = 0xC3 // lossless, Huffman
	DHT   = 0xC4
	JPG   = 0xC8
	DAC   = 0xCC
	SOF15 = 0xCF
	RST0  = 0xD0
	RST7  = 0xD7
	SOI   = 0xD8
	EOI   = 0xD9
	SOS   = 0xDA
	DQT   = 0xDB
	DNL   = 0xDC
	DRI   = 0xDD
	APP0  = 0xE0
	APP8  = 0xE8
	APP14 = 0xEE
	SOF55 = 0xF7 // JPEG-LS
	LSE   = 0xF8
	TEM   = 0x01
)

// MaxComponents bounds the components of a frame (T.81 table B.3 allows a scan
// no more).
const MaxComponents = 4

// Component is one component of a frame (T.81 B.2.2).
type Component struct {
	ID   byte
	H, V int // sampling factors 1..4
	Tq   int // quantisation table 0..3
}

// Frame is a frame header (T.81 B.2.2).
type Frame struct {
	SOF           byte // which process; 0 = no frame header yet
	Bits          int
	Width, Height int
	Comps         []Component
}

// ScanComponent is one component of a scan (T.81 B.2.3).
type ScanComponent struct {
	Index  int // into Frame.Comps
	Td, Ta int // DC and AC Huffman tables; in JPEG-LS Td<<4|Ta is the mapping table
}

// Scan is a scan header with the position of its coded data.
type Scan struct {
	Comps          []ScanComponent
	Ss, Se, Ah, Al int // their meaning depends on the process
	Start          int // first byte of coded data
}

// Preset holds the JPEG-LS coding parameters of an LSE segment (T.87 C.2.4.1);
// zero means default.
type Preset struct{ MaxVal, T1, T2, T3, Reset int }

// Stream walks through the segments of one image and collects the tables.
type Stream struct {
	data []byte
	pos  int

	Frame   Frame
	DC, AC  [4]*HuffmanSpec
	Quant   [4]*[64]uint16 // in zigzag order
	Restart int            // interval of DRI, 0 = none
	Preset  Preset
	JFIF    bool
	Adobe   int // colour transform of the Adobe segment, -1 = no such segment
	HPColor int // colour transform of the "mrfx" segment, 0 = none

	seen [MaxComponents]bool // components that had their scan
	left int                 // components without a scan yet
}

// Open checks the start of image and stands before the first segment.
func Open(data []byte) (*Stream, error) {
	if len(data) < 4 || data[0] != 0xFF || data[1] != SOI {
		return nil, fmt.Errorf("%w: no start-of-image marker", codec.ErrCorrupt)
	}
	return &Stream{data: data, pos: 2, Adobe: -1}, nil
}

// Data returns the stream that Scan.Start points into.
func (s *Stream) Data() []byte { return s.data }

// Complete reports whether every component had its scan.
func (s *Stream) Complete() bool { return s.Frame.SOF != 0 && s.left == 0 }

// Resume continues behind the coded data of a scan.
func (s *Stream) Resume(pos int) { s.pos = pos }

// NextScan reads segments up to and including the next scan header. A stream
// that ends before is corrupt: ask Complete first. Every component may appear
// in one scan only, as sequential processes demand (T.81 B.2.3), which also
// bounds the work that a hostile stream can cause.
func (s *Stream) NextScan() (Scan, error) {
	for {
		start := s.pos
		m, payload, err := s.next()
		if err != nil {
			return Scan{}, err
		}
		if m == SOS {
			scan, err := s.parseScan(payload)
			if err != nil {
				return Scan{}, fmt.Errorf("scan header at byte %d: %w", start, err)
			}
			return scan, nil
		}
		if err := s.parse(m, payload); err != nil {
			return Scan{}, fmt.Errorf("segment %02X at byte %d: %w", m, start, err)
		}
	}
}

// next returns one marker and the contents of its segment.
func (s *Stream) next() (byte, []byte, error) {
	d := s.data
	if s.pos >= len(d) || d[s.pos] != 0xFF {
		return 0, nil, fmt.Errorf("%w: no marker at byte %d", codec.ErrCorrupt, s.pos)
	}
	for s.pos < len(d) && d[s.pos] == 0xFF {
		s.pos++
	}
	if s.pos >= len(d) {
		return 0, nil, fmt.Errorf("%w: stream ends at byte %d", codec.ErrCorrupt, s.pos)
	}
	m := d[s.pos]
	s.pos++
	switch {
	case m == EOI:
		return 0, nil, fmt.Errorf("%w: end of image before all components were coded", codec.ErrCorrupt)
	case m == 0 || m == SOI || m >= RST0 && m <= RST7:
		return 0, nil, fmt.Errorf("%w: marker %02X out of place at byte %d", codec.ErrCorrupt, m, s.pos-2)
	case m == TEM:
		return m, nil, nil
	}
	if s.pos+2 > len(d) {
		return 0, nil, fmt.Errorf("%w: stream ends in segment %02X", codec.ErrCorrupt, m)
	}
	n := int(binary.BigEndian.Uint16(d[s.pos:]))
	if n < 2 || s.pos+n > len(d) {
		return 0, nil, fmt.Errorf("%w: segment %02X of %d bytes at byte %d exceeds the stream", codec.ErrCorrupt, m, n, s.pos-2)
	}
	payload := d[s.pos+2 : s.pos+n]
	s.pos += n
	return m, payload, nil
}

func (s *Stream) parse(m byte, p []byte) error {
	switch {
	case m == DHT:
		return s.parseHuffman(p)
	case m == DQT:
		return s.parseQuant(p)
	case m == DRI:
		return s.parseRestart(p)
	case m == LSE:
		return s.parsePreset(p)
	case m == DAC, m == JPG, m == DNL:
		return fmt.Errorf("%w: marker %02X", codec.ErrUnsupported, m)
	case m >= SOF0 && m <= SOF15, m == SOF55:
		return s.parseFrame(m, p)
	case m == APP0 && len(p) >= 5 && string(p[:5]) == "JFIF\x00":
		s.JFIF = true
	case m == APP8 && len(p) >= 5 && string(p[:4]) == "mrfx":
		s.HPColor = int(p[4])
	case m == APP14 && len(p) >= 12 && string(p[:5]) == "Adobe":
		s.Adobe = int(p[11])
	}
	return nil
}
