package fluoro

import (
	"context"
	"math"
	"slices"
)

// Options are the settings; the zero value finds everything by itself.
type Options struct {
	Lines []Line // of the user
}

// Result is what a run gives. Frames count from zero.
type Result struct {
	Motion  []Motion // every frame from the first readable one, in pixels
	Quality []float64
	Mask    []int // frames that the others were compared with
	Events  []Event
	// AreaPx is the projected area of new cement in pixels of that frame; AreaMM2 is nil without millimetres that hold in the patient.
	AreaPx, AreaMM2 []float64
	// Low and High times an area bound the true one in nine of ten runs, for the outline alone: what the size of a pixel may be wrong by
	// comes on top. Zero without cement.
	Low, High float64
	Growth    []float64 // of AreaMM2 a second, or of AreaPx; zero in the first frame
	Front     []Front
	Lines     []Line
	Unrest    Unrest
	Lost      []int // frames that show another place, not measured
	NoMask    bool  // cement, or what looks like it, is there from the first frames on: areas are what came since

	cement    *cementMap
	track     *track
	nx, ny    int
	reference []float64 // area in pixels of the first frame
}

// Front is how far the cement has come: the pixel of the first frame farthest from where it appeared, and that way in pixels.
type Front struct{ X, Y, Reach float64 }

// Analyze measures a run. The error is the context's or says why the run cannot be measured. progress may be nil.
func Analyze(ctx context.Context, r *Run, o Options, progress func(fraction float64)) (*Result, error) {
	if err := r.check(); err != nil {
		return nil, err
	}
	share := func(from, to float64) func(float64) {
		if progress == nil {
			return nil
		}
		return func(f float64) { progress(from + f*(to-from)) }
	}
	t, err := r.follow(ctx, share(0, 0.5))
	if err != nil {
		return nil, err
	}
	out := &Result{Motion: t.motion, Quality: t.quality, Events: t.shocks(r.NX, r.NY), track: t, nx: r.NX, ny: r.NY}
	for _, e := range out.Events {
		if e.Kind == TableMove || e.Kind == Zoom {
			t.moves = append(t.moves, e.Frame)
		}
	}
	out.AreaPx = make([]float64, r.Frames)
	if t.ref == nil {
		return out, nil
	}
	for k, lost := range t.lost {
		if lost {
			out.Lost = append(out.Lost, k)
		}
	}
	t.quick = r.framesIn(quickSeconds)
	rods := t.trocars(r.Frames)
	t.hide(rods)
	coarse, start := t.begins()
	rods = append(rods, t.endOn(rods, coarse, start, r.Frames)...)
	t.hide(rods)
	coarse, start = t.begins()
	out.trocarEvents(rods, r.Frames, t.quick)
	out.Mask = t.chooseMask(rods, start)
	mm1 := r.millimetre(coarse)
	if out.cement, err = r.measure(ctx, t, coarse, rods, out.Events, out.Mask, mm1, share(0.5, 0.9)); err != nil {
		return nil, err
	}
	if later := out.cement.begins(); later < r.Frames && later > start+t.quick { // the first pass took something else for cement
		out.Mask = t.chooseMask(rods, later)
		if out.cement, err = r.measure(ctx, t, coarse, rods, out.Events, out.Mask, mm1, share(0.9, 1)); err != nil {
			return nil, err
		}
	}
	out.curve(r)
	out.NoMask = out.cement.begins() <= out.Mask[len(out.Mask)-1]+1
	out.Unrest = out.unrest(r)
	out.Add(o.Lines...)
	return out, nil
}

// quickSeconds is what comes faster than cement is injected: the first and the last tenth of it lie farther apart.
const quickSeconds = 1.5

// framesIn is the number of frames in a time, at least 3.
func (r *Run) framesIn(seconds float64) int {
	n := len(r.Times)
	if n < 2 || r.Times[n-1] <= 0 {
		return 5
	}
	return max(3, int(math.Round(seconds*float64(n-1)/r.Times[n-1].Seconds())))
}

