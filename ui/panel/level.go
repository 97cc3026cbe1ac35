package panel

import (
	"image"

	"gioui.org/layout"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/diag"
	"github.com/vertefill/vertefill/internal/render"
	"github.com/vertefill/vertefill/internal/text"
	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/icon"
	"github.com/vertefill/vertefill/ui/theme"
	"github.com/vertefill/vertefill/ui/widget"
)

// level is the panel while the planes follow one vertebra: its fill, where the
// cement lies, and the selected leak with what speaks for it.
type level struct{ list widget.List }

// vertebraOf returns the selected vertebra.
func vertebraOf(h Host) (assess.Vertebra, bool) {
	for _, v := range h.State.Result.Report.Vertebrae {
		if v.Level == h.State.Reading.Level {
			return v, true
		}
	}
	return assess.Vertebra{}, false
}

func (p *level) layout(gtx layout.Context, h Host, v assess.Vertebra) layout.Dimensions {
	parts := []layout.Widget{
		func(gtx layout.Context) layout.Dimensions { return levelHead(gtx, h, v) },
	}
	if d := v.Distribution; d != nil {
		parts = append(parts, func(gtx layout.Context) layout.Dimensions { return whereItLies(gtx, h, *d) })
	}
	if l, ok := h.State.SelectedLeak(); ok && l.Level == v.Level {
		parts = append(parts, leakLines(h, l)...)
	} else {
		parts = append(parts, bodyLines(h, v)...)
	}
	return p.list.Layout(gtx, h.Env, len(parts), func(gtx layout.Context, i int) layout.Dimensions { return parts[i](gtx) })
}

// levelHead is the name, the state and the fill ratio in large type.
func levelHead(gtx layout.Context, h Host, v assess.Vertebra) layout.Dimensions {
	l := h.Lang
	state := h.T(i18n.Untreated)
	switch {
	case v.Treated:
		state = h.T(i18n.Treated)
	case v.PriorCementML > 0:
		state = h.T(i18n.CementPrior)
	}
	if was := h.State.Result.AutomaticLine(v); was != nil && (was.BodyVolumeML != v.BodyVolumeML || was.FillRatio != v.FillRatio) {
		state += " · " + h.T(i18n.CorrectedMark)
	}
	fill, interval, low, high := "–", "", v.FillRatio, v.FillRatio
	if v.CementInBodyML+v.PriorCementML > 0 {
		fill = l.Unit(l.Percent(v.FillRatio), "%")
		if x := v.FillRatioInterval; x != nil {
			low, high = x[0], x[1]
			interval = h.T(i18n.FillInterval, "i", l.Interval(100*low, 100*high, 1))
		}
	}
	d := layout.Inset{Left: 14, Right: 14, Top: 14, Bottom: 12}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
		return column(gtx,
			layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				return row(gtx,
					layout.Rigid(h.Text(theme.BigValue, h.Text1, v.Level.String())), widget.Gap(10),
					layout.Flexed(1, across(twoLines(false, h.Text(theme.Label, h.Text1, state),
						h.Text(theme.Secondary, h.Text3, h.T(i18n.LevelFrom, "source", h.T(i18n.LevelSource(v.LevelSource)), "n", l.Number(v.LevelConfidence, 2)))))),
					layout.Rigid(twoLines(true, h.Text(theme.BigValue, h.Text1, fill), h.Text(theme.Secondary, h.Text3, interval))))
			}),
			widget.Gap(8),
			layout.Rigid(widget.IntervalBar(h.Env, h.MarkFill, 100*v.FillRatio, 100*low, 100*high, 60, v.CementInBodyML == 0)))
	})
	widget.At(gtx, image.Pt(0, d.Size.Y-1), widget.HLine(h.Line))
	return d
}

// whereItLies is the bar of shares from front to back and the words under it.
func whereItLies(gtx layout.Context, h Host, x assess.Distribution) layout.Dimensions {
	l := h.Lang
	share := func(v float64) string { return l.Unit(l.Number(100*v, 0), "%") }
	words := []string{h.T(i18n.LeftRight, "l", share(x.Left), "r", share(x.Right))}
	if x.CrossesMidline {
		words = append(words, h.T(i18n.CrossesMidline))
	}
	switch x.EndplateContact {
	case "both":
		words = append(words, h.T(i18n.TouchesBoth))
	case "superior":
		words = append(words, h.T(i18n.TouchesUpper))
	case "inferior":
		words = append(words, h.T(i18n.TouchesLower))
	}
	said := words[0]
	for _, w := range words[1:] {
		said += " · " + w
	}
	d := layout.Inset{Left: 14, Right: 14, Top: 12, Bottom: 12}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
		return column(gtx,
			layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				return row(gtx, layout.Flexed(1, h.Text(theme.Secondary, h.Text2, h.T(i18n.WhereCement))), layout.Rigid(h.Text(theme.Secondary, h.Text3, h.T(i18n.ShareOfCement))))
			}),
			widget.Gap(6),
			layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				return shareBar(gtx, h, []float64{x.Anterior, x.Middle, x.Posterior}, []string{h.T(i18n.Anterior) + " " + share(x.Anterior), h.T(i18n.Middle) + " " + share(x.Middle), h.T(i18n.Posterior) + " " + share(x.Posterior)})
			}),
			widget.Gap(6),
			layout.Rigid(h.Paragraph(theme.Secondary, h.Text2, said)))
	})
	widget.At(gtx, image.Pt(0, d.Size.Y-1), widget.HLine(h.Line))
	return d
}

