package j2k

import "math/bits"

// markSignificant enters the samples the clean-up pass found into the flags,
// for the passes below it.
func (b *blockDecoder) markSignificant() {
	for s := range b.stripes {
		f, end := b.stripe(s)
		for ; f < end; f++ {
			for r := range b.rows(s) {
				if b.samples[4*f+r] != 0 {
					b.flags[f] = b.spread(b.flags[f], f, r, 0)
				}
			}
		}
	}
}

// htSignificancePass is T.814 7.4 in plane p: raw bits, read like magnitudes
// but zeros beyond the end; the signs of four columns follow their
// significance.
func (b *blockDecoder) htSignificancePass(data []byte, p int) {
	r := spReader{data: data}
	for s := range b.stripes {
		inStripe := uint64(rowBits) >> (12 - 3*b.rows(s))
		first, end := b.stripe(s)
		for ; first < end; first += 4 {
			var found [16]int
			n := 0
			for f := first; f < min(first+4, end); f++ {
				word := b.flags[f]
				for todo := candidates(word) & inStripe; todo != 0; {
					shift := bits.TrailingZeros64(todo)
					todo &= todo - 1
					if r.bit() == 0 {
						continue
					}
					row := rowOf(shift)
					word = b.spread(word, f, row, 0)
					todo |= 8 << shift &^ (word >> 4) & inStripe
					found[n] = 4*f + row
					n++
				}
				b.flags[f] = word
			}
			for _, at := range found[:n] {
				b.samples[at] = r.bit()<<31 | 3<<p
			}
		}
	}
}

// htRefinementPass is T.814 7.5 in plane p: raw bits from the end of data on
// backwards, for every sample of the clean-up pass.
func (b *blockDecoder) htRefinementPass(data []byte, p int) {
	var r vlcReader
	r.startRaw(data)
	for s := range b.stripes {
		f, end := b.stripe(s)
		for ; f < end; f++ {
			r.fill()
			word := b.flags[f]
			for todo := word >> 4 & rowBits; todo != 0; todo &= todo - 1 {
				row := rowOf(bits.TrailingZeros64(todo))
				b.samples[4*f+row] += (r.take(1)*2 - 1) << p
			}
		}
	}
}

// spReader reads the bits of the significance pass: forward, lowest bit first,
// seven bits after FF, zeros beyond the end.
type spReader struct {
	data []byte
	pos  int
	cur  uint8 // the unread bits, at the bottom
	left int
	last uint8
}

func (r *spReader) bit() uint32 {
	if r.left == 0 {
		r.left = 8
		if r.last == 0xFF {
			r.left = 7
		}
		r.cur = 0
		if r.pos < len(r.data) {
			r.cur = r.data[r.pos]
		}
		r.last = r.cur
		r.pos++
	}
	v := r.cur & 1
	r.cur >>= 1
	r.left--
	return uint32(v)
}
