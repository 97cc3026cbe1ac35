package panel

import (
	"image"
	"math"

	"gioui.org/layout"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/teach"
	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/icon"
	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/theme"
	"github.com/vertefill/vertefill/ui/widget"
)

// lab is the side panel of the phantom to practise with: a slider for each
// knob, then the truth beside what was measured.
type lab struct {
	list    widget.List
	knobs   [4]widget.Slider
	kernel  widget.Segments
	leak    map[anatomy.Compartment]*widget.Button
	none    widget.Button
	patient widget.Button
}

// knob is a slider over a value of the practice, in steps.
type knob struct {
	name           i18n.Text
	unit           string
	low, top, step float64
	decimals       int
	at             func(*teach.Practice) *float64
	percent        bool
}

var knobs = [4]knob{
	{name: i18n.AskFill, unit: "%", low: 0.05, top: 0.45, step: 0.05, percent: true, at: func(p *teach.Practice) *float64 { return &p.Fill }},
	{name: i18n.LabLeak, unit: "mL", low: 0.02, top: 0.5, step: 0.04, decimals: 2, at: func(p *teach.Practice) *float64 { return &p.LeakML }},
	{name: i18n.LabNoise, unit: "HU", low: 5, top: 60, step: 5, at: func(p *teach.Practice) *float64 { return &p.NoiseHU }},
	{name: i18n.LabSlice, unit: "mm", low: 0.6, top: 5, step: 0.2, decimals: 1, at: func(p *teach.Practice) *float64 { return &p.SliceMM }},
}

// labLeaks are the kinds of leak to practise with.
var labLeaks = []anatomy.Compartment{anatomy.Canal, anatomy.ParavertebralVein, anatomy.DiscInferior, anatomy.SoftTissue}

// kernels are the choices of the kernel.
var kernels = []struct {
	kernel teach.Kernel
	name   i18n.Text
}{{teach.SoftKernel, i18n.KernelSoft}, {teach.StandardKernel, i18n.KernelPlain}, {teach.SharpKernel, i18n.KernelSharp}, {teach.EdgeKernel, i18n.KernelEdge}}

func (p *lab) events(gtx layout.Context, h Host) {
	turn := func(change func(*teach.Practice)) { h.Emit(model.TurnKnob{Change: change, Now: gtx.Now}) }
	for i := range p.knobs {
		if k := knobs[i]; p.knobs[i].Changed(gtx) {
			v := k.low + float64(p.knobs[i].Value())*(k.top-k.low)
			v = math.Round(v/k.step*1e6) / 1e6
			v = math.Round(math.Round(v)*k.step*1e6) / 1e6
			turn(func(x *teach.Practice) { *k.at(x) = min(max(v, k.low), k.top) })
		}
	}
	if i := p.kernel.Changed(gtx); i >= 0 {
		turn(func(x *teach.Practice) { x.Kernel = kernels[i].kernel })
	}
	for c, b := range p.leak {
		if b.Clicked(gtx) {
			turn(func(x *teach.Practice) { x.Leak = c })
		}
	}
	if p.none.Clicked(gtx) {
		turn(func(x *teach.Practice) { x.Leak = "" })
	}
	if p.patient.Clicked(gtx) {
		turn(func(x *teach.Practice) { x.Seed++ })
	}
}

func (p *lab) layout(gtx layout.Context, h Host) layout.Dimensions {
	if p.leak == nil {
		p.leak = map[anatomy.Compartment]*widget.Button{}
		for _, c := range labLeaks {
			p.leak[c] = &widget.Button{}
		}
	}
	p.events(gtx, h)
	if h.State.Lesson.Lab == nil {
		return layout.Dimensions{}
	}
	asked := h.State.Lesson.Lab.Asked
	var lines []layout.Widget
	for i := range knobs {
		lines = append(lines, p.knob(h, i, &asked))
		if i == 0 {
			lines = append(lines, p.leaks(h, asked))
		}
	}
	lines = append(lines, func(gtx layout.Context) layout.Dimensions {
		return layout.Inset{Left: 14, Right: 14, Top: 8, Bottom: 12}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
			chosen, words := 0, []string{}
			for i, k := range kernels {
				words = append(words, h.T(k.name))
				if k.kernel == asked.Kernel {
					chosen = i
				}
			}
			return row(gtx, layout.Flexed(1, h.Text(theme.Secondary, h.Text2, h.T(i18n.LabKernel))), layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				gtx.Constraints.Min = image.Point{}
				return p.kernel.Layout(gtx, h.Env, chosen, words, words, 26)
			}))
		})
	})
	lines = append(lines, p.table(h)...)
	return layout.Flex{Axis: layout.Vertical}.Layout(gtx,
		layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return widget.Header(gtx, h.Env, h.T(i18n.Practise), "", layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				return p.patient.Layout(gtx, h.Env, widget.ButtonLook{Text: h.T(i18n.OtherPatient), Small: true, Quiet: true})
			}))
		}),
		layout.Flexed(1, func(gtx layout.Context) layout.Dimensions {
			return p.list.Layout(gtx, h.Env, len(lines), func(gtx layout.Context, i int) layout.Dimensions { return lines[i](gtx) })
		}))
}

