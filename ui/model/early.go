package model

import (
	"slices"
	"time"

	"github.com/vertefill/vertefill/ui/i18n"
)

// early is what is kept while a study is used before its folder is read.
type early struct {
	roles   map[string]SetRole // by hand, by series UID
	analyse bool               // the reader asked for the analysis, which waits for all series
}

// StudySoFar lists the series that were found while a folder is still read.
type StudySoFar struct{ Study *Study }

func (m StudySoFar) apply(s *State) []Effect {
	if _, running := s.Job(ScanJob); !running || len(m.Study.Series) == 0 {
		return nil
	}
	m.Study.Partial = true
	s.Browser.Preview = s.withRoles(m.Study)
	return nil
}

// withRoles gives the series of a study the roles that were set by hand while
// its folder was read.
func (s *State) withRoles(p *Study) *Study {
	for uid, r := range s.early.roles {
		if i := slices.IndexFunc(p.Series, func(x Series) bool { return x.UID == uid }); i >= 0 {
			p = p.withRole(i, r.Role, r.Reason)
		}
	}
	return p
}

// withRole is a copy of the study in which series i has a role; the series that
// had it before gives it up.
func (p *Study) withRole(i int, r Role, why Reason) *Study {
	c := *p // the former study stays as it was, for undo
	c.Series = slices.Clone(p.Series)
	for k := range c.Series {
		if r != Other && c.Series[k].Role == r {
			c.Series[k].Role = Other
		}
	}
	c.Series[i].Role, c.Series[i].Reason = r, why
	return &c
}

// adopt puts the study of a folder that is read to its end in the place of the
// one that was opened before. Where more images or other roles came to light,
// it is opened again.
func (s *State) adopt(whole *Study, now time.Time) []Effect {
	analyse := s.early.analyse
	s.early = early{}
	places := [2]int{whole.ByRole(Pre), whole.ByRole(Post)}
	_, loading := s.Job(LoadJob)
	for slot, l := range s.Loaded {
		i := places[slot]
		switch {
		case i < 0 && l.Volume == nil:
		case i < 0 || l.Volume == nil || whole.Series[i].UID != s.Study.Series[l.Series].UID || whole.Series[i].Images != s.Study.Series[l.Series].Images:
			loading = true
		}
	}
	if loading || s.Run.Cine != nil || s.grouping != (time.Time{}) {
		return append(OpenStudy{Analyse: analyse, Now: now}.apply(s), Say{i18n.ScanAdded.In(s.Settings.Lang, "n", s.Settings.Lang.Number(float64(len(whole.Series)), 0)), now}.apply(s)...)
	}
	for slot := range s.Loaded {
		if s.Loaded[slot].Volume != nil {
			whole.Series[places[slot]].Thumbnail = s.Study.Series[s.Loaded[slot].Series].Thumbnail
			s.Loaded[slot].Series = places[slot]
		}
	}
	s.Study = whole
	if analyse {
		return StartAnalysis{now}.apply(s)
	}
	return nil
}

// stopEarly forgets what was found in a folder whose reading was stopped; a
// study that was opened stays open as it is.
func (s *State) stopEarly() {
	s.early = early{}
	if p := s.Browser.Preview; p != nil && p.Partial {
		s.Browser.Preview = nil
	}
	if s.Study != nil && s.Study.Partial {
		open := *s.Study
		open.Partial = false
		s.Study = &open
	}
}
