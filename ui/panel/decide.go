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

func (p *decide) layout(gtx layout.Context, h Host) layout.Dimensions {
	for button, id := range map[*widget.Button]string{&p.accept: "leak-accept", &p.reject: "leak-reject", &p.kind: "leak-retype"} {
		if button.Clicked(gtx) {
			h.Do(gtx, id)
		}
	}
	if !p.shown(h) {
		return layout.Dimensions{}
	}
	decision := h.State.Decision(h.State.Reading.Leak)
	d := layout.Inset{Left: 14, Right: 14, Top: 10, Bottom: 10}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
		button := func(b *widget.Button, look widget.ButtonLook) layout.FlexChild {
			return layout.Rigid(func(gtx layout.Context) layout.Dimensions { return b.Layout(gtx, h.Env, look) })
		}
		return row(gtx,
			layout.Flexed(1, func(gtx layout.Context) layout.Dimensions {
				gtx.Constraints.Min.X = gtx.Constraints.Max.X
				look := widget.ButtonLook{Text: h.T(i18n.Accept), Icon: icon.Check, Key: "A", Primary: decision != assess.Accepted}
				if gtx.Constraints.Max.X < gtx.Dp(roomForKey) {
					look.Key = ""
				}
				return p.accept.Layout(gtx, h.Env, look)
			}), widget.Gap(8),
			button(&p.reject, widget.ButtonLook{Text: h.T(i18n.Reject), Icon: icon.Close, Key: h.T(i18n.KeyDelete)}), widget.Gap(8),
			button(&p.kind, widget.ButtonLook{Text: h.T(i18n.LeakKind), After: icon.Down, Key: "T"}))
	})
	widget.At(gtx, image.Point{}, widget.HLine(h.Line))
	p.types(gtx, h, d.Size)
	return d
}

// roomForKey is the width of the first button from which its key fits in.
const roomForKey = dp(128)

// types draws the list of leak types above the bar while it is open; the digit
// before a type chooses it.
func (p *decide) types(gtx layout.Context, h Host, bar image.Point) {
	if !h.State.Types {
		p.menu.Close()
		return
	}
	if !p.menu.Open {
		p.menu.Show(image.Point{})
	}
	var items []widget.MenuItem
	now, _ := h.State.SelectedLeak()
	for n, c := range anatomy.Compartments {
		items = append(items, widget.MenuItem{Text: h.T(i18n.LeakName(c)), Checked: now.Compartment == c, Key: h.Lang.Number(float64(n+1), 0)})
	}
	up := gtx.Dp(30)*len(items) + gtx.Dp(14)
	chosen := p.menu.Float(gtx, h.Env, image.Pt(max(0, bar.X-gtx.Dp(272)), -up), items)
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
