package filter

import "math"

// envelope is the least of the parabolas (x - at)^2 + height along one axis, in units of its spacing. Places are 0 to n-1.
type envelope struct {
	half  []float32 // half[d] = 1/2d
	arcs  []arc
	count int
}

// arc is the stretch of one parabola on the envelope: it is the lowest from `from` to where the next one begins.
type arc struct {
	from, height float32
	at           int
}

func newEnvelope(n int) *envelope {
	e := &envelope{half: make([]float32, n+1), arcs: make([]arc, n)}
	for d := 1; d <= n; d++ {
		e.half[d] = float32(1 / (2 * float64(d)))
	}
	return e
}

// build finds the envelope of parabolas at the places first, first+1, ... whose heights are at 0, stride, 2*stride, ...; infinite
// heights are none.
func (e *envelope) build(heights []float32, stride, first int) {
	arcs, half := e.arcs, e.half
	n := 0
	var top arc // the last of the arcs so far
	for o, at := 0, first; o < len(heights); o, at = o+stride, at+1 {
		h := heights[o]
		if h == inf {
			continue
		}
		from := -inf
		for n > 0 {
			// Where the two cross, written with differences so that far cells do not cost precision.
			if from = (h-top.height)*half[at-top.at] + 0.5*float32(at+top.at); from > top.from {
				break
			}
			from = -inf // the top is nowhere the lowest
			if n--; n > 0 {
				top = arcs[n-1]
			}
		}
		top = arc{from, h, at}
		arcs[n] = top
		n++
	}
	e.count = n
}

// squares writes the envelope times scale to all places.
func (e *envelope) squares(out []float32, scale float32) {
	x := 0
	for n := range e.count {
		a, end := e.arcs[n], e.end(n, len(out))
		d := float32(x - a.at)
		for ; x < end; x++ {
			out[x] = (d*d + a.height) * scale
			d++
		}
	}
}

// roots writes the root of the envelope times scale to the n places 0, stride, 2*stride, ...; +Inf when it has no arc.
func (e *envelope) roots(out []float32, stride, n int, scale float32) {
	x, o := 0, 0
	for i := range e.count {
		a, end := e.arcs[i], e.end(i, n)
		d := float32(x - a.at)
		for ; x < end; x++ {
			out[o] = scale * float32(math.Sqrt(float64(d*d+a.height)))
			o += stride
			d++
		}
	}
	for ; x < n; x++ {
		out[o] = inf
		o += stride
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
