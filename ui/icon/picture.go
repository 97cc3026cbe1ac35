package icon

import (
	"image"
	"image/color"
	"math"
	"sync"

	"gioui.org/f32"
	"gioui.org/layout"
	"gioui.org/op/clip"
	"gioui.org/op/paint"
	"golang.org/x/image/vector"

	"github.com/vertefill/vertefill/ui/theme"
)

// Icons are kept as pictures once they were drawn: the same path in the same size and colour is the same picture in every window.
var drawn = struct {
	sync.Mutex
	pictures map[look]paint.ImageOp
}{pictures: map[look]paint.ImageOp{}}

type look struct {
	stroked, filled string
	px              int
	grid, stroke    float32
	ink             color.NRGBA
}

// maxPictures bounds what is kept: all icons in some sizes and colours.
const maxPictures = 1024

// layout draws the picture and takes its room.
func (l look) layout(gtx layout.Context) layout.Dimensions {
	size := image.Pt(l.px, l.px)
	img := l.picture()
	defer clip.Rect(image.Rectangle{Max: size}).Push(gtx.Ops).Pop()
	img.Add(gtx.Ops)
	paint.PaintOp{}.Add(gtx.Ops)
	return layout.Dimensions{Size: size}
}

func (l look) picture() paint.ImageOp {
	drawn.Lock()
	defer drawn.Unlock()
	img, ok := drawn.pictures[l]
	if !ok {
		if len(drawn.pictures) >= maxPictures {
			clear(drawn.pictures)
		}
		img = theme.Tint(l.mask(), l.ink)
		drawn.pictures[l] = img
	}
	return img
}

// mask is the coverage of the pixels by the icon.
func (l look) mask() *image.Alpha {
	m := image.NewAlpha(image.Rect(0, 0, l.px, l.px))
	if l.px == 0 {
		return m
	}
	scale := float32(l.px) / l.grid
	if segments, err := parse(l.filled); err == nil && len(segments) > 0 {
		r := vector.NewRasterizer(l.px, l.px)
		for _, s := range segments {
			p := [3]f32.Point{s.p[0].Mul(scale), s.p[1].Mul(scale), s.p[2].Mul(scale)}
			switch s.command {
			case 'M':
				r.MoveTo(p[0].X, p[0].Y)
			case 'L':
				r.LineTo(p[0].X, p[0].Y)
			case 'C':
				r.CubeTo(p[0].X, p[0].Y, p[1].X, p[1].Y, p[2].X, p[2].Y)
			case 'Z':
				r.ClosePath()
			}
		}
		r.Draw(m, m.Rect, image.Opaque, image.Point{})
	}
	if segments, err := parse(l.stroked); err == nil {
		width := float64(l.stroke * scale)
		away := l.distances(segments, scale, width/2+1)
		for i, d := range away {
			share := max(0, min(1, width/2+0.5-float64(d)))
			share = 1 - (1-share)*(1-float64(m.Pix[i])/255)
			m.Pix[i] = uint8(math.Round(255 * share))
		}
	}
	return m
}

// distances are those of the middles of the pixels from the lines of a path, px; far ones are infinite.
func (l look) distances(segments []segment, scale float32, reach float64) []float32 {
	out := make([]float32, l.px*l.px)
	for i := range out {
		out[i] = float32(math.Inf(1))
	}
	line := func(a, b f32.Point) {
		r := float32(reach)
		x0, x1 := max(int(min(a.X, b.X)-r), 0), min(int(max(a.X, b.X)+r)+1, l.px)
		y0, y1 := max(int(min(a.Y, b.Y)-r), 0), min(int(max(a.Y, b.Y)+r)+1, l.px)
		way := b.Sub(a)
		length2 := way.X*way.X + way.Y*way.Y
		for y := y0; y < y1; y++ {
			for x := x0; x < x1; x++ {
				q := f32.Pt(float32(x)+0.5, float32(y)+0.5).Sub(a)
				t := float32(0)
				if length2 > 0 {
					t = max(0, min(1, (q.X*way.X+q.Y*way.Y)/length2))
				}
				q = q.Sub(way.Mul(t))
				d := float32(math.Hypot(float64(q.X), float64(q.Y)))
				out[x+y*l.px] = min(out[x+y*l.px], d)
			}
		}
	}
	var start, at f32.Point
	for _, s := range segments {
		p := [3]f32.Point{s.p[0].Mul(scale), s.p[1].Mul(scale), s.p[2].Mul(scale)}
		switch s.command {
		case 'M':
			start, at = p[0], p[0]
		case 'L':
			line(at, p[0])
			at = p[0]
		case 'C':
			const pieces = 16
			from, before := at, at
			for n := 1; n <= pieces; n++ {
				t := float32(n) / pieces
				u := 1 - t
				next := from.Mul(u * u * u).Add(p[0].Mul(3 * u * u * t)).Add(p[1].Mul(3 * u * t * t)).Add(p[2].Mul(t * t * t))
				line(before, next)
				before = next
			}
			at = p[2]
		case 'Z':
			line(at, start)
			at = start
		}
	}
	return out
}
