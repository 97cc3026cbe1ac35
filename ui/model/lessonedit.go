package model

import (
	"slices"
	"time"

	"github.com/vertefill/vertefill/internal/teach"
	"github.com/vertefill/vertefill/ui/i18n"
)

// StepUse is what the words of the dialog of a step are for.
type StepUse int

// The uses.
const (
	StepOfStudy  StepUse = iota // a new step of the tour of the open study
	StepInserted                // a new step behind the one shown of a case's tour
	StepChanged                 // the words and the arrow of the step shown
)

// WriteTour writes the steps of a case's tour and answers with TourWritten.
type WriteTour struct {
	Dir   string
	Steps []teach.Step
}

func (WriteTour) effect() {}

// EditTour starts or ends editing the tour that is shown.
type EditTour struct{ On bool }

func (m EditTour) apply(s *State) []Effect {
	if p := s.Lesson.Play; p != nil && p.Way == Tour {
		c := *p
		c.Editing = m.On
		s.Lesson.Play = &c
	}
	return nil
}

// AskStep opens the dialog of a step of the tour that is edited.
type AskStep struct{ For StepUse }

func (m AskStep) apply(s *State) []Effect {
	s.Lesson.StepFor = m.For
	s.Overlay = StepDialog
	return nil
}

// editing reports whether the tour that is shown is being edited.
func (s *State) editing() bool {
	p := s.Lesson.Play
	return p != nil && p.Way == Tour && p.Editing
}

// changeTour puts other steps in the place of those of the tour, shows one of
// them, and writes the case.
func (s *State) changeTour(steps []teach.Step, at int, now time.Time) []Effect {
	p := *s.Lesson.Play
	c := *p.Case
	c.Steps = steps
	p.Case, p.Step = &c, min(max(at, 0), max(len(steps)-1, 0))
	s.Lesson.Play = &p
	if p.At < len(s.Lesson.Cases) {
		s.Lesson.Cases = slices.Clone(s.Lesson.Cases)
		s.Lesson.Cases[p.At] = LessonCase{Case: c, Dir: p.Dir}
	}
	return append([]Effect{WriteTour{p.Dir, steps}}, s.showStep(now)...)
}

// TakeView makes the step show what its view shows now: plane, place, width,
// window or frame. Its words and arrows stay.
type TakeView struct{ Now time.Time }

func (m TakeView) apply(s *State) []Effect {
	step, ok := s.TourStep()
	if !ok || !s.editing() {
		return nil
	}
	here := s.stepHere()
	here.Title, here.Text, here.Level = step.Title, step.Text, step.Level
	if here.Show == step.Show {
		here.Arrows = step.Arrows
	}
	steps := slices.Clone(s.Lesson.Play.Case.Steps)
	steps[s.Lesson.Play.Step] = here
	return append(s.changeTour(steps, s.Lesson.Play.Step, m.Now), Say{i18n.ViewTaken.In(s.Settings.Lang), m.Now}.apply(s)...)
}

// MoveStep moves the step that is shown to earlier (-1) or later (1).
type MoveStep struct {
	By  int
	Now time.Time
}

func (m MoveStep) apply(s *State) []Effect {
	if !s.editing() {
		return nil
	}
	p := s.Lesson.Play
	to := p.Step + m.By
	if to < 0 || to >= len(p.Case.Steps) {
		return nil
	}
	steps := slices.Clone(p.Case.Steps)
	steps[p.Step], steps[to] = steps[to], steps[p.Step]
	return s.changeTour(steps, to, m.Now)
}

// RemoveStep takes the step that is shown out of the tour; the last one stays.
type RemoveStep struct{ Now time.Time }

func (m RemoveStep) apply(s *State) []Effect {
	if !s.editing() || len(s.Lesson.Play.Case.Steps) < 2 {
		return nil
	}
	p := s.Lesson.Play
	return s.changeTour(slices.Delete(slices.Clone(p.Case.Steps), p.Step, p.Step+1), p.Step, m.Now)
}

// TourWritten is the answer to WriteTour.
type TourWritten struct {
	Error string
	Now   time.Time
}

func (m TourWritten) apply(s *State) []Effect {
	if m.Error != "" {
		return Say{m.Error, m.Now}.apply(s)
	}
	return nil
}

// tourActions are those of editing a tour.
func tourActions() []Action {
	T := i18n.Teaching
	editing := func(s *State) (i18n.Text, bool) { return i18n.NoTourEdited, !s.editing() }
	move := func(by int) func(*State, time.Time) Msg {
		return func(_ *State, now time.Time) Msg { return MoveStep{by, now} }
	}
	return []Action{
		{ID: "tour-edit", Label: i18n.EditTour, Group: T, Icon: "note", Sense: i18n.EditTourSense, Blocked: needsTour, Msg: func(s *State, _ time.Time) Msg { return EditTour{!s.editing()} }},
		{ID: "tour-words", Label: i18n.EditStep, Group: T, Icon: "note", Blocked: editing, Msg: fixed(AskStep{StepChanged})},
		{ID: "tour-view", Label: i18n.TakeView, Group: T, Icon: "eye", Sense: i18n.AddStepSense, Blocked: editing, Msg: func(_ *State, now time.Time) Msg { return TakeView{now} }},
		{ID: "tour-insert", Label: i18n.InsertStep, Group: T, Icon: "plus", Sense: i18n.AddStepSense, Blocked: editing, Msg: fixed(AskStep{StepInserted})},
		{ID: "tour-earlier", Label: i18n.StepEarlier, Group: T, Icon: "up", Blocked: editing, Msg: move(-1)},
		{ID: "tour-later", Label: i18n.StepLater, Group: T, Icon: "down", Blocked: editing, Msg: move(1)},
		{ID: "tour-remove", Label: i18n.DropStep, Group: T, Icon: "close", Blocked: editing, Msg: func(_ *State, now time.Time) Msg { return RemoveStep{now} }},
	}
}
