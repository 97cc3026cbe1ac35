package assess

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/filter"
	"github.com/vertefill/vertefill/internal/geom"
)

// Corrections of cement by shape: cut by an outline, smoothed, made between two slices, held against a body.
const (
	CementCut     EditKind = "cement-cut"     // Stroke: an outline as the points, RadiusMM how deep it cuts; Normal of its plane: what lies within is no cement
	CementSmooth  EditKind = "cement-smooth"  // Stroke: the surface of cement is smoothed along it
	CementBetween EditKind = "cement-between" // To: cement is made between the slices of At and To in the shape of what they hold there; Class as for CementBrush
	CementKeep    EditKind = "cement-keep"    // of the cement of the vertebra only the island at At stays
	CementInside  EditKind = "cement-inside"  // cement of the vertebra outside its body is no cement
	CementOutside EditKind = "cement-outside" // cement inside the body is no cement
)

// outline is a polygon drawn on a plane.
type outline struct {
	patientFromPlane geom.Affine[geom.PatientFrame, geom.PlaneFrame]
	planeFromPatient geom.Affine[geom.PlaneFrame, geom.PatientFrame]
	points           [][2]float64
	depthMM          float64
}

// outlineOf reads the outline of an edit.
func outlineOf(x Edit) (*outline, error) {
	if x.Stroke == nil || len(x.Stroke.Points) < 3 || x.Normal == nil || !(x.Stroke.RadiusMM > 0 && x.Stroke.RadiusMM <= 2*mostRadiusMM) {
		return nil, fmt.Errorf("a cut has an outline, the normal of its plane and a depth up to %d mm", 2*mostRadiusMM)
	}
	n := geom.LPSVec(x.Normal[0], x.Normal[1], x.Normal[2])
	if l := n.Norm(); !(l > 0) || math.IsInf(l, 0) {
		return nil, fmt.Errorf("the plane of the cut has no direction")
	}
	n = n.Unit()
	side := geom.LPSVec(1, 0, 0)
	if math.Abs(n.X) > 0.8 {
		side = geom.LPSVec(0, 1, 0)
	}
	u := side.Sub(n.Mul(side.Dot(n))).Unit()
	o := &outline{depthMM: x.Stroke.RadiusMM}
	o.patientFromPlane = geom.FromAxes[geom.PatientFrame, geom.PlaneFrame](place(x.Stroke.Points[0]), u, n.Cross(u), n)
	o.planeFromPatient = o.patientFromPlane.MustInverse()
	for _, p := range x.Stroke.Points {
		if !place(p).IsFinite() {
			return nil, fmt.Errorf("a point of the outline is nowhere")
		}
		q := o.planeFromPatient.Apply(place(p))
		o.points = append(o.points, [2]float64{q.X, q.Y})
	}
	return o, nil
}

// holds reports whether a point lies within the outline, along its normal up to the depth.
func (o *outline) holds(p geom.Patient) bool {
	q := o.planeFromPatient.Apply(p)
	if math.Abs(q.Z) > o.depthMM {
		return false
	}
	in := false
	for a, b := 0, len(o.points)-1; a < len(o.points); b, a = a, a+1 {
		pa, pb := o.points[a], o.points[b]
		if (pa[1] > q.Y) != (pb[1] > q.Y) && q.X < pa[0]+(q.Y-pa[1])/(pb[1]-pa[1])*(pb[0]-pa[0]) {
			in = !in
		}
	}
	return in
}

// subsamples is into how many parts a voxel at a border is divided along each axis.
const subsamples = 4

// share returns how much of a voxel a region holds.
func (e *editing) share(o int, holds func(geom.Patient) bool) float64 {
	i, g, n := e.index(o), e.run.cement.Grid, 0
	for c := range subsamples * subsamples * subsamples {
		at := func(k int) float64 { return (float64(k)+0.5)/subsamples - 0.5 }
		v := geom.Vox(float64(i.I)+at(c%subsamples), float64(i.J)+at(c/subsamples%subsamples), float64(i.K)+at(c/subsamples/subsamples))
		if holds(g.Patient(v)) {
			n++
		}
	}
	return float64(n) / (subsamples * subsamples * subsamples)
}

