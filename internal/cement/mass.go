package cement

import (
	"math"
	"slices"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/geom"
)

// mass is one dense, thick piece: the start of a batch of cement.
type mass struct {
	core      []geom.Index // voxels that blur from outside does not reach
	centre    geom.Patient
	near      geom.Box // 12 mm round the core
	level     anatomy.Level
	prior     bool
	plateau   float64 // HU
	errorHU   float64
	saturated bool
	coreMM3   float64
}

// Limits of what can be a mass of cement.
const (
	coreDepthMM   = 1.2  // a core voxel is at least this far inside
	deepMM        = 1.0  // a voxel is deep in a body at this distance from its surface: cortex and endplates end before
	leastDeepMM3  = 15   // deep core that a mass needs
	marrowFactor  = 2.2  // a mass is this many times denser than the densest normal marrow of the same body
	priorShare    = 0.55 // a mass is prior when the pre CT reaches this share of its plateau
	sameBatchHU   = 0.12 // masses of one component whose plateaus differ by less are one batch
	boneQuantile  = 0.999
	plateauSpread = 0.15 // of the mode: voxels further away are bubbles or marrow
	seedShare     = 0.45 // of the plateau
	highestSeed   = 0.7  // of the plateau: beyond, cement and bone cannot be told apart by density and the seed stops rising
	unknownExcess = 1.25 // plateau that a saturated mass is given, in ceilings, until its edges tell better
)

// findMasses finds the thick dense pieces inside bodies, tells earlier from new cement and sets the seed threshold.
func (w *work) findMasses() {
	least := int16(w.opt.LeastSeedHU)
	for _, c := range join(runsAbove(w.v, w.box, least)) {
		if w.mm3(&c) < leastDeepMM3 {
			break // the rest is smaller still
		}
		w.masses = append(w.masses, w.massesOf(&c, least)...)
	}
	for _, m := range w.masses {
		var sum geom.PatientVec
		for _, c := range m.core {
			p := w.patient(c.I, c.J, c.K)
			sum = sum.Add(geom.LPSVec(p.X, p.Y, p.Z))
		}
		sum = sum.Mul(1 / float64(len(m.core)))
		m.centre = geom.LPS(sum.X, sum.Y, sum.Z)
	}
	w.setSeed()
	if w.pre != nil && len(w.masses) > 0 {
		w.pre.match(w)
	}
}

// nearMass reports whether a voxel lies in the box 12 mm round the core of a mass.
func (w *work) nearMass(i, j, k int) bool {
	for _, m := range w.masses {
		if m.near.Contains(i, j, k) {
			return true
		}
	}
	return false
}

// mm3 is the volume of all voxels of a component.
func (w *work) mm3(c *component) float64 {
	s := 0.0
	for _, r := range c.runs {
		s += float64(r.i1-r.i0) * float64(w.v.VoxelVolume(r.k))
	}
	return s
}

// massesOf returns the masses of cement within a component of voxels above the threshold.
func (w *work) massesOf(c *component, threshold int16) []*mass {
	var out []*mass
	for _, core := range w.cores(c, threshold) {
		if m := w.judge(&core); m != nil {
			out = append(out, m)
		}
	}
	return merge(out)
}

// cores returns what is left of a component when everything within coreDepthMM of its surface is taken off. Slices too thick to
// lose one on each side keep their ends.
func (w *work) cores(c *component, threshold int16) []component {
	box := c.box
	nx, ny, nz := box.Size()
	in := make([]bool, box.Len())
	c.each(func(i, j, k int) { in[box.Offset(i, j, k)] = w.metal.At(i, j, k) == 0 })
	rz := w.voxels(2, coreDepthMM, 0)
	for axis, r := range [3]int{w.voxels(0, coreDepthMM, 1), w.voxels(1, coreDepthMM, 1), rz} {
		erode(in, nx, ny, nz, axis, r)
	}
	return join(runsOf(box, func(o int) bool { return in[o] }))
}

