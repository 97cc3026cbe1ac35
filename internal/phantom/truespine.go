package phantom

import (
	"math"
	"sync"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/mesh"
	"github.com/vertefill/vertefill/internal/spine"
	"github.com/vertefill/vertefill/internal/unit"
)

// Spine returns the true spine on the post CT: body surfaces, frames, walls, heights and the canal. Vertebrae that the field of view
// cuts are there without a surface. It is made at the first call and shared after.
func (t *Truth) Spine() *spine.Spine {
	t.spineOnce.Do(func() { t.spine = t.patient.spine() })
	return t.spine
}

func (p *patient) spine() *spine.Spine {
	s := &spine.Spine{Vertebrae: make([]*spine.Vertebra, len(p.vertebrae))}
	var wait sync.WaitGroup
	free := make(chan struct{}, 2)
	for i := range p.vertebrae {
		wait.Go(func() {
			free <- struct{}{}
			defer func() { <-free }()
			s.Vertebrae[i] = p.trueVertebra(i)
		})
	}
	wait.Wait()
	s.Canal = p.trueCanal()
	return s
}

func (p *patient) trueVertebra(i int) *spine.Vertebra {
	v, at := p.vertebrae[i], p.post[i]
	out := &spine.Vertebra{Level: v.level, Source: anatomy.SourceMask, Confidence: 1, PatientFromBody: at, Complete: i >= p.first && i <= p.last}
	c := at.Apply(v.centroid)
	out.PatientFromBody.T = [3]float64{c.X, c.Y, c.Z}
	if !out.Complete {
		out.Reason = "cut by the field of view"
		return out
	}
	out.SetBody(v.surface(at))
	out.BodyML = unit.MM3(v.bodyMM3).ML()
	out.BodyIntervalML = unit.Interval{Low: v.bodyMM3 / 1000, High: v.bodyMM3 / 1000}
	out.Wall = v.wallAbout(v.centroid)
	r := newRuler(v.body)
	h := r.heights()
	upper, lower := r.tilts()
	out.Heights = spine.Heights{Anterior: unit.MM(h.Anterior), Middle: unit.MM(h.Middle), Posterior: unit.MM(h.Posterior), WedgeRadians: upper - lower, UpperTilt: upper, LowerTilt: lower}
	girth := v.body.girth(0)
	out.HalfWidth = unit.MM((v.body.outline[0] + v.body.outline[outlineSteps/2]) / 2 * girth)
	out.HalfDepth = unit.MM((v.body.wall.Y(0, 0) + v.body.outline[outlineSteps*3/4]*girth) / 2)
	return out
}

// surface meshes the body: rays from the centroid, each to its outermost crossing.
func (v *vertebra) surface(at pose) *mesh.Mesh {
	directions, triangles := mesh.Icosphere(5)
	m := &mesh.Mesh{Triangles: triangles, Vertices: make([]geom.Patient, len(directions))}
	for n, d := range directions {
		dir := geom.V[geom.BodyFrame](d.X, d.Y, d.Z)
		far := v.body.radius + 5
		f := func(r float64) float64 { return v.bodyAt(v.centroid.Add(dir.Mul(r))) }
		out := far
		for out > 0.5 && f(out) > 0 {
			out -= max(0.15, 0.7*f(out))
		}
		lo, hi := out, min(far, out+2)
		for f(hi) < 0 && hi < far {
			hi++
		}
		for range 40 {
			if mid := (lo + hi) / 2; f(mid) < 0 {
				lo = mid
			} else {
				hi = mid
			}
		}
		m.Vertices[n] = at.Apply(v.centroid.Add(dir.Mul((lo + hi) / 2)))
	}
	return m
}

