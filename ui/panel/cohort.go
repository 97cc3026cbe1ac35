package panel

import (
	"cmp"
	"image"
	"path/filepath"

	"gioui.org/layout"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/render"
	"github.com/vertefill/vertefill/internal/stats"
	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/icon"
	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/theme"
	"github.com/vertefill/vertefill/ui/widget"
)

// Cohort is the workspace of many cases: their table on the left, plots of the
// rows shown on the right.
type Cohort struct {
	choice  pathChoice
	second  pathChoice
	work    cohortWork
	find    widget.Field
	filter  widget.Button
	menu    widget.Menu
	csv     widget.Button
	more    widget.ToolButton
	actions widget.Menu
	chips   [len(cohortFilters)]widget.Area
	picked  map[int]*widget.Area // chips of covariates
	heads   [7]widget.Area
	rows    map[int]*widget.Row
	list    widget.List
	plots   cohortPlots
	medians medians
}

// cohortFilters are the filters, by id of their action, in the order of
// model.CohortFilter.Flags.
var cohortFilters = [...]string{"cohort-treated", "cohort-leaking", "cohort-check", "cohort-thin", "cohort-signed"}

// cohortWorks are what can be done with a cohort as a whole.
var cohortWorks = []string{"cohort-open", "cohort-cases-check", "cohort-measure", "cohort-stop", "cohort-second", "cohort-copy"}

// plotsShare is the share of the width that plots take.
const plotsShare = 0.41

// Layout draws the workspace over the maximum constraints.
func (p *Cohort) Layout(gtx layout.Context, h Host) layout.Dimensions {
	size := gtx.Constraints.Max
	gtx.Constraints = layout.Exact(size)
	widget.Fill(gtx, h.Window, image.Rectangle{Max: size})
	p.events(gtx, h)
	switch c := &h.State.Cohort; {
	case len(c.Rows) == 0 || c.Choosing:
		of := ofCohort
		if len(c.Rows) == 0 {
			of.back = nil
		}
		p.choice.layout(gtx, h, of)
		return layout.Dimensions{Size: size}
	case c.Pairing:
		p.second.layout(gtx, h, ofReading)
		return layout.Dimensions{Size: size}
	}
	p.choice.filled, p.second.filled = false, false // what is opened next begins anew
	p.plots.hover = p.pointed()
	right := int(float32(size.X) * plotsShare)
	pane(gtx, h, size.X-right, func(gtx layout.Context) layout.Dimensions { return p.table(gtx, h) })
	widget.At(gtx, image.Pt(size.X-right, 0), func(gtx layout.Context) layout.Dimensions {
		gtx.Constraints = layout.Exact(image.Pt(right, size.Y))
		return p.plots.layout(gtx, h)
	})
	return layout.Dimensions{Size: size}
}

// pointed is the row under the pointer, in the table or in a plot; -1 for none.
func (p *Cohort) pointed() int {
	for i, r := range p.rows {
		if r.Hovered() {
			return i
		}
	}
	for _, d := range []*dots{&p.plots.fill, &p.plots.agree} {
		if d.at != nil && d.under >= 0 {
			return d.under
		}
	}
	return -1
}

func (p *Cohort) events(gtx layout.Context, h Host) {
	if changed, _ := p.find.Events(gtx); changed {
		words := p.find.Value()
		h.Emit(model.SetCohort{Change: func(c *model.Cohort) { c.Filter.Words = words }})
	}
	if p.filter.Clicked(gtx) {
		p.menu.Open = !p.menu.Open
	}
	if p.csv.Clicked(gtx) {
		h.Do(gtx, "cohort-csv")
	}
	if p.more.Clicked(gtx) {
		p.actions.Open = !p.actions.Open
	}
	for i, chip := range p.picked {
		if k, on := h.State.Cohort.Filter.Chosen[i]; chip.Clicked(gtx) && on {
			h.Emit(model.PickCovariate{Covariate: i, Choice: k})
		}
	}
	for i := range p.chips {
		if p.chips[i].Clicked(gtx) {
			h.Do(gtx, cohortFilters[i])
		}
	}
	for i := range p.heads {
		if p.heads[i].Clicked(gtx) {
			h.Emit(model.SortCohort{By: model.Column(i)})
		}
	}
	for i, r := range p.rows {
		if r.Clicked(gtx) {
			h.Emit(model.OpenRow{Row: i, Now: gtx.Now})
		}
	}
}

