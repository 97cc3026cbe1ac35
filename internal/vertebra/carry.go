package vertebra

import (
	"context"
	"fmt"
	"math"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/mesh"
	"github.com/vertefill/vertefill/internal/spine"
	"github.com/vertefill/vertefill/internal/unit"
	"github.com/vertefill/vertefill/internal/volume"
)

// Cement that touches or passes the border of a body hides it on the post CT; the pre CT shows it. Where a registered pre CT is at
// hand the hidden part of the surface comes from there, the rest stays as the post CT shows it.
const (
	carryReachMM  = 4.0 // the surface on the pre CT is looked for this far from the one on the post CT: a bulge is that deep
	carryNearMM   = 2.0 // a vertex this close to cement is hidden
	carryDenseHU  = 600 // new material: this dense and so much denser than before
	carryAddedHU  = 450
	carrySmooth   = 4   // passes over the borders of the hidden part
	carryAgreedMM = 0.7 // median difference of the visible part above which the body has changed its shape
	beforeChange  = 1.6 // a body does not change its volume by more than this factor
	beforeSeen    = 0.6 // share of each endplate with an edge of its own
	canalBehindMM = 9.0 // from the wall to the middle of the canal
	carryErrorMM  = 0.2 // error of the carried part: half width of a 90 % interval
)

// Carry outlines a body on the pre CT too, sets its heights there, replaces the part of its surface that new cement hides by that of
// the pre CT, and updates everything that follows from the surface. preFromPost is the registration at this vertebra. It returns false
// and leaves the surface as it is when nothing is hidden, when the body has changed its shape between the scans, or when the surface does not come from Find.
func Carry(ctx context.Context, post, pre *volume.Volume, v *spine.Vertebra, preFromPost geom.Affine[geom.PatientFrame, geom.PatientFrame]) (bool, error) {
	if err := ctx.Err(); err != nil {
		return false, fmt.Errorf("vertebra: %w", err)
	}
	if _, ok := pre.Affine(); !ok || v.Body == nil || len(v.Body.Vertices) != len(sphereNet().dirs) {
		return false, nil
	}
	b := before(ctx, pre, v, preFromPost)
	if err := ctx.Err(); err != nil {
		return false, fmt.Errorf("vertebra: %w", err)
	}
	if b == nil {
		return false, nil
	}
	v.Before = b.heights(v)
	now := newScene(post, v.PatientFromBody)
	now.findCement()
	hidden := hiddenBy(now, b.scene, v.Body)
	if hidden == nil {
		return false, nil
	}
	old, m, net := b.start, b.surface, sphereNet()
	move := make([]float64, len(m.Vertices))
	n := old.Normals()
	var seen []float64
	for i, p := range m.Vertices {
		move[i] = p.Sub(old.Vertices[i]).Dot(n[i])
		if hidden[i] == 0 {
			seen = append(seen, math.Abs(move[i]))
		}
	}
	if len(seen) < len(move)/4 || median(seen) > carryAgreedMM {
		return false, nil
	}
	net.smooth(hidden, carrySmooth)
	area := vertexAreas(v.Body)
	normals := v.Body.Normals()
	out := &mesh.Mesh{Triangles: v.Body.Triangles, Vertices: make([]geom.Patient, len(move))}
	blind, all := 0.0, 0.0
	for i, p := range v.Body.Vertices {
		out.Vertices[i] = p.Add(normals[i].Mul(hidden[i] * move[i]))
		all += area[i]
		blind += hidden[i] * area[i]
	}
	replace(v, out, unit.Fraction(blind/max(1e-9, all)), all)
	return true, nil
}

// bodyBefore is a body on the pre CT.
type bodyBefore struct {
	scene   *scene
	start   *mesh.Mesh // the surface on the post CT, moved
	surface *mesh.Mesh
	shifts  []shift
}

