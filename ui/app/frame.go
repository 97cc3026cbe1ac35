package app

import (
	"cmp"
	"image"

	"gioui.org/io/key"
	"gioui.org/layout"
	"gioui.org/op"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/panel"
	"github.com/vertefill/vertefill/ui/theme"
	"github.com/vertefill/vertefill/ui/view"
	"github.com/vertefill/vertefill/ui/widget"
)

// frame is the arrangement of the window: bars, rail, views, panel, status.
type frame struct {
	top     panel.Top
	tools   panel.Tools
	status  panel.Status
	studies panel.Studies
	report  panel.Report
	fixing  panel.FixingBar
	rail    panel.Rail
	side    panel.Findings
	drawn   panel.Measures
	player  panel.Transport
	lessons panel.Lessons
	lesson  panel.Lesson
	blind   panel.Blind
	run     panel.Injection
	runBar  panel.RunBar
	cohort  panel.Cohort
	views   view.Views
	region  int // that F6 went to: views, panel, top bar

	edge     widget.Splitter // between views and panel
	columns  widget.Splitter // between the two columns of a 2 x 2 grid
	rows     widget.Splitter
	railSide widget.Splitter                  // between rail and views
	cells    map[model.ViewID]image.Rectangle // where views lie in the window, px
}

// railHides is the width of the window in dp below which the rail is hidden.
const railHides = 1101

// runShare is the share of the width that a run takes beside the CT.
const runShare = 0.64

func (f *frame) layout(gtx layout.Context, a *App, h panel.Host) {
	host := view.Host{Env: h.Env, State: h.State, Service: a.service, Emit: h.Emit, Notch: a.config.Notch}
	h.State.Fit(float32(gtx.Constraints.Max.X) / gtx.Metric.PxPerDp)
	if h.State.Viewing() {
		ids, _ := h.State.Grid()
		host.Menu = func(id model.ViewID, at geom.Patient, px image.Point) { a.popups.menu.open(h.State.On(id, at), px, h) }
		f.views.Update(gtx, host, ids)
		a.dirty = false // nothing is drawn yet
	}
	layout.Flex{Axis: layout.Vertical}.Layout(gtx,
		layout.Rigid(func(gtx layout.Context) layout.Dimensions { return f.top.Layout(gtx, h) }),
		layout.Flexed(1, func(gtx layout.Context) layout.Dimensions {
			switch {
			case h.State.Workspace == model.Report && h.State.Result != nil:
				return f.report.Layout(gtx, h)
			case h.State.Workspace == model.CohortPlace:
				return f.cohort.Layout(gtx, h)
			case h.State.Workspace == model.Teaching && h.State.Viewing():
				return f.teaching(gtx, a, h, host)
			case h.State.Workspace == model.Teaching:
				return f.lessons.Layout(gtx, h)
			case !h.State.Viewing():
				return f.studies.Layout(gtx, h)
			}
			return layout.Flex{Axis: layout.Vertical}.Layout(gtx,
				layout.Rigid(func(gtx layout.Context) layout.Dimensions { return f.tools.Layout(gtx, h) }),
				layout.Rigid(func(gtx layout.Context) layout.Dimensions { return f.fixing.Layout(gtx, h) }),
				layout.Rigid(func(gtx layout.Context) layout.Dimensions { return f.runBar.Layout(gtx, h) }),
				layout.Flexed(1, func(gtx layout.Context) layout.Dimensions { return f.reading(gtx, a, h, host) }))
		}),
		layout.Rigid(func(gtx layout.Context) layout.Dimensions { return f.status.Layout(gtx, h, a.config.Version) }))
}

// nextRegion takes the keyboard from the views to the panel, to the top bar
// and back: Tab goes on from there.
func (f *frame) nextRegion(gtx layout.Context, s *model.State) {
	f.region = (f.region + 1) % 3
	if f.region == 1 && !(s.Workspace == model.Read && s.Settings.Panel && f.side.Focus(gtx)) {
		f.region = 2
	}
	switch f.region {
	case 0:
		gtx.Execute(key.FocusCmd{})
	case 2:
		f.top.Focus(gtx)
	}
}

