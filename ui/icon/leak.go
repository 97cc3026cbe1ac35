package icon

import "github.com/vertefill/vertefill/internal/anatomy"

// Of is the glyph of a leak's compartment.
func Of(c anatomy.Compartment) Glyph {
	switch c {
	case anatomy.Canal:
		return GlyphCanal
	case anatomy.Foramen:
		return GlyphForamen
	case anatomy.DiscSuperior:
		return GlyphDiscAbove
	case anatomy.DiscInferior:
		return GlyphDiscBelow
	case anatomy.ParavertebralVein:
		return GlyphVein
	case anatomy.NeedleTrack:
		return GlyphTrack
	case anatomy.Distant:
		return GlyphDistant
	}
	return GlyphSoftTissue
}
