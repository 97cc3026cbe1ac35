package panel

import (
	"image"
	"math"

	"gioui.org/layout"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/diag"
	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/icon"
	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/theme"
	"github.com/vertefill/vertefill/ui/widget"
)

// Status is the line at the bottom: what is linked and what runs on the left,
// warnings on the right.
type Status struct {
	notes   widget.Area
	opacity widget.Slider
}

// Layout draws the line, 26 dp high.
func (p *Status) Layout(gtx layout.Context, h Host, version string) layout.Dimensions {
	if p.notes.Clicked(gtx) {
		h.Emit(model.ShowProblems{On: !h.State.Problems})
	}
	if p.opacity.Changed(gtx) {
		to := math.Round(20*float64(p.opacity.Value())) / 20
		h.Emit(model.Move{Change: func(r *model.Reading) { r.Opacity = to }})
	}
	p.opacity.SetValue(float32(h.State.Reading.Opacity))
	return widget.Fixed(gtx, 0, theme.StatusHeight, func(gtx layout.Context) layout.Dimensions {
		size := gtx.Constraints.Max
		widget.Fill(gtx, h.Panel, image.Rectangle{Max: size})
		widget.Fill(gtx, h.Line, image.Rect(0, 0, size.X, max(gtx.Dp(1), 1)))
		return layout.Inset{Left: 12, Right: 12}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
			gtx.Constraints.Min.Y = gtx.Constraints.Max.Y
			left := layout.Flexed(1, func(gtx layout.Context) layout.Dimensions { return row(gtx, append(p.left(h), space())...) })
			return row(gtx, append([]layout.FlexChild{left, widget.Gap(12)}, p.right(h, version)...)...)
		})
	})
}

func (p *Status) left(h Host) []layout.FlexChild {
	s, l := h.State, h.Lang
	say := func(w layout.Widget) []layout.FlexChild { return []layout.FlexChild{layout.Rigid(w)} }
	if j, ok := s.Job(model.LoadJob); ok {
		return say(iconText(h, icon.Clock, theme.Secondary, h.Accent, h.Text2, h.T(i18n.Loading)+" "+l.Unit(l.Number(100*j.Fraction, 0), "%")))
	}
	if _, ok := s.Job(model.ExportJob); ok {
		return say(iconText(h, icon.Clock, theme.Secondary, h.Accent, h.Text2, h.T(i18n.Exporting)))
	}
	if s.Fixing.On && s.Workspace == model.Read {
		hint := i18n.BrushHint
		if s.Fixing.Hand == model.HandleHand {
			hint = i18n.HandleHint
		} else if s.Fixing.Hand == model.OutlineHand {
			hint = i18n.OutlineHint
		}
		return say(iconText(h, icon.All["handles"], theme.Secondary, h.Accent, h.Text2, h.T(hint)))
	}
	if s.Workspace == model.Report {
		n, draft := s.Version()
		text := i18n.SignedV
		if draft {
			text = i18n.DraftV
		}
		return say(h.Text(theme.Secondary, h.Text2, h.T(text, "n", l.Number(float64(n), 0))))
	}
	if _, ok := s.Job(model.EditJob); ok {
		return say(iconText(h, icon.Clock, theme.Secondary, h.Accent, h.Text2, h.T(i18n.Recomputing)))
	}
	if _, ok := s.Job(model.DemoJob); ok {
		return say(iconText(h, icon.Clock, theme.Secondary, h.Accent, h.Text2, h.T(i18n.MakingDemo)))
	}
	if s.Workspace == model.Teaching {
		return say(iconText(h, icon.All["teach"], theme.Secondary, h.Text3, h.Text2, h.T(i18n.Teaching)))
	}
	if s.Workspace == model.Studies {
		if s.Browser.Dir == "" {
			return say(h.Text(theme.Secondary, h.Text2, h.T(i18n.Ready)))
		}
		return say(iconText(h, icon.Disk, theme.Secondary, h.Text3, h.Text2, h.T(i18n.LocalFolder)))
	}
	if s.Workspace == model.Fluoroscopy {
		return runStatus(h)
	}
	if s.Workspace == model.CohortPlace {
		if _, on := s.Job(model.CohortJob); on {
			return say(iconText(h, icon.Clock, theme.Secondary, h.Accent, h.Text2, h.T(i18n.ReadingCohort)))
		}
		return say(h.Text(theme.Secondary, h.Text2, s.Cohort.Path))
	}
	if s.Loaded[model.PreSlot].Volume == nil || s.Loaded[model.PostSlot].Volume == nil {
		return say(h.Text(theme.Secondary, h.Text2, h.T(i18n.Ready)))
	}
	if s.Crowded() {
		return say(iconText(h, icon.All["grid4"], theme.Secondary, h.Text3, h.Text2, h.T(i18n.Crowded)))
	}
	link := s.Link()
	switch {
	case !s.Reading.Linked:
		return say(iconText(h, icon.Link, theme.Secondary, h.Text3, h.Text3, h.T(i18n.Unlinked)))
	case link.Level == anatomy.None:
		return say(iconText(h, icon.Link, theme.Secondary, h.Text2, h.Text2, h.T(i18n.LinkedOffset)))
	}
	return []layout.FlexChild{
		layout.Rigid(iconText(h, icon.Link, theme.Secondary, h.OK, h.OK, h.T(i18n.LinkedOn, "level", link.Level.String()))),
		widget.Gap(16),
		layout.Rigid(h.Text(theme.Secondary, h.Text3, h.T(i18n.Residual, "n", l.Number(link.ResidualMM, 1)))),
	}
}

