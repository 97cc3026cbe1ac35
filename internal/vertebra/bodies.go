package vertebra

import (
	"context"
	"fmt"
	"math"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/mesh"
	"github.com/vertefill/vertefill/internal/parallel"
	"github.com/vertefill/vertefill/internal/spine"
)

// body is one interval between discs on its way to a vertebra.
type body struct {
	above, below disc
	scene        *scene
	surface      *mesh.Mesh // nil when cut or not found
	shifts       []shift
	reason       string // why there is no surface
	faces        faces
	vertebra     *spine.Vertebra
}

// Reasons why a body has no surface.
const (
	reasonCut        = "cut by the field of view"
	reasonNoEndplate = "an endplate was not found"
	reasonUnsure     = "its outline cannot be trusted"
)

// stump is the least length in view, mm, of a vertebra worth listing as cut.
const stump = 8

// findBodies runs the chain of discs and outlines the bodies between them, then tries the changes that the bodies suggest.
func (f *finder) findBodies(ctx context.Context) error {
	f.done = map[string]*body{}
	k := constraints{forbidden: map[int]bool{}, wanted: map[int]bool{}}
	for _, s := range f.opt.Seeds {
		k.seeds = append(k.seeds, f.bodyStation(s.Point))
	}
	bodies, err := f.solve(ctx, k)
	if err != nil {
		return err
	}
	if f.alone {
		f.bodies = bodies
		return nil
	}
	tried := map[change]bool{}
	for n := 0; n < maxChanges; {
		improved := false
		for _, c := range f.changes(bodies) {
			key := change{station: c.station, add: c.add, instead: c.instead}
			if tried[key] || n >= maxChanges {
				continue
			}
			tried[key] = true
			n++
			alt := k.with(c)
			other, err := f.solve(ctx, alt)
			if err != nil {
				return err
			}
			gain := changeGainMM
			if !c.add {
				gain = dropGainMM
			}
			if f.better(other, bodies) > gain {
				k, bodies, improved = alt, other, true
				break
			}
		}
		if !improved {
			break
		}
	}
	f.bodies = bodies
	return nil
}

// solve runs the chain and outlines the bodies that were not outlined before.
func (f *finder) solve(ctx context.Context, k constraints) ([]*body, error) {
	stations := f.table.chain(k)
	if len(stations) == 0 {
		return nil, ctx.Err()
	}
	bodies := f.intervals(stations)
	var todo []*body
	for i, b := range bodies {
		key := b.key()
		if old := f.done[key]; old != nil {
			bodies[i] = old
			continue
		}
		f.done[key] = b
		if b.reason == "" && f.wanted(b) {
			todo = append(todo, b)
		}
	}
	err := parallel.Each(ctx, len(todo), func(i int) {
		f.outline(ctx, todo[i])
		f.progress(min(0.85, 0.35+0.03*float64(f.outlined.Add(1))))
	})
	return bodies, err
}

// key tells intervals apart by the place and tilt of their discs.
func (b *body) key() string {
	return fmt.Sprintf("%.0f %.2v %.0f %.2v", b.above.s, b.above.up, b.below.s, b.below.up)
}

// bodyStation returns the station of a point inside a body.
func (f *finder) bodyStation(p geom.Patient) int { return f.curve.nearest(p) }

// intervals makes a body for every pair of neighbouring discs, and for what lies beyond the ends.
func (f *finder) intervals(stations []int) []*body {
	t := f.table
	discs := t.discsAt(stations)
	var out []*body
	n := len(discs)
	top := f.endBody(stations[0], -1, discs[1].s-discs[0].s)
	if top != nil {
		top.below = discs[0]
		out = append(out, top)
	}
	for i := 1; i < n; i++ {
		out = append(out, &body{above: discs[i-1], below: discs[i]})
	}
	if end := f.endBody(stations[n-1], 1, discs[n-1].s-discs[n-2].s); end != nil {
		end.above = discs[n-1]
		out = append(out, end)
	}
	return out
}

// endBody is the body beyond the outermost disc, nil when hardly any of it is in view.
func (f *finder) endBody(s, dir int, spacing float64) *body {
	t := f.table
	if d, ok := t.freeEnd(s, dir, spacing); ok {
		if dir < 0 {
			return &body{above: d}
		}
		return &body{below: d}
	}
	seen, bone, reach := 0, 0.0, int(0.8*spacing)
	for k := 5; k <= int(1.1*spacing); k++ {
		q := s + dir*k
		if q < 0 || q >= len(t.plates) {
			break
		}
		if x := float64(t.planes[nBeta/2+nBeta*(nAlpha/2+nAlpha*q)]); x == x {
			seen++
			if k <= reach {
				bone += x
			}
		}
	}
	whole := float64(seen)+5 >= 1.05*spacing // so much is in view that the far endplate must be
	seen = min(seen, reach-4)
	if seen < stump || bone/float64(seen) < 60 {
		return nil
	}
	q := max(0, min(len(t.plates)-1, s+dir*(seen+5)))
	d := disc{s: float64(q), centre: t.c.st[q].at(0, tablePivotMM, 0), up: t.c.st[q].up, ghost: true}
	b := &body{reason: reasonCut}
	if whole {
		b.reason = reasonNoEndplate
	}
	if dir < 0 {
		b.above = d
	} else {
		b.below = d
	}
	return b
}

