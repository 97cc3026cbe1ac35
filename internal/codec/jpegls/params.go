package jpegls

import (
	"fmt"
	"math/bits"
	"sync/atomic"

	"github.com/vertefill/vertefill/internal/codec"
	"github.com/vertefill/vertefill/internal/codec/marker"
)

// params are the coding parameters of a scan, named as in T.87 A.2.1 and C.2.4.
type params struct {
	maxVal, near int32
	t1, t2, t3   int32 // gradient thresholds
	reset        int32 // context count at which statistics are halved
	rng          int32 // RANGE: number of distinct prediction errors
	qbpp         int   // bits of an escaped error
	limit        int   // longest Golomb code
}

func newParams(precision int, preset marker.Preset, near int) (params, error) {
	full := 1<<precision - 1
	p := params{maxVal: int32(full), near: int32(near), reset: 64}
	if preset.MaxVal != 0 {
		p.maxVal = int32(preset.MaxVal)
	}
	if preset.MaxVal > full || near > min(255, int(p.maxVal)/2) {
		return p, fmt.Errorf("%w: MAXVAL %d, NEAR %d with %d bits", codec.ErrCorrupt, p.maxVal, near, precision)
	}
	p.defaultThresholds()
	for _, set := range []struct {
		value int
		param *int32
	}{{preset.T1, &p.t1}, {preset.T2, &p.t2}, {preset.T3, &p.t3}, {preset.Reset, &p.reset}} {
		if set.value != 0 {
			*set.param = int32(set.value)
		}
	}
	if p.t1 < p.near+1 || p.t2 < p.t1 || p.t3 < p.t2 || p.t3 > p.maxVal || p.reset < 3 {
		return p, fmt.Errorf("%w: thresholds %d %d %d, reset %d", codec.ErrCorrupt, p.t1, p.t2, p.t3, p.reset)
	}
	p.rng = (p.maxVal+2*p.near)/(2*p.near+1) + 1
	p.qbpp = bits.Len32(uint32(p.rng - 1))
	bpp := max(2, bits.Len32(uint32(p.maxVal)))
	p.limit = 2 * (bpp + max(8, bpp))
	return p, nil
}

// defaultThresholds follows T.87 C.2.4.1.1.1.
func (p *params) defaultThresholds() {
	const basic1, basic2, basic3 = 3, 7, 21
	clamp := func(v, low int32) int32 {
		if v > p.maxVal || v < low {
			return low
		}
		return v
	}
	if p.maxVal >= 128 {
		f := (min(p.maxVal, 4095) + 128) / 256
		p.t1 = clamp(f*(basic1-2)+2+3*p.near, p.near+1)
		p.t2 = clamp(f*(basic2-3)+3+5*p.near, p.t1)
		p.t3 = clamp(f*(basic3-4)+4+7*p.near, p.t2)
		return
	}
	f := 256 / (p.maxVal + 1)
	p.t1 = clamp(max(2, basic1/f+3*p.near), p.near+1)
	p.t2 = clamp(max(3, basic2/f+5*p.near), p.t1)
	p.t3 = clamp(max(4, basic3/f+7*p.near), p.t2)
}

// gradients tabulates the quantisation of local gradients (A.3.3) for every
// difference of two samples; the entry of difference d is at d+maxVal.
func (p *params) gradients() []int8 {
	if last := lastGradients.Load(); last != nil && last.params == *p {
		return last.table
	}
	table := make([]int8, 2*p.maxVal+1)
	low := p.near + 1 // smallest difference of a level
	for level, high := range []int32{p.t1, p.t2, p.t3, p.maxVal + 1} {
		positive := table[p.maxVal+low : p.maxVal+high]
		negative := table[p.maxVal-high+1 : p.maxVal-low+1]
		for i := range positive {
			positive[i] = int8(level + 1)
		}
		for i := range negative {
			negative[i] = -int8(level + 1)
		}
		low = high
	}
	lastGradients.Store(&gradientTable{*p, table})
	return table
}

// lastGradients is the table made last, up to 128 KiB: all slices of a series need the same one.
var lastGradients atomic.Pointer[gradientTable]

type gradientTable struct {
	params params
	table  []int8 // not changed any more
}
