package model

import (
	"slices"
	"time"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/render"
	"github.com/vertefill/vertefill/ui/i18n"
)

// Showing is how the pixels of views are made, beside place and window.
type Showing struct {
	Interp    render.Interp
	Marks     render.Marks // where the window clips
	Lens      bool         // a magnifier follows the pointer
	Straight  bool         // sagittal and coronal views are straightened along the spine
	Curved    [2]View      // zoom and centre of the straightened views, sagittal and coronal; the centre is mm from and along the curve
	Solid     SolidLook
	SolidCuts [3]Cut3D // by plane: what is cut away in 3D
	Curve     Curve    // opacity of the voxels in 3D as the reader set it
	CurveEdit bool     // the curve is shown to be changed
}

// SolidLook is what a 3D view shows of an analysed study.
type SolidLook int

// The looks: the surfaces that were found, then the voxels by presets with the
// surfaces of cement in them.
const (
	Surfaces SolidLook = iota
	BoneVoxels
	GlassVoxels
	CementVoxels
	SoftVoxels
	MIPVoxels
	solidLooks
)

// Name is the look in words.
func (l SolidLook) Name() i18n.Text {
	return [...]i18n.Text{i18n.LookSurfaces, i18n.LookBone, i18n.LookGlass, i18n.LookCement, i18n.LookSoft, i18n.LookMIP}[l]
}

// Straightened reports whether a view is straightened along the spine.
func (s *State) Straightened(id ViewID) bool {
	return s.Reading.Straight && !s.fixes(id) && s.Result != nil && id.Slot == PostSlot && (id.Content == Sagittal || id.Content == Coronal)
}

// RegionWindow sets the window that shows the values of a region best: from
// the 2nd to the 98th per cent of them.
type RegionWindow struct {
	Slot   Slot
	Values []int16
}

func (RegionWindow) undoable() bool { return true }

func (m RegionWindow) apply(s *State) []Effect {
	w, ok := render.AutoWindow(m.Values, 0.02, 0.98)
	if !ok {
		return nil
	}
	w.Width = max(w.Width, 20) // of an even region noise only is left
	w.Invert = s.Reading.Window[m.Slot].Invert
	return SetWindow{m.Slot, w}.apply(s)
}

// FileWindow is the window that the files of a slot's series ask for; ok is
// false when they ask for none.
func (s *State) FileWindow(slot Slot) (w render.Window, ok bool) {
	i := s.Loaded[slot].Series
	if s.Study == nil || i < 0 || i >= len(s.Study.Series) || s.Study.Series[i].Source == nil || s.Study.Series[i].Source.Series == nil {
		return w, false
	}
	f := s.Study.Series[i].Source.Info.Window
	return render.Window{Centre: f.Center, Width: f.Width}, f.Width > 0
}

// LoadSlot is the effect that reads one series into a slot and answers with
// SlotLoaded.
type LoadSlot struct {
	Study  *Study
	Series int
	Slot   Slot
}

func (LoadSlot) effect() {}

// ShowSeries puts a CT series in the place of the pre or of the post CT; a run
// opens the workspace of fluoroscopy. What was measured on the former series
// no longer holds.
type ShowSeries struct {
	Series int
	Slot   Slot
	Now    time.Time
}

func (m ShowSeries) apply(s *State) []Effect {
	if s.Study == nil || m.Series < 0 || m.Series >= len(s.Study.Series) {
		return nil
	}
	switch x := s.Study.Series[m.Series]; {
	case s.Loaded[m.Slot].Series == m.Series:
		return nil
	case x.Spacing[2] == 0 && x.Role == Fluoro:
		return ShowRun{Series: m.Series, Now: m.Now}.apply(s)
	case x.Spacing[2] == 0:
		return nil
	}
	s.startJob(LoadJob, m.Now)
	return []Effect{LoadSlot{s.Study, m.Series, m.Slot}}
}

// SlotLoaded is the answer to LoadSlot.
type SlotLoaded struct {
	Study  *Study
	Slot   Slot
	Loaded Loaded
	Error  string // in the user's language; empty when it went well
	Say    string // what the change means
	Now    time.Time
}

