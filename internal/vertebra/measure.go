package vertebra

import (
	"context"
	"math"

	"github.com/vertefill/vertefill/internal/diag"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/mesh"
	"github.com/vertefill/vertefill/internal/parallel"
	"github.com/vertefill/vertefill/internal/spine"
	"github.com/vertefill/vertefill/internal/unit"
)

// endplateSlope is a cosine: triangles whose normal is this close to the axis are endplate.
const endplateSlope = 0.85

// finish turns bodies into vertebrae: surfaces that do not overlap, measures, intervals, findings.
func (f *finder) finish(ctx context.Context) error {
	cortex := cortexOf(f.bodies)
	err := parallel.Each(ctx, len(f.bodies), func(i int) {
		if b := f.bodies[i]; b.surface != nil {
			b.shifts = b.scene.refinePlate(b.surface, cortex)
		}
	})
	if err != nil {
		return err
	}
	f.separate()
	err = parallel.Each(ctx, len(f.bodies), func(i int) {
		b := f.bodies[i]
		if b.surface == nil {
			f.measureCut(b)
			return
		}
		b.measure()
	})
	if err != nil {
		return err
	}
	f.flag()
	for _, b := range f.bodies {
		v := b.vertebra
		f.warnUnusual(b)
		switch {
		case !v.Complete && b.reason == reasonCut:
			f.sink.Add(diag.CodeBodyCut, v.Level, nil)
		case !v.Complete:
			f.sink.Add(diag.CodeBodyNotOutlined, v.Level, nil)
		case v.HiddenBorder > 0.1:
			f.sink.Add(diag.CodeBodyBorderWeak, v.Level, diag.Args{"p": diag.Percent(v.HiddenBorder)})
		}
		if v.Complete && b.deformedInThickSlices() {
			f.sink.Add(diag.CodeBodyDeformedThick, v.Level, nil)
		}
		f.spine.Vertebrae = append(f.spine.Vertebrae, v)
	}
	return ctx.Err()
}

// warnUnusual notes a volume unlike the neighbours'.
func (f *finder) warnUnusual(b *body) {
	var near []float64
	for i, o := range f.bodies {
		if o == b {
			for j := max(0, i-neighbours); j <= min(len(f.bodies)-1, i+neighbours); j++ {
				if v := f.bodies[j].vertebra; j != i && v.Complete {
					near = append(near, float64(v.BodyML))
				}
			}
		}
	}
	if r := float64(b.vertebra.BodyML) / max(1e-9, median(near)); b.vertebra.Complete && len(near) > 0 && (r > unusualVolume || r < 1/unusualVolume) {
		f.sink.Add(diag.CodeBodySizeUnusual, b.vertebra.Level, nil)
	}
}

// measureCut gives a vertebra without surface its axes only.
func (f *finder) measureCut(b *body) {
	if b.scene == nil {
		f.sceneOf(b)
	}
	v := b.vertebra
	v.Reason = b.reason
	v.PatientFromBody = b.scene.patientFromBody
}

// measure fills in what follows from the surface.
func (b *body) measure() {
	v := b.vertebra
	v.Complete = true
	v.SetBody(b.surface)
	v.PatientFromBody = b.axes()
	pts := make([]geom.Body, len(b.surface.Vertices))
	inv := v.BodyFromPatient()
	for i, p := range b.surface.Vertices {
		pts[i] = inv.Apply(p)
	}
	v.Wall = b.finalWall(pts, inv)
	v.HalfWidth, v.HalfDepth = extent(pts)
	v.Heights = heights(pts, b.surface.Triangles)
	v.HiddenBorder, v.BodyIntervalML = b.uncertainty()
}

// axes returns the frame of the body: origin at the centroid, Z the mean normal of both endplates, Y backwards.
func (b *body) axes() geom.Affine[geom.PatientFrame, geom.BodyFrame] {
	old := b.scene.patientFromBody
	z0 := old.Axis(2)
	var up, down geom.PatientVec
	for _, t := range b.surface.Triangles {
		p := b.surface.Vertices[t[0]]
		n := b.surface.Vertices[t[1]].Sub(p).Cross(b.surface.Vertices[t[2]].Sub(p))
		switch c := n.Dot(z0) / max(1e-9, n.Norm()); {
		case c > endplateSlope:
			up = up.Add(n)
		case c < -endplateSlope:
			down = down.Sub(n)
		}
	}
	z := up.Unit().Add(down.Unit()).Unit()
	if z.Dot(z0) < 0.9 {
		z = z0
	}
	y := old.Axis(1)
	y = y.Sub(z.Mul(y.Dot(z))).Unit()
	return geom.FromAxes[geom.PatientFrame, geom.BodyFrame](b.surface.Centroid(), y.Cross(z), y, z)
}

// wallRoomMM is more than a wall is hollow and leans from one endplate to the other.
const wallRoomMM = 7.0

