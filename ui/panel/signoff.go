package panel

import (
	"image"
	"strings"

	"gioui.org/layout"

	"github.com/vertefill/vertefill/internal/diag"
	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/icon"
	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/theme"
	"github.com/vertefill/vertefill/ui/widget"
)

// signOff lists what is decided, takes the reader's name and comment, and
// signs.
func (p *Report) signOff(gtx layout.Context, h Host) layout.Dimensions {
	s, l := h.State, h.Lang
	leaks := leakRows(h)
	for len(p.leaks) < len(leaks) {
		p.leaks = append(p.leaks, widget.Row{})
	}
	for i, x := range leaks {
		if p.leaks[i].Clicked(gtx) {
			h.Emit(model.SetWorkspace{To: model.Read})
			h.Emit(model.GoToLeak{ID: x.ID})
		}
	}
	n, draft := s.Version()
	state := h.Caution(icon.Warn, h.T(i18n.Unsigned))
	switch {
	case !draft:
		state = h.Good(icon.Check, h.T(i18n.SignedV, "n", l.Number(float64(n), 0)))
	case n > 1:
		state = h.Caution(icon.Warn, h.T(i18n.DraftV, "n", l.Number(float64(n), 0)))
	}
	lines := p.decisions(h, leaks)
	return layout.Flex{Axis: layout.Vertical}.Layout(gtx,
		layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return widget.Header(gtx, h.Env, h.T(i18n.SignOff), "", layout.Rigid(state))
		}),
		layout.Flexed(1, func(gtx layout.Context) layout.Dimensions {
			return p.list.Layout(gtx, h.Env, len(lines), func(gtx layout.Context, i int) layout.Dimensions { return lines[i](gtx) })
		}),
		layout.Rigid(func(gtx layout.Context) layout.Dimensions { return p.signature(gtx, h, n) }))
}

// decisions are the lines over the reader's name: every leak, every treated
// level, the quality notes; then the fields.
func (p *Report) decisions(h Host, leaks []leakRow) (out []layout.Widget) {
	line := func(i icon.Icon, ink nrgba, words, end string) layout.Widget {
		return func(gtx layout.Context) layout.Dimensions {
			return widget.Fixed(gtx, 0, 36, func(gtx layout.Context) layout.Dimensions {
				size := gtx.Constraints.Max
				widget.Fill(gtx, h.Line, image.Rect(0, size.Y-1, size.X, size.Y))
				return layout.Inset{Left: 14, Right: 14}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
					gtx.Constraints.Min.Y = gtx.Constraints.Max.Y
					return row(gtx, layout.Rigid(func(gtx layout.Context) layout.Dimensions { return i.Layout(gtx, 14, ink) }), widget.Gap(9),
						layout.Flexed(1, h.Text(theme.Body, h.Text1, words)), layout.Rigid(h.Text(theme.Secondary, h.Text3, end)))
				})
			})
		}
	}
	for i, x := range leaks {
		name := x.Level.String() + " " + strings.ToLower(h.T(i18n.LeakName(x.Compartment)))
		chip := decisionChip(h, x.decision)
		if x.decision == "" {
			chip = h.Caution(icon.Warn, h.T(i18n.Undecided))
		}
		out = append(out, func(gtx layout.Context) layout.Dimensions {
			return p.leaks[i].Layout(gtx, h.Env, name, 36, false, func(gtx layout.Context) layout.Dimensions {
				return layout.Inset{Left: 14, Right: 14}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
					gtx.Constraints.Min.Y = gtx.Constraints.Max.Y
					return row(gtx, layout.Rigid(glyph(x.Compartment, 12)), widget.Gap(9), layout.Flexed(1, h.Text(theme.Body, h.Text1, name)), layout.Rigid(chip))
				})
			})
		})
	}
	result := h.State.Result
	for _, v := range result.Report.Vertebrae {
		if v.CementInBodyML+v.PriorCementML == 0 {
			continue
		}
		words := h.T(i18n.AutomaticKept, "level", v.Level.String())
		if was := result.AutomaticLine(v); was != nil && was.FillRatio != v.FillRatio {
			words = h.T(i18n.CorrectedValue, "level", v.Level.String(), "was", h.Lang.Unit(h.Lang.Percent(was.FillRatio), "%"))
		}
		out = append(out, line(icon.All["vert"], h.Text2, words, h.Lang.Unit(h.Lang.Percent(v.FillRatio), "%")))
	}
	notes := 0
	for _, f := range result.Findings {
		if f.Severity() != diag.Info {
			notes++
		}
	}
	if notes > 0 {
		out = append(out, func(gtx layout.Context) layout.Dimensions { return p.notesLine(gtx, h, notes) })
	}
	field := func(title i18n.Text, w layout.Widget) {
		out = append(out, func(gtx layout.Context) layout.Dimensions {
			return layout.Inset{Left: 14, Right: 14, Top: 10}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
				return column(gtx, layout.Rigid(h.Text(theme.Secondary, h.Text2, h.T(title))), widget.Gap(4), layout.Rigid(w))
			})
		})
	}
	field(i18n.Reader, func(gtx layout.Context) layout.Dimensions {
		return p.reader.Layout(gtx, h.Env, widget.FieldLook{Label: h.T(i18n.ReaderHint), Hint: h.T(i18n.ReaderHint)})
	})
	field(i18n.Comment, func(gtx layout.Context) layout.Dimensions {
		gtx.Constraints.Max.Y = gtx.Dp(78)
		return p.comment.Layout(gtx, h.Env, h.T(i18n.CommentHint), h.T(i18n.CommentHint))
	})
	return out
}

