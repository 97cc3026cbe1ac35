package panel

import (
	"image"
	"time"

	"gioui.org/layout"

	"github.com/vertefill/vertefill/internal/cohort"
	"github.com/vertefill/vertefill/internal/text"
	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/icon"
	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/theme"
	"github.com/vertefill/vertefill/ui/widget"
)

// cohortWork is the line that says what of the cohort is measured, checked or
// being worked on, and the list of its problems.
type cohortWork struct {
	check, measure, stop, back widget.Button
	list                       widget.List
}

func (p *cohortWork) events(gtx layout.Context, h Host) {
	for button, id := range map[*widget.Button]string{&p.check: "cohort-cases-check", &p.measure: "cohort-measure", &p.stop: "cohort-stop"} {
		if button.Clicked(gtx) {
			h.Do(gtx, id)
		}
	}
	if p.back.Clicked(gtx) {
		h.Emit(model.SetCohort{Change: func(c *model.Cohort) { c.Check.Shown = false }})
	}
}

// bar is the line; nothing while there is nothing to say.
func (p *cohortWork) bar(gtx layout.Context, h Host) layout.Dimensions {
	p.events(gtx, h)
	c, l := &h.State.Cohort, h.Lang
	whole := func(n int) string { return i18n.Whole(l, float64(n)) }
	button := func(b *widget.Button, t i18n.Text, i icon.Icon, primary bool) layout.FlexChild {
		return layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return b.Layout(gtx, h.Env, widget.ButtonLook{Text: h.T(t), Icon: i, Small: true, Primary: primary})
		})
	}
	running, busy := h.State.Job(model.CohortRunning)
	checking, looking := h.State.Job(model.CheckJob)
	var parts []layout.FlexChild
	switch {
	case busy:
		words := h.T(i18n.CohortMeasuring, "n", whole(c.Running.Done), "m", whole(c.Running.Total))
		if c.Running.Failed > 0 {
			words += " · " + h.T(i18n.CohortFailures, "n", whole(c.Running.Failed))
		}
		if c.Running.Left > 0 {
			words += " · " + h.T(i18n.CohortLeft, "time", lasting(l, c.Running.Left))
		}
		parts = p.progress(h, words, running.Fraction)
	case looking:
		parts = p.progress(h, h.T(i18n.CohortChecking), checking.Fraction)
	case c.Check.Shown:
		count := map[string]int{}
		for _, x := range c.Check.Problems() {
			count[x.Severity]++
		}
		parts = []layout.FlexChild{layout.Rigid(h.Text(theme.Label, h.Text1, h.T(i18n.CheckFound, "cases", whole(len(c.Check.Cases)), "errors", whole(count["error"]), "warnings", whole(count["warning"])))),
			space(), button(&p.back, i18n.CohortBack, icon.All["table"], false)}
		if c.Pending() > 0 {
			parts = append(parts, widget.Gap(8), button(&p.measure, i18n.MeasureCases, icon.All["play"], true))
		}
	case c.Pending() > 0:
		parts = []layout.FlexChild{layout.Rigid(h.Text(theme.Label, h.Text1, h.T(i18n.CohortPending, "n", whole(c.Pending())))), space(),
			button(&p.check, i18n.CheckCases, icon.Search, false), widget.Gap(8), button(&p.measure, i18n.MeasureCases, icon.All["play"], true)}
	default:
		return layout.Dimensions{}
	}
	return bar(gtx, h, h.Select, 44, func(gtx layout.Context) layout.Dimensions {
		return layout.Inset{Left: 14, Right: 14}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
			gtx.Constraints.Min = gtx.Constraints.Max
			return row(gtx, parts...)
		})
	})
}

func (p *cohortWork) progress(h Host, words string, fraction float64) []layout.FlexChild {
	return []layout.FlexChild{layout.Rigid(h.Text(theme.Label, h.Text1, words)), widget.Gap(14),
		layout.Flexed(1, widget.Progress(h.Env, fraction, 4)), widget.Gap(14),
		layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return p.stop.Layout(gtx, h.Env, widget.ButtonLook{Text: h.T(i18n.CohortStop), Icon: icon.Close, Small: true})
		})}
}

// lasting is a time as people say it: "3 min", "2 h 10 min".
func lasting(l text.Lang, d time.Duration) string {
	switch m := int(d.Round(time.Minute).Minutes()); {
	case m < 1:
		return "< " + l.Unit("1", "min")
	case m < 60:
		return l.Unit(l.Number(float64(m), 0), "min")
	default:
		return l.Unit(l.Number(float64(m/60), 0), "h") + " " + l.Unit(l.Number(float64(m%60), 0), "min")
	}
}

// problems lists what the check found, in the place of the table.
func (p *cohortWork) problems(gtx layout.Context, h Host) layout.Dimensions {
	list := h.State.Cohort.Check.Problems()
	if len(list) == 0 {
		return layout.UniformInset(14).Layout(gtx, iconText(h, icon.Check, theme.Body, h.OK, h.Text1, h.T(i18n.CheckClean)))
	}
	return p.list.Layout(gtx, h.Env, len(list), func(gtx layout.Context, i int) layout.Dimensions { return problemLine(gtx, h, list[i]) })
}

func problemLine(gtx layout.Context, h Host, x cohort.Problem) layout.Dimensions {
	glyph, ink := icon.All["info"], h.Text3
	switch x.Severity {
	case "error":
		glyph, ink = icon.Error, h.Env.Error
	case "warning":
		glyph, ink = icon.Warn, h.Warning
	}
	d := layout.Inset{Left: 14, Right: 14, Top: 8, Bottom: 8}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
		return layout.Flex{}.Layout(gtx, layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return widget.Fixed(gtx, 110, 20, h.Text(theme.Label, h.Text1, x.Case))
		}), layout.Rigid(func(gtx layout.Context) layout.Dimensions { return glyph.Layout(gtx, 16, ink) }), widget.Gap(10),
			layout.Flexed(1, h.Paragraph(theme.Body, h.Text1, x.Message)))
	})
	widget.At(gtx, image.Pt(0, d.Size.Y-1), widget.HLine(h.Line))
	return d
}
