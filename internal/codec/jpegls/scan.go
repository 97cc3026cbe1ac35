package jpegls

import (
	"fmt"

	"github.com/vertefill/vertefill/internal/codec"
	"github.com/vertefill/vertefill/internal/codec/marker"
)

// Interleave modes ILV (T.87 C.2.3).
const (
	byComponent = iota
	byLine
	bySample
)

// plane holds the two lines the causal template needs. Both have one sample
// more on each side, index 0 being the one left of the image.
type plane struct {
	prev, cur []int32
	runIndex  uint8
}

type decoder struct {
	coder
	gradient []int8 // of -maxVal..maxVal
	planes   []plane
}

// decodeScan decodes the components of one scan into dst and returns the
// position after the coded data.
func decodeScan(dst []uint16, s *marker.Stream, scan marker.Scan) (int, error) {
	if err := checkScan(s, scan); err != nil {
		return 0, err
	}
	p, err := newParams(s.Frame.Bits, s.Preset, scan.Ss)
	if err != nil {
		return 0, err
	}
	width, height, step := s.Frame.Width, s.Frame.Height, len(s.Frame.Comps)
	rows := height // of a restart interval
	if s.Restart > 0 {
		rows = s.Restart
	}
	d := &decoder{gradient: p.gradients(), planes: make([]plane, len(scan.Comps))}
	d.params = p
	d.reader = reader{data: s.Data(), pos: scan.Start}
	for i := range d.planes {
		d.planes[i] = plane{prev: make([]int32, width+2), cur: make([]int32, width+2)}
	}
	for y := range height {
		if y%rows == 0 {
			if y > 0 {
				if err := d.restart(y/rows - 1); err != nil {
					return 0, fmt.Errorf("row %d: %w", y, err)
				}
			}
			d.begin()
		}
		for i := range d.planes {
			p := &d.planes[i]
			p.prev, p.cur = p.cur, p.prev
			p.prev[width+1] = p.prev[width]
			p.cur[0] = p.prev[1]
		}
		if scan.Se == bySample && len(d.planes) > 1 {
			d.pixels()
		} else {
			for i := range d.planes {
				d.line(&d.planes[i])
			}
		}
		if d.bad || d.overrun() {
			return 0, fmt.Errorf("row %d: %w: impossible code or early end", y, codec.ErrCorrupt)
		}
		for i, c := range scan.Comps {
			store(dst[y*width*step+c.Index:(y+1)*width*step], step, d.planes[i].cur[1:width+1])
		}
	}
	return d.end()
}

func checkScan(s *marker.Stream, scan marker.Scan) error {
	n := len(scan.Comps)
	if scan.Se > bySample || (scan.Se == byComponent) != (n == 1) && n > 1 {
		return fmt.Errorf("%w: interleave mode %d with %d components", codec.ErrCorrupt, scan.Se, n)
	}
	if scan.Al != 0 || scan.Ah != 0 {
		return fmt.Errorf("%w: point transform", codec.ErrUnsupported)
	}
	for _, c := range scan.Comps {
		if c.Td|c.Ta != 0 {
			return fmt.Errorf("%w: mapping table", codec.ErrUnsupported)
		}
	}
	if first := s.Frame.Comps[0]; n > 1 && first.H*first.V != 1 {
		return fmt.Errorf("%w: interleaved with sampling factors %dx%d", codec.ErrUnsupported, first.H, first.V)
	}
	return nil
}

// begin sets the state at the start of a scan or restart interval: fresh
// contexts, and zeros above the first line.
func (d *decoder) begin() {
	d.reset0()
	for i := range d.planes {
		clear(d.planes[i].cur)
		d.planes[i].runIndex = 0
	}
}

// line decodes one line of one component.
func (d *decoder) line(p *plane) {
	cur, prev := p.cur, p.prev[:len(p.cur)]
	width := len(cur) - 2
	gradient, maxVal := d.gradient, d.maxVal
	a, c, b := cur[0], prev[0], prev[1]
	q2 := int32(gradient[b-c+maxVal])
	for x := 1; x <= width; x++ {
		right := prev[x+1]
		q1 := int32(gradient[right-b+maxVal])
		q := 81*q1 + 9*q2 + int32(gradient[c-a+maxVal])
		if q != 0 {
			a = d.regular(q, a, b, c)
			cur[x] = a
			b, c, q2 = right, b, q1
			continue
		}
		n := d.runLength(width+1-x, &p.runIndex)
		for i := range cur[x : x+n] {
			cur[x+i] = a
		}
		if x += n; x > width {
			return
		}
		b, right = prev[x], prev[x+1]
		near := max(a-b, b-a) <= d.near
		a = d.interruption(a, b, near, p.runIndex)
		cur[x] = a
		p.runIndex -= min(p.runIndex, 1)
		c, q2 = b, int32(gradient[right-b+maxVal])
		b = right
	}
}

// pixels decodes one line with the components interleaved by sample. A run
// needs all components flat, and shares one run index (A.7, B.2.3).
func (d *decoder) pixels() {
	width := len(d.planes[0].cur) - 2
	index := &d.planes[0].runIndex
	var q [marker.MaxComponents]int32
	for x := 1; x <= width; x++ {
		run := true
		for i := range d.planes {
			q[i] = d.contextAt(&d.planes[i], x)
			run = run && q[i] == 0
		}
		if !run {
			for i := range d.planes {
				p := &d.planes[i]
				p.cur[x] = d.regular(q[i], p.cur[x-1], p.prev[x], p.prev[x-1])
			}
			continue
		}
		n := d.runLength(width+1-x, index)
		for i := range d.planes {
			cur := d.planes[i].cur
			for k := x; k < x+n; k++ {
				cur[k] = cur[x-1]
			}
		}
		if x += n; x > width {
			return
		}
		for i := range d.planes {
			p := &d.planes[i]
			p.cur[x] = d.interruption(p.cur[x-1], p.prev[x], false, *index)
		}
		*index -= min(*index, 1)
	}
}

// contextAt quantises the gradients around sample x (A.3.3, A.3.4). A negative
// number stands for the context of the opposite sign.
func (d *decoder) contextAt(p *plane, x int) int32 {
	a, b, c, right := p.cur[x-1], p.prev[x], p.prev[x-1], p.prev[x+1]
	g, maxVal := d.gradient, d.maxVal
	return 81*int32(g[right-b+maxVal]) + 9*int32(g[b-c+maxVal]) + int32(g[c-a+maxVal])
}

// store copies a line to every step-th sample of dst.
func store(dst []uint16, step int, line []int32) {
	if step == 1 {
		for i := range dst[:len(line)] {
			dst[i] = uint16(line[i])
		}
		return
	}
	for i, v := range line {
		dst[i*step] = uint16(v)
	}
}