// shareBar divides the width by shares, in shades of the colour of cement; a
// word that does not fit its share is left out.
func shareBar(gtx layout.Context, h Host, shares []float64, words []string) layout.Dimensions {
	size := image.Pt(gtx.Constraints.Max.X, gtx.Dp(20))
	colour := render.CementStyle(anatomy.CementInBody).Colour
	x := 0
	for n, s := range shares {
		wide := int(s*float64(size.X) + 0.5)
		if n == len(shares)-1 {
			wide = size.X - x
		}
		c := nrgba{R: colour.R, G: colour.G, B: colour.B, A: 255}
		dim := 255 - uint8(45*n)
		c.R, c.G, c.B = uint8(int(c.R)*int(dim)/255), uint8(int(c.G)*int(dim)/255), uint8(int(c.B)*int(dim)/255)
		widget.Fill(gtx, c, image.Rect(x, 0, x+max(0, wide-1), size.Y))
		if text := h.Measure(gtx, theme.CaptionB, words[n]); text+gtx.Dp(6) < wide {
			widget.At(gtx, image.Pt(x+(wide-text)/2, gtx.Dp(3)), h.Text(theme.CaptionB, theme.TagPostInk, words[n]))
		}
		x += wide
	}
	return layout.Dimensions{Size: size}
}

// keyValue is a line of the panel: what, its value, its interval.
func keyValue(h Host, name, value, interval string) layout.Widget {
	return func(gtx layout.Context) layout.Dimensions {
		return widget.Fixed(gtx, 0, 30, func(gtx layout.Context) layout.Dimensions {
			size := gtx.Constraints.Max
			widget.Fill(gtx, h.Line, image.Rect(gtx.Dp(14), size.Y-1, size.X-gtx.Dp(14), size.Y))
			return layout.Inset{Left: 14, Right: 14}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
				gtx.Constraints.Min.Y = gtx.Constraints.Max.Y
				return row(gtx, layout.Flexed(1, h.Text(theme.Secondary, h.Text2, name)), layout.Rigid(h.Text(theme.KeyValue, h.Text1, value)),
					layout.Rigid(func(gtx layout.Context) layout.Dimensions {
						return widget.Fixed(gtx, 92, 20, func(gtx layout.Context) layout.Dimensions {
							return layout.E.Layout(gtx, h.Text(theme.Secondary, h.Text3, interval))
						})
					}))
			})
		})
	}
}

// leakLines are the numbers of a leak and what speaks for it.
func leakLines(h Host, x assess.Leak) []layout.Widget {
	l := h.Lang
	interval := func(v *assess.Interval, decimals int) string {
		if v == nil {
			return ""
		}
		return l.Interval(v[0], v[1], decimals)
	}
	mm := func(v float64) string { return l.Unit(l.Number(v, 1), "mm") }
	title := func(gtx layout.Context) layout.Dimensions {
		return layout.Inset{Left: 14, Right: 14, Top: 12, Bottom: 6}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
			return row(gtx, layout.Rigid(glyph(x.Compartment, 12)), widget.Gap(9), layout.Flexed(1, h.Text(theme.Section, h.Text1, h.T(i18n.LeakName(x.Compartment)))),
				layout.Rigid(decisionChip(h, h.State.Decision(x.ID))), widget.Gap(6), layout.Rigid(attention(h, x.Attention)))
		})
	}
	out := []layout.Widget{title,
		keyValue(h, h.T(i18n.Compartment), h.T(i18n.LeakName(x.Compartment))+", "+h.T(i18n.SideName(x.Side)), ""),
		keyValue(h, h.T(i18n.TypeYeom), string(x.Type)+" · "+h.T(i18n.LeakWay(x.Type)), ""),
		keyValue(h, h.T(i18n.Volume), l.Unit(l.LeakML(x.VolumeML), "mL"), interval(x.VolumeIntervalML, 2)),
	}
	if x.BreachSite != "" {
		out = append(out, keyValue(h, h.T(i18n.CameThrough), h.T(i18n.SiteName(x.BreachSite)), ""))
	}
	if v := x.CanalEncroachmentMM; v != nil {
		out = append(out, keyValue(h, h.T(i18n.Encroachment), mm(*v), ""))
	}
	if v := x.CanalEncroachmentFraction; v != nil {
		out = append(out, keyValue(h, h.T(i18n.CanalCovered), l.Unit(l.Number(100**v, 0), "%"), ""))
	}
	if v := x.CanalCentreMM; v != nil {
		out = append(out, keyValue(h, h.T(i18n.CanalCentre), mm(*v), ""))
	}
	if v := x.NextEndplateMM; v != nil {
		out = append(out, keyValue(h, h.T(i18n.NextEndplate), mm(*v), ""))
	}
	out = append(out, keyValue(h, h.T(i18n.LeakLength), mm(x.LengthMM), ""), keyValue(h, h.T(i18n.LeakReach), mm(x.ReachMM), ""),
		keyValue(h, h.T(i18n.Confidence), l.Number(x.Confidence, 2), ""),
		func(gtx layout.Context) layout.Dimensions {
			return layout.Inset{Left: 14, Right: 14, Top: 12, Bottom: 4}.Layout(gtx, h.Text(theme.Secondary, h.Text2, h.T(i18n.Evidence)))
		})
	return append(out, evidence(h, x)...)
}

