package model

import (
	"time"

	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/ui/i18n"
)

// outlines reports whether the trail of the hand is a closed outline.
func (f *Fixing) outlines() bool { return f.Hand == ScissorsHand || f.Hand == OutlineHand }

// lesionEdit is what the hand does to the outline of a lesion along a stroke.
func (s *State) lesionEdit(stroke *assess.Stroke, normal *[3]float64) assess.Edit {
	f := s.Fixing
	edit := assess.Edit{Kind: assess.LesionBrush, At: stroke.Points[0], Stroke: stroke}
	switch f.Hand {
	case OutlineHand:
		edit.Kind, edit.Normal = assess.LesionOutline, normal
		stroke.RadiusMM = flatSlices * float64(s.StepMM(f.Drawn)) / 2
		return edit
	case ScissorsHand:
		edit.Kind, edit.Normal = assess.LesionCut, normal
		stroke.RadiusMM = cutDepthMM
		return edit
	case EraserHand:
		edit.Kind = assess.LesionErase
	}
	if f.Masked {
		stroke.LowHU, stroke.HighHU = s.handRange()
	}
	if f.Flat {
		stroke.Normal, stroke.ThickMM = normal, flatSlices*float64(s.StepMM(f.Drawn))
	}
	return edit
}

// lastOutlines are the first points of the last two outlines drawn, the newest
// last; ok is false when there are no two.
func (s *State) lastOutlines() (from, to [3]float64, ok bool) {
	var found [][3]float64
	for n := len(s.Work.Edits) - 1; n >= 0 && len(found) < 2; n-- {
		if e := s.Work.Edits[n]; e.Kind == assess.LesionOutline {
			found = append(found, e.At)
		}
	}
	if len(found) < 2 {
		return from, to, false
	}
	return found[1], found[0], true
}

// lesionActions are those that outline a lytic lesion by hand.
func lesionActions() []Action {
	C := i18n.Correcting
	hand := func(h FixHand) func(*State, time.Time) Msg {
		return fixed(Chain{[]Msg{StartFixing{}, SetFixing{func(f *Fixing) { f.Hand, f.Target = h, OnLesion }}}})
	}
	return []Action{
		{ID: handIDs[OutlineHand], Label: i18n.LesionOutline, Named: i18n.LesionOutlineOf, Sense: i18n.LesionSense, Group: C, Icon: "ellipse", Blocked: needsLevel, Msg: hand(OutlineHand)},
		{ID: "hand-lesion-brush", Label: i18n.LesionBrush, Group: C, Icon: "brush", Blocked: needsLevel, Msg: hand(BrushHand)},
		{ID: "hand-lesion-eraser", Label: i18n.LesionEraser, Group: C, Icon: "eraser", Blocked: needsLevel, Msg: hand(EraserHand)},
		{ID: "hand-lesion-scissors", Label: i18n.LesionCut, Sense: i18n.CutSense, Group: C, Icon: "cut", Blocked: needsLevel, Msg: hand(ScissorsHand)},
		{ID: "lesion-between", Label: i18n.LesionBetween, Sense: i18n.LesionBetweenSense, Group: C, Icon: "slab", Msg: func(s *State, now time.Time) Msg {
			from, to, _ := s.lastOutlines()
			return Correct{assess.Edit{Kind: assess.LesionBetween, At: from, To: &to}, now}
		}, Blocked: func(s *State) (i18n.Text, bool) {
			if why, blocked := needsFull(s); blocked {
				return why, true
			}
			_, _, ok := s.lastOutlines()
			return i18n.NeedsTwoOutlines, !ok
		}},
		{ID: "lesion-clear", Label: i18n.LesionClear, Group: C, Icon: "close", Msg: bodyEdit(assess.Edit{Kind: assess.LesionClear}), Blocked: func(s *State) (i18n.Text, bool) {
			if why, blocked := needsLevel(s); blocked {
				return why, true
			}
			return i18n.NoLesionHere, s.vertebra(s.Reading.Level).Lesion == nil
		}},
	}
}