func fillMin(gtx layout.Context) layout.Context {
	gtx.Constraints.Min = gtx.Constraints.Max
	return gtx
}

// table is the left side: title, filters, head, rows, medians.
func (p *Cohort) table(gtx layout.Context, h Host) layout.Dimensions {
	if h.State.Cohort.Check.Shown {
		return layout.Flex{Axis: layout.Vertical}.Layout(gtx,
			layout.Rigid(func(gtx layout.Context) layout.Dimensions { return p.title(gtx, h) }),
			layout.Rigid(func(gtx layout.Context) layout.Dimensions { return p.work.bar(gtx, h) }),
			layout.Flexed(1, func(gtx layout.Context) layout.Dimensions { return p.work.problems(gtx, h) }))
	}
	return layout.Flex{Axis: layout.Vertical}.Layout(gtx,
		layout.Rigid(func(gtx layout.Context) layout.Dimensions { return p.title(gtx, h) }),
		layout.Rigid(func(gtx layout.Context) layout.Dimensions { return p.work.bar(gtx, h) }),
		layout.Rigid(func(gtx layout.Context) layout.Dimensions { return p.filters(gtx, h) }),
		layout.Rigid(func(gtx layout.Context) layout.Dimensions { return p.head(gtx, h) }),
		layout.Flexed(1, func(gtx layout.Context) layout.Dimensions { return p.body(gtx, h) }),
		layout.Rigid(func(gtx layout.Context) layout.Dimensions { return p.legend(gtx, h) }),
		layout.Rigid(func(gtx layout.Context) layout.Dimensions { return p.foot(gtx, h) }))
}

// compartments are the signs of the table in the order of the legend.
var compartments = []anatomy.Compartment{anatomy.Canal, anatomy.Foramen, anatomy.DiscSuperior, anatomy.DiscInferior, anatomy.ParavertebralVein, anatomy.SoftTissue, anatomy.NeedleTrack, anatomy.Distant}

// legend says what the signs of the leaks mean; in a narrow window those that have no room are left to the leaks' own panel.
func (p *Cohort) legend(gtx layout.Context, h Host) layout.Dimensions {
	return widget.Fixed(gtx, 0, 30, func(gtx layout.Context) layout.Dimensions {
		widget.HLine(h.Line)(gtx)
		room := gtx.Constraints.Max.X - gtx.Dp(20)
		parts := []layout.FlexChild{widget.Gap(14)}
		for _, c := range compartments {
			name := h.T(i18n.LeakName(c))
			if room -= h.Measure(gtx, theme.Caption, name) + gtx.Dp(9+5+14); room < 0 {
				break
			}
			parts = append(parts, layout.Rigid(func(gtx layout.Context) layout.Dimensions { return icon.Of(c).Layout(gtx, 9, leakInk(h, c)) }),
				widget.Gap(5), layout.Rigid(h.Text(theme.Caption, h.Text2, name)), widget.Gap(14))
		}
		gtx.Constraints.Min = gtx.Constraints.Max
		return row(gtx, parts...)
	})
}

