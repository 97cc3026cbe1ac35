package j2k

import "math/bits"

// blockDecoder decodes the bit-planes of one code-block (Annex D).
//
// Samples are kept stripe by stripe, the four of a stripe column side by side
// (D.1), each as sign in bit 31 and twice its magnitude below: the extra bit
// holds the middle of the interval a sample is known to lie in (r = 1/2 of
// equation E-6), so that a sample first found in plane b is 11b << b.
//
// Columns are numbered with a margin of one column at both sides of a stripe
// and one stripe above and below: sample r of column f is samples[4*f+r]. For
// each column one word of state, flags[f], answers every question a pass asks
// about its four samples. With the rows of a column numbered 0 to 3, its
// neighbours above and below -1 and 4, and columns left, own and right c = 0,
// 1, 2:
//
//	bit 3(r+1)+c       sample r, c is significant
//	bit 3(r+1)+c + 32  and negative
//	bit 3r + visited   sample r was coded in this plane's significance pass
//	bit 3r + refined   sample r has been refined before
//
// Shifted right by 3r, the lowest nine bits are the 3x3 neighbourhood of sample
// r with the sample itself in the middle.
type blockDecoder struct {
	mq      mqDecoder
	raw     rawReader
	flags   [maxFlags]uint64
	samples [maxSamples]uint32
	w, h    int
	stripes int
	stride  int  // columns from one stripe to the next
	causal  bool // neighbours in the next stripe count as insignificant
	zeroCtx *[512]uint8
}

const (
	maxFlags   = 4096 // (w+2) * (h/4+2) is at most 3078, for 1024 x 4 (B.7)
	maxSamples = 4 * maxFlags

	self       = 1 << 4
	around     = 0x1EF
	anyInside  = 1<<18 - 1
	visited    = 1 << 20
	allVisited = visited | visited<<3 | visited<<6 | visited<<9
	refined    = 1 << 21
	rowBits    = 1 | 1<<3 | 1<<6 | 1<<9
)

// reset prepares for a block of w by h samples.
func (b *blockDecoder) reset(w, h, orient int, causal bool) {
	b.w, b.h, b.causal = w, h, causal
	b.stripes, b.stride = (h+3)/4, w+2
	clear(b.flags[:b.stride*(b.stripes+2)])
	clear(b.samples[4*b.stride : 4*b.stride*(b.stripes+1)])
	b.zeroCtx = &zeroContexts[orient]
}

// rows returns how many rows stripe s has.
func (b *blockDecoder) rows(s int) int { return min(4, b.h-4*s) }

// stripe returns the first column of stripe s and the one after its last.
func (b *blockDecoder) stripe(s int) (from, to int) {
	from = (s+1)*b.stride + 1
	return from, from + b.w
}

// row returns the samples of row y, one in every four elements.
func (b *blockDecoder) row(y int) []uint32 {
	from, _ := b.stripe(y >> 2)
	return b.samples[4*from+y&3:][:4*b.w-3]
}

// spread tells the neighbours of row r of the column at flag f that it became
// significant; the column's own word is returned.
func (b *blockDecoder) spread(word uint64, f, r int, sign uint32) uint64 {
	v := 1 | uint64(sign)<<32
	b.flags[(f-1)&(maxFlags-1)] |= v << ((3*r + 5) & 63)
	b.flags[(f+1)&(maxFlags-1)] |= v << ((3*r + 3) & 63)
	if r == 0 && !b.causal {
		up := f - b.stride
		b.flags[(up-1)&(maxFlags-1)] |= v << 17
		b.flags[up&(maxFlags-1)] |= v << 16
		b.flags[(up+1)&(maxFlags-1)] |= v << 15
	}
	if r == 3 {
		down := f + b.stride
		b.flags[(down-1)&(maxFlags-1)] |= v << 2
		b.flags[down&(maxFlags-1)] |= v << 1
		b.flags[(down+1)&(maxFlags-1)] |= v
	}
	return word | v<<((3*r+4)&63)
}

// significancePass is D.3.1 in plane p.
func (b *blockDecoder) significancePass(a, c int64, p int) (int64, int64) {
	value := uint32(3) << p
	for s := range b.stripes {
		inStripe := uint64(rowBits) >> (12 - 3*b.rows(s))
		f, end := b.stripe(s)
		for ; f < end; f++ {
			word := b.flags[f&(maxFlags-1)]
			todo := candidates(word) & inStripe
			seen := todo
			for todo != 0 {
				shift := bits.TrailingZeros64(todo)
				todo &= todo - 1
				var bit uint32
				bit, a, c = b.mq.decode(uint32(b.zeroCtx[word>>(shift&63)&511]), a, c)
				if bit != 0 {
					near := word >> (shift & 63)
					sc := signContexts[near&0xAA|near>>33&0x55]
					bit, a, c = b.mq.decode(uint32(sc&31), a, c)
					bit ^= uint32(sc >> 7)
					r := rowOf(shift)
					b.samples[(4*f+r)&(maxSamples-1)] = bit<<31 | value
					word = b.spread(word, f, r, bit)
					below := 8 << (shift & 63) &^ (word >> 4) & inStripe // has a neighbour now
					todo |= below
					seen |= below
				}
			}
			b.flags[f&(maxFlags-1)] = word | seen*visited
		}
	}
	return a, c
}

// candidates returns, at bit 3r, the rows of a column that are not significant
// but next to a sample that is.
func candidates(word uint64) uint64 {
	rows := word & anyInside
	rows |= rows>>1 | rows>>2 // bit 3(r+1): anything in the three columns of row r
	return (rows | rows>>3 | rows>>6) &^ (word >> 4) & rowBits
}

