package view

import (
	"image"
	"math"
	"slices"
	"time"

	"gioui.org/f32"
	"gioui.org/io/event"
	"gioui.org/io/key"
	"gioui.org/io/pointer"
	"gioui.org/io/semantic"
	"gioui.org/layout"
	"gioui.org/op"
	"gioui.org/op/clip"
	"gioui.org/op/paint"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/render"
	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/theme"
	"github.com/vertefill/vertefill/ui/widget"
)

// Host is what viewports need of the window.
type Host struct {
	Env     *widget.Env
	State   *model.State
	Service *Service
	Emit    func(model.Msg)
	Notch   float32 // scroll distance of a wheel notch
	// Menu opens the context menu of a view at a place of its series; px are of
	// the view.
	Menu func(id model.ViewID, at geom.Patient, px image.Point)
}

// Views holds the viewports of a window.
type Views struct {
	ports  map[model.ViewID]*viewport
	scenes scenes
	labels labels
}

// viewport is the state of one view's mouse.
type viewport struct {
	buttons pointer.Buttons // of the press that is on
	from    f32.Point       // where it began
	last    f32.Point
	moved   bool
	moving  time.Time // last change by the mouse: slabs are coarse meanwhile
	wheel   widget.Wheel
	slab    widget.Wheel
	hover   bool
	at      f32.Point
	clicked time.Duration // of the last press, for double clicks
	size    image.Point   // at the last layout
	pxPerDP float32
	scenes  *scenes
	labels  *labels
	pic     *Picture // shown now
	fixing  fixing
	drawing drawing
	grip    bool // the line of a swipe or the knob of a blend is held
	turning bool // a grip of the crosshair is held
	shaping bool // the card of the opacity curve was pressed
	corner  int  // of the curve that is held; -1 for none
	runline runline
	box     bool // a region is framed for its window
}

// clickRadius is how many dp the mouse may move in a click.
const clickRadius = 4

// settle is how long after the last movement a slab is drawn in full.
const settle = 150 * time.Millisecond

// port returns the state of a view.
func (v *Views) port(id model.ViewID) *viewport {
	if v.ports == nil {
		v.ports = map[model.ViewID]*viewport{}
	}
	p := v.ports[id]
	if p == nil {
		p = &viewport{scenes: &v.scenes, labels: &v.labels}
		v.ports[id] = p
	}
	return p
}

// Update handles the mouse on views. It is called before any view is drawn, so
// that linked views change in the same frame.
func (v *Views) Update(gtx layout.Context, h Host, ids []model.ViewID) {
	h.Service.Sweep()
	for id, p := range v.ports {
		if !slices.Contains(ids, id) {
			p.pic = nil // its pixels may be let go
		}
	}
	for _, id := range ids {
		v.port(id).events(gtx, h, id)
	}
}

// Layout draws a view in the maximum constraints.
func (v *Views) Layout(gtx layout.Context, h Host, id model.ViewID) layout.Dimensions {
	p := v.port(id)
	size := gtx.Constraints.Max
	gtx.Constraints.Min = image.Point{}
	p.size, p.pxPerDP = size, gtx.Metric.PxPerDp

	defer clip.Rect(image.Rectangle{Max: size}).Push(gtx.Ops).Pop()
	semantic.LabelOp(Name(h, id)).Add(gtx.Ops)
	event.Op(gtx.Ops, p)
	p.cursor(gtx, h, id).Add(gtx.Ops)
	if word, empty := emptyView(h.State, id); empty {
		widget.Fill(gtx, theme.Black, image.Rectangle{Max: size})
		layout.Center.Layout(fill(gtx), h.Env.Text(theme.Body, theme.CornerText, word.In(h.Env.Lang)))
		return layout.Dimensions{Size: size}
	}
	vp := Port(h.State, id, size, p.pxPerDP)
	slow := id.Content == model.ThreeD || h.State.Reading.Slab.Thickness > 0
	moving := slow && gtx.Now.Sub(p.moving) < settle
	if moving { // what is drawn coarsely now is drawn in full then
		gtx.Execute(op.InvalidateCmd{At: p.moving.Add(settle)})
	}
	shown := id
	if h.State.Reading.Flicker && drawable(h.State, id) {
		if other, port := counterpart(h.State, id, vp); h.State.Loaded[other.Slot].Volume != nil {
			shown, vp = other, port
		}
	}
	p.pic = h.Service.Picture(id, request(h.State, shown, vp, &v.scenes, p.pxPerDP, moving))
	if p.pic == nil || p.pic.Image.Size() != size {
		widget.Fill(gtx, theme.Black, image.Rectangle{Max: size})
	}
	if p.pic != nil {
		p.pic.Image.Add(gtx.Ops)
		paint.PaintOp{}.Add(gtx.Ops)
	}
	d := decoration{gtx: gtx, h: h, id: shown, port: p, pic: p.pic, where: p.where(h.State, id)}
	d.vp = vp
	d.draw()
	if h.State.Reading.Focus == id {
		widget.Outline(gtx, h.Env.Accent, image.Rectangle{Max: size}, 0, 2)
	}
	return layout.Dimensions{Size: size}
}

