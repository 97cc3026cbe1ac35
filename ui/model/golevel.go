package model

import (
	"time"

	"github.com/vertefill/vertefill/internal/anatomy"
)

// levelTime is how long after the last key a level can be typed on.
const levelTime = 1500 * time.Millisecond

// typedLevel is a level being typed after the key G: "9" is T9, "L2" is L2.
type typedLevel struct {
	text  string
	until time.Time
}

// TypingLevel reports whether the next digit or letter belongs to a level.
func (s *State) TypingLevel(now time.Time) bool { return now.Before(s.typed.until) }

// StartLevel is the key G.
type StartLevel struct{ Now time.Time }

func (m StartLevel) apply(s *State) []Effect {
	s.typed = typedLevel{until: m.Now.Add(levelTime)}
	return nil
}

// TypeLevel is a digit or a letter after G. Views go to the level as soon as
// there is one of this name; a further digit corrects it (1, then 0: T10).
type TypeLevel struct {
	Key string
	Now time.Time
}

func (m TypeLevel) apply(s *State) []Effect {
	s.typed.text += m.Key
	s.typed.until = m.Now.Add(levelTime)
	name := s.typed.text
	if name[0] >= '0' && name[0] <= '9' {
		name = "T" + name
	}
	if l, err := anatomy.ParseLevel(name); err == nil && s.vertebra(l) != nil {
		return s.Apply(GoToLevel{l})
	}
	return nil
}
