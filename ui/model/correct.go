package model

import (
	"math"
	"time"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/ui/i18n"
)

// Decision is what the reader said about a leak; empty when nothing.
func (s *State) Decision(id int) assess.Decision {
	if s.Result == nil || s.Result.Corrections == nil {
		return ""
	}
	for _, r := range s.Result.Corrections.Rejected {
		if r.Leak.ID == id {
			return assess.Rejected
		}
	}
	return s.Result.Corrections.Decisions[id]
}

// Rejected returns the leaks that were rejected.
func (s *State) Rejected() []assess.RejectedLeak {
	if s.Result == nil || s.Result.Corrections == nil {
		return nil
	}
	return s.Result.Corrections.Rejected
}

// Undecided returns the leaks that nothing was said about.
func (s *State) Undecided() (out []assess.Leak) {
	for _, l := range s.leaks() {
		if s.Decision(l.ID) == "" {
			out = append(out, l)
		}
	}
	return out
}

// SelectedLeak returns the selected leak, rejected ones too.
func (s *State) SelectedLeak() (assess.Leak, bool) { return s.leak(s.Reading.Leak) }

// levelAtCursor is the listed vertebra nearest to the crosshair.
func (s *State) levelAtCursor() anatomy.Level { return s.levelNear(s.Reading.Cursor[PostSlot]) }

// levelNear is the listed vertebra nearest to a place of the post CT.
func (s *State) levelNear(p geom.Patient) anatomy.Level {
	best, least := anatomy.None, math.Inf(1)
	if s.Result == nil {
		return best
	}
	for _, v := range s.Result.Report.Vertebrae {
		c := geom.LPS(v.CentroidLPS[0], v.CentroidLPS[1], v.CentroidLPS[2])
		if d := c.Dist(p); d < least {
			best, least = v.Level, d
		}
	}
	return best
}

// needsFull asks for an analysis that came to its end.
func needsFull(s *State) (i18n.Text, bool) {
	if why, blocked := needsResult(s); blocked {
		return why, true
	}
	return i18n.NotYet, s.Result.Upto != ""
}

func needsLeak(s *State) (i18n.Text, bool) {
	if why, blocked := needsFull(s); blocked {
		return why, true
	}
	_, ok := s.SelectedLeak()
	return i18n.ChooseLeak, !ok
}

func needsLevel(s *State) (i18n.Text, bool) {
	if why, blocked := needsFull(s); blocked {
		return why, true
	}
	return i18n.ChooseLevel, s.vertebra(s.Reading.Level) == nil
}

func coordinates(p geom.Patient) [3]float64 { return [3]float64{p.X, p.Y, p.Z} }

// leakEdit makes a correction of the selected leak.
func leakEdit(e assess.Edit) func(*State, time.Time) Msg {
	return func(s *State, now time.Time) Msg {
		l, _ := s.SelectedLeak()
		e := e
		e.At = coordinates(s.leakPoint(l))
		return Correct{e, now}
	}
}

// bodyEdit makes a correction of the selected vertebra.
func bodyEdit(e assess.Edit) func(*State, time.Time) Msg {
	return func(s *State, now time.Time) Msg {
		e := e
		e.At = s.vertebra(s.Reading.Level).CentroidLPS
		return Correct{e, now}
	}
}

// relabel says that the selected leak comes from the vertebra above (-1) or
// below (1).
func relabel(by int) func(*State, time.Time) Msg {
	return func(s *State, now time.Time) Msg {
		l, _ := s.SelectedLeak()
		list := s.Result.Report.Vertebrae
		for n, v := range list {
			if v.Level == l.Level && n+by >= 0 && n+by < len(list) {
				return leakEdit(assess.Edit{Kind: assess.LeakRelabel, Level: list[n+by].Level})(s, now)
			}
		}
		return Say{i18n.NothingFound.In(s.Settings.Lang), now}
	}
}

// join makes one leak of the selected one and the one nearest to it.
func join(s *State, now time.Time) Msg {
	l, _ := s.SelectedLeak()
	at := s.leakPoint(l)
	best, least := geom.Patient{}, math.Inf(1)
	for _, x := range s.leaks() {
		if p := s.leakPoint(x); x.ID != l.ID && p.Dist(at) < least {
			best, least = p, p.Dist(at)
		}
	}
	if math.IsInf(least, 1) {
		return Say{i18n.NothingFound.In(s.Settings.Lang), now}
	}
	to := coordinates(best)
	return leakEdit(assess.Edit{Kind: assess.LeakMerge, To: &to})(s, now)
}

