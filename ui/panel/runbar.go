package panel

import (
	"image"
	"strconv"
	"strings"

	"gioui.org/layout"

	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/fluoro"
	"github.com/vertefill/vertefill/internal/render"
	"github.com/vertefill/vertefill/internal/volume"
	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/icon"
	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/theme"
	"github.com/vertefill/vertefill/ui/widget"
)

// RunBar is the bar under the tools while a known object or a line is drawn on
// a run.
type RunBar struct {
	objects      widget.Segments
	size         widget.Field
	typed        bool
	file         widget.Button
	cancel, keep widget.Button
}

// Layout draws the bar while something is drawn.
func (p *RunBar) Layout(gtx layout.Context, h Host) layout.Dimensions {
	run := &h.State.Run
	if h.State.Workspace != model.Fluoroscopy || !run.Drawn() {
		return layout.Dimensions{}
	}
	if p.cancel.Clicked(gtx) {
		h.Emit(model.Leave{})
	}
	cancel := layout.Rigid(func(gtx layout.Context) layout.Dimensions {
		return p.cancel.Layout(gtx, h.Env, widget.ButtonLook{Text: h.T(i18n.CancelDrawing), Key: h.T(i18n.KeyEsc), Quiet: true, Small: true})
	})
	if run.Known == nil {
		return bar(gtx, h, h.Select, theme.BarHeight, func(gtx layout.Context) layout.Dimensions {
			return row(gtx, widget.Gap(14), layout.Rigid(iconText(h, icon.Length, theme.Label, h.Accent, h.Text1, h.T(i18n.DrawHint, "line", lineWords(h, run.Drawing)))), space(), cancel, widget.Gap(14))
		})
	}
	p.events(gtx, h)
	return bar(gtx, h, h.Select, theme.BarHeight, func(gtx layout.Context) layout.Dimensions { return p.known(gtx, h, cancel) })
}

func (p *RunBar) events(gtx layout.Context, h Host) {
	known := h.State.Run.Known
	if i := p.objects.Changed(gtx); i >= 0 {
		p.typed = false
		h.Emit(model.SetKnown{Object: i, MM: known.MM})
	}
	if changed, submitted := p.size.Events(gtx); changed || submitted {
		mm, err := strconv.ParseFloat(strings.TrimSpace(strings.ReplaceAll(p.size.Value(), ",", ".")), 64)
		if err != nil {
			mm = 0
		}
		p.typed = true
		h.Emit(model.SetKnown{Object: len(fluoro.Objects), MM: mm})
		if submitted {
			h.Emit(model.KeepKnown{Now: gtx.Now})
		}
	}
	if p.keep.Clicked(gtx) {
		h.Emit(model.KeepKnown{Now: gtx.Now})
	}
	if p.file.Clicked(gtx) {
		h.Emit(model.ForgetKnown{Now: gtx.Now})
	}
}

// farApart is from where on the reader is told that the file gives another size.
const farApart = 0.05

