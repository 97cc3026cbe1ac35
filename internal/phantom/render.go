package phantom

import (
	"context"
	"math"
	"sync"
	"sync/atomic"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/volume"
)

// Rendering. The ideal picture is sampled on sub-slices of about 0.4 mm, one sample a pixel; a surface crossing a cell fills a share of
// it that depends linearly on the distance of the cell's centre (exact for planes across the cell, and without bias for slopes), so
// that even a shell far thinner than a cell has its right weight. Cement and metal, whose thin tubes would gain volume by that
// ramp, are counted on a lattice of 3x3x3 points in each cell instead. Every sub-slice then adds to the slices whose profile covers it.
//
// Only tiles of 8x8x4 cells near a bone or a fill are looked at: distances tell which. The rest is soft tissue, sampled once a slice.
const (
	tile     = 8
	tileDeep = 4
	subMM    = 0.45
)

// sampling is how the slices of a scan see the sub-slices.
type sampling struct {
	grid    *volume.Grid
	sub     float64     // distance of sub-slices, mm
	first   float64     // depth of sub-slice 0 from slice 0 along the normal
	count   int         // of sub-slices
	weights [][]float32 // of each slice, sub-slices from start
	start   []int
}

// newSampling makes the slice profile: a box of the slice thickness blurred by a Gaussian of a fifth of it.
func newSampling(g *volume.Grid, thickness float64) *sampling {
	dz := float64(g.DZ)
	n := max(1, int(math.Ceil(min(dz, thickness)/subMM)))
	s := &sampling{grid: g, sub: min(dz, thickness) / float64(n)}
	sigma := 0.2 * thickness
	reach := thickness/2 + 2.5*sigma
	s.first = -reach
	s.count = int(math.Ceil((float64(g.NZ-1)*dz+2*reach)/s.sub)) + 1
	for k := range g.NZ {
		z := float64(k) * dz
		from := max(0, int(math.Ceil((z-reach-s.first)/s.sub)))
		to := min(s.count-1, int(math.Floor((z+reach-s.first)/s.sub)))
		w := make([]float32, 0, to-from+1)
		sum := float32(0)
		for i := from; i <= to; i++ {
			d := s.first + float64(i)*s.sub - z
			q := float32(math.Erf((d+thickness/2)/(sigma*math.Sqrt2)) - math.Erf((d-thickness/2)/(sigma*math.Sqrt2)))
			w, sum = append(w, q), sum+q
		}
		for i := range w {
			w[i] /= sum
		}
		s.weights, s.start = append(s.weights, w), append(s.start, from)
	}
	return s
}

// spread returns the slices that sub-slice i adds to and its weight in each.
func (s *sampling) spread(i int) (slices []int, weights []float32) {
	for k := range s.weights {
		if j := i - s.start[k]; j >= 0 && j < len(s.weights[k]) {
			slices, weights = append(slices, k), append(weights, s.weights[k][j])
		}
	}
	return slices, weights
}

// raster is one rendering under way.
type raster struct {
	*sampling
	scene   *scene
	out     []float32
	spreads [][]int
	shares  [][]float32
}

// render returns the ideal CT numbers of every voxel: the mean over pixel and slice profile, without blur in the plane and noise.
func render(ctx context.Context, sc *scene, g *volume.Grid, thickness float64) ([]float32, error) {
	r := &raster{sampling: newSampling(g, thickness), scene: sc, out: make([]float32, g.Len())}
	for i := range r.count {
		slices, weights := r.spread(i)
		r.spreads, r.shares = append(r.spreads, slices), append(r.shares, weights)
	}
	bands := (g.NY + tile - 1) / tile
	err := inParallel(ctx, bands, func(band int) { r.band(band*tile, min(g.NY, (band+1)*tile)) })
	return r.out, err
}

// inParallel runs the jobs 0..n-1 on two goroutines and stops early when ctx ends.
func inParallel(ctx context.Context, n int, job func(int)) error {
	var next atomic.Int64
	var wait sync.WaitGroup
	for range 2 {
		wait.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				job(i)
			}
		})
	}
	wait.Wait()
	return ctx.Err()
}

