package model

import (
	"time"

	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/leak"
	"github.com/vertefill/vertefill/internal/text"
	"github.com/vertefill/vertefill/internal/vertebra"
)

// Msg is something that happened: a user's action or a job's result. It
// changes the state and returns what is to be done outside it.
type Msg interface{ apply(s *State) []Effect }

// Apply changes the state by a message.
func (s *State) Apply(m Msg) []Effect {
	if u, ok := m.(undoable); ok && u.undoable() {
		s.history.push(s.snapshot())
		s.Toast.Undo = false // the way back would be that of this step
	}
	effects := m.apply(s)
	return append(effects, s.follow()...)
}

// Effect is work that package app does for the state.
type Effect interface{ effect() }

// The effects.
type (
	// ListFolder lists a folder and answers with FolderListed.
	ListFolder struct{ Dir string }
	// ScanStudy looks into a path and answers with StudyScanned, or with
	// ObjectRead when it is a file about the images of the result.
	ScanStudy struct {
		Path string
		Over *assess.Result // nil when none is open
	}
	// LoadSeries reads series by slot and answers with SeriesLoaded; -1 for
	// none.
	LoadSeries struct {
		Study   *Study
		Series  [2]int
		Analyse bool // measure when they are there
		Checked bool // the reader knows about the memory
		Part    Part // what of each series is read; zero: all
	}
	// Analyse measures and answers with Analysed.
	Analyse struct {
		Study  *Study
		Loaded [2]Loaded
		Lang   text.Lang
		Limits leak.Attention
		Seeds  []vertebra.Seed // bodies that the reader named
	}
	// MakeDemo writes the demonstration case and opens it.
	MakeDemo struct{}
	// StopJob cancels a running job.
	StopJob struct{ Kind JobKind }
	// SaveSettings writes the settings.
	SaveSettings struct{}
	// Copy puts text on the clipboard.
	Copy struct{ Text string }
	// Paste asks for the clipboard's text and answers with OpenPath.
	Paste struct{}
	// FullScreen turns full screen on or off.
	FullScreen struct{}
)

func (ListFolder) effect()   {}
func (ScanStudy) effect()    {}
func (LoadSeries) effect()   {}
func (Analyse) effect()      {}
func (MakeDemo) effect()     {}
func (StopJob) effect()      {}
func (SaveSettings) effect() {}
func (Copy) effect()         {}
func (Paste) effect()        {}
func (FullScreen) effect()   {}

// Do wraps an effect that changes nothing in the state.
type Do struct{ Effect Effect }

func (m Do) apply(*State) []Effect { return []Effect{m.Effect} }

// Say shows a message for five seconds.
type Say struct {
	Text string
	Now  time.Time
}

func (m Say) apply(s *State) []Effect {
	s.Toast = Toast{Text: m.Text, Until: m.Now.Add(ToastTime)}
	return nil
}

// SetWorkspace changes the tab.
type SetWorkspace struct{ To Workspace }

func (m SetWorkspace) apply(s *State) []Effect {
	s.Workspace = m.To
	s.Run.Player.Playing = false
	if s.Reading.Focus.Content.OfRun() && m.To != Fluoroscopy {
		s.Reading.Focus, s.Reading.Filled = ViewID{s.Main(), Sagittal}, false
	}
	if m.To == Studies {
		s.Browser.Open = true
	}
	return nil
}

// SetOverlay opens a dialog, or closes it with NoOverlay.
type SetOverlay struct{ To Overlay }

func (m SetOverlay) apply(s *State) []Effect { s.Overlay, s.Asking = m.To, ""; return nil }

// ShowProblems shows or hides the problems list.
type ShowProblems struct{ On bool }

func (m ShowProblems) apply(s *State) []Effect {
	s.Problems = m.On
	if m.On {
		s.Settings.Panel = true
	}
	return nil
}

// SetLang changes the language at once.
type SetLang struct{ To text.Lang }

func (m SetLang) apply(s *State) []Effect {
	s.Settings.Lang = m.To
	return []Effect{SaveSettings{}}
}

// SetSettings changes remembered settings.
type SetSettings struct{ Change func(*Settings) }

func (m SetSettings) apply(s *State) []Effect {
	m.Change(&s.Settings)
	s.Settings.Folded = s.Settings.Folded && !s.Settings.Panel
	s.Settings.Scale = min(max(s.Settings.Scale, 75), 200)
	s.Settings.PanelDP = min(max(s.Settings.PanelDP, 360), 520)
	return []Effect{SaveSettings{}}
}

// SetAnonymous hides or shows names.
type SetAnonymous struct{ On bool }

func (m SetAnonymous) apply(s *State) []Effect { s.Anonymous = m.On; return nil }

// Leave is the Escape key: it closes what is on top.
type Leave struct{}

func (Leave) apply(s *State) []Effect {
	switch {
	case s.Overlay == FirstRun:
		return Welcome{}.apply(s)
	case s.Overlay != NoOverlay:
		s.Overlay = NoOverlay
		s.Draft = Draft{} // a note that was not written
	case len(s.Draft.Shape.Points) > 0:
		s.Draft = Draft{}
	case s.leaveRun():
	case s.MeasureList:
		s.MeasureList = false
	case s.Reading.Chosen != 0:
		s.Reading.Chosen = 0
	case s.Fixing.On:
		return EndFixing{}.apply(s)
	case s.Types:
		s.Types = false
	case s.Problems:
		s.Problems = false
	default:
		if _, ok := s.Job(AnalyseJob); ok {
			return Cancel{AnalyseJob}.apply(s)
		}
		switch {
		case s.Narrow && s.Settings.Panel && (s.Workspace == Read || s.Workspace == Fluoroscopy):
			s.Settings.Panel = false
		case s.Reading.Filled:
			s.Reading.Filled = false
		}
	}
	return nil
}
