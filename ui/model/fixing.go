package model

import (
	"time"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/spine"
	"github.com/vertefill/vertefill/internal/unit"
	"github.com/vertefill/vertefill/internal/vertebra"
)

// FixHand is what the left button does while a vertebra is corrected.
type FixHand int

// The hands.
const (
	HandleHand FixHand = iota
	BrushHand
	EraserHand
	ScissorsHand // what an outline holds goes
	SmoothHand
	GrowHand
	OutlineHand // what an outline holds is lesion, as thick as a slice
)

// FixTarget is what the hands other than handles act on.
type FixTarget int

// The targets.
const (
	OnBody FixTarget = iota
	OnCement
	OnLesion
)

// Fixing is the correction of a vertebra by hand.
type Fixing struct {
	On       bool
	Hand     FixHand
	Target   FixTarget
	Masked   bool // brush and eraser: only on CT numbers within the window
	Flat     bool // brush and eraser: a disc in the plane of the view, a slice thick
	RadiusMM float64
	ReachMM  float64 // of a handle: how far beside it the surface follows; 0 for the whole face

	Before *assess.Result // when it began
	since  int            // edits that were there
	Took   time.Duration  // of the last computation; 0 for none yet

	// Planes along the axes that the body had when it was taken up, so that
	// the picture stands still while the body changes.
	Views [3]View // zoom and centre by content
	pose  geom.Affine[geom.PatientFrame, geom.BodyFrame]
	level anatomy.Level // whose

	// What the hand is doing now, until it is let go.
	Draft *spine.Vertebra // the body as it would be; nil for no change
	Moved float64         // of the handle, mm outwards
	Trail []geom.Patient  // of the brush or the outline of the scissors
	Drawn ViewID          // the view that the trail is drawn on

	hold   HoldHandle     // where the handle was taken last
	shaper *assess.Shaper // of the body and the handle that are held; nil until it is made
	making bool           // the shaper is being made
}

// Radii of the brush in mm.
const leastRadius, mostRadius, firstRadius = 0.5, 20.0, 3.0

// MostReach is from which reach in mm of a handle the whole face follows;
// LeastReach is the smallest.
const LeastReach, MostReach = 2, 20

// MakeShaper is the effect that prepares the drag of a handle; it is answered
// by ShaperMade.
type MakeShaper struct {
	Vertebra *spine.Vertebra
	Handle   vertebra.HandleKind
	ReachMM  unit.MM
}

func (MakeShaper) effect() {}

// ShaperMade is the answer to MakeShaper; Shaper is nil when the body has no
// such handle.
type ShaperMade struct{ Shaper *assess.Shaper }

func (m ShaperMade) apply(s *State) []Effect {
	s.endJob(HandJob)
	f := &s.Fixing
	f.making, f.shaper = false, m.Shaper
	if f.On && f.Draft != nil && m.Shaper != nil {
		return f.hold.apply(s)
	}
	return nil
}

// StartFixing begins the correction of the selected vertebra.
type StartFixing struct{}

func (StartFixing) apply(s *State) []Effect {
	f := &s.Fixing
	if f.On || s.Result == nil {
		return nil
	}
	*f = Fixing{On: true, Hand: f.Hand, Target: f.Target, RadiusMM: f.RadiusMM, ReachMM: f.ReachMM, Before: s.Result, since: len(s.Work.Edits)}
	if f.RadiusMM == 0 {
		f.RadiusMM = firstRadius
	}
	s.Settings.Panel, s.Problems, s.MeasureList = true, false, false
	s.Reading.Filled, s.Reading.Focus = false, ViewID{PostSlot, Sagittal}
	s.takeUp()
	return nil
}

// takeUp turns the planes of a correction along the selected body and brings it
// into the middle of the views.
func (s *State) takeUp() {
	f, v := &s.Fixing, s.FixedVertebra()
	if v == nil {
		return
	}
	f.level, f.pose, f.Draft = s.Reading.Level, v.PatientFromBody, nil
	s.Reading.Cursor[PostSlot] = f.pose.Origin()
	for c := range f.Views {
		f.Views[c] = View{MMPerDP: fixingMMPerDP(Content(c))}
	}
}

// fixingMMPerDP is the zoom of a correction: the body and the discs beside it
// in the large view, the whole body in the small ones.
func fixingMMPerDP(c Content) float64 {
	if c == Sagittal {
		return 0.1
	}
	return 0.2
}

