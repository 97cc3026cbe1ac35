package panel

import (
	"image"
	"math"

	"gioui.org/layout"
	"gioui.org/op/clip"
	"gioui.org/unit"

	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/text"
	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/icon"
	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/theme"
	"github.com/vertefill/vertefill/ui/widget"
)

// FixingBar is the bar under the tools while a vertebra is corrected: what the
// hand does, on what, how wide.
type FixingBar struct {
	hands        [6]widget.Button
	more         overflow
	between      widget.Button // two outlines of a lesion
	on           widget.Segments
	radius       widget.Slider
	reach        widget.Slider
	cancel, done widget.Button
}

// wholeFixingBar is the width in dp from which every word of the bar has its room in both languages.
const wholeFixingBar = 1400

// hands are the buttons of the bar; growth is in the list beside them, the outline is for lesions only.
var hands = [6]struct {
	hand model.FixHand
	text i18n.Text
	icon string
}{{model.HandleHand, i18n.HandHandles, "handles"}, {model.BrushHand, i18n.HandBrush, "brush"}, {model.EraserHand, i18n.HandEraser, "eraser"}, {model.ScissorsHand, i18n.HandScissors, "cut"},
	{model.SmoothHand, i18n.HandSmooth, "smooth"}, {model.OutlineHand, i18n.HandOutline, "ellipse"}}

// moreHands are the actions of the list beside them.
var moreHands = []string{"hand-grow", "hand-window", "hand-flat", "cement-fill", "cement-island", "cement-keep", "cement-between", "cement-inside", "cement-outside", "hand-lesion-outline", "lesion-between", "lesion-clear"}

