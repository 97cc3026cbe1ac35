package phantom

import "github.com/vertefill/vertefill/internal/geom"

// makeSacrum hangs the rest of the sacrum on its first segment: wings, lower segments bent backwards, the roof of its canal and the
// facets for L5. It is bone to be seen, not a vertebra to be measured.
func (v *vertebra) makeSacrum(r random, f float64) {
	b := v.body
	b.taper = r.between(0.25, 0.4)
	pt, scale := geom.Pt[geom.BodyFrame], geom.V[geom.BodyFrame]
	cw, cd := v.size.canalWidth/2*f, v.size.canalDepth/2*f
	wall := b.wall.Y(0, 0)
	v.canal = canalShape{y: wall + cd - 0.2, halfWidth: cw, halfDepth: cd}
	top, bottom := b.superior.z, b.inferior.z
	v.pedicleX, v.pedicleZ = cw+9*f, top-9
	for i, side := range []float64{1, -1} {
		x := side * v.pedicleX
		v.pedicles[i] = newCapsule(pt(x, wall-5, v.pedicleZ), pt(x, v.canal.y, v.pedicleZ-2), 8, 8, scale(1, 1, 0.9))
		v.arch = append(v.arch,
			newCapsule(pt(x, wall-4, top-10), pt(side*47*f, wall-2, top-17), 9, 12, scale(1, 0.75, 0.9)), // wing
			newCapsule(pt(side*38*f, wall, top-18), pt(side*18*f, wall+18, bottom-32), 13, 6, scale(1, 0.8, 1)),
			newCapsule(pt(x, v.canal.y, v.pedicleZ), pt(side*2, v.canal.y+cd+3, bottom*0.4), 3.2, 3, scale(1, 1, 0.4)),
			newCapsule(pt(x, v.canal.y+2, v.pedicleZ), pt(x*1.02, v.canal.y+4, top+8), 5, 3.2, scale(1, 0.8, 1)))
	}
	v.arch = append(v.arch,
		newCapsule(pt(0, 3, bottom-11), pt(0, 12, bottom-30), 9, 7, scale(0.55, 1, 0.9)),
		newCapsule(pt(0, 18, bottom-44), pt(0, 20, bottom-60), 6, 4, scale(0.6, 1, 1)),
		newCapsule(pt(0, v.canal.y+cd+4, 0), pt(0, v.canal.y+cd+8, bottom-30), 3, 2.5, scale(0.8, 0.8, 1)))
}
