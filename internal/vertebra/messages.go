package vertebra

import (
	"math"
	"sync"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/mesh"
)

// net is the mesh that all bodies share: directions, triangles, and its edges.
type net struct {
	dirs  []geom.PatientVec
	tris  [][3]int32
	edges [][2]int32 // lower index first
	ring  [][]int32  // neighbours of each vertex
	of    [][]link   // edges at each vertex
}

// link is an edge seen from one of its ends.
type link struct {
	edge  int32
	other int32
}

// sphereNet is an icosphere of 2562 directions: fewer lose the rims, more gain nothing.
var sphereNet = sync.OnceValue(func() *net {
	n := &net{}
	n.dirs, n.tris = mesh.Icosphere(4)
	n.ring = make([][]int32, len(n.dirs))
	n.of = make([][]link, len(n.dirs))
	for _, t := range n.tris {
		for i := range 3 {
			a, b := t[i], t[(i+1)%3]
			if a > b {
				continue // the other triangle at this edge has it the other way round
			}
			e := int32(len(n.edges))
			n.edges = append(n.edges, [2]int32{a, b})
			n.ring[a], n.ring[b] = append(n.ring[a], b), append(n.ring[b], a)
			n.of[a], n.of[b] = append(n.of[a], link{e, b}), append(n.of[b], link{e, a})
		}
	}
	return n
})

// solve labels the vertices so that the sum of unary costs [vertex][label] and pair costs by difference of labels is low;
// differences beyond the table are forbidden. Method: sequential tree-reweighted message passing (Kolmogorov 2006, IEEE Trans
// Pattern Anal Mach Intell 28:1568).
func (n *net) solve(unary []float32, labels int, pair []float32, sweeps int) []int {
	nv := len(n.dirs)
	// msg[2e] goes to the lower end of edge e, msg[2e+1] to the upper end.
	msg := make([]float32, 2*len(n.edges)*labels)
	into := func(e int32, upper bool) []float32 {
		o := 2 * int(e)
		if upper {
			o++
		}
		return msg[o*labels : (o+1)*labels]
	}
	theta := make([]float32, labels)
	src := make([]float32, labels)
	pass := func(i int, forward bool) {
		copy(theta, unary[i*labels:(i+1)*labels])
		fwd := 0
		for _, l := range n.of[i] {
			up := int32(i) > l.other // this vertex is the upper end
			if !up {
				fwd++
			}
			for x, m := range into(l.edge, up) {
				theta[x] += m
			}
		}
		gamma := 1 / float32(max(fwd, len(n.of[i])-fwd))
		for _, l := range n.of[i] {
			up := int32(i) > l.other
			if up == forward {
				continue
			}
			in, out := into(l.edge, up), into(l.edge, !up)
			for x := range src {
				src[x] = gamma*theta[x] - in[x]
			}
			spread(out, src, pair)
		}
	}
	for range sweeps {
		for i := range nv {
			pass(i, true)
		}
		for i := nv - 1; i >= 0; i-- {
			pass(i, false)
		}
	}
	out := make([]int, nv)
	for i := range nv {
		copy(theta, unary[i*labels:(i+1)*labels])
		for _, l := range n.of[i] {
			if l.other > int32(i) {
				for x, m := range into(l.edge, false) {
					theta[x] += m
				}
				continue
			}
			for x := range theta {
				d := x - out[l.other]
				if d < 0 {
					d = -d
				}
				if d >= len(pair) {
					theta[x] += 1e6
				} else {
					theta[x] += pair[d]
				}
			}
		}
		for x := range theta {
			if theta[x] < theta[out[i]] {
				out[i] = x
			}
		}
	}
	return out
}

// spread is the min-sum convolution of src with the pair costs, with the least value taken off.
func spread(out, src, pair []float32) {
	least := float32(math.Inf(1))
	for x := range out {
		best := src[x]
		for d := 1; d < len(pair); d++ {
			if x-d >= 0 {
				best = min(best, src[x-d]+pair[d])
			}
			if x+d < len(src) {
				best = min(best, src[x+d]+pair[d])
			}
		}
		out[x] = best
		least = min(least, best)
	}
	for x := range out {
		out[x] -= least
	}
}

// smooth averages values over the mesh, n passes.
func (n *net) smooth(v []float64, passes int) {
	next := make([]float64, len(v))
	for range passes {
		for i, r := range n.ring {
			sum := v[i]
			for _, j := range r {
				sum += v[j]
			}
			next[i] = sum / float64(len(r)+1)
		}
		copy(v, next)
	}
}

// taubin smooths a surface without shrinking it (Taubin 1995, Proc SIGGRAPH p. 351), lightly.
func (n *net) taubin(p []geom.Patient) {
	next := make([]geom.Patient, len(p))
	for _, f := range []float64{0.33, -0.34} {
		for i, r := range n.ring {
			var mean geom.PatientVec
			for _, j := range r {
				mean = mean.Add(p[j].Sub(p[i]))
			}
			next[i] = p[i].Add(mean.Mul(f / float64(len(r))))
		}
		copy(p, next)
	}
}

// Spikes are vertices this far from the mean of their neighbours, mm; rims stand out by less.
const (
	spikeMM     = 1.0
	spikePasses = 5
)

// despike puts vertices that stand out, as folds do, back among their neighbours.
func (n *net) despike(p []geom.Patient) {
	for range spikePasses {
		moved := false
		for i, r := range n.ring {
			var mean geom.PatientVec
			for _, j := range r {
				mean = mean.Add(p[j].Sub(p[i]))
			}
			if mean = mean.Mul(1 / float64(len(r))); mean.Norm() > spikeMM {
				p[i] = p[i].Add(mean)
				moved = true
			}
		}
		if !moved {
			return
		}
	}
}
