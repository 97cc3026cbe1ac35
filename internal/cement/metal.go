package cement

import (
	"math"
	"math/rand/v2"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/volume"
)

// Metal is known by its shape, because on a 12-bit scale it has the CT number of dense cement: trocars, screws and rods are
// straight rods that saturate the scale over more than metalLengthMM outside the bodies.
const (
	metalHU         = 2000 // a voxel of metal or of its blurred edge
	metalCoreHU     = 6000 // the inside of titanium and steel on an extended scale, lowered by beam hardening (Ti rod max 7140)
	metalLengthMM   = 25
	screwRadiusMM   = 2.1 // thinner rods are needles, or cement that filled a vein
	needleLengthMM  = 55  // outside the bodies
	metalRadiusMM   = 3.7 // rods of up to 7 mm with their blur
	metalGapMM      = 2.5
	metalHaloMM     = 1.6 // blurred edge round what is found
	metalTries      = 300
	metalMost       = 24  // rods in one study
	metalEdgeMM     = 0.4 // the surface of metal lies this far inside the voxels that it makes dense
	metalLeastMM3   = 60
	metalOutsideMM  = 1.0 // beyond the surface of a body
	metalMostPoints = 3000
	shortRodMM      = 12  // outside the bodies: a screw, where a longer rod is part of the same piece
	bitOverCement   = 1.3 // times the densest cement: a clip, a wire, a coil
	bitPart         = 0.1 // of its voxels that are
)

// rod is a straight piece of metal: the points a + t u, t in [t0, t1].
type rod struct {
	a      geom.Patient
	u      geom.PatientVec
	t0, t1 float64
	radius float64
}

// findMetal marks rods and what hangs on them.
func (w *work) findMetal(m *Map) {
	w.metal = m.Metal
	full := min(float64(w.v.CeilingHU), metalCoreHU)
	var rods []rod
	var parts []component
	for _, c := range join(runsAbove(w.v, w.box, metalHU)) {
		if w.mm3(&c) < metalLeastMM3 {
			break
		}
		found := w.rodsIn(&c, full)
		if len(found) > 0 {
			rods = append(rods, found...)
			parts = append(parts, c)
		}
	}
	if len(rods) == 0 {
		return
	}
	var box geom.Box
	for _, c := range parts {
		box = box.Union(c.box)
	}
	grow := geom.Index{I: w.voxels(0, metalHaloMM, 1), J: w.voxels(1, metalHaloMM, 1), K: w.voxels(2, metalHaloMM, 1)}
	box.Min = geom.Index{I: box.Min.I - grow.I, J: box.Min.J - grow.J, K: box.Min.K - grow.K}
	box.Max = geom.Index{I: box.Max.I + grow.I, J: box.Max.J + grow.J, K: box.Max.K + grow.K}
	w.rods = rods
	m.Metal, m.MetalObjects = volume.NewLabels(w.v.Grid, box.Intersect(w.v.Bounds())), len(rods)
	w.metal, w.halo = m.Metal, volume.NewLabels(w.v.Grid, m.Metal.Box)
	b := m.Metal.Box
	for k := b.Min.K; k < b.Max.K; k++ {
		for j := b.Min.J; j < b.Max.J; j++ {
			for i := b.Min.I; i < b.Max.I; i++ {
				if w.v.At(i, j, k) < metalHU/2 {
					continue
				}
				p := w.patient(i, j, k)
				for n := range rods {
					if rods[n].holds(p, metalHaloMM) {
						m.Metal.Set(i, j, k, uint8(anatomy.Metal))
						if !rods[n].holds(p, -metalEdgeMM) {
							w.halo.Set(i, j, k, 1)
						}
						break
					}
				}
			}
		}
	}
	// Heads, nuts and connectors: what is left of the part far from bodies.
	for _, c := range parts {
		c.each(func(i, j, k int) {
			if _, d := w.spine.Nearest(w.patient(i, j, k)); d > 8 {
				m.Metal.Set(i, j, k, uint8(anatomy.Metal))
			}
		})
	}
}

