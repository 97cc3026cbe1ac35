package j2k

import "math/bits"

// mqDecoder is the arithmetic decoder of Annex C, in a form of its own:
//
//   - C and A carry 32 bits below the point where the standard compares them,
//     so several bytes are taken in at a time and a renormalisation is one
//     shift. Values are multiples of mqOne.
//   - What is decoded almost always is the more probable symbol without
//     renormalisation. Then A and C both fall by Qe, so it is enough to follow
//     d = min(C, A - 8000h): the symbol is the ordinary one while d - Qe >= 0
//     (D. Taubman, M. Marcellin, JPEG2000, 2002, section 12.1). The caller holds
//     d in a register; a and c are kept relative to it.
//
// Decoding one symbol in context cx is therefore
//
//	e := m.ctx[cx&31]
//	bit := uint32(e) & 1
//	if d -= int64(e >> 8); d < 0 {
//		d, bit = m.exchange(d, cx)
//	}
type mqDecoder struct {
	ctx   [32]uint64 // Qe*mqOne << 8 | state << 1 | more probable symbol
	a, c  int64      // A and C less d
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

// slackBytes is how far from the end of its bytes a codeword may end. An
// encoder may leave out bytes the decoder would have read as ones, or be a few
// bytes generous with an estimated length; more than this it never is.
const slackBytes = 16

// resetContexts puts all contexts in their initial states (table D.7).
func (m *mqDecoder) resetContexts() {
	for i := range m.ctx {
		m.ctx[i] = mqEntry(0, 0)
	}
	m.ctx[0] = mqEntry(4, 0)
	m.ctx[ctxRun] = mqEntry(3, 0)
	m.ctx[ctxUni] = mqEntry(46, 0)
}

// start begins a codeword (C.3.5) and returns d.
func (m *mqDecoder) start(data []byte) (d int64) {
	m.data, m.pos, m.last = data, 0, 0
	m.ready = -15
	m.c = 0
	m.fill()
	d = min(m.c, 0) // A - 8000h is 0
	m.a, m.c = mqHalf-d, m.c-d
	return d
}

// fill takes in bytes (C.3.4): seven bits after FF, ones from the first marker
// or the end on.
func (m *mqDecoder) fill() {
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
		m.c += int64(b) << (shift - m.ready)
		m.ready += 32 - shift
	}
}

// exchange finishes a decision that changes the state (C.3.2, C.3.3): d is
// already less Qe and below 0. It returns the new d and the symbol.
func (m *mqDecoder) exchange(d int64, cx uint32) (int64, uint32) {
	e := m.ctx[cx&31]
	q := int64(e >> 8)
	a, c := m.a+d, m.c+d
	lower := c < 0
	swapped := a < q
	if lower {
		c += q
		a = q
	}
	bit := uint32(e) & 1
	if lower != swapped {
		bit ^= 1
		m.ctx[cx&31] = mqAfterLPS[e&127]
	} else {
		m.ctx[cx&31] = mqAfterMPS[e&127]
	}
	shift := bits.LeadingZeros64(uint64(a)) - 16
	a <<= shift & 63
	m.c = c << (shift & 63)
	if m.ready -= shift; m.ready <= 0 {
		m.fill()
	}
	c = m.c
	d = min(c, a-mqHalf)
	m.a, m.c = a-d, c-d
	return d, bit
}

// strays reports a codeword that did not end where its size bytes do.
func (m *mqDecoder) strays(size int) bool {
	used := m.pos - m.ready/8
	return used > size+slackBytes || used < size-slackBytes
}

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

// The context that follows state<<1 | mps.
var mqAfterMPS, mqAfterLPS = mqTransitions()

func mqTransitions() (afterMPS, afterLPS [128]uint64) {
	for i, s := range mqStates {
		for mps := range uint8(2) {
			afterMPS[2*i+int(mps)] = mqEntry(s.mps, mps)
			afterLPS[2*i+int(mps)] = mqEntry(s.lps, mps^s.swapSenses)
		}
	}
	return afterMPS, afterLPS
}
