package panel

import (
	"image"
	"math"

	"gioui.org/f32"
	"gioui.org/layout"

	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/icon"
	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/theme"
	"github.com/vertefill/vertefill/ui/widget"
)

// Transport plays a run: a bar with its time under the images, and the buttons
// below.
type Transport struct {
	scrub  widget.Scrub
	tools  map[string]*widget.ToolButton
	speed  widget.Button
	ending widget.Button
}

// Heights of the bar and of the row of buttons, dp.
const scrubHeight, transportHeight = dp(44), dp(52)

// TransportHeight is the height of both, dp.
const TransportHeight = scrubHeight + transportHeight

// Layout draws bar and buttons over the full width.
func (p *Transport) Layout(gtx layout.Context, h Host) layout.Dimensions {
	run := &h.State.Run
	if share, ok := p.scrub.Moved(gtx); ok && run.Cine != nil {
		h.Emit(model.SetFrame{Frame: int(share * float32(run.Cine.Frames)), Now: gtx.Now})
	}
	if p.speed.Clicked(gtx) {
		h.Do(gtx, "cine-speed")
	}
	if p.ending.Clicked(gtx) {
		h.Do(gtx, "cine-ending")
	}
	widget.Fill(gtx, h.Panel, image.Rectangle{Max: gtx.Constraints.Max})
	widget.HLine(h.Line)(gtx)
	if run.Cine == nil {
		return layout.Dimensions{Size: gtx.Constraints.Max}
	}
	return column(gtx,
		layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return layout.Inset{Left: 14, Right: 14}.Layout(gtx, func(gtx layout.Context) layout.Dimensions { return p.time(gtx, h) })
		}),
		layout.Rigid(func(gtx layout.Context) layout.Dimensions { return p.buttons(gtx, h) }))
}

// time is the scrub bar with its seconds.
func (p *Transport) time(gtx layout.Context, h Host) layout.Dimensions {
	run := &h.State.Run
	return widget.Fixed(gtx, 0, scrubHeight, func(gtx layout.Context) layout.Dimensions {
		size := gtx.Constraints.Max
		end := run.Seconds(run.Cine.Frames)
		// A tick each 1, 2, 5, 10 ... seconds, so that labels do not touch.
		step := 1.0
		for _, f := range []float64{1, 2, 5, 10, 20, 30, 60, 120, 300, 600} {
			if step = f; end/f*float64(gtx.Dp(48)) <= float64(size.X) {
				break
			}
		}
		for at := 0.0; at <= end; at += step {
			x := float32(at / end * float64(size.X))
			widget.Line(gtx, h.Edge, f32.Pt(x, float32(gtx.Dp(30))), f32.Pt(x, float32(gtx.Dp(35))), gtx.Metric.PxPerDp)
			if int(x)+gtx.Dp(30) < size.X {
				widget.At(gtx, image.Pt(int(x)+gtx.Dp(4), gtx.Dp(29)), h.Text(theme.Caption, h.Text3, h.Lang.Unit(h.Lang.Number(at, 0), "s")))
			}
		}
		played := float32(run.Frame) / float32(max(run.Cine.Frames-1, 1))
		return p.scrub.Layout(gtx, h.Env, h.T(i18n.ScrubBar), played)
	})
}

func (p *Transport) buttons(gtx layout.Context, h Host) layout.Dimensions {
	run := &h.State.Run
	l := h.Lang
	rate := i18n.FrameRate
	if !run.Cine.TimeKnown {
		rate = i18n.AssumedRate
	}
	perSecond := float64(run.Cine.Frames) / run.Seconds(run.Cine.Frames)
	ending := [...]i18n.Text{i18n.EndLoop, i18n.EndSweep, i18n.EndOnce}[run.Player.Ends]
	speed := run.Player.Speed
	if speed == 0 {
		speed = 1
	}
	decimals := 0
	if speed != math.Trunc(speed) {
		decimals = 2
	}
	play := icon.Play
	if run.Player.Playing {
		play = icon.Pause
	}
	return widget.Fixed(gtx, 0, transportHeight, func(gtx layout.Context) layout.Dimensions {
		children := []layout.FlexChild{widget.Gap(14),
			p.tool(gtx, h, "frame-back", icon.Prev), widget.Gap(4), p.tool(gtx, h, "play", play), widget.Gap(4), p.tool(gtx, h, "frame-on", icon.Next), widget.Gap(8),
			layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				return p.ending.Layout(gtx, h.Env, widget.ButtonLook{Text: h.T(ending), Icon: icon.Loop})
			}), separator(h),
			layout.Rigid(h.Text(theme.Secondary, h.Text2, h.T(i18n.CineSpeed))), widget.Gap(8),
			layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				return p.speed.Layout(gtx, h.Env, widget.ButtonLook{Text: l.Number(speed, decimals) + "×"})
			}), widget.Gap(8),
			layout.Rigid(h.Text(theme.Secondary, h.Text3, h.T(rate, "n", l.Number(perSecond, 1)))), separator(h),
			p.tool(gtx, h, "run-invert", icon.Invert), widget.Gap(4), p.tool(gtx, h, "run-fit", icon.Undo), space()}
		if run.Lost > 0 {
			children = append(children, layout.Rigid(h.Text(theme.Secondary, h.Text3, h.T(i18n.LostFrames, "n", l.Number(float64(run.Lost), 0)))))
		}
		return row(gtx, append(children, widget.Gap(14))...)
	})
}

func (p *Transport) tool(gtx layout.Context, h Host, id string, i icon.Icon) layout.FlexChild {
	if p.tools == nil {
		p.tools = map[string]*widget.ToolButton{}
	}
	b := p.tools[id]
	if b == nil {
		b = &widget.ToolButton{}
		p.tools[id] = b
	}
	if b.Clicked(gtx) {
		h.Do(gtx, id)
	}
	a, _ := h.State.Find(id)
	look := widget.ToolLook{Icon: i, Selected: active(h.State, id), Reason: a.Reason(h.State), Tip: widget.Tooltip{Name: h.T(a.Label)}}
	if len(a.Keys) > 0 {
		look.Tip.Key = a.Keys[0].String(h.Lang)
	}
	return layout.Rigid(func(gtx layout.Context) layout.Dimensions { return b.Layout(gtx, h.Env, look) })
}
