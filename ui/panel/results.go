package panel

import (
	"image"

	"gioui.org/layout"
	"gioui.org/op"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/diag"
	"github.com/vertefill/vertefill/internal/render"
	"github.com/vertefill/vertefill/internal/text"
	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/icon"
	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/theme"
	"github.com/vertefill/vertefill/ui/widget"
)

// Findings is the panel on the right: results and leaks, or the progress of
// the analysis, or the list of problems.
type Findings struct {
	levels   []widget.Row
	leaks    []widget.Row
	list     widget.List
	analyse  widget.Button
	seed     widget.Button // names a body to start from
	warning  widget.Area
	progress progress
	problems problems
	decide   decide
	foot     foot
	level    level
	live     live
}

// Focus gives the first line of the results the keyboard and reports whether
// there is one.
func (p *Findings) Focus(gtx layout.Context) bool {
	if len(p.levels) == 0 {
		return false
	}
	p.levels[0].Focus(gtx)
	return true
}

// Layout draws the panel over the maximum constraints.
func (p *Findings) Layout(gtx layout.Context, h Host) layout.Dimensions {
	size := gtx.Constraints.Max
	gtx.Constraints = layout.Exact(size)
	widget.Fill(gtx, h.Panel, image.Rectangle{Max: size})
	widget.Fill(gtx, h.Line, image.Rect(0, 0, max(gtx.Dp(1), 1), size.Y))
	switch job, running := h.State.Job(model.AnalyseJob); {
	case h.State.Problems:
		p.problems.layout(gtx, h)
	case running:
		p.progress.layout(gtx, h, job)
	case h.State.Fixing.On && h.State.Result != nil:
		p.live.layout(gtx, h)
	case h.State.Result == nil || h.State.Lost():
		p.notYet(gtx, h)
	default:
		p.decided(gtx, h)
	}
	return layout.Dimensions{Size: size}
}

func (p *Findings) notYet(gtx layout.Context, h Host) {
	if p.analyse.Clicked(gtx) {
		h.Do(gtx, "analyse")
	}
	if p.seed.Clicked(gtx) {
		h.Do(gtx, "analyse-from")
	}
	reason := ""
	if a, ok := model.Find("analyse"); ok {
		reason = a.Reason(h.State)
	}
	layout.Flex{Axis: layout.Vertical}.Layout(gtx,
		layout.Rigid(func(gtx layout.Context) layout.Dimensions { return widget.Header(gtx, h.Env, h.T(i18n.Results), "") }),
		layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return layout.UniformInset(14).Layout(gtx, func(gtx layout.Context) layout.Dimensions {
				said := layout.Rigid(h.Paragraph(theme.Body, h.Text2, h.T(i18n.NotAnalysed)))
				if why := h.State.Failure; why != "" {
					said = layout.Rigid(func(gtx layout.Context) layout.Dimensions {
						return layout.Flex{}.Layout(gtx,
							layout.Rigid(func(gtx layout.Context) layout.Dimensions { return icon.Error.Layout(gtx, 17, h.Env.Error) }),
							widget.Gap(9), layout.Flexed(1, h.Paragraph(theme.Body, h.Text1, why)))
					})
				}
				button := func(b *widget.Button, look widget.ButtonLook) layout.FlexChild {
					return layout.Rigid(func(gtx layout.Context) layout.Dimensions {
						gtx.Constraints.Min = image.Point{}
						return b.Layout(gtx, h.Env, look)
					})
				}
				if !h.State.Lost() {
					return column(gtx, said, widget.Gap(12), button(&p.analyse, widget.ButtonLook{Text: h.T(i18n.AnalyseNow), Primary: true, Reason: reason}))
				}
				lines := []layout.FlexChild{layout.Rigid(h.Paragraph(theme.Body, h.Text1, h.T(i18n.NotFound)))}
				if h.State.Failure != "" {
					lines = []layout.FlexChild{said, widget.Gap(10), lines[0]}
				}
				return column(gtx, append(lines, widget.Gap(12), button(&p.seed, widget.ButtonLook{Text: h.T(i18n.SeedHere), Icon: icon.Vertebra, Primary: true, Reason: reason}),
					widget.Gap(8), button(&p.analyse, widget.ButtonLook{Text: h.T(i18n.AnalyseNow), Small: true, Reason: reason}))...)
			})
		}))
}

