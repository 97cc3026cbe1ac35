package panel

import (
	"image"

	"gioui.org/layout"

	"github.com/vertefill/vertefill/internal/measure"
	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/icon"
	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/theme"
	"github.com/vertefill/vertefill/ui/view"
	"github.com/vertefill/vertefill/ui/widget"
)

// Measures is the list of what was measured, in place of the results. A click
// takes every view to a measure.
type Measures struct {
	rows   []widget.Row
	delete []widget.ToolButton
	list   widget.List
	close  widget.ToolButton
	export widget.Button
}

// Layout draws the list over the maximum constraints.
func (p *Measures) Layout(gtx layout.Context, h Host) layout.Dimensions {
	size := gtx.Constraints.Max
	gtx.Constraints = layout.Exact(size)
	widget.Fill(gtx, h.Panel, image.Rectangle{Max: size})
	widget.Fill(gtx, h.Line, image.Rect(0, 0, max(gtx.Dp(1), 1), size.Y))
	all, runs := h.State.Reading.Measures, h.State.RunMeasures()
	for len(p.rows) < len(all)+len(runs) {
		p.rows, p.delete = append(p.rows, widget.Row{}), append(p.delete, widget.ToolButton{})
	}
	for i, m := range runs {
		i += len(all)
		switch {
		case p.delete[i].Clicked(gtx):
			h.Emit(model.DropRunLength{Run: m.Run, ID: m.ID, Now: gtx.Now})
		case p.rows[i].Clicked(gtx):
			h.Emit(model.GoToRunMeasure{Run: m.Run, ID: m.ID, Now: gtx.Now})
		}
	}
	for i, m := range all {
		switch {
		case p.delete[i].Clicked(gtx):
			h.Emit(model.DeleteMeasure{ID: m.ID})
		case p.rows[i].Clicked(gtx):
			h.Emit(model.GoToMeasure{ID: m.ID})
		}
	}
	if p.close.Clicked(gtx) {
		h.Emit(model.ShowMeasures{})
	}
	if p.export.Clicked(gtx) {
		h.Do(gtx, "measures-csv")
	}
	all, runs = h.State.Reading.Measures, h.State.RunMeasures()
	count := len(all) + len(runs)
	export, _ := model.Find("measures-csv")
	layout.Flex{Axis: layout.Vertical}.Layout(gtx,
		layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return widget.Header(gtx, h.Env, h.T(i18n.Measures), h.Lang.Number(float64(count), 0),
				layout.Rigid(func(gtx layout.Context) layout.Dimensions {
					return p.close.Layout(gtx, h.Env, widget.ToolLook{Icon: icon.Close, Tip: widget.Tooltip{Name: h.T(i18n.Close), Key: h.T(i18n.KeyEsc)}})
				}))
		}),
		layout.Flexed(1, func(gtx layout.Context) layout.Dimensions {
			if count == 0 {
				return layout.UniformInset(14).Layout(gtx, h.Paragraph(theme.Body, h.Text2, h.T(i18n.MeasureHow)))
			}
			return p.list.Layout(gtx, h.Env, count, func(gtx layout.Context, i int) layout.Dimensions {
				if i < len(all) {
					return p.row(gtx, h, i)
				}
				return p.runRow(gtx, h, i, runs[i-len(all)])
			})
		}),
		layout.Rigid(widget.HLine(h.Line)),
		layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return layout.UniformInset(14).Layout(gtx, func(gtx layout.Context) layout.Dimensions {
				gtx.Constraints.Min = image.Point{}
				return p.export.Layout(gtx, h.Env, widget.ButtonLook{Text: h.T(i18n.SaveMeasures), Icon: icon.Export, Reason: export.Reason(h.State)})
			})
		}))
	return layout.Dimensions{Size: size}
}

func (p *Measures) row(gtx layout.Context, h Host, i int) layout.Dimensions {
	m := h.State.Reading.Measures[i]
	chosen := m.ID == h.State.Reading.Chosen
	height := dp(44)
	details := chosen && m.Kind.Region() && m.Stats.N > 0
	if details {
		height = 186
	}
	name := h.T(kindName(m.Kind))
	label := name + " " + h.Lang.Number(float64(m.ID), 0)
	values := view.Values(h.Lang, m.Shape, m.Stats, float64(h.State.StepMM(model.ViewID{Slot: m.Slot})))
	value, under := "", ""
	if len(values) > 0 {
		value = values[0]
	}
	if len(values) > 1 {
		under = values[1]
	}
	tagged := h.TagPost()
	if m.Slot == model.PreSlot {
		tagged = h.TagPre()
	}
	return p.rows[i].Layout(gtx, h.Env, label, height, chosen, func(gtx layout.Context) layout.Dimensions {
		return layout.Inset{Left: 14, Right: 6}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
			gtx.Constraints.Min.Y = 0
			lines := []layout.FlexChild{layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				return p.line(gtx, h, i, m.ID, m.Kind, tagged, value, under)
			})}
			if details {
				lines = append(lines, layout.Rigid(func(gtx layout.Context) layout.Dimensions {
					return layout.Inset{Right: 10}.Layout(gtx, func(gtx layout.Context) layout.Dimensions { return statistics(gtx, h, m) })
				}))
			}
			return column(gtx, lines...)
		})
	})
}

