package fluoro

import (
	"context"
	"math"
)

// The first pass follows the patient through the run on small pictures: how every frame lies against the first one, how bright it is,
// and what became darker or lighter for a while.
type track struct {
	bin     int // pixels of the run to one of the small pictures
	w, h    int
	motion  []Motion // of every frame from the first readable one, in pixels of the run
	offset  []float64
	quality []float64
	read    []bool
	lost    []bool // frames that could not be laid on the first one

	ref     *picture
	valid   []bool // where the field is open
	field   *field // the same
	darker  *spans // what is weakened more than in the first frame, and when
	paler   *spans
	late    *picture // what was added in the last frames
	roam    *roam
	roams   []bool // what moves by itself
	rod     []bool // where trocars are or were, with a margin
	rods    []band // the trocars
	moves   []int  // frames in which table or field moved
	quick   int    // frames within which cement does not come
	settled int    // frame from which the trocars of before the injection stand still
}

// workSide is the largest side of the pictures in which cement is measured, trackSide of those in which motion is.
const (
	workSide  = 640
	trackSide = alignSide
)

func bins(nx, ny int) (work, follow int) {
	side := max(nx, ny)
	work = (side + workSide - 1) / workSide
	inner := (side + work - 1) / work
	return work, work * ((inner + trackSide - 1) / trackSide)
}

// The whole picture is searched when the correlation falls below a share of what it was; below the other figure a frame is lost.
const (
	calmFit   = 0.97 // of the best of late: below, the place of that frame is tried too
	goodFit   = 0.85
	suddenFit = 0.93 // of the frame before
	poorFit   = 0.25
)

// zooms are the changes of scale looked for: fields of view of image intensifiers and flat detectors differ by factors up to about 2.
var zooms = func() (out []float64) {
	for s := 0.5; s < 2.05; s *= 1.035 {
		out = append(out, s)
	}
	return out
}()

func (r *Run) follow(ctx context.Context, progress func(float64)) (*track, error) {
	_, b := bins(r.NX, r.NY)
	t := &track{bin: b, motion: make([]Motion, r.Frames), offset: make([]float64, r.Frames), quality: make([]float64, r.Frames),
		read: make([]bool, r.Frames), lost: make([]bool, r.Frames)}
	t.w, t.h = binned(r.NX, r.NY, b)
	var tmpl *template
	warped := newPicture(t.w, t.h)
	last, usual := still, 1.0
	level := 0.0             // of the frame before
	before := 0.0            // how well the frame before fitted
	calm, best := still, 0.0 // where a frame fitted best of late, and how well
	err := r.each(ctx, b, func(k int, p *picture) error {
		t.read[k] = true
		if tmpl == nil {
			t.ref = newPicture(t.w, t.h)
			copy(t.ref.v, p.v)
			t.valid = openField(t.ref)
			t.field = newField(t.valid, t.w, t.h)
			tmpl = newTemplate(t.ref, t.field, alignLevels)
			t.darker, t.paler, t.late = newSpans(t.w*t.h), newSpans(t.w*t.h), newPicture(t.w, t.h)
			t.roam = newRoam(t.w, t.h)
			t.motion[k], t.quality[k] = still, 1
			return ctx.Err()
		}
		small := tmpl.pyramid(p, last.Scale)
		f := tmpl.align(small, last.times(1/float64(b)), rigid, 2)
		if f.quality < calmFit*best { // perhaps it followed the diaphragm away
			if g := tmpl.align(small, calm.times(1/float64(b)), rigid, 2); g.quality > f.quality {
				f = g
			}
		}
		if f.quality < suddenFit*before {
			f = tmpl.search(p, small, f, betterFit/4)
		} else if f.quality < goodFit*usual {
			f = tmpl.search(p, small, f, betterFit)
		}
		before = f.quality
		t.quality[k] = f.quality
		usual += (f.quality - usual) / 4
		if f.quality < poorFit {
			t.lost[k] = true
			t.motion[k], t.offset[k] = last, math.NaN()
			return ctx.Err()
		}
		step := f.motion.times(float64(b)).After(last.Inverse())
		last = f.motion.times(float64(b))
		if best += (f.quality - best) / 16; f.quality >= best || last.Scale != calm.Scale {
			best, calm = f.quality, last
		}
		t.motion[k] = last
		warpTo(warped, p, f.motion, t.field)
		t.offset[k] = t.level(warped)
		if math.Abs(t.offset[k]-level) > exposureStep || math.Abs(math.Log(step.Scale)) > zoomShare || math.Hypot(step.DX, step.DY) > tableShare*float64(max(r.NX, r.NY)) {
			t.roam.cut()
		}
		level = t.offset[k]
		t.compare(k, warped)
		if progress != nil {
			progress(float64(k+1) / float64(r.Frames))
		}
		return ctx.Err()
	})
	if t.roam != nil {
		t.roam.cut()
		t.roams = t.roam.moves(t.ref)
	}
	for k := range t.motion { // frames that were not read stand as those before them
		if !t.read[k] {
			if t.motion[k] = still; k > 0 {
				t.motion[k], t.offset[k] = t.motion[k-1], t.offset[k-1]
			}
		}
	}
	return t, err
}

