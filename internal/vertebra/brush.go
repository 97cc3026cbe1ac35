package vertebra

import (
	"fmt"
	"math"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/spine"
)

const (
	maxBrushMM   = 40.0
	brushGapMM   = 1.0 // a ball this close outside the surface still joins it
	brushShellMM = 0.5 // bone thinner than this outside a removed ball goes with it
	brushCoreMM  = 1.5 // of the middle of the body that no brush removes
)

// Brush returns a copy of v to which a ball has been added, or from which it has been taken away. The surface moves along the rays
// from the middle of the body, so it stays one closed surface: a ball inside the body, or clear of it, changes nothing, and then v
// itself comes back. As after Drag the distance field is a coarse one until Settle. It fails when the body has no surface.
func Brush(v *spine.Vertebra, centre geom.Patient, radiusMM float64, add bool) (*spine.Vertebra, error) {
	e := newEdit(v)
	if e == nil {
		return nil, fmt.Errorf("vertebra: %s has no surface to brush", v.Level)
	}
	if !centre.IsFinite() || !(radiusMM > 0 && radiusMM <= maxBrushMM) {
		return nil, fmt.Errorf("vertebra: a brush of %g mm at %s, want up to %g mm", radiusMM, centre, maxBrushMM)
	}
	c := e.inverse.Apply(centre).Sub(geom.Body{})
	pts := make([]geom.Body, len(e.pts))
	changed := false
	for i, p := range e.pts {
		pts[i] = p
		u, r := p.Sub(geom.Body{}).Unit(), p.Dist(geom.Body{})
		in, out, ok := ballOnRay(c, radiusMM, u)
		switch {
		case !ok:
			continue
		case add && out > r && in < r+brushGapMM:
			r = out
		case !add && in < r && out > r-brushShellMM:
			r = min(r, max(brushCoreMM, in))
		default:
			continue
		}
		pts[i] = geom.Body{}.Add(u.Mul(r))
		changed = true
	}
	if !changed {
		return v, nil
	}
	return e.apply(pts, v.Wall), nil
}

// ballOnRay returns where the ray from the origin along u enters and leaves a ball; the entry is negative when the origin lies in it.
func ballOnRay(centre geom.BodyVec, radius float64, u geom.BodyVec) (in, out float64, ok bool) {
	b := centre.Dot(u)
	d := b*b - centre.Dot(centre) + radius*radius
	if d <= 0 || b+math.Sqrt(d) <= 0 {
		return 0, 0, false
	}
	return b - math.Sqrt(d), b + math.Sqrt(d), true
}
