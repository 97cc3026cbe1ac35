package view

import (
	"cmp"
	"image"
	"image/color"
	"math"
	"strings"

	"gioui.org/f32"
	"gioui.org/layout"
	"gioui.org/op"
	"gioui.org/unit"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/render"
	"github.com/vertefill/vertefill/internal/spine"
	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/icon"
	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/theme"
	"github.com/vertefill/vertefill/ui/widget"
)

// decoration draws what lies over the image of one view.
type decoration struct {
	gtx  layout.Context
	h    Host
	id   model.ViewID // what is shown, while flickering the other CT
	port *viewport
	pic  *Picture
	where
}

func (d *decoration) draw() {
	s := d.h.State
	switch d.id.Content {
	case model.ThreeD:
		d.solid()
		return
	case model.RunView, model.SubtractView, model.SecondView, model.BridgeView:
		d.run()
		return
	}
	if s.Reading.Crosshair && !fixable(s, d.id) && !(s.Reading.Loose.Cross && d.id.Slot != s.Reading.Focus.Slot) {
		d.crosshair()
	}
	d.heights()
	d.callOut()
	d.learner()
	d.blindMarks()
	d.pointers()
	d.measures()
	d.fix()
	d.missing()
	d.comparing()
	d.framed()
	if s.Reading.Lens {
		d.lens()
	}
	if s.Reading.Corners == model.NoCorners {
		return
	}
	d.letters(d.topLeft())
	d.scaleBar()
	if s.Reading.Corners == model.AllCorners {
		d.topRight()
	}
	d.bottomLeft()
	d.bottomRight()
}

// planeColour is the colour that stands for a plane on all views.
func planeColour(c model.Content) color.NRGBA {
	switch c {
	case model.Sagittal:
		return theme.PlaneSagittal
	case model.Coronal:
		return theme.PlaneCoronal
	}
	return theme.PlaneAxial
}

// text draws a line of corner text, black one px around so that it reads on
// bone and on air. It returns its size.
func (d *decoration) text(role theme.Role, at image.Point, s string) image.Point {
	size, ok := d.port.labels.draw(d.gtx, role, at, s)
	if !ok {
		size = widget.At(d.gtx, at, d.h.Env.Text(role, theme.CornerText, s)).Size
	}
	return size
}

// textEnd draws a line of corner text that ends at a point.
func (d *decoration) textEnd(right, y int, s string) {
	d.text(theme.CaptionB, image.Pt(right-d.h.Env.Measure(d.gtx, theme.CaptionB, s), y), s)
}

// letters writes where the edges of the picture point to. left is where the
// texts of the upper left corner end: in a narrow view the upper letter gives
// way to them.
func (d *decoration) letters(left int) {
	plane := d.vp.PatientFromPlane
	if d.straight.Curve != nil { // as at the crosshair
		plane = d.h.State.Plane(d.id)
	}
	l := render.LettersOf(plane)
	role := theme.Secondary
	role.Weight = theme.Heading.Weight
	size, pad := d.port.size, d.gtx.Dp(8)
	line := d.gtx.Sp(role.Line)
	put := func(x, y int, s string) {
		w := d.h.Env.Measure(d.gtx, role, s)
		d.text(role, image.Pt(min(max(x-w/2, pad), size.X-pad-w), y), s)
	}
	put(max(size.X/2, left+d.gtx.Dp(8)), d.gtx.Dp(6), l.Top)
	put(0, (size.Y-line)/2, l.Left)
	put(size.X, (size.Y-line)/2, l.Right)
}

func (d *decoration) scaleBar() {
	size := d.port.size
	_, px, label := render.ScaleBar(d.vp.MMPerPixel, math.Min(float64(d.gtx.Dp(76)), float64(size.X)/3))
	right, y := float32(size.X-d.gtx.Dp(12)), float32(size.Y-d.gtx.Dp(36))
	left := right - float32(px)
	tick := float32(d.gtx.Dp(4))
	for _, pass := range []struct {
		c color.NRGBA
		w float32
	}{{color.NRGBA{A: 153}, 3}, {theme.CornerText, 1}} {
		w := pass.w * d.gtx.Metric.PxPerDp
		widget.Line(d.gtx, pass.c, f32.Pt(left, y), f32.Pt(right, y), w)
		widget.Line(d.gtx, pass.c, f32.Pt(left, y-tick), f32.Pt(left, y+w/2), w)
		widget.Line(d.gtx, pass.c, f32.Pt(right, y-tick), f32.Pt(right, y+w/2), w)
	}
	d.textEnd(int(right), int(y)-d.gtx.Dp(20), label)
}