// erode clears every voxel with a clear voxel, or the border of the array, within r along the axis.
func erode(in []bool, nx, ny, nz, axis, r int) {
	if r == 0 {
		return
	}
	n, stride := nx, 1
	switch axis {
	case 1:
		n, stride = ny, nx
	case 2:
		n, stride = nz, nx*ny
	}
	line := make([]int, n) // distance to the last clear voxel behind
	for start := range in {
		if (start/stride)%n != 0 {
			continue
		}
		last := -1
		for x := range n {
			if !in[start+x*stride] {
				last = x
			}
			line[x] = x - last
		}
		next := n
		for x := n - 1; x >= 0; x-- {
			if !in[start+x*stride] {
				next = x
			}
			in[start+x*stride] = line[x] > r && next-x > r
		}
	}
}

// judge returns the mass that a core is, nil when it is not cement.
func (w *work) judge(core *component) *mass {
	m := &mass{}
	deep := map[anatomy.Level]float64{}
	var pre, hus []float64
	core.each(func(i, j, k int) {
		if w.corrupt(k) {
			return
		}
		m.core = append(m.core, geom.Index{I: i, J: j, K: k})
		m.coreMM3 += float64(w.v.VoxelVolume(k))
		h := float64(w.v.At(i, j, k))
		hus = append(hus, h)
		p := w.patient(i, j, k)
		if v, d := w.spine.Nearest(p); v != nil && d < -deepMM {
			deep[v.Level] += float64(w.v.VoxelVolume(k))
		}
		if w.pre != nil {
			if q, ok := w.pre.at(p); ok {
				pre = append(pre, w.pre.v.Sample(q))
			}
		}
	})
	total := 0.0
	for _, v := range w.spine.Vertebrae {
		total += deep[v.Level]
		if deep[v.Level] > deep[m.level] {
			m.level = v.Level
		}
	}
	if total < leastDeepMM3 {
		return nil
	}
	w.setPlateau(m, hus)
	if m.plateau < marrowFactor*w.marrow(m.level) {
		return nil
	}
	if 2*len(pre) > len(hus) {
		ceiling := math.Inf(1)
		if w.pre != nil {
			ceiling = float64(w.pre.v.CeilingHU)
		}
		m.prior = median(pre) > priorShare*min(m.plateau, ceiling)
	}
	return m
}

// setPlateau sets the plateau to the median of the core near its mode: bubbles and half-filled marrow lower some of the voxels,
// noise and uneven mixing spread all of them evenly.
func (w *work) setPlateau(m *mass, hus []float64) {
	if mid := median(hus); w.v.Saturated(int16(mid)) {
		m.saturated = true
		m.plateau = unknownExcess * float64(w.v.CeilingHU)
		m.errorHU = 0.2 * m.plateau
		return
	}
	peak := mode(hus, max(20, w.noise))
	alike := hus[:0]
	for _, h := range hus {
		if math.Abs(h-peak) < max(plateauSpread*peak, 3*w.noise) {
			alike = append(alike, h)
		}
	}
	m.plateau = median(alike)
	m.errorHU = math.Hypot(0.004*m.plateau, 3*w.noise/math.Sqrt(float64(len(hus))))
}

// mode returns the value where the density of sorted x, smoothed by a Gaussian of the given width, is highest.
func mode(x []float64, width float64) float64 {
	lo, hi := x[0], x[len(x)-1]
	step := width / 4
	n := int((hi-lo)/step) + 1
	hist := make([]float64, n)
	for _, v := range x {
		hist[int((v-lo)/step)]++
	}
	best, at := -1.0, 0
	for b := range hist {
		s := 0.0
		for d := max(0, b-12); d <= min(n-1, b+12); d++ {
			u := float64(d-b) / 4
			s += hist[d] * math.Exp(-u*u/2)
		}
		if s > best {
			best, at = s, b
		}
	}
	return lo + (float64(at)+0.5)*step
}

