package cement

import (
	"math"
	"slices"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/unit"
)

// Above the ceiling of the CT scale nothing is seen, but the layers below it still tell how high the step is. This is the two-level
// edge method carried further: the edge is cut into several layers between two CT numbers each, their thickness is their volume over
// the integral of the point spread on the surface half way, and a plateau and a width fit them. The ratio of upper to lower layers needs
// no point spread; the width ties the masses of a study together, for one scanner blurs them all alike but for their roughness.
// Only edges that run whole from marrow to the ceiling count: a bubble, a finger or a cortex beside cement adds voxels to a layer that are no edge.

// Limits of the search.
const (
	highestPlateau = 12000
	clipMarginHU   = 120 // below the ceiling: noise is cut there
	leastEdgeHU    = 350 // above the background: bone and texture spoil the edge below
	hiddenLowHU    = 900 // lowest level: above most bone
	hiddenLayers   = 4
	hiddenSteps    = 120
	hiddenPasses   = 2

	wholeReach = 3.0 // point spreads to either side within which an edge ends, with room: the spread is a guess yet
	cleanHU    = 100 // above the floor: the background of an edge that no bone thickens

	// Powders with 13 to 30 % of barium sulphate by weight or as much zirconium dioxide give 3100 to 8000 HU at 70 keV, less after
	// beam hardening: a weak prior (normal in the logarithm) that only weighs in when the layers say little.
	usualPlateau = 4500
	usualSpread  = 0.35

	leastWidth, mostWidth = 0.45, 2.0 // of the point spread that is known so far
	widthSteps            = 60
)

// Relative standard deviations in the fit of hidden plateaus.
const (
	lowestLayerSD = 0.08 // texture and bone thicken the lowest layer
	layerSD       = 0.03
	layerAreaMM   = 1.2  // over the root of a layer's area: what few voxels leave uncertain
	roughSD       = 0.06 // of the width, from mass to mass of one study
	cementWidthSD = 0.1  // of the width that unsaturated cement gave
	skinWidthSD   = 0.3
	guessWidthSD  = 0.3
	plateauSD     = 0.04 // of the model itself
)

// Limits of what is told of the voxels beyond the ceiling: how far, in point spreads, and by what factor distances there are scaled.
const (
	beyondReach           = 3.0
	leastScale, mostScale = 0.2, 2.0
)

// profileOfEdge is what the layers of one saturated mass show.
type profileOfEdge struct {
	mass   int // place in work.masses
	floor  float64
	levels [hiddenLayers + 1]float64
	mm3    [hiddenLayers]float64
	mm2    [hiddenLayers][tiltBins]float64 // of the surface half way, by its tilt
	sd     [hiddenLayers]float64
}

// edgeProfile measures the layers of a mass. ok is false when too little of its edge is whole.
func (w *work) edgeProfile(f *field, mass int, back []float32) (p profileOfEdge, ok bool) {
	p = profileOfEdge{mass: mass, floor: f.floor[w.masses[mass]]}
	low, high := max(hiddenLowHU, p.floor+leastEdgeHU), float64(w.v.CeilingHU)-clipMarginHU
	for n := range p.levels {
		p.levels[n] = low * math.Pow(high/low, float64(n)/hiddenLayers)
	}
	e := w.edgesOf(f, uint8(mass+1), back)
	w.keepWhole(e, f, back, p.floor, low)
	w.openClipped(w.masses[mass], e, f, back)
	for n := range p.mm3 {
		l := w.layer(e, p.levels[n], p.levels[n+1])
		if l.mm2 < leastAreaMM2 {
			return p, false
		}
		p.mm3[n], p.mm2[n] = l.mm3, l.tilted
		p.sd[n] = math.Hypot(layerSD, layerAreaMM/math.Sqrt(l.mm2))
	}
	p.sd[0] = math.Hypot(p.sd[0], lowestLayerSD)
	return p, true
}

// openClipped puts what the plateau known so far lets expect in the place of the ceiling: a surface laid between a voxel that is seen
// and one cut down would be rough.
func (w *work) openClipped(s *mass, e *edges, f *field, back []float32) {
	hu := w.unclip(f, back, s)
	for o, h := range e.hu {
		i, j, k := indexOf(e.box, o)
		if at := f.box.Offset(i, j, k); w.v.Saturated(w.v.At(i, j, k)) {
			e.hu[o] = max(h, hu[at])
		}
	}
}

