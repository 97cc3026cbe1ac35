// Package plot holds small drawings made of lines, areas and words, to be written as SVG, as a picture or, by package export, into a
// PDF: one drawing, the same in every file. Lengths are millimetres on paper, x to the right and y down from the upper left corner.
// It knows nothing of vertebrae.
package plot

import (
	"image/color"
	"math"
)

// Point is a place on the drawing in millimetres.
type Point struct{ X, Y float64 }

// Drawing is a list of marks in the order in which they are drawn.
type Drawing struct {
	W, H  float64
	Title string // for those who cannot see the drawing
	Marks []Mark
}

// Mark is a shape or, when Text is set, a line of text.
type Mark struct {
	Loops  [][]Point
	Closed bool
	Fill   color.NRGBA // alpha 0: not filled; holes run against their outline (nonzero rule)
	Line   color.NRGBA // alpha 0: no outline
	Width  float64
	Dash   []float64

	Text   string // its baseline begins, is centred or ends at At
	At     Point
	Size   float64 // em in mm
	Bold   bool
	Anchor Anchor
	Colour color.NRGBA
}

// Anchor says which part of a text stands at its point.
type Anchor uint8

// The anchors.
const (
	Start Anchor = iota
	Middle
	End
)

// Line draws an open line.
func (d *Drawing) Line(c color.NRGBA, width float64, dash []float64, points ...Point) {
	d.Marks = append(d.Marks, Mark{Loops: [][]Point{points}, Line: c, Width: width, Dash: dash})
}

// Area draws closed loops; a zero fill leaves them open, a zero width without outline.
func (d *Drawing) Area(fill, line color.NRGBA, width float64, dash []float64, loops ...[]Point) {
	if width == 0 {
		line = color.NRGBA{}
	}
	d.Marks = append(d.Marks, Mark{Loops: loops, Closed: true, Fill: fill, Line: line, Width: width, Dash: dash})
}

// Dot draws a circle.
func (d *Drawing) Dot(fill, line color.NRGBA, width float64, at Point, radius float64) {
	const corners = 28
	var loop []Point
	for n := range corners {
		s, c := math.Sincos(2 * math.Pi * float64(n) / corners)
		loop = append(loop, Point{at.X + radius*c, at.Y + radius*s})
	}
	d.Area(fill, line, width, nil, loop)
}

// Write puts a text on the drawing, size in mm.
func (d *Drawing) Write(c color.NRGBA, size float64, bold bool, a Anchor, at Point, s string) {
	if s != "" {
		d.Marks = append(d.Marks, Mark{Text: s, At: at, Size: size, Bold: bold, Anchor: a, Colour: c})
	}
}
