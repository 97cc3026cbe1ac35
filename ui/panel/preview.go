package panel

import (
	"image"
	"path/filepath"
	"strings"

	"gioui.org/layout"
	"gioui.org/op/clip"
	"gioui.org/op/paint"

	"github.com/vertefill/vertefill/internal/diag"
	"github.com/vertefill/vertefill/internal/volume"
	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/icon"
	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/theme"
	"github.com/vertefill/vertefill/ui/widget"
)

// preview shows what a folder holds: series, roles with the reason, problems.
type preview struct {
	open, anonymise, stop widget.Button
	left                  widget.Button // lists what is not used
	roles                 []widget.Button
	menu                  widget.Menu
	menuOf                int
	list                  widget.List
	thumbs                thumbs
}

func (p *preview) layout(gtx layout.Context, h Host) layout.Dimensions {
	s := h.State
	size := gtx.Constraints.Max
	p.events(gtx, h)
	study := s.Browser.Preview
	switch job, scanning := s.Job(model.ScanJob); {
	case scanning && study == nil:
		p.scanning(gtx, h, job.Fraction, h.T(i18n.Scanning))
	case scanning:
		layout.Flex{Axis: layout.Vertical}.Layout(gtx,
			layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				return p.scanning(gtx, h, job.Fraction, h.T(i18n.StillScanning))
			}),
			layout.Flexed(1, func(gtx layout.Context) layout.Dimensions {
				p.study(gtx, h, study)
				return layout.Dimensions{Size: gtx.Constraints.Max}
			}))
	case s.Browser.Empty != nil:
		layout.UniformInset(20).Layout(gtx, func(gtx layout.Context) layout.Dimensions {
			return column(gtx,
				layout.Rigid(h.Paragraph(theme.Body, h.Text1, h.T(i18n.NoImages, "n", h.Lang.Number(float64(s.Browser.Empty.Files), 0)))), widget.Gap(12),
				layout.Rigid(func(gtx layout.Context) layout.Dimensions {
					gtx.Constraints.Min = image.Point{}
					return p.left.Layout(gtx, h.Env, widget.ButtonLook{Text: h.T(i18n.ShowWhatTheyAre), Small: true})
				}))
		})
	case study == nil:
		p.note(gtx, h, h.T(i18n.PreviewHint))
	default:
		p.study(gtx, h, study)
	}
	return layout.Dimensions{Size: size}
}

// scanning shows how far a folder is read.
func (p *preview) scanning(gtx layout.Context, h Host, fraction float64, words string) layout.Dimensions {
	gtx.Constraints.Min.Y = 0
	return layout.UniformInset(20).Layout(gtx, func(gtx layout.Context) layout.Dimensions {
		return column(gtx,
			layout.Rigid(h.Paragraph(theme.Body, h.Text2, words)),
			widget.Gap(10),
			layout.Rigid(widget.Progress(h.Env, fraction, 4)),
			widget.Gap(14),
			layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				gtx.Constraints.Min = image.Point{}
				return p.stop.Layout(gtx, h.Env, widget.ButtonLook{Text: h.T(i18n.Stop), Icon: icon.Close})
			}))
	})
}

func (p *preview) note(gtx layout.Context, h Host, words string) {
	layout.UniformInset(20).Layout(gtx, h.Paragraph(theme.Body, h.Text3, words))
}

func (p *preview) events(gtx layout.Context, h Host) {
	s := h.State
	if p.stop.Clicked(gtx) {
		h.Emit(model.Cancel{Kind: model.ScanJob})
	}
	if p.anonymise.Clicked(gtx) {
		h.Emit(model.SetAnonymous{On: !s.Anonymous})
	}
	if p.left.Clicked(gtx) {
		h.Emit(model.SetOverlay{To: model.LeftDialog})
	}
	if s.Browser.Preview == nil {
		return
	}
	if p.open.Clicked(gtx) {
		h.Emit(model.OpenStudy{Analyse: true, Now: gtx.Now})
	}
	for len(p.roles) < len(s.Browser.Preview.Series) {
		p.roles = append(p.roles, widget.Button{})
	}
	for i := range p.roles {
		if p.roles[i].Clicked(gtx) {
			p.menuOf, p.menu.Open = i, !p.menu.Open
		}
	}
}

