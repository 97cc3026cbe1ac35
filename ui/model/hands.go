package model

import (
	"math"
	"time"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/ui/i18n"
)

// Paint moves the brush, or the scissors, on to a point of a view.
type Paint struct {
	View ViewID
	To   geom.Patient
}

func (m Paint) apply(s *State) []Effect {
	f := &s.Fixing
	step := f.RadiusMM * trailStep
	if f.outlines() {
		step = cutStepMM
	}
	if n := len(f.Trail); n > 0 && f.Trail[n-1].Dist(m.To) < step {
		return nil
	}
	f.Trail, f.Drawn = append(f.Trail[:len(f.Trail):len(f.Trail)], m.To), m.View
	return nil
}

// trailStep is the least distance of points of a trail in radii of the brush;
// cutStepMM that of points of an outline.
const trailStep, cutStepMM = 0.4, 0.4

// LiftBrush makes what was painted a correction.
type LiftBrush struct{}

func (LiftBrush) undoable() bool { return true }

func (LiftBrush) apply(s *State) []Effect {
	trail := s.Fixing.Trail
	s.Fixing.Trail = nil
	least := 1
	if s.Fixing.outlines() {
		least = 3
	}
	if len(trail) < least || s.FixedVertebra() == nil {
		s.history.drop()
		return nil
	}
	return Correct{s.handEdit(trail), time.Now()}.apply(s)
}

// Depths in mm: how far a growth reaches, and how deep scissors cut to either
// side.
const growReachMM, cutDepthMM = 30, 60

// flatSlices is how many slices thick a flat brush is: enough to hold most of a
// voxel wherever its plane lies between two slices.
const flatSlices = 1.5

// handEdit is what the hand does along a trail.
func (s *State) handEdit(trail []geom.Patient) assess.Edit {
	f := s.Fixing
	stroke := &assess.Stroke{RadiusMM: f.RadiusMM}
	for _, p := range trail {
		stroke.Points = append(stroke.Points, coordinates(p))
	}
	body := coordinates(s.FixedVertebra().Centroid())
	plane := s.Plane(f.Drawn)
	sight := plane.Axis(2).Unit()
	normal := &[3]float64{sight.X, sight.Y, sight.Z}
	if f.Target == OnLesion && f.Hand != GrowHand {
		return s.lesionEdit(stroke, normal)
	}
	kind := func(onCement, onBody assess.EditKind) assess.EditKind {
		if f.Target == OnCement {
			return onCement
		}
		return onBody
	}
	switch f.Hand {
	case ScissorsHand:
		stroke.RadiusMM = cutDepthMM
		return assess.Edit{Kind: kind(assess.CementCut, assess.BodyCut), At: body, Normal: normal, Stroke: stroke}
	case SmoothHand:
		return assess.Edit{Kind: kind(assess.CementSmooth, assess.BodySmooth), At: body, Stroke: stroke}
	case GrowHand:
		stroke.LowHU, _ = s.handRange()
		stroke.Points, stroke.RadiusMM, stroke.HighHU = stroke.Points[:1], growReachMM, math.MaxInt16 // what is above the window is cement too
		return assess.Edit{Kind: assess.CementGrow, At: stroke.Points[0], Stroke: stroke, Class: anatomy.CementInBody}
	}
	edit := assess.Edit{Kind: kind(assess.CementBrush, assess.BodyBrush), At: body, Stroke: stroke}
	if f.Target == OnCement {
		edit.At = stroke.Points[0]
		if f.Masked {
			stroke.LowHU, stroke.HighHU = s.handRange()
		}
		if f.Flat {
			stroke.Normal, stroke.ThickMM = normal, flatSlices*float64(s.StepMM(f.Drawn))
		}
	}
	if f.Hand == BrushHand {
		edit.Class = anatomy.CementInBody
	}
	return edit
}

// handRange are the CT numbers of the window, to which brush and growth can be
// held.
func (s *State) handRange() (low, high int) {
	w := s.Reading.Window[PostSlot]
	return int(math.Round(w.Centre - w.Width/2)), int(math.Round(w.Centre + w.Width/2))
}

// HandRange is the range of CT numbers that brush and eraser are held to; ok is
// false when they are not.
func (s *State) HandRange() (low, high int, ok bool) {
	low, high = s.handRange()
	return low, high, s.Fixing.On && s.Fixing.Masked && s.Fixing.Target != OnBody && (s.Fixing.Hand == BrushHand || s.Fixing.Hand == EraserHand)
}

// cementEdit corrects the cement at the crosshair.
func cementEdit(k assess.EditKind) func(*State, time.Time) Msg {
	return func(s *State, now time.Time) Msg {
		return Correct{assess.Edit{Kind: k, At: coordinates(s.Reading.Cursor[PostSlot])}, now}
	}
}

// drawn are the last two strokes of the cement brush, the newest last; ok is
// false when there are no two.
func (s *State) drawn() (from, to [3]float64, ok bool) {
	var found [][3]float64
	for n := len(s.Work.Edits) - 1; n >= 0 && len(found) < 2; n-- {
		if e := s.Work.Edits[n]; e.Kind == assess.CementBrush && e.Class != 0 && e.Stroke != nil {
			found = append(found, e.At)
		}
	}
	if len(found) < 2 {
		return from, to, false
	}
	return found[1], found[0], true
}

