package cement

import (
	"math"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/spine"
)

// isIsland reports whether a piece that no mass reaches is cement. With a pre CT it must be new, dense and not tiny; without one
// also lie in soft tissue near cement and be nearly as dense as the plateau, which calcified vessels and bone are not.
func (w *work) isIsland(c *component, near []geom.Patient) bool {
	const usual = 60.0 // HU of what lies round the bodies
	peak, signal := 0.0, 0.0
	known, denser, bright, metal := 0, 0, 0, 0
	metalHU := w.bitHU()
	var at geom.PatientVec
	c.each(func(i, j, k int) {
		p := w.patient(i, j, k)
		h, before := float64(w.v.At(i, j, k)), usual
		if w.pre != nil {
			if q, ok := w.pre.at(p); ok {
				before = w.pre.v.Sample(q)
				known++
			}
		}
		if h > denserThanBone*w.boneHU {
			denser++
		}
		if h > aboveBone*w.boneHU {
			bright++
		}
		if h > metalHU {
			metal++
		}
		peak = max(peak, h-before)
		signal += (h - before) * float64(w.v.VoxelVolume(k))
		at = at.Add(geom.LPSVec(p.X, p.Y, p.Z))
	})
	at = at.Mul(1 / float64(c.voxels))
	centre := geom.LPS(at.X, at.Y, at.Z)
	s := w.nearestMass(centre)
	full := min(s.plateau, float64(w.v.CeilingHU))
	if signal/s.plateau < islandLeastMM3 {
		return false
	}
	if float64(metal) > bitPart*float64(c.voxels) {
		w.bits = append(w.bits, *c)
		return false
	}
	if w.pre != nil && peak < vesselMost*full && w.isCalcified(c, peak) {
		if v, d := w.spine.Nearest(centre); v != nil && d < calcifiedNearMM {
			w.calcified[v.Level] = true
		}
		return false
	}
	_, beside := w.spine.Nearest(centre)
	if 2*known > c.voxels {
		return peak > max(islandPeakShare*full, 8*w.noise) && (beside > movedOutsideMM || !w.moved(c))
	}
	dense := beside > 0 && peak+usual > denserThanBone*w.boneHU
	region, _ := w.spine.Region(centre)
	if (region == spine.Outside || region == spine.InArch) && beside < outsideMM && !dense {
		return false // an edge of bone
	}
	asked := w.shows(c)
	if !asked && beside > 0 && float64(denser) < denserPart*float64(c.voxels) && w.knownByShape(centre) {
		return false
	}
	least := max(islandPeakAlone*full, min(w.boneHU, 0.9*full))
	switch {
	case asked:
		least = islandPeakShare * full
	case region == spine.InCanal && w.gap(c, near) < canalReachMM: // no bone belongs there, and cement ends beside it
		least = islandPeakAlone * full
	}
	if peak < least || nearest(centre, near) >= islandFarMM {
		return false
	}
	soft := islandSoftShare
	switch {
	case asked:
		soft = islandSoftAsked
	case beside < aboveBoneNearMM && float64(bright) > aboveBonePart*float64(c.voxels): // no bone, whatever lies round it
		soft = -1
	case region == spine.InCanal:
		soft = islandSoftCanal
	case dense: // one side of a vein that hugs a body is the body
		soft = islandSoftDense
	}
	return w.softShare(c) > soft
}

// gap is how near a component comes to a list of positions, in mm.
func (w *work) gap(c *component, near []geom.Patient) float64 {
	least := math.Inf(1)
	c.each(func(i, j, k int) {
		least = min(least, nearest(w.patient(i, j, k), near))
	})
	return least
}

// nearest is the distance in mm from a position to the nearest of a list.
func nearest(p geom.Patient, all []geom.Patient) float64 {
	least := math.Inf(1)
	for _, q := range all {
		least = min(least, p.Dist(q))
	}
	return least
}

// shows reports whether the pre CT shows at least half of a component.
func (w *work) shows(c *component) bool {
	if w.pre == nil {
		return false
	}
	n := 0
	c.each(func(i, j, k int) {
		if _, ok := w.pre.within(w.patient(i, j, k), islandFarMM+20); ok {
			n++
		}
	})
	return 2*n >= c.voxels
}

// isCalcified reports whether the pre CT shows something about as dense, away from the bodies, within vesselMM of at least a third of a
// piece in front of the spine: the wall of a vessel. It pulsates and is never quite the same twice, and it need not follow the nearest
// vertebra: the motions of all around are tried.
func (w *work) isCalcified(c *component, peak float64) bool {
	const places = 12
	every := max(1, c.voxels/places)
	n, asked, dense := 0, 0, 0
	c.each(func(i, j, k int) {
		if n++; n%every != 0 {
			return
		}
		p := w.patient(i, j, k)
		v, d := w.spine.Nearest(p)
		if d < outsideMM || behind(v, p) {
			return
		}
		asked++
		for _, v := range w.spine.Vertebrae {
			if _, ok := w.pre.maps[v.Level]; ok && v.Distance(p) < islandFarMM+20 && w.denseBefore(v, p, vesselShare*peak) {
				dense++
				return
			}
		}
	})
	return asked > 0 && 3*dense >= n/every
}

// denseBefore reports whether the pre CT, moved with a vertebra, shows least within vesselMM of a position, away from the bodies.
func (w *work) denseBefore(v *spine.Vertebra, p geom.Patient, least float64) bool {
	const step = 1.5
	for z := -vesselMM; z <= vesselMM; z += step {
		for y := -vesselMM; y <= vesselMM; y += step {
			for x := -vesselMM; x <= vesselMM; x += step {
				at := p.Add(geom.LPSVec(x, y, z))
				q, ok := w.pre.by(v, at)
				if !ok || w.pre.v.Sample(q) < least {
					continue
				}
				if _, d := w.spine.Nearest(at); d > outsideMM {
					return true
				}
			}
		}
	}
	return false
}

// softShare is the share of the shell 2 mm round a component that is soft tissue.
func (w *work) softShare(c *component) float64 {
	in := map[geom.Index]bool{}
	c.each(func(i, j, k int) { in[geom.Index{I: i, J: j, K: k}] = true })
	x, y, z := w.voxels(0, 2, 2), w.voxels(1, 2, 2), w.voxels(2, 2, 1)
	soft, n := 0, 0
	c.each(func(i, j, k int) {
		for _, d := range [6]geom.Index{{I: x}, {I: -x}, {J: y}, {J: -y}, {K: z}, {K: -z}} {
			q := geom.Index{I: i + d.I, J: j + d.J, K: k + d.K}
			if !in[q] && !w.hangsOn(q) {
				n++
				if w.v.At(q.I, q.J, q.K) < islandSoftHU {
					soft++
				}
			}
		}
	})
	return float64(soft) / float64(max(1, n))
}
