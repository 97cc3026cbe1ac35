package model

import (
	"time"

	"github.com/vertefill/vertefill/ui/i18n"
)

// Cut3D is which side of a plane through the crosshair is cut away in 3D.
type Cut3D int8

// The sides: along the line of sight of the plane's view, or against it.
const (
	NoCut Cut3D = iota
	CutFar
	CutNear
)

// Curve is the opacity of voxels in 3D as the reader set it: the corners of a
// preset, moved. It belongs to one look.
type Curve struct {
	Look SolidLook
	N    int
	At   [MaxCorners]Corner
}

// Corner is a corner of an opacity curve.
type Corner struct {
	HU      float64
	Opacity float64 // of 1 mm, 0..1
}

// MaxCorners is how many corners a curve has at most.
const MaxCorners = 8

// Side3D is a side from which a 3D view is looked at.
type Side3D struct {
	Letter     string // where the eye is
	Turn, Tilt float64
	id         string
	label      i18n.Text
}

const quarter = 1.5707963267948966 // a right angle

// Sides3D are the six sides.
var Sides3D = [6]Side3D{
	{"A", 0, 0, "solid-front", i18n.FromFront}, {"P", 2 * quarter, 0, "solid-back", i18n.FromBehind},
	{"L", -quarter, 0, "solid-left", i18n.FromLeft}, {"R", quarter, 0, "solid-right", i18n.FromRight},
	{"H", 0, quarter, "solid-head", i18n.FromHead}, {"F", 0, -quarter, "solid-feet", i18n.FromFeet},
}

// solidActions are those of the 3D view.
func solidActions() []Action {
	L := i18n.Looking
	cut := func(c Content) func(*State, time.Time) Msg {
		return look(func(r *Reading) { r.SolidCuts[c] = (r.SolidCuts[c] + 1) % (CutNear + 1) })
	}
	voxels := func(s *State) (i18n.Text, bool) {
		if why, blocked := needsResult(s); blocked {
			return why, true
		}
		return i18n.NeedsVoxels, s.Reading.Solid == Surfaces || s.Reading.Solid == MIPVoxels
	}
	out := []Action{
		{ID: "solid-look", Label: i18n.NextSolid, Group: L, Icon: "cube", Keys: []Key{{Name: "D", Shift: true}}, Blocked: needsResult, Msg: look(func(r *Reading) { r.Solid = (r.Solid + 1) % solidLooks })},
		{ID: "solid-cut", Label: i18n.SolidCut, Sense: i18n.SolidCutSense, Group: L, Icon: "cut", Blocked: needsStudy, Msg: cut(Sagittal)},
		{ID: "solid-cut-axial", Label: i18n.SolidCutAxial, Sense: i18n.SolidCutSense, Group: L, Icon: "cut", Blocked: needsStudy, Msg: cut(Axial)},
		{ID: "solid-cut-coronal", Label: i18n.SolidCutCoronal, Sense: i18n.SolidCutSense, Group: L, Icon: "cut", Blocked: needsStudy, Msg: cut(Coronal)},
		{ID: "solid-curve", Label: i18n.SolidCurve, Sense: i18n.SolidCurveSense, Group: L, Icon: "plot", Blocked: voxels, Msg: look(func(r *Reading) { r.CurveEdit = !r.CurveEdit })},
		{ID: "solid-curve-back", Label: i18n.SolidCurveBack, Group: L, Icon: "undo", Msg: look(func(r *Reading) { r.Curve = Curve{} }),
			Blocked: func(s *State) (i18n.Text, bool) { return i18n.CurveIsPreset, s.Reading.Curve.N == 0 }},
	}
	for _, x := range Sides3D {
		out = append(out, Action{ID: x.id, Label: x.label, Group: L, Icon: "cube", Blocked: needsStudy, Msg: look(x.turn)})
	}
	return out
}

// turn looks from the side.
func (x Side3D) turn(r *Reading) { r.Turn, r.Tilt = x.Turn, x.Tilt }

// LookFrom looks from a side at the 3D view.
func LookFrom(x Side3D) Msg { return Look{x.turn} }