// runRow is a length on a run: what its millimetres are worth stands under it.
func (p *Measures) runRow(gtx layout.Context, h Host, i int, m model.RunMeasure) layout.Dimensions {
	s := h.State
	chosen := s.Run.Cine != nil && s.Run.Chosen == m.ID && m.Run == (model.RunRef{Series: s.Run.Series, Index: s.Run.Index})
	label := h.T(kindName(measure.Length)) + " " + h.Lang.Number(float64(m.ID), 0) + " XA"
	unit, origin := "mm", view.RunOrigin(m.Calibration).In(h.Lang)
	if !m.MM {
		unit = h.T(i18n.ScalePixels)
	}
	if origin == unit {
		origin = ""
	}
	return p.rows[i].Layout(gtx, h.Env, label, 44, chosen, func(gtx layout.Context) layout.Dimensions {
		return layout.Inset{Left: 14, Right: 6}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
			return p.line(gtx, h, i, m.ID, measure.Length, h.TagRun(), h.Lang.Unit(h.Lang.Number(m.Length, 1), unit), origin)
		})
	})
}

// line is what every measure shows: number, kind, series, its value and what belongs to it, and a button that removes it.
func (p *Measures) line(gtx layout.Context, h Host, i, id int, kind measure.Kind, tag layout.Widget, value, under string) layout.Dimensions {
	gtx.Constraints.Min.Y = gtx.Dp(44)
	number := h.Lang.Number(float64(id), 0)
	return row(gtx,
		layout.Rigid(h.Text(theme.Secondary, h.Text3, number)), widget.Gap(8),
		layout.Rigid(func(gtx layout.Context) layout.Dimensions { return icon.All[kindIcon(kind)].Layout(gtx, 16, h.Text2) }), widget.Gap(8),
		layout.Rigid(twoLines(false, h.Text(theme.Label, h.Text1, h.T(kindName(kind))), func(gtx layout.Context) layout.Dimensions {
			return layout.Inset{Top: 1}.Layout(gtx, tag)
		})), space(),
		layout.Rigid(twoLines(true, h.Text(theme.Heading, h.Text1, value), h.Text(theme.Caption, h.Text3, under))),
		layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return p.delete[i].Layout(gtx, h.Env, widget.ToolLook{Icon: icon.Close, Tip: widget.Tooltip{Name: h.T(i18n.DeleteMeasure) + " " + number}})
		}))
}

// statistics shows all that is known of a region and its histogram.
func statistics(gtx layout.Context, h Host, m model.Measure) layout.Dimensions {
	l, s := h.Lang, m.Stats
	hu := func(x float64, decimals int) string { return l.Unit(l.Number(x, decimals), l.HU()) }
	count := i18n.VoxelsOf
	if s.Interpolated {
		count = i18n.SamplesOf
	}
	pair := func(name i18n.Text, value string) layout.FlexChild {
		return layout.Flexed(1, func(gtx layout.Context) layout.Dimensions {
			return row(gtx, layout.Rigid(h.Text(theme.Secondary, h.Text2, h.T(name))), widget.Gap(6), layout.Rigid(h.Text(theme.Secondary, h.Text1, value)))
		})
	}
	line := func(children ...layout.FlexChild) layout.FlexChild {
		return layout.Rigid(func(gtx layout.Context) layout.Dimensions { return row(gtx, children...) })
	}
	lines := []layout.FlexChild{
		line(pair(i18n.MeanHU, hu(s.Mean, 1)), pair(i18n.DeviationHU, hu(s.SD, 1))),
		line(pair(i18n.MedianHU, hu(s.Median, 0)), pair(count, l.Number(float64(s.N), 0))),
		line(pair(i18n.MinHU, hu(float64(s.Min), 0)), pair(i18n.MaxHU, hu(float64(s.Max), 0))),
		line(pair(i18n.AreaOf, l.Unit(l.Number(m.Area(), 1), "mm²")), pair(i18n.PerimeterOf, l.Unit(l.Number(m.LengthMM(), 1), "mm"))),
		widget.Gap(6),
		layout.Rigid(widget.Histogram(h.Text3, m.Bars, 44)),
		line(layout.Rigid(h.Text(theme.Caption, h.Text3, hu(float64(s.Min), 0))), space(), layout.Rigid(h.Text(theme.Caption, h.Text3, hu(float64(s.Max), 0)))),
	}
	if s.Unread > 0 {
		lines = append(lines, layout.Rigid(h.Text(theme.Caption, h.Warning, h.T(i18n.UnreadOf, "n", l.Number(float64(s.Unread), 0)))))
	}
	return column(gtx, lines...)
}

// kindName and kindIcon are those of the tool that draws the kind.
func kindName(k measure.Kind) i18n.Text {
	a, _ := model.Find(toolOf(k))
	return a.Label
}

func kindIcon(k measure.Kind) string {
	a, _ := model.Find(toolOf(k))
	return a.Icon
}

func toolOf(k measure.Kind) string {
	if k == measure.Text {
		return "measure-note"
	}
	return "measure-" + string(k)
}
