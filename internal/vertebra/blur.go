package vertebra

import "math"

// The CT number of dense cortex is read off the arches in view, where cortex is thickest: their brightest per cent. It is kept
// within what cortical bone has, and the interval of volumes covers an error of it.
const (
	cortexQuantile = 0.99
	minCortexHU    = 900
	maxCortexHU    = 1800
	usualCortexHU  = 1500
	cortexSpreadHU = 300
	archMinHU      = 300
	archMaxHU      = 2200 // above is cement or metal
	minArchSamples = 500
)

// The model's tables: thickness of the plate, and marrow as a share of the cortex.
const (
	plateThinMM   = 0.05
	plateGrowth   = 1.12
	plateCount    = 42 // up to 5 mm
	marrowCount   = 8
	marrowStep    = 0.1
	modelStepMM   = 0.05
	blurToFWHM    = 2.354820045
	smallestSigma = 0.2
)

// blurs are the models for both orientations of faces, and the three assumed CT numbers of cortex.
type blurs struct {
	cortex [3]float64     // low, assumed, high
	model  [2]*plateModel // by face: along, across the slices
}

// newBlurs measures the blur from the ridges and prepares the models.
func newBlurs(r []ridge, cortex float64) *blurs {
	b := &blurs{cortex: [3]float64{cortex - cortexSpreadHU, cortex, cortex + cortexSpreadHU}}
	for face := range b.model {
		var sigma []float64
		for i := range r {
			if !r[i].ok || r[i].across != (face == 1) || r[i].top >= cortex {
				continue
			}
			t := (r[i].top - r[i].floor) * r[i].widthMM / (cortex - r[i].floor)
			sigma = append(sigma, math.Sqrt(max(0, r[i].widthMM*r[i].widthMM-t*t))/blurToFWHM)
		}
		s := max(smallestSigma, median(sigma))
		b.model[face] = newPlateModel(s)
	}
	return b
}

// shift returns where the outer surface lies for a ridge.
func (b *blurs) shift(r *ridge) shift {
	if !r.ok {
		return shift{}
	}
	face := 0
	if r.across {
		face = 1
	}
	var x [3]float64
	for c, hu := range b.cortex {
		x[c] = r.halfMM
		if r.top < hu {
			scale := 1 / (hu - r.floor)
			x[c] -= b.model[face].offset((r.top-r.floor)*scale, (r.inside-r.floor)*scale)
		}
		x[c] = max(-maxPlateShiftMM, min(maxPlateShiftMM, x[c]))
	}
	return shift{mm: x[1], low: x[0], high: x[2], ok: true}
}

// plateModel tells, for a blurred plate of unit height between marrow and zero, how high its ridge is and how far outside the plate
// it falls to half of that.
type plateModel struct {
	height, out [marrowCount][plateCount]float64
}

func newPlateModel(sigma float64) *plateModel {
	m := &plateModel{}
	for a := range marrowCount {
		marrow := float64(a) * marrowStep
		t := plateThinMM
		for n := range plateCount {
			m.height[a][n], m.out[a][n] = blurredPlate(t, sigma, marrow)
			t *= plateGrowth
		}
	}
	return m
}

// blurredPlate returns the height of the ridge of a plate from -t to 0 with marrow inside, blurred by a Gaussian, and where its outer
// flank crosses half of it.
func blurredPlate(t, sigma, marrow float64) (height, half float64) {
	at := func(x float64) float64 {
		return normal(-x/sigma) - (1-marrow)*normal((-t-x)/sigma)
	}
	top := 0.0
	for x := -t - sigma; x <= sigma; x += modelStepMM {
		if f := at(x); f > height {
			height, top = f, x
		}
	}
	lo, hi := top, top+6*sigma+t
	for range 40 {
		if mid := (lo + hi) / 2; at(mid) > height/2 {
			lo = mid
		} else {
			hi = mid
		}
	}
	return height, (lo + hi) / 2
}

// normal is the cumulative normal distribution.
func normal(x float64) float64 { return 0.5 * math.Erfc(-x/math.Sqrt2) }

// offset returns how far the half height of a ridge lies outside its plate, in mm. Heights are shares of the cortex over the soft
// tissue. A ridge no higher than its marrow has no plate: the offset is that of the thinnest.
func (m *plateModel) offset(height, marrow float64) float64 {
	a := max(0, min(marrowCount-1.001, marrow/marrowStep))
	i := int(a)
	f := a - float64(i)
	return (1-f)*m.offsetAt(i, height) + f*m.offsetAt(i+1, height)
}

func (m *plateModel) offsetAt(a int, height float64) float64 {
	h, out := &m.height[a], &m.out[a]
	n := 0
	for n < plateCount-1 && h[n] < height {
		n++
	}
	if n == 0 || h[n] <= h[n-1] {
		return out[n]
	}
	f := max(0, min(1, (height-h[n-1])/(h[n]-h[n-1])))
	return out[n-1] + f*(out[n]-out[n-1])
}

// cortexOf estimates the CT number of dense cortex from the arches of the bodies.
func cortexOf(bodies []*body) float64 {
	var hu []float64
	for _, b := range bodies {
		if b.scene != nil && b.reason == "" {
			hu = b.scene.arch(hu)
		}
	}
	if len(hu) < minArchSamples {
		return usualCortexHU
	}
	return max(minCortexHU, min(maxCortexHU, quantile(hu, cortexQuantile)))
}

// arch appends the CT numbers of bone round and behind the canal.
func (s *scene) arch(hu []float64) []float64 {
	const step, half, deep, tall, hole = 0.8, 22.0, 22.0, 12.0, 6.0
	for z := -tall; z <= tall; z += 2 * step {
		yc := s.canal[0] + s.canal[1]*z + s.canal[2]*z*z
		xc := s.canalX[0] + s.canalX[1]*z
		for y := -4.0; y <= deep; y += step {
			for x := -half; x <= half; x += step {
				if math.Hypot(x, y) < hole {
					continue
				}
				if h := s.hu(xc+x, yc+y, z); h > archMinHU && h < archMaxHU {
					hu = append(hu, h)
				}
			}
		}
	}
	return hu
}
