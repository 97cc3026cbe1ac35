package widget

import (
	"image"

	"gioui.org/f32"
	"gioui.org/io/key"
	"gioui.org/io/semantic"
	"gioui.org/layout"
	"gioui.org/op"
	"gioui.org/op/clip"
	giowidget "gioui.org/widget"
)

// Slider chooses a value between 0 and 1 by drag, or by the arrow keys in
// steps of a twentieth.
type Slider struct {
	float giowidget.Float
	focus Area
}

// Value returns the position, 0 to 1.
func (s *Slider) Value() float32 { return s.float.Value }

// SetValue moves the slider unless it is being dragged.
func (s *Slider) SetValue(v float32) {
	if !s.float.Dragging() {
		s.float.Value = min(max(v, 0), 1)
	}
}

// Changed reports whether the user moved the slider since the last call.
func (s *Slider) Changed(gtx layout.Context) bool {
	changed := s.float.Update(gtx)
	for {
		ev, ok := gtx.Event(key.Filter{Focus: &s.focus.click, Name: key.NameLeftArrow}, key.Filter{Focus: &s.focus.click, Name: key.NameRightArrow})
		if !ok {
			return changed
		}
		if k, ok := ev.(key.Event); ok && k.State == key.Press {
			step := float32(0.05)
			if k.Name == key.NameLeftArrow {
				step = -step
			}
			s.float.Value = min(max(s.float.Value+step, 0), 1)
			changed = true
		}
	}
}

// Layout draws the slider over the full width, 20 dp high.
func (s *Slider) Layout(gtx layout.Context, e *Env, label string) layout.Dimensions {
	size := image.Pt(gtx.Constraints.Max.X, gtx.Dp(20))
	gtx.Constraints = layout.Exact(size)
	return s.focus.Layout(gtx, e, label, func(gtx layout.Context) layout.Dimensions {
		radius := float32(gtx.Dp(6))
		y := float32(size.Y) / 2
		from, to := f32.Pt(radius, y), f32.Pt(float32(size.X)-radius, y)
		knob := lerp(from, to, s.float.Value)
		Line(gtx, e.Edge, from, to, float32(gtx.Dp(3)))
		Line(gtx, e.Accent, from, knob, float32(gtx.Dp(3)))
		Dot(gtx, e.Text1, knob, radius)
		semantic.DescriptionOp("slider").Add(gtx.Ops)
		defer op.Offset(image.Pt(int(radius), 0)).Push(gtx.Ops).Pop()
		gtx.Constraints = layout.Exact(image.Pt(max(size.X-2*int(radius), 1), size.Y))
		defer clip.Rect(image.Rectangle{Max: gtx.Constraints.Max}).Push(gtx.Ops).Pop()
		s.float.Layout(gtx, layout.Horizontal, 0)
		return layout.Dimensions{Size: size}
	})
}
