package fluoro

// plateauFrames at the end of a run are averaged, after the injection and when trocars stand still; leastPlateau where that leaves fewer.
const (
	plateauFrames = 16
	leastPlateau  = 5
	faintShare    = 0.25 // of 1 mm of cement that a pixel must have to be seen coming
	steepShare    = 1.5  // of 1 mm of cement that a pixel under a trocar must have to be cement that has come
	leastStand    = 0.5  // of what a piece apart darkens, by which it must be darker than what is round it in the end
	faintMissed   = 0.4  // of the frames since, that may speak against it
)

// plateauFrom returns the first of the frames in which the cement has come and nothing else happens.
func (r *Run) plateauFrom(t *track, coarse *cementMap, rods []band) int {
	var came []float32
	for _, f := range coarse.from {
		if f != never {
			came = append(came, float32(f))
		}
	}
	from := max(r.Frames-plateauFrames, int(quantile(came, 0.99))+2)
	for _, b := range rods {
		if b.out < r.Frames {
			from = max(from, b.out+revealFrames)
		}
		from = max(from, b.settled)
	}
	return max(0, min(from, r.Frames-leastPlateau))
}

// settle keeps what the outline is drawn from: added is how much darker the frames from calm on are than ref, faint when what is faint
// came. What came later than those is no cement: all had come.
func (m *cementMap) settle(t *track, ref, added *picture, swing []float32, faint *spans, open *field, calm int) {
	sigma := blurPixels
	if m.bin > 1 {
		sigma = blurBinned
	}
	if z := t.motion[len(t.motion)-1].Scale; z < 1 { // the last frames were enlarged
		sigma /= z
	}
	p := &plateau{swing: swing, chosen: append([]uint16(nil), m.from...), known: make([]bool, len(m.from)), came: make([]uint16, len(m.from)), rod: make([]bool, len(m.from)), hid: make([]bool, len(m.from))}
	p.added = sharpen(addedInPrimary(ref, added, open), sigma).v
	p.under = make([]float32, len(p.added))
	smooth3(p.under, p.added, make([]float32, len(p.added)), m.w, m.h)
	for i := range m.from {
		p.hid[i] = t.rodAt(i, m.w, m.bin)
		p.known[i] = added.v[i] != outside && ref.v[i] != outside && open.weight[i] > 0
		if p.came[i] = never; faint.best[i] >= strong*faintShare*cementMM1 && !faint.left(i, gone*faintShare*cementMM1) && faint.missed(i) <= faintMissed && int(faint.from[i]) <= calm {
			p.came[i] = faint.from[i]
		}
	}
	for n := range t.rods {
		if t.rods[n].out < len(t.motion) {
			continue
		}
		for i, on := range t.rods[n].enlarged(t, m.w, m.h, m.bin) {
			p.rod[i] = p.rod[i] || on
		}
	}
	p.metal = t.metalBefore(m)
	late := newPicture(m.w, m.h)
	for i, a := range added.v {
		if p.known[i] {
			late.v[i] = a
		}
	}
	soft := newPicture(m.w, m.h)
	scratch := make([]float32, len(late.v))
	smooth3(soft.v, late.v, scratch, m.w, m.h)
	smooth3(soft.v, soft.v, scratch, m.w, m.h)
	p.fits = func(piece []int32) bool {
		gain, before, edge, ok := m.contrast(piece, t, faint, ref, late)
		return ok && before+edge >= leastStand*gain && !m.leftLight(piece, t, late, soft, cementMM1)
	}
	m.plateau = p
}

// steepen puts the arrival of cement under a trocar right: the light there is mostly scatter, which the cement about it takes away slowly
// before any has come there. Where twice what that does is seen in the end, cement has come when it passes that.
func (m *cementMap) steepen(t *track, end *running, steep *spans) {
	for i, f := range m.from {
		if f == never || end.count[i] == 0 || !t.rodAt(i, m.w, m.bin) || end.sum.v[i] < 2*steepShare*cementMM1*float32(end.count[i]) {
			continue
		}
		if steep.best[i] > 0 && !steep.left(i, gone*steepShare*cementMM1) {
			m.from[i] = max(f, steep.from[i])
		}
	}
}

// metalBefore tells where something as dark as steel came before the frames that others are compared with, and stays; but not where a
// trocar was: cement may have come behind it.
func (t *track) metalBefore(m *cementMap) []bool {
	small := make([]bool, t.w*t.h)
	for i := range small {
		s := t.darker
		small[i] = !t.rod[i] && int(s.from[i]) < m.mask[0] && s.best[i] >= strong*coarseMM1 && s.depth[i] >= steelDepth && s.best[i]-max(0, s.now[i]) <= gone4
	}
	small = grown(small, t.w, t.h, 1)
	out := make([]bool, len(m.from))
	for i := range out {
		x, y := (i%m.w)*m.bin/t.bin, (i/m.w)*m.bin/t.bin
		out[i] = x < t.w && y < t.h && small[y*t.w+x]
	}
	return out
}

// running is the mean of what is known of every pixel.
type running struct {
	sum   *picture
	count []uint16
}

func newMean(w, h int) *running { return &running{newPicture(w, h), make([]uint16, w*h)} }

func (m *running) add(i int, x float32) {
	m.sum.v[i] += x
	m.count[i]++
}

// mean turns the sums into means; outside where nothing is known.
func (m *running) mean() *picture {
	for i, n := range m.count {
		if n == 0 {
			m.sum.v[i] = outside
		} else {
			m.sum.v[i] /= float32(n)
		}
	}
	return m.sum
}
