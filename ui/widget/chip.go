package widget

import (
	"image"
	"image/color"

	"gioui.org/f32"
	"gioui.org/layout"
	"gioui.org/op"
	"gioui.org/op/clip"
	"gioui.org/op/paint"
	"gioui.org/unit"

	"github.com/vertefill/vertefill/ui/icon"
	"github.com/vertefill/vertefill/ui/theme"
)

// ChipLook is a small plate with a word: a state, a level, a tag.
type ChipLook struct {
	Text string
	Icon icon.Icon
	Ink  color.NRGBA
	Fill color.NRGBA
	Edge color.NRGBA
	Dash bool // dashed outline
	Bold bool
}

// Chip draws a plate 20 dp high.
func Chip(e *Env, look ChipLook) layout.Widget {
	return func(gtx layout.Context) layout.Dimensions {
		m := op.Record(gtx.Ops)
		gtx.Constraints.Min = image.Pt(0, gtx.Dp(19))
		d := layout.Inset{Left: 7, Right: 7}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
			return layout.W.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
				gtx.Constraints.Min = image.Point{}
				role := theme.CaptionB
				if look.Bold {
					role = theme.Tag
				}
				var row []layout.FlexChild
				if look.Icon != "" {
					row = append(row, layout.Rigid(func(gtx layout.Context) layout.Dimensions {
						return look.Icon.Layout(gtx, 12, look.Ink)
					}))
				}
				if look.Text != "" {
					if look.Icon != "" {
						row = append(row, Gap(4))
					}
					row = append(row, layout.Rigid(e.Text(role, look.Ink, look.Text)))
				}
				return layout.Flex{Alignment: layout.Middle}.Layout(gtx, row...)
			})
		})
		call := m.Stop()
		r := image.Rectangle{Max: d.Size}
		if look.Fill.A > 0 {
			FillRound(gtx, look.Fill, r, theme.RadiusChip)
		}
		switch {
		case look.Dash:
			DashedRect(gtx, look.Edge, r)
		case look.Edge.A > 0:
			Outline(gtx, look.Edge, r, theme.RadiusChip, 1)
		}
		call.Add(gtx.Ops)
		return d
	}
}

// The states a chip can tell; colour never stands alone, the word is given.
func (e *Env) neutralChip(s string) ChipLook { return ChipLook{Text: s, Ink: e.Text2, Fill: e.Pressed} }

// Neutral is a chip without weight: an information.
func (e *Env) Neutral(s string) layout.Widget { return Chip(e, e.neutralChip(s)) }

// Good is a chip for what is done or confirmed.
func (e *Env) Good(i icon.Icon, s string) layout.Widget {
	return Chip(e, ChipLook{Text: s, Icon: i, Ink: e.Accent, Fill: e.Select})
}

// Caution is a chip for what needs a look.
func (e *Env) Caution(i icon.Icon, s string) layout.Widget {
	return Chip(e, ChipLook{Text: s, Icon: i, Ink: e.Warning, Fill: e.WarningFill})
}

// Alarm is a chip for what is withheld or wrong.
func (e *Env) Alarm(i icon.Icon, s string) layout.Widget {
	return Chip(e, ChipLook{Text: s, Icon: i, Ink: e.Error, Fill: e.ErrorFill})
}

// TagPre, TagPost and TagRun are the tags of a series; the word is always
// written.
func (e *Env) TagPre() layout.Widget {
	ink := theme.TagPre
	if e.Light {
		ink = e.Text1
	}
	return Chip(e, ChipLook{Text: "PRE", Ink: ink, Edge: ink, Bold: true})
}

// TagPost is the tag of the control CT.
func (e *Env) TagPost() layout.Widget {
	return Chip(e, ChipLook{Text: "POST", Ink: theme.TagPostInk, Fill: theme.TagPost, Bold: true})
}

// TagRun is the tag of a fluoroscopy run.
func (e *Env) TagRun() layout.Widget {
	return Chip(e, ChipLook{Text: "XA", Ink: e.Text1, Edge: e.Text2, Dash: true, Bold: true})
}

// DashedRect outlines a rectangle with dashes of 3 and gaps of 2 dp.
func DashedRect(gtx layout.Context, c color.NRGBA, r image.Rectangle) {
	w := float32(gtx.Dp(1))
	lo, hi := layout.FPt(r.Min).Add(f32.Pt(w/2, w/2)), layout.FPt(r.Max).Sub(f32.Pt(w/2, w/2))
	corners := []f32.Point{lo, f32.Pt(hi.X, lo.Y), hi, f32.Pt(lo.X, hi.Y), lo}
	Dashes(gtx, c, corners, w, []unit.Dp{3, 2})
}

// Dashes strokes a polyline of px points with a pattern of dp: a dash, a gap,
// and so on.
func Dashes(gtx layout.Context, c color.NRGBA, points []f32.Point, width float32, pattern []unit.Dp) {
	var p clip.Path
	p.Begin(gtx.Ops)
	step, left, pen := 0, gtx.Metric.PxPerDp*float32(pattern[0]), true
	for i := 1; i < len(points); i++ {
		a, b := points[i-1], points[i]
		length := distance(a, b)
		for done := float32(0); done < length; {
			run := min(left, length-done)
			from, to := done/length, (done+run)/length
			if pen {
				p.MoveTo(lerp(a, b, from))
				p.LineTo(lerp(a, b, to))
			}
			done, left = done+run, left-run
			if left <= 0 {
				step, pen = (step+1)%len(pattern), !pen
				left = max(gtx.Metric.PxPerDp*float32(pattern[step]), 0.5)
			}
		}
	}
	paint.FillShape(gtx.Ops, c, clip.Stroke{Path: p.End(), Width: width}.Op())
}