// evidence lists what speaks for a leak, and what speaks against its number.
func evidence(h Host, x assess.Leak) (out []layout.Widget) {
	say := func(i icon.Icon, c nrgba, s string) {
		out = append(out, func(gtx layout.Context) layout.Dimensions {
			return layout.Inset{Left: 14, Right: 14, Top: 3, Bottom: 3}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
				return layout.Flex{}.Layout(gtx, layout.Rigid(func(gtx layout.Context) layout.Dimensions { return i.Layout(gtx, 13, c) }), widget.Gap(9),
					layout.Flexed(1, h.Paragraph(theme.Secondary, h.Text2, s)))
			})
		})
	}
	r := h.State.Result
	for _, v := range r.Report.Vertebrae {
		if v.Level == x.Level && v.Registration != nil {
			say(icon.Check, h.OK, h.T(i18n.AbsentInPre, "n", h.Lang.Number(v.Registration.ResidualMM, 1)))
		}
	}
	if r.Pre == nil {
		say(icon.Warn, h.Warning, h.T(i18n.NoPreToCompare))
	}
	if x.ReachMM > 0 {
		say(icon.Check, h.OK, h.T(i18n.BeyondBone, "n", h.Lang.Number(x.ReachMM, 1)))
	}
	for _, f := range r.Findings {
		if f.Level == x.Level && f.Severity() != diag.Info {
			say(icon.Warn, h.Warning, f.Message(h.Lang))
		}
	}
	return out
}

// bodyLines are the numbers of a body where no leak is selected.
func bodyLines(h Host, v assess.Vertebra) []layout.Widget {
	l := h.Lang
	ml := func(x float64) string { return l.Unit(l.ML(x), "mL") }
	interval := func(i *assess.Interval) string {
		if i == nil {
			return ""
		}
		return l.Interval(i[0], i[1], text.MLDecimals(i[1]))
	}
	mm := func(x float64) string { return l.Unit(l.Number(x, 1), "mm") }
	out := []layout.Widget{
		keyValue(h, h.T(i18n.BodyVolume), ml(v.BodyVolumeML), interval(v.BodyVolumeIntervalML)),
	}
	if v.CementInBodyML > 0 {
		out = append(out, keyValue(h, h.T(i18n.CementBody), ml(v.CementInBodyML), interval(v.CementInBodyIntervalML)))
	} else {
		out = append(out, keyValue(h, h.T(i18n.CementBody), "–", ""))
	}
	if v.CementInPedicleML > 0 {
		out = append(out, keyValue(h, h.T(i18n.CementPed), ml(v.CementInPedicleML), ""))
	}
	if v.PriorCementML > 0 {
		out = append(out, keyValue(h, h.T(i18n.CementPrior), ml(v.PriorCementML), ""))
	}
	if x := v.Lesion; x != nil {
		share := ""
		if i := x.FillRatioInterval; i != nil {
			share = l.Interval(100*i[0], 100*i[1], 1)
		}
		out = append(out, keyValue(h, h.T(i18n.LesionVolume), ml(x.VolumeML), ""), keyValue(h, h.T(i18n.LesionFill), l.Unit(l.Number(100*x.FillRatio, 1), "%"), share))
	}
	if x := v.HeightsMM; x != nil {
		out = append(out, keyValue(h, h.T(i18n.HeightAnterior), mm(x.Anterior), ""), keyValue(h, h.T(i18n.HeightMiddle), mm(x.Middle), ""), keyValue(h, h.T(i18n.HeightPosterior), mm(x.Posterior), ""))
	}
	if x := v.WedgeAngleDegrees; x != nil {
		out = append(out, keyValue(h, h.T(i18n.WedgeAngle), l.Number(*x, 1)+"°", ""))
	}
	return out
}
