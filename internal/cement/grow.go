package cement

import (
	"math"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/spine"
)

// Rules of growth. Shares are of the plateau of the nearest mass.
const (
	betweenMM        = 2    // from the bodies, where bone may move with another vertebra than the nearest
	zoneMM           = 50   // how far from a mass its cement is followed
	excessShare      = 0.18 // excess over the registered pre CT that is new cement
	excessLeastHU    = 150
	excessNoise      = 6   // in standard deviations of noise
	missShare        = 0.5 // of the excess that must remain over the highest pre value within lookMM
	marrowShare      = 0.3 // between marrow and plateau, deep in a body without a pre CT
	canalShare       = 0.2 // in canal and disc, where nothing is dense, without a pre CT
	canalLeastHU     = 350
	outsideLeastHU   = 600 // in soft tissue beside the bodies, without a pre CT
	outsideMM        = 3   // from the bodies
	clearOfWallMM    = 1.2 // from the walls of canal and disc, whose blurred bone is denser than that
	islandPeakShare  = 0.35
	islandPeakAlone  = 0.6 // without a pre CT
	islandLeastMM3   = 6
	denserThanBone   = 1.05 // times the densest bone: no piece of bone by itself
	denserPart       = 0.1  // of a piece behind the bodies that must be denser than that
	aboveBone        = 1.3  // times the densest bone: not even an island of compact bone
	aboveBonePart    = 0.2  // of a piece
	aboveBoneNearMM  = 8.0  // from a body: stents and clips lie further off
	canalReachMM     = 5.0  // from cement, through a wall
	islandSoftDense  = 0.6
	islandSoftCanal  = 0.3  // its wall is near on all sides
	vesselMM         = 6.0  // how far a vessel moves by itself
	vesselShare      = 0.55 // of the peak of what may be its calcified wall
	vesselMost       = 0.7  // of the plateau: such walls are no denser
	islandFarMM      = 60   // from other cement, without a pre CT
	calcifiedNearMM  = 25   // from a body: a reader may wonder about it
	softHU           = 60
	islandSoftHU     = 250
	islandSoftShare  = 0.85
	islandSoftAsked  = 0.5 // where a pre CT shows that nothing was there
	priorSolidShare  = 0.5
	priorDepthMM     = 0.7
	leastGrowthHU    = 300 // nothing below is looked at
	leastComponentHU = 8   // voxels of an island
	pairedBesideMM   = 6.0 // from the midline
	pairedNearMM     = 1.5 // from the same place on the other side
	pairedShare      = 0.8
	pairedLeast      = 3   // of the 27 places there that are as dense
	pairedPart       = 0.6 // of a piece
	wallMM           = 1.8 // depth to which a wall may be as dense as faint cement
)

// Marks of voxels in the zone.
const (
	none uint8 = iota
	maybeNew
	maybePrior
)

// support is the cement as found, before it is measured: for every voxel of the box 1 + the index of its mass, or 0.
type support struct {
	box   geom.Box
	owner []uint8
}

// grow follows the cement from its masses.
//
// What is denser than half the plateau and reaches a mass comes first: away from it the walls of the bodies are measured, by which
// thin parts are told from bone.
func (w *work) grow(m *Map) error {
	zone, err := w.mark(func(i, j, k int, h float64) uint8 {
		s := w.nearestMass(w.patient(i, j, k))
		switch {
		case h < max(w.seedOf(s), 0.5*min(s.plateau, float64(w.v.CeilingHU))):
			return none
		case !s.prior && w.mayBeBone(h, w.patient(i, j, k), s):
			return none
		case !s.prior:
			return maybeNew
		}
		return w.priorMark(w.patient(i, j, k))
	})
	if err != nil {
		return err
	}
	w.own(m, w.keep(zone, false))
	w.profiles = w.newProfiles(w.widen(edgeReach + cleanMM/float64(w.psf.InPlaneMM)))
	if zone, err = w.mark(w.markOf); err != nil {
		return err
	}
	w.dropMoved(zone)
	w.dropPaired(zone)
	w.own(m, w.shaped(zone, w.regain(zone, w.keep(zone, true))))
	w.addMetal(m)
	return nil
}

// marks is the zone with the mark of every voxel.
type marks struct {
	box  geom.Box
	mark []uint8
}

