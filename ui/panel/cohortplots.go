package panel

import (
	"image"
	"image/color"
	"maps"
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
	levels      levelFills
	hover       int // the row under the pointer, here or in the table; -1 for none
	choose      widget.Button
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
	if p.choose.Clicked(gtx) {
		h.Do(gtx, "cohort-second")
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

// levelFills are the fills of the rows shown, level by level. They are made
// anew when other rows are shown, not in every frame.
type levelFills struct {
	shown []int
	most  float64 // per cent
	list  []levelFill
}

type levelFill struct {
	level                     anatomy.Level
	rows                      []int
	median, low, high, q1, q3 float64 // per cent
}

func (f *levelFills) update(c *model.Cohort) {
	if sameRows(f.shown, c.Shown) {
		return
	}
	f.shown, f.most, f.list = c.Shown, 10, nil
	groups := map[anatomy.Level][]int{}
	for _, i := range c.Shown {
		if r := &c.Rows[i]; r.Level != anatomy.None && r.State < model.RowWithheld {
			groups[r.Level] = append(groups[r.Level], i)
			f.most = max(f.most, 100*r.Fill)
		}
	}
	for _, l := range slices.Sorted(maps.Keys(groups)) {
		x := levelFill{level: l, rows: groups[l]}
		values := make([]float64, 0, len(x.rows))
		for _, i := range x.rows {
			values = append(values, 100*c.Rows[i].Fill)
		}
		x.median, x.low, x.high = fiveNumbers(values)
		sum := stats.Summarise(values)
		x.q1, x.q3 = sum.Q1, sum.Q3
		f.list = append(f.list, x)
	}
}

// sameRows reports whether two lists of rows are the same one: Shown is made
// anew by every change.
func sameRows(a, b []int) bool {
	return a != nil && len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}

// byLevel draws the fill of the rows shown, level by level.
func (p *cohortPlots) byLevel(gtx layout.Context, h Host) layout.Dimensions {
	c := &h.State.Cohort
	f := &p.levels
	f.update(c)
	if len(f.list) == 0 {
		return h.Text(theme.Secondary, h.Text3, h.T(i18n.NoRows))(gtx)
	}
	step := niceStep(f.most / 5)
	plot, y := plotFrame(gtx, h, 0, math.Ceil(f.most/step)*step, step, false, 8)
	wide := float32(plot.Dx()) / float32(len(f.list))
	middle := func(n int) float32 { return float32(plot.Min.X) + wide*(float32(n)+0.5) }
	p.fill.layout(gtx, h, h.T(i18n.FillByLevel), c.Shown, func() (spots []spot) {
		for n, x := range f.list {
			for k, i := range x.rows { // a little beside each other, always in the same place
				at := middle(n) + wide*0.30*(float32((k*7919)%101)/50-1)
				spots = append(spots, spot{f32.Pt(at, y(100*c.Rows[i].Fill)), i})
			}
		}
		return spots
	})
	for n, g := range f.list {
		x := middle(n)
		if len(g.rows) >= 3 {
			widget.Line(gtx, h.Accent, f32.Pt(x, y(g.low)), f32.Pt(x, y(g.high)), 1.5*gtx.Metric.PxPerDp)
			widget.Line(gtx, h.Accent, f32.Pt(x, y(g.q1)), f32.Pt(x, y(g.q3)), float32(gtx.Dp(7)))
		}
		widget.Dot(gtx, h.Accent, f32.Pt(x, y(g.median)), float32(gtx.Dp(5)))
		widget.Dot(gtx, h.Panel, f32.Pt(x, y(g.median)), float32(gtx.Dp(3)))
		for k, words := range []string{g.level.String(), i18n.Whole(h.Lang, float64(len(g.rows)))} {
			ink := h.Text1
			if k == 1 {
				ink = h.Text3
			}
			w := h.Measure(gtx, theme.Caption, words)
			widget.At(gtx, image.Pt(int(x)-w/2, plot.Max.Y+gtx.Dp(6)+k*gtx.Dp(15)), h.Text(theme.Caption, ink, words))
		}
	}
	p.fill.point(gtx, h, p.hover)
	return layout.Dimensions{Size: gtx.Constraints.Max}
}

// agreement is the plot of Bland and Altman, or the way to a second reading.
func (p *cohortPlots) agreement(gtx layout.Context, h Host) layout.Dimensions {
	c := &h.State.Cohort
	if c.Pairs == nil {
		return card(gtx, h, h.T(i18n.AgreementPlot), "", func(gtx layout.Context) layout.Dimensions {
			return column(gtx, layout.Rigid(h.Paragraph(theme.Body, h.Text2, h.T(i18n.AgreementNone))), widget.Gap(12), layout.Rigid(func(gtx layout.Context) layout.Dimensions {
				gtx.Constraints.Min = image.Point{}
				return p.choose.Layout(gtx, h.Env, widget.ButtonLook{Text: h.T(i18n.ChooseReading), Icon: icon.Folder})
			}))
		})
	}
	k := &p.kept
	if k.pairs != c.Pairs || !sameRows(k.shown, c.Shown) {
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
	widget.At(gtx, image.Pt(plot.Min.X, plot.Max.Y+gtx.Dp(21)), func(gtx layout.Context) layout.Dimensions {
		gtx.Constraints.Min, gtx.Constraints.Max.X = image.Point{}, gtx.Constraints.Max.X-plot.Min.X
		return h.Text(theme.Caption, h.Text3, words)(gtx)
	})
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
	p.agree.layout(gtx, h, h.T(i18n.AgreementPlot), c.Shown, func() (spots []spot) {
		for _, t := range k.list {
			spots = append(spots, spot{f32.Pt(x(t.Mean), y(t.Difference)), t.Row})
		}
		return spots
	})
	for _, t := range k.list { // outliers are diamonds
		if k.err == nil && (t.Difference > b.Upper || t.Difference < b.Lower) {
			half := gtx.Dp(5)
			at := f32.Pt(x(t.Mean), y(t.Difference))
			widget.At(gtx, at.Round().Sub(image.Pt(half, half)), func(gtx layout.Context) layout.Dimensions {
				return icon.GlyphCanal.Layout(gtx, 10, h.Env.Error)
			})
		}
	}
	p.agree.point(gtx, h, p.hover)
	return layout.Dimensions{Size: gtx.Constraints.Max}
}

// spot is a row as a point of a plot.
type spot struct {
	at  f32.Point
	row int
}

// dots are the points of a plot. They are placed and painted into one picture
// when the rows or the room change, so that ten thousand cost no more than ten
// in every other frame, and lead to their rows by a click.
type dots struct {
	img   paint.ImageOp
	size  image.Point
	light bool
	shown []int
	pairs *model.CohortPairs
	spots []spot
	at    map[int]f32.Point // of a row
	under int               // the row of the point under the pointer; -1 for none
}

// spotReach is how near to a point a click means it, dp.
const spotReach = dp(7)

// nearest is the row of the point at a place, or -1.
func (d *dots) nearest(gtx layout.Context, at f32.Point) int {
	best, least := -1, float32(gtx.Dp(spotReach))
	for _, s := range d.spots {
		v := s.at.Sub(at)
		if r := float32(math.Hypot(float64(v.X), float64(v.Y))); r < least {
			best, least = s.row, r
		}
	}
	return best
}

func (d *dots) layout(gtx layout.Context, h Host, label string, shown []int, place func() []spot) {
	size := gtx.Constraints.Max
	if d.at == nil || d.size != size || d.light != h.Light || !sameRows(d.shown, shown) || d.pairs != h.State.Cohort.Pairs {
		d.size, d.light, d.shown, d.pairs, d.spots, d.under = size, h.Light, shown, h.State.Cohort.Pairs, place(), -1
		d.img = paint.NewImageOp(painted(size, theme.WithAlpha(h.Text2, 0.45), d.spots, float32(gtx.Metric.PxPerDp)))
		d.at = make(map[int]f32.Point, len(d.spots))
		for _, s := range d.spots {
			d.at[s.row] = s.at
		}
	}
	for {
		ev, ok := gtx.Event(pointer.Filter{Target: d, Kinds: pointer.Press | pointer.Move | pointer.Leave | pointer.Cancel})
		if !ok {
			break
		}
		e, is := ev.(pointer.Event)
		switch {
		case !is:
		case e.Kind == pointer.Move:
			d.under = d.nearest(gtx, e.Position)
		case e.Kind != pointer.Press:
			d.under = -1
		case e.Buttons == pointer.ButtonPrimary:
			if row := d.nearest(gtx, e.Position); row >= 0 {
				h.Emit(model.OpenRow{Row: row, Now: gtx.Now})
			}
		}
	}
	d.img.Add(gtx.Ops)
	area := clip.Rect(image.Rectangle{Max: size}).Push(gtx.Ops)
	paint.PaintOp{}.Add(gtx.Ops)
	semantic.LabelOp(label).Add(gtx.Ops)
	event.Op(gtx.Ops, d)
	if d.under >= 0 {
		pointer.CursorPointer.Add(gtx.Ops)
	}
	area.Pop()
	if at, ok := d.at[h.State.Cohort.Chosen]; ok {
		widget.Dot(gtx, h.Accent, at, float32(gtx.Dp(5)))
	}
}

// point marks the point of a row, and names it when the pointer is on it.
func (d *dots) point(gtx layout.Context, h Host, row int) {
	at, ok := d.at[row]
	if !ok || row >= len(h.State.Cohort.Rows) {
		return
	}
	dp := gtx.Metric.PxPerDp
	widget.Dot(gtx, h.Text1, at, 6*dp)
	widget.Dot(gtx, h.Panel, at, 4*dp)
	widget.Dot(gtx, h.Accent, at, 3*dp)
	if d.under != row {
		return
	}
	r := &h.State.Cohort.Rows[row]
	words := r.Case + " " + r.Level.String() + "  " + h.Lang.Unit(h.Lang.Percent(r.Fill), "%")
	wide := h.Measure(gtx, theme.CaptionB, words) + gtx.Dp(14)
	p := image.Pt(int(at.X)+gtx.Dp(10), int(at.Y)-gtx.Dp(26))
	p.X, p.Y = min(p.X, d.size.X-wide), max(p.Y, 0)
	widget.At(gtx, p, func(gtx layout.Context) layout.Dimensions {
		gtx.Constraints.Min = image.Point{}
		return widget.Card(gtx, h.Raised, h.Edge, theme.RadiusChip, func(gtx layout.Context) layout.Dimensions {
			return layout.Inset{Left: 7, Right: 7, Top: 3, Bottom: 3}.Layout(gtx, h.Text(theme.CaptionB, h.Text1, words))
		})
	})
}

// manySpots is from how many points on they are drawn smaller.
const manySpots = 400

// painted draws discs into a picture.
func painted(size image.Point, c color.NRGBA, spots []spot, dp float32) *image.NRGBA {
	img := image.NewNRGBA(image.Rectangle{Max: size})
	r := 2.75 * dp
	if len(spots) > manySpots {
		r = 1.75 * dp
	}
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
