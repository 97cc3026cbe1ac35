package j2k

import (
	"fmt"

	"github.com/vertefill/vertefill/internal/codec"
)

// maxPlanes is how many bit-planes a sample has room for, beside its sign and
// the half bit below.
const maxPlanes = 30

// Coding passes are numbered as if the first plane had all three, so that pass
// n is of plane n/3 from the top. The first one there is, is its clean-up.
const (
	passSignificance = iota // n % 3
	passRefinement
	passCleanup

	firstPass    = passCleanup
	firstRawPass = 12 // significance of the fifth plane (table D.9)
)

// decodeBlock decodes one code-block, leaving its samples in d.blocks.
func (d *Decoder) decodeBlock(tc *tileComp, bd *band, cb *codeBlock) error {
	planes := bd.planes - cb.zeros
	if planes > maxPlanes {
		return fmt.Errorf("%w: %d bit-planes", codec.ErrUnsupported, planes)
	}
	if tc.style.ht() {
		return d.decodeHT(tc, bd, cb)
	}
	b, flags := &d.blocks, tc.style.flags
	b.reset(cb.w, cb.h, bd.orient, flags&styleCausal != 0)
	b.mq.resetContexts()
	pass := firstPass
	for id := cb.first; id != 0; {
		data, n, next := d.segment(id)
		id = next
		if n == 0 {
			continue // its bytes are missing, which was reported
		}
		if (pass+n-1)/3 >= planes {
			return fmtCorrupt("passes below the last bit-plane")
		}
		used, err := 0, error(nil)
		if flags&styleBypass != 0 && pass >= firstRawPass && pass%3 != passCleanup {
			used = b.rawPasses(data, pass, n, planes, flags)
		} else if used, err = b.mqPasses(data, pass, n, planes, flags); err != nil {
			return err
		}
		if strays(used, len(data)) {
			return fmtCorrupt("pass %d uses %d of %d bytes", pass, used, len(data))
		}
		pass += n
	}
	return nil
}

// How far from the end of its bytes a codeword may end. Encoders leave out
// trailing bytes that the decoder would fill in by itself (up to 8 seen), and
// are generous with lengths they estimate (up to 1 seen, 5 in old OpenJPEG
// sources). Damaged codewords mostly end elsewhere.
const (
	maxMissingBytes = 12
	maxUnusedBytes  = 5
)

// strays reports that size bytes cannot have been meant when used were.
func strays(used, size int) bool {
	return used > size+maxMissingBytes || used < size-maxUnusedBytes
}

// mqPasses decodes the n passes of one arithmetic codeword and returns how many
// bytes they used.
func (b *blockDecoder) mqPasses(data []byte, pass, n, planes int, flags byte) (used int, err error) {
	a, c := b.mq.start(data)
	for i := pass; i < pass+n; i++ {
		p, whole := planes-1-i/3, true
		switch i % 3 {
		case passSignificance:
			a, c = b.significancePass(a, c, p)
		case passRefinement:
			a, c = b.refinementPass(a, c, p)
		case passCleanup:
			a, c = b.cleanupPass(a, c, p)
			if flags&styleSegSym != 0 {
				a, c, whole = b.segmentationSymbol(a, c)
			}
		}
		if !whole {
			return 0, fmtCorrupt("segmentation symbol missing in plane %d", p)
		}
		if flags&styleReset != 0 {
			b.mq.resetContexts()
		}
	}
	return b.mq.used(), nil
}

// rawPasses is mqPasses for passes that bypass the arithmetic coder.
func (b *blockDecoder) rawPasses(data []byte, pass, n, planes int, flags byte) (used int) {
	b.raw.start(data)
	for i := pass; i < pass+n; i++ {
		if p := planes - 1 - i/3; i%3 == passSignificance {
			b.rawSignificancePass(p)
		} else {
			b.rawRefinementPass(p)
		}
	}
	if flags&styleReset != 0 {
		b.mq.resetContexts()
	}
	return b.raw.pos
}

// segment returns the bytes and passes of the codeword segment that begins
// with chunk id, and the chunk after it.
func (d *Decoder) segment(id int32) (data []byte, passes int, next int32) {
	c := &d.tile.chunks[id-1]
	data, passes, next = d.tile.body[c.offset:c.offset+c.size], int(c.passes), c.next
	if next == 0 || d.tile.chunks[next-1].starts {
		return data, passes, next
	}
	d.cw = append(d.cw[:0], data...)
	for next != 0 {
		c = &d.tile.chunks[next-1]
		if c.starts {
			break
		}
		d.cw = append(d.cw, d.tile.body[c.offset:c.offset+c.size]...)
		passes += int(c.passes)
		next = c.next
	}
	return d.cw, passes, next
}
