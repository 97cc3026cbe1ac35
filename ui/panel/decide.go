package panel

import (
	"image"

	"gioui.org/layout"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/icon"
	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/widget"
)

// decide is the bar at the foot of the panel: accept, reject or retype the
// selected leak.
type decide struct {
	accept, reject, kind widget.Button
	menu                 widget.Menu
}

// shown reports whether there is a leak to decide about.
func (p *decide) shown(h Host) bool {
	a, _ := model.Find("leak-accept")
	return a.Reason(h.State) == ""
}

func (p *decide) events(gtx layout.Context, h Host) {
	for button, id := range map[*widget.Button]string{&p.accept: "leak-accept", &p.reject: "leak-reject", &p.kind: "leak-retype"} {
		if button.Clicked(gtx) {
			h.Do(gtx, id)
		}
	}
}

// foot draws the buttons over the whole width, at the end of the panel of a
// vertebra.
func (p *decide) foot(gtx layout.Context, h Host) layout.Dimensions {
	d := layout.Inset{Left: 14, Right: 14, Top: 10, Bottom: 10}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
		return row(gtx, layout.Flexed(1, func(gtx layout.Context) layout.Dimensions {
			gtx.Constraints.Min.X = gtx.Constraints.Max.X
			look := p.acceptLook(h)
			if gtx.Constraints.Max.X < gtx.Dp(roomForKey) {
				look.Key = ""
			}
			return p.accept.Layout(gtx, h.Env, look)
		}), widget.Gap(8), p.rejectButton(h, false), widget.Gap(8), p.kindButton(h, false))
	})
	widget.At(gtx, image.Point{}, widget.HLine(h.Line))
	return d
}

// inRow draws the buttons under the selected leak, on its ground.
func (p *decide) inRow(gtx layout.Context, h Host) layout.Dimensions {
	return widget.Fixed(gtx, 0, inRowHeight, func(gtx layout.Context) layout.Dimensions {
		size := gtx.Constraints.Max
		line := max(gtx.Dp(1), 1)
		widget.Fill(gtx, h.Select, image.Rect(0, -line, size.X, size.Y-line))
		widget.Fill(gtx, h.Accent, image.Rect(0, -line, gtx.Dp(3), size.Y))
		widget.Fill(gtx, h.Line, image.Rect(0, size.Y-line, size.X, size.Y))
		return layout.Inset{Left: 35, Right: 2, Top: 2}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
			gtx.Constraints.Min = image.Point{}
			look := p.acceptLook(h)
			look.Small = true
			return row(gtx, layout.Rigid(func(gtx layout.Context) layout.Dimensions { return p.accept.Layout(gtx, h.Env, look) }), widget.Gap(4),
				p.rejectButton(h, true), widget.Gap(4), p.kindButton(h, true))
		})
	})
}

// inRowHeight is the height of the buttons under a leak.
const inRowHeight = dp(40)

func (p *decide) acceptLook(h Host) widget.ButtonLook {
	return widget.ButtonLook{Text: h.T(i18n.Accept), Icon: icon.Check, Key: "A", Primary: h.State.Decision(h.State.Reading.Leak) != assess.Accepted}
}

func (p *decide) rejectButton(h Host, small bool) layout.FlexChild {
	return layout.Rigid(func(gtx layout.Context) layout.Dimensions {
		return p.reject.Layout(gtx, h.Env, widget.ButtonLook{Text: h.T(i18n.Reject), Icon: icon.Close, Key: h.T(i18n.KeyDelete), Small: small})
	})
}

func (p *decide) kindButton(h Host, small bool) layout.FlexChild {
	look := widget.ButtonLook{Text: h.T(i18n.LeakKind), After: icon.Down, Key: "T", Small: small}
	if small { // in a row there is no room for the sign of a list
		look.After = ""
	}
	return layout.Rigid(func(gtx layout.Context) layout.Dimensions {
		return p.kind.Layout(gtx, h.Env, look)
	})
}

// roomForKey is the width of the first button from which its key fits in.
const roomForKey = dp(128)

// types draws the list of leak types above the foot of the panel while it is
// open; the digit before a type chooses it.
func (p *decide) types(gtx layout.Context, h Host, panel image.Point) {
	if !h.State.Types || !p.shown(h) {
		p.menu.Close()
		return
	}
	if !p.menu.Open {
		p.menu.Show(image.Point{})
	}
	var items []widget.MenuItem
	now, _ := h.State.SelectedLeak()
	for n, c := range anatomy.Compartments {
		items = append(items, widget.MenuItem{Text: h.T(i18n.LeakName(c)), Mark: glyph(c, 12), Checked: now.Compartment == c, Key: h.Lang.Number(float64(n+1), 0)})
	}
	up := gtx.Dp(30)*len(items) + gtx.Dp(14+60)
	chosen := p.menu.Float(gtx, h.Env, image.Pt(max(0, panel.X-gtx.Dp(272)), panel.Y-up), items)
	if chosen >= 0 {
		h.Do(gtx, model.LeakTypes[chosen])
	}
	if !p.menu.Open {
		h.Emit(model.ShowTypes{})
	}
}

// decisionChip says in a word what was decided about a leak; nothing when
// nothing was.
func decisionChip(h Host, d assess.Decision) layout.Widget {
	switch d {
	case assess.Accepted:
		return h.Good(icon.Check, h.T(i18n.AcceptedLeak))
	case assess.Rejected:
		return h.Neutral(h.T(i18n.RejectedLeak))
	}
	return func(layout.Context) layout.Dimensions { return layout.Dimensions{} }
}