// seed asks for the body at the crosshair, named after the vertebra nearest to
// it.
func seed(s *State, now time.Time) Msg {
	at := s.Reading.Cursor[PostSlot]
	best, least := Say{i18n.NothingFound.In(s.Settings.Lang), now}, math.Inf(1)
	level := anatomy.None
	for _, v := range s.Result.Report.Vertebrae {
		c := geom.LPS(v.CentroidLPS[0], v.CentroidLPS[1], v.CentroidLPS[2])
		if d := c.Dist(at); d < least {
			least, level = d, v.Level.Below(1)
			if at.Z > c.Z {
				level = v.Level.Below(-1)
			}
		}
	}
	if level == anatomy.None {
		if len(s.Result.Report.Vertebrae) > 0 {
			return best
		}
		level = anatomy.Unknown(1)
	}
	return Correct{assess.Edit{Kind: assess.BodyAdd, At: coordinates(at), Level: level}, now}
}

// handIDs are the actions of the hands, in the order of FixHand.
var handIDs = [...]string{"hand-handles", "hand-brush", "hand-eraser", "hand-scissors", "hand-smooth", "hand-grow", "hand-lesion-outline"}

// fixingActions are those of correcting by hand.
func fixingActions() []Action {
	C := i18n.Correcting
	hand := func(h FixHand, on FixTarget) func(*State, time.Time) Msg {
		return fixed(Chain{[]Msg{StartFixing{}, SetFixing{func(f *Fixing) { f.Hand, f.Target = h, on }}}})
	}
	set := func(change func(*Fixing)) func(*State, time.Time) Msg { return fixed(SetFixing{change}) }
	needsHand := func(s *State) (i18n.Text, bool) { return i18n.NeedsHand, !s.Fixing.On }
	return []Action{
		{ID: "correct", Label: i18n.CorrectBody, Named: i18n.CorrectLevel, Group: C, Icon: "handles", Sense: i18n.CorrectSense, Keys: key("E"), Blocked: needsLevel, Msg: func(s *State, _ time.Time) Msg {
			if s.Fixing.On {
				return EndFixing{Keep: true}
			}
			return StartFixing{}
		}},
		{ID: handIDs[HandleHand], Label: i18n.HandHandles, Group: C, Icon: "handles", Blocked: needsLevel, Msg: hand(HandleHand, OnBody)},
		{ID: handIDs[BrushHand], Label: i18n.EditBrush, Group: C, Icon: "brush", Blocked: needsLevel, Msg: hand(BrushHand, OnCement)},
		{ID: handIDs[EraserHand], Label: i18n.EditEraser, Group: C, Icon: "eraser", Blocked: needsLevel, Msg: hand(EraserHand, OnCement)},
		{ID: handIDs[ScissorsHand], Label: i18n.EditCut, Sense: i18n.CutSense, Group: C, Icon: "cut", Blocked: needsLevel, Msg: hand(ScissorsHand, OnCement)},
		{ID: handIDs[SmoothHand], Label: i18n.EditSmooth, Group: C, Icon: "smooth", Blocked: needsLevel, Msg: hand(SmoothHand, OnCement)},
		{ID: "hand-body-brush", Label: i18n.EditBodyBrush, Group: C, Icon: "brush", Blocked: needsLevel, Msg: hand(BrushHand, OnBody)},
		{ID: "hand-body-scissors", Label: i18n.EditBodyCut, Sense: i18n.CutSense, Group: C, Icon: "cut", Blocked: needsLevel, Msg: hand(ScissorsHand, OnBody)},
		{ID: "hand-body-smooth", Label: i18n.EditBodySmooth, Group: C, Icon: "smooth", Blocked: needsLevel, Msg: hand(SmoothHand, OnBody)},
		{ID: handIDs[GrowHand], Label: i18n.HandGrow, Sense: i18n.GrowSense, Group: C, Icon: "grow", Blocked: needsLevel, Msg: hand(GrowHand, OnCement)},
		{ID: "hand-window", Label: i18n.WithinWindow, Sense: i18n.WindowSense, Group: C, Icon: "wl", Blocked: needsHand, Msg: set(func(f *Fixing) { f.Masked = !f.Masked })},
		{ID: "hand-flat", Label: i18n.FlatBrush, Sense: i18n.FlatSense, Group: C, Icon: "ellipse", Blocked: needsHand, Msg: set(func(f *Fixing) { f.Flat = !f.Flat })},
		{ID: "body-seed", Label: i18n.SeedBody, Group: C, Icon: "plus", Sense: i18n.SeedSense, Blocked: needsFull, Msg: seed},
		{ID: "cement-fill", Label: i18n.HandFill, Group: C, Icon: "check", Blocked: needsFull, Msg: cementEdit(assess.CementFill)},
		{ID: "cement-island", Label: i18n.HandIsland, Group: C, Icon: "close", Blocked: needsFull, Msg: cementEdit(assess.CementRemove)},
		{ID: "cement-keep", Label: i18n.HandKeep, Sense: i18n.KeepSense, Group: C, Icon: "filter", Blocked: needsFull, Msg: cementEdit(assess.CementKeep)},
		{ID: "cement-between", Label: i18n.HandBetween, Sense: i18n.BetweenSense, Group: C, Icon: "slab", Msg: func(s *State, now time.Time) Msg {
			from, to, _ := s.drawn()
			return Correct{assess.Edit{Kind: assess.CementBetween, At: from, To: &to, Class: anatomy.CementInBody}, now}
		}, Blocked: func(s *State) (i18n.Text, bool) {
			if why, blocked := needsFull(s); blocked {
				return why, true
			}
			_, _, ok := s.drawn()
			return i18n.NeedsTwoSlices, !ok
		}},
		{ID: "cement-inside", Label: i18n.HandInside, Sense: i18n.InsideSense, Group: C, Icon: "vert", Blocked: needsLevel, Msg: bodyEdit(assess.Edit{Kind: assess.CementInside})},
		{ID: "cement-outside", Label: i18n.HandOutside, Sense: i18n.OutsideSense, Group: C, Icon: "vert", Blocked: needsLevel, Msg: bodyEdit(assess.Edit{Kind: assess.CementOutside})},
	}
}
