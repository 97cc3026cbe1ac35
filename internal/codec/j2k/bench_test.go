package j2k_test

import (
	"testing"

	"github.com/vertefill/vertefill/internal/codec/j2k"
)

// One thread, bytes of decoded pixels, on a picture like a CT slice.
func BenchmarkDecode(b *testing.B) {
	p := newPicture("ct", 512, 512, 1, 16, true)
	b.Run("J2K lossless", func(b *testing.B) { benchmark(b, p, encode(b, p)) })
	b.Run("J2K lossy", func(b *testing.B) { benchmark(b, p, encode(b, p, "-I", "-r", "10")) })
	b.Run("HTJ2K lossless", func(b *testing.B) { benchmark(b, p, encodeHT(b, p, "-reversible", "true")) })
}

func benchmark(b *testing.B, p picture, data []byte) {
	var d j2k.Decoder
	dst := make([]uint16, len(p.samples))
	b.SetBytes(int64(2 * len(dst)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := d.Decode(dst, data, p.header()); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(data)), "coded-bytes")
}