// split cuts the selected leak at the crosshair, across its course.
func split(s *State, now time.Time) Msg {
	l, _ := s.SelectedLeak()
	normal := s.leakAxis(l.ID)
	at := coordinates(s.nearestOf(l.ID, s.Reading.Cursor[PostSlot]))
	return Correct{assess.Edit{Kind: assess.LeakSplit, At: at, Normal: &normal}, now}
}

// leakVoxels returns the places of a leak, from the mask or, where a result
// has none, its middle.
func (s *State) leakVoxels(id int) (out []geom.Patient) {
	for _, region := range s.Result.Leaks {
		if region.ID == id {
			for _, i := range region.Voxels {
				out = append(out, s.Result.Post.Patient(geom.Vox(float64(i.I), float64(i.J), float64(i.K))))
			}
		}
	}
	return out
}

// nearestOf returns the place of a leak that is nearest to p, p itself when the
// leak has none.
func (s *State) nearestOf(id int, p geom.Patient) geom.Patient {
	best, least := p, math.Inf(1)
	for _, q := range s.leakVoxels(id) {
		if d := q.Dist(p); d < least {
			best, least = q, d
		}
	}
	return best
}

// leakAxis is the direction in which a leak is longest: the first principal
// axis of its voxels, by power iteration.
func (s *State) leakAxis(id int) [3]float64 {
	points := s.leakVoxels(id)
	var mean geom.PatientVec
	for _, p := range points {
		mean = mean.Add(geom.LPSVec(p.X, p.Y, p.Z))
	}
	mean = mean.Mul(1 / float64(max(1, len(points))))
	axis := geom.LPSVec(0.3, 0.5, 1).Unit()
	const turns = 30 // the ratio of the axes to this power decides: far more than is needed
	for range turns {
		var next geom.PatientVec
		for _, p := range points {
			d := geom.LPSVec(p.X, p.Y, p.Z).Sub(mean)
			next = next.Add(d.Mul(d.Dot(axis)))
		}
		if next.Norm() == 0 {
			break
		}
		axis = next.Unit()
	}
	return [3]float64{axis.X, axis.Y, axis.Z}
}

// Rename gives the selected vertebra a name.
type Rename struct {
	Name       string
	Neighbours bool
	Now        time.Time
}

func (Rename) undoable() bool { return true }

func (m Rename) apply(s *State) []Effect {
	level, err := anatomy.ParseLevel(m.Name)
	v := s.vertebra(s.Reading.Level)
	if err != nil || v == nil { // the dialog stays open for another try
		s.history.drop()
		return Say{i18n.RenameRefused.In(s.Settings.Lang), m.Now}.apply(s)
	}
	s.Overlay = NoOverlay
	edit := assess.Edit{Kind: assess.BodyRename, At: v.CentroidLPS, Level: level, Neighbours: m.Neighbours}
	return Correct{edit, m.Now}.apply(s)
}

// ResetEdits takes all corrections back at once.
type ResetEdits struct{}

func (ResetEdits) undoable() bool { return true }

func (ResetEdits) apply(s *State) []Effect {
	s.Work.Edits = nil
	return nil
}

// ShowTypes opens or closes the list of leak types.
type ShowTypes struct{ On bool }

func (m ShowTypes) apply(s *State) []Effect {
	s.Types = m.On
	if m.On {
		s.Settings.Panel, s.Problems, s.MeasureList = true, false, false
	}
	return nil
}

// LeakTypes are the actions that retype a leak, in the order of the list.
var LeakTypes = func() (ids []string) {
	for _, c := range anatomy.Compartments {
		ids = append(ids, "leak-type-"+string(c))
	}
	return ids
}()