// topLeft draws tag and plane and returns where they end, px.
func (d *decoration) topLeft() int {
	e, s := d.h.Env, d.h.State
	tag := e.TagPost()
	if d.id.Slot == model.PreSlot {
		tag = widget.Chip(e, widget.ChipLook{Text: "PRE", Ink: theme.TagPre, Edge: theme.TagPre, Fill: color.NRGBA{A: 140}, Bold: true})
	}
	pad := d.gtx.Dp(8)
	x := pad + widget.At(d.gtx, image.Pt(pad, pad), tag).Size.X + d.gtx.Dp(8)
	if d.id.Content == model.ThreeD {
		x += widget.At(d.gtx, image.Pt(x, pad+d.gtx.Dp(3)), func(gtx layout.Context) layout.Dimensions {
			return icon.Cube.Layout(gtx, 14, theme.CornerText)
		}).Size.X + d.gtx.Dp(6)
		return x + d.text(theme.CaptionB, image.Pt(x, pad+d.gtx.Dp(2)), i18n.View3D.In(e.Lang)).X
	}
	square := d.gtx.Dp(8)
	widget.Fill(d.gtx, planeColour(d.id.Content), image.Rect(x, pad+d.gtx.Dp(6), x+square, pad+d.gtx.Dp(6)+square))
	x += square + d.gtx.Dp(6)
	x += d.text(theme.CaptionB, image.Pt(x, pad+d.gtx.Dp(2)), contentName(d.id.Content).In(e.Lang)).X + d.gtx.Dp(8)
	if d.straight.Curve != nil {
		return x + widget.At(d.gtx, image.Pt(x, pad), e.Good(icon.Curve, i18n.StraightTag.In(e.Lang))).Size.X
	}
	if level := s.AlignedTo(d.id); level != anatomy.None {
		x += widget.At(d.gtx, image.Pt(x, pad), e.Good(icon.Aligned, level.String())).Size.X
	}
	return x
}

// narrow is the width below which the date and the coordinates are left out.
const narrow = unit.Dp(340)

func (d *decoration) topRight() {
	s, l := d.h.State, d.h.Env.Lang
	if d.port.size.X < d.gtx.Dp(narrow) || s.Study == nil {
		return
	}
	right, y := d.port.size.X-d.gtx.Dp(12), d.gtx.Dp(10)
	if words, ok := d.inBody(); ok {
		d.textEnd(right, y, d.beside(words, right))
		return
	}
	if d.id.Slot == model.PreSlot && s.Reading.Linked && d.id.Content == model.Axial && s.Result != nil {
		link := s.Link()
		if link.Level != anatomy.None {
			d.textEnd(right, y, i18n.RegisteredAt.In(l, "level", link.Level.String(), "n", l.Number(link.ResidualMM, 1)))
			return
		}
	}
	i := s.Loaded[d.id.Slot].Series
	if i < 0 || i >= len(s.Study.Series) {
		return
	}
	series := s.Study.Series[i]
	line := i18n.CTSeries.In(l)
	if series.Spacing[2] > 0 {
		line += " " + l.Unit(l.Number(series.Spacing[2], 1), "mm")
	}
	if series.Date != "" && !s.Anonymous && s.Lesson.Play == nil {
		line = l.Date(series.Date) + " · " + line
	}
	d.textEnd(right, y, line)
}

// body returns the selected vertebra when planes follow its axes.
func (d *decoration) body() *spine.Vertebra {
	s := d.h.State
	if s.AlignedTo(d.id) == anatomy.None || s.Result == nil || d.id.Slot != model.PostSlot || d.straight.Curve != nil {
		return nil
	}
	return s.Result.Spine.Find(s.AlignedTo(d.id))
}

// inBody tells how far a plane that follows a vertebra lies from the middle of
// its body.
func (d *decoration) inBody() (string, bool) {
	v := d.body()
	if v == nil {
		return "", false
	}
	bodyFromPatient, err := v.PatientFromBody.Inverse()
	if err != nil {
		return "", false
	}
	at, l := bodyFromPatient.Apply(d.h.State.CursorIn(d.id.Slot)), d.h.Env.Lang
	name, x, more, less := i18n.MidPlane, at.X, i18n.SideLeft, i18n.SideRight
	switch d.id.Content {
	case model.Axial:
		name, x, more, less = i18n.MidHeight, at.Z, i18n.SideUp, i18n.SideDown
	case model.Coronal:
		name, x, more, less = i18n.BodyCentre, at.Y, i18n.SideBack, i18n.SideFront
	}
	if x < 0 {
		more = less
	}
	words := name.In(l, "n", l.Unit(l.Number(math.Abs(x), 1), "mm"), "side", more.In(l))
	if math.Abs(x) < 0.05 {
		words, _, _ = strings.Cut(words, ", ")
	}
	return words, true
}