// bitHU is the CT number above which nothing in view is cement: a clip, a wire, a coil. Where the ceiling of the scale hides the plateau of
// a cement that cannot be told. Sharp kernels raise single voxels of thin cement above it, so a part of a piece must be.
func (w *work) bitHU() float64 {
	most := 0.0
	for _, s := range w.masses {
		if s.saturated {
			return math.Inf(1)
		}
		most = max(most, s.plateau)
	}
	return bitOverCement*most + 3*w.noise
}

// addMetal marks what was found to be metal by its density.
func (w *work) addMetal(m *Map) {
	if len(w.bits) == 0 {
		return
	}
	box := m.Metal.Box
	for _, c := range w.bits {
		box = box.Union(c.box)
	}
	all := volume.NewLabels(w.v.Grid, box)
	b := m.Metal.Box
	for k := b.Min.K; k < b.Max.K; k++ {
		for j := b.Min.J; j < b.Max.J; j++ {
			for i := b.Min.I; i < b.Max.I; i++ {
				all.Set(i, j, k, m.Metal.At(i, j, k))
			}
		}
	}
	for _, c := range w.bits {
		c.each(func(i, j, k int) { all.Set(i, j, k, uint8(anatomy.Metal)) })
	}
	m.Metal, w.metal = all, all
	m.MetalObjects += len(w.bits)
}

// atRod reports whether a voxel outside the bodies is no more than the blurred edge of a rod: too dim for metal, and so near that cement
// there cannot be told from it.
func (w *work) atRod(h float64, p geom.Patient) bool {
	if h >= metalHU/2 {
		return false
	}
	for n := range w.rods {
		if w.rods[n].holds(p, metalHaloMM+float64(w.v.DZ)/2) {
			_, d := w.spine.Nearest(p)
			return d > metalOutsideMM
		}
	}
	return false
}

func (r *rod) holds(p geom.Patient, halo float64) bool {
	d := p.Sub(r.a)
	t := d.Dot(r.u)
	return t > r.t0-halo && t < r.t1+halo && d.Sub(r.u.Mul(t)).Norm() < r.radius+halo
}

// rodsIn returns the straight rods of a component: lines through two of its points outside the bodies that many others follow
// closely and without gaps (random sample consensus, Fischler and Bolles 1981), with clear space around.
func (w *work) rodsIn(c *component, full float64) []rod {
	var pts []geom.Patient
	saturated := 0
	c.each(func(i, j, k int) {
		p := w.patient(i, j, k)
		if _, d := w.spine.Nearest(p); d > metalOutsideMM {
			pts = append(pts, p)
			if float64(w.v.At(i, j, k)) >= 0.97*full {
				saturated++
			}
		}
	})
	if len(pts) == 0 || float64(saturated) < 0.15*float64(len(pts)) {
		return nil
	}
	each := float64(w.v.DX*w.v.DY*w.v.DZ) * max(1, float64(len(pts))/metalMostPoints)
	r := rand.New(rand.NewPCG(7, uint64(len(pts))))
	if len(pts) > metalMostPoints {
		r.Shuffle(len(pts), func(a, b int) { pts[a], pts[b] = pts[b], pts[a] })
		pts = pts[:metalMostPoints]
	}
	var out []rod
	least := float64(metalLengthMM)
	for len(out) < metalMost {
		best, hits := rod{}, 0
		for range metalTries {
			if len(pts) < 20 {
				break
			}
			a, b := pts[r.IntN(len(pts))], pts[r.IntN(len(pts))]
			if a.Dist(b) < least/2 {
				continue
			}
			q := rod{a: a, u: b.Sub(a).Unit(), radius: 2}
			n := 0
			for _, p := range pts {
				d := p.Sub(q.a)
				if d.Sub(q.u.Mul(d.Dot(q.u))).Norm() < q.radius {
					n++
				}
			}
			if n > hits {
				best, hits = q, n
			}
		}
		if hits < 20 || !w.fit(&best, pts, each, least) {
			if len(out) == 0 || least == shortRodMM {
				return out
			}
			least = shortRodMM
			continue
		}
		w.extend(&best, full)
		out = append(out, best)
		rest := pts[:0]
		for _, p := range pts {
			if !best.holds(p, 1) {
				rest = append(rest, p)
			}
		}
		pts = rest
	}
	return out
}

