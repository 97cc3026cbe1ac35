package panel

import (
	"image"
	"slices"

	"gioui.org/layout"

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
	lang, paper, identity, number, zoom choice
	as                                  widget.Segments
	sections                            []widget.Tick
	files                               [4]widget.Button
	page                                page
	ris                                 risText
	leaks                               []widget.Row
	notes                               widget.Row
	list                                widget.List
	reader                              widget.Field
	comment                             widget.TextArea
	sign                                widget.Button
	filled                              *model.Study // whose comment the field holds
}

// Widths of the columns beside the page, and the least that is left to it: a
// smaller window shows no contents.
const contentsDP, signDP, leastPage = dp(288), dp(326), dp(320)

// exports are the buttons above the page, by id of their action.
var exports = [4]struct {
	id   string
	text i18n.Text
	icon string
}{{"export", i18n.ExportPDF, "export"}, {"export-html", i18n.ExportHTML, ""}, {"export-text", i18n.ExportText, "report"}, {"export-dicom", i18n.ExportDICOM, ""}}

// Layout draws the workspace.
func (p *Report) Layout(gtx layout.Context, h Host) layout.Dimensions {
	p.events(gtx, h)
	wide := gtx.Constraints.Max.X >= gtx.Dp(contentsDP+leastPage+signDP)
	return layout.Flex{}.Layout(gtx,
		layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			if !wide { // the page is what is signed
				return layout.Dimensions{}
			}
			return pane(gtx, h, gtx.Dp(contentsDP), func(gtx layout.Context) layout.Dimensions { return p.contents(gtx, h) })
		}),
		layout.Flexed(1, func(gtx layout.Context) layout.Dimensions { return p.preview(gtx, h) }),
		layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return pane(gtx, h, gtx.Dp(signDP), func(gtx layout.Context) layout.Dimensions { return p.signOff(gtx, h) })
		}))
}

func (p *Report) events(gtx layout.Context, h Host) {
	for i := range p.files {
		if p.files[i].Clicked(gtx) {
			h.Do(gtx, exports[i].id)
		}
	}
	for i := range p.sections {
		if p.sections[i].Clicked(gtx) {
			h.Emit(model.ToggleSection{Section: export.Sections[i]})
		}
	}
	if i := p.as.Changed(gtx); i >= 0 {
		h.Emit(model.SetProof{Change: func(v *model.Proof) { v.AsText = i == 1 }})
	}
	if p.notes.Clicked(gtx) {
		h.Emit(model.SetReportView{Change: func(v *model.ReportView) { v.NotesRead = !v.NotesRead }})
	}
	p.ris.events(gtx, h)
	if p.filled != h.State.Study {
		p.filled = h.State.Study
		p.comment.SetValue(h.State.Work.Comment)
		p.reader.SetValue(h.State.Settings.Reader)
	}
	if changed, _ := p.reader.Events(gtx); changed {
		h.Emit(model.SetReader{To: p.reader.Value()})
	}
	if p.comment.Changed(gtx) {
		h.Emit(model.SetComment{To: p.comment.Value()})
	}
	if p.sign.Clicked(gtx) {
		h.Do(gtx, "sign")
	}
}

// sectionNames are the lines of the contents, in the order of export.Sections.
var sectionNames = []i18n.Text{i18n.PageConclusion, i18n.PageLevels, i18n.PageLeaks, i18n.PageImages, i18n.PageFluoro, i18n.PageShape, i18n.PageQuality, i18n.PageParameters}

// contents lists what the page holds, and the settings of the page.
func (p *Report) contents(gtx layout.Context, h Host) layout.Dimensions {
	r := &h.State.Result.Report
	counts := map[export.Section]int{export.Levels: len(r.Vertebrae), export.LeakTables: len(r.Leaks), export.Images: h.State.ReportView.Images, export.Fluoroscopy: len(r.Fluoro), export.Method: len(r.Quality)}
	for len(p.sections) < len(export.Sections) {
		p.sections = append(p.sections, widget.Tick{})
	}
	children := []layout.FlexChild{layout.Rigid(func(gtx layout.Context) layout.Dimensions { return widget.Header(gtx, h.Env, h.T(i18n.Contents), "") }), widget.Gap(6)}
	for i, s := range export.Sections {
		count := ""
		if n := counts[s]; n > 0 {
			count = h.Lang.Number(float64(n), 0)
		}
		children = append(children, layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return p.sections[i].Layout(gtx, h.Env, !slices.Contains(h.State.ReportView.Left, s), h.T(sectionNames[i]), count, gtx.Dp(34))
		}))
	}
	setting := func(t i18n.Text, w layout.Widget) layout.FlexChild {
		return layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return layout.Inset{Left: 14, Right: 14, Top: 8}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
				return row(gtx, layout.Flexed(1, h.Text(theme.Body, h.Text2, h.T(t))), layout.Rigid(w))
			})
		})
	}
	identities := []widget.MenuItem{{Text: h.T(i18n.IdentityFull)}, {Text: h.T(i18n.IdentityOffPage)}, {Text: h.T(i18n.IdentityRemoved)}}
	identity := int(h.State.ReportView.Identity)
	if h.State.Anonymous && identity == 0 {
		identity, identities[0].Reason = 1, h.T(i18n.Anonymise)
	}
	children = append(children, widget.Gap(6), layout.Rigid(widget.HLine(h.Line)),
		layout.Rigid(func(gtx layout.Context) layout.Dimensions { return widget.Header(gtx, h.Env, h.T(i18n.Settings), "") }),
		setting(i18n.Language, p.lang.of(h, at(h.Lang == text.English), words("Français", "English"), func(i int) {
			h.Emit(model.SetLang{To: []text.Lang{text.French, text.English}[i]})
		})),
		setting(i18n.PaperFormat, p.paper.of(h, at(h.State.ReportView.Paper == export.Letter), words("A4", "Letter"), func(i int) {
			h.Emit(model.SetReportView{Change: func(v *model.ReportView) { v.Paper = []export.Page{export.A4, export.Letter}[i] }})
		})),
		setting(i18n.Identity, p.identity.of(h, identity, identities, func(i int) {
			h.Emit(model.SetReportView{Change: func(v *model.ReportView) { v.Identity = model.Identity(i) }})
		})))
	if h.State.ReportView.Identity == model.IdentityRemoved {
		children = append(children, layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return layout.UniformInset(14).Layout(gtx, h.Paragraph(theme.Secondary, h.Text3, h.T(i18n.RemovedSense)))
		}))
	}
	return layout.Flex{Axis: layout.Vertical}.Layout(gtx, children...)
}