// signature is the button at the foot with what signing means.
func (p *Report) signature(gtx layout.Context, h Host, version int) layout.Dimensions {
	s, l := h.State, h.Lang
	said := h.T(i18n.SignSense, "n", l.Number(float64(version), 0), "m", l.Number(float64(version+1), 0))
	if n := len(s.Session.Signed); n > 0 {
		x := s.Session.Signed[n-1]
		said = h.T(i18n.SignedBy, "who", x.Reader, "when", l.Date(x.At.Local().Format("20060102"))+" "+x.At.Local().Format("15:04"))
	}
	reason := ""
	if why, which, blocked := s.SignBlocked(); blocked {
		reason = h.T(why)
		if which != "" {
			reason += " (" + which + ")"
		}
		if said = said + " · " + reason; len(s.Session.Signed) == 0 {
			said = reason
		}
	}
	d := layout.UniformInset(14).Layout(gtx, func(gtx layout.Context) layout.Dimensions {
		return column(gtx, layout.Rigid(h.Paragraph(theme.Secondary, h.Text2, said)), widget.Gap(8),
			layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				gtx.Constraints.Min.X = gtx.Constraints.Max.X
				return p.sign.Layout(gtx, h.Env, widget.ButtonLook{Text: h.T(i18n.SignReport), Icon: icon.All["sign"], Key: "Ctrl ⏎", Primary: true, Large: true, Reason: reason})
			}))
	})
	widget.At(gtx, image.Point{}, widget.HLine(h.Line))
	return d
}

// notesLine says how many quality notes there are; a click says that they were
// read.
func (p *Report) notesLine(gtx layout.Context, h Host, notes int) layout.Dimensions {
	read := h.State.ReportView.NotesRead
	said := i18n.Count(h.Lang, notes, i18n.NoteOne, i18n.NotesN)
	end := h.Text(theme.Secondary, h.Accent, h.T(i18n.MarkNotesRead))
	if read {
		said = i18n.Count(h.Lang, notes, i18n.NoteReadOne, i18n.NotesReadN)
		end = func(gtx layout.Context) layout.Dimensions { return icon.Check.Layout(gtx, 14, h.OK) }
	}
	return p.notes.Layout(gtx, h.Env, said, 36, false, func(gtx layout.Context) layout.Dimensions {
		return layout.Inset{Left: 14, Right: 14}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
			gtx.Constraints.Min.Y = gtx.Constraints.Max.Y
			return row(gtx, layout.Rigid(func(gtx layout.Context) layout.Dimensions { return icon.Warn.Layout(gtx, 14, h.Warning) }), widget.Gap(9),
				layout.Flexed(1, h.Text(theme.Body, h.Text1, said)), layout.Rigid(end))
		})
	})
}
