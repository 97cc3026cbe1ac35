package widget

import (
	"image"
	"image/color"

	"gioui.org/f32"
	"gioui.org/layout"
	"gioui.org/op"
	"gioui.org/op/clip"
	"gioui.org/op/paint"
	"gioui.org/unit"
)

// Fill paints a rectangle.
func Fill(gtx layout.Context, c color.NRGBA, r image.Rectangle) {
	if c.A == 0 {
		return
	}
	paint.FillShape(gtx.Ops, c, clip.Rect(r).Op())
}

// FillRound paints a rectangle with round corners.
func FillRound(gtx layout.Context, c color.NRGBA, r image.Rectangle, radius unit.Dp) {
	if c.A == 0 {
		return
	}
	paint.FillShape(gtx.Ops, c, clip.UniformRRect(r, gtx.Dp(radius)).Op(gtx.Ops))
}

// Outline draws a line of width dp just inside the rectangle's border, as
// whole pixels when width is a whole number of them.
func Outline(gtx layout.Context, c color.NRGBA, r image.Rectangle, radius, width unit.Dp) {
	w := max(gtx.Dp(width), 1)
	if radius == 0 {
		for _, side := range []image.Rectangle{
			{r.Min, image.Pt(r.Max.X, r.Min.Y+w)}, {image.Pt(r.Min.X, r.Max.Y-w), r.Max},
			{image.Pt(r.Min.X, r.Min.Y+w), image.Pt(r.Min.X+w, r.Max.Y-w)}, {image.Pt(r.Max.X-w, r.Min.Y+w), image.Pt(r.Max.X, r.Max.Y-w)},
		} {
			Fill(gtx, c, side)
		}
		return
	}
	outer := clip.UniformRRect(r, gtx.Dp(radius))
	inner := clip.UniformRRect(r.Inset(w), max(gtx.Dp(radius)-w, 0))
	var p clip.Path
	p.Begin(gtx.Ops)
	roundRect(&p, outer, false)
	roundRect(&p, inner, true)
	paint.FillShape(gtx.Ops, c, clip.Outline{Path: p.End()}.Op())
}

// roundRect adds a rounded rectangle to a path, backwards for a hole.
func roundRect(p *clip.Path, r clip.RRect, hole bool) {
	const k = 0.44771525 // 1 - the control length of a quarter circle
	x0, y0 := float32(r.Rect.Min.X), float32(r.Rect.Min.Y)
	x1, y1 := float32(r.Rect.Max.X), float32(r.Rect.Max.Y)
	q := float32(r.NW)
	pt := f32.Pt
	if hole {
		p.MoveTo(pt(x0, y0+q))
		p.LineTo(pt(x0, y1-q))
		p.CubeTo(pt(x0, y1-q*k), pt(x0+q*k, y1), pt(x0+q, y1))
		p.LineTo(pt(x1-q, y1))
		p.CubeTo(pt(x1-q*k, y1), pt(x1, y1-q*k), pt(x1, y1-q))
		p.LineTo(pt(x1, y0+q))
		p.CubeTo(pt(x1, y0+q*k), pt(x1-q*k, y0), pt(x1-q, y0))
		p.LineTo(pt(x0+q, y0))
		p.CubeTo(pt(x0+q*k, y0), pt(x0, y0+q*k), pt(x0, y0+q))
		p.Close()
		return
	}
	p.MoveTo(pt(x0+q, y0))
	p.LineTo(pt(x1-q, y0))
	p.CubeTo(pt(x1-q*k, y0), pt(x1, y0+q*k), pt(x1, y0+q))
	p.LineTo(pt(x1, y1-q))
	p.CubeTo(pt(x1, y1-q*k), pt(x1-q*k, y1), pt(x1-q, y1))
	p.LineTo(pt(x0+q, y1))
	p.CubeTo(pt(x0+q*k, y1), pt(x0, y1-q*k), pt(x0, y1-q))
	p.LineTo(pt(x0, y0+q))
	p.CubeTo(pt(x0, y0+q*k), pt(x0+q*k, y0), pt(x0+q, y0))
	p.Close()
}

// Line draws a straight line of width px between two points.
func Line(gtx layout.Context, c color.NRGBA, from, to f32.Point, width float32) {
	if r, ok := whole(from, to, width); ok {
		Fill(gtx, c, r)
		return
	}
	var p clip.Path
	p.Begin(gtx.Ops)
	p.MoveTo(from)
	p.LineTo(to)
	paint.FillShape(gtx.Ops, c, clip.Stroke{Path: p.End(), Width: width}.Op())
}

