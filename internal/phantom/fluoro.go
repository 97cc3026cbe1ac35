package phantom

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/volume"
)

// A fluoroscopy run is a cone-beam projection of the post CT in which the new cement of one injection grows from frame to frame.
// Tissue and bone are summed through the CT; cement and trocars, exactly, through their surfaces. Scatter is a part of the light
// spread over the picture. Beam hardening, lag and motion within a frame are not simulated.
const (
	sourceDetector = 1180.0 // mm
	sourceCentre   = 780.0  // mm from the source to the treated vertebra
	waterPerMM     = 0.0193 // attenuation of water at 70 keV (NIST XCOM)
	visibleMM      = 1.0    // of cement that a pixel must have behind it to count, by the contract
	shownMM2       = 1.0    // of such pixels that make a leak or a crossing to be seen
)

// RunOptions choose a run. The zero value of a field is the plain run: lateral, still, without trocars.
type RunOptions struct {
	PrimaryDegrees, SecondaryDegrees float64 // both zero: 90 and 0, lateral
	FromFront                        bool    // with both angles zero: the view from the front after all
	Pixels                           int     // a side; default 384
	DetectorMM                       float64 // pixel at the detector; default 192 mm over the picture
	Frames, First, Last              int     // of the run, first and last frame in which cement comes; default 48, 8, 40
	FrameTime                        time.Duration
	BreathingMM, BreathingDegrees    float64 // amplitude of the spine
	BreathingPeriod                  time.Duration
	Diaphragm                        bool // an edge that moves with the breath, more than the spine
	TableAt                          int  // frame in which the table moves; 0: never
	TableMM                          [2]float64
	ZoomAt                           int // frame in which the field changes
	ZoomBy                           float64
	ExposureAt                       int // frame in which the exposure changes
	ExposureBy                       float64
	Shutter                          [4]float64 // share of the side closed at left, top, right, bottom
	TrocarIn, TrocarOut              int        // frames in which one comes and goes; 0: never
	Scatter                          float64    // to primary
	Dose                             float64    // default 1
	BlurPixels                       float64    // sigma of the detector; default 0.3
	Clips, Gas                       int        // dense dots that stay; bowel gas that moves
	Calibration                      CalibrationTags
	Logarithmic                      bool // pixels are the logarithm of the intensity
	Plane                            byte // 'A' or 'B' of a biplane pair
}

// CalibrationTags is what the run's header says about the size of a pixel.
type CalibrationTags string

// The kinds of header.
const (
	TagsMagnification CalibrationTags = ""         // detector spacing and both distances
	TagsFiducial      CalibrationTags = "fiducial" // calibrated spacing
	TagsConflict      CalibrationTags = "conflict" // a factor that contradicts the distances
	TagsDetector      CalibrationTags = "detector" // detector spacing alone
	TagsNone          CalibrationTags = "none"
)

// Run is a fluoroscopy run and the truth about it.
type Run struct {
	*volume.Cine
	Truth   RunTruth
	Options RunOptions // as resolved

	projector
}

// RunTruth is what happens in a run.
type RunTruth struct {
	Frames           int       `json:"frames"`
	FrameTimesMS     []float64 `json:"frameTimesMs"`
	PrimaryDegrees   float64   `json:"primaryDegrees"`
	SecondaryDegrees float64   `json:"secondaryDegrees"`
	// MMPerPixel is the pixel in the plane of the treated vertebra.
	MMPerPixel     [2]float64 `json:"mmPerPixel"`
	InjectionStart int        `json:"injectionStartFrame"`
	InjectionEnd   int        `json:"injectionEndFrame"`
	CementAreaPx   []float64  `json:"cementAreaPx"`  // pixels with at least 1 mm of new cement behind them, one value a frame
	CementAreaMM2  []float64  `json:"cementAreaMm2"` // in the plane of the vertebra
	// LeakFirstFrames is the first frame in which any of a leak is there, by id of the leak less one; null for leaks of other injections
	// and for those out of the picture.
	LeakFirstFrames []*int `json:"leakFirstFrames"`
	// LeakShownFrames is the first frame in which a leak can be told from the other cement: 1 mm2 of pixels behind which it, and at the
	// end nothing else, is 1 mm thick; null when that never happens.
	LeakShownFrames []*int `json:"leakShownFrames"`
	// ImageFromPatientPost is the projection of the first frame, 3x4, row-major: patient LPS mm to column, row and weight.
	ImageFromPatientPost [12]float64 `json:"imageFromPatientPost"`
	Events               []RunEvent  `json:"events,omitempty"`
	Lines                []RunLine   `json:"lines,omitempty"`
	Motion               []RunMotion `json:"motion,omitempty"` // of every frame

	level  int // place of the treated vertebra
	cement []int
	trocar []bool // pixels of the first frame with a trocar, once it is in, and never cement
}

// RunEvent is something that happens to the picture, in words of the contract.
type RunEvent struct {
	Kind  string `json:"kind"`
	Frame int    `json:"frame"`
}

// RunLine is a true line of the treated vertebra on the first frame, and when the projected cement crosses it.
type RunLine struct {
	Name    string        `json:"name"`
	Points  [2][2]float64 `json:"points"`
	Crossed *int          `json:"crossedFrame"` // first frame with 1 mm2 of cement beyond; null: never
	AreaMM2 float64       `json:"areaBeyondMm2"`
}

// RunMotion carries pixels of the first frame to those of another: turned and scaled about the middle of the picture, then shifted.
type RunMotion struct {
	DX      float64 `json:"dx"`
	DY      float64 `json:"dy"`
	Radians float64 `json:"radians"`
	Scale   float64 `json:"scale"`
}

