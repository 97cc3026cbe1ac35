package phantom

import (
	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/volume"
)

// BodyMask returns the voxels of the post grid whose centres lie in a complete vertebral body, labelled by level.
func (t *Truth) BodyMask() *volume.Labels {
	p := t.patient
	out := volume.NewLabels(t.post, p.voxelBox(t.post, p.sees.vertebrae[p.first:p.last+1], func(v *placed) (lo, hi geom.Body) {
		return corner(v.body.radius+4, -1), corner(v.body.radius+4, 1)
	}))
	for _, v := range p.sees.vertebrae[p.first : p.last+1] {
		box := boxOf(t.post, v, corner(v.body.radius+4, -1), corner(v.body.radius+4, 1)).Intersect(out.Box)
		eachVoxel(t.post, box, func(i, j, k int, at geom.Patient) {
			if v.bodyAt(v.bodyFromPatient.Apply(at)) < 0 {
				out.Set(i, j, k, uint8(v.level))
			}
		})
	}
	return out
}

// CementMask returns the voxels of cement and metal by class, and those of the leaks by id. A voxel counts when half of it is filled.
// Leaks thinner than a voxel also keep the voxels that hold at least half as much of them as any voxel does, so that none is lost.
func (t *Truth) CementMask() (classes, leaks *volume.Labels) {
	p, g := t.patient, t.post
	classes, leaks = volume.NewLabels(g, g.Bounds()), volume.NewLabels(g, g.Bounds())
	for _, d := range p.deposits {
		v := p.sees.vertebrae[p.index(d.on.level)]
		shares := map[geom.Index]sharesOf{}
		fullest := make([]int, len(t.Leaks)+1)
		eachVoxel(g, boxOf(g, v, d.lo, d.hi), func(i, j, k int, at geom.Patient) {
			if f := d.at(v.bodyFromPatient.Apply(at)); f > steepness*float64(g.MaxSpacing()) {
				return
			}
			s := count(g, d, v, at)
			if s.total == 0 {
				return
			}
			shares[geom.Index{I: i, J: j, K: k}] = s
			fullest[s.leak] = max(fullest[s.leak], s.inLeak)
		})
		for at, s := range shares {
			switch {
			case s.leak > 0 && 2*s.inLeak >= min(27, fullest[s.leak]) && s.inLeak > s.total/2:
				classes.Set(at.I, at.J, at.K, uint8(anatomy.CementLeaked))
				leaks.Set(at.I, at.J, at.K, uint8(s.leak))
			case 2*s.total >= 27:
				classes.Set(at.I, at.J, at.K, uint8(s.class))
				if s.class == anatomy.CementLeaked {
					leaks.Set(at.I, at.J, at.K, uint8(s.leak))
				}
			}
		}
	}
	for _, m := range p.trocars {
		v := p.sees.vertebrae[p.index(m.on.level)]
		f := m.fill()
		eachVoxel(g, boxOf(g, v, f.lo, f.hi), func(i, j, k int, at geom.Patient) {
			if m.rod.at(v.bodyFromPatient.Apply(at)) < 0 {
				classes.Set(i, j, k, uint8(anatomy.Metal))
				leaks.Set(i, j, k, 0)
			}
		})
	}
	return classes, leaks
}

// sharesOf is what 27 points of a voxel hold of one deposit.
type sharesOf struct {
	total, inLeak, leak int                 // points with cement, points in the leak that has most of them, its id
	class               anatomy.CementClass // that most points have
}

func count(g *volume.Grid, d *deposit, v *placed, at geom.Patient) sharesOf {
	var s sharesOf
	var byClass [6]int
	byLeak := map[int]int{}
	for n := range 27 {
		q := at.Add(g.Row.Mul(float64(n%3-1) * float64(g.DX) / 3)).Add(g.Col.Mul(float64(n/3%3-1) * float64(g.DY) / 3)).Add(g.Normal.Mul(float64(n/9-1) * float64(g.DZ) / 3))
		class, id := d.classAt(v.bodyFromPatient.Apply(q))
		if class == 0 {
			continue
		}
		s.total++
		byClass[class]++
		if byClass[class] > byClass[s.class] {
			s.class = class
		}
		if id > 0 {
			byLeak[id]++
			if byLeak[id] > s.inLeak {
				s.inLeak, s.leak = byLeak[id], id
			}
		}
	}
	return s
}

// voxelBox holds the boxes of several vertebrae.
func (p *patient) voxelBox(g *volume.Grid, vs []*placed, box func(*placed) (lo, hi geom.Body)) geom.Box {
	var out geom.Box
	for _, v := range vs {
		lo, hi := box(v)
		out = out.Union(boxOf(g, v, lo, hi))
	}
	return out
}

// boxOf returns the voxels that a box of the body frame may touch; some may lie outside the grid.
func boxOf(g *volume.Grid, v *placed, lo, hi geom.Body) geom.Box {
	var corners []geom.Voxel
	for n := range 8 {
		q := lo
		if n&1 > 0 {
			q.X = hi.X
		}
		if n&2 > 0 {
			q.Y = hi.Y
		}
		if n&4 > 0 {
			q.Z = hi.Z
		}
		corners = append(corners, g.Voxel(v.patientFromBody.Apply(q)))
	}
	return geom.BoxAround(corners).Grow(1)
}

// eachVoxel visits the voxels of a box that lie in the grid.
func eachVoxel(g *volume.Grid, b geom.Box, visit func(i, j, k int, at geom.Patient)) {
	b = b.Intersect(g.Bounds())
	for k := b.Min.K; k < b.Max.K; k++ {
		for j := b.Min.J; j < b.Max.J; j++ {
			for i := b.Min.I; i < b.Max.I; i++ {
				visit(i, j, k, g.Patient(geom.Vox(float64(i), float64(j), float64(k))))
			}
		}
	}
}
