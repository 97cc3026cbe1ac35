package mesh

import (
	"math"
	"sort"
	"sync"

	"github.com/vertefill/vertefill/internal/geom"
)

// Field is the signed distance to a closed mesh, negative inside, sampled on two lattices parallel to the patient axes: a fine one
// round the mesh and a coarse one further out.
//
// Every lattice node keeps the distance to its nearest triangle, found by carrying triangle indices outwards from the surface in
// two raster sweeps (vector distance propagation, Danielsson 1980): exact next to the surface, within a few hundredths of a
// millimetre further away. Signs come from the parity of crossings along x.
type Field struct {
	made            sync.Once
	mesh            *Mesh // until the lattices are made
	spacing, margin float64
	fine, coarse    *lattice
}

// The fine lattice reaches nearMM beyond the mesh's box; the coarse one has coarser times its spacing.
const (
	nearMM  = 4.0
	coarser = 3
)

// NewField samples the distance to m with the given spacing near the surface and up to margin outside the mesh's box, both in mm.
// The mesh must be closed.
func NewField(m *Mesh, spacingMM, marginMM float64) *Field {
	f := FieldOnDemand(m, spacingMM, marginMM)
	f.made.Do(f.sample)
	return f
}

// FieldOnDemand is NewField at the first question for a distance, for a mesh that may be replaced before anybody asks. The mesh must
// stay as it is until then.
func FieldOnDemand(m *Mesh, spacingMM, marginMM float64) *Field {
	return &Field{mesh: m, spacing: spacingMM, margin: marginMM}
}

// sample makes both lattices, side by side.
func (f *Field) sample() {
	var side sync.WaitGroup
	if f.margin > nearMM {
		side.Go(func() { f.coarse = newLattice(f.mesh, coarser*f.spacing, f.margin) })
	}
	f.fine = newLattice(f.mesh, f.spacing, min(f.margin, nearMM))
	side.Wait()
	if f.coarse == nil {
		f.coarse = f.fine
	}
	f.mesh = nil
}

// At returns the signed distance in mm at p, negative inside, by trilinear interpolation. Beyond the outer lattice it is the
// distance to the lattice's border plus the value there: always positive, never below the true distance by more than the margin.
func (f *Field) At(p geom.Patient) float64 {
	f.made.Do(f.sample)
	if f.fine.holds(p) {
		return f.fine.at(p)
	}
	return f.coarse.at(p)
}

// lattice holds signed distances at equally spaced nodes.
type lattice struct {
	origin     geom.Patient
	spacing    float64
	nx, ny, nz int
	dist       []float32
}

func newLattice(m *Mesh, spacingMM, marginMM float64) *lattice {
	lo, hi := m.Bounds()
	f := &lattice{spacing: spacingMM, origin: lo.Add(geom.LPSVec(-marginMM, -marginMM, -marginMM))}
	f.nx = int(math.Ceil((hi.X-lo.X+2*marginMM)/spacingMM)) + 1
	f.ny = int(math.Ceil((hi.Y-lo.Y+2*marginMM)/spacingMM)) + 1
	f.nz = int(math.Ceil((hi.Z-lo.Z+2*marginMM)/spacingMM)) + 1
	w := &propagation{lattice: f, mesh: m, near: make([]int32, f.nx*f.ny*f.nz), balls: make([]ball, len(m.Triangles))}
	f.dist = make([]float32, len(w.near))
	for i := range w.near {
		w.near[i], f.dist[i] = -1, math.MaxFloat32
	}
	for i, t := range m.Triangles {
		w.balls[i] = ballRound(m.Vertices[t[0]], m.Vertices[t[1]], m.Vertices[t[2]])
	}
	w.seed()
	w.sweep()
	f.sign(m)
	return f
}

func (f *lattice) holds(p geom.Patient) bool {
	d := p.Sub(f.origin).Mul(1 / f.spacing)
	return d.X >= 0 && d.Y >= 0 && d.Z >= 0 && d.X <= float64(f.nx-1) && d.Y <= float64(f.ny-1) && d.Z <= float64(f.nz-1)
}

func (f *lattice) node(i, j, k int) geom.Patient {
	return f.origin.Add(geom.LPSVec(float64(i), float64(j), float64(k)).Mul(f.spacing))
}

// propagation is the state while distances spread: the nearest triangle of every node, and a ball round every triangle, which
// tells most of the time that a triangle cannot be nearer.
type propagation struct {
	*lattice
	mesh  *Mesh
	near  []int32 // -1 before any
	balls []ball
	// changed is the pass of sweep that last gave a node another triangle; 0 for none.
	changed []uint8
}

type ball struct{ x, y, z, r float32 }

func ballRound(a, b, c geom.Patient) ball {
	m := a.Add(b.Sub(a).Add(c.Sub(a)).Mul(1.0 / 3))
	return ball{float32(m.X), float32(m.Y), float32(m.Z), float32(max(m.Dist(a), m.Dist(b), m.Dist(c)) + 1e-3)}
}