// kept says whether the work is safe.
func (p *Status) kept(h Host) []layout.FlexChild {
	x := h.State.Session
	say := func(w layout.Widget) []layout.FlexChild { return []layout.FlexChild{layout.Rigid(w), widget.Gap(16)} }
	switch {
	case x.Failed != "":
		return say(iconText(h, icon.Error, theme.Secondary, h.Env.Error, h.Env.Error, h.T(i18n.NotKept, "why", x.Failed)))
	case x.ReadOnly:
		return say(iconText(h, icon.Warn, theme.Secondary, h.Warning, h.Warning, h.T(i18n.ReadOnlyShort)))
	case !x.Saved.IsZero():
		return say(iconText(h, icon.Disk, theme.Secondary, h.Text3, h.Text3, h.T(i18n.SavedAt, "time", x.Saved.Local().Format("15:04:05"))))
	}
	return nil
}

func (p *Status) right(h Host, version string) []layout.FlexChild {
	s, l := h.State, h.Lang
	if s.Workspace == model.Studies {
		var out []layout.FlexChild
		if m := s.Browser.Memory; m.Total > 0 {
			out = append(out, layout.Rigid(h.Text(theme.Secondary, h.Text3, h.T(i18n.MemoryOf, "used", size(l, m.Used), "total", size(l, m.Total)))), widget.Gap(16))
		}
		return append(out, layout.Rigid(h.Text(theme.Secondary, h.Text3, "Vertefill "+version+" · "+h.T(i18n.NotDevice))))
	}
	if s.Workspace == model.Teaching {
		return []layout.FlexChild{layout.Rigid(h.Text(theme.Secondary, h.Text3, h.T(i18n.CaseQuiet)))}
	}
	if s.Workspace == model.CohortPlace {
		return p.ofCohort(h)
	}
	var out []layout.FlexChild
	if s.Fixing.On && s.Workspace == model.Read {
		out = append(out, layout.Rigid(h.Text(theme.Secondary, h.Text2, h.T(i18n.Unfinished))), widget.Gap(16))
	}
	out = append(out, p.kept(h)...)
	if s.Workspace == model.Report && s.Result != nil {
		if all := len(leakRows(h)); all > 0 {
			said := h.T(i18n.DecidedN, "n", l.Number(float64(all-len(s.Undecided())), 0), "all", l.Number(float64(all), 0))
			out = append([]layout.FlexChild{layout.Rigid(h.Text(theme.Secondary, h.Text2, said)), widget.Gap(16)}, out...)
		}
	}
	notes := 0
	for _, f := range allFindings(s) {
		if f.Severity() != diag.Info {
			notes++
		}
	}
	if notes > 0 {
		out = append(out, layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return p.notes.Layout(gtx, h.Env, h.T(i18n.Problems), iconText(h, icon.Warn, theme.Secondary, h.Warning, h.Warning, i18n.Count(l, notes, i18n.NoteOne, i18n.NotesN)))
		}), widget.Gap(16))
	}
	if s.Workspace == model.Fluoroscopy && s.Run.Cine != nil {
		out = append(out, layout.Rigid(h.Text(theme.Secondary, h.Text3, h.T(i18n.LostFrames, "n", l.Number(float64(s.Run.Lost), 0)))), widget.Gap(16))
	}
	if s.Result != nil && s.Viewing() {
		shown := 100 * s.Reading.Opacity
		if s.Reading.Hidden || s.Reading.Layers == model.NoLayers {
			shown = 0
		}
		out = append(out,
			layout.Rigid(h.Text(theme.Secondary, h.Text3, h.T(i18n.OverlaysN, "n", l.Unit(l.Number(shown, 0), "%")))),
			widget.Gap(8),
			layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				return widget.Fixed(gtx, 90, 20, func(gtx layout.Context) layout.Dimensions {
					return p.opacity.Layout(gtx, h.Env, h.T(i18n.OpacityOf))
				})
			}))
	}
	return out
}

// ofCohort says at the right how the table is sorted, while one is open.
func (p *Status) ofCohort(h Host) []layout.FlexChild {
	if len(h.State.Cohort.Rows) == 0 {
		return nil
	}
	return []layout.FlexChild{layout.Rigid(h.Text(theme.Secondary, h.Text3, h.T(i18n.SortedBy, "what", h.T(columnNames[h.State.Cohort.Sort]))))}
}
