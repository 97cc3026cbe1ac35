// Package session keeps what a reader does to a study, so that nothing is lost when the program dies and work goes on elsewhere: a
// journal on disk to which every correction is appended at once, and session files, which are journals that travel.
//
// A journal names its study by the UIDs of its series and holds no patient identity. It is one line a record: CRC-32 in hex, a
// space, JSON. A line that was cut short ends the journal; what stands before it holds. Results are not kept: package assess makes
// them again from the images and the edits. Whoever opens a journal first may write; others read.
package session

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/vertefill/vertefill/internal/assess"
)

// Study names what a session is about by series instance UIDs; empty ones are not part of it.
type Study struct {
	Post   string   `json:"post,omitempty"`
	Pre    string   `json:"pre,omitempty"`
	Fluoro []string `json:"fluoro,omitempty"`
}

// UIDs lists the series.
func (s Study) UIDs() (out []string) {
	for _, u := range append([]string{s.Post, s.Pre}, s.Fluoro...) {
		if u != "" {
			out = append(out, u)
		}
	}
	return out
}

// Missing returns the series of the session that are not among those present.
func (s Study) Missing(present []string) (out []string) {
	for _, u := range s.UIDs() {
		if !slices.Contains(present, u) {
			out = append(out, u)
		}
	}
	return out
}

// Op is what a record does.
type Op string

// The operations.
const (
	OpStudy Op = "study" // Study, Program: the first record
	OpEdit  Op = "edit"  // Edit
	OpUndo  Op = "undo"  // takes the last edit back
	OpRedo  Op = "redo"  // does it again
	OpPut   Op = "put"   // Key, Value: anything else that is kept, such as key images; null removes
	OpSign  Op = "sign"  // Signature
	OpClose Op = "close" // the program ended as it should
)

// Record is one line of a journal.
type Record struct {
	Op        Op              `json:"op"`
	At        time.Time       `json:"at"`
	Study     *Study          `json:"study,omitempty"`
	Program   string          `json:"program,omitempty"`
	Edit      *assess.Edit    `json:"edit,omitempty"`
	Key       string          `json:"key,omitempty"`
	Value     json.RawMessage `json:"value,omitempty"`
	Signature *Signature      `json:"signature,omitempty"`
}

// Signature freezes a version of the report.
type Signature struct {
	Version int             `json:"version"` // from 1
	Reader  string          `json:"reader"`
	At      time.Time       `json:"at"`
	Comment string          `json:"comment,omitempty"`
	Report  json.RawMessage `json:"report"` // report.json as it was signed
}

// State is what the records of a journal add up to.
type State struct {
	Study   Study
	Program string // that wrote the first record
	Edits   []assess.Edit
	Undone  []assess.Edit // the next to be done again is the last
	Values  map[string]json.RawMessage
	Signed  []Signature
	Last    time.Time // of the last record
	Closed  bool      // the program ended as it should
	Changed bool      // edits were made since it was signed
}

// Apply adds a record.
func (s *State) Apply(r Record) error {
	s.Last, s.Closed = r.At, r.Op == OpClose
	switch r.Op {
	case OpStudy:
		if r.Study == nil {
			return fmt.Errorf("session: a study without series")
		}
		s.Study, s.Program = *r.Study, r.Program
	case OpEdit:
		if r.Edit == nil {
			return fmt.Errorf("session: an edit that says nothing")
		}
		s.Edits, s.Undone, s.Changed = append(s.Edits[:len(s.Edits):len(s.Edits)], *r.Edit), nil, true
	case OpUndo:
		if n := len(s.Edits); n > 0 {
			s.Undone = append(s.Undone, s.Edits[n-1])
			s.Edits, s.Changed = s.Edits[:n-1], true
		}
	case OpRedo:
		if n := len(s.Undone); n > 0 {
			s.Edits = append(s.Edits, s.Undone[n-1])
			s.Undone, s.Changed = s.Undone[:n-1], true
		}
	case OpPut:
		if s.Values == nil {
			s.Values = map[string]json.RawMessage{}
		}
		if len(r.Value) == 0 || string(r.Value) == "null" {
			delete(s.Values, r.Key)
		} else {
			s.Values[r.Key] = r.Value
		}
	case OpSign:
		if r.Signature == nil {
			return fmt.Errorf("session: a signature without a name")
		}
		s.Signed, s.Changed = append(s.Signed, *r.Signature), false
	case OpClose:
	default:
		return fmt.Errorf("session: %q is not known: the session comes from a newer version", r.Op)
	}
	return nil
}

// Records returns the shortest journal that adds up to the state.
func (s State) Records() []Record {
	out := []Record{{Op: OpStudy, At: s.Last, Study: &s.Study, Program: s.Program}}
	for _, e := range append(slices.Clone(s.Edits), reversed(s.Undone)...) {
		out = append(out, Record{Op: OpEdit, At: e.When, Edit: &e})
	}
	for range s.Undone {
		out = append(out, Record{Op: OpUndo, At: s.Last})
	}
	keys := make([]string, 0, len(s.Values))
	for k := range s.Values {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		out = append(out, Record{Op: OpPut, At: s.Last, Key: k, Value: s.Values[k]})
	}
	for _, x := range s.Signed {
		out = append(out, Record{Op: OpSign, At: x.At, Signature: &x})
	}
	return append(out, Record{Op: OpClose, At: s.Last})
}

func reversed(list []assess.Edit) []assess.Edit {
	out := slices.Clone(list)
	slices.Reverse(out)
	return out
}
