package panel

import (
	"image"

	"gioui.org/layout"

	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/diag"
	"github.com/vertefill/vertefill/internal/export"
	"github.com/vertefill/vertefill/internal/text"
	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/icon"
	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/theme"
	"github.com/vertefill/vertefill/ui/widget"
)

// Report is the workspace of the report: what is in it, the page, the
// sign-off.
type Report struct {
	lang, paper, identity widget.Segments
	files                 [4]widget.Button
	page                  page
	leaks                 []widget.Row
	list                  widget.List
	reader, comment       widget.Field
	sign                  widget.Button
	filled                *model.Study // whose comment the field holds
}

// Widths of the columns beside the page.
const contentsDP, signDP = dp(288), dp(340)

// exports are the buttons above the page, by id of their action.
var exports = [4]struct {
	id   string
	text i18n.Text
}{{"export", i18n.ExportPDF}, {"export-html", i18n.ExportHTML}, {"export-text", i18n.ExportText}, {"export", i18n.ExportDICOM}}

// Layout draws the workspace.
func (p *Report) Layout(gtx layout.Context, h Host) layout.Dimensions {
	p.events(gtx, h)
	return layout.Flex{}.Layout(gtx,
		layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return pane(gtx, h, gtx.Dp(contentsDP), func(gtx layout.Context) layout.Dimensions { return p.contents(gtx, h) })
		}),
		layout.Flexed(1, func(gtx layout.Context) layout.Dimensions { return p.preview(gtx, h) }),
		layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return pane(gtx, h, gtx.Dp(signDP), func(gtx layout.Context) layout.Dimensions { return p.signOff(gtx, h) })
		}))
}

func (p *Report) events(gtx layout.Context, h Host) {
	if i := p.lang.Changed(gtx); i >= 0 {
		h.Emit(model.SetLang{To: []text.Lang{text.French, text.English}[i]})
	}
	if i := p.paper.Changed(gtx); i >= 0 {
		h.Emit(model.SetReportView{Change: func(v *model.ReportView) { v.Paper = []export.Page{export.A4, export.Letter}[i] }})
	}
	if i := p.identity.Changed(gtx); i >= 0 {
		h.Emit(model.SetReportView{Change: func(v *model.ReportView) { v.Anonymous = i == 1 }})
	}
	for i := range p.files {
		if p.files[i].Clicked(gtx) {
			h.Do(gtx, exports[i].id)
		}
	}
	if p.filled != h.State.Study {
		p.filled = h.State.Study
		p.comment.SetValue(h.State.Work.Comment)
		p.reader.SetValue(h.State.Settings.Reader)
	}
	if changed, _ := p.reader.Events(gtx); changed {
		h.Emit(model.SetReader{To: p.reader.Value()})
	}
	if changed, _ := p.comment.Events(gtx); changed {
		h.Emit(model.SetComment{To: p.comment.Value()})
	}
	if p.sign.Clicked(gtx) {
		h.Do(gtx, "sign")
	}
}

