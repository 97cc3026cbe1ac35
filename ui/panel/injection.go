package panel

import (
	"image"
	"math"
	"slices"
	"strings"

	"gioui.org/layout"

	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/diag"
	"github.com/vertefill/vertefill/internal/fluoro"
	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/icon"
	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/theme"
	"github.com/vertefill/vertefill/ui/view"
	"github.com/vertefill/vertefill/ui/widget"
)

// Injection is the panel on the right of a run: what was measured, what
// happened when, the lines, the way back from the CT's leaks, the mask.
type Injection struct {
	list    widget.List
	events  []widget.Row
	leaks   []widget.Row
	draw    map[string]*widget.Button
	drop    map[string]*widget.Button
	buttons map[string]*widget.Button
	fade    widget.Slider
	stop    widget.Button
}

// Layout draws the panel over the maximum constraints.
func (p *Injection) Layout(gtx layout.Context, h Host) layout.Dimensions {
	size := gtx.Constraints.Max
	gtx.Constraints = layout.Exact(size)
	widget.Fill(gtx, h.Panel, image.Rectangle{Max: size})
	widget.Fill(gtx, h.Line, image.Rect(0, 0, max(gtx.Dp(1), 1), size.Y))
	p.clicks(gtx, h)
	parts := []layout.Widget{p.title(gtx, h)}
	run := &h.State.Run
	job, measuring := h.State.Job(model.MeasureJob)
	switch {
	case run.Cine == nil:
	case measuring:
		parts = append(parts, p.progress(h, job))
	case run.Shown != nil:
		parts = append(parts, p.values(h), p.note(h))
		parts = append(parts, p.findings(h)...)
		parts = append(parts, p.eventRows(h)...)
		parts = append(parts, p.bridge(h)...)
		parts = append(parts, p.lines(h)...)
	default:
		parts = append(parts, p.unmeasured(gtx, h))
	}
	if run.Cine != nil {
		parts = append(parts, p.point(h)...)
		parts = append(parts, p.subtraction(gtx, h)...)
	}
	p.list.Layout(gtx, h.Env, len(parts), func(gtx layout.Context, i int) layout.Dimensions { return parts[i](gtx) })
	return layout.Dimensions{Size: size}
}

// button returns the button of a name, made at first use.
func button(list *map[string]*widget.Button, name string) *widget.Button {
	if *list == nil {
		*list = map[string]*widget.Button{}
	}
	b := (*list)[name]
	if b == nil {
		b = &widget.Button{}
		(*list)[name] = b
	}
	return b
}

func (p *Injection) clicks(gtx layout.Context, h Host) {
	run := &h.State.Run
	for id, b := range p.buttons {
		if b.Clicked(gtx) {
			h.Do(gtx, id)
		}
	}
	for name, b := range p.draw {
		if b.Clicked(gtx) {
			h.Emit(model.DrawLine{Name: name})
		}
	}
	for name, b := range p.drop {
		if b.Clicked(gtx) {
			h.Emit(model.DropLine{Name: name, Now: gtx.Now})
		}
	}
	if p.stop.Clicked(gtx) {
		h.Emit(model.Cancel{Kind: model.MeasureJob})
	}
	if p.fade.Changed(gtx) {
		to := math.Round(20*float64(p.fade.Value())) / 20
		h.Emit(model.SetRunLook{Change: func(l *model.RunLook) { l.Fade, l.Subtract = to, true }})
	}
	p.fade.SetValue(float32(run.Fade))
	if run.Shown == nil {
		return
	}
	for i, e := range run.Shown.Found.Events {
		if i < len(p.events) && p.events[i].Clicked(gtx) {
			h.Emit(model.StepFrame{By: e.Frame - run.Frame, Now: gtx.Now})
		}
	}
	for i, k := range run.Shown.Report.CTLeaks {
		if i < len(p.leaks) && p.leaks[i].Clicked(gtx) {
			h.Emit(model.GoToRunLeak{ID: k.LeakID, Now: gtx.Now})
		}
	}
}

