package spine

import (
	"math"

	"github.com/vertefill/vertefill/internal/geom"
)

// Region is where a point lies with respect to the vertebrae.
type Region uint8

// The regions. They partition space: a point that fits several has the first of them in this order, Outside when none fits.
const (
	Outside   Region = iota
	InBody           // inside the surface of a body
	InCanal          // inside the spinal canal
	InArch           // behind the posterior wall: pedicles, laminae and root of the spinous process
	InForamen        // lateral window between the pedicles of two neighbours, from canal to the outer border of the pedicles
	InDisc           // between the facing endplates of two neighbours, or next to a free endplate
)

// String returns the region in lower case English.
func (r Region) String() string {
	return [...]string{"outside", "body", "canal", "arch", "foramen", "disc"}[min(r, InDisc)]
}

// Geometry of the posterior elements, in mm and in shares of the height of the body at its rear. Pedicles spring from the upper half of the
// body in thoracic and lumbar vertebrae; sizes after Panjabi et al. 1991 and 1992 (Spine 16:888, 17:299).
const (
	pedicleFloor     = -0.05 // share of body height below the centroid where pedicle ends and foramen begins
	pedicleRoof      = 0.55
	pedicleMarginMM  = 3  // outer border of the pedicle beyond the half width of the body at mid height
	pedicleDepthMM   = 18 // from the posterior wall to the pars
	foramenDepthMM   = 11 // from the posterior wall or disc back to the facet joint
	laminaMM         = 7  // thickness of the laminae behind the canal
	spinousMM        = 28 // spinous process counted as arch behind the canal
	spinousHalfMM    = 4
	epiduralShare    = 0.85 // of the canal's half width that its front takes
	discRimMM        = 1.5  // the disc bulges this far beyond the outline of the bodies
	discMaxMM        = 15   // upper limit of the sum of the distances to both endplates
	freeDiscMM       = 8    // depth of the disc at an endplate without neighbour in view
	endplateFlare    = 1.08
	outlineRoundness = 2.5 // superellipse exponent of the outline of a body seen from above
)

// Region returns where p lies and the vertebra it belongs to: the one that holds it, for the arch the one whose arch it is, for
// a foramen the one whose pedicle roofs it, for a disc the one with the nearer endplate (see Vertebra.Cranial), for the canal the
// one at its height. Outside comes with the nearest body, nil when there is no vertebra.
//
// Bodies are surfaces and the canal is a measured tube; arch, foramina and discs are zones derived from the axes, the wall and
// the canal. A zone says where a point lies, not that it lies in bone.
func (s *Spine) Region(p geom.Patient) (Region, *Vertebra) {
	nearest, d := s.Nearest(p)
	if nearest != nil && d < 0 {
		return InBody, nearest
	}
	level, b := s.atHeight(p)
	if level == nil {
		return Outside, nearest
	}
	if nearest == nil {
		nearest = level
	}
	depth := math.Inf(-1)
	if s.Canal != nil {
		depth = s.Canal.Depth(p)
	}
	if depth >= 0 {
		return InCanal, level
	}
	if b.Y > level.Wall.Y(b.X, b.Z) {
		if s.epidural(p) {
			return InCanal, level
		}
		if r, v := s.behindWall(p, level, b, depth); r != Outside {
			return r, v
		}
		return Outside, nearest
	}
	if v := s.disc(p); v != nil {
		return InDisc, v
	}
	return Outside, nearest
}

// Cranial reports whether p lies above the centroid of the body along its axis: tells the disc above from the disc below.
func (v *Vertebra) Cranial(p geom.Patient) bool {
	return p.Sub(v.Centroid()).Dot(v.PatientFromBody.Axis(2)) > 0
}

// height returns the mean height of the body in mm; 0 when it is not known.
func (v *Vertebra) height() float64 {
	return float64(v.Heights.Anterior+v.Heights.Middle+v.Heights.Posterior) / 3
}

// rearHeight returns the height of the body where the pedicles spring: what has sunken in front of them does not make them lower.
func (v *Vertebra) rearHeight() float64 {
	return max(v.height(), float64(v.Heights.Posterior))
}

// atHeight returns the vertebra with an axis at whose height p lies best, and p in its coordinates.
func (s *Spine) atHeight(p geom.Patient) (best *Vertebra, b geom.Body) {
	least := math.Inf(1)
	for _, v := range s.Vertebrae {
		if v.HalfWidth == 0 {
			continue
		}
		inv := v.BodyFromPatient()
		q := inv.Apply(p)
		if h := math.Abs(q.Z); h < least {
			least, best, b = h, v, q
		}
	}
	return best, b
}

// How far the room of a body reaches past its ends: to the middle of a thick disc, or a little way where no body follows.
const (
	roomToNeighbourMM = 8.0
	roomAtEndMM       = 4.0
)

