package model

import (
	"time"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/ui/i18n"
)

// Compare is how the post CT is shown together with the registered pre CT, in
// the views of the post CT.
type Compare int

// The ways.
const (
	Alone      Compare = iota
	Swipe              // pre left of a line, post right of it
	Blend              // both mixed
	Difference         // post minus pre in colours
)

// Comparing is how pre and post are laid over each other and what links them.
type Comparing struct {
	Compare Compare
	At      float64 // place of the swipe's line, or share of the post CT in a blend; 0..1
	Flicker bool    // each view shows the other CT while the key is held
	Loose   Links   // what is not linked while views are linked
	Hand    Hand
}

// Links are the parts of a link between pre and post.
type Links struct{ Slices, Zoom, Window, Cross bool }

// Hand is a link that the reader made by showing one point in both CTs.
type Hand struct {
	Made        bool
	PreFromPost geom.PatientVec // mm from a point of the post CT to the same in the pre CT
}

// AlignByHand links the views so that the two crosshairs are one point.
type AlignByHand struct{}

func (AlignByHand) undoable() bool { return true }

func (AlignByHand) apply(s *State) []Effect {
	r := &s.Reading
	if r.Linked {
		return nil
	}
	r.Hand = Hand{Made: true, PreFromPost: r.Cursor[PreSlot].Sub(r.Cursor[PostSlot])}
	r.Linked = true
	return nil
}

// SetLoose frees or ties a part of the link. A zoom that is freed starts from
// the one both had.
type SetLoose struct{ Change func(*Links) }

func (SetLoose) undoable() bool { return true }

func (m SetLoose) apply(s *State) []Effect {
	r := &s.Reading
	before, to := r.Loose, r.Loose
	m.Change(&to)
	switch {
	case to.Slices && !before.Slices:
		s.partViews()
	case to.Zoom && !before.Zoom:
		r.Views[PreSlot] = r.Views[PostSlot]
	}
	r.Loose = to
	return nil
}

func compare(c Compare) func(*State, time.Time) Msg {
	return look(func(r *Reading) {
		if r.Compare == c {
			r.Compare = Alone
			return
		}
		r.Compare = c
		if r.At <= 0 || r.At >= 1 {
			r.At = 0.5
		}
	})
}

func loose(change func(*Links)) func(*State, time.Time) Msg { return fixed(SetLoose{change}) }

// compareActions are the ways of laying pre and post over each other and the
// parts of their link.
func compareActions() []Action {
	C := i18n.Comparing
	unlinked := func(s *State) (i18n.Text, bool) {
		if why, blocked := needsPair(s); blocked {
			return why, true
		}
		return i18n.UnlinkFirst, s.Reading.Linked
	}
	linked := func(s *State) (i18n.Text, bool) {
		if why, blocked := needsPair(s); blocked {
			return why, true
		}
		return i18n.Unlinked, !s.Reading.Linked
	}
	return []Action{
		{ID: "compare-swipe", Label: i18n.CompareSwipe, Sense: i18n.SwipeSense, Group: C, Icon: "swipe", Keys: []Key{{Name: "B", Shift: true}}, Blocked: needsPair, Msg: compare(Swipe)},
		{ID: "compare-blend", Label: i18n.CompareBlend, Group: C, Icon: "mask", Blocked: needsPair, Msg: compare(Blend)},
		{ID: "compare-difference", Label: i18n.CompareDiff, Sense: i18n.DiffSense, Group: C, Icon: "plus", Blocked: needsPair, Msg: compare(Difference)},
		{ID: "link-slices", Label: i18n.LinkSlices, Group: C, Icon: "scroll", Blocked: linked, Msg: loose(func(l *Links) { l.Slices = !l.Slices })},
		{ID: "link-zoom", Label: i18n.LinkZoom, Group: C, Icon: "zoom", Blocked: linked, Msg: loose(func(l *Links) { l.Zoom = !l.Zoom })},
		{ID: "link-window", Label: i18n.LinkWindow, Group: C, Icon: "wl", Blocked: linked, Msg: loose(func(l *Links) { l.Window = !l.Window })},
		{ID: "link-cross", Label: i18n.LinkCross, Group: C, Icon: "cross", Blocked: linked, Msg: loose(func(l *Links) { l.Cross = !l.Cross })},
		{ID: "link-hand", Label: i18n.LinkHand, Sense: i18n.HandSense, Group: C, Icon: "handles", Blocked: unlinked, Msg: fixed(AlignByHand{})},
		{ID: "link-automatic", Label: i18n.LinkAuto, Group: C, Icon: "link", Msg: look(func(r *Reading) { r.Hand = Hand{} }),
			Blocked: func(s *State) (i18n.Text, bool) { return i18n.NotByHand, !s.Reading.Hand.Made }},
	}
}
