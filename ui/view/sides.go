package view

import (
	"image"
	"image/color"
	"math"

	"gioui.org/f32"
	"gioui.org/layout"
	"gioui.org/op"
	"gioui.org/unit"

	"github.com/vertefill/vertefill/internal/render"
	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/theme"
	"github.com/vertefill/vertefill/ui/widget"
)

// cuts3D are the planes that cut the 3D view of a slot, through the crosshair.
func cuts3D(s *model.State, slot model.Slot) (out [3]render.Cut) {
	for c, cut := range s.Reading.SolidCuts {
		if cut == model.NoCut {
			continue
		}
		plane := s.Plane(model.ViewID{Slot: slot, Content: model.Content(c)})
		n := plane.Axis(2)
		if cut == model.CutFar {
			n = n.Mul(-1)
		}
		out[c] = render.Cut{At: s.CursorIn(slot), Normal: n}
	}
	return out
}

// The letters of the sides stand in a row at the lower right of a 3D view.
const sideSize, sideGap, sidesFrom = unit.Dp(20), unit.Dp(2), unit.Dp(200)

// sideAt returns where the letter of a side stands; ok is false in a view too
// small for them.
func sideAt(gtx layout.Context, size image.Point, n int) (r image.Rectangle, ok bool) {
	side, gap := gtx.Dp(sideSize), gtx.Dp(sideGap)
	x := size.X - gtx.Dp(10) - (len(model.Sides3D)-n)*(side+gap) + gap
	y := size.Y - gtx.Dp(10) - side
	return image.Rect(x, y, x+side, y+side), size.X >= gtx.Dp(sidesFrom)
}

// sides draws the letters of the sides to look from.
func (d *decoration) sides() {
	for n, x := range model.Sides3D {
		r, ok := sideAt(d.gtx, d.port.size, n)
		if !ok {
			return
		}
		ink := theme.CornerText
		if s := d.h.State.Reading; s.Turn == x.Turn && s.Tilt == x.Tilt {
			ink = d.h.Env.Accent
		}
		widget.FillRound(d.gtx, color.NRGBA{A: 158}, r, theme.RadiusChip)
		off := op.Offset(r.Min).Push(d.gtx.Ops)
		gtx := d.gtx
		gtx.Constraints = layout.Exact(r.Size())
		layout.Center.Layout(gtx, d.h.Env.Text(theme.CaptionB, ink, x.Letter))
		off.Pop()
	}
}

// onSide returns the side whose letter lies under a point.
func (p *viewport) onSide(gtx layout.Context, id model.ViewID, at f32.Point) (x model.Side3D, ok bool) {
	if id.Content != model.ThreeD {
		return x, false
	}
	for n, x := range model.Sides3D {
		if r, ok := sideAt(gtx, p.size, n); ok && at.Round().In(r) {
			return x, true
		}
	}
	return x, false
}

// transfers are the presets by look; nil is that of bone.
var transfers = map[model.SolidLook]render.Transfer{
	model.BoneVoxels: render.TransferBone, model.GlassVoxels: render.TransferGlass, model.CementVoxels: render.TransferCement, model.SoftVoxels: render.TransferSoft,
}

// transferOf is the preset of a look, moved as the reader set it.
func transferOf(c model.Curve, look model.SolidLook) render.Transfer {
	preset := transfers[look]
	if c.Look != look || c.N != len(preset) {
		return preset
	}
	out := append(render.Transfer(nil), preset...)
	for n := range out {
		out[n].HU, out[n].Opacity = c.At[n].HU, c.At[n].Opacity
	}
	return out
}

// The card of the opacity curve, and the CT numbers from edge to edge.
const (
	curveWidth, curveHeight = unit.Dp(280), unit.Dp(120)
	curveLow, curveHigh     = -500.0, 3500.0
	cornerReach             = unit.Dp(9)
)

// curveBox is where the curve is drawn on a 3D view; ok is false when it is
// not.
func (p *viewport) curveBox(gtx layout.Context, s *model.State, id model.ViewID) (r image.Rectangle, t render.Transfer, ok bool) {
	look := s.Reading.Solid
	t = transferOf(s.Reading.Curve, look)
	if !s.Reading.CurveEdit || id.Content != model.ThreeD || id.Slot != model.PostSlot || s.Result == nil || look == model.Surfaces || look == model.MIPVoxels || len(t) == 0 {
		return r, nil, false
	}
	w, h := min(gtx.Dp(curveWidth), p.size.X-gtx.Dp(20)), gtx.Dp(curveHeight)
	x, y := gtx.Dp(10), p.size.Y-gtx.Dp(40)-h
	return image.Rect(x, y, x+w, y+h), t, w > 0 && y > 0
}

