package view

import (
	"math"

	"gioui.org/f32"
	"gioui.org/layout"

	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/model"
)

// takeLength takes an end of a length on the run, or begins a new one with the
// tool; it reports whether it did.
func (l *runline) takeLength(gtx layout.Context, s *model.State, at f32.Point, p *viewport, id model.ViewID) bool {
	vp := p.port(s, id)
	if !s.Reading.Hidden {
		for _, x := range s.RunWork().Lengths {
			for end := range x.Points {
				q := runScreen(s, vp, x.Points[end])
				if math.Hypot(float64(q.X-at.X), float64(q.Y-at.Y)) < float64(gtx.Dp(handleReach)) {
					l.measures, l.length, l.end, l.points = true, x.ID, end, x.Points
				}
			}
		}
	}
	if !l.measures && s.MeasuresRun() {
		q := firstPixel(s, vp, at)
		l.measures, l.end, l.points = true, 1, [2][2]float64{q, q}
	}
	return l.measures
}

// runLengths draws the lengths measured on the run, and the one in hand, with
// what their millimetres are worth.
func (d *decoration) runLengths() {
	s := d.h.State
	if s.Reading.Hidden {
		return
	}
	held := d.port.runline
	for _, x := range s.RunWork().Lengths {
		if !held.measures || held.length != x.ID {
			d.runLength(x.Points, x.ID == s.Run.Chosen)
		}
	}
	if held.measures && len(s.Run.Draft) == 2 {
		d.runLength([2][2]float64{s.Run.Draft[0], s.Run.Draft[1]}, true)
	}
}

func (d *decoration) runLength(points [2][2]float64, chosen bool) {
	s, l := d.h.State, d.h.Env.Lang
	a, b := runScreen(s, d.vp, points[0]), runScreen(s, d.vp, points[1])
	d.ruled(a, b, 4)
	if chosen {
		d.handle(a)
		d.handle(b)
	}
	x, mm := s.RunLengthOf(points)
	words := l.Unit(l.Number(x, 1), i18n.ScalePixels.In(l))
	if c := s.RunCalibration(); mm {
		words = l.Unit(l.Number(x, 1), RunOrigin(c).In(l))
	}
	d.plate([][]f32.Point{{a, b}}, []string{words})
}
