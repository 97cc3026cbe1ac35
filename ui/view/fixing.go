package view

import (
	"math"
	"slices"

	"gioui.org/f32"
	"gioui.org/io/key"
	"gioui.org/layout"
	"gioui.org/unit"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/spine"
	"github.com/vertefill/vertefill/internal/vertebra"
	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/theme"
	"github.com/vertefill/vertefill/ui/widget"
)

// fixing is the mouse of a correction by hand on one view.
type fixing struct {
	held  bool
	kind  vertebra.HandleKind
	at    geom.Patient // where the handle is held
	hand  geom.Patient // where the hand is: Shift lets the handle follow a quarter of the way
	whole bool         // Alt: the whole face follows
	paint bool
}

// handleDepthMM is how far from the plane of a view a handle may lie to be
// shown there.
const handleDepthMM = 6

// fixable reports whether a view shows what is corrected.
func fixable(s *model.State, id model.ViewID) bool {
	return s.FixedVertebra() != nil && id.Slot == model.PostSlot && id.Content <= model.Coronal
}

// handles returns those of a vertebra that a view can tell apart: from front
// and from above those halfway to the rims would hide the middle of the
// endplate.
func handles(v *spine.Vertebra, id model.ViewID) []vertebra.Handle {
	return slices.DeleteFunc(vertebra.Handles(v), func(h vertebra.Handle) bool {
		return h.Kind >= vertebra.SuperiorFront && id.Content != model.Sagittal
	})
}

// pressed takes a handle or puts the brush down, and reports whether the press
// was used.
func (f *fixing) pressed(gtx layout.Context, h Host, p *viewport, id model.ViewID, at f32.Point) bool {
	f.held, f.paint = false, false
	if !fixable(h.State, id) {
		return false
	}
	if h.State.Fixing.Hand != model.HandleHand {
		f.paint = true
		h.Emit(model.Paint{View: id, To: p.patient(h, id, at)})
		return true
	}
	best := float64(gtx.Dp(handleReach))
	for _, g := range handles(h.State.FixedVertebra(), id) {
		q, depth := p.onScreen(h, id, g.At)
		if d := math.Hypot(float64(q.X-at.X), float64(q.Y-at.Y)); math.Abs(depth) < handleDepthMM && d < best {
			best, f.held, f.kind, f.at, f.hand = d, true, g.Kind, g.At, p.patient(h, id, at)
		}
	}
	return f.held
}

// fineStep is the share of the hand's way that a handle goes with Shift.
const fineStep = 0.25

// dragged moves what is held.
func (f *fixing) dragged(h Host, p *viewport, id model.ViewID, at f32.Point, mods key.Modifiers) bool {
	switch {
	case f.held:
		to := p.patient(h, id, at)
		by := to.Sub(f.hand)
		if mods.Contain(key.ModShift) {
			by = by.Mul(fineStep)
		}
		f.at, f.hand, f.whole = f.at.Add(by), to, mods.Contain(key.ModAlt)
		h.Emit(model.HoldHandle{Kind: f.kind, To: f.at, Whole: f.whole})
	case f.paint:
		h.Emit(model.Paint{View: id, To: p.patient(h, id, at)})
	default:
		return false
	}
	return true
}

// released makes the correction.
func (f *fixing) released(h Host, moved bool) {
	switch {
	case f.held && moved:
		h.Emit(model.DropHandle{Kind: f.kind, To: f.at, Whole: f.whole})
	case f.paint:
		h.Emit(model.LiftBrush{})
	}
	f.held, f.paint = false, false
}

// onScreen returns where a point of the view's series is drawn, and how far it
// lies from the plane in mm.
func (p *viewport) onScreen(h Host, id model.ViewID, at geom.Patient) (f32.Point, float64) {
	plane := h.State.Plane(id)
	return p.screen(h, id, at), at.Sub(plane.Origin()).Dot(plane.Axis(2).Unit())
}

// fix draws the handles of the corrected vertebra, the draft's values, the
// trail of the brush and the brush itself in its true size.
func (d *decoration) fix() {
	s := d.h.State
	if !fixable(s, d.id) {
		return
	}
	f := s.Fixing
	accent := d.h.Env.Accent
	if f.Hand == model.HandleHand {
		v := s.FixedVertebra()
		if f.Draft != nil {
			v = f.Draft
		}
		for _, g := range handles(v, d.id) {
			at, depth := d.port.onScreen(d.h, d.id, g.At)
			if math.Abs(depth) >= handleDepthMM {
				continue
			}
			size, ink := float32(5.5), theme.Black
			if d.port.fixing.held && g.Kind == d.port.fixing.kind {
				size, ink = 8, accent
				d.fixLabel(at, v)
			}
			px := d.gtx.Metric.PxPerDp
			widget.Dot(d.gtx, theme.CornerText, at, (size+1.5)*px)
			widget.Dot(d.gtx, ink, at, size*px)
		}
		return
	}
	switch f.Hand {
	case model.ScissorsHand, model.OutlineHand:
		d.outline(f)
		return
	case model.GrowHand:
		return
	}
	vp := d.port.port(s, d.id)
	r := float32(f.RadiusMM / float64(vp.MMPerPixel))
	for _, p := range f.Trail {
		at, _ := d.port.onScreen(d.h, d.id, p)
		d.circle(at, r, true)
	}
	if d.port.hover {
		d.circle(d.port.at, r, false)
	}
}

