package panel

import (
	"strconv"
	"strings"

	"gioui.org/layout"

	"github.com/vertefill/vertefill/internal/leak"
	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/theme"
	"github.com/vertefill/vertefill/ui/widget"
)

// parseNumber reads a number as either language writes it.
func parseNumber(s string) (float64, bool) {
	s = strings.NewReplacer(",", ".", "\u2212", "-", "\u00a0", "", "\u202f", "", " ", "").Replace(s)
	x, err := strconv.ParseFloat(s, 64)
	return x, err == nil
}

// windowFields are width and centre of each preset.
type windowFields struct {
	fields [][2]widget.Field
	reset  widget.Button
}

func (p *windowFields) fill(h Host) {
	p.fields = make([][2]widget.Field, len(model.Presets))
	for n, x := range model.Presets {
		w := x.Window(h.State.Settings)
		p.fields[n][0].SetValue(i18n.Whole(h.Lang, w.Width))
		p.fields[n][1].SetValue(i18n.Whole(h.Lang, w.Centre))
	}
}

func (p *windowFields) events(gtx layout.Context, h Host) {
	for n, x := range model.Presets {
		a, _ := p.fields[n][0].Events(gtx)
		b, _ := p.fields[n][1].Events(gtx)
		if !a && !b {
			continue
		}
		width, ok := parseNumber(p.fields[n][0].Value())
		centre, ok2 := parseNumber(p.fields[n][1].Value())
		if ok && ok2 {
			h.Emit(model.SetPreset{ID: x.ID, Width: width, Centre: centre})
		}
	}
	if p.reset.Clicked(gtx) {
		h.Emit(model.SetSettings{Change: func(s *model.Settings) { s.Windows = nil }})
		p.fill(h)
	}
}

func (p *windowFields) rows(h Host) []layout.FlexChild {
	out := []layout.FlexChild{layout.Rigid(h.Paragraph(theme.Secondary, h.Text2, h.T(i18n.WindowsText))), widget.Gap(6)}
	for n, x := range model.Presets {
		name := h.T(x.Name)
		out = append(out, setting(h, name, func(gtx layout.Context) layout.Dimensions {
			return row(gtx,
				layout.Rigid(h.Text(theme.Secondary, h.Text3, h.T(i18n.Width))), widget.Gap(8), entry(h, &p.fields[n][0], h.T(i18n.WidthOf, "window", name)), widget.Gap(16),
				layout.Rigid(h.Text(theme.Secondary, h.Text3, h.T(i18n.Centre))), widget.Gap(8), entry(h, &p.fields[n][1], h.T(i18n.CentreOf, "window", name)))
		}))
	}
	return append(out, widget.Gap(8), resetButton(h, &p.reset, h.T(i18n.ResetWindows)))
}

// entry is a short field for a number.
func entry(h Host, f *widget.Field, label string) layout.FlexChild {
	return layout.Rigid(func(gtx layout.Context) layout.Dimensions {
		return widget.Fixed(gtx, 84, 28, func(gtx layout.Context) layout.Dimensions {
			return f.Layout(gtx, h.Env, widget.FieldLook{Label: label, Hint: label, Height: 28})
		})
	})
}

func resetButton(h Host, b *widget.Button, words string) layout.FlexChild {
	return layout.Rigid(func(gtx layout.Context) layout.Dimensions {
		return widget.Loose(gtx, func(gtx layout.Context) layout.Dimensions {
			return b.Layout(gtx, h.Env, widget.ButtonLook{Text: words, Small: true})
		})
	})
}

// limit is a limit of attention as the dialog shows it.
type limit struct {
	name     i18n.Text
	unit     string
	scale    float64 // of what is shown
	decimals int
	at       func(*leak.Attention) *float64
}

var limits = []limit{
	{i18n.LimitCanalMM, "mm", 1, 1, func(a *leak.Attention) *float64 { return (*float64)(&a.CanalMM) }},
	{i18n.LimitCanalArea, "%", 100, 0, func(a *leak.Attention) *float64 { return (*float64)(&a.CanalFraction) }},
	{i18n.LimitForamen, "mL", 1, 2, func(a *leak.Attention) *float64 { return (*float64)(&a.ForamenML) }},
	{i18n.LimitVein, "mm", 1, 0, func(a *leak.Attention) *float64 { return (*float64)(&a.VeinMM) }},
	{i18n.LimitEndplate, "mm", 1, 1, func(a *leak.Attention) *float64 { return (*float64)(&a.NextEndplateMM) }},
}

// limitFields are the limits of attention.
type limitFields struct {
	fields []widget.Field
	reset  widget.Button
}

func (p *limitFields) fill(h Host) {
	p.fields = make([]widget.Field, len(limits))
	now := h.State.Settings.Limits()
	for n, x := range limits {
		p.fields[n].SetValue(h.Lang.Number(x.scale**x.at(&now), x.decimals))
	}
}

func (p *limitFields) events(gtx layout.Context, h Host) {
	for n, x := range limits {
		if changed, _ := p.fields[n].Events(gtx); !changed {
			continue
		}
		if v, ok := parseNumber(p.fields[n].Value()); ok && v > 0 {
			h.Emit(model.SetLimits{Change: func(a *leak.Attention) { *x.at(a) = v / x.scale }})
		}
	}
	if p.reset.Clicked(gtx) {
		h.Emit(model.SetLimits{Change: func(a *leak.Attention) { *a = leak.DefaultAttention() }})
		p.fill(h)
	}
}

func (p *limitFields) rows(h Host) []layout.FlexChild {
	out := []layout.FlexChild{layout.Rigid(h.Paragraph(theme.Secondary, h.Text2, h.T(i18n.LimitsText))), widget.Gap(6)}
	for n, x := range limits {
		name := h.T(x.name)
		out = append(out, setting(h, name, func(gtx layout.Context) layout.Dimensions {
			return row(gtx, entry(h, &p.fields[n], name+" ("+x.unit+")"), widget.Gap(8), layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				return widget.Fixed(gtx, 28, 18, h.Text(theme.Secondary, h.Text3, x.unit))
			}))
		}))
	}
	return append(out, widget.Gap(8), resetButton(h, &p.reset, h.T(i18n.ResetLimits)))
}
