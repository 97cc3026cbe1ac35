package panel

import (
	"gioui.org/layout"

	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/icon"
	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/theme"
	"github.com/vertefill/vertefill/ui/widget"
)

// Seed asks for the name of the body that the crosshair stands in; the analysis
// starts from there.
type Seed struct {
	modal widget.Modal
	name  widget.Field
	begin widget.Button
	open  bool
}

// Layout draws the dialog while it is open.
func (p *Seed) Layout(gtx layout.Context, h Host) {
	if h.State.Overlay != model.SeedDialog {
		p.open = false
		return
	}
	if !p.open {
		p.open = true
		p.name.SetValue("")
		p.name.Focus()
	}
	_, submitted := p.name.Events(gtx)
	switch {
	case p.modal.Dismissed():
		h.Emit(model.Leave{})
	case submitted || p.begin.Clicked(gtx):
		h.Emit(model.AnalyseFrom{Name: p.name.Value(), Now: gtx.Now})
	}
	p.modal.Layout(gtx, h.Env, 460, 160, func(gtx layout.Context) layout.Dimensions {
		return layout.UniformInset(16).Layout(gtx, func(gtx layout.Context) layout.Dimensions {
			return column(gtx,
				layout.Rigid(h.Text(theme.Section, h.Text1, h.T(i18n.SeedHere))), widget.Gap(10),
				layout.Rigid(func(gtx layout.Context) layout.Dimensions {
					return row(gtx,
						layout.Flexed(1, func(gtx layout.Context) layout.Dimensions {
							return p.name.Layout(gtx, h.Env, widget.FieldLook{Label: h.T(i18n.RenameHint), Hint: h.T(i18n.RenameHint), Icon: icon.All["vert"]})
						}),
						widget.Gap(10),
						layout.Rigid(func(gtx layout.Context) layout.Dimensions {
							return p.begin.Layout(gtx, h.Env, widget.ButtonLook{Text: h.T(i18n.AnalyseNow), Primary: true})
						}))
				}))
		})
	})
}
