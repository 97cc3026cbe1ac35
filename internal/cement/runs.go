package cement

import (
	"sort"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/volume"
)

// run is a stretch of voxels [i0, i1) of one row.
type run struct {
	j, k   int
	i0, i1 int
}

// component is a 26-connected set of voxels as runs in the order of the array.
type component struct {
	runs   []run
	voxels int
	box    geom.Box
	prior  bool // set by keep
}

// runsAbove returns the runs of voxels of at least threshold within the box, in the order of the array: one pass over the data, the
// two halves of the slices side by side.
func runsAbove(v *volume.Volume, box geom.Box, threshold int16) []run {
	if box.Empty() {
		return nil
	}
	middle := (box.Min.K + box.Max.K) / 2
	upper := make(chan []run)
	go func() { upper <- runsBetween(v, box, middle, box.Max.K, threshold) }()
	lower := runsBetween(v, box, box.Min.K, middle, threshold)
	return append(lower, <-upper...)
}

func runsBetween(v *volume.Volume, box geom.Box, k0, k1 int, threshold int16) []run {
	var out []run
	below := int32(threshold) - 1
	for k := k0; k < k1; k++ {
		for j := box.Min.J; j < box.Max.J; j++ {
			o := v.NX * (j + v.NY*k)
			row := v.HU[o+box.Min.I : o+box.Max.I]
			for i := 0; i < len(row); i++ {
				for i+8 <= len(row) { // eight voxels at once: a sign bit where one is above
					q := row[i : i+8 : i+8]
					any := (below - int32(q[0])) | (below - int32(q[1])) | (below - int32(q[2])) | (below - int32(q[3])) |
						(below - int32(q[4])) | (below - int32(q[5])) | (below - int32(q[6])) | (below - int32(q[7]))
					if any < 0 {
						break
					}
					i += 8
				}
				for i < len(row) && row[i] < threshold {
					i++
				}
				start := i
				for i < len(row) && row[i] >= threshold {
					i++
				}
				if i > start {
					out = append(out, run{j, k, box.Min.I + start, box.Min.I + i})
				}
			}
		}
	}
	return out
}

// join groups runs, given in the order of the array, into 26-connected components, the largest first. Runs of a row are merged
// with those of the four rows before it by two pointers; unions keep the smaller root (Rosenfeld and Pfaltz 1966 on runs).
func join(runs []run) []component {
	parent := make([]int32, len(runs))
	find := func(a int32) int32 {
		for parent[a] != a {
			parent[a] = parent[parent[a]]
			a = parent[a]
		}
		return a
	}
	starts := map[[2]int]int{} // row -> first run
	for n, r := range runs {
		parent[n] = int32(n)
		if n == 0 || runs[n-1].j != r.j || runs[n-1].k != r.k {
			starts[[2]int{r.j, r.k}] = n
		}
	}
	for first := 0; first < len(runs); {
		j, k := runs[first].j, runs[first].k
		end := first
		for end < len(runs) && runs[end].j == j && runs[end].k == k {
			end++
		}
		for _, row := range [4][2]int{{j - 1, k}, {j - 1, k - 1}, {j, k - 1}, {j + 1, k - 1}} {
			b, ok := starts[row]
			if !ok {
				continue
			}
			for a := first; a < end && b < len(runs) && runs[b].j == row[0] && runs[b].k == row[1]; {
				if runs[a].i0 <= runs[b].i1 && runs[b].i0 <= runs[a].i1 {
					x, y := find(int32(a)), find(int32(b))
					parent[max(x, y)] = min(x, y)
				}
				if runs[a].i1 < runs[b].i1 {
					a++
				} else {
					b++
				}
			}
		}
		first = end
	}
	index := map[int32]int{}
	var out []component
	for n, r := range runs {
		root := find(int32(n))
		c, ok := index[root]
		if !ok {
			c = len(out)
			index[root] = c
			out = append(out, component{})
		}
		out[c].add(r)
	}
	sort.SliceStable(out, func(a, b int) bool { return out[a].voxels > out[b].voxels })
	return out
}

func (c *component) add(r run) {
	c.runs = append(c.runs, r)
	c.voxels += r.i1 - r.i0
	c.box = c.box.Union(geom.Box{Min: geom.Index{I: r.i0, J: r.j, K: r.k}, Max: geom.Index{I: r.i1, J: r.j + 1, K: r.k + 1}})
}

// each calls f for every voxel.
func (c *component) each(f func(i, j, k int)) {
	for _, r := range c.runs {
		for i := r.i0; i < r.i1; i++ {
			f(i, r.j, r.k)
		}
	}
}

// runsOf returns the runs of marked voxels of a dense mask over a box.
func runsOf(box geom.Box, marked func(offset int) bool) []run {
	var out []run
	o := 0
	for k := box.Min.K; k < box.Max.K; k++ {
		for j := box.Min.J; j < box.Max.J; j++ {
			start := -1
			for i := box.Min.I; i < box.Max.I; i++ {
				m := marked(o)
				o++
				if m && start < 0 {
					start = i
				}
				if !m && start >= 0 {
					out = append(out, run{j, k, start, i})
					start = -1
				}
			}
			if start >= 0 {
				out = append(out, run{j, k, start, box.Max.I})
			}
		}
	}
	return out
}