// decided draws the results with the way to correction and report below, or the
// vertebra that the planes follow with the bar for decisions.
func (p *Findings) decided(gtx layout.Context, h Host) {
	p.decide.events(gtx, h)
	v, ok := vertebraOf(h)
	level := ok && h.State.Reading.Aligned
	size := gtx.Constraints.Max
	layout.Flex{Axis: layout.Vertical}.Layout(gtx,
		layout.Flexed(1, func(gtx layout.Context) layout.Dimensions {
			if level {
				return p.level.layout(gtx, h, v)
			}
			p.results(gtx, h)
			return layout.Dimensions{Size: gtx.Constraints.Max}
		}),
		layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			if level && p.decide.shown(h) {
				return p.decide.foot(gtx, h)
			}
			return p.foot.layout(gtx, h)
		}))
	p.decide.types(gtx, h, size)
}

// foot is the end of the panel: correct the selected vertebra, go to the
// report.
type foot struct{ correct, report widget.Button }

func (p *foot) layout(gtx layout.Context, h Host) layout.Dimensions {
	if p.correct.Clicked(gtx) {
		h.Do(gtx, "correct")
	}
	if p.report.Clicked(gtx) {
		h.Do(gtx, "report")
	}
	if h.State.Result.Upto != "" {
		return layout.Dimensions{}
	}
	return layout.Inset{Left: 14, Right: 14, Top: 2, Bottom: 12}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
		a, _ := h.State.Find("correct")
		key := ""
		if len(a.Keys) > 0 {
			key = a.Keys[0].String(h.Lang)
		}
		return row(gtx,
			layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				return p.correct.Layout(gtx, h.Env, widget.ButtonLook{Text: a.Title(h.State), Icon: icon.All["handles"], Key: key, Reason: a.Reason(h.State)})
			}), widget.Gap(8),
			layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				return p.report.Layout(gtx, h.Env, widget.ButtonLook{Text: h.T(i18n.Report), Icon: icon.Report, Primary: true})
			}))
	})
}

// leakRow is a line of the list of leaks.
type leakRow struct {
	assess.Leak
	decision assess.Decision
}

// leakRows are the leaks, then those that were rejected.
func leakRows(h Host) (out []leakRow) {
	for _, l := range h.State.Result.Report.Leaks {
		out = append(out, leakRow{l, h.State.Decision(l.ID)})
	}
	for _, r := range h.State.Rejected() {
		out = append(out, leakRow{r.Leak, assess.Rejected})
	}
	return out
}