// rowOf returns shift / 3 for 0, 3, 6 and 9.
func rowOf(shift int) int { return shift * 11 >> 5 }

// refinementPass is D.3.3 in plane p.
func (b *blockDecoder) refinementPass(a, c int64, p int) (int64, int64) {
	half := uint32(1) << p
	for s := range b.stripes {
		f, end := b.stripe(s)
		for ; f < end; f++ {
			word := b.flags[f&(maxFlags-1)]
			// The rows to refine: significant, not coded in this plane yet.
			todo := word >> 4 & rowBits &^ (word >> 20)
			b.flags[f&(maxFlags-1)] = word | todo*refined
			for todo != 0 {
				shift := bits.TrailingZeros64(todo)
				todo &= todo - 1
				near := word >> (shift & 63)
				cx := uint32(ctxRefine)
				if near&around != 0 {
					cx = ctxRefine + 1
				}
				if near&refined != 0 {
					cx = ctxRefine + 2
				}
				var bit uint32
				bit, a, c = b.mq.decode(cx, a, c)
				b.samples[(4*f+rowOf(shift))&(maxSamples-1)] += (bit*2 - 1) * half
			}
		}
	}
	return a, c
}

// cleanupPass is D.3.4 in plane p; it ends the plane.
func (b *blockDecoder) cleanupPass(a, c int64, p int) (int64, int64) {
	value := uint32(3) << p
	var bit uint32
	for s := range b.stripes {
		inStripe := uint64(rowBits) >> (12 - 3*b.rows(s))
		f, end := b.stripe(s)
		for ; f < end; f++ {
			word := b.flags[f&(maxFlags-1)]
			todo := inStripe &^ (word>>4 | word>>20)
			found := false // the first row to do is known to be significant
			if word&anyInside == 0 && inStripe == rowBits {
				if bit, a, c = b.mq.decode(ctxRun, a, c); bit == 0 {
					continue
				}
				r := 0
				for range 2 {
					bit, a, c = b.mq.decode(ctxUni, a, c)
					r = r<<1 | int(bit)
				}
				todo &= rowBits << (3 * r)
				found = true
			}
			for todo != 0 {
				shift := bits.TrailingZeros64(todo)
				todo &= todo - 1
				if !found {
					bit, a, c = b.mq.decode(uint32(b.zeroCtx[word>>(shift&63)&511]), a, c)
					if bit == 0 {
						continue
					}
				}
				found = false
				near := word >> (shift & 63)
				sc := signContexts[near&0xAA|near>>33&0x55]
				bit, a, c = b.mq.decode(uint32(sc&31), a, c)
				bit ^= uint32(sc >> 7)
				r := rowOf(shift)
				b.samples[(4*f+r)&(maxSamples-1)] = bit<<31 | value
				word = b.spread(word, f, r, bit)
			}
			b.flags[f&(maxFlags-1)] = word &^ allVisited
		}
	}
	return a, c
}

// segmentationSymbol decodes the mark at the end of a plane (D.5).
func (b *blockDecoder) segmentationSymbol(a, c int64) (int64, int64, bool) {
	v := uint32(0)
	for range 4 {
		var bit uint32
		bit, a, c = b.mq.decode(ctxUni, a, c)
		v = v<<1 | bit
	}
	return a, c, v == 0xA
}

// zeroContexts is table D.1 for each orientation, by the nine bits of a
// neighbourhood.
var zeroContexts = func() (t [4][512]uint8) {
	for n := range 512 {
		bit := func(i int) int { return n >> i & 1 }
		h, v := bit(3)+bit(5), bit(1)+bit(7)
		d := bit(0) + bit(2) + bit(6) + bit(8)
		t[bandLL][n] = zeroContext(h, v, d)
		t[bandLH][n] = t[bandLL][n]
		t[bandHL][n] = zeroContext(v, h, d)
		t[bandHH][n] = zeroContextHH(h+v, d)
	}
	return t
}()

func zeroContext(h, v, d int) uint8 {
	switch {
	case h == 2:
		return 8
	case h == 1 && v >= 1:
		return 7
	case h == 1 && d >= 1:
		return 6
	case h == 1:
		return 5
	case v == 2:
		return 4
	case v == 1:
		return 3
	}
	return uint8(min(d, 2))
}

func zeroContextHH(hv, d int) uint8 {
	switch {
	case d >= 3:
		return 8
	case d == 2:
		return uint8(6 + min(hv, 1))
	case d == 1:
		return uint8(3 + min(hv, 2))
	}
	return uint8(min(hv, 2))
}

// signContexts is tables D.2 and D.3: context in the low bits, the bit to flip
// the decision with in bit 7. The index holds for the neighbours above, left,
// right and below (bits 1, 3, 5, 7) whether they are significant, and one bit
// lower whether they are negative.
var signContexts = func() (t [256]uint8) {
	for n := range 256 {
		of := func(i int) int { // contribution of one neighbour
			if n>>i&1 == 0 {
				return 0
			}
			return 1 - 2*(n>>(i-1)&1)
		}
		h := max(-1, min(1, of(3)+of(5)))
		v := max(-1, min(1, of(1)+of(7)))
		flip := uint8(0)
		if h < 0 || h == 0 && v < 0 {
			h, v, flip = -h, -v, 0x80
		}
		t[n] = uint8(ctxSign+3*h+v) | flip
	}
	return t
}()
