package render

import (
	"fmt"
	"image"
	"image/color"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// Face draws text of one font and size on pictures. It is not safe for use by several goroutines.
type Face struct{ face font.Face }

// NewFace reads an OpenType or TrueType font; sizePx is the em in pixels.
func NewFace(ttf []byte, sizePx float64) (*Face, error) {
	f, err := opentype.Parse(ttf)
	if err != nil {
		return nil, fmt.Errorf("render: font: %w", err)
	}
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: sizePx, DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		return nil, fmt.Errorf("render: font of %g px: %w", sizePx, err)
	}
	return &Face{face: face}, nil
}

// Width returns the length of a text in pixels.
func (f *Face) Width(s string) float64 { return float64(font.MeasureString(f.face, s)) / 64 }

// Height returns the heights of capitals and of a line in pixels.
func (f *Face) Height() (capital, line float64) {
	m := f.face.Metrics()
	return float64(m.CapHeight) / 64, float64(m.Height) / 64
}

// Draw writes a text with its baseline beginning at (x, y) in pixels, over a halo one pixel wide when halo is not transparent.
func (f *Face) Draw(dst *image.RGBA, x, y float64, s string, c, halo color.NRGBA) {
	at := func(dx, dy float64, c color.NRGBA) {
		d := font.Drawer{Dst: dst, Src: image.NewUniform(c), Face: f.face, Dot: fixed.Point26_6{X: fixed.Int26_6((x + dx) * 64), Y: fixed.Int26_6((y + dy) * 64)}}
		d.DrawString(s)
	}
	if halo.A > 0 {
		for _, o := range [4][2]float64{{-1, 0}, {1, 0}, {0, -1}, {0, 1}} {
			at(o[0], o[1], halo)
		}
	}
	at(0, 0, c)
}
