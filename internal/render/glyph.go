package render

import (
	"image"
	"image/color"
	"math"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/geom"
)

// Glyph is the sign of a class, so that colour never stands alone: loops to fill or, when Open, to draw as lines. Coordinates go
// from -1 to 1, y down.
type Glyph struct {
	Loops [][][2]float64
	Open  bool
}

// LeakGlyph returns the sign of a compartment: diamond, open diamond, triangles, disc, square, slanted bar, plus.
func LeakGlyph(c anatomy.Compartment) Glyph {
	diamond := [][2]float64{{0, -1}, {1, 0}, {0, 1}, {-1, 0}}
	switch c {
	case anatomy.Canal:
		return Glyph{Loops: [][][2]float64{diamond}}
	case anatomy.Foramen:
		return Glyph{Loops: [][][2]float64{diamond}, Open: true}
	case anatomy.DiscSuperior:
		return Glyph{Loops: [][][2]float64{{{0, -0.9}, {1, 0.8}, {-1, 0.8}}}}
	case anatomy.DiscInferior:
		return Glyph{Loops: [][][2]float64{{{0, 0.9}, {-1, -0.8}, {1, -0.8}}}}
	case anatomy.ParavertebralVein:
		return Glyph{Loops: [][][2]float64{ring(0.9)}}
	case anatomy.NeedleTrack:
		return Glyph{Loops: [][][2]float64{{{0.5, -1}, {1, -0.7}, {-0.5, 1}, {-1, 0.7}}}}
	case anatomy.Distant:
		return Glyph{Loops: [][][2]float64{{{-0.3, -1}, {0.3, -1}, {0.3, -0.3}, {1, -0.3}, {1, 0.3}, {0.3, 0.3}, {0.3, 1}, {-0.3, 1}, {-0.3, 0.3}, {-1, 0.3}, {-1, -0.3}, {-0.3, -0.3}}}}
	}
	return Glyph{Loops: [][][2]float64{{{-0.8, -0.8}, {0.8, -0.8}, {0.8, 0.8}, {-0.8, 0.8}}}}
}

// PriorGlyph is the hollow dot of cement that was there before.
func PriorGlyph() Glyph { return Glyph{Loops: [][][2]float64{ring(0.8)}, Open: true} }

func ring(r float64) (out [][2]float64) {
	for n := range 24 {
		s, c := math.Sincos(2 * math.Pi * float64(n) / 24)
		out = append(out, [2]float64{r * c, r * s})
	}
	return out
}

// Draw draws the glyph with half its size in pixels round a point.
func (g Glyph) Draw(dst *image.RGBA, at geom.Screen, halfPx float64, c color.NRGBA) {
	var loops [][]geom.Screen
	for _, l := range g.Loops {
		var points []geom.Screen
		for _, p := range l {
			points = append(points, geom.Pt[geom.ScreenFrame](at.X+halfPx*p[0], at.Y+halfPx*p[1], 0))
		}
		loops = append(loops, points)
	}
	if !g.Open {
		Fill(dst, loops, c)
		return
	}
	for _, l := range loops {
		Line(dst, l, true, Stroke{Colour: c, Width: max(1, halfPx/3)})
	}
}
