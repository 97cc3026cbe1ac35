package vertebra

import (
	"context"
	"math"
	"sort"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/parallel"
	"github.com/vertefill/vertefill/internal/volume"
)

// Discs are looked for in front of the canal in a straightened table of CT numbers: dark plates between two bright endplates,
// tilted at will. CT numbers are clipped so that cement counts as an endplate does.
const (
	tableHalfMM    = 8  // lateral half width of the table: small enough for upper thoracic bodies between their rib heads
	tableNearMM    = 12 // front of the canal's middle line to the table
	tableFarMM     = 24
	tablePivotMM   = 20 // planes are tilted about this line
	tableStepMM    = 2
	tableLowHU     = -100
	tableHighHU    = 350
	sagittalTilt   = 30 // degrees
	lateralTilt    = 15
	tiltStep       = 5
	minDiscMM      = 3
	maxDiscMM      = 9
	endplateReach  = 3 // mm beyond the disc's edge where the endplate is sought
	outsideHU      = -900
	foramenAboveMM = 5 // the foramen is widest this far above the disc; pedicles spring from the upper part of the body below
)

var invalid = float32(math.NaN())

// plate is a disc candidate at one station: its contrast and the plane and height that give it.
type plate struct {
	d           float64 // contrast in HU; NaN where the volume does not show it
	alpha, beta float64 // tilt in radians: forwards up, leftwards up
	height      float64 // mm
	reward      float64 // of a disc here, in the chain
	quality     float64 // contrast over the local reference
	shell       float64 // cortex met in its plane, HU
	closed      bool    // two endplates that touch: bright, with marrow on both sides
}

// table holds the straightened view and what was made of it.
type table struct {
	c      *curve
	nu, nv int
	f      []float32 // [s][v][u]
	planes []float32 // [s][alpha][beta]: mean over the tilted plane
	plates []plate
	touch  []plate   // the best closed disc at every station
	ref    float64   // contrast of a clear disc, HU
	side   []float64 // mean HU beside the canal
	gap    []float64 // foramina there, 0..1
}

func (t *table) uOf(i int) float64 { return float64(-tableHalfMM + i*tableStepMM) }
func (t *table) vOf(i int) float64 { return float64(tableNearMM + i*tableStepMM) }

// straighten samples the table and rates every station as a disc.
func straighten(ctx context.Context, v *volume.Volume, c *curve) (*table, error) {
	t := &table{c: c, nu: 2*tableHalfMM/tableStepMM + 1, nv: (tableFarMM-tableNearMM)/tableStepMM + 1}
	n := len(c.st)
	t.f = make([]float32, n*t.nu*t.nv)
	t.side = make([]float64, n)
	err := parallel.Each(ctx, n, func(s int) {
		st := &c.st[s]
		for iv := range t.nv {
			for iu := range t.nu {
				h := v.SampleAt(st.at(t.uOf(iu), t.vOf(iv), 0))
				o := iu + t.nu*(iv+t.nv*s)
				if h < outsideHU {
					t.f[o] = invalid
					continue
				}
				t.f[o] = float32(max(tableLowHU, min(tableHighHU, h)))
			}
		}
		t.side[s] = besideCanal(v, st)
	})
	if err != nil {
		return nil, err
	}
	t.plates, t.touch = make([]plate, n), make([]plate, n)
	t.planes = t.meanPlanes(ctx)
	err = parallel.Each(ctx, n, func(s int) {
		t.plates[s], t.touch[s] = t.rate(s, open, maxDiscMM, nil), t.rate(s, closed, maxDiscMM, nil)
		t.plates[s].shell, t.touch[s].shell = t.shell(v, s, t.plates[s]), t.shell(v, s, t.touch[s])
	})
	if err != nil {
		return nil, err
	}
	t.gap = t.foramina()
	t.normalise()
	return t, nil
}

