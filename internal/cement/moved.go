package cement

import (
	"math"
	"slices"

	"github.com/vertefill/vertefill/internal/geom"
)

// Bone that moved by itself (ribs, facets, spinous processes) and calcified vessels are dense where the registered pre CT shows
// nothing, as new cement is. What tells them apart: shifted a little, the pre CT shows the same thing in the same surroundings. A
// neighbouring cortex may cover a vein when it is shifted on it, but then it is missing from its own place.
const (
	movedOutsideMM = 0.5 // from the bodies: inside nothing moves
	movedChunkMM   = 8.0 // parts of a piece are asked one by one: long bones turn
	movedShellMM   = 2.0 // surroundings that must match as well
	movedBoneMM    = 3.0 // how far bone moves against its vertebra
	movedFarMM     = 6.0 // how far ribs, neighbours and vessels do
	movedStepMM    = 0.8
	movedMost      = 60   // places of a part that are compared
	movedShare     = 0.45 // of the difference that must remain for the piece to be new
	sameShare      = 0.5  // of the contrast: less remains when it did not even move
	slicedLeastMM  = 1.5  // slices from here on cut a cortex in two
	slicedBesideMM = 1.2
	slicedBoneHU   = 250
	slicedDense    = 0.05 // of the piece
	movedPart      = 0.25 // of the piece that moved for all of it to have moved,
	denserShare    = 1.25 // of what moved: denser is not the same thing
	movedLeastHU   = 250  // a thin edge of bone may fall between the slices of the pre CT
	denserStepMM   = 1.0
	denserEvery    = 3   // of the places
	newShare       = 0.6 // but for parts where this much of the difference and of the contrast remains
)

// place is a position of a piece or of its surroundings, in the post and in the pre CT.
type place struct {
	hu  float64
	pre geom.Voxel
}

// dropMoved takes out of the zone what lies outside the bodies and was there before.
func (w *work) dropMoved(z *marks) {
	if w.pre == nil {
		return
	}
	for _, c := range join(runsOf(z.box, func(o int) bool {
		if z.mark[o] != maybeNew {
			return false
		}
		i, j, k := indexOf(z.box, o)
		_, d := w.spine.Nearest(w.patient(i, j, k))
		return d > movedOutsideMM
	})) {
		if c.voxels < leastComponentHU {
			continue
		}
		drop := func(i, j, k int) { z.mark[z.box.Offset(i, j, k)] = none }
		if w.sliced(&c) {
			c.each(drop)
			continue
		}
		parts, all := w.partsThatMoved(&c)
		for _, p := range parts {
			if !all || p.new {
				continue
			}
			for _, v := range p.voxels {
				drop(v.I, v.J, v.K)
			}
		}
	}
}

// moved reports whether a piece was there before and only moved.
func (w *work) moved(c *component) bool {
	if w.sliced(c) {
		return true
	}
	parts, all := w.partsThatMoved(c)
	for _, p := range parts {
		all = all && !p.new
	}
	return all
}

// part is a part of a piece.
type part struct {
	voxels []geom.Index
	new    bool // no shift of the pre CT comes near it
}

// partsThatMoved asks the parts of a piece one by one, and reports whether so much of it moved that all of it did, but for the parts
// that are new: a needle's track may touch a rib.
func (w *work) partsThatMoved(c *component) (parts []part, all bool) {
	known, gone := 0, 0
	for _, chunk := range w.chunks(c) {
		middle := chunk[len(chunk)/2]
		p := w.patient(middle.I, middle.J, middle.K)
		reach := movedBoneMM
		if v, _ := w.spine.Nearest(p); v != nil && !behind(v, p) {
			reach = movedFarMM
		}
		places, contrast := w.places(chunk)
		if len(places) < min(len(chunk), movedMost) {
			parts = append(parts, part{voxels: chunk}) // half of it and of what is around it lie outside the pre CT
			continue
		}
		known += len(chunk)
		stay, best := w.shifted(places, reach)
		denser := w.denserThan(places, reach)
		parts = append(parts, part{voxels: chunk, new: denser || best > newShare*max(stay, contrast)})
		if !denser && (best < movedShare*stay || best < sameShare*contrast) {
			gone += len(chunk)
		}
	}
	return parts, known > 0 && float64(gone) > movedPart*float64(known)
}

// sliced reports whether a piece is bone that thick slices cut in another way before: a cortex along the slices shows fully in one
// scan and is shared by two slices, or averaged with marrow, in the other. No part of it to speak of is denser than bone, and the pre
// CT shows bone within a slice of most of it.
func (w *work) sliced(c *component) bool {
	thick := max(float64(w.v.DZ), float64(w.pre.v.DZ))
	if thick < slicedLeastMM {
		return false
	}
	known, bone, dense := 0, 0, 0
	dx, dy, dz := float64(w.pre.v.DX), float64(w.pre.v.DY), float64(w.pre.v.DZ)
	c.each(func(i, j, k int) {
		if float64(w.v.At(i, j, k)) > w.boneHU+2*w.noise {
			dense++
		}
		q, ok := w.pre.within(w.patient(i, j, k), islandFarMM+20)
		if !ok {
			return
		}
		known++
		before := 0.0
		for z := -thick; z <= thick; z += thick / 3 {
			for y := -slicedBesideMM; y <= slicedBesideMM; y += slicedBesideMM {
				for x := -slicedBesideMM; x <= slicedBesideMM; x += slicedBesideMM {
					before = max(before, w.pre.v.Sample(geom.Vox(q.X+x/dx, q.Y+y/dy, q.Z+z/dz)))
				}
			}
		}
		if before > slicedBoneHU {
			bone++
		}
	})
	return float64(dense) < slicedDense*float64(c.voxels) && 2*bone > max(known, 1)
}

