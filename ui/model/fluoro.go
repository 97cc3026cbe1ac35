package model

import (
	"math"
	"slices"
	"time"

	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/diag"
	"github.com/vertefill/vertefill/internal/fluoro"
	"github.com/vertefill/vertefill/internal/render"
	"github.com/vertefill/vertefill/internal/volume"
	"github.com/vertefill/vertefill/ui/i18n"
)

// RunFound is a measured run with what is drawn of it.
type RunFound struct {
	assess.FluoroResult
	Findings   []diag.Finding
	Radiograph *volume.Cine // of the CT at the angles of the run, on its pixels: one frame; nil without a CT that fits
	Shapes     []RunShape   // of the CT, on the first frame
}

// RunShape is the outline of something of the CT on the first frame of a run.
type RunShape struct {
	Leak  int  // id; zero for what is no leak
	Body  bool // of the treated vertebra
	Style render.Style
	Lines []render.Polyline // columns and rows of pixels
}

// Injection is what was measured in the run shown.
type Injection struct {
	Found   *RunFound            // nil until it is measured
	Shown   *assess.FluoroResult // Found with the lines of the reader
	Failure string               // why nothing could be measured; empty otherwise

	of, asked measureKey    // what Found was made from, and what was asked for last
	lines     []fluoro.Line // of the reader in Shown
	mask      *RunMask
	maskOf    []int
	told      *assess.Result // with Shown in its report
	toldOf    *assess.FluoroResult
	restart   bool // what was asked for is asked for again
}

// measureKey decides a measurement.
type measureKey struct {
	series, index int
	cal           volume.Calibration
	ct            *assess.Result
	pair          bool
}

// RunMask is what frames are subtracted from: the mean of frames, each moved as it was found to lie. It is not changed.
type RunMask struct {
	Frames []int
	Motion []fluoro.Motion // of every frame; nil when not measured
}

// RunLook is how the run is looked at, beside place and window.
type RunLook struct {
	Subtract bool    // the subtracted view is shown
	Fade     float64 // of that view: 0 native, 1 subtracted
	Gain     float64 // of the subtracted picture; 0 stands for the usual one
	Roadmap  bool    // the darkest of all frames takes the place of the subtracted frame
	Biplane  bool    // the second projection is shown
	CT       bool    // the CT is shown at the angles of the run, and its outlines on the run
	Shifting bool    // the arrow keys move the mask
	Marks    [2]int  // the loop goes from the first to before the second; none when the second is zero
	Alert    Alert
	Drawing  string       // name of the line being drawn; empty for none
	Draft    [][2]float64 // ends of the line being drawn, pixels of the frame shown
	Point    RunPoint     // in both projections
	Chosen   int          // id of the length with handles; 0 for none
	Known    *KnownDraft  // the known object that gives the size of a pixel, while it is drawn
	Road     *volume.Cine // the roadmap, one frame; nil until it is made
	road     *fluoro.Run  // that it was made of
}

// Alert is that cement has crossed a line in the frames that played. It stays until a frame is chosen by hand.
type Alert struct {
	On    bool
	Line  string
	Frame int
}

// RunWork is what the reader did to a run: undo takes it back, the journal keeps it. Its slices are replaced, never changed in
// place.
type RunWork struct {
	Series  string        `json:"series"` // instance UID
	Index   int           `json:"index,omitempty"`
	Lines   []fluoro.Line `json:"lines,omitempty"`
	Lengths []RunLength   `json:"lengths,omitempty"`
	Known   *Known        `json:"known,omitempty"`
	// Calibration is the size of a pixel that the file gives, kept with the lengths.
	Calibration volume.Calibration `json:"calibration,omitzero"`
	Mask        []int              `json:"mask,omitempty"`  // frames; none for those that the program chose
	Shift       [2]float64         `json:"shift,omitempty"` // of the mask, in pixels beyond what was found
}

// Known is an object of known size, drawn by the reader, and the size of a pixel that it gives.
type Known struct {
	Object      string             `json:"object,omitempty"` // name in fluoro.Objects; empty for a length from end to end
	Points      [2][2]float64      `json:"points"`           // pixels of the frame that it was drawn on
	MM          float64            `json:"mm"`
	Frame       int                `json:"frame"`
	Calibration volume.Calibration `json:"calibration"`
	Relative    float64            `json:"relative"` // how far the size may be wrong, a fraction
}

// KnownDraft is a known object being drawn.
type KnownDraft struct {
	Object int     // index in fluoro.Objects; their number for a length from end to end
	MM     float64 // of that length, or of the object
	Known  *Known  // what it gives; nil until it gives something
	Why    i18n.Text
}

// MeasureRun is the effect that measures a run and answers with RunMeasured.
type MeasureRun struct {
	Study         *Study
	Series, Index int
	Calibration   volume.Calibration
	CT            *assess.Result // nil for none
	Pair          *RunRef        // the other projection, for what both bound; nil for none
	key           measureKey
}

