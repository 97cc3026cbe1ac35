package geom

import "math"

// Index is an integer voxel index; array offset is I + NX*(J + NY*K).
type Index struct{ I, J, K int }

// Box is a half-open range of voxel indices: Min is inside, Max is not. A box with any Max <= Min is empty.
type Box struct{ Min, Max Index }

// BoxOf returns the box that holds n = (nx, ny, nz) voxels from index zero.
func BoxOf(nx, ny, nz int) Box { return Box{Max: Index{I: nx, J: ny, K: nz}} }

// Size returns the number of voxels along each axis, zero for an empty box.
func (b Box) Size() (nx, ny, nz int) {
	return max(0, b.Max.I-b.Min.I), max(0, b.Max.J-b.Min.J), max(0, b.Max.K-b.Min.K)
}

// Len returns the number of voxels in the box.
func (b Box) Len() int {
	x, y, z := b.Size()
	return x * y * z
}

// Empty reports whether the box holds no voxel.
func (b Box) Empty() bool { return b.Len() == 0 }

// Contains reports whether the voxel lies in the box.
func (b Box) Contains(i, j, k int) bool {
	return i >= b.Min.I && i < b.Max.I && j >= b.Min.J && j < b.Max.J && k >= b.Min.K && k < b.Max.K
}

// Offset returns the position of a voxel in an array that holds just this box. The voxel must lie in the box.
func (b Box) Offset(i, j, k int) int {
	nx, ny := b.Max.I-b.Min.I, b.Max.J-b.Min.J
	return (i - b.Min.I) + nx*((j-b.Min.J)+ny*(k-b.Min.K))
}

// Intersect returns the voxels common to both boxes.
func (b Box) Intersect(c Box) Box {
	return Box{
		Min: Index{I: max(b.Min.I, c.Min.I), J: max(b.Min.J, c.Min.J), K: max(b.Min.K, c.Min.K)},
		Max: Index{I: min(b.Max.I, c.Max.I), J: min(b.Max.J, c.Max.J), K: min(b.Max.K, c.Max.K)},
	}
}

// Union returns the smallest box that holds both; an empty box adds nothing.
func (b Box) Union(c Box) Box {
	if b.Empty() {
		return c
	}
	if c.Empty() {
		return b
	}
	return Box{
		Min: Index{I: min(b.Min.I, c.Min.I), J: min(b.Min.J, c.Min.J), K: min(b.Min.K, c.Min.K)},
		Max: Index{I: max(b.Max.I, c.Max.I), J: max(b.Max.J, c.Max.J), K: max(b.Max.K, c.Max.K)},
	}
}

// Grow returns the box widened by n voxels on every side.
func (b Box) Grow(n int) Box {
	return Box{
		Min: Index{I: b.Min.I - n, J: b.Min.J - n, K: b.Min.K - n},
		Max: Index{I: b.Max.I + n, J: b.Max.J + n, K: b.Max.K + n},
	}
}

// BoxAround returns the smallest box whose voxel centres enclose all points, empty when there are none.
func BoxAround(points []Voxel) Box {
	if len(points) == 0 {
		return Box{}
	}
	lo := Vox(math.Inf(1), math.Inf(1), math.Inf(1))
	hi := Vox(math.Inf(-1), math.Inf(-1), math.Inf(-1))
	for _, p := range points {
		lo = Vox(min(lo.X, p.X), min(lo.Y, p.Y), min(lo.Z, p.Z))
		hi = Vox(max(hi.X, p.X), max(hi.Y, p.Y), max(hi.Z, p.Z))
	}
	return Box{
		Min: Index{I: int(math.Floor(lo.X)), J: int(math.Floor(lo.Y)), K: int(math.Floor(lo.Z))},
		Max: Index{I: int(math.Ceil(hi.X)) + 1, J: int(math.Ceil(hi.Y)) + 1, K: int(math.Ceil(hi.Z)) + 1},
	}
}
