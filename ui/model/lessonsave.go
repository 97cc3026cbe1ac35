package model

import (
	"slices"
	"time"

	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/dicomio"
	"github.com/vertefill/vertefill/internal/session"
	"github.com/vertefill/vertefill/internal/teach"
	"github.com/vertefill/vertefill/ui/i18n"
)

// SaveCase makes a teaching case of the open study and answers with CaseSaved.
type SaveCase struct {
	Texts  teach.Case
	Source teach.Source
}

func (SaveCase) effect() {}

// AddStep takes the view that has the focus as the next step of a tour. The
// words come from the dialog.
type AddStep struct {
	Title, Text teach.Words
	From        [2]float64  // where an arrow to the crosshair, on a run to the middle of the view, comes from on the screen; zero: no arrow
	Says        teach.Words // at the arrow
	Now         time.Time
}

// arrows are those of a step with the words of the dialog.
func (m AddStep) arrows(s *State, step teach.Step) []teach.Arrow {
	switch {
	case m.From == [2]float64{}:
		return nil
	case step.Show == teach.ShowFluoro:
		return []teach.Arrow{{Tip: s.runMiddle(), From: m.From, Text: m.Says}}
	}
	return []teach.Arrow{{Tip: step.At, From: m.From, Text: m.Says}}
}

// runMiddle is the pixel of the first frame that lies in the middle of the view of the run.
func (s *State) runMiddle() [3]float64 {
	c := s.Run.Cine
	if c == nil {
		return [3]float64{}
	}
	x, y := float64(c.NX-1)/2, float64(c.NY-1)/2
	if v := s.Run.View; v.MMPerDP > 0 {
		x, y = v.Centre.X, v.Centre.Y
		if c.RowMM > 0 && c.ColMM > 0 {
			y *= c.ColMM / c.RowMM
		}
	}
	if shown := s.Run.Shown; shown != nil && s.Run.Frame < len(shown.Found.Motion) {
		x, y = shown.Found.Motion[s.Run.Frame].Inverse().Apply(x, y, c.NX, c.NY)
	}
	return [3]float64{x, y, 0}
}

// StepOnRun reports whether the dialog of a step is about a frame of the run.
func (s *State) StepOnRun() bool {
	if s.Lesson.StepFor == StepChanged {
		step, _ := s.TourStep()
		return step.Show == teach.ShowFluoro
	}
	return s.stepHere().Show == teach.ShowFluoro
}

func (m AddStep) apply(s *State) []Effect {
	s.Overlay = NoOverlay
	use := s.Lesson.StepFor
	s.Lesson.StepFor = StepOfStudy
	if use != StepOfStudy && s.editing() {
		at := s.Lesson.Play.Step
		steps := slices.Clone(s.Lesson.Play.Case.Steps)
		if use == StepInserted {
			at++
			steps = slices.Insert(steps, at, s.stepHere())
		}
		x := steps[at]
		if use == StepChanged && len(x.Arrows) > 0 && x.Arrows[0].From == m.From {
			x.Arrows = slices.Clone(x.Arrows) // it points where it did
			x.Arrows[0].Text = m.Says
		} else {
			if use == StepChanged && x.Show != teach.ShowFluoro {
				x.At = s.stepHere().At
			}
			x.Arrows = m.arrows(s, x)
		}
		x.Title, x.Text = m.Title, m.Text
		steps[at] = x
		return s.changeTour(steps, at, m.Now)
	}
	step := s.stepHere()
	step.Title, step.Text = m.Title, m.Text
	step.Arrows = m.arrows(s, step)
	s.Lesson.Steps = append(slices.Clip(s.Lesson.Steps), step)
	return Say{i18n.StepAdded.In(s.Settings.Lang, "n", s.Settings.Lang.Number(float64(len(s.Lesson.Steps)), 0)), m.Now}.apply(s)
}

// stepHere is what the view with the focus shows, without words.
func (s *State) stepHere() teach.Step {
	id := s.Reading.Focus
	if id.Content == RunView || s.Workspace == Fluoroscopy {
		return teach.Step{Show: teach.ShowFluoro, Frame: s.Run.Frame}
	}
	step := teach.Step{Show: teach.ShowPost, Window: teach.WindowBone}
	if id.Slot == PreSlot {
		step.Show = teach.ShowPre
	}
	for plane, c := range stepPlanes {
		if c == id.Content {
			step.Plane = plane
		}
	}
	for name, w := range stepWindows {
		if w == s.Reading.Window[id.Slot] && name != "" {
			step.Window = name
		}
	}
	at := s.CursorIn(id.Slot)
	step.At = [3]float64{at.X, at.Y, at.Z}
	step.WideMM = s.View(id).MMPerDP * tourDP
	return step
}

// DropStep takes a prepared step out again.
type DropStep struct{ At int }

func (m DropStep) apply(s *State) []Effect {
	if m.At >= 0 && m.At < len(s.Lesson.Steps) {
		s.Lesson.Steps = slices.Delete(slices.Clone(s.Lesson.Steps), m.At, m.At+1)
	}
	return nil
}

// KeepCase saves the open study as a teaching case with the words given.
type KeepCase struct {
	Texts teach.Case
	Now   time.Time
}

func (m KeepCase) apply(s *State) []Effect {
	if s.Result == nil || s.Result.Upto != "" || s.Study == nil {
		return nil
	}
	s.startJob(CaseJob, m.Now)
	m.Texts.Steps = s.Lesson.Steps
	src := teach.Source{Paths: []string{s.Study.Path}, Images: s.caseImages(), Result: s.Result}
	for _, x := range s.Study.Series {
		if x.Source != nil && x.Source.Series != nil && !slices.Contains(src.Patients, x.Source.Patient) {
			src.Patients = append(src.Patients, x.Source.Patient)
		}
	}
	if len(src.Patients) == 0 { // what the window shows of the patient must not stand in a text either
		p := s.Study.Patient
		src.Patients = []dicomio.Patient{{Name: p.Name, ID: p.ID, BirthDate: p.Birth}}
	}
	return []Effect{SaveCase{m.Texts, src}}
}

// caseImages are the series that go into a case: both CTs and the runs.
func (s *State) caseImages() session.Study {
	out := s.sessionStudy()
	out.Fluoro = nil
	for _, x := range s.Study.Series {
		if x.Role == Fluoro {
			out.Fluoro = append(out.Fluoro, x.UID)
		}
	}
	return out
}

// CaseSaved is the answer to SaveCase.
type CaseSaved struct {
	Said   string
	Failed bool // the dialog stays open with what was typed
	Now    time.Time
}

func (m CaseSaved) apply(s *State) []Effect {
	s.endJob(CaseJob)
	if !m.Failed {
		s.Overlay, s.Lesson.Steps, s.Lesson.Listed = NoOverlay, nil, false
	}
	return Say{m.Said, m.Now}.apply(s)
}

// needsWhole says why a study cannot become a case.
func needsWhole(s *State) (i18n.Text, bool) {
	return i18n.NotYet, s.Result == nil || s.Result.Upto != assess.Stage("") || s.Lesson.Play != nil
}

// saveActions are those of preparing a case.
func saveActions() []Action {
	T := i18n.Teaching
	return []Action{
		{ID: "save-case", Label: i18n.SaveCase, Group: T, Icon: "teach", Sense: i18n.SaveCaseSense, Blocked: needsWhole, Msg: fixed(SetOverlay{CaseDialog})},
		{ID: "tour-step", Label: i18n.AddStep, Group: T, Icon: "plus", Sense: i18n.AddStepSense, Blocked: needsWhole, Msg: fixed(AskStep{StepOfStudy})},
	}
}