// keepWhole leaves of a mass the voxels of whole edges: on a background that is no bone, with the ceiling and what is below the lowest
// level within reach.
func (w *work) keepWhole(e *edges, f *field, back []float32, floor, low float64) {
	near := w.reaches(wholeReach)
	whole := make([]bool, len(e.mine))
	for o, mine := range e.mine {
		i, j, k := indexOf(e.box, o)
		if !mine || float64(back[f.box.Offset(i, j, k)]) > floor+cleanHU {
			continue
		}
		under, over := false, false
		for _, n := range near {
			q := geom.Index{I: i + n.d.I, J: j + n.d.J, K: k + n.d.K}
			if !e.box.Contains(q.I, q.J, q.K) {
				continue
			}
			under = under || float64(e.hu[e.box.Offset(q.I, q.J, q.K)]) < low
			over = over || w.v.Saturated(w.v.At(q.I, q.J, q.K))
			if under && over {
				whole[o] = true
				break
			}
		}
	}
	e.mine = whole
}

// hidden is how well one mass fits every plateau and width.
type hidden struct {
	of   profileOfEdge
	cost [widthSteps][hiddenSteps]float64 // -2 log of likelihood and prior
	all  [widthSteps]float64              // the same with the plateau summed out
}

// setHidden gives the saturated masses the plateaus that fit them, and the point spread the width that they share. It reports whether the
// point spread has changed.
func (w *work) setHidden(f *field, back []float32) bool {
	width := 1.0
	for range hiddenPasses { // the surfaces of the layers depend a little on what is beyond the ceiling
		var fits []*hidden
		for n, s := range w.masses {
			if !s.saturated {
				continue
			}
			if p, ok := w.edgeProfile(f, n, back); ok {
				fits = append(fits, w.fitHidden(p))
			} else {
				s.plateau, s.errorHU = usualPlateau, usualSpread*usualPlateau
			}
		}
		if len(fits) == 0 {
			return false
		}
		posterior := w.widths(fits)
		sum, mean := 0.0, 0.0
		for m, p := range posterior {
			sum += p
			mean += p * math.Log(widthAt(m))
		}
		width = math.Exp(mean / sum)
		for _, h := range fits {
			s := w.masses[h.of.mass]
			s.plateau, s.errorHU = w.plateauOf(h, &posterior)
		}
	}
	if w.psf.Source == PSFGiven {
		return false
	}
	w.psf.InPlaneMM *= unit.MM(width)
	w.psf.ThroughMM = unit.MM(math.Hypot(width*sliceBlurMM, sliceSigma*w.spacing[2]))
	return true
}

// widths is the probability of every width given all masses, but for a factor.
func (w *work) widths(fits []*hidden) (p [widthSteps]float64) {
	sd := map[PSFSource]float64{PSFCement: cementWidthSD, PSFSkin: skinWidthSD, PSFGiven: layerSD, PSFNominal: guessWidthSD}[w.psf.Source]
	for m := range p {
		p[m] = sq(math.Log(widthAt(m)) / sd)
		for _, h := range fits {
			p[m] += h.all[m]
		}
	}
	least := slices.Min(p[:])
	for m := range p {
		p[m] = math.Exp((least - p[m]) / 2)
	}
	return p
}

func widthAt(m int) float64 {
	return leastWidth * math.Pow(mostWidth/leastWidth, float64(m)/(widthSteps-1))
}

func (w *work) hiddenAt(n int) float64 {
	least := 1.005 * float64(w.v.CeilingHU)
	return least * math.Pow(highestPlateau/least, float64(n)/(hiddenSteps-1))
}

func (w *work) fitHidden(p profileOfEdge) *hidden {
	h := &hidden{of: p}
	for n := range hiddenSteps {
		plateau := w.hiddenAt(n)
		prior := sq(math.Log(plateau/usualPlateau) / usualSpread)
		for m := range widthSteps {
			h.cost[m][n] = prior + p.misfit(w.expectedLayers(&p, plateau, widthAt(m)))
		}
	}
	for m := range widthSteps {
		least, sum := slices.Min(h.cost[m][:]), 0.0
		for _, c := range h.cost[m] {
			sum += math.Exp((least - c) / 2)
		}
		h.all[m] = least - 2*math.Log(sum)
	}
	return h
}

// expectedLayers is the volume that each layer has at a plateau and a width.
func (w *work) expectedLayers(p *profileOfEdge, plateau, width float64) (mm3 [hiddenLayers]float64) {
	for b := range tiltBins {
		n := (float64(b) + 0.5) / tiltBins
		across, box := sliceBlurMM, n*w.spacing[2]
		if w.psf.Source == PSFGiven {
			across, box = float64(w.psf.ThroughMM), 0
		}
		sigma := width * math.Hypot(float64(w.psf.InPlaneMM)*math.Sqrt(1-n*n), across*n)
		e := edgeOf(box / sigma)
		last := e.at((p.levels[0] - p.floor) / (plateau - p.floor))
		for l := range mm3 {
			x := e.at((p.levels[l+1] - p.floor) / (plateau - p.floor))
			mm3[l] += p.mm2[l][b] * sigma * (x - last)
			last = x
		}
	}
	return mm3
}

