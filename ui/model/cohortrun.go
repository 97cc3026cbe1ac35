package model

import (
	"slices"
	"time"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/cohort"
	"github.com/vertefill/vertefill/internal/text"
	"github.com/vertefill/vertefill/ui/i18n"
)

// The jobs of a cohort: looking at its headers, and measuring it.
const (
	CheckJob      JobKind = "cohort-check"
	CohortRunning JobKind = "cohort-run"
)

// CohortProgress is how far measuring is.
type CohortProgress struct {
	Done, Total, Failed int
	Left                time.Duration // zero until it can be told
}

// CohortCheck is what a look at the headers found.
type CohortCheck struct {
	Cases []cohort.Checked
	Shown bool // in the place of the table
}

// Problems lists the problems, errors first, cases in their order.
func (c *CohortCheck) Problems() (out []cohort.Problem) {
	for _, severity := range []string{"error", "warning", "info"} {
		for _, k := range c.Cases {
			for _, p := range k.Problems {
				if p.Severity == severity {
					out = append(out, p)
				}
			}
		}
	}
	return out
}

// The effects of checking and running.
type (
	// CheckCohort looks at the headers and answers with CohortChecked.
	CheckCohort struct {
		Source, Path string
		Lang         text.Lang
	}
	// RunCohort measures what is missing or has changed; CohortCase tells of
	// every case, CohortRan of the end.
	RunCohort struct {
		Source, Path string
		Lang         text.Lang
	}
)

func (CheckCohort) effect() {}
func (RunCohort) effect()   {}

// ChooseCohort opens the choice of another cohort, or closes it.
type ChooseCohort struct{ On bool }

func (m ChooseCohort) apply(s *State) []Effect {
	ShowCohort{}.apply(s)
	s.Cohort.Choosing, s.Cohort.Pairing = m.On, false
	if m.On {
		return []Effect{ListFolder{s.Browser.Dir}}
	}
	return nil
}

// LookAround lists a folder in the choice of a cohort.
type LookAround struct{ Dir string }

func (m LookAround) apply(*State) []Effect { return []Effect{ListFolder(m)} }

// CheckCases looks at the headers of the cohort.
type CheckCases struct{ Now time.Time }

func (m CheckCases) apply(s *State) []Effect {
	c := &s.Cohort
	if c.Path == "" {
		return nil
	}
	s.startJob(CheckJob, m.Now)
	return []Effect{CheckCohort{c.Source, c.Path, s.Settings.Lang}}
}

// CohortChecked is the answer to CheckCohort.
type CohortChecked struct {
	Path  string
	Cases []cohort.Checked
	Error string
	Now   time.Time
}

func (m CohortChecked) apply(s *State) []Effect {
	s.endJob(CheckJob)
	if m.Path != s.Cohort.Path {
		return nil // another cohort was opened meanwhile
	}
	if m.Error != "" {
		return Say{m.Error, m.Now}.apply(s)
	}
	s.Cohort.Check = CohortCheck{Cases: m.Cases, Shown: true}
	return nil
}

// MeasureCases measures what of the cohort is missing or has changed, in the
// background.
type MeasureCases struct{ Now time.Time }

func (m MeasureCases) apply(s *State) []Effect {
	c := &s.Cohort
	if c.Path == "" {
		return nil
	}
	c.Running, c.Check.Shown = CohortProgress{Total: c.Cases}, false
	s.startJob(CohortRunning, m.Now)
	return []Effect{RunCohort{c.Source, c.Path, s.Settings.Lang}}
}

// CohortCase tells of a case that was measured, or needed not to be.
type CohortCase struct {
	Path        string
	Case        string
	Rows        []CohortRow
	Failed      bool
	Done, Total int
	Left        time.Duration
}