// erase takes the cement of a region away, from the voxels at its border by the share that it holds.
func (e *editing) erase(of func(o int) bool, holds func(geom.Patient) bool) (any bool) {
	e.ownCement()
	m := e.run.cement
	for o := range m.New {
		if m.New[o] == 0 && m.Prior[o] == 0 || !of(o) {
			continue
		}
		switch f := e.share(o, holds); {
		case f == 1:
			e.clear(o)
			any = true
		case f > 0:
			e.fill(o, f, 0)
			any = true
		}
	}
	return any
}

// mine returns which voxels belong to the vertebra at a place: those nearer to it than to any other.
func (e *editing) mine(p geom.Patient) func(o int) bool {
	v, _ := e.body(p)
	return func(o int) bool {
		near, d := e.run.spine.Nearest(e.patient(o))
		return v != nil && near == v && d < bodyReachMM
	}
}

// cut takes the cement within an outline away.
func (e *editing) cut(x Edit) (bool, error) {
	o, err := outlineOf(x)
	if err != nil {
		return false, err
	}
	return e.erase(e.mine(x.at()), o.holds), nil
}

// against takes the cement of a vertebra inside or outside its body away.
func (e *editing) against(x Edit) bool {
	v, _ := e.body(x.at())
	if v == nil || v.Body == nil {
		return false
	}
	inside := x.Kind == CementOutside
	return e.erase(e.mine(x.at()), func(p geom.Patient) bool { return (v.Distance(p) < 0) == inside })
}

// keepIsland takes all cement of a vertebra away but the island at a place, with its blurred edge.
func (e *editing) keepIsland(x Edit) bool {
	e.ownCement()
	keep := map[int]bool{}
	list := e.island(x.at())
	if list == nil {
		return false
	}
	for _, o := range list {
		keep[o] = true
	}
	m, any := e.run.cement, false
	for range int(math.Ceil(edgeMM / float64(min(m.Grid.DX, m.Grid.DY)))) { // its edge, up to that of other cement
		var next []int
		for _, o := range list {
			e.neighbours(o, func(q int) {
				if !keep[q] && m.Solid[q] == 0 && (m.New[q] != 0 || m.Prior[q] != 0) {
					keep[q] = true
					next = append(next, q)
				}
			})
		}
		list = next
	}
	of := e.mine(e.patient(e.island(x.at())[0]))
	for o := range m.New {
		if !keep[o] && (m.New[o] != 0 || m.Prior[o] != 0) && of(o) {
			any = any || m.Solid[o] != 0
			e.clear(o)
		}
	}
	return any
}

// smoothGain is how steeply the mean of the neighbours becomes cement or none: 1 blurs, large values leave stairs.
const smoothGain = 3

// smooth evens the surface of cement along a stroke: each voxel takes the mean of its neighbourhood, made steep again about one
// half, so that bumps and pits of a voxel or two go and flat surfaces stay.
func (e *editing) smooth(ctx context.Context, x Edit) (bool, error) {
	x.Class = anatomy.CementInBody
	if err := x.cementStroke(); err != nil {
		return false, err
	}
	e.cover(e.strokeBox(x.Stroke))
	m, any := e.run.cement, false
	const passes = 2
	for range passes {
		was := slices.Clone(m.New)
		prior := slices.Clone(m.Prior)
		box := e.strokeBox(x.Stroke).Intersect(m.Box)
		for k := box.Min.K; k < box.Max.K; k++ {
			if err := ctx.Err(); err != nil {
				return false, err
			}
			for j := box.Min.J; j < box.Max.J; j++ {
				for i := box.Min.I; i < box.Max.I; i++ {
					o := m.Box.Offset(i, j, k)
					f := e.covered(x.Stroke, i, j, k)
					if f == 0 {
						continue
					}
					to := e.steepMean(was, o)
					change := f * (to - float64(was[o]))
					if was[o] != 0 || to > 0 {
						m.New[o] = float32(float64(was[o]) + change)
						any = any || math.Abs(change) > 0.05
					}
					if p := e.steepMean(prior, o); prior[o] != 0 || p > 0 {
						m.Prior[o] = float32(min(float64(prior[o])+f*(p-float64(prior[o])), 1-math.Max(0, float64(m.New[o]))))
					}
					switch {
					case m.New[o] >= 0.5:
						m.Solid[o] = anatomy.CementInBody
					case m.Prior[o] >= 0.5:
						m.Solid[o] = anatomy.CementPrior
					default:
						m.Solid[o] = 0
					}
				}
			}
		}
	}
	return any, nil
}

