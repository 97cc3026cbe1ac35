package panel

import (
	"image"

	"gioui.org/layout"

	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/icon"
	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/theme"
	"github.com/vertefill/vertefill/ui/widget"
)

// Rename asks for the name of the selected vertebra, and whether its
// neighbours are numbered after it.
type Rename struct {
	modal widget.Modal
	name  widget.Field
	all   widget.Segments
	keep  widget.Button
	one   bool // only this vertebra
	open  bool
}

// Layout draws the dialog while it is open.
func (p *Rename) Layout(gtx layout.Context, h Host) {
	if h.State.Overlay != model.RenameDialog {
		p.open = false
		return
	}
	if !p.open {
		p.open, p.one = true, false
		p.name.SetValue(h.State.Reading.Level.String())
		p.name.SelectAll()
		p.name.Focus()
	}
	if i := p.all.Changed(gtx); i >= 0 {
		p.one = i == 1
	}
	_, submitted := p.name.Events(gtx)
	switch {
	case p.modal.Dismissed():
		h.Emit(model.Leave{})
	case submitted || p.keep.Clicked(gtx):
		h.Emit(model.Rename{Name: p.name.Value(), Neighbours: !p.one, Now: gtx.Now})
	}
	chosen := 0
	if p.one {
		chosen = 1
	}
	p.modal.Layout(gtx, h.Env, 460, 160, func(gtx layout.Context) layout.Dimensions {
		return layout.UniformInset(16).Layout(gtx, func(gtx layout.Context) layout.Dimensions {
			return column(gtx,
				layout.Rigid(h.Text(theme.Section, h.Text1, h.T(i18n.RenameNamed, "level", h.State.Reading.Level.String()))), widget.Gap(10),
				layout.Rigid(func(gtx layout.Context) layout.Dimensions {
					return row(gtx,
						layout.Flexed(1, func(gtx layout.Context) layout.Dimensions {
							return p.name.Layout(gtx, h.Env, widget.FieldLook{Label: h.T(i18n.RenameHint), Hint: h.T(i18n.RenameHint), Icon: icon.All["vert"]})
						}),
						widget.Gap(10),
						layout.Rigid(func(gtx layout.Context) layout.Dimensions {
							return p.keep.Layout(gtx, h.Env, widget.ButtonLook{Text: h.T(i18n.RenameLevel), Primary: true})
						}))
				}),
				widget.Gap(10),
				layout.Rigid(func(gtx layout.Context) layout.Dimensions {
					gtx.Constraints.Min = image.Point{}
					words := []string{h.T(i18n.RenameAll), h.T(i18n.RenameOne)}
					return p.all.Layout(gtx, h.Env, chosen, words, words, 30)
				}))
		})
	})
}
