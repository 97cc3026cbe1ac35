package panel

import (
	"image"
	"path/filepath"
	"strings"

	"gioui.org/layout"

	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/icon"
	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/theme"
	"github.com/vertefill/vertefill/ui/widget"
)

// browser lists a folder. One click previews an entry, a double click goes
// into a folder.
type browser struct {
	path   widget.Field
	shown  string // the folder that the path field tells
	asked  int    // how often its keyboard was asked for
	chosen int    // the entry scrolled to
	paste  widget.Button
	watch  widget.Button
	up     widget.Row
	rows   []widget.Row
	crumbs []widget.Area
	list   widget.List
}

func (p *browser) layout(gtx layout.Context, h Host, width int) layout.Dimensions {
	b := h.State.Browser
	p.events(gtx, h)
	size := image.Pt(width, gtx.Constraints.Max.Y)
	gtx.Constraints = layout.Exact(size)
	layout.Flex{Axis: layout.Vertical}.Layout(gtx,
		layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			widget.Fill(gtx, h.Panel, image.Rect(0, 0, size.X, gtx.Dp(theme.PanelHeaderHeight)))
			return widget.Header(gtx, h.Env, h.T(i18n.OpenFolder), "", layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				return p.paste.Layout(gtx, h.Env, widget.ButtonLook{Text: h.T(i18n.PastePath), Icon: icon.Plus, Quiet: true, Small: true})
			}))
		}),
		layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return layout.Inset{Left: 14, Right: 14, Top: 10}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
				return p.path.Layout(gtx, h.Env, widget.FieldLook{Label: h.T(i18n.Path), Hint: h.T(i18n.Path), Icon: icon.Folder})
			})
		}),
		layout.Rigid(func(gtx layout.Context) layout.Dimensions { return p.trail(gtx, h, b.Dir) }),
		layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return cells(gtx, h, theme.TableHeaderHeight, nil, [4]string{h.T(i18n.Name), h.T(i18n.Kind), h.T(i18n.Contains), h.T(i18n.Size)}, theme.CaptionB, h.Text3)
		}),
		layout.Flexed(1, func(gtx layout.Context) layout.Dimensions {
			if b.Unread || len(b.Entries) == 0 {
				words := h.T(i18n.FolderEmpty)
				if b.Unread {
					words = h.T(i18n.FolderNoAccess)
				}
				column(gtx,
					layout.Rigid(func(gtx layout.Context) layout.Dimensions { return p.parent(gtx, h) }),
					layout.Rigid(func(gtx layout.Context) layout.Dimensions {
						return layout.UniformInset(14).Layout(gtx, h.Paragraph(theme.Secondary, h.Text3, words))
					}))
				return layout.Dimensions{Size: gtx.Constraints.Max}
			}
			return p.list.Layout(gtx, h.Env, len(b.Entries)+1, func(gtx layout.Context, i int) layout.Dimensions {
				if i == 0 {
					return p.parent(gtx, h)
				}
				return p.entry(gtx, h, i-1)
			})
		}),
		layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			widget.HLine(h.Line)(gtx)
			return layout.Inset{Left: 14, Right: 14, Top: 7, Bottom: 6}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
				look := widget.ButtonLook{Text: h.T(i18n.WatchThis), Icon: icon.Eye, Quiet: true, Small: true}
				if b.Dir != "" && b.Dir == h.State.Settings.Watched {
					look.Text, look.Primary, look.Quiet = h.T(i18n.Watching), true, false
				}
				return row(gtx, layout.Flexed(1, h.Text(theme.Secondary, h.Text3, h.T(i18n.ReadInPlace))), widget.Gap(8),
					layout.Rigid(func(gtx layout.Context) layout.Dimensions { return p.watch.Layout(gtx, h.Env, look) }))
			})
		}),
	)
	widget.Fill(gtx, h.Line, image.Rect(size.X-max(gtx.Dp(1), 1), 0, size.X, size.Y))
	return layout.Dimensions{Size: size}
}

func (p *browser) events(gtx layout.Context, h Host) {
	b := h.State.Browser
	if p.shown != b.Dir {
		p.shown = b.Dir
		p.path.SetValue(b.Dir)
		p.path.SelectAll()
	}
	if p.asked != b.Asked {
		p.asked = b.Asked
		p.path.Focus()
		p.path.SelectAll()
	}
	if p.chosen != b.Selected {
		p.chosen = b.Selected
		p.list.Reveal(b.Selected + 1)
	}
	if _, submitted := p.path.Events(gtx); submitted {
		h.Emit(model.SubmitPath{Path: p.path.Value(), Now: gtx.Now})
	}
	if p.paste.Clicked(gtx) {
		h.Emit(model.Do{Effect: model.Paste{}})
	}
	if p.watch.Clicked(gtx) {
		h.Do(gtx, "watch")
	}
	if p.up.Clicked(gtx) {
		h.Emit(model.Browse{Dir: filepath.Dir(b.Dir)})
	}
	for len(p.rows) < len(b.Entries) {
		p.rows = append(p.rows, widget.Row{})
	}
	for i, e := range b.Entries {
		switch path := filepath.Join(b.Dir, e.Name); p.rows[i].Clicks(gtx) {
		case 0:
		case 1:
			h.Emit(model.Preview{Path: path, Row: i, Now: gtx.Now})
		default:
			if e.Dir {
				h.Emit(model.Browse{Dir: path})
			}
		}
	}
	for i := range p.crumbs {
		if p.crumbs[i].Clicked(gtx) {
			parts := strings.Split(filepath.Clean(b.Dir), string(filepath.Separator))
			if i+1 < len(parts) {
				h.Emit(model.Browse{Dir: strings.Join(parts[:i+1], string(filepath.Separator)) + string(filepath.Separator)})
			}
		}
	}
}

