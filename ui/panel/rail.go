package panel

import (
	"image"

	"gioui.org/f32"
	"gioui.org/io/event"
	"gioui.org/io/pointer"
	"gioui.org/layout"
	"gioui.org/op"
	"gioui.org/op/clip"
	"gioui.org/op/paint"

	"github.com/vertefill/vertefill/internal/text"
	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/icon"
	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/theme"
	"github.com/vertefill/vertefill/ui/widget"
)

// Rail lists the series of the open study beside the images. A click shows the
// series' views, a drag puts it into a view, a right click says what it is
// used for. Narrow, and while planes follow a vertebra, it lists the vertebrae.
type Rail struct {
	list    widget.List
	areas   []widget.Area
	hands   []hand
	thumbs  thumbs
	levels  []widget.Area
	menu    widget.Menu
	menuOf  int
	regroup regroup
	dropped int // series let go over the window, counted from 1
	at      image.Point
}

// hand follows the mouse on a thumbnail.
type hand struct {
	held  bool
	from  f32.Point
	moved bool
}

// Widths the rail snaps to, dp.
const railLevels, railThumbs, railLarge = dp(64), dp(148), dp(220)

// RailWidth is the width for a width the reader dragged to; 0 hides the rail.
func RailWidth(x dp) dp {
	switch {
	case x < railLevels/2:
		return 0
	case x < (railLevels+railThumbs)/2:
		return railLevels
	case x < (railThumbs+railLarge)/2:
		return railThumbs
	}
	return railLarge
}

// CloseMenu closes the menu of a series and reports whether it was open.
func (p *Rail) CloseMenu() bool { return p.menu.Close() }

// Dropped returns the series that was let go over the window since the last
// call, and where, px.
func (p *Rail) Dropped() (series int, at image.Point, ok bool) {
	n := p.dropped
	p.dropped = 0
	return n - 1, p.at, n > 0
}

// Layout draws the rail over the maximum constraints.
func (p *Rail) Layout(gtx layout.Context, h Host) layout.Dimensions {
	s := h.State
	size := gtx.Constraints.Max
	if s.Study == nil {
		return layout.Dimensions{Size: size}
	}
	for len(p.areas) < len(s.Study.Series) {
		p.areas, p.hands = append(p.areas, widget.Area{}), append(p.hands, hand{})
	}
	for i := range s.Study.Series {
		p.drag(gtx, h, i)
		if p.areas[i].Clicked(gtx) && !p.hands[i].moved {
			p.show(gtx, h, i)
		}
	}
	if size.X <= gtx.Dp(railLevels) && s.Result != nil {
		return pane(gtx, h, size.X, func(gtx layout.Context) layout.Dimensions { return p.vertebrae(gtx, h) })
	}
	return pane(gtx, h, size.X, func(gtx layout.Context) layout.Dimensions {
		return layout.Flex{Axis: layout.Vertical}.Layout(gtx,
			layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				return widget.Header(gtx, h.Env, h.T(i18n.Series), h.Lang.Number(float64(len(s.Study.Series)), 0))
			}),
			layout.Flexed(1, func(gtx layout.Context) layout.Dimensions {
				return p.list.Layout(gtx, h.Env, len(s.Study.Series), func(gtx layout.Context, i int) layout.Dimensions {
					return p.series(gtx, h, i)
				})
			}))
	})
}

func (p *Rail) series(gtx layout.Context, h Host, i int) layout.Dimensions {
	s, x := h.State, h.State.Study.Series[i]
	shown := s.Loaded[model.PreSlot].Series == i || s.Loaded[model.PostSlot].Series == i || s.Workspace == model.Fluoroscopy && s.Run.Series == i
	label := h.T(i18n.SeriesLabel, "n", h.Lang.Number(float64(i+1), 0))
	under := x.Description
	if x.Spacing[2] > 0 {
		under = h.T(i18n.CTSeries) + " " + h.Lang.Unit(h.Lang.Number(x.Spacing[2], 1), "mm")
	}
	date := ""
	if !h.State.Anonymous {
		date = h.Lang.Date(x.Date) + " " + h.Lang.Time(x.Time)
	}
	return layout.Inset{Left: 12, Right: 12, Top: 8}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
		return p.areas[i].Layout(gtx, h.Env, label, func(gtx layout.Context) layout.Dimensions {
			d := column(gtx,
				layout.Rigid(func(gtx layout.Context) layout.Dimensions {
					d := p.thumbs.layout(gtx, x, dp(float32(gtx.Constraints.Max.X)/gtx.Metric.PxPerDp), 84)
					if shown {
						widget.Outline(gtx, h.Accent, image.Rectangle{Max: d.Size}.Inset(-gtx.Dp(1)), theme.RadiusChip, 2)
					}
					return d
				}),
				widget.Gap(4),
				layout.Rigid(func(gtx layout.Context) layout.Dimensions {
					return row(gtx, layout.Rigid(tag(h, x.Role)), widget.Gap(8), layout.Rigid(h.Text(theme.Secondary, h.Text3, h.Lang.Number(float64(x.Images), 0))))
				}),
				widget.Gap(4),
				layout.Rigid(h.Text(theme.Caption, h.Text3, under)),
				layout.Rigid(h.Text(theme.Caption, h.Text3, date)))
			p.grip(gtx, i, d.Size)
			return d
		})
	})
}