// seed gives the nodes within a cell of each triangle their exact distance.
func (f *propagation) seed() {
	m := f.mesh
	cell := func(x, o float64) int { return int(math.Floor((x - o) / f.spacing)) }
	for n, t := range m.Triangles {
		a, b, c := m.Vertices[t[0]], m.Vertices[t[1]], m.Vertices[t[2]]
		i0, i1 := cell(min(a.X, b.X, c.X), f.origin.X), cell(max(a.X, b.X, c.X), f.origin.X)+1
		j0, j1 := cell(min(a.Y, b.Y, c.Y), f.origin.Y), cell(max(a.Y, b.Y, c.Y), f.origin.Y)+1
		k0, k1 := cell(min(a.Z, b.Z, c.Z), f.origin.Z), cell(max(a.Z, b.Z, c.Z), f.origin.Z)+1
		for k := max(k0, 0); k <= min(k1, f.nz-1); k++ {
			for j := max(j0, 0); j <= min(j1, f.ny-1); j++ {
				for i := max(i0, 0); i <= min(i1, f.nx-1); i++ {
					f.improve(i+f.nx*(j+f.ny*k), f.node(i, j, k), int32(n))
				}
			}
		}
	}
}

// improve gives a node the triangle if it is nearer than the one it has, and reports whether it is.
func (f *propagation) improve(o int, p geom.Patient, tri int32) bool {
	b := &f.balls[tri]
	dx, dy, dz := float32(p.X)-b.x, float32(p.Y)-b.y, float32(p.Z)-b.z
	if limit := f.dist[o] + b.r; f.near[o] >= 0 && dx*dx+dy*dy+dz*dz >= limit*limit {
		return false
	}
	t := f.mesh.Triangles[tri]
	v := f.mesh.Vertices
	if d := float32(math.Sqrt(triangleDistance2(p, v[t[0]], v[t[1]], v[t[2]]))); d < f.dist[o] {
		f.dist[o], f.near[o] = d, tri
		return true
	}
	return false
}

// sweep carries nearest triangles through the lattice, forwards and backwards, twice. A node looks at the 13 neighbours that the
// pass has visited before it; the second time only at those whose triangle is another one since, which gives the same distances.
func (f *propagation) sweep() {
	f.changed = make([]uint8, len(f.near))
	for pass := uint8(1); pass <= 4; pass++ {
		step := 1 - 2*int(1-pass%2) // 1 forwards, -1 backwards
		order := f.neighbours(step)
		for n := range f.nz {
			k := along(n, f.nz, step)
			for n := range f.ny {
				j := along(n, f.ny, step)
				edge := k == 0 || k == f.nz-1 || j == 0 || j == f.ny-1
				for n := range f.nx {
					i := along(n, f.nx, step)
					f.visit(i, j, k, pass, &order, edge || i == 0 || i == f.nx-1)
				}
			}
		}
	}
}

// along is the nth index of a length in the direction of step.
func along(n, length, step int) int {
	if step < 0 {
		return length - 1 - n
	}
	return n
}

// neighbour is where a node looks: steps along the axes, and the distance in the lattice's order.
type neighbour struct{ di, dj, dk, offset int }

// neighbours are those visited before a node by a pass in the direction of step: nine of the slice before, three of the row before,
// the node before.
func (f *propagation) neighbours(step int) (out [13]neighbour) {
	for n := range out {
		di, dj, dk := n%3-1, n/3%3-1, -step
		if n >= 9 {
			di, dj, dk = n%3-1, -step, 0
		}
		if n == 12 {
			di, dj = -step, 0
		}
		out[n] = neighbour{di, dj, dk, di + f.nx*(dj+f.ny*dk)}
	}
	return out
}

// visit tries the triangles of a node's neighbours; border tells that some of them may lie outside the lattice.
func (f *propagation) visit(i, j, k int, pass uint8, order *[13]neighbour, border bool) {
	o := i + f.nx*(j+f.ny*k)
	p := f.node(i, j, k)
	var tried [13]int32
	count := 0
neighbours:
	for n := range order {
		q := &order[n]
		if border {
			if a, b, c := i+q.di, j+q.dj, k+q.dk; a < 0 || b < 0 || c < 0 || a >= f.nx || b >= f.ny || c >= f.nz {
				continue
			}
		}
		x := o + q.offset
		if pass > 2 && f.changed[x] <= pass-2 { // tried when this pass was made for the first time
			continue
		}
		t := f.near[x]
		if t < 0 || t == f.near[o] {
			continue
		}
		for _, before := range tried[:count] {
			if t == before {
				continue neighbours
			}
		}
		tried[count], count = t, count+1
		if f.improve(o, p, t) {
			f.changed[o] = pass
		}
	}
}