// emptyView says why a view has no picture.
func emptyView(s *model.State, id model.ViewID) (i18n.Text, bool) {
	switch {
	case id.Content == model.SecondView && s.Run.Second == nil:
		return i18n.NoSecond, true
	case id.Content == model.BridgeView && (s.Run.Found == nil || s.Run.Found.Radiograph == nil):
		return i18n.NoBridge, true
	case id.Content.OfRun():
		return i18n.ReadingRun, plane(s, id).Cine == nil
	}
	return i18n.NoImageHere, s.Loaded[id.Slot].Volume == nil
}

// fill makes the minimum constraints the maximum ones.
func fill(gtx layout.Context) layout.Context {
	gtx.Constraints.Min = gtx.Constraints.Max
	return gtx
}

// Name is the label of a view: "PRE axial".
func Name(h Host, id model.ViewID) string {
	tag := "PRE "
	if id.Content.OfRun() {
		return "XA " + runName(id.Content).In(h.Env.Lang)
	}
	if id.Slot == model.PostSlot {
		tag = "POST "
	}
	return tag + contentName(id.Content).In(h.Env.Lang)
}

func contentName(c model.Content) i18n.Text {
	switch c {
	case model.Sagittal:
		return i18n.Sagittal
	case model.Coronal:
		return i18n.Coronal
	case model.ThreeD:
		return i18n.View3D
	}
	return i18n.Axial
}

func (p *viewport) cursor(gtx layout.Context, h Host, id model.ViewID) pointer.Cursor {
	tool := h.State.Reading.Tool
	switch {
	case p.grip || p.hover && p.onGrip(gtx, h, id, p.at):
		return pointer.CursorColResize
	case p.turning:
		return pointer.CursorGrabbing
	case p.hover && p.buttons == 0 && p.onCrossGrip(gtx, h, id, p.at):
		return pointer.CursorGrab
	case p.buttons.Contain(pointer.ButtonTertiary), tool == model.PanTool:
		return pointer.CursorAllScroll
	case fixable(h.State, id) && h.State.Fixing.Hand == model.HandleHand:
		return pointer.CursorGrab
	case fixable(h.State, id) && (h.State.Fixing.Hand == model.ScissorsHand || h.State.Fixing.Hand == model.OutlineHand || h.State.Fixing.Hand == model.GrowHand):
		return pointer.CursorCrosshair
	case fixable(h.State, id):
		return pointer.CursorNone // the brush is drawn in its true size
	case tool == model.ScrollTool:
		return pointer.CursorNorthSouthResize
	}
	return pointer.CursorCrosshair
}

func (p *viewport) events(gtx layout.Context, h Host, id model.ViewID) {
	far := pointer.ScrollRange{Min: -1e6, Max: 1e6}
	for {
		ev, ok := gtx.Event(pointer.Filter{Target: p, ScrollX: far, ScrollY: far,
			Kinds: pointer.Press | pointer.Drag | pointer.Release | pointer.Cancel | pointer.Scroll | pointer.Move | pointer.Enter | pointer.Leave})
		if !ok {
			return
		}
		e, ok := ev.(pointer.Event)
		if !ok {
			continue
		}
		switch e.Kind {
		case pointer.Enter, pointer.Move:
			p.hover, p.at = true, e.Position
			p.drawing.hovered(h, p, id, e.Position)
		case pointer.Leave:
			p.hover = false
		case pointer.Press:
			p.press(gtx, h, id, e)
		case pointer.Drag:
			p.at = e.Position
			p.drag(gtx, h, id, e)
		case pointer.Release:
			if p.buttons == pointer.ButtonSecondary && !p.moved && h.Menu != nil {
				var at geom.Patient
				if id.Content <= model.Coronal {
					at = p.patient(h, id, e.Position)
				}
				h.Menu(id, at, e.Position.Round())
			}
			switch {
			case p.box:
				p.frameWindow(h, id, e.Position)
			case p.buttons == pointer.ButtonPrimary && !p.grip && !p.turning && !p.shaping:
				p.runline.released(gtx, h, p.moved)
				p.fixing.released(h, p.moved)
				p.drawing.released(h, p, id, e.Position, p.moved)
			}
			p.grip, p.turning, p.shaping, p.box = false, false, false, false
			p.buttons = 0
		case pointer.Cancel:
			p.buttons, p.hover, p.grip, p.turning, p.shaping, p.box = 0, false, false, false, false, false
		case pointer.Scroll:
			p.scroll(gtx, h, id, e)
		}
	}
}

