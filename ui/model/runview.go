package model

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/ui/i18n"
)

// runViews are the views of the workspace of fluoroscopy: the run, what it adds, its other projection and the CT.
func (s *State) runViews() []ViewID {
	out := []ViewID{RunID}
	add := func(on bool, c Content) {
		if on {
			out = append(out, ViewID{PostSlot, c})
		}
	}
	r := &s.Run
	add(r.Subtract, SubtractView)
	add(r.Biplane && r.Second != nil, SecondView)
	bridge := r.Found != nil && r.Found.Radiograph != nil
	add(r.CT && bridge, BridgeView)
	if !bridge && s.Loaded[s.Main()].Volume != nil {
		out = append(out, ViewID{s.Main(), Sagittal})
	}
	return out
}

// Runs lists the runs of the study.
func (s *Study) Runs() (out []RunRef) {
	for i, x := range s.Series {
		for n := range x.Runs {
			out = append(out, RunRef{i, n})
		}
		if len(x.Runs) == 0 && x.Role == Fluoro {
			out = append(out, RunRef{i, 0})
		}
	}
	return out
}

// Partner is the run that shows the same moment from another side, and by how much later it starts.
func (s *State) Partner() (ref RunRef, later time.Duration, ok bool) {
	if s.Study == nil || s.Run.Cine == nil || s.Run.Series >= len(s.Study.Series) {
		return ref, 0, false
	}
	runs := s.Study.Series[s.Run.Series].Runs
	if s.Run.Index >= len(runs) || runs[s.Run.Index].Pair == nil {
		return ref, 0, false
	}
	return *runs[s.Run.Index].Pair, runs[s.Run.Index].Later, true
}

// ShowBiplane shows or hides the other projection.
type ShowBiplane struct{ Now time.Time }

func (m ShowBiplane) apply(s *State) []Effect {
	ref, _, ok := s.Partner()
	if !ok {
		return nil
	}
	s.Run.Biplane = !s.Run.Biplane
	s.Run.mendFocus(&s.Reading)
	if !s.Run.Biplane || s.Run.Second != nil {
		return nil
	}
	s.startJob(RunJob, m.Now)
	return []Effect{LoadRun{Study: s.Study, Series: ref.Series, Index: ref.Index, Second: true}}
}

// SaveRun is the effect that writes something of the run: what says which.
type SaveRun struct {
	What  RunFile
	Run   Plane
	Shown *assess.FluoroResult
	Look  RunLook
	Mask  *RunMask
	Frame int
}

func (SaveRun) effect() {}

// RunFile is what is written of a run.
type RunFile int

// The files.
const (
	RunFilm  RunFile = iota // moving picture
	RunFrame                // the frame shown
	RunTable                // area and growth of every frame
)

// AskSaveRun writes something of the run into the folder of tables.
type AskSaveRun struct {
	What RunFile
	Now  time.Time
}

func (m AskSaveRun) apply(s *State) []Effect {
	if s.Run.Cine == nil || s.Run.Shown == nil && m.What != RunFrame {
		return nil
	}
	s.startJob(ExportJob, m.Now)
	return []Effect{SaveRun{m.What, s.Run.Plane, s.Run.Shown, s.Run.RunLook, s.Run.mask, s.Run.Frame}}
}

// RunSaved is the answer to SaveRun.
type RunSaved struct {
	Say string
	Now time.Time
}

func (m RunSaved) apply(s *State) []Effect {
	s.endJob(ExportJob)
	return Say{m.Say, m.Now}.apply(s)
}