// at is the place of the second of two choices, or the first.
func at(second bool) int {
	if second {
		return 1
	}
	return 0
}

func words(list ...string) (out []widget.MenuItem) {
	for _, w := range list {
		out = append(out, widget.MenuItem{Text: w})
	}
	return out
}

// preview is the page, or the text, under the buttons that write it.
func (p *Report) preview(gtx layout.Context, h Host) layout.Dimensions {
	v := &h.State.ReportView.Proof
	widget.Fill(gtx, h.Palette.Pressed, image.Rectangle{Max: gtx.Constraints.Max})
	number := func(n int) string { return h.Lang.Number(float64(n), 0) }
	var numbers, sizes []widget.MenuItem
	for n := range max(v.Pages, 1) {
		numbers = append(numbers, widget.MenuItem{Text: h.T(i18n.PageOf, "n", number(n+1), "of", number(max(v.Pages, 1)))})
	}
	zoom := slices.Index(model.Zooms, 100)
	for i, z := range model.Zooms {
		sizes = append(sizes, widget.MenuItem{Text: h.Lang.Unit(number(z), "%")})
		if z == v.Zoom {
			zoom = i
		}
	}
	return layout.Flex{Axis: layout.Vertical}.Layout(gtx,
		layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return bar(gtx, h, h.Window, theme.BarHeight, func(gtx layout.Context) layout.Dimensions {
				parts := []layout.FlexChild{widget.Gap(14)}
				narrow := gtx.Constraints.Max.X < gtx.Dp(760)
				if !narrow {
					parts = append(parts, layout.Rigid(h.Text(theme.Heading, h.Text1, h.T(i18n.Preview))), separator(h))
				}
				parts = append(parts, layout.Rigid(func(gtx layout.Context) layout.Dimensions {
					gtx.Constraints.Min = image.Point{}
					both := []string{h.T(i18n.AsPages), h.T(i18n.ExportText)}
					return p.as.Layout(gtx, h.Env, at(v.AsText), both, both, 28)
				}), widget.Gap(8))
				if !v.AsText {
					parts = append(parts, layout.Rigid(p.number.of(h, min(v.Page, len(numbers)-1), numbers, func(i int) {
						h.Emit(model.SetProof{Change: func(v *model.Proof) { v.Page = i }})
					})), widget.Gap(8), layout.Rigid(p.zoom.of(h, zoom, sizes, func(i int) {
						h.Emit(model.SetProof{Change: func(v *model.Proof) { v.Zoom = model.Zooms[i] }})
					})))
				}
				parts = append(parts, space())
				reason := ""
				if _, busy := h.State.Job(model.ExportJob); busy {
					reason = h.T(i18n.Exporting)
				}
				for i := range p.files {
					parts = append(parts, layout.Rigid(func(gtx layout.Context) layout.Dimensions {
						look := widget.ButtonLook{Text: h.T(exports[i].text), Icon: icon.All[exports[i].icon], Small: true, Reason: reason}
						if narrow {
							look.Icon = ""
							if exports[i].text == i18n.ExportDICOM {
								look.Text = h.T(i18n.ExportDICOMShort)
							}
						}
						return p.files[i].Layout(gtx, h.Env, look)
					}), widget.Gap(8))
				}
				return row(gtx, append(parts, widget.Gap(6))...)
			})
		}),
		layout.Flexed(1, func(gtx layout.Context) layout.Dimensions {
			if v.AsText {
				return p.ris.layout(gtx, h)
			}
			return p.page.layout(gtx, h)
		}))
}
