package chart

import (
	"image"
	"image/color"
	"math"

	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"

	"github.com/vertefill/vertefill/internal/plot"
)

// canvas lets gonum/plot draw on a plot.Drawing, so that a chart becomes the same SVG, PNG and PDF as every other drawing. Gonum
// counts points from the lower left corner, the drawing millimetres from the upper left. Text is not turned and pictures are not drawn:
// no chart here needs them.
type canvas struct {
	d     *plot.Drawing
	now   pen
	saved []pen
}

// pen is the state that Push keeps: an affine map in points, and how lines look.
type pen struct {
	a, b, c, d, e, f float64 // x' = ax + cy + e, y' = bx + dy + f
	width            vg.Length
	dash             []float64
	colour           color.NRGBA
}

const mmPerPoint = 25.4 / 72

func newCanvas(d *plot.Drawing) *canvas {
	c := &canvas{d: d, now: pen{a: 1, d: 1}}
	vg.Initialize(c)
	return c
}

func (c *canvas) Size() (x, y vg.Length) {
	return vg.Length(c.d.W / mmPerPoint), vg.Length(c.d.H / mmPerPoint)
}

func (c *canvas) SetLineWidth(w vg.Length) { c.now.width = w }

func (c *canvas) SetLineDash(pattern []vg.Length, _ vg.Length) {
	c.now.dash = nil
	for _, l := range pattern {
		c.now.dash = append(c.now.dash, float64(l)*mmPerPoint)
	}
}

func (c *canvas) SetColor(x color.Color) {
	if x == nil {
		x = color.Black
	}
	c.now.colour = color.NRGBAModel.Convert(x).(color.NRGBA)
}

func (c *canvas) Rotate(rad float64) {
	s, k := math.Sincos(rad)
	p := c.now
	c.now.a, c.now.b = p.a*k+p.c*s, p.b*k+p.d*s
	c.now.c, c.now.d = p.c*k-p.a*s, p.d*k-p.b*s
}

func (c *canvas) Translate(by vg.Point) {
	x, y := float64(by.X), float64(by.Y)
	c.now.e += c.now.a*x + c.now.c*y
	c.now.f += c.now.b*x + c.now.d*y
}

func (c *canvas) Scale(x, y float64) {
	c.now.a, c.now.b = c.now.a*x, c.now.b*x
	c.now.c, c.now.d = c.now.c*y, c.now.d*y
}

func (c *canvas) Push() { c.saved = append(c.saved, c.now) }

func (c *canvas) Pop() {
	if n := len(c.saved); n > 0 {
		c.now, c.saved = c.saved[n-1], c.saved[:n-1]
	}
}

func (c *canvas) Stroke(p vg.Path) {
	if c.now.width <= 0 {
		return
	}
	for _, l := range c.loops(p) {
		c.d.Marks = append(c.d.Marks, plot.Mark{Loops: [][]plot.Point{l.points}, Closed: l.closed, Line: c.now.colour, Width: float64(c.now.width) * mmPerPoint, Dash: c.now.dash})
	}
}

func (c *canvas) Fill(p vg.Path) {
	var loops [][]plot.Point
	for _, l := range c.loops(p) {
		loops = append(loops, l.points)
	}
	if len(loops) > 0 {
		c.d.Area(c.now.colour, color.NRGBA{}, 0, nil, loops...)
	}
}

func (c *canvas) FillString(f font.Face, at vg.Point, s string) {
	if f.Font.Size > 0 {
		bold := f.Font.Weight >= 2 // semibold and more
		c.d.Write(c.now.colour, f.Font.Size.Points()*mmPerPoint, bold, plot.Start, c.place(float64(at.X), float64(at.Y)), s)
	}
}

func (c *canvas) DrawImage(vg.Rectangle, image.Image) {}

// place puts a point of the present frame on the drawing.
func (c *canvas) place(x, y float64) plot.Point {
	p := c.now
	return plot.Point{X: (p.a*x + p.c*y + p.e) * mmPerPoint, Y: c.d.H - (p.b*x+p.d*y+p.f)*mmPerPoint}
}

type loop struct {
	points []plot.Point
	closed bool
}

// arcStep bounds the turn between two corners of a curve, 9 degrees: unseen at the size of a symbol.
const arcStep = math.Pi / 20

// loops breaks a path into corners on the drawing.
func (c *canvas) loops(path vg.Path) (out []loop) {
	var l loop
	var x, y float64
	end := func() {
		if len(l.points) > 1 {
			out = append(out, l)
		}
		l = loop{}
	}
	to := func(px, py float64) {
		x, y = px, py
		l.points = append(l.points, c.place(x, y))
	}
	for _, s := range path {
		px, py := float64(s.Pos.X), float64(s.Pos.Y)
		switch s.Type {
		case vg.MoveComp:
			end()
			to(px, py)
		case vg.LineComp:
			to(px, py)
		case vg.ArcComp:
			n := max(1, int(math.Ceil(math.Abs(s.Angle)/arcStep)))
			for i := range n + 1 {
				sin, cos := math.Sincos(s.Start + s.Angle*float64(i)/float64(n))
				to(px+float64(s.Radius)*cos, py+float64(s.Radius)*sin)
			}
		case vg.CurveComp:
			x0, y0 := x, y
			for i := 1; i <= 16; i++ {
				to(bezier(x0, y0, s, float64(i)/16))
			}
		case vg.CloseComp:
			l.closed = true
			end()
		}
	}
	end()
	return out
}

// bezier returns a point of a curve of two or three degrees.
func bezier(x0, y0 float64, s vg.PathComp, t float64) (x, y float64) {
	u, p := 1-t, s.Control
	if len(p) == 1 {
		return u*u*x0 + 2*u*t*float64(p[0].X) + t*t*float64(s.Pos.X), u*u*y0 + 2*u*t*float64(p[0].Y) + t*t*float64(s.Pos.Y)
	}
	return u*u*u*x0 + 3*u*u*t*float64(p[0].X) + 3*u*t*t*float64(p[1].X) + t*t*t*float64(s.Pos.X),
		u*u*u*y0 + 3*u*u*t*float64(p[0].Y) + 3*u*t*t*float64(p[1].Y) + t*t*t*float64(s.Pos.Y)
}
