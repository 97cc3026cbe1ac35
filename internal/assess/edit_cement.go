package assess

import (
	"fmt"
	"math"
	"slices"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/geom"
)

// ownCement replaces the arrays that the run shares with the automatic result by copies, once.
func (e *editing) ownCement() {
	if e.cementOwned {
		return
	}
	e.cementOwned = true
	m := e.run.cement
	m.New, m.Prior, m.Solid, m.Batch = slices.Clone(m.New), slices.Clone(m.Prior), slices.Clone(m.Solid), slices.Clone(m.Batch)
	m.Batches = slices.Clone(m.Batches)
}

// cover lets the arrays reach over a box of voxels.
func (e *editing) cover(box geom.Box) {
	e.ownCement()
	m := e.run.cement
	box = box.Intersect(m.Grid.Bounds()).Union(m.Box)
	if box == m.Box {
		return
	}
	from := m.Box
	place := func(o int) int { // of a voxel of the old box in the new one
		nx, ny, _ := from.Size()
		return box.Offset(from.Min.I+o%nx, from.Min.J+o/nx%ny, from.Min.K+o/(nx*ny))
	}
	m.Box = box
	m.New, m.Prior = widened(m.New, box.Len(), place), widened(m.Prior, box.Len(), place)
	if m.Doubt != nil {
		m.Doubt = widened(m.Doubt, box.Len(), place)
	}
	if m.Scale != nil {
		m.Scale = widened(m.Scale, box.Len(), place)
	}
	m.Solid, m.Batch = widened(m.Solid, box.Len(), place), widened(m.Batch, box.Len(), place)
}

func widened[T any](old []T, n int, place func(int) int) []T {
	out := make([]T, n)
	for o, v := range old {
		out[place(o)] = v
	}
	return out
}

// index and patient tell where the o-th voxel of the cement lies.
func (e *editing) index(o int) geom.Index {
	b := e.run.cement.Box
	nx, ny, _ := b.Size()
	return geom.Index{I: b.Min.I + o%nx, J: b.Min.J + o/nx%ny, K: b.Min.K + o/(nx*ny)}
}

func (e *editing) patient(o int) geom.Patient {
	i := e.index(o)
	return e.run.cement.Grid.Patient(geom.Vox(float64(i.I), float64(i.J), float64(i.K)))
}

func (e *editing) clear(o int) {
	m := e.run.cement
	m.New[o], m.Prior[o], m.Solid[o], m.Batch[o] = 0, 0, 0, 0
}

// fill puts the share f of a voxel under cement of a class; 0 takes cement away. What fills most of a voxel makes it cement itself.
func (e *editing) fill(o int, f float64, class anatomy.CementClass) {
	m := e.run.cement
	share := func(x float32) float64 { return max(0, min(1, float64(x))) }
	n, p := share(m.New[o]), share(m.Prior[o])
	switch class {
	case anatomy.CementInBody:
		n += (1 - n) * f
		p = min(p, 1-n)
	case anatomy.CementPrior:
		p += (1 - p) * f
		n = min(n, 1-p)
	default:
		n, p = n*(1-f), p*(1-f)
	}
	m.New[o], m.Prior[o] = float32(n), float32(p)
	if f >= 0.5 {
		m.Solid[o] = class
	}
}

// brush draws or erases cement along a stroke; the border of the ball counts by the part of each voxel that it covers.
func (e *editing) brush(x Edit) (bool, error) {
	if err := x.cementStroke(); err != nil {
		return false, err
	}
	e.cover(e.strokeBox(x.Stroke))
	m := e.run.cement
	box := e.strokeBox(x.Stroke).Intersect(m.Box)
	fullest, most, any := 0, 0.0, false
	for k := box.Min.K; k < box.Max.K; k++ {
		for j := box.Min.J; j < box.Max.J; j++ {
			for i := box.Min.I; i < box.Max.I; i++ {
				if hu := int(e.run.work.At(i, j, k)); !x.Stroke.touches(hu) {
					continue
				}
				f := e.covered(x.Stroke, i, j, k)
				if f == 0 {
					continue
				}
				o := m.Box.Offset(i, j, k)
				if x.Class == 0 && m.New[o] == 0 && m.Prior[o] == 0 {
					continue
				}
				e.fill(o, f, x.Class)
				any = true
				if f > most {
					fullest, most = o, f
				}
			}
		}
	}
	if any && most < 0.5 && x.Class != 0 { // a ball smaller than a voxel is cement all the same
		m.Solid[fullest] = x.Class
	}
	return any, nil
}

func (x Edit) cementStroke() error {
	s := x.Stroke
	if s == nil || len(s.Points) == 0 || !(s.RadiusMM > 0 && s.RadiusMM <= mostRadiusMM) {
		return fmt.Errorf("a stroke has points and a radius up to %d mm", mostRadiusMM)
	}
	for _, p := range s.Points {
		if !place(p).IsFinite() {
			return fmt.Errorf("a point of the stroke is nowhere")
		}
	}
	switch x.Class {
	case 0, anatomy.CementInBody, anatomy.CementPrior:
		return nil
	}
	return fmt.Errorf("cement of class %d cannot be drawn", x.Class)
}

