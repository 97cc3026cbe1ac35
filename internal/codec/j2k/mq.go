package j2k

import "math/bits"

// mqDecoder is the arithmetic decoder of Annex C, laid out for noise: in the
// lower bit-planes of a CT every second symbol changes the state, so decode has
// no branch that depends on the symbol, and loads both possible next states
// before it knows which.
//
// A and C are multiples of mqOne: C carries 32 bits below the point where the
// standard compares it, so several bytes are taken in at a time and a
// renormalisation is one shift. The caller holds both in registers.
type mqDecoder struct {
	ctx   [32]uint64 // Qe*mqOne << 8 | state << 1 | more probable symbol
	ready int        // bits of C below mqOne that are filled
	data  []byte
	pos   int // next byte; beyond len(data) while the ones after the end are read
	last  byte
}

const (
	mqOne  = int64(1) << 32
	mqHalf = 0x8000 * mqOne // A is renormalised below this
)

// Contexts (table D.1 and D.8): 9 for significance, 5 for signs, 3 for
// refinement, then run length and uniform.
const (
	ctxSign   = 9
	ctxRefine = 14
	ctxRun    = 17
	ctxUni    = 18
)

// resetContexts puts all contexts in their initial states (table D.7).
func (m *mqDecoder) resetContexts() {
	for i := range m.ctx {
		m.ctx[i] = mqEntry(0, 0)
	}
	m.ctx[0] = mqEntry(4, 0)
	m.ctx[ctxRun] = mqEntry(3, 0)
	m.ctx[ctxUni] = mqEntry(46, 0)
}

// start begins a codeword (C.3.5) and returns A and C.
func (m *mqDecoder) start(data []byte) (a, c int64) {
	m.data, m.pos, m.last = data, 0, 0
	m.ready = -15
	return mqHalf, m.fill(0)
}

// fill takes in bytes (C.3.4): seven bits after FF, ones from the first marker
// or the end on.
func (m *mqDecoder) fill(c int64) int64 {
	for m.ready <= 24 {
		b, shift := byte(0xFF), 24
		if m.pos < len(m.data) {
			b = m.data[m.pos]
			if m.last == 0xFF {
				if b > 0x8F {
					m.data = m.data[:m.pos] // a marker ends the codeword
					continue
				}
				shift = 25
			}
			m.last = b
		}
		m.pos++
		c += int64(b) << (shift - m.ready)
		m.ready += 32 - shift
	}
	return c
}

// decode decodes one symbol in context cx (C.3.2, C.3.3) and returns it with
// the new A and C. Where the standard asks whether C is in the lower interval
// and whether the intervals were exchanged (A < Qe), the signs of two
// differences answer together.
func (m *mqDecoder) decode(cx uint32, a, c int64) (uint32, int64, int64) {
	e := m.ctx[cx&31]
	next := &mqNext[e&127]
	after, afterLPS := next.mps, next.lps
	q := int64(e >> 8)
	a -= q
	upper := c - q
	if a >= mqHalf {
		after = e
	}
	lps := (upper ^ (a - q)) >> 63 // all ones for the less probable symbol
	if lps != 0 {
		after = afterLPS
	}
	m.ctx[cx&31] = after
	if upper < 0 {
		a = q
	}
	if upper >= 0 {
		c = upper
	}
	shift := bits.LeadingZeros64(uint64(a)) - 16
	a <<= shift & 63
	c <<= shift & 63
	if m.ready -= shift; m.ready <= 0 {
		c = m.fill(c)
	}
	return (uint32(e) ^ uint32(lps)) & 1, a, c
}

// used returns how many bytes have been used up.
func (m *mqDecoder) used() int { return m.pos - m.ready/8 }

// mqStates is table C.2: Qe, the next state after the more and the less
// probable symbol, and whether the latter swaps their senses.
var mqStates = [47]struct {
	qe         uint16
	mps, lps   uint8
	swapSenses uint8
}{
	{0x5601, 1, 1, 1}, {0x3401, 2, 6, 0}, {0x1801, 3, 9, 0}, {0x0AC1, 4, 12, 0},
	{0x0521, 5, 29, 0}, {0x0221, 38, 33, 0}, {0x5601, 7, 6, 1}, {0x5401, 8, 14, 0},
	{0x4801, 9, 14, 0}, {0x3801, 10, 14, 0}, {0x3001, 11, 17, 0}, {0x2401, 12, 18, 0},
	{0x1C01, 13, 20, 0}, {0x1601, 29, 21, 0}, {0x5601, 15, 14, 1}, {0x5401, 16, 14, 0},
	{0x5101, 17, 15, 0}, {0x4801, 18, 16, 0}, {0x3801, 19, 17, 0}, {0x3401, 20, 18, 0},
	{0x3001, 21, 19, 0}, {0x2801, 22, 19, 0}, {0x2401, 23, 20, 0}, {0x2201, 24, 21, 0},
	{0x1C01, 25, 22, 0}, {0x1801, 26, 23, 0}, {0x1601, 27, 24, 0}, {0x1401, 28, 25, 0},
	{0x1201, 29, 26, 0}, {0x1101, 30, 27, 0}, {0x0AC1, 31, 28, 0}, {0x09C1, 32, 29, 0},
	{0x08A1, 33, 30, 0}, {0x0521, 34, 31, 0}, {0x0441, 35, 32, 0}, {0x02A1, 36, 33, 0},
	{0x0221, 37, 34, 0}, {0x0141, 38, 35, 0}, {0x0111, 39, 36, 0}, {0x0085, 40, 37, 0},
	{0x0049, 41, 38, 0}, {0x0025, 42, 39, 0}, {0x0015, 43, 40, 0}, {0x0009, 44, 41, 0},
	{0x0005, 45, 42, 0}, {0x0001, 45, 43, 0}, {0x5601, 46, 46, 0},
}

// mqEntry packs a context: its probability and its state in one word.
func mqEntry(state, mps uint8) uint64 {
	return uint64(mqStates[state].qe)<<40 | uint64(state)<<1 | uint64(mps)
}

// mqNext holds the contexts that follow state<<1 | mps when a symbol changes
// the state.
var mqNext = func() (next [128]struct{ mps, lps uint64 }) {
	for i, s := range mqStates {
		for mps := range uint8(2) {
			next[2*i+int(mps)].mps = mqEntry(s.mps, mps)
			next[2*i+int(mps)].lps = mqEntry(s.lps, mps^s.swapSenses)
		}
	}
	return next
}()
