package plot

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"

	"github.com/vertefill/vertefill/internal/font"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/render"
)

// Image draws the drawing on white with a number of pixels per millimetre.
func (d *Drawing) Image(pxPerMM float64) (*image.RGBA, error) {
	w, h := int(d.W*pxPerMM+0.5), int(d.H*pxPerMM+0.5)
	if w < 1 || h < 1 || w > 16384 || h > 16384 {
		return nil, fmt.Errorf("plot: picture of %d x %d pixels", w, h)
	}
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(dst, dst.Rect, image.NewUniform(color.White), image.Point{}, draw.Src)
	faces := map[faceKey]*render.Face{}
	for _, m := range d.Marks {
		if m.Text != "" {
			if err := drawText(dst, m, pxPerMM, faces); err != nil {
				return nil, err
			}
			continue
		}
		var loops [][]geom.Screen
		for _, l := range m.Loops {
			var points []geom.Screen
			for _, p := range l { // pixel centres have whole numbers
				points = append(points, geom.Pt[geom.ScreenFrame](p.X*pxPerMM-0.5, p.Y*pxPerMM-0.5, 0))
			}
			loops = append(loops, points)
		}
		if m.Fill.A > 0 {
			render.Fill(dst, loops, m.Fill)
		}
		s := render.Stroke{Colour: m.Line, Width: m.Width * pxPerMM}
		for _, x := range m.Dash {
			s.Dash = append(s.Dash, x*pxPerMM)
		}
		for _, l := range loops {
			render.Line(dst, l, m.Closed, s)
		}
	}
	return dst, nil
}

type faceKey struct {
	size float64
	bold bool
}

func drawText(dst *image.RGBA, m Mark, pxPerMM float64, faces map[faceKey]*render.Face) error {
	k := faceKey{m.Size, m.Bold}
	if faces[k] == nil {
		ttf := font.Regular
		if m.Bold {
			ttf = font.SemiBold
		}
		f, err := render.NewFace(ttf, m.Size*pxPerMM)
		if err != nil {
			return fmt.Errorf("plot: %w", err)
		}
		faces[k] = f
	}
	x := m.At.X * pxPerMM
	switch m.Anchor {
	case Middle:
		x -= faces[k].Width(m.Text) / 2
	case End:
		x -= faces[k].Width(m.Text)
	}
	faces[k].Draw(dst, x, m.At.Y*pxPerMM, m.Text, m.Colour, color.NRGBA{})
	return nil
}
