package proof

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"strings"

	xdraw "golang.org/x/image/draw"
	"golang.org/x/image/vector"

	"github.com/vertefill/vertefill/internal/font"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/render"
)

// Picture draws a page, from 0, with a number of pixels per point.
func (d *Document) Picture(page int, pxPerPoint float64) (*image.RGBA, error) {
	if page < 0 || page >= len(d.pages) {
		return nil, fmt.Errorf("proof: no page %d", page+1)
	}
	w, h := int(d.w*pxPerPoint+0.5), int(d.h*pxPerPoint+0.5)
	if w < 1 || h < 1 || w > 8192 || h > 8192 {
		return nil, fmt.Errorf("proof: page of %d x %d pixels", w, h)
	}
	b, err := d.stream(d.pages[page])
	if err != nil {
		return nil, err
	}
	p := &pen{doc: d, scale: pxPerPoint, out: image.NewRGBA(image.Rect(0, 0, w, h)), faces: map[string]*render.Face{}}
	p.state = state{fill: color.NRGBA{A: 255}, line: color.NRGBA{A: 255}, opacity: 1}
	draw.Draw(p.out, p.out.Rect, image.White, image.Point{}, draw.Src)
	if err := scan(b, p.do); err != nil {
		return nil, err
	}
	return p.out, nil
}

// state is what q keeps and Q brings back.
type state struct {
	fill, line color.NRGBA
	width      float64
	dash       []float64
	opacity    float64
	clip       [][]geom.Screen // nil: all of the page
	matrix     [6]float64      // of the last cm, in points
	face       string          // of texts
	size       float64
}

type pen struct {
	doc   *Document
	scale float64
	out   *image.RGBA
	faces map[string]*render.Face
	state
	kept  []state
	path  [][]geom.Screen
	at    [2]float64 // pen of the path, in points
	from  [2]float64 // of the text, in points
	clips bool       // the path becomes the clip
}

// screen turns a point of the page into pixels from the upper left.
func (p *pen) screen(x, y float64) geom.Screen {
	return geom.Pt[geom.ScreenFrame](x*p.scale, float64(p.out.Rect.Dy())-y*p.scale, 0)
}

func (p *pen) do(op string, a []operand) error {
	need := map[string]int{"w": 1, "rg": 3, "RG": 3, "g": 1, "G": 1, "m": 2, "l": 2, "c": 6, "re": 4, "d": 2, "cm": 6, "Do": 1, "gs": 1, "Tf": 2, "Td": 2, "Tj": 1}[op]
	if len(a) < need {
		return fmt.Errorf("proof: %s with %d operands", op, len(a))
	}
	n := func(i int) float64 { return a[i].number }
	switch op {
	case "q":
		p.kept = append(p.kept, p.state)
	case "Q":
		if len(p.kept) == 0 {
			return fmt.Errorf("proof: Q without q")
		}
		p.state, p.kept = p.kept[len(p.kept)-1], p.kept[:len(p.kept)-1]
	case "w":
		p.width = n(0)
	case "d":
		p.dash = append([]float64(nil), a[0].list...)
	case "rg":
		p.fill = rgb(n(0), n(1), n(2))
	case "RG":
		p.line = rgb(n(0), n(1), n(2))
	case "g":
		p.fill = rgb(n(0), n(0), n(0))
	case "G":
		p.line = rgb(n(0), n(0), n(0))
	case "m":
		p.path = append(p.path, nil)
		p.to(n(0), n(1))
	case "l":
		p.to(n(0), n(1))
	case "c":
		p.curve(n(0), n(1), n(2), n(3), n(4), n(5))
	case "re":
		x, y, w, h := n(0), n(1), n(2), n(3)
		p.path = append(p.path, nil)
		for _, c := range [][2]float64{{x, y}, {x + w, y}, {x + w, y + h}, {x, y + h}, {x, y}} {
			p.to(c[0], c[1])
		}
	case "h":
		if l := len(p.path); l > 0 && len(p.path[l-1]) > 0 {
			p.path[l-1] = append(p.path[l-1], p.path[l-1][0])
		}
	case "W":
		p.clips = true
	case "f", "S", "B", "n":
		p.paint(op)
	case "cm":
		p.matrix = [6]float64{n(0), n(1), n(2), n(3), n(4), n(5)}
	case "Do":
		return p.image(a[0].text)
	case "gs":
		p.opacity = 1
		if m := opacityOf.FindSubmatch(p.doc.dictionary(p.doc.names[a[0].text])); m != nil {
			p.opacity = float(m[1])
		}
	case "Tf":
		p.face, p.size = a[0].text, n(1)
	case "Td":
		p.from = [2]float64{n(0), n(1)}
	case "Tj":
		return p.text(a[0].text)
	case "BT", "ET", "J", "j", "Tw", "Tr":
	default:
		return fmt.Errorf("proof: operator %q is not known", op)
	}
	return nil
}