func (MeasureRun) effect() {}

// Answer makes the answer to the effect.
func (m MeasureRun) Answer(found *RunFound, why string, now time.Time) RunMeasured {
	return RunMeasured{found, why, now, m.key}
}

// RunMeasured is the answer to MeasureRun.
type RunMeasured struct {
	Found *RunFound
	Error string // in the user's language; empty when it went well
	Now   time.Time
	key   measureKey
}

func (m RunMeasured) apply(s *State) []Effect {
	x := &s.Run.Injection
	if m.key != x.asked || s.Run.Cine == nil {
		return nil // another run is shown, or more was asked for
	}
	s.endJob(MeasureJob)
	x.of = m.key
	if x.Failure = m.Error; m.Error != "" {
		x.Found, x.Shown = nil, nil
		return nil
	}
	x.Found, x.Shown = m.Found, nil
	s.Run.CT = s.Run.CT || m.Found.Radiograph != nil
	return nil
}

// RemeasureRun measures the run again, as after a stop.
type RemeasureRun struct{}

func (RemeasureRun) apply(s *State) []Effect {
	s.Run.restart = true
	return nil
}

// RunWork returns what the reader did to the run shown.
func (s *State) RunWork() RunWork {
	uid := s.runUID()
	for _, w := range s.Work.Runs {
		if w.Series == uid && w.Index == s.Run.Index {
			return w
		}
	}
	return RunWork{Series: uid, Index: s.Run.Index}
}

func (s *State) runUID() string {
	if s.Study == nil || s.Run.Series < 0 || s.Run.Series >= len(s.Study.Series) {
		return ""
	}
	return s.Study.Series[s.Run.Series].UID
}

// RunCalibration is the size of a pixel of the run shown: that of the reader's known object where there is one.
func (s *State) RunCalibration() volume.Calibration {
	if k := s.RunWork().Known; k != nil {
		return k.Calibration
	}
	return s.Run.Cine.Calibration
}

// EditRun changes what the reader did to the run.
type EditRun struct {
	Change func(*RunWork)
	Now    time.Time
}

func (EditRun) undoable() bool { return true }

func (m EditRun) apply(s *State) []Effect {
	if s.Session.ReadOnly || s.Run.Cine == nil {
		s.history.drop()
		if !s.Session.ReadOnly {
			return nil
		}
		return Say{i18n.ReadOnly.In(s.Settings.Lang), m.Now}.apply(s)
	}
	s.editRun(m.Change)
	return nil
}

func (s *State) editRun(change func(*RunWork)) {
	w := s.RunWork()
	change(&w)
	runs := slices.DeleteFunc(slices.Clone(s.Work.Runs), func(x RunWork) bool { return x.Series == w.Series && x.Index == w.Index })
	s.Work.Runs = append(runs, w)
}

// followRun brings what is measured up with the run, the reader's work on it and the CT.
func (s *State) followRun() (out []Effect) {
	r := &s.Run
	if r.Cine == nil || s.Study == nil {
		return nil
	}
	x, w := &r.Injection, s.RunWork()
	want := measureKey{series: r.Series, index: r.Index, cal: s.RunCalibration()}
	if s.Result != nil && s.Result.Upto == "" {
		want.ct = s.Result
	}
	var pair *RunRef
	if ref, _, ok := s.Partner(); ok && r.Biplane && r.Second != nil {
		pair, want.pair = &ref, true
	}
	_, analysing := s.Job(AnalyseJob)
	_, editing := s.Job(EditJob)
	if s.Workspace == Fluoroscopy && !s.BlindReading() && !analysing && !editing && r.Cine.Frames > 1 && (x.asked != want || x.restart) {
		x.asked, x.restart, x.Failure = want, false, ""
		s.startJob(MeasureJob, time.Time{})
		out = append(out, MeasureRun{Study: s.Study, Series: r.Series, Index: r.Index, Calibration: want.cal, CT: want.ct, Pair: pair, key: want})
	}
	if x.Found != nil && (x.Shown == nil || !sameSlice(x.lines, w.Lines)) {
		shown := x.Found.WithLines(w.Lines, s.Settings.Lang)
		x.Shown, x.lines, x.mask = &shown, w.Lines, nil
	}
	if x.mask == nil || !sameSlice(x.maskOf, w.Mask) {
		x.mask, x.maskOf = &RunMask{Frames: w.Mask}, w.Mask
		if x.Shown != nil {
			x.mask.Motion = x.Shown.Found.Motion
		}
		switch {
		case len(w.Mask) > 0:
		case x.Shown != nil && x.Shown.Found.AreaPx[r.Cine.Frames-1] > 0:
			x.mask.Frames = x.Shown.Found.Mask
		default:
			for k := range min(firstMask, r.Cine.Frames) {
				x.mask.Frames = append(x.mask.Frames, k)
			}
		}
	}
	if r.Roadmap && r.Road == nil && r.road != r.Source {
		r.road = r.Source
		s.startJob(RoadJob, time.Time{})
		out = append(out, MakeRoadmap{Source: r.Source, Motion: x.mask.Motion})
	}
	return out
}