// beside shortens "place, distance" to the distance where the whole would run
// into the letter in the middle of the upper edge.
func (d *decoration) beside(words string, right int) string {
	if right-d.h.Env.Measure(d.gtx, theme.CaptionB, words) > d.port.size.X/2+d.gtx.Dp(16) {
		return words
	}
	_, distance, _ := strings.Cut(words, ", ")
	return cmp.Or(distance, words)
}

// tilt tells how a vertebra that the planes follow leans and turns, degrees.
func (d *decoration) tilt() (string, bool) {
	v := d.body()
	if v == nil || d.id.Content != model.Sagittal {
		return "", false
	}
	l, up, left := d.h.Env.Lang, v.PatientFromBody.Axis(2), v.PatientFromBody.Axis(0)
	const degree = 180 / math.Pi
	return i18n.TiltRot.In(l, "a", l.Number(math.Atan2(up.Y, up.Z)*degree, 1), "b", l.Number(math.Atan2(left.Y, left.X)*degree, 1)), true
}

func (d *decoration) bottomLeft() {
	s, l := d.h.State, d.h.Env.Lang
	pad, line := d.gtx.Dp(10), d.gtx.Dp(16)
	y := d.port.size.Y - d.gtx.Dp(8) - line
	if p, hu, ok := d.under(); ok {
		text := i18n.AtPoint.In(l, "hu", i18n.Whole(l, float64(hu)), "unit", l.HU(),
			"x", l.Number(p.X, 1), "y", l.Number(p.Y, 1), "z", l.Number(p.Z, 1))
		if d.port.size.X < d.gtx.Dp(narrow) { // the position stands at the right already
			text = l.Unit(i18n.Whole(l, float64(hu)), l.HU())
		} else if voxel := d.voxel(p); d.port.hover && pad+d.h.Env.Measure(d.gtx, theme.CaptionB, text+voxel) < d.port.size.X*2/3 {
			text += voxel
		}
		d.text(theme.CaptionB, image.Pt(pad, y), text)
		y -= line
	}
	w := s.Reading.Window[d.id.Slot]
	text := i18n.WC.In(l, "w", i18n.Whole(l, w.Width), "c", i18n.Whole(l, w.Centre))
	if slab := s.Reading.Slab; slab.Thickness > 0 {
		mode := [...]string{i18n.Mean.In(l), "MIP", "MinIP"}[slab.Mode]
		text += " · " + i18n.SlabCorner.In(l, "n", l.Number(float64(slab.Thickness), 0), "mode", mode)
	}
	if s.Reading.Interp != render.InterpLinear {
		text += " · " + [...]string{"", i18n.NearestCorner.In(l), i18n.CubicCorner.In(l)}[s.Reading.Interp]
	}
	d.text(theme.CaptionB, image.Pt(pad, y), text)
	if s.Reading.Marks != render.NoMark {
		_, high := w.Bounds()
		d.text(theme.CaptionB, image.Pt(pad, y-line), i18n.ClippedAt.In(l, "n", l.Unit(i18n.Whole(l, high), l.HU())))
	}
}

// voxel names the voxel of the series at a point: column, row and slice, the
// first of each being 1 as in a list of slices.
func (d *decoration) voxel(p geom.Patient) string {
	vol, l := d.h.State.Loaded[d.id.Slot].Volume, d.h.Env.Lang
	v := vol.Voxel(p)
	whole := func(x float64, n int) string {
		return l.Number(float64(min(max(int(math.Round(x))+1, 1), n)), 0)
	}
	return " · " + i18n.AtVoxel.In(l, "i", whole(v.X, vol.NX), "j", whole(v.Y, vol.NY), "k", whole(v.Z, vol.NZ))
}

// under returns the point under the pointer and its CT number; while the
// pointer is elsewhere, those of the crosshair in the focused view.
func (d *decoration) under() (p geom.Patient, hu int16, ok bool) {
	if d.pic == nil || d.pic.Request.View.Viewport != d.vp {
		return p, 0, false
	}
	at := screenPoint(d.port.at)
	switch {
	case d.port.hover:
		p = d.patient(at)
	case d.h.State.Reading.Focus == d.id && d.h.State.Reading.Crosshair:
		p = d.h.State.CursorIn(d.id.Slot)
		at = d.screen(p)
	default:
		return p, 0, false
	}
	hu = d.pic.HU.At(int(math.Round(at.X)), int(math.Round(at.Y)))
	return p, hu, hu > render.Unread
}

