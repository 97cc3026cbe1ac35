package model

import (
	"slices"
	"time"
)

// history is what can be undone and redone.
type history struct{ past, future []snapshot }

// snapshot is the part of the state that undo brings back: the way of looking,
// the roles and the reader's work. All are small, so whole copies are kept.
type snapshot struct {
	reading Reading
	preview *Study
	work    Work
	play    *OpenCase // of a case that is being answered
	series  []Series  // of the open study
	grouped time.Time // when they were joined or split last
}

// HistoryLimit is how many steps undo keeps at least, some megabytes; with a
// tenth more the oldest tenth is forgotten at once.
const HistoryLimit = 10000

// undoable marks messages that undo takes back. Continuous movements (wheel,
// drags) are not: their end is what counts, and the next step goes on from it.
type undoable interface{ undoable() bool }

func (s *State) snapshot() snapshot {
	x := snapshot{reading: s.Reading, preview: s.Browser.Preview, work: s.Work, play: s.Lesson.Play, grouped: s.grouping}
	if s.Study != nil {
		x.series = s.Study.Series
	}
	return x
}

// restore brings a snapshot back. The series of the open study are listed as
// they were only when they were joined or split since.
func (s *State) restore(x snapshot) []Effect {
	s.Reading, s.Browser.Preview, s.Work, s.Lesson.Play = x.reading, x.preview, x.work, x.play
	s.Reading.Measures, s.Work.Edits = slices.Clip(s.Reading.Measures), slices.Clip(s.Work.Edits) // what is added now is no other step's
	if x.grouped.Equal(s.grouping) || s.Study == nil {
		return nil
	}
	s.grouping = x.grouped
	return s.regroup(x.series, s.grouping)
}

func (h *history) push(x snapshot) {
	h.past = append(h.past, x)
	if len(h.past) > HistoryLimit+HistoryLimit/10 {
		h.past = slices.Delete(h.past, 0, HistoryLimit/10)
	}
	h.future = nil
}

// drop forgets the last step: what it was for did not happen.
func (h *history) drop() {
	if n := len(h.past); n > 0 {
		h.past = h.past[:n-1]
	}
}

// CanUndo reports whether there is something to undo.
func (s *State) CanUndo() bool { return len(s.history.past) > 0 }

// CanRedo reports whether there is something to redo.
func (s *State) CanRedo() bool { return len(s.history.future) > 0 }

// Undo takes the last undoable message back.
type Undo struct{}

func (Undo) apply(s *State) (effects []Effect) {
	h := &s.history
	if n := len(h.past); n > 0 {
		h.future = append(h.future, s.snapshot())
		effects = s.restore(h.past[n-1])
		h.past = h.past[:n-1]
	}
	return effects
}

// Redo does again what Undo took back.
type Redo struct{}

func (Redo) apply(s *State) (effects []Effect) {
	h := &s.history
	if n := len(h.future); n > 0 {
		h.past = append(h.past, s.snapshot())
		effects = s.restore(h.future[n-1])
		h.future = h.future[:n-1]
	}
	return effects
}
