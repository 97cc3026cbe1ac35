package phantom

import (
	"math"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/geom"
)

// leak is one piece of cement that leaves the bone: a channel through the bone that feeds it, and what lies outside.
type leak struct {
	compartment anatomy.Compartment
	kind        anatomy.LeakType
	inside      func(geom.Body) float64 // the channel
	outside     func(geom.Body) float64 // clipped against the bones
	lo, hi      geom.Body               // box of both
	lengthMM    float64                 // along its course outside the bone
}

func (l *leak) at(p geom.Body) float64 {
	// The box keeps far points cheap.
	dx := max(l.lo.X-p.X, p.X-l.hi.X, 0)
	dy := max(l.lo.Y-p.Y, p.Y-l.hi.Y, 0)
	dz := max(l.lo.Z-p.Z, p.Z-l.hi.Z, 0)
	if far := dx*dx + dy*dy + dz*dz; far > 4 {
		return math.Sqrt(far)
	}
	return min(l.inside(p), l.outside(p))
}
