package dicomio

import (
	"cmp"
	"math"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/vertefill/vertefill/internal/volume"
)

// runAttributes is what a projection's header says about its geometry and timing.
type runAttributes struct {
	pixel, imager         []float64 // between rows, between columns
	calibrated            string    // Pixel Spacing Calibration Type
	stated                float64   // Estimated Radiographic Magnification Factor
	toDetector, toPatient float64   // from the source, mm
	primary, secondary    float64
	angles                bool
	frameTime             float64 // ms
	times                 []float64
	byVector              bool // Frame Increment Pointer names the vector
	rate                  float64
	number                int
	inverted              bool
	object                []float64 // pixel in the plane of the isocentre, as enhanced objects state it
	projection            Projection
}

func readRun(d *Dataset) runAttributes {
	a := runAttributes{pixel: pair(d, tagPixelSpacing), imager: pair(d, tagImagerPixelSpacing), calibrated: d.Code(tagCalibrationType)}
	// Enhanced objects have these in functional groups, shared or of the first frame.
	group := func(t Tag) *Dataset {
		for _, g := range append(d.Items(tagSharedGroups), d.Items(tagPerFrameGroups)...) {
			if s := g.Item(t); s != nil {
				return s
			}
		}
		return nil
	}
	geometry := group(tagXAFrameGeometry)
	if geometry == nil {
		geometry = d
	}
	a.stated, _ = d.Float(tagMagnification)
	a.toDetector, _ = geometry.Float(tagSourceDetector)
	var ok bool
	if a.toPatient, ok = geometry.Float(tagSourcePatient); !ok {
		a.toPatient, _ = geometry.Float(tagSourceIsocenter)
	}
	if g := group(tagXAFramePixelData); g != nil {
		if p := pair(g, tagImagerPixelSpacing); p != nil {
			a.imager = p
		}
	}
	if g := group(tagXAPixelCalibration); g != nil {
		a.object = pair(g, tagObjectPixelSpacing)
	}
	a.projection = readProjection(d)
	positioner := d
	if g := group(tagXRayPositioner); g != nil {
		positioner = g
	}
	var ok1, ok2 bool
	a.primary, ok1 = positioner.Float(tagPositionerPrimary)
	a.secondary, ok2 = positioner.Float(tagPositionerSecondary)
	a.angles = ok1 && ok2
	a.frameTime, _ = d.Float(tagFrameTime)
	a.times = d.Floats(tagFrameTimeVector)
	if p := d.Ints(tagFrameIncrement); len(p) > 0 {
		a.byVector = Tag(p[0]) == tagFrameTimeVector
	} else {
		a.byVector = a.frameTime <= 0
	}
	if a.rate, _ = d.Float(tagDisplayRate); a.rate <= 0 {
		a.rate, _ = d.Float(tagCineRate)
	}
	a.number, _ = d.Int(tagInstanceNumber)
	a.inverted = d.Code(tagPhotometric) == "MONOCHROME1" || d.Code(tagPresentationLUTShape) == "INVERSE"
	return a
}

func pair(d *Dataset, t Tag) []float64 {
	if v := d.Floats(t); len(v) == 2 && v[0] > 0 && v[1] > 0 {
		return v
	}
	return nil
}

// agree is how far two sources of one length may differ and still be called the same.
const agree = 0.02

// calibration judges what the size of a pixel is worth. Pixel Spacing on a projection counts as calibrated only when the file says how,
// or when it differs from the spacing at the detector (equal values mean that nothing was corrected: rule of MITK). A magnification
// factor applies to the spacing at the detector only. Two factors that disagree give no millimetres at all.
func (a runAttributes) calibration() volume.Calibration {
	c := volume.Calibration{Origin: volume.OriginNone, Magnification: 1}
	set := func(o volume.Origin, s []float64, m float64) volume.Calibration {
		c.Origin, c.RowMM, c.ColMM, c.Magnification = o, s[0]/m, s[1]/m, m
		return c
	}
	if a.pixel != nil {
		switch {
		case a.calibrated == "FIDUCIAL":
			return set(volume.OriginFiducial, a.pixel, 1)
		case a.calibrated == "GEOMETRY":
			return set(volume.OriginGeometry, a.pixel, 1)
		case a.imager != nil && (differ(a.pixel[0], a.imager[0]) || differ(a.pixel[1], a.imager[1])):
			return set(volume.OriginGeometry, a.pixel, 1)
		}
	}
	if a.object != nil && a.pixel == nil {
		return set(volume.OriginGeometry, a.object, 1)
	}
	at := a.imager
	if at == nil {
		if at = a.pixel; at == nil {
			return c
		}
	}
	byDistance := 0.0
	if a.toPatient > 0 && a.toDetector > a.toPatient {
		byDistance = a.toDetector / a.toPatient
	}
	switch {
	case a.imager == nil:
		return set(volume.OriginDetector, at, 1)
	case a.stated > 1 && byDistance > 0 && differ(a.stated, byDistance):
		c.Origin, c.Factors = volume.OriginConflict, [2]float64{a.stated, byDistance}
		return c
	case a.stated > 1:
		return set(volume.OriginMagnification, at, a.stated)
	case byDistance > 0:
		return set(volume.OriginMagnification, at, byDistance)
	}
	return set(volume.OriginDetector, at, 1)
}

