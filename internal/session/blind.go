package session

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/vertefill/vertefill/internal/anatomy"
)

// Keys of Values in a session that is read without the program's result.
const (
	KeyBlind  = "blind"  // true: nothing is measured or shown while the session is read
	KeyAnswer = "answer" // Answer
)

// Blind reports whether the session is to be read without the program's result.
func (s State) Blind() bool { return string(s.Values[KeyBlind]) == "true" }

// SetBlind makes the session one that is read without the program's result.
func (s *State) SetBlind() {
	if s.Values == nil {
		s.Values = map[string]json.RawMessage{}
	}
	s.Values[KeyBlind] = json.RawMessage("true")
}

// Answer is what a reader says who saw the images alone. Its slices are replaced, never changed in place. Signed, it stands in the
// place of a report in Signature.Report.
type Answer struct {
	Schema string        `json:"schema"`
	Levels []AnswerLevel `json:"levels"` // the treated ones
}

// AnswerLevel is a treated level.
type AnswerLevel struct {
	Level  anatomy.Level `json:"level"`
	Fill   *float64      `json:"fill,omitempty"` // 0..1 of the body; nil: not said
	NoLeak bool          `json:"noLeak"`         // said outright
	Leaks  []AnswerLeak  `json:"leaks"`
}

// AnswerLeak is a leak of a level.
type AnswerLeak struct {
	Compartment anatomy.Compartment `json:"compartment"`
	Type        anatomy.LeakType    `json:"type,omitempty"`
	At          *[3]float64         `json:"at,omitempty"` // LPS mm; nil: not marked
}

const answerSchema = "vertefill.blind-reading/1"

// Encode returns the answer as it is signed.
func (a Answer) Encode() (json.RawMessage, error) {
	a.Schema = answerSchema
	if a.Levels == nil {
		a.Levels = []AnswerLevel{}
	}
	b, err := json.Marshal(a)
	if err != nil {
		return nil, fmt.Errorf("session: %w", err)
	}
	return b, nil
}

// ReadAnswer reads what a blinded reader signed; ok is false when it is a report. An answer that cannot be is an error.
func ReadAnswer(b json.RawMessage) (a Answer, ok bool, err error) {
	var head struct {
		Schema string `json:"schema"`
	}
	if json.Unmarshal(b, &head) != nil || head.Schema != answerSchema {
		return a, false, nil
	}
	if err := json.Unmarshal(b, &a); err != nil {
		return a, true, fmt.Errorf("session: answer of a blinded reader: %w", err)
	}
	for _, v := range a.Levels {
		if !v.Level.Valid() || v.Fill != nil && !(*v.Fill >= 0 && *v.Fill <= 1) {
			return a, true, fmt.Errorf("session: answer of a blinded reader: fill of %s", v.Level)
		}
		for _, k := range v.Leaks {
			if !slices.Contains(anatomy.Compartments, k.Compartment) {
				return a, true, fmt.Errorf("session: answer of a blinded reader: compartment %q", k.Compartment)
			}
		}
	}
	return a, true, nil
}