func (p *viewport) press(gtx layout.Context, h Host, id model.ViewID, e pointer.Event) {
	if p.buttons != 0 { // a second button joins: the first keeps the gesture
		return
	}
	p.buttons, p.from, p.last, p.moved = e.Buttons, e.Position, e.Position, false
	gtx.Execute(key.FocusCmd{}) // a field typed into before lets go of the keyboard
	if h.State.Reading.Focus != id {
		h.Emit(model.Focus{View: id})
	}
	if e.Buttons != pointer.ButtonPrimary {
		return
	}
	if e.Time-p.clicked < 300*time.Millisecond && p.clicked != 0 {
		p.clicked, p.buttons = 0, 0
		if len(h.State.Draft.Shape.Points) > 0 {
			h.Emit(model.CloseDraft{})
			return
		}
		h.Emit(model.Fill{View: id})
		return
	}
	p.clicked = e.Time
	if h.State.Marking() && id.Slot == model.PostSlot && id.Content <= model.Coronal {
		p.clicked, p.buttons = 0, 0
		h.Emit(model.MarkAt{At: p.patient(h, id, e.Position)})
		return
	}
	switch {
	case e.Modifiers.Contain(key.ModCtrl) && drawable(h.State, id):
		p.box = true
		return
	case p.onGrip(gtx, h, id, e.Position):
		p.grip = true
		return
	case p.onCrossGrip(gtx, h, id, e.Position):
		p.turning = true
		h.Emit(model.Look{Change: func(*model.Reading) {}}) // undo goes back to here
		return
	case p.takeCorner(gtx, h, id, e.Position):
		p.shaping, p.clicked = true, 0
		h.Emit(model.Look{Change: func(*model.Reading) {}})
		return
	}
	if x, ok := p.onSide(gtx, id, e.Position); ok {
		p.clicked, p.buttons = 0, 0
		h.Emit(model.LookFrom(x))
		return
	}
	if p.runline.pressed(gtx, h, p, id, e.Position) {
		p.clicked = 0 // two lines are no double click
		return
	}
	if p.fixing.pressed(gtx, h, p, id, e.Position) {
		p.clicked = 0 // two strokes are no double click
		return
	}
	if p.drawing.pressed(gtx, h, p, id, e) {
		return
	}
	if h.State.Reading.Tool == model.CrossTool && id.Content <= model.Coronal {
		p.point(h, id, e.Position)
	}
}

func (p *viewport) drag(gtx layout.Context, h Host, id model.ViewID, e pointer.Event) {
	if p.buttons == 0 {
		return
	}
	if !p.moved {
		if d := e.Position.Sub(p.from); math.Hypot(float64(d.X), float64(d.Y)) < float64(gtx.Dp(clickRadius)) {
			return
		}
		p.moved = true
		p.clicked = 0
	}
	by, before := e.Position.Sub(p.last), p.last
	p.last = e.Position
	switch {
	case p.grip:
		p.moveGrip(h, e.Position)
		return
	case p.shaping:
		p.moving = gtx.Now
		p.moveCorner(gtx, h, id, e.Position)
		return
	case p.turning:
		p.moving = gtx.Now
		p.turnPlanes(h, id, before, e.Position)
		return
	}
	if p.buttons == pointer.ButtonPrimary && p.runline.dragged(h, p, id, e.Position) {
		return
	}
	if p.buttons == pointer.ButtonPrimary && p.fixing.dragged(h, p, id, e.Position, e.Modifiers) {
		return
	}
	if p.box || p.buttons == pointer.ButtonPrimary && p.drawing.dragged(h, p, id, e.Position) {
		return
	}
	p.moving = gtx.Now
	switch {
	case p.buttons.Contain(pointer.ButtonTertiary):
		p.pan(h, id, by)
	case p.buttons.Contain(pointer.ButtonSecondary):
		p.zoom(h, id, math.Exp(-float64(by.Y)/150), p.from)
	default:
		p.useTool(gtx, h, id, by, e.Position)
	}
}