func (p *Cohort) title(gtx layout.Context, h Host) layout.Dimensions {
	c := &h.State.Cohort
	return bar(gtx, h, h.Panel, 50, func(gtx layout.Context) layout.Dimensions {
		return row(gtx, widget.Gap(14),
			layout.Rigid(h.Text(theme.Section, h.Text1, h.T(i18n.CohortTitle, "name", filepath.Base(cmp.Or(c.Source, c.Path))))), widget.Gap(10),
			layout.Flexed(1, across(h.Text(theme.Secondary, h.Text3, h.T(i18n.CohortSize, "cases", i18n.Whole(h.Lang, float64(c.Cases)), "rows", i18n.Whole(h.Lang, float64(c.Vertebrae())))))), widget.Gap(10),
			layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				return widget.Fixed(gtx, 170, 32, func(gtx layout.Context) layout.Dimensions {
					return p.find.Layout(gtx, h.Env, widget.FieldLook{Label: h.T(i18n.FindCase), Hint: h.T(i18n.FindCase), Icon: icon.Search})
				})
			}), widget.Gap(8),
			layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				look := widget.ButtonLook{Text: h.T(i18n.FilterRows), Icon: icon.Filter}
				if n := c.Filter.Count(); n > 0 {
					look.Key = i18n.Whole(h.Lang, float64(n))
				}
				d := p.filter.Layout(gtx, h.Env, look)
				if p.menu.Open {
					p.filterMenu(gtx, h, image.Pt(-gtx.Dp(120), d.Size.Y+gtx.Dp(4)))
				}
				return d
			}), widget.Gap(8),
			layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				return p.csv.Layout(gtx, h.Env, widget.ButtonLook{Text: "CSV", Icon: icon.Export})
			}), widget.Gap(4),
			layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				d := p.more.Layout(gtx, h.Env, widget.ToolLook{Icon: icon.All["down"], Tip: widget.Tooltip{Name: h.T(i18n.CohortMore)}})
				if p.actions.Open {
					if i := p.actions.Float(gtx, h.Env, image.Pt(-gtx.Dp(220), d.Size.Y+gtx.Dp(4)), h.MenuItems(cohortWorks)); i >= 0 {
						h.Do(gtx, cohortWorks[i])
					}
				}
				return d
			}), widget.Gap(10))
	})
}

// filterMenu holds the filters, those of the covariates below.
func (p *Cohort) filterMenu(gtx layout.Context, h Host, at image.Point) {
	items := h.MenuItems(cohortFilters[:])
	for i, on := range h.State.Cohort.Filter.Flags() {
		items[i].Checked = on
	}
	var picks []model.PickCovariate
	for i, x := range h.State.Cohort.Covariates {
		for k, choice := range x.Choices {
			now, on := h.State.Cohort.Filter.Chosen[i]
			items = append(items, widget.MenuItem{Text: choice.Words(x.Name, h.Lang), Checked: on && now == k})
			picks = append(picks, model.PickCovariate{Covariate: i, Choice: k})
		}
	}
	switch i := p.menu.Float(gtx, h.Env, at, items); {
	case i >= len(cohortFilters):
		h.Emit(picks[i-len(cohortFilters)])
	case i >= 0:
		h.Do(gtx, cohortFilters[i])
	}
}

// filters are the chips of what is on; a click takes one off.
func (p *Cohort) filters(gtx layout.Context, h Host) layout.Dimensions {
	c := &h.State.Cohort
	return bar(gtx, h, h.Panel, 40, func(gtx layout.Context) layout.Dimensions {
		parts := []layout.FlexChild{widget.Gap(14), layout.Rigid(h.Text(theme.Secondary, h.Text3, h.T(i18n.ShowingRows)))}
		f := c.Filter
		for i, on := range f.Flags() {
			if !on {
				continue
			}
			a, _ := h.State.Find(cohortFilters[i])
			name := h.T(a.Label)
			parts = append(parts, widget.Gap(6), layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				return p.chips[i].Layout(gtx, h.Env, name, h.Neutral(name+" ×"))
			}))
		}
		for i, x := range c.Covariates {
			k, on := f.Chosen[i]
			if !on || k >= len(x.Choices) {
				continue
			}
			if p.picked[i] == nil {
				if p.picked == nil {
					p.picked = map[int]*widget.Area{}
				}
				p.picked[i] = &widget.Area{}
			}
			words := x.Choices[k].Words(x.Name, h.Lang)
			parts = append(parts, widget.Gap(6), layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				return p.picked[i].Layout(gtx, h.Env, words, h.Neutral(words+" ×"))
			}))
		}
		if f.Count() == 0 {
			parts = append(parts, widget.Gap(6), layout.Rigid(h.Text(theme.Secondary, h.Text2, h.T(i18n.AllRows))))
		}
		return row(gtx, append(parts, space(),
			layout.Rigid(h.Text(theme.Secondary, h.Text3, h.T(i18n.RowsOf, "n", i18n.Whole(h.Lang, float64(len(c.Shown))), "total", i18n.Whole(h.Lang, float64(len(c.Rows)))))), widget.Gap(14))...)
	})
}

