package render

import (
	"image"
	"image/color"
	"math"

	"golang.org/x/image/vector"

	"github.com/vertefill/vertefill/internal/geom"
)

// Stroke is how a line is drawn. Lengths are pixels.
type Stroke struct {
	Colour     color.NRGBA
	Width      float64
	Dash       []float64 // lengths on, off, on, ...; empty for a solid line
	Halo       color.NRGBA
	HaloWidth  float64 // how much wider than the line the halo below it is, in all; zero for none
	Outer      color.NRGBA
	OuterWidth float64 // the same for a second line between halo and line
}

// Line draws a line through the points, anti-aliased, with round joints and square ends, over an opaque picture. Halo and outer
// line are solid below dashes too: they keep the line visible on white cement and on dark lung alike.
func Line(dst *image.RGBA, points []geom.Screen, closed bool, s Stroke) {
	if solid := cut(points, closed, nil); len(solid) > 0 {
		if s.HaloWidth > 0 && s.Halo.A > 0 {
			stroke(dst, solid, s.Width+s.HaloWidth, s.Halo)
		}
		if s.OuterWidth > 0 && s.Outer.A > 0 {
			stroke(dst, solid, s.Width+s.OuterWidth, s.Outer)
		}
	}
	if s.Width > 0 && s.Colour.A > 0 {
		stroke(dst, cut(points, closed, s.Dash), s.Width, s.Colour)
	}
}

// piece is a straight part of a line; an end is flat where the line or a dash ends and round where the line goes on.
type piece struct {
	ax, ay, bx, by float64
	flatA, flatB   bool
}

// cut divides a line into straight pieces and dashes.
func cut(points []geom.Screen, closed bool, dash []float64) []piece {
	if len(points) < 2 {
		return nil
	}
	total := 0.0
	for _, d := range dash {
		if !(d >= 0) {
			return nil
		}
		total += d
	}
	var out []piece
	on, left, at := true, math.Inf(1), 0
	if total > 0 {
		left = dash[0]
	}
	last := len(points) - 1
	if closed {
		last++
	}
	fresh := !closed || total > 0 // the next piece begins with a flat end
	for i := range last {
		p, q := points[i], points[(i+1)%len(points)]
		length := math.Hypot(q.X-p.X, q.Y-p.Y)
		if !(length > 0) || math.IsInf(length, 0) {
			continue
		}
		for done := 0.0; done < length; {
			step := min(left, length-done)
			ends := step == left
			if on {
				a, b := p.Lerp(q, done/length), p.Lerp(q, (done+step)/length)
				final := i == last-1 && done+step >= length && !closed
				out = append(out, piece{a.X, a.Y, b.X, b.Y, fresh, ends || final})
				fresh = false
			}
			done += step
			left -= step
			if ends {
				at = (at + 1) % len(dash)
				on, left, fresh = !on, dash[at], true
				if total <= 0 || len(out) > 1<<20 {
					return out
				}
			}
		}
	}
	return out
}

// stroke covers all pieces at once, so that overlapping ones do not darken each other.
func stroke(dst *image.RGBA, pieces []piece, width float64, c color.NRGBA) {
	r := width/2 + 1
	var box image.Rectangle
	for _, p := range pieces {
		box = box.Union(p.box(r, dst.Rect))
	}
	if box.Empty() {
		return
	}
	w := box.Dx()
	mask := make([]uint8, w*box.Dy())
	limit := min(1, width)
	for _, p := range pieces {
		b := p.box(r, dst.Rect)
		dx, dy := p.bx-p.ax, p.by-p.ay
		length := math.Hypot(dx, dy)
		dx, dy = dx/length, dy/length
		for y := b.Min.Y; y < b.Max.Y; y++ {
			row := mask[(y-box.Min.Y)*w : (y-box.Min.Y+1)*w]
			for x := b.Min.X; x < b.Max.X; x++ {
				px, py := float64(x)-p.ax, float64(y)-p.ay
				along, across := px*dx+py*dy, math.Abs(px*dy-py*dx)
				cover := 1.0
				switch {
				case along < 0 && !p.flatA:
					across = math.Hypot(px, py)
				case along > length && !p.flatB:
					across = math.Hypot(along-length, across)
				}
				if p.flatA {
					cover = min(cover, along+0.5)
				}
				if p.flatB {
					cover = min(cover, length-along+0.5)
				}
				cover = max(0, cover) * max(0, min(limit, width/2+0.5-across))
				if v := uint8(cover*255 + 0.5); v > row[x-box.Min.X] {
					row[x-box.Min.X] = v
				}
			}
		}
	}
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			if m := mask[(y-box.Min.Y)*w+x-box.Min.X]; m > 0 {
				over(dst.Pix[dst.PixOffset(x, y):], c, uint32(m))
			}
		}
	}
}

// box returns the pixels within r of the piece.
func (p piece) box(r float64, clip image.Rectangle) image.Rectangle {
	lim := func(x float64) int { return int(max(-1e6, min(1e6, x))) }
	return image.Rect(
		lim(math.Floor(min(p.ax, p.bx)-r)), lim(math.Floor(min(p.ay, p.by)-r)),
		lim(math.Ceil(max(p.ax, p.bx)+r))+1, lim(math.Ceil(max(p.ay, p.by)+r))+1,
	).Intersect(clip)
}

// over blends a colour with coverage 0..255 over an opaque pixel.
func over(pix []uint8, c color.NRGBA, cover uint32) {
	a := uint32(c.A) * cover / 255
	mix := func(d, s uint8) uint8 { return uint8((uint32(d)*(255-a) + uint32(s)*a + 127) / 255) }
	pix[0], pix[1], pix[2], pix[3] = mix(pix[0], c.R), mix(pix[1], c.G), mix(pix[2], c.B), 0xFF
}

// Fill covers the inside of closed loops with a colour, anti-aliased. A loop that runs against the one round it is a hole.
func Fill(dst *image.RGBA, loops [][]geom.Screen, c color.NRGBA) {
	lo, hi := geom.Pt[geom.ScreenFrame](math.Inf(1), math.Inf(1), 0), geom.Pt[geom.ScreenFrame](math.Inf(-1), math.Inf(-1), 0)
	for _, l := range loops {
		for _, p := range l {
			lo.X, lo.Y, hi.X, hi.Y = min(lo.X, p.X), min(lo.Y, p.Y), max(hi.X, p.X), max(hi.Y, p.Y)
		}
	}
	box := piece{ax: lo.X, ay: lo.Y, bx: hi.X, by: hi.Y}.box(1, dst.Rect)
	if box.Empty() || !(hi.X > lo.X) {
		return
	}
	r := vector.NewRasterizer(box.Dx(), box.Dy())
	// vector counts from pixel corners.
	x := func(p geom.Screen) float32 { return float32(p.X + 0.5 - float64(box.Min.X)) }
	y := func(p geom.Screen) float32 { return float32(p.Y + 0.5 - float64(box.Min.Y)) }
	for _, l := range loops {
		if len(l) < 3 {
			continue
		}
		r.MoveTo(x(l[0]), y(l[0]))
		for _, p := range l[1:] {
			r.LineTo(x(p), y(p))
		}
		r.ClosePath()
	}
	r.Draw(dst, box, image.NewUniform(c), image.Point{})
}