// misfit is the sum of squared errors of the layers, in standard deviations, at the width of this mass that fits them best: that of the
// study but for roughness.
func (p *profileOfEdge) misfit(want [hiddenLayers]float64) float64 {
	top, bottom := 1/sq(roughSD), 1/sq(roughSD)
	for n, v := range want {
		sd := p.sd[n] * p.mm3[n]
		top += p.mm3[n] * v / sq(sd)
		bottom += sq(v / sd)
	}
	own := top / bottom
	c := sq((own - 1) / roughSD)
	for n, v := range want {
		c += sq((p.mm3[n] - own*v) / (p.sd[n] * p.mm3[n]))
	}
	return c
}

// plateauOf returns the mean and the standard deviation of the logarithm of a mass's plateau, as CT numbers.
func (w *work) plateauOf(h *hidden, widths *[widthSteps]float64) (plateau, sd float64) {
	var sum, mean, square float64
	for m := range widthSteps {
		for n := range hiddenSteps {
			p := widths[m] * math.Exp((h.all[m]-h.cost[m][n])/2)
			x := math.Log(w.hiddenAt(n))
			sum += p
			mean += p * x
			square += p * x * x
		}
	}
	mean /= sum
	plateau = math.Exp(mean)
	return plateau, plateau * math.Hypot(plateauSD, math.Sqrt(max(0, square/sum-sq(mean))))
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
// distance d beyond one whose probit is u has the probit u + d, the least over all voxels near. Voxels are too far apart for their
// distances to be those to the surface, so they are scaled until what is missing to the plateau is in all what it must be beyond an edge of the
// area that the surface just below the ceiling has.
//
// Only the voxels of one mass are carried on, of all masses when it is nil.
func (w *work) unclip(f *field, back []float32, only *mass) []float32 {
	hu := make([]float32, len(f.owner))
	for o := range hu {
		hu[o] = float32(w.v.HU[f.source(w.v, o)])
	}
	ceiling := float64(w.v.CeilingHU)
	clipped := make([][]int, len(w.masses))
	for o, own := range f.owner {
		// Where the plateau is no higher the ceiling only cuts the noise.
		if own != 0 && float64(hu[o]) >= ceiling && w.masses[own-1].plateau > ceiling {
			clipped[own-1] = append(clipped[own-1], o)
		}
	}
	near := w.reaches(beyondReach)
	for n, s := range w.masses {
		if len(clipped[n]) == 0 || only != nil && s != only {
			continue
		}
		floor, step := f.floor[s], s.plateau-f.floor[s]
		top := probit((ceiling - floor) / step)
		beyond := make([]float64, len(clipped[n]))
		for m, o := range clipped[n] {
			beyond[m] = max(0, w.beyond(f, near, o, floor, step)-top)
		}
		c := w.scaleBeyond(f, uint8(n+1), back, clipped[n], beyond, top)
		for m, o := range clipped[n] {
			hu[o] = float32(floor + step*phi(top+c*beyond[m]))
		}
	}
	return hu
}

// beyond is the probit of a clipped voxel by the nearest voxels that are not.
func (w *work) beyond(f *field, near []reach, o int, floor, step float64) float64 {
	i, j, k := indexOf(f.box, o)
	least := beyondReach
	for _, n := range near {
		q := geom.Index{I: i + n.d.I, J: j + n.d.J, K: k + n.d.K}
		if n.u >= least+1.5 || !f.box.Contains(q.I, q.J, q.K) {
			continue
		}
		h := float64(w.v.At(q.I, q.J, q.K))
		if h >= float64(w.v.CeilingHU)-1 || h < floor+leastEdgeHU {
			continue
		}
		least = min(least, probit((h-floor)/step)+n.u)
	}
	return least
}

// scaleBeyond returns the factor of the distances beyond the ceiling with which the signal missing to the plateau is that of a plane
// edge: on a surface of area A and point spread s, A s (phi(u) - u (1 - Phi(u))) beyond the probit u.
func (w *work) scaleBeyond(f *field, own uint8, back []float32, clipped []int, beyond []float64, top float64) float64 {
	ceiling := float64(w.v.CeilingHU)
	l := w.layer(w.edgesOf(f, own, back), ceiling-clipMarginHU, ceiling-clipMarginHU/3)
	want := l.spread * (density(top) - top*(1-phi(top)))
	if want <= 0 {
		return 1
	}
	_, _, k0 := indexOf(f.box, clipped[0])
	mm3 := float64(w.v.VoxelVolume(k0))
	low, high := leastScale, mostScale
	for range 24 {
		c := (low + high) / 2
		missing := 0.0
		for _, b := range beyond {
			missing += 1 - phi(top+c*b)
		}
		if missing*mm3 > want {
			low = c
		} else {
			high = c
		}
	}
	return (low + high) / 2
}
