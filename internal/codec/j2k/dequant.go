package j2k

import "fmt"

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
