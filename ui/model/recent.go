package model

import (
	"time"

	"github.com/vertefill/vertefill/internal/diag"
)

// Recent is a study opened before, as it was left.
type Recent struct {
	Path    string
	Opened  time.Time
	Roles   []Role
	Patient Patient // empty when names are not to be kept
	Levels  []string
	State   RecentState
	Checks  int // findings that ask for a look, while State is Measured
}

// RecentState is how far the work on a study is.
type RecentState int

// The states.
const (
	Unmeasured RecentState = iota
	Measured
	Signed
)

// maxRecent is how many studies are remembered.
const maxRecent = 12

// RecentPaths are the paths of the studies opened before.
func (s *State) RecentPaths() (out []string) {
	for _, r := range s.Settings.Recent {
		out = append(out, r.Path)
	}
	return out
}

// remember puts the open study at the top of the recent ones. What was known of
// it stays until it is measured anew.
func (s *State) remember(now time.Time) {
	p := s.Study
	entry := Recent{Path: p.Path}
	var list []Recent
	for _, r := range s.Settings.Recent {
		if r.Path == p.Path {
			entry = r
		} else if len(list) < maxRecent-1 {
			list = append(list, r)
		}
	}
	entry.Opened, entry.Roles, entry.Patient = now, nil, Patient{}
	for _, x := range p.Series {
		if x.Role == Pre || x.Role == Post || x.Role == Fluoro {
			entry.Roles = append(entry.Roles, x.Role)
		}
	}
	if !s.Settings.NoNames {
		entry.Patient = Patient{Name: p.Patient.Name, Sex: p.Patient.Sex, Age: p.Patient.Age}
	}
	s.Settings.Recent = append([]Recent{entry}, list...)
}

// noteRecent brings the line of the open study up with the work on it.
func (s *State) noteRecent() []Effect {
	if s.Study == nil || s.Result == nil || s.Result.Upto != "" || len(s.Settings.Recent) == 0 || s.Settings.Recent[0].Path != s.Study.Path {
		return nil
	}
	old := s.Settings.Recent[0]
	entry := old
	entry.State, entry.Checks, entry.Levels = Measured, 0, nil
	if len(s.Session.Signed) > 0 && !s.Session.Changed {
		entry.State = Signed
	}
	for _, f := range s.Result.Findings {
		if f.Severity() != diag.Info {
			entry.Checks++
		}
	}
	for _, v := range s.Result.Report.Vertebrae {
		if v.Treated {
			entry.Levels = append(entry.Levels, v.Level.String())
		}
	}
	if entry.State == old.State && entry.Checks == old.Checks && len(entry.Levels) == len(old.Levels) {
		return nil
	}
	list := append([]Recent{entry}, s.Settings.Recent[1:]...)
	s.Settings.Recent = list
	return []Effect{SaveSettings{}}
}

// ForgetNames takes the names out of the recent studies, and keeps none from
// now on; or keeps them again.
type ForgetNames struct{ On bool }

func (m ForgetNames) apply(s *State) []Effect {
	s.Settings.NoNames = m.On
	if m.On {
		list := append([]Recent(nil), s.Settings.Recent...)
		for i := range list {
			list[i].Patient = Patient{}
		}
		s.Settings.Recent = list
	}
	return []Effect{SaveSettings{}}
}
