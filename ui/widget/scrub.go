package widget

import (
	"image"

	"gioui.org/f32"
	"gioui.org/io/event"
	"gioui.org/io/pointer"
	"gioui.org/io/semantic"
	"gioui.org/layout"
	"gioui.org/op/clip"
)

// Scrub is a bar that takes its value from where it is pressed or dragged.
type Scrub struct{ width float32 }

// Moved returns the place, 0 to 1, that the pointer chose since the last call.
func (s *Scrub) Moved(gtx layout.Context) (share float32, ok bool) {
	for {
		ev, more := gtx.Event(pointer.Filter{Target: s, Kinds: pointer.Press | pointer.Drag})
		if !more {
			return share, ok
		}
		if e, is := ev.(pointer.Event); is && s.width > 0 && e.Buttons.Contain(pointer.ButtonPrimary) {
			share, ok = min(max(e.Position.X/s.width, 0), 0.99999), true
		}
	}
}

// Layout draws the bar with a knob at share.
func (s *Scrub) Layout(gtx layout.Context, e *Env, label string, share float32) layout.Dimensions {
	size := gtx.Constraints.Max
	s.width = float32(size.X)
	y := float32(gtx.Dp(18))
	x := min(max(share, 0), 1) * s.width
	Line(gtx, e.Edge, f32.Pt(0, y), f32.Pt(s.width, y), float32(gtx.Dp(4)))
	Line(gtx, e.Accent, f32.Pt(0, y), f32.Pt(x, y), float32(gtx.Dp(4)))
	Line(gtx, e.Text1, f32.Pt(x, y-float32(gtx.Dp(11))), f32.Pt(x, y+float32(gtx.Dp(11))), float32(gtx.Dp(2)))
	Dot(gtx, e.Text1, f32.Pt(x, y), float32(gtx.Dp(6)))
	defer clip.Rect(image.Rectangle{Max: size}).Push(gtx.Ops).Pop()
	semantic.LabelOp(label).Add(gtx.Ops)
	pointer.CursorPointer.Add(gtx.Ops)
	event.Op(gtx.Ops, s)
	return layout.Dimensions{Size: size}
}