// chunks divides the voxels of a component by a coarse grid.
func (w *work) chunks(c *component) [][]geom.Index {
	var size [3]int
	for a := range size {
		size[a] = w.voxels(a, movedChunkMM, 1)
	}
	at := map[geom.Index]int{}
	var out [][]geom.Index
	c.each(func(i, j, k int) {
		key := geom.Index{I: (i - c.box.Min.I) / size[0], J: (j - c.box.Min.J) / size[1], K: (k - c.box.Min.K) / size[2]}
		n, ok := at[key]
		if !ok {
			n = len(out)
			at[key] = n
			out = append(out, nil)
		}
		out[n] = append(out[n], geom.Index{I: i, J: j, K: k})
	})
	return out
}

// places samples a part of a component and what surrounds it, where the pre CT shows it. contrast is the sum of what stands out of soft
// tissue.
func (w *work) places(part []geom.Index) (out []place, contrast float64) {
	add := func(i, j, k int) {
		h := float64(w.v.At(i, j, k))
		if q, ok := w.pre.within(w.patient(i, j, k), islandFarMM+20); ok {
			out = append(out, place{h, q})
			contrast += max(0, h-softHU)
		}
	}
	x, y, z := w.voxels(0, movedShellMM, 1), w.voxels(1, movedShellMM, 1), w.voxels(2, movedShellMM, 1)
	around := [6]geom.Index{{I: x}, {I: -x}, {J: y}, {J: -y}, {K: z}, {K: -z}}
	step := max(1, len(part)/movedMost)
	for n := 0; n < len(part); n += step {
		q, d := part[n], around[n/step%6]
		add(q.I, q.J, q.K)
		add(q.I+d.I, q.J+d.J, q.K+d.K)
	}
	return out, contrast
}

// denserThan reports whether the densest tenth of a part is denser than anything that the pre CT shows within reach of it, by more than the
// kernels of both CTs make of one cortex: bone may move and turn, but grows no denser.
func (w *work) denserThan(places []place, reachMM float64) bool {
	hu := make([]float64, 0, len(places))
	for _, p := range places {
		hu = append(hu, p.hu)
	}
	slices.Sort(hu)
	least := hu[len(hu)*9/10] - 3*w.noise
	most := least / (denserShare * w.profiles.sharpening())
	if most < movedLeastHU {
		return false
	}
	n := int(reachMM / denserStepMM)
	for i := 0; i < len(places); i += denserEvery {
		for z := -n; z <= n; z++ {
			for y := -n; y <= n; y++ {
				for x := -n; x <= n; x++ {
					if x*x+y*y+z*z <= n*n && w.preAt(places[i], [3]float64{float64(x) * denserStepMM, float64(y) * denserStepMM, float64(z) * denserStepMM}) > most {
						return false
					}
				}
			}
		}
	}
	return true
}

// preAt is the pre CT at a place, shifted by mm along its axes.
func (w *work) preAt(p place, s [3]float64) float64 {
	v := w.pre.v
	return v.Sample(geom.Vox(p.pre.X+s[0]/float64(v.DX), p.pre.Y+s[1]/float64(v.DY), p.pre.Z+s[2]/float64(v.DZ)))
}

// shifted returns the sum of the differences of both CTs over the places, beyond noise, as they lie and at the best shift of the
// pre CT within reach.
func (w *work) shifted(places []place, reachMM float64) (stay, best float64) {
	floor := 1.2 * w.noise
	cost := func(s [3]float64) float64 {
		sum := 0.0
		for _, p := range places {
			sum += max(0, math.Abs(p.hu-w.preAt(p, s))-floor)
		}
		return sum
	}
	stay = cost([3]float64{})
	best = stay
	var at [3]float64
	look := func(s [3]float64) {
		if s[0]*s[0]+s[1]*s[1]+s[2]*s[2] > reachMM*reachMM {
			return
		}
		if c := cost(s); c < best {
			best, at = c, s
		}
	}
	step := movedStepMM * max(1, reachMM/4)
	for n := int(reachMM / step); step > movedStepMM/4; n, step = 1, step/2 {
		from := at
		for k := -n; k <= n; k++ {
			for j := -n; j <= n; j++ {
				for i := -n; i <= n; i++ {
					look([3]float64{from[0] + float64(i)*step, from[1] + float64(j)*step, from[2] + float64(k)*step})
				}
			}
		}
	}
	return stay, best
}
