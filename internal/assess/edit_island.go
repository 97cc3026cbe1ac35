package assess

import (
	"fmt"
	"math"
	"slices"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/geom"
)

// island returns the connected voxels of cement that hold p or lie nearest to it, in the order of a flood.
func (e *editing) island(p geom.Patient) []int {
	m := e.run.cement
	start, least := -1, float64(leakReachMM)
	for o, c := range m.Solid {
		if c == 0 {
			continue
		}
		if d := e.patient(o).Dist(p); d < least {
			start, least = o, d
		}
	}
	if start < 0 {
		return nil
	}
	return e.flood(start, func(o int) bool { return m.Solid[o] == m.Solid[start] })
}

// flood returns the voxels of the cement's box that are connected to start (26 neighbours) through those wanted.
func (e *editing) flood(start int, want func(o int) bool) []int {
	seen := map[int]bool{start: true}
	list := []int{start}
	for n := 0; n < len(list); n++ {
		e.neighbours(list[n], func(q int) {
			if !seen[q] && want(q) {
				seen[q] = true
				list = append(list, q)
			}
		})
	}
	return list
}

func (e *editing) neighbours(o int, f func(q int)) {
	nx, ny, nz := e.run.cement.Box.Size()
	x, y, z := o%nx, o/nx%ny, o/(nx*ny)
	for dz := max(0, z-1); dz <= min(nz-1, z+1); dz++ {
		for dy := max(0, y-1); dy <= min(ny-1, y+1); dy++ {
			for dx := max(0, x-1); dx <= min(nx-1, x+1); dx++ {
				if q := dx + nx*(dy+ny*dz); q != o {
					f(q)
				}
			}
		}
	}
}

// edgeMM is how far the blurred edge of an island reaches.
const edgeMM = 3

// removeIsland takes an island of cement away, with the part of its blurred edge that is nearer to it than to other cement.
func (e *editing) removeIsland(x Edit) bool {
	e.ownCement()
	m := e.run.cement
	list := e.island(x.at())
	if list == nil {
		return false
	}
	for _, o := range list {
		e.clear(o)
	}
	steps := int(math.Ceil(edgeMM / float64(min(m.Grid.DX, m.Grid.DY))))
	for range steps {
		var next []int
		for _, o := range list {
			e.neighbours(o, func(q int) {
				if m.New[q] == 0 && m.Prior[q] == 0 || m.Solid[q] != 0 {
					return
				}
				mine := true
				e.neighbours(q, func(r int) { mine = mine && m.Solid[r] == 0 })
				if mine {
					e.clear(q)
					next = append(next, q)
				}
			})
		}
		list = next
	}
	return true
}

// fillHoles fills what an island of cement encloses on all sides.
func (e *editing) fillHoles(x Edit) bool {
	list := e.island(x.at())
	if list == nil {
		return false
	}
	var box geom.Box
	for _, o := range list {
		i := e.index(o)
		box = box.Union(geom.Box{Min: i, Max: geom.Index{I: i.I + 1, J: i.J + 1, K: i.K + 1}})
	}
	box = box.Grow(1)
	e.cover(box)
	m := e.run.cement
	box = box.Intersect(m.Box)
	inBox := func(o int) bool { i := e.index(o); return box.Contains(i.I, i.J, i.K) }
	class := anatomy.CementClass(0)
	outside := map[int]bool{}
	for k := box.Min.K; k < box.Max.K; k++ {
		for j := box.Min.J; j < box.Max.J; j++ {
			for i := box.Min.I; i < box.Max.I; i++ {
				o := m.Box.Offset(i, j, k)
				border := i == box.Min.I || j == box.Min.J || k == box.Min.K || i == box.Max.I-1 || j == box.Max.J-1 || k == box.Max.K-1
				if m.Solid[o] != 0 || !border || outside[o] {
					continue
				}
				e.floodFaces(o, func(q int) bool { return inBox(q) && m.Solid[q] == 0 && !outside[q] }, func(q int) { outside[q] = true })
			}
		}
	}
	if again := e.island(x.at()); again != nil {
		class = m.Solid[again[0]]
	}
	any := false
	for k := box.Min.K; k < box.Max.K; k++ {
		for j := box.Min.J; j < box.Max.J; j++ {
			for i := box.Min.I; i < box.Max.I; i++ {
				if o := m.Box.Offset(i, j, k); m.Solid[o] == 0 && !outside[o] {
					e.fill(o, 1, class)
					any = true
				}
			}
		}
	}
	return any
}

