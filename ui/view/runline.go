package view

import (
	"math"

	"gioui.org/f32"
	"gioui.org/layout"

	"github.com/vertefill/vertefill/ui/model"
)

// runline is the mouse that draws lines and known objects on a run. Lines are kept in pixels of the first frame, known objects in
// those of the frame shown.
type runline struct {
	name   string // of the line that is held; empty for none
	end    int    // of it that is held
	points [2][2]float64
	known  bool // a known object is drawn

	measures bool // a length is drawn or moved
	length   int  // its id; 0 for a new one
}

// pressed handles the left button on a run and reports whether the event was used.
func (l *runline) pressed(gtx layout.Context, h Host, p *viewport, id model.ViewID, at f32.Point) bool {
	s := h.State
	*l = runline{}
	if s.PlacesPoint() && (id.Content == model.RunView || id.Content == model.SecondView) {
		h.Emit(model.PutPoint{Second: id.Content == model.SecondView, At: planePixel(s, id, p.port(s, id), at)})
		return true
	}
	if id.Content != model.RunView || s.Run.Cine == nil {
		return false
	}
	vp := p.port(s, id)
	switch {
	case s.Run.Known != nil:
		q := runPixel(s, vp, at)
		l.known, l.end, l.points = true, 1, [2][2]float64{q, q}
	case s.Run.Drawing != "":
		q := firstPixel(s, vp, at)
		l.name, l.end, l.points = s.Run.Drawing, 1, [2][2]float64{q, q}
	case s.Run.Shown != nil && !s.Reading.Hidden && s.Reading.Layers != model.NoLayers:
		reach := float64(gtx.Dp(handleReach)) / 2
		for _, x := range s.Run.Shown.Found.Lines {
			for end := range x.Points {
				q := runScreen(s, vp, x.Points[end])
				if math.Hypot(float64(q.X-at.X), float64(q.Y-at.Y)) < reach {
					l.name, l.end, l.points = x.Name, end, x.Points
				}
			}
		}
	}
	if l.name == "" && !l.known && !l.takeLength(gtx, s, at, p, id) {
		return false
	}
	l.sketch(h)
	return true
}

// dragged handles movement with the left button down and reports whether it draws.
func (l *runline) dragged(h Host, p *viewport, id model.ViewID, at f32.Point) bool {
	vp := p.port(h.State, id)
	switch {
	case l.known:
		l.points[l.end] = runPixel(h.State, vp, at)
	case l.name != "" || l.measures:
		l.points[l.end] = firstPixel(h.State, vp, at)
	default:
		return false
	}
	l.sketch(h)
	return true
}

func (l *runline) sketch(h Host) { h.Emit(model.SketchRun{Points: l.points[:]}) }

// released puts down what was drawn.
func (l *runline) released(gtx layout.Context, h Host, moved bool) {
	name, known, measures := l.name, l.known, l.measures
	l.name, l.known, l.measures = "", false, false
	switch {
	case measures && moved:
		h.Emit(model.KeepRunLength{ID: l.length, Points: l.points, Now: gtx.Now})
	case measures:
		h.Emit(model.SketchRun{})
		h.Emit(model.ChooseRunLength{ID: l.length})
	case known:
		h.Emit(model.JudgeKnown{})
	case name == "":
	case moved:
		h.Emit(model.KeepLine{Name: name, Points: l.points, Now: gtx.Now})
	default:
		h.Emit(model.SketchRun{})
	}
}
