package j2k

import (
	"fmt"

	"github.com/vertefill/vertefill/internal/codec"
)

// maxPlanes is how many bit-planes a sample has room for, beside its sign and
// the half bit below.
const maxPlanes = 30

// decodeBlocks decodes the code-blocks of one component into its plane: ints
// for the reversible path, floats for the other. One that is damaged does not
// stop the others.
func (d *Decoder) decodeBlocks(tc *tileComp, ints []int32, floats []float32) (damage error) {
	t := &d.tile
	for r := range tc.resolutions {
		res := &tc.resolutions[r]
		for p := range res.pw * res.ph * len(res.bands) {
			bd := &res.bands[p%len(res.bands)]
			pr := &t.precincts[res.firstPrecinct+p]
			for i := range pr.nx * pr.ny {
				err := d.decodeInto(tc, bd, &t.blocks[pr.firstBlock+i], ints, floats)
				if err != nil && damage == nil {
					damage = fmt.Errorf("resolution %d, code-block %d: %w", r, i, err)
				}
			}
		}
	}
	return damage
}

// decodeInto decodes one code-block into the plane of its component.
func (d *Decoder) decodeInto(tc *tileComp, bd *band, cb *codeBlock, ints []int32, floats []float32) error {
	if cb.first == 0 {
		return nil
	}
	if err := d.decodeBlock(tc, bd, cb); err != nil {
		return err
	}
	if tc.roiShift > 0 {
		shiftRegion(d.blocks.samples[:], tc.roiShift)
	}
	stride := tc.x1 - tc.x0
	if ints != nil {
		storeInts(ints[cb.offset:], &d.blocks, stride)
	} else {
		storeFloats(floats[cb.offset:], &d.blocks, stride, bd.step/2)
	}
	return nil
}

// decodeBlock decodes one code-block, leaving its samples in d.blocks.
func (d *Decoder) decodeBlock(tc *tileComp, bd *band, cb *codeBlock) error {
	b, flags := &d.blocks, tc.style.flags
	planes := bd.planes - cb.zeros
	if planes > maxPlanes {
		return fmt.Errorf("%w: %d bit-planes", codec.ErrUnsupported, planes)
	}
	if tc.style.ht() {
		return d.decodeHT(tc, bd, cb)
	}
	b.reset(cb.w, cb.h, bd.orient, flags&styleCausal != 0)
	b.mq.resetContexts()
	pass := 2 // planes begin with significance; the first has only its clean-up
	for id := cb.first; id != 0; {
		data, n, next := d.segment(id)
		id = next
		if p := planes - 1 - (pass+n-1)/3; p < 0 {
			return fmtCorrupt("passes below the last bit-plane")
		}
		if flags&styleBypass != 0 && pass >= 12 && pass%3 != 2 {
			b.raw.start(data)
			for range n {
				if p := planes - 1 - pass/3; pass%3 == 0 {
					b.rawSignificancePass(p)
				} else {
					b.rawRefinementPass(p)
				}
				pass++
				if flags&styleReset != 0 {
					b.mq.resetContexts()
				}
			}
			if strays(b.raw.pos, len(data)) {
				return fmtCorrupt("raw passes use %d of %d bytes", b.raw.pos, len(data))
			}
			continue
		}
		a, c := b.mq.start(data)
		for range n {
			p, whole := planes-1-pass/3, true
			switch pass % 3 {
			case 0:
				a, c = b.significancePass(a, c, p)
			case 1:
				a, c = b.refinementPass(a, c, p)
			case 2:
				a, c = b.cleanupPass(a, c, p)
				if flags&styleSegSym != 0 {
					a, c, whole = b.segmentationSymbol(a, c)
				}
			}
			if !whole {
				return fmtCorrupt("segmentation symbol missing in plane %d", p)
			}
			pass++
			if flags&styleReset != 0 {
				b.mq.resetContexts()
			}
		}
		if n > 0 && strays(b.mq.used(), len(data)) {
			return fmtCorrupt("codeword uses %d of %d bytes", b.mq.used(), len(data))
		}
	}
	return nil
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

// shiftRegion brings samples of the region of interest down (H.1): those that
// reach above the background.
func shiftRegion(samples []uint32, shift int) {
	for i, v := range samples {
		if m := v & 0x7FFFFFFF; m>>1>>shift != 0 {
			samples[i] = v&0x80000000 | m>>shift
		}
	}
}

// storeInts writes a block of samples into a plane. The half bit falls away
// when all planes were decoded, and is the middle of the interval otherwise.
func storeInts(plane []int32, b *blockDecoder, stride int) {
	for y := range b.h {
		row, from := plane[y*stride:][:b.w], b.row(y)
		for x := range row {
			v := from[4*x]
			sign := int32(v) >> 31
			row[x] = (int32(v&0x7FFFFFFF>>1) ^ sign) - sign
		}
	}
}

// storeFloats is storeInts with the step size of the band (equation E-6); half
// is half the step, because samples count half units.
func storeFloats(plane []float32, b *blockDecoder, stride int, half float32) {
	for y := range b.h {
		row, from := plane[y*stride:][:b.w], b.row(y)
		for x := range row {
			v := from[4*x]
			m := float32(v&0x7FFFFFFF) * half
			if v&0x80000000 != 0 {
				m = -m
			}
			row[x] = m
		}
	}
}
