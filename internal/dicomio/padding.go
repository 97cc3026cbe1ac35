package dicomio

import (
	"math"

	"github.com/vertefill/vertefill/internal/volume"
)

// padding is what a file puts where nothing was measured, such as the corners outside the circle (PS3.3 C.7.5.1.1.2): a range of
// stored values. Most writers choose one far below air, which harms nothing. Others choose one that loads as dense material, by
// design or because it was written with one sign and is read with the other: -2000 becomes 63536.
type padding struct {
	low, high int // stored values, in order
	loadsAs   brightness
}

// brightness is what padding would be taken for if it were kept.
type brightness uint8

const (
	asAir    brightness = iota // or the file names no padding: nothing to do
	asTissue                   // numbers that patients and implants have too: only what reaches the left or right border is padding
	asNoScan                   // beyond every CT scale: padding wherever it occurs
)

// declaredPadding returns the range of stored values that the file names as padding, in order.
func declaredPadding(d *Dataset, signed bool) (low, high int, ok bool) {
	low, ok = d.Int(tagPaddingValue)
	if !ok {
		return 0, 0, false
	}
	high, limited := d.Int(tagPaddingLimit)
	if !limited {
		high = low
	}
	if signed { // US or SS, whatever the pixels are: the bits count
		low, high = int(int16(low)), int(int16(high))
	} else {
		low, high = int(uint16(low)), int(uint16(high))
	}
	return min(low, high), max(low, high), true
}

// readPadding returns the padding of a picture. A range on both sides of water cannot be meant and is ignored.
func (f *frame) readPadding(d *Dataset) padding {
	in := f.inst
	p := padding{}
	var ok bool
	if p.low, p.high, ok = declaredPadding(d, in.layout.signed); !ok || in.colourful() {
		return padding{}
	}
	value := f.scale()
	a, b := value(uint16(p.low<<in.shift())), value(uint16(p.high<<in.shift()))
	switch top := max(a, b); {
	case min(a, b) < 0 && top > 0 || top <= volume.Air:
	case top > math.MaxInt16:
		p.loadsAs = asNoScan
	default:
		p.loadsAs = asTissue
	}
	return p
}

// holds returns the test whether a sample as decoded is padding. Some writers use all bits for it though fewer are stored.
func (p padding) holds(in *instance) func(uint16) bool {
	stored, signed := in.stored(), in.layout.signed
	return func(r uint16) bool {
		whole := int(r)
		if signed {
			whole = int(int16(r))
		}
		v := stored(r)
		return p.low <= v && v <= p.high || p.low <= whole && whole <= p.high
	}
}

// blank calls clear with the index of every sample of a slice that is padding and does not load as air, and returns how many
// there are.
func (f *frame) blank(raw []uint16, clear func(i int)) int {
	if f.pad.loadsAs == asAir {
		return 0
	}
	is, n, nx := f.pad.holds(f.inst), 0, f.inst.layout.cols
	hit := func(i int) bool {
		if !is(raw[i]) {
			return false
		}
		clear(i)
		n++
		return true
	}
	for row := 0; row+nx <= len(raw); row += nx {
		i, j := row, row+nx-1
		for i <= j && (hit(i) || f.pad.loadsAs == asNoScan) {
			i++
		}
		for j > i && hit(j) {
			j--
		}
	}
	return n
}
