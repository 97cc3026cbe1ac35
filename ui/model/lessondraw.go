package model

import (
	"maps"
	"math"
	"slices"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/measure"
	"github.com/vertefill/vertefill/internal/mesh"
	"github.com/vertefill/vertefill/internal/spine"
	"github.com/vertefill/vertefill/internal/teach"
)

// Draw takes the next outline for the body or for the cement; a second call
// gives the mouse back to the window.
type Draw struct{ Of teach.Drawn }

func (m Draw) apply(s *State) []Effect {
	if !s.Blind() {
		return nil
	}
	p := *s.Lesson.Play
	p.Draws, p.Armed = m.Of, ""
	s.Reading.Tool, s.Reading.Kind = MeasureTool, measure.Freehand
	if s.Lesson.Play.Draws == m.Of {
		p.Draws, s.Reading.Tool = "", WindowTool
	}
	s.Lesson.Play = &p
	return nil
}

// samePlaneMM and samePlaneCos are how near two planes are one slice: an
// outline there takes the place of the former.
const samePlaneMM, samePlaneCos = 0.4, 0.999

func samePlane(a, b measure.Shape) bool {
	na := a.Plane.ApplyVec(geom.Vec[geom.PlaneFrame]{Z: 1})
	nb := b.Plane.ApplyVec(geom.Vec[geom.PlaneFrame]{Z: 1})
	away := b.Plane.Apply(geom.Plane{}).Sub(a.Plane.Apply(geom.Plane{}))
	return math.Abs(na.Dot(nb)) > samePlaneCos && math.Abs(away.Dot(na)) < samePlaneMM
}

// outlined takes a finished outline as part of the answer: one more slice, or
// a better outline of the same one, which goes.
func (s *State) outlined(m Measure) {
	p := s.Lesson.Play
	if !s.Blind() || p.Draws == "" || !m.Kind.Region() {
		return
	}
	c := *p
	c.outlines = maps.Clone(p.outlines)
	var others []int
	for _, x := range s.outlines(p.Draws) {
		if samePlane(x.Shape, m.Shape) {
			s.Reading.Measures = slices.DeleteFunc(slices.Clone(s.Reading.Measures), func(y Measure) bool { return y.ID == x.ID })
		} else {
			others = append(others, x.ID)
		}
	}
	c.outlines[p.Draws] = append(others, m.ID)
	c.Draws, s.Reading.Tool = "", WindowTool
	s.Lesson.Play = &c
}

// outlines are the measures that were drawn for the body or the cement; those
// that were deleted since are gone, those that were changed are as they are.
func (s *State) outlines(of teach.Drawn) (out []Measure) {
	for _, id := range s.Lesson.Play.outlines[of] {
		if m, ok := s.Reading.Measure(id); ok {
			out = append(out, m)
		}
	}
	return out
}

// Outlined is on how many slices something was drawn.
func (s *State) Outlined(of teach.Drawn) int { return len(s.outlines(of)) }

// IsOutline reports whether a measure is a part of the answer to a case.
func (s *State) IsOutline(id int) bool {
	if p := s.Lesson.Play; p != nil {
		return slices.Contains(p.outlines[teach.DrawnBody], id) || slices.Contains(p.outlines[teach.DrawnCement], id)
	}
	return false
}

// GoToOutline leads to the first outline of the body or the cement.
type GoToOutline struct{ Of teach.Drawn }

func (m GoToOutline) apply(s *State) []Effect {
	if s.Lesson.Play == nil {
		return nil
	}
	if list := s.outlines(m.Of); len(list) > 0 {
		s.goTo(list[0].Centre())
	}
	return nil
}

// drawings compares what was drawn with the reference.
func (s *State) drawings() (out []teach.Drawing) {
	p := s.Lesson.Play
	for _, of := range []teach.Drawn{teach.DrawnBody, teach.DrawnCement} {
		var shapes []measure.Shape
		for _, m := range s.outlines(of) {
			shapes = append(shapes, m.Shape)
		}
		if len(shapes) == 0 {
			continue
		}
		d := teach.Drawing{Of: of}
		if v := p.meant(shapes); v != nil {
			d.Level = v.Level
			d.ReferenceML = float64(v.BodyML)
			reference, within := v.Body, (*mesh.Mesh)(nil)
			if of == teach.DrawnCement {
				reference, within, d.ReferenceML = p.reference.CementSurfaces[anatomy.CementInBody], v.Body, 0
				for _, t := range p.Case.Reference.Treated {
					if t.Level == v.Level {
						d.ReferenceML = t.Fill * float64(v.BodyML)
					}
				}
			}
			d.Areas, _ = teach.CompareOutlines(shapes, reference, within)
		}
		d.Dice = d.Areas.Dice()
		out = append(out, d)
	}
	return out
}

// meant is the vertebra of the reference that outlines are about: the one with
// most of its body inside them, else the one nearest to them.
func (p *OpenCase) meant(shapes []measure.Shape) (best *spine.Vertebra) {
	most, least := 0.0, math.Inf(1)
	for _, v := range p.reference.Spine.Vertebrae {
		if v.Body == nil {
			continue
		}
		if a, ok := teach.CompareOutlines(shapes, v.Body, nil); ok && a.SharedMM2 > most {
			best, most = v, a.SharedMM2
		}
		if d := v.Body.Centroid().Dist(shapes[0].Centre()); most == 0 && d < least {
			best, least = v, d
		}
	}
	return best
}
