package fluoro

import (
	"math"
	"slices"
)

// The outline of the cement is drawn at the end, on the mean of the frames in which all has come, with scatter and blur taken off: there
// noise is small, and a pixel is cement where the primary beam is weaker by what 1 mm of cement takes. What was found frame by frame
// says which pieces are cement and when they came.
const (
	cementMM1 = 0.058 // attenuation of 1 mm of cement of 2000 HU at 70 keV
	// sharpShare of the darkest pixel within edgeReach is the least that a pixel must have: what blur is left, not taken off.
	sharpShare = 0.12
	nearPixels = 3    // from the cement found frame by frame, anything joined to it is cement
	gapPixels  = 9    // that a vein may be too thin to count before it goes on
	leastLeap  = 20   // pixels of what goes on
	swingDoubt = 0.5  // of what moved there before, that cement farther off must exceed
	underMetal = 0.12 // that cement under metal must take of the beam: what scatter changes there looks like 2 mm
	leastKept  = 0.5  // of the cement found frame by frame; where less is left the mean of the last frames is no good
)

// plateau is what the outline is drawn from.
type plateau struct {
	added  []float32 // weakening of the primary beam by the cement
	under  []float32 // the same, smoothed: the beam is weak under a trocar
	known  []bool
	swing  []float32
	came   []uint16                 // frame since which something faint stays; never where nothing does
	chosen []uint16                 // arrival of the cement found frame by frame
	rod    []bool                   // where a trocar lies in the last frames: what was found frame by frame holds
	hid    []bool                   // where a trocar is or was
	metal  []bool                   // what else became very dark before the cement came, and stays
	fits   func(piece []int32) bool // whether a piece apart looks like cement
}

// outline draws the cement anew, with the attenuation of 1 mm given.
func (m *cementMap) outline(mm1 float32) {
	p := m.plateau
	if p == nil {
		return
	}
	copy(m.from, p.chosen)
	m.mm1 = float64(mm1)
	in := p.within(m.w, m.h, mm1)
	if in == nil {
		return
	}
	p.even(in, m.w, m.h)
	copy(m.from, in)
}

// within returns the arrival of every pixel that 1 mm of cement weakens and that joins the cement found; nil when that cannot be told.
func (p *plateau) within(w, h int, mm1 float32) []uint16 {
	peak := make([]float32, len(p.added))
	peaks(peak, p.added, w, h)
	enough := func(i int, less float32) bool {
		return p.known[i] && !p.rod[i] && p.added[i]-less >= max(mm1, sharpShare*peak[i])
	}
	had := make([]bool, len(p.added))
	out := make([]uint16, len(p.added))
	var queue []int32
	found, kept := 0, 0
	for i, f := range p.chosen {
		out[i] = never
		if f == never {
			continue
		}
		had[i] = true
		found++
		if !p.known[i] || p.rod[i] || enough(i, 0) && (!p.metal[i] || p.under[i] >= underMetal) {
			kept++
			out[i] = f
			queue = append(queue, int32(i))
		}
	}
	if found == 0 || float64(kept) < leastKept*float64(found) {
		return nil
	}
	near := grown(had, w, h, nearPixels)
	p.spread(out, had, near, queue, w, h, enough)
	p.leap(out, w, h, enough)
	return out
}

// spread takes in what joins the cement in the queue.
func (p *plateau) spread(out []uint16, had, near []bool, queue []int32, w, h int, enough func(i int, less float32) bool) {
	for n := 0; n < len(queue); n++ {
		x, y := int(queue[n])%w, int(queue[n])/w
		for v := max(0, y-1); v <= min(h-1, y+1); v++ {
			for u := max(0, x-1); u <= min(w-1, x+1); u++ {
				i := v*w + u
				if had[i] || out[i] != never {
					continue
				}
				if near[i] && enough(i, 0) || p.came[i] != never && enough(i, swingDoubt*p.swing[i]) {
					if out[i] = p.came[i]; out[i] == never {
						out[i] = out[queue[n]]
					}
					queue = append(queue, int32(i))
				}
			}
		}
	}
}

// leap takes in what goes on beyond a short gap, where a vein is too thin to count.
func (p *plateau) leap(out []uint16, w, h int, enough func(i int, less float32) bool) {
	rest, taken := make([]bool, len(out)), make([]bool, len(out))
	for i, f := range out {
		taken[i] = f != never
		rest[i] = f == never && p.came[i] != never && enough(i, swingDoubt*p.swing[i]) && !p.metal[i] && !p.hid[i]
	}
	about := grown(taken, w, h, gapPixels)
	for _, piece := range pieces(rest, w, h) {
		if len(piece) < leastLeap || !slices.ContainsFunc(piece, func(i int32) bool { return about[i] }) || !p.fits(piece) {
			continue
		}
		for _, i := range piece {
			out[i] = p.came[i]
		}
	}
}

// Cement of clinical mixtures takes 0.6 to 1.7 times as much of the beam as usual, where the picture's own scatter is counted in; what
// blur leaves of an outline comes on top. On 18 unseen phantom runs 16 intervals hold the true area.
const (
	densestCement = 1.5
	palestCement  = 0.7
	rimDoubt      = 0.015 // of the area
)

// doubt returns the share of the area at the end within which the true one lies in nine of ten runs: zero and zero without cement. What a
// trocar that stays may hide is in it.
func (m *cementMap) doubt() (low, high float64) {
	if m == nil || m.plateau == nil {
		return 0, 0
	}
	count := func(from []uint16) (n float64) {
		for _, f := range from {
			if f != never {
				n++
			}
		}
		return n
	}
	now := count(m.from)
	if now == 0 {
		return 0, 0
	}
	low, high = 1, 1
	if in := m.plateau.within(m.w, m.h, float32(densestCement*m.mm1)); in != nil {
		low = math.Min(1, count(in)/now)
	}
	if in := m.plateau.within(m.w, m.h, float32(palestCement*m.mm1)); in != nil {
		high = math.Max(1, count(in)/now)
	}
	return low - rimDoubt, high + rimDoubt + m.behind()/now
}

// behind counts the pixels under trocars that stay, in and next to the rectangle about the cement, where none was seen: the light there
// is mostly scatter, and cement may lie behind.
func (m *cementMap) behind() (n float64) {
	var in []int32
	for i, f := range m.from {
		if f != never {
			in = append(in, int32(i))
		}
	}
	b := m.boxOf(in, gapPixels)
	for y := max(0, b.y0); y <= min(m.h-1, b.y1); y++ {
		for x := max(0, b.x0); x <= min(m.w-1, b.x1); x++ {
			if i := y*m.w + x; m.plateau.rod[i] && m.from[i] == never {
				n++
			}
		}
	}
	return n
}

// even gives what was not seen frame by frame the middle of the arrivals about it: those of faint cement are uncertain.
func (p *plateau) even(in []uint16, w, h int) {
	was := append([]uint16(nil), in...)
	var about []uint16
	for i, f := range was {
		if f == never || p.chosen[i] != never {
			continue
		}
		about = about[:0]
		x, y := i%w, i/w
		for v := max(0, y-2); v <= min(h-1, y+2); v++ {
			for u := max(0, x-2); u <= min(w-1, x+2); u++ {
				if g := was[v*w+u]; g != never {
					about = append(about, g)
				}
			}
		}
		slices.Sort(about)
		in[i] = about[len(about)/2]
	}
}
