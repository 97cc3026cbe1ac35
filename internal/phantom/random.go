package phantom

import (
	"hash/fnv"
	"math"
	"math/rand/v2"
)

// random is a stream of random numbers for one purpose. Every purpose has its own stream, drawn from the case's seed and the
// purpose's name, so that a change in one part of the phantom leaves the rest of a case as it was.
type random struct{ *rand.Rand }

func stream(seed uint64, purpose string) random {
	h := fnv.New64a()
	h.Write([]byte(purpose))
	return random{rand.New(rand.NewPCG(seed, h.Sum64()))}
}

func (r random) between(lo, hi float64) float64 { return lo + (hi-lo)*r.Float64() }

// logBetween is uniform in the logarithm.
func (r random) logBetween(lo, hi float64) float64 {
	return lo * math.Exp(r.Float64()*math.Log(hi/lo))
}

func (r random) chance(p float64) bool { return r.Float64() < p }

func (r random) sign() float64 {
	if r.chance(0.5) {
		return -1
	}
	return 1
}

// or returns x unless it is zero, else a number between lo and hi. The draw is made either way, so that setting one option does
// not change what the others become.
func (r random) or(x, lo, hi float64) float64 {
	if y := r.between(lo, hi); x == 0 {
		return y
	}
	return x
}

// noise is smooth value noise in -1..1: random values on a unit lattice joined by cubic Hermite blends. Its slope is at most 3 per unit.
type noise uint64

func (n noise) lattice(x, y, z int) float64 {
	h := uint64(n) ^ uint64(int64(x))*0x9E3779B97F4A7C15 ^ uint64(int64(y))*0xC2B2AE3D27D4EB4F ^ uint64(int64(z))*0x165667B19E3779F9
	h ^= h >> 29
	h *= 0xBF58476D1CE4E5B9
	h ^= h >> 32
	h *= 0x94D049BB133111EB
	return float64(h>>11)*(2.0/(1<<53)) - 1
}

func (n noise) at(x, y, z float64) float64 {
	fx, fy, fz := math.Floor(x), math.Floor(y), math.Floor(z)
	i, j, k := int(fx), int(fy), int(fz)
	x, y, z = x-fx, y-fy, z-fz
	x, y, z = x*x*(3-2*x), y*y*(3-2*y), z*z*(3-2*z)
	row := func(j, k int) float64 {
		a := n.lattice(i, j, k)
		return a + x*(n.lattice(i+1, j, k)-a)
	}
	a, b := row(j, k), row(j, k+1)
	a += y * (row(j+1, k) - a)
	b += y * (row(j+1, k+1) - b)
	return a + z*(b-a)
}