// useTool does what the tool in use does for a left drag.
func (p *viewport) useTool(gtx layout.Context, h Host, id model.ViewID, by, at f32.Point) {
	if id.Content == model.ThreeD && h.State.Reading.Tool != model.ZoomTool && h.State.Reading.Tool != model.PanTool {
		p.turn(gtx, h, by)
		return
	}
	if id.Content.OfRun() && h.State.Reading.Tool != model.ZoomTool && h.State.Reading.Tool != model.PanTool && h.State.Reading.Tool != model.ScrollTool {
		windowRun(h, id, by)
		return
	}
	switch h.State.Reading.Tool {
	case model.ScrollTool:
		if n := p.wheel.Steps(by.Y, float32(gtx.Dp(4))); n != 0 {
			h.Emit(model.ScrollSlices{View: id, Steps: n})
		}
	case model.ZoomTool:
		p.zoom(h, id, math.Exp(-float64(by.Y)/150), p.from)
	case model.PanTool:
		p.pan(h, id, by)
	case model.CrossTool:
		p.point(h, id, at)
	default:
		w := h.State.Reading.Window[id.Slot].Dragged(float64(by.X), float64(by.Y))
		h.Emit(model.SetWindow{Slot: id.Slot, To: w})
	}
}

// turn turns the 3D view: a drag of 400 dp is half a turn.
func (p *viewport) turn(gtx layout.Context, h Host, by f32.Point) {
	k := math.Pi / (400 * float64(gtx.Metric.PxPerDp))
	h.Emit(model.Move{Change: func(r *model.Reading) {
		r.Turn -= float64(by.X) * k
		r.Tilt = min(max(r.Tilt+float64(by.Y)*k, -math.Pi/2), math.Pi/2)
	}})
}

func (p *viewport) port(s *model.State, id model.ViewID) render.Viewport {
	return Port(s, id, p.size, p.pxPerDP)
}

func (p *viewport) pan(h Host, id model.ViewID, by f32.Point) {
	vp := p.port(h.State, id)
	v := Shown(vp, p.pxPerDP)
	mm := float64(vp.MMPerPixel)
	v.Centre = v.Centre.Add(geom.V[geom.PlaneFrame](-float64(by.X)*mm, -float64(by.Y)*mm, 0))
	h.Emit(model.SetView{ID: id, To: v})
}

func (p *viewport) zoom(h Host, id model.ViewID, factor float64, at f32.Point) {
	vp := p.port(h.State, id)
	planeFromScreen := vp.PlaneFromScreen()
	h.Emit(model.ZoomBy{View: id, Factor: factor, Fitted: Shown(vp, p.pxPerDP),
		At: planeFromScreen.Apply(screenPoint(at))})
}

func (p *viewport) point(h Host, id model.ViewID, at f32.Point) {
	h.Emit(model.PointAt{Slot: id.Slot, At: p.patient(h, id, at)})
}

// scroll handles the wheel: slices, with Ctrl zoom, with Alt the slab. With
// Shift, systems report the wheel sideways: ten slices.
func (p *viewport) scroll(gtx layout.Context, h Host, id model.ViewID, e pointer.Event) {
	distance := e.Scroll.Y
	steps := 1
	if e.Modifiers.Contain(key.ModShift) {
		distance, steps = e.Scroll.X+e.Scroll.Y, 10
	}
	if e.Modifiers.Contain(key.ModShift) && fixable(h.State, id) && h.State.Fixing.Hand != model.HandleHand {
		p.fixing.scrolled(h, p.wheel.Steps(distance, h.Notch))
		return
	}
	p.moving = gtx.Now
	switch {
	case e.Modifiers.Contain(key.ModCtrl), id.Content == model.ThreeD:
		p.zoom(h, id, math.Exp(-float64(distance/h.Notch)*0.12), e.Position)
	case e.Modifiers.Contain(key.ModAlt):
		if n := p.slab.Steps(-distance, h.Notch); n != 0 {
			h.Emit(model.Thicken{Steps: n})
		}
	default:
		if n := p.wheel.Steps(distance, h.Notch); n != 0 {
			h.Emit(model.ScrollSlices{View: id, Steps: n * steps * direction(id)})
		}
	}
}

// direction makes the wheel turned towards the reader go from head to feet,
// from right to left and from front to back.
func direction(id model.ViewID) int {
	if id.Content == model.Axial { // seen from the feet: along the sight is towards the head
		return -1
	}
	return 1
}

// screenPoint is a pointer position as the centre of a pixel.
func screenPoint(p f32.Point) geom.Screen {
	return geom.Pt[geom.ScreenFrame](float64(p.X)-0.5, float64(p.Y)-0.5, 0)
}

func point32(p geom.Screen) f32.Point { return f32.Pt(float32(p.X)+0.5, float32(p.Y)+0.5) }
