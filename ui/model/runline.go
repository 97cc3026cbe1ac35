package model

import (
	"errors"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/vertefill/vertefill/internal/fluoro"
	"github.com/vertefill/vertefill/ui/i18n"
)

// Names of the lines that the program proposes; a line of the reader of the same name takes their place.
const (
	PosteriorWall    = "posterior-wall"
	EndplateSuperior = "endplate-superior"
	EndplateInferior = "endplate-inferior"
)

// Lines of the neighbours, which the reader draws for the local kyphosis.
const (
	PlateAbove = "endplate-above"
	PlateBelow = "endplate-below"
)

// LineName is the name of a line in words.
func LineName(name string) i18n.Text {
	switch name {
	case PosteriorWall:
		return i18n.LineWall
	case EndplateSuperior:
		return i18n.LineUpper
	case EndplateInferior:
		return i18n.LineLower
	case PlateAbove:
		return i18n.LineAbove
	case PlateBelow:
		return i18n.LineBelow
	}
	return i18n.Text{EN: name, FR: name}
}

// DrawLine begins a line of a name on the run; empty for a line of its own.
type DrawLine struct{ Name string }

func (m DrawLine) apply(s *State) []Effect {
	if m.Name == "" {
		for n := 1; ; n++ {
			m.Name = strconv.Itoa(n)
			if !slices.ContainsFunc(s.RunWork().Lines, func(l fluoro.Line) bool { return l.Name == m.Name }) {
				break
			}
		}
	}
	s.Run.Drawing, s.Run.Draft, s.Run.Known = m.Name, nil, nil
	s.Run.Player.Playing = false
	return nil
}

// SketchRun moves the ends of what is drawn on the run.
type SketchRun struct{ Points [][2]float64 }

func (m SketchRun) apply(s *State) []Effect {
	s.Run.Draft = m.Points
	if s.Run.Known != nil {
		k := *s.Run.Known
		k.Known, k.Why = nil, i18n.Text{}
		s.Run.Known = &k
	}
	return nil
}

// shortestLine is the least length of a line, in pixels.
const shortestLine = 3

// KeepLine puts a line of the run down: a new one, or another place of one that is there.
type KeepLine struct {
	Name   string
	Points [2][2]float64 // pixels of the first frame
	Now    time.Time
}

func (KeepLine) undoable() bool { return true }

func (m KeepLine) apply(s *State) []Effect {
	s.Run.Drawing, s.Run.Draft = "", nil
	a, b := m.Points[0], m.Points[1]
	if math.Hypot(a[0]-b[0], a[1]-b[1]) < shortestLine {
		s.history.drop()
		return nil
	}
	for i := range m.Points {
		for k := range m.Points[i] {
			m.Points[i][k] = math.Round(10*m.Points[i][k]) / 10
		}
	}
	return EditRun{func(w *RunWork) {
		w.Lines = append(without(w.Lines, m.Name), fluoro.Line{Name: m.Name, Points: m.Points})
	}, m.Now}.apply(s)
}

// DropLine takes a line of the reader away; one that it stood for comes back.
type DropLine struct {
	Name string
	Now  time.Time
}

func (DropLine) undoable() bool { return true }

func (m DropLine) apply(s *State) []Effect {
	return EditRun{func(w *RunWork) { w.Lines = without(w.Lines, m.Name) }, m.Now}.apply(s)
}

func without(lines []fluoro.Line, name string) (out []fluoro.Line) {
	for _, l := range lines {
		if l.Name != name {
			out = append(out, l)
		}
	}
	return out
}

// Calibrate begins to draw an object of known size.
type Calibrate struct{}

func (Calibrate) apply(s *State) []Effect {
	s.Run.Drawing, s.Run.Draft = "", nil
	s.Run.Known = &KnownDraft{Object: usualObject, MM: fluoro.Objects[usualObject].MM}
	s.Run.Player.Playing = false
	return nil
}

// usualObject is the trocar of 11 gauge.
const usualObject = 2

// SetKnown says what the object is; an index beyond the known ones takes the length.
type SetKnown struct {
	Object int
	MM     float64
}

func (m SetKnown) apply(s *State) []Effect {
	if s.Run.Known == nil {
		return nil
	}
	if m.Object < len(fluoro.Objects) {
		m.MM = fluoro.Objects[m.Object].MM
	}
	s.Run.Known = &KnownDraft{Object: m.Object, MM: m.MM}
	return JudgeKnown{}.apply(s)
}