// fit moves the line to the axis of its points, which stand for each mm3, sets its ends and radius and reports whether it is a rod of at
// least that length in mm.
func (w *work) fit(q *rod, pts []geom.Patient, each, least float64) bool {
	for range 3 {
		var near []geom.Patient
		var mean geom.PatientVec
		for _, p := range pts {
			d := p.Sub(q.a)
			if d.Sub(q.u.Mul(d.Dot(q.u))).Norm() < metalRadiusMM {
				near = append(near, p)
				mean = mean.Add(d)
			}
		}
		if len(near) < 20 {
			return false
		}
		q.a = q.a.Add(mean.Mul(1 / float64(len(near))))
		var axis geom.PatientVec // one power step of the scatter matrix
		for _, p := range near {
			d := p.Sub(q.a)
			axis = axis.Add(d.Mul(d.Dot(q.u)))
		}
		q.u = axis.Unit()
	}
	var ts, rs []float64
	for _, p := range pts {
		d := p.Sub(q.a)
		t := d.Dot(q.u)
		if r := d.Sub(q.u.Mul(t)).Norm(); r < metalRadiusMM+1.5 {
			ts, rs = append(ts, t), append(rs, r)
		}
	}
	q.radius = quantile(rs, 0.9)
	if q.radius > metalRadiusMM {
		return false
	}
	quantile(ts, 0) // sorts
	start, bestLen := 0, 0.0
	for n := 1; n <= len(ts); n++ {
		if n == len(ts) || ts[n]-ts[n-1] > metalGapMM+w.spacing[2] {
			if l := ts[n-1] - ts[start]; l > bestLen {
				bestLen, q.t0, q.t1 = l, ts[start], ts[n-1]
			}
			start = n
		}
	}
	inside := 0.0
	for _, t := range ts {
		if t >= q.t0 && t <= q.t1 {
			inside++
		}
	}
	mean := math.Sqrt(inside * each / (math.Pi * max(1, bestLen))) // of a straight rod the radius; a bent vein has less
	if mean < screwRadiusMM && !w.isNeedle(q) {
		return false
	}
	return bestLen >= least && w.clear(q, (q.t0+q.t1)/2, bestLen/2, 0.6*metalHU) > 0.6
}

// isNeedle reports whether a thin rod is a needle and not cement in a vein or a needle's track: it lies behind the body and is
// longer than such cement, or leaves the field of view.
func (w *work) isNeedle(q *rod) bool {
	for _, end := range []float64{q.t0, q.t1} {
		p := q.a.Add(q.u.Mul(end))
		v, _ := w.spine.Nearest(p)
		if v == nil {
			continue
		}
		inv := v.BodyFromPatient()
		if b := inv.Apply(p); b.Y < v.Wall.Y(b.X, b.Z) {
			continue
		}
		beyond := w.v.Voxel(q.a.Add(q.u.Mul(end + math.Copysign(3, end-(q.t0+q.t1)/2))))
		b := w.box // what leaves the part looked at goes on, as what leaves the field of view
		leaves := beyond.X < float64(b.Min.I) || beyond.Y < float64(b.Min.J) || beyond.Z < float64(b.Min.K) ||
			beyond.X > float64(b.Max.I-1) || beyond.Y > float64(b.Max.J-1) || beyond.Z > float64(b.Max.K-1)
		if leaves || q.t1-q.t0 >= needleLengthMM {
			return true
		}
	}
	return false
}

// clear returns the share of a ring round the rod, over the stretch t +- half, that is below a CT number.
func (w *work) clear(q *rod, t, half, dense float64) float64 {
	e := geom.LPSVec(0, 0, 1)
	if math.Abs(q.u.Z) > 0.8 {
		e = geom.LPSVec(1, 0, 0)
	}
	x := q.u.Cross(e).Unit()
	y := q.u.Cross(x)
	n, free := 0, 0
	for s := -half; s <= half; s += 1.5 {
		for a := range 12 {
			sin, cos := math.Sincos(float64(a) * math.Pi / 6)
			r := q.radius + 2.2
			p := q.a.Add(q.u.Mul(t + s)).Add(x.Mul(r * cos)).Add(y.Mul(r * sin))
			n++
			if w.v.SampleAt(p) < dense {
				free++
			}
		}
	}
	return float64(free) / float64(n)
}

