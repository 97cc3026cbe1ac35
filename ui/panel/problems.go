package panel

import (
	"image"

	"gioui.org/layout"
	"gioui.org/op"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/diag"
	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/icon"
	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/theme"
	"github.com/vertefill/vertefill/ui/widget"
)

// problems lists what touches the quality of the numbers, in plain words.
type problems struct {
	close widget.ToolButton
	show  []widget.Button
	list  widget.List
}

// allFindings are those of the analysis and, before it, of the series' geometry.
func allFindings(s *model.State) []diag.Finding {
	if s.Result != nil {
		return s.Result.Findings
	}
	if s.Study != nil {
		return s.Study.Findings()
	}
	return nil
}

// aboutNames reports whether a finding asks for a name of a vertebra.
func aboutNames(f diag.Finding) bool {
	return f.Code == diag.CodeLevelUnknown || f.Code == diag.CodeLevelByOrder
}

func (p *problems) layout(gtx layout.Context, h Host) {
	found := allFindings(h.State)
	for len(p.show) < len(found) {
		p.show = append(p.show, widget.Button{})
	}
	if p.close.Clicked(gtx) {
		h.Emit(model.ShowProblems{On: false})
	}
	count := map[diag.Severity]int{}
	for i, f := range found {
		count[f.Severity()]++
		if p.show[i].Clicked(gtx) {
			gap, missing := h.State.Gap(f)
			switch {
			case missing:
				h.Emit(gap)
			case aboutNames(f) && f.Level == anatomy.None:
				h.Emit(model.SetOverlay{To: model.RenameDialog})
			default:
				h.Emit(model.GoToLevel{Level: f.Level})
			}
		}
	}
	chips := []layout.FlexChild{}
	number := func(s diag.Severity) string { return h.Lang.Number(float64(count[s]), 0) }
	if count[diag.Error] > 0 {
		chips = append(chips, layout.Rigid(h.Alarm(icon.Error, number(diag.Error))), widget.Gap(6))
	}
	if count[diag.Warn] > 0 {
		chips = append(chips, layout.Rigid(h.Caution(icon.Warn, number(diag.Warn))), widget.Gap(6))
	}
	if count[diag.Info] > 0 {
		chips = append(chips, layout.Rigid(widget.Chip(h.Env, widget.ChipLook{Text: number(diag.Info), Icon: icon.Info, Ink: h.Text2, Fill: h.Pressed})), widget.Gap(6))
	}
	chips = append(chips, layout.Rigid(func(gtx layout.Context) layout.Dimensions {
		return p.close.Layout(gtx, h.Env, widget.ToolLook{Icon: icon.Close, Tip: widget.Tooltip{Name: h.T(i18n.Close), Key: h.T(i18n.KeyEsc)}})
	}))
	layout.Flex{Axis: layout.Vertical}.Layout(gtx,
		layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return widget.Header(gtx, h.Env, h.T(i18n.Problems), "", chips...)
		}),
		layout.Flexed(1, func(gtx layout.Context) layout.Dimensions {
			if len(found) == 0 {
				return layout.UniformInset(14).Layout(gtx, h.Paragraph(theme.Body, h.Text2, h.T(i18n.NoProblems)))
			}
			return p.list.Layout(gtx, h.Env, len(found), func(gtx layout.Context, i int) layout.Dimensions {
				return p.finding(gtx, h, i, found[i])
			})
		}),
		layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			widget.HLine(h.Line)(gtx)
			return layout.UniformInset(14).Layout(gtx, h.Paragraph(theme.Secondary, h.Text3, h.T(i18n.ProblemsFoot)))
		}))
}

func (p *problems) finding(gtx layout.Context, h Host, i int, f diag.Finding) layout.Dimensions {
	mark, ink, ground := icon.Info, h.Text2, h.Panel
	switch f.Severity() {
	case diag.Error:
		mark, ink, ground = icon.Error, h.Env.Error, h.ErrorFill
	case diag.Warn:
		mark, ink, ground = icon.Warn, h.Warning, h.WarningFill
	}
	m := op.Record(gtx.Ops)
	d := layout.UniformInset(14).Layout(gtx, func(gtx layout.Context) layout.Dimensions {
		return layout.Flex{}.Layout(gtx,
			layout.Rigid(func(gtx layout.Context) layout.Dimensions { return mark.Layout(gtx, 17, ink) }),
			widget.Gap(9),
			layout.Flexed(1, func(gtx layout.Context) layout.Dimensions {
				foot := []layout.FlexChild{space(), layout.Rigid(h.Text(theme.Caption, h.Text3, string(f.Code)))}
				if f.Level != anatomy.None && h.State.Result != nil {
					foot = append([]layout.FlexChild{layout.Rigid(func(gtx layout.Context) layout.Dimensions {
						return p.show[i].Layout(gtx, h.Env, widget.ButtonLook{Text: h.T(i18n.Show), Small: true})
					})}, foot...)
				}
				if _, missing := h.State.Gap(f); missing {
					foot = append([]layout.FlexChild{layout.Rigid(func(gtx layout.Context) layout.Dimensions {
						return p.show[i].Layout(gtx, h.Env, widget.ButtonLook{Text: h.T(i18n.ShowGap), Small: true})
					})}, foot...)
				}
				if aboutNames(f) && f.Level == anatomy.None && h.State.Result != nil && h.State.Result.Upto == "" {
					foot = append([]layout.FlexChild{layout.Rigid(func(gtx layout.Context) layout.Dimensions {
						return p.show[i].Layout(gtx, h.Env, widget.ButtonLook{Text: h.T(i18n.RenameNamed, "level", h.State.Reading.Level.String()), Small: true})
					})}, foot...)
				}
				head := []layout.FlexChild{layout.Flexed(1, h.Paragraph(theme.Body, h.Text1, f.Message(h.Lang)))}
				if f.Level != anatomy.None {
					head = append(head, widget.Gap(8), layout.Rigid(h.Neutral(f.Level.String())))
				}
				return column(gtx,
					layout.Rigid(func(gtx layout.Context) layout.Dimensions { return layout.Flex{}.Layout(gtx, head...) }),
					widget.Gap(8),
					layout.Rigid(func(gtx layout.Context) layout.Dimensions { return row(gtx, foot...) }))
			}))
	})
	call := m.Stop()
	widget.Fill(gtx, ground, image.Rectangle{Max: d.Size})
	call.Add(gtx.Ops)
	widget.At(gtx, image.Pt(0, d.Size.Y-max(gtx.Dp(1), 1)), widget.HLine(h.Line))
	return d
}
