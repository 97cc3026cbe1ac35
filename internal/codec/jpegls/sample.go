package jpegls

import "math/bits"

// runContexts are the two contexts of run interruption, after the 365 regular
// ones (A.2.1).
const (
	regularContexts = 365
	contexts        = regularContexts + 2
)

// context holds the statistics of A.2.1. k follows from a and n; it is kept
// because the decoder needs it first.
type context struct {
	a int64 // sum of error magnitudes
	b int32 // bias; for run interruption the count of negative errors
	n int32 // occurrences
	c int16 // prediction correction
	k uint8 // Golomb parameter
}

// golombParameter is the smallest k with n<<k >= a (A.5.1).
func golombParameter(a int64, n int32) uint8 {
	k := max(bits.Len64(uint64(a))-bits.Len32(uint32(n)), 0)
	if int64(n)<<k < a {
		k++
	}
	return uint8(k)
}

// coder decodes single samples. It is the state of one scan between restarts.
type coder struct {
	reader
	params
	ctx [512]context // contexts are used; the size spares a bounds check
	bad bool         // an impossible code was met: the interval is lost
}

func (d *coder) reset0() {
	initial := context{a: int64(max(2, (d.rng+32)/64)), n: 1}
	initial.k = golombParameter(initial.a, initial.n)
	for i := range d.ctx[:contexts] {
		d.ctx[i] = initial
	}
}

// golomb decodes one mapped error with parameter k and code length limit
// (A.5.3).
func (d *coder) golomb(k uint8, limit int) int32 {
	if d.n < 32 {
		d.fill()
	}
	escape := limit - d.qbpp - 1
	if z := bits.LeadingZeros64(d.acc); z < escape && z+1+int(k) <= d.n {
		rest := d.acc << z << 1
		v := z<<(k&31) | int(rest>>1>>((63-k)&63))
		d.acc = rest << (k & 63)
		d.n -= z + 1 + int(k)
		return d.checked(int64(v))
	}
	z, ok := d.zeros(escape)
	switch {
	case !ok:
		d.bad = true
		return 0
	case z == escape:
		return d.checked(int64(d.take(d.qbpp)) + 1)
	}
	return d.checked(int64(z)<<k | int64(d.take(int(k))))
}

// checked refuses errors no encoder can have meant: after the reduction of
// A.4.5 a mapped error is at most RANGE (plus one in run interruption).
func (d *coder) checked(m int64) int32 {
	if m > int64(d.rng)+1 {
		d.bad = true
		return 0
	}
	return int32(m)
}

// regular decodes a sample in regular mode (A.4, A.5, A.6). q is the signed
// context number, a, b and c the neighbours left, above and above left.
func (d *coder) regular(q, a, b, c int32) int32 {
	sign := q >> 31 // 0 or -1; (v ^ sign) - sign negates v
	ctx := &d.ctx[((q^sign)-sign)&511]

	predicted := max(min(a, b), min(max(a, b), a+b-c))
	predicted += (int32(ctx.c) ^ sign) - sign
	predicted = min(max(predicted, 0), d.maxVal)

	k := ctx.k
	m := d.golomb(k, d.limit)
	e := m>>1 ^ -(m & 1)
	if k == 0 && d.near == 0 && 2*ctx.b <= -ctx.n {
		e = ^e
	}
	ctx.update(e, 2*d.near+1, d.params.reset)
	return d.reconstruct(predicted, (e^sign)-sign)
}

// update is A.6.1 and A.6.2.
func (x *context) update(e, step, reset int32) {
	a, b, n := x.a+int64(max(e, -e)), x.b+e*step, x.n
	if n == reset {
		a >>= 1
		b >>= 1
		n >>= 1
	}
	n++
	x.a, x.n = a, n
	x.k = golombParameter(a, n)
	switch {
	case b <= -n:
		b = max(b+n, 1-n)
		if x.c > -128 {
			x.c--
		}
	case b > 0:
		b = min(b-n, 0)
		if x.c < 127 {
			x.c++
		}
	}
	x.b = b
}

// reconstruct adds a dequantised error to the prediction (A.4.4, A.4.5).
func (d *coder) reconstruct(predicted, e int32) int32 {
	step := 2*d.near + 1
	v := predicted + e*step
	if v < -d.near {
		v += d.rng * step
	} else if v > d.maxVal+d.near {
		v -= d.rng * step
	}
	return min(max(v, 0), d.maxVal)
}

// runOrder is J of A.2.1: the order of run-length codes.
var runOrder = [32]uint8{0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 9, 10, 11, 12, 13, 14, 15}

// runLength decodes how many of the room samples left in the line repeat
// (A.7.1). A result below room means that an interruption sample follows.
func (d *coder) runLength(room int, index *uint8) int {
	length := 0
	for d.take(1) == 1 {
		segment := 1 << runOrder[*index&31]
		if segment > room-length {
			return room
		}
		length += segment
		*index = min(*index+1, 31)
		if length == room {
			return room
		}
	}
	length += int(d.take(int(runOrder[*index&31])))
	if length >= room {
		d.bad = true
		return room
	}
	return length
}

// interruption decodes the sample that ends a run (A.7.2), a being the
// repeated value and b the one above. Sample-interleaved scans use the first
// kind of context whatever the neighbours are (equal is false then).
func (d *coder) interruption(a, b int32, equal bool, index uint8) int32 {
	kind := int32(0)
	predicted := b
	if equal {
		kind, predicted = 1, a
	}
	ctx := &d.ctx[regularContexts+kind]
	k := golombParameter(ctx.a+int64(ctx.n>>1)*int64(kind), ctx.n)
	m := d.golomb(k, d.limit-int(runOrder[index&31])-1)

	folded := m + kind
	e := (folded + 1) >> 1
	if (folded&1 == 1) == (k != 0 || 2*ctx.b >= ctx.n) {
		e = -e
	}
	if e < 0 {
		ctx.b++
	}
	ctx.a += int64((m + 1 - kind) >> 1)
	if ctx.n == d.params.reset {
		ctx.a >>= 1
		ctx.b >>= 1
		ctx.n >>= 1
	}
	ctx.n++
	if !equal && a > b {
		e = -e
	}
	return d.reconstruct(predicted, e)
}
