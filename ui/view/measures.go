package view

import (
	"image"
	"image/color"
	"math"

	"gioui.org/f32"
	"gioui.org/layout"
	"gioui.org/op"
	"gioui.org/op/clip"
	"gioui.org/op/paint"
	"gioui.org/unit"

	"github.com/vertefill/vertefill/internal/measure"
	"github.com/vertefill/vertefill/internal/text"
	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/theme"
	"github.com/vertefill/vertefill/ui/widget"
)

// measures draws what was measured and what is being drawn.
func (d *decoration) measures() {
	s := d.h.State
	if s.Reading.Hidden {
		return
	}
	for _, m := range d.port.measures(d.h, d.id) {
		if s.IsOutline(m.ID) && !s.Blind() {
			d.answered(m.Shape)
			continue
		}
		d.measure(m.Shape, m.Stats, m.ID == s.Reading.Chosen)
	}
	if draft := s.Draft; len(draft.Shape.Points) > 0 && draft.Slot == d.id.Slot {
		d.measure(draft.Shape, measure.Stats{}, false)
	}
}

// measure draws a shape, its handles while it is chosen, and its values.
func (d *decoration) measure(s measure.Shape, stats measure.Stats, chosen bool) {
	dp := d.gtx.Metric.PxPerDp
	lines := d.port.lines(d.h, d.id, s)
	// A line that leads out of the slice is dashed: its ends are seen through
	// the images between.
	dashed := !s.Kind.Region() && s.Spatial(float64(d.h.State.StepMM(d.id)))
	for _, line := range lines {
		if len(line) < 2 {
			continue
		}
		widget.Path(d.gtx, color.NRGBA{A: 140}, line, 3.2*dp)
		if dashed {
			widget.Dashes(d.gtx, theme.Measure, line, 1.4*dp, []unit.Dp{5, 3})
		} else {
			widget.Path(d.gtx, theme.Measure, line, 1.4*dp)
		}
	}
	d.ends(s, lines)
	if chosen {
		for _, q := range s.Handles() {
			d.handle(d.port.screen(d.h, d.id, q))
		}
	}
	if d.h.State.IsOutline(s.ID) { // of an answer: what it measures is told when it is judged
		return
	}
	if words := Values(d.h.Env.Lang, s, stats, float64(d.h.State.StepMM(d.id))); len(words) > 0 {
		d.plate(lines, words)
	}
}

// ends marks the ends: ticks across a length, the head of an arrow, a cross at
// a probe.
func (d *decoration) ends(s measure.Shape, lines [][]f32.Point) {
	dp := d.gtx.Metric.PxPerDp
	both := func(a, b f32.Point) {
		widget.Line(d.gtx, color.NRGBA{A: 140}, a, b, 3.2*dp)
		widget.Line(d.gtx, theme.Measure, a, b, 1.4*dp)
	}
	switch {
	case len(lines) == 0:
	case s.Kind == measure.Probe || s.Kind == measure.Text:
		c := lines[0][0]
		for _, v := range []f32.Point{{X: 1}, {Y: 1}} {
			both(c.Add(v.Mul(2*dp)), c.Add(v.Mul(7*dp)))
			both(c.Sub(v.Mul(2*dp)), c.Sub(v.Mul(7*dp)))
		}
	case s.Kind == measure.Arrow && len(lines[0]) > 1:
		tip, tail := lines[0][1], lines[0][0]
		along := direction32(tail, tip)
		across := f32.Pt(-along.Y, along.X)
		both(tip, tip.Sub(along.Mul(10*dp)).Add(across.Mul(4*dp)))
		both(tip, tip.Sub(along.Mul(10*dp)).Sub(across.Mul(4*dp)))
	case s.Kind == measure.Length || s.Kind == measure.Bidirectional:
		for _, line := range lines {
			if len(line) < 2 {
				continue
			}
			along := direction32(line[0], line[1])
			across := f32.Pt(-along.Y, along.X).Mul(4 * dp)
			both(line[0].Add(across), line[0].Sub(across))
			both(line[1].Add(across), line[1].Sub(across))
		}
	}
}

