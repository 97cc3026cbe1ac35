package widget

import (
	"image"
	"time"

	"gioui.org/f32"
	"gioui.org/io/event"
	"gioui.org/io/pointer"
	"gioui.org/layout"
	"gioui.org/op"

	"github.com/vertefill/vertefill/ui/theme"
)

// Tooltip names a control, its key and, in one line, its sense.
type Tooltip struct{ Name, Key, Sense string }

const (
	tipDelay     = 600 * time.Millisecond
	tipDelayNext = 100 * time.Millisecond // when one was just shown
)

// tip is the window's one tooltip. It stands below the pointer, inside the
// window.
type tip struct {
	seen   bool // its control is under the pointer in this frame
	tag    event.Tag
	text   Tooltip
	since  time.Time
	shown  bool
	gone   time.Time // when the last one was hidden
	at     f32.Point
	anchor f32.Point
}

// Hint offers a tooltip for the control tag while the pointer is over it.
func (e *Env) Hint(gtx layout.Context, tag event.Tag, hovered bool, t Tooltip) {
	if !hovered || t.Name == "" {
		return
	}
	e.tip.seen = true
	if e.tip.tag != tag {
		e.tip.tag, e.tip.since, e.tip.anchor = tag, gtx.Now, e.tip.at
		if e.tip.shown {
			e.tip.gone = gtx.Now
		}
		e.tip.shown = false
	}
	e.tip.text = t
}

func (t *tip) layout(gtx layout.Context, e *Env) {
	t.track(gtx)
	if !t.seen {
		if t.shown {
			t.gone = gtx.Now
		}
		t.tag, t.shown = nil, false
		return
	}
	delay := tipDelay
	if gtx.Now.Sub(t.gone) < 2*tipDelay {
		delay = tipDelayNext
	}
	if wait := delay - gtx.Now.Sub(t.since); wait > 0 {
		gtx.Execute(op.InvalidateCmd{At: gtx.Now.Add(wait)})
		return
	}
	if !t.shown {
		t.shown, t.anchor = true, t.at
	}
	window := gtx.Constraints.Max
	m := op.Record(gtx.Ops)
	gtx.Constraints.Min = image.Point{}
	gtx.Constraints.Max.X = min(gtx.Dp(420), window.X)
	d := Card(gtx, e.Panel, e.Edge, theme.RadiusButton, func(gtx layout.Context) layout.Dimensions {
		return layout.Inset{Left: 10, Right: 10, Top: 6, Bottom: 6}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
			row := []layout.FlexChild{layout.Rigid(e.Text(theme.Label, e.Text1, t.text.Name))}
			if t.text.Key != "" {
				row = append(row, Gap(8), layout.Rigid(KeyCap(e, t.text.Key, e.Text2, e.Edge)))
			}
			if t.text.Sense != "" {
				row = append(row, Gap(8), layout.Rigid(e.Text(theme.Secondary, e.Text3, t.text.Sense)))
			}
			return layout.Flex{Alignment: layout.Middle}.Layout(gtx, row...)
		})
	})
	call := m.Stop()
	at := image.Pt(int(t.anchor.X), int(t.anchor.Y)+gtx.Dp(20))
	at.X = max(min(at.X, window.X-d.Size.X-gtx.Dp(4)), 0)
	if at.Y+d.Size.Y > window.Y {
		at.Y = int(t.anchor.Y) - d.Size.Y - gtx.Dp(8)
	}
	defer op.Offset(at).Push(gtx.Ops).Pop()
	call.Add(gtx.Ops)
}

// Pointer returns where the pointer was last seen in the window, px.
func (e *Env) Pointer() image.Point { return e.tip.at.Round() }

// track follows the pointer over the whole window without taking its events.
func (t *tip) track(gtx layout.Context) {
	for {
		ev, ok := gtx.Event(pointer.Filter{Target: t, Kinds: pointer.Move | pointer.Drag | pointer.Enter | pointer.Press | pointer.Release})
		if !ok {
			break
		}
		if p, ok := ev.(pointer.Event); ok {
			t.at = p.Position
		}
	}
	defer pointer.PassOp{}.Push(gtx.Ops).Pop()
	event.Op(gtx.Ops, t)
}
