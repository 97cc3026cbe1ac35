package rle_test

import (
	"errors"
	"testing"

	"github.com/vertefill/vertefill/internal/codec"
	"github.com/vertefill/vertefill/internal/codec/codectest"
	"github.com/vertefill/vertefill/internal/codec/rle"
)

// decode gives RLE the shape of the other decoders: 8 or 16 bits allocated.
func decode(bits int) codectest.DecodeFunc {
	return func(dst []uint16, data []byte, want codec.Header) (codec.Header, error) {
		want.Bits = bits
		return rle.Decode(dst, data, want)
	}
}

func TestOracle(t *testing.T) {
	for _, p := range append(codectest.Gray(), codectest.RGB()...) {
		t.Run(p.String(), func(t *testing.T) {
			frame := codectest.Encode(t, p, "dcmcrle")
			got, _ := codectest.MustDecode(t, decode(p.Bits), p, frame)
			codectest.Compare(t, p, got, p.Pix, 0)
		})
	}
}

func TestVectors(t *testing.T) {
	codectest.CheckVectors(t, decode, func() (v []codectest.Vector) {
		for _, p := range []codectest.Picture{
			codectest.Phantom(47, 33, 1, 8, false),
			codectest.Phantom(47, 33, 1, 12, false),
			codectest.Steps(47, 33, 1, 16, true),
			codectest.Phantom(31, 15, 3, 8, false),
		} {
			v = append(v, codectest.Vector{File: p.String() + ".rle", Picture: p, Frame: codectest.Encode(t, p, "dcmcrle")})
		}
		return v
	})
}

func TestTruncated(t *testing.T) {
	for _, v := range codectest.LoadVectors(t) {
		codectest.Truncations(t, decode(v.Bits), v.Picture, v.Frame, 1, 1)
	}
}

func TestGDCM(t *testing.T) {
	for _, p := range append(codectest.Gray(), codectest.RGB()...) {
		if len(p.Pix)*((p.Bits+7)/8)%2 == 1 {
			continue // GDCM 3.0.21 aborts on an odd number of bytes
		}
		t.Run(p.String(), func(t *testing.T) {
			frame := codectest.Encode(t, p, "gdcmconv", "--rle")
			got, _ := codectest.MustDecode(t, decode(p.Bits), p, frame)
			codectest.Compare(t, p, got, p.Pix, 0)
		})
	}
}

func TestRealSlice(t *testing.T) {
	frame := codectest.Frame(t, codectest.RealSlice(t, "_RLELosslessTransferSyntax_1.2.840.10008.1.2.5.dcm"))
	p := codectest.RealPixels(t)
	got, _ := codectest.MustDecode(t, decode(16), p, frame)
	codectest.Compare(t, p, got, p.Pix, 0)
}

// segments builds a stream from its byte planes.
func segments(planes ...[]byte) []byte {
	b := make([]byte, 64)
	b[0] = byte(len(planes))
	for i, p := range planes {
		b[4+4*i], b[5+4*i] = byte(len(b)), byte(len(b)>>8)
		b = append(b, p...)
	}
	return b
}

func TestByteOrderOfPlanes(t *testing.T) {
	// Two pixels of 32 bits, most significant byte first (PS3.5 G.2).
	data := segments([]byte{1, 0x11, 0xAA}, []byte{1, 0x22, 0xBB}, []byte{1, 0x33, 0xCC}, []byte{1, 0x44, 0xDD})
	wide := []uint32{^uint32(0), ^uint32(0)}
	want := codec.Header{Width: 2, Height: 1, Components: 1, Bits: 32}
	if _, err := rle.Decode(wide, data, want); err != nil {
		t.Fatal(err)
	}
	if wide[0] != 0x11223344 || wide[1] != 0xAABBCCDD {
		t.Errorf("got %08X, want 11223344 AABBCCDD", wide)
	}

	// Two pixels of three components of 16 bits: R high, R low, G high, ...
	data = segments([]byte{1, 1, 7}, []byte{1, 2, 8}, []byte{1, 3, 9}, []byte{1, 4, 10}, []byte{1, 5, 11}, []byte{1, 6, 12})
	color := make([]uint16, 6)
	if _, err := rle.Decode(color, data, codec.Header{Width: 2, Height: 1, Components: 3, Bits: 16}); err != nil {
		t.Fatal(err)
	}
	for i, w := range []uint16{0x0102, 0x0304, 0x0506, 0x0708, 0x090A, 0x0B0C} {
		if color[i] != w {
			t.Errorf("sample %d = %04X, want %04X", i, color[i], w)
		}
	}
}

