package assess

import (
	"fmt"
	"math"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/volume"
)

// Outlining a lytic lesion by hand, or correcting an imported outline. None of these changes body, cement or leaks.
const (
	LesionOutline EditKind = "lesion-outline" // Stroke: an outline as the points, RadiusMM half its thickness; Normal of its plane: what lies within is lesion
	LesionCut     EditKind = "lesion-cut"     // Stroke, Normal as for CementCut: what lies within is no lesion
	LesionBrush   EditKind = "lesion-brush"   // Stroke
	LesionErase   EditKind = "lesion-erase"   // Stroke
	LesionBetween EditKind = "lesion-between" // To: lesion is made between the outlines whose first points are At and To
	LesionClear   EditKind = "lesion-clear"   // what is outlined in the body at At goes
)

// changesLesion reports whether an edit is about the outline of a lesion only.
func (e Edit) changesLesion() bool {
	switch e.Kind {
	case LesionOutline, LesionCut, LesionBrush, LesionErase, LesionBetween, LesionClear:
		return true
	}
	return false
}

// lesion applies one edit of an outline, after those before it.
func (e *editing) lesion(x Edit, before []Edit) (bool, error) {
	switch x.Kind {
	case LesionBrush, LesionErase:
		if err := x.cementStroke(); err != nil {
			return false, err
		}
		box := e.strokeBox(x.Stroke)
		return e.drawLesion(box, x.Kind == LesionBrush, func(i, j, k int) float64 {
			if !x.Stroke.touches(int(e.run.work.At(i, j, k))) {
				return 0
			}
			return e.covered(x.Stroke, i, j, k)
		}), nil
	case LesionOutline, LesionCut:
		o, err := outlineOf(x)
		if err != nil {
			return false, err
		}
		return e.drawLesion(e.outlineBox(o), x.Kind == LesionOutline, func(i, j, k int) float64 { return shareOf(e.run.work.Grid, i, j, k, o.holds) }), nil
	case LesionBetween:
		return e.lesionBetween(x, before)
	}
	v, _ := e.body(x.at())
	if v == nil || v.Body == nil {
		return false, nil
	}
	return e.drawLesion(bodyBox(e.run.work.Grid, v), false, func(i, j, k int) float64 {
		return math.Ceil(inBodyShare(e.run.work.Grid, v, i, j, k)) // all of a voxel that the body touches
	}), nil
}

// drawLesion adds or takes away by the share of each voxel that the tool covers.
func (e *editing) drawLesion(box geom.Box, add bool, covered func(i, j, k int) float64) (any bool) {
	l := e.run.lesions
	if add {
		l = l.covering(box)
	} else {
		l = l.covering(geom.Box{})
	}
	box = box.Intersect(l.box)
	for k := box.Min.K; k < box.Max.K; k++ {
		for j := box.Min.J; j < box.Max.J; j++ {
			for i := box.Min.I; i < box.Max.I; i++ {
				o := l.box.Offset(i, j, k)
				if !add && l.share[o] == 0 || add && l.share[o] == 1 {
					continue
				}
				f := float32(covered(i, j, k))
				if f == 0 {
					continue
				}
				if add {
					l.share[o] = max(l.share[o], f)
				} else {
					l.share[o] = min(l.share[o], 1-f)
				}
				any = true
			}
		}
	}
	if any {
		e.run.lesions = l
	}
	return any
}

// outlineBox holds the voxels that an outline may touch.
func (e *editing) outlineBox(o *outline) geom.Box {
	var corners []geom.Voxel
	for _, p := range o.points {
		for _, z := range [2]float64{-o.depthMM, o.depthMM} {
			corners = append(corners, e.run.work.Voxel(o.patientFromPlane.Apply(geom.Pt[geom.PlaneFrame](p[0], p[1], z))))
		}
	}
	return geom.BoxAround(corners).Grow(1).Intersect(e.run.work.Bounds())
}

// shareOf returns how much of a voxel a region holds.
func shareOf(g *volume.Grid, i, j, k int, holds func(geom.Patient) bool) float64 {
	in := 0
	for s := range subsamples * subsamples * subsamples {
		off := func(a int) float64 { return (float64(a)+0.5)/subsamples - 0.5 }
		if holds(g.Patient(geom.Vox(float64(i)+off(s%subsamples), float64(j)+off(s/subsamples%subsamples), float64(k)+off(s/subsamples/subsamples)))) {
			in++
		}
	}
	return float64(in) / (subsamples * subsamples * subsamples)
}

// lesionBetween fills the space between two outlines that were drawn before, which At and To name by their first points: zero of the
// mean of the signed distances to both, weighted by how near each plane is (Raya and Udupa, IEEE TMI 1990;9:32-42).
func (e *editing) lesionBetween(x Edit, before []Edit) (bool, error) {
	if x.To == nil {
		return false, fmt.Errorf("two outlines are needed to make lesion between them")
	}
	var a, b *outline
	for _, y := range before {
		if y.Kind != LesionOutline || y.Stroke == nil || len(y.Stroke.Points) == 0 || y.Stroke.Points[0] != x.At && y.Stroke.Points[0] != *x.To {
			continue
		}
		o, err := outlineOf(y)
		if err != nil {
			return false, err
		}
		if y.Stroke.Points[0] == x.At {
			a = o
		} else {
			b = o
		}
	}
	if a == nil || b == nil {
		return false, nil
	}
	apart := a.planeFromPatient.Apply(b.patientFromPlane.Origin()).Z
	between := func(p geom.Patient) bool {
		pa, pb := a.planeFromPatient.Apply(p), b.planeFromPatient.Apply(p)
		if t := pa.Z / apart; !(t > 0 && t < 1) {
			return false
		}
		t := math.Abs(pa.Z) / (math.Abs(pa.Z) + math.Abs(pb.Z))
		return (1-t)*a.signed(pa)+t*b.signed(pb) < 0
	}
	box := e.outlineBox(a).Union(e.outlineBox(b))
	return e.drawLesion(box, true, func(i, j, k int) float64 { return shareOf(e.run.work.Grid, i, j, k, between) }), nil
}

// signed returns the distance of a point of the plane from the outline, negative inside.
func (o *outline) signed(q geom.Plane) float64 {
	least := math.Inf(1)
	for a, b := 0, len(o.points)-1; a < len(o.points); b, a = a, a+1 {
		x, y := o.points[b][0], o.points[b][1]
		dx, dy := o.points[a][0]-x, o.points[a][1]-y
		t := 0.0
		if l := dx*dx + dy*dy; l > 0 {
			t = max(0, min(1, ((q.X-x)*dx+(q.Y-y)*dy)/l))
		}
		least = min(least, math.Hypot(q.X-x-t*dx, q.Y-y-t*dy))
	}
	if o.holds(o.patientFromPlane.Apply(geom.Pt[geom.PlaneFrame](q.X, q.Y, 0))) {
		return -least
	}
	return least
}