// Fluoro makes the plain run of the first new injection, before any other; nil when the case has no new cement.
func (c *Case) Fluoro(ctx context.Context) (*Run, error) { return c.FluoroRun(ctx, RunOptions{}) }

// FluoroRun makes a run of the first new injection; nil when the case has no new cement. The same case and options give the same run.
func (c *Case) FluoroRun(ctx context.Context, o RunOptions) (*Run, error) {
	p := c.Truth.patient
	i := slices.IndexFunc(p.deposits, func(d *deposit) bool { return !d.prior })
	if i < 0 {
		return nil, nil
	}
	o.resolve()
	d := p.deposits[i]
	level := p.index(d.on.level)
	r := &Run{Options: o, projector: newProjector(p.sees.vertebrae[level].centre, o)}
	r.Cine = &volume.Cine{NX: o.Pixels, NY: o.Pixels, Frames: o.Frames, Slope: 1, White: 4095, TimeKnown: true}
	r.calibrate()
	r.Truth = RunTruth{Frames: o.Frames, PrimaryDegrees: o.PrimaryDegrees, SecondaryDegrees: o.SecondaryDegrees, MMPerPixel: [2]float64{r.atMM(), r.atMM()},
		InjectionStart: o.First, InjectionEnd: o.Last, ImageFromPatientPost: r.matrix(), level: level}
	for k := range o.Frames {
		r.Times = append(r.Times, time.Duration(k)*o.FrameTime)
		r.Truth.FrameTimesMS = append(r.Truth.FrameTimesMS, float64(time.Duration(k)*o.FrameTime)/float64(time.Millisecond))
	}
	s, err := r.trace(ctx, c, d)
	if err != nil {
		return nil, fmt.Errorf("phantom: fluoroscopy: %w", err)
	}
	r.leakTruth(s, len(c.Truth.Leaks))
	r.lineTruth(s, p.sees.vertebrae[level])
	if err := r.expose(ctx, s, c, d); err != nil {
		return nil, fmt.Errorf("phantom: fluoroscopy: %w", err)
	}
	return r, nil
}

// BiplaneRuns makes the two runs of a pair: from the front and from the left side, at the same time, in one breath.
func (c *Case) BiplaneRuns(ctx context.Context, o RunOptions) (pair [2]*Run, err error) {
	for n := range pair {
		o.Plane = byte('A' + n)
		o.PrimaryDegrees, o.FromFront = float64(90*n), n == 0
		if pair[n], err = c.FluoroRun(ctx, o); err != nil || pair[n] == nil {
			return [2]*Run{}, err
		}
	}
	return pair, nil
}

// TrocarOnly tells the pixels of the first frame that a trocar covers once it is in, and cement never does; nil without a trocar.
func (r *Run) TrocarOnly() []bool { return r.Truth.trocar }

// CementFrom returns, for every pixel of the first frame, the frame from which 1 mm of new cement lies behind it, or -1.
func (r *Run) CementFrom() []int { return r.Truth.cement }

func (o *RunOptions) resolve() {
	set := func(x *float64, v float64) {
		if *x == 0 {
			*x = v
		}
	}
	if o.PrimaryDegrees == 0 && o.SecondaryDegrees == 0 && !o.FromFront {
		o.PrimaryDegrees = 90
	}
	if o.Pixels == 0 {
		o.Pixels = 384
	}
	set(&o.DetectorMM, 192/float64(o.Pixels))
	if o.Frames == 0 {
		o.Frames, o.First, o.Last = 48, 8, 40
	}
	if o.FrameTime == 0 {
		o.FrameTime = 250 * time.Millisecond
	}
	if o.BreathingPeriod == 0 {
		o.BreathingPeriod = 4 * time.Second
	}
	set(&o.Dose, 1)
	set(&o.BlurPixels, 0.3)
	set(&o.ZoomBy, 1)
	set(&o.ExposureBy, 1)
}

// calibrate sets what a reader of the header must conclude.
func (r *Run) calibrate() {
	m := sourceDetector / sourceCentre
	at := r.atMM()
	c := &r.Calibration
	switch r.Options.Calibration {
	case TagsMagnification:
		*c = volume.Calibration{Origin: volume.OriginMagnification, RowMM: at, ColMM: at, Magnification: m}
	case TagsFiducial:
		*c = volume.Calibration{Origin: volume.OriginFiducial, RowMM: at, ColMM: at, Magnification: 1}
	case TagsConflict:
		*c = volume.Calibration{Origin: volume.OriginConflict, Magnification: 1, Factors: [2]float64{wrongFactor, m}}
	case TagsDetector:
		*c = volume.Calibration{Origin: volume.OriginDetector, RowMM: r.pixelMM, ColMM: r.pixelMM, Magnification: 1}
	default:
		*c = volume.Calibration{Origin: volume.OriginNone, Magnification: 1}
	}
}

// wrongFactor is the magnification stated by headers that contradict themselves.
const wrongFactor = 1.2

// withoutNewCement is the post CT with soft bone where new cement lies.
func (c *Case) withoutNewCement() *volume.Volume {
	out := &volume.Volume{Grid: c.Post.Grid, HU: slices.Clone(c.Post.HU), CeilingHU: c.Post.CeilingHU}
	p := c.Truth.patient
	for _, d := range p.deposits {
		if d.prior {
			continue
		}
		v := p.sees.vertebrae[p.index(d.on.level)]
		eachVoxel(out.Grid, boxOf(out.Grid, v, d.lo, d.hi), func(i, j, k int, at geom.Patient) {
			if d.at(v.bodyFromPatient.Apply(at)) < 2*float64(out.MaxSpacing()) {
				o := i + out.NX*(j+out.NY*k)
				out.HU[o] = min(out.HU[o], 250)
			}
		})
	}
	return out
}