// firstMask is how many frames make the mask of a run without cement, or not measured.
const firstMask = 4

// Mask is what the frames are subtracted from; nil before a run is read.
func (x *Injection) Mask() *RunMask { return x.mask }

// MaskMove is how the mask is laid on a frame: as found, and as the reader shifted it.
func (s *State) MaskMove(k int) fluoro.Motion {
	var m fluoro.Motion
	if x := s.Run.Shown; x != nil && k < len(x.Found.Motion) {
		m = x.Found.Motion[k]
	}
	shift := s.RunWork().Shift
	m.DX += shift[0]
	m.DY += shift[1]
	return m
}

// MakeRoadmap is the effect that finds the darkest of all frames and answers with RoadmapMade.
type MakeRoadmap struct {
	Source *fluoro.Run
	Motion []fluoro.Motion
}

func (MakeRoadmap) effect() {}

// RoadmapMade is the answer to MakeRoadmap.
type RoadmapMade struct {
	Source *fluoro.Run
	Road   *volume.Cine
	Error  string
	Now    time.Time
}

func (m RoadmapMade) apply(s *State) []Effect {
	if s.Run.Source != m.Source {
		return nil
	}
	s.endJob(RoadJob)
	if m.Error != "" {
		s.Run.Roadmap, s.Run.road = false, nil
		return Say{m.Error, m.Now}.apply(s)
	}
	s.Run.Road = m.Road
	return nil
}

// SetRunLook changes how the run is looked at.
type SetRunLook struct{ Change func(*RunLook) }

func (m SetRunLook) apply(s *State) []Effect {
	m.Change(&s.Run.RunLook)
	l := &s.Run.RunLook
	l.Fade = min(max(l.Fade, 0), 1)
	s.Run.mendFocus(&s.Reading)
	return nil
}

// mendFocus takes the focus back to the run when the focused view is gone.
func (r *Run) mendFocus(reading *Reading) {
	switch reading.Focus.Content {
	case SubtractView:
		if r.Subtract {
			return
		}
	case SecondView:
		if r.Biplane {
			return
		}
	case BridgeView:
		if r.CT {
			return
		}
	default:
		return
	}
	reading.Focus, reading.Filled = RunID, false
}

// ShiftMask moves the mask by pixels beyond what was found.
type ShiftMask struct {
	DX, DY float64
	Now    time.Time
}

func (ShiftMask) undoable() bool { return true }

func (m ShiftMask) apply(s *State) []Effect {
	tenth := func(x float64) float64 { return math.Round(10*x) / 10 }
	return EditRun{func(w *RunWork) { w.Shift = [2]float64{tenth(w.Shift[0] + m.DX), tenth(w.Shift[1] + m.DY)} }, m.Now}.apply(s)
}

// crossings calls do for every crossing of a line, in the order of frames.
func (x *Injection) crossings(do func(line string, frame int)) {
	if x.Shown == nil {
		return
	}
	for _, e := range x.Shown.Found.Events {
		if e.Kind == fluoro.LineCrossed {
			do(e.Line, e.Frame)
		}
	}
}

// passed raises the alert when the frames that played contain a crossing.
func (r *Run) passed(before, now int) {
	r.crossings(func(line string, f int) {
		if before < f && f <= now || now < before && r.Player.Ends == Loop && (f > before || f <= now) {
			r.Alert = Alert{true, line, f}
		}
	})
}

// chosen keeps the alert only where the frame chosen by hand is that of the crossing.
func (r *Run) chosen(frame int) {
	r.Alert = Alert{}
	r.crossings(func(line string, f int) {
		if f == frame {
			r.Alert = Alert{true, line, f}
		}
	})
}

// Area is the projected area of new cement in a frame, in mm² or in pixels; ok is false when it is not measured.
func (x *Injection) Area(k int) (area float64, mm bool, ok bool) {
	if x.Shown == nil || k < 0 || k >= len(x.Shown.Found.AreaPx) {
		return 0, false, false
	}
	if a := x.Shown.Found.AreaMM2; k < len(a) {
		return a[k], true, true
	}
	return x.Shown.Found.AreaPx[k], false, true
}

// GoToRunLeak selects a leak of the CT and shows the frame in which it first shows.
type GoToRunLeak struct {
	ID  int
	Now time.Time
}

func (m GoToRunLeak) apply(s *State) []Effect {
	s.Reading.Leak = m.ID
	s.Run.Player.Playing = false
	if s.Run.Shown != nil {
		for _, l := range s.Run.Shown.Report.CTLeaks {
			if l.LeakID == m.ID && l.FirstFrame != nil {
				return SetFrame{*l.FirstFrame, m.Now}.apply(s)
			}
		}
	}
	return nil
}
