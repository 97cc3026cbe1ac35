package overlay

import (
	"math"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/volume"
)

// Agreement says how far a mask of others agrees with the cement of a result, metal left out.
type Agreement struct {
	TheirsML, OursML, BothML float64 // by counting voxels
	Dice                     float64 // 2 both / (theirs + ours)
}

// Compare compares the union of regions with the cement of a result, its label map by anatomy.CementClass. Grids may differ: every voxel
// of theirs is looked up at its centre. ok is false when either has none.
func Compare(parts []Part, cement *volume.Labels) (a Agreement, ok bool) {
	if cement == nil {
		return a, false
	}
	counts := func(v uint8) bool {
		return anatomy.CementClass(v) >= anatomy.CementInBody && anatomy.CementClass(v) <= anatomy.CementPrior
	}
	each(cement, func(_, _, k int, v uint8) {
		if counts(v) {
			a.OursML += float64(cement.Grid.VoxelVolume(k)) / 1000
		}
	})
	seen := map[*volume.Grid]map[geom.Index]bool{} // regions may overlap
	for _, p := range parts {
		if p.Mask == nil {
			continue
		}
		g := p.Mask.Grid
		if seen[g] == nil {
			seen[g] = map[geom.Index]bool{}
		}
		each(p.Mask, func(i, j, k int, _ uint8) {
			at := geom.Index{I: i, J: j, K: k}
			if seen[g][at] {
				return
			}
			seen[g][at] = true
			ml := float64(g.VoxelVolume(k)) / 1000
			a.TheirsML += ml
			q := cement.Grid.Voxel(g.Patient(geom.Vox(float64(i), float64(j), float64(k))))
			x, y, z := int(math.Round(q.X)), int(math.Round(q.Y)), int(math.Round(q.Z))
			if cement.Box.Contains(x, y, z) && counts(cement.V[cement.Box.Offset(x, y, z)]) {
				a.BothML += ml
			}
		})
	}
	if a.OursML == 0 || a.TheirsML == 0 {
		return a, false
	}
	a.Dice = 2 * a.BothML / (a.OursML + a.TheirsML)
	return a, true
}
