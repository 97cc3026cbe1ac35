package panel

import (
	"image"
	"image/color"
	"strings"

	"gioui.org/layout"
	"gioui.org/op/paint"
	"gioui.org/unit"
	giowidget "gioui.org/widget"

	"github.com/vertefill/vertefill/internal/anatomy"
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

// page is the report as paper: white in both themes.
type page struct {
	list  widget.List
	drawn map[*image.RGBA]paint.ImageOp
}

// picture returns a key image as the graphics driver keeps it.
func (p *page) picture(m *image.RGBA) paint.ImageOp {
	if p.drawn == nil || len(p.drawn) > 2*model.PagePictures {
		p.drawn = map[*image.RGBA]paint.ImageOp{}
	}
	if _, ok := p.drawn[m]; !ok {
		p.drawn[m] = paint.NewImageOp(m)
	}
	return p.drawn[m]
}

// The page on screen, in dp.
const pageWidth, pageMargin, pictureWidth = dp(606), dp(34), dp(126)

// Inks of the paper and of leaks on it (design section 3, light print).
var (
	paper     = color.NRGBA{0xFF, 0xFF, 0xFF, 0xFF}
	paperInk  = color.NRGBA{0x18, 0x1B, 0x1E, 0xFF}
	paperInk2 = color.NRGBA{0x4E, 0x56, 0x5D, 0xFF}
	paperLine = color.NRGBA{0xD9, 0xDD, 0xE0, 0xFF}
	paperNote = color.NRGBA{0xFF, 0xF3, 0xDF, 0xFF}
	paperEdge = color.NRGBA{0x8A, 0x52, 0x00, 0xFF}
	printed   = map[anatomy.Compartment]color.NRGBA{
		anatomy.Canal: {0xB3, 0x00, 0x1F, 0xFF}, anatomy.Foramen: {0xB3, 0x50, 0x6A, 0xFF}, anatomy.DiscSuperior: {0xA8, 0x4A, 0x00, 0xFF},
		anatomy.DiscInferior: {0xA8, 0x4A, 0x00, 0xFF}, anatomy.ParavertebralVein: {0x6B, 0x2F, 0xB3, 0xFF}, anatomy.SoftTissue: {0xA8, 0x22, 0x7F, 0xFF},
		anatomy.NeedleTrack: {0x4F, 0x7A, 0x2A, 0xFF}, anatomy.Distant: {0x00, 0x75, 0x6B, 0xFF},
	}
)

func (p *page) layout(gtx layout.Context, h Host) layout.Dimensions {
	parts := p.parts(h)
	return p.list.Layout(gtx, h.Env, 1, func(gtx layout.Context, _ int) layout.Dimensions {
		wide := min(gtx.Dp(pageWidth), gtx.Constraints.Max.X)
		off := (gtx.Constraints.Max.X - wide) / 2
		return layout.Inset{Top: 16, Bottom: 16, Left: unit.Dp(float32(off) / gtx.Metric.PxPerDp)}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
			gtx.Constraints = layout.Constraints{Min: image.Pt(wide, wide*297/210), Max: image.Pt(wide, 1<<20)}
			return widget.Card(gtx, paper, paperLine, 2, func(gtx layout.Context) layout.Dimensions {
				return layout.UniformInset(pageMargin).Layout(gtx, func(gtx layout.Context) layout.Dimensions {
					gtx.Constraints.Min.X = gtx.Constraints.Max.X
					return layout.Flex{Axis: layout.Vertical}.Layout(gtx, parts...)
				})
			})
		})
	})
}

// parts are the blocks of the page from top to bottom.
func (p *page) parts(h Host) []layout.FlexChild {
	r := &h.State.Result.Report
	head := func(t i18n.Text) layout.FlexChild {
		return layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return layout.Inset{Top: 12, Bottom: 3}.Layout(gtx, h.Text(theme.Heading, paperInk, h.T(t)))
		})
	}
	parts := []layout.FlexChild{layout.Rigid(func(gtx layout.Context) layout.Dimensions { return pageHead(gtx, h) }), head(i18n.Technique),
		layout.Rigid(h.Paragraph(theme.Caption, paperInk, technique(h))), head(i18n.Conclusion)}
	var said strings.Builder
	for _, s := range export.Summary(r, h.Lang) {
		said.WriteString(s.Text)
	}
	if c := h.State.Work.Comment; c != "" {
		said.WriteString("\n" + c)
	}
	parts = append(parts, layout.Rigid(h.Paragraph(theme.Caption, paperInk, said.String())), widget.Gap(12))
	parts = append(parts, vertebraRows(h)...)
	parts = append(parts, widget.Gap(12))
	parts = append(parts, leakTable(h)...)
	parts = append(parts, widget.Gap(12), layout.Rigid(func(gtx layout.Context) layout.Dimensions { return p.pictures(gtx, h) }))
	if note := qualityNote(h); note != "" {
		parts = append(parts, widget.Gap(12), layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return widget.Background(gtx, paperNote, func(gtx layout.Context) layout.Dimensions {
				d := layout.UniformInset(9).Layout(gtx, h.Paragraph(theme.Caption, paperInk, h.T(i18n.QualityNote)+" "+note))
				widget.Fill(gtx, paperEdge, image.Rect(0, 0, gtx.Dp(3), d.Size.Y))
				return d
			})
		}))
	}
	return append(parts, widget.Gap(16), layout.Rigid(widget.HLine(paperLine)), widget.Gap(6), layout.Rigid(h.Paragraph(theme.Caption, paperInk2, h.T(i18n.ReportFoot))))
}

