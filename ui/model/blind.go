package model

import (
	"bytes"
	"slices"
	"time"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/session"
	"github.com/vertefill/vertefill/ui/i18n"
)

// blindReading is what a session adds that is read without the program's
// result: nothing is measured while it is open, and the reader's answer is
// signed in the place of a report.
type blindReading struct {
	On    bool
	At    anatomy.Level       // whose answer is in the panel
	Armed anatomy.Compartment // that the next click on an image marks
}

// BlindReading reports whether the open study is read without the program's
// result. It is known as soon as its images are, before the journal is open.
func (s *State) BlindReading() bool {
	if s.Session.Blind.On {
		return true
	}
	in := s.incoming
	return in != nil && in.Blind() && s.isAbout(in.Study)
}

// Answer is what the reader has said of the open study.
func (s *State) Answer() session.Answer {
	if s.Work.Answer == nil {
		return session.Answer{}
	}
	return *s.Work.Answer
}

// AnswerAt is what the reader has said of a level; nil when it is not treated.
func (s *State) AnswerAt(l anatomy.Level) *session.AnswerLevel {
	list := s.Answer().Levels
	if i := slices.IndexFunc(list, func(x session.AnswerLevel) bool { return x.Level == l }); i >= 0 {
		return &list[i]
	}
	return nil
}

// beBlind takes away what the program may have measured before the journal
// told that it must not.
func (s *State) beBlind() []Effect {
	if !s.BlindReading() {
		return nil
	}
	s.endJob(AnalyseJob)
	s.endJob(MeasureJob)
	s.Result, s.Failure, s.Run.Injection = nil, "", Injection{}
	if s.Session.Blind.At == anatomy.None && len(s.Answer().Levels) > 0 {
		s.Session.Blind.At = s.Answer().Levels[0].Level
	}
	return []Effect{StopJob{AnalyseJob}, StopJob{MeasureJob}}
}

// TreatedBlind says that a level is treated, shows what was said of it, or
// takes it back when it is shown already.
type TreatedBlind struct{ Level anatomy.Level }

func (TreatedBlind) undoable() bool { return true }

func (m TreatedBlind) apply(s *State) []Effect {
	if !s.writable() {
		return nil
	}
	x := &s.Session.Blind
	x.Armed = ""
	a := s.Answer()
	switch {
	case s.AnswerAt(m.Level) == nil:
		a.Levels = append(slices.Clip(a.Levels), session.AnswerLevel{Level: m.Level, Leaks: []session.AnswerLeak{}})
		slices.SortFunc(a.Levels, func(p, q session.AnswerLevel) int { return int(p.Level) - int(q.Level) })
		x.At = m.Level
	case x.At != m.Level:
		x.At = m.Level
		return nil
	default:
		a.Levels = slices.DeleteFunc(slices.Clone(a.Levels), func(v session.AnswerLevel) bool { return v.Level == m.Level })
		x.At = anatomy.None
		if len(a.Levels) > 0 {
			x.At = a.Levels[0].Level
		}
	}
	s.Work.Answer = &a
	return nil
}

// writable reports whether a blinded reader can say something now.
func (s *State) writable() bool { return s.Session.Blind.On && !s.Session.ReadOnly }

// SayBlind changes what is said of the level in the panel.
type SayBlind struct{ Change func(*session.AnswerLevel) }

func (SayBlind) undoable() bool { return true }

func (m SayBlind) apply(s *State) []Effect {
	if !s.writable() || s.AnswerAt(s.Session.Blind.At) == nil {
		return nil
	}
	a := s.Answer()
	a.Levels = slices.Clone(a.Levels)
	for i := range a.Levels {
		if v := &a.Levels[i]; v.Level == s.Session.Blind.At {
			v.Leaks = slices.Clone(v.Leaks)
			m.Change(v)
		}
	}
	s.Work.Answer = &a
	return nil
}

// LeakBlind says or unsays that cement leaked to a place; saying it arms the
// next click, which marks where.
type LeakBlind struct{ Compartment anatomy.Compartment }

