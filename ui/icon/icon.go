// Package icon draws the program's own icons, leak glyphs and mark from vectors.
//
// An icon is a path on a grid of 20 (glyphs 12, the mark 32) in a small
// language: the commands M L C Z with absolute coordinates, and a lone "+"
// after which parts are filled instead of stroked. A path is read when it is
// drawn for the first time in a size and colour, and kept as a picture.
package icon

import (
	"fmt"
	"image/color"
	"math"
	"strconv"
	"strings"

	"gioui.org/f32"
	"gioui.org/layout"
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
	stroked, filled, _ := strings.Cut(string(i), "+")
	return look{stroked, filled, gtx.Dp(size), iconGrid, iconStroke, c}.layout(gtx)
}

// Layout draws the glyph size dp wide and high.
func (g Glyph) Layout(gtx layout.Context, size unit.Dp, c color.NRGBA) layout.Dimensions {
	return look{"", string(g), gtx.Dp(size), glyphGrid, 0, c}.layout(gtx)
}

// Mark draws the program's mark size dp wide and high, its outline and its
// filling in the colours given.
func Mark(gtx layout.Context, size unit.Dp, line, filling color.NRGBA) layout.Dimensions {
	look{"", markFill, gtx.Dp(size), markGrid, 0, filling}.layout(gtx)
	return look{markBody, "", gtx.Dp(size), markGrid, markStroke, line}.layout(gtx)
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