// besideCanal is the mean CT number at both sides of the canal: high at pedicles, low at foramina.
func besideCanal(v *volume.Volume, st *station) float64 {
	sum, n := 0.0, 0
	for _, side := range []float64{-1, 1} {
		for u := 9.0; u <= 15; u += 2 {
			for w := 2.0; w <= 8; w += 2 {
				if h := v.SampleAt(st.at(side*u, w, 0)); h > outsideHU {
					sum += min(h, 600)
					n++
				}
			}
		}
	}
	if n == 0 {
		return 0
	}
	return sum / float64(n)
}

const (
	nAlpha = 2*sagittalTilt/tiltStep + 1
	nBeta  = 2*lateralTilt/tiltStep + 1
)

// meanPlanes returns the mean of the table over every tilted plane, [s][alpha][beta], NaN where less than 60 % of it is in view.
func (t *table) meanPlanes(ctx context.Context) []float32 {
	n := len(t.c.st)
	p := make([]float32, n*nAlpha*nBeta)
	_ = parallel.Each(ctx, n, func(s int) { // a cancelled context is seen by the caller's next step
		for a := range nAlpha {
			ta := math.Tan(float64(a*tiltStep-sagittalTilt) * math.Pi / 180)
			for b := range nBeta {
				tb := math.Tan(float64(b*tiltStep-lateralTilt) * math.Pi / 180)
				sum, m := float32(0), 0
				for iv := range t.nv {
					for iu := range t.nu {
						x := float64(s) - ta*(t.vOf(iv)-tablePivotMM) - tb*t.uOf(iu)
						i := int(math.Floor(x))
						if i < 0 || i+1 >= n {
							continue
						}
						f := float32(x - float64(i))
						o := iu + t.nu*(iv+t.nv*i)
						h := t.f[o]*(1-f) + t.f[o+t.nu*t.nv]*f
						if h == h {
							sum += h
							m++
						}
					}
				}
				o := b + nBeta*(a+nAlpha*s)
				p[o] = invalid
				if m*10 >= t.nu*t.nv*6 {
					p[o] = sum / float32(m)
				}
			}
		}
	})
	return p
}

// The two looks of a disc.
const (
	open   = false // dark between two endplates
	closed = true  // too thin for the slices or worn: the endplates are one bright line between the marrow of two bodies
)

// rate finds the tilt and height, up to the highest given, that make the best disc of a look at station s; prior, when not nil, is what a
// tilt costs in HU.
func (t *table) rate(s int, look bool, highest int, prior func(alpha, beta float64) float64) plate {
	best := plate{d: math.NaN(), closed: look}
	n := len(t.c.st)
	const reach = maxDiscMM/2 + endplateReach + 1
	for a := range nAlpha {
		for b := range nBeta {
			var prof [2*reach + 1]float32
			for i := range prof {
				prof[i] = invalid
				if q := s + i - reach; q >= 0 && q < n {
					prof[i] = t.planes[b+nBeta*(a+nAlpha*q)]
				}
			}
			if prof[reach] != prof[reach] {
				continue
			}
			alpha, beta := float64(a*tiltStep-sagittalTilt), float64(b*tiltStep-lateralTilt)
			cost := 0.09*math.Abs(alpha) + 0.15*math.Abs(beta)
			if prior != nil {
				cost += prior(alpha*math.Pi/180, beta*math.Pi/180)
			}
			if look { // for a closed disc
				if r, ok := ridgeBetween(prof[:], reach); ok && !(r-cost <= best.d) {
					best = plate{d: r - cost, alpha: alpha * math.Pi / 180, beta: beta * math.Pi / 180, height: closedMM, closed: true}
				}
				continue
			}
			for h := minDiscMM; h <= highest; h++ {
				r, ok := contrast(prof[:], reach, h)
				if r -= cost; ok && !(r <= best.d) {
					best = plate{d: r, alpha: alpha * math.Pi / 180, beta: beta * math.Pi / 180, height: float64(h)}
				}
			}
		}
	}
	return best
}