// outline makes the surface of a body; a cancelled context leaves it without.
func (f *finder) outline(ctx context.Context, b *body) {
	b.scene = f.sceneOf(b)
	s := b.scene
	s.findCement()
	s.findWall()
	if s.wall.ok && math.Abs(s.wall.Q4) > 0.03 { // turn the axes so that the wall faces straight backwards
		turn := geom.Rotation(geom.Pt[geom.BodyFrame](0, 0, 0), geom.V[geom.BodyFrame](0, 0, 1), math.Atan(s.wall.Q4))
		f.reframe(b, geom.Compose(s.patientFromBody, turn))
		b.scene.findCement()
		b.scene.findWall()
	}
	m := b.scene.outline(ctx)
	if ctx.Err() != nil {
		return
	}
	if b.scene.outside(m) > 0.005 {
		b.reason = reasonCut
		return
	}
	b.surface = m
	b.judgeFaces()
}

// outside is the share of vertices at or beyond the border of the volume.
func (s *scene) outside(m *mesh.Mesh) float64 {
	n := 0
	for _, p := range m.Vertices {
		if !s.inView(p) {
			n++
		}
	}
	return float64(n) / float64(len(m.Vertices))
}

// sceneOf sets up the axes, lids and canal of a body from its discs.
func (f *finder) sceneOf(b *body) *scene {
	top := b.above.centre.Add(b.above.up.Mul(-b.above.height / 2))
	bottom := b.below.centre.Add(b.below.up.Mul(b.below.height / 2))
	mid := f.curve.st[max(0, min(len(f.curve.st)-1, int((b.above.s+b.below.s)/2)))]
	z := b.above.up.Add(b.below.up).Unit()
	y := mid.posterior.Sub(z.Mul(mid.posterior.Dot(z))).Unit()
	frame := geom.FromAxes[geom.PatientFrame, geom.BodyFrame](top.Lerp(bottom, 0.5), y.Cross(z), y, z)
	f.reframe(b, frame)
	return b.scene
}

// reframe makes the scene of a body in the axes given.
func (f *finder) reframe(b *body, frame geom.Affine[geom.PatientFrame, geom.BodyFrame]) {
	s := newScene(f.vol, frame)
	s.top = s.lidThrough(b.above.centre.Add(b.above.up.Mul(-b.above.height/2)), b.above.up)
	s.bottom = s.lidThrough(b.below.centre.Add(b.below.up.Mul(b.below.height/2)), b.below.up)
	s.topGap, s.bottomGap = b.above.height/2, b.below.height/2
	s.topFree, s.bottomFree = b.above.ghost, b.below.ghost
	s.height = s.top.z0 - s.bottom.z0
	st := f.curve.st
	at := func(x float64) geom.Body {
		return s.bodyFromPatient.Apply(st[max(0, min(len(st)-1, int(math.Round(x))))].p)
	}
	a, m, c := at(b.above.s), at((b.above.s+b.below.s)/2), at(b.below.s)
	s.canal = parabola(a, m, c)
	if dz := a.Z - c.Z; math.Abs(dz) > 1 {
		s.canalX[1] = (a.X - c.X) / dz
	}
	s.canalX[0] = m.X - s.canalX[1]*m.Z
	b.scene = s
}

// lidThrough returns the plane through p with the normal n as a lid in body coordinates.
func (s *scene) lidThrough(p geom.Patient, n geom.PatientVec) lid {
	c, m := s.bodyFromPatient.Apply(p), s.bodyFromPatient.ApplyVec(n)
	nz := max(0.3, m.Z)
	return lid{z0: c.Z + (m.X*c.X+m.Y*c.Y)/nz, ax: -m.X / nz, ay: -m.Y / nz}
}

// parabola returns y as a function of z through three points, level when they coincide in z.
func parabola(a, b, c geom.Body) [3]float64 {
	d := (a.Z - b.Z) * (a.Z - c.Z) * (b.Z - c.Z)
	if math.Abs(d) < 1 {
		return [3]float64{b.Y, 0, 0}
	}
	q2 := (c.Z*(b.Y-a.Y) + b.Z*(a.Y-c.Y) + a.Z*(c.Y-b.Y)) / d
	q1 := (c.Z*c.Z*(a.Y-b.Y) + b.Z*b.Z*(c.Y-a.Y) + a.Z*a.Z*(b.Y-c.Y)) / d
	return [3]float64{b.Y - q1*b.Z - q2*b.Z*b.Z, q1, q2}
}

// median returns the middle value; it sorts a copy.
func median(x []float64) float64 { return quantile(x, 0.5) }
