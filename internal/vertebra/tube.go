package vertebra

import (
	"math"

	"github.com/vertefill/vertefill/internal/spine"
)

// The canal's wall is where rays from its middle meet bone. Where they leave through a foramen or a disc, or stop early at cement,
// the wall of the neighbourhood at the same angle closes it.
const (
	tubeReachMM   = 18.0
	tubeStepMM    = 0.4
	tubeWindow    = 14 // stations up and down
	tubeWiden     = 1.2
	tubeNarrow    = 0.7
	tubeUsualMM   = 9.0 // where nothing at all is seen at an angle
	tubeMinRadius = 3.0
)

// canal returns the sections of the canal, a millimetre apart, from head to foot.
func (f *finder) canal() *spine.Canal {
	c := &spine.Canal{}
	st := f.curve.st[f.curve.from:f.curve.to]
	raw := make([][spine.Rays]float64, len(st))
	for i := range st {
		for a := range spine.Rays {
			raw[i][a] = f.wallDistance(&st[i], 2*math.Pi*float64(a)/spine.Rays)
		}
	}
	for i := range st {
		s := spine.Section{Centre: st[i].p, Left: st[i].left, Posterior: st[i].posterior, Up: st[i].up}
		for a := range s.Radii {
			var seen []float64
			for j := max(0, i-tubeWindow); j <= min(len(st)-1, i+tubeWindow); j++ {
				if r := raw[j][a]; r > 0 {
					seen = append(seen, r)
				}
			}
			usual := tubeUsualMM
			if len(seen) > 3 {
				usual = quantile(seen, 0.35)
			}
			r := raw[i][a]
			switch {
			case r == 0 || r < tubeNarrow*usual:
				r = usual
			case r > tubeWiden*usual:
				r = tubeWiden * usual
			}
			s.Radii[a] = max(tubeMinRadius, r)
		}
		smooth := s.Radii
		for a := range smooth {
			smooth[a] = (s.Radii[(a+spine.Rays-1)%spine.Rays] + 2*s.Radii[a] + s.Radii[(a+1)%spine.Rays]) / 4
		}
		s.Radii = smooth
		c.Sections = append(c.Sections, s)
	}
	return c
}

// wallDistance returns how far bone is from the station at an angle from left towards posterior, 0 when it meets none.
func (f *finder) wallDistance(st *station, angle float64) float64 {
	sin, cos := math.Sincos(angle)
	d := st.left.Mul(cos).Add(st.posterior.Mul(sin))
	before := f.vol.SampleAt(st.p)
	for r := tubeStepMM; r <= tubeReachMM; r += tubeStepMM {
		h := f.vol.SampleAt(st.p.Add(d.Mul(r)))
		if h > boneHU && r > tubeMinRadius {
			if before < boneHU {
				r -= tubeStepMM * (h - boneHU) / (h - before)
			}
			return r
		}
		before = h
	}
	return 0
}