// caseCells lays the cells of a row out: case, level, body, cement, fill, interval, leak, state.
func caseCells(gtx layout.Context, w [8]layout.Widget) layout.Dimensions {
	fixed := [8]dp{74, 56, 74, 84, 66, 0, 84, 0}
	return layout.Inset{Left: 14, Right: 10}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
		gtx.Constraints.Min.Y = gtx.Constraints.Max.Y
		var parts []layout.FlexChild
		for i := range w {
			cell := func(gtx layout.Context) layout.Dimensions {
				gtx.Constraints.Min = gtx.Constraints.Max
				if i >= 2 && i <= 4 || i == 6 {
					return layout.E.Layout(gtx, w[i])
				}
				return layout.W.Layout(gtx, w[i])
			}
			switch i {
			case 5, 7:
				parts = append(parts, widget.Gap(10), layout.Flexed(1, cell))
			default:
				parts = append(parts, layout.Rigid(func(gtx layout.Context) layout.Dimensions { return widget.Fixed(gtx, fixed[i], 0, cell) }))
			}
		}
		return layout.Flex{Alignment: layout.Middle}.Layout(gtx, parts...)
	})
}

// columnNames are the columns in the order of model.Column.
var columnNames = [...]i18n.Text{i18n.ColCase, i18n.Level, i18n.ColBody, i18n.ColCement, i18n.ColFill, i18n.ColLeak, i18n.ColState}

// head names the columns; a click sorts.
func (p *Cohort) head(gtx layout.Context, h Host) layout.Dimensions {
	c := &h.State.Cohort
	by := func(column model.Column) layout.Widget {
		name := h.T(columnNames[column])
		mark, ink := "", h.Text3
		if c.Sort == column {
			mark, ink = " ↑", h.Text1
			if c.Falling {
				mark = " ↓"
			}
		}
		return func(gtx layout.Context) layout.Dimensions {
			gtx.Constraints.Min = image.Point{}
			return p.heads[column].Layout(gtx, h.Env, name, h.Text(theme.CaptionB, ink, name+mark))
		}
	}
	return bar(gtx, h, h.Panel, theme.TableHeaderHeight, func(gtx layout.Context) layout.Dimensions {
		return caseCells(gtx, [8]layout.Widget{by(model.ByCase), by(model.ByLevel), by(model.ByBody), by(model.ByCement), by(model.ByFill), h.Text(theme.CaptionB, h.Text3, h.T(i18n.ColInterval)), by(model.ByLeak), by(model.ByState)})
	})
}

// body is the list of rows; those in sight are laid out only.
func (p *Cohort) body(gtx layout.Context, h Host) layout.Dimensions {
	c := &h.State.Cohort
	if len(c.Shown) == 0 {
		return layout.UniformInset(14).Layout(gtx, h.Paragraph(theme.Secondary, h.Text3, h.T(i18n.NoRows)))
	}
	before := p.rows
	p.rows = map[int]*widget.Row{}
	return p.list.Layout(gtx, h.Env, len(c.Shown), func(gtx layout.Context, n int) layout.Dimensions {
		i := c.Shown[n]
		r := before[i]
		if r == nil {
			r = &widget.Row{}
		}
		p.rows[i] = r
		return p.row(gtx, h, r, i)
	})
}

