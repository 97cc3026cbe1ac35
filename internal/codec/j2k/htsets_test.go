package j2k_test

import (
	"encoding/binary"
	"math/bits"
	"math/rand/v2"
	"testing"

	"github.com/vertefill/vertefill/internal/codec"
	"github.com/vertefill/vertefill/internal/codec/j2k"
)

// This file holds a small HT encoder, because neither OpenJPH nor OpenJPEG
// writes the significance and refinement passes (T.814 7.4, 7.5). It codes one
// code-block without wavelet: its clean-up stops one plane early and the other
// passes bring the last plane.

// bitSink packs bits as the HT streams do: lowest bit first, a byte after one
// above limit has seven bits if their low ones would make it look like FF (VLC
// and refinement, limit 8F) or in any case (magnitudes and significance).
type bitSink struct {
	out     []byte
	cur     uint32
	n       int
	last    byte
	reverse bool
}

func (s *bitSink) put(v uint32, n int) {
	for i := range n {
		s.cur |= (v >> i & 1) << s.n
		s.n++
		switch {
		case s.reverse && s.n == 7 && s.last > 0x8F && s.cur == 0x7F, !s.reverse && s.n == 7 && s.last == 0xFF, s.n == 8:
			s.flush()
		}
	}
}

func (s *bitSink) flush() {
	if s.n > 0 {
		s.out = append(s.out, byte(s.cur))
		s.last, s.cur, s.n = byte(s.cur), 0, 0
	}
}

// melSink writes the adaptive run-length code of 7.3.3, most significant bit
// first.
type melSink struct {
	out   []byte
	cur   byte
	left  int
	state int
	run   int
}

func (m *melSink) bit(v int) {
	if m.left == 0 {
		m.left = 8
		if n := len(m.out); n > 0 && m.out[n-1] == 0xFF {
			m.left = 7
		}
	}
	m.left--
	m.cur |= byte(v << m.left)
	if m.left == 0 {
		m.out = append(m.out, m.cur)
		m.cur = 0
	}
}

func (m *melSink) event(happened bool) {
	e := [13]int{0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 4, 5}[m.state]
	switch {
	case !happened:
		if m.run++; m.run == 1<<e {
			m.bit(1)
			m.run, m.state = 0, min(m.state+1, 12)
		}
	default:
		m.bit(0)
		for i := e - 1; i >= 0; i-- {
			m.bit(m.run >> i & 1)
		}
		m.run, m.state = 0, max(m.state-1, 0)
	}
}

// finish ends the stream: an open run is closed as if it went on, and ones fill
// the last byte.
func (m *melSink) finish() []byte {
	if m.run > 0 {
		m.bit(1)
	}
	for m.left > 0 {
		m.bit(1)
	}
	return m.out
}

// block is a code-block of signed samples.
type block struct {
	w, h int
	v    []int
}

func (b block) magnitude(x, y, plane int) uint32 {
	if x < 0 || y < 0 || x >= b.w || y >= b.h {
		return 0
	}
	v := b.v[y*b.w+x]
	return uint32(max(v, -v)) >> plane
}

func (b block) negative(x, y int) uint32 {
	if b.v[y*b.w+x] < 0 {
		return 1
	}
	return 0
}

