package jpegll_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/vertefill/vertefill/internal/codec"
	"github.com/vertefill/vertefill/internal/codec/codectest"
	"github.com/vertefill/vertefill/internal/codec/jpegll"
)

func TestOracle(t *testing.T) {
	for _, p := range append(codectest.Gray(), codectest.RGB()...) {
		t.Run(p.String(), func(t *testing.T) {
			frame := codectest.Encode(t, p, "dcmcjpeg", "+e1")
			got, _ := codectest.MustDecode(t, jpegll.Decode, p, frame)
			codectest.Compare(t, p, got, p.Pix, 0)
		})
	}
}

func TestGDCM(t *testing.T) {
	for _, p := range append(codectest.Gray(), codectest.RGB()...) {
		t.Run(p.String(), func(t *testing.T) {
			frame := codectest.Encode(t, p, "gdcmconv", "--jpeg")
			got, _ := codectest.MustDecode(t, jpegll.Decode, p, frame)
			codectest.Compare(t, p, got, p.Pix, 0)
		})
	}
}

func TestOraclePredictors(t *testing.T) {
	for predictor := 1; predictor <= 7; predictor++ {
		for _, p := range []codectest.Picture{
			codectest.Noise(61, 40, 1, 16, false),
			codectest.Phantom(61, 41, 1, 12, true),
			codectest.Phantom(33, 20, 3, 8, false),
		} {
			t.Run(fmt.Sprint(predictor, p), func(t *testing.T) {
				frame := codectest.Encode(t, p, "dcmcjpeg", "+el", "+sv", codectest.Itoa(predictor))
				got, _ := codectest.MustDecode(t, jpegll.Decode, p, frame)
				codectest.Compare(t, p, got, p.Pix, 0)
			})
		}
	}
}

// scans lists ways to distribute three components.
var scans = [][][]int{{{0, 1, 2}}, {{0}, {1}, {2}}, {{0, 1}, {2}}, {{2}, {0, 1}}}

// TestOwnStreams decodes what dcmtk does not write, from an encoder that
// follows the standard sample by sample.
func TestOwnStreams(t *testing.T) {
	for predictor := 1; predictor <= 7; predictor++ {
		for _, rows := range []int{0, 1, 3, 9} {
			o := options{predictor: predictor, rows: rows, scans: [][]int{{0}}}
			for _, p := range []codectest.Picture{
				codectest.Noise(31, 29, 1, 16, false),
				codectest.Phantom(40, 33, 1, 12, false),
				codectest.Noise(1, 5, 1, 2, false),
				codectest.Noise(7, 12, 1, 9, false),
			} {
				check(t, p, encode(p, o))
			}
			p := codectest.Noise(17, 12, 3, 8, false)
			for _, o.scans = range scans {
				check(t, p, encode(p, o))
			}
		}
	}
}

// TestOwnStreamsAgainstOracle makes sure that encoder and decoder do not share
// an error.
func TestOwnStreamsAgainstOracle(t *testing.T) {
	for predictor := 1; predictor <= 7; predictor++ {
		p := codectest.Phantom(40, 33, 1, 12, false)
		frame := encode(p, options{predictor: predictor, rows: 3, scans: [][]int{{0}}})
		codectest.Compare(t, p, codectest.OracleDecode(t, p, frame, codectest.JPEGLL, "", "dcmdjpeg"), p.Pix, 0)
	}
	for _, s := range scans {
		p := codectest.Phantom(40, 33, 3, 8, false)
		frame := encode(p, options{predictor: 4, rows: 2, scans: s})
		codectest.Compare(t, p, codectest.OracleDecode(t, p, frame, codectest.JPEGLL, "", "dcmdjpeg"), p.Pix, 0)
	}
}

func TestPointTransform(t *testing.T) {
	p := codectest.Phantom(40, 33, 1, 12, false)
	for shift := range 12 {
		frame := encode(p, options{predictor: 6, shift: shift, scans: [][]int{{0}}})
		want := slices.Clone(p.Pix)
		for i := range want {
			want[i] = want[i] >> shift << shift
		}
		got, _ := codectest.MustDecode(t, jpegll.Decode, p, frame)
		codectest.Compare(t, p, got, want, 0)
	}
}

func TestSignExtendedSamples(t *testing.T) {
	p := codectest.Phantom(40, 33, 1, 12, true)
	frame := encode(p, options{predictor: 1, signExtend: true, scans: [][]int{{0}}})
	got, _ := codectest.MustDecode(t, jpegll.Decode, p, frame)
	for i, v := range got {
		if want := uint16(int16(p.Pix[i]<<4) >> 4); v != want {
			t.Fatalf("sample %d = %04X, want %04X in all 16 bits", i, v, want)
		}
	}
}

func check(t *testing.T, p codectest.Picture, frame []byte) {
	t.Helper()
	got, h := codectest.MustDecode(t, jpegll.Decode, p, frame)
	codectest.Compare(t, p, got, p.Pix, 0)
	if h.Bits != p.Bits {
		t.Errorf("%v: header says %d bits", p, h.Bits)
	}
}