// hide marks the pixels of the rods, with a margin.
func (t *track) hide(rods []band) {
	t.rods = rods
	t.rod = make([]bool, t.w*t.h)
	for _, b := range rods {
		for _, i := range b.pixels {
			t.rod[i] = true
		}
	}
	t.rod = grown(t.rod, t.w, t.h, 2)
}

// trocarEvents tells when trocars come and go. Two in a moment are one: the parts of a band, or a band and its end.
func (r *Result) trocarEvents(rods []band, frames, quick int) {
	add := func(e Event) {
		for n := range r.Events {
			if o := &r.Events[n]; o.Kind == e.Kind && abs(o.Frame-e.Frame) <= quick {
				if e.Confidence > o.Confidence {
					*o = e
				}
				return
			}
		}
		r.Events = append(r.Events, e)
	}
	for _, b := range rods {
		if b.out-b.in < 2*quick {
			continue // passed by
		}
		conf := sure(1 + 2*b.straight)
		if b.in > 0 {
			add(Event{Kind: TrocarIn, Frame: b.in, Confidence: conf, Amount: b.amount()})
		}
		if b.out < frames {
			add(Event{Kind: TrocarOut, Frame: b.out, Confidence: conf, Amount: b.amount()})
		}
	}
}

func abs(x int) int { return max(x, -x) }

// begins returns the cement that the first pass sees, and the frame in which it begins; the number of frames when there is none.
func (t *track) begins() (m *cementMap, start int) {
	m = &cementMap{bin: t.bin, w: t.w, h: t.h}
	m.choose(t, t.darker, t.ref, t.late, coarseMM1, t.rod)
	return m, min(m.begins(), len(t.motion))
}

// begins returns the frame in which a first share of the cement has come, never when there is none.
func (m *cementMap) begins() int {
	var first []int
	for _, f := range m.from {
		if f != never {
			first = append(first, int(f))
		}
	}
	if len(first) == 0 {
		return never
	}
	slices.Sort(first)
	return first[min(len(first)-1, max(4, len(first)/25))]
}

// A pixel of cement 1 mm thick weakens the beam by what its CT number says, less for scatter: plateaus of 1500 to 5000 HU at 70 keV
// and scatter of up to the primary beam give 0.025 to 0.115, in the middle usualMM1. The run itself tells more: the thickest part of
// the cement is about as thick as it is wide. That counts three times as much.
const (
	usualMM1  = 0.045
	ownShare  = 0.75 // of the logarithm
	roundness = 2.2  // thickness of the thickest tenth, over the radius of the largest disc
	leastMM1  = 0.03
	mostMM1   = 0.11
	nominalMM = 135.0 // side of a picture of unknown scale, in the patient
)

// millimetre estimates the attenuation of 1 mm of cement.
func (r *Run) millimetre(coarse *cementMap) float64 {
	if coarse.depth <= 0 {
		return usualMM1
	}
	pixel := nominalMM / float64(max(r.NX, r.NY))
	if r.InPatient() {
		pixel = math.Sqrt(r.RowMM * r.ColMM)
	}
	own := coarse.depth / (roundness * pixel * float64(coarse.bin))
	return math.Max(leastMM1, math.Min(mostMM1, math.Pow(own, ownShare)*math.Pow(usualMM1, 1-ownShare)))
}

// chooseMask takes the frames before cement comes, and after the trocars stand still.
func (t *track) chooseMask(rods []band, start int) (mask []int) {
	settled := 0
	for _, b := range rods {
		if b.in < start {
			settled = max(settled, min(b.settled, start-1))
		}
	}
	t.settled = settled
	for _, k := range t.moves { // the diaphragm does not go with the table
		if k+tableTakes+fewMask <= start {
			settled = max(settled, k+tableTakes)
		}
	}
	// Cement that comes beside a trocar is seen late: with one, the mask lies soon after it stands still, not just before the cement.
	last := start - 3
	if settled > 0 {
		last = min(last, settled+maskFrames)
	}
	for k := max(last, settled); k >= settled && len(mask) < maskFrames; k-- {
		if k < len(t.read) && t.read[k] && !t.lost[k] {
			mask = append([]int{k}, mask...)
		}
	}
	if len(mask) == 0 {
		for k := range t.read {
			if t.read[k] && (k >= settled || k == len(t.read)-1) {
				return []int{k}
			}
		}
	}
	return mask
}