// title names the run; of several the button leads to the next.
func (p *Injection) title(gtx layout.Context, h Host) layout.Widget {
	s := h.State
	name := ""
	if s.Study != nil && s.Run.Series < len(s.Study.Series) {
		name = s.Study.Series[s.Run.Series].Description
	}
	var actions []layout.FlexChild
	if runs := s.Study.Runs(); len(runs) > 1 {
		n := slices.Index(runs, model.RunRef{Series: s.Run.Series, Index: s.Run.Index})
		b := button(&p.buttons, "run-next")
		actions = append(actions, layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return b.Layout(gtx, h.Env, widget.ButtonLook{Text: h.T(i18n.RunOf, "n", i18n.Whole(h.Lang, float64(n+1)), "total", i18n.Whole(h.Lang, float64(len(runs)))), After: icon.Right, Small: true})
		}))
	} else if c, ok := confidence(s.Run.Shown); ok {
		actions = append(actions, layout.Rigid(h.Neutral(h.T(i18n.Confident, "n", h.Lang.Number(c, 2)))))
	}
	return func(gtx layout.Context) layout.Dimensions {
		return widget.Header(gtx, h.Env, h.T(i18n.InjectionOf, "series", name), "", actions...)
	}
}

// confidence is that of the cement: of where its growth begins.
func confidence(x *assess.FluoroResult) (float64, bool) {
	if x == nil {
		return 0, false
	}
	for _, e := range x.Found.Events {
		if e.Kind == fluoro.InjectionStart {
			return e.Confidence, true
		}
	}
	return 0, false
}

// progress shows how far the measurement is.
func (p *Injection) progress(h Host, job model.Job) layout.Widget {
	return padded(func(gtx layout.Context) layout.Dimensions {
		return column(gtx,
			layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				return row(gtx, layout.Flexed(1, h.Text(theme.Label, h.Text1, h.T(i18n.MeasuringRun))),
					layout.Rigid(h.Text(theme.Secondary, h.Text3, h.Lang.Unit(h.Lang.Number(100*job.Fraction, 0), "%"))))
			}), widget.Gap(8),
			layout.Rigid(widget.Progress(h.Env, job.Fraction, 6)), widget.Gap(12),
			layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				gtx.Constraints.Min = image.Point{}
				return p.stop.Layout(gtx, h.Env, widget.ButtonLook{Text: h.T(i18n.StopMeasuring), Icon: icon.Close, Small: true})
			}))
	})
}

// unmeasured says why there are no numbers.
func (p *Injection) unmeasured(gtx layout.Context, h Host) layout.Widget {
	why := h.T(i18n.MeasureStopped)
	switch run := &h.State.Run; {
	case run.Cine.Frames < 2:
		return padded(h.Paragraph(theme.Secondary, h.Text2, h.T(i18n.OneFrame)))
	case run.Failure != "":
		why = h.T(i18n.RunFailed, "why", run.Failure)
	}
	b := button(&p.buttons, "run-measure")
	return padded(func(gtx layout.Context) layout.Dimensions {
		return column(gtx, layout.Rigid(h.Paragraph(theme.Secondary, h.Text2, why)), widget.Gap(10),
			layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				gtx.Constraints.Min = image.Point{}
				return b.Layout(gtx, h.Env, widget.ButtonLook{Text: h.T(i18n.MeasureRun), Primary: true, Small: true})
			}))
	})
}

// padded gives a part of the panel its margins and the line below it.
func padded(w layout.Widget) layout.Widget {
	return func(gtx layout.Context) layout.Dimensions {
		return layout.Inset{Left: 14, Right: 14, Top: 10, Bottom: 10}.Layout(gtx, w)
	}
}

