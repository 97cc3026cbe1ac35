// Package uitest drives a window without a display: events go through Gio's
// input.Router, controls are found by their semantic label, and frames can be
// drawn headless (package uitest/shot). For tests only.
package uitest

import (
	"image"
	"strings"
	"testing"
	"time"

	"gioui.org/f32"
	"gioui.org/io/input"
	"gioui.org/io/key"
	"gioui.org/io/pointer"
	"gioui.org/layout"
	"gioui.org/op"
	"gioui.org/unit"
)

// Driver plays the part of the window system.
type Driver struct {
	t      testing.TB
	router input.Router
	ops    op.Ops
	layout func(layout.Context) layout.Dimensions

	Size   image.Point
	Metric unit.Metric
	Now    time.Time
	clock  time.Duration // of pointer events
}

// New returns a driver of a window of size px at one px per dp.
func New(t testing.TB, size image.Point, draw func(layout.Context) layout.Dimensions) *Driver {
	return &Driver{t: t, layout: draw, Size: size, Metric: unit.Metric{PxPerDp: 1, PxPerSp: 1},
		Now: time.Date(2026, 3, 12, 16, 2, 0, 0, time.UTC)}
}

// Frame lays the window out once and returns its operations, valid until the
// next frame.
func (d *Driver) Frame() *op.Ops {
	d.ops.Reset()
	d.Now = d.Now.Add(20 * time.Millisecond)
	d.layout(layout.Context{Ops: &d.ops, Metric: d.Metric, Constraints: layout.Exact(d.Size), Source: d.router.Source(), Now: d.Now})
	d.router.Frame(&d.ops)
	return &d.ops
}

// Shrink lets the room of the largest frame go.
func (d *Driver) Shrink() { d.ops = op.Ops{} }

// settle draws the frames that follow an event: one that handles it, one that
// shows what it changed.
func (d *Driver) settle() {
	d.Frame()
	d.Frame()
}

// Key presses and releases a key.
func (d *Driver) Key(name key.Name, mods key.Modifiers) {
	d.Press(name, mods)
	d.Release(name, mods)
}

// Press presses a key and holds it.
func (d *Driver) Press(name key.Name, mods key.Modifiers) {
	d.router.Queue(key.Event{Name: name, Modifiers: mods, State: key.Press})
	d.settle()
}

// Release lets a key go.
func (d *Driver) Release(name key.Name, mods key.Modifiers) {
	d.router.Queue(key.Event{Name: name, Modifiers: mods, State: key.Release})
	d.settle()
}

// Type enters text into the focused field, at its caret.
func (d *Driver) Type(s string) {
	d.router.Queue(key.EditEvent{Text: s, Range: d.router.EditorState().Selection.Range})
	d.settle()
}

// Click clicks a point with a button.
func (d *Driver) Click(at f32.Point, b pointer.Buttons) {
	d.clock += time.Second // no accidental double clicks
	d.press(at, b)
}

// DoubleClick clicks a point twice.
func (d *Driver) DoubleClick(at f32.Point) {
	d.clock += time.Second
	d.press(at, pointer.ButtonPrimary)
	d.press(at, pointer.ButtonPrimary)
}

func (d *Driver) press(at f32.Point, b pointer.Buttons) {
	d.clock += 20 * time.Millisecond
	d.queue(pointer.Move, at, 0, 0)
	d.queue(pointer.Press, at, b, 0)
	d.clock += 20 * time.Millisecond
	d.queue(pointer.Release, at, 0, 0)
	d.settle()
}

// Drag presses at a point, moves to another in steps and releases.
func (d *Driver) Drag(from, to f32.Point, b pointer.Buttons) { d.DragWith(from, to, b, 0) }

// DragWith is Drag with modifier keys held at the press.
func (d *Driver) DragWith(from, to f32.Point, b pointer.Buttons, mods key.Modifiers) {
	d.clock += time.Second
	d.queue(pointer.Move, from, 0, 0)
	d.queue(pointer.Press, from, b, mods)
	d.Frame()
	const steps = 5
	for i := 1; i <= steps; i++ {
		d.clock += 20 * time.Millisecond
		d.queue(pointer.Move, from.Add(to.Sub(from).Mul(float32(i)/steps)), b, 0)
		d.Frame()
	}
	d.queue(pointer.Release, to, 0, 0)
	d.settle()
}

