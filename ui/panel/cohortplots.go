package panel

import (
	"image"
	"image/color"
	"math"
	"slices"

	"gioui.org/f32"
	"gioui.org/io/event"
	"gioui.org/io/pointer"
	"gioui.org/io/semantic"
	"gioui.org/layout"
	"gioui.org/op/clip"
	"gioui.org/op/paint"
	"gioui.org/unit"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/stats"
	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/icon"
	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/theme"
	"github.com/vertefill/vertefill/ui/widget"
)

// cohortPlots are the plots of the rows shown: fill by level, and the agreement
// with another reading. A click on a point opens its case.
type cohortPlots struct {
	fill, agree dots
	path        widget.Field
	open        widget.Button
	kept        struct {
		shown  []int
		pairs  *model.CohortPairs
		list   []model.Twice
		limits stats.BlandAltman
		icc    *stats.ICC
		err    error
	}
}

func (p *cohortPlots) layout(gtx layout.Context, h Host) layout.Dimensions {
	_, submitted := p.path.Events(gtx)
	if p.open.Clicked(gtx) || submitted {
		h.Emit(model.OpenPairs{Path: p.path.Value(), Now: gtx.Now})
	}
	return layout.UniformInset(14).Layout(gtx, func(gtx layout.Context) layout.Dimensions {
		gtx.Constraints.Min = gtx.Constraints.Max
		return layout.Flex{Axis: layout.Vertical}.Layout(gtx,
			layout.Flexed(1, func(gtx layout.Context) layout.Dimensions {
				return card(gtx, h, h.T(i18n.FillByLevel), h.T(i18n.FillByHow), func(gtx layout.Context) layout.Dimensions { return p.byLevel(gtx, h) })
			}),
			widget.Gap(14),
			layout.Flexed(1, func(gtx layout.Context) layout.Dimensions { return p.agreement(gtx, h) }))
	})
}

// card is a plot with its title.
func card(gtx layout.Context, h Host, title, note string, w layout.Widget) layout.Dimensions {
	size := gtx.Constraints.Max
	return widget.Card(gtx, h.Panel, h.Line, theme.RadiusCard, func(gtx layout.Context) layout.Dimensions {
		gtx.Constraints = layout.Exact(size)
		return layout.Inset{Left: 12, Right: 12, Top: 12, Bottom: 10}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
			return layout.Flex{Axis: layout.Vertical}.Layout(gtx,
				layout.Rigid(func(gtx layout.Context) layout.Dimensions {
					return row(gtx, layout.Flexed(1, across(h.Text(theme.Heading, h.Text1, title))), widget.Gap(8), layout.Rigid(h.Text(theme.Secondary, h.Text3, note)))
				}), widget.Gap(8),
				layout.Flexed(1, func(gtx layout.Context) layout.Dimensions {
					gtx.Constraints = layout.Exact(gtx.Constraints.Max)
					w(gtx)
					return layout.Dimensions{Size: gtx.Constraints.Max}
				}))
		})
	})
}

// fiveNumbers returns the median and the 5th and 95th part of a hundred.
func fiveNumbers(values []float64) (median, low, high float64) {
	if len(values) == 0 {
		return 0, 0, 0
	}
	x := slices.Sorted(slices.Values(values))
	return stats.Quantile(x, 0.5), stats.Quantile(x, 0.05), stats.Quantile(x, 0.95)
}

// plotFrame draws horizontal lines with their values and returns the plot's room.
func plotFrame(gtx layout.Context, h Host, low, high, step float64, plus bool, right dp) (image.Rectangle, func(float64) float32) {
	size := gtx.Constraints.Max
	plot := image.Rect(gtx.Dp(38), gtx.Dp(8), size.X-gtx.Dp(right), size.Y-gtx.Dp(38))
	y := func(v float64) float32 {
		return float32(plot.Max.Y) - float32((v-low)/(high-low))*float32(plot.Dy())
	}
	for v := math.Ceil(low/step) * step; v <= high*1.0001+1e-9; v += step {
		widget.Line(gtx, h.Line, f32.Pt(float32(plot.Min.X), y(v)), f32.Pt(float32(plot.Max.X), y(v)), max(gtx.Metric.PxPerDp, 1))
		words := h.Lang.Number(v, 0)
		if plus && v > 0 {
			words = "+" + words
		}
		if step < 1 {
			words = h.Lang.Number(v, 1)
		}
		w := h.Measure(gtx, theme.Caption, words)
		widget.At(gtx, image.Pt(plot.Min.X-gtx.Dp(8)-w, int(y(v))-gtx.Dp(7)), h.Text(theme.Caption, h.Text3, words))
	}
	return plot, y
}