// reading lays rail, views and panel out beside each other.
func (f *frame) reading(gtx layout.Context, a *App, h panel.Host, host view.Host) layout.Dimensions {
	size := gtx.Constraints.Max
	s := h.State.Settings
	left, right := 0, 0
	f.railEdge(gtx, h)
	if s.Rail && size.X >= gtx.Dp(railHides) {
		left = gtx.Dp(f.railWidth(h.State))
	}
	overlay := h.State.Narrow
	if by := f.edge.Dragged(gtx, layout.Horizontal); by != 0 {
		h.Emit(model.SetSettings{Change: func(s *model.Settings) { s.PanelDP -= float32(by) }})
	}
	if s.Panel {
		right = gtx.Dp(dp(s.PanelDP))
	}
	below := 0 // what lies under the views
	if h.State.Workspace == model.Fluoroscopy {
		left, below = 0, gtx.Dp(panel.TransportHeight)
	}
	if h.State.Fixing.On {
		left = 0
	}
	views := size.X - left
	if !overlay || h.State.Single {
		views -= right
	}
	widget.At(gtx, image.Point{}, func(gtx layout.Context) layout.Dimensions {
		gtx.Constraints = layout.Exact(image.Pt(left, size.Y))
		if left == 0 {
			return layout.Dimensions{}
		}
		d := f.rail.Layout(gtx, h)
		off := op.Offset(image.Pt(left, 0)).Push(gtx.Ops)
		f.railSide.Layout(gtx, layout.Horizontal, size.Y)
		off.Pop()
		return d
	})
	if series, at, ok := f.rail.Dropped(); ok {
		for id, cell := range f.cells {
			if at.In(cell) && !id.Content.OfRun() {
				h.Emit(model.ShowSeries{Series: series, Slot: id.Slot, Now: gtx.Now})
			}
		}
	}
	widget.At(gtx, image.Pt(left, 0), func(gtx layout.Context) layout.Dimensions {
		gtx.Constraints = layout.Exact(image.Pt(views, size.Y-below))
		f.grid(gtx, a, h, host, image.Pt(left, gtx.Dp(2*theme.BarHeight)))
		return layout.Dimensions{Size: gtx.Constraints.Max}
	})
	if below > 0 {
		widget.At(gtx, image.Pt(left, size.Y-below), func(gtx layout.Context) layout.Dimensions {
			gtx.Constraints = layout.Exact(image.Pt(views, below))
			return f.player.Layout(gtx, h)
		})
	}
	if right > 0 {
		widget.At(gtx, image.Pt(size.X-right, 0), func(gtx layout.Context) layout.Dimensions {
			gtx.Constraints = layout.Exact(image.Pt(right, size.Y))
			side := f.side.Layout
			switch {
			case h.State.MeasureList:
				side = f.drawn.Layout
			case h.State.BlindReading():
				side = f.blind.Layout
			case h.State.Workspace == model.Fluoroscopy && !h.State.Problems:
				side = f.run.Layout
			}
			d := side(gtx, h)
			f.edge.Layout(gtx, layout.Horizontal, size.Y)
			return d
		})
	}
	return layout.Dimensions{Size: size}
}

// railEdge follows the mouse on the edge of the rail, whose width snaps: the
// edge stays where it is until the next width is nearer.
func (f *frame) railEdge(gtx layout.Context, h panel.Host) {
	by := f.railSide.Dragged(gtx, layout.Horizontal)
	if by == 0 {
		return
	}
	if to := panel.RailWidth(f.railWidth(h.State) + by); to != f.railWidth(h.State) {
		h.Emit(model.SetSettings{Change: func(s *model.Settings) {
			s.Rail, s.RailDP = to > 0, float32(cmp.Or(to, theme.RailWidth))
		}})
	}
}

// railWidth is the width of the rail in dp: that of levels while one vertebra
// is looked at along its own axes.
func (f *frame) railWidth(s *model.State) dp {
	if s.Reading.Aligned && s.Reading.Layout == model.ThreePlanes && s.Result != nil {
		return theme.LevelRailWidth
	}
	return dp(cmp.Or(s.Settings.RailDP, float32(theme.RailWidth)))
}

