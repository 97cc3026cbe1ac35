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
	carryErrorMM  = 0.2 // error of the carried part: half width of a 90 % interval
)

// Carry replaces the part of a body's surface that new cement hides by that of the pre CT, and updates everything that follows
// from the surface. preFromPost is the registration at this vertebra. It returns false and leaves the vertebra as it is when
// nothing is hidden, when the body has changed its shape between the scans, or when the surface does not come from Find.
func Carry(ctx context.Context, post, pre *volume.Volume, v *spine.Vertebra, preFromPost geom.Affine[geom.PatientFrame, geom.PatientFrame]) (bool, error) {
	if err := ctx.Err(); err != nil {
		return false, fmt.Errorf("vertebra: %w", err)
	}
	if _, ok := pre.Affine(); !ok || v.Body == nil || len(v.Body.Vertices) != len(sphereNet().dirs) {
		return false, nil
	}
	now := newScene(post, v.PatientFromBody)
	now.findCement()
	then := newScene(pre, geom.Compose(preFromPost, v.PatientFromBody))
	then.findCement()
	hidden := hiddenBy(now, then, v.Body)
	if hidden == nil {
		return false, nil
	}
	then.wall = wall{v.Wall, true}
	then.canal = [3]float64{v.Wall.Q0 + 9, 0, 0}
	then.top, then.bottom = lid{z0: math.Inf(1)}, lid{z0: math.Inf(-1)}
	then.height = float64(v.Heights.Middle)
	old := v.Body.Transformed(preFromPost)
	if then.outside(old) > 0 {
		return false, nil
	}
	m := &mesh.Mesh{Triangles: old.Triangles, Vertices: append([]geom.Patient(nil), old.Vertices...)}
	net := sphereNet()
	for _, step := range []struct{ reach, window float64 }{{carryReachMM, 2}, {refineRangeMM, 0.9}} {
		n := m.Normals()
		then.fit(m, n, n, step.reach, refineStepMM, refineSmooth, refineJumpMM, then.window(step.window))
		net.taubin(m.Vertices)
	}
	cortex := float64(usualCortexHU)
	if hu := then.arch(nil); len(hu) >= minArchSamples {
		cortex = max(minCortexHU, min(maxCortexHU, quantile(hu, cortexQuantile)))
	}
	then.refinePlate(m, cortex)

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
