package export

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"strings"

	"codeberg.org/go-pdf/fpdf"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/plot"
)

// picture places a picture of a side in mm with its caption below.
func (p *page) picture(k KeyImage, x, y, side float64) {
	if err := p.job.ctx.Err(); err != nil {
		p.SetError(err)
		return
	}
	p.placed++
	// fpdf writes pictures in the order of their widths and equal ones in any order: every picture gets a width of its own, by black
	// columns that the clip hides, so that equal results give equal bytes.
	size := k.Picture.Rect.Size()
	wide := image.NewRGBA(image.Rect(0, 0, size.X+p.placed, size.Y))
	draw.Draw(wide, wide.Rect, k.Picture, k.Picture.Rect.Min, draw.Src)
	var b bytes.Buffer
	if err := jpeg.Encode(&b, wide, &jpeg.Options{Quality: 90}); err != nil {
		p.SetError(fmt.Errorf("picture: %w", err))
		return
	}
	name := fmt.Sprintf("picture%d", p.placed)
	p.RegisterImageOptionsReader(name, fpdf.ImageOptions{ImageType: "JPG"}, &b)
	p.ClipRoundedRect(x, y, side, side, 0.9, false)
	p.ImageOptions(name, x, y, side*float64(size.X+p.placed)/float64(size.X), side, false, fpdf.ImageOptions{ImageType: "JPG"}, 0, "")
	p.ClipEnd()
	p.style("", 6.8, pale)
	for i, line := range p.wrap(printable(k.Caption), side) {
		if i == 2 {
			break
		}
		p.SetXY(x, y+side+0.6+2.8*float64(i))
		p.CellFormat(side, 2.8, line, "", 0, "L", false, 0, "")
	}
}

// wrap breaks a text into lines of a width in the present font, at plain spaces only: fpdf's own SplitText breaks at no-break
// spaces too. A word wider than the width stands alone.
func (p *page) wrap(s string, width float64) []string {
	var lines []string
	for _, paragraph := range strings.Split(s, "\n") {
		line := ""
		for _, word := range strings.Split(paragraph, " ") {
			switch {
			case line == "":
				line = word
			case p.GetStringWidth(line+" "+word) > width:
				lines, line = append(lines, line), word
			default:
				line += " " + word
			}
		}
		lines = append(lines, line)
	}
	return lines
}

// draw puts a drawing on the page with its upper left corner at (x, y), in millimetres times a scale.
func (p *page) draw(d *plot.Drawing, x, y, scale float64) {
	penX, penY := p.GetXY() // paths move the pen of the text
	defer func() { p.SetXY(penX, penY) }()
	for _, m := range d.Marks {
		if m.Text != "" {
			weight := ""
			if m.Bold {
				weight = "B"
			}
			p.style(weight, m.Size*scale*72/25.4, [3]int{int(m.Colour.R), int(m.Colour.G), int(m.Colour.B)})
			s := printable(m.Text)
			at := x + m.At.X*scale
			switch m.Anchor {
			case plot.Middle:
				at -= p.GetStringWidth(s) / 2
			case plot.End:
				at -= p.GetStringWidth(s)
			}
			p.Text(at, y+m.At.Y*scale, s)
			continue
		}
		if m.Fill.A > 0 {
			p.SetFillColor(int(m.Fill.R), int(m.Fill.G), int(m.Fill.B))
			p.trace(m, x, y, scale, "F", m.Fill)
		}
		if m.Line.A > 0 && m.Width > 0 {
			p.SetDrawColor(int(m.Line.R), int(m.Line.G), int(m.Line.B))
			p.SetLineWidth(m.Width * scale)
			var dash []float64
			for _, l := range m.Dash {
				dash = append(dash, l*scale)
			}
			p.SetDashPattern(dash, 0)
			p.trace(m, x, y, scale, "D", m.Line)
			p.SetDashPattern(nil, 0)
		}
	}
}

// trace draws the loops of a mark as one path.
func (p *page) trace(m plot.Mark, x, y, scale float64, how string, c color.NRGBA) {
	drawn := false
	for _, l := range m.Loops {
		if len(l) < 2 {
			continue
		}
		drawn = true
		p.MoveTo(x+l[0].X*scale, y+l[0].Y*scale)
		for _, q := range l[1:] {
			p.LineTo(x+q.X*scale, y+q.Y*scale)
		}
		if m.Closed {
			p.ClosePath()
		}
	}
	if !drawn {
		return
	}
	if c.A < 255 {
		p.SetAlpha(float64(c.A)/255, "Normal")
		defer p.SetAlpha(1, "Normal")
	}
	p.DrawPath(how)
}

// glyph draws the sign of a compartment round a point.
func (p *page) glyph(c anatomy.Compartment, x, y float64) {
	d := &plot.Drawing{}
	drawGlyph(d, c, plot.Point{}, 1.15)
	p.draw(d, x, y, 1)
}

// mark draws the sign of the program, a vertebral body filled to a wavy level, in a square.
func (p *page) mark(x, y, side float64) {
	s := side / 32
	curve := func(c ...float64) {
		p.CurveBezierCubicTo(x+c[0]*s, y+c[1]*s, x+c[2]*s, y+c[3]*s, x+c[4]*s, y+c[5]*s)
	}
	p.MoveTo(x+6.66*s, y+16.2*s)
	curve(10, 14.6, 12.6, 17.8, 16, 16.4)
	curve(19.4, 15, 22, 17.6, 25.34, 16)
	curve(25.4, 19.6, 26, 23, 27, 26)
	curve(20, 23, 12, 23, 5, 26)
	curve(6, 23, 6.6, 19.6, 6.66, 16.2)
	p.SetFillColor(0xE0, 0xA4, 0x00)
	p.DrawPath("F")
	p.MoveTo(x+5*s, y+6*s)
	curve(12, 9, 20, 9, 27, 6)
	curve(25, 12.5, 25, 19.5, 27, 26)
	curve(20, 23, 12, 23, 5, 26)
	curve(7, 19.5, 7, 12.5, 5, 6)
	p.ClosePath()
	p.SetDrawColor(0x08, 0x76, 0x6A)
	p.SetLineWidth(2.2 * s)
	p.DrawPath("D")
}

// printable replaces signs that the typeface lacks: it holds Latin letters, the signs of figures, and little else.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r >= 0x20 && r < 0x7F || r >= 0xA0 && r < 0x180 || r >= 0x2009 && r <= 0x203A:
			return r
		case strings.ContainsRune("™←↑→↓∂∆∑−√∞≈≠≤≥Ωαβμσ▲▼✓€", r):
			return r
		}
		return '?'
	}, s)
}
