package phantom

import (
	"math"

	"github.com/vertefill/vertefill/internal/geom"
)

// trocarAt returns by how many mm the trocar is drawn back in frame k, and whether any of it is in the picture.
func (r *Run) trocarAt(k int) (depth float64, in bool) {
	o := r.Options
	if o.TrocarIn == 0 && o.TrocarOut == 0 {
		return 0, false
	}
	if o.TrocarIn > 0 && k < o.TrocarIn {
		return 0, false
	}
	if o.TrocarIn > 0 {
		depth = trocarTravel * (1 - min(1, float64(k-o.TrocarIn+1)/trocarFrames)) * 0.6
	}
	if o.TrocarOut > 0 && k >= o.TrocarOut {
		depth = trocarTravel * float64(k-o.TrocarOut+1) / trocarFrames
	}
	return depth, depth < 1.3*trocarTravel
}

// shadow adds the attenuation of a trocar drawn back by depth mm along its axis.
func (r *Run) shadow(total []float32, s *still, v *placed, t *trocar, depth float64) {
	from := v.bodyFromPatient.Apply(r.source)
	axis := t.rod.b.Sub(t.rod.a)
	long := axis.Norm()
	axis = axis.Mul(1 / long)
	start := t.rod.a.Add(axis.Mul(depth))
	per := waterPerMM * (1 + t.ct/1000)
	rel := from.Sub(start)
	for o := range total {
		dir := v.bodyFromPatient.ApplyVec(r.ray(float64(o%s.side-r.margin), float64(o/s.side-r.margin)))
		if mm := chord(rel, dir, axis, long, t.rod.ra); mm > 0 {
			total[o] += float32(mm * per)
		}
	}
}

// chord is the length of a ray (from rel, along dir of length one) within a cylinder from the origin along axis.
func chord(rel, dir, axis geom.BodyVec, long, radius float64) float64 {
	da, ra := dir.Dot(axis), rel.Dot(axis)
	d, w := dir.Sub(axis.Mul(da)), rel.Sub(axis.Mul(ra))
	a, b, c := d.Dot(d), d.Dot(w), w.Dot(w)-radius*radius
	disc := b*b - a*c
	if disc <= 0 || a < 1e-12 {
		return 0
	}
	root := math.Sqrt(disc)
	from, to := (-b-root)/a, (-b+root)/a
	if math.Abs(da) > 1e-9 {
		p, q := -ra/da, (long-ra)/da
		from, to = max(from, min(p, q)), min(to, max(p, q))
	} else if ra < 0 || ra > long {
		return 0
	}
	return max(0, to-from)
}

// masks keeps where cement comes and where only the trocar is, for the truth.
func (r *Run) masks(s *still, v *placed, t *trocar) {
	with := r.Options.TrocarIn > 0 || r.Options.TrocarOut > 0
	metal := make([]float32, len(s.base))
	if with {
		r.shadow(metal, s, v, t, 0)
		r.Truth.trocar = make([]bool, r.pixels*r.pixels)
	}
	r.Truth.cement = make([]int, r.pixels*r.pixels)
	for i := range r.Truth.cement {
		o := i%r.pixels + r.margin + (i/r.pixels+r.margin)*s.side
		if r.Truth.cement[i] = int(s.first[o]); s.first[o] == never {
			r.Truth.cement[i] = -1
		}
		if with {
			r.Truth.trocar[i] = metal[o] > 0.2 && s.first[o] == never
		}
	}
}
