package jpegls

import (
	"encoding/binary"
	"fmt"
	"math/bits"

	"github.com/vertefill/vertefill/internal/codec"
	"github.com/vertefill/vertefill/internal/codec/marker"
)

// reader reads the bit stream of T.87 A.1: after a byte 0xFF one zero bit is
// stuffed, so the next byte holds seven. acc holds the next bits left-aligned,
// n counts them. Past the end, zero bits are served and counted in pad; the
// caller asks overrun once a line.
type reader struct {
	acc  uint64
	n    int
	data []byte
	pos  int
	ff   bool // the byte before pos was 0xFF
	pad  int
}

// fill tops the reservoir up to at least 56 bits.
func (r *reader) fill() {
	if !r.ff && r.pos+8 <= len(r.data) {
		w := binary.BigEndian.Uint64(r.data[r.pos:])
		// No byte of w is 0xFF: load as many whole bytes as fit. Bits below n
		// are the true next bits too, so or-ing them again later is harmless.
		if (^w-0x0101010101010101)&w&0x8080808080808080 == 0 {
			k := (63 - r.n) >> 3
			r.acc |= w >> (uint(r.n) & 63)
			r.pos += k
			r.n += 8 * k
			return
		}
	}
	r.fillSlow()
}

func (r *reader) fillSlow() {
	for r.n <= 56 {
		if r.pos >= len(r.data) || r.atMarker() {
			r.pad += 64 - r.n
			r.n = 64
			return
		}
		b := r.data[r.pos]
		r.pos++
		if r.ff {
			r.acc |= uint64(b) << 1 << (56 - r.n)
			r.n += 7
		} else {
			r.acc |= uint64(b) << (56 - r.n)
			r.n += 8
		}
		r.ff = b == 0xFF
	}
}

// atMarker reports whether coded data ends at pos: 0xFF followed by a byte
// without the stuffed zero bit, or by nothing.
func (r *reader) atMarker() bool {
	return r.data[r.pos] == 0xFF && (r.pos+1 >= len(r.data) || r.data[r.pos+1] >= 0x80)
}

// take returns the next count bits, at most 32.
func (r *reader) take(count int) uint64 {
	if r.n < count {
		r.fill()
	}
	v := r.acc >> 1 >> (63 - count)
	r.acc <<= count
	r.n -= count
	return v
}

// zeros reads a unary number: zeros up to a one, which is consumed. More than
// most zeros are not read.
func (r *reader) zeros(most int) (int, bool) {
	for count := 0; ; {
		z := bits.LeadingZeros64(r.acc)
		if z < r.n {
			count += z
			r.acc = r.acc << z << 1
			r.n -= z + 1
			return count, count <= most
		}
		count += r.n
		r.acc, r.n = 0, 0
		if count > most {
			return count, false
		}
		r.fill()
	}
}

func (r *reader) overrun() bool { return r.n < r.pad }

// end closes an interval and returns where the coded data ends: no bit too
// many may have been read, and nothing but padding may be left. One surplus
// byte is tolerated for encoders that flush one too many.
func (r *reader) end() (int, error) {
	if r.overrun() {
		return 0, fmt.Errorf("%w: coded data ends early", codec.ErrCorrupt)
	}
	surplus := (r.n - r.pad) / 8
	for r.pos < len(r.data) && !r.atMarker() && surplus <= 1 {
		r.pos++
		surplus++
	}
	if surplus > 1 {
		return 0, fmt.Errorf("%w: coded data left over before byte %d", codec.ErrCorrupt, r.pos)
	}
	return r.pos, nil
}

// restart closes an interval and steps over restart marker index modulo 8.
func (r *reader) restart(index int) error {
	pos, err := r.end()
	if err != nil {
		return err
	}
	if pos, err = marker.SkipRestart(r.data, pos, index); err != nil {
		return err
	}
	*r = reader{data: r.data, pos: pos}
	return nil
}