// mark asks the rule for every voxel near the masses whether it may be cement, by itself.
func (w *work) mark(rule func(i, j, k int, h float64) uint8) (*marks, error) {
	var box geom.Box
	for _, s := range w.masses {
		box = box.Union(w.zoneOf(s))
	}
	z := &marks{box: box.Intersect(w.box)}
	z.mark = make([]uint8, z.box.Len())
	least := w.leastGrowth()
	row := -1
	for _, r := range runsAbove(w.v, z.box, int16(least)) {
		if r.k != row {
			row = r.k
			if err := w.ctx.Err(); err != nil {
				return nil, err
			}
		}
		if w.corrupt(r.k) {
			continue
		}
		for i := r.i0; i < r.i1; i++ {
			if h := float64(w.v.At(i, r.j, r.k)); w.metal.At(i, r.j, r.k) == 0 && !w.atRod(h, w.patient(i, r.j, r.k)) {
				z.mark[z.box.Offset(i, r.j, r.k)] = rule(i, r.j, r.k, h)
			}
		}
	}
	for _, s := range w.masses {
		for _, c := range s.core {
			if s.prior {
				z.mark[z.box.Offset(c.I, c.J, c.K)] = maybePrior
			} else {
				z.mark[z.box.Offset(c.I, c.J, c.K)] = maybeNew
			}
		}
	}
	return z, nil
}

// leastGrowth is the lowest CT number at which any rule accepts a voxel.
func (w *work) leastGrowth() float64 {
	least := math.Inf(1)
	for _, s := range w.masses {
		least = min(least, excessShare*s.plateau)
	}
	return max(leastGrowthHU, least)
}

// zoneOf is where the cement of a mass is followed: behind it as far as the search goes, for needle tracks.
func (w *work) zoneOf(s *mass) geom.Box {
	lo, hi := s.centre, s.centre
	for _, c := range s.core {
		p := w.patient(c.I, c.J, c.K)
		lo = geom.LPS(min(lo.X, p.X), min(lo.Y, p.Y), min(lo.Z, p.Z))
		hi = geom.LPS(max(hi.X, p.X), max(hi.Y, p.Y), max(hi.Z, p.Z))
	}
	return w.boxBetween(lo.Add(geom.LPSVec(-zoneMM, -zoneMM, -zoneMM)), hi.Add(geom.LPSVec(zoneMM, zoneMM+trackMM, zoneMM)))
}

func (w *work) around(core []geom.Index, mm float64) geom.Box {
	var b geom.Box
	for _, c := range core {
		b = b.Union(geom.Box{Min: c, Max: geom.Index{I: c.I + 1, J: c.J + 1, K: c.K + 1}})
	}
	x, y, z := w.voxels(0, mm, 1), w.voxels(1, mm, 1), w.voxels(2, mm, 1)
	return geom.Box{
		Min: geom.Index{I: b.Min.I - x, J: b.Min.J - y, K: b.Min.K - z},
		Max: geom.Index{I: b.Max.I + x, J: b.Max.J + y, K: b.Max.K + z},
	}
}

// nearestMass returns the mass whose core centroid is nearest.
func (w *work) nearestMass(p geom.Patient) *mass {
	var best *mass
	least := math.Inf(1)
	for _, s := range w.masses {
		if d := s.centre.Dist(p); d < least {
			best, least = s, d
		}
	}
	return best
}

// hasPrior reports whether any mass was there before.
func (w *work) hasPrior() bool {
	for _, s := range w.masses {
		if s.prior {
			return true
		}
	}
	return false
}

// markOf is the rule that follows thin parts.
func (w *work) markOf(i, j, k int, h float64) uint8 {
	p := w.patient(i, j, k)
	s := w.nearestMass(p)
	if w.pre != nil {
		if l, ok := w.pre.look(p); ok {
			need := max(excessShare*s.plateau, excessNoise*w.noise, excessLeastHU)
			v, d := w.spine.Nearest(p)
			switch {
			case h-max(l.hu, w.profiles.post(w, l, v, p, d)) > need && h-l.highest > missShare*need && (d < betweenMM || h-w.pre.highestOfAll(p) > missShare*need):
				return maybeNew
			case w.hasPrior() && min(l.hu, h) > w.priorLeast(p):
				return w.priorMark(p)
			}
			return none
		}
	}
	if h >= w.seedOf(s) {
		if w.mayBeBone(h, p, s) {
			return none
		}
		return maybeNew
	}
	if w.holdsAlone(h, p, s) {
		return maybeNew
	}
	return none
}