const mostRadiusMM = 50

func (s *Stroke) touches(hu int) bool {
	return s.LowHU == 0 && s.HighHU == 0 || hu >= s.LowHU && hu <= s.HighHU
}

// strokeBox holds the voxels that a stroke may touch.
func (e *editing) strokeBox(s *Stroke) geom.Box {
	var corners []geom.Voxel
	for _, p := range s.Points {
		for c := range 8 {
			d := geom.LPSVec(s.RadiusMM, s.RadiusMM, s.RadiusMM)
			if c&1 != 0 {
				d.X = -d.X
			}
			if c&2 != 0 {
				d.Y = -d.Y
			}
			if c&4 != 0 {
				d.Z = -d.Z
			}
			corners = append(corners, e.run.cement.Grid.Voxel(place(p).Add(d)))
		}
	}
	return geom.BoxAround(corners).Grow(1).Intersect(e.run.cement.Grid.Bounds())
}

// sampleMM is the distance of the samples by which a voxel at the border of the ball is divided.
const sampleMM = 0.3

// covered returns the share of a voxel within the stroke.
func (e *editing) covered(s *Stroke, i, j, k int) float64 {
	g := e.run.cement.Grid
	size := [3]float64{float64(g.DX), float64(g.DY), float64(g.DZ)}
	half := math.Sqrt(size[0]*size[0]+size[1]*size[1]+size[2]*size[2]) / 2
	d := s.distance(g.Patient(geom.Vox(float64(i), float64(j), float64(k))))
	switch {
	case d >= s.RadiusMM+half:
		return 0
	case d <= s.RadiusMM-half:
		return 1
	}
	var n [3]int
	for a := range n {
		n[a] = max(2, min(12, int(math.Ceil(size[a]/sampleMM))))
	}
	inside := 0
	for c := range n[2] {
		for b := range n[1] {
			for a := range n[0] {
				at := geom.Vox(float64(i)+(float64(a)+0.5)/float64(n[0])-0.5, float64(j)+(float64(b)+0.5)/float64(n[1])-0.5, float64(k)+(float64(c)+0.5)/float64(n[2])-0.5)
				if s.distance(g.Patient(at)) < s.RadiusMM {
					inside++
				}
			}
		}
	}
	return float64(inside) / float64(n[0]*n[1]*n[2])
}

// thinned returns points of the stroke far enough from each other to matter, and the last.
func (s *Stroke) thinned() (out [][3]float64) {
	for n, p := range s.Points {
		last := n == len(s.Points)-1
		if len(out) == 0 || last || place(out[len(out)-1]).Dist(place(p)) > s.RadiusMM/2 {
			out = append(out, p)
		}
	}
	return out
}

// distance returns how far p is from the way of the ball's centre; of a disc, by how much more than half its thickness p lies off
// its plane when that is more.
func (s *Stroke) distance(p geom.Patient) float64 {
	off := 0.0
	if s.Normal != nil {
		n := geom.LPSVec(s.Normal[0], s.Normal[1], s.Normal[2]).Unit()
		depth := p.Sub(place(s.Points[0])).Dot(n)
		p, off = p.Add(n.Mul(-depth)), math.Abs(depth)-s.ThickMM/2+s.RadiusMM
	}
	least := place(s.Points[0]).Dist(p)
	for n := 1; n < len(s.Points); n++ {
		a, b := place(s.Points[n-1]), place(s.Points[n])
		ab := b.Sub(a)
		t := 0.0
		if l := ab.Dot(ab); l > 0 {
			t = max(0, min(1, p.Sub(a).Dot(ab)/l))
		}
		least = min(least, a.Lerp(b, t).Dist(p))
	}
	return max(least, off)
}

// age answers whether the cement of a vertebra was there before: all of it, with its leaks, changes sides.
func (e *editing) age(x Edit) bool {
	v, _ := e.body(x.at())
	if v == nil {
		return false
	}
	e.ownCement()
	m := e.run.cement
	toPrior := x.Kind == CementIsPrior
	from, to := m.Prior, m.New
	was, is := anatomy.CementPrior, anatomy.CementInBody
	if toPrior {
		from, to, was, is = to, from, is, was
	}
	for n := range m.Batches {
		if m.Batches[n].Level == v.Level {
			m.Batches[n].Prior = toPrior
		}
	}
	any := false
	for o, f := range from {
		if f == 0 && m.Solid[o] != was {
			continue
		}
		if b := m.Batch[o]; b != 0 {
			if m.Batches[b-1].Level != v.Level {
				continue
			}
		} else if near, d := e.run.spine.Nearest(e.patient(o)); near != v || d > withBodyMM {
			continue
		}
		to[o] += f
		from[o] = 0
		if m.Solid[o] == was {
			m.Solid[o] = is
			any = true
		}
	}
	return any
}