func (p *Cohort) row(gtx layout.Context, h Host, w *widget.Row, i int) layout.Dimensions {
	x, l := &h.State.Cohort.Rows[i], h.Lang
	dash := h.Text(theme.Label, h.Text3, "–")
	number := func(s string) layout.Widget { return h.Text(theme.Label, h.Text1, s) }
	out := [8]layout.Widget{h.Text(theme.Label, h.Text1, x.Case), dash, dash, dash, dash, nothing, dash, p.state(h, x)}
	if x.Level != anatomy.None {
		out[1], out[2] = h.Text(theme.Heading, h.Text1, x.Level.String()), number(l.ML(x.BodyML))
		if x.CementML > 0 {
			out[3] = number(l.ML(x.CementML))
		}
		if x.State != model.RowWithheld && (x.Fill > 0 || x.Treated) {
			out[4], out[5] = h.Text(theme.KeyValue, h.Text1, l.Percent(x.Fill)), p.interval(h, x)
		}
		if len(x.Leaks) > 0 {
			out[6] = p.leaks(h, x)
		}
	}
	if x.Why != "" { // it may be longer than its column
		h.Hint(gtx, w, w.Hovered(), widget.Tooltip{Name: x.Case, Sense: x.Why})
	}
	return w.Layout(gtx, h.Env, x.Case+" "+x.Level.String(), theme.RowOneLine, i == h.State.Cohort.Chosen, func(gtx layout.Context) layout.Dimensions {
		if i == p.plots.hover && !w.Hovered() { // its point is under the pointer
			widget.Fill(gtx, h.Raised, image.Rectangle{Max: gtx.Constraints.Max})
		}
		return caseCells(gtx, out)
	})
}

func nothing(layout.Context) layout.Dimensions { return layout.Dimensions{} }

// interval is the bar of the fill with its ends.
func (p *Cohort) interval(h Host, x *model.CohortRow) layout.Widget {
	low, high, words := x.Fill, x.Fill, ""
	if x.Interval != nil {
		low, high = x.Interval[0], x.Interval[1]
		words = h.Lang.Interval(100*low, 100*high, 1)
	}
	return func(gtx layout.Context) layout.Dimensions {
		gtx.Constraints.Min = image.Point{}
		return row(gtx, layout.Rigid(widget.IntervalBar(h.Env, h.Accent, 100*x.Fill, 100*low, 100*high, 50, false)), widget.Gap(8), layout.Rigid(h.Text(theme.Caption, h.Text3, words)))
	}
}

// leaks are the signs of the compartments and the sum.
func (p *Cohort) leaks(h Host, x *model.CohortRow) layout.Widget {
	return func(gtx layout.Context) layout.Dimensions {
		gtx.Constraints.Min = image.Point{}
		var parts []layout.FlexChild
		seen := map[anatomy.Compartment]bool{}
		for _, l := range x.Leaks {
			if !seen[l.Compartment] && len(seen) < 3 {
				seen[l.Compartment] = true
				parts = append(parts, layout.Rigid(func(gtx layout.Context) layout.Dimensions {
					return icon.Of(l.Compartment).Layout(gtx, 9, leakInk(h, l.Compartment))
				}), widget.Gap(4))
			}
		}
		return row(gtx, append(parts, layout.Rigid(h.Text(theme.Label, h.Text1, h.Lang.LeakML(x.LeakML))))...)
	}
}

// leakInk is the colour of a compartment on the ground of a panel.
func leakInk(h Host, c anatomy.Compartment) nrgba {
	if h.Light {
		return printInk(c)
	}
	return render.LeakStyle(c, false).Colour
}

