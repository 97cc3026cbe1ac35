package panel

import (
	"image"
	"path/filepath"
	"strings"
	"time"

	"gioui.org/layout"

	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/icon"
	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/theme"
	"github.com/vertefill/vertefill/ui/widget"
)

// choiceOf is what a choice is made of, and what becomes of it.
type choiceOf struct {
	title, what, path, nothing i18n.Text
	file                       string // extensions of the files that may be chosen, such as " .csv .tsv "; empty: folders only
	note                       i18n.Text
	folder                     bool // a folder may be chosen
	first                      func(*model.State) string
	open                       func(path string, now time.Time) model.Msg
	back                       model.Msg // nil: there is no way back
}

var (
	ofCohort = choiceOf{i18n.CohortOpen, i18n.CohortWhat, i18n.CohortPath, i18n.CohortNothing, " .csv .tsv ", i18n.CohortTable, true,
		func(s *model.State) string { return s.Settings.Cohort },
		func(path string, now time.Time) model.Msg { return model.OpenCohort{Path: path, Now: now} }, model.ChooseCohort{}}
	ofReading = choiceOf{i18n.ChooseReading, i18n.AgreementNone, i18n.OtherReading, i18n.ReadingNothing, "", i18n.Text{}, true,
		func(s *model.State) string {
			if s.Cohort.Pairs != nil {
				return s.Cohort.Pairs.Path
			}
			return ""
		},
		func(path string, now time.Time) model.Msg { return model.OpenPairs{Path: path, Now: now} }, model.ChoosePairs{}}
	ofCases = choiceOf{i18n.ImportPacked, i18n.ImportSense, i18n.ImportHint, i18n.ImportNothing, " .vfcase .zip ", i18n.ImportFile, false,
		func(*model.State) string { return "" },
		func(path string, _ time.Time) model.Msg { return model.TakeCases{Path: path} }, model.ChooseCases{}}
)

// pathChoice lets a file or folder be chosen: by its path, or by looking
// through folders.
type pathChoice struct {
	path   widget.Field
	open   widget.Button
	here   widget.Button
	back   widget.Button
	up     widget.ToolButton
	filled bool // the path of the last time was put into the field
	looked bool // the folders were asked for
	list   widget.List
	rows   []widget.Row
}

// entries are the folders, and the files that may be chosen, of the folder
// that is looked at.
func (p *pathChoice) entries(h Host, of choiceOf) (out []model.Entry) {
	for _, e := range h.State.Browser.Entries {
		wanted := strings.Contains(of.file, " "+strings.ToLower(filepath.Ext(e.Name))+" ")
		if (e.Dir || wanted) && !strings.HasPrefix(e.Name, ".") {
			out = append(out, e)
		}
	}
	return out
}

func (p *pathChoice) events(gtx layout.Context, h Host, of choiceOf) {
	if !p.filled {
		p.filled = true
		p.path.SetValue(of.first(h.State))
		p.path.Focus()
	}
	b := &h.State.Browser
	if !p.looked && b.Dir == "" {
		h.Emit(model.LookAround{})
	}
	p.looked = true
	_, submitted := p.path.Events(gtx)
	switch {
	case p.open.Clicked(gtx) || submitted:
		h.Emit(of.open(p.path.Value(), gtx.Now))
	case p.here.Clicked(gtx):
		h.Emit(of.open(b.Dir, gtx.Now))
	case p.back.Clicked(gtx):
		h.Emit(of.back)
	case p.up.Clicked(gtx):
		h.Emit(model.LookAround{Dir: filepath.Dir(b.Dir)})
	}
	list := p.entries(h, of)
	for len(p.rows) < len(list) {
		p.rows = append(p.rows, widget.Row{})
	}
	for i, e := range list {
		if !p.rows[i].Clicked(gtx) {
			continue
		}
		full := filepath.Join(b.Dir, e.Name)
		if e.Dir {
			h.Emit(model.LookAround{Dir: full})
			break
		}
		h.Emit(of.open(full, gtx.Now))
	}
}

