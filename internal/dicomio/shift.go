package dicomio

import (
	"encoding/binary"
	"math"
	"unsafe"
)

// littleEndianHost reports whether samples in a file can be read straight into memory.
var littleEndianHost = binary.NativeEndian.Uint16([]byte{1, 0}) == 1

// shiftable reports whether samples as decoded need no more than masking and an offset to become HU.
func (in *instance) shiftable() bool {
	l := in.layout
	return l.allocated == 16 && !in.colourful() && in.shift() == 0 && (l.stored == 16 || !l.signed)
}

// hotHU is where the search for a ceiling of the scale begins; few voxels of a patient are denser.
const hotHU = 1200

// histogram counts CT numbers from hotHU up.
type histogram [math.MaxInt16 + 1]uint32

// tally is what is counted while samples become HU.
type tally struct {
	peaks   histogram
	limited int // voxels denser than int16 can say
	padded  int // voxels of padding that became air
}

func (t *tally) add(o *tally) {
	for i := hotHU; i < len(t.peaks); i++ {
		t.peaks[i] += o.peaks[i]
	}
	t.limited += o.limited
	t.padded += o.padded
}

const (
	lanes = 0x0001_0001_0001_0001
	tops  = 0x8000_8000_8000_8000
)

// shiftInPlace turns stored values into HU by adding c to each, clamped to int16, and counts the dense ones. Four pixels go through
// one 64-bit word; the word is taken apart only where a lane overflows or is dense. That halves the cost of loading a series.
func shiftInPlace(px []int16, l layout, c int16, t *tally) {
	signed := l.signed
	mask := uint16(1<<l.stored - 1)
	mask4 := lanes * uint64(mask)
	c4 := lanes * uint64(uint16(c))
	const hot4 = lanes * (0x8000 - hotHU)
	n := len(px) / 4
	words := unsafe.Slice((*uint64)(unsafe.Pointer(unsafe.SliceData(px))), n)
	for i, x := range words {
		x &= mask4
		sum := (x&^tops + c4&^tops) ^ ((x ^ c4) & tops)
		over := (x ^ sum) & (c4 ^ sum) // a lane's top bit: the signed sum left its range
		if !signed {
			over = x // the top bit of an unsigned value
		}
		hot := (sum&^tops + hot4) &^ sum
		if (over|hot)&tops != 0 {
			four := px[4*i : 4*i+4]
			for j := range four {
				four[j] = shiftOne(uint16(x>>(16*j)), signed, c, t)
			}
			continue
		}
		words[i] = sum
	}
	for i := 4 * n; i < len(px); i++ {
		px[i] = shiftOne(uint16(px[i])&mask, signed, c, t)
	}
}

func shiftOne(x uint16, signed bool, c int16, t *tally) int16 {
	v := int(x)
	if signed {
		v = int(int16(x))
	}
	h := max(math.MinInt16, min(math.MaxInt16, v+int(c)))
	if h >= hotHU {
		t.peaks[h]++
		if v+int(c) > h {
			t.limited++
		}
	}
	return int16(h)
}

// A spike at the top of the scale is a ceiling: many voxels at the very maximum, few below it, and the maximum a number at which
// scales end. Dense metal and cement alone leave single voxels there; a phantom's even plateau may end anywhere.
const (
	spikeVoxels = 20
	spikeRatio  = 8  // against the mean of the bins below
	spikeBins   = 64 // below the maximum
)

// ceiling returns the highest CT number that the files can hold: by their bits and rescale values, or by a spike of the numbers.
func (s *Stack) ceiling(peaks *histogram) int16 {
	top := float64(math.MaxInt16)
	for _, f := range s.frames {
		l := f.inst.layout
		bits := l.stored
		if l.signed {
			bits--
		}
		if hi := float64(int(1)<<bits-1)*f.slope + f.intercept; f.lut == nil && f.slope > 0 {
			top = min(top, hi)
		}
	}
	peak := len(peaks) - 1
	for peak > hotHU && peaks[peak] == 0 {
		peak--
	}
	below := uint32(0)
	from := max(hotHU, peak-spikeBins)
	for _, n := range peaks[from:peak] {
		below += n
	}
	if n := peaks[peak]; peak > hotHU && n >= spikeVoxels && s.scaleEnd(peak) && float64(n) > spikeRatio*float64(below)/float64(max(1, peak-from)) {
		top = min(top, float64(peak))
	}
	return clampHU(math.Floor(top))
}

// scaleEnd reports whether a CT number is the last of a scale of whole bits: by the intercept of the file, or by those usual inside
// scanners, whose clipped values are often stored in wider files.
func (s *Stack) scaleEnd(hu int) bool {
	for _, intercept := range []int{0, -1000, -1024, int(s.frames[0].intercept)} {
		for bits := 11; bits <= 15; bits++ {
			if hu == 1<<bits-1+intercept {
				return true
			}
		}
	}
	return false
}
