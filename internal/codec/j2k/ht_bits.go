package j2k

import "encoding/binary"

// melReader reads the adaptive run-length code of T.814 7.3.3: forward through
// data, most significant bit first, seven bits after FF. The last byte and the
// low half of the one before belong to the length field and read as ones.
type melReader struct {
	data  []byte
	pos   int
	cur   uint8
	left  int
	state int
	run   int // symbols 0 to come
	one   bool
}

var melExponents = [13]uint8{0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 4, 5}

func (m *melReader) bit() int {
	if m.left == 0 {
		m.left = 8
		if m.cur == 0xFF {
			m.left = 7
		}
		switch n := len(m.data); {
		case m.pos < n-2:
			m.cur = m.data[m.pos]
		case m.pos == n-2:
			m.cur = m.data[m.pos] | 15
		default:
			m.cur = 0xFF
		}
		m.pos++
	}
	m.left--
	return int(m.cur>>m.left) & 1
}

// event decodes one symbol.
func (m *melReader) event() bool {
	if m.run == 0 && !m.one {
		e := melExponents[m.state]
		if m.bit() == 1 {
			m.run = 1 << e
			m.state = min(m.state+1, len(melExponents)-1)
		} else {
			for range e {
				m.run = m.run<<1 | m.bit()
			}
			m.one = true
			m.state = max(m.state-1, 0)
		}
	}
	if m.run > 0 {
		m.run--
		return false
	}
	m.one = false
	return true
}

// vlcReader reads bits backwards from the end of data, lowest bit first
// (7.3.4): a byte whose low seven bits are ones has seven bits when the one
// read before it is above 8F.
type vlcReader struct {
	data []byte
	pos  int // bytes before pos are unread
	buf  uint64
	n    int // bits in buf
	last byte
}

// start begins with the high half of the last byte but one.
func (r *vlcReader) start(data []byte) {
	pos := len(data) - 2
	b := data[pos]
	*r = vlcReader{data: data, pos: pos, buf: uint64(b >> 4), n: 4, last: b | 15}
	if b>>4&7 == 7 {
		r.n = 3
		r.buf &= 7
	}
}

// startRaw begins with the last byte: the refinement pass (7.5).
func (r *vlcReader) startRaw(data []byte) { *r = vlcReader{data: data, pos: len(data), last: 0xFF} }

// fill makes sure of 32 bits, zeros beyond the beginning.
func (r *vlcReader) fill() {
	if r.n >= 32 {
		return
	}
	r.refill()
}

func (r *vlcReader) refill() {
	for r.n <= 56 {
		r.pos--
		b := byte(0)
		if r.pos >= 0 {
			b = r.data[r.pos]
		}
		size := 8
		if r.last > 0x8F && b&0x7F == 0x7F {
			size = 7
		}
		r.buf |= uint64(b&(0xFF>>(8-size))) << r.n
		r.n += size
		r.last = b
	}
}

func (r *vlcReader) skip(n uint32) {
	r.buf >>= n & 63
	r.n -= int(n)
}

func (r *vlcReader) take(n uint32) uint32 {
	v := uint32(r.buf) & (1<<n - 1)
	r.skip(n)
	return v
}

// used returns how many bytes have been used up.
func (r *vlcReader) used() int { return len(r.data) - r.pos - r.n/8 }

// Prefixes of exponent residuals (table 3): value and length of the prefix and
// length of its suffix, by the next three bits.
var residualPrefix = [8]struct{ value, size, suffix uint8 }{
	{5, 3, 5}, {1, 1, 0}, {2, 2, 0}, {1, 1, 0}, {3, 3, 1}, {1, 1, 0}, {2, 2, 0}, {1, 1, 0},
}

// residuals reads the exponent residuals of a pair of quads (7.3.6): both
// prefixes, then both suffixes. A quad that has none yields 0.
func (r *vlcReader) residuals(first, second uint32) (u1, u2 uint32) {
	if first|second == 0 {
		return 0, 0
	}
	r.fill()
	var s1, s2 uint32
	if first != 0 {
		u1, s1 = r.prefix()
	}
	if second != 0 {
		u2, s2 = r.prefix()
	}
	return u1 + r.suffix(s1), u2 + r.suffix(s2)
}

// residualsFirst reads a pair in the first row when the MEL stream said that
// not both exceed 2: after a long first prefix, the second is one bit.
func (r *vlcReader) residualsFirst() (u1, u2 uint32) {
	r.fill()
	u1, s1 := r.prefix()
	if u1 > 2 {
		u2 = r.take(1) + 1
		return u1 + r.suffix(s1), u2
	}
	u2, s2 := r.prefix()
	return u1, u2 + r.suffix(s2)
}

func (r *vlcReader) prefix() (value, suffix uint32) {
	p := residualPrefix[r.buf&7]
	r.skip(uint32(p.size))
	return uint32(p.value), uint32(p.suffix)
}

// suffix reads a suffix. The extension of four bits that follows the largest
// ones is for exponents beyond 32, which magnitudes refuses in any case.
func (r *vlcReader) suffix(size uint32) uint32 { return r.take(size) }

// magReader reads bits forward, lowest bit first, seven bits after FF, ones
// beyond the end (7.3.2).
type magReader struct {
	data []byte
	pos  int
	buf  uint64
	n    int
	last byte
}

// read takes n bits, at most 31.
func (r *magReader) read(n uint32) uint32 {
	if r.n < 32 {
		r.refill()
	}
	v := uint32(r.buf) & (1<<n - 1)
	r.buf >>= n & 63
	r.n -= int(n)
	return v
}

// refill brings buf to 32 bits and more.
func (r *magReader) refill() {
	if r.pos+4 <= len(r.data) && r.last != 0xFF {
		v := binary.LittleEndian.Uint32(r.data[r.pos:])
		if (^v-0x01010101)&v&0x80808080 == 0 { // no FF among them
			r.buf |= uint64(v) << (r.n & 63)
			r.n += 32
			r.pos += 4
			r.last = byte(v >> 24)
			return
		}
	}
	for r.n <= 56 {
		b := byte(0xFF)
		if r.pos < len(r.data) {
			b = r.data[r.pos]
		}
		r.pos++
		r.buf |= uint64(b) << r.n
		r.n += 8
		if r.last == 0xFF {
			r.n-- // the top bit is 0 or, beyond the end, overwritten by ones
		}
		r.last = b
	}
}

// used returns how many bytes have been used up.
func (r *magReader) used() int { return r.pos - r.n/8 }