// values are length, area at the end and fastest growth.
func (p *Injection) values(h Host) layout.Widget {
	s, l := h.State, h.Lang
	run := &s.Run
	last := run.Cine.Frames - 1
	_, mm, _ := run.Area(last)
	unit := "px"
	if mm {
		unit = "mm²"
	}
	area, _, _ := run.Area(last)
	growth := 0.0
	for _, g := range run.Shown.Found.Growth {
		growth = max(growth, g)
	}
	cells := [3][2]string{
		{h.T(i18n.RunTime), l.Unit(l.Number(run.Seconds(run.Cine.Frames), 1), "s")},
		{h.T(i18n.FinalArea), l.Unit(i18n.Whole(l, area), unit)},
		{h.T(i18n.MaxGrowth), l.Unit(i18n.Whole(l, growth), h.T(i18n.PerSecond, "unit", unit))},
	}
	value := theme.KeyValue
	value.Size, value.Line = theme.Section.Size, theme.Section.Line
	return func(gtx layout.Context) layout.Dimensions {
		d := padded(func(gtx layout.Context) layout.Dimensions {
			var parts []layout.FlexChild
			for i, c := range cells {
				if i > 0 {
					parts = append(parts, widget.Gap(18))
				}
				parts = append(parts, layout.Rigid(twoLines(false, h.Text(theme.Secondary, h.Text3, c[0]), h.Text(value, h.Text1, c[1]))))
			}
			return row(gtx, parts...)
		})(gtx)
		d.Size.X = gtx.Constraints.Max.X
		return d
	}
}

// note says what the area is and what it is not.
func (p *Injection) note(h Host) layout.Widget {
	words := h.T(i18n.AreaPixels)
	run := &h.State.Run
	area, mm, _ := run.Area(run.Cine.Frames - 1)
	switch {
	case area == 0:
		words = h.T(i18n.NoCementSeen)
	case mm:
		words = h.T(i18n.AreaTrue, "origin", h.T(view.RunOrigin(run.Shown.Run.Calibration)))
	}
	if f := run.Shown.Found; area > 0 && f.High > 0 {
		unit := "px"
		if mm {
			unit = "mm²"
		}
		words += " " + h.T(i18n.AreaWithin, "a", i18n.Whole(h.Lang, f.Low*area), "b", i18n.Whole(h.Lang, f.High*area), "unit", unit)
	}
	if b := run.Shown.Report.Biplane; b != nil && b.UpperBoundML > 0 {
		words += " " + h.T(i18n.UpperBound, "n", h.Lang.Unit(h.Lang.ML(b.UpperBoundML), "mL"))
	}
	return padded(h.Paragraph(theme.Secondary, h.Text3, words))
}

// findings are the warnings of the measurement.
func (p *Injection) findings(h Host) (out []layout.Widget) {
	for _, f := range h.State.Run.Found.Findings {
		if f.Severity() == diag.Info {
			continue
		}
		out = append(out, padded(func(gtx layout.Context) layout.Dimensions {
			return layout.Flex{}.Layout(gtx,
				layout.Rigid(func(gtx layout.Context) layout.Dimensions { return icon.Warn.Layout(gtx, 14, h.Warning) }),
				widget.Gap(8), layout.Flexed(1, h.Paragraph(theme.Secondary, h.Text2, f.Message(h.Lang))))
		}))
	}
	return out
}

// eventRows tell what happened in which frame, and why that is believed.
func (p *Injection) eventRows(h Host) (out []layout.Widget) {
	events := h.State.Run.Shown.Found.Events
	for len(p.events) < len(events) {
		p.events = append(p.events, widget.Row{})
	}
	for i, e := range events {
		look := eventLooks[e.Kind]
		ink := h.Text2
		name, why := h.T(look.name), e.Reason(h.Lang)
		if e.Kind == fluoro.LineCrossed {
			ink = h.Env.Error
			name = h.T(look.name, "line", lineWords(h, e.Line))
			why = h.T(i18n.InProjection)
		}
		frame := i18n.Whole(h.Lang, float64(e.Frame+1))
		out = append(out, func(gtx layout.Context) layout.Dimensions {
			height := theme.RowTwoLines
			if h.Measure(gtx, theme.Caption, why) > gtx.Constraints.Max.X-gtx.Dp(besideWhy) {
				height += 14 // a second line
			}
			return p.events[i].Layout(gtx, h.Env, name+" "+frame, height, h.State.Run.Frame == e.Frame, func(gtx layout.Context) layout.Dimensions {
				if e.Kind == fluoro.LineCrossed && h.State.Run.Frame != e.Frame {
					widget.Fill(gtx, h.ErrorFill, image.Rect(0, 0, gtx.Constraints.Max.X, gtx.Constraints.Max.Y-max(gtx.Dp(1), 1)))
					widget.Fill(gtx, h.Env.Error, image.Rect(0, 0, gtx.Dp(3), gtx.Constraints.Max.Y))
				}
				return layout.Inset{Left: 14, Right: 14}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
					gtx.Constraints.Min.Y = gtx.Constraints.Max.Y
					return row(gtx,
						layout.Rigid(func(gtx layout.Context) layout.Dimensions { return look.icon.Layout(gtx, 16, ink) }), widget.Gap(10),
						layout.Flexed(1, across(twoLines(false, h.Text(theme.Label, h.Text1, name), h.Paragraph(theme.Caption, h.Text3, why)))),
						layout.Rigid(twoLines(true, h.Text(theme.Label, h.Text1, frame), h.Text(theme.Caption, h.Text3, h.Lang.Number(e.Confidence, 2)))))
				})
			})
		})
	}
	return out
}