// extend carries a rod on at both ends while it stays saturated and stands out from what is around: into cement that does not
// saturate the scale, but no further than to cement that does, from which it cannot be told.
func (w *work) extend(q *rod, full float64) {
	for q.t1-q.t0 < 300 && w.v.SampleAt(q.a.Add(q.u.Mul(q.t1+1))) > 0.85*full && w.clear(q, q.t1+1, 0.5, 0.8*full) > 0.75 {
		q.t1++
	}
	for q.t1-q.t0 < 300 && w.v.SampleAt(q.a.Add(q.u.Mul(q.t0-1))) > 0.85*full && w.clear(q, q.t0-1, 0.5, 0.8*full) > 0.75 {
		q.t0--
	}
}

// metalReachMM is how near metal disturbs the measure of a mass: by streaks, and by what of it hides in saturated cement.
const metalReachMM = 6

// metalNear returns the distance from metal to the nearest cement of each mass that lies within metalReachMM of it.
func (w *work) metalNear() map[*mass]float64 {
	out := map[*mass]float64{}
	b := w.metal.Box
	n := 0
	for k := b.Min.K; k < b.Max.K; k++ {
		for j := b.Min.J; j < b.Max.J; j++ {
			for i := b.Min.I; i < b.Max.I; i++ {
				if w.metal.At(i, j, k) == 0 {
					continue
				}
				if n++; n%7 == 0 {
					w.nearest(i, j, k, out)
				}
			}
		}
	}
	return out
}

func (w *work) nearest(i, j, k int, least map[*mass]float64) {
	x, y, z := w.voxels(0, metalReachMM, 1), w.voxels(1, metalReachMM, 1), w.voxels(2, metalReachMM, 1)
	for c := -z; c <= z; c++ {
		for b := -y; b <= y; b++ {
			for a := -x; a <= x; a++ {
				if !w.sup.box.Contains(i+a, j+b, k+c) {
					continue
				}
				own := w.sup.owner[w.sup.box.Offset(i+a, j+b, k+c)]
				if own == 0 {
					continue
				}
				d := math.Sqrt(sq(float64(a)*w.spacing[0]) + sq(float64(b)*w.spacing[1]) + sq(float64(c)*w.spacing[2]))
				s := w.masses[own-1]
				if old, ok := least[s]; d <= metalReachMM && (!ok || d < old) {
					least[s] = d
				}
			}
		}
	}
}

// fillHalo gives the blurred edge of metal that runs through cement the occupancy of the cement round it: the mean over the nearest
// voxels that are not disturbed.
func (w *work) fillHalo(m *Map, f *field) {
	if w.halo == nil {
		return
	}
	const reachMM = 2.5
	x, y, z := w.voxels(0, reachMM, 2), w.voxels(1, reachMM, 2), w.voxels(2, reachMM, 1)
	type filling struct {
		at    geom.Index
		owner uint8
		share float32
	}
	var found []filling
	b := w.halo.Box.Intersect(f.box)
	for k := b.Min.K; k < b.Max.K; k++ {
		for j := b.Min.J; j < b.Max.J; j++ {
			for i := b.Min.I; i < b.Max.I; i++ {
				if w.halo.At(i, j, k) == 0 {
					continue
				}
				sum, n := 0.0, 0.0
				own := uint8(0)
				for c := -z; c <= z; c++ {
					for d := -y; d <= y; d++ {
						for a := -x; a <= x; a++ {
							if !f.box.Contains(i+a, j+d, k+c) || w.metal.At(i+a, j+d, k+c) != 0 {
								continue
							}
							o := f.box.Offset(i+a, j+d, k+c)
							sum += float64(m.New[o])
							n++
							if s := w.sup.owner[o]; s != 0 && !w.masses[s-1].prior {
								own = s
							}
						}
					}
				}
				if own != 0 && sum > haloShare*n {
					found = append(found, filling{geom.Index{I: i, J: j, K: k}, own, float32(min(1, sum/n))})
				}
			}
		}
	}
	for _, q := range found {
		o := f.box.Offset(q.at.I, q.at.J, q.at.K)
		f.owner[o], m.New[o] = q.owner, q.share
		m.Metal.Set(q.at.I, q.at.J, q.at.K, 0)
	}
}

// haloShare is the mean occupancy round the edge of metal from which that edge lies in cement.
const haloShare = 0.3