// byLevel draws the fill of the rows shown, level by level.
func (p *cohortPlots) byLevel(gtx layout.Context, h Host) layout.Dimensions {
	c := &h.State.Cohort
	groups := map[anatomy.Level][]int{}
	most := 10.0
	for _, i := range c.Shown {
		if r := &c.Rows[i]; r.Level != anatomy.None && r.State < model.RowWithheld {
			groups[r.Level] = append(groups[r.Level], i)
			most = max(most, 100*r.Fill)
		}
	}
	levels := make([]anatomy.Level, 0, len(groups))
	for l := range groups {
		levels = append(levels, l)
	}
	slices.Sort(levels)
	step := niceStep(most / 5)
	plot, y := plotFrame(gtx, h, 0, math.Ceil(most/step)*step, step, false, 8)
	if len(levels) == 0 {
		return layout.Dimensions{Size: gtx.Constraints.Max}
	}
	wide := float32(plot.Dx()) / float32(len(levels))
	var spots []spot
	for n, level := range levels {
		x := float32(plot.Min.X) + wide*(float32(n)+0.5)
		list := groups[level]
		for k, i := range list { // a little beside each other, always in the same place
			at := x + wide*0.30*(float32((k*7919)%101)/50-1)
			spots = append(spots, spot{f32.Pt(at, y(100*c.Rows[i].Fill)), i})
		}
	}
	p.fill.layout(gtx, h, h.T(i18n.FillByLevel), c.Shown, spots)
	for n, level := range levels {
		x := float32(plot.Min.X) + wide*(float32(n)+0.5)
		values := make([]float64, 0, len(groups[level]))
		for _, i := range groups[level] {
			values = append(values, 100*c.Rows[i].Fill)
		}
		median, low, high := fiveNumbers(values)
		if s := stats.Summarise(values); len(values) >= 3 {
			widget.Line(gtx, h.Accent, f32.Pt(x, y(low)), f32.Pt(x, y(high)), 1.5*gtx.Metric.PxPerDp)
			widget.Line(gtx, h.Accent, f32.Pt(x, y(s.Q1)), f32.Pt(x, y(s.Q3)), float32(gtx.Dp(7)))
		}
		widget.Dot(gtx, h.Accent, f32.Pt(x, y(median)), float32(gtx.Dp(5)))
		widget.Dot(gtx, h.Panel, f32.Pt(x, y(median)), float32(gtx.Dp(3)))
		for k, words := range []string{level.String(), i18n.Whole(h.Lang, float64(len(values)))} {
			ink := h.Text1
			if k == 1 {
				ink = h.Text3
			}
			w := h.Measure(gtx, theme.Caption, words)
			widget.At(gtx, image.Pt(int(x)-w/2, plot.Max.Y+gtx.Dp(6)+k*gtx.Dp(15)), h.Text(theme.Caption, ink, words))
		}
	}
	return layout.Dimensions{Size: gtx.Constraints.Max}
}