// RunTSV is the measured curve as tab-separated values with full precision.
func (s *State) RunTSV() string {
	x := s.Run.Shown
	if x == nil {
		return ""
	}
	var b strings.Builder
	b.WriteString("frame\tseconds\tareaPx\tareaMm2\tgrowthPerSecond\n")
	f := func(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
	for k, a := range x.Found.AreaPx {
		mm := ""
		if k < len(x.Found.AreaMM2) {
			mm = f(x.Found.AreaMM2[k])
		}
		b.WriteString(strings.Join([]string{strconv.Itoa(k + 1), f(s.Run.Seconds(k)), f(a), mm, f(x.Found.Growth[k])}, "\t") + "\n")
	}
	return b.String()
}

// fluoroActions are those of the workspace of fluoroscopy beside playing.
func fluoroActions() []Action {
	C := i18n.Cine
	shown := func(s *State) (i18n.Text, bool) { return i18n.NoRun, s.Run.Cine == nil }
	measured := func(s *State) (i18n.Text, bool) {
		if why, blocked := shown(s); blocked {
			return why, true
		}
		return i18n.RunNotMeasured, s.Run.Shown == nil
	}
	set := func(change func(*RunLook)) func(*State, time.Time) Msg { return fixed(SetRunLook{change}) }
	edit := func(change func(*State, *RunWork)) func(*State, time.Time) Msg {
		return func(s *State, now time.Time) Msg { return EditRun{func(w *RunWork) { change(s, w) }, now} }
	}
	save := func(f RunFile) func(*State, time.Time) Msg {
		return func(_ *State, now time.Time) Msg { return AskSaveRun{f, now} }
	}
	return []Action{
		{ID: "run-subtract", Label: i18n.Subtract, Group: C, Icon: "mask", Keys: key("S"), Blocked: shown, Msg: set(func(l *RunLook) { l.Subtract = !l.Subtract })},
		{ID: "run-roadmap", Label: i18n.Roadmap, Sense: i18n.RoadmapSense, Group: C, Icon: "mask", Keys: []Key{{Name: "S", Shift: true}}, Blocked: shown, Msg: set(func(l *RunLook) { l.Roadmap, l.Subtract = !l.Roadmap, true })},
		{ID: "run-biplane", Label: i18n.Biplane, Group: C, Icon: "biplane", Blocked: func(s *State) (i18n.Text, bool) {
			if why, blocked := shown(s); blocked {
				return why, true
			}
			_, _, ok := s.Partner()
			return i18n.NoSecond, !ok
		}, Msg: func(_ *State, now time.Time) Msg { return ShowBiplane{now} }},
		{ID: "run-ct", Label: i18n.LinkCT, Sense: i18n.LinkCTSense, Group: C, Icon: "cube", Blocked: func(s *State) (i18n.Text, bool) {
			if why, blocked := measured(s); blocked {
				return why, true
			}
			return i18n.NoBridge, s.Run.Found.Radiograph == nil
		}, Msg: set(func(l *RunLook) { l.CT = !l.CT })},
		{ID: "run-next", Label: i18n.NextRun, Group: C, Icon: "fluoro", Blocked: func(s *State) (i18n.Text, bool) {
			return i18n.OneRun, s.Study == nil || len(s.Study.Runs()) < 2
		}, Msg: func(s *State, now time.Time) Msg {
			runs := s.Study.Runs()
			x := runs[(slices.Index(runs, RunRef{s.Run.Series, s.Run.Index})+1)%len(runs)]
			return ShowRun{x.Series, x.Index, now}
		}},
		{ID: "run-measure", Label: i18n.MeasureRun, Group: C, Icon: "plot", Blocked: notBlind(shown), Msg: fixed(RemeasureRun{})},
		{ID: "run-shift", Label: i18n.ShiftMask, Sense: i18n.ShiftSense, Group: C, Icon: "pan", Keys: []Key{{Name: "H", Shift: true}}, Blocked: shown, Msg: set(func(l *RunLook) { l.Shifting, l.Subtract = !l.Shifting, true })},
		{ID: "run-shift-auto", Label: i18n.ShiftAuto, Group: C, Icon: "undo", Blocked: shown, Msg: edit(func(_ *State, w *RunWork) { w.Shift = [2]float64{} })},
		{ID: "run-mask-here", Label: i18n.MaskHere, Group: C, Icon: "mask", Blocked: shown, Msg: edit(func(s *State, w *RunWork) { w.Mask = []int{s.Run.Frame} })},
		{ID: "run-mask-add", Label: i18n.MaskAdd, Group: C, Icon: "plus", Blocked: shown, Msg: edit(func(s *State, w *RunWork) {
			if !slices.Contains(w.Mask, s.Run.Frame) {
				w.Mask = append(slices.Clone(w.Mask), s.Run.Frame)
				slices.Sort(w.Mask)
			}
		})},
		{ID: "run-mask-auto", Label: i18n.MaskAuto, Group: C, Icon: "undo", Blocked: shown, Msg: edit(func(_ *State, w *RunWork) { w.Mask = nil })},
		{ID: "run-loop-from", Label: i18n.LoopFrom, Group: C, Icon: "loop", Keys: key("["), Blocked: shown, Msg: func(s *State, _ time.Time) Msg {
			k, end := s.Run.Frame, s.Run.Cine.Frames
			return SetRunLook{func(l *RunLook) {
				if l.Marks[0] = k; l.Marks[1] <= k {
					l.Marks[1] = end
				}
			}}
		}},
		{ID: "run-loop-to", Label: i18n.LoopTo, Group: C, Icon: "loop", Keys: key("]"), Blocked: shown, Msg: func(s *State, _ time.Time) Msg {
			k := s.Run.Frame
			return SetRunLook{func(l *RunLook) {
				if l.Marks[1] = k + 1; l.Marks[0] > k {
					l.Marks[0] = 0
				}
			}}
		}},
		{ID: "run-loop-all", Label: i18n.LoopAll, Group: C, Icon: "loop", Blocked: func(s *State) (i18n.Text, bool) { return i18n.NoMarks, s.Run.Marks[1] == 0 }, Msg: set(func(l *RunLook) { l.Marks = [2]int{} })},
		{ID: "run-line-wall", Label: i18n.DrawWall, Group: C, Icon: "length", Blocked: shown, Msg: fixed(DrawLine{PosteriorWall})},
		{ID: "run-line-upper", Label: i18n.DrawUpper, Group: C, Icon: "length", Blocked: shown, Msg: fixed(DrawLine{EndplateSuperior})},
		{ID: "run-line-lower", Label: i18n.DrawLower, Group: C, Icon: "length", Blocked: shown, Msg: fixed(DrawLine{EndplateInferior})},
		{ID: "run-line-other", Label: i18n.DrawOther, Group: C, Icon: "length", Blocked: shown, Msg: fixed(DrawLine{})},
		{ID: "run-line-above", Label: i18n.DrawAbove, Sense: i18n.KyphosisSense, Group: C, Icon: "length", Blocked: shown, Msg: fixed(DrawLine{PlateAbove})},
		{ID: "run-line-below", Label: i18n.DrawBelow, Sense: i18n.KyphosisSense, Group: C, Icon: "length", Blocked: shown, Msg: fixed(DrawLine{PlateBelow})},
		{ID: "run-point", Label: i18n.PlacePoint, Sense: i18n.PointSense, Group: C, Icon: "cross", Blocked: needsSecond, Msg: fixed(PlacePoint{})},
		{ID: "run-calibrate", Label: i18n.CalibrateRun, Sense: i18n.CalibrateSense, Group: C, Icon: "length", Blocked: shown, Msg: fixed(Calibrate{})},
		{ID: "run-film", Label: i18n.SaveFilm, Group: C, Icon: "export", Blocked: measured, Msg: save(RunFilm)},
		{ID: "run-frame", Label: i18n.SaveFrame, Group: C, Icon: "export", Blocked: shown, Msg: save(RunFrame)},
		{ID: "run-table", Label: i18n.SaveCurve, Group: C, Icon: "table", Blocked: measured, Msg: save(RunTable)},
		{ID: "run-copy", Label: i18n.CopyCurve, Group: C, Icon: "table", Blocked: measured, Msg: func(s *State, _ time.Time) Msg { return Do{Copy{s.RunTSV()}} }},
	}
}