// besideWhy is the room that a row of an event takes beside its reason, dp.
const besideWhy = dp(92)

// lineWords is the name of a line in the language.
func lineWords(h Host, name string) string {
	if t := model.LineName(name); t.EN != name {
		return h.T(t)
	}
	return h.T(i18n.LineN, "name", name)
}

// bridge leads from the leaks of the CT to the frames where they first show.
func (p *Injection) bridge(h Host) (out []layout.Widget) {
	s := h.State
	x := s.Run.Shown
	if s.Result == nil || len(x.Report.CTLeaks) == 0 && x.Placement == nil {
		return nil
	}
	fit := ""
	if x.Placement != nil {
		fit = h.T(i18n.BridgeFit, "mm", h.Lang.Unit(h.Lang.Number(x.Placement.ResidualMM, 1), "mm"))
	}
	out = append(out, func(gtx layout.Context) layout.Dimensions {
		return widget.Header(gtx, h.Env, h.T(i18n.BridgeTitle), "", layout.Rigid(h.Text(theme.Secondary, h.Text3, fit)))
	})
	if x.Placement == nil {
		return append(out, padded(h.Paragraph(theme.Secondary, h.Text2, h.T(i18n.BridgeNone))))
	}
	for len(p.leaks) < len(x.Report.CTLeaks) {
		p.leaks = append(p.leaks, widget.Row{})
	}
	for i, k := range x.Report.CTLeaks {
		leak := leakOf(s.Result, k.LeakID)
		if leak == nil {
			continue
		}
		name := leak.Level.String() + " " + h.T(i18n.LeakName(leak.Compartment)) + ", " + h.Lang.Unit(h.Lang.LeakML(leak.VolumeML), "mL")
		first, why := "–", ""
		if k.FirstFrame != nil {
			first = h.T(i18n.LeakAtFrame, "n", i18n.Whole(h.Lang, float64(*k.FirstFrame+1)))
		} else {
			why = hiddenWhy(h, x, k)
		}
		height := theme.RowOneLine
		line := h.Text(theme.Label, h.Text1, name)
		if why != "" {
			height, line = theme.RowTwoLines, twoLines(false, line, h.Text(theme.Caption, h.Text3, why))
		}
		style := renderStyle(leak)
		out = append(out, func(gtx layout.Context) layout.Dimensions {
			return p.leaks[i].Layout(gtx, h.Env, name, height, s.Reading.Leak == k.LeakID, func(gtx layout.Context) layout.Dimensions {
				return layout.Inset{Left: 14, Right: 14}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
					gtx.Constraints.Min.Y = gtx.Constraints.Max.Y
					return row(gtx,
						layout.Rigid(func(gtx layout.Context) layout.Dimensions { return icon.Of(leak.Compartment).Layout(gtx, 11, style) }), widget.Gap(10),
						layout.Flexed(1, across(line)), layout.Rigid(h.Text(theme.Body, h.Text1, first)), widget.Gap(6),
						layout.Rigid(func(gtx layout.Context) layout.Dimensions { return icon.Right.Layout(gtx, 12, h.Text3) }))
				})
			})
		})
	}
	return append(out, padded(h.Paragraph(theme.Secondary, h.Text3, h.T(i18n.BridgeWhat))))
}

// hiddenWhy says in the language of the window why a leak does not show.
func hiddenWhy(h Host, x *assess.FluoroResult, k assess.FluoroLeak) string {
	for _, f := range x.Placement.Leaks {
		if f.ID == k.LeakID {
			return f.Why.Reason(h.Lang)
		}
	}
	return fluoro.OtherSite.Reason(h.Lang)
}

