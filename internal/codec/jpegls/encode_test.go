package jpegls_test

import (
	"encoding/binary"

	"github.com/vertefill/vertefill/internal/codec/codectest"
)

// options of encode: what no encoder at hand offers.
type options struct {
	near                      int
	maxVal, t1, t2, t3, reset int // 0 = default, coded as such
	rows                      int // of a restart interval, 0 = none
}

// encoder is a plain gray JPEG-LS encoder that follows the code segments of
// T.87 Annex A one by one, to be as unlike the decoder as it can.
type encoder struct {
	codectest.BitWriter
	near, maxVal, t1, t2, t3, reset int
	rng, qbpp, limit                int
	a, b, c, n                      [367]int
	nn                              [2]int
	runIndex                        int
}

var order = [32]int{0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 9, 10, 11, 12, 13, 14, 15}

func encode(p codectest.Picture, o options) []byte {
	u16 := func(b []byte, v int) []byte { return binary.BigEndian.AppendUint16(b, uint16(v)) }
	out := []byte{0xFF, 0xD8}
	frame := u16(u16([]byte{byte(p.Bits)}, p.Height), p.Width)
	out = append(out, codectest.Segment(0xF7, append(frame, 1, 1, 0x11, 0)...)...)
	if preset := (options{near: o.near, rows: o.rows}); o != preset {
		lse := u16(u16(u16(u16(u16([]byte{1}, o.maxVal), o.t1), o.t2), o.t3), o.reset)
		out = append(out, codectest.Segment(0xF8, lse...)...)
	}
	if o.rows > 0 {
		out = append(out, codectest.Segment(0xDD, u16(nil, o.rows)...)...)
	}
	out = append(out, codectest.Segment(0xDA, 1, 1, 0, byte(o.near), 0, 0)...)

	e := newEncoder(p.Bits, o)
	width := p.Width
	above, line := make([]int, width+2), make([]int, width+2)
	for y := range p.Height {
		if o.rows > 0 && y > 0 && y%o.rows == 0 {
			e.Restart(y/o.rows - 1)
			e.initialise()
			clear(line)
		}
		above, line = line, above
		above[width+1] = above[width]
		line[0] = above[1]
		for x := range width {
			line[x+1] = int(p.Pix[y*width+x])
		}
		e.line(line, above)
	}
	e.Flush()
	return append(append(out, e.Out...), 0xFF, 0xD9)
}

func newEncoder(bits int, o options) *encoder {
	e := &encoder{near: o.near, maxVal: 1<<bits - 1, reset: 64}
	e.JPEGLS = true
	set := func(p *int, v int) {
		if v != 0 {
			*p = v
		}
	}
	set(&e.maxVal, o.maxVal)
	clamp := func(i, j int) int {
		if i > e.maxVal || i < j {
			return j
		}
		return i
	}
	if e.maxVal >= 128 {
		f := (min(e.maxVal, 4095) + 128) / 256
		e.t1 = clamp(f+2+3*o.near, o.near+1)
		e.t2 = clamp(4*f+3+5*o.near, e.t1)
		e.t3 = clamp(17*f+4+7*o.near, e.t2)
	} else {
		f := 256 / (e.maxVal + 1)
		e.t1 = clamp(max(2, 3/f+3*o.near), o.near+1)
		e.t2 = clamp(max(3, 7/f+5*o.near), e.t1)
		e.t3 = clamp(max(4, 21/f+7*o.near), e.t2)
	}
	set(&e.t1, o.t1)
	set(&e.t2, o.t2)
	set(&e.t3, o.t3)
	set(&e.reset, o.reset)
	e.rng = (e.maxVal+2*e.near)/(2*e.near+1) + 1
	for 1<<e.qbpp < e.rng {
		e.qbpp++
	}
	bpp := 2
	for 1<<bpp < e.maxVal+1 {
		bpp++
	}
	e.limit = 2 * (bpp + max(8, bpp))
	e.initialise()
	return e
}

func (e *encoder) initialise() {
	for i := range e.a {
		e.a[i], e.b[i], e.c[i], e.n[i] = max(2, (e.rng+32)/64), 0, 0, 1
	}
	e.nn, e.runIndex = [2]int{}, 0
}

// line codes one line and replaces it by what a decoder will see.
func (e *encoder) line(line, above []int) {
	last := len(line) - 2
	for x := 1; x <= last; x++ {
		a, b, c, d := line[x-1], above[x], above[x-1], above[x+1]
		q1, q2, q3 := e.quantise(d-b), e.quantise(b-c), e.quantise(c-a)
		if q1 != 0 || q2 != 0 || q3 != 0 {
			line[x] = e.regular(line[x], a, b, c, q1, q2, q3)
			continue
		}
		start := x
		for x <= last && abs(line[x]-a) <= e.near {
			line[x] = a
			x++
		}
		count := x - start
		for count >= 1<<order[e.runIndex] {
			e.Write(1, 1)
			count -= 1 << order[e.runIndex]
			e.runIndex = min(e.runIndex+1, 31)
		}
		if x > last {
			if count > 0 {
				e.Write(1, 1)
			}
			return
		}
		e.Write(0, 1)
		e.Write(uint(count), order[e.runIndex])
		line[x] = e.interruption(line[x], a, above[x])
		e.runIndex = max(e.runIndex-1, 0)
	}
}

