package chart

import (
	"image/color"
	"math"

	gplot "gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/vertefill/vertefill/internal/plot"
)

// Value is one thing measured; Key says which.
type Value struct {
	Key  string
	X, Y float64
}

// Group is a set of values under one name. Scatter uses X and Y, Boxes Y alone.
type Group struct {
	Name   string
	Values []Value
}

// Line is a straight line from edge to edge at a height, with its interval and its name at the right end.
type Line struct {
	Y, Low, High float64 // Low and High NaN: no interval
	Name         string
	Dashed       bool
}

// Scatter draws one quantity against another. Values that are not numbers are left out.
func Scatter(a Axes, groups []Group, lines []Line) (*Chart, error) {
	s, err := newSheet(a)
	if err != nil {
		return nil, err
	}
	s.Add(s.grid(true, true))
	for n, g := range groups {
		var points plotter.XYs
		for _, v := range g.Values {
			if finite(v.X) && finite(v.Y) {
				points = append(points, plotter.XY{X: v.X, Y: v.Y})
				s.spot(v.Key, v.X, v.Y)
			}
		}
		if len(points) == 0 {
			continue
		}
		p, err := plotter.NewScatter(points)
		if err != nil {
			return nil, err
		}
		p.GlyphStyle = glyph(n)
		s.Add(p)
		if len(groups) > 1 {
			s.names = append(s.names, legend{g.Name, p.GlyphStyle})
		}
	}
	for _, l := range lines {
		for _, y := range []float64{l.Y, l.Low, l.High} {
			if finite(y) {
				s.Y.Min, s.Y.Max = math.Min(s.Y.Min, y), math.Max(s.Y.Max, y)
			}
		}
	}
	margin(&s.X)
	margin(&s.Y)
	for _, l := range lines {
		if err := s.line(l); err != nil {
			return nil, err
		}
	}
	c := s.finish()
	for _, l := range lines { // names over their lines, at the right
		c.Write(paleColour, textMM*0.85, false, plot.End, plot.Point{X: c.W - 0.5, Y: s.height(c, l.Y) - 0.8}, l.Name)
	}
	return c, nil
}

// line draws a level line and the band of its interval.
func (s *sheet) line(l Line) error {
	if finite(l.Low) && finite(l.High) {
		band, err := plotter.NewPolygon(plotter.XYs{{X: s.X.Min, Y: l.Low}, {X: s.X.Max, Y: l.Low}, {X: s.X.Max, Y: l.High}, {X: s.X.Min, Y: l.High}})
		if err != nil {
			return err
		}
		band.Color, band.LineStyle.Width = color.NRGBA{0x56, 0xB4, 0xE9, 60}, 0
		s.Add(band)
	}
	rule, err := plotter.NewLine(plotter.XYs{{X: s.X.Min, Y: l.Y}, {X: s.X.Max, Y: l.Y}})
	if err != nil {
		return err
	}
	rule.LineStyle = draw.LineStyle{Color: paleColour, Width: vg.Millimeter * 0.3}
	if l.Dashed {
		rule.Dashes = []vg.Length{vg.Millimeter * 1.5, vg.Millimeter}
	}
	s.Add(rule)
	return nil
}

// height returns where a value of the vertical axis lies on the drawing. The plot was laid out by finish.
func (s *sheet) height(c *Chart, y float64) float64 {
	body := draw.Crop(draw.New(newCanvas(&plot.Drawing{W: c.W, H: c.H})), 0, -vg.Length(2/mmPerPoint), 0, -vg.Length(s.top()/mmPerPoint))
	data := s.DataCanvas(body)
	_, ty := s.Transforms(&data)
	return c.H - float64(ty(y))*mmPerPoint
}

