package view

import (
	"math"

	"gioui.org/f32"
	"gioui.org/unit"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/theme"
	"github.com/vertefill/vertefill/ui/widget"
)

// heightDepthMM is how far from the middle of the body a sagittal plane may
// lie to show its heights: they are measured in that strip.
const heightDepthMM = 3

// heightAt is where along half the depth of the body the anterior and the
// posterior height are drawn: in the middle of the fifths that they are the
// longest chords of.
const heightAt = 0.8

// heights draws the anterior and the posterior height of the vertebra that the
// planes follow, as dashed lines of that length along its axis, with the value
// in mm.
func (d *decoration) heights() {
	s := d.h.State
	v := d.body()
	if v == nil || d.id.Content != model.Sagittal || s.Reading.Hidden || s.Reading.Layers == model.NoLayers || fixable(s, d.id) || s.Blind() || s.BlindReading() {
		return
	}
	bodyFromPatient, err := v.PatientFromBody.Inverse()
	if err != nil || v.Body == nil || math.Abs(bodyFromPatient.Apply(s.CursorIn(d.id.Slot)).X) > heightDepthMM {
		return
	}
	l, px := d.h.Env.Lang, d.gtx.Metric.PxPerDp
	for _, x := range []struct {
		side float64
		mm   float64
	}{{-1, float64(v.Heights.Anterior)}, {1, float64(v.Heights.Posterior)}} {
		if x.mm == 0 {
			continue
		}
		y := x.side * heightAt * float64(v.HalfDepth)
		lo, hi, ok := chord(v.Body.Vertices, bodyFromPatient, y)
		if !ok {
			continue
		}
		middle := (lo + hi) / 2
		at := func(z float64) f32.Point {
			return point32(d.screen(v.PatientFromBody.Apply(geom.Pt[geom.BodyFrame](0, y, z))))
		}
		top, bottom := at(middle+x.mm/2), at(middle-x.mm/2)
		widget.Dashes(d.gtx, theme.WithAlpha(theme.Black, 0.6), []f32.Point{top, bottom}, 3*px, []unit.Dp{4, 2})
		widget.Dashes(d.gtx, theme.CornerText, []f32.Point{top, bottom}, 1.2*px, []unit.Dp{4, 2})
		words := l.Unit(l.Number(x.mm, 1), "mm")
		wide := d.h.Env.Measure(d.gtx, theme.CaptionB, words)
		put := top.Round()
		put.X, put.Y = put.X-wide/2, put.Y-d.gtx.Dp(18)
		put.X = min(max(put.X, d.gtx.Dp(6)), max(d.port.size.X-wide-d.gtx.Dp(6), 0))
		d.text(theme.CaptionB, put, words)
	}
}

// chord returns the lowest and the highest point of a surface, in mm along the
// axis of the body, in the strip of 1.5 mm round a place before or behind its
// middle.
func chord(surface []geom.Patient, bodyFromPatient geom.Affine[geom.BodyFrame, geom.PatientFrame], y float64) (lo, hi float64, ok bool) {
	const strip = 1.5
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, p := range surface {
		if q := bodyFromPatient.Apply(p); math.Abs(q.X) < heightDepthMM && math.Abs(q.Y-y) < strip {
			lo, hi = min(lo, q.Z), max(hi, q.Z)
		}
	}
	return lo, hi, hi > lo
}