func (p *Findings) results(gtx layout.Context, h Host) {
	report, leaks := h.State.Result.Report, leakRows(h)
	for len(p.levels) < len(report.Vertebrae) {
		p.levels = append(p.levels, widget.Row{})
	}
	for len(p.leaks) < len(leaks) {
		p.leaks = append(p.leaks, widget.Row{})
	}
	for i, v := range report.Vertebrae {
		if p.levels[i].Clicked(gtx) {
			h.Emit(model.GoToLevel{Level: v.Level})
		}
		if p.levels[i].Asked(gtx) {
			h.Menu(model.Target{Level: v.Level})
		}
	}
	for i, l := range leaks {
		if p.leaks[i].Asked(gtx) {
			h.Menu(model.Target{Leak: l.ID})
		}
		if p.leaks[i].Clicked(gtx) {
			h.Emit(model.GoToLeak{ID: l.ID})
		}
	}
	if p.analyse.Clicked(gtx) {
		h.Do(gtx, "analyse")
	}
	if p.warning.Clicked(gtx) {
		h.Emit(model.ShowProblems{On: true})
	}
	n := len(report.Vertebrae)
	layout.Flex{Axis: layout.Vertical}.Layout(gtx,
		layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			if h.State.Result.Upto != "" {
				return widget.Header(gtx, h.Env, h.T(i18n.Results), "", layout.Rigid(func(gtx layout.Context) layout.Dimensions {
					return p.analyse.Layout(gtx, h.Env, widget.ButtonLook{Text: h.T(i18n.AnalyseNow), Primary: true, Small: true})
				}))
			}
			return widget.Header(gtx, h.Env, h.T(i18n.Results), "",
				layout.Rigid(h.Good(icon.Check, h.T(i18n.AnalysedIn, "s", h.Lang.Number(max(h.State.Took.Seconds(), 1), 0)))))
		}),
		layout.Rigid(func(gtx layout.Context) layout.Dimensions { return tableHeader(gtx, h) }),
		layout.Flexed(1, func(gtx layout.Context) layout.Dimensions {
			return p.list.Layout(gtx, h.Env, n+1+max(len(leaks), 1), func(gtx layout.Context, i int) layout.Dimensions {
				switch {
				case i < n:
					return p.vertebra(gtx, h, i)
				case i == n:
					return leaksHeader(gtx, h)
				case len(leaks) == 0:
					return layout.UniformInset(14).Layout(gtx, h.Paragraph(theme.Secondary, h.Text3, noLeak(h)))
				}
				x := leaks[i-n-1]
				if h.State.Reading.Leak != x.ID || !p.decide.shown(h) {
					return p.leak(gtx, h, i-n-1, x)
				}
				return column(gtx,
					layout.Rigid(func(gtx layout.Context) layout.Dimensions { return p.leak(gtx, h, i-n-1, x) }),
					layout.Rigid(func(gtx layout.Context) layout.Dimensions { return p.decide.inRow(gtx, h) }))
			})
		}),
		layout.Rigid(func(gtx layout.Context) layout.Dimensions { return p.firstWarning(gtx, h) }),
	)
}

// noLeak says what an empty leak list means.
func noLeak(h Host) string {
	report := h.State.Result.Report
	if h.State.Result.Upto != "" {
		return h.T(i18n.CementNotYet)
	}
	if list := report.Vertebrae; len(list) > 0 && report.Totals != nil && report.Totals.NewCementML == 0 && report.Totals.PriorCementML == 0 {
		return h.T(i18n.NoCement, "a", list[0].Level.String(), "b", list[len(list)-1].Level.String())
	}
	return h.T(i18n.NoLeak)
}

// Shares of the table's columns; the fill column takes what is left.
const (
	levelDP, bodyDP, cementDP, leakDP = dp(44), dp(67), dp(73), dp(62)
)

// columns lays the cells of the results table out.
func columns(gtx layout.Context, level, body, cement, fill, leak layout.Widget) layout.Dimensions {
	cell := func(width dp, w layout.Widget, end bool) layout.FlexChild {
		return layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return widget.Fixed(gtx, width, 0, func(gtx layout.Context) layout.Dimensions {
				if end {
					return layout.E.Layout(gtx, w)
				}
				return layout.W.Layout(gtx, w)
			})
		})
	}
	return layout.Inset{Left: 14, Right: 8}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
		gtx.Constraints.Min.Y = gtx.Constraints.Max.Y
		return layout.Flex{Alignment: layout.Middle}.Layout(gtx,
			cell(levelDP, level, false), cell(bodyDP, body, true), cell(cementDP, cement, true), widget.Gap(10),
			layout.Flexed(1, func(gtx layout.Context) layout.Dimensions {
				gtx.Constraints.Min.Y = gtx.Constraints.Max.Y
				return layout.W.Layout(gtx, fill)
			}),
			cell(leakDP, leak, true))
	})
}

