package spine

import (
	"math"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/unit"
)

// Rays is the number of directions in which a canal section knows its free radius.
const Rays = 32

// Canal is the bony spinal canal as a tube: sections about a millimetre apart from head to foot.
type Canal struct {
	Sections []Section
}

// Section is the canal cut across its own axis.
type Section struct {
	Centre              geom.Patient
	Left, Posterior, Up geom.PatientVec // unit vectors, at right angles; Up points to the head along the canal
	Radii               [Rays]float64   // mm from the centre to the wall; ray i points at angle 2 pi i/Rays from Left towards Posterior
}

// Radius returns the distance in mm from the centre to the wall in the direction of the angle (radians, from Left towards
// Posterior), linearly between the rays.
func (s *Section) Radius(angle float64) float64 {
	u := math.Mod(angle/(2*math.Pi)*Rays, Rays)
	if u < 0 {
		u += Rays
	}
	i := int(u)
	f := u - float64(i)
	return s.Radii[i%Rays]*(1-f) + s.Radii[(i+1)%Rays]*f
}

// Area returns the area of the section.
func (s *Section) Area() unit.MM2 {
	a := 0.0
	for i, r := range s.Radii {
		a += r * s.Radii[(i+1)%Rays]
	}
	return unit.MM2(a / 2 * math.Sin(2*math.Pi/Rays))
}

// Nearest returns the index of the section in whose plane p lies best, and whether p lies between the ends of the canal.
func (c *Canal) Nearest(p geom.Patient) (index int, between bool) {
	least := math.Inf(1)
	for i := range c.Sections {
		if d := p.Dist(c.Sections[i].Centre); d < least {
			index, least = i, d
		}
	}
	if len(c.Sections) == 0 {
		return 0, false
	}
	s := &c.Sections[index]
	off := p.Sub(s.Centre).Dot(s.Up)
	return index, !(index == 0 && off > 1.5) && !(index == len(c.Sections)-1 && off < -1.5)
}

// Depth returns how far p lies inside the canal's wall in mm (positive inside, negative outside), -Inf beyond the ends.
func (c *Canal) Depth(p geom.Patient) float64 {
	i, between := c.Nearest(p)
	if !between {
		return math.Inf(-1)
	}
	s := &c.Sections[i]
	r := p.Sub(s.Centre)
	x, y := r.Dot(s.Left), r.Dot(s.Posterior)
	return s.Radius(math.Atan2(y, x)) - math.Hypot(x, y)
}
