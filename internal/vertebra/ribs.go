package vertebra

import (
	"math"

	"github.com/vertefill/vertefill/internal/filter"
)

// A rib is a piece of bone that leaves a vertebra sideways and goes further than a transverse process. Pieces are looked for in
// the coarse volume, in a slab on each side that begins lateral of the facet joints, so that neighbouring levels do not touch.
// The rule of the VerSe data: the last thoracic vertebra has a rib longer than 4 cm on at least one side.
const (
	ribFromMM    = 26.0
	ribRootMM    = 33.0 // the piece's height is taken from its part nearer than this
	ribToMM      = 62.0
	ribReachMM   = 57.0 // transverse processes end at about 50 mm
	ribFrontMM   = 15.0 // the slab in front of and behind the canal
	ribBehindMM  = 50.0
	ribHU        = 220  // bone for certain
	ribFaintHU   = 150  // perhaps bone: a side without ribs has none of this either
	ribFreeMM    = 55.0 // reach of the faintest bone on a side without ribs
	ribTallMM    = 45.0 // taller pieces are pelvis, or several ribs that touch
	ribRootShare = 0.1  // of the body's height above its centre: where a rib's root is expected
)

// ribs are the sides of one body.
type ribs struct {
	seen  bool    // both slabs are in view to their full width
	reach float64 // mm from the midline, the longer side
	short float64 // the same of the shorter side
	faint float64 // of the longer side with a low threshold
}

func (r ribs) present() bool { return r.seen && r.reach >= ribReachMM }
func (r ribs) both() bool    { return r.seen && r.short >= ribReachMM }
func (r ribs) absent() bool  { return r.seen && r.faint < ribFreeMM }

// findRibs looks for the ribs of every body.
func (f *finder) findRibs() []ribs {
	out := make([]ribs, len(f.bodies))
	for i, b := range f.bodies {
		mid := f.curve.st[max(0, min(len(f.curve.st)-1, int(b.above.s+b.below.s)/2))]
		out[i].seen = true
		for _, side := range []float64{-1, 1} {
			for _, w := range []float64{0, -20} { // the rib goes down
				if f.vol.SampleAt(mid.at(side*ribToMM, -10, w)) < outsideHU {
					out[i].seen = false
				}
			}
		}
	}
	longest := make([][2]float64, len(out))
	for n, side := range []float64{-1, 1} {
		f.ribsOnSide(side, ribHU, func(i int, reach float64) { longest[i][n] = max(longest[i][n], reach) })
		f.ribsOnSide(side, ribFaintHU, func(i int, reach float64) { out[i].faint = max(out[i].faint, reach) })
	}
	for i, l := range longest {
		out[i].reach, out[i].short = max(l[0], l[1]), min(l[0], l[1])
	}
	return out
}

// ribsOnSide reports the reach of every piece of bone brighter than the threshold that starts at a body.
func (f *finder) ribsOnSide(side float64, threshold int16, found func(body int, reach float64)) {
	c := f.coarse
	nx := int((ribToMM-ribFromMM)/c.dx) + 1
	ny := int((ribFrontMM+ribBehindMM)/c.dx) + 1
	l := filter.NewLattice(nx, ny, c.nz, c.dx, c.dx, c.dz)
	// The slab follows the canal: every slice is shifted so that its first column lies ribFromMM beside it.
	centre := make([]int, c.nz)
	for k := range centre {
		centre[k] = -1
	}
	for s := range f.curve.st {
		if _, _, k := c.index(f.curve.st[s].p); k >= 0 && k < c.nz {
			centre[k] = s
		}
	}
	for k, s := range centre {
		if s < 0 {
			continue
		}
		i0, j0, _ := c.index(f.curve.st[s].p)
		for j := range ny {
			for i := range nx {
				x := i0 + int(math.Round(side*(ribFromMM/c.dx+float64(i))))
				y := j0 + j - int(ribFrontMM/c.dx)
				l.On[i+nx*(j+ny*k)] = c.at(x, y, k) > threshold
			}
		}
	}
	piece, n := l.Components()
	type extent struct {
		reach      int
		lo, hi     int
		rootZ, num float64
	}
	ext := make([]extent, n+1)
	for p := range ext {
		ext[p].lo = c.nz
	}
	for o, p := range piece {
		if p == 0 {
			continue
		}
		i, k := o%nx, o/(nx*ny)
		e := &ext[p]
		e.reach, e.lo, e.hi = max(e.reach, i), min(e.lo, k), max(e.hi, k)
		if float64(i)*c.dx < ribRootMM-ribFromMM {
			e.rootZ += float64(k)
			e.num++
		}
	}
	for p := 1; p <= n; p++ {
		e := &ext[p]
		if e.num < 3 || threshold == ribHU && float64(e.hi-e.lo)*c.dz > ribTallMM {
			continue
		}
		s := centre[int(math.Round(e.rootZ/e.num))]
		if s < 0 {
			continue
		}
		if i := f.bodyOfRib(float64(s)); i >= 0 {
			found(i, ribFromMM+float64(e.reach)*c.dx)
		}
	}
}

// bodyOfRib returns the body whose upper half lies nearest to the root of a piece of bone, -1 when none is near.
func (f *finder) bodyOfRib(s float64) int {
	best, least := -1, 0.6
	for i, b := range f.bodies {
		middle := (b.above.s+b.below.s)/2 - ribRootShare*b.length()
		if d := math.Abs(s-middle) / b.length(); d < least {
			best, least = i, d
		}
	}
	return best
}