// EndFixing keeps the corrections, or takes back those made since it began;
// either can be undone.
type EndFixing struct{ Keep bool }

func (m EndFixing) apply(s *State) []Effect {
	f := &s.Fixing
	if n := f.since; f.On && !m.Keep && n < len(s.Work.Edits) {
		s.history.push(s.snapshot())
		s.Work.Edits = s.Work.Edits[:n:n]
	}
	f.On, f.Draft, f.Trail, f.Before, f.shaper = false, nil, nil, nil, nil
	return nil
}

// SetFixing changes how the hand works.
type SetFixing struct{ Change func(*Fixing) }

func (m SetFixing) apply(s *State) []Effect {
	was := s.Fixing.Hand
	m.Change(&s.Fixing)
	switch f := &s.Fixing; {
	case f.Hand == OutlineHand && was != OutlineHand:
		f.Target = OnLesion
	case f.Hand == OutlineHand && f.Target != OnLesion:
		f.Hand = BrushHand
	case f.Hand == SmoothHand && f.Target == OnLesion && was == SmoothHand: // an outline is not smoothed
		f.Hand = BrushHand
	case f.Hand == SmoothHand && f.Target == OnLesion:
		f.Target = OnCement
	}
	s.Fixing.RadiusMM = min(max(s.Fixing.RadiusMM, leastRadius), mostRadius)
	if s.Fixing.ReachMM >= MostReach {
		s.Fixing.ReachMM = 0
	}
	return nil
}

// FixedVertebra is the vertebra that is corrected; nil when there is none.
func (s *State) FixedVertebra() *spine.Vertebra {
	if !s.Fixing.On || s.Result == nil {
		return nil
	}
	return s.Result.Spine.Find(s.Reading.Level)
}

// fixes reports whether a view shows a body that is being corrected, along its
// own axes.
func (s *State) fixes(id ViewID) bool {
	return s.Fixing.On && s.Fixing.level != anatomy.None && id.Slot == PostSlot && id.Content <= Coronal
}

// AlignedTo is the level whose axes a view's planes follow; None for none.
func (s *State) AlignedTo(id ViewID) anatomy.Level {
	switch {
	case s.fixes(id):
		return s.Fixing.level
	case s.Reading.Aligned && s.Result != nil:
		return s.Reading.Level
	}
	return anatomy.None
}

// HoldHandle moves a handle of the corrected vertebra; it is shown, not yet
// made. The body follows at once, from the first move that the shaper is made.
type HoldHandle struct {
	Kind  vertebra.HandleKind
	To    geom.Patient
	Whole bool // the whole face follows, whatever the reach
}

func (m HoldHandle) apply(s *State) []Effect {
	v := s.FixedVertebra()
	if v == nil {
		return nil
	}
	f := &s.Fixing
	f.hold = m
	reach := m.reach(f)
	if f.shaper != nil && f.shaper.Vertebra == v && f.shaper.Handle == m.Kind && f.shaper.ReachMM == reach {
		f.Draft, f.Moved = f.shaper.At(m.To)
		return nil
	}
	if f.Draft == nil {
		f.Draft, f.Moved = v, 0
	}
	if f.making {
		return nil
	}
	f.making = true
	s.startJob(HandJob, time.Time{})
	return []Effect{MakeShaper{v, m.Kind, reach}}
}

func (m HoldHandle) reach(f *Fixing) unit.MM {
	if m.Whole {
		return 0
	}
	return unit.MM(f.ReachMM)
}

func (s *State) handleEdit(m HoldHandle) assess.Edit {
	at := coordinates(m.To)
	return assess.Edit{Kind: assess.BodyDrag, At: coordinates(s.FixedVertebra().Centroid()), Handle: m.Kind, ReachMM: m.reach(&s.Fixing), To: &at}
}

// DropHandle lets a handle go where it is.
type DropHandle HoldHandle

func (DropHandle) undoable() bool { return true }

func (m DropHandle) apply(s *State) []Effect {
	if s.FixedVertebra() == nil {
		s.history.drop()
		return nil
	}
	edit := s.handleEdit(HoldHandle(m))
	s.Fixing.Moved = 0 // the draft stays in sight until the correction is computed
	return Correct{edit, time.Now()}.apply(s)
}

// Chain is several messages as one.
type Chain struct{ Msgs []Msg }

func (m Chain) apply(s *State) (out []Effect) {
	for _, x := range m.Msgs {
		out = append(out, x.apply(s)...)
	}
	return out
}