// Layout draws the bar while a vertebra is corrected.
func (p *FixingBar) Layout(gtx layout.Context, h Host) layout.Dimensions {
	f := h.State.Fixing
	if !f.On {
		return layout.Dimensions{}
	}
	p.events(gtx, h)
	const reach = 20 // mm, the slider's right end
	p.radius.SetValue(float32(math.Sqrt(f.RadiusMM / reach)))
	part := (f.ReachMM - model.LeastReach) / (model.MostReach - model.LeastReach)
	if f.ReachMM == 0 {
		part = 1
	}
	p.reach.SetValue(float32(part))
	return bar(gtx, h, h.Select, theme.BarHeight, func(gtx layout.Context) layout.Dimensions {
		narrow, cancel, slide := gtx.Constraints.Max.X < gtx.Dp(wholeFixingBar), i18n.CancelFixing, unit.Dp(90)
		if narrow { // words go before buttons do
			cancel, slide = i18n.CancelDrawing, 64
		}
		caption := func(t i18n.Text) layout.FlexChild {
			if narrow {
				return widget.Gap(0)
			}
			return layout.Rigid(h.Text(theme.Secondary, h.Text2, h.T(t)))
		}
		parts := []layout.FlexChild{widget.Gap(14), layout.Rigid(h.Text(theme.Heading, h.Accent, h.T(i18n.CorrectOf, "level", h.State.Reading.Level.String()))), widget.Gap(16)}
		for i, x := range hands {
			if (x.hand == model.OutlineHand) != (f.Target == model.OnLesion) && (x.hand == model.OutlineHand || x.hand == model.SmoothHand) {
				continue // outlines are of lesions only, and lesions are not smoothed
			}
			parts = append(parts, layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				look := widget.ButtonLook{Text: h.T(x.text), Icon: icon.All[x.icon], Primary: f.Hand == x.hand, Small: true}
				if narrow {
					look.Icon = ""
				}
				return p.hands[i].Layout(gtx, h.Env, look)
			}), widget.Gap(6))
		}
		parts = append(parts, p.more.layout(gtx, h, h.T(i18n.MoreHands), moreHands), widget.Gap(8))
		if f.Hand != model.HandleHand && f.Hand != model.GrowHand {
			chosen := int(f.Target)
			words := []string{h.T(i18n.OnBody), h.T(i18n.OnCement), h.T(i18n.OnLesion)}
			parts = append(parts, layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				gtx.Constraints.Min = image.Point{}
				return p.on.Layout(gtx, h.Env, chosen, words, words, 26)
			}), widget.Gap(12))
		}
		if f.Hand == model.BrushHand || f.Hand == model.EraserHand || f.Hand == model.SmoothHand {
			parts = append(parts, caption(i18n.BrushRadius), widget.Gap(8),
				layout.Rigid(func(gtx layout.Context) layout.Dimensions {
					return widget.Fixed(gtx, slide, 24, func(gtx layout.Context) layout.Dimensions { return p.radius.Layout(gtx, h.Env, h.T(i18n.BrushRadius)) })
				}), widget.Gap(8), layout.Rigid(h.Text(theme.Label, h.Text1, h.Lang.Unit(h.Lang.Number(f.RadiusMM, 1), "mm"))), widget.Gap(12))
		}
		if f.Hand == model.OutlineHand {
			parts = append(parts, layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				a, _ := model.Find("lesion-between")
				return p.between.Layout(gtx, h.Env, widget.ButtonLook{Text: h.T(i18n.FillBetween), Icon: icon.All["slab"], Small: true, Reason: a.Reason(h.State)})
			}), widget.Gap(12))
		}
		if f.Hand == model.HandleHand {
			shown := h.T(i18n.WholeFace)
			if f.ReachMM > 0 {
				shown = h.Lang.Unit(h.Lang.Number(f.ReachMM, 0), "mm")
			}
			parts = append(parts, widget.Gap(8), caption(i18n.ReachOf), widget.Gap(10),
				layout.Rigid(func(gtx layout.Context) layout.Dimensions {
					return widget.Fixed(gtx, slide, 24, func(gtx layout.Context) layout.Dimensions { return p.reach.Layout(gtx, h.Env, h.T(i18n.ReachOf)) })
				}), widget.Gap(10), layout.Rigid(h.Text(theme.Label, h.Text1, shown)), widget.Gap(12))
		}
		if low, high, ok := h.State.HandRange(); ok && !narrow {
			parts = append(parts, layout.Rigid(h.Neutral(h.T(i18n.HURange, "low", i18n.Whole(h.Lang, float64(low)), "high", i18n.Whole(h.Lang, float64(high)), "unit", h.Lang.HU()))))
		}
		tools := layout.Flexed(1, func(gtx layout.Context) layout.Dimensions {
			defer clip.Rect(image.Rectangle{Max: gtx.Constraints.Max}).Push(gtx.Ops).Pop()
			return row(gtx, append(parts, space())...)
		})
		return row(gtx, tools, widget.Gap(8), // whatever the room, a correction can be ended
			layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				return p.cancel.Layout(gtx, h.Env, widget.ButtonLook{Text: h.T(cancel), Key: h.T(i18n.KeyEsc), Quiet: true, Small: true})
			}), widget.Gap(8),
			layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				return p.done.Layout(gtx, h.Env, widget.ButtonLook{Text: h.T(i18n.DoneFixing), Key: "⏎", Primary: true, Small: true})
			}), widget.Gap(14))
	})
}

func (p *FixingBar) events(gtx layout.Context, h Host) {
	set := func(change func(*model.Fixing)) { h.Emit(model.SetFixing{Change: change}) }
	for i := range p.hands {
		if p.hands[i].Clicked(gtx) {
			set(func(f *model.Fixing) { f.Hand = hands[i].hand })
		}
	}
	if i := p.on.Changed(gtx); i >= 0 {
		set(func(f *model.Fixing) { f.Target = model.FixTarget(i) })
	}
	if p.radius.Changed(gtx) {
		v := float64(p.radius.Value())
		set(func(f *model.Fixing) { f.RadiusMM = math.Round(40*v*v) / 2 })
	}
	if p.reach.Changed(gtx) {
		v := float64(p.reach.Value())
		set(func(f *model.Fixing) { f.ReachMM = model.LeastReach + math.Round(v*(model.MostReach-model.LeastReach)) })
	}
	if p.between.Clicked(gtx) {
		h.Do(gtx, "lesion-between")
	}
	if p.cancel.Clicked(gtx) {
		h.Emit(model.EndFixing{})
	}
	if p.done.Clicked(gtx) {
		h.Emit(model.EndFixing{Keep: true})
	}
}