func (d *decoration) bottomRight() {
	s, l := d.h.State, d.h.Env.Lang
	p := s.CursorIn(d.id.Slot)
	vol := s.Loaded[d.id.Slot].Volume
	var text string
	words, leans := d.tilt()
	degrees, turned := s.ObliqueDegrees(d.id)
	switch {
	case leans:
		text = words
	case turned:
		text = i18n.ObliqueBy.In(l, "n", l.Number(degrees, 1))
	case d.id.Content == model.Sagittal:
		text = "x " + l.Unit(l.Number(p.X, 1), "mm")
	case d.id.Content == model.Coronal:
		text = "y " + l.Unit(l.Number(p.Y, 1), "mm")
	default:
		k := int(math.Round(vol.Voxel(p).Z)) + 1
		text = "z " + l.Unit(l.Number(p.Z, 1), "mm") + " · " + l.Number(float64(min(max(k, 1), vol.NZ)), 0) + "/" + l.Number(float64(vol.NZ), 0)
	}
	d.textEnd(d.port.size.X-d.gtx.Dp(12), d.port.size.Y-d.gtx.Dp(24), text)
}

// callOut names the selected leak where its plane is shown: one label a view,
// inside it, tied to the leak by a line.
func (d *decoration) callOut() {
	s := d.h.State
	if s.Result == nil || s.Reading.Leak == 0 || d.id.Slot != model.PostSlot || s.Reading.Hidden || s.Reading.Layers == model.NoLayers {
		return
	}
	for i, leak := range s.Result.Report.Leaks {
		if leak.ID != s.Reading.Leak {
			continue
		}
		at := d.screen(geom.LPS(leak.CentroidLPS[0], leak.CentroidLPS[1], leak.CentroidLPS[2]))
		if math.Abs(at.Z) > max(leak.LengthMM/2, 2) {
			return
		}
		l := d.h.Env.Lang
		text := i18n.LeakName(s.Result.Report.Leaks[i].Compartment).In(l) + " " + string(leak.Type) + " · " + l.Unit(l.LeakML(leak.VolumeML), "mL")
		if d.id.Content == model.Axial && leak.CanalEncroachmentMM != nil {
			text = i18n.Encroachment.In(l) + " " + l.Unit(l.Number(*leak.CanalEncroachmentMM, 1), "mm")
		}
		d.label(point32(at), text, leak.Compartment)
		return
	}
}

func (d *decoration) label(at f32.Point, text string, c anatomy.Compartment) {
	gtx, e := d.gtx, d.h.Env
	style := render.LeakStyle(c, true)
	m := op.Record(gtx.Ops)
	gtx.Constraints.Min = image.Point{}
	box := widget.Card(gtx, color.NRGBA{A: 217}, style.Colour, theme.RadiusChip, func(gtx layout.Context) layout.Dimensions {
		return layout.Inset{Left: 7, Right: 7, Top: 3, Bottom: 3}.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
			role := theme.CaptionB
			role.Weight = theme.Heading.Weight
			return layout.Flex{Alignment: layout.Middle}.Layout(gtx,
				layout.Rigid(func(gtx layout.Context) layout.Dimensions { return icon.Of(c).Layout(gtx, 9, style.Colour) }),
				widget.Gap(6),
				layout.Rigid(e.Text(role, color.NRGBA{R: 255, G: 255, B: 255, A: 255}, text)))
		})
	}).Size
	call := m.Stop()
	off, view := gtx.Dp(40), d.port.size
	p := at.Round().Add(image.Pt(off, off))
	if p.X+box.X > view.X-gtx.Dp(6) { // a call-out never leaves its view
		p.X = at.Round().X - off - box.X
	}
	if p.Y+box.Y > view.Y-gtx.Dp(6) {
		p.Y = at.Round().Y - off - box.Y
	}
	p.X = min(max(p.X, gtx.Dp(6)), max(view.X-box.X-gtx.Dp(6), 0))
	p.Y = min(max(p.Y, gtx.Dp(6)), max(view.Y-box.Y-gtx.Dp(6), 0))
	end := f32.Pt(float32(p.X), float32(p.Y+box.Y/2))
	if at.X > float32(p.X+box.X/2) {
		end.X = float32(p.X + box.X)
	}
	widget.Line(gtx, style.Colour, at, end, gtx.Metric.PxPerDp)
	defer op.Offset(p).Push(gtx.Ops).Pop()
	call.Add(gtx.Ops)
}
