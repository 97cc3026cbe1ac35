package model

import (
	"time"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/render"
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

// tourDP is about how wide a view of a tour is, dp: the width that a step asks
// for is laid over it.
const tourDP = 600

// stepWindows are the windows of a step.
var stepWindows = map[teach.Window]render.Window{"": render.SpineBone, teach.WindowBone: render.SpineBone, teach.WindowCement: render.Cement, teach.WindowSoft: render.SoftTissue, teach.WindowLung: render.Lung}

// stepPlanes are the planes of a step.
var stepPlanes = map[teach.Plane]Content{teach.Axial: Axial, teach.Sagittal: Sagittal, teach.Coronal: Coronal}

// showStep takes the views to what the step shows. The reference lies over the
// control CT once a step points into it.
func (s *State) showStep(now time.Time) []Effect {
	step, ok := s.TourStep()
	if !ok {
		return nil
	}
	s.Run.Player.Playing = false
	s.reveal(false)
	if step.Show == teach.ShowFluoro {
		return s.showRunStep(step, now)
	}
	slot := PostSlot
	if step.Show == teach.ShowPre && s.Loaded[PreSlot].Volume != nil {
		slot = PreSlot
	}
	s.reveal(slot == PostSlot && len(step.Arrows) > 0)
	s.Reading.Focus = ViewID{slot, Sagittal}
	s.Reading.Window = [2]render.Window{stepWindows[step.Window], stepWindows[step.Window]}
	s.Reading.Views = [2][4]View{}
	at := step.At
	if at == [3]float64{} {
		at, _ = s.treatedCentre()
	}
	if at != [3]float64{} {
		s.goTo(geom.LPS(at[0], at[1], at[2]))
	}
	if step.WideMM > 0 {
		for c := Axial; c <= Coronal; c++ {
			id := ViewID{slot, c}
			v := s.view(id)
			v.MMPerDP = step.WideMM / tourDP
			plane := s.Plane(id)
			if back, err := plane.Inverse(); err == nil {
				v.Centre = back.Apply(s.CursorIn(slot))
			}
		}
	}
	return nil
}

// showRunStep shows a frame of the run, which is read when it is first wanted.
func (s *State) showRunStep(step teach.Step, now time.Time) []Effect {
	i := s.Study.ByRole(Fluoro)
	if i < 0 {
		return nil
	}
	s.Reading.Focus = RunID
	if s.Run.Cine != nil {
		return SetFrame{Frame: step.Frame, Now: now}.apply(s)
	}
	s.Run = Run{Plane: Plane{Series: i}, RunLook: RunLook{Fade: 1}, Frame: step.Frame}
	s.startJob(RunJob, now)
	return []Effect{LoadRun{Study: s.Study, Series: i}}
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
		case step.Show == teach.ShowFluoro && s.HasRun():
			return []ViewID{RunID}, 1
		case step.Show == teach.ShowPre && s.Loaded[PreSlot].Volume != nil:
			slot = PreSlot
		}
		if c, one := stepPlanes[step.Plane]; one {
			return []ViewID{{slot, c}}, 1
		}
	}
	return []ViewID{{slot, Sagittal}, {slot, Axial}}, 2
}