// show gives the views of a series the keyboard; a run is opened.
func (p *Rail) show(gtx layout.Context, h Host, i int) {
	if h.State.Study.Series[i].Spacing[2] == 0 && h.State.Study.Series[i].Role == model.Fluoro {
		h.Emit(model.ShowRun{Series: i, Now: gtx.Now})
		return
	}
	for slot, l := range h.State.Loaded {
		if l.Series == i && l.Volume != nil {
			h.Emit(model.Focus{View: model.ViewID{Slot: model.Slot(slot), Content: h.State.Reading.Focus.Content}})
		}
	}
}

// drag follows the mouse on thumbnail i.
func (p *Rail) drag(gtx layout.Context, h Host, i int) {
	x := &p.hands[i]
	for {
		ev, ok := gtx.Event(pointer.Filter{Target: x, Kinds: pointer.Press | pointer.Drag | pointer.Release | pointer.Cancel})
		if !ok {
			return
		}
		e, ok := ev.(pointer.Event)
		if !ok {
			continue
		}
		switch {
		case e.Kind == pointer.Press && e.Buttons.Contain(pointer.ButtonSecondary):
			p.menuOf = i
			p.menu.Show(h.Pointer())
		case e.Kind == pointer.Press:
			*x = hand{held: true, from: e.Position}
		case e.Kind == pointer.Drag:
			by := e.Position.Sub(x.from)
			if by.X*by.X+by.Y*by.Y > float32(gtx.Dp(6)*gtx.Dp(6)) {
				x.moved = true
			}
		case e.Kind == pointer.Release:
			if x.held && x.moved {
				p.dropped, p.at = i+1, h.Pointer()
			}
			x.held = false
		default:
			x.held = false
		}
	}
}

// grip makes a series draggable.
func (p *Rail) grip(gtx layout.Context, i int, size image.Point) {
	x := &p.hands[i]
	area := clip.Rect(image.Rectangle{Max: size}).Push(gtx.Ops)
	if x.held && x.moved {
		pointer.CursorGrabbing.Add(gtx.Ops)
	}
	event.Op(gtx.Ops, x)
	area.Pop()
}

// Float draws what lies above the window: the series that is dragged, the menu
// of a series. It is called last, over the whole window.
func (p *Rail) Float(gtx layout.Context, h Host) {
	s := h.State
	if s.Study == nil {
		return
	}
	for i := range p.hands {
		if p.hands[i].held && p.hands[i].moved && i < len(s.Study.Series) {
			widget.At(gtx, h.Pointer().Add(image.Pt(gtx.Dp(10), gtx.Dp(10))), func(gtx layout.Context) layout.Dimensions {
				return p.thumbs.layout(gtx, s.Study.Series[i], 96, 66)
			})
		}
	}
	if !p.menu.Open || p.menuOf >= len(s.Study.Series) {
		return
	}
	x := s.Study.Series[p.menuOf]
	run, volume, post := "", "", ""
	if x.Spacing[2] > 0 {
		run = h.T(i18n.NotARun)
	} else {
		volume = h.T(i18n.NotAVolume)
	}
	if s.Loaded[model.PostSlot].Series == p.menuOf {
		post = h.T(i18n.PostNeeded)
	}
	items := []widget.MenuItem{
		{Text: h.T(i18n.RolePre), Checked: x.Role == model.Pre, Reason: volume},
		{Text: h.T(i18n.RolePost), Checked: x.Role == model.Post, Reason: volume},
		{Text: h.T(i18n.UseAsRun), Checked: x.Role == model.Fluoro, Reason: run},
		{Text: h.T(i18n.UseAsNothing), Checked: x.Role == model.Other, Reason: post},
		{Text: h.T(i18n.ShowInView), Icon: icon.Eye},
		{Text: h.T(i18n.DICOMHeader), Icon: icon.All["table"]},
		{Text: h.T(i18n.WhyRole, "why", why(h, x)), Icon: icon.Info},
	}
	fixed := len(items)
	items = append(items, p.regroup.items(h, p.menuOf)...)
	use := func(r model.Role) { h.Emit(model.UseAs{Series: p.menuOf, Role: r, Now: gtx.Now}) }
	switch n := p.menu.Layout(gtx, h.Env, items); n {
	case 0:
		use(model.Pre)
	case 1:
		use(model.Post)
	case 2:
		use(model.Fluoro)
	case 3:
		use(model.Other)
	case 4:
		if run == "" {
			h.Emit(model.ShowRun{Series: p.menuOf, Now: gtx.Now})
		} else {
			h.Emit(model.ShowSeries{Series: p.menuOf, Slot: s.Reading.Focus.Slot, Now: gtx.Now})
		}
	case 5:
		h.Emit(model.ShowHeader{Series: p.menuOf})
	case 6:
		h.Emit(model.Say{Text: why(h, x), Now: gtx.Now})
	default:
		p.regroup.choose(gtx, h, n-fixed)
	}
}