// Beyond reports whether p lies past the ends of all bodies: what is dense there may be a vertebra that the field of view cuts, or
// one that was not found.
func (s *Spine) Beyond(p geom.Patient) bool {
	v, b := s.atHeight(p)
	if v == nil {
		return true
	}
	room, side := roomAtEndMM, -1
	if b.Z < 0 {
		side = 1
	}
	if s.neighbour(v, side) != nil {
		room = roomToNeighbourMM
	}
	return math.Abs(b.Z) > max(float64(v.Heights.Middle), v.rearHeight())/2+room
}

// behindWall tells arch from foramen for a point behind the wall of level and outside the canal.
func (s *Spine) behindWall(p geom.Patient, level *Vertebra, b geom.Body, canalDepth float64) (Region, *Vertebra) {
	h := level.rearHeight()
	if h == 0 || math.Abs(b.Z) > h {
		return Outside, nil
	}
	behind := b.Y - level.Wall.Y(b.X, b.Z)
	lateral := math.Abs(b.X)
	outer := float64(level.HalfWidth) + pedicleMarginMM
	if s.behindCanal(p) && (canalDepth > -laminaMM || lateral < spinousHalfMM && canalDepth > -spinousMM) {
		return InArch, level
	}
	if lateral > outer {
		return Outside, nil
	}
	if b.Z >= pedicleFloor*h && b.Z <= pedicleRoof*h {
		if behind < pedicleDepthMM {
			return InArch, level
		}
		return Outside, nil
	}
	if behind > foramenDepthMM {
		return Outside, nil
	}
	if b.Z > 0 { // above the pedicle: the foramen of the vertebra above
		if up := s.neighbour(level, -1); up != nil {
			return InForamen, up
		}
	}
	return InForamen, level
}

// epidural reports whether p, which lies behind the posterior wall, is in the front of the canal: between the wall and the tube, whose
// radii run short where the wall is hollow or cement lies on it.
func (s *Spine) epidural(p geom.Patient) bool {
	if s.Canal == nil {
		return false
	}
	i, between := s.Canal.Nearest(p)
	if !between {
		return false
	}
	c := &s.Canal.Sections[i]
	r := p.Sub(c.Centre)
	x := r.Dot(c.Left)
	side := c.Radius(0)
	if x < 0 {
		side = c.Radius(math.Pi)
	}
	return r.Dot(c.Posterior) < 0 && math.Abs(x) < epiduralShare*side
}

// behindCanal reports whether p lies behind the centre of the canal, nearer to the midline than to the side.
func (s *Spine) behindCanal(p geom.Patient) bool {
	if s.Canal == nil {
		return false
	}
	i, between := s.Canal.Nearest(p)
	if !between {
		return false
	}
	c := &s.Canal.Sections[i]
	r := p.Sub(c.Centre)
	y := r.Dot(c.Posterior)
	return y > 0 && math.Abs(r.Dot(c.Left)) < y+c.Radius(math.Pi/2)
}

// neighbour returns the vertebra n places further towards the feet, nil beyond the ends.
func (s *Spine) neighbour(v *Vertebra, n int) *Vertebra {
	for i, w := range s.Vertebrae {
		if w == v && i+n >= 0 && i+n < len(s.Vertebrae) {
			return s.Vertebrae[i+n]
		}
	}
	return nil
}

// disc returns the vertebra whose endplate is the nearer one when p, outside all bodies and in front of the wall, lies in a disc
// space; nil otherwise.
func (s *Spine) disc(p geom.Patient) *Vertebra {
	for i, v := range s.Vertebrae {
		if v.Field == nil {
			continue
		}
		above := v.Cranial(p)
		var w *Vertebra
		if above && i > 0 {
			w = s.Vertebrae[i-1]
		} else if !above && i+1 < len(s.Vertebrae) {
			w = s.Vertebrae[i+1]
		}
		dv := v.Distance(p)
		if dv > discMaxMM || !v.underOutline(p) {
			continue
		}
		if w == nil || w.Field == nil {
			inv := v.BodyFromPatient()
			if dv < freeDiscMM && math.Abs(inv.Apply(p).Z) > 0.4*v.height() {
				return v
			}
			continue
		}
		if dw := w.Distance(p); dv <= dw && w.Cranial(p) != above && dv+dw < discMaxMM {
			return v
		}
	}
	return nil
}

// underOutline reports whether p lies inside the outline of the body seen along its axis.
func (v *Vertebra) underOutline(p geom.Patient) bool {
	inv := v.BodyFromPatient()
	b := inv.Apply(p)
	x := math.Abs(b.X) / (endplateFlare*float64(v.HalfWidth) + discRimMM)
	y := math.Abs(b.Y) / (endplateFlare*float64(v.HalfDepth) + discRimMM)
	return math.Pow(x, outlineRoundness)+math.Pow(y, outlineRoundness) < 1
}