// wallAbout returns the wall in coordinates about c. The shift sideways mixes the square and the linear term.
func (v *vertebra) wallAbout(c geom.Body) spine.Wall {
	w := v.body.wall
	return spine.Wall{
		Q0: w.Q0 + w.Q1*c.Z + w.Q2*c.Z*c.Z + w.Q3*c.X*c.X + w.Q4*c.X - c.Y,
		Q1: w.Q1 + 2*w.Q2*c.Z,
		Q2: w.Q2,
		Q3: w.Q3,
		Q4: w.Q4 + 2*w.Q3*c.X,
	}
}

// trueCanal cuts the canal every millimetre. Where bone bounds it the radii end at the bone; at discs and foramina, which are open,
// they follow the tube of the canal.
func (p *patient) trueCanal() *spine.Canal {
	vs := p.sees.vertebrae
	c := &spine.Canal{}
	for i := 0; i+1 < len(vs); i++ {
		a, b := vs[i], vs[i+1]
		from := a.patientFromBody.Apply(geom.Pt[geom.BodyFrame](0, a.canal.y, 0))
		to := b.patientFromBody.Apply(geom.Pt[geom.BodyFrame](0, b.canal.y, 0))
		steps := max(1, int(math.Round(from.Dist(to))))
		for n := range steps {
			c.Sections = append(c.Sections, p.section(a, b, from, to, float64(n)/float64(steps)))
		}
	}
	if len(vs) > 1 {
		a, b := vs[len(vs)-2], vs[len(vs)-1]
		c.Sections = append(c.Sections, p.section(a, b, a.patientFromBody.Apply(geom.Pt[geom.BodyFrame](0, a.canal.y, 0)),
			b.patientFromBody.Apply(geom.Pt[geom.BodyFrame](0, b.canal.y, 0)), 1))
	}
	return c
}

// section cuts the canal at fraction f of the way between two vertebrae, on a smooth curve with their axes as tangents.
func (p *patient) section(a, b *placed, from, to geom.Patient, f float64) spine.Section {
	length := from.Dist(to)
	ta, tb := a.patientFromBody.Axis(2).Mul(-length), b.patientFromBody.Axis(2).Mul(-length)
	h := func(p0, p1, m0, m1 float64) float64 { // cubic Hermite
		return (1+2*f)*(1-f)*(1-f)*p0 + f*(1-f)*(1-f)*m0 + f*f*(3-2*f)*p1 - f*f*(1-f)*m1
	}
	s := spine.Section{Centre: geom.LPS(h(from.X, to.X, ta.X, tb.X), h(from.Y, to.Y, ta.Y, tb.Y), h(from.Z, to.Z, ta.Z, tb.Z))}
	blend := func(axis int) geom.PatientVec {
		return a.patientFromBody.Axis(axis).Mul(1 - f).Add(b.patientFromBody.Axis(axis).Mul(f)).Unit()
	}
	s.Up = blend(2)
	left := blend(0)
	s.Left = left.Sub(s.Up.Mul(left.Dot(s.Up))).Unit()
	s.Posterior = s.Up.Cross(s.Left)
	wide := a.canal.halfWidth*(1-f) + b.canal.halfWidth*f
	deep := a.canal.halfDepth*(1-f) + b.canal.halfDepth*f
	for i := range s.Radii {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / spine.Rays)
		tube := 1 / math.Hypot(cos/wide, sin/deep)
		dir := s.Left.Mul(cos).Add(s.Posterior.Mul(sin))
		s.Radii[i] = boneAlong(a, b, s.Centre, dir, tube)
	}
	return s
}

// boneAlong returns where a ray meets bone, or tube when it meets none within 2 mm beyond the tube.
func boneAlong(a, b *placed, from geom.Patient, dir geom.PatientVec, tube float64) float64 {
	for r := 1.5; r < tube+2; {
		p := from.Add(dir.Mul(r))
		d := min(a.boneAt(a.bodyFromPatient.Apply(p)), b.boneAt(b.bodyFromPatient.Apply(p)))
		if d < 0.01 {
			return r
		}
		r += max(0.02, 0.8*d)
	}
	return tube
}