// why tells why a series has its role.
func why(h Host, x model.Series) string {
	if h.Lang == text.French {
		return x.Reason.FR
	}
	return x.Reason.EN
}

// vertebrae is the narrow rail: a sign for every vertebra, underlined where
// there is cement.
func (p *Rail) vertebrae(gtx layout.Context, h Host) layout.Dimensions {
	list := h.State.Result.Report.Vertebrae
	for len(p.levels) < len(list) {
		p.levels = append(p.levels, widget.Area{})
	}
	for i, v := range list {
		if p.levels[i].Clicked(gtx) {
			h.Emit(model.GoToLevel{Level: v.Level})
		}
		if p.levels[i].Asked(gtx) {
			h.Menu(model.Target{Level: v.Level})
		}
	}
	gtx.Constraints.Min = image.Point{}
	return layout.Inset{Top: 8, Left: 6, Right: 6, Bottom: 8}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
		return layout.Flex{Axis: layout.Vertical, Alignment: layout.Middle}.Layout(gtx,
			layout.Flexed(1, func(gtx layout.Context) layout.Dimensions {
				return p.list.Layout(gtx, h.Env, len(list), func(gtx layout.Context, i int) layout.Dimensions { return p.level(gtx, h, i) })
			}),
			layout.Rigid(widget.KeyCap(h.Env, h.T(i18n.KeyPageUp), h.Text2, h.Edge)), widget.Gap(4),
			layout.Rigid(widget.KeyCap(h.Env, h.T(i18n.KeyPageDown), h.Text2, h.Edge)))
	})
}

func (p *Rail) level(gtx layout.Context, h Host, i int) layout.Dimensions {
	v := h.State.Result.Report.Vertebrae[i]
	selected := h.State.Reading.Level == v.Level
	ink := h.Text2
	if selected {
		ink = h.Accent
	}
	return layout.Inset{Bottom: 4}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
		return p.levels[i].Layout(gtx, h.Env, h.T(i18n.Level)+" "+v.Level.String(), func(gtx layout.Context) layout.Dimensions {
			return widget.Fixed(gtx, 0, 60, func(gtx layout.Context) layout.Dimensions {
				size := gtx.Constraints.Max
				if selected || p.levels[i].Hovered() {
					ground := h.Raised
					if selected {
						ground = h.Select
					}
					widget.FillRound(gtx, ground, image.Rectangle{Max: size}, theme.RadiusButton)
				}
				layout.Center.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
					gtx.Constraints.Min = image.Point{}
					return layout.Flex{Axis: layout.Vertical, Alignment: layout.Middle}.Layout(gtx,
						layout.Rigid(func(gtx layout.Context) layout.Dimensions { return icon.Vertebra.Layout(gtx, 20, ink) }), widget.Gap(2),
						layout.Rigid(h.Text(theme.Label, ink, v.Level.String())))
				})
				if v.Treated || v.PriorCementML > 0 {
					line := h.MarkFill
					if !v.Treated {
						line = h.Text1
					}
					widget.Fill(gtx, line, image.Rect(size.X/2-gtx.Dp(8), size.Y-gtx.Dp(5), size.X/2+gtx.Dp(8), size.Y-gtx.Dp(3)))
				}
				return layout.Dimensions{Size: size}
			})
		})
	})
}

// cover draws an image so that it fills the frame, cut at two sides where the
// shapes differ.
func cover(gtx layout.Context, img paint.ImageOp, frame image.Point) {
	from := img.Size()
	if from.X == 0 || from.Y == 0 {
		return
	}
	scale := max(float32(frame.X)/float32(from.X), float32(frame.Y)/float32(from.Y))
	off := f32.Pt((float32(frame.X)-scale*float32(from.X))/2, (float32(frame.Y)-scale*float32(from.Y))/2)
	defer op.Affine(f32.AffineId().Scale(f32.Point{}, f32.Pt(scale, scale)).Offset(off)).Push(gtx.Ops).Pop()
	defer clip.Rect(image.Rectangle{Max: from}).Push(gtx.Ops).Pop()
	img.Add(gtx.Ops)
	paint.PaintOp{}.Add(gtx.Ops)
}