// twoLines stacks a value and what belongs under it.
func twoLines(end bool, a, b layout.Widget) layout.Widget {
	return func(gtx layout.Context) layout.Dimensions {
		align := layout.Start
		if end {
			align = layout.End
		}
		gtx.Constraints.Min = image.Point{}
		return layout.Flex{Axis: layout.Vertical, Alignment: align}.Layout(gtx, layout.Rigid(a), layout.Rigid(b))
	}
}

// across gives w the whole width it may have.
func across(w layout.Widget) layout.Widget {
	return func(gtx layout.Context) layout.Dimensions {
		d := w(gtx)
		d.Size.X = gtx.Constraints.Max.X
		return d
	}
}

func tableHeader(gtx layout.Context, h Host) layout.Dimensions {
	head := func(s string) layout.Widget { return h.Text(theme.CaptionB, h.Text3, s) }
	d := widget.Fixed(gtx, 0, theme.TableHeaderHeight+2, func(gtx layout.Context) layout.Dimensions {
		return columns(gtx, head(h.T(i18n.Level)),
			twoLines(true, head(h.T(i18n.Body)), head("mL")), twoLines(true, head(h.T(i18n.Cement)), head("mL")),
			twoLines(false, head(h.T(i18n.Fill)+h.percentSign()), head(h.T(i18n.Interval))),
			twoLines(true, head(h.T(i18n.Leak)), head("mL")))
	})
	widget.At(gtx, image.Pt(0, d.Size.Y-max(gtx.Dp(1), 1)), widget.HLine(h.Line))
	return d
}

func (h Host) percentSign() string { return h.Lang.Unit("", "%") }

func (p *Findings) vertebra(gtx layout.Context, h Host, i int) layout.Dimensions {
	v := h.State.Result.Report.Vertebrae[i]
	selected := h.State.Reading.Level == v.Level
	small := h.Text3
	if selected {
		small = h.Text2
	}
	l := h.Lang
	level := h.Text(theme.Heading, h.Text1, v.Level.String())
	switch {
	case v.Treated:
		level = twoLines(false, level, h.Text(theme.Caption, h.Text2, h.T(i18n.Treated)))
	case v.PriorCementML > 0:
		level = twoLines(false, level, h.Text(theme.Caption, h.Text2, h.T(i18n.Prior)))
	}
	value := func(ml float64, interval *assess.Interval) layout.Widget {
		w := h.Text(theme.Label, h.Text1, l.ML(ml))
		if interval == nil {
			return w
		}
		return twoLines(true, w, h.Text(theme.Caption, small, l.Interval(interval[0], interval[1], text.MLDecimals(ml))))
	}
	dash := h.Text(theme.Label, h.Text3, "–")
	cement, fill := dash, dash
	switch { // the interval belongs to the new cement, so it is what is shown beside it
	case v.CementInBodyML > 0:
		cement, fill = value(v.CementInBodyML, v.CementInBodyIntervalML), fillCell(h, v, small)
	case v.PriorCementML > 0:
		cement, fill = value(v.PriorCementML, nil), fillCell(h, v, small)
	}
	return p.levels[i].Layout(gtx, h.Env, v.Level.String(), theme.RowTwoLines, selected, func(gtx layout.Context) layout.Dimensions {
		return columns(gtx, level, value(v.BodyVolumeML, v.BodyVolumeIntervalML), cement, fill, leakCell(h, v, dash))
	})
}