// contrast is the lower endplate's height over the disc's core, for a disc of height h at the middle of the profile.
func contrast(prof []float32, mid, h int) (float64, bool) {
	peak := func(sign int) (float32, bool) {
		m, ok := float32(math.Inf(-1)), false
		for d := (h + 1) / 2; d <= h/2+endplateReach; d++ {
			if x := prof[mid+sign*d]; x == x {
				m, ok = max(m, x), true
			}
		}
		return m, ok
	}
	up, ok1 := peak(-1)
	down, ok2 := peak(1)
	if !ok1 || !ok2 {
		return 0, false
	}
	core, n := float32(0), 0
	for d := -(h - 1) / 2; d <= (h-1)/2; d++ {
		if x := prof[mid+d]; x == x {
			core += x
			n++
		}
	}
	if n == 0 {
		return 0, false
	}
	return float64(min(up, down)-core/float32(n)) + 0.15*math.Abs(float64(up-down)), true
}

// A closed disc is worth less than an open one: a band of cement or of crushed bone inside a body looks like it too.
const (
	closedMM       = 2.0  // its height
	closedFromMM   = 5    // where the marrow of both bodies is read
	closedToMM     = 8    // from its middle
	closedQuality  = 0.55 // at most
	closedShell    = 0.55 // a body lies on either side: the cortex there is not less than this share of the other's
	closedAloneMM  = 7    // no open disc has its endplate there: one so near,
	closedBesideMM = 2.0  // and so close to its edge,
	openQuality    = 0.35 // that is as good as this
)

// ridgeBetween is the height of the middle of a profile over the brighter of the two sides.
func ridgeBetween(prof []float32, mid int) (float64, bool) {
	side := func(sign int) (float32, bool) {
		sum, n := float32(0), 0
		for d := closedFromMM; d <= closedToMM; d++ {
			if x := prof[mid+sign*d]; x == x {
				sum += x
				n++
			}
		}
		return sum / float32(max(1, n)), n > 1
	}
	up, ok1 := side(-1)
	down, ok2 := side(1)
	return float64(prof[mid] - max(up, down)), ok1 && ok2
}

// Local references are limited to this share of the global one.
const localFloor = 0.35

// normalise turns contrasts into rewards: contrast over a local reference, less where the sides of the canal are bone.
func (t *table) normalise() {
	n := len(t.plates)
	peakAt := make([]bool, n)
	var peaks []float64
	for s := range t.plates {
		d := t.plates[s].d
		if !(d > 0) {
			continue
		}
		peak := true
		for q := max(0, s-6); q <= min(n-1, s+6); q++ {
			if t.plates[q].d > d {
				peak = false
			}
		}
		if peak {
			peakAt[s] = true
			peaks = append(peaks, d)
		}
	}
	sort.Sort(sort.Reverse(sort.Float64Slice(peaks)))
	if len(peaks) > 0 {
		t.ref = peaks[min(len(peaks)-1, max(1, n/100))]
	}
	if t.ref <= 0 {
		t.ref = 1
	}
	for s := range t.plates {
		p := &t.plates[s]
		var local []float64
		for q := max(0, s-45); q <= min(n-1, s+45); q++ {
			if peakAt[q] {
				local = append(local, t.plates[q].d)
			}
		}
		sort.Sort(sort.Reverse(sort.Float64Slice(local)))
		ref := t.ref
		if len(local) > 1 {
			ref = max(localFloor*t.ref, min(t.ref, local[1]))
		}
		beside := 0.35*max(0, t.pedicleZ(s-foramenAboveMM)) - foramenGain*t.gap[s]
		p.reward = -1
		if p.d == p.d {
			p.quality = p.d / ref
			p.reward = max(-0.5, min(1.3, p.quality)) - 0.35 - beside - shellCost*t.shellShare(s, p.shell)
		}
		if q := &t.touch[s]; q.d == q.d {
			q.quality = min(closedQuality, q.d/ref)
			q.reward = q.quality - 0.35 - beside
		}
	}
	t.closeDiscs()
}

