package jpegls_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/vertefill/vertefill/internal/codec"
	"github.com/vertefill/vertefill/internal/codec/codectest"
	"github.com/vertefill/vertefill/internal/codec/jpegls"
)

func TestOracle(t *testing.T) {
	for _, p := range append(codectest.Gray(), codectest.RGB()...) {
		t.Run(p.String(), func(t *testing.T) {
			frame := codectest.Encode(t, p, "dcmcjpls", "+el")
			got, h := codectest.MustDecode(t, jpegls.Decode, p, frame)
			codectest.Compare(t, p, got, p.Pix, 0)
			if h.Near != 0 {
				t.Errorf("Near = %d for a lossless stream", h.Near)
			}
		})
	}
}

func TestGDCM(t *testing.T) {
	for _, p := range append(codectest.Gray(), codectest.RGB()...) {
		if len(p.Pix) < 16 {
			continue // GDCM 3.0.21 cannot encode a picture this small
		}
		t.Run(p.String(), func(t *testing.T) {
			frame := codectest.Encode(t, p, "gdcmconv", "--jpegls")
			got, _ := codectest.MustDecode(t, jpegls.Decode, p, frame)
			codectest.Compare(t, p, got, p.Pix, 0)
		})
	}
}

func TestOracleInterleave(t *testing.T) {
	for _, mode := range []string{"+il", "+is", "+in"} {
		for _, p := range codectest.RGB() {
			t.Run(mode+p.String(), func(t *testing.T) {
				for near := range 4 {
					args := []string{"+el", mode}
					if near > 0 {
						args = []string{"+en", mode, "+md", codectest.Itoa(near)}
					}
					frame := codectest.Encode(t, p, "dcmcjpls", args...)
					got, h := codectest.MustDecode(t, jpegls.Decode, p, frame)
					codectest.Compare(t, p, got, p.Pix, near)
					oracle := codectest.OracleDecode(t, p, frame, codectest.JPEGLS, "", "dcmdjpls")
					codectest.Compare(t, p, got, oracle, 0)
					if h.Near != near {
						t.Errorf("Near = %d, want %d", h.Near, near)
					}
				}
			})
		}
	}
}

func TestOracleNear(t *testing.T) {
	for near := 1; near <= 5; near++ {
		for _, p := range []codectest.Picture{
			codectest.Noise(61, 40, 1, 16, false),
			codectest.Smooth(61, 40, 1, 16, false),
			codectest.Phantom(271, 133, 1, 12, false),
			codectest.Phantom(271, 133, 1, 16, false),
			codectest.Steps(133, 20, 1, 8, false),
		} {
			t.Run(fmt.Sprint(near, p), func(t *testing.T) {
				frame := codectest.Encode(t, p, "dcmcjpls", "+en", "+md", codectest.Itoa(near))
				got, _ := codectest.MustDecode(t, jpegls.Decode, p, frame)
				oracle := codectest.OracleDecode(t, p, frame, codectest.JPEGLS, "", "dcmdjpls")
				codectest.Compare(t, p, got, oracle, 0)
			})
		}
	}
}

// limited returns p with values folded into 0..maxVal.
func limited(p codectest.Picture, maxVal int) codectest.Picture {
	if maxVal > 0 {
		for i, v := range p.Pix {
			p.Pix[i] = uint16(int(v) % (maxVal + 1))
		}
	}
	return p
}

