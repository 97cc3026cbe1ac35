package model

import (
	"time"

	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/ui/i18n"
)

// JobKind tells jobs apart: a new job of a kind replaces a running one.
type JobKind string

// The kinds of jobs.
const (
	ScanJob    JobKind = "scan"
	LoadJob    JobKind = "load"
	RunJob     JobKind = "run"
	MeasureJob JobKind = "measure-run"
	RoadJob    JobKind = "roadmap"
	CohortJob  JobKind = "cohort"
	AnalyseJob JobKind = "analyse"
	DemoJob    JobKind = "demo"
	HandJob    JobKind = "hand"
	EditJob    JobKind = "edit"
	PictureJob JobKind = "pictures"
	PageJob    JobKind = "page"
	ExportJob  JobKind = "export"
	CaseJob    JobKind = "case"
)

// Job is work in the background.
type Job struct {
	Kind     JobKind
	Fraction float64 // 0..1
	Stage    string  // of the analysis
	Done     []StageTime
	Started  time.Time
}

// StageTime is a finished stage of the analysis.
type StageTime struct {
	Stage string
	Took  time.Duration
}

// Job returns the running job of the kind.
func (s *State) Job(k JobKind) (Job, bool) {
	for _, j := range s.Jobs {
		if j.Kind == k {
			return j, true
		}
	}
	return Job{}, false
}

func (s *State) startJob(k JobKind, now time.Time) {
	s.endJob(k)
	s.Jobs = append(s.Jobs, Job{Kind: k, Started: now})
}

func (s *State) endJob(k JobKind) {
	var rest []Job
	for _, j := range s.Jobs {
		if j.Kind != k {
			rest = append(rest, j)
		}
	}
	s.Jobs = rest
}

// Progress tells how far a job is.
type Progress struct {
	Kind     JobKind
	Fraction float64
	Stage    string
	At       time.Time
}

func (m Progress) apply(s *State) []Effect {
	for i := range s.Jobs {
		j := &s.Jobs[i]
		if j.Kind != m.Kind {
			continue
		}
		if m.Stage != "" && m.Stage != j.Stage {
			if j.Stage != "" {
				took := m.At.Sub(j.Started)
				for _, d := range j.Done {
					took -= d.Took
				}
				j.Done = append(append([]StageTime(nil), j.Done...), StageTime{j.Stage, took})
			}
			j.Stage = m.Stage
		}
		j.Fraction = m.Fraction
	}
	return nil
}

// Cancel stops a job; of an analysis the bodies found so far stay.
type Cancel struct{ Kind JobKind }

func (m Cancel) apply(s *State) []Effect {
	s.endJob(m.Kind)
	if m.Kind == ScanJob {
		s.stopEarly()
	}
	return []Effect{StopJob(m)}
}

// JobBroken ends a job that failed in a way nobody foresaw.
type JobBroken struct {
	Kind  JobKind
	Error string
	Now   time.Time
}

func (m JobBroken) apply(s *State) []Effect {
	s.endJob(m.Kind)
	if m.Kind == AnalyseJob {
		s.Failure = m.Error
		return nil
	}
	return Say{m.Error, m.Now}.apply(s)
}

// Remaining estimates the seconds left, rounded up; ok is false while it is
// too early to know within about a third.
func (j Job) Remaining(now time.Time) (seconds int, ok bool) {
	gone := now.Sub(j.Started).Seconds()
	if j.Fraction < 0.25 || gone < 2 || j.Fraction >= 1 {
		return 0, false
	}
	return int(gone*(1-j.Fraction)/j.Fraction) + 1, true
}

// Stage is a step of the analysis as the progress panel names it; ID is the
// name that package assess reports.
type Stage struct {
	ID   string
	Name i18n.Text
}

// Stages are the steps of the analysis in their order.
var Stages = []Stage{
	{string(assess.StageVertebrae), i18n.StepVertebra},
	{string(assess.StageRegister), i18n.StepRegister},
	{string(assess.StageCement), i18n.StepCement},
	{string(assess.StageLeaks), i18n.StepLeak},
}