// correctActions are those that change what the program found.
func correctActions() []Action {
	C := i18n.Correcting
	out := []Action{
		{ID: "leak-accept", Label: i18n.Accept, Group: C, Icon: "check", Keys: key("A"), Blocked: needsLeak, Msg: leakEdit(assess.Edit{Kind: assess.LeakAccept})},
		{ID: "leak-reject", Label: i18n.Reject, Group: C, Icon: "close", Sense: i18n.RejectSense, Keys: key("⌦"), Blocked: needsLeak, Msg: leakEdit(assess.Edit{Kind: assess.LeakReject})},
		{ID: "leak-retype", Label: i18n.Retype, Group: C, Icon: "flag", Keys: key("T"), Blocked: needsLeak, Msg: func(s *State, _ time.Time) Msg { return ShowTypes{!s.Types} }},
	}
	for n, c := range anatomy.Compartments {
		label := i18n.Text{EN: i18n.RetypeTo.In("en", "name", i18n.LeakName(c).EN), FR: i18n.RetypeTo.In("fr", "name", i18n.LeakName(c).FR)}
		out = append(out, Action{ID: LeakTypes[n], Label: label, Group: C, Icon: "flag", Blocked: needsLeak, Msg: leakEdit(assess.Edit{Kind: assess.LeakRetype, Compartment: c})})
	}
	return append(out,
		Action{ID: "leak-in-body", Label: i18n.RejectInBody, Group: C, Icon: "vert", Blocked: needsLeak, Msg: leakEdit(assess.Edit{Kind: assess.LeakReject, Class: anatomy.CementInBody})},
		Action{ID: "leak-in-pedicle", Label: i18n.RejectInPed, Group: C, Icon: "vert", Blocked: needsLeak, Msg: leakEdit(assess.Edit{Kind: assess.LeakReject, Class: anatomy.CementInPedicle})},
		Action{ID: "leak-prior", Label: i18n.RejectIsPrior, Group: C, Icon: "clock", Blocked: needsLeak, Msg: leakEdit(assess.Edit{Kind: assess.LeakReject, Class: anatomy.CementPrior})},
		Action{ID: "leak-join", Label: i18n.JoinLeak, Group: C, Icon: "link", Blocked: needsLeak, Msg: join},
		Action{ID: "leak-split", Label: i18n.SplitLeak, Group: C, Icon: "cut", Blocked: needsLeak, Msg: split},
		Action{ID: "leak-note", Label: i18n.LeakNote, Group: C, Icon: "note", Blocked: needsLeak, Msg: fixed(NoteLeak{})},
		Action{ID: "body-automatic", Label: i18n.BodyAutomatic, Group: C, Icon: "undo", Msg: fixed(AutomaticBody{}), Blocked: func(s *State) (i18n.Text, bool) {
			if why, blocked := needsLevel(s); blocked {
				return why, true
			}
			return i18n.NotCorrectedHere, !s.correctedHere()
		}},
		Action{ID: "leak-level-above", Label: i18n.LeakUp, Group: C, Icon: "up", Blocked: needsLeak, Msg: relabel(-1)},
		Action{ID: "leak-level-below", Label: i18n.LeakDown, Group: C, Icon: "down", Blocked: needsLeak, Msg: relabel(1)},
		Action{ID: "body-rename", Label: i18n.RenameLevel, Named: i18n.RenameNamed, Group: C, Icon: "vert", Keys: []Key{{Name: "F2"}}, Blocked: needsLevel, Msg: fixed(SetOverlay{RenameDialog})},
		Action{ID: "body-remove", Label: i18n.RemoveLevel, Named: i18n.RemoveNamed, Group: C, Icon: "close", Sense: i18n.RemoveSense, Blocked: needsLevel, Msg: bodyEdit(assess.Edit{Kind: assess.BodyDelete})},
		Action{ID: "cement-old", Label: i18n.CementWasOld, Group: C, Icon: "clock", Blocked: needsLevel, Msg: bodyEdit(assess.Edit{Kind: assess.CementIsPrior})},
		Action{ID: "cement-new", Label: i18n.CementIsNew, Group: C, Icon: "plus", Blocked: needsLevel, Msg: bodyEdit(assess.Edit{Kind: assess.CementIsNew})},
		Action{ID: "reset-edits", Label: i18n.ResetEdits, Group: C, Icon: "undo", Blocked: func(s *State) (i18n.Text, bool) { return i18n.NothingUndo, len(s.Work.Edits) == 0 }, Msg: fixed(ResetEdits{})},
		Action{ID: "key-image", Label: i18n.KeyImage, Group: C, Icon: "key", Keys: key("K"), Blocked: needsStudy, Msg: func(_ *State, now time.Time) Msg { return ToggleKeyImage{now} }},
		Action{ID: "key-images-out", Label: i18n.ForgetImages, Group: C, Icon: "close", Blocked: func(s *State) (i18n.Text, bool) { return i18n.NoImagesKept, len(s.Work.Keys) == 0 }, Msg: fixed(ForgetKeyImages{})},
		Action{ID: "region", Label: i18n.NextRegion, Group: i18n.Program, Icon: "keyboard", Sense: i18n.NextRegionHow, Keys: key("F6"), Msg: fixed(Do{NextRegion{}})},
		Action{ID: "session-save", Label: i18n.SaveSession, Group: i18n.Program, Icon: "disk", Blocked: needsStudy, Msg: fixed(Do{SaveSession{}})},
	)
}
