package model

import (
	"math"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/render"
)

// GoToLevel selects a vertebra and takes every view to it.
type GoToLevel struct{ Level anatomy.Level }

func (GoToLevel) undoable() bool { return true }

func (m GoToLevel) apply(s *State) []Effect {
	v := s.vertebra(m.Level)
	if v == nil {
		return nil
	}
	s.Reading.Level, s.Reading.Leak = m.Level, 0
	if s.Fixing.On {
		s.takeUp()
		return nil
	}
	s.goTo(geom.LPS(v.CentroidLPS[0], v.CentroidLPS[1], v.CentroidLPS[2]))
	return nil
}

// GoToLeak selects a leak and takes every view to it.
type GoToLeak struct{ ID int }

func (GoToLeak) undoable() bool { return true }

func (m GoToLeak) apply(s *State) []Effect {
	if l, ok := s.leak(m.ID); ok {
		s.Reading.Level, s.Reading.Leak = l.Level, l.ID
		s.goTo(s.leakPoint(l))
	}
	return nil
}

// leak returns the leak with the id, rejected ones too.
func (s *State) leak(id int) (assess.Leak, bool) {
	for _, l := range s.leaks() {
		if l.ID == id {
			return l, true
		}
	}
	for _, r := range s.Rejected() {
		if r.Leak.ID == id {
			return r.Leak, true
		}
	}
	return assess.Leak{}, false
}

// leakPoint is where a leak is looked at: the voxel of it that is nearest to
// its centroid, for a curved leak may lie around its centroid.
func (s *State) leakPoint(l assess.Leak) geom.Patient {
	c := geom.LPS(l.CentroidLPS[0], l.CentroidLPS[1], l.CentroidLPS[2])
	best, dist := c, math.Inf(1)
	for _, region := range s.Result.Leaks {
		if region.ID != l.ID {
			continue
		}
		for _, i := range region.Voxels {
			p := s.Result.Post.Patient(geom.Vox(float64(i.I), float64(i.J), float64(i.K)))
			if d := p.Dist(c); d < dist {
				best, dist = p, d
			}
		}
	}
	return best
}

func (s *State) goTo(p geom.Patient) {
	r := &s.Reading
	if s.Fixing.On {
		if s.Fixing.level != r.Level {
			s.takeUp()
		}
		r.Cursor[PostSlot] = p
		return
	}
	r.Cursor[PostSlot] = p
	for c := Axial; c <= Coronal; c++ {
		plane := s.basePlane(s.viewSlot(PostSlot), c)
		back, err := plane.Inverse()
		if err != nil {
			continue
		}
		slots := []Slot{s.viewSlot(PostSlot)}
		if r.Linked && !r.Loose.Slices && r.Loose.Zoom { // planes are linked, zooms are not
			slots = []Slot{PreSlot, PostSlot}
		}
		for _, slot := range slots {
			v := &r.Views[slot][c]
			v.Centre = back.Apply(p)
			if wish := s.readingMMPerDP(c); v.MMPerDP == 0 || v.MMPerDP > wish {
				v.MMPerDP = wish
			}
		}
	}
	if s.Result != nil && r.Straight {
		if curve, err := render.SpineCurve(s.Result.Spine); err == nil {
			r.centreOn(curve.Nearest(p))
		}
	}
}

// readingMMPerDP is the zoom that shows a level with its neighbours: about
// 160 mm of the spine, or 100 mm across, in a view of 400 dp; of a vertebra
// along its own axes, 80 mm.
func (s *State) readingMMPerDP(c Content) float64 {
	switch {
	case s.Reading.Aligned:
		return alignedMMPerDP
	case c == Axial:
		return 0.25
	}
	return 0.4
}

// alignedMMPerDP shows a body and the halves of its neighbours.
const alignedMMPerDP = 0.19

func (s *State) vertebra(l anatomy.Level) *assess.Vertebra {
	if s.Result == nil {
		return nil
	}
	for i := range s.Result.Report.Vertebrae {
		if s.Result.Report.Vertebrae[i].Level == l {
			return &s.Result.Report.Vertebrae[i]
		}
	}
	return nil
}

func (s *State) leaks() []assess.Leak {
	if s.Result == nil {
		return nil
	}
	return s.Result.Report.Leaks
}

// StepLevel goes to the vertebra below (1) or above (-1) the selected one.
type StepLevel struct{ By int }

func (StepLevel) undoable() bool { return true }

func (m StepLevel) apply(s *State) []Effect {
	if s.Result == nil || len(s.Result.Report.Vertebrae) == 0 {
		return nil
	}
	list := s.Result.Report.Vertebrae
	at := -1
	for i, v := range list {
		if v.Level == s.Reading.Level {
			at = i
		}
	}
	if at < 0 && m.By < 0 {
		at = len(list)
	}
	at = min(max(at+m.By, 0), len(list)-1)
	return GoToLevel{list[at].Level}.apply(s)
}

// StepFinding goes to the next (1) or former (-1) leak, around the ends.
type StepFinding struct{ By int }

func (StepFinding) undoable() bool { return true }

func (m StepFinding) apply(s *State) []Effect {
	list := s.leaks()
	if len(list) == 0 {
		return nil
	}
	at := -1
	for i, l := range list {
		if l.ID == s.Reading.Leak {
			at = i
		}
	}
	if at < 0 && m.By < 0 {
		at = 0
	}
	at = (at + m.By + len(list)) % len(list)
	return GoToLeak{list[at].ID}.apply(s)
}

// selectFirst goes to what matters most after an analysis: the first leak by
// attention, else the first treated vertebra, else the first.
func (s *State) selectFirst() {
	rank := map[anatomy.Attention]int{anatomy.AttentionRed: 3, anatomy.AttentionAmber: 2, anatomy.AttentionInfo: 1}
	best, id := 0, 0
	for _, l := range s.leaks() {
		if r := rank[l.Attention]; r > best {
			best, id = r, l.ID
		}
	}
	if id != 0 {
		GoToLeak{id}.apply(s)
		return
	}
	list := s.Result.Report.Vertebrae
	for _, v := range list {
		if v.Treated {
			GoToLevel{v.Level}.apply(s)
			return
		}
	}
	if len(list) > 0 {
		GoToLevel{list[0].Level}.apply(s)
	}
}
