package model

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/vertefill/vertefill/internal/measure"
	"github.com/vertefill/vertefill/internal/volume"
	"github.com/vertefill/vertefill/ui/i18n"
)

// RunLength is a length that the reader measured on a run. It moves with the
// patient.
type RunLength struct {
	ID     int           `json:"id"`
	Points [2][2]float64 `json:"points"` // pixels of the first frame
}

// MeasuresRun reports whether the left button draws lengths on the run.
func (s *State) MeasuresRun() bool {
	return s.Workspace == Fluoroscopy && s.Run.Cine != nil && s.Reading.Tool == MeasureTool && s.Reading.Kind == measure.Length
}

// RunLengthOf returns a length in millimetres at the size of a pixel that is
// in use, or in pixels where there is none.
func (s *State) RunLengthOf(points [2][2]float64) (x float64, mm bool) {
	return lengthAt(points, s.RunCalibration())
}

func lengthAt(points [2][2]float64, c volume.Calibration) (x float64, mm bool) {
	dx, dy := points[1][0]-points[0][0], points[1][1]-points[0][1]
	if c.ColMM > 0 && c.RowMM > 0 {
		return math.Hypot(dx*c.ColMM, dy*c.RowMM), true
	}
	return math.Hypot(dx, dy), false
}

// RunMeasure is a length on a run of the study, as a line of the list of
// measures.
type RunMeasure struct {
	RunLength
	Run         RunRef
	Calibration volume.Calibration // size of a pixel in use on that run
	Length      float64
	MM          bool // Length is in millimetres, not in pixels
}

// RunMeasures lists the lengths on all runs of the study.
func (s *State) RunMeasures() (out []RunMeasure) {
	if s.Study == nil {
		return nil
	}
	for _, w := range s.Work.Runs {
		series := slices.IndexFunc(s.Study.Series, func(x Series) bool { return x.UID == w.Series })
		if series < 0 {
			continue
		}
		c := w.Calibration
		switch {
		case s.Run.Cine != nil && s.Run.Series == series && s.Run.Index == w.Index:
			c = s.RunCalibration()
		case w.Known != nil:
			c = w.Known.Calibration
		}
		for _, l := range w.Lengths {
			m := RunMeasure{RunLength: l, Run: RunRef{series, w.Index}, Calibration: c}
			m.Length, m.MM = lengthAt(l.Points, c)
			out = append(out, m)
		}
	}
	slices.SortStableFunc(out, func(a, b RunMeasure) int {
		return cmp.Or(cmp.Compare(a.Run.Series, b.Run.Series), cmp.Compare(a.Run.Index, b.Run.Index), cmp.Compare(a.ID, b.ID))
	})
	return out
}

// GoToRunMeasure shows a length on its run.
type GoToRunMeasure struct {
	Run RunRef
	ID  int
	Now time.Time
}

func (m GoToRunMeasure) apply(s *State) []Effect {
	out := ShowRun{m.Run.Series, m.Run.Index, m.Now}.apply(s)
	s.Run.Chosen = m.ID
	return out
}

// KeepRunLength puts a length on the run down: a new one for id 0, or another
// place of one that is there.
type KeepRunLength struct {
	ID     int
	Points [2][2]float64 // pixels of the first frame
	Now    time.Time
}

func (KeepRunLength) undoable() bool { return true }

func (m KeepRunLength) apply(s *State) []Effect {
	s.Run.Draft = nil
	if math.Hypot(m.Points[0][0]-m.Points[1][0], m.Points[0][1]-m.Points[1][1]) < shortestLine {
		s.history.drop()
		return nil
	}
	x := RunLength{ID: m.ID, Points: m.Points}
	if x.ID == 0 {
		for _, l := range s.RunWork().Lengths {
			x.ID = max(x.ID, l.ID)
		}
		x.ID++
	}
	s.Run.Chosen = x.ID
	return EditRun{func(w *RunWork) {
		w.Lengths = slices.DeleteFunc(slices.Clone(w.Lengths), func(l RunLength) bool { return l.ID == x.ID })
		w.Lengths, w.Calibration = append(w.Lengths, x), s.Run.Cine.Calibration
	}, m.Now}.apply(s)
}

// ChooseRunLength gives a length on the run its handles; 0 takes them away.
type ChooseRunLength struct{ ID int }

func (m ChooseRunLength) apply(s *State) []Effect { s.Run.Chosen = m.ID; return nil }

// DropRunLength takes a length on a run away.
type DropRunLength struct {
	Run RunRef
	ID  int
	Now time.Time
}

func (DropRunLength) undoable() bool { return true }

func (m DropRunLength) apply(s *State) []Effect {
	if s.Session.ReadOnly {
		s.history.drop()
		return Say{i18n.ReadOnly.In(s.Settings.Lang), m.Now}.apply(s)
	}
	runs := slices.Clone(s.Work.Runs)
	for i, w := range runs {
		if w.Series == s.Study.Series[m.Run.Series].UID && w.Index == m.Run.Index {
			runs[i].Lengths = slices.DeleteFunc(slices.Clone(w.Lengths), func(l RunLength) bool { return l.ID == m.ID })
		}
	}
	s.Work.Runs = runs
	if s.Run.Chosen == m.ID && m.Run == (RunRef{s.Run.Series, s.Run.Index}) {
		s.Run.Chosen = 0
	}
	return nil
}

// chosenLength reports whether a length on the run shown is chosen.
func (s *State) chosenLength() bool {
	return s.Workspace == Fluoroscopy && s.Run.Cine != nil && slices.ContainsFunc(s.RunWork().Lengths, func(l RunLength) bool { return l.ID == s.Run.Chosen })
}

// deleteDrawn removes the measure that is chosen, on the run or on a CT.
func deleteDrawn(s *State, now time.Time) Msg {
	if s.chosenLength() {
		return DropRunLength{RunRef{s.Run.Series, s.Run.Index}, s.Run.Chosen, now}
	}
	return DeleteMeasure{}
}

func needsChosen(s *State) (i18n.Text, bool) {
	return i18n.NoMeasures, s.Reading.Chosen == 0 && !s.chosenLength()
}
