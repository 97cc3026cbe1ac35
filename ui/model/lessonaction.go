package model

import (
	"time"

	"github.com/vertefill/vertefill/ui/i18n"
)

// needsCase says why nothing can be done to a case: none is open.
func needsCase(s *State) (i18n.Text, bool) {
	return i18n.NoCaseOpen, s.Workspace != Teaching || s.Lesson.Play == nil
}

// needsAnswer says why the reference is not shown: the answer comes first.
func needsAnswer(s *State) (i18n.Text, bool) {
	if why, blocked := needsCase(s); blocked {
		return why, true
	}
	return i18n.AnswerFirst, s.Blind()
}

func needsTour(s *State) (i18n.Text, bool) {
	_, ok := s.TourStep()
	return i18n.NoCaseOpen, s.Workspace != Teaching || !ok
}

// notDuringCase keeps what would tell the answer away from a case that is
// open.
func notDuringCase(blocked func(*State) (i18n.Text, bool)) func(*State) (i18n.Text, bool) {
	return func(s *State) (i18n.Text, bool) {
		if s.Lesson.Play != nil || s.Lesson.Lab != nil {
			return i18n.CaseIsOpen, true
		}
		return blocked(s)
	}
}

// lessonActions are those of teaching.
func lessonActions() []Action {
	T := i18n.Teaching
	step := func(by int) func(*State, time.Time) Msg {
		return func(_ *State, now time.Time) Msg { return StepTour{by, now} }
	}
	return []Action{
		{ID: "teaching", Label: i18n.Teaching, Group: T, Icon: "teach", Keys: ctrl("6"), Msg: fixed(ShowLessons{})},
		{ID: "answer", Label: i18n.GiveAnswer, Group: T, Icon: "check", Blocked: func(s *State) (i18n.Text, bool) {
			if why, blocked := needsCase(s); blocked {
				return why, true
			}
			return i18n.AnswerGiven, !s.Blind()
		}, Msg: func(_ *State, now time.Time) Msg { return GiveAnswer{now} }},
		{ID: "reference", Label: i18n.ShowReference, Group: T, Icon: "eye", Keys: []Key{{Name: "R", Ctrl: true}}, Blocked: needsAnswer, Msg: fixed(ShowReference{})},
		{ID: "case-next", Label: i18n.NextCase, Group: T, Icon: "right", Blocked: needsCase, Msg: func(s *State, now time.Time) Msg {
			return PlayCase{At: (s.Lesson.Play.At + 1) % len(s.Lesson.Cases), Way: s.Lesson.Play.Way, Now: now}
		}},
		{ID: "case-leave", Label: i18n.LeaveCase, Group: T, Icon: "close", Blocked: func(s *State) (i18n.Text, bool) {
			return i18n.NoCaseOpen, s.Workspace != Teaching || s.Lesson.Play == nil && s.Lesson.Lab == nil
		}, Msg: fixed(LeaveCase{})},
		{ID: "cases-export", Label: i18n.PackAll, Group: T, Icon: "export", Sense: i18n.PackAllSense, Blocked: func(s *State) (i18n.Text, bool) {
			return i18n.NoCaseMade, len(s.Lesson.made()) == 0
		}, Msg: func(s *State, now time.Time) Msg { return ExportCases{now} }},
		{ID: "practise", Label: i18n.Practise, Group: T, Icon: "vert", Sense: i18n.PractiseSense, Msg: func(_ *State, now time.Time) Msg { return OpenLab{now} }},
		{ID: "tour-on", Label: i18n.TourOn, Group: T, Icon: "next", Sense: i18n.TourKeys, Blocked: needsTour, Msg: step(1)},
		{ID: "tour-back", Label: i18n.TourBack, Group: T, Icon: "prev", Sense: i18n.TourKeys, Blocked: needsTour, Msg: step(-1)},
	}
}

// made are the folders of the cases of the collection that are there: built-in
// ones once they were opened.
func (l *Lesson) made() (dirs []string) {
	for _, c := range l.Cases {
		if c.Dir != "" {
			dirs = append(dirs, c.Dir)
		}
	}
	return dirs
}

// ExportCases writes the collection as one file.
type ExportCases struct{ Now time.Time }

func (m ExportCases) apply(s *State) []Effect {
	s.startJob(CaseJob, m.Now)
	return []Effect{PackCases{s.Lesson.made()}}
}
