package model

import (
	"github.com/vertefill/vertefill/internal/fluoro"
	"github.com/vertefill/vertefill/ui/i18n"
)

// RunPoint is a point that the reader shows in both projections of a biplane run, in pixels of the frames shown, which were taken together.
type RunPoint struct {
	Placing bool // the left button puts it
	Frame   int
	At      [2]*[2]float64 // in the run, in the second projection; nil while it is not shown there
}

// PlacePoint begins a point in two projections.
type PlacePoint struct{}

func (PlacePoint) apply(s *State) []Effect {
	s.Run.Drawing, s.Run.Draft, s.Run.Known = "", nil, nil
	s.Run.Point = RunPoint{Placing: true, Frame: s.Run.Frame}
	s.Run.Player.Playing = false
	return nil
}

// PutPoint shows where the point lies in one projection. On another frame it begins anew.
type PutPoint struct {
	Second bool
	At     [2]float64
}

func (m PutPoint) apply(s *State) []Effect {
	p := &s.Run.Point
	if p.Frame != s.Run.Frame {
		*p = RunPoint{Placing: true, Frame: s.Run.Frame}
	}
	n := 0
	if m.Second {
		n = 1
	}
	p.At[n] = &m.At
	p.Placing = p.At[1-n] == nil
	return nil
}

// PlacesPoint reports whether the left button puts a point in two projections.
func (s *State) PlacesPoint() bool { return s.Run.Point.Placing && s.Run.Second != nil }

// RunPointAt is where the point lies from the isocentre, once it is shown in both projections; ok is false before, and where the files
// do not tell the geometry.
func (s *State) RunPointAt() (at fluoro.Isocentric, ok bool) {
	p, second := &s.Run.Point, s.Run.Second
	if second == nil || second.Source == nil || s.Run.Source == nil || p.At[0] == nil || p.At[1] == nil {
		return at, false
	}
	at, err := fluoro.Locate(s.Run.Source.Sight(), second.Source.Sight(), *p.At[0], *p.At[1])
	return at, err == nil
}

// needsSecond blocks what both projections are needed for.
func needsSecond(s *State) (i18n.Text, bool) { return i18n.PointNeeds, s.Run.Second == nil }
