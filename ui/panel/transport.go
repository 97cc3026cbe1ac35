package panel

import (
	"image"
	"math"

	"gioui.org/layout"

	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/icon"
	"github.com/vertefill/vertefill/ui/theme"
	"github.com/vertefill/vertefill/ui/view"
	"github.com/vertefill/vertefill/ui/widget"
)

// Transport plays a run: the curve of its cement under the images, which is
// its bar of time, and the buttons below.
type Transport struct {
	curve     curve
	tools     map[string]*widget.ToolButton
	buttons   map[string]*widget.Button
	speed     widget.Button
	ending    widget.Button
	calibrate widget.Button
}

// Heights of the curve and of the row of buttons, dp.
const curveHeight, transportHeight = dp(140), dp(52)

// TransportHeight is the height of both, dp.
const TransportHeight = curveHeight + transportHeight

// Layout draws curve and buttons over the full width.
func (p *Transport) Layout(gtx layout.Context, h Host) layout.Dimensions {
	p.curve.events(gtx, h)
	if p.speed.Clicked(gtx) {
		h.Do(gtx, "cine-speed")
	}
	if p.ending.Clicked(gtx) {
		h.Do(gtx, "cine-ending")
	}
	if p.calibrate.Clicked(gtx) {
		h.Do(gtx, "run-calibrate")
	}
	widget.Fill(gtx, h.Panel, image.Rectangle{Max: gtx.Constraints.Max})
	widget.HLine(h.Line)(gtx)
	if h.State.Run.Cine == nil {
		return layout.Dimensions{Size: gtx.Constraints.Max}
	}
	return column(gtx,
		layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return widget.Fixed(gtx, 0, curveHeight, func(gtx layout.Context) layout.Dimensions { return p.curve.layout(gtx, h) })
		}),
		layout.Rigid(func(gtx layout.Context) layout.Dimensions { return p.row(gtx, h) }))
}

// Widths of the bar from which on its rarer parts have room, dp.
const rateRoom, unitRoom = dp(1010), dp(700)

// row is the row of buttons.
func (p *Transport) row(gtx layout.Context, h Host) layout.Dimensions {
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
		widget.HLine(h.Line)(gtx)
		wide := gtx.Constraints.Max.X
		children := []layout.FlexChild{widget.Gap(14),
			p.tool(gtx, h, "frame-back", icon.Prev), widget.Gap(4), p.tool(gtx, h, "play", play), widget.Gap(4), p.tool(gtx, h, "frame-on", icon.Next), widget.Gap(8),
			layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				return p.ending.Layout(gtx, h.Env, widget.ButtonLook{Text: h.T(ending), Icon: icon.Loop})
			}), widget.Gap(6),
			layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				return p.speed.Layout(gtx, h.Env, widget.ButtonLook{Text: l.Number(speed, decimals) + "×"})
			}), widget.Gap(8)}
		if wide >= gtx.Dp(rateRoom) {
			children = append(children, layout.Rigid(h.Text(theme.Secondary, h.Text3, h.T(rate, "n", l.Number(perSecond, 1)))))
		}
		children = append(children, separator(h),
			p.toggle(gtx, h, "run-subtract", h.State.Run.Subtract), widget.Gap(4), p.tool(gtx, h, "run-invert", icon.Invert), widget.Gap(4),
			p.toggle(gtx, h, "run-biplane", run.Biplane), widget.Gap(4), p.toggle(gtx, h, "run-ct", run.CT && run.Found != nil && run.Found.Radiograph != nil), space())
		if wide >= gtx.Dp(unitRoom) {
			children = append(children, layout.Rigid(iconText(h, icon.Calibration, theme.Secondary, h.Text3, h.Text3, h.T(view.RunOrigin(h.State.RunCalibration())))), widget.Gap(8),
				layout.Rigid(func(gtx layout.Context) layout.Dimensions {
					return p.calibrate.Layout(gtx, h.Env, widget.ButtonLook{Text: h.T(i18n.CalibrateRun)})
				}))
		}
		return row(gtx, append(children, widget.Gap(14))...)
	})
}

// toggle is a button with its word that stays pressed while it is on.
func (p *Transport) toggle(gtx layout.Context, h Host, id string, on bool) layout.FlexChild {
	if p.buttons == nil {
		p.buttons = map[string]*widget.Button{}
	}
	b := p.buttons[id]
	if b == nil {
		b = &widget.Button{}
		p.buttons[id] = b
	}
	if b.Clicked(gtx) {
		h.Do(gtx, id)
	}
	a, _ := h.State.Find(id)
	return layout.Rigid(func(gtx layout.Context) layout.Dimensions {
		return b.Layout(gtx, h.Env, widget.ButtonLook{Text: h.T(a.Label), Icon: icon.All[a.Icon], Quiet: !on, Chosen: on, Reason: a.Reason(h.State)})
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