// mayBeBone reports whether a dense voxel is as likely bone as cement: there is no pre CT to ask, the cement or this voxel of it is no
// denser than the densest bone in view, and the voxel lies past the ends of the bodies, in an arch, or in a wall with no cement behind it. Such cement is not followed there:
// an arch taken for a needle track is worse than a thin layer missed.
func (w *work) mayBeBone(h float64, p geom.Patient, s *mass) bool {
	if w.pre != nil || h >= w.boneHU && highestSeed*s.plateau >= w.boneHU {
		return false
	}
	region, v := w.spine.Region(p)
	switch {
	case region != spine.InBody && w.spine.Beyond(p):
		return true
	case v == nil || region == spine.InCanal || region == spine.InDisc:
		return false
	case region == spine.InArch || w.isBehind(p):
		return true
	}
	d := v.Distance(p)
	if d < -wallMM || d > outsideMM {
		return false
	}
	const step = 0.7
	inwards := geom.LPSVec(
		v.Distance(p.Add(geom.LPSVec(-step, 0, 0)))-v.Distance(p.Add(geom.LPSVec(step, 0, 0))),
		v.Distance(p.Add(geom.LPSVec(0, -step, 0)))-v.Distance(p.Add(geom.LPSVec(0, step, 0))),
		v.Distance(p.Add(geom.LPSVec(0, 0, -step)))-v.Distance(p.Add(geom.LPSVec(0, 0, step)))).Unit()
	return w.v.SampleAt(p.Add(inwards.Mul(d+wallMM+0.5))) < min(w.seedOf(s), 0.6*s.plateau)
}

// dropPaired takes pieces in the canal out of the zone that have their like on the other side: the roots of the pedicles, where the canal
// was outlined too wide. Cement is not the same on both sides, and what crosses the midline is no piece at one side.
func (w *work) dropPaired(z *marks) {
	if w.pre != nil || w.spine.Canal == nil {
		return
	}
	for _, c := range join(runsOf(z.box, func(o int) bool {
		if z.mark[o] != maybeNew {
			return false
		}
		i, j, k := indexOf(z.box, o)
		region, _ := w.spine.Region(w.patient(i, j, k))
		return region == spine.InCanal
	})) {
		paired := 0
		c.each(func(i, j, k int) {
			if w.paired(w.patient(i, j, k), float64(w.v.At(i, j, k))) {
				paired++
			}
		})
		if float64(paired) > pairedPart*float64(c.voxels) {
			c.each(func(i, j, k int) { z.mark[z.box.Offset(i, j, k)] = none })
		}
	}
}

// paired reports whether a position at the side of the canal is about as dense on the other side.
func (w *work) paired(p geom.Patient, h float64) bool {
	v, _ := w.spine.Nearest(p)
	if v == nil {
		return false
	}
	inv := v.BodyFromPatient()
	b := inv.Apply(p)
	if math.Abs(b.X) < pairedBesideMM {
		return false
	}
	b.X = -b.X
	q := w.v.Voxel(v.PatientFromBody.Apply(b))
	n := 0
	for z := -1.0; z <= 1; z++ {
		for y := -1.0; y <= 1; y++ {
			for x := -1.0; x <= 1; x++ {
				if w.v.Sample(geom.Vox(q.X+x*pairedNearMM/w.spacing[0], q.Y+y*pairedNearMM/w.spacing[1], q.Z+z*pairedNearMM/w.spacing[2])) > pairedShare*h {
					n++
				}
			}
		}
	}
	return n >= pairedLeast
}

// priorMark admits earlier cement inside bodies only: what is dense outside in both CTs may be bone, and is no leak either way. The
// wall itself is left to the blurred edge.
func (w *work) priorMark(p geom.Patient) uint8 {
	if _, d := w.spine.Nearest(p); d > -priorDepthMM {
		return none
	}
	return maybePrior
}

// priorLeast is the CT number from which what both CTs show inside a body is earlier cement: half the plateau of the nearest prior
// mass, limited to what both scales can show.
func (w *work) priorLeast(p geom.Patient) float64 {
	least, plateau := math.Inf(1), math.Inf(1)
	for _, s := range w.masses {
		if d := s.centre.Dist(p); s.prior && d < least {
			least, plateau = d, s.plateau
		}
	}
	return priorSolidShare * min(plateau, float64(w.v.CeilingHU), float64(w.pre.v.CeilingHU))
}

// holdsAlone reports whether a voxel below the seed is denser than anything that its region normally holds: the rules where no
// pre CT can be asked.
func (w *work) holdsAlone(h float64, p geom.Patient, s *mass) bool {
	region, v := w.spine.Region(p)
	switch region {
	case spine.InBody:
		marrow := w.marrowOf(v)
		return v.Distance(p) < -1.5 && h > max(marrow+marrowShare*(s.plateau-marrow), 1.5*marrow)
	case spine.InCanal:
		return h > max(canalLeastHU, canalShare*s.plateau) && w.spine.Canal.Depth(p) > clearOfWallMM
	case spine.InDisc:
		_, d := w.spine.Nearest(p)
		return h > max(canalLeastHU, canalShare*s.plateau) && d > clearOfWallMM
	case spine.Outside:
		_, d := w.spine.Nearest(p)
		if w.pre == nil && h < denserThanBone*w.boneHU && w.knownByShape(p) {
			return false
		}
		return h > max(outsideLeastHU, islandPeakShare*s.plateau) && d > outsideMM && !w.spine.Beyond(p)
	}
	return false
}