func (p *preview) study(gtx layout.Context, h Host, study *model.Study) {
	layout.Flex{Axis: layout.Vertical}.Layout(gtx,
		layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			name := filepath.Base(study.Path)
			if h.State.Anonymous {
				name = h.T(i18n.Series)
			}
			return widget.Header(gtx, h.Env, name, scanned(h, study))
		}),
		layout.Rigid(func(gtx layout.Context) layout.Dimensions { return p.head(gtx, h, study) }),
		layout.Flexed(1, func(gtx layout.Context) layout.Dimensions {
			d := p.list.Layout(gtx, h.Env, len(study.Series), func(gtx layout.Context, i int) layout.Dimensions {
				return p.series(gtx, h, study, i)
			})
			return d
		}),
		layout.Rigid(func(gtx layout.Context) layout.Dimensions { return p.problems(gtx, h, study) }),
	)
}

// scanned says how long the look took, how large the images are and whether
// they fit into the memory.
func scanned(h Host, study *model.Study) string {
	said, free := i18n.ScannedIn, h.State.Browser.Memory.Free
	switch {
	case free > study.Bytes:
		said = i18n.ScannedFits
	case free > 0:
		said = i18n.ScannedLarge
	}
	return h.T(said, "s", h.Lang.Number(study.Seconds, 1), "mb", h.Lang.Number(float64(study.Bytes)/1e6, 0), "free", size(h.Lang, free))
}

func (p *preview) head(gtx layout.Context, h Host, study *model.Study) layout.Dimensions {
	pt, n := study.Patient, h.Lang.Number(float64(len(study.Series)), 0)
	under := h.T(i18n.BornID, "sex", orDash(pt.Sex), "birth", orDash(h.Lang.Date(pt.Birth)), "id", orDash(pt.ID), "n", n)
	if h.State.Anonymous {
		under = h.T(i18n.AnonID, "n", n)
	}
	d := layout.Inset{Left: 16, Right: 16, Top: 16, Bottom: 16}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
		return row(gtx,
			layout.Flexed(1, func(gtx layout.Context) layout.Dimensions {
				return column(gtx,
					layout.Rigid(h.Text(theme.Title, h.Text1, person(h, pt))),
					layout.Rigid(h.Text(theme.Secondary, h.Text2, under)))
			}),
			widget.Gap(12),
			layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				return p.anonymise.Layout(gtx, h.Env, widget.ButtonLook{Text: h.T(i18n.Anonymise), Icon: icon.Anon})
			}),
			widget.Gap(16),
			layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				words := h.T(i18n.OpenAnalyse)
				if study.ByRole(model.Post) < 0 {
					words = h.T(i18n.OpenOnly)
				}
				return p.open.Layout(gtx, h.Env, widget.ButtonLook{Text: words, After: icon.Right, Key: "↵", Primary: true})
			}))
	})
	widget.At(gtx, image.Pt(0, d.Size.Y), widget.HLine(h.Line))
	return d
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

func (p *preview) series(gtx layout.Context, h Host, study *model.Study, i int) layout.Dimensions {
	x := study.Series[i]
	d := layout.Inset{Left: 16, Right: 16, Top: 12, Bottom: 12}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
		return layout.Flex{}.Layout(gtx,
			layout.Rigid(func(gtx layout.Context) layout.Dimensions { return p.thumbs.layout(gtx, x, 112, 76) }),
			widget.Gap(12),
			layout.Flexed(1, func(gtx layout.Context) layout.Dimensions { return p.seriesText(gtx, h, x) }),
			widget.Gap(8),
			layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				gtx.Constraints.Min = image.Point{}
				d := p.roles[i].Layout(gtx, h.Env, widget.ButtonLook{Text: h.T(i18n.Role), After: icon.Down, Small: true})
				if p.menu.Open && p.menuOf == i {
					p.roleMenu(gtx, h, i, d.Size.Y)
				}
				return d
			}))
	})
	widget.At(gtx, image.Pt(0, d.Size.Y), widget.HLine(h.Line))
	d.Size.Y += max(gtx.Dp(1), 1)
	return d
}