func TestPackets(t *testing.T) {
	const pixels = 5
	tests := []struct {
		name    string
		segment []byte
		want    error
	}{
		{"literal", []byte{4, 1, 1, 1, 1, 1}, nil},
		{"run", []byte{0xFC, 1}, nil},
		{"no operation", []byte{0x80, 0xFC, 1, 0x80}, nil},
		{"pad byte packed in a run", []byte{0xFB, 1}, nil},
		{"pad byte packed in a literal", []byte{5, 1, 1, 1, 1, 1, 0}, nil},
		{"even padding", []byte{0xFC, 1, 0, 0}, nil},
		{"run too long", []byte{0xFA, 1}, codec.ErrCorrupt},
		{"literal too long", []byte{6, 1, 1, 1, 1, 1, 1, 1}, codec.ErrCorrupt},
		{"too short", []byte{0xFD, 1}, codec.ErrCorrupt},
		{"literal cut", []byte{4, 1, 1, 1, 1}, codec.ErrCorrupt},
		{"run cut", []byte{0xFC}, codec.ErrCorrupt},
		{"data left over", []byte{0xFC, 1, 0xFC, 1}, codec.ErrCorrupt},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dst := make([]uint16, pixels)
			_, err := rle.Decode(dst, segments(tt.segment), codec.Header{Width: pixels, Height: 1, Components: 1, Bits: 8})
			if !errors.Is(err, tt.want) {
				t.Fatalf("error = %v, want %v", err, tt.want)
			}
			for i, v := range dst {
				if err == nil && v != 1 {
					t.Errorf("sample %d = %d, want 1", i, v)
				}
			}
			// The strided path must agree.
			rgb := make([]uint16, 3*pixels)
			_, err = rle.Decode(rgb, segments(tt.segment, tt.segment, tt.segment), codec.Header{Width: pixels, Height: 1, Components: 3, Bits: 8})
			if !errors.Is(err, tt.want) {
				t.Errorf("three components: error = %v, want %v", err, tt.want)
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	data := segments([]byte{0xFF, 1})
	ok := codec.Header{Width: 2, Height: 1, Components: 1, Bits: 8}
	swapped := segments([]byte{0xFF, 1}, []byte{0xFF, 1})
	swapped[4], swapped[8] = swapped[8], swapped[4]
	tests := []struct {
		name string
		dst  int
		data []byte
		h    codec.Header
		want error
	}{
		{"fits", 2, data, ok, nil},
		{"buffer too small", 1, data, ok, codec.ErrMismatch},
		{"no pixels", 0, data, codec.Header{Bits: 8}, codec.ErrMismatch},
		{"more segments expected", 2, data, codec.Header{Width: 2, Height: 1, Components: 1, Bits: 16}, codec.ErrMismatch},
		{"24 bits", 2, data, codec.Header{Width: 2, Height: 1, Components: 1, Bits: 24}, codec.ErrUnsupported},
		{"32 bits do not fit uint16", 2, data, codec.Header{Width: 2, Height: 1, Components: 1, Bits: 32}, codec.ErrUnsupported},
		{"segments out of order", 2, swapped, codec.Header{Width: 2, Height: 1, Components: 1, Bits: 16}, codec.ErrCorrupt},
		{"header cut", 2, data[:63], ok, codec.ErrCorrupt},
		{"empty", 2, nil, ok, codec.ErrCorrupt},
	}
	for _, tt := range tests {
		if _, err := rle.Decode(make([]uint16, tt.dst), tt.data, tt.h); !errors.Is(err, tt.want) {
			t.Errorf("%s: error = %v, want %v", tt.name, err, tt.want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(segments([]byte{0xFC, 1}), uint8(5), uint8(1), uint8(8))
	f.Add(segments([]byte{1, 1, 7}, []byte{1, 2, 8}), uint8(2), uint8(1), uint8(16))
	f.Add(segments([]byte{1, 1, 7}, []byte{1, 2, 8}, []byte{0x80, 0xFF, 0}), uint8(2), uint8(3), uint8(8))
	f.Fuzz(func(t *testing.T, data []byte, width, comps, bits uint8) {
		h := codec.Header{Width: int(width), Height: 3, Components: int(comps) % 5, Bits: int(bits) % 40}
		a, b := make([]uint16, h.Samples()), make([]uint16, h.Samples())
		for i := range b {
			b[i] = 0xFFFF
		}
		_, errA := rle.Decode(a, data, h)
		_, errB := rle.Decode(b, data, h)
		if (errA == nil) != (errB == nil) {
			t.Fatalf("the same data gives %v, then %v", errA, errB)
		}
		for i := range a {
			if errA == nil && a[i] != b[i] {
				t.Fatalf("sample %d depends on what the buffer held before", i)
			}
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	for _, p := range []codectest.Picture{codectest.RealPixels(b), codectest.Phantom(512, 512, 1, 16, true)} {
		b.Run(p.Name, func(b *testing.B) {
			frame := codectest.Encode(b, p, "dcmcrle")
			dst := make([]uint16, len(p.Pix))
			b.SetBytes(int64(2 * len(dst)))
			for b.Loop() {
				if _, err := decode(16)(dst, frame, p.Header()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