// cleanup codes all quads from the given plane up.
func (b block) cleanup(plane int) []byte {
	var mel melSink
	vlc := bitSink{reverse: true, last: 0xFF}
	vlc.put(15, 4) // where the length will be
	var mag bitSink
	quads := (b.w + 1) / 2
	exp := make([]int, 2*quads+4) // of the row above, from column -1 on
	rho := make([]uint32, quads+2)
	for y := 0; y < b.h; y += 2 {
		newExp, newRho := make([]int, len(exp)), make([]uint32, len(rho))
		var residual [2]int
		var offset [2]bool
		for q := range quads {
			var e [4]int
			pattern, top := uint32(0), 0
			for n := range 4 {
				if m := b.magnitude(2*q+n>>1, y+n&1, plane); m > 0 {
					pattern |= 1 << n
					e[n] = bits.Len32(2*(m-1) + 1)
					top = max(top, e[n])
				}
			}
			newRho[q+1] = pattern
			newExp[2*q+1], newExp[2*q+2] = e[1], e[3]
			left := newRho[q]
			context := (left&1 | left>>1&1) | left>>1&2 | left>>1&4
			kappa := 1
			if y > 0 {
				context = (rho[q]>>3|rho[q+1]>>1)&1 | (left>>2|left>>3)&1<<1 | (rho[q+1]>>3|rho[q+2]>>1)&1<<2
				if bits.OnesCount32(pattern) > 1 {
					kappa = max(1, max(exp[2*q], exp[2*q+1], exp[2*q+2], exp[2*q+3])-1)
				}
			}
			u := max(0, top-kappa)
			size := kappa + u
			if context == 0 {
				mel.event(pattern != 0)
			}
			code := j2k.VLCCode{}
			if context != 0 || pattern != 0 {
				reach := uint32(0) // samples whose exponent is the bound
				for n := range 4 {
					if u > 0 && e[n] == size {
						reach |= 1 << n
					}
				}
				code = j2k.FindVLC(y == 0, context, pattern, u > 0, reach)
				vlc.put(code.Bits, code.Length)
			}
			for n := range 4 {
				if pattern>>n&1 != 0 {
					m := b.magnitude(2*q+n>>1, y+n&1, plane)
					known := int(code.EK >> n & 1)
					mag.put(2*(m-1)|b.negative(2*q+n>>1, y+n&1), size-known)
				}
			}
			residual[q&1], offset[q&1] = u, u > 0
			if q&1 == 1 || q == quads-1 {
				if q&1 == 0 {
					residual[1], offset[1] = 0, false
				}
				b.putResiduals(&vlc, &mel, residual, y == 0 && offset[0] && offset[1])
			}
		}
		exp, rho = newExp, newRho
	}
	mag.pad()
	codes := mel.finish()
	vlc.flush()
	for i := len(vlc.out) - 1; i >= 0; i-- {
		codes = append(codes, vlc.out[i])
	}
	codes = append(codes, 0)
	n := len(codes)
	codes[n-1] = byte(n >> 4)
	codes[n-2] = codes[n-2]&0xF0 | byte(n&15)
	return append(mag.out, codes...)
}

// pad fills the last byte with ones, and leaves out a last FF (it is implied).
func (s *bitSink) pad() {
	for s.n > 0 {
		s.put(1, 1)
	}
	if n := len(s.out); n > 0 && s.out[n-1] == 0xFF {
		s.out = s.out[:n-1]
	}
}

func (block) putResiduals(vlc *bitSink, mel *melSink, u [2]int, both bool) {
	if both {
		large := u[0] > 2 && u[1] > 2
		mel.event(large)
		if large {
			u[0], u[1] = u[0]-2, u[1]-2
		} else if u[0] > 2 {
			putPrefix(vlc, u[0])
			vlc.put(uint32(u[1]-1), 1)
			putSuffix(vlc, u[0])
			return
		}
	}
	putPrefix(vlc, u[0])
	putPrefix(vlc, u[1])
	putSuffix(vlc, u[0])
	putSuffix(vlc, u[1])
}

func putPrefix(vlc *bitSink, u int) {
	switch {
	case u == 0:
	case u < 3:
		vlc.put(1<<(u-1), u)
	case u < 5:
		vlc.put(4, 3)
	default:
		vlc.put(0, 3)
	}
}

func putSuffix(vlc *bitSink, u int) {
	switch {
	case u >= 5:
		vlc.put(uint32(u-5), 5)
	case u >= 3:
		vlc.put(uint32(u-3), 1)
	}
}

// refine codes the plane below the clean-up: the significance pass and, if
// asked, the refinement pass. Samples the passes cannot reach are set to what a
// decoder will make of them.
func (b block) refine(refinement bool) []byte {
	var sp bitSink
	mr := bitSink{reverse: true, last: 0xFF}
	known := make([]bool, len(b.v))
	for i := range b.v {
		known[i] = b.v[i] > 1 || b.v[i] < -1
	}
	found := make([]bool, len(b.v))
	near := func(x, y int) bool {
		for dy := -1; dy <= 1; dy++ {
			for dx := -1; dx <= 1; dx++ {
				if u, v := x+dx, y+dy; u >= 0 && v >= 0 && u < b.w && v < b.h && (known[v*b.w+u] || found[v*b.w+u]) {
					return true
				}
			}
		}
		return false
	}
	for y0 := 0; y0 < b.h; y0 += 4 {
		for x0 := 0; x0 < b.w; x0 += 4 {
			var signs []uint32
			for x := x0; x < min(x0+4, b.w); x++ {
				for y := y0; y < min(y0+4, b.h); y++ {
					switch i := y*b.w + x; {
					case known[i]:
					case !near(x, y):
						b.v[i] = 0
					default:
						sp.put(b.magnitude(x, y, 0), 1)
						if b.v[i] != 0 {
							found[i] = true
							signs = append(signs, b.negative(x, y))
						}
					}
				}
			}
			for _, s := range signs {
				sp.put(s, 1)
			}
		}
		for x := range b.w {
			for y := y0; y < min(y0+4, b.h); y++ {
				if known[y*b.w+x] && refinement {
					mr.put(b.magnitude(x, y, 0), 1)
				}
			}
		}
	}
	sp.flush()
	mr.flush()
	out := append(sp.out, 0) // keeps an FF at the end of one from meeting the other
	for i := len(mr.out) - 1; i >= 0; i-- {
		out = append(out, mr.out[i])
	}
	return out
}