// contents lists what the page holds, and the settings of the page.
func (p *Report) contents(gtx layout.Context, h Host) layout.Dimensions {
	r := h.State.Result.Report
	line := func(t i18n.Text, n int) layout.FlexChild {
		count := ""
		if n > 0 {
			count = h.Lang.Number(float64(n), 0)
		}
		return layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return widget.Fixed(gtx, 0, 34, func(gtx layout.Context) layout.Dimensions {
				return layout.Inset{Left: 14, Right: 14}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
					gtx.Constraints.Min.Y = gtx.Constraints.Max.Y
					return row(gtx, layout.Rigid(func(gtx layout.Context) layout.Dimensions { return icon.Check.Layout(gtx, 14, h.OK) }), widget.Gap(10),
						layout.Flexed(1, h.Text(theme.Body, h.Text1, h.T(t))), layout.Rigid(h.Text(theme.Secondary, h.Text3, count)))
				})
			})
		})
	}
	choice := func(t i18n.Text, s *widget.Segments, chosen int, words ...string) layout.FlexChild {
		return layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return layout.Inset{Left: 14, Right: 14, Top: 8}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
				return row(gtx, layout.Flexed(1, h.Text(theme.Secondary, h.Text2, h.T(t))), layout.Rigid(func(gtx layout.Context) layout.Dimensions {
					gtx.Constraints.Min = image.Point{}
					return s.Layout(gtx, h.Env, chosen, words, words, 28)
				}))
			})
		})
	}
	at := func(second bool) int {
		if second {
			return 1
		}
		return 0
	}
	return layout.Flex{Axis: layout.Vertical}.Layout(gtx,
		layout.Rigid(func(gtx layout.Context) layout.Dimensions { return widget.Header(gtx, h.Env, h.T(i18n.Contents), "") }),
		line(i18n.PageConclusion, 0), line(i18n.PageLevels, len(r.Vertebrae)), line(i18n.PageLeaks, len(r.Leaks)),
		line(i18n.PageImages, h.State.ReportView.Images), line(i18n.PageQuality, len(r.Quality)),
		widget.Gap(12),
		layout.Rigid(func(gtx layout.Context) layout.Dimensions { return widget.Header(gtx, h.Env, h.T(i18n.Settings), "") }),
		choice(i18n.Language, &p.lang, at(h.Lang == text.English), "Français", "English"),
		choice(i18n.PaperFormat, &p.paper, at(h.State.ReportView.Paper == export.Letter), "A4", "Letter"),
		choice(i18n.Identity, &p.identity, at(h.State.ReportView.Anonymous || h.State.Anonymous), h.T(i18n.IdentityFull), h.T(i18n.IdentityNone)))
}

// preview is the page under the buttons that write it.
func (p *Report) preview(gtx layout.Context, h Host) layout.Dimensions {
	size := gtx.Constraints.Max
	widget.Fill(gtx, h.Palette.Pressed, image.Rectangle{Max: size})
	return layout.Flex{Axis: layout.Vertical}.Layout(gtx,
		layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return bar(gtx, h, h.Window, theme.BarHeight, func(gtx layout.Context) layout.Dimensions {
				parts := []layout.FlexChild{widget.Gap(14), layout.Rigid(h.Text(theme.Heading, h.Text1, h.T(i18n.Preview))), layout.Flexed(1, layout.Spacer{}.Layout)}
				_, busy := h.State.Job(model.ExportJob)
				reason := ""
				if busy {
					reason = h.T(i18n.Exporting)
				}
				for i := range p.files {
					parts = append(parts, layout.Rigid(func(gtx layout.Context) layout.Dimensions {
						return p.files[i].Layout(gtx, h.Env, widget.ButtonLook{Text: h.T(exports[i].text), Icon: icon.All["export"], Small: true, Reason: reason})
					}), widget.Gap(8))
				}
				return row(gtx, append(parts, widget.Gap(6))...)
			})
		}),
		layout.Flexed(1, func(gtx layout.Context) layout.Dimensions { return p.page.layout(gtx, h) }))
}

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
		name := x.Level.String() + " " + h.T(i18n.LeakName(x.Compartment))
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
		out = append(out, line(icon.Warn, h.Warning, i18n.Count(h.Lang, notes, i18n.NoteOne, i18n.NotesN), ""))
	}
	field := func(title i18n.Text, f *widget.Field, hint i18n.Text) {
		out = append(out, func(gtx layout.Context) layout.Dimensions {
			return layout.Inset{Left: 14, Right: 14, Top: 10}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
				return column(gtx, layout.Rigid(h.Text(theme.Secondary, h.Text2, h.T(title))), widget.Gap(4),
					layout.Rigid(func(gtx layout.Context) layout.Dimensions {
						return f.Layout(gtx, h.Env, widget.FieldLook{Label: h.T(hint), Hint: h.T(hint)})
					}))
			})
		})
	}
	field(i18n.Reader, &p.reader, i18n.ReaderHint)
	field(i18n.Comment, &p.comment, i18n.CommentHint)
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

// treatedOrPrior reports whether a vertebra stands in the tables of the page.
func treatedOrPrior(v assess.Vertebra) bool {
	return v.Treated || v.PriorCementML > 0 || v.CementInBodyML > 0
}
