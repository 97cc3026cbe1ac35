package assess

import (
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/mesh"
	"github.com/vertefill/vertefill/internal/spine"
	"github.com/vertefill/vertefill/internal/unit"
	"github.com/vertefill/vertefill/internal/vertebra"
)

// Shaper shows a body while one of its handles is dragged, in a millisecond a move: every point of the surface moves in proportion to
// the handle, so that one real drag, made when the hand takes the handle, tells all others.
type Shaper struct {
	Vertebra *spine.Vertebra
	Handle   vertebra.HandleKind
	ReachMM  unit.MM // as Edit.ReachMM

	from    vertebra.Handle
	unit    *spine.Vertebra // dragged by a millimetre outwards
	inwards float64         // mm, negative: as far as the handle goes in
}

// NewShaper prepares the shapes of a body under one handle, which takes some milliseconds; nil when the body has no such handle.
func NewShaper(v *spine.Vertebra, kind vertebra.HandleKind, reach unit.MM) *Shaper {
	for _, h := range vertebra.Handles(v) {
		if h.Kind != kind {
			continue
		}
		dragged, err := vertebra.DragWithin(v, kind, h.At.Add(h.Axis), reach)
		if err != nil {
			return nil
		}
		depth := h.At.Sub(v.PatientFromBody.Origin()).Dot(h.Axis)
		return &Shaper{Vertebra: v, Handle: kind, ReachMM: reach, from: h, unit: dragged, inwards: -inwardsShare * depth}
	}
	return nil
}

// inwardsShare is how far vertebra.Drag lets a handle go in, as a share of its distance from the middle of the body.
const inwardsShare = 0.8

// At returns a copy of the body with the handle at the point, or as near to it as it goes, and by how many millimetres it moved
// outwards. Surface and volume are those of vertebra.Drag, heights to a quarter of a millimetre; the interval is as wide as after a
// first millimetre. What is drawn needs no distance field: the copy keeps that of the body as it was.
func (s *Shaper) At(to geom.Patient) (v *spine.Vertebra, movedMM float64) {
	d := max(to.Sub(s.from.At).Dot(s.from.Axis), s.inwards)
	out := *s.unit
	m := &mesh.Mesh{Triangles: s.unit.Body.Triangles, Vertices: make([]geom.Patient, len(s.unit.Body.Vertices))}
	for n, p := range s.Vertebra.Body.Vertices {
		m.Vertices[n] = p.Add(s.unit.Body.Vertices[n].Sub(p).Mul(d))
	}
	out.Body, out.Field, out.PatientFromBody = m, s.Vertebra.Field, s.Vertebra.PatientFromBody
	out.BodyML = m.Volume()
	half := (s.unit.BodyIntervalML.High - s.unit.BodyIntervalML.Low) / 2
	out.BodyIntervalML = unit.Interval{Low: float64(out.BodyML) - half, High: float64(out.BodyML) + half}
	along := func(was, one unit.MM) unit.MM { return was + unit.MM(d)*(one-was) }
	was, one := s.Vertebra.Heights, s.unit.Heights
	out.Heights.Anterior, out.Heights.Middle, out.Heights.Posterior = along(was.Anterior, one.Anterior), along(was.Middle, one.Middle), along(was.Posterior, one.Posterior)
	return &out, d
}
