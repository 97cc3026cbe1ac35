package artefact

import (
	"math"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/spine"
	"github.com/vertefill/vertefill/internal/volume"
)

const (
	lumenMM       = 4.0  // radius of the disc that a great vessel holds at least
	lumenStepMM   = 2.0  // of the places tried
	lumenSideMM   = 40.0 // beside the spine
	lumenFrontMM  = 55.0 // in front of the body
	lumenClearMM  = 3.0  // of bone
	bloodHU       = 130  // blood without contrast stays below 70
	lumenMostHU   = 700
	lumenSpreadHU = 32.0 // standard deviation within the disc beyond noise: more is bone, bowel or calcium
	lumenDriftMM  = 6.0  // sideways from one slice looked at to the next
	lumenGapMM    = 5.0  // between them
	lumenLengthMM = 30.0 // that a vessel runs along the spine
)

// Contrast finds contrast agent in a great vessel in front of the spine: a round, even, bright column that runs along it. It returns its
// mean CT number; ok is false when there is none.
func Contrast(v *volume.Volume, s *spine.Spine, noiseHU float64) (hu float64, ok bool) {
	type lumen struct {
		x, y, hu float64
		length   float64
	}
	var open []lumen
	best := lumen{}
	step := in(lumenGapMM, float64(v.DZ), 1)
	c := columnOf(v, s)
	for k := 0; k < v.NZ; k += step {
		if !c.ok[k] {
			open = nil
			continue
		}
		x, y := c.at[k].X, c.at[k].Y
		var now []lumen
		sx, sy := in(lumenStepMM, float64(v.DX), 1), in(lumenStepMM, float64(v.DY), 1)
		for j := max(0, int(y-lumenFrontMM/float64(v.DY))); j < min(v.NY, int(y)); j += sy {
			for i := max(0, int(x-lumenSideMM/float64(v.DX))); i < min(v.NX, int(x+lumenSideMM/float64(v.DX))); i += sx {
				if h := v.At(i, j, k); h < bloodHU || h > lumenMostHU {
					continue
				}
				if _, d := s.Nearest(v.Patient(geom.Vox(float64(i), float64(j), float64(k)))); d < lumenClearMM+lumenMM {
					continue
				}
				if mean, even := disc(v, i, j, k, noiseHU); even && mean > bloodHU {
					now = append(now, lumen{x: float64(i), y: float64(j), hu: mean})
				}
			}
		}
		for n := range now {
			for _, was := range open {
				if math.Hypot((now[n].x-was.x)*float64(v.DX), (now[n].y-was.y)*float64(v.DY)) < lumenDriftMM {
					now[n].length = max(now[n].length, was.length+float64(step)*float64(v.DZ))
				}
			}
			if now[n].length > best.length {
				best = now[n]
			}
		}
		open = now
	}
	return best.hu, best.length >= lumenLengthMM
}

// disc returns the mean CT number round a voxel and whether the disc is as even as a vessel's lumen.
func disc(v *volume.Volume, i, j, k int, noiseHU float64) (mean float64, even bool) {
	ri, rj := in(lumenMM, float64(v.DX), 1), in(lumenMM, float64(v.DY), 1)
	var sum, squares, n float64
	for b := -rj; b <= rj; b++ {
		for a := -ri; a <= ri; a++ {
			if (float64(a)*float64(a))/float64(ri*ri)+(float64(b)*float64(b))/float64(rj*rj) > 1 {
				continue
			}
			if i+a < 0 || j+b < 0 || i+a >= v.NX || j+b >= v.NY {
				return 0, false
			}
			h := float64(v.At(i+a, j+b, k))
			sum, squares, n = sum+h, squares+h*h, n+1
		}
	}
	mean = sum / n
	sd := math.Sqrt(max(0, squares/n-mean*mean))
	return mean, sd < math.Hypot(1.3*noiseHU, lumenSpreadHU)
}