// agreement is the plot of Bland and Altman, or the way to a second reading.
func (p *cohortPlots) agreement(gtx layout.Context, h Host) layout.Dimensions {
	c := &h.State.Cohort
	if c.Pairs == nil {
		return card(gtx, h, h.T(i18n.AgreementPlot), "", func(gtx layout.Context) layout.Dimensions {
			return column(gtx, layout.Rigid(h.Paragraph(theme.Body, h.Text2, h.T(i18n.AgreementNone))), widget.Gap(12), layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				return row(gtx, layout.Flexed(1, func(gtx layout.Context) layout.Dimensions {
					return p.path.Layout(gtx, h.Env, widget.FieldLook{Label: h.T(i18n.OtherReading), Hint: h.T(i18n.OtherReading)})
				}), widget.Gap(8), layout.Rigid(func(gtx layout.Context) layout.Dimensions {
					return p.open.Layout(gtx, h.Env, widget.ButtonLook{Text: h.T(i18n.OpenIt)})
				}))
			}))
		})
	}
	k := &p.kept
	if k.pairs != c.Pairs || len(k.shown) != len(c.Shown) || len(k.shown) > 0 && &k.shown[0] != &c.Shown[0] {
		k.shown, k.pairs = c.Shown, c.Pairs
		k.list, k.limits, k.icc, k.err = c.Agreement()
	}
	l := h.Lang
	note := ""
	switch {
	case k.err != nil:
		note = h.T(i18n.AgreementFew, "why", k.err.Error())
	case k.icc != nil:
		x := k.icc.Agreement
		note = h.T(i18n.AgreementOf, "n", i18n.Whole(l, float64(len(k.list))), "icc", l.Number(x.Value, 2), "a", l.Number(x.CI.Low, 2), "b", l.Number(x.CI.High, 2))
	}
	return card(gtx, h, h.T(i18n.AgreementPlot), note, func(gtx layout.Context) layout.Dimensions { return p.blandAltman(gtx, h) })
}

func (p *cohortPlots) blandAltman(gtx layout.Context, h Host) layout.Dimensions {
	c, k := &h.State.Cohort, &p.kept
	most, far := 10.0, 1.0
	for _, x := range k.list {
		most, far = max(most, x.Mean), max(far, math.Abs(x.Difference))
	}
	b := k.limits
	if k.err == nil {
		far = max(far, math.Abs(b.Lower), math.Abs(b.Upper))
	}
	step := niceStep(far / 2)
	far = math.Ceil(far/step) * step
	plot, y := plotFrame(gtx, h, -far, far, step, true, 56)
	across := niceStep(most / 5)
	most = math.Ceil(most/across) * across
	x := func(v float64) float32 { return float32(plot.Min.X) + float32(v/most)*float32(plot.Dx()) }
	for v := 0.0; v <= most*1.001; v += across {
		words := h.Lang.Number(v, 0)
		widget.At(gtx, image.Pt(int(x(v))-h.Measure(gtx, theme.Caption, words)/2, plot.Max.Y+gtx.Dp(5)), h.Text(theme.Caption, h.Text1, words))
	}
	words := h.T(i18n.AgreementAxis) + " · " + h.T(i18n.AgreementOther, "name", c.Pairs.Name)
	widget.At(gtx, image.Pt(plot.Min.X, plot.Max.Y+gtx.Dp(21)), h.Text(theme.Caption, h.Text3, words))
	if k.err == nil {
		widget.Fill(gtx, h.Select, image.Rect(plot.Min.X, int(y(b.Upper)), plot.Max.X, int(y(b.Lower))))
		for _, line := range []struct {
			at   float64
			dash bool
		}{{b.Upper, true}, {b.Bias, false}, {b.Lower, true}} {
			from, to := f32.Pt(float32(plot.Min.X), y(line.at)), f32.Pt(float32(plot.Max.X), y(line.at))
			if line.dash {
				widget.Dashes(gtx, h.Accent, []f32.Point{from, to}, 1.5*gtx.Metric.PxPerDp, []unit.Dp{5, 3})
			} else {
				widget.Line(gtx, h.Accent, from, to, 1.5*gtx.Metric.PxPerDp)
			}
			words := h.Lang.Number(line.at, 2)
			if line.at > 0 {
				words = "+" + words
			}
			widget.At(gtx, image.Pt(plot.Max.X+gtx.Dp(6), int(y(line.at))-gtx.Dp(7)), h.Text(theme.CaptionB, h.Accent, words))
		}
	}
	var spots []spot
	for _, t := range k.list {
		spots = append(spots, spot{f32.Pt(x(t.Mean), y(t.Difference)), t.Row})
	}
	p.agree.layout(gtx, h, h.T(i18n.AgreementPlot), c.Shown, spots)
	for n, t := range k.list { // outliers are diamonds
		if k.err == nil && (t.Difference > b.Upper || t.Difference < b.Lower) {
			half := gtx.Dp(5)
			widget.At(gtx, spots[n].at.Round().Sub(image.Pt(half, half)), func(gtx layout.Context) layout.Dimensions {
				return icon.GlyphCanal.Layout(gtx, 10, h.Env.Error)
			})
		}
	}
	return layout.Dimensions{Size: gtx.Constraints.Max}
}

