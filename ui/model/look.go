package model

import (
	"math"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/render"
	"github.com/vertefill/vertefill/internal/unit"
)

// Look changes the way of looking by a function; it can be undone.
type Look struct{ Change func(*Reading) }

func (Look) undoable() bool { return true }

func (m Look) apply(s *State) []Effect { m.Change(&s.Reading); return nil }

// Move changes the way of looking as part of a continuous movement, which undo
// does not take back.
type Move struct{ Change func(*Reading) }

func (m Move) apply(s *State) []Effect { m.Change(&s.Reading); return nil }

// Arrange changes the layout, which the next study opens with. The panel gives
// way to a layout that needs its room.
type Arrange struct{ Layout Layout }

func (Arrange) undoable() bool { return true }

func (m Arrange) apply(s *State) []Effect {
	s.Reading.Layout, s.Reading.Filled = m.Layout, false
	s.Settings.Layout = m.Layout
	s.makeRoom()
	return []Effect{SaveSettings{}}
}

// Focus gives a view the keyboard.
type Focus struct{ View ViewID }

func (m Focus) apply(s *State) []Effect { s.Reading.Focus = m.View; return nil }

// Fill lets a view fill the area, or restores the grid.
type Fill struct{ View ViewID }

func (m Fill) apply(s *State) []Effect {
	s.Reading.Focus, s.Reading.Filled = m.View, !s.Reading.Filled
	return nil
}

// ScrollSlices moves a view by whole slices; positive goes along the line of
// sight (axial: to the head).
type ScrollSlices struct {
	View  ViewID
	Steps int
}

func (m ScrollSlices) apply(s *State) []Effect {
	if m.View.Content.OfRun() {
		s.Run.Player.Playing = false
		return SetFrame{Frame: s.Run.Frame + m.Steps}.apply(s)
	}
	vol := s.Loaded[m.View.Slot].Volume
	if vol == nil || m.View.Content == ThreeD {
		return nil
	}
	plane := s.Plane(m.View)
	sight := plane.Axis(2).Unit()
	p := s.CursorIn(m.View.Slot).Add(sight.Mul(float64(m.Steps) * float64(s.StepMM(m.View))))
	s.setCursor(m.View.Slot, clampTo(vol.Grid.Voxel(p), vol.NX, vol.NY, vol.NZ, p, vol.Grid.Patient))
	return nil
}

// clampTo keeps a point inside the volume, so that the wheel stops at the ends.
func clampTo(v geom.Voxel, nx, ny, nz int, p geom.Patient, patient func(geom.Voxel) geom.Patient) geom.Patient {
	w := geom.Vox(min(max(v.X, 0), float64(nx-1)), min(max(v.Y, 0), float64(ny-1)), min(max(v.Z, 0), float64(nz-1)))
	if w == v {
		return p
	}
	return patient(w)
}

// Ends moves a view to its first or last slice.
type Ends struct {
	View ViewID
	Last bool
}

func (m Ends) apply(s *State) []Effect {
	if m.View.Content.OfRun() {
		to := SetFrame{}
		if m.Last && s.Run.Cine != nil {
			to.Frame = s.Run.Cine.Frames
		}
		return to.apply(s)
	}
	vol := s.Loaded[m.View.Slot].Volume
	if vol == nil || m.View.Content == ThreeD {
		return nil
	}
	steps := max(vol.NX, vol.NY, vol.NZ) * 2
	if !m.Last {
		steps = -steps
	}
	return ScrollSlices{m.View, steps}.apply(s)
}

// PointAt puts the crosshair on a point of a slot's series.
type PointAt struct {
	Slot Slot
	At   geom.Patient
}

func (m PointAt) apply(s *State) []Effect { s.setCursor(m.Slot, m.At); return nil }

// SetView sets zoom and centre of a view.
type SetView struct {
	ID ViewID
	To View
}

func (m SetView) apply(s *State) []Effect {
	if m.To.sound() {
		*s.view(m.ID) = m.To
	}
	return nil
}

// sound reports whether a view shows some place at some zoom.
func (v View) sound() bool {
	return v.MMPerDP > 0 && !math.IsInf(v.MMPerDP, 0) && v.Centre.IsFinite()
}

// SetWindow sets window and level of a slot, of both while views are linked.
type SetWindow struct {
	Slot Slot
	To   render.Window
}

