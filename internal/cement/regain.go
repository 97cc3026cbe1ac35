package cement

import (
	"math"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/spine"
)

// Without a pre CT dense voxels beside a body are not followed from its wall, which may be as dense (mayBeBone). Where cement was found
// further out, what hangs on it is cement too as far as the bone: cortex ends at the surface of its body.
const (
	regainFromMM  = 1.5 // outside the body: cement from where the rest is reached
	regainToMM    = 0.7 // outside: nearer is the blurred cortex
	regainShare   = 0.6 // of the plateau
	regainReachMM = 4.0
)

// regain returns the components with another one of what hangs on them beside the bodies.
func (w *work) regain(z *marks, kept []component) []component {
	if w.pre != nil {
		return kept
	}
	taken := make([]bool, len(z.mark))
	for _, c := range kept {
		c.each(func(i, j, k int) { taken[z.box.Offset(i, j, k)] = true })
	}
	way := map[geom.Index]float64{}
	var queue []geom.Index
	for _, c := range kept {
		if c.prior {
			continue
		}
		c.each(func(i, j, k int) {
			if w.besideBody(w.patient(i, j, k), regainFromMM) {
				q := geom.Index{I: i, J: j, K: k}
				way[q] = 0
				queue = append(queue, q)
			}
		})
	}
	gained := map[int]bool{}
	for n := 0; n < len(queue); n++ {
		c := queue[n]
		for dk := -1; dk <= 1; dk++ {
			for dj := -1; dj <= 1; dj++ {
				for di := -1; di <= 1; di++ {
					q := geom.Index{I: c.I + di, J: c.J + dj, K: c.K + dk}
					if _, seen := way[q]; seen || !z.box.Contains(q.I, q.J, q.K) || w.metal.At(q.I, q.J, q.K) != 0 || w.corrupt(q.K) {
						continue
					}
					o := z.box.Offset(q.I, q.J, q.K)
					d := way[c] + math.Sqrt(sq(float64(di)*float64(w.v.DX))+sq(float64(dj)*float64(w.v.DY))+sq(float64(dk)*float64(w.v.DZ)))
					if taken[o] || d > regainReachMM {
						continue
					}
					if !w.hangsOn(q) {
						continue
					}
					way[q] = d
					gained[o] = true
					queue = append(queue, q)
				}
			}
		}
	}
	if len(gained) == 0 {
		return kept
	}
	return append(kept, join(runsOf(z.box, func(o int) bool { return gained[o] }))...)
}

// hangsOn reports whether a voxel would be cement if cement lay further out: dense, and between the wall of a body and where its bone
// cannot be.
func (w *work) hangsOn(q geom.Index) bool {
	if w.pre != nil {
		return false
	}
	p := w.patient(q.I, q.J, q.K)
	return float64(w.v.At(q.I, q.J, q.K)) >= regainShare*min(w.nearestMass(p).plateau, float64(w.v.CeilingHU)) && w.besideBody(p, regainToMM)
}

// besideBody reports whether a position lies in soft tissue beside or before a body, at least mm from it.
func (w *work) besideBody(p geom.Patient, mm float64) bool {
	v, d := w.spine.Nearest(p)
	if v == nil || d < mm || d > outsideMM+regainReachMM || behind(v, p) {
		return false
	}
	region, _ := w.spine.Region(p)
	return region == spine.Outside
}