// printInk is the colour of a compartment on white, as on paper.
func printInk(c anatomy.Compartment) nrgba {
	hex := uint32(0xA8227F)
	switch c {
	case anatomy.Canal:
		hex = 0xB3001F
	case anatomy.Foramen:
		hex = 0xB3506A
	case anatomy.DiscSuperior, anatomy.DiscInferior:
		hex = 0xA84A00
	case anatomy.ParavertebralVein:
		hex = 0x6B2FB3
	case anatomy.NeedleTrack:
		hex = 0x4F7A2A
	case anatomy.Distant:
		hex = 0x00756B
	}
	return nrgba{R: uint8(hex >> 16), G: uint8(hex >> 8), B: uint8(hex), A: 255}
}

// state is the chip of a row and why.
func (p *Cohort) state(h Host, x *model.CohortRow) layout.Widget {
	chip := h.Good(icon.Check, h.T(i18n.StateSigned))
	switch x.State {
	case model.RowCheck:
		chip = h.Caution(icon.Warn, h.T(i18n.StateCheck))
	case model.RowWithheld:
		chip = h.Alarm(icon.Error, h.T(i18n.StateWithheld))
	case model.RowFailed:
		chip = h.Alarm(icon.Error, h.T(i18n.StateFailed))
	case model.RowPending:
		chip = h.Neutral(h.T(i18n.StatePending))
	case model.RowGood:
		chip = h.Neutral(h.T(i18n.StateGood))
	}
	return func(gtx layout.Context) layout.Dimensions {
		gtx.Constraints.Min = image.Point{}
		return row(gtx, layout.Rigid(chip), widget.Gap(6), layout.Flexed(1, h.Text(theme.Caption, h.Text3, x.Why)))
	}
}

// medians keeps the summary of the rows shown.
type medians struct {
	of                 []int
	n, levels, leaking int
	body, cement       float64
	fill, low, high    float64
}

// update makes it anew when other rows are shown.
func (m *medians) update(c *model.Cohort) {
	if sameRows(m.of, c.Shown) {
		return
	}
	*m = medians{of: c.Shown}
	var body, cement, fill []float64
	for _, i := range c.Shown {
		r := &c.Rows[i]
		if r.Level == anatomy.None {
			continue
		}
		m.levels++
		if len(r.Leaks) > 0 {
			m.leaking++
		}
		body, cement = append(body, r.BodyML), append(cement, r.CementML)
		if r.State < model.RowWithheld {
			fill = append(fill, 100*r.Fill)
		}
	}
	m.n = len(fill)
	m.body, m.cement = stats.Summarise(body).Median, stats.Summarise(cement).Median
	m.fill, m.low, m.high = fiveNumbers(fill)
}

// foot has the medians of the rows shown.
func (p *Cohort) foot(gtx layout.Context, h Host) layout.Dimensions {
	m, l := &p.medians, h.Lang
	m.update(&h.State.Cohort)
	return widget.Fixed(gtx, 0, 42, func(gtx layout.Context) layout.Dimensions {
		widget.Fill(gtx, h.Raised, image.Rectangle{Max: gtx.Constraints.Max})
		widget.HLine(h.Line)(gtx)
		parts := []layout.FlexChild{widget.Gap(14), layout.Rigid(h.Text(theme.Heading, h.Text1, h.T(i18n.MedianOf, "n", i18n.Whole(l, float64(m.n)))))}
		if m.n > 0 {
			for _, words := range []string{h.T(i18n.MedianBody, "n", l.Unit(l.ML(m.body), "mL")), h.T(i18n.MedianCement, "n", l.Unit(l.ML(m.cement), "mL")),
				h.T(i18n.MedianFill, "n", l.Unit(l.Number(m.fill, 1), "%"), "a", l.Number(m.low, 1), "b", l.Number(m.high, 1)),
				h.T(i18n.LeaksIn, "n", l.Unit(l.Number(100*float64(m.leaking)/float64(m.levels), 0), "%"))} {
				parts = append(parts, widget.Gap(18), layout.Rigid(h.Text(theme.Secondary, h.Text1, words)))
			}
		}
		gtx.Constraints.Min = gtx.Constraints.Max
		return row(gtx, parts...)
	})
}