// known is the bar of the known object.
func (p *RunBar) known(gtx layout.Context, h Host, cancel layout.FlexChild) layout.Dimensions {
	known := h.State.Run.Known
	if known == nil { // just used
		return layout.Dimensions{}
	}
	l := h.Lang
	var words []string
	for _, o := range fluoro.Objects {
		gauge := strings.ToUpper(strings.TrimPrefix(o.Name, "trocar-"))
		words = append(words, gauge+" "+l.Unit(l.Number(o.MM, 1), "mm"))
	}
	words = append(words, h.T(i18n.KnownOther))
	parts := []layout.FlexChild{widget.Gap(14), layout.Rigid(h.Text(theme.Heading, h.Accent, h.T(i18n.CalibrateTitle))), widget.Gap(14),
		layout.Rigid(h.Text(theme.Secondary, h.Text2, h.T(i18n.KnownTrocar))), widget.Gap(6),
		layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			gtx.Constraints.Min = image.Point{}
			return p.objects.Layout(gtx, h.Env, known.Object, words, words, 28)
		})}
	if known.Object >= len(fluoro.Objects) {
		if !p.typed {
			p.size.SetValue(l.Number(known.MM, 1))
			p.size.SelectAll()
			p.size.Focus()
			p.typed = true
		}
		parts = append(parts, widget.Gap(8), layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return widget.Fixed(gtx, 84, 30, func(gtx layout.Context) layout.Dimensions {
				return p.size.Layout(gtx, h.Env, widget.FieldLook{Label: h.T(i18n.KnownSize), Hint: "mm", Height: 30})
			})
		}))
	}
	reason, note := h.T(known.Why), h.T(known.Why)
	switch k := known.Known; {
	case k != nil:
		reason = ""
		pairs := []string{"mm", l.Unit(l.Number(k.Calibration.ColMM, 3), "mm"), "n", l.Unit(l.Number(100*k.Relative, 1), "%")}
		note = h.T(i18n.KnownGives, pairs...)
		if apart := fluoro.Agreement(h.State.Run.Cine.Calibration, k.Calibration); apart > farApart && h.State.Run.Cine.InPatient() {
			note = h.T(i18n.KnownApart, append(pairs, "p", l.Unit(l.Number(100*apart, 0), "%"))...)
		}
	case note == "" && known.Object < len(fluoro.Objects):
		reason, note = h.T(i18n.KnownRod), h.T(i18n.KnownRod)
	case note == "":
		reason, note = h.T(i18n.KnownEnds), h.T(i18n.KnownEnds)
	}
	parts = append(parts, widget.Gap(12), layout.Flexed(1, h.Text(theme.Secondary, h.Text2, note)))
	if h.State.RunWork().Known != nil {
		parts = append(parts, layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return p.file.Layout(gtx, h.Env, widget.ButtonLook{Text: h.T(i18n.FileCalibration), Quiet: true, Small: true})
		}), widget.Gap(8))
	}
	return row(gtx, append(parts, cancel, widget.Gap(8), layout.Rigid(func(gtx layout.Context) layout.Dimensions {
		return p.keep.Layout(gtx, h.Env, widget.ButtonLook{Text: h.T(i18n.UseKnown), Key: "⏎", Primary: true, Small: true, Reason: reason})
	}), widget.Gap(14))...)
}

// renderStyle is the colour of a leak's compartment.
func renderStyle(l *assess.Leak) nrgba { return render.LeakStyle(l.Compartment, true).Colour }

// runStatus says what is subtracted from the run and whether it moved.
func runStatus(h Host) []layout.FlexChild {
	run := &h.State.Run
	if run.Cine == nil || run.Mask() == nil {
		return []layout.FlexChild{layout.Rigid(h.Text(theme.Secondary, h.Text2, h.T(i18n.ReadingRun)))}
	}
	out := []layout.FlexChild{layout.Rigid(iconText(h, icon.Mask, theme.Secondary, h.Text3, h.Text2, MaskWords(h, run.Mask())))}
	if n := moved(run.Shown, run.Cine); n >= 0.5 {
		out = append(out, widget.Gap(16), layout.Rigid(h.Text(theme.Secondary, h.Text2, h.T(i18n.BreathingMoved, "n", h.Lang.Number(n, 1)))))
	}
	return out
}

// moved is by how much a run has moved at most, in pixels; zero when that is not known.
func moved(x *assess.FluoroResult, c *volume.Cine) (most float64) {
	if x == nil || c == nil {
		return 0
	}
	for _, m := range x.Found.Motion {
		px, py := m.Apply(float64(c.NX)/2, float64(c.NY)/2, c.NX, c.NY)
		most = max(most, abs(px-float64(c.NX)/2), abs(py-float64(c.NY)/2))
	}
	return most
}

func abs(x float64) float64 { return max(x, -x) }
