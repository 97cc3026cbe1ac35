package model

import (
	"image"
	"time"

	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/session"
	"github.com/vertefill/vertefill/internal/volume"
)

// Browse lists a folder.
type Browse struct{ Dir string }

func (m Browse) apply(s *State) []Effect {
	s.Workspace, s.Browser.Open = Studies, true
	return []Effect{ListFolder(m)}
}

// FolderListed is the answer to ListFolder.
type FolderListed struct {
	Dir     string
	Entries []Entry
	Unread  bool
	Memory  Memory
}

func (m FolderListed) apply(s *State) []Effect {
	b := &s.Browser
	b.Dir, b.Entries, b.Unread, b.Selected, b.Memory = m.Dir, m.Entries, m.Unread, -1, m.Memory
	return nil
}

// Preview looks into a path without opening it.
type Preview struct {
	Path string
	Row  int // index in the listing; -1 for a path from elsewhere
	Now  time.Time
}

func (m Preview) apply(s *State) []Effect {
	s.Workspace, s.Browser.Open = Studies, true
	s.Browser.Selected = m.Row
	s.stopEarly() // a scan that this one replaces
	s.Browser.Preview, s.Browser.Empty = nil, nil
	s.startJob(ScanJob, m.Now)
	if s.Result != nil && s.Result.Upto == "" {
		return []Effect{ScanStudy{m.Path, s.Result}}
	}
	return []Effect{ScanStudy{Path: m.Path}}
}

// StudyScanned is the answer to ScanStudy.
type StudyScanned struct {
	Study *Study
	// Session is what a session file holds whose images are in the study; with
	// an Error they were not found and it waits for them.
	Session *session.State
	Error   string // in the user's language; empty when it went well
	Now     time.Time
}

func (m StudyScanned) apply(s *State) []Effect {
	s.endJob(ScanJob)
	if m.Session != nil {
		s.incoming = m.Session
	}
	switch {
	case m.Error != "":
		return Say{m.Error, m.Now}.apply(s)
	case len(m.Study.Series) == 0:
		s.Browser.Empty = m.Study
		return nil
	}
	s.Browser.Preview = s.withRoles(m.Study)
	if effects := s.goOn(m.Study, m.Now); effects != nil {
		return effects
	}
	if s.Study != nil && s.Study.Partial && s.Study.Path == m.Study.Path {
		return s.adopt(s.Browser.Preview, m.Now)
	}
	return nil
}

// SetRole gives a series of the previewed study a role by hand; the series
// that had it before gives it up.
type SetRole struct {
	Series int
	Role   Role
	Reason Reason
}

func (SetRole) undoable() bool { return true }

func (m SetRole) apply(s *State) []Effect {
	p := s.Browser.Preview
	if p == nil || m.Series < 0 || m.Series >= len(p.Series) {
		return nil
	}
	if p.Partial {
		if s.early.roles == nil {
			s.early.roles = map[string]SetRole{}
		}
		s.early.roles[p.Series[m.Series].UID] = m
	}
	s.Browser.Preview = p.withRole(m.Series, m.Role, m.Reason)
	return nil
}

// OpenStudy opens the previewed study and loads its series.
type OpenStudy struct {
	Analyse bool
	Now     time.Time
}

func (m OpenStudy) apply(s *State) []Effect {
	p := s.Browser.Preview
	if p == nil {
		return nil
	}
	pre, post := p.ByRole(Pre), p.ByRole(Post)
	runs := pre < 0 && post < 0 && p.ByRole(Fluoro) >= 0
	if pre < 0 && post < 0 && !runs {
		post = 0 // a study without roles is still looked at
	}
	effects := []Effect{StopJob{AnalyseJob}, StopJob{LoadJob}, StopJob{MeasureJob}}
	s.close()
	s.Study, s.Workspace = p, Read
	// What comes to light when the folder is read to its end may change what is measured.
	s.early.analyse = m.Analyse && p.Partial
	s.remember(m.Now)
	s.startJob(LoadJob, m.Now)
	if runs {
		effects = append(effects, ShowRun{Series: -1, Now: m.Now}.apply(s)...)
	}
	return append(effects, LoadSeries{Study: p, Series: [2]int{pre, post}, Analyse: m.Analyse && !p.Partial}, SaveSettings{})
}

// close lets the open study go: what was done to it is in its journal.
func (s *State) close() {
	keep := s.Reading
	s.endJob(AnalyseJob)
	s.Study, s.Result, s.Failure, s.Problems = nil, nil, "", false
	s.Loaded = [2]Loaded{{Series: -1}, {Series: -1}}
	s.Reading, s.Run, s.Draft, s.MeasureList = newReading(), Run{}, Draft{}, false
	s.Reading.Layout, s.Reading.Corners = keep.Layout, keep.Corners
	s.history, s.Work, s.Session, s.asked, s.Types = history{}, Work{}, Session{}, nil, false
	s.Fixing, s.Lesson.Play, s.Lesson.Lab, s.Lesson.Steps, s.Objects = Fixing{}, nil, nil, nil, Objects{}
	s.ReportView = ReportView{Paper: s.ReportView.Paper, Identity: s.ReportView.Identity, Left: s.ReportView.Left, Proof: Proof{PxPerDP: s.ReportView.Proof.PxPerDP, Zoom: s.ReportView.Proof.Zoom}}
	s.grouping = time.Time{}
	s.endJob(MeasureJob)
}

