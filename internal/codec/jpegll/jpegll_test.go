package jpegll_test

import (
	"fmt"
	"testing"

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