// sign makes distances inside the mesh negative. Rays are moved off the lattice by an irrational fraction so that they do not
// graze vertices.
func (f *lattice) sign(m *Mesh) {
	const off = 1e-4 * math.Sqrt2
	rows := make([][]float64, f.ny*f.nz)
	for _, t := range m.Triangles {
		a, b, c := m.Vertices[t[0]], m.Vertices[t[1]], m.Vertices[t[2]]
		j0 := max(0, int(math.Ceil((min(a.Y, b.Y, c.Y)-f.origin.Y-off)/f.spacing)))
		j1 := min(f.ny-1, int(math.Floor((max(a.Y, b.Y, c.Y)-f.origin.Y-off)/f.spacing)))
		k0 := max(0, int(math.Ceil((min(a.Z, b.Z, c.Z)-f.origin.Z-off)/f.spacing)))
		k1 := min(f.nz-1, int(math.Floor((max(a.Z, b.Z, c.Z)-f.origin.Z-off)/f.spacing)))
		det := (b.Y-a.Y)*(c.Z-a.Z) - (c.Y-a.Y)*(b.Z-a.Z)
		if det == 0 {
			continue
		}
		for k := k0; k <= k1; k++ {
			for j := j0; j <= j1; j++ {
				y, z := f.origin.Y+float64(j)*f.spacing+off, f.origin.Z+float64(k)*f.spacing+off
				u := ((y-a.Y)*(c.Z-a.Z) - (c.Y-a.Y)*(z-a.Z)) / det
				v := ((b.Y-a.Y)*(z-a.Z) - (y-a.Y)*(b.Z-a.Z)) / det
				if u >= 0 && v >= 0 && u+v <= 1 {
					rows[j+f.ny*k] = append(rows[j+f.ny*k], a.X+u*(b.X-a.X)+v*(c.X-a.X))
				}
			}
		}
	}
	for r, xs := range rows {
		sort.Float64s(xs)
		for n := 0; n+1 < len(xs); n += 2 {
			i0 := max(0, int(math.Ceil((xs[n]-f.origin.X)/f.spacing)))
			i1 := min(f.nx-1, int(math.Floor((xs[n+1]-f.origin.X)/f.spacing)))
			for i := i0; i <= i1; i++ {
				f.dist[i+f.nx*r] *= -1
			}
		}
	}
}

// at interpolates between nodes.
func (f *lattice) at(p geom.Patient) float64 {
	x, y, z := (p.X-f.origin.X)/f.spacing, (p.Y-f.origin.Y)/f.spacing, (p.Z-f.origin.Z)/f.spacing
	cx, cy, cz := clamp(x, f.nx), clamp(y, f.ny), clamp(z, f.nz)
	beyond := f.spacing * math.Sqrt((x-cx)*(x-cx)+(y-cy)*(y-cy)+(z-cz)*(z-cz))
	i, j, k := min(int(cx), f.nx-2), min(int(cy), f.ny-2), min(int(cz), f.nz-2)
	fx, fy, fz := cx-float64(i), cy-float64(j), cz-float64(k)
	o, sy, sz := i+f.nx*(j+f.ny*k), f.nx, f.nx*f.ny
	d := f.dist
	lerp := func(o int) float64 { return float64(d[o])*(1-fx) + float64(d[o+1])*fx }
	v := (lerp(o)*(1-fy)+lerp(o+sy)*fy)*(1-fz) + (lerp(o+sz)*(1-fy)+lerp(o+sy+sz)*fy)*fz
	return v + beyond
}

func clamp(x float64, n int) float64 { return max(0, min(float64(n-1), x)) }

// triangleDistance2 returns the squared distance from p to triangle abc (region test of Ericson, Real-Time Collision Detection,
// 2005, section 5.1.5).
func triangleDistance2(p, a, b, c geom.Patient) float64 {
	ab, ac, ap := b.Sub(a), c.Sub(a), p.Sub(a)
	d1, d2 := ab.Dot(ap), ac.Dot(ap)
	if d1 <= 0 && d2 <= 0 {
		return ap.Dot(ap)
	}
	bp := p.Sub(b)
	d3, d4 := ab.Dot(bp), ac.Dot(bp)
	if d3 >= 0 && d4 <= d3 {
		return bp.Dot(bp)
	}
	if vc := d1*d4 - d3*d2; vc <= 0 && d1 >= 0 && d3 <= 0 {
		r := ap.Sub(ab.Mul(d1 / (d1 - d3)))
		return r.Dot(r)
	}
	cp := p.Sub(c)
	d5, d6 := ab.Dot(cp), ac.Dot(cp)
	if d6 >= 0 && d5 <= d6 {
		return cp.Dot(cp)
	}
	if vb := d5*d2 - d1*d6; vb <= 0 && d2 >= 0 && d6 <= 0 {
		r := ap.Sub(ac.Mul(d2 / (d2 - d6)))
		return r.Dot(r)
	}
	if va := d3*d6 - d5*d4; va <= 0 && d4 >= d3 && d5 >= d6 {
		r := bp.Sub(c.Sub(b).Mul((d4 - d3) / (d4 - d3 + d5 - d6)))
		return r.Dot(r)
	}
	n := ab.Cross(ac)
	h := n.Dot(ap)
	nn := n.Dot(n)
	if nn == 0 {
		return ap.Dot(ap)
	}
	return h * h / nn
}
