package masks

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/volume"
)

// found is one label of a file.
type found struct {
	label int
	z     float64 // mean height of its voxels, mm towards the head
}

// labelsOf lists the labels of a map from foot to head.
func labelsOf(l *volume.Labels) []found {
	var sum, n [256]float64
	nx, ny, _ := l.Box.Size()
	for o, v := range l.V {
		if v != 0 {
			sum[v] += height(l.Grid, geom.Index{I: l.Box.Min.I + o%nx, J: l.Box.Min.J + o/nx%ny, K: l.Box.Min.K + o/nx/ny})
			n[v]++
		}
	}
	var out []found
	for v := range n {
		if n[v] > 0 {
			out = append(out, found{v, sum[v] / n[v]})
		}
	}
	slices.SortFunc(out, func(a, b found) int { return cmp.Compare(a.z, b.z) })
	return out
}

// height is the place of a voxel along the axis from foot to head, mm.
func height(g *volume.Grid, at geom.Index) float64 {
	return g.SlicePosition(at.K).Z + g.Row.Z*float64(g.DX)*float64(at.I) + g.Col.Z*float64(g.DY)*float64(at.J)
}

// guess tells the convention by what the numbers are and by the order in which they lie: VerSe counts towards the feet, the others
// towards the head. VerSe wins where it fits, because the command line promises it. The error says when two fit equally well.
func guess(labels []found) (Convention, error) {
	if len(labels) == 0 {
		return "", fmt.Errorf("masks: there is no label in it")
	}
	has := func(n int) bool { return slices.ContainsFunc(labels, func(f found) bool { return f.label == n }) }
	all := func(c Convention) bool {
		return !slices.ContainsFunc(labels, func(f found) bool { return !c.part(f.label) })
	}
	if (has(49) || has(50)) && all(SPINEPSParts) && (has(60) || has(61) || has(100) || !ordered(TotalV2, labels) && !ordered(VISTA3D, labels)) {
		return SPINEPSParts, nil
	}
	if all(VerSe) && ordered(VerSe, labels) {
		return VerSe, nil
	}
	if all(SPINEPS) && ordered(SPINEPS, labels) {
		return SPINEPS, nil
	}
	best, fits := 0, []Convention(nil)
	for _, c := range []Convention{TotalV1, TotalV2, VISTA3D} {
		if !ordered(c, labels) {
			continue
		}
		n := 0
		for _, f := range labels {
			if c.part(f.label) {
				n++
			}
		}
		if n > best {
			best, fits = n, nil
		}
		if n == best {
			fits = append(fits, c)
		}
	}
	switch len(fits) {
	case 1:
		return fits[0], nil
	case 0:
		return "", fmt.Errorf("masks: its numbers follow none of the known conventions; name the labels in the file, or use VerSe numbers (C1 = 1 ... T1 = 8 ... L5 = 24)")
	}
	return "", fmt.Errorf("masks: its numbers may mean %s: say which with --vertebrae-convention", names(fits))
}

// ordered reports whether the numbers name at least one vertebra and lie in the order of the spine.
func ordered(c Convention, labels []found) bool {
	last := anatomy.None
	rank := func(l anatomy.Level) int { // T13 lies between T12 and L1
		if l == anatomy.T13 {
			return 2*int(anatomy.T12) + 1
		}
		return 2 * int(l)
	}
	for _, f := range labels {
		l := c.level(f.label)
		if l == anatomy.None {
			continue
		}
		if last != anatomy.None && rank(l) >= rank(last) {
			return false
		}
		last = l
	}
	return last != anatomy.None
}
