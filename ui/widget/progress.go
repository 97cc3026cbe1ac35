package widget

import (
	"image"
	"image/color"

	"gioui.org/f32"
	"gioui.org/layout"
	"gioui.org/unit"
)

// Progress is a bar filled to fraction 0..1 over the full width.
func Progress(e *Env, fraction float64, height unit.Dp) layout.Widget {
	return func(gtx layout.Context) layout.Dimensions {
		size := image.Pt(gtx.Constraints.Max.X, gtx.Dp(height))
		FillRound(gtx, e.Pressed, image.Rectangle{Max: size}, height/2)
		done := size
		done.X = int(float64(size.X)*min(max(fraction, 0), 1) + 0.5)
		if done.X > 0 {
			FillRound(gtx, e.Accent, image.Rectangle{Max: done}, height/2)
		}
		return layout.Dimensions{Size: size}
	}
}

// IntervalBar shows a value in per cent with its 90 % interval on a scale from
// 0 to top, with a tick each 10. The dot is hollow for prior cement.
func IntervalBar(e *Env, ink color.NRGBA, value, low, high, top float64, hollow bool) layout.Widget {
	return func(gtx layout.Context) layout.Dimensions {
		size := image.Pt(gtx.Dp(70), gtx.Dp(12))
		if gtx.Constraints.Min.X > size.X {
			size.X = gtx.Constraints.Min.X
		}
		y := float32(size.Y) / 2
		dp := gtx.Metric.PxPerDp
		at := func(v float64) float32 { return float32(min(max(v/top, 0), 1)) * float32(size.X) }
		Line(gtx, e.Edge, f32.Pt(0, y), f32.Pt(float32(size.X), y), dp)
		for v := 0.0; v <= top; v += 10 {
			Line(gtx, e.Edge, f32.Pt(at(v), y-2*dp), f32.Pt(at(v), y+2*dp), dp)
		}
		c := ink
		if hollow {
			c = e.Text2
		}
		if high > low {
			Line(gtx, c, f32.Pt(at(low), y), f32.Pt(at(high), y), 2*dp)
		}
		Dot(gtx, c, f32.Pt(at(value), y), 4.5*dp)
		if hollow {
			Dot(gtx, e.Panel, f32.Pt(at(value), y), 3*dp)
		}
		return layout.Dimensions{Size: size}
	}
}