// longestKnown is the longest length that a known object may have, mm: more than fits on a detector is a slip of the keyboard.
const longestKnown = 500

// JudgeKnown finds what the object drawn gives: the width of a rod along the line, or a length from end to end.
type JudgeKnown struct{}

func (JudgeKnown) apply(s *State) []Effect {
	k, d := s.Run.Known, s.Run.Draft
	if k == nil || len(d) < 2 {
		return nil
	}
	next := *k
	next.Known = nil
	s.Run.Known = &next
	out := Known{Points: [2][2]float64{d[0], d[1]}, MM: k.MM, Frame: s.Run.Frame}
	if !(k.MM > 0 && k.MM <= longestKnown) {
		next.Why = i18n.KnownLength
		return nil
	}
	if k.Object < len(fluoro.Objects) {
		out.Object = fluoro.Objects[k.Object].Name
		return []Effect{MeasureRod{s.Run.Source, out, &next}}
	}
	var err error
	out.Calibration, out.Relative, err = fluoro.Calibrate(s.Run.Cine.Calibration, out.MM, d[0], d[1])
	next.judged(out, err)
	return nil
}

// judged puts down what an object gives, or why it gives nothing.
func (k *KnownDraft) judged(out Known, err error) {
	switch {
	case errors.Is(err, fluoro.ErrTooShort):
		k.Why = i18n.KnownShort
	case err != nil:
		k.Why = i18n.KnownNoRod
	default:
		k.Known, k.Why = &out, i18n.Text{}
	}
}

// MeasureRod is the effect that measures the width of a rod and answers with RodMeasured.
type MeasureRod struct {
	Source *fluoro.Run
	Known  Known
	of     *KnownDraft
}

func (MeasureRod) effect() {}

// Answer measures; it reads a frame.
func (m MeasureRod) Answer() RodMeasured {
	out := RodMeasured{Known: m.Known, of: m.of}
	out.Known.Calibration, out.Known.Relative, out.err = fluoro.CalibrateByRod(m.Source, m.Known.Frame, m.Known.MM, m.Known.Points[0], m.Known.Points[1])
	return out
}

// RodMeasured is the answer to MeasureRod.
type RodMeasured struct {
	Known Known
	err   error
	of    *KnownDraft
}

func (m RodMeasured) apply(s *State) []Effect {
	if s.Run.Known != m.of {
		return nil // it was drawn anew meanwhile
	}
	next := *m.of
	next.judged(m.Known, m.err)
	s.Run.Known = &next
	return nil
}

// KeepKnown takes the size of a pixel from the object drawn.
type KeepKnown struct{ Now time.Time }

func (KeepKnown) undoable() bool { return true }

func (m KeepKnown) apply(s *State) []Effect {
	if s.Run.Known == nil || s.Run.Known.Known == nil {
		s.history.drop()
		return nil
	}
	k := s.Run.Known.Known
	s.Run.Known, s.Run.Draft = nil, nil
	return EditRun{func(w *RunWork) { w.Known = k }, m.Now}.apply(s)
}

// ForgetKnown brings the calibration of the file back.
type ForgetKnown struct{ Now time.Time }

func (ForgetKnown) undoable() bool { return true }

func (m ForgetKnown) apply(s *State) []Effect {
	s.Run.Known, s.Run.Draft = nil, nil
	return EditRun{func(w *RunWork) { w.Known = nil }, m.Now}.apply(s)
}

// leaveRun lets go of what is drawn on the run and reports whether there was anything.
func (s *State) leaveRun() bool {
	l := &s.Run.RunLook
	if s.Workspace != Fluoroscopy {
		return false
	}
	if l.Point.Placing {
		l.Point.Placing = false
		return true
	}
	if l.Drawing == "" && l.Known == nil && !l.Shifting {
		if !s.MeasuresRun() && l.Chosen == 0 {
			return false
		}
		l.Draft, l.Chosen = nil, 0
		if s.MeasuresRun() {
			s.Reading.Tool = WindowTool
		}
		return true
	}
	l.Drawing, l.Draft, l.Known, l.Shifting = "", nil, nil, false
	return true
}

// Drawn reports whether the left button draws on the run.
func (l *RunLook) Drawn() bool { return l.Drawing != "" || l.Known != nil }
