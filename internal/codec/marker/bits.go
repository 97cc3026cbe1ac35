package marker

import (
	"encoding/binary"
	"fmt"

	"github.com/vertefill/vertefill/internal/codec"
)

// maxSurplus is how many whole bytes an encoder may leave between the last
// coded bit and the next marker. T.81 allows none; some encoders flush one
// byte too many. More means that decoding went out of step.
const maxSurplus = 1

// Bits reads the entropy-coded bytes of T.81 (F.1.2.3: a zero byte is stuffed
// after every 0xFF). The reservoir lives in the caller's registers: acc holds
// the next bits left-aligned, n counts them. Past the end of the data, zero
// bits are served and counted, so that decoding loops need no check per
// symbol: call Overrun once a row.
type Bits struct {
	data []byte
	pos  int // next byte to load
	pad  int // zero bits served after the end
}

// NewBits starts at the byte pos of data.
func NewBits(data []byte, pos int) Bits { return Bits{data: data, pos: pos} }

// Fill tops the reservoir up to at least 56 bits.
func (b *Bits) Fill(acc uint64, n int) (uint64, int) {
	if b.pos+8 <= len(b.data) {
		w := binary.BigEndian.Uint64(b.data[b.pos:])
		// No byte of w is 0xFF: load as many whole bytes as fit. Bits below n
		// are the true next bits too, so or-ing them again later is harmless.
		if (^w-0x0101010101010101)&w&0x8080808080808080 == 0 {
			k := (63 - n) >> 3
			b.pos += k
			return acc | w>>(uint(n)&63), n + 8*k
		}
	}
	return b.fillSlow(acc, n)
}

func (b *Bits) fillSlow(acc uint64, n int) (uint64, int) {
	for n <= 56 {
		if b.pos >= len(b.data) {
			return b.exhaust(acc, n)
		}
		v := b.data[b.pos]
		if v == 0xFF {
			if b.pos+1 >= len(b.data) || b.data[b.pos+1] != 0 {
				return b.exhaust(acc, n)
			}
			b.pos++
		}
		b.pos++
		acc |= uint64(v) << (56 - n)
		n += 8
	}
	return acc, n
}

// exhaust serves zero bits: the data or the interval ends at pos.
func (b *Bits) exhaust(acc uint64, n int) (uint64, int) {
	b.pad += 64 - n
	return acc, 64
}

// Overrun reports whether bits past the end of the data were consumed.
func (b *Bits) Overrun(n int) bool { return n < b.pad }

// End closes an entropy-coded interval: no bit too many may have been read and
// nothing may be left but padding. It returns the position of the marker that
// follows, or of the end of the data.
func (b *Bits) End(n int) (int, error) {
	if b.Overrun(n) {
		return 0, fmt.Errorf("%w: coded data ends early", codec.ErrCorrupt)
	}
	surplus := (n - b.pad) / 8
	pos := b.pos
	for pos < len(b.data) && !isMarker(b.data, pos) {
		if b.data[pos] == 0xFF {
			pos++
		}
		pos++
		if surplus++; surplus > maxSurplus {
			break
		}
	}
	if surplus > maxSurplus {
		return 0, fmt.Errorf("%w: coded data left over before byte %d", codec.ErrCorrupt, pos)
	}
	return min(pos, len(b.data)), nil
}

// Restart closes an interval, steps over the restart marker with the number
// index modulo 8 and leaves an empty reservoir.
func (b *Bits) Restart(n, index int) error {
	pos, err := b.End(n)
	if err != nil {
		return err
	}
	if pos, err = SkipRestart(b.data, pos, index); err != nil {
		return err
	}
	b.pos, b.pad = pos, 0
	return nil
}

// SkipRestart steps over the restart marker RSTm with m = index modulo 8
// at pos (fill bytes allowed, T.81 B.1.1.2) and returns the position after it.
func SkipRestart(data []byte, pos, index int) (int, error) {
	for pos+1 < len(data) && data[pos] == 0xFF && data[pos+1] == 0xFF {
		pos++
	}
	want := byte(RST0 + index&7)
	if pos+1 >= len(data) || data[pos] != 0xFF || data[pos+1] != want {
		return 0, fmt.Errorf("%w: no restart marker %d at byte %d", codec.ErrCorrupt, index&7, pos)
	}
	return pos + 2, nil
}

// isMarker reports whether the entropy-coded segment stops at pos. A lone 0xFF
// as the last byte counts: nothing can follow.
func isMarker(data []byte, pos int) bool {
	return data[pos] == 0xFF && (pos+1 >= len(data) || data[pos+1] != 0)
}
