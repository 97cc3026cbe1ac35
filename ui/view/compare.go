package view

import (
	"image"
	"image/color"
	"math"

	"gioui.org/f32"
	"gioui.org/layout"

	"github.com/vertefill/vertefill/internal/render"
	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/theme"
	"github.com/vertefill/vertefill/ui/widget"
)

// comparing draws what belongs to a comparison: the line of a swipe, the track
// of a blend, the colours of a difference.
func (d *decoration) comparing() {
	if d.pic == nil {
		return
	}
	dp, size := d.gtx.Metric.PxPerDp, d.port.size
	at := d.h.State.Reading.At
	switch d.pic.Request.Mix.Compare {
	case model.Swipe:
		x := float32(at) * float32(size.X)
		widget.Line(d.gtx, color.NRGBA{A: 140}, f32.Pt(x, 0), f32.Pt(x, float32(size.Y)), 4*dp)
		widget.Line(d.gtx, d.h.Env.Accent, f32.Pt(x, 0), f32.Pt(x, float32(size.Y)), 1.5*dp)
		d.handle(f32.Pt(x, float32(size.Y)/2))
	case model.Blend:
		from, to := blendTrack(size, dp)
		widget.Line(d.gtx, color.NRGBA{A: 160}, from, to, 5*dp)
		widget.Line(d.gtx, theme.CornerText, from, to, 1.5*dp)
		d.handle(from.Add(to.Sub(from).Mul(float32(at))))
		d.text(theme.CaptionB, from.Round().Sub(image.Pt(d.gtx.Dp(30), d.gtx.Dp(7))), "PRE")
		d.text(theme.CaptionB, to.Round().Add(image.Pt(d.gtx.Dp(10), -d.gtx.Dp(7))), "POST")
	case model.Difference:
		d.colourBar()
	}
}

// blendTrack is where the knob of a blend moves, px.
func blendTrack(size image.Point, dp float32) (from, to f32.Point) {
	half := min(80*dp, float32(size.X)/4)
	x, y := float32(size.X)/2, float32(size.Y)-18*dp
	return f32.Pt(x-half, y), f32.Pt(x+half, y)
}

// colourBar tells which colour means how many HU of difference.
func (d *decoration) colourBar() {
	l := d.h.Env.Lang
	w := DifferenceWindow(d.pic.Request.Window)
	const steps = 48
	width, height := d.gtx.Dp(120), d.gtx.Dp(8)
	x, y := (d.port.size.X-width)/2, d.port.size.Y-d.gtx.Dp(56)
	for i := range steps {
		widget.Fill(d.gtx, render.Diverging.At(float64(i)/(steps-1)), image.Rect(x+i*width/steps, y, x+(i+1)*width/steps, y+height))
	}
	low, high := i18n.Whole(l, -w.Width/2), "+"+i18n.Whole(l, w.Width/2)
	d.textEnd(x-d.gtx.Dp(6), y-d.gtx.Dp(4), low)
	d.text(theme.CaptionB, image.Pt(x+width+d.gtx.Dp(6), y-d.gtx.Dp(4)), l.Unit(high, l.HU()))
	title := i18n.PostMinusPre.In(l)
	d.text(theme.CaptionB, image.Pt(x+(width-d.h.Env.Measure(d.gtx, theme.CaptionB, title))/2, y-d.gtx.Dp(17)), title)
}

// onGrip reports whether a point of a view lies on the line of a swipe or on
// the track of a blend.
func (p *viewport) onGrip(gtx layout.Context, h Host, id model.ViewID, at f32.Point) bool {
	if p.pic == nil || id.Slot != model.PostSlot || id.Content > model.Coronal {
		return false
	}
	dp := gtx.Metric.PxPerDp
	switch p.pic.Request.Mix.Compare {
	case model.Swipe:
		return math.Abs(float64(at.X)-h.State.Reading.At*float64(p.size.X)) < handleReach*float64(dp)
	case model.Blend:
		from, to := blendTrack(p.size, dp)
		return distanceTo(at, from, to) < handleReach*float64(dp)
	}
	return false
}

func (p *viewport) moveGrip(h Host, at f32.Point) {
	share := float64(at.X) / float64(p.size.X)
	if p.pic != nil && p.pic.Request.Mix.Compare == model.Blend {
		from, to := blendTrack(p.size, p.pxPerDP)
		share = float64((at.X - from.X) / (to.X - from.X))
	}
	h.Emit(model.Move{Change: func(r *model.Reading) { r.At = min(max(share, 0), 1) }})
}

// framed draws the frame that is drawn for the window of a region.
func (d *decoration) framed() {
	if p := d.port; p.box && p.moved {
		r := boxOf(p.from, p.at)
		widget.Outline(d.gtx, d.h.Env.Accent, r, 0, 1)
	}
}

func boxOf(a, b f32.Point) image.Rectangle {
	return image.Rectangle{Min: a.Round(), Max: b.Round()}.Canon()
}

// frameWindow sets the window that shows the framed region best.
func (p *viewport) frameWindow(h Host, id model.ViewID, at f32.Point) {
	if p.pic == nil || !p.moved {
		return
	}
	m := &p.pic.HU
	r := boxOf(p.from, at).Intersect(image.Rect(0, 0, m.W, m.H))
	var values []int16
	for y := r.Min.Y; y < r.Max.Y; y++ {
		values = append(values, m.HU[y*m.W+r.Min.X:y*m.W+r.Max.X]...)
	}
	h.Emit(model.RegionWindow{Slot: id.Slot, Values: values})
}
