package view

import (
	"math"

	"gioui.org/f32"
	"gioui.org/layout"

	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/theme"
	"github.com/vertefill/vertefill/ui/widget"
)

// trace is the line in which another plane cuts the plane of a view, through
// the crosshair.
type trace struct {
	content   model.Content
	direction f32.Point // unit, on screen
}

// traces returns the lines of the two other planes on a view.
func traces(s *model.State, id model.ViewID) (out []trace) {
	here := s.Plane(id)
	for c := model.Axial; c <= model.Coronal; c++ {
		if c == id.Content {
			continue
		}
		other := s.Plane(model.ViewID{Slot: id.Slot, Content: c})
		along := here.Axis(2).Cross(other.Axis(2))
		x, y := along.Dot(here.Axis(0).Unit()), along.Dot(here.Axis(1).Unit())
		n := math.Hypot(x, y)
		if n < 1e-6 {
			continue
		}
		const straight = 1e-4 // radians: drawn along the pixels
		if math.Abs(x/n) < straight {
			x, y = 0, n
		} else if math.Abs(y/n) < straight {
			x, y = n, 0
		}
		out = append(out, trace{c, f32.Pt(float32(x/n), float32(y/n))})
	}
	return out
}

// crosshair draws where the two other planes cut this one: lines in their
// colours, open round the point, with grips to turn the planes by while the
// pointer is on the view.
func (d *decoration) crosshair() {
	at := point32(d.screen(d.h.State.CursorIn(d.id.Slot)))
	gap := float32(d.gtx.Dp(16))
	reach := float32(d.port.size.X + d.port.size.Y)
	width := max(float32(math.Round(float64(d.gtx.Metric.PxPerDp))), 1)
	middle := f32.Pt(float32(math.Floor(float64(at.X)))+width/2, float32(math.Floor(float64(at.Y)))+width/2)
	for _, t := range d.traces() {
		ink := theme.WithAlpha(planeColour(t.content), 0.75)
		for _, side := range []float32{-1, 1} {
			v := t.direction.Mul(side)
			widget.Line(d.gtx, ink, middle.Add(v.Mul(gap)), middle.Add(v.Mul(reach)), width)
		}
	}
	if d.port.hover && turnable(d.h.State, d.id) {
		for _, g := range grips(d.h.State, d.id, d.port, d.gtx) {
			ink := planeColour(g.content)
			widget.Dot(d.gtx, theme.Black, g.at, float32(d.gtx.Dp(5)))
			widget.Dot(d.gtx, ink, g.at, float32(d.gtx.Dp(4)))
		}
	}
}

// traces are the lines of the crosshair; a straightened view has those of a
// picture that is not turned.
func (d *decoration) traces() []trace {
	if d.straight.Curve == nil {
		return traces(d.h.State, d.id)
	}
	return []trace{{model.Axial, f32.Pt(1, 0)}, {model.Sagittal + model.Coronal - d.id.Content, f32.Pt(0, 1)}}
}

// turnable reports whether the planes can be turned from a view.
func turnable(s *model.State, id model.ViewID) bool {
	r := &s.Reading
	return r.Crosshair && drawable(s, id) && !fixable(s, id) && !s.Straightened(id) && !(r.Loose.Cross && id.Slot != r.Focus.Slot)
}

// crossGrip is a place of the crosshair to turn the planes by.
type crossGrip struct {
	content model.Content
	at      f32.Point
}

// gripShare is how far from the crosshair its grips lie, of the shorter side of
// the view; gripReachDP how near the pointer must be.
const gripShare, gripReachDP = 0.38, 9

// grips returns the grips that lie on a view.
func grips(s *model.State, id model.ViewID, p *viewport, gtx layout.Context) (out []crossGrip) {
	at := p.screen(Host{State: s}, id, s.CursorIn(id.Slot))
	far := gripShare * float32(min(p.size.X, p.size.Y))
	for _, t := range traces(s, id) {
		for _, side := range []float32{-1, 1} {
			if q := at.Add(t.direction.Mul(side * far)); inside(q, p.size) {
				out = append(out, crossGrip{t.content, q})
			}
		}
	}
	return out
}

// onCrossGrip reports whether a point of a view is on a grip.
func (p *viewport) onCrossGrip(gtx layout.Context, h Host, id model.ViewID, at f32.Point) bool {
	if !turnable(h.State, id) {
		return false
	}
	for _, g := range grips(h.State, id, p, gtx) {
		if d := g.at.Sub(at); math.Hypot(float64(d.X), float64(d.Y)) < float64(gtx.Dp(gripReachDP)) {
			return true
		}
	}
	return false
}

// turnPlanes turns the planes as far as the pointer went round the crosshair.
func (p *viewport) turnPlanes(h Host, id model.ViewID, from, to f32.Point) {
	c := p.screen(h, id, h.State.CursorIn(id.Slot))
	angle := func(q f32.Point) float64 { return math.Atan2(float64(q.Y-c.Y), float64(q.X-c.X)) }
	by := math.Remainder(angle(to)-angle(from), 2*math.Pi)
	h.Emit(model.TurnPlanes{View: id, By: by})
}
