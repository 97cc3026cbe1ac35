package cement

import (
	"math"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/spine"
)

// Behind the bodies, without a pre CT, no voxel of cement hardly denser than bone is known by itself: arches are as dense. Its shape tells
// it from them. Bone is a shell round marrow: cut anywhere it shows a sheet, never a solid rod with nothing round it but soft tissue, as a
// needle's track or a filled vein is, and never a thick solid lump on one side that the other side has not.
const (
	shapeShare  = 0.5  // of the plateau: what may belong to a rod or lump
	clearShare  = 0.15 // of the plateau: nothing dense
	clearHU     = 250  // but not less than this
	axisFreeMM  = 3.2  // along two of three axes a rod has ended within this, on both sides
	rodBallMM   = 4.0  // round a voxel, where its rod is looked at
	rodAcrossMM = 1.15 // standard deviation of a rod across itself, in both directions
	rodAlongMM  = 1.1  // and along itself; a rod that ends at the voxel has 1.15
	rodRingMM   = 1.4  // from the surface of the rod to where nothing dense may be
	rodRing     = 0.9  // of that ring
	rodLengthMM = 6.0
	rodFillMM   = 1.2  // from the axis to the surface
	rodBodyMM   = 1.0  // outside the bodies
	aimMM       = 90.0 // along a rod to the body that it came from
	aimWideMM   = 1.5  // from the body that a rod points at
	aimBeside   = 0.25 // of its half width from the midline, where it enters
)

// Lumps.
const (
	lumpShare    = 0.65 // of the plateau
	lumpCoreMM   = 1.2  // deeper than bone is thick
	lumpCoreMM3  = 2.0
	lumpOverBone = 1.1  // times the densest solid bone
	lumpBoneHU   = 1200 // solid bone is at least that where none is seen
	lumpFillMM   = 0.8  // from what blur lowers least to the edge
	mirrorMM     = 5.0
)

// shaped returns the components with those pieces behind the bodies, none of them found yet, whose shape only cement has.
func (w *work) shaped(z *marks, kept []component) []component {
	if w.pre != nil {
		return kept
	}
	taken := make([]bool, len(z.mark))
	for _, c := range kept {
		c.each(func(i, j, k int) { taken[z.box.Offset(i, j, k)] = true })
	}
	dense := w.denseBehind(z)
	rod := map[int]bool{}
	for o, d := range dense {
		if d && !taken[o] && w.inRod(z.box, dense, o) {
			rod[o] = true
		}
	}
	for _, c := range join(runsOf(z.box, func(o int) bool { return rod[o] })) {
		if w.extent(&c) >= rodLengthMM && w.aimed(&c) {
			kept = append(kept, w.filled(z.box, dense, taken, &c, rodFillMM)...)
		}
	}
	for _, c := range w.lumps(z.box, dense) {
		kept = append(kept, w.filled(z.box, dense, taken, &c, lumpCoreMM+lumpFillMM)...)
	}
	return kept
}

// lumps returns the solid parts that have the CT number of the cement next to them and are denser than all solid bone: what has its like on
// the other side of the vertebra. Where bone is as dense there are none.
func (w *work) lumps(box geom.Box, dense []bool) []component {
	solid := w.solids(box, dense)
	var lone []component
	bone := 0.0
	for n := range solid {
		c := &solid[n]
		switch {
		case w.mm3(c) < lumpCoreMM3:
		case w.mirrored(c, solid):
			bone = max(bone, w.inside(c))
		default:
			lone = append(lone, *c)
		}
	}
	var out []component
	for n := range lone {
		c := &lone[n]
		full, hu := w.fullAt(w.middle(c)), w.inside(c)
		if math.Abs(hu-full) < max(sameBatchHU*full, 3*w.noise) && hu > lumpOverBone*max(bone, lumpBoneHU) {
			out = append(out, *c)
		}
	}
	return out
}

// inside is the median CT number of a component.
func (w *work) inside(c *component) float64 {
	var hu []float64
	c.each(func(i, j, k int) { hu = append(hu, float64(w.v.At(i, j, k))) })
	return median(hu)
}

