package model

import (
	"time"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/teach"
)

// Lab is the phantom to practise with: what is asked for, and what is shown.
type Lab struct {
	Asked teach.Practice
	Shown *teach.Played // nil until the first is made
}

// MakeLab makes a phantom, measures it and answers with LabMade.
type MakeLab struct{ Practice teach.Practice }

func (MakeLab) effect() {}

// firstPatient is the seed of the phantom that practice begins with.
const firstPatient = 1

// OpenLab starts practising.
type OpenLab struct{ Now time.Time }

func (m OpenLab) apply(s *State) []Effect {
	s.close()
	s.Workspace = Teaching
	s.Lesson.Lab = &Lab{Asked: teach.NewPractice(firstPatient)}
	s.startJob(CaseJob, m.Now)
	return []Effect{StopJob{AnalyseJob}, MakeLab{s.Lesson.Lab.Asked}}
}

// TurnKnob changes what is asked for and makes the phantom again; the images
// of before stay until then.
type TurnKnob struct {
	Change func(*teach.Practice)
	Now    time.Time
}

func (m TurnKnob) apply(s *State) []Effect {
	if s.Lesson.Lab == nil {
		return nil
	}
	lab := *s.Lesson.Lab
	m.Change(&lab.Asked)
	if lab.Asked == s.Lesson.Lab.Asked {
		return nil
	}
	s.Lesson.Lab = &lab
	s.startJob(CaseJob, m.Now)
	return []Effect{MakeLab{lab.Asked}}
}

// LabMade is the answer to MakeLab.
type LabMade struct {
	Practice teach.Practice
	Made     *teach.Played
	Error    string
	Now      time.Time
}

func (m LabMade) apply(s *State) []Effect {
	if s.Lesson.Lab == nil || s.Lesson.Lab.Asked != m.Practice {
		return nil // a knob was turned meanwhile
	}
	s.endJob(CaseJob)
	if m.Error != "" {
		return Say{m.Error, m.Now}.apply(s)
	}
	s.Lesson.Lab = &Lab{Asked: m.Practice, Shown: m.Made}
	vol := m.Made.Post
	if r := &s.Reading; s.Loaded[PostSlot].Volume == nil {
		centre := vol.Patient(geom.Vox(float64(vol.NX-1)/2, float64(vol.NY-1)/2, float64(vol.NZ-1)/2))
		if list := m.Made.Result.Report.Vertebrae; len(list) > 0 {
			c := list[0].CentroidLPS
			centre = geom.LPS(c[0], c[1], c[2])
		}
		r.Home[PostSlot], r.Cursor[PostSlot] = centre, centre
		r.Focus = ViewID{PostSlot, Sagittal}
	}
	s.Loaded[PostSlot] = Loaded{Series: -1, Volume: vol}
	shown := *m.Made.Result
	shown.Upto = teach.StageReference // a phantom of a lesson is nobody's result
	s.Result = &shown
	return nil
}
