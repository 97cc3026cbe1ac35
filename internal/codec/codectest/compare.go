package codectest

import (
	"testing"

	"github.com/vertefill/vertefill/internal/codec"
)

// DecodeFunc is the signature all decoders share.
type DecodeFunc func(dst []uint16, data []byte, want codec.Header) (codec.Header, error)

// MustDecode decodes a frame of p's format into a buffer that is dirty, as a
// reused one would be.
func MustDecode(t testing.TB, decode DecodeFunc, p Picture, frame []byte) ([]uint16, codec.Header) {
	t.Helper()
	dst := make([]uint16, len(p.Pix))
	for i := range dst {
		dst[i] = 0xA5A5
	}
	h, err := decode(dst, frame, p.Header())
	if err != nil {
		t.Fatalf("%v: %v", p, err)
	}
	return dst, h
}

// Compare fails the test if two pictures differ by more than tolerance in any
// sample, looking at the stored bits of p only.
func Compare(t testing.TB, p Picture, got, want []uint16, tolerance int) {
	t.Helper()
	worst, at, count := 0, 0, 0
	for i := range want {
		g, w := p.value(got[i]), p.value(want[i])
		if d := max(g-w, w-g); d > tolerance {
			count++
			if d > worst {
				worst, at = d, i
			}
		}
	}
	if count > 0 {
		pixel := at / p.Components
		t.Fatalf("%v: %d of %d samples off by more than %d, worst at x %d y %d component %d: got %d, want %d",
			p, count, len(want), tolerance, pixel%p.Width, pixel/p.Width, at%p.Components, p.value(got[at]), p.value(want[at]))
	}
}

func (p Picture) value(v uint16) int {
	v &= p.Mask()
	if p.Signed && v>>(p.Bits-1) != 0 {
		return int(v) - 1<<p.Bits
	}
	return int(v)
}

// Truncations cuts the frame at every step bytes and checks that no cut within
// the coded data is decoded in silence. tail is how many bytes at the end hold
// no pixel (end marker and padding).
func Truncations(t testing.TB, decode DecodeFunc, p Picture, frame []byte, step, tail int) {
	t.Helper()
	dst := make([]uint16, len(p.Pix))
	for n := 0; n < len(frame)-tail; n += step {
		if _, err := decode(dst, frame[:n], p.Header()); err == nil {
			t.Errorf("%v: %d of %d bytes decoded without an error", p, n, len(frame))
		}
	}
}