// grid draws the views of the layout. origin is where the grid lies in the
// window, for menus.
func (f *frame) grid(gtx layout.Context, a *App, h panel.Host, host view.Host, origin image.Point) {
	size := gtx.Constraints.Max
	h.State.Room = image.Pt(int(float32(size.X)/gtx.Metric.PxPerDp), int(float32(size.Y)/gtx.Metric.PxPerDp))
	ids, columns := h.State.Grid()
	rows := (len(ids) + columns - 1) / columns
	gap := gtx.Dp(theme.ViewGap)
	key := splitKey(h.State)
	ratio := h.State.Settings.Splits[key]
	across, down := f.columns.Dragged(gtx, layout.Horizontal), f.rows.Dragged(gtx, layout.Vertical)
	if across != 0 || down != 0 {
		if across != 0 {
			ratio[0] = drag(ratio[0], gtx.Dp(across), size.X)
		}
		if down != 0 {
			ratio[1] = drag(ratio[1], gtx.Dp(down), size.Y)
		}
		h.Emit(model.SetSplit{Key: key, Ratio: ratio})
	}
	xs, ys := edges(size.X, columns, gap, ratio[0]), edges(size.Y, rows, gap, ratio[1])
	f.cells = map[model.ViewID]image.Rectangle{}
	var cells []image.Rectangle // of a run and what belongs to it
	if h.State.Workspace == model.Fluoroscopy {
		cells = runCells(size, len(ids), gap, cmp.Or(ratio[0], runShare))
		if len(ids) == 1 {
			columns = 1
		}
		rows = 1
	}
	beside := len(ids) == 3 && columns == 2 && cells == nil // a vertebra being corrected, as high as the two views beside it
	if beside || cells != nil && columns == 2 {
		xs = edges(size.X, columns, gap, cmp.Or(ratio[0], runShare))
	}
	if cells != nil || !beside && len(ids) != rows*columns { // views that leave room
		widget.Fill(gtx, h.Line, image.Rectangle{Max: size})
	}
	for i, id := range ids {
		x, y := xs[i%columns], ys[i/columns%len(ys)]
		switch {
		case beside && i == 0:
			x, y = xs[0], [2]int{0, size.Y}
		case beside:
			x, y = xs[1], ys[i-1]
		}
		cell := image.Rect(x[0], y[0], x[1], y[1])
		if cells != nil {
			cell = cells[i]
		}
		for _, between := range []image.Rectangle{
			image.Rect(cell.Max.X, cell.Min.Y, cell.Max.X+gap, cell.Max.Y+gap), image.Rect(cell.Min.X, cell.Max.Y, cell.Max.X, cell.Max.Y+gap),
		} {
			widget.Fill(gtx, h.Line, between.Intersect(image.Rectangle{Max: size}))
		}
		a.popups.menu.place(id, origin.Add(cell.Min))
		f.cells[id] = cell.Add(origin)
		off := op.Offset(cell.Min).Push(gtx.Ops)
		in := gtx
		in.Constraints = layout.Exact(cell.Size())
		f.views.Layout(in, host, id)
		off.Pop()
	}
	if columns == 2 {
		widget.At(gtx, image.Pt(xs[0][1]+gap/2, 0), func(gtx layout.Context) layout.Dimensions {
			f.columns.Layout(gtx, layout.Horizontal, size.Y)
			return layout.Dimensions{}
		})
	}
	if rows == 2 {
		from := 0
		if beside {
			from = xs[1][0]
		}
		widget.At(gtx, image.Pt(from, ys[0][1]+gap/2), func(gtx layout.Context) layout.Dimensions {
			f.rows.Layout(gtx, layout.Vertical, size.X-from)
			return layout.Dimensions{}
		})
	}
}

// splitKey names the arrangement whose columns and rows are dragged: each
// workspace has its own, and so has a correction.
func splitKey(s *model.State) string {
	switch {
	case s.Workspace == model.Fluoroscopy:
		return "fluoroscopy"
	case s.Workspace == model.Teaching:
		return "teaching"
	case s.Fixing.On:
		return "correction"
	}
	return "reading"
}

// edges divides a length into n parts with gaps between; of two parts the
// first has the ratio given, a half when it is zero.
func edges(length, n, gap int, ratio float32) [][2]int {
	room := length - gap*(n-1)
	var out [][2]int
	at := 0
	for i := range n {
		part := room*(i+1)/n - room*i/n
		if n == 2 && ratio > 0 {
			part = int(float32(room) * ratio)
			if i == 1 {
				part = room - part
			}
		}
		out = append(out, [2]int{at, at + part})
		at += part + gap
	}
	return out
}

// drag moves a ratio by px of a length; it stays between a fifth and four
// fifths.
func drag(ratio float32, px, length int) float32 {
	if ratio == 0 {
		ratio = 0.5
	}
	return min(max(ratio+float32(px)/float32(length), 0.2), 0.8)
}