func (e *editing) steepMean(f []float32, o int) float64 {
	sum, n := float64(f[o]), 1.0
	e.neighbours(o, func(q int) { sum, n = sum+float64(f[q]), n+1 })
	return max(0, min(1, 0.5+smoothGain*(sum/n-0.5)))
}

// between makes cement in the slices between two places in the shape between what both slices hold there: zero of the mean of the
// signed distances to the two outlines, weighted by how near each is (Raya and Udupa, IEEE TMI 1990;9:32-42).
func (e *editing) between(ctx context.Context, x Edit) (bool, error) {
	if x.To == nil || !place(*x.To).IsFinite() || x.Class != anatomy.CementInBody && x.Class != anatomy.CementPrior {
		return false, fmt.Errorf("two places and a class are needed to make cement between them")
	}
	e.ownCement()
	m := e.run.cement
	slice := func(p geom.Patient) (list []int, k int) { // the cement of the slice that is connected to the place within it
		start, least := -1, float64(leakReachMM)
		k = int(math.Round(m.Grid.Voxel(p).Z))
		for o, c := range m.Solid {
			if c == 0 || e.index(o).K != k {
				continue
			}
			if d := e.patient(o).Dist(p); d < least {
				start, least = o, d
			}
		}
		if start < 0 {
			return nil, k
		}
		return e.flood(start, func(o int) bool { return m.Solid[o] != 0 && e.index(o).K == k }), k
	}
	a, ka := slice(x.at())
	b, kb := slice(place(*x.To))
	if ka > kb {
		a, b, ka, kb = b, a, kb, ka
	}
	if a == nil || b == nil || kb-ka < 2 {
		return false, nil
	}
	nx, ny, _ := m.Box.Size()
	signed := func(list []int) ([]float32, error) {
		in, out := filter.NewLattice(nx, ny, 1, float64(m.Grid.DX), float64(m.Grid.DY), 1), filter.NewLattice(nx, ny, 1, float64(m.Grid.DX), float64(m.Grid.DY), 1)
		for i := range out.On {
			out.On[i] = true
		}
		for _, o := range list {
			in.On[o%(nx*ny)], out.On[o%(nx*ny)] = true, false
		}
		to, err := in.Distance(ctx)
		if err != nil {
			return nil, err
		}
		from, err := out.Distance(ctx)
		for i := range to {
			to[i] -= from[i]
		}
		return to, err
	}
	da, err := signed(a)
	if err != nil {
		return false, err
	}
	db, err := signed(b)
	if err != nil {
		return false, err
	}
	edge, any := float64(min(m.Grid.DX, m.Grid.DY)), false
	for k := ka + 1; k < kb; k++ {
		t := float64(k-ka) / float64(kb-ka)
		base := m.Box.Offset(m.Box.Min.I, m.Box.Min.J, k)
		for i := range da {
			d := (1-t)*float64(da[i]) + t*float64(db[i])
			if f := max(0, min(1, 0.5-d/(2*edge))); f > 0 {
				e.fill(base+i, f, x.Class)
				any = any || f >= 0.5
			}
		}
	}
	return any, nil
}
