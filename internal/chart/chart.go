// Package chart draws the statistics of many cases: groups side by side, shares with their intervals beside published ones, one
// quantity against another, differences of two readers. Gonum lays out axes and data; the outcome is a plot.Drawing in millimetres,
// written as SVG, PNG or PDF like every other drawing. Groups differ by shape as well as by colour, and the colours are those of Okabe
// and Ito, which colour-blind people tell apart. It computes no statistics and knows nothing of vertebrae.
package chart

import (
	"fmt"
	"image/color"
	"math"
	"sync"

	xfont "golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	gplot "gonum.org/v1/plot"
	gfont "gonum.org/v1/plot/font"
	gtext "gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/vertefill/vertefill/internal/font"
	"github.com/vertefill/vertefill/internal/plot"
	"github.com/vertefill/vertefill/internal/text"
)

// Chart is a drawing and where its data lie on it, for those who point at them.
type Chart struct {
	*plot.Drawing
	Spots []Spot
}

// Spot is the place of one value, in millimetres of the drawing.
type Spot struct {
	Key string // of the value: the name of a case, say
	At  plot.Point
}

// Axes are the words and the size of a chart.
type Axes struct {
	Title, X, Y string
	W, H        float64 // mm; 0: 150 by 90
	Lang        text.Lang
}

// Colours of Okabe and Ito (2008, jfly.uni-koeln.de/color), without the yellow that white paper swallows.
var Colours = []color.NRGBA{
	{0x00, 0x72, 0xB2, 255}, {0xD5, 0x5E, 0x00, 255}, {0x00, 0x9E, 0x73, 255}, {0xCC, 0x79, 0xA7, 255}, {0xE6, 0x9F, 0x00, 255}, {0x56, 0xB4, 0xE9, 255}, {0, 0, 0, 255},
}

var (
	inkColour  = color.NRGBA{0x18, 0x1B, 0x1E, 255}
	paleColour = color.NRGBA{0x5F, 0x68, 0x70, 255}
	ruleColour = color.NRGBA{0xD9, 0xDD, 0xE0, 255}
)

const (
	textMM = 2.6 // em of words
	dotMM  = 0.8 // radius of symbols
)

// Colour returns the n-th colour; they repeat.
func Colour(n int) color.NRGBA { return Colours[n%len(Colours)] }

// shapes go with the colours.
var shapes = []draw.GlyphDrawer{draw.CircleGlyph{}, draw.BoxGlyph{}, draw.PyramidGlyph{}, draw.CrossGlyph{}, draw.RingGlyph{}, draw.SquareGlyph{}, draw.TriangleGlyph{}}

// faces reads the typeface once.
var faces = sync.OnceValues(func() (*gfont.Cache, error) {
	var list gfont.Collection
	for _, f := range []struct {
		ttf    []byte
		weight xfont.Weight
	}{{font.Regular, xfont.WeightNormal}, {font.SemiBold, xfont.WeightSemiBold}} {
		parsed, err := opentype.Parse(f.ttf)
		if err != nil {
			return nil, fmt.Errorf("chart: typeface: %w", err)
		}
		list = append(list, gfont.Face{Font: gfont.Font{Typeface: "Vertefill", Weight: f.weight}, Face: parsed})
	}
	return gfont.NewCache(list), nil
})

// sheet is a chart in the making.
type sheet struct {
	*gplot.Plot
	axes  Axes
	fonts gtext.Handler
	keys  []string // of the spots
	x, y  []float64
	names []legend
}

// newSheet makes a plot in the house's type and greys.
func newSheet(a Axes) (*sheet, error) {
	cache, err := faces()
	if err != nil {
		return nil, err
	}
	if a.W == 0 {
		a.W = 150
	}
	if a.H == 0 {
		a.H = 90
	}
	if !(a.W >= 40 && a.H >= 30 && a.W <= 2000 && a.H <= 2000) {
		return nil, fmt.Errorf("chart: %g by %g mm", a.W, a.H)
	}
	s := &sheet{Plot: gplot.New(), axes: a, fonts: gtext.Plain{Fonts: cache}}
	s.TextHandler, s.BackgroundColor = s.fonts, color.White
	for _, x := range []*gplot.Axis{&s.X, &s.Y} {
		style := s.style(textMM*0.9, paleColour)
		style.XAlign, style.YAlign = x.Tick.Label.XAlign, x.Tick.Label.YAlign
		x.Tick.Label = style
		x.Tick.LineStyle = draw.LineStyle{Color: ruleColour, Width: vg.Millimeter * 0.15}
		x.Tick.Length = vg.Millimeter
		x.LineStyle = draw.LineStyle{Color: paleColour, Width: vg.Millimeter * 0.2}
		x.Tick.Marker = ticks{a.Lang}
		x.Padding = vg.Millimeter
	}
	style := s.style(textMM*0.9, inkColour)
	style.XAlign, style.YAlign = s.X.Label.TextStyle.XAlign, s.X.Label.TextStyle.YAlign
	s.X.Label.TextStyle, s.X.Label.Text, s.X.Label.Padding = style, a.X, vg.Millimeter
	return s, nil
}

