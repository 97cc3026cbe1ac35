package model

import (
	"slices"
	"time"
)

// Header is the DICOM header of the first image of a series, for a reader who
// asks for it. It names the patient and is never kept.
type Header struct {
	Series int
	Lines  []HeaderLine // nil until it is read
	Error  string       // in the user's language; empty when it went well
}

// HeaderLine is one element.
type HeaderLine struct {
	Depth                int    // of nesting in sequences
	Tag, VR, Name, Value string // Tag as (gggg,eeee); Name may be empty
}

// ShowHeader opens the header of a series.
type ShowHeader struct{ Series int }

func (m ShowHeader) apply(s *State) []Effect {
	if s.Study == nil || m.Series < 0 || m.Series >= len(s.Study.Series) {
		return nil
	}
	s.Overlay, s.Header = HeaderDialog, Header{Series: m.Series}
	return []Effect{ReadHeader{s.Study, m.Series}}
}

// ReadHeader is the effect that reads a header and answers with HeaderRead.
type ReadHeader struct {
	Study  *Study
	Series int
}

func (ReadHeader) effect() {}

// HeaderRead is the answer to ReadHeader.
type HeaderRead struct {
	Series int
	Lines  []HeaderLine
	Error  string
}

func (m HeaderRead) apply(s *State) []Effect {
	if s.Overlay == HeaderDialog && s.Header.Series == m.Series {
		s.Header.Lines, s.Header.Error = m.Lines, m.Error
	}
	return nil
}

// UseAs gives a series of the open study another role: Other takes it out of
// the views, Fluoro is for runs, Pre and Post read it in the place of the
// former series.
type UseAs struct {
	Series int
	Role   Role
	Now    time.Time
}

func (m UseAs) apply(s *State) []Effect {
	if s.Study == nil || m.Series < 0 || m.Series >= len(s.Study.Series) {
		return nil
	}
	switch m.Role {
	case Pre:
		return ShowSeries{m.Series, PreSlot, m.Now}.apply(s)
	case Post:
		return ShowSeries{m.Series, PostSlot, m.Now}.apply(s)
	}
	study := *s.Study
	study.Series = slices.Clone(s.Study.Series)
	study.Series[m.Series].Role = m.Role
	s.Study = &study
	if m.Role == Other && s.Run.Series == m.Series && s.Run.Cine != nil {
		s.Run = Run{}
		if s.Workspace == Fluoroscopy {
			s.Workspace = Read
		}
	}
	if s.Loaded[PreSlot].Series != m.Series || m.Role != Other {
		return nil
	}
	s.Loaded[PreSlot] = Loaded{Series: -1}
	s.Reading.Focus = ViewID{PostSlot, s.Reading.Focus.Content}
	s.Reading.Hand, s.Reading.Compare = Hand{}, Alone
	return append(s.forgetResult(), OpenSession{s.sessionStudy()})
}
