package cement

import (
	"math"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/spine"
)

// isIsland reports whether a piece that no mass reaches is cement. With a pre CT it must be new, dense and not tiny; without one
// also lie in soft tissue near cement and be nearly as dense as the plateau, which calcified vessels and bone are not.
func (w *work) isIsland(c *component, near []geom.Patient) bool {
	peak, signal := 0.0, 0.0
	known := 0
	var at geom.PatientVec
	c.each(func(i, j, k int) {
		p := w.patient(i, j, k)
		h, before := float64(w.v.At(i, j, k)), 60.0
		if w.pre != nil {
			if q, ok := w.pre.at(p); ok {
				before = w.pre.v.Sample(q)
				known++
			}
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
	if 2*known > c.voxels {
		v, far := w.spine.Nearest(centre)
		reach := min(vesselMM, islandBoneMM+0.25*far)
		if v != nil && behind(v, centre) {
			reach = islandBoneMM // no vessel that calcifies
		}
		there, _ := w.wasThere(c, peak, reach)
		return peak > max(islandPeakShare*full, 8*w.noise) && !there
	}
	if region, _ := w.spine.Region(centre); region == spine.Outside || region == spine.InArch {
		if _, far := w.spine.Nearest(centre); far < outsideMM {
			return false // an edge of bone
		}
	}
	there, asked := w.wasThere(c, peak, vesselMM)
	least := max(islandPeakAlone*full, min(w.boneHU, 0.9*full))
	if asked {
		least = islandPeakShare * full
	}
	if there || peak < least {
		return false
	}
	gap := math.Inf(1)
	for _, p := range near {
		gap = min(gap, p.Dist(centre))
	}
	soft := islandSoftShare
	if asked {
		soft = islandSoftAsked
	}
	return gap < islandFarMM && w.softShare(c) > soft
}

// wasThere reports whether the pre CT shows something about as dense near at least a third of a component: the middle of a curved rib
// lies beside it, so places all along are asked. asked is false when the pre CT shows less than half of them.
func (w *work) wasThere(c *component, peak, reachMM float64) (there, asked bool) {
	const places = 12
	step := max(1, c.voxels/places)
	n, known, dense := 0, 0, 0
	c.each(func(i, j, k int) {
		if n++; n%step != 0 {
			return
		}
		if hu, ok := w.seenBefore(w.patient(i, j, k), reachMM); ok {
			known++
			if hu > vesselShare*peak {
				dense++
			}
		}
	})
	return known > 0 && 3*dense >= known, 2*known >= n/step
}

// seenBefore returns the highest CT number of the pre CT within reach of a position: bone that moved by itself or a calcified vessel
// show there. ok is false when the pre CT does not show the place.
func (w *work) seenBefore(p geom.Patient, reachMM float64) (hu float64, ok bool) {
	if w.pre == nil {
		return 0, false
	}
	q, ok := w.pre.within(p, islandFarMM+20)
	if !ok {
		return 0, false
	}
	const step = 1.5
	hu = math.Inf(-1)
	for z := -reachMM; z <= reachMM; z += step {
		for y := -reachMM; y <= reachMM; y += step {
			for x := -reachMM; x <= reachMM; x += step {
				hu = max(hu, w.pre.v.Sample(geom.Vox(q.X+x/float64(w.pre.v.DX), q.Y+y/float64(w.pre.v.DY), q.Z+z/float64(w.pre.v.DZ))))
			}
		}
	}
	return hu, true
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
			if !in[q] {
				n++
				if w.v.At(q.I, q.J, q.K) < islandSoftHU {
					soft++
				}
			}
		}
	})
	return float64(soft) / float64(max(1, n))
}