// band renders rows j0..j1 of all slices; bands write to different rows, so they need no lock.
func (r *raster) band(j0, j1 int) {
	g := r.grid
	t := newTileWork(r, j0, j1)
	for s0 := 0; s0 < r.count; s0 += tileDeep {
		for i0 := 0; i0 < g.NX; i0 += tile {
			t.run(i0, min(g.NX, i0+tile), s0, min(r.count, s0+tileDeep))
		}
	}
	for k := range g.NZ {
		for j := j0; j < j1; j++ {
			row := r.out[g.NX*(j+g.NY*k):][:g.NX]
			r.scene.tissue.row(g, j, k, row)
			o := g.NX * ((j - j0) + (j1-j0)*k)
			for i := range row {
				if a := t.alpha[o+i]; a > 0 {
					row[i] = row[i]*(1-a) + t.hu[o+i]
				}
			}
		}
	}
}

// point is the centre of a cell.
func (r *raster) point(i, j, s float64) geom.Patient {
	g := r.grid
	return g.SlicePosition(0).Add(g.Row.Mul(i * float64(g.DX))).Add(g.Col.Mul(j * float64(g.DY))).Add(g.Normal.Mul(r.first + s*r.sub))
}

// tileWork holds one band's sums and what is near the tile in hand.
type tileWork struct {
	*raster
	j0, j1    int
	alpha, hu []float32 // share of each voxel that is not soft tissue; sum of CT number times share
	ramp      float64   // width over which a surface's share runs from 0 to 1
	bones     []*placed
	discs     [][2]*placed
	fills     []placedFill
	ribs      []hollow
	near      []nearBone
}

// nearBone is a cell seen from a vertebra: where it is, and how far from body and arch.
type nearBone struct {
	at         geom.Body
	body, arch float64
}

// facetGapMM is the least width of a facet joint.
const facetGapMM = 1

func newTileWork(r *raster, j0, j1 int) *tileWork {
	g := r.grid
	n := g.NX * (j1 - j0) * g.NZ
	return &tileWork{raster: r, j0: j0, j1: j1, alpha: make([]float32, n), hu: make([]float32, n),
		ramp: 1.3 * math.Cbrt(float64(g.DX)*float64(g.DY)*r.sub)}
}

func (t *tileWork) run(i0, i1, s0, s1 int) {
	g := t.grid
	c := t.point(float64(i0+i1-1)/2, float64(t.j0+t.j1-1)/2, float64(s0+s1-1)/2)
	radius := 0.5*math.Sqrt(sq(float64(i1-i0)*float64(g.DX))+sq(float64(t.j1-t.j0)*float64(g.DY))+sq(float64(s1-s0)*t.sub)) + t.ramp
	if !t.gather(c, radius) {
		return
	}
	step := g.Row.Mul(float64(g.DX))
	for s := s0; s < s1; s++ {
		if len(t.spreads[s]) == 0 {
			continue
		}
		for j := t.j0; j < t.j1; j++ {
			p := t.point(float64(i0), float64(j), float64(s))
			for i := i0; i < i1; i++ {
				t.cell(p, i, j, s)
				p = p.Add(step)
			}
		}
	}
}

func sq(x float64) float64 { return x * x }

// gather lists what may touch the ball about c; false when nothing does.
func (t *tileWork) gather(c geom.Patient, radius float64) bool {
	t.bones, t.discs, t.fills, t.ribs = t.bones[:0], t.discs[:0], t.fills[:0], t.ribs[:0]
	vs := t.scene.vertebrae
	for n, v := range vs {
		if c.Dist(v.centre) > v.radius+radius+12 {
			continue
		}
		p := v.bodyFromPatient.Apply(c)
		if v.boneAt(p) < 1.15*radius+0.5 {
			t.bones = append(t.bones, v)
		}
		if n+1 < len(vs) && discAt(v, vs[n+1], c) < 1.3*radius {
			t.discs = append(t.discs, [2]*placed{v, vs[n+1]})
		}
	}
	for _, r := range t.scene.ribs {
		if r.at(c) < radius {
			t.ribs = append(t.ribs, r)
		}
	}
	for _, f := range t.scene.fills {
		m, r := f.radiusAbout()
		if p := f.on.bodyFromPatient.Apply(c); p.Dist(m) < r+radius && f.at(p) < f.steep*radius {
			t.fills = append(t.fills, f)
		}
	}
	return len(t.bones)+len(t.discs)+len(t.fills)+len(t.ribs) > 0
}

