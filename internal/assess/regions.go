package assess

import (
	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/mesh"
	"github.com/vertefill/vertefill/internal/volume"
)

// surfaces makes the closed sub-voxel surfaces of the cement by class, and of every leak.
func (r *run) surfaces(out *Result) {
	m := r.cement
	out.Lesion = r.lesionSurface()
	out.CementSurfaces = map[anatomy.CementClass]*mesh.Mesh{}
	if m.Box.Empty() {
		return
	}
	// The blurred rim of a piece takes the class of the solid voxel it touches.
	id := make([]int32, len(r.leaks.Class)) // classes 1..5, leaks 10 and up
	for o, c := range r.leaks.Class {
		id[o] = int32(c)
	}
	for n, l := range r.leaks.Leaks {
		for _, v := range l.Voxels {
			if m.Box.Contains(v.I, v.J, v.K) {
				id[m.Box.Offset(v.I, v.J, v.K)] = firstLeak + int32(n)
			}
		}
	}
	id = withRim(id, m.Box)
	part := func(want func(int32) bool, occupancy []float32) *mesh.Mesh {
		return isosurface(id, want, occupancy, m.Box, m.Grid)
	}
	for _, c := range []anatomy.CementClass{anatomy.CementInBody, anatomy.CementInPedicle} {
		out.CementSurfaces[c] = part(func(x int32) bool { return x == int32(c) }, m.New)
	}
	out.CementSurfaces[anatomy.CementLeaked] = part(func(x int32) bool { return x >= firstLeak }, m.New)
	out.CementSurfaces[anatomy.CementPrior] = part(func(x int32) bool { return x == int32(anatomy.CementPrior) }, m.Prior)
	out.CementSurfaces[anatomy.Metal] = maskSurface(m.Metal, func(v uint8) bool { return v != 0 })
	for n, l := range r.leaks.Leaks {
		out.Leaks = append(out.Leaks, LeakRegion{ID: l.ID, Surface: part(func(x int32) bool { return x == firstLeak+int32(n) }, m.New)})
	}
}

const firstLeak = 10

// withRim spreads every id to the voxels without one next to it; the first neighbour in array order wins.
func withRim(id []int32, box geom.Box) []int32 {
	nx, ny, nz := box.Size()
	out := append([]int32(nil), id...)
	for k := range nz {
		for j := range ny {
			for i := range nx {
				o := i + nx*(j+ny*k)
				if id[o] == 0 {
					continue
				}
				for dk := max(-1, -k); dk <= min(1, nz-1-k); dk++ {
					for dj := max(-1, -j); dj <= min(1, ny-1-j); dj++ {
						for di := max(-1, -i); di <= min(1, nx-1-i); di++ {
							if q := o + di + nx*(dj+ny*dk); out[q] == 0 {
								out[q] = id[o]
							}
						}
					}
				}
			}
		}
	}
	return out
}

// isosurface cuts the part wanted out of the occupancy and returns its half-level surface, in the box that holds it.
func isosurface(id []int32, want func(int32) bool, occupancy []float32, box geom.Box, g *volume.Grid) *mesh.Mesh {
	nx, ny, _ := box.Size()
	var part geom.Box
	for o, x := range id {
		if want(x) {
			i, j, k := box.Min.I+o%nx, box.Min.J+o/nx%ny, box.Min.K+o/nx/ny
			part = part.Union(geom.Box{Min: geom.Index{I: i, J: j, K: k}, Max: geom.Index{I: i + 1, J: j + 1, K: k + 1}})
		}
	}
	values := make([]float32, part.Len())
	n := 0
	for k := part.Min.K; k < part.Max.K; k++ {
		for j := part.Min.J; j < part.Max.J; j++ {
			for i := part.Min.I; i < part.Max.I; i++ {
				if o := box.Offset(i, j, k); want(id[o]) {
					values[n] = occupancy[o]
				}
				n++
			}
		}
	}
	return mesh.Isosurface(values, part, g, 0.5)
}

// maskSurface returns the surface of the voxels wanted.
func maskSurface(l *volume.Labels, want func(uint8) bool) *mesh.Mesh {
	values := make([]float32, len(l.V))
	for o, v := range l.V {
		if want(v) {
			values[o] = 1
		}
	}
	return mesh.Isosurface(values, l.Box, l.Grid, 0.5)
}

// regions writes the class of every voxel and the voxels of every leak on the grid of the post CT.
func (r *run) regions(out *Result) {
	m := r.cement
	classes := volume.NewLabels(m.Grid, m.Box.Union(m.Metal.Box))
	nx, ny, _ := m.Box.Size()
	for o, c := range r.leaks.Class {
		if c != 0 {
			classes.Set(m.Box.Min.I+o%nx, m.Box.Min.J+o/nx%ny, m.Box.Min.K+o/nx/ny, uint8(c))
		}
	}
	metal := m.Metal
	mx, my, _ := metal.Box.Size()
	for o, v := range metal.V {
		if v != 0 {
			classes.Set(metal.Box.Min.I+o%mx, metal.Box.Min.J+o/mx%my, metal.Box.Min.K+o/mx/my, uint8(anatomy.Metal))
		}
	}
	out.Cement = classes
	for n, l := range r.leaks.Leaks {
		out.Leaks[n].Voxels = l.Voxels
	}
	if r.work != r.in.Post {
		r.ontoPostGrid(out)
	}
}

// ontoPostGrid carries masks from the evenly spaced working grid to the true slices, by the nearest voxel.
func (r *run) ontoPostGrid(out *Result) {
	post, from := r.in.Post.Grid, out.Cement
	at := map[geom.Index]int{}
	for n, l := range out.Leaks {
		for _, v := range l.Voxels {
			at[v] = n
		}
		out.Leaks[n].Voxels = nil
	}
	to := volume.NewLabels(post, geom.Box{Min: geom.Index{I: from.Box.Min.I, J: from.Box.Min.J}, Max: geom.Index{I: from.Box.Max.I, J: from.Box.Max.J, K: post.NZ}})
	for k := range post.NZ {
		z := r.work.Voxel(post.SlicePosition(k)).Z
		src := int(z + 0.5)
		for j := to.Box.Min.J; j < to.Box.Max.J; j++ {
			for i := to.Box.Min.I; i < to.Box.Max.I; i++ {
				to.Set(i, j, k, from.At(i, j, src))
				if n, ok := at[geom.Index{I: i, J: j, K: src}]; ok {
					out.Leaks[n].Voxels = append(out.Leaks[n].Voxels, geom.Index{I: i, J: j, K: k})
				}
			}
		}
	}
	out.Cement = to
}