// knob is a slider with its name and value.
func (p *lab) knob(h Host, i int, asked *teach.Practice) layout.Widget {
	k := knobs[i]
	v := *k.at(asked)
	unit, shown := k.unit, h.Lang.Number(v, k.decimals)
	if k.percent {
		shown = h.Lang.Number(100*v, 0)
	}
	if unit == "HU" {
		unit = h.Lang.HU()
	}
	return func(gtx layout.Context) layout.Dimensions {
		p.knobs[i].SetValue(float32((v - k.low) / (k.top - k.low)))
		return layout.Inset{Left: 14, Right: 14, Top: 8}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
			return column(gtx, layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				return row(gtx, layout.Flexed(1, h.Text(theme.Secondary, h.Text2, h.T(k.name))), layout.Rigid(h.Text(theme.Label, h.Text1, h.Lang.Unit(shown, unit))))
			}), layout.Rigid(func(gtx layout.Context) layout.Dimensions { return p.knobs[i].Layout(gtx, h.Env, h.T(k.name)) }))
		})
	}
}

// leaks are the kinds of leak, two in a row.
func (p *lab) leaks(h Host, asked teach.Practice) layout.Widget {
	button := func(b *widget.Button, words string, on bool) layout.FlexChild {
		return layout.Flexed(0.5, func(gtx layout.Context) layout.Dimensions {
			return layout.Inset{Right: 6, Bottom: 4}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
				gtx.Constraints.Min.X = gtx.Constraints.Max.X
				return b.Layout(gtx, h.Env, widget.ButtonLook{Text: words, Small: true, Primary: on})
			})
		})
	}
	return func(gtx layout.Context) layout.Dimensions {
		return layout.Inset{Left: 14, Right: 8, Top: 8}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
			cells := []layout.FlexChild{button(&p.none, h.T(i18n.NoLeakSaid), asked.Leak == "")}
			for _, c := range labLeaks {
				cells = append(cells, button(p.leak[c], h.T(i18n.LeakName(c)), asked.Leak == c))
			}
			var rows []layout.FlexChild
			for i := 0; i < len(cells); i += 2 {
				pair := cells[i:min(i+2, len(cells))]
				rows = append(rows, layout.Rigid(func(gtx layout.Context) layout.Dimensions { return row(gtx, pair...) }))
			}
			return column(gtx, rows...)
		})
	}
}

// table sets the truth beside what the program and fixed thresholds find.
func (p *lab) table(h Host) (out []layout.Widget) {
	made := h.State.Lesson.Lab.Shown
	line := func(name, fill, leak string, role theme.Role, ink nrgba) layout.Widget {
		return func(gtx layout.Context) layout.Dimensions {
			return widget.Fixed(gtx, 0, 32, func(gtx layout.Context) layout.Dimensions {
				size := gtx.Constraints.Max
				widget.Fill(gtx, h.Line, image.Rect(0, size.Y-max(gtx.Dp(1), 1), size.X, size.Y))
				return layout.Inset{Left: 14, Right: 14}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
					gtx.Constraints.Min.Y = gtx.Constraints.Max.Y
					return row(gtx, layout.Flexed(1, h.Text(role, ink, name)), layout.Rigid(h.Text(role, ink, fill)), widget.Gap(10), layout.Rigid(func(gtx layout.Context) layout.Dimensions {
						gtx.Constraints.Min.X = gtx.Dp(72)
						gtx.Constraints.Max.X = gtx.Constraints.Min.X
						return layout.E.Layout(gtx, h.Text(role, ink, leak))
					}))
				})
			})
		}
	}
	out = append(out, func(gtx layout.Context) layout.Dimensions {
		words := ""
		if _, busy := h.State.Job(model.CaseJob); busy {
			words = h.T(i18n.LabMeasuring)
		}
		return widget.Header(gtx, h.Env, h.T(i18n.LabTable), "", layout.Rigid(h.Text(theme.Secondary, h.Accent, words)))
	}, line("", h.T(i18n.AskFill), h.T(i18n.AskLeaks), theme.CaptionB, h.Text3))
	if made == nil {
		return out
	}
	l := h.Lang
	values := func(x teach.Figures) (string, string) {
		return l.Unit(l.Percent(x.Fill), "%"), l.Unit(l.LeakML(x.LeakML), "mL")
	}
	fill, leak := values(made.Truth)
	out = append(out, line(h.T(i18n.LabTruth), fill, leak, theme.Heading, h.Text1))
	fill, leak = values(made.Measured)
	for _, v := range made.Result.Report.Vertebrae {
		if i := v.FillRatioInterval; i != nil && v.Treated {
			fill += " " + l.Interval(100*i[0], 100*i[1], 1)
		}
	}
	out = append(out, line("Vertefill", fill, leak, theme.Heading, h.Accent))
	for _, x := range made.Thresholds {
		fill, leak = values(x.Figures)
		out = append(out, line(h.T(i18n.LabThreshold, "n", l.Unit(i18n.Whole(l, float64(x.HU)), l.HU())), fill, leak, theme.Body, h.Text2))
	}
	return append(out, func(gtx layout.Context) layout.Dimensions {
		return layout.UniformInset(14).Layout(gtx, func(gtx layout.Context) layout.Dimensions {
			return layout.Flex{}.Layout(gtx, layout.Rigid(func(gtx layout.Context) layout.Dimensions { return icon.All["info"].Layout(gtx, 14, h.Text3) }), widget.Gap(8),
				layout.Flexed(1, h.Paragraph(theme.Secondary, h.Text2, h.T(labLesson(h.State.Lesson.Lab.Asked)))))
		})
	})
}

// labLesson says what is to be seen of what was asked for.
func labLesson(made teach.Practice) i18n.Text {
	switch {
	case made.Leak != "" && made.SliceMM >= 2:
		return i18n.LessonThick
	case made.NoiseHU >= 40:
		return i18n.LessonNoise
	case made.Kernel == teach.EdgeKernel:
		return i18n.LessonSharp
	}
	return i18n.LessonThreshold
}
