package model

import (
	"math"
	"slices"
	"time"

	"github.com/vertefill/vertefill/internal/measure"
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
	dx, dy := points[1][0]-points[0][0], points[1][1]-points[0][1]
	c := s.RunCalibration()
	if c.ColMM > 0 && c.RowMM > 0 {
		return math.Hypot(dx*c.ColMM, dy*c.RowMM), true
	}
	return math.Hypot(dx, dy), false
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
		w.Lengths = append(w.Lengths, x)
	}, m.Now}.apply(s)
}

// ChooseRunLength gives a length on the run its handles; 0 takes them away.
type ChooseRunLength struct{ ID int }

func (m ChooseRunLength) apply(s *State) []Effect { s.Run.Chosen = m.ID; return nil }

// DropRunLength takes the chosen length away.
type DropRunLength struct{ Now time.Time }

func (DropRunLength) undoable() bool { return true }

func (m DropRunLength) apply(s *State) []Effect {
	id := s.Run.Chosen
	s.Run.Chosen = 0
	return EditRun{func(w *RunWork) {
		w.Lengths = slices.DeleteFunc(slices.Clone(w.Lengths), func(l RunLength) bool { return l.ID == id })
	}, m.Now}.apply(s)
}

// chosenLength reports whether a length on the run shown is chosen.
func (s *State) chosenLength() bool {
	return s.Workspace == Fluoroscopy && s.Run.Cine != nil && slices.ContainsFunc(s.RunWork().Lengths, func(l RunLength) bool { return l.ID == s.Run.Chosen })
}

// deleteDrawn removes the measure that is chosen, on the run or on a CT.
func deleteDrawn(s *State, now time.Time) Msg {
	if s.chosenLength() {
		return DropRunLength{now}
	}
	return DeleteMeasure{}
}

func needsChosen(s *State) (i18n.Text, bool) {
	return i18n.NoMeasures, s.Reading.Chosen == 0 && !s.chosenLength()
}