func (p *preview) seriesText(gtx layout.Context, h Host, x model.Series) layout.Dimensions {
	l := h.Lang
	facts := []string{h.T(i18n.ImagesCount, "n", l.Number(float64(x.Images), 0))}
	if x.Matrix[0] > 0 {
		facts[0] = h.T(i18n.FramesCount, "n", l.Number(float64(x.Images), 0))
	}
	if date := strings.TrimSpace(l.Date(x.Date) + " " + l.Time(x.Time)); date != "" && !h.State.Anonymous {
		facts = append(facts, date)
	}
	if x.Spacing[0] > 0 {
		size := l.Number(x.Spacing[0], 2) + " × " + l.Number(x.Spacing[1], 2) + " × " + l.Number(x.Spacing[2], 2)
		facts = append(facts, l.Unit(size, "mm")+", "+verdict(h, x.Verdict))
	}
	if x.Matrix[0] > 0 {
		facts = append(facts, l.Number(float64(x.Matrix[0]), 0)+" × "+l.Number(float64(x.Matrix[1]), 0))
	}
	reason := x.Reason.In(l)
	lines := []layout.FlexChild{
		layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return row(gtx, layout.Rigid(tag(h, x.Role)), widget.Gap(8), layout.Flexed(1, h.Text(theme.Heading, h.Text1, x.Description)))
		}),
		widget.Gap(4),
		layout.Rigid(h.Text(theme.Secondary, h.Text2, strings.Join(facts, " · "))),
	}
	if reason != "" {
		lines = append(lines, widget.Gap(4), layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return layout.Flex{}.Layout(gtx, layout.Rigid(h.Text(theme.Secondary, h.Text3, h.T(i18n.Why))), widget.Gap(6),
				layout.Flexed(1, h.Paragraph(theme.Secondary, h.Text2, reason)))
		}))
	}
	if x.Matrix[0] > 0 {
		lines = append(lines, widget.Gap(4), layout.Rigid(iconText(h, icon.All["mm"], theme.Secondary, h.Text3, h.Text2, h.T(pixelFrom(x.PixelFrom)))))
	}
	for _, f := range x.Findings {
		if f.Severity() == diag.Info {
			continue
		}
		lines = append(lines, widget.Gap(4), layout.Rigid(iconText(h, icon.Warn, theme.Secondary, h.Warning, h.Warning, f.Message(l))))
	}
	for _, n := range x.Notes {
		lines = append(lines, widget.Gap(4), layout.Rigid(iconText(h, icon.Warn, theme.Secondary, h.Warning, h.Warning, h.T(n))))
	}
	return column(gtx, lines...)
}

// pixelFrom says where the millimetres of a run come from.
func pixelFrom(o volume.Origin) i18n.Text {
	switch o {
	case volume.OriginDetector:
		return i18n.FromDetector
	case volume.OriginMagnification:
		return i18n.FromEstimate
	case volume.OriginNone, "":
		return i18n.FromNothing
	case volume.OriginConflict:
		return i18n.FromConflict
	}
	return i18n.FromGeometry
}

// verdict names how the slices are spaced.
func verdict(h Host, v string) string {
	switch v {
	case "regular":
		return h.T(i18n.Regular)
	case "jitter":
		return h.T(i18n.Jitter)
	case "tilted":
		return h.T(i18n.Tilted)
	}
	return h.T(i18n.Irregular)
}