// pageHead is the title with patient and date.
func pageHead(gtx layout.Context, h Host) layout.Dimensions {
	o := h.State.ExportOptions(nil)
	who := o.Study.Patient
	if o.Study.Sex != "" {
		who += " · " + o.Study.Sex
	}
	if o.Study.BirthDate != "" {
		who += " · " + h.Lang.Date(o.Study.BirthDate)
	}
	signed := h.T(i18n.DraftV, "n", h.Lang.Number(float64(o.SignOff.Version), 0))
	if o.SignOff.Signed != "" {
		signed = h.T(i18n.SignedV, "n", h.Lang.Number(float64(o.SignOff.Version), 0)) + " · " + o.SignOff.Reader + " · " + o.SignOff.Signed
	}
	return column(gtx,
		layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return row(gtx,
				layout.Rigid(func(gtx layout.Context) layout.Dimensions {
					return icon.Mark(gtx, 22, theme.Light.Accent, theme.Light.MarkFill)
				}), widget.Gap(9),
				layout.Flexed(1, across(twoLines(false, h.Text(theme.Section, paperInk, h.T(i18n.ReportTitle)),
					h.Text(theme.Caption, paperInk2, h.T(i18n.MeasuredWith, "version", h.State.Result.Report.Software.Version)+" · "+signed)))),
				layout.Rigid(twoLines(true, h.Text(theme.CaptionB, paperInk, who), h.Text(theme.Caption, paperInk2, h.Lang.Date(o.Study.Date)))))
		}),
		widget.Gap(8), layout.Rigid(widget.HLine(paperInk)))
}

// technique says what was measured.
func technique(h Host) string {
	l := h.Lang
	of := func(slot model.Slot, t i18n.Text) string {
		v := h.State.Loaded[slot].Volume
		if v == nil {
			return ""
		}
		return h.T(t, "n", l.Number(float64(v.NZ), 0), "mm", l.Number(float64(v.DZ), 1))
	}
	out := of(model.PostSlot, i18n.TechniqueText)
	if pre := of(model.PreSlot, i18n.TechniquePre); pre != "" {
		out += " " + pre
	}
	return out
}

// tableRow lays cells out by shares of the width; the first is left, the
// others right.
func tableRow(gtx layout.Context, line color.NRGBA, shares []float32, cells ...layout.Widget) layout.Dimensions {
	var children []layout.FlexChild
	for i, c := range cells {
		children = append(children, layout.Flexed(shares[i], func(gtx layout.Context) layout.Dimensions {
			if i == 0 {
				return layout.W.Layout(gtx, c)
			}
			return layout.E.Layout(gtx, func(gtx layout.Context) layout.Dimensions { return layout.Inset{Left: 4}.Layout(gtx, c) })
		}))
	}
	d := layout.Inset{Top: 3, Bottom: 3}.Layout(gtx, func(gtx layout.Context) layout.Dimensions { return row(gtx, children...) })
	widget.Fill(gtx, line, image.Rect(0, d.Size.Y-1, d.Size.X, d.Size.Y))
	return d
}

