package widget

import (
	"image"

	"gioui.org/layout"
	"gioui.org/op/clip"
	"gioui.org/unit"
	giowidget "gioui.org/widget"

	"github.com/vertefill/vertefill/ui/theme"
)

// List is a vertical list that lays out the visible rows only, with a thin
// scroll bar where it is longer than its room.
type List struct {
	list giowidget.List
}

const scrollbarWidth = unit.Dp(8)

// Layout draws count rows.
func (l *List) Layout(gtx layout.Context, e *Env, count int, row layout.ListElement) layout.Dimensions {
	l.list.Axis = layout.Vertical
	size := gtx.Constraints.Max
	gtx.Constraints.Min = size
	l.list.List.Layout(gtx, count, func(gtx layout.Context, i int) layout.Dimensions {
		gtx.Constraints.Min.X = gtx.Constraints.Max.X
		return row(gtx, i)
	})
	start, end := l.visible(count, size.Y)
	if start <= 0 && end >= 1 {
		return layout.Dimensions{Size: size}
	}
	w := gtx.Dp(scrollbarWidth)
	At(gtx, image.Pt(size.X-w, 0), func(gtx layout.Context) layout.Dimensions {
		track := image.Rect(0, 0, w, size.Y)
		gtx.Constraints = layout.Exact(track.Max)
		l.list.Scrollbar.Update(gtx, layout.Vertical, start, end)
		defer clip.Rect(track).Push(gtx.Ops).Pop()
		l.list.AddDrag(gtx.Ops)
		l.list.AddTrack(gtx.Ops)
		thumb := image.Rect(gtx.Dp(2), int(start*float32(size.Y)), w-gtx.Dp(2), int(end*float32(size.Y)))
		if thumb.Dy() < gtx.Dp(24) {
			thumb.Max.Y = thumb.Min.Y + gtx.Dp(24)
		}
		c := e.Edge
		if l.list.IndicatorHovered() || l.list.Scrollbar.Dragging() {
			c = e.Text3
		}
		FillRound(gtx, c, thumb, 2)
		defer clip.Rect(thumb).Push(gtx.Ops).Pop()
		l.list.AddIndicator(gtx.Ops)
		return layout.Dimensions{Size: track.Max}
	})
	if d := l.list.ScrollDistance(); d != 0 {
		l.list.List.ScrollBy(d * float32(count))
	}
	return layout.Dimensions{Size: size}
}

// Reveal scrolls the least that shows row i of the list.
func (l *List) Reveal(i int) {
	p := l.list.Position
	switch {
	case i < p.First || (i == p.First && p.Offset > 0):
		l.list.ScrollTo(i)
	case p.Count > 0 && i >= p.First+p.Count-1 && i > 0:
		l.list.ScrollTo(max(i-p.Count+2, 0))
	}
}

// visible returns the part of the content in view as fractions.
func (l *List) visible(count, height int) (start, end float32) {
	p := l.list.Position
	if count == 0 || p.Count == 0 || p.Length <= 0 {
		return 0, 1
	}
	length := float32(p.Length)
	mean := length / float32(count)
	start = (float32(p.First)*mean + float32(p.Offset)) / length
	end = start + float32(height)/length
	if p.First == 0 && p.Offset == 0 {
		start = 0
	}
	if !p.BeforeEnd {
		end = 1
	}
	return min(max(start, 0), 1), min(max(end, 0), 1)
}

// Row is a clickable line of a list or table.
type Row struct{ Area }

// Layout draws w on the row's ground: the selected row has a tint and a 3 dp
// accent bar, the row under the pointer a raised ground. The line below it
// belongs to the row.
func (r *Row) Layout(gtx layout.Context, e *Env, label string, height unit.Dp, selected bool, w layout.Widget) layout.Dimensions {
	return r.Area.Layout(gtx, e, label, func(gtx layout.Context) layout.Dimensions {
		size := image.Pt(gtx.Constraints.Max.X, gtx.Dp(height))
		gtx.Constraints = layout.Exact(size)
		box := image.Rectangle{Max: size}
		switch {
		case selected, r.Pressed():
			Fill(gtx, e.Select, box)
		case r.Hovered():
			Fill(gtx, e.Raised, box)
		}
		if selected {
			Fill(gtx, e.Accent, image.Rect(0, 0, gtx.Dp(3), size.Y))
		}
		line := max(gtx.Dp(1), 1)
		Fill(gtx, e.Line, image.Rect(0, size.Y-line, size.X, size.Y))
		w(gtx)
		return layout.Dimensions{Size: size}
	})
}

// Header draws a panel's title bar: 40 dp, a line below.
func Header(gtx layout.Context, e *Env, title, count string, actions ...layout.FlexChild) layout.Dimensions {
	return Fixed(gtx, 0, theme.PanelHeaderHeight, func(gtx layout.Context) layout.Dimensions {
		size := gtx.Constraints.Max
		line := max(gtx.Dp(1), 1)
		Fill(gtx, e.Line, image.Rect(0, size.Y-line, size.X, size.Y))
		return layout.Inset{Left: 14, Right: 14}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
			row := []layout.FlexChild{layout.Rigid(e.Text(theme.Heading, e.Text1, title))}
			if count != "" {
				row = append(row, Gap(8), layout.Rigid(e.Text(theme.Secondary, e.Text3, count)))
			}
			row = append(row, layout.Flexed(1, layout.Spacer{}.Layout))
			row = append(row, actions...)
			return layout.Flex{Alignment: layout.Middle}.Layout(gtx, row...)
		})
	})
}