// marrow returns a high CT number of normal marrow in the body: the median of what lies deep in it and is not dense.
func (w *work) marrow(level anatomy.Level) float64 {
	v := w.spine.Find(level)
	if v == nil {
		return 0
	}
	c := w.v.Voxel(v.Centroid())
	r := geom.BoxAround([]geom.Voxel{c}).Grow(int(18 / min(w.spacing[0], w.spacing[1]))).Intersect(w.v.Bounds())
	var hus []float64
	for k := r.Min.K; k < r.Max.K; k += max(1, int(2/w.spacing[2])) {
		for j := r.Min.J; j < r.Max.J; j += 3 {
			for i := r.Min.I; i < r.Max.I; i += 3 {
				if h := float64(w.v.At(i, j, k)); h < float64(w.opt.LeastSeedHU) && v.Distance(w.patient(i, j, k)) < -2 {
					hus = append(hus, h)
				}
			}
		}
	}
	return max(100, min(450, median(hus)))
}

// merge joins masses of one component that look alike.
func merge(in []*mass) []*mass {
	var out []*mass
next:
	for _, m := range in {
		for _, o := range out {
			if o.level == m.level && o.prior == m.prior && o.saturated == m.saturated && math.Abs(o.plateau-m.plateau) < sameBatchHU*o.plateau {
				n, k := float64(len(o.core)), float64(len(m.core))
				o.plateau = (o.plateau*n + m.plateau*k) / (n + k)
				o.core = append(o.core, m.core...)
				o.coreMM3 += m.coreMM3
				continue next
			}
		}
		out = append(out, m)
	}
	return slices.DeleteFunc(out, func(m *mass) bool { return joinHidden(m, out) })
}

// joinHidden adds the core of a mass to that of a larger one of the same body whose plateau is hidden, if there is one in the component:
// where one batch is thin or bubbly its CT number seems lower.
func joinHidden(m *mass, all []*mass) bool {
	for _, o := range all {
		if !m.saturated && o.saturated && o.level == m.level && o.prior == m.prior && o.coreMM3 > m.coreMM3 {
			o.core = append(o.core, m.core...)
			o.coreMM3 += m.coreMM3
			return true
		}
	}
	return false
}

// setSeed measures bone away from cement and sets the threshold for starting cement where neither a body nor a pre CT helps.
func (w *work) setSeed() {
	plateau := 0.0
	for _, m := range w.masses {
		if !m.prior && (plateau == 0 || m.plateau < plateau) {
			plateau = m.plateau
		}
		m.near = w.around(m.core, 12)
	}
	hist := make([]int, 2048)
	n := 0
	for _, r := range runsAbove(w.v, w.box, 300) {
		if r.k%2 != 0 {
			continue
		}
		for i := r.i0; i < r.i1; i++ {
			if h := int(w.v.At(i, r.j, r.k)); h < len(hist) && !w.nearMass(i, r.j, r.k) {
				hist[h]++
				n++
			}
		}
	}
	w.boneHU = float64(w.opt.LeastSeedHU)
	seen := 0
	for h, c := range hist {
		if seen += c; n > 1000 && float64(seen) >= boneQuantile*float64(n) {
			w.boneHU = float64(h)
			break
		}
	}
	w.seedHU = w.seedFor(plateau)
}

// seedFor is the CT number from which a voxel may start cement of a plateau where neither a body nor a pre CT helps; 0 for no cement.
func (w *work) seedFor(plateau float64) float64 {
	least := float64(w.opt.LeastSeedHU)
	seed := max(least, w.boneHU, seedShare*plateau)
	if plateau > 0 {
		seed = max(least, min(seed, highestSeed*plateau))
	}
	return seed
}

// seedOf is that of a mass of new cement; beside earlier cement it is the lowest of all.
func (w *work) seedOf(s *mass) float64 {
	if s.prior {
		return w.seedHU
	}
	return w.seedFor(s.plateau)
}