// stream wraps the passes into a code-stream of one signed 12-bit component.
func (b block) stream(cleanup, refined []byte, passes int) []byte {
	out := []byte{0xFF, 0x4F, 0xFF, 0x51, 0, 41, 0x40, 0}
	for _, v := range []int{b.w, b.h, 0, 0, b.w, b.h, 0, 0} {
		out = binary.BigEndian.AppendUint32(out, uint32(v))
	}
	out = append(out, 0, 1, 0x80|11, 1, 1)
	out = append(out, 0xFF, 0x50, 0, 8, 0, 2, 0, 0, 0, 0)                 // CAP: Part 15
	out = append(out, 0xFF, 0x52, 0, 12, 0, 0, 0, 1, 0, 0, 4, 4, 0x40, 1) // COD: no wavelet levels, 64 x 64, HT, 5/3
	out = append(out, 0xFF, 0x5C, 0, 4, 1<<5, 12<<3)                      // QCD: 12 bit-planes
	var head packetHeader
	missing := 11
	if passes > 1 {
		missing = 10
	}
	head.put(1, 1) // not empty
	head.put(1, 1) // included
	for range missing {
		head.put(0, 1)
	}
	head.put(1, 1)
	head.put([]uint32{0, 0, 2, 12}[passes], []int{0, 1, 2, 4}[passes])
	const lblock = 16
	for range lblock - 3 {
		head.put(1, 1)
	}
	head.put(0, 1)
	head.put(uint32(len(cleanup)), lblock)
	if passes > 1 {
		head.put(uint32(len(refined)), lblock+passes-2)
	}
	body := append(append(head.finish(), cleanup...), refined...)
	out = append(out, 0xFF, 0x90, 0, 10, 0, 0)
	out = binary.BigEndian.AppendUint32(out, uint32(14+len(body)))
	out = append(out, 0, 1, 0xFF, 0x93)
	return append(append(out, body...), 0xFF, 0xD9)
}

// packetHeader writes bits with the stuffing of T.800 B.10.1.
type packetHeader struct{ melSink }

func (h *packetHeader) put(v uint32, n int) {
	for n--; n >= 0; n-- {
		h.bit(int(v >> n & 1))
	}
}

func (h *packetHeader) finish() []byte {
	for h.left > 0 {
		h.bit(0)
	}
	return h.out
}

func TestHTPassesAgainstOpenJPEG(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	for _, size := range [][2]int{{64, 64}, {61, 47}, {5, 7}, {33, 1}, {1, 30}, {4, 4}, {2, 64}, {17, 62}} {
		for _, spread := range []float64{.6, 2, 20, 500} {
			for passes := 1; passes <= 3; passes++ {
				b := block{w: size[0], h: size[1], v: make([]int, size[0]*size[1])}
				for i := range b.v {
					b.v[i] = max(-2000, min(2000, int(rnd.NormFloat64()*spread)))
				}
				plane := min(passes-1, 1)
				var refined []byte
				if passes > 1 {
					refined = b.refine(passes == 3)
				}
				p := picture{w: b.w, h: b.h, n: 1, bits: 12, signed: true}
				for _, v := range b.v {
					if passes == 2 && (v > 1 || v < -1) {
						// Never refined: the middle of the interval, rounded down.
						v = (v/2*2*2 + 2*v/max(v, -v)) / 2
					}
					p.samples = append(p.samples, uint16(v))
				}
				data := b.stream(b.cleanup(plane), refined, passes)
				got := make([]uint16, len(p.samples))
				if _, err := j2k.Decode(got, data, codec.Header{Width: b.w, Height: b.h, Components: 1}); err != nil {
					t.Errorf("%v, spread %g, %d passes: %v", size, spread, passes, err)
					continue
				}
				if n, most := differences(p, got, p.samples); n != 0 {
					t.Errorf("%v, spread %g, %d passes: %d samples differ, by up to %d", size, spread, passes, n, most)
				}
				if n, most := differences(p, oracle(t, p, data), p.samples); n != 0 {
					t.Errorf("%v, spread %g, %d passes: the oracle differs in %d samples, by up to %d", size, spread, passes, n, most)
				}
			}
		}
	}
}
