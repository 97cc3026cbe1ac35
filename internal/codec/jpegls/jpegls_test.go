package jpegls_test

import (
	"fmt"
	"testing"

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
