package panel

import (
	"image"

	"gioui.org/layout"

	"github.com/vertefill/vertefill/internal/export"
	"github.com/vertefill/vertefill/internal/text"
	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/icon"
	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/theme"
	"github.com/vertefill/vertefill/ui/widget"
)

// risText is the preview of the text for a RIS, with its template beside it when that is edited.
type risText struct {
	shown, template     widget.TextArea
	copy, edit, builtIn widget.Button
	lang                text.Lang
}

func (p *risText) events(gtx layout.Context, h Host) {
	if p.copy.Clicked(gtx) {
		h.Do(gtx, "copy-text")
	}
	if p.edit.Clicked(gtx) {
		h.Emit(model.SetProof{Change: func(v *model.Proof) { v.Template = !v.Template }})
	}
	if p.builtIn.Clicked(gtx) {
		p.template.SetValue(export.TextTemplate(h.Lang))
		h.Emit(model.SetTemplate{})
	}
	if p.lang != h.Lang {
		p.lang = h.Lang
		p.template.SetValue(h.State.Template())
	}
	if p.template.Changed(gtx) {
		h.Emit(model.SetTemplate{To: p.template.Value()})
	}
	p.shown.ReadOnly = true
	p.shown.Changed(gtx)
}

func (p *risText) layout(gtx layout.Context, h Host) layout.Dimensions {
	v := &h.State.ReportView.Proof
	p.shown.SetValue(v.Text)
	said := ""
	if v.Error != "" {
		said = h.T(i18n.TemplateWrong, "why", v.Error)
	}
	button := func(b *widget.Button, look widget.ButtonLook) layout.FlexChild {
		look.Small = true
		return layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			gtx.Constraints.Min = image.Point{}
			return b.Layout(gtx, h.Env, look)
		})
	}
	half := func(a *widget.TextArea, label i18n.Text) layout.FlexChild {
		return layout.Flexed(1, func(gtx layout.Context) layout.Dimensions { return a.Layout(gtx, h.Env, h.T(label), "") })
	}
	return layout.UniformInset(16).Layout(gtx, func(gtx layout.Context) layout.Dimensions {
		gtx.Constraints.Min = gtx.Constraints.Max
		return layout.Flex{Axis: layout.Vertical}.Layout(gtx,
			layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				line := []layout.FlexChild{button(&p.copy, widget.ButtonLook{Text: h.T(i18n.CopyShort), Icon: icon.All["report"], Reason: said}), widget.Gap(8), button(&p.edit, widget.ButtonLook{Text: h.T(i18n.EditTemplate), Icon: icon.All["settings"]})}
				if v.Template {
					line = append(line, widget.Gap(8), button(&p.builtIn, widget.ButtonLook{Text: h.T(i18n.BuiltInTemplate)}))
				}
				return row(gtx, line...)
			}),
			widget.Gap(10),
			layout.Flexed(1, func(gtx layout.Context) layout.Dimensions {
				gtx.Constraints.Min = gtx.Constraints.Max
				if !v.Template {
					return layout.Flex{}.Layout(gtx, half(&p.shown, i18n.ExportText))
				}
				return layout.Flex{}.Layout(gtx, half(&p.template, i18n.TemplateOf), widget.Gap(12), half(&p.shown, i18n.ExportText))
			}),
			layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				if said == "" {
					return layout.Dimensions{}
				}
				return layout.Inset{Top: 8}.Layout(gtx, h.Paragraph(theme.Secondary, h.Env.Error, said))
			}))
	})
}