func (m CohortCase) apply(s *State) []Effect {
	c := &s.Cohort
	if m.Path != c.Path {
		return nil
	}
	c.Running.Done, c.Running.Total, c.Running.Left = m.Done, m.Total, m.Left
	if m.Failed {
		c.Running.Failed++
	}
	for i := range s.Jobs {
		if s.Jobs[i].Kind == CohortRunning && m.Total > 0 {
			s.Jobs[i].Fraction = float64(m.Done) / float64(m.Total)
		}
	}
	of := func(r CohortRow) bool { return r.Case == m.Case }
	at := slices.IndexFunc(c.Rows, of)
	if at < 0 {
		at = len(c.Rows)
	}
	chosen := CohortRow{}
	if c.Chosen >= 0 && c.Chosen < len(c.Rows) {
		chosen = c.Rows[c.Chosen]
	}
	rows := slices.Concat(c.Rows[:at], m.Rows, slices.DeleteFunc(slices.Clone(c.Rows[at:]), of))
	c.Rows = rows
	c.Chosen = slices.IndexFunc(rows, func(r CohortRow) bool { return r.Case == chosen.Case && r.Level == chosen.Level && r.Case != "" })
	c.arrange()
	return nil
}

// CohortRan is the answer to RunCohort.
type CohortRan struct {
	Path  string
	Error string
	Now   time.Time
}

func (m CohortRan) apply(s *State) []Effect {
	s.endJob(CohortRunning)
	if m.Error != "" {
		return Say{m.Error, m.Now}.apply(s)
	}
	if m.Path != s.Cohort.Path {
		return nil
	}
	return Say{i18n.CohortRan.In(s.Settings.Lang, "n", i18n.Whole(s.Settings.Lang, float64(s.Cohort.Running.Done)), "path", m.Path), m.Now}.apply(s)
}

// StopCohort stops measuring: what has landed stays, the rest is done by the
// next run.
type StopCohort struct{ Now time.Time }

func (m StopCohort) apply(s *State) []Effect {
	effects := append(Cancel{CohortRunning}.apply(s), Cancel{CheckJob}.apply(s)...)
	return append(effects, Say{i18n.CohortStopped.In(s.Settings.Lang), m.Now}.apply(s)...)
}

// Pending is how many cases of the cohort are not measured.
func (c *Cohort) Pending() (n int) {
	for i := range c.Rows {
		if c.Rows[i].State == RowPending {
			n++
		}
	}
	return n
}

// Vertebrae is how many rows are vertebrae: a case without numbers has a row too.
func (c *Cohort) Vertebrae() (n int) {
	for i := range c.Rows {
		if c.Rows[i].Level != anatomy.None {
			n++
		}
	}
	return n
}

// cohortRunActions are those of opening, checking and measuring a cohort.
func cohortRunActions() []Action {
	T := i18n.CohortTab
	idle := func(s *State) (i18n.Text, bool) {
		if s.Cohort.Path == "" {
			return i18n.NoCohort, true
		}
		_, checking := s.Job(CheckJob)
		_, running := s.Job(CohortRunning)
		return i18n.CohortBusy, checking || running
	}
	return []Action{
		{ID: "cohort-open", Label: i18n.CohortOpen, Group: T, Icon: "folder", Msg: fixed(ChooseCohort{true})},
		{ID: "cohort-cases-check", Label: i18n.CheckCases, Group: T, Icon: "search", Sense: i18n.CheckCasesSense, Blocked: idle, Msg: func(_ *State, now time.Time) Msg { return CheckCases{now} }},
		{ID: "cohort-measure", Label: i18n.MeasureCases, Group: T, Icon: "play", Sense: i18n.MeasureCasesSense, Blocked: idle, Msg: func(_ *State, now time.Time) Msg { return MeasureCases{now} }},
		{ID: "cohort-stop", Label: i18n.CohortStop, Group: T, Icon: "close", Blocked: func(s *State) (i18n.Text, bool) {
			_, checking := s.Job(CheckJob)
			_, running := s.Job(CohortRunning)
			return i18n.NothingRuns, !checking && !running
		}, Msg: func(_ *State, now time.Time) Msg { return StopCohort{now} }},
	}
}