// TestOwnStreams decodes what dcmtk does not write: presets, few bits, restart
// intervals. The encoder follows the code segments of the standard. The CharLS
// of dcmtk 3.6.7 confirms what it can read: from 8 bits on (its thresholds for
// less are not those of T.87), MAXVAL as large as the precision allows, presets
// without zeros.
func TestOwnStreams(t *testing.T) {
	for _, tt := range []struct {
		bits int
		o    options
	}{
		{2, options{}},
		{3, options{}},
		{7, options{}},
		{12, options{}},
		{16, options{}},
		{16, options{maxVal: 4095}},
		{12, options{maxVal: 2500}},
		{10, options{maxVal: 1000, near: 3}},
		{16, options{maxVal: 40000, near: 2}},
		{8, options{maxVal: 100}},
		{12, options{maxVal: 4095, t1: 5, t2: 9, t3: 700, reset: 31}},
		{16, options{maxVal: 65535, t1: 1, t2: 1, t3: 1, reset: 3}},
		{16, options{maxVal: 65535, t1: 18, t2: 67, t3: 276, reset: 1000}},
		{12, options{t3: 700}},
		{8, options{near: 100}},
		{16, options{near: 255}},
	} {
		for _, rows := range []int{0, 1, 4, 10} {
			o := tt.o
			o.rows = rows
			for _, make := range []func(w, h, comps, bits int, signed bool) codectest.Picture{
				codectest.Noise, codectest.Smooth, codectest.Phantom, codectest.Steps,
			} {
				p := limited(make(83, 31, 1, tt.bits, false), o.maxVal)
				frame := encode(p, o)
				got, h := codectest.MustDecode(t, jpegls.Decode, p, frame)
				codectest.Compare(t, p, got, p.Pix, o.near)
				if h.Near != o.near {
					t.Errorf("Near = %d, want %d", h.Near, o.near)
				}
			}
		}
		plain := options{near: tt.o.near}
		if tt.bits < 8 || tt.o != plain && (tt.o.maxVal != 1<<tt.bits-1 || tt.o.t1 == 0) {
			continue
		}
		p := codectest.Phantom(83, 31, 1, tt.bits, false)
		frame := encode(p, tt.o)
		t.Run(fmt.Sprint("oracle", tt), func(t *testing.T) {
			got, _ := codectest.MustDecode(t, jpegls.Decode, p, frame)
			codectest.Compare(t, p, got, codectest.OracleDecode(t, p, frame, codectest.JPEGLS, "", "dcmdjpls"), 0)
		})
	}
}

// TestMaxVal: 12 bits, and 16 bits limited to 4095, are the same code.
func TestMaxVal(t *testing.T) {
	p := codectest.Phantom(83, 31, 1, 12, false)
	frame := codectest.Segment(0xF8, 1, 0x0F, 0xFF, 0, 0, 0, 0, 0, 0, 0, 0)
	frame = append([]byte{0xFF, 0xD8}, append(frame, encode(p, options{})[2:]...)...)
	frame[bytes.Index(frame, []byte{0xFF, 0xF7})+4] = 16
	got, h := codectest.MustDecode(t, jpegls.Decode, p, frame)
	codectest.Compare(t, p, got, p.Pix, 0)
	if h.Bits != 16 {
		t.Errorf("Bits = %d, want 16", h.Bits)
	}
}

// TestOwnEncoder compares the coded bytes with those of CharLS.
func TestOwnEncoder(t *testing.T) {
	p := codectest.Phantom(83, 31, 1, 16, false)
	codedData := func(frame []byte) []byte {
		frame = frame[bytes.Index(frame, []byte{0xFF, 0xDA})+10:]
		return frame[:bytes.LastIndex(frame, []byte{0xFF, 0xD9})]
	}
	got, want := codedData(encode(p, options{})), codedData(codectest.Encode(t, p, "dcmcjpls", "+el"))
	if !bytes.Equal(got, bytes.TrimRight(want, "\xff")) { // CharLS pads with fill bytes
		t.Errorf("%d coded bytes, CharLS has %d others", len(got), len(want))
	}
}

func TestRefusals(t *testing.T) {
	p := codectest.Phantom(40, 33, 1, 12, false)
	good := encode(p, options{maxVal: 4095, rows: 3})
	edit := func(marker byte, offset int, value byte) []byte {
		b := slices.Clone(good)
		b[bytes.Index(b, []byte{0xFF, marker})+offset] = value
		return b
	}
	hp := append([]byte{0xFF, 0xD8}, codectest.Segment(0xE8, 'm', 'r', 'f', 'x', 1)...)
	tests := []struct {
		name string
		data []byte
		want error
	}{
		{"good", good, nil},
		{"other width", edit(0xF7, 8, 41), codec.ErrMismatch},
		{"more bits than announced", edit(0xF7, 4, 13), codec.ErrMismatch},
		{"17 bits", edit(0xF7, 4, 17), codec.ErrCorrupt},
		{"MAXVAL beyond the precision", edit(0xF7, 4, 11), codec.ErrCorrupt},
		{"thresholds in disorder", edit(0xF8, 8, 255), codec.ErrCorrupt},
		{"mapping table", edit(0xF8, 4, 2), codec.ErrUnsupported},
		{"mapping table used", edit(0xDA, 6, 1), codec.ErrUnsupported},
		{"interleave mode 3", edit(0xDA, 8, 3), codec.ErrCorrupt},
		{"point transform", edit(0xDA, 9, 1), codec.ErrUnsupported},
		{"other process", edit(0xF7, 1, 0xC3), codec.ErrUnsupported},
		{"HP colour transform", append(hp, good[2:]...), codec.ErrUnsupported},
		{"restart marker out of order", edit(0xD1, 1, 0xD2), codec.ErrCorrupt},
		{"data left over", bytes.Replace(slices.Clone(good), []byte{0xFF, 0xD9}, []byte{1, 2, 3, 0xFF, 0xD9}, 1), codec.ErrCorrupt},
		{"fill bytes before the end", bytes.Replace(slices.Clone(good), []byte{0xFF, 0xD9}, []byte{0xFF, 0xFF, 0xD9}, 1), nil},
	}
	for _, tt := range tests {
		want := p.Header()
		want.Bits = 12
		if _, err := jpegls.Decode(make([]uint16, len(p.Pix)), tt.data, want); !errors.Is(err, tt.want) {
			t.Errorf("%s: error = %v, want %v", tt.name, err, tt.want)
		}
	}
}