// cornerAt is where a corner lies in the box; opacity is drawn by its root,
// since a few per cent a millimetre are a lot.
func cornerAt(r image.Rectangle, hu, opacity float64) f32.Point {
	x := (hu - curveLow) / (curveHigh - curveLow)
	return f32.Pt(float32(r.Min.X)+float32(x)*float32(r.Dx()), float32(r.Max.Y)-float32(math.Sqrt(opacity))*float32(r.Dy()))
}

// curve draws the opacity curve with its corners, while it is shown, in the
// place of the legend.
func (d *decoration) curve() (shown bool) {
	r, t, ok := d.port.curveBox(d.gtx, d.h.State, d.id)
	if !ok {
		return false
	}
	pad := d.gtx.Dp(10)
	widget.FillRound(d.gtx, color.NRGBA{A: 176}, r.Inset(-pad), theme.RadiusCard)
	points := []f32.Point{cornerAt(r, curveLow, t[0].Opacity)}
	for _, c := range t {
		points = append(points, cornerAt(r, c.HU, c.Opacity))
	}
	points = append(points, cornerAt(r, curveHigh, t[len(t)-1].Opacity))
	px := d.gtx.Metric.PxPerDp
	widget.Path(d.gtx, theme.CornerText, points, 1.5*px)
	for n, c := range t {
		at := points[n+1]
		widget.Dot(d.gtx, theme.CornerText, at, 6*px)
		widget.Dot(d.gtx, c.Colour, at, 4.5*px)
	}
	l := d.h.Env.Lang
	low, high := i18n.Whole(l, curveLow), l.Unit(i18n.Whole(l, curveHigh), l.HU())
	d.text(theme.CaptionB, image.Pt(r.Min.X, r.Max.Y-d.gtx.Dp(14)), low)
	d.textEnd(r.Max.X, r.Max.Y-d.gtx.Dp(14), high)
	d.text(theme.CaptionB, r.Min, i18n.OpacityOfMM.In(l))
	return true
}

// takeCorner takes the corner of the curve under a point.
func (p *viewport) takeCorner(gtx layout.Context, h Host, id model.ViewID, at f32.Point) bool {
	r, t, ok := p.curveBox(gtx, h.State, id)
	if !ok {
		return false
	}
	p.corner = -1
	best := float32(gtx.Dp(cornerReach))
	for n, c := range t {
		d := cornerAt(r, c.HU, c.Opacity).Sub(at)
		if far := float32(math.Sqrt(float64(d.X*d.X + d.Y*d.Y))); far < best {
			best, p.corner = far, n
		}
	}
	return at.Round().In(r.Inset(-gtx.Dp(10)))
}

// moveCorner moves the corner that is held, between its neighbours.
func (p *viewport) moveCorner(gtx layout.Context, h Host, id model.ViewID, at f32.Point) {
	r, t, ok := p.curveBox(gtx, h.State, id)
	if !ok || p.corner < 0 || p.corner >= len(t) || len(t) > model.MaxCorners {
		return
	}
	c := model.Curve{Look: h.State.Reading.Solid, N: len(t)}
	for n, x := range t {
		c.At[n] = model.Corner{HU: x.HU, Opacity: x.Opacity}
	}
	const apart = 5 // HU
	low, high := curveLow, curveHigh
	if p.corner > 0 {
		low = t[p.corner-1].HU + apart
	}
	if p.corner < len(t)-1 {
		high = t[p.corner+1].HU - apart
	}
	hu := curveLow + float64(at.X-float32(r.Min.X))/float64(r.Dx())*(curveHigh-curveLow)
	root := min(max(float64(float32(r.Max.Y)-at.Y)/float64(r.Dy()), 0), 1)
	c.At[p.corner] = model.Corner{HU: min(max(hu, low), high), Opacity: root * root}
	h.Emit(model.Move{Change: func(x *model.Reading) { x.Curve = c }})
}