// roleMenu opens below the button. It is drawn above the list.
func (p *preview) roleMenu(gtx layout.Context, h Host, i, below int) {
	x := h.State.Browser.Preview.Series[i]
	roles := []model.Role{model.Pre, model.Post, model.Other}
	items := []widget.MenuItem{
		{Text: h.T(i18n.RolePre), Checked: x.Role == model.Pre},
		{Text: h.T(i18n.RolePost), Checked: x.Role == model.Post},
		{Text: h.T(i18n.RoleNone), Checked: x.Role == model.Other},
	}
	if chosen := p.menu.Float(gtx, h.Env, image.Pt(gtx.Dp(-194), below+gtx.Dp(4)), items); chosen >= 0 {
		h.Emit(model.SetRole{Series: i, Role: roles[chosen], Reason: model.Reason(i18n.SetByHand)})
	}
}

func (p *preview) problems(gtx layout.Context, h Host, study *model.Study) layout.Dimensions {
	var lines []layout.FlexChild
	count := 0
	for _, f := range study.Findings() {
		if f.Severity() == diag.Info {
			continue
		}
		count++
		lines = append(lines, widget.Gap(8), layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			chip := h.Caution("", string(f.Code))
			if f.Severity() == diag.Error {
				chip = h.Alarm("", string(f.Code))
			}
			return row(gtx, layout.Rigid(chip), widget.Gap(10), layout.Flexed(1, h.Paragraph(theme.Secondary, h.Text2, f.Message(h.Lang))))
		}))
	}
	if study.ByRole(model.Post) < 0 {
		count++
		lines = append(lines, widget.Gap(8), layout.Rigid(h.Paragraph(theme.Secondary, h.Text2, h.T(i18n.NoPost))))
	}
	if study.Skipped > 0 {
		count++
		lines = append(lines, skipped(h, study)...)
		lines = append(lines, widget.Gap(6), layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			gtx.Constraints.Min = image.Point{}
			return p.left.Layout(gtx, h.Env, widget.ButtonLook{Text: h.T(i18n.ShowList), Small: true, Quiet: true})
		}))
	}
	if count == 0 {
		return layout.Dimensions{}
	}
	widget.HLine(h.Line)(gtx)
	return layout.Inset{Left: 16, Right: 16, Top: 12, Bottom: 12}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
		head := layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			children := []layout.FlexChild{layout.Rigid(iconText(h, icon.Warn, theme.Heading, h.Warning, h.Text1, h.T(i18n.ProblemsN, "n", h.Lang.Number(float64(count), 0)))), space()}
			if study.ByRole(model.Post) >= 0 {
				children = append(children, layout.Rigid(h.Text(theme.Secondary, h.Text3, h.T(i18n.NoneBlocks))))
			}
			return row(gtx, children...)
		})
		return column(gtx, append([]layout.FlexChild{head}, lines...)...)
	})
}

// thumbs keeps the pictures of series on the graphics side.
type thumbs map[*image.RGBA]paint.ImageOp

// layout draws a series' thumbnail with round corners, filling its frame.
func (t *thumbs) layout(gtx layout.Context, x model.Series, width, height dp) layout.Dimensions {
	size := image.Pt(gtx.Dp(width), gtx.Dp(height))
	frame := image.Rectangle{Max: size}
	defer clip.UniformRRect(frame, gtx.Dp(theme.RadiusChip)).Push(gtx.Ops).Pop()
	widget.Fill(gtx, theme.Black, frame)
	if x.Thumbnail == nil {
		return layout.Dimensions{Size: size}
	}
	if *t == nil {
		*t = thumbs{}
	}
	img, ok := (*t)[x.Thumbnail]
	if !ok {
		img = paint.NewImageOp(x.Thumbnail)
		(*t)[x.Thumbnail] = img
	}
	cover(gtx, img, size)
	return layout.Dimensions{Size: size}
}
