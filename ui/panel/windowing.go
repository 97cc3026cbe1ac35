package panel

import (
	"image"

	"gioui.org/f32"
	"gioui.org/io/event"
	"gioui.org/io/pointer"
	"gioui.org/io/semantic"
	"gioui.org/layout"
	"gioui.org/op"
	"gioui.org/op/clip"

	"github.com/vertefill/vertefill/internal/render"
	"github.com/vertefill/vertefill/internal/volume"
	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/icon"
	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/theme"
	"github.com/vertefill/vertefill/ui/widget"
)

// windowing is the histogram of a volume with the window's two ends as
// handles: a card that hangs on the list of windows.
type windowing struct {
	open    bool
	of      *volume.Volume
	counts  []int
	low     float64 // HU of the first bar's left edge
	width   float64 // HU of a bar
	held    int     // the handle that is dragged: 0 low, 1 high, 2 both
	from    float32
	start   render.Window
	size    image.Point
	buttons [3]widget.ToolButton
	blocker int
}

// The histogram reaches over the CT numbers that matter to a reader of bone
// and cement.
const histogramLow, histogramHigh, histogramBars = -1100, 4100, 130

// Close closes the card and reports whether it was open.
func (p *windowing) Close() bool {
	was := p.open
	p.open = false
	return was
}

// count reads a sample of the voxels, once per volume.
func (p *windowing) count(v *volume.Volume) {
	if p.of == v {
		return
	}
	p.of, p.counts = v, make([]int, histogramBars)
	p.low, p.width = histogramLow, (histogramHigh-histogramLow)/histogramBars
	const stride = 97 // a prime: follows no row
	for i := 0; i < len(v.HU); i += stride {
		if b := int((float64(v.HU[i]) - p.low) / p.width); b >= 0 && b < len(p.counts) && v.HU[i] > volume.Air+24 {
			p.counts[b]++
		}
	}
}

// layout draws the card at a px offset while it is open.
func (p *windowing) layout(gtx layout.Context, h Host, at image.Point) {
	slot := h.State.Reading.Focus.Slot
	vol := h.State.Loaded[slot].Volume
	if !p.open || vol == nil {
		return
	}
	p.count(vol)
	p.events(gtx, h, slot)
	for i, id := range []string{"window-auto", "invert", "clip-marks"} {
		if p.buttons[i].Clicked(gtx) {
			h.Do(gtx, id)
		}
	}
	record := op.Record(gtx.Ops)
	const far = 1 << 13 // clicks beside the card close it
	p.outside(gtx, far)
	off := op.Offset(at).Push(gtx.Ops)
	gtx.Constraints = layout.Exact(image.Pt(gtx.Dp(380), gtx.Dp(196)))
	size := gtx.Constraints.Max
	box := image.Rectangle{Max: size}
	block := clip.Rect(box).Push(gtx.Ops)
	event.Op(gtx.Ops, &p.blocker)
	block.Pop()
	widget.FillRound(gtx, h.Panel, box, theme.RadiusCard)
	widget.Outline(gtx, h.Edge, box, theme.RadiusCard, 1)
	layout.UniformInset(12).Layout(gtx, func(gtx layout.Context) layout.Dimensions {
		return column(gtx,
			layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				children := []layout.FlexChild{layout.Flexed(1, h.Text(theme.Heading, h.Text1, h.T(i18n.Histogram)))}
				for i, id := range []string{"window-auto", "invert", "clip-marks"} {
					a, _ := h.State.Find(id)
					children = append(children, layout.Rigid(func(gtx layout.Context) layout.Dimensions {
						return p.buttons[i].Layout(gtx, h.Env, widget.ToolLook{Icon: icon.All[a.Icon], Selected: active(h.State, id), Tip: widget.Tooltip{Name: h.T(a.Label), Sense: h.T(a.Sense)}})
					}))
				}
				return row(gtx, children...)
			}),
			widget.Gap(6),
			layout.Rigid(func(gtx layout.Context) layout.Dimensions { return p.graph(gtx, h, slot) }),
			layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				low, high := h.State.Reading.Window[slot].Bounds()
				hu := func(x float64) string { return h.Lang.Unit(i18n.Whole(h.Lang, x), h.Lang.HU()) }
				return layout.Inset{Top: 4}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
					return row(gtx, layout.Rigid(h.Text(theme.Secondary, h.Text2, h.T(i18n.LowHandle)+" "+hu(low))), space(),
						layout.Rigid(h.Text(theme.Secondary, h.Text2, h.T(i18n.HighHandle)+" "+hu(high))))
				})
			}))
	})
	off.Pop()
	op.Defer(gtx.Ops, record.Stop())
}