func leakOf(r *assess.Result, id int) *assess.Leak {
	for i := range r.Report.Leaks {
		if r.Report.Leaks[i].ID == id {
			return &r.Report.Leaks[i]
		}
	}
	return nil
}

// lines lists the lines with what became of them.
func (p *Injection) lines(h Host) (out []layout.Widget) {
	other := button(&p.buttons, "run-line-other")
	out = append(out, func(gtx layout.Context) layout.Dimensions {
		return widget.Header(gtx, h.Env, h.T(i18n.LinesTitle), "", layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return other.Layout(gtx, h.Env, widget.ButtonLook{Text: h.T(i18n.DrawOther), Icon: icon.Plus, Small: true, Quiet: true})
		}))
	})
	found := h.State.Run.Shown.Found
	names := []string{model.PosteriorWall, model.EndplateSuperior, model.EndplateInferior}
	for _, l := range found.Lines {
		if !slices.Contains(names, l.Name) {
			names = append(names, l.Name)
		}
	}
	for _, name := range names {
		state, drawn := "", false
		for _, l := range found.Lines {
			if l.Name == name {
				state, drawn = h.T(i18n.LineDrawn), !l.Proposed
				switch {
				case l.Proposed && l.Doubt > 0:
					state = h.T(i18n.LineOfEdges, "n", h.Lang.Number(l.Doubt, 0))
				case l.Proposed:
					state = h.T(i18n.LineProposed)
				}
				crossed := h.T(i18n.LineNever)
				for _, e := range found.Events {
					if e.Kind == fluoro.LineCrossed && e.Line == name {
						crossed = h.T(i18n.CrossedAt, "n", i18n.Whole(h.Lang, float64(e.Frame+1)))
					}
				}
				state += " · " + crossed
			}
		}
		draw := button(&p.draw, name)
		drop := button(&p.drop, name)
		out = append(out, func(gtx layout.Context) layout.Dimensions {
			return widget.Fixed(gtx, 0, theme.RowTwoLines, func(gtx layout.Context) layout.Dimensions {
				return layout.Inset{Left: 14, Right: 14}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
					gtx.Constraints.Min.Y = gtx.Constraints.Max.Y
					words := h.Text(theme.Label, h.Text1, lineWords(h, name))
					if state != "" {
						words = twoLines(false, words, h.Text(theme.Caption, h.Text3, state))
					}
					parts := []layout.FlexChild{layout.Flexed(1, across(words))}
					if drawn {
						parts = append(parts, layout.Rigid(func(gtx layout.Context) layout.Dimensions {
							return drop.Layout(gtx, h.Env, widget.ButtonLook{Text: h.T(i18n.DeleteLine), Small: true, Quiet: true})
						}), widget.Gap(4))
					}
					return row(gtx, append(parts, layout.Rigid(func(gtx layout.Context) layout.Dimensions {
						return draw.Layout(gtx, h.Env, widget.ButtonLook{Text: h.T(i18n.DrawThis), Small: true, Chosen: h.State.Run.Drawing == name})
					}))...)
				})
			})
		})
	}
	if m, ok := h.State.RunBody(); ok {
		unit, origin := "px", ""
		decimals := 0
		if m.MM {
			unit, decimals = "mm", 1
			origin = strings.TrimPrefix(h.T(view.RunOrigin(h.State.RunCalibration())), "mm")
		}
		height := func(x float64) string { return h.Lang.Unit(h.Lang.Number(x, decimals), unit) + origin }
		out = append(out, padded(h.Paragraph(theme.Secondary, h.Text2, h.T(i18n.BetweenPlates, "front", height(m.Anterior), "back", height(m.Posterior), "angle", h.Lang.Number(m.WedgeDegrees, 1)+"°"))))
	}
	if a, ok := h.State.RunKyphosis(); ok {
		out = append(out, padded(h.Paragraph(theme.Secondary, h.Text2, h.T(i18n.RunKyphosis, "angle", h.Lang.Number(a, 1)+"°"))))
	}
	return out
}