// isBack reports whether a vertex looks backwards between the pedicles.
func isBack(p geom.Body, normal geom.BodyVec) bool { return normal.Y > 0.6 && math.Abs(p.X) < 10 }

// finalWall fits the posterior wall to the surface itself, or carries the one seen from the canal over.
func (b *body) finalWall(pts []geom.Body, inv geom.Affine[geom.BodyFrame, geom.PatientFrame]) spine.Wall {
	normals := b.surface.Normals()
	var ys []float64
	for i, p := range pts {
		if isBack(p, inv.ApplyVec(normals[i])) {
			ys = append(ys, p.Y)
		}
	}
	front := math.Inf(1) // of the wall: what looks back farther in front is the fold of a sunken endplate
	if len(ys) > 0 {
		front = quantile(ys, 0.9) - wallRoomMM
	}
	var on, doubtful []geom.Body // a surface near cement may bulge into the canal
	for i, p := range pts {
		if isBack(p, inv.ApplyVec(normals[i])) && p.Y > front {
			if b.shifts != nil && !b.shifts[i].ok || b.scene != nil && b.scene.isCement(b.surface.Vertices[i].Add(normals[i].Mul(-1))) {
				doubtful = append(doubtful, p)
			} else {
				on = append(on, p)
			}
		}
	}
	var seen []geom.Body // from the canal
	if b.scene != nil && b.scene.wall.ok {
		for _, p := range b.scene.wallPoints() {
			seen = append(seen, inv.Apply(p))
		}
	}
	for _, set := range [][]geom.Body{on, seen, append(on, doubtful...)} {
		if w := fitWall(set); w.ok {
			return w.Wall
		}
	}
	y := 0.0
	for _, p := range pts {
		y = max(y, p.Y)
	}
	return spine.Wall{Q0: y}
}

// extent returns half the width and depth at mid height.
func extent(pts []geom.Body) (halfWidth, halfDepth unit.MM) {
	lo, hi := geom.Body{}, geom.Body{}
	for _, p := range pts {
		if math.Abs(p.Z) < 3 {
			lo = geom.Pt[geom.BodyFrame](min(lo.X, p.X), min(lo.Y, p.Y), 0)
			hi = geom.Pt[geom.BodyFrame](max(hi.X, p.X), max(hi.Y, p.Y), 0)
		}
	}
	return unit.MM((hi.X - lo.X) / 2), unit.MM((hi.Y - lo.Y) / 2)
}

// uncertainty returns the share of the surface without an edge of its own, and the 90 % interval of the volume.
func (b *body) uncertainty() (hidden unit.Fraction, interval unit.Interval) {
	m := b.surface
	area := vertexAreas(m)
	normals := m.Normals()
	var all, blind, low, high float64
	for i, a := range area {
		all += a
		s := b.shifts[i]
		p := m.Vertices[i]
		if b.scene.onPedicle(p) {
			continue
		}
		if !s.ok || b.scene.isCement(p.Add(normals[i].Mul(-1.5))) || b.scene.isCement(p) {
			blind += a
			continue
		}
		low += a * (s.low - s.mm)
		high += a * (s.high - s.mm)
	}
	v := float64(b.surface.Volume())
	cortex := (high - low) / 2 / 1000
	surface := surfaceErrorMM
	if b.deformedInThickSlices() {
		surface = deformedErrorMM
	}
	sigma := math.Sqrt(cortex*cortex + math.Pow(all*surface*b.scene.voxelMM/1000, 2) + math.Pow(blind*hiddenErrorMM/1000, 2))
	return unit.Fraction(blind / max(1e-9, all)), unit.Interval{Low: v - sigma, High: v + sigma}
}

// deformedInThickSlices reports whether a body is wedged, sunken in or crushed in slices that do not show its endplates column by column.
func (b *body) deformedInThickSlices() bool {
	h := b.vertebra.Heights
	return b.scene.voxelMM > maxReliefMM && min(h.Anterior, h.Middle, h.Posterior) < deformedShare*max(h.Anterior, h.Middle, h.Posterior)
}

// Common error of the surface per mm of voxel, the same of a deformed body in thick slices, and where the surface is hidden, in mm: the
// half width of the interval. Calibrated on the phantom families.
const (
	surfaceErrorMM  = 0.10
	deformedErrorMM = 0.20
	deformedShare   = 0.75 // of the greatest height, the least
	hiddenErrorMM   = 0.5
)

// vertexAreas shares the triangles' areas out to their corners.
func vertexAreas(m *mesh.Mesh) []float64 {
	out := make([]float64, len(m.Vertices))
	for _, t := range m.Triangles {
		p := m.Vertices[t[0]]
		a := m.Vertices[t[1]].Sub(p).Cross(m.Vertices[t[2]].Sub(p)).Norm() / 6
		for _, i := range t {
			out[i] += a
		}
	}
	return out
}
