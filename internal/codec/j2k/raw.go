package j2k

// rawReader reads the bits of passes that bypass the arithmetic coder (D.6):
// most significant bit first, seven bits after FF, ones past the end.
type rawReader struct {
	data []byte
	pos  int
	cur  uint8
	left int
}

func (r *rawReader) start(data []byte) { *r = rawReader{data: data} }

func (r *rawReader) bit() uint32 {
	if r.left == 0 {
		r.left = 8
		if r.cur == 0xFF {
			r.left = 7
		}
		r.cur = 0xFF
		if r.pos < len(r.data) {
			r.cur = r.data[r.pos]
		}
		r.pos++
	}
	r.left--
	return uint32(r.cur>>r.left) & 1
}

// rawSignificancePass is significancePass on raw bits; signs are not predicted.
func (b *blockDecoder) rawSignificancePass(p int) {
	for s := range b.stripes {
		rows := b.rows(s)
		f, end := b.stripe(s)
		for ; f < end; f++ {
			word := b.flags[f]
			if word&anyInside == 0 {
				continue
			}
			for r := range rows {
				near := word >> (3 * r)
				if near&self != 0 || near&around == 0 {
					continue
				}
				word |= visited << (3 * r)
				if b.raw.bit() != 0 {
					sign := b.raw.bit()
					b.samples[4*f+r] = sign<<31 | 3<<p
					word = b.spread(word, f, r, sign)
				}
			}
			b.flags[f] = word
		}
	}
}

// rawRefinementPass is refinementPass on raw bits.
func (b *blockDecoder) rawRefinementPass(p int) {
	for s := range b.stripes {
		f, end := b.stripe(s)
		for ; f < end; f++ {
			word := b.flags[f]
			for r := range b.rows(s) {
				if near := word >> (3 * r); near&(self|visited) == self {
					word |= refined << (3 * r)
					b.samples[4*f+r] += (b.raw.bit()*2 - 1) << p
				}
			}
			b.flags[f] = word
		}
	}
}
