package model

import (
	"math"

	"github.com/vertefill/vertefill/internal/diag"
	"github.com/vertefill/vertefill/internal/geom"
)

// GoToGap takes the views to the middle of missing slices.
type GoToGap struct {
	Slot Slot
	At   geom.Patient // of the slot's series
}

func (GoToGap) undoable() bool { return true }

func (m GoToGap) apply(s *State) []Effect {
	s.Reading.Focus = ViewID{m.Slot, Sagittal}
	if m.Slot == s.viewSlot(PostSlot) {
		s.goTo(m.At)
	}
	s.setCursor(m.Slot, m.At)
	return nil
}

// gapMM is how near the end of a hole lies to the place that a finding names,
// which is rounded.
const gapMM = 0.06

// Gap returns the way to the missing slices that a finding is about, in the
// series that has them; ok is false for other findings.
func (s *State) Gap(f diag.Finding) (m GoToGap, ok bool) {
	from, named := f.Args["a"].(diag.Num)
	if f.Code != diag.CodeSlicesMissing || !named {
		return m, false
	}
	for _, slot := range []Slot{PostSlot, PreSlot} {
		vol := s.Loaded[slot].Volume
		if vol == nil {
			continue
		}
		for _, k := range vol.Holes() {
			a, b := vol.SlicePosition(k), vol.SlicePosition(k+1)
			if math.Abs(a.Z-from.X) > gapMM {
				continue
			}
			at := s.CursorIn(slot)
			depth := a.Lerp(b, 0.5).Sub(at).Dot(vol.Normal)
			return GoToGap{slot, at.Add(vol.Normal.Mul(depth))}, true
		}
	}
	return m, false
}
