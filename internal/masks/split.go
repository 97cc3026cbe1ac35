package masks

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/filter"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/unit"
	"github.com/vertefill/vertefill/internal/volume"
)

// leastBodyML is the least volume of a piece that counts as a body: C3 has about 4 mL.
const leastBodyML = unit.ML(1)

// piece is one connected part of a mask.
type piece struct {
	voxels []int // offsets in the label map
	z      float64
}

// bodies returns the connected bodies of a mask that does not tell them apart, from head to foot.
func bodies(l *volume.Labels, c Convention) ([]piece, error) {
	nx, ny, _ := l.Box.Size()
	var box geom.Box // of the bodies: a whole study has some hundred million voxels
	for o, v := range l.V {
		if c.body(int(v)) {
			i, j, k := l.Box.Min.I+o%nx, l.Box.Min.J+o/nx%ny, l.Box.Min.K+o/nx/ny
			box = box.Union(geom.Box{Min: geom.Index{I: i, J: j, K: k}, Max: geom.Index{I: i + 1, J: j + 1, K: k + 1}})
		}
	}
	if box.Empty() {
		return nil, fmt.Errorf("masks: there is no body in it by the convention %s", c)
	}
	bx, by, bz := box.Size()
	g := l.Grid
	lattice := filter.NewLattice(bx, by, bz, float64(g.DX), float64(g.DY), float64(g.DZ))
	place := func(cell int) geom.Index {
		return geom.Index{I: box.Min.I + cell%bx, J: box.Min.J + cell/bx%by, K: box.Min.K + cell/bx/by}
	}
	for cell := range lattice.On {
		at := place(cell)
		lattice.On[cell] = c.body(int(l.At(at.I, at.J, at.K)))
	}
	id, n := lattice.Components()
	all := make([]piece, n+1)
	for cell, p := range id {
		if lattice.On[cell] {
			at := place(cell)
			all[p].voxels = append(all[p].voxels, l.Box.Offset(at.I, at.J, at.K))
			all[p].z += height(g, at)
		}
	}
	var out []piece
	voxel := unit.MM3(float64(g.DX) * float64(g.DY) * float64(g.DZ)).ML()
	for _, p := range all {
		if unit.ML(len(p.voxels))*voxel >= leastBodyML {
			p.z /= float64(len(p.voxels))
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(a, b piece) int { return cmp.Compare(b.z, a.z) })
	return out, nil
}

// split labels the bodies V1, V2, ... from head to foot and clears the rest.
func split(l *volume.Labels, c Convention) error {
	list, err := bodies(l, c)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return fmt.Errorf("masks: no body of %.0f mL or more in it by the convention %s", float64(leastBodyML), c)
	}
	clear(l.V)
	for n, p := range list {
		for _, o := range p.voxels {
			l.V[o] = uint8(anatomy.Unknown(n + 1))
		}
	}
	return nil
}