// vertebraRows is the table of the levels with cement, of all where none has.
func vertebraRows(h Host) (out []layout.FlexChild) {
	l := h.Lang
	shares := []float32{1.05, 1.65, 1.7, 1.7, 1, 2.05}
	cell := func(s string) layout.Widget { return h.Text(theme.Caption, paperInk, s) }
	head := func(s string) layout.Widget { return h.Text(theme.CaptionB, paperInk2, s) }
	with := func(v float64, i *assess.Interval, decimals int) string {
		if i == nil {
			return l.Number(v, decimals)
		}
		return l.Number(v, decimals) + " " + l.Interval(i[0], i[1], decimals)
	}
	out = append(out, layout.Rigid(func(gtx layout.Context) layout.Dimensions {
		return tableRow(gtx, paperInk, shares, head(h.T(i18n.Level)), head(h.T(i18n.Body)+", mL"), head(h.T(i18n.Cement)+", mL"), head(h.T(i18n.Fill)+", %"), head(h.T(i18n.Leak)+", mL"), head(h.T(i18n.HeightsAMP)))
	}))
	list := h.State.Result.Report.Vertebrae
	any := false
	for _, v := range list {
		any = any || treatedOrPrior(v)
	}
	for _, v := range list {
		if any && !treatedOrPrior(v) {
			continue
		}
		name := v.Level.String()
		switch {
		case v.Treated:
			name += " " + h.T(i18n.Treated)
		case v.PriorCementML > 0:
			name += " " + h.T(i18n.Prior)
		}
		cement, fill, leak, heights := "–", "–", "–", "–"
		if ml := v.CementInBodyML + v.PriorCementML; ml > 0 {
			i := v.CementInBodyIntervalML
			if v.PriorCementML > 0 {
				i = nil
			}
			cement = with(ml, i, text.MLDecimals(ml))
			fill = l.Percent(v.FillRatio)
			if x := v.FillRatioInterval; x != nil {
				fill += " " + l.Interval(100*x[0], 100*x[1], 1)
			}
		}
		if len(v.LeakIDs) > 0 {
			leak = l.LeakML(h.State.LeakML(v.LeakIDs))
		}
		if x := v.HeightsMM; x != nil {
			heights = l.Number(x.Anterior, 1) + " / " + l.Number(x.Middle, 1) + " / " + l.Number(x.Posterior, 1)
		}
		body := with(v.BodyVolumeML, v.BodyVolumeIntervalML, text.MLDecimals(v.BodyVolumeML))
		out = append(out, layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return tableRow(gtx, paperLine, shares, h.Text(theme.CaptionB, paperInk, name), cell(body), cell(cement), h.Text(theme.CaptionB, paperInk, fill), cell(leak), cell(heights))
		}))
	}
	return out
}

// leakTable is the table of the leaks, or the sentence that there is none.
func leakTable(h Host) (out []layout.FlexChild) {
	l := h.Lang
	leaks := h.State.Result.Report.Leaks
	if len(leaks) == 0 {
		return []layout.FlexChild{layout.Rigid(h.Paragraph(theme.Caption, paperInk2, noLeak(h)))}
	}
	shares := []float32{2.9, 0.6, 1.7, 2.4}
	head := func(s string) layout.Widget { return h.Text(theme.CaptionB, paperInk2, s) }
	cell := func(s string) layout.Widget { return h.Text(theme.Caption, paperInk, s) }
	out = append(out, layout.Rigid(func(gtx layout.Context) layout.Dimensions {
		return tableRow(gtx, paperInk, shares, head(h.T(i18n.Leak)), head(h.T(i18n.LeakKind)), head(h.T(i18n.Volume)), head(h.T(i18n.LeakConsequent)))
	}))
	for _, x := range leaks {
		ml := l.LeakML(x.VolumeML)
		if i := x.VolumeIntervalML; i != nil {
			ml += " " + l.Interval(i[0], i[1], 2)
		}
		measured := h.T(i18n.LeakLength) + " " + l.Unit(l.Number(x.LengthMM, 0), "mm")
		if mm := x.CanalEncroachmentMM; mm != nil {
			measured = h.T(i18n.Encroachment) + " " + l.Unit(l.Number(*mm, 1), "mm")
		}
		out = append(out, layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return tableRow(gtx, paperLine, shares, func(gtx layout.Context) layout.Dimensions {
				return row(gtx, layout.Rigid(func(gtx layout.Context) layout.Dimensions {
					return icon.Of(x.Compartment).Layout(gtx, 9, printed[x.Compartment])
				}), widget.Gap(7),
					layout.Rigid(cell(x.Level.String()+" "+h.T(i18n.LeakName(x.Compartment)))))
			}, cell(string(x.Type)), cell(l.Unit(ml, "mL")), cell(measured))
		}))
	}
	return out
}

// pictures are the first key images in a row, with their captions.
func (p *page) pictures(gtx layout.Context, h Host) layout.Dimensions {
	pictures := h.State.ReportView.Pictures
	if len(pictures) == 0 {
		return h.Text(theme.Caption, paperInk2, h.T(i18n.MakingPictures))(gtx)
	}
	var children []layout.FlexChild
	for i, k := range pictures[:min(model.PagePictures, len(pictures))] {
		if i > 0 {
			children = append(children, widget.Gap(9))
		}
		children = append(children, layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			gtx.Constraints = layout.Constraints{Max: image.Pt(gtx.Dp(pictureWidth), 1<<16)}
			return layout.Flex{Axis: layout.Vertical}.Layout(gtx,
				layout.Rigid(func(gtx layout.Context) layout.Dimensions {
					gtx.Constraints = layout.Exact(image.Pt(gtx.Dp(pictureWidth), gtx.Dp(pictureWidth)))
					return giowidget.Image{Src: p.picture(k.Image), Fit: giowidget.Contain}.Layout(gtx)
				}), widget.Gap(4), layout.Rigid(h.Paragraph(theme.Caption, paperInk2, k.Caption)))
		}))
	}
	return layout.Flex{}.Layout(gtx, children...)
}

// qualityNote joins the warnings that touch the numbers.
func qualityNote(h Host) string {
	var said []string
	for _, f := range h.State.Result.Findings {
		if f.Severity() != diag.Info {
			said = append(said, f.Message(h.Lang))
		}
	}
	return strings.Join(said, " ")
}