func rgb(r, g, b float64) color.NRGBA {
	return color.NRGBA{uint8(255*r + 0.5), uint8(255*g + 0.5), uint8(255*b + 0.5), 255}
}

func (p *pen) to(x, y float64) {
	if len(p.path) == 0 {
		p.path = append(p.path, nil)
	}
	l := len(p.path) - 1
	p.path[l] = append(p.path[l], p.screen(x, y))
	p.at = [2]float64{x, y}
}

// curve adds a cubic Bézier curve as a chain of chords.
func (p *pen) curve(x1, y1, x2, y2, x3, y3 float64) {
	const chords = 16
	x0, y0 := p.at[0], p.at[1]
	for i := 1; i <= chords; i++ {
		t := float64(i) / chords
		u := 1 - t
		b := [4]float64{u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t}
		p.to(b[0]*x0+b[1]*x1+b[2]*x2+b[3]*x3, b[0]*y0+b[1]*y1+b[2]*y2+b[3]*y3)
	}
}

// paint fills, strokes or keeps the path, and begins a new one.
func (p *pen) paint(how string) {
	if p.clips {
		p.clip, p.clips = p.path, false
	}
	seen := func(c color.NRGBA) color.NRGBA {
		c.A = uint8(float64(c.A)*p.opacity + 0.5)
		return c
	}
	if how == "f" || how == "B" {
		r := raster(p.out.Rect.Size(), p.path)
		r.Draw(p.out, p.out.Rect, image.NewUniform(seen(p.fill)), image.Point{})
	}
	if how == "S" || how == "B" {
		s := render.Stroke{Colour: seen(p.line), Width: max(p.width*p.scale, 0.6)}
		for _, l := range p.dash {
			s.Dash = append(s.Dash, l*p.scale)
		}
		for _, l := range p.path {
			if len(l) > 1 {
				shifted := make([]geom.Screen, len(l)) // there, pixel centres have whole numbers
				for i, q := range l {
					shifted[i] = geom.Pt[geom.ScreenFrame](q.X-0.5, q.Y-0.5, 0)
				}
				closed := l[0] == l[len(l)-1] && len(l) > 2
				if closed {
					shifted = shifted[:len(shifted)-1]
				}
				render.Line(p.out, shifted, closed, s)
			}
		}
	}
	p.path = nil
}

func raster(size image.Point, loops [][]geom.Screen) *vector.Rasterizer {
	r := vector.NewRasterizer(size.X, size.Y)
	for _, l := range loops {
		for i, q := range l {
			if i == 0 {
				r.MoveTo(float32(q.X), float32(q.Y))
			} else {
				r.LineTo(float32(q.X), float32(q.Y))
			}
		}
		r.ClosePath()
	}
	return r
}

// image draws a picture into the square of the matrix, inside the clip.
func (p *pen) image(name string) error {
	m, err := p.doc.picture(name)
	if err != nil {
		return err
	}
	low, high := p.screen(p.matrix[4], p.matrix[5]), p.screen(p.matrix[4]+p.matrix[0], p.matrix[5]+p.matrix[3])
	to := image.Rect(int(low.X+0.5), int(high.Y+0.5), int(high.X+0.5), int(low.Y+0.5))
	if p.clip == nil {
		xdraw.CatmullRom.Scale(p.out, to, m, m.Bounds(), draw.Over, nil)
		return nil
	}
	scaled := image.NewRGBA(to)
	xdraw.CatmullRom.Scale(scaled, to, m, m.Bounds(), draw.Src, nil)
	mask := image.NewAlpha(p.out.Rect)
	raster(p.out.Rect.Size(), p.clip).Draw(mask, mask.Rect, image.Opaque, image.Point{})
	draw.DrawMask(p.out, to, scaled, to.Min, mask, to.Min, draw.Over)
	return nil
}

// text writes at the place of Td.
func (p *pen) text(s string) error {
	key := fmt.Sprintf("%s %.3f", p.face, p.size)
	if p.faces[key] == nil {
		ttf := font.Regular
		if strings.Contains(string(p.doc.dictionary(p.doc.names[p.face])), "vertefillB") {
			ttf = font.SemiBold
		}
		f, err := render.NewFace(ttf, p.size*p.scale)
		if err != nil {
			return fmt.Errorf("proof: %w", err)
		}
		p.faces[key] = f
	}
	at := p.screen(p.from[0], p.from[1])
	x := at.X
	for _, r := range s { // one by one: PDF moves no letters together
		p.faces[key].Draw(p.out, x, at.Y, string(r), p.fill, color.NRGBA{})
		x += p.faces[key].Width(string(r))
	}
	return nil
}