// spot is a row as a point of a plot.
type spot struct {
	at  f32.Point
	row int
}

// dots are the points of a plot. They are painted into one picture, so that ten thousand cost no more than ten, and lead to their
// rows by a click.
type dots struct {
	img   paint.ImageOp
	size  image.Point
	light bool
	shown []int
	count int
}

// spotReach is how near to a point a click means it, dp.
const spotReach = dp(7)

func (d *dots) layout(gtx layout.Context, h Host, label string, shown []int, spots []spot) {
	size := gtx.Constraints.Max
	for {
		ev, ok := gtx.Event(pointer.Filter{Target: d, Kinds: pointer.Press})
		if !ok {
			break
		}
		if e, is := ev.(pointer.Event); is && e.Buttons == pointer.ButtonPrimary {
			best, least := -1, float32(gtx.Dp(spotReach))
			for _, s := range spots {
				v := s.at.Sub(e.Position)
				if r := float32(math.Hypot(float64(v.X), float64(v.Y))); r < least {
					best, least = s.row, r
				}
			}
			if best >= 0 {
				h.Emit(model.OpenRow{Row: best, Now: gtx.Now})
			}
		}
	}
	same := len(d.shown) == len(shown) && (len(shown) == 0 || &d.shown[0] == &shown[0])
	if d.size != size || d.light != h.Light || !same || d.count != len(spots) {
		d.size, d.light, d.shown, d.count = size, h.Light, shown, len(spots)
		d.img = paint.NewImageOp(painted(size, theme.WithAlpha(h.Text2, 0.45), spots, float32(gtx.Metric.PxPerDp)))
	}
	d.img.Add(gtx.Ops)
	area := clip.Rect(image.Rectangle{Max: size}).Push(gtx.Ops)
	paint.PaintOp{}.Add(gtx.Ops)
	semantic.LabelOp(label).Add(gtx.Ops)
	event.Op(gtx.Ops, d)
	area.Pop()
	for _, s := range spots { // the chosen row
		if s.row == h.State.Cohort.Chosen {
			widget.Dot(gtx, h.Accent, s.at, float32(gtx.Dp(5)))
		}
	}
}

// painted draws discs of 2 dp into a picture.
func painted(size image.Point, c color.NRGBA, spots []spot, dp float32) *image.NRGBA {
	img := image.NewNRGBA(image.Rectangle{Max: size})
	r := 2 * dp
	for _, s := range spots {
		for y := int(s.at.Y - r); y <= int(s.at.Y+r); y++ {
			for x := int(s.at.X - r); x <= int(s.at.X+r); x++ {
				dx, dy := float32(x)+0.5-s.at.X, float32(y)+0.5-s.at.Y
				if dx*dx+dy*dy <= r*r && x >= 0 && y >= 0 && x < size.X && y < size.Y {
					o := img.PixOffset(x, y)
					a := max(img.Pix[o+3], c.A)
					if img.Pix[o+3] > 0 {
						a = uint8(min(int(img.Pix[o+3])+int(c.A)/2, 230))
					}
					img.Pix[o], img.Pix[o+1], img.Pix[o+2], img.Pix[o+3] = c.R, c.G, c.B, a
				}
			}
		}
	}
	return img
}
