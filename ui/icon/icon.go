// Package icon draws the program's own icons, leak glyphs and mark as vectors.
//
// An icon is a path on a grid of 20 (glyphs 12, the mark 32) in a small
// language: the commands M L C Z with absolute coordinates, and a lone "+"
// after which parts are filled instead of stroked. Paths are read when they
// are drawn; a window of icons costs some tens of microseconds.
package icon

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"strconv"
	"strings"

	"gioui.org/f32"
	"gioui.org/layout"
	"gioui.org/op"
	"gioui.org/op/clip"
	"gioui.org/op/paint"
	"gioui.org/unit"
)

// Icon is an icon path on a grid of 20, stroked 1.5 wide with round ends.
type Icon string

// Glyph is a filled path on a grid of 12.
type Glyph string

const (
	iconGrid, iconStroke = 20, 1.5
	glyphGrid            = 12
	markGrid, markStroke = 32, 2.2
)

// Layout draws the icon size dp wide and high.
func (i Icon) Layout(gtx layout.Context, size unit.Dp, c color.NRGBA) layout.Dimensions {
	px := gtx.Dp(size)
	scale := float32(px) / iconGrid
	stroked, filled, _ := strings.Cut(string(i), "+")
	draw(gtx.Ops, stroked, scale, iconStroke*scale, c)
	draw(gtx.Ops, filled, scale, 0, c)
	return layout.Dimensions{Size: image.Pt(px, px)}
}

// Layout draws the glyph size dp wide and high.
func (g Glyph) Layout(gtx layout.Context, size unit.Dp, c color.NRGBA) layout.Dimensions {
	px := gtx.Dp(size)
	draw(gtx.Ops, string(g), float32(px)/glyphGrid, 0, c)
	return layout.Dimensions{Size: image.Pt(px, px)}
}

// Mark draws the program's mark size dp wide and high, its outline and its
// filling in the colours given.
func Mark(gtx layout.Context, size unit.Dp, line, filling color.NRGBA) layout.Dimensions {
	px := gtx.Dp(size)
	scale := float32(px) / markGrid
	draw(gtx.Ops, markFill, scale, 0, filling)
	draw(gtx.Ops, markBody, scale, markStroke*scale, line)
	return layout.Dimensions{Size: image.Pt(px, px)}
}

// draw paints a path, stroked width px wide or, with width 0, filled.
func draw(ops *op.Ops, path string, scale, width float32, c color.NRGBA) {
	segments, err := parse(path)
	if err != nil || len(segments) == 0 {
		return // the tests read every path; nothing better can be done while drawing
	}
	var p clip.Path
	p.Begin(ops)
	at := func(pt f32.Point) f32.Point { return pt.Mul(scale) }
	for _, s := range segments {
		switch s.command {
		case 'M':
			p.MoveTo(at(s.p[0]))
		case 'L':
			p.LineTo(at(s.p[0]))
		case 'C':
			p.CubeTo(at(s.p[0]), at(s.p[1]), at(s.p[2]))
		case 'Z':
			p.Close()
		}
	}
	if width > 0 {
		paint.FillShape(ops, c, clip.Stroke{Path: p.End(), Width: width}.Op())
		return
	}
	paint.FillShape(ops, c, clip.Outline{Path: p.End()}.Op())
}

type segment struct {
	command byte
	p       [3]f32.Point
}

// parse reads a path. Numbers are separated by blanks; commands need none.
func parse(path string) ([]segment, error) {
	var out []segment
	for rest := strings.TrimSpace(path); rest != ""; {
		command := rest[0]
		points, ok := map[byte]int{'M': 1, 'L': 1, 'C': 3, 'Z': 0}[command]
		if !ok {
			return nil, fmt.Errorf("icon: unknown command %q", command)
		}
		end := strings.IndexAny(rest[1:], "MLCZ")
		if end < 0 {
			end = len(rest) - 1
		}
		numbers := strings.Fields(rest[1 : 1+end])
		rest = rest[1+end:]
		if len(numbers) != 2*points {
			return nil, fmt.Errorf("icon: %c has %d numbers, want %d", command, len(numbers), 2*points)
		}
		s := segment{command: command}
		for i, text := range numbers {
			v, err := strconv.ParseFloat(text, 32)
			if err != nil || math.IsInf(v, 0) || math.IsNaN(v) {
				return nil, fmt.Errorf("icon: number %q", text)
			}
			if i%2 == 0 {
				s.p[i/2].X = float32(v)
			} else {
				s.p[i/2].Y = float32(v)
			}
		}
		out = append(out, s)
	}
	return out, nil
}