func TestTruncated(t *testing.T) {
	for _, rows := range []int{0, 3} {
		p := codectest.Phantom(40, 33, 1, 12, false)
		codectest.Truncations(t, jpegls.Decode, p, encode(p, options{rows: rows}), 1, 2)
		p = codectest.Noise(40, 33, 1, 16, false)
		codectest.Truncations(t, jpegls.Decode, p, encode(p, options{rows: rows}), 1, 2)
	}
}

func decode(int) codectest.DecodeFunc { return jpegls.Decode }

func TestVectors(t *testing.T) {
	codectest.CheckVectors(t, decode, func() (v []codectest.Vector) {
		add := func(p codectest.Picture, args ...string) {
			v = append(v, codectest.Vector{
				File:    p.String() + strings.ReplaceAll(strings.Join(args, ""), "+", "-") + ".jls",
				Picture: p,
				Frame:   codectest.Encode(t, p, "dcmcjpls", args...),
			})
		}
		add(codectest.Phantom(33, 21, 1, 12, true), "+el")
		add(codectest.Noise(17, 13, 1, 16, false), "+el")
		add(codectest.Steps(41, 13, 1, 8, false), "+el")
		for _, mode := range []string{"+il", "+is", "+in"} {
			add(codectest.Phantom(23, 19, 3, 8, false), "+el", mode)
		}
		for near := 1; near <= 3; near++ {
			add(codectest.Phantom(33, 21, 1, 12, false), "+en", "+md", codectest.Itoa(near))
		}
		return v
	})
}

func FuzzDecode(f *testing.F) {
	p := codectest.Steps(40, 13, 1, 8, false)
	codectest.Fuzz(f, jpegls.ReadHeader, jpegls.Decode,
		encode(p, options{rows: 2, near: 3}),
		encode(limited(p, 99), options{rows: 3, maxVal: 99, t1: 2, reset: 5}))
}

func TestMemory(t *testing.T) {
	p := codectest.Phantom(256, 256, 1, 16, false)
	codectest.CheckMemory(t, jpegls.Decode, p, encode(p, options{}))
}

func TestRealSlice(t *testing.T) {
	p := codectest.RealPixels(t)
	for _, suffix := range []string{
		"_JPEGLSLosslessTransferSyntax_1.2.840.10008.1.2.4.80.dcm",
		"_JPEGLSLossyTransferSyntax_1.2.840.10008.1.2.4.81.dcm",
	} {
		frame := codectest.Frame(t, codectest.RealSlice(t, suffix))
		got, h := codectest.MustDecode(t, jpegls.Decode, p, frame)
		codectest.Compare(t, p, got, p.Pix, h.Near)
		t.Log(suffix, h)
	}
}

func BenchmarkDecode(b *testing.B) {
	for _, p := range []codectest.Picture{codectest.RealPixels(b), codectest.Phantom(512, 512, 1, 16, true), codectest.Phantom(512, 512, 1, 12, false), codectest.Noise(512, 512, 1, 16, true)} {
		b.Run(p.String(), func(b *testing.B) {
			frame := codectest.Encode(b, p, "dcmcjpls", "+el")
			dst := make([]uint16, len(p.Pix))
			b.SetBytes(int64(2 * len(dst)))
			for b.Loop() {
				if _, err := jpegls.Decode(dst, frame, p.Header()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