// whole is the rectangle that a line along an axis fills when its sides lie between pixels; its ends are moved there.
func whole(from, to f32.Point, width float32) (r image.Rectangle, ok bool) {
	lo, hi := f32.Pt(min(from.X, to.X), min(from.Y, to.Y)), f32.Pt(max(from.X, to.X), max(from.Y, to.Y))
	even := func(a, b float32) bool { return a == float32(int(a)) && b == float32(int(b)) }
	switch half := width / 2; {
	case from.Y == to.Y:
		lo.Y, hi.Y = lo.Y-half, hi.Y+half
		ok = even(lo.Y, hi.Y)
	case from.X == to.X:
		lo.X, hi.X = lo.X-half, hi.X+half
		ok = even(lo.X, hi.X)
	}
	return image.Rectangle{Min: lo.Round(), Max: hi.Round()}, ok
}

// Path draws a line of width px through the points.
func Path(gtx layout.Context, c color.NRGBA, points []f32.Point, width float32) {
	if len(points) < 2 {
		return
	}
	var p clip.Path
	p.Begin(gtx.Ops)
	p.MoveTo(points[0])
	for _, q := range points[1:] {
		p.LineTo(q)
	}
	paint.FillShape(gtx.Ops, c, clip.Stroke{Path: p.End(), Width: width}.Op())
}

// Dot paints a disc.
func Dot(gtx layout.Context, c color.NRGBA, centre f32.Point, radius float32) {
	r := image.Rect(int(centre.X-radius+0.5), int(centre.Y-radius+0.5), int(centre.X+radius+0.5), int(centre.Y+radius+0.5))
	paint.FillShape(gtx.Ops, c, clip.Ellipse(r).Op(gtx.Ops))
}

// HLine is a row line over the full width, one whole pixel at least.
func HLine(c color.NRGBA) layout.Widget {
	return func(gtx layout.Context) layout.Dimensions {
		size := image.Pt(gtx.Constraints.Max.X, max(gtx.Dp(1), 1))
		Fill(gtx, c, image.Rectangle{Max: size})
		return layout.Dimensions{Size: size}
	}
}

// Background paints c under w, which it makes at least as large as the
// constraints ask.
func Background(gtx layout.Context, c color.NRGBA, w layout.Widget) layout.Dimensions {
	m := op.Record(gtx.Ops)
	d := w(gtx)
	call := m.Stop()
	d.Size = gtx.Constraints.Constrain(d.Size)
	Fill(gtx, c, image.Rectangle{Max: d.Size})
	call.Add(gtx.Ops)
	return d
}

// Card paints a rounded, outlined plate under w.
func Card(gtx layout.Context, fill, edge color.NRGBA, radius unit.Dp, w layout.Widget) layout.Dimensions {
	m := op.Record(gtx.Ops)
	d := w(gtx)
	call := m.Stop()
	r := image.Rectangle{Max: d.Size}
	FillRound(gtx, fill, r, radius)
	if edge.A > 0 {
		Outline(gtx, edge, r, radius, 1)
	}
	call.Add(gtx.Ops)
	return d
}

// Gap is an empty space of size dp along both axes; in a Flex only the main
// one counts.
func Gap(size unit.Dp) layout.FlexChild {
	return layout.Rigid(layout.Spacer{Width: size, Height: size}.Layout)
}

// Fixed gives w exactly the size in dp; zero leaves that side to the
// constraints' maximum.
func Fixed(gtx layout.Context, width, height unit.Dp, w layout.Widget) layout.Dimensions {
	if width > 0 {
		gtx.Constraints.Max.X = min(gtx.Dp(width), gtx.Constraints.Max.X)
	}
	if height > 0 {
		gtx.Constraints.Max.Y = min(gtx.Dp(height), gtx.Constraints.Max.Y)
	}
	gtx.Constraints.Min = gtx.Constraints.Max
	d := w(gtx)
	d.Size = gtx.Constraints.Max
	return d
}

// Loose drops the minimum constraints before laying w out, as children of a
// Flexed cell need it.
func Loose(gtx layout.Context, w layout.Widget) layout.Dimensions {
	gtx.Constraints.Min = image.Point{}
	return w(gtx)
}

// At draws w at an offset in px without taking room.
func At(gtx layout.Context, p image.Point, w layout.Widget) layout.Dimensions {
	defer op.Offset(p).Push(gtx.Ops).Pop()
	return Loose(gtx, w)
}
