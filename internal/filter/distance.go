package filter

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"sync"
	"sync/atomic"
)

// Distance returns, for every cell, the distance in mm from its centre to the centre of the nearest on cell: zero where on, +Inf
// everywhere when no cell is on. The error is only that of the context.
//
// Method: squared distances axis by axis; along Y by two sweeps that count cells, along X and Z as the lower envelope of parabolas
// (Felzenszwalb and Huttenlocher 2012, Theory of Computing 8:415), which is exact for unequal spacings. Only float32 rounds.
// Cost: time proportional to the number of cells, four bytes a cell for the result and little more.
func (l *Lattice) Distance(ctx context.Context) ([]float32, error) {
	out := make([]float32, len(l.On))
	err := inParallel(ctx, l.NZ, func() func(k int) {
		s := newSliceDistance(l)
		return func(k int) { s.squared(k, out) }
	})
	if err == nil {
		err = inParallel(ctx, l.NY, func() func(j int) {
			c := newColumnDistance(l)
			return func(j int) { c.finish(j, out) }
		})
	}
	if err != nil {
		return nil, fmt.Errorf("filter: distance: %w", err)
	}
	return out, nil
}

var inf = float32(math.Inf(1))

// sliceDistance computes squared distances within slices.
type sliceDistance struct {
	l     *Lattice
	above []int32   // cells to the nearest on cell at or before each cell of the slice, along Y
	below []int32   // and at or after it, for the row in hand
	row   []float32 // squared distance along Y of the row in hand, in units of DX
	x     *envelope
}

func newSliceDistance(l *Lattice) *sliceDistance {
	return &sliceDistance{l: l, above: make([]int32, l.NX*l.NY), below: make([]int32, l.NX), row: make([]float32, l.NX), x: newEnvelope(l.NX)}
}

// squared writes the squared distances of slice k in mm2, counting only the cells of that slice.
func (s *sliceDistance) squared(k int, out []float32) {
	l := s.l
	far := int32(l.NY) // no on cell on this side
	on, out := l.On[k*l.NX*l.NY:(k+1)*l.NX*l.NY], out[k*l.NX*l.NY:(k+1)*l.NX*l.NY]
	any := false
	for i := range s.below {
		s.below[i] = far
	}
	before := s.below
	for j := range l.NY {
		above := s.above[j*l.NX : (j+1)*l.NX]
		for i, b := range on[j*l.NX : (j+1)*l.NX] {
			n := min(before[i]+1, far)
			if b {
				n, any = 0, true
			}
			above[i] = n
		}
		before = above
	}
	if !any {
		for i := range out {
			out[i] = inf
		}
		return
	}
	for i := range s.below {
		s.below[i] = far
	}
	ratio := float32(l.DY * l.DY / (l.DX * l.DX))
	for j := l.NY - 1; j >= 0; j-- {
		for i, a := range s.above[j*l.NX : (j+1)*l.NX] {
			b := min(s.below[i]+1, a)
			s.below[i] = min(b, far)
			s.row[i] = inf
			if b < far {
				s.row[i] = float32(b) * float32(b) * ratio
			}
		}
		s.x.build(s.row)
		s.x.squared(out[j*l.NX:(j+1)*l.NX], float32(l.DX*l.DX))
	}
}

// columnBlock is how many columns along Z are worked on together: the cells of a memory page that is visited anyway.
const columnBlock = 32

// columnDistance joins the slices.
type columnDistance struct {
	l       *Lattice
	columns []float32 // columnBlock columns, Z fastest
	z       *envelope
}

func newColumnDistance(l *Lattice) *columnDistance {
	return &columnDistance{l: l, columns: make([]float32, columnBlock*l.NZ), z: newEnvelope(l.NZ)}
}

// finish turns the squared distances within slices, for all cells with the row number j, into distances in mm.
func (c *columnDistance) finish(j int, out []float32) {
	nz, step := c.l.NZ, c.l.NX*c.l.NY
	scale := float32(1 / (c.l.DZ * c.l.DZ))
	for i0 := 0; i0 < c.l.NX; i0 += columnBlock {
		width := min(columnBlock, c.l.NX-i0)
		o := i0 + c.l.NX*j
		for k := range nz {
			for i, d := range out[o+k*step : o+k*step+width] {
				c.columns[i*nz+k] = d * scale
			}
		}
		for i := range width {
			column := c.columns[i*nz : (i+1)*nz]
			c.z.build(column)
			c.z.root(column, float32(c.l.DZ*c.l.DZ))
		}
		for k := range nz {
			for i := range width {
				out[o+k*step+i] = c.columns[i*nz+k]
			}
		}
	}
}

// envelope is the least of the parabolas (x - at)^2 + height along one axis, in units of its spacing.
type envelope struct {
	half  []float32 // half[n] = 1/2n
	arcs  []arc
	count int
}

// arc is the stretch of one parabola on the envelope: it is the lowest from `from` to where the next one begins.
type arc struct {
	from, height float32
	at           int32
}

func newEnvelope(n int) *envelope {
	e := &envelope{half: make([]float32, n+1), arcs: make([]arc, n)}
	for i := 1; i <= n; i++ {
		e.half[i] = float32(1 / (2 * float64(i)))
	}
	return e
}

// build finds the envelope of the heights; infinite ones are none.
func (e *envelope) build(heights []float32) {
	n := 0
	arcs := e.arcs[:len(heights)]
	for q, h := range heights {
		if h == inf {
			continue
		}
		from := -inf
		for n > 0 {
			top := &arcs[n-1]
			// Where the parabolas cross, written with differences so that far cells do not cost precision.
			from = (h-top.height)*e.half[q-int(top.at)] + 0.5*float32(q+int(top.at))
			if from > top.from {
				break
			}
			n--
			from = -inf
		}
		arcs[n] = arc{from, h, int32(q)}
		n++
	}
	e.count = n
}

// squared writes the envelope times scale at every place.
func (e *envelope) squared(out []float32, scale float32) {
	x := 0
	for n := range e.count {
		a, end := e.arcs[n], e.end(n, len(out))
		for ; x < end; x++ {
			d := float32(x - int(a.at))
			out[x] = (d*d + a.height) * scale
		}
	}
	for ; x < len(out); x++ {
		out[x] = inf
	}
}

// root writes the root of the envelope times scale at every place.
func (e *envelope) root(out []float32, scale float32) {
	x := 0
	for n := range e.count {
		a, end := e.arcs[n], e.end(n, len(out))
		for ; x < end; x++ {
			d := float32(x - int(a.at))
			out[x] = float32(math.Sqrt(float64((d*d + a.height) * scale)))
		}
	}
	for ; x < len(out); x++ {
		out[x] = inf
	}
}

// end returns the first place that is beyond arc n.
func (e *envelope) end(n, length int) int {
	if n+1 == e.count {
		return length
	}
	next := e.arcs[n+1].from
	switch {
	case next < 0:
		return 0
	case next >= float32(length):
		return length
	}
	return int(next) + 1
}

// inParallel calls work for parts 0 to n-1 on every processor until done or cancelled; each goroutine has its own work.
func inParallel(ctx context.Context, n int, worker func() func(part int)) error {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			work := worker()
			for ctx.Err() == nil {
				part := int(next.Add(1)) - 1
				if part >= n {
					return
				}
				work(part)
			}
		})
	}
	wg.Wait()
	return ctx.Err()
}