// trail shows the last folders of the path; each leads there.
func (p *browser) trail(gtx layout.Context, h Host, dir string) layout.Dimensions {
	parts := strings.Split(filepath.Clean(dir), string(filepath.Separator))
	for len(p.crumbs) < len(parts) {
		p.crumbs = append(p.crumbs, widget.Area{})
	}
	var children []layout.FlexChild
	for i := max(len(parts)-4, 0); i < len(parts); i++ {
		if parts[i] == "" {
			continue
		}
		if len(children) > 0 {
			children = append(children, widget.Gap(8), layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				return icon.Right.Layout(gtx, 10, h.Text3)
			}), widget.Gap(8))
		}
		children = append(children, layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return p.crumbs[i].Layout(gtx, h.Env, parts[i], h.Text(theme.Secondary, h.Text3, parts[i]))
		}))
	}
	return layout.Inset{Left: 14, Right: 14, Top: 10, Bottom: 6}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
		gtx.Constraints.Min = image.Point{}
		return row(gtx, children...)
	})
}

func (p *browser) parent(gtx layout.Context, h Host) layout.Dimensions {
	return p.up.Layout(gtx, h.Env, h.T(i18n.ParentFolder), theme.RowOneLine, false, func(gtx layout.Context) layout.Dimensions {
		return cells(gtx, h, theme.RowOneLine, folderIcon(h.Text3, "..", true), [4]string{".."}, theme.Body, h.Text2)
	})
}

func (p *browser) entry(gtx layout.Context, h Host, i int) layout.Dimensions {
	e := h.State.Browser.Entries[i]
	selected := h.State.Browser.Selected == i
	role, ink, mark := theme.Body, h.Text1, h.Text3
	if selected {
		role, mark = theme.Heading, h.Accent
	}
	words := [4]string{e.Name, h.T(i18n.FileKind), "", size(h.Lang, e.Bytes)}
	if e.Dir {
		words[1], words[3] = h.T(i18n.FolderKind), ""
	}
	if x := e.Holds; x != nil {
		if len(x.Modalities) > 0 {
			words[1], words[2] = strings.Join(x.Modalities, ", "), holds(h, *x)
		}
		if x.Bytes > 0 {
			words[3] = size(h.Lang, x.Bytes)
		}
	}
	return p.rows[i].Layout(gtx, h.Env, e.Name, theme.RowOneLine, selected, func(gtx layout.Context) layout.Dimensions {
		return cells(gtx, h, theme.RowOneLine, folderIcon(mark, e.Name, e.Dir), words, role, ink)
	})
}

// holds says how many studies or series an entry holds.
func holds(h Host, x model.Contents) string {
	n := func(n int) string { return h.Lang.Number(float64(n), 0) }
	switch {
	case x.Studies > 1 && x.AtLeast:
		return h.T(i18n.StudiesAtLeast, "n", n(x.Studies))
	case x.Studies > 1:
		return h.T(i18n.StudiesN, "n", n(x.Studies))
	case x.AtLeast:
		return h.T(i18n.SeriesAtLeast, "n", n(x.Series))
	}
	return i18n.Count(h.Lang, x.Series, i18n.SeriesOne, i18n.SeriesN)
}

// folderIcon is the sign of an entry: a folder, an archive, a DICOMDIR, a file.
func folderIcon(c nrgba, name string, dir bool) layout.Widget {
	return func(gtx layout.Context) layout.Dimensions {
		switch {
		case dir:
			return icon.Folder.Layout(gtx, 17, c)
		case strings.EqualFold(filepath.Ext(name), ".zip"):
			return icon.Disk.Layout(gtx, 17, c)
		case strings.EqualFold(name, "DICOMDIR"):
			return icon.All["table"].Layout(gtx, 17, c)
		}
		return icon.Report.Layout(gtx, 17, c)
	}
}

// cells draws a line of the listing: icon, then name, type, what it contains,
// size.
func cells(gtx layout.Context, h Host, height dp, mark layout.Widget, words [4]string, role theme.Role, ink nrgba) layout.Dimensions {
	return widget.Fixed(gtx, 0, height, func(gtx layout.Context) layout.Dimensions {
		return layout.Inset{Left: 14, Right: 14}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
			var children []layout.FlexChild
			if mark != nil {
				children = append(children, layout.Rigid(mark), widget.Gap(8))
			}
			small := theme.Secondary
			if role == theme.CaptionB {
				small = role
			}
			children = append(children, layout.Flexed(1, h.Text(role, ink, words[0])))
			for n, width := range []dp{58, 72, 62} {
				c, at := h.Text3, layout.E
				if n == 0 {
					c, at = h.Text2, layout.W
				}
				children = append(children, layout.Rigid(func(gtx layout.Context) layout.Dimensions {
					return widget.Fixed(gtx, width, 0, func(gtx layout.Context) layout.Dimensions { return at.Layout(gtx, h.Text(small, c, words[n+1])) })
				}))
			}
			gtx.Constraints.Min.Y = gtx.Constraints.Max.Y
			return row(gtx, children...)
		})
	})
}