// point says where the point shown in both projections lies; nothing while none is placed.
func (p *Injection) point(h Host) []layout.Widget {
	s, l := h.State, h.Lang
	words := ""
	at, ok := s.RunPointAt()
	mark := &s.Run.Point
	switch {
	case s.PlacesPoint():
		words = h.T(i18n.PointFirst)
	case mark.At[0] == nil || mark.At[1] == nil:
		return nil
	case !ok:
		words = h.T(i18n.PointNowhere)
	default:
		mm := func(x float64) string { return l.Unit(l.Number(math.Abs(x), 1), "mm") }
		side := func(x float64, plus, minus i18n.Text) string {
			if x < 0 {
				plus = minus
			}
			return h.T(plus)
		}
		v := at.FromIsocentre
		words = h.T(i18n.PointAt, "n", i18n.Whole(l, float64(mark.Frame+1)), "x", mm(v.X), "lr", side(v.X, i18n.ToTheLeft, i18n.ToTheRight),
			"y", mm(v.Y), "ap", side(v.Y, i18n.ToTheBack, i18n.ToTheFront), "z", mm(v.Z), "hf", side(v.Z, i18n.ToTheHead, i18n.ToTheFeet), "r", mm(at.ResidualMM))
	}
	return []layout.Widget{padded(h.Paragraph(theme.Secondary, h.Text2, words))}
}

// subtraction has the mask, its shift and the landmarks.
func (p *Injection) subtraction(gtx layout.Context, h Host) []layout.Widget {
	s, l := h.State, h.Lang
	run := &s.Run
	words := ""
	if m := run.Mask(); m != nil {
		words = MaskWords(h, m)
	}
	shift := s.RunWork().Shift
	act := func(id string, text string, chosen bool) layout.FlexChild {
		b := button(&p.buttons, id)
		a, _ := s.Find(id)
		return layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return b.Layout(gtx, h.Env, widget.ButtonLook{Text: text, Small: true, Chosen: chosen, Reason: a.Reason(s)})
		})
	}
	return []layout.Widget{
		func(gtx layout.Context) layout.Dimensions {
			return widget.Header(gtx, h.Env, h.T(i18n.SubtractTitle), "", act("run-roadmap", h.T(i18n.Roadmap), run.Roadmap))
		},
		padded(func(gtx layout.Context) layout.Dimensions {
			return column(gtx,
				layout.Rigid(func(gtx layout.Context) layout.Dimensions {
					return row(gtx, layout.Rigid(h.Text(theme.Secondary, h.Text2, h.T(i18n.Landmarks))), widget.Gap(10), layout.Flexed(1, func(gtx layout.Context) layout.Dimensions {
						return p.fade.Layout(gtx, h.Env, h.T(i18n.LandmarkFade))
					}), widget.Gap(10), layout.Rigid(h.Text(theme.Secondary, h.Text3, l.Unit(l.Number(100*run.Fade, 0), "%"))))
				}), widget.Gap(10),
				layout.Rigid(h.Paragraph(theme.Secondary, h.Text2, words)), widget.Gap(6),
				layout.Rigid(func(gtx layout.Context) layout.Dimensions {
					return row(gtx, act("run-mask-here", h.T(i18n.MaskHere), false), widget.Gap(6), act("run-mask-auto", h.T(i18n.MaskAuto), len(s.RunWork().Mask) == 0))
				}), widget.Gap(10),
				layout.Rigid(h.Paragraph(theme.Secondary, h.Text2, h.T(i18n.ShiftOf, "x", l.Number(shift[0], 1), "y", l.Number(shift[1], 1)))), widget.Gap(6),
				layout.Rigid(func(gtx layout.Context) layout.Dimensions {
					return row(gtx, act("run-shift", h.T(i18n.ShiftArrows), run.Shifting), widget.Gap(6), act("run-shift-auto", h.T(i18n.ShiftNone), shift == [2]float64{}))
				}))
		}),
	}
}

// MaskWords says which frames are subtracted.
func MaskWords(h Host, m *model.RunMask) string {
	if len(m.Frames) == 1 {
		return h.T(i18n.MaskOne, "n", i18n.Whole(h.Lang, float64(m.Frames[0]+1)))
	}
	return h.T(i18n.MaskMean, "frames", view.FrameList(h.Lang, m.Frames))
}
