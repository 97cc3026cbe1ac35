package model

import (
	"math"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/render"
	"github.com/vertefill/vertefill/ui/i18n"
)

// Oblique is how far the planes are turned, by the ends of the crosshair. They
// stay at right angles to each other.
type Oblique struct {
	On   bool
	Turn geom.Affine[geom.PatientFrame, geom.PatientFrame] // about the origin
}

// plane returns a plane turned; the picture itself stays as upright as it can.
func (o Oblique) plane(p render.PatientFromPlane) render.PatientFromPlane {
	if !o.On {
		return p
	}
	n, x := o.Turn.ApplyVec(p.Axis(2)).Unit(), p.Axis(0)
	x = x.Sub(n.Mul(x.Dot(n)))
	const steep = 0.2 // of a unit: less says nothing of a direction
	if x.Norm() < steep {
		x = o.Turn.ApplyVec(p.Axis(0))
	}
	x = x.Unit()
	return geom.FromAxes[geom.PatientFrame, geom.PlaneFrame](p.Origin(), x, n.Cross(x), n)
}

// TurnPlanes turns the planes across a view about the crosshair, radians,
// clockwise on the view. The view itself stays.
type TurnPlanes struct {
	View ViewID
	By   float64
}

func (m TurnPlanes) apply(s *State) []Effect {
	if m.View.Content > Coronal || math.IsNaN(m.By) || s.fixes(m.View) {
		return nil
	}
	slot := s.viewSlot(m.View.Slot)
	at := s.Reading.Cursor[slot]
	axis := s.basePlane(slot, m.View.Content)
	turn := geom.Rotation(geom.Patient{}, axis.Axis(2).Unit(), m.By)
	s.turnTo(slot, at, func(o *Oblique) {
		if o.On {
			turn = geom.Compose(turn, o.Turn)
		}
		o.On, o.Turn = true, turn
	})
	return nil
}

// StraightenPlanes turns the planes back.
type StraightenPlanes struct{}

func (StraightenPlanes) undoable() bool { return true }

func (StraightenPlanes) apply(s *State) []Effect {
	slot := s.Main()
	s.turnTo(slot, s.Reading.Cursor[slot], func(o *Oblique) { *o = Oblique{} })
	return nil
}

// turnTo changes the turn and keeps the crosshair where it is on every view.
func (s *State) turnTo(slot Slot, at geom.Patient, change func(*Oblique)) {
	place := func(c Content) geom.Plane {
		p := render.Through(s.basePlane(slot, c), at)
		back := p.MustInverse()
		return back.Apply(at)
	}
	var before [3]geom.Plane
	for c := Axial; c <= Coronal; c++ {
		before[c] = place(c)
	}
	change(&s.Reading.Oblique)
	for c := Axial; c <= Coronal; c++ {
		v, now := &s.Reading.Views[slot][c], place(c)
		if v.MMPerDP == 0 { // it was fitted to the volume
			v.MMPerDP, v.Centre = s.readingMMPerDP(c), now
			continue
		}
		v.Centre = v.Centre.Add(now.Sub(before[c]))
	}
}

// ObliqueDegrees is by how many degrees a view's plane is turned from the
// scanner's, or from the body's when it follows one; ok is false when it is
// not.
func (s *State) ObliqueDegrees(id ViewID) (degrees float64, ok bool) {
	if !s.Reading.Oblique.On || id.Content > Coronal || s.fixes(id) || s.Straightened(id) {
		return 0, false
	}
	plain := *s
	plain.Reading.Oblique = Oblique{}
	is, was := s.Plane(id), plain.Plane(id)
	degrees = geom.AngleBetween(is.Axis(2), was.Axis(2)) * 180 / math.Pi
	return degrees, degrees >= 0.05
}

// obliqueAction turns the planes back.
func obliqueAction() Action {
	return Action{ID: "straighten-planes", Label: i18n.PlanesBack, Sense: i18n.PlanesBackSense, Group: i18n.Looking, Icon: "cross", Msg: fixed(StraightenPlanes{}),
		Blocked: func(s *State) (i18n.Text, bool) { return i18n.NotOblique, !s.Reading.Oblique.On }}
}

// ScannerPlane reports whether a view shows a plane of the scanner or of its
// reformats, neither turned nor along a body.
func (s *State) ScannerPlane(id ViewID) bool {
	return !s.Reading.Oblique.On && s.AlignedTo(id) == anatomy.None
}