// solids returns what is left of the dense parts behind the bodies when everything within lumpCoreMM of their surface is taken off.
func (w *work) solids(box geom.Box, dense []bool) []component {
	x, y, z := w.voxels(0, lumpCoreMM, 1), w.voxels(1, lumpCoreMM, 1), w.voxels(2, lumpCoreMM, 1)
	return join(runsOf(box, func(o int) bool {
		if !dense[o] {
			return false
		}
		i, j, k := indexOf(box, o)
		least := lumpShare * w.fullAt(w.patient(i, j, k))
		for r := -z; r <= z; r++ {
			for q := -y; q <= y; q++ {
				for p := -x; p <= x; p++ {
					if w.apart(p, q, r) <= lumpCoreMM && (float64(w.v.At(i+p, j+q, k+r)) < least || w.metal.At(i+p, j+q, k+r) != 0) {
						return false
					}
				}
			}
		}
		return true
	}))
}

// apart is the distance in mm between two voxels.
func (w *work) apart(i, j, k int) float64 {
	return math.Sqrt(sq(float64(i)*w.spacing[0]) + sq(float64(j)*w.spacing[1]) + sq(float64(k)*w.spacing[2]))
}

// mirrored reports whether another of the solid parts lies where this one would on the other side of its vertebra.
func (w *work) mirrored(c *component, all []component) bool {
	middle := w.middle(c)
	v, _ := w.spine.Nearest(middle)
	inv := v.BodyFromPatient()
	b := inv.Apply(middle)
	if math.Abs(b.X) < mirrorMM {
		return true // near the midline there is no other side to ask
	}
	b.X = -b.X
	there := v.PatientFromBody.Apply(b)
	for n := range all {
		if o := &all[n]; o != c && 3*w.mm3(o) > w.mm3(c) && w.middle(o).Dist(there) < mirrorMM {
			return true
		}
	}
	return false
}

// middle is the mean position of the voxels of a component.
func (w *work) middle(c *component) geom.Patient {
	first := w.patient(c.runs[0].i0, c.runs[0].j, c.runs[0].k)
	var sum geom.PatientVec
	c.each(func(i, j, k int) { sum = sum.Add(w.patient(i, j, k).Sub(first)) })
	return first.Add(sum.Mul(1 / float64(c.voxels)))
}

// denseBehind marks what is dense behind the bodies.
func (w *work) denseBehind(z *marks) []bool {
	dense := make([]bool, len(z.mark))
	least := math.Inf(1)
	for _, s := range w.masses {
		least = min(least, shapeShare*s.plateau)
	}
	for _, r := range runsAbove(w.v, z.box, int16(max(leastGrowthHU, least))) {
		if w.corrupt(r.k) {
			continue
		}
		for i := r.i0; i < r.i1; i++ {
			p := w.patient(i, r.j, r.k)
			h := float64(w.v.At(i, r.j, r.k))
			if w.metal.At(i, r.j, r.k) != 0 || h < shapeShare*w.fullAt(p) || w.atRod(h, p) {
				continue
			}
			if v, d := w.spine.Nearest(p); v != nil && d > rodBodyMM && w.isBehind(p) {
				dense[z.box.Offset(i, r.j, r.k)] = true
			}
		}
	}
	return dense
}

// isBehind reports whether a position lies behind the wall of the vertebra at its height, however far.
func (w *work) isBehind(p geom.Patient) bool {
	v, _ := w.spine.Nearest(p)
	inv := v.BodyFromPatient()
	b := inv.Apply(p)
	return b.Y > v.Wall.Y(b.X, b.Z)
}

// knownByShape reports whether cement at a position that is no denser than bone is told from bone by its shape alone: behind the bodies,
// where arches and ribs are.
func (w *work) knownByShape(p geom.Patient) bool {
	region, _ := w.spine.Region(p)
	return region != spine.InCanal && region != spine.InForamen && w.isBehind(p)
}

// fullAt is what pure cement shows at a position.
func (w *work) fullAt(p geom.Patient) float64 {
	return min(w.nearestMass(p).plateau, float64(w.v.CeilingHU))
}

