package panel

import (
	"gioui.org/layout"

	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/icon"
	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/widget"
)

// Note asks for the text of a note that was put on an image.
type Note struct {
	modal widget.Modal
	text  widget.Field
	keep  widget.Button
	open  bool
}

// Layout draws the dialog while it is open.
func (p *Note) Layout(gtx layout.Context, h Host) {
	if h.State.Overlay != model.NoteDialog {
		p.open = false
		return
	}
	if !p.open {
		p.open = true
		p.text.SetValue("")
		p.text.Focus()
	}
	_, submitted := p.text.Events(gtx)
	if p.modal.Dismissed() {
		h.Emit(model.Leave{})
	} else if submitted || p.keep.Clicked(gtx) {
		if p.text.Value() == "" {
			h.Emit(model.Leave{})
		} else {
			h.Emit(model.SetOverlay{To: model.NoOverlay})
			h.Emit(model.Keep{Note: p.text.Value()})
		}
	}
	p.modal.Layout(gtx, h.Env, 420, 160, func(gtx layout.Context) layout.Dimensions {
		return layout.UniformInset(16).Layout(gtx, func(gtx layout.Context) layout.Dimensions {
			return row(gtx,
				layout.Flexed(1, func(gtx layout.Context) layout.Dimensions {
					return p.text.Layout(gtx, h.Env, widget.FieldLook{Label: h.T(i18n.NoteHint), Hint: h.T(i18n.NoteHint), Icon: icon.Note})
				}),
				widget.Gap(10),
				layout.Rigid(func(gtx layout.Context) layout.Dimensions {
					return p.keep.Layout(gtx, h.Env, widget.ButtonLook{Text: h.T(i18n.MeasureNote), Primary: true})
				}))
		})
	})
}