// SeriesLoaded is the answer to LoadSeries.
type SeriesLoaded struct {
	Study  *Study
	Loaded [2]Loaded
	// Thumbnails of the volumes, sagittal, better than those of the preview.
	Thumbnails [2]*image.RGBA
	Error      string
	Now        time.Time
	Start      bool // start the analysis
}

func (m SeriesLoaded) apply(s *State) []Effect {
	if s.Study != m.Study {
		return nil // another study was opened meanwhile
	}
	s.endJob(LoadJob)
	if m.Error != "" {
		return Say{m.Error, m.Now}.apply(s)
	}
	s.Loaded = m.Loaded
	s.thumbnails(m.Thumbnails)
	r := &s.Reading
	for slot, l := range s.Loaded {
		if l.Volume == nil {
			continue
		}
		centre := l.Volume.Patient(geom.Vox(float64(l.Volume.NX-1)/2, float64(l.Volume.NY-1)/2, float64(l.Volume.NZ-1)/2))
		r.Home[slot], r.Cursor[slot] = centre, centre
	}
	if s.Workspace != Fluoroscopy {
		r.Focus = ViewID{s.Main(), Sagittal}
	}
	s.arrive(false)
	effects := []Effect{OpenSession{s.sessionStudy()}}
	if m.Start && s.Loaded[PostSlot].Volume != nil {
		effects = append(effects, StartAnalysis{m.Now}.apply(s)...)
	}
	return effects
}

// thumbnails gives the loaded series their better pictures.
func (s *State) thumbnails(t [2]*image.RGBA) {
	study := *s.Study
	study.Series = append([]Series(nil), study.Series...)
	for slot, l := range s.Loaded {
		if l.Series >= 0 && t[slot] != nil {
			study.Series[l.Series].Thumbnail = t[slot]
		}
	}
	s.Study = &study
}

// StartAnalysis measures the open study.
type StartAnalysis struct{ Now time.Time }

func (m StartAnalysis) apply(s *State) []Effect {
	if s.Loaded[PostSlot].Volume == nil || s.BlindReading() {
		return nil
	}
	s.startJob(AnalyseJob, m.Now)
	s.Failure, s.Problems = "", false
	s.Settings.Panel = true
	return []Effect{Analyse{Study: s.Study, Loaded: s.Loaded, Lang: s.Settings.Lang, Limits: s.Settings.Limits()}}
}

// Analysed is the answer to Analyse.
type Analysed struct {
	Post   *volume.Volume // what was measured
	Result *assess.Result
	Error  string
	Now    time.Time
}

func (m Analysed) apply(s *State) []Effect {
	if s.Loaded[PostSlot].Volume != m.Post || s.BlindReading() {
		return nil // another study was opened meanwhile
	}
	job, _ := s.Job(AnalyseJob)
	s.endJob(AnalyseJob)
	if m.Error != "" {
		s.Failure = m.Error
		return nil
	}
	s.Result, s.Took, s.asked = m.Result, m.Now.Sub(job.Started), nil
	s.selectFirst()
	s.arrive(true)
	return nil
}

// Interim is what a running analysis has found so far; it is shown until there
// is more, and stays when the analysis is stopped.
type Interim struct {
	Post   *volume.Volume
	Result *assess.Result
}

func (m Interim) apply(s *State) []Effect {
	_, running := s.Job(AnalyseJob)
	if running && !s.BlindReading() && s.Loaded[PostSlot].Volume == m.Post && (s.Result == nil || s.Result.Upto != "") {
		s.Result = m.Result
	}
	return nil
}

// OpenDemo makes the demonstration case, a digital phantom, and opens it.
type OpenDemo struct{ Now time.Time }

func (m OpenDemo) apply(s *State) []Effect {
	s.startJob(DemoJob, m.Now)
	return []Effect{MakeDemo{}}
}

// DemoMade is the answer to MakeDemo.
type DemoMade struct {
	Path  string
	Error string
	Now   time.Time
}

func (m DemoMade) apply(s *State) []Effect {
	s.endJob(DemoJob)
	if m.Error != "" {
		return Say{m.Error, m.Now}.apply(s)
	}
	return OpenPath{Path: m.Path, Now: m.Now}.apply(s)
}

// OpenPath shows what a typed or pasted path holds; effects decide whether it
// is a folder.
type OpenPath struct {
	Path string
	Now  time.Time
}

func (m OpenPath) apply(s *State) []Effect {
	effects := Preview{Path: m.Path, Row: -1, Now: m.Now}.apply(s)
	return append([]Effect{ListFolder{m.Path}}, effects...)
}