// inRod reports whether a dense voxel lies in a slender solid rod with nothing dense round it: by the moments of what is dense within
// rodBallMM, and the ring round their axis.
func (w *work) inRod(box geom.Box, dense []bool, o int) bool {
	i, j, k := indexOf(box, o)
	at := w.patient(i, j, k)
	clear := max(clearHU, clearShare*w.fullAt(at))
	if !w.freeAcross(geom.Index{I: i, J: j, K: k}, clear) {
		return false
	}
	x, y, z := w.voxels(0, rodBallMM, 1), w.voxels(1, rodBallMM, 1), w.voxels(2, rodBallMM, 1)
	var n float64
	var sum geom.PatientVec
	var m [6]float64 // xx, yy, zz, xy, xz, yz
	for c := -z; c <= z; c++ {
		for b := -y; b <= y; b++ {
			for a := -x; a <= x; a++ {
				if !box.Contains(i+a, j+b, k+c) || !dense[box.Offset(i+a, j+b, k+c)] {
					continue
				}
				d := geom.LPSVec(float64(a)*w.spacing[0], float64(b)*w.spacing[1], float64(c)*w.spacing[2])
				if d.Dot(d) > rodBallMM*rodBallMM {
					continue
				}
				n++
				sum = sum.Add(d)
				m[0], m[1], m[2] = m[0]+d.X*d.X, m[1]+d.Y*d.Y, m[2]+d.Z*d.Z
				m[3], m[4], m[5] = m[3]+d.X*d.Y, m[4]+d.X*d.Z, m[5]+d.Y*d.Z
			}
		}
	}
	mean := sum.Mul(1 / n)
	for q, xy := range [6]float64{mean.X * mean.X, mean.Y * mean.Y, mean.Z * mean.Z, mean.X * mean.Y, mean.X * mean.Z, mean.Y * mean.Z} {
		m[q] = m[q]/n - xy
	}
	axis, along := longest(m)
	if along < rodAlongMM*rodAlongMM || m[0]+m[1]+m[2]-along > 2*rodAcrossMM*rodAcrossMM {
		return false
	}
	// A sheet has what is left across all in one direction.
	u := axis.Cross(pickAcross(axis)).Unit()
	v := axis.Cross(u)
	for _, e := range []geom.PatientVec{u, v, u.Add(v).Unit(), u.Sub(v).Unit()} {
		if quadratic(m, e) > rodAcrossMM*rodAcrossMM {
			return false
		}
	}
	radius := 2 * math.Sqrt((m[0]+m[1]+m[2]-along)/2)
	centre := mean.Sub(axis.Mul(mean.Dot(axis))) // of the rod, beside the voxel
	free := 0
	const rays = 16
	for a := range rays {
		sin, cos := math.Sincos(2 * math.Pi * float64(a) / rays)
		d := centre.Add(u.Mul(cos * (radius + rodRingMM))).Add(v.Mul(sin * (radius + rodRingMM)))
		q := geom.Vox(float64(i)+d.X/w.spacing[0], float64(j)+d.Y/w.spacing[1], float64(k)+d.Z/w.spacing[2])
		if w.v.Sample(q) < clear {
			free++
		}
	}
	return float64(free) >= rodRing*rays
}

// freeAcross reports whether what is dense ends within axisFreeMM on both sides of a voxel along at least two of the axes of the grid.
func (w *work) freeAcross(at geom.Index, clear float64) bool {
	axes := 0
	for a := range 3 {
		sides := 0
		for _, sign := range [2]int{1, -1} {
			for s := 1; float64(s)*w.spacing[a] <= axisFreeMM+w.spacing[a]/2; s++ {
				q := [3]int{at.I, at.J, at.K}
				q[a] += sign * s
				if float64(w.v.At(q[0], q[1], q[2])) < clear {
					sides++
					break
				}
			}
		}
		if sides == 2 {
			axes++
		}
	}
	return axes >= 2
}

