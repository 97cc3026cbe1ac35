package assess

import (
	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/artefact"
	"github.com/vertefill/vertefill/internal/diag"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/mesh"
)

// noteMotion tells where the patient moved during the scan.
func (r *run) noteMotion() {
	worst := map[anatomy.Level]artefact.Shift{}
	for _, x := range artefact.Motion(r.work, r.spine) {
		if l := r.levelOfSlice(x.Slice); x.MM > worst[l].MM {
			worst[l] = x
		}
	}
	for l, x := range worst {
		r.sink.Add(diag.CodeMotion, l, diag.Args{"x": diag.Num{X: x.MM, Decimals: 1}, "z": diag.Num{X: r.work.SlicePosition(x.Slice).Z, Decimals: 0}})
	}
}

// noteArtefacts tells what scanner and contrast agent did to the picture round the cement.
func (r *run) noteArtefacts() {
	m := r.cement
	if _, ok := artefact.Contrast(r.work, r.spine, float64(m.NoiseHU)); ok {
		r.sink.Add(diag.CodeContrastPresent, anatomy.None, nil)
	}
	if m.Box.Empty() {
		return
	}
	occupied := make([]float32, len(m.New))
	for o := range occupied {
		occupied[o] = m.New[o] + m.Prior[o]
	}
	if hu, ok := artefact.Overshoot(r.work, mesh.Isosurface(occupied, m.Box, m.Grid, 0.5)); ok {
		r.sink.Add(diag.CodeKernelEdge, anatomy.None, diag.Args{"x": diag.Num{X: hu, Decimals: 0}})
	}
	worst := map[anatomy.Level]float64{}
	for _, x := range artefact.Streaks(r.work, r.spine, m.Box.Union(m.Metal.Box), r.measured) {
		for k := x.First; k <= x.Last; k++ {
			l := r.levelOfSlice(k)
			worst[l] = max(worst[l], x.HU)
		}
	}
	for l, hu := range worst {
		r.sink.Add(diag.CodeStreaks, l, diag.Args{"x": diag.Num{X: hu, Decimals: 0}})
	}
}

// levelOfSlice returns the vertebra whose middle lies nearest to a slice of the working grid.
func (r *run) levelOfSlice(k int) anatomy.Level {
	at := r.work.Patient(geom.Vox(float64(r.work.NX-1)/2, float64(r.work.NY-1)/2, float64(k)))
	best, least := anatomy.None, 0.0
	for _, v := range r.spine.Vertebrae {
		d := v.Centroid().Sub(at).Dot(r.work.Normal)
		if d *= d; best == anatomy.None || d < least {
			best, least = v.Level, d
		}
	}
	return best
}
