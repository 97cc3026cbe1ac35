package view

import (
	"image"
	"math"
	"slices"

	"gioui.org/f32"
	"gioui.org/io/pointer"
	"gioui.org/layout"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/measure"
	"github.com/vertefill/vertefill/internal/render"
	"github.com/vertefill/vertefill/ui/model"
)

// drawing is the mouse of the measuring tools on one view. Points are put down
// by clicks or by the ends of drags, as the reader likes; the point under the
// pointer hangs on the draft (model.Draft) until then.
type drawing struct {
	begun  bool // the present press put the first point down
	fixed  bool // the present drag has put the pressed point down
	grab   grab
	change measure.Shape // as it was when it was grabbed
	from   geom.Patient
	first  bool // the next change is the first of the drag
}

// grab says what of a measure is held.
type grab int

const (
	nothing grab = iota - 2
	whole
	// from 0 on: the handle
)

// Distances in dp within which a handle or a line is taken.
const handleReach, lineReach = 14, 6

// pressed handles the left button on a view and reports whether the event was
// used.
func (d *drawing) pressed(gtx layout.Context, h Host, p *viewport, id model.ViewID, e pointer.Event) bool {
	s := h.State
	d.grab, d.begun, d.fixed = nothing, false, false
	drafting := len(s.Draft.Shape.Points) > 0
	measuring := s.Reading.Tool == model.MeasureTool
	if !drafting && d.take(gtx, h, p, id, e.Position, measuring) {
		return true
	}
	if !measuring || !drawable(s, id) {
		return false
	}
	at := p.patient(h, id, e.Position)
	kind := s.Reading.Kind
	switch {
	case drafting && s.Draft.Slot != id.Slot:
		return true // a point of another series cannot join
	case drafting:
		d.float(h, at)
	case kind == measure.Freehand:
		h.Emit(model.Sketch{Draft: model.Draft{Slot: id.Slot, Shape: measure.Shape{Kind: kind, Plane: s.Plane(id), Points: []geom.Patient{at}}}})
	default:
		d.begun = true
		points := []geom.Patient{at, at}
		if kind.Needs() == 1 {
			points = points[:1]
		}
		h.Emit(model.Sketch{Draft: model.Draft{Slot: id.Slot, Shape: measure.Shape{Kind: kind, Plane: s.Plane(id), Points: points}}})
	}
	return true
}

// float moves the point that is not yet put down.
func (d *drawing) float(h Host, at geom.Patient) {
	draft := h.State.Draft
	if n := len(draft.Shape.Points); n > 0 {
		draft.Shape.Points = slices.Clone(draft.Shape.Points)
		draft.Shape.Points[n-1] = at
		h.Emit(model.Sketch{Draft: draft})
	}
}

// add puts the floating point down and hangs a new one on the draft.
func (d *drawing) add(h Host, at geom.Patient) {
	draft := h.State.Draft
	draft.Shape.Points = append(slices.Clone(draft.Shape.Points), at)
	h.Emit(model.Sketch{Draft: draft})
}

// dragged handles movement with the left button down and reports whether it
// belongs to a measure.
func (d *drawing) dragged(h Host, p *viewport, id model.ViewID, at f32.Point) bool {
	s := h.State
	if d.grab != nothing {
		to := p.patient(h, id, at)
		shape := d.change.Moved(to.Sub(d.from))
		if d.grab != whole {
			shape = d.change.Move(int(d.grab), to)
		}
		h.Emit(model.Reshape{To: shape, First: d.first})
		d.first = false
		return true
	}
	draft := s.Draft
	n := len(draft.Shape.Points)
	if n == 0 || draft.Slot != id.Slot {
		return n > 0
	}
	to := p.patient(h, id, at)
	needs := draft.Shape.Kind.Needs()
	switch {
	case draft.Shape.Kind == measure.Freehand:
		if to.Dist(draft.Shape.Points[n-1]) >= 1.5*float64(p.port(s, id).MMPerPixel) {
			d.add(h, to)
		}
	case !d.begun && !d.fixed && needs > n: // a drag that begins a further line
		d.fixed = true
		d.add(h, to)
	default:
		d.float(h, to)
	}
	return true
}

// released handles the end of a press; moved tells a drag from a click.
func (d *drawing) released(h Host, p *viewport, id model.ViewID, at f32.Point, moved bool) {
	if d.grab != nothing {
		d.grab = nothing
		return
	}
	draft := h.State.Draft
	kind, n := draft.Shape.Kind, len(draft.Shape.Points)
	switch {
	case n == 0 || draft.Slot != id.Slot:
		return
	case kind == measure.Freehand, kind == measure.Probe:
		h.Emit(model.Keep{})
	case kind == measure.Text:
		h.Emit(model.SetOverlay{To: model.NoteDialog})
	case d.begun && !moved: // a click: the second point follows the pointer
	case kind.Needs() == n:
		h.Emit(model.Keep{})
	case kind.Needs() == 0 && n > 3 && d.closes(h, p, id, at):
		h.Emit(model.CloseDraft{})
	default:
		d.add(h, p.patient(h, id, at))
	}
}