// fillCell is the fill ratio with its bar and interval; hollow where all
// cement is old.
func fillCell(h Host, v assess.Vertebra, small nrgba) layout.Widget {
	l := h.Lang
	low, high := v.FillRatio, v.FillRatio
	interval := ""
	if x := v.FillRatioInterval; x != nil {
		low, high = x[0], x[1]
		interval = l.Interval(100*low, 100*high, 1)
	}
	return func(gtx layout.Context) layout.Dimensions {
		gtx.Constraints.Min = image.Point{}
		return layout.Flex{Alignment: layout.Middle}.Layout(gtx,
			layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				return widget.Fixed(gtx, 38, 20, h.Text(theme.KeyValue, h.Text1, l.Percent(v.FillRatio)))
			}),
			widget.Gap(4),
			layout.Rigid(twoLines(false,
				widget.IntervalBar(h.Env, h.MarkFill, 100*v.FillRatio, 100*low, 100*high, 50, v.CementInBodyML == 0),
				h.Text(theme.Caption, small, interval))))
	}
}

// leakCell is the sum of the leaks of a vertebra with the glyph of each
// compartment.
func leakCell(h Host, v assess.Vertebra, dash layout.Widget) layout.Widget {
	if len(v.LeakIDs) == 0 {
		return dash
	}
	return func(gtx layout.Context) layout.Dimensions {
		gtx.Constraints.Min = image.Point{}
		m := op.Record(gtx.Ops)
		d := h.Text(theme.Label, h.Text1, h.Lang.LeakML(h.State.LeakML(v.LeakIDs)))(gtx)
		number := m.Stop()
		fit := (gtx.Constraints.Max.X - d.Size.X) / gtx.Dp(9+4) // the number comes first: signs are drawn as far as they fit
		var children []layout.FlexChild
		seen := map[anatomy.Compartment]bool{}
		for _, l := range h.State.Result.Report.Leaks {
			if l.Level == v.Level && !seen[l.Compartment] && len(seen) < min(3, fit) {
				seen[l.Compartment] = true
				children = append(children, layout.Rigid(glyph(l.Compartment, 9)), widget.Gap(4))
			}
		}
		return row(gtx, append(children, layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			number.Add(gtx.Ops)
			return d
		}))...)
	}
}

// glyph draws the sign of a compartment in its colour.
func glyph(c anatomy.Compartment, size dp) layout.Widget {
	return func(gtx layout.Context) layout.Dimensions {
		return icon.Of(c).Layout(gtx, size, render.LeakStyle(c, false).Colour)
	}
}

func leaksHeader(gtx layout.Context, h Host) layout.Dimensions {
	sum := 0.0
	leaks := h.State.Result.Report.Leaks
	for _, l := range leaks {
		sum += l.VolumeML
	}
	count := ""
	if len(leaks) > 0 {
		count = h.T(i18n.LeaksTotal, "n", h.Lang.Number(float64(len(leaks)), 0), "ml", h.Lang.LeakML(sum))
	}
	seen := ""
	if all := len(leaks); all > 0 {
		seen = h.T(i18n.DecidedN, "n", h.Lang.Number(float64(all-len(h.State.Undecided())), 0), "all", h.Lang.Number(float64(all), 0))
	}
	return widget.Header(gtx, h.Env, h.T(i18n.Leaks), count, layout.Rigid(h.Text(theme.Secondary, h.Text3, seen)))
}

func (p *Findings) leak(gtx layout.Context, h Host, i int, x leakRow) layout.Dimensions {
	selected := h.State.Reading.Leak == x.ID
	height := dp(56)
	if x.CanalEncroachmentMM != nil {
		height = 76
	}
	name := x.Level.String() + " " + h.T(i18n.LeakName(x.Compartment))
	return p.leaks[i].Layout(gtx, h.Env, name, height, selected, func(gtx layout.Context) layout.Dimensions {
		return layout.Inset{Left: 14, Right: 14, Top: 9}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
			return layout.Flex{}.Layout(gtx,
				layout.Rigid(func(gtx layout.Context) layout.Dimensions {
					return layout.Inset{Top: 3}.Layout(gtx, glyph(x.Compartment, 12))
				}),
				widget.Gap(9),
				layout.Flexed(1, func(gtx layout.Context) layout.Dimensions { return leakText(gtx, h, x, selected) }))
		})
	})
}

