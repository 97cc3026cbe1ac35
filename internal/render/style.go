package render

import (
	"image"
	"image/color"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/geom"
)

// Style is how a class is shown on images: an outline and a fill. Widths and dashes are in dp, to be scaled to pixels.
type Style struct {
	Colour color.NRGBA
	Width  float64
	Dash   [2]float64  // on, off; zero for a solid line
	White  bool        // a white line between the outline and its dark halo: what lies in or near the canal
	Fill   color.NRGBA // the colour with the fill's opacity
}

// The halo below every outline: it keeps lines visible on white cement and on dark lung.
const haloDP, whiteDP = 1.6, 1.2

var halo = color.NRGBA{A: 0x8C} // 55 %

func rgb(hex uint32) color.NRGBA {
	return color.NRGBA{R: uint8(hex >> 16), G: uint8(hex >> 8), B: uint8(hex), A: 0xFF}
}

func fade(c color.NRGBA, alpha float64) color.NRGBA {
	c.A = uint8(alpha*255 + 0.5)
	return c
}

// BodyStyle returns the style of the outline of a vertebral body. carried marks one taken over from the pre CT without support
// in the image.
func BodyStyle(selected, carried bool) Style {
	s := Style{Colour: rgb(0x56B4E9), Width: 1.1}
	if selected {
		s.Width = 1.75
	}
	if carried {
		s.Dash = [2]float64{6, 4}
	}
	return s
}

// FormerBodyStyle returns the style of a body's outline as it was before the correction in hand.
func FormerBodyStyle() Style {
	return Style{Colour: rgb(0x56B4E9), Width: 1.1, Dash: [2]float64{1.5, 3}}
}

// CementStyle returns the style of a class of the cement mask. Leaked cement is better shown by LeakStyle.
func CementStyle(c anatomy.CementClass) Style {
	switch c {
	case anatomy.CementInPedicle:
		return Style{Colour: rgb(0xD9A55B), Width: 1.25, Dash: [2]float64{3, 2}}
	case anatomy.CementLeaked:
		return LeakStyle(anatomy.SoftTissue, false)
	case anatomy.CementPrior:
		return Style{Colour: rgb(0xD3D8EA), Width: 1.25, Dash: [2]float64{5, 3}, Fill: fade(rgb(0xD3D8EA), 0.14)}
	case anatomy.Metal:
		return Style{Colour: rgb(0x93A1AF), Width: 2, Dash: [2]float64{2, 3}}
	}
	return Style{Colour: rgb(0xF2C94C), Width: 1.25, Fill: fade(rgb(0xF2C94C), 0.16)}
}

// LesionStyle returns the style of the outline of a lytic lesion.
func LesionStyle() Style {
	return Style{Colour: rgb(0xB8F4FF), Width: 1.5, Dash: [2]float64{1.5, 2.5}}
}

// LeakStyle returns the style of a leak. Colour never stands alone: glyph and code go with it.
func LeakStyle(c anatomy.Compartment, selected bool) Style {
	s := Style{Width: 1.5}
	switch c {
	case anatomy.Canal:
		s.Colour, s.White = rgb(0xFF4D5E), true
	case anatomy.Foramen:
		s.Colour, s.White = rgb(0xFF9DB0), true
	case anatomy.DiscSuperior, anatomy.DiscInferior:
		s.Colour = rgb(0xFF9440)
	case anatomy.ParavertebralVein:
		s.Colour = rgb(0xB07CFF)
	case anatomy.NeedleTrack:
		s.Colour, s.Dash = rgb(0xA6E3A1), [2]float64{6, 2}
	case anatomy.Distant:
		s.Colour, s.Dash = rgb(0x2FBFB0), [2]float64{2, 2}
	default:
		s.Colour = rgb(0xFF86D8)
	}
	s.Fill = fade(s.Colour, 0.30)
	if selected {
		s.Width, s.Fill = 2.25, fade(s.Colour, 0.42)
	}
	return s
}

// Outline is a set of contours drawn in one style.
type Outline struct {
	Lines []Polyline
	Style Style
}

// DrawOutlines burns contours into a picture of the viewport: fills first, then lines. pxPerDP scales widths, opacity (0..1)
// fades everything.
func DrawOutlines(dst *image.RGBA, v Viewport, outlines []Outline, pxPerDP, opacity float64) {
	screenFromPlane := v.ScreenFromPlane()
	dim := func(c color.NRGBA) color.NRGBA { return fade(c, float64(c.A)/255*max(0, min(1, opacity))) }
	lines := make([][][]geom.Screen, len(outlines))
	for i, o := range outlines {
		for _, l := range o.Lines {
			points := make([]geom.Screen, len(l.Points))
			for n, p := range l.Points {
				points[n] = screenFromPlane.Apply(p)
			}
			lines[i] = append(lines[i], points)
		}
		if o.Style.Fill.A > 0 {
			Fill(dst, lines[i], dim(o.Style.Fill))
		}
	}
	for i, o := range outlines {
		s := o.Style.stroke(pxPerDP)
		s.Colour, s.Halo, s.Outer = dim(s.Colour), dim(s.Halo), dim(s.Outer)
		for n, points := range lines[i] {
			Line(dst, points, o.Lines[n].Closed, s)
		}
	}
}

func (s Style) stroke(pxPerDP float64) Stroke {
	out := Stroke{Colour: s.Colour, Width: s.Width * pxPerDP, Halo: halo, HaloWidth: haloDP * pxPerDP}
	if s.White {
		out.Outer, out.OuterWidth = color.NRGBA{R: 0xFF, G: 0xFF, B: 0xFF, A: 0xFF}, whiteDP*pxPerDP
		out.HaloWidth += out.OuterWidth
	}
	if s.Dash[0] > 0 {
		out.Dash = []float64{s.Dash[0] * pxPerDP, s.Dash[1] * pxPerDP}
	}
	return out
}