func (m SetWindow) apply(s *State) []Effect {
	s.Reading.Window[m.Slot] = m.To
	if s.Reading.Linked && !s.Reading.Loose.Window {
		s.Reading.Window = [2]render.Window{m.To, m.To}
	}
	return nil
}

// SetLinked links or unlinks pre and post; unlinked views start from where the
// linked ones are.
type SetLinked struct{ On bool }

func (SetLinked) undoable() bool { return true }

func (m SetLinked) apply(s *State) []Effect {
	r := &s.Reading
	if r.Linked == m.On || s.Loaded[PreSlot].Volume == nil || s.Loaded[PostSlot].Volume == nil {
		return nil
	}
	if !m.On {
		s.partViews()
	}
	r.Linked = m.On
	return nil
}

// partViews lets the views of the pre CT, which follow those of the post CT,
// start on their own from where they are.
func (s *State) partViews() {
	r := &s.Reading
	if s.viewSlot(PreSlot) == PreSlot {
		return
	}
	r.Cursor[PreSlot] = s.CursorIn(PreSlot)
	link := s.Link()
	for c := Axial; c <= Coronal; c++ {
		v := s.View(ViewID{PreSlot, c})
		post, pre := s.basePlane(PostSlot, c), s.basePlane(PreSlot, c)
		if back, err := pre.Inverse(); err == nil {
			v.Centre = back.Apply(link.PreFromPost.Apply(post.Apply(v.Centre)))
		}
		r.Views[PreSlot][c] = v
	}
}

// ZoomBy multiplies the size on screen of a view, keeping a point of the plane
// where it is.
type ZoomBy struct {
	View   ViewID
	Factor float64
	At     geom.Plane
	Fitted View // the view as it is shown now, when it is fitted
}

// The zoom stays between one voxel as large as a button and a body as small as
// one.
const minMMPerDP, maxMMPerDP = 0.01, 5.0

func (m ZoomBy) apply(s *State) []Effect {
	v := s.view(m.View)
	if v.MMPerDP == 0 {
		*v = m.Fitted
	}
	if !v.sound() || !m.At.IsFinite() || !(m.Factor > 0) { // a view without a picture
		*v = View{}
		return nil
	}
	to := min(max(v.MMPerDP/m.Factor, minMMPerDP), maxMMPerDP)
	k := to / v.MMPerDP
	v.Centre = m.At.Add(v.Centre.Sub(m.At).Mul(k))
	v.MMPerDP = to
	return nil
}

// Thicken changes the slab of all views by steps of a millimetre.
type Thicken struct{ Steps int }

func (m Thicken) apply(s *State) []Effect {
	t := float64(s.Reading.Slab.Thickness) + float64(m.Steps)
	s.Reading.Slab.Thickness = unit.MM(min(max(math.Round(t), 0), 100))
	return nil
}

// SetAligned turns the planes along the axes of the selected vertebra, or back.
type SetAligned struct{ On bool }

func (SetAligned) undoable() bool { return true }

func (m SetAligned) apply(s *State) []Effect {
	r := &s.Reading
	if m.On && r.Level == anatomy.None {
		StepLevel{1}.apply(s)
	}
	r.Aligned, r.Oblique = m.On, Oblique{}
	for slot := range r.Views { // zoomed to the body, or out again
		for c := range r.Views[slot] {
			r.Views[slot][c].MMPerDP = 0
		}
	}
	s.goTo(r.Cursor[PostSlot]) // the centres belong to the planes that were
	return nil
}

// AutoWindow fits the window of the focused volume to its tissue: from the 2nd
// to the 99.8th per cent of what is denser than fat.
type AutoWindow struct{}

func (AutoWindow) undoable() bool { return true }

func (AutoWindow) apply(s *State) []Effect {
	slot := s.Reading.Focus.Slot
	vol := s.Loaded[slot].Volume
	if vol == nil {
		return nil
	}
	const stride = 37 // a prime: a sample of the voxels that follows no row
	var sample []int16
	for i := 0; i < len(vol.HU); i += stride {
		if vol.HU[i] > -200 {
			sample = append(sample, vol.HU[i])
		}
	}
	if w, ok := render.AutoWindow(sample, 0.02, 0.998); ok {
		w.Invert = s.Reading.Window[slot].Invert
		return SetWindow{slot, w}.apply(s)
	}
	return nil
}