func leakText(gtx layout.Context, h Host, x leakRow, selected bool) layout.Dimensions {
	l, small := h.Lang, h.Text3
	if selected {
		small = h.Text2
	}
	ink := h.Text1
	if x.decision == assess.Rejected {
		ink, small = h.Text3, h.Text3
	}
	strong := theme.Secondary
	strong.Weight = theme.Heading.Weight
	interval := func(v *assess.Interval, decimals int) string {
		if v == nil {
			return ""
		}
		return l.Interval(v[0], v[1], decimals)
	}
	lines := []layout.FlexChild{
		layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return row(gtx, layout.Rigid(h.Text(theme.Heading, ink, x.Level.String())), widget.Gap(8),
				layout.Flexed(1, h.Text(theme.Label, ink, h.T(i18n.LeakName(x.Compartment)))), layout.Rigid(decisionChip(h, x.decision)), widget.Gap(6), layout.Rigid(attention(h, x.Attention)))
		}),
		layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return row(gtx, layout.Flexed(1, h.Text(theme.Secondary, h.Text2, h.T(i18n.TypeLine, "type", string(x.Type), "way", h.T(i18n.LeakWay(x.Type))))),
				layout.Rigid(h.Text(strong, h.Text1, l.Unit(l.LeakML(x.VolumeML), "mL"))), widget.Gap(8),
				layout.Rigid(h.Text(theme.Caption, small, interval(x.VolumeIntervalML, 2))))
		}),
	}
	if mm := x.CanalEncroachmentMM; mm != nil {
		lines = append(lines, widget.Gap(2), layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			parts := []layout.FlexChild{layout.Rigid(h.Text(theme.Secondary, h.Text2, h.T(i18n.Encroachment))), widget.Gap(4),
				layout.Rigid(h.Text(strong, h.Text1, l.Unit(l.Number(*mm, 1), "mm")))}
			if f := x.CanalEncroachmentFraction; f != nil {
				parts = append(parts, widget.Gap(4), layout.Rigid(h.Text(theme.Secondary, h.Text2, "·")), widget.Gap(4),
					layout.Rigid(h.Text(strong, h.Text1, l.Unit(l.Number(100**f, 0), "%"))), widget.Gap(4),
					layout.Rigid(h.Text(theme.Secondary, h.Text2, h.T(i18n.OfArea))))
			}
			return row(gtx, parts...)
		}))
	}
	return column(gtx, lines...)
}

func attention(h Host, a anatomy.Attention) layout.Widget {
	switch a {
	case anatomy.AttentionRed:
		return h.Alarm(icon.Error, h.T(i18n.Attention))
	case anatomy.AttentionAmber:
		return h.Caution(icon.Warn, h.T(i18n.Check))
	}
	return h.Neutral(h.T(i18n.Info))
}

// firstWarning shows the gravest finding at the foot of the panel; a click
// lists all.
func (p *Findings) firstWarning(gtx layout.Context, h Host) layout.Dimensions {
	for _, f := range h.State.Result.Findings {
		if f.Severity() == diag.Info {
			continue
		}
		i, c := icon.Warn, h.Warning
		if f.Severity() == diag.Error {
			i, c = icon.Error, h.Env.Error
		}
		widget.HLine(h.Line)(gtx)
		return p.warning.Layout(gtx, h.Env, h.T(i18n.Problems), func(gtx layout.Context) layout.Dimensions {
			return layout.UniformInset(14).Layout(gtx, func(gtx layout.Context) layout.Dimensions {
				return layout.Flex{Alignment: layout.Middle}.Layout(gtx,
					layout.Rigid(func(gtx layout.Context) layout.Dimensions { return i.Layout(gtx, 15, c) }),
					widget.Gap(10),
					layout.Flexed(1, h.Paragraph(theme.Secondary, h.Text2, f.Message(h.Lang))))
			})
		})
	}
	return layout.Dimensions{}
}