// floodFaces visits start and the voxels connected to it by faces through those wanted.
func (e *editing) floodFaces(start int, want func(int) bool, visit func(int)) {
	nx, ny, nz := e.run.cement.Box.Size()
	visit(start)
	list := []int{start}
	for n := 0; n < len(list); n++ {
		o := list[n]
		x, y, z := o%nx, o/nx%ny, o/(nx*ny)
		for _, s := range [6]struct {
			q  int
			ok bool
		}{{o - 1, x > 0}, {o + 1, x < nx-1}, {o - nx, y > 0}, {o + nx, y < ny-1}, {o - nx*ny, z > 0}, {o + nx*ny, z < nz-1}} {
			if s.ok && want(s.q) {
				visit(s.q)
				list = append(list, s.q)
			}
		}
	}
}

// grow takes what is connected to At within the HU range and the radius for cement. Its edge counts by how far each voxel stands
// between what surrounds it and its own plateau.
func (e *editing) grow(x Edit) (bool, error) {
	if x.Stroke != nil && len(x.Stroke.Points) == 0 {
		s := *x.Stroke
		s.Points = [][3]float64{x.At}
		x.Stroke = &s
	}
	if err := x.cementStroke(); err != nil {
		return false, err
	}
	if x.Class == 0 {
		return false, fmt.Errorf("what grows is cement")
	}
	e.cover(e.strokeBox(x.Stroke))
	m, vol := e.run.cement, e.run.work
	centre := m.Grid.Voxel(x.at())
	i, j, k := int(math.Round(centre.X)), int(math.Round(centre.Y)), int(math.Round(centre.Z))
	if !m.Box.Contains(i, j, k) || !x.Stroke.touches(int(vol.At(i, j, k))) {
		return false, nil
	}
	hu := func(o int) float64 { i := e.index(o); return float64(vol.At(i.I, i.J, i.K)) }
	in := map[int]bool{}
	var list []int
	e.floodFaces(m.Box.Offset(i, j, k), func(o int) bool {
		return !in[o] && x.Stroke.touches(int(hu(o))) && x.Stroke.distance(e.patient(o)) <= x.Stroke.RadiusMM
	}, func(o int) { in[o] = true; list = append(list, o) })
	rim := e.ring(list, in)
	beyond := e.ring(rim, in)
	plateau, ground := quantileOf(list, hu, 0.9), quantileOf(beyond, hu, 0.5)
	if len(beyond) == 0 || plateau <= ground {
		ground = plateau - 1
	}
	share := func(o int) float64 { return max(0, min(1, (hu(o)-ground)/(plateau-ground))) }
	for _, o := range list {
		e.fill(o, share(o), x.Class)
		m.Solid[o] = x.Class
	}
	for _, o := range rim {
		if f := share(o); f < 0.5 { // the rest of a rim is another thing that touches
			e.fill(o, f, x.Class)
		}
	}
	return true, nil
}

// ring returns the voxels next to the list that are not in the set, and adds them to it.
func (e *editing) ring(list []int, in map[int]bool) (out []int) {
	for _, o := range list {
		e.neighbours(o, func(q int) {
			if !in[q] {
				in[q] = true
				out = append(out, q)
			}
		})
	}
	return out
}

func quantileOf(list []int, value func(int) float64, q float64) float64 {
	if len(list) == 0 {
		return 0
	}
	v := make([]float64, len(list))
	for n, o := range list {
		v[n] = value(o)
	}
	slices.Sort(v)
	return v[int(q*float64(len(v)-1))]
}