// layers is what a cell holds beyond soft tissue, each thing laid over those before it.
type layers struct{ alpha, hu float64 }

func (l *layers) put(share, hu float64) {
	l.alpha += share * (1 - l.alpha)
	l.hu += share * (hu - l.hu)
}

// putShell lays a hollow thing: shares of the cell inside its outer and its inner surface.
func (l *layers) putShell(outer, inner, shellHU, innerHU float64) {
	if outer > 0 {
		l.put(outer, shellHU+(innerHU-shellHU)*min(1, inner/outer))
	}
}

// cell adds what one cell of one sub-slice holds beyond soft tissue.
func (t *tileWork) cell(p geom.Patient, i, j, s int) {
	var l layers
	for _, d := range t.discs {
		if c := t.share(discAt(d[0], d[1], p)); c > 0 {
			l.put(c, t.scene.discHU)
		}
	}
	for _, r := range t.ribs {
		if d := r.at(p); d < t.ramp/2 {
			m := r.made()
			l.putShell(t.share(d), t.share(d+m.cortexMM), m.cortexHU, m.marrowHU)
		}
	}
	t.near = t.near[:0]
	for _, v := range t.bones {
		q := v.bodyFromPatient.Apply(p)
		t.near = append(t.near, nearBone{q, v.body.at(q), v.archAt(q)})
	}
	for n, v := range t.bones {
		q, body, arch := t.near[n].at, t.near[n].body, t.near[n].arch
		for m := range t.near {
			if m != n { // the space of the facet joints: half of it to either side of where two arches meet
				arch = max(arch, (arch-t.near[m].arch)/2+facetGapMM/2)
			}
		}
		d := min(body, arch)
		if d >= t.ramp/2 {
			continue
		}
		shell, marrow := 0.0, 0.0
		if d > -4 {
			shell = v.shell(q, body <= arch)
		}
		inner := t.share(d + shell)
		if inner > 0 {
			marrow = v.marrowHU(q)
		}
		l.putShell(t.share(d), inner, v.bone.cortexHU, marrow)
	}
	for n := range t.fills {
		t.fillCell(&t.fills[n], p, &l)
	}
	if l.alpha == 0 {
		return
	}
	g := t.grid
	for n, k := range t.spreads[s] {
		o := i + g.NX*((j-t.j0)+(t.j1-t.j0)*k)
		t.alpha[o] += t.shares[s][n] * float32(l.alpha)
		t.hu[o] += t.shares[s][n] * float32(l.hu)
	}
}

// share is the part of a cell inside a surface at distance d of its centre.
func (t *tileWork) share(d float64) float64 { return max(0, min(1, 0.5-d/t.ramp)) }

// fillCell counts the cell's lattice points in a fill.
func (t *tileWork) fillCell(f *placedFill, p geom.Patient, l *layers) {
	q := f.on.bodyFromPatient.Apply(p)
	d := f.at(q)
	reach := f.steep * t.ramp
	switch {
	case d > reach:
		return
	case d < -reach:
		l.put(1, f.hu(q))
		return
	}
	g := t.grid
	n := 0
	for k := -1.0; k <= 1; k++ {
		for j := -1.0; j <= 1; j++ {
			for i := -1.0; i <= 1; i++ {
				at := p.Add(g.Row.Mul(i * float64(g.DX) / 3)).Add(g.Col.Mul(j * float64(g.DY) / 3)).Add(g.Normal.Mul(k * t.sub / 3))
				if f.at(f.on.bodyFromPatient.Apply(at)) < 0 {
					n++
				}
			}
		}
	}
	if n > 0 {
		l.put(float64(n)/27, f.hu(q))
	}
}
