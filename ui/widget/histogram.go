package widget

import (
	"image"
	"image/color"
	"math"

	"gioui.org/f32"
	"gioui.org/layout"
	"gioui.org/op/clip"
	"gioui.org/op/paint"
	"gioui.org/unit"
)

// Histogram draws counts as bars over the full width, height dp high. Heights
// grow with the square root, so that small groups beside a large one are seen.
func Histogram(c color.NRGBA, counts []int, height unit.Dp) layout.Widget {
	return func(gtx layout.Context) layout.Dimensions {
		size := image.Pt(gtx.Constraints.Max.X, gtx.Dp(height))
		most := 0
		for _, n := range counts {
			most = max(most, n)
		}
		if most == 0 {
			return layout.Dimensions{Size: size}
		}
		var p clip.Path
		p.Begin(gtx.Ops)
		bottom := float32(size.Y)
		x := func(i int) float32 { return float32(i) * float32(size.X) / float32(len(counts)) }
		p.MoveTo(f32.Pt(0, bottom))
		for i, n := range counts {
			y := bottom * float32(1-math.Sqrt(float64(n)/float64(most)))
			p.LineTo(f32.Pt(x(i), y))
			p.LineTo(f32.Pt(x(i+1), y))
		}
		p.LineTo(f32.Pt(float32(size.X), bottom))
		p.Close()
		paint.FillShape(gtx.Ops, c, clip.Outline{Path: p.End()}.Op())
		return layout.Dimensions{Size: size}
	}
}
