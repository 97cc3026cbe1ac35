package widget

import (
	"image"

	"gioui.org/gesture"
	"gioui.org/io/pointer"
	"gioui.org/layout"
	"gioui.org/op/clip"
	"gioui.org/unit"
)

// Splitter is the invisible grab area, 6 dp wide, on the gap between two
// parts of the window.
type Splitter struct {
	drag  gesture.Drag
	start float32
}

// Dragged returns how far the splitter was moved, in dp, since the last call.
func (s *Splitter) Dragged(gtx layout.Context, axis layout.Axis) unit.Dp {
	moved := float32(0)
	for {
		ev, ok := s.drag.Update(gtx.Metric, gtx.Source, gesture.Axis(axis))
		if !ok {
			return unit.Dp(moved / gtx.Metric.PxPerDp)
		}
		at := ev.Position.X
		if axis == layout.Vertical {
			at = ev.Position.Y
		}
		switch ev.Kind {
		case pointer.Press:
			s.start = at
		case pointer.Drag:
			// The grab area moves along with what it divides, so the
			// position is always measured from where it was taken.
			moved += at - s.start
		}
	}
}

// Layout makes length px along the gap grabbable; the current offset is the
// gap's edge.
func (s *Splitter) Layout(gtx layout.Context, axis layout.Axis, length int) {
	half := gtx.Dp(3)
	r := image.Rect(-half, 0, half, length)
	cursor := pointer.CursorColResize
	if axis == layout.Vertical {
		r = image.Rect(0, -half, length, half)
		cursor = pointer.CursorRowResize
	}
	defer clip.Rect(r).Push(gtx.Ops).Pop()
	cursor.Add(gtx.Ops)
	s.drag.Add(gtx.Ops)
}