func (LeakBlind) undoable() bool { return true }

func (m LeakBlind) apply(s *State) []Effect {
	s.Session.Blind.Armed = ""
	return SayBlind{func(v *session.AnswerLevel) {
		here := func(k session.AnswerLeak) bool { return k.Compartment == m.Compartment }
		if slices.ContainsFunc(v.Leaks, here) {
			v.Leaks = slices.DeleteFunc(v.Leaks, here)
			return
		}
		v.Leaks, v.NoLeak = append(v.Leaks, session.AnswerLeak{Compartment: m.Compartment}), false
		s.Session.Blind.Armed = m.Compartment
	}}.apply(s)
}

// markBlind marks where the leak is that was named last.
func (s *State) markBlind(at [3]float64) []Effect {
	c := s.Session.Blind.Armed
	s.Session.Blind.Armed = ""
	return SayBlind{func(v *session.AnswerLevel) {
		for i := range v.Leaks {
			if v.Leaks[i].Compartment == c {
				v.Leaks[i].At = &at
			}
		}
	}}.apply(s)
}

// BlindBlocked says why the answer cannot be signed now.
func (s *State) BlindBlocked() (why i18n.Text, which string, blocked bool) {
	a := s.Answer()
	switch {
	case !s.Session.Open:
		return i18n.NotYet, "", true
	case s.Session.ReadOnly:
		return i18n.ReadOnly, "", true
	case len(a.Levels) == 0:
		return i18n.BlindNeedsLevel, "", true
	}
	for _, v := range a.Levels {
		switch {
		case v.Fill == nil:
			return i18n.BlindNeedsFill, v.Level.String(), true
		case !v.NoLeak && len(v.Leaks) == 0:
			return i18n.BlindNeedsLeak, v.Level.String(), true
		}
	}
	if s.Settings.Reader == "" {
		return i18n.SignNeedsName, "", true
	}
	if text, err := a.Encode(); err == nil && len(s.Session.Signed) > 0 && bytes.Equal(text, s.Session.Signed[len(s.Session.Signed)-1].Report) {
		return i18n.SignedAlready, "", true
	}
	return why, "", false
}

// SignBlind freezes the answer under the reader's name and writes the session
// file that goes back to whoever made the list.
type SignBlind struct{ Now time.Time }

func (m SignBlind) apply(s *State) []Effect {
	if _, _, blocked := s.BlindBlocked(); blocked {
		return nil
	}
	text, err := s.Answer().Encode()
	if err != nil {
		return Say{err.Error(), m.Now}.apply(s)
	}
	x := &s.Session
	x.Signed = append(x.Signed[:len(x.Signed):len(x.Signed)], session.Signature{
		Version: len(x.Signed) + 1, Reader: s.Settings.Reader, At: m.Now.UTC().Truncate(time.Second), Comment: s.Work.Comment, Report: text})
	s.Session.Blind.Armed = ""
	// The journal takes the signature first, so that the file holds it.
	out := []Effect{}
	if r := s.Session.records(s); len(r) > 0 {
		out = append(out, Record{r})
	}
	return append(out, SaveSession{})
}

// notBlind keeps what measures away from a session that is read blinded.
func notBlind(blocked func(*State) (i18n.Text, bool)) func(*State) (i18n.Text, bool) {
	return func(s *State) (i18n.Text, bool) {
		if s.BlindReading() {
			return i18n.BlindWhy, true
		}
		return blocked(s)
	}
}

// blindActions are those of a blinded reading.
func blindActions() []Action {
	return []Action{{ID: "blind-sign", Label: i18n.BlindSign, Group: i18n.Results, Icon: "check", Blocked: func(s *State) (i18n.Text, bool) {
		if !s.BlindReading() {
			return i18n.BlindNone, true
		}
		why, _, blocked := s.BlindBlocked()
		return why, blocked
	}, Msg: func(_ *State, now time.Time) Msg { return SignBlind{now} }}}
}