// before outlines a body on the pre CT from its surface on the post CT; nil when the pre CT cuts it.
func before(ctx context.Context, pre *volume.Volume, v *spine.Vertebra, preFromPost geom.Affine[geom.PatientFrame, geom.PatientFrame]) *bodyBefore {
	s := newScene(pre, geom.Compose(preFromPost, v.PatientFromBody))
	s.findCement()
	s.canal = [3]float64{v.Wall.Q0 + canalBehindMM, 0, 0}
	s.top, s.bottom = lid{z0: math.Inf(1)}, lid{z0: math.Inf(-1)}
	s.height = float64(v.Heights.Middle)
	if s.findWall(); s.wall.ok { // cement may have hidden it since
		s.wall.Q0 += usualWallMM
	} else {
		s.wall = wall{v.Wall, true}
	}
	s.findPedicles(float64(v.HalfWidth))
	b := &bodyBefore{scene: s, start: v.Body.Transformed(preFromPost)}
	if s.outside(b.start) > 0 {
		return nil
	}
	b.surface = &mesh.Mesh{Triangles: b.start.Triangles, Vertices: append([]geom.Patient(nil), b.start.Vertices...)}
	back := s.backFace(b.surface)
	net := sphereNet()
	for _, step := range []struct{ reach, window float64 }{{carryReachMM, 2}, {refineRangeMM, 0.9}} {
		if ctx.Err() != nil {
			return nil
		}
		n := b.surface.Normals()
		s.fit(b.surface, n, n, step.reach, refineStepMM, refineSmooth, refineJumpMM, step.window)
		net.taubin(b.surface.Vertices)
		s.closeWall(b.surface, back)
	}
	cortex := float64(usualCortexHU)
	if hu := s.arch(nil); len(hu) >= minArchSamples {
		cortex = max(minCortexHU, min(maxCortexHU, quantile(hu, cortexQuantile)))
	}
	b.shifts = s.refinePlate(b.surface, cortex)
	return b
}

// heights returns the heights on the pre CT, nil when too little of the endplates is seen there or the outline is another body's.
func (b *bodyBefore) heights(v *spine.Vertebra) *spine.Heights {
	if r := float64(b.surface.Volume() / v.BodyML); !(r > 1/beforeChange && r < beforeChange) {
		return nil
	}
	inv := b.scene.bodyFromPatient
	pts := make([]geom.Body, len(b.surface.Vertices))
	normals := b.surface.Normals()
	var seen, all [2]float64
	for i, p := range b.surface.Vertices {
		pts[i] = inv.Apply(p)
		z := inv.ApplyVec(normals[i]).Z
		if math.Abs(z) < endplateSlope {
			continue
		}
		end := 0
		if z < 0 {
			end = 1
		}
		all[end]++
		if b.shifts[i].ok {
			seen[end]++
		}
	}
	if seen[0] < beforeSeen*all[0] || seen[1] < beforeSeen*all[1] {
		return nil
	}
	h := heights(pts, b.surface.Triangles)
	return &h
}

// replace gives a vertebra another surface in the same axes. The carried part no longer widens the interval as a hidden one does.
func replace(v *spine.Vertebra, m *mesh.Mesh, carried unit.Fraction, areaMM2 float64) {
	half := (v.BodyIntervalML.High - v.BodyIntervalML.Low) / 2
	guess := float64(v.HiddenBorder) * areaMM2 * hiddenErrorMM / 1000
	known := float64(carried) * areaMM2 * carryErrorMM / 1000
	half = math.Sqrt(max(half*half-guess*guess, 0) + known*known)
	v.HiddenBorder = max(0, v.HiddenBorder-carried)
	v.SetBody(m)
	v.BodyIntervalML = unit.Interval{Low: float64(v.BodyML) - half, High: float64(v.BodyML) + half}
	inv := v.BodyFromPatient()
	pts := make([]geom.Body, len(m.Vertices))
	for i, p := range m.Vertices {
		pts[i] = inv.Apply(p)
	}
	b := body{surface: m, vertebra: v}
	v.Wall = b.finalWall(pts, inv)
	v.HalfWidth, v.HalfDepth = extent(pts)
	v.Heights = heights(pts, m.Triangles)
}

// hiddenBy marks with 1 the vertices near material that the post CT shows and the pre CT does not: masses of cement, and veins too
// thin to be told from cortex on one CT alone. Nil when there are none.
func hiddenBy(now, then *scene, m *mesh.Mesh) []float64 {
	added := func(q geom.Patient) bool {
		p := then.patientFromBody.Apply(now.bodyFromPatient.Apply(q))
		hu := now.huAt(q)
		return hu > carryDenseHU && hu-then.huAt(p) > carryAddedHU || now.isCement(q) && !then.isCement(p)
	}
	out := make([]float64, len(m.Vertices))
	any := false
	normals := m.Normals()
	for i, p := range m.Vertices {
		n := 0
		for d := -2 * carryNearMM; d <= carryNearMM; d += carryNearMM / 2 {
			if added(p.Add(normals[i].Mul(d))) {
				n++
			}
		}
		if n > 1 { // one alone is a cortex a little off in the registration
			out[i], any = 1, true
		}
	}
	if !any {
		return nil
	}
	return out
}