// live is the panel while a vertebra is corrected: its values now beside those
// before, and what was done.
type live struct{ list widget.List }

func (p *live) layout(gtx layout.Context, h Host) {
	var parts []layout.Widget
	took := ""
	if t := h.State.Fixing.Took; t > 0 {
		took = h.T(i18n.Recomputed, "n", i18n.Whole(h.Lang, float64(t.Milliseconds())))
	}
	parts = append(parts, func(gtx layout.Context) layout.Dimensions {
		return widget.Header(gtx, h.Env, h.T(i18n.LiveValues), took)
	})
	now, ok := vertebraOf(h)
	if before := h.State.Fixing.Before; ok && before != nil {
		was := now
		for _, v := range before.Report.Vertebrae {
			if v.Level == now.Level {
				was = v
			}
		}
		if d := h.State.Fixing.Draft; d != nil {
			now.BodyVolumeML, now.BodyVolumeIntervalML = float64(d.BodyML), &assess.Interval{d.BodyIntervalML.Low, d.BodyIntervalML.High}
			now.FillRatio, now.FillRatioInterval = (now.CementInBodyML+now.PriorCementML)/now.BodyVolumeML, nil
			now.HeightsMM = &assess.Heights{Anterior: float64(d.Heights.Anterior), Middle: float64(d.Heights.Middle), Posterior: float64(d.Heights.Posterior)}
		}
		parts = append(parts, p.values(h, now, was, h.State.LeakML(now.LeakIDs), leakSum(before, was.LeakIDs))...)
	}
	parts = append(parts, func(gtx layout.Context) layout.Dimensions {
		return widget.Header(gtx, h.Env, h.T(i18n.HistoryTitle), "")
	})
	edits := h.State.Work.Edits
	for i := len(edits) - 1; i >= 0; i-- {
		e := edits[i]
		parts = append(parts, historyLine(h, h.T(i18n.EditName(e), "level", e.Level.String()), e.When.Local().Format("15:04:05"), i == len(edits)-1))
	}
	parts = append(parts, historyLine(h, h.T(i18n.AutomaticFirst), "", len(edits) == 0), func(gtx layout.Context) layout.Dimensions {
		return layout.UniformInset(14).Layout(gtx, h.Paragraph(theme.Secondary, h.Text3, h.T(i18n.HistoryFoot)))
	})
	p.list.Layout(gtx, h.Env, len(parts), func(gtx layout.Context, i int) layout.Dimensions { return parts[i](gtx) })
}

func leakSum(r *assess.Result, ids []int) (ml float64) {
	for _, l := range r.Report.Leaks {
		for _, id := range ids {
			if l.ID == id {
				ml += l.VolumeML
			}
		}
	}
	return ml
}