// Trace drags with the left button along a line of points.
func (d *Driver) Trace(points ...f32.Point) {
	d.queue(pointer.Press, points[0], pointer.ButtonPrimary, 0)
	d.settle()
	for n := 1; n < len(points); n++ {
		const steps = 8
		for k := 1; k <= steps; k++ {
			d.queue(pointer.Move, points[n-1].Add(points[n].Sub(points[n-1]).Mul(float32(k)/steps)), pointer.ButtonPrimary, 0)
			d.settle()
		}
	}
	d.queue(pointer.Release, points[len(points)-1], 0, 0)
	d.settle()
}

// Asks reports whether a frame since the last call asked for another one, at
// once or later.
func (d *Driver) Asks() bool {
	_, asks := d.router.WakeupTime()
	return asks
}

// Hover moves the pointer to a point.
func (d *Driver) Hover(at f32.Point) {
	d.clock += time.Second
	d.queue(pointer.Move, at, 0, 0)
	d.settle()
}

// Scroll turns the wheel over a point by a scroll distance.
func (d *Driver) Scroll(at f32.Point, distance float32, mods key.Modifiers) {
	d.clock += time.Second
	e := pointer.Event{Kind: pointer.Scroll, Source: pointer.Mouse, Position: at, Time: d.clock, Modifiers: mods}
	if mods.Contain(key.ModShift) { // as systems do
		e.Scroll.X = distance
	} else {
		e.Scroll.Y = distance
	}
	d.router.Queue(e)
	d.settle()
}

func (d *Driver) queue(k pointer.Kind, at f32.Point, b pointer.Buttons, mods key.Modifiers) {
	d.router.Queue(pointer.Event{Kind: k, Source: pointer.Mouse, Position: at, Buttons: b, Time: d.clock, Modifiers: mods})
}

// Labels returns the label of every control in the frame.
func (d *Driver) Labels() []string {
	var out []string
	d.walk(func(n input.SemanticNode) bool {
		if n.Desc.Label != "" {
			out = append(out, n.Desc.Label)
		}
		return false
	})
	return out
}

// Bounds returns where the control or text with the label lies; ok is false
// when there is none.
func (d *Driver) Bounds(label string) (r image.Rectangle, ok bool) {
	d.walk(func(n input.SemanticNode) bool {
		if n.Desc.Label == label && !n.Desc.Bounds.Empty() {
			r, ok = n.Desc.Bounds, true
		}
		return ok
	})
	return r, ok
}

// Has reports whether some text or control in the frame holds the words.
func (d *Driver) Has(words string) bool {
	for _, l := range d.Labels() {
		if strings.Contains(l, words) {
			return true
		}
	}
	return false
}

// ClickOn clicks a control by its label; the test fails when there is none.
func (d *Driver) ClickOn(label string) {
	d.t.Helper()
	d.Click(d.Middle(label), pointer.ButtonPrimary)
}

// Middle returns the centre of a control; the test fails when there is none.
func (d *Driver) Middle(label string) f32.Point {
	d.t.Helper()
	r, ok := d.Bounds(label)
	if !ok {
		d.t.Fatalf("no control %q in the frame; there are %q", label, d.Labels())
	}
	return f32.Pt(float32(r.Min.X+r.Max.X)/2, float32(r.Min.Y+r.Max.Y)/2)
}

// Until draws frames until a condition holds; the test fails after some
// seconds.
func (d *Driver) Until(what string, ok func() bool) {
	d.t.Helper()
	for start := time.Now(); time.Since(start) < time.Minute; time.Sleep(2 * time.Millisecond) {
		d.Frame()
		if ok() {
			d.Frame()
			return
		}
	}
	d.t.Fatalf("%s did not happen", what)
}

func (d *Driver) walk(visit func(input.SemanticNode) bool) {
	var all func([]input.SemanticNode) bool
	all = func(nodes []input.SemanticNode) bool {
		for _, n := range nodes {
			if visit(n) || all(n.Children) {
				return true
			}
		}
		return false
	}
	all(d.router.AppendSemantics(nil)[:1])
}