// direction32 is the unit vector from a to b, zero when they are one.
func direction32(a, b f32.Point) f32.Point {
	v := b.Sub(a)
	n := float32(math.Hypot(float64(v.X), float64(v.Y)))
	if n == 0 {
		return f32.Point{}
	}
	return v.Mul(1 / n)
}

// handle draws a grip: a disc of 11 dp with a white line.
func (d *decoration) handle(at f32.Point) {
	dp := d.gtx.Metric.PxPerDp
	r := 5.5 * dp
	box := image.Rect(int(at.X-r+0.5), int(at.Y-r+0.5), int(at.X+r+0.5), int(at.Y+r+0.5))
	paint.FillShape(d.gtx.Ops, d.h.Env.Accent, clip.Ellipse(box).Op(d.gtx.Ops))
	paint.FillShape(d.gtx.Ops, color.NRGBA{R: 255, G: 255, B: 255, A: 255}, clip.Stroke{Path: clip.Ellipse(box).Path(d.gtx.Ops), Width: 1.5 * dp}.Op())
}

// plate writes the values beside the lines, inside the view.
func (d *decoration) plate(lines [][]f32.Point, words []string) {
	gtx, e, view := d.gtx, d.h.Env, d.port.size
	at := f32.Point{}
	for _, line := range lines {
		for _, p := range line { // beside the rightmost point, which covers least
			if at == (f32.Point{}) || p.X > at.X {
				at = p
			}
		}
	}
	if !inside(at, view) {
		return
	}
	m := op.Record(gtx.Ops)
	gtx.Constraints.Min = image.Point{}
	box := widget.Card(gtx, color.NRGBA{A: 158}, color.NRGBA{}, theme.RadiusChip, func(gtx layout.Context) layout.Dimensions {
		return layout.Inset{Left: 5, Right: 5, Top: 2, Bottom: 2}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
			var rows []layout.FlexChild
			for _, w := range words {
				rows = append(rows, layout.Rigid(e.Text(theme.CaptionB, theme.Measure, w)))
			}
			return layout.Flex{Axis: layout.Vertical}.Layout(gtx, rows...)
		})
	}).Size
	call := m.Stop()
	gap := gtx.Dp(8)
	p := at.Round().Add(image.Pt(gap, -box.Y/2))
	if p.X+box.X > view.X {
		p.X = at.Round().X - gap - box.X
	}
	p.X, p.Y = min(max(p.X, 0), max(view.X-box.X, 0)), min(max(p.Y, 0), max(view.Y-box.Y, 0))
	defer op.Offset(p).Push(gtx.Ops).Pop()
	call.Add(gtx.Ops)
}

// Values writes what a shape measures, a line each: "17.6 mm", or area, mean
// and range of a region. stepMM is how far a line may lead out of its plane
// before it is called a distance in space.
func Values(l text.Lang, s measure.Shape, stats measure.Stats, stepMM float64) []string {
	mm := func(x float64) string { return l.Unit(l.Number(x, 1), "mm") }
	hu := func(x float64, decimals int) string { return l.Unit(l.Number(x, decimals), l.HU()) }
	switch {
	case s.Kind == measure.Text, s.Kind == measure.Arrow:
		if s.Note == "" {
			return nil
		}
		return []string{s.Note}
	case s.Kind == measure.Probe:
		if stats.N == 0 {
			return nil
		}
		return []string{hu(stats.Mean, 0)}
	case s.Kind == measure.Bidirectional && len(s.Points) == 4:
		return []string{l.Number(s.LengthMM(), 1) + " × " + mm(s.ShortMM())}
	case s.Kind.Region():
		if len(s.Points) < 2 {
			return nil
		}
		words := []string{l.Unit(l.Number(s.Area(), 1), "mm²")}
		if stats.N > 0 {
			words = append(words, hu(stats.Mean, 0)+" ± "+l.Number(stats.SD, 0), "["+i18n.Whole(l, float64(stats.Min))+"–"+i18n.Whole(l, float64(stats.Max))+"]")
		}
		return words
	}
	if d, ok := s.Degrees(); ok {
		return []string{l.Number(d, 1) + "°"}
	}
	if s.LengthMM() == 0 {
		return nil
	}
	out := mm(s.LengthMM())
	if s.Spatial(stepMM) {
		out += " " + i18n.InSpace.In(l)
	}
	return []string{out}
}