func TestRefusals(t *testing.T) {
	p := codectest.Phantom(40, 33, 1, 12, false)
	good := encode(p, options{predictor: 1, rows: 3, scans: [][]int{{0}}})
	edit := func(marker byte, offset int, value byte) []byte {
		b := slices.Clone(good)
		b[bytes.Index(b, []byte{0xFF, marker})+offset] = value
		return b
	}
	tests := []struct {
		name string
		data []byte
		want error
	}{
		{"good", good, nil},
		{"other width", edit(0xC3, 8, 41), codec.ErrMismatch},
		{"more bits than announced", edit(0xC3, 4, 13), codec.ErrMismatch},
		{"two components", edit(0xC3, 9, 2), codec.ErrCorrupt},
		{"arithmetic coding", edit(0xC3, 1, 0xCB), codec.ErrUnsupported},
		{"DCT", edit(0xC3, 1, 0xC1), codec.ErrUnsupported},
		{"height given later", edit(0xC3, 6, 0), codec.ErrUnsupported},
		{"predictor 0", edit(0xDA, 7, 0), codec.ErrCorrupt},
		{"predictor 8", edit(0xDA, 7, 8), codec.ErrCorrupt},
		{"point transform of all bits", edit(0xDA, 9, 12), codec.ErrCorrupt},
		{"missing table", edit(0xDA, 6, 0x30), codec.ErrCorrupt},
		{"interval no multiple of the width", edit(0xDD, 5, 41), codec.ErrCorrupt},
		{"restart marker out of order", edit(0xD1, 1, 0xD2), codec.ErrCorrupt},
		{"restart marker lost", bytes.Replace(slices.Clone(good), []byte{0xFF, 0xD1}, nil, 1), codec.ErrCorrupt},
		{"data left over", bytes.Replace(slices.Clone(good), []byte{0xFF, 0xD9}, []byte{1, 2, 3, 0xFF, 0xD9}, 1), codec.ErrCorrupt},
		{"end marker lost", good[:len(good)-2], nil},
		{"fill bytes before a marker", bytes.Replace(slices.Clone(good), []byte{0xFF, 0xD1}, []byte{0xFF, 0xFF, 0xFF, 0xD1}, 1), nil},
	}
	for _, tt := range tests {
		want := p.Header()
		want.Bits = 12
		if _, err := jpegll.Decode(make([]uint16, len(p.Pix)), tt.data, want); !errors.Is(err, tt.want) {
			t.Errorf("%s: error = %v, want %v", tt.name, err, tt.want)
		}
	}
}

func TestTruncated(t *testing.T) {
	for _, rows := range []int{0, 3} {
		p := codectest.Phantom(40, 33, 1, 12, false)
		codectest.Truncations(t, jpegll.Decode, p, encode(p, options{predictor: 1, rows: rows, scans: [][]int{{0}}}), 1, 2)
		p = codectest.Phantom(20, 13, 3, 8, false)
		codectest.Truncations(t, jpegll.Decode, p, encode(p, options{predictor: 1, rows: rows, scans: scans[1]}), 1, 2)
	}
}

func decode(int) codectest.DecodeFunc { return jpegll.Decode }

func TestVectors(t *testing.T) {
	codectest.CheckVectors(t, decode, func() (v []codectest.Vector) {
		add := func(p codectest.Picture, predictor int) {
			v = append(v, codectest.Vector{
				File:    fmt.Sprintf("%v-sv%d.jpg", p, predictor),
				Picture: p,
				Frame:   codectest.Encode(t, p, "dcmcjpeg", "+el", "+sv", codectest.Itoa(predictor)),
			})
		}
		for predictor := 1; predictor <= 7; predictor++ {
			add(codectest.Phantom(33, 21, 1, 12, true), predictor)
		}
		add(codectest.Noise(17, 13, 1, 16, false), 1)
		add(codectest.Phantom(23, 19, 3, 8, false), 1)
		return v
	})
}

func FuzzDecode(f *testing.F) {
	p := codectest.Phantom(20, 13, 3, 8, false)
	codectest.Fuzz(f, jpegll.ReadHeader, jpegll.Decode,
		encode(p, options{predictor: 7, rows: 2, scans: scans[0]}),
		encode(p, options{predictor: 5, rows: 3, shift: 1, scans: scans[3]}))
}

func TestMemory(t *testing.T) {
	p := codectest.Phantom(256, 256, 1, 12, false)
	codectest.CheckMemory(t, jpegll.Decode, p, encode(p, options{predictor: 1, scans: [][]int{{0}}}))
}

func TestRealSlice(t *testing.T) {
	p := codectest.RealPixels(t)
	for _, syntax := range []string{"_JPEGProcess14SV1TransferSyntax_1.2.840.10008.1.2.4.70.dcm", "_JPEGProcess14TransferSyntax_1.2.840.10008.1.2.4.57.dcm"} {
		frame := codectest.Frame(t, codectest.RealSlice(t, syntax))
		got, _ := codectest.MustDecode(t, jpegll.Decode, p, frame)
		codectest.Compare(t, p, got, p.Pix, 0)
	}
}

func BenchmarkDecode(b *testing.B) {
	for _, p := range []codectest.Picture{codectest.RealPixels(b), codectest.Phantom(512, 512, 1, 16, true), codectest.Noise(512, 512, 1, 16, true)} {
		b.Run(p.Name, func(b *testing.B) {
			frame := codectest.Encode(b, p, "dcmcjpeg", "+e1")
			dst := make([]uint16, len(p.Pix))
			b.SetBytes(int64(2 * len(dst)))
			for b.Loop() {
				if _, err := jpegll.Decode(dst, frame, p.Header()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