// marrowOf is marrow, computed once a body.
func (w *work) marrowOf(v *spine.Vertebra) float64 {
	if h, ok := w.marrows[v.Level]; ok {
		return h
	}
	h := w.marrow(v.Level)
	w.marrows[v.Level] = h
	return h
}

// keep returns the components that are cement: those that hold a mass, and islands that qualify if they are wanted.
func (w *work) keep(z *marks, withIslands bool) []component {
	cores := map[geom.Index]bool{}
	for _, s := range w.masses {
		for _, c := range s.core {
			cores[c] = true
		}
	}
	var kept, islands []component
	for _, want := range []uint8{maybeNew, maybePrior} {
		for _, c := range join(runsOf(z.box, func(o int) bool { return z.mark[o] == want })) {
			hasCore := false
			c.each(func(i, j, k int) { hasCore = hasCore || cores[geom.Index{I: i, J: j, K: k}] })
			c.prior = want == maybePrior
			switch {
			case hasCore:
				kept = append(kept, c)
			case withIslands && want == maybeNew && c.voxels >= leastComponentHU:
				islands = append(islands, c)
			}
		}
	}
	near := make([]geom.Patient, 0, 1024)
	for n := range kept {
		step := max(1, kept[n].voxels/400)
		count := 0
		kept[n].each(func(i, j, k int) {
			if count++; count%step == 0 {
				near = append(near, w.patient(i, j, k))
			}
		})
	}
	for n := range islands {
		if w.isIsland(&islands[n], near) {
			kept = append(kept, islands[n])
		}
	}
	return kept
}

// own gives every kept voxel to a mass: outwards from the cores through the cement, islands to the nearest mass of their kind.
func (w *work) own(m *Map, kept []component) {
	var box geom.Box
	for _, c := range kept {
		box = box.Union(c.box)
	}
	x, y, z := w.voxels(0, 4, 3), w.voxels(1, 4, 3), w.voxels(2, 4, 2)
	box.Min = geom.Index{I: box.Min.I - x, J: box.Min.J - y, K: box.Min.K - z}
	box.Max = geom.Index{I: box.Max.I + x, J: box.Max.J + y, K: box.Max.K + z}
	box = box.Intersect(w.v.Bounds())
	w.sup = &support{box: box, owner: make([]uint8, box.Len())}
	const waiting = 255
	prior := make([]bool, box.Len())
	for _, c := range kept {
		c.each(func(i, j, k int) {
			o := box.Offset(i, j, k)
			w.sup.owner[o], prior[o] = waiting, c.prior
		})
	}
	var queue []geom.Index
	for n, s := range w.masses {
		for _, c := range s.core {
			if o := box.Offset(c.I, c.J, c.K); w.sup.owner[o] == waiting {
				w.sup.owner[o] = uint8(min(n+1, 250))
				queue = append(queue, c)
			}
		}
	}
	for len(queue) > 0 {
		c := queue[0]
		queue = queue[1:]
		from := box.Offset(c.I, c.J, c.K)
		for dk := -1; dk <= 1; dk++ {
			for dj := -1; dj <= 1; dj++ {
				for di := -1; di <= 1; di++ {
					q := geom.Index{I: c.I + di, J: c.J + dj, K: c.K + dk}
					if !box.Contains(q.I, q.J, q.K) {
						continue
					}
					if o := box.Offset(q.I, q.J, q.K); w.sup.owner[o] == waiting && prior[o] == prior[from] {
						w.sup.owner[o] = w.sup.owner[from]
						queue = append(queue, q)
					}
				}
			}
		}
	}
	for o, own := range w.sup.owner {
		if own != waiting {
			continue
		}
		i, j, k := indexOf(box, o)
		p := w.patient(i, j, k)
		best, least := 0, math.Inf(1)
		for n, s := range w.masses {
			if d := s.centre.Dist(p); s.prior == prior[o] && d < least {
				best, least = n+1, d
			}
		}
		if best == 0 {
			best = 1
		}
		w.sup.owner[o] = uint8(min(best, 250))
	}
	m.Box = box
}

func indexOf(b geom.Box, o int) (i, j, k int) {
	nx, ny, _ := b.Size()
	return b.Min.I + o%nx, b.Min.J + o/nx%ny, b.Min.K + o/(nx*ny)
}
