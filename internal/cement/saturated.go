package cement

import (
	"math"

	"github.com/vertefill/vertefill/internal/geom"
)

// Above the ceiling of the CT scale nothing is seen, but the layers below it still tell how high the step is. This is the two-level
// edge method carried further: the edge is cut into several layers between two CT numbers each, their thickness is their volume over
// the integral of the point spread on the surface half way, and one plateau and one width fit them all. The ratio of upper to lower
// layers needs no point spread, which the roughness of the cement widens from mass to mass; the measured point spread steadies it.

// Limits of the search.
const (
	highestPlateau = 12000
	clipMarginHU   = 120 // below the ceiling: noise is cut there
	leastEdgeHU    = 350 // above the background: bone and texture spoil the edge below
	hiddenLowHU    = 900 // lowest level: above most bone
	hiddenLayers   = 4
	hiddenSteps    = 160

	// Powders with 13 to 30 % of barium sulphate by weight or as much zirconium dioxide give 3100 to 8000 HU at 70 keV, less after
	// beam hardening: a weak prior (normal in the logarithm) that only weighs in when the layers say little.
	usualPlateau = 4500
	usualSpread  = 0.35
)

// Relative standard deviations in the fit of a hidden plateau.
const (
	lowestLayerSD = 0.15 // bone thickens the lowest layer
	layerSD       = 0.05
	cementWidthSD = 0.15 // of the width of one mass, when the point spread comes from another
	skinWidthSD   = 0.15
	guessWidthSD  = 0.3
)

// hiddenPlateau returns the plateau that a saturated mass must have, with its standard deviation. ok is false when too little of
// its edge is seen.
func (w *work) hiddenPlateau(f *field, own uint8, back []float32) (plateau, sd float64, ok bool) {
	floor := f.floor[w.masses[own-1]]
	ceiling := float64(w.v.CeilingHU)
	low, high := max(hiddenLowHU, floor+leastEdgeHU), ceiling-clipMarginHU
	var levels [hiddenLayers + 1]float64
	for n := range levels {
		levels[n] = low * math.Pow(high/low, float64(n)/hiddenLayers)
	}
	var thick [hiddenLayers]float64 // in point spreads
	e := w.edgesOf(f, own, back)
	for n := range thick {
		l := w.layer(e, levels[n], levels[n+1])
		if l.mm2 < leastAreaMM2 {
			return 0, 0, false
		}
		thick[n] = l.mm3 / l.spread
	}
	widthSD := map[PSFSource]float64{PSFCement: cementWidthSD, PSFSkin: skinWidthSD, PSFGiven: layerSD, PSFNominal: guessWidthSD}[w.psf.Source]
	var cost [hiddenSteps]float64
	best := 0
	step := math.Log(highestPlateau/(1.005*ceiling)) / (hiddenSteps - 1)
	at := func(n int) float64 { return 1.005 * ceiling * math.Exp(float64(n)*step) }
	for n := range cost {
		cost[n] = misfit(thick, levels, floor, at(n), widthSD) + sq(math.Log(at(n)/usualPlateau)/usualSpread)
		if cost[n] < cost[best] {
			best = n
		}
	}
	// The spread of the plateau over the likelihood, no less than the model's own error.
	var mean, square, sum float64
	for n, c := range cost {
		p := math.Exp((cost[best] - c) / 2)
		sum += p
		mean += p * at(n)
		square += p * sq(at(n))
	}
	mean /= sum
	return at(best), math.Hypot(0.04*at(best), math.Sqrt(max(0, square/sum-sq(mean)))), true
}

// misfit is the sum of squared errors of the layers, in standard deviations, at the width that fits them best.
func misfit(thick [hiddenLayers]float64, levels [hiddenLayers + 1]float64, floor, plateau, widthSD float64) float64 {
	u := func(h float64) float64 { return probit((h - floor) / (plateau - floor)) }
	var du, sd [hiddenLayers]float64
	top, bottom := 1/sq(widthSD), 1/sq(widthSD)
	for n := range du {
		du[n], sd[n] = u(levels[n+1])-u(levels[n]), layerSD*thick[n]
		if n == 0 {
			sd[n] = lowestLayerSD * thick[n]
		}
		top += thick[n] * du[n] / sq(sd[n])
		bottom += sq(du[n] / sd[n])
	}
	width := top / bottom
	c := sq((width - 1) / widthSD)
	for n := range du {
		c += sq((thick[n] - width*du[n]) / sd[n])
	}
	return c
}

// reach is a neighbour at a distance measured in point spreads.
type reach struct {
	d geom.Index
	u float64
}

// reaches lists the neighbours within r point spreads, nearest first not guaranteed.
func (w *work) reaches(r float64) []reach {
	sx, sy, sz := w.spacing[0]/float64(w.psf.InPlaneMM), w.spacing[1]/float64(w.psf.InPlaneMM), w.spacing[2]/float64(w.psf.ThroughMM)
	x, y, z := int(math.Ceil(r/sx)), int(math.Ceil(r/sy)), int(math.Ceil(r/sz))
	var out []reach
	for k := -z; k <= z; k++ {
		for j := -y; j <= y; j++ {
			for i := -x; i <= x; i++ {
				if d := math.Sqrt(sq(float64(i)*sx) + sq(float64(j)*sy) + sq(float64(k)*sz)); d <= r || abs(i)+abs(j)+abs(k) == 1 {
					out = append(out, reach{geom.Index{I: i, J: j, K: k}, d})
				}
			}
		}
	}
	return out
}

// unclip returns the CT numbers of the field with the voxels at the ceiling carried on along the model of the edge: a voxel at a
// distance d beyond one whose probit is u has the probit u + d, the least over all voxels near.
func (w *work) unclip(f *field) []float32 {
	hu := make([]float32, len(f.owner))
	ceiling := w.v.CeilingHU
	var clipped []int
	for o := range hu {
		h := w.v.HU[f.source(w.v, o)]
		hu[o] = float32(h)
		if h >= ceiling && f.owner[o] != 0 {
			clipped = append(clipped, o)
		}
	}
	if len(clipped) == 0 {
		return hu
	}
	near := w.reaches(3)
	for _, o := range clipped {
		s := w.masses[f.owner[o]-1]
		if s.plateau <= float64(ceiling) {
			continue // the ceiling only cuts the noise
		}
		step := s.plateau - f.floor[s]
		i, j, k := indexOf(f.box, o)
		least := 3.0
		for _, n := range near {
			q := geom.Index{I: i + n.d.I, J: j + n.d.J, K: k + n.d.K}
			if n.u >= least+1.5 || !f.box.Contains(q.I, q.J, q.K) {
				continue
			}
			h := float64(w.v.At(q.I, q.J, q.K))
			if h >= float64(ceiling)-1 || h < f.floor[s]+leastEdgeHU {
				continue
			}
			least = min(least, probit((h-f.floor[s])/step)+n.u)
		}
		hu[o] = float32(max(float64(ceiling), f.floor[s]+step*phi(least)))
	}
	return hu
}