// search lays a frame on the template from anywhere, and returns that where it fits better by least than what there is.
func (t *template) search(p *picture, frame []*picture, have fit, least float64) fit {
	ref := t.levels[0].p
	near := have.motion.Scale
	starts := jumps(ref, frame[0], []float64{near}, 1)
	starts = append(starts, jumps(ref, frame[0], zooms, 4)...)
	for _, start := range starts {
		free := rigid
		if math.Abs(math.Log(start.Scale/near)) > zoomShare {
			free = similar
		}
		f := t.align(frame, start, free, 2)
		if f.quality > have.quality+least {
			have = f
		}
	}
	if s := have.motion.Scale; math.Abs(math.Log(s/near)) > zoomShare {
		return t.align(t.pyramid(p, s), have.motion, similar, 2)
	}
	return have
}

// betterFit is by how much another place must fit better to be believed; a quarter of it where the fit fell at once.
const betterFit = 0.02

// level returns how much the warped frame is darker than the reference: the median over the open field.
func (t *track) level(warped *picture) float64 {
	var d []float32
	for i := 0; i < len(warped.v); i += 5 {
		if x := warped.v[i]; x != outside && t.valid[i] && t.ref.v[i] > white {
			d = append(d, x-t.ref.v[i])
		}
	}
	return float64(median(d))
}

// coarseMM1 is the attenuation of 1 mm of cement that the first pass assumes: between those of 2000 and 4000 HU at 70 keV, less some
// scatter.
const coarseMM1 = 0.07

func (t *track) compare(k int, warped *picture) {
	diff := newPicture(t.w, t.h)
	for i, x := range warped.v {
		if diff.v[i] = outside; x != outside && t.valid[i] && t.ref.v[i] > white {
			diff.v[i] = x - t.ref.v[i]
		}
	}
	slow := backgroundOf(diff, max(3, t.w/64))
	slow.subtract(diff)
	t.roam.add(diff)
	for i, d := range diff.v {
		if d < outside {
			t.darker.add(k, i, d, coarseMM1)
			t.paler.add(k, i, -d, coarseMM1)
			t.late.v[i] += (d - t.late.v[i]) / 4
		}
	}
}

// openField tells the pixels that the collimator leaves open: what is far darker than the rest and joins the border is shut, with a
// margin.
func openField(p *picture) []bool {
	x := make([]float32, 0, len(p.v)/3+1)
	for i := 0; i < len(p.v); i += 3 {
		x = append(x, p.v[i])
	}
	mid := median(x)
	shut := make([]bool, len(p.v))
	smooth := newPicture(p.w, p.h)
	boxBlur(smooth, p, 2, make([]float32, len(p.v))) // a trocar is thinner
	for i, v := range smooth.v {
		shut[i] = v > mid+shutDepth
	}
	thinBlades(p, shut)
	reach := flood(shut, p.w, p.h)
	margin := grown(reach, p.w, p.h, 3)
	n := 0
	open := make([]bool, len(p.v))
	const rim = 2 // a blade that covers part of the outermost pixels is too thin to be seen
	for i := range open {
		x, y := i%p.w, i/p.w
		if open[i] = !margin[i] && x >= rim && y >= rim && x < p.w-rim && y < p.h-rim; open[i] {
			n++
		}
	}
	if n < len(open)/20 { // a picture like this is not shut but dark: all of it counts
		for i := range open {
			open[i] = true
		}
	}
	return open
}

// thinBlades marks the rows and columns at the border that a blade covers, where that is too little for a blurred picture.
func thinBlades(p *picture, shut []bool) {
	side := func(depth, length, along, inward, start int) {
		if depth <= 2*thinBlade {
			return
		}
		diff := make([]float32, length)
		for d := thinBlade - 1; d >= 0; d-- {
			for n := range diff {
				o := start + n*along + d*inward
				diff[n] = p.v[o] - p.v[o+thinBlade*inward]
			}
			if median(diff) < thinDepth {
				continue
			}
			for n := range length {
				for e := range d + 1 {
					shut[start+n*along+e*inward] = true
				}
			}
			return
		}
	}
	side(p.w, p.h, p.w, 1, 0)
	side(p.w, p.h, p.w, -1, p.w-1)
	side(p.h, p.w, 1, p.w, 0)
	side(p.h, p.w, 1, -p.w, (p.h-1)*p.w)
}

// A blade of up to thinBlade pixels makes half of its row or column darker by thinDepth than what lies as far within.
const (
	thinBlade = 4
	thinDepth = shutDepth / 2
)

// shutDepth is by how much shutters are darker than the middle of the picture: a blade lets less than 5 % through.
const shutDepth = 2.3

// flood returns the part of mask that joins the border.
func flood(mask []bool, w, h int) []bool {
	out := make([]bool, len(mask))
	var stack []int
	push := func(i int) {
		if mask[i] && !out[i] {
			out[i] = true
			stack = append(stack, i)
		}
	}
	for x := range w {
		push(x)
		push((h-1)*w + x)
	}
	for y := range h {
		push(y * w)
		push(y*w + w - 1)
	}
	for len(stack) > 0 {
		i := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		x, y := i%w, i/w
		if x > 0 {
			push(i - 1)
		}
		if x < w-1 {
			push(i + 1)
		}
		if y > 0 {
			push(i - w)
		}
		if y < h-1 {
			push(i + w)
		}
	}
	return out
}

// grown returns mask dilated by a square of 2r+1 pixels.
func grown(mask []bool, w, h, r int) []bool {
	mid, out := make([]bool, len(mask)), make([]bool, len(mask))
	for i, on := range mask {
		if on {
			x, y := i%w, i/w
			for u := max(0, x-r); u <= min(w-1, x+r); u++ {
				mid[y*w+u] = true
			}
		}
	}
	for i, on := range mid {
		if on {
			x, y := i%w, i/w
			for v := max(0, y-r); v <= min(h-1, y+r); v++ {
				out[v*w+x] = true
			}
		}
	}
	return out
}