// longest returns the direction in which a symmetric matrix (xx, yy, zz, xy, xz, yz) is largest, and its value there, by the power method.
func longest(m [6]float64) (geom.PatientVec, float64) {
	u := geom.LPSVec(1, 0, 0)
	if m[1] >= m[0] && m[1] >= m[2] {
		u = geom.LPSVec(0, 1, 0)
	} else if m[2] >= m[0] {
		u = geom.LPSVec(0, 0, 1)
	}
	for range 12 {
		u = geom.LPSVec(m[0]*u.X+m[3]*u.Y+m[4]*u.Z, m[3]*u.X+m[1]*u.Y+m[5]*u.Z, m[4]*u.X+m[5]*u.Y+m[2]*u.Z).Unit()
	}
	return u, quadratic(m, u)
}

func quadratic(m [6]float64, u geom.PatientVec) float64 {
	return m[0]*u.X*u.X + m[1]*u.Y*u.Y + m[2]*u.Z*u.Z + 2*(m[3]*u.X*u.Y+m[4]*u.X*u.Z+m[5]*u.Y*u.Z)
}

// pickAcross is an axis that is not along u.
func pickAcross(u geom.PatientVec) geom.PatientVec {
	if math.Abs(u.Z) < 0.8 {
		return geom.LPSVec(0, 0, 1)
	}
	return geom.LPSVec(1, 0, 0)
}

// aimed reports whether a rod points at a body with new cement, to be entered through the pedicle on its own side or beside it: needles
// are straight. Edges of transverse and spinous processes point past it.
func (w *work) aimed(c *component) bool {
	var sum geom.PatientVec
	var m [6]float64
	first := w.patient(c.runs[0].i0, c.runs[0].j, c.runs[0].k)
	n := float64(c.voxels)
	c.each(func(i, j, k int) {
		d := w.patient(i, j, k).Sub(first)
		sum = sum.Add(d)
		m[0], m[1], m[2] = m[0]+d.X*d.X/n, m[1]+d.Y*d.Y/n, m[2]+d.Z*d.Z/n
		m[3], m[4], m[5] = m[3]+d.X*d.Y/n, m[4]+d.X*d.Z/n, m[5]+d.Y*d.Z/n
	})
	mean := sum.Mul(1 / n)
	for q, xy := range [6]float64{mean.X * mean.X, mean.Y * mean.Y, mean.Z * mean.Z, mean.X * mean.Y, mean.X * mean.Z, mean.Y * mean.Z} {
		m[q] -= xy
	}
	axis, _ := longest(m)
	middle := first.Add(mean)
	for _, s := range w.masses {
		v := w.spine.Find(s.level)
		if s.prior || v == nil {
			continue
		}
		inv := v.BodyFromPatient()
		side := inv.Apply(middle).X
		for _, u := range [2]geom.PatientVec{axis, axis.Mul(-1)} {
			for t := 0.0; t < aimMM; t += 1 {
				p := middle.Add(u.Mul(t))
				if v.Distance(p) > aimWideMM {
					continue
				}
				if x := inv.Apply(p).X; x*side > 0 && math.Abs(x) > aimBeside*float64(v.HalfWidth) {
					return true
				}
				break
			}
		}
	}
	return false
}

// extent is the diagonal of the box of a component in mm: the length of a straight rod.
func (w *work) extent(c *component) float64 {
	x, y, z := c.box.Size()
	return w.apart(x-1, y-1, z-1)
}

// filled returns what is dense within mm of a component and not taken yet.
func (w *work) filled(box geom.Box, dense, taken []bool, c *component, mm float64) []component {
	x, y, z := w.voxels(0, mm, 1), w.voxels(1, mm, 1), w.voxels(2, mm, 1)
	in := map[int]bool{}
	c.each(func(i, j, k int) {
		for r := -z; r <= z; r++ {
			for q := -y; q <= y; q++ {
				for p := -x; p <= x; p++ {
					if !box.Contains(i+p, j+q, k+r) || w.apart(p, q, r) > mm {
						continue
					}
					if o := box.Offset(i+p, j+q, k+r); dense[o] && !taken[o] {
						in[o], taken[o] = true, true
					}
				}
			}
		}
	})
	return join(runsOf(box, func(o int) bool { return in[o] }))
}