// outside closes the card on a press beside it.
func (p *windowing) outside(gtx layout.Context, far int) {
	for {
		ev, ok := gtx.Event(pointer.Filter{Target: &p.open, Kinds: pointer.Press})
		if !ok {
			break
		}
		if e, ok := ev.(pointer.Event); ok && e.Kind == pointer.Press {
			p.open = false
		}
	}
	for {
		if _, ok := gtx.Event(pointer.Filter{Target: &p.blocker, Kinds: pointer.Press}); !ok {
			break
		}
	}
	defer clip.Rect(image.Rect(-far, -far, far, far)).Push(gtx.Ops).Pop()
	event.Op(gtx.Ops, &p.open)
}

func (p *windowing) x(hu float64) float32 {
	return float32((hu - histogramLow) / (histogramHigh - histogramLow) * float64(p.size.X))
}

// graph draws the bars, what is clipped dimmed, and the handles.
func (p *windowing) graph(gtx layout.Context, h Host, slot model.Slot) layout.Dimensions {
	p.size = image.Pt(gtx.Constraints.Max.X, gtx.Dp(88))
	widget.Fill(gtx, h.Window, image.Rectangle{Max: p.size})
	widget.Histogram(h.Text3, p.counts, 88)(gtx)
	low, high := h.State.Reading.Window[slot].Bounds()
	a, b := min(max(p.x(low), 0), float32(p.size.X)), min(max(p.x(high), 0), float32(p.size.X))
	shade := theme.WithAlpha(h.Window, 0.66)
	widget.Fill(gtx, shade, image.Rect(0, 0, int(a), p.size.Y))
	widget.Fill(gtx, shade, image.Rect(int(b), 0, p.size.X, p.size.Y))
	bottom := float32(p.size.Y)
	widget.Line(gtx, h.Text2, f32.Pt(a, bottom), f32.Pt(b, 0), gtx.Metric.PxPerDp)
	for _, x := range []float32{a, b} {
		widget.Line(gtx, h.Accent, f32.Pt(x, 0), f32.Pt(x, bottom), 2*gtx.Metric.PxPerDp)
		widget.Dot(gtx, h.Accent, f32.Pt(x, bottom/2), 5*gtx.Metric.PxPerDp)
	}
	defer clip.Rect(image.Rectangle{Max: p.size}).Push(gtx.Ops).Pop()
	semantic.LabelOp(h.T(i18n.HistogramBars)).Add(gtx.Ops)
	pointer.CursorColResize.Add(gtx.Ops)
	event.Op(gtx.Ops, p)
	return layout.Dimensions{Size: p.size}
}

// events moves the nearer handle, or both from between them.
func (p *windowing) events(gtx layout.Context, h Host, slot model.Slot) {
	for {
		ev, ok := gtx.Event(pointer.Filter{Target: p, Kinds: pointer.Press | pointer.Drag})
		if !ok {
			return
		}
		e, ok := ev.(pointer.Event)
		if !ok {
			continue
		}
		if e.Kind == pointer.Press {
			p.from, p.start = e.Position.X, h.State.Reading.Window[slot]
			p.held = p.nearest(e.Position.X, 10*gtx.Metric.PxPerDp)
			continue
		}
		by := float64(e.Position.X-p.from) / float64(max(p.size.X, 1)) * (histogramHigh - histogramLow)
		low, high := p.start.Bounds()
		switch p.held {
		case 0:
			low = min(low+by, high-1)
		case 1:
			high = max(high+by, low+1)
		default:
			low, high = low+by, high+by
		}
		w := render.Window{Centre: (low+high)/2 + 0.5, Width: high - low + 1, Invert: p.start.Invert}
		h.Emit(model.SetWindow{Slot: slot, To: w})
	}
}

// nearest returns the handle within reach of x, 2 when there is none.
func (p *windowing) nearest(x, reach float32) int {
	low, high := p.start.Bounds()
	a, b := x-p.x(low), x-p.x(high)
	switch {
	case a*a > reach*reach && b*b > reach*reach:
		return 2
	case a*a < b*b:
		return 0
	}
	return 1
}
