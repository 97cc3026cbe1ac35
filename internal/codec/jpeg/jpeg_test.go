package jpeg_test

import (
	"bytes"
	"errors"
	"path/filepath"
	"testing"

	"github.com/vertefill/vertefill/internal/codec"
	"github.com/vertefill/vertefill/internal/codec/codectest"
	"github.com/vertefill/vertefill/internal/codec/jpeg"
)

// pictures are what lossy coding is meant for, with odd sizes.
func pictures(comps, bits int, signed bool) []codectest.Picture {
	return []codectest.Picture{
		codectest.Smooth(271, 333, comps, bits, signed),
		codectest.Phantom(127, 90, comps, bits, signed),
		codectest.Noise(65, 33, comps, bits, signed),
		codectest.Steps(17, 9, comps, bits, signed),
		codectest.Phantom(1, 1, comps, bits, signed),
	}
}

func TestOracleGray(t *testing.T) {
	for _, tt := range []struct {
		bits   int
		syntax string
		args   []string
	}{
		{8, codectest.JPEG8, []string{"+eb"}},
		{8, codectest.JPEG12, []string{"+ee"}},
		{12, codectest.JPEG12, []string{"+ee"}},
	} {
		for _, p := range pictures(1, tt.bits, false) {
			for _, quality := range []string{"30", "90", "100"} {
				t.Run(p.String()+tt.args[0]+quality, func(t *testing.T) {
					frame := codectest.Encode(t, p, "dcmcjpeg", append(tt.args, "+q", quality)...)
					got, h := codectest.MustDecode(t, jpeg.Decode, p, frame)
					if h.Bits != p.Bits {
						t.Fatalf("precision %d, want %d", h.Bits, p.Bits)
					}
					want := codectest.OracleDecode(t, p, frame, tt.syntax, "", "dcmdjpeg")
					codectest.Compare(t, p, got, want, 1)
				})
			}
		}
	}
}

func TestOracleColor(t *testing.T) {
	for _, mode := range [][]string{{"+cy", "+s4"}, {"+cy", "+s2"}, {"+cy", "+np"}, {"+cr"}} {
		for _, p := range pictures(3, 8, false) {
			t.Run(mode[len(mode)-1]+p.String(), func(t *testing.T) {
				frame := codectest.Encode(t, p, "dcmcjpeg", append(mode, "+eb")...)
				got, _ := codectest.MustDecode(t, jpeg.Decode, p, frame)
				photometric := "YBR_FULL_422"
				if mode[0] == "+cr" {
					photometric = "RGB"
				}
				want := codectest.OracleDecode(t, p, frame, codectest.JPEG8, photometric, "dcmdjpeg", "+cn")
				codectest.Compare(t, p, got, want, 1)
			})
		}
	}
}

func TestRealSlices(t *testing.T) {
	for _, tt := range []struct {
		suffix, syntax string
		bits           int
	}{
		{"_JPEGProcess1TransferSyntax_1.2.840.10008.1.2.4.50.dcm", codectest.JPEG8, 8},
		{"_JPEGProcess2_4TransferSyntax_1.2.840.10008.1.2.4.51.dcm", codectest.JPEG12, 12},
	} {
		p := codectest.RealPixels(t)
		p.Bits, p.Signed = tt.bits, false
		frame := codectest.Frame(t, codectest.RealSlice(t, tt.suffix))
		got, _ := codectest.MustDecode(t, jpeg.Decode, p, frame)
		codectest.Compare(t, p, got, codectest.OracleDecode(t, p, frame, tt.syntax, "", "dcmdjpeg"), 1)
	}
}

// TestFragmentedFrames decodes two 12-bit frames spread over eleven fragments.
// Frame joins all of them, so the second image follows the first.
func TestFragmentedFrames(t *testing.T) {
	path := filepath.Join(filepath.Dir(codectest.RealSlice(t, "")), "CT0012.fragmented_no_bot_jpeg_baseline.51.dcm")
	all := codectest.Frame(t, path)
	p := codectest.RealPixels(t)
	p.Bits, p.Signed = 12, false
	for frame := range 2 {
		start := bytes.Index(all, []byte{0xFF, 0xD8, 0xFF})
		if start < 0 {
			t.Fatalf("frame %d: no start of image", frame)
		}
		all = all[start:]
		got, _ := codectest.MustDecode(t, jpeg.Decode, p, all)
		end := bytes.Index(all, []byte{0xFF, 0xD9}) + 2
		want := codectest.OracleDecode(t, p, all[:end], codectest.JPEG12, "", "dcmdjpeg")
		codectest.Compare(t, p, got, want, 1)
		all = all[end:]
	}
}

// TestRetiredProcesses: spectral selection and progressive streams are refused
// by name, not decoded to something.
func TestRetiredProcesses(t *testing.T) {
	for _, suffix := range []string{
		"_JPEGProcess6_8TransferSyntax_1.2.840.10008.1.2.4.53.dcm",
		"_JPEGProcess10_12TransferSyntax_1.2.840.10008.1.2.4.55.dcm",
	} {
		frame := codectest.Frame(t, codectest.RealSlice(t, suffix))
		if _, err := jpeg.ReadHeader(frame); !errors.Is(err, codec.ErrUnsupported) {
			t.Errorf("%s: error = %v, want %v", suffix, err, codec.ErrUnsupported)
		}
	}
}

func BenchmarkDecode(b *testing.B) {
	for _, p := range []codectest.Picture{codectest.Phantom(512, 512, 1, 8, false), codectest.Phantom(512, 512, 1, 12, false), codectest.Phantom(512, 512, 3, 8, false)} {
		b.Run(p.String(), func(b *testing.B) {
			frame := codectest.Encode(b, p, "dcmcjpeg", "+ee")
			dst := make([]uint16, len(p.Pix))
			b.SetBytes(int64(len(dst) * ((p.Bits + 7) / 8)))
			for b.Loop() {
				if _, err := jpeg.Decode(dst, frame, p.Header()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
