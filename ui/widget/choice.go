package widget

import (
	"image"

	"gioui.org/io/semantic"
	"gioui.org/layout"
	"gioui.org/op"
	"gioui.org/unit"

	"github.com/vertefill/vertefill/ui/icon"
	"github.com/vertefill/vertefill/ui/theme"
)

// Segments is a choice between a few short words in one frame.
type Segments struct{ areas []Area }

// Changed returns the index that was chosen since the last call, or -1.
func (s *Segments) Changed(gtx layout.Context) int {
	chosen := -1
	for i := range s.areas {
		if s.areas[i].Clicked(gtx) {
			chosen = i
		}
	}
	return chosen
}

// Layout draws the words; labels name them for accessibility.
func (s *Segments) Layout(gtx layout.Context, e *Env, selected int, words, labels []string, height unit.Dp) layout.Dimensions {
	for len(s.areas) < len(words) {
		s.areas = append(s.areas, Area{})
	}
	m := op.Record(gtx.Ops)
	var row []layout.FlexChild
	for i, word := range words {
		row = append(row, layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return s.areas[i].Layout(gtx, e, labels[i], func(gtx layout.Context) layout.Dimensions {
				semantic.SelectedOp(i == selected).Add(gtx.Ops)
				m := op.Record(gtx.Ops)
				gtx.Constraints.Min = image.Pt(0, gtx.Dp(height))
				ink, role := e.Text3, theme.Label
				if i == selected {
					ink, role = e.Text1, theme.Heading
				}
				role.Size, role.Line = theme.Secondary.Size, theme.Secondary.Line
				d := layout.Inset{Left: 8, Right: 8}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
					return layout.Center.Layout(gtx, e.Text(role, ink, word))
				})
				call := m.Stop()
				if i == selected {
					FillRound(gtx, e.Pressed, image.Rectangle{Max: d.Size}, theme.RadiusButton)
				}
				call.Add(gtx.Ops)
				return d
			})
		}))
	}
	gtx.Constraints.Min = image.Point{}
	d := layout.Flex{}.Layout(gtx, row...)
	call := m.Stop()
	Outline(gtx, e.Edge, image.Rectangle{Max: d.Size}, theme.RadiusButton, 1)
	call.Add(gtx.Ops)
	return d
}

// Tabs are the workspaces in the top bar: the one in use is underlined.
type Tabs struct{ areas []Area }

// Changed returns the index of the tab that was chosen since the last call, or
// -1.
func (t *Tabs) Changed(gtx layout.Context) int {
	chosen := -1
	for i := range t.areas {
		if t.areas[i].Clicked(gtx) {
			chosen = i
		}
	}
	return chosen
}

// Layout draws the tabs as high as the constraints allow. With marks all but the selected one are icons: for bars without room
// for the words.
func (t *Tabs) Layout(gtx layout.Context, e *Env, selected int, words []string, marks []icon.Icon) layout.Dimensions {
	for len(t.areas) < len(words) {
		t.areas = append(t.areas, Area{})
	}
	height, gap := gtx.Constraints.Max.Y, unit.Dp(32)
	if marks != nil {
		gap = 18
	}
	var row []layout.FlexChild
	for i, word := range words {
		row = append(row, layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return layout.Inset{Right: gap}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
				return t.areas[i].Layout(gtx, e, word, func(gtx layout.Context) layout.Dimensions {
					semantic.SelectedOp(i == selected).Add(gtx.Ops)
					ink, role := e.Text2, theme.Body
					if i == selected {
						ink, role = e.Text1, theme.Heading
					} else if t.areas[i].Hovered() {
						ink = e.Text1
					}
					gtx.Constraints.Min = image.Pt(0, height)
					what := e.Text(role, ink, word)
					if marks != nil && i != selected {
						e.Hint(gtx, &t.areas[i], t.areas[i].Hovered(), Tooltip{Name: word})
						what = func(gtx layout.Context) layout.Dimensions { return marks[i].Layout(gtx, theme.IconSize, ink) }
					}
					d := layout.Center.Layout(gtx, what)
					if i == selected {
						Fill(gtx, e.Accent, image.Rect(0, height-gtx.Dp(2), d.Size.X, height))
					}
					return d
				})
			})
		}))
	}
	return layout.Flex{}.Layout(gtx, row...)
}