// layout draws the choice in the middle of the window.
func (p *pathChoice) layout(gtx layout.Context, h Host, of choiceOf) {
	p.events(gtx, h, of)
	b := &h.State.Browser
	gtx.Constraints.Min = image.Point{}
	layout.Center.Layout(fillMin(gtx), func(gtx layout.Context) layout.Dimensions {
		gtx.Constraints.Min = image.Point{}
		gtx.Constraints.Max.X = min(gtx.Dp(680), gtx.Constraints.Max.X)
		return widget.Card(gtx, h.Panel, h.Line, theme.RadiusCard, func(gtx layout.Context) layout.Dimensions {
			return layout.UniformInset(20).Layout(gtx, func(gtx layout.Context) layout.Dimensions {
				title := []layout.FlexChild{layout.Flexed(1, across(h.Text(theme.Section, h.Text1, h.T(of.title))))}
				if of.back != nil {
					title = append(title, layout.Rigid(func(gtx layout.Context) layout.Dimensions {
						return p.back.Layout(gtx, h.Env, widget.ButtonLook{Text: h.T(i18n.ChoiceBack), Icon: icon.All["prev"], Small: true, Quiet: true})
					}))
				}
				return column(gtx,
					layout.Rigid(func(gtx layout.Context) layout.Dimensions { return row(gtx, title...) }), widget.Gap(8),
					layout.Rigid(h.Paragraph(theme.Body, h.Text2, h.T(of.what))), widget.Gap(14),
					layout.Rigid(func(gtx layout.Context) layout.Dimensions {
						return row(gtx, layout.Flexed(1, func(gtx layout.Context) layout.Dimensions {
							return p.path.Layout(gtx, h.Env, widget.FieldLook{Label: h.T(of.path), Hint: h.T(of.path), Icon: icon.Folder})
						}), widget.Gap(8), layout.Rigid(func(gtx layout.Context) layout.Dimensions {
							return p.open.Layout(gtx, h.Env, widget.ButtonLook{Text: h.T(i18n.OpenIt)})
						}))
					}), widget.Gap(14),
					layout.Rigid(func(gtx layout.Context) layout.Dimensions {
						return row(gtx, layout.Rigid(func(gtx layout.Context) layout.Dimensions {
							return p.up.Layout(gtx, h.Env, widget.ToolLook{Icon: icon.All["up"], Tip: widget.Tooltip{Name: h.T(i18n.CohortUp)}})
						}), widget.Gap(8), layout.Flexed(1, across(h.Text(theme.Label, h.Text1, b.Dir))), widget.Gap(8),
							layout.Rigid(func(gtx layout.Context) layout.Dimensions {
								if !of.folder {
									return layout.Dimensions{}
								}
								return p.here.Layout(gtx, h.Env, widget.ButtonLook{Text: h.T(i18n.CohortHere), Icon: icon.Folder, Primary: true})
							}))
					}), widget.Gap(6),
					layout.Rigid(func(gtx layout.Context) layout.Dimensions { return p.folders(gtx, h, of) }))
			})
		})
	})
}

func (p *pathChoice) folders(gtx layout.Context, h Host, of choiceOf) layout.Dimensions {
	list := p.entries(h, of)
	if len(list) == 0 {
		return h.Text(theme.Secondary, h.Text3, h.T(of.nothing))(gtx)
	}
	gtx.Constraints.Max.Y = min(gtx.Constraints.Max.Y, gtx.Dp(320))
	gtx.Constraints.Min = gtx.Constraints.Max
	return p.list.Layout(gtx, h.Env, len(list), func(gtx layout.Context, i int) layout.Dimensions {
		e := list[i]
		glyph, note := icon.Folder, ""
		if !e.Dir {
			glyph, note = icon.All["table"], h.T(of.note)
		}
		return p.rows[i].Layout(gtx, h.Env, e.Name, 32, false, func(gtx layout.Context) layout.Dimensions {
			return layout.Inset{Left: 10, Right: 14}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
				gtx.Constraints.Min.Y = gtx.Constraints.Max.Y
				return row(gtx, layout.Rigid(func(gtx layout.Context) layout.Dimensions { return glyph.Layout(gtx, 16, h.Text2) }), widget.Gap(10),
					layout.Flexed(1, across(h.Text(theme.Body, h.Text1, e.Name))), layout.Rigid(h.Text(theme.Secondary, h.Text3, note)))
			})
		})
	})
}