// curve counts the area of every frame, its growth and its front.
func (r *Result) curve(run *Run) {
	n := run.Frames
	m := r.cement
	added := make([]float64, n+1)
	for _, f := range m.from {
		if int(f) < n {
			added[f]++
		}
	}
	b2 := float64(m.bin * m.bin)
	sum := 0.0
	reference := make([]float64, n)
	for k := range n {
		sum += added[k] * b2
		reference[k] = sum
		s := r.Motion[k].Scale
		r.AreaPx[k] = math.Round(sum * s * s)
	}
	r.reference = reference
	r.Low, r.High = m.doubt()
	r.measured(run)
	r.fronts(n)
	r.injection(reference)
}

// measured fills in what depends on the size of a pixel.
func (r *Result) measured(run *Run) {
	area := r.AreaPx
	if run.InPatient() {
		r.AreaMM2 = make([]float64, len(r.reference))
		for k, a := range r.reference {
			r.AreaMM2[k] = a * run.RowMM * run.ColMM
		}
		area = r.AreaMM2
	}
	r.Growth = growth(area, run)
}

// growth is the change of area a second over about a second of run.
func growth(area []float64, run *Run) []float64 {
	out := make([]float64, len(area))
	if len(run.Times) != len(area) {
		return out
	}
	for k := 1; k < len(area); k++ {
		j := k - 1
		for j > 0 && (run.Times[k]-run.Times[j]).Seconds() < 1 {
			j--
		}
		if dt := (run.Times[k] - run.Times[j]).Seconds(); dt > 0 {
			out[k] = (area[k] - area[j]) / dt
		}
	}
	return out
}

// fronts follows the cement from the middle of its first pixels.
func (r *Result) fronts(n int) {
	m := r.cement
	byFrame := make([][]int32, n)
	first := n
	for i, f := range m.from {
		if int(f) < n {
			byFrame[f] = append(byFrame[f], int32(i))
			first = min(first, int(f))
		}
	}
	r.Front = make([]Front, n)
	if first == n {
		return
	}
	var cx, cy float64
	for _, i := range byFrame[first] {
		cx, cy = cx+float64(int(i)%m.w), cy+float64(int(i)/m.w)
	}
	cx, cy = cx/float64(len(byFrame[first])), cy/float64(len(byFrame[first]))
	var far Front
	for k := first; k < n; k++ {
		for _, i := range byFrame[k] {
			x, y := float64(int(i)%m.w), float64(int(i)/m.w)
			if d := math.Hypot(x-cx, y-cy) * float64(m.bin); d >= far.Reach {
				px, py := m.full(int(i))
				far = Front{px, py, d}
			}
		}
		r.Front[k] = far
	}
}

// full returns the pixel of the run at the middle of pixel i of the map.
func (m *cementMap) full(i int) (x, y float64) {
	half := float64(m.bin-1) / 2
	return float64((i%m.w)*m.bin) + half, float64((i/m.w)*m.bin) + half
}

// Start and end of the injection: when a share of what comes in all has come, and when all but a share has.
const growthShare = 0.015

func (r *Result) injection(area []float64) {
	final := area[len(area)-1]
	if final == 0 {
		return
	}
	start, end := -1, -1
	for k, a := range area {
		if start < 0 && a > 0 && a >= 0.005*final {
			start = k
		}
		if end < 0 && a >= (1-growthShare)*final {
			end = k
		}
	}
	conf := sure(1 + final/200)
	r.Events = append(r.Events, Event{Kind: InjectionStart, Frame: start, Confidence: conf, Amount: area[start]})
	if end > start && end < len(area)-1 {
		r.Events = append(r.Events, Event{Kind: InjectionEnd, Frame: end, Confidence: conf, Amount: final})
	}
}

// MM1 is the attenuation that counted as 1 mm of cement; zero when there was nothing to measure.
func (r *Result) MM1() float64 {
	if r.cement == nil {
		return 0
	}
	return r.cement.mm1
}
