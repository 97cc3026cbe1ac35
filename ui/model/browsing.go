package model

import (
	"path/filepath"
	"time"
)

// AskPath opens the folder browser with the keyboard in the field of its path.
type AskPath struct{}

func (AskPath) apply(s *State) []Effect {
	s.Browser.Asked++
	return Browse{s.Browser.Dir}.apply(s)
}

// SubmitPath is Enter in the field of the path: it shows what a path holds,
// and opens it when that is shown already.
type SubmitPath struct {
	Path string
	Now  time.Time
}

func (m SubmitPath) apply(s *State) []Effect {
	if p := s.Browser.Preview; p != nil && filepath.Clean(p.Path) == filepath.Clean(m.Path) {
		return OpenStudy{Analyse: true, Now: m.Now}.apply(s)
	}
	return OpenPath(m).apply(s)
}

// StepEntry selects the entry of the listing below (1) or above (-1) the
// selected one and looks into it.
type StepEntry struct {
	By  int
	Now time.Time
}

func (m StepEntry) apply(s *State) []Effect {
	b := &s.Browser
	if len(b.Entries) == 0 {
		return nil
	}
	at := min(max(b.Selected+m.By, 0), len(b.Entries)-1)
	if at == b.Selected {
		return nil
	}
	return Preview{Path: filepath.Join(b.Dir, b.Entries[at].Name), Row: at, Now: m.Now}.apply(s)
}

// StepFolder goes into the selected folder (1) or to the one above (-1).
type StepFolder struct{ By int }

func (m StepFolder) apply(s *State) []Effect {
	b := &s.Browser
	switch {
	case m.By < 0:
		return Browse{filepath.Dir(b.Dir)}.apply(s)
	case b.Selected >= 0 && b.Selected < len(b.Entries) && b.Entries[b.Selected].Dir:
		return Browse{filepath.Join(b.Dir, b.Entries[b.Selected].Name)}.apply(s)
	}
	return nil
}