// Boxes draws the groups side by side: every value, the quartiles as a box and the median as its line, whiskers to the farthest value
// within one and a half times the box (Tukey). marks are values with intervals, such as means, one a group or none at all.
func Boxes(a Axes, groups []Group, marks []Mark) (*Chart, error) {
	s, err := newSheet(a)
	if err != nil {
		return nil, err
	}
	s.Add(s.grid(false, true))
	var names []string
	for n, g := range groups {
		names = append(names, g.Name)
		var values plotter.Values
		var points plotter.XYs
		for i, v := range g.Values {
			if finite(v.Y) {
				values = append(values, v.Y)
				x := float64(n) + spread(i)
				points = append(points, plotter.XY{X: x, Y: v.Y})
				s.spot(v.Key, x, v.Y)
			}
		}
		if len(values) == 0 {
			continue
		}
		if len(values) >= 5 { // fewer are better seen one by one
			b, err := plotter.NewBoxPlot(vg.Length(6/mmPerPoint), float64(n), values)
			if err != nil {
				return nil, err
			}
			b.FillColor = color.NRGBA{0x56, 0xB4, 0xE9, 70}
			b.BoxStyle = draw.LineStyle{Color: Colour(0), Width: vg.Millimeter * 0.25}
			b.MedianStyle = draw.LineStyle{Color: Colour(0), Width: vg.Millimeter * 0.6}
			b.WhiskerStyle = b.BoxStyle
			b.GlyphStyle.Radius = 0 // all values are drawn below
			s.Add(b)
		}
		p, err := plotter.NewScatter(points)
		if err != nil {
			return nil, err
		}
		p.GlyphStyle = draw.GlyphStyle{Color: color.NRGBA{0x18, 0x1B, 0x1E, 130}, Radius: vg.Length(0.45 / mmPerPoint), Shape: draw.CircleGlyph{}}
		s.Add(p)
	}
	for n, m := range marks {
		if n < len(groups) && finite(m.Value) {
			if err := s.interval(float64(n)+0.33, m, true, glyph(1)); err != nil {
				return nil, err
			}
		}
	}
	if len(marks) > 0 && marks[0].Name != "" {
		s.names = append(s.names, legend{marks[0].Name, glyph(1)})
	}
	margin(&s.Y)
	s.NominalX(names...)
	s.X.Min, s.X.Max = -0.6, float64(len(groups))-0.4
	s.X.Tick.Length, s.X.LineStyle.Width = 0, 0
	return s.finish(), nil
}

// Mark is a value with its interval.
type Mark struct {
	Name             string
	Value, Low, High float64 // Low and High NaN: no interval
}

// Row is a line of a Forest: our value, and those of others beside it.
type Row struct {
	Mark
	Others []Mark
}

// Forest draws a value and its interval a row, from top to bottom, with those of others as smaller hollow signs. ours and others name
// the signs.
func Forest(a Axes, rows []Row, ours, others string) (*Chart, error) {
	if a.H == 0 {
		a.H = 18 + 7*float64(len(rows))
	}
	s, err := newSheet(a)
	if err != nil {
		return nil, err
	}
	s.Add(s.grid(true, false))
	theirs := draw.GlyphStyle{Color: Colour(1), Radius: vg.Length(0.9 / mmPerPoint), Shape: draw.PyramidGlyph{}}
	names, published := make([]string, len(rows)), false
	for n, r := range rows {
		y := float64(len(rows) - 1 - n)
		names[len(rows)-1-n] = r.Name
		if finite(r.Value) {
			if err := s.interval(y+0.12, r.Mark, false, glyph(0)); err != nil {
				return nil, err
			}
			s.spot(r.Name, r.Value, y)
		}
		for _, o := range r.Others {
			published = true
			if err := s.interval(y-0.22, o, false, theirs); err != nil {
				return nil, err
			}
		}
	}
	if published {
		s.names = []legend{{ours, glyph(0)}, {others, theirs}}
	}
	s.NominalY(names...)
	s.Y.Min, s.Y.Max = -0.6, float64(len(rows))-0.4
	s.Y.Tick.Length, s.Y.LineStyle.Width = 0, 0
	s.X.Min = math.Min(0, s.X.Min)
	return s.finish(), nil
}

// margin keeps values off the ends of an axis.
func margin(a *gplot.Axis) {
	widen(a)
	room := 0.03 * (a.Max - a.Min)
	a.Min, a.Max = a.Min-room, a.Max+room
}

// grid makes pale lines at the numbers of the axes.
func (s *sheet) grid(x, y bool) *plotter.Grid {
	g, none := plotter.NewGrid(), draw.LineStyle{}
	pale := draw.LineStyle{Color: ruleColour, Width: vg.Millimeter * 0.12}
	g.Vertical, g.Horizontal = none, none
	if x {
		g.Vertical = pale
	}
	if y {
		g.Horizontal = pale
	}
	return g
}

// interval draws a value and its interval, upright or lying at a place of the other axis.
func (s *sheet) interval(at float64, m Mark, upright bool, g draw.GlyphStyle) error {
	xy := func(v float64) plotter.XY {
		if upright {
			return plotter.XY{X: at, Y: v}
		}
		return plotter.XY{X: v, Y: at}
	}
	if finite(m.Low) && finite(m.High) {
		l, err := plotter.NewLine(plotter.XYs{xy(m.Low), xy(m.High)})
		if err != nil {
			return err
		}
		l.LineStyle = draw.LineStyle{Color: g.Color, Width: vg.Millimeter * 0.4}
		s.Add(l)
	}
	p, err := plotter.NewScatter(plotter.XYs{xy(m.Value)})
	if err != nil {
		return err
	}
	p.GlyphStyle = g
	s.Add(p)
	return nil
}

// spread moves the i-th of many equal values a little aside, always the same way.
func spread(i int) float64 {
	_, f := math.Modf(float64(i) * 0.6180339887) // the golden ratio fills a width evenly
	return (f - 0.5) * 0.3
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