func differ(a, b float64) bool { return math.Abs(a-b) > agree*math.Max(a, b) }

// assumedRate is used, and said to be assumed, where a run gives no timing.
const assumedRate = 15

// clock returns the start of every frame. The pointer decides between the fixed time and the vector, whose first value is the gap
// before the first frame (PS3.3 C.7.6.5).
func (a runAttributes) clock(n int) (times []time.Duration, known bool) {
	times = make([]time.Duration, n)
	ms := func(x float64) time.Duration { return time.Duration(x * float64(time.Millisecond)) }
	if a.byVector && len(a.times) >= n && n > 1 {
		t := 0.0
		for i := 1; i < n; i++ {
			t += math.Max(0, a.times[i])
			times[i] = ms(t)
		}
		return times, true
	}
	step := a.frameTime
	known = step > 0
	if !known {
		if a.rate > 0 {
			step, known = 1000/a.rate, true
		} else {
			step = 1000.0 / assumedRate
		}
	}
	for i := range times {
		times[i] = ms(float64(i) * step)
	}
	return times, known || n == 1
}

// clock returns the start of every frame of the run: single pictures carry their own times.
func (r *Run) clock() (times []time.Duration, known bool) {
	n := len(r.frames)
	if n < 2 || r.frames[0].inst == r.frames[1].inst {
		return r.attr.clock(n)
	}
	times = make([]time.Duration, n)
	first, ok := timeOfDay(r.frames[0].when)
	for i, f := range r.frames {
		t, fine := timeOfDay(f.when)
		times[i] = t - first
		if ok = ok && fine && (i == 0 || times[i] >= times[i-1]); !ok {
			return r.attr.clock(n)
		}
	}
	if times[n-1] == 0 {
		return r.attr.clock(n)
	}
	return times, true
}

// timeOfDay reads a DICOM time (HHMMSS.F) or the time of a date and time.
func timeOfDay(s string) (time.Duration, bool) {
	if len(s) >= 14 && !strings.Contains(s[:8], ".") {
		s = s[8:]
	}
	if len(s) < 6 {
		return 0, false
	}
	h, err1 := strconv.Atoi(s[:2])
	m, err2 := strconv.Atoi(s[2:4])
	sec, err3 := strconv.ParseFloat(strings.TrimRight(s[4:], " "), 64)
	if err1 != nil || err2 != nil || err3 != nil || sec < 0 || sec > 61 {
		return 0, false
	}
	return time.Duration(h)*time.Hour + time.Duration(m)*time.Minute + time.Duration(sec*float64(time.Second)), true
}

// runUp makes the runs of a series: every multi-frame file is one; single pictures of the same matrix together are one.
func (s *Series) runUp(members []*instance) {
	singles := map[[2]int]*Run{}
	for _, in := range members {
		if !in.projection() {
			continue
		}
		l := in.layout
		key := [2]int{l.rows, l.cols}
		r := singles[key]
		if r == nil || l.frames > 1 {
			r = &Run{Series: s, NX: l.cols, NY: l.rows, attr: in.run, Cal: in.run.calibration(), Primary: in.run.primary, Second: in.run.secondary, Angles: in.run.angles}
			s.Runs = append(s.Runs, r)
			if l.frames == 1 {
				singles[key] = r
			}
		}
		for i := range in.frames {
			r.frames = append(r.frames, &in.frames[i])
		}
		r.Frames = len(r.frames)
	}
	for _, r := range s.Runs {
		sort.SliceStable(r.frames, func(i, j int) bool { return r.frames[i].number < r.frames[j].number })
	}
	sort.SliceStable(s.Runs, func(i, j int) bool {
		a, b := s.Runs[i].frames[0], s.Runs[j].frames[0]
		return cmp.Or(cmp.Compare(a.when, b.when), cmp.Compare(s.Runs[i].attr.number, s.Runs[j].attr.number)) < 0
	})
}
