package panel

import (
	"image"
	"path/filepath"
	"strings"
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

// choiceOf is what a choice is made of, and what becomes of it.
type choiceOf struct {
	title, what, path, nothing i18n.Text
	tables                     bool // tables may be chosen too
	first                      func(*model.State) string
	open                       func(path string, now time.Time) model.Msg
	back                       model.Msg
}

var (
	ofCohort = choiceOf{i18n.CohortOpen, i18n.CohortWhat, i18n.CohortPath, i18n.CohortNothing, true,
		func(s *model.State) string { return s.Settings.Cohort },
		func(path string, now time.Time) model.Msg { return model.OpenCohort{Path: path, Now: now} }, model.ChooseCohort{}}
	ofReading = choiceOf{i18n.ChooseReading, i18n.AgreementNone, i18n.OtherReading, i18n.ReadingNothing, false,
		func(s *model.State) string {
			if s.Cohort.Pairs != nil {
				return s.Cohort.Pairs.Path
			}
			return ""
		},
		func(path string, now time.Time) model.Msg { return model.OpenPairs{Path: path, Now: now} }, model.ChoosePairs{}}
)

// cohortChoice lets a cohort, or a second reading of it, be chosen: by its
// path, or by looking through folders.
type cohortChoice struct {
	path   widget.Field
	open   widget.Button
	here   widget.Button
	back   widget.Button
	up     widget.ToolButton
	filled bool // the path of the last time was put into the field
	looked bool // the folders were asked for
	list   widget.List
	rows   []widget.Row
}

// isTable reports whether a file may be a table of cases.
func isTable(name string) bool {
	ext := strings.ToLower(filepath.Ext(name))
	return ext == ".csv" || ext == ".tsv"
}

// entries are the folders, and the tables, of the folder that is looked at.
func (p *cohortChoice) entries(h Host, tables bool) (out []model.Entry) {
	for _, e := range h.State.Browser.Entries {
		if (e.Dir || tables && isTable(e.Name)) && !strings.HasPrefix(e.Name, ".") {
			out = append(out, e)
		}
	}
	return out
}

func (p *cohortChoice) events(gtx layout.Context, h Host, of choiceOf) {
	if !p.filled {
		p.filled = true
		p.path.SetValue(of.first(h.State))
		p.path.Focus()
	}
	b := &h.State.Browser
	if !p.looked && b.Dir == "" {
		h.Emit(model.LookAround{})
	}
	p.looked = true
	_, submitted := p.path.Events(gtx)
	switch {
	case p.open.Clicked(gtx) || submitted:
		h.Emit(of.open(p.path.Value(), gtx.Now))
	case p.here.Clicked(gtx):
		h.Emit(of.open(b.Dir, gtx.Now))
	case p.back.Clicked(gtx):
		h.Emit(of.back)
	case p.up.Clicked(gtx):
		h.Emit(model.LookAround{Dir: filepath.Dir(b.Dir)})
	}
	list := p.entries(h, of.tables)
	for len(p.rows) < len(list) {
		p.rows = append(p.rows, widget.Row{})
	}
	for i, e := range list {
		if !p.rows[i].Clicked(gtx) {
			continue
		}
		full := filepath.Join(b.Dir, e.Name)
		if e.Dir {
			h.Emit(model.LookAround{Dir: full})
			break
		}
		h.Emit(of.open(full, gtx.Now))
	}
}

// layout draws the choice in the middle of the window.
func (p *cohortChoice) layout(gtx layout.Context, h Host, of choiceOf) {
	p.events(gtx, h, of)
	b := &h.State.Browser
	gtx.Constraints.Min = image.Point{}
	layout.Center.Layout(fillMin(gtx), func(gtx layout.Context) layout.Dimensions {
		gtx.Constraints.Min = image.Point{}
		gtx.Constraints.Max.X = min(gtx.Dp(680), gtx.Constraints.Max.X)
		return widget.Card(gtx, h.Panel, h.Line, theme.RadiusCard, func(gtx layout.Context) layout.Dimensions {
			return layout.UniformInset(20).Layout(gtx, func(gtx layout.Context) layout.Dimensions {
				title := []layout.FlexChild{layout.Flexed(1, across(h.Text(theme.Section, h.Text1, h.T(of.title))))}
				if len(h.State.Cohort.Rows) > 0 {
					title = append(title, layout.Rigid(func(gtx layout.Context) layout.Dimensions {
						return p.back.Layout(gtx, h.Env, widget.ButtonLook{Text: h.T(i18n.CohortBack), Icon: icon.All["prev"], Small: true, Quiet: true})
					}))
				}
				return column(gtx,
					layout.Rigid(func(gtx layout.Context) layout.Dimensions { return row(gtx, title...) }), widget.Gap(8),
					layout.Rigid(h.Paragraph(theme.Body, h.Text2, h.T(of.what))), widget.Gap(14),
					layout.Rigid(func(gtx layout.Context) layout.Dimensions {
						return row(gtx, layout.Flexed(1, func(gtx layout.Context) layout.Dimensions {
							return p.path.Layout(gtx, h.Env, widget.FieldLook{Label: h.T(of.path), Hint: h.T(of.path), Icon: icon.Folder})
						}), widget.Gap(8), layout.Rigid(func(gtx layout.Context) layout.Dimensions {
							return p.open.Layout(gtx, h.Env, widget.ButtonLook{Text: h.T(i18n.OpenIt)})
						}))
					}), widget.Gap(14),
					layout.Rigid(func(gtx layout.Context) layout.Dimensions {
						return row(gtx, layout.Rigid(func(gtx layout.Context) layout.Dimensions {
							return p.up.Layout(gtx, h.Env, widget.ToolLook{Icon: icon.All["up"], Tip: widget.Tooltip{Name: h.T(i18n.CohortUp)}})
						}), widget.Gap(8), layout.Flexed(1, across(h.Text(theme.Label, h.Text1, b.Dir))), widget.Gap(8),
							layout.Rigid(func(gtx layout.Context) layout.Dimensions {
								return p.here.Layout(gtx, h.Env, widget.ButtonLook{Text: h.T(i18n.CohortHere), Icon: icon.Folder, Primary: true})
							}))
					}), widget.Gap(6),
					layout.Rigid(func(gtx layout.Context) layout.Dimensions { return p.folders(gtx, h, of) }))
			})
		})
	})
}

func (p *cohortChoice) folders(gtx layout.Context, h Host, of choiceOf) layout.Dimensions {
	list := p.entries(h, of.tables)
	if len(list) == 0 {
		return h.Text(theme.Secondary, h.Text3, h.T(of.nothing))(gtx)
	}
	gtx.Constraints.Max.Y = min(gtx.Constraints.Max.Y, gtx.Dp(320))
	gtx.Constraints.Min = gtx.Constraints.Max
	return p.list.Layout(gtx, h.Env, len(list), func(gtx layout.Context, i int) layout.Dimensions {
		e := list[i]
		glyph, note := icon.Folder, ""
		if !e.Dir {
			glyph, note = icon.All["table"], h.T(i18n.CohortTable)
		}
		return p.rows[i].Layout(gtx, h.Env, e.Name, 32, false, func(gtx layout.Context) layout.Dimensions {
			return layout.Inset{Left: 10, Right: 14}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
				gtx.Constraints.Min.Y = gtx.Constraints.Max.Y
				return row(gtx, layout.Rigid(func(gtx layout.Context) layout.Dimensions { return glyph.Layout(gtx, 16, h.Text2) }), widget.Gap(10),
					layout.Flexed(1, across(h.Text(theme.Body, h.Text1, e.Name))), layout.Rigid(h.Text(theme.Secondary, h.Text3, note)))
			})
		})
	})
}

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