// circle draws the ball of the brush; faint where it has been.
func (d *decoration) circle(at f32.Point, r float32, been bool) {
	const sides = 48
	points := make([]f32.Point, sides+1)
	for i := range points {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / sides)
		points[i] = at.Add(f32.Pt(r*float32(cos), r*float32(sin)))
	}
	px := d.gtx.Metric.PxPerDp
	if been {
		widget.Path(d.gtx, theme.WithAlpha(d.h.Env.Accent, 0.4), points, px)
		return
	}
	widget.Path(d.gtx, theme.WithAlpha(theme.Black, 0.55), points, 3*px)
	widget.Path(d.gtx, d.h.Env.Accent, points, 1.5*px)
}

// outline draws what the scissors cut out, closed by a dashed line.
func (d *decoration) outline(f model.Fixing) {
	if len(f.Trail) == 0 || f.Drawn != d.id {
		return
	}
	var points []f32.Point
	for _, p := range f.Trail {
		at, _ := d.port.onScreen(d.h, d.id, p)
		points = append(points, at)
	}
	px := d.gtx.Metric.PxPerDp
	widget.Path(d.gtx, theme.WithAlpha(theme.Black, 0.55), points, 3*px)
	widget.Path(d.gtx, d.h.Env.Accent, points, 1.5*px)
	widget.Dashes(d.gtx, d.h.Env.Accent, []f32.Point{points[len(points)-1], points[0]}, px, []unit.Dp{4, 3})
}

// fixLabel says above a held handle how far it moved and what that changes.
func (d *decoration) fixLabel(at f32.Point, v *spine.Vertebra) {
	s, l := d.h.State, d.h.Env.Lang
	was := s.FixedVertebra()
	signed := func(x float64, decimals int) string {
		words := l.Number(x, decimals)
		if x > 0 {
			words = "+" + words
		}
		return words
	}
	words := []string{movedBy(d.port.fixing.kind, s.Fixing.Moved).In(l, "mm", l.Number(math.Abs(s.Fixing.Moved), 1))}
	fill := 0.0
	for _, x := range s.Result.Report.Vertebrae {
		if x.Level == was.Level && v.BodyML > 0 && was.BodyML > 0 {
			cement := 100 * (x.CementInBodyML + x.PriorCementML)
			fill = cement/float64(v.BodyML) - cement/float64(was.BodyML)
		}
	}
	words = append(words, i18n.BodyChange.In(l, "ml", signed(float64(v.BodyML-was.BodyML), 2), "n", signed(fill, 1)))
	lift := float32(24+28) * d.gtx.Metric.PxPerDp
	d.plate([][]f32.Point{{at.Sub(f32.Pt(0, lift))}}, words)
}

// movedBy names the way that a handle went: outwards when mm is positive.
func movedBy(k vertebra.HandleKind, mm float64) i18n.Text {
	ways := [2]i18n.Text{i18n.MovedUp, i18n.MovedDown}
	switch k {
	case vertebra.InferiorEndplate, vertebra.InferiorFrontRim, vertebra.InferiorRearRim, vertebra.InferiorFront, vertebra.InferiorRear:
		ways = [2]i18n.Text{i18n.MovedDown, i18n.MovedUp}
	case vertebra.AnteriorWall:
		ways = [2]i18n.Text{i18n.MovedForward, i18n.MovedBack}
	case vertebra.PosteriorWall:
		ways = [2]i18n.Text{i18n.MovedBack, i18n.MovedForward}
	case vertebra.LeftWall:
		ways = [2]i18n.Text{i18n.MovedLeft, i18n.MovedRight}
	case vertebra.RightWall:
		ways = [2]i18n.Text{i18n.MovedRight, i18n.MovedLeft}
	}
	if mm < 0 {
		return ways[1]
	}
	return ways[0]
}

// radiusStep is by how many mm a notch changes the brush.
const radiusStep = 0.5

// scrolled changes the radius of the brush by the wheel with Shift.
func (f *fixing) scrolled(h Host, notches int) {
	h.Emit(model.SetFixing{Change: func(x *model.Fixing) { x.RadiusMM -= radiusStep * float64(notches) }})
}