// values are the numbers of the vertebra with what changed.
func (p *live) values(h Host, now, was assess.Vertebra, leaks, leaksWere float64) []layout.Widget {
	l := h.Lang
	line := func(name i18n.Text, value, before float64, decimals int, unit string, interval *assess.Interval, scale float64) layout.Widget {
		return func(gtx layout.Context) layout.Dimensions {
			chip, old := h.Neutral(h.T(i18n.Unchanged)), ""
			if d := value - before; l.Number(math.Abs(d), decimals) != l.Number(0, decimals) {
				sign := "+"
				if d < 0 {
					sign = ""
				}
				by := unit
				if unit == "%" { // differences of percentages are points
					by = h.T(i18n.Points)
				}
				chip, old = h.Good("", sign+l.Unit(l.Number(d, decimals), by)), l.Number(before, decimals)
			}
			between := ""
			if interval != nil {
				between = l.Interval(scale*interval[0], scale*interval[1], decimals)
			}
			d := layout.Inset{Left: 14, Right: 14, Top: 8, Bottom: 8}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
				return column(gtx,
					layout.Rigid(func(gtx layout.Context) layout.Dimensions {
						return row(gtx, layout.Flexed(1, h.Text(theme.Secondary, h.Text2, h.T(name))), layout.Rigid(chip))
					}),
					layout.Rigid(func(gtx layout.Context) layout.Dimensions {
						return row(gtx, layout.Rigid(h.Text(theme.Title, h.Text1, l.Unit(l.Number(value, decimals), unit))), widget.Gap(8),
							layout.Flexed(1, h.Text(theme.Secondary, h.Text3, between)), layout.Rigid(struck(h, old)))
					}))
			})
			widget.At(gtx, image.Pt(0, d.Size.Y-1), widget.HLine(h.Line))
			return d
		}
	}
	out := []layout.Widget{
		line(i18n.BodyVolume, now.BodyVolumeML, was.BodyVolumeML, text.MLDecimals(now.BodyVolumeML), "mL", now.BodyVolumeIntervalML, 1),
		line(i18n.CementBody, now.CementInBodyML, was.CementInBodyML, text.MLDecimals(now.CementInBodyML), "mL", now.CementInBodyIntervalML, 1),
		line(i18n.FillRatio, 100*now.FillRatio, 100*was.FillRatio, 1, "%", now.FillRatioInterval, 100),
		line(i18n.Leaks, leaks, leaksWere, 2, "mL", nil, 1),
	}
	if x := now.Lesion; x != nil {
		before := &assess.Lesion{}
		if was.Lesion != nil {
			before = was.Lesion
		}
		out = append(out, line(i18n.LesionVolume, x.VolumeML, before.VolumeML, text.MLDecimals(x.VolumeML), "mL", nil, 1),
			line(i18n.LesionFill, 100*x.FillRatio, 100*before.FillRatio, 1, "%", x.FillRatioInterval, 100))
	}
	if a, b := now.HeightsMM, was.HeightsMM; a != nil && b != nil {
		out = append(out, line(i18n.HeightAnterior, a.Anterior, b.Anterior, 1, "mm", nil, 1))
	}
	return out
}

// struck is a value that no longer holds.
func struck(h Host, s string) layout.Widget {
	return func(gtx layout.Context) layout.Dimensions {
		if s == "" {
			return layout.Dimensions{}
		}
		d := h.Text(theme.Secondary, h.Text3, s)(gtx)
		y := d.Size.Y / 2
		widget.Fill(gtx, h.Text3, image.Rect(0, y, d.Size.X, y+max(1, gtx.Dp(1))))
		return d
	}
}

// historyLine is a step; the last one is where the work stands.
func historyLine(h Host, words, at string, here bool) layout.Widget {
	return func(gtx layout.Context) layout.Dimensions {
		return widget.Fixed(gtx, 0, 34, func(gtx layout.Context) layout.Dimensions {
			size := gtx.Constraints.Max
			ink := h.Text2
			if here {
				ink = h.Text1
				widget.Fill(gtx, h.Select, image.Rectangle{Max: size})
				widget.Fill(gtx, h.Accent, image.Rect(0, 0, gtx.Dp(3), size.Y))
			}
			return layout.Inset{Left: 14, Right: 14}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
				gtx.Constraints.Min.Y = gtx.Constraints.Max.Y
				return row(gtx, layout.Flexed(1, h.Text(theme.Body, ink, words)), layout.Rigid(h.Text(theme.Secondary, h.Text3, at)))
			})
		})
	}
}
