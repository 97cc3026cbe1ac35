package model

import (
	"time"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/teach"
)

// StepTour goes through the steps of a tour.
type StepTour struct {
	By  int
	Now time.Time
}

func (m StepTour) apply(s *State) []Effect {
	p := s.Lesson.Play
	if p == nil || p.Way != Tour {
		return nil
	}
	c := *p
	c.Step = min(max(p.Step+m.By, 0), max(len(p.Case.Steps)-1, 0))
	s.Lesson.Play = &c
	return s.showStep(m.Now)
}

// TourStep is the step that is shown; ok is false outside a tour.
func (s *State) TourStep() (step teach.Step, ok bool) {
	p := s.Lesson.Play
	if p == nil || p.Way != Tour || p.Step >= len(p.Case.Steps) {
		return step, false
	}
	return p.Case.Steps[p.Step], true
}

// What a step shows.
const (
	showPre    = "pre"
	showPost   = "post"
	showFluoro = "fluoro"
)

// showStep takes the views to what the step shows. The reference lies over the
// control CT once a step points into it.
func (s *State) showStep(now time.Time) []Effect {
	step, ok := s.TourStep()
	if !ok {
		return nil
	}
	s.Run.Player.Playing = false
	s.reveal(false)
	switch step.Show {
	case showFluoro:
		i := s.Study.ByRole(Fluoro)
		if i < 0 {
			return nil
		}
		s.Reading.Focus = RunID
		if s.Run.Cine != nil {
			return SetFrame{Frame: step.Frame, Now: now}.apply(s)
		}
		s.Run = Run{Plane: Plane{Series: i}, Frame: step.Frame}
		s.startJob(RunJob, now)
		return []Effect{LoadRun{Study: s.Study, Series: i}}
	case showPre:
		s.Reading.Focus = ViewID{PreSlot, Sagittal}
	case showPost:
		s.Reading.Focus = ViewID{PostSlot, Sagittal}
		if step.At != [3]float64{} {
			s.reveal(true)
		}
	}
	at := step.At
	if at == [3]float64{} {
		if c, ok := s.treatedCentre(); ok {
			at = c
		}
	}
	if at != [3]float64{} {
		s.goTo(geom.LPS(at[0], at[1], at[2]))
	}
	return nil
}

// treatedCentre is the middle of the first treated body of the case.
func (s *State) treatedCentre() (at [3]float64, ok bool) {
	p := s.Lesson.Play
	for _, v := range p.reference.Report.Vertebrae {
		if v.Treated {
			return v.CentroidLPS, true
		}
	}
	return at, false
}

// lessonGrid are the views of the case that is open.
func (s *State) lessonGrid() (views []ViewID, columns int) {
	slot := s.Main()
	if step, ok := s.TourStep(); ok {
		switch {
		case step.Show == showFluoro && s.HasRun():
			return []ViewID{RunID}, 1
		case step.Show == showPre && s.Loaded[PreSlot].Volume != nil:
			slot = PreSlot
		}
	}
	return []ViewID{{slot, Sagittal}, {slot, Axial}}, 2
}