func (s *sheet) style(mm float64, c color.Color) gtext.Style {
	return gtext.Style{Color: c, Font: gfont.Font{Typeface: "Vertefill", Size: vg.Length(mm / mmPerPoint)}, Handler: s.fonts}
}

// spot remembers a value that one may point at.
func (s *sheet) spot(key string, x, y float64) {
	s.keys, s.x, s.y = append(s.keys, key), append(s.x, x), append(s.y, y)
}

// legend is a symbol and what it means.
type legend struct {
	name  string
	style draw.GlyphStyle
}

// widen keeps an axis from having no extent.
func widen(a *gplot.Axis) {
	if !(a.Min < a.Max) || math.IsInf(a.Min, 0) || math.IsInf(a.Max, 0) {
		if math.IsInf(a.Min, 0) || math.IsNaN(a.Min) {
			a.Min = 0
		}
		a.Max = a.Min + 1
	}
}

// finish draws: title and legend above, the name of the vertical axis over it, so that no word is turned.
func (s *sheet) finish() *Chart {
	widen(&s.X)
	widen(&s.Y)
	d := &plot.Drawing{W: s.axes.W, H: s.axes.H, Title: s.axes.Title}
	c := draw.New(newCanvas(d))
	d.Write(inkColour, textMM, true, plot.Start, plot.Point{X: 0, Y: 3.4}, s.axes.Title)
	d.Write(inkColour, textMM*0.9, false, plot.Start, plot.Point{X: 0, Y: 8.2}, s.axes.Y)
	s.drawLegend(c, d)
	body := draw.Crop(c, 0, -vg.Length(2/mmPerPoint), 0, -vg.Length(s.top()/mmPerPoint))
	s.Draw(body)
	out := &Chart{Drawing: d}
	data := s.DataCanvas(body)
	tx, ty := s.Transforms(&data)
	for i, k := range s.keys {
		out.Spots = append(out.Spots, Spot{k, plot.Point{X: float64(tx(s.x[i])) * mmPerPoint, Y: d.H - float64(ty(s.y[i]))*mmPerPoint}})
	}
	return out
}

// top is the height of the lines over the plot, in millimetres.
func (s *sheet) top() float64 {
	if s.axes.Y != "" || len(s.names) > 0 {
		return 10
	}
	return 5.5
}

// drawLegend puts names at the right of the line over the plot.
func (s *sheet) drawLegend(c draw.Canvas, d *plot.Drawing) {
	style := s.style(textMM*0.9, inkColour)
	x := d.W - 1
	for i := len(s.names) - 1; i >= 0; i-- {
		n := s.names[i]
		x -= float64(style.Width(n.name)) * mmPerPoint
		d.Write(inkColour, textMM*0.9, false, plot.Start, plot.Point{X: x, Y: 8.2}, n.name)
		x -= 2.2
		c.DrawGlyph(n.style, vg.Point{X: vg.Length(x / mmPerPoint), Y: vg.Length((d.H - 7.3) / mmPerPoint)})
		x -= 3.5
	}
}

// glyph is the symbol of the n-th group.
func glyph(n int) draw.GlyphStyle {
	return draw.GlyphStyle{Color: Colour(n), Radius: vg.Length(dotMM / mmPerPoint), Shape: shapes[n%len(shapes)]}
}

// ticks writes numbers as the language does.
type ticks struct{ lang text.Lang }

// Ticks implements gplot.Ticker: about five round numbers.
func (t ticks) Ticks(low, high float64) []gplot.Tick {
	step := math.Pow(10, math.Floor(math.Log10(high-low)))
	for _, f := range []float64{0.1, 0.2, 0.5, 1, 2} {
		if (high-low)/(step*f) <= 7 {
			step *= f
			break
		}
	}
	decimals := max(0, int(math.Ceil(-math.Log10(step)-1e-9)))
	var out []gplot.Tick
	for n := math.Ceil(low/step - 1e-9); n*step <= high+step*1e-9; n++ {
		out = append(out, gplot.Tick{Value: n * step, Label: t.lang.Number(n*step, min(decimals, 6))})
	}
	return out
}
