package model

import (
	"math"
	"strconv"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/measure"
	"github.com/vertefill/vertefill/internal/render"
	"github.com/vertefill/vertefill/ui/i18n"
)

// Target is what a context menu is asked for: a view at a place, or a leak or
// a vertebra of a list.
type Target struct {
	OnView bool
	View   ViewID
	At     geom.Patient // in the coordinates of the view's series
	Leak   int          // 0 for none
	Level  anatomy.Level
}

// MenuLine is a line of a context menu: an action of the registry, or words of
// its own with a message.
type MenuLine struct {
	ID   string
	Text string
	Icon string
	Msg  Msg
}

// On completes a target on a view by what lies there: a leak, else a vertebra.
func (s *State) On(id ViewID, at geom.Patient) Target {
	t := Target{OnView: true, View: id, At: at}
	if id.Slot != PostSlot || id.Content > Coronal || s.Result == nil || s.Straightened(id) {
		return t
	}
	if t.Leak = s.leakAt(at); t.Leak != 0 {
		return t
	}
	for _, v := range s.Result.Spine.Vertebrae {
		if v.Distance(at) < 0 {
			t.Level = v.Level
		}
	}
	return t
}

// leakReachMM is how near to a voxel of a leak a click still means it.
const leakReachMM = 1.5

// leakAt is the leak at a place of the post CT, 0 for none.
func (s *State) leakAt(p geom.Patient) (id int) {
	least := leakReachMM
	for _, l := range s.leaks() {
		for _, q := range s.leakVoxels(l.ID) {
			if d := q.Dist(p); d < least {
				id, least = l.ID, d
			}
		}
	}
	return id
}

// Select makes the target of a menu what actions act on, without going there.
type Select struct{ Target Target }

func (m Select) apply(s *State) []Effect {
	t, r := m.Target, &s.Reading
	if t.OnView {
		r.Focus = t.View
	}
	switch {
	case t.Leak != 0:
		if l, ok := s.leak(t.Leak); ok {
			r.Level, r.Leak = l.Level, l.ID
		}
	case t.Level != anatomy.None && !s.Fixing.On:
		r.Level, r.Leak = t.Level, 0
	}
	return nil
}

// Menu is the context menu of a target that is selected.
func (s *State) Menu(t Target) (out []MenuLine) {
	lang := s.Settings.Lang
	add := func(ids ...string) {
		for _, id := range ids {
			out = append(out, MenuLine{ID: id})
		}
	}
	goTo := func(level string, m Msg) {
		out = append(out, MenuLine{Text: i18n.GoTo.In(lang, "level", level), Icon: "cross", Msg: m})
	}
	switch {
	case t.OnView && t.View.Content.OfRun():
		add("play", "run-line-wall", "run-line-upper", "run-line-lower", "run-line-other", "run-line-above", "run-line-below", "run-point", "run-calibrate", "run-mask-here", "run-mask-add", "run-shift", "run-roadmap", "run-loop-from", "run-loop-to", "run-invert", "run-fit", "run-frame", "run-film", "layers", "fill")
		return append(out, MenuLine{Text: i18n.ExportView.In(lang), Icon: "export", Msg: ExportView{t.View}})
	case t.Leak != 0:
		if !t.OnView {
			goTo(s.Reading.Level.String(), GoToLeak{t.Leak})
		}
		add("leak-accept", "leak-reject", "leak-retype", "leak-join", "leak-split", "leak-note", "leak-in-body", "leak-in-pedicle", "leak-prior", "leak-level-above", "leak-level-below")
		if t.OnView {
			out = s.viewLines(out, t)
		}
		return out
	case !t.OnView:
		goTo(t.Level.String(), GoToLevel{t.Level})
		add("align", "body-rename", "correct", "body-remove", "cement-old", "cement-new", "body-automatic")
		return out
	}
	add("align", "correct", "window-bone", "window-cement", "window-soft", "window-lung", "window-dicom", "window-auto", "invert", "reset", "fill")
	return s.viewLines(out, t)
}

// viewLines are the lines of every menu on an image.
func (s *State) viewLines(out []MenuLine, t Target) []MenuLine {
	lang := s.Settings.Lang
	out = append(out, MenuLine{ID: "key-image"})
	if hu, ok := s.valueAt(t.View, t.At); ok {
		value := strconv.Itoa(hu)
		shown := i18n.Whole(lang, float64(hu)) + "\u00a0" + lang.HU()
		out = append(out, MenuLine{Text: i18n.CopyValue.In(lang, "value", shown), Icon: "probe", Msg: Do{Copy{value}}})
	}
	hide := MenuLine{Text: i18n.HideOverlays.In(lang), Icon: "eyeoff", Msg: Look{func(r *Reading) { r.Layers = NoLayers }}}
	if s.Reading.Layers == NoLayers {
		hide = MenuLine{Text: i18n.ShowOverlays.In(lang), Icon: "eye", Msg: Look{func(r *Reading) { r.Layers = AllLayers }}}
	}
	return append(out, hide, MenuLine{Text: i18n.ExportView.In(lang), Icon: "export", Msg: ExportView{t.View}})
}

// valueAt is the CT number at a place of a plane, of the nearest voxel.
func (s *State) valueAt(id ViewID, at geom.Patient) (hu int, ok bool) {
	v := s.Loaded[id.Slot].Volume
	if v == nil || id.Content > Coronal || s.Straightened(id) {
		return 0, false
	}
	x := v.Grid.Voxel(at)
	i, j, k := int(math.Round(x.X)), int(math.Round(x.Y)), int(math.Round(x.Z))
	if i < 0 || j < 0 || k < 0 || i >= v.NX || j >= v.NY || k >= v.NZ {
		return 0, false
	}
	return int(v.HU[i+v.NX*(j+v.NY*k)]), true
}

// ExportView writes the picture of a view, with its contours and marks, into a
// file and says where.
type ExportView struct{ View ViewID }

func (m ExportView) apply(*State) []Effect { return []Effect{SaveView(m)} }

// SaveView is the effect of ExportView.
type SaveView struct{ View ViewID }

func (SaveView) effect() {}

// AutomaticBody takes back every correction of the selected vertebra: those
// made nearer to it than to any other.
type AutomaticBody struct{}

func (AutomaticBody) undoable() bool { return true }

func (AutomaticBody) apply(s *State) []Effect {
	left := s.Work.Edits[:0:0]
	for _, e := range s.Work.Edits {
		if s.levelNear(geom.LPS(e.At[0], e.At[1], e.At[2])) != s.Reading.Level {
			left = append(left, e)
		}
	}
	if len(left) == len(s.Work.Edits) {
		s.history.drop()
		return nil
	}
	s.Work.Edits = left
	return nil
}

// correctedHere reports whether the selected vertebra was corrected.
func (s *State) correctedHere() bool {
	for _, e := range s.Work.Edits {
		if s.levelNear(geom.LPS(e.At[0], e.At[1], e.At[2])) == s.Reading.Level {
			return true
		}
	}
	return false
}

// NoteLeak asks for the words of a note on the selected leak.
type NoteLeak struct{}

func (NoteLeak) apply(s *State) []Effect {
	l, ok := s.SelectedLeak()
	if !ok {
		return nil
	}
	at := s.leakPoint(l)
	plane := render.Through(s.basePlane(PostSlot, Axial), at)
	s.Draft = Draft{Slot: PostSlot, Shape: measure.Shape{Kind: measure.Text, Plane: plane, Points: []geom.Patient{at}}}
	s.Overlay = NoteDialog
	return nil
}
