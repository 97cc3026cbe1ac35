package panel

import (
	"image"

	"gioui.org/layout"

	"github.com/vertefill/vertefill/ui/icon"
	"github.com/vertefill/vertefill/ui/widget"
)

// choice is a button that shows what is chosen and opens the list of the rest.
type choice struct {
	button widget.Button
	menu   widget.Menu
}

// of draws the button; then is called with the place of a new choice.
func (c *choice) of(h Host, chosen int, items []widget.MenuItem, then func(int)) layout.Widget {
	return func(gtx layout.Context) layout.Dimensions {
		gtx.Constraints.Min = image.Point{}
		if c.button.Clicked(gtx) {
			c.menu.Open = !c.menu.Open
		}
		items[chosen].Checked = true
		d := c.button.Layout(gtx, h.Env, widget.ButtonLook{Text: items[chosen].Text, After: icon.Down, Small: true})
		if c.menu.Open {
			if i := c.menu.Float(gtx, h.Env, image.Pt(0, d.Size.Y+gtx.Dp(4)), items); i >= 0 {
				then(i)
			}
		}
		return d
	}
}