// closeDiscs takes closed discs where no open one is near: each endplate of an open disc looks like a closed one.
func (t *table) closeDiscs() {
	n := len(t.plates)
	var take []int
	for s := range t.plates {
		q := t.touch[s]
		if !(q.d == q.d && q.reward > max(0, t.plates[s].reward)) {
			continue
		}
		up, down := t.plates[max(0, s-closedToMM)].shell, t.plates[min(n-1, s+closedToMM)].shell
		clear := min(up, down) > closedShell*max(up, down)
		for x := max(0, s-closedAloneMM); x <= min(n-1, s+closedAloneMM); x++ {
			near := math.Abs(float64(x-s)) <= t.plates[x].height/2+closedBesideMM
			clear = clear && !(near && t.plates[x].quality > openQuality)
		}
		if clear {
			take = append(take, s)
		}
	}
	for _, s := range take {
		q := t.touch[s]
		q.d = q.quality * t.ref
		t.plates[s] = q
	}
}

// pedicleZ is the z-score of the signal beside the canal over the neighbourhood: positive at pedicles.
func (t *table) pedicleZ(s int) float64 {
	s = max(0, s)
	var sum, sq, m float64
	for q := max(0, s-28); q <= min(len(t.side)-1, s+28); q++ {
		sum, sq, m = sum+t.side[q], sq+t.side[q]*t.side[q], m+1
	}
	mean := sum / m
	sd := math.Sqrt(max(1, sq/m-mean*mean))
	return (t.side[s] - mean) / sd
}

// disc is a disc plane in patient coordinates.
type disc struct {
	s       float64 // station of the pivot
	centre  geom.Patient
	up      geom.PatientVec // unit normal towards the head
	height  float64         // mm; 0 for an endplate without disc beyond
	quality float64
	closed  bool // its endplates are one bright line
	ghost   bool // an end of the last body in view, found from its own endplate only
}

// Tilts of neighbouring discs differ little: what a difference from the neighbours costs, in shares of the contrast of a clear
// disc at tiltScale, and how far the disc may move for a better fit.
const (
	tiltCost   = 0.15
	tiltScale  = 15.0 // degrees
	tiltMoveMM = 2
	retiltMM   = 2 // and how much thicker it may become
)

// discsAt returns the disc planes of a chain. Every plane is chosen again knowing the tilt of its neighbours.
func (t *table) discsAt(stations []int) []disc {
	plates := make([]plate, len(stations))
	for i, s := range stations {
		plates[i] = t.plates[s]
	}
	out := make([]disc, len(stations))
	for i, s := range stations {
		var alpha, beta, n float64
		for _, j := range []int{i - 1, i + 1} {
			if j >= 0 && j < len(stations) {
				alpha, beta, n = alpha+plates[j].alpha, beta+plates[j].beta, n+1
			}
		}
		p := plates[i]
		if n > 0 {
			s, p = t.retilt(s, alpha/n, beta/n)
		}
		st := &t.c.st[s]
		out[i] = disc{s: float64(stations[i]), centre: st.at(0, tablePivotMM, 0), up: t.normal(s, p.alpha, p.beta), height: p.height, quality: p.quality, closed: p.closed}
	}
	return out
}

// retilt rates the stations round s again with a prior for the tilt.
func (t *table) retilt(s int, alpha, beta float64) (int, plate) {
	at, best, top := s, t.plates[s], math.Inf(-1)
	highest := min(maxDiscMM, max(minDiscMM, int(best.height))+retiltMM) // a thicker one is another: the inside of a body
	for q := max(0, s-tiltMoveMM); q <= min(len(t.plates)-1, s+tiltMoveMM); q++ {
		p := t.rate(q, t.plates[s].closed, highest, func(a, b float64) float64 {
			da, db := (a-alpha)*180/math.Pi/tiltScale, (b-beta)*180/math.Pi/tiltScale
			return tiltCost * t.ref * (da*da + db*db)
		})
		if p.d > top {
			at, best, top = q, p, p.d
		}
	}
	best.quality = t.plates[s].quality
	return at, best
}

func (t *table) normal(s int, alpha, beta float64) geom.PatientVec {
	st := &t.c.st[s]
	return st.up.Add(st.posterior.Mul(math.Tan(alpha))).Sub(st.left.Mul(math.Tan(beta))).Unit()
}