func (m SlotLoaded) apply(s *State) []Effect {
	if s.Study == nil || s.Study.Path != m.Study.Path {
		return nil // another study was opened meanwhile
	}
	s.endJob(LoadJob)
	if m.Error != "" {
		return Say{m.Error, m.Now}.apply(s)
	}
	// Series may have been joined or split meanwhile.
	i, same := placeOf(s.Study.Series, m.Study.Series[m.Loaded.Series])
	if !same {
		return nil
	}
	m.Loaded.Series = i
	roles := [2]Role{Pre, Post}
	study := *s.Study
	study.Series = slices.Clone(s.Study.Series)
	for slot := range s.Loaded { // one series is in one place
		if Slot(slot) != m.Slot && s.Loaded[slot].Series == m.Loaded.Series {
			s.Loaded[slot] = Loaded{Series: -1}
		}
	}
	if old := s.Loaded[m.Slot].Series; old >= 0 {
		study.Series[old].Role = Other
	}
	study.Series[m.Loaded.Series].Role = roles[m.Slot]
	s.Study, s.Loaded[m.Slot] = &study, m.Loaded
	v := m.Loaded.Volume
	centre := v.Patient(geom.Vox(float64(v.NX-1)/2, float64(v.NY-1)/2, float64(v.NZ-1)/2))
	s.Reading.Home[m.Slot], s.Reading.Cursor[m.Slot] = centre, centre
	s.Reading.Views, s.Reading.Hand, s.Reading.Oblique = [2][4]View{}, Hand{}, Oblique{}
	if s.Loaded[PostSlot].Volume != nil && m.Slot == PreSlot && s.Result == nil {
		return nil
	}
	return append(s.forgetResult(), Say{m.Say, m.Now}.apply(s)...)
}

// forgetResult drops what was measured on series that are no longer shown.
func (s *State) forgetResult() []Effect {
	effects := Cancel{AnalyseJob}.apply(s)
	s.Result, s.Reading.Level, s.Reading.Leak, s.Reading.Aligned = nil, anatomy.None, 0, false
	return effects
}

// showActions change how the pixels of views are made.
func showActions() []Action {
	L, W := i18n.Looking, i18n.Window
	file := func(s *State) (i18n.Text, bool) {
		if why, blocked := needsStudy(s); blocked {
			return why, true
		}
		_, ok := s.FileWindow(s.Reading.Focus.Slot)
		return i18n.NoFileWindow, !ok
	}
	return []Action{
		{ID: "window-dicom", Label: i18n.FileWindow, Group: W, Icon: "wl", Keys: key("5"), Blocked: file, Msg: func(s *State, now time.Time) Msg {
			w, _ := s.FileWindow(s.Reading.Focus.Slot)
			return window(w)(s, now)
		}},
		{ID: "clip-marks", Label: i18n.ClipMarks, Sense: i18n.ClipSense, Group: W, Icon: "warn", Blocked: needsStudy, Msg: look(func(r *Reading) {
			if r.Marks == render.NoMark {
				r.Marks = render.MarkBoth
			} else {
				r.Marks = render.NoMark
			}
		})},
		{ID: "lens", Label: i18n.Lens, Group: L, Icon: "search", Keys: []Key{{Name: "Z", Shift: true}}, Blocked: needsStudy, Msg: look(func(r *Reading) { r.Lens = !r.Lens })},
		{ID: "interpolation", Label: i18n.Interpolation, Group: L, Icon: "grid4", Blocked: needsStudy, Msg: look(func(r *Reading) { r.Interp = (r.Interp + 1) % 3 })},
		{ID: "straighten", Label: i18n.Straighten, Sense: i18n.StraightenSense, Group: L, Icon: "curve", Keys: []Key{{Name: "V", Shift: true}}, Blocked: needsResult, Msg: look(func(r *Reading) { r.Straight = !r.Straight })},
		obliqueAction(),
		{ID: "layout-row", Label: i18n.RowOfPlanes, Group: L, Icon: "triplet", Blocked: needsStudy, Msg: arrange(PlaneRow)},
	}
}

// straightView is the zoom and centre of a straightened view.
func (r *Reading) straightView(c Content) *View {
	if c == Coronal {
		return &r.Curved[1]
	}
	return &r.Curved[0]
}

// centreOn moves the centre of the straightened views along the spine.
func (r *Reading) centreOn(alongMM float64) {
	for i := range r.Curved {
		if r.Curved[i].MMPerDP > 0 {
			r.Curved[i].Centre = geom.Pt[geom.PlaneFrame](0, alongMM, 0)
		}
	}
}