// closes reports whether a click lies on the first point of the draft.
func (d *drawing) closes(h Host, p *viewport, id model.ViewID, at f32.Point) bool {
	first := p.screen(h, id, h.State.Draft.Shape.Points[0])
	return math.Hypot(float64(first.X-at.X), float64(first.Y-at.Y)) < handleReach*float64(p.pxPerDP)
}

// hovered lets the floating point follow the pointer.
func (d *drawing) hovered(h Host, p *viewport, id model.ViewID, at f32.Point) {
	draft := h.State.Draft
	if len(draft.Shape.Points) > 0 && draft.Slot == id.Slot && h.State.Overlay == model.NoOverlay {
		d.float(h, p.patient(h, id, at))
	}
}

// take grabs a handle of the chosen measure, or, with a measuring tool, the
// line of any.
func (d *drawing) take(gtx layout.Context, h Host, p *viewport, id model.ViewID, at f32.Point, measuring bool) bool {
	reach := func(dp float64) float64 { return dp * float64(gtx.Metric.PxPerDp) }
	hold := func(m model.Measure, g grab) {
		d.grab, d.change, d.from, d.first = g, m.Shape, p.patient(h, id, at), true
		h.Emit(model.ChooseMeasure{ID: m.ID})
	}
	list := p.measures(h, id)
	for _, m := range list {
		if m.ID != h.State.Reading.Chosen {
			continue
		}
		for i, q := range m.Handles() {
			x := p.screen(h, id, q)
			if math.Hypot(float64(x.X-at.X), float64(x.Y-at.Y)) < reach(handleReach) {
				hold(m, grab(i))
				return true
			}
		}
	}
	for _, m := range list {
		if !measuring && m.ID != h.State.Reading.Chosen {
			continue
		}
		for _, line := range p.lines(h, id, m.Shape) {
			for i := range line {
				if i > 0 && distanceTo(at, line[i-1], line[i]) < reach(lineReach) || len(line) == 1 && distanceTo(at, line[0], line[0]) < reach(handleReach) {
					hold(m, whole)
					return true
				}
			}
		}
	}
	return false
}

// distanceTo returns the distance of a point from a straight piece, px.
func distanceTo(p, a, b f32.Point) float64 {
	ab, ap := b.Sub(a), p.Sub(a)
	t := float32(0)
	if n := ab.X*ab.X + ab.Y*ab.Y; n > 0 {
		t = min(max((ap.X*ab.X+ap.Y*ab.Y)/n, 0), 1)
	}
	q := p.Sub(a.Add(ab.Mul(t)))
	return math.Hypot(float64(q.X), float64(q.Y))
}

// measures returns the measures to be seen in a view: those of its series with
// a point in the slice shown.
func (p *viewport) measures(h Host, id model.ViewID) []model.Measure {
	s := h.State
	if !drawable(s, id) {
		return nil
	}
	half := max(float64(s.StepMM(id))/2, float64(s.Reading.Slab.Thickness)/2) + 1e-6
	plane := s.Plane(id)
	var out []model.Measure
	for _, m := range s.Reading.Measures {
		if m.Slot == id.Slot && visible(plane, m.Shape, half) {
			out = append(out, m)
		}
	}
	return out
}

// drawable reports whether a view can be drawn on: a plane of a CT. Lengths on
// a straightened view or on a projection are none in the patient.
func drawable(s *model.State, id model.ViewID) bool {
	return id.Content <= model.Coronal && s.Loaded[id.Slot].Volume != nil && !s.Straightened(id)
}

// visible reports whether a shape is drawn in a plane: a region when all of it
// lies there, another shape when a point does.
func visible(plane render.PatientFromPlane, s measure.Shape, half float64) bool {
	for _, q := range s.Points {
		if in := model.InPlane(plane, q, half); in != s.Kind.Region() {
			return in
		}
	}
	return s.Kind.Region()
}

// patient returns the patient point under a point of a view.
func (p *viewport) patient(h Host, id model.ViewID, at f32.Point) geom.Patient {
	return p.where(h.State, id).patient(screenPoint(at))
}

// screen returns where a patient point is seen in a view.
func (p *viewport) screen(h Host, id model.ViewID, q geom.Patient) f32.Point {
	return point32(p.where(h.State, id).screen(q))
}

// lines returns the lines of a shape on a view, px; a lone point is a line of
// one.
func (p *viewport) lines(h Host, id model.ViewID, s measure.Shape) [][]f32.Point {
	to := p.where(h.State, id)
	lines := s.Lines()
	if lines == nil && len(s.Points) > 0 {
		lines = [][]geom.Patient{s.Points[:1]}
	}
	var out [][]f32.Point
	for _, line := range lines {
		points := make([]f32.Point, len(line))
		for i, q := range line {
			points[i] = point32(to.screen(q))
		}
		out = append(out, points)
	}
	return out
}

// inside reports whether a point lies in a view of a size.
func inside(p f32.Point, size image.Point) bool {
	return p.X >= 0 && p.Y >= 0 && p.X < float32(size.X) && p.Y < float32(size.Y)
}