func (e *encoder) quantise(d int) int {
	switch {
	case d <= -e.t3:
		return -4
	case d <= -e.t2:
		return -3
	case d <= -e.t1:
		return -2
	case d < -e.near:
		return -1
	case d <= e.near:
		return 0
	case d < e.t1:
		return 1
	case d < e.t2:
		return 2
	case d < e.t3:
		return 3
	}
	return 4
}

func (e *encoder) regular(value, a, b, c, q1, q2, q3 int) int {
	sign := 1
	if q1 < 0 || q1 == 0 && (q2 < 0 || q2 == 0 && q3 < 0) {
		sign, q1, q2, q3 = -1, -q1, -q2, -q3
	}
	q := 81*q1 + 9*q2 + q3
	px := a + b - c
	if c >= max(a, b) {
		px = min(a, b)
	} else if c <= min(a, b) {
		px = max(a, b)
	}
	px = min(max(px+sign*e.c[q], 0), e.maxVal)
	err, rx := e.error(sign*(value-px), px, sign)

	k := 0
	for e.n[q]<<k < e.a[q] {
		k++
	}
	mapped := 2 * err
	if err < 0 {
		mapped = -2*err - 1
	}
	if e.near == 0 && k == 0 && 2*e.b[q] <= -e.n[q] {
		if mapped = 2*err + 1; err < 0 {
			mapped = -2 * (err + 1)
		}
	}
	e.golomb(mapped, k, e.limit)

	e.b[q] += err * (2*e.near + 1)
	e.a[q] += abs(err)
	if e.n[q] == e.reset {
		e.a[q] /= 2
		if e.b[q] >= 0 {
			e.b[q] /= 2
		} else {
			e.b[q] = -((1 - e.b[q]) / 2)
		}
		e.n[q] /= 2
	}
	e.n[q]++
	if e.b[q] <= -e.n[q] {
		e.b[q] += e.n[q]
		e.c[q] = max(e.c[q]-1, -128)
		e.b[q] = max(e.b[q], 1-e.n[q])
	} else if e.b[q] > 0 {
		e.b[q] -= e.n[q]
		e.c[q] = min(e.c[q]+1, 127)
		e.b[q] = min(e.b[q], 0)
	}
	return rx
}

// error quantises and reduces a prediction error (A.4.4, A.4.5) and returns it
// with the value a decoder reconstructs.
func (e *encoder) error(err, px, sign int) (int, int) {
	step := 2*e.near + 1
	if err > 0 {
		err = (err + e.near) / step
	} else {
		err = -((e.near - err) / step)
	}
	rx := min(max(px+sign*err*step, 0), e.maxVal)
	if err < 0 {
		err += e.rng
	}
	if err >= (e.rng+1)/2 {
		err -= e.rng
	}
	return err, rx
}

func (e *encoder) interruption(value, a, b int) int {
	kind, px, sign := 0, b, 1
	if abs(a-b) <= e.near {
		kind, px = 1, a
	} else if a > b {
		sign = -1
	}
	err, rx := e.error(sign*(value-px), px, sign)
	q := 365 + kind
	temp := e.a[q]
	if kind == 1 {
		temp += e.n[q] / 2
	}
	k := 0
	for e.n[q]<<k < temp {
		k++
	}
	fold := 0
	if k == 0 && err > 0 && 2*e.nn[kind] < e.n[q] || err < 0 && 2*e.nn[kind] >= e.n[q] || err < 0 && k != 0 {
		fold = 1
	}
	mapped := 2*abs(err) - kind - fold
	e.golomb(mapped, k, e.limit-order[e.runIndex]-1)
	if err < 0 {
		e.nn[kind]++
	}
	e.a[q] += (mapped + 1 - kind) / 2
	if e.n[q] == e.reset {
		e.a[q] /= 2
		e.n[q] /= 2
		e.nn[kind] /= 2
	}
	e.n[q]++
	return rx
}

func (e *encoder) golomb(v, k, limit int) {
	if high := v >> k; high < limit-e.qbpp-1 {
		e.Write(1, high+1)
		e.Write(uint(v), k)
		return
	}
	e.Write(1, limit-e.qbpp)
	e.Write(uint(v-1), e.qbpp)
}

func abs(v int) int { return max(v, -v) }
