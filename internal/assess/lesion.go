package assess

import (
	"math"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/leak"
	"github.com/vertefill/vertefill/internal/mesh"
	"github.com/vertefill/vertefill/internal/spine"
	"github.com/vertefill/vertefill/internal/unit"
	"github.com/vertefill/vertefill/internal/volume"
)

// Lesion is how far cement fills the part of a body that was outlined as a lesion, by hand or by another program. The outline is taken as
// it is: the interval is that of the cement.
type Lesion struct {
	VolumeML          float64   `json:"volumeMl"`
	CementML          float64   `json:"cementMl"` // new and prior
	FillRatio         float64   `json:"fillRatio"`
	FillRatioInterval *Interval `json:"fillRatioInterval,omitempty"`
}

// lesionMap is the part of every voxel of a box, x fastest, that was outlined as lesion.
type lesionMap struct {
	box   geom.Box
	share []float32
}

func (l *lesionMap) at(i, j, k int) float64 {
	if l == nil || !l.box.Contains(i, j, k) {
		return 0
	}
	return float64(l.share[l.box.Offset(i, j, k)])
}

// covering returns a copy that reaches over a box too.
func (l *lesionMap) covering(box geom.Box) *lesionMap {
	out := &lesionMap{box: l.box.Union(box)}
	out.share = make([]float32, out.box.Len())
	nx, ny, _ := l.box.Size()
	for o, f := range l.share {
		if f != 0 {
			out.share[out.box.Offset(l.box.Min.I+o%nx, l.box.Min.J+o/nx%ny, l.box.Min.K+o/(nx*ny))] = f
		}
	}
	return out
}

// lesion measures the lesions that lie in a body; nil when none does.
func (r *run) lesion(v *spine.Vertebra, b leak.Body) *Lesion {
	if r.lesions == nil || r.lesions.box.Empty() || v.Body == nil {
		return nil
	}
	box := bodyBox(r.work.Grid, v).Intersect(r.lesions.box)
	var lesion, cement unit.MM3
	for k := box.Min.K; k < box.Max.K; k++ {
		for j := box.Min.J; j < box.Max.J; j++ {
			for i := box.Min.I; i < box.Max.I; i++ {
				f := r.lesions.at(i, j, k)
				if f == 0 {
					continue
				}
				share := unit.MM3(f * inBodyShare(r.work.Grid, v, i, j, k))
				if share == 0 {
					continue
				}
				mm3 := share * r.work.VoxelVolume(k)
				lesion += mm3
				if m := r.cement; m.Box.Contains(i, j, k) {
					o := m.Box.Offset(i, j, k)
					cement += mm3 * unit.MM3(m.New[o]+m.Prior[o])
				}
			}
		}
	}
	if lesion == 0 {
		return nil
	}
	ratio := min(1, max(0, float64(cement/lesion)))
	out := &Lesion{VolumeML: round(float64(lesion.ML()), 4), CementML: round(max(0, float64(cement.ML())), 4), FillRatio: round(ratio, 5)}
	if all := float64(b.InBodyML + b.PriorML); all > 0 && !b.IntervalML.IsZero() {
		h := ratio * half(b.IntervalML) / all
		out.FillRatioInterval = &Interval{round(max(0, ratio-h), 5), round(min(1, ratio+h), 5)}
	}
	return out
}

// bodyBox holds the voxels that a body may touch.
func bodyBox(g *volume.Grid, v *spine.Vertebra) geom.Box {
	at := make([]geom.Voxel, len(v.Body.Vertices))
	for n, p := range v.Body.Vertices {
		at[n] = g.Voxel(p)
	}
	return geom.BoxAround(at).Grow(1).Intersect(g.Bounds())
}

// lesionsOf returns the part of every voxel of a grid that imported outlines hold.
func lesionsOf(g *volume.Grid, list []*volume.Labels) *lesionMap {
	out := &lesionMap{}
	for _, l := range list {
		touched := map[geom.Index]bool{}
		var box geom.Box
		nx, ny, _ := l.Box.Size()
		for o, v := range l.V {
			if v == 0 {
				continue
			}
			i, j, k := float64(l.Box.Min.I+o%nx), float64(l.Box.Min.J+o/nx%ny), float64(l.Box.Min.K+o/(nx*ny))
			var corners []geom.Voxel
			for n := range 8 {
				off := func(bit int) float64 { return float64(n>>bit&1) - 0.5 }
				corners = append(corners, g.Voxel(l.Grid.Patient(geom.Vox(i+off(0), j+off(1), k+off(2)))))
			}
			at := geom.BoxAround(corners).Grow(1).Intersect(g.Bounds())
			box = box.Union(at)
			for k := at.Min.K; k < at.Max.K; k++ {
				for j := at.Min.J; j < at.Max.J; j++ {
					for i := at.Min.I; i < at.Max.I; i++ {
						touched[geom.Index{I: i, J: j, K: k}] = true
					}
				}
			}
		}
		out = out.covering(box)
		for at := range touched {
			o := out.box.Offset(at.I, at.J, at.K)
			out.share[o] = max(out.share[o], float32(shareOf(g, at.I, at.J, at.K, func(p geom.Patient) bool { return inMask(l, p) })))
		}
	}
	return out
}

// inBodyShare is the part of a voxel inside a body.
func inBodyShare(g *volume.Grid, v *spine.Vertebra, i, j, k int) float64 {
	size := math.Hypot(math.Hypot(float64(g.DX), float64(g.DY)), float64(g.DZ))
	switch d := v.Distance(g.Patient(geom.Vox(float64(i), float64(j), float64(k)))); {
	case d > size/2:
		return 0
	case d < -size/2:
		return 1
	}
	return shareOf(g, i, j, k, func(p geom.Patient) bool { return v.Distance(p) < 0 })
}

// LesionMask returns the voxels of the post grid that are lesion by half or more; nil when there are none, or when the result was read from a
// file.
func (r *Result) LesionMask() *volume.Labels {
	if r.run == nil || r.run.lesions == nil || r.run.lesions.box.Empty() {
		return nil
	}
	l, work := r.run.lesions, r.run.work
	box, same := l.box, work == r.Post
	if !same { // the true slices lie elsewhere than those of the working grid
		box.Min.K, box.Max.K = 0, r.Post.NZ
	}
	out, any := volume.NewLabels(r.Post.Grid, box), false
	for k := box.Min.K; k < box.Max.K; k++ {
		from := k
		if !same {
			from = int(math.Round(work.Voxel(r.Post.SlicePosition(k)).Z))
		}
		for j := box.Min.J; j < box.Max.J; j++ {
			for i := box.Min.I; i < box.Max.I; i++ {
				if l.at(i, j, from) >= 0.5 {
					out.Set(i, j, k, 1)
					any = true
				}
			}
		}
	}
	if !any {
		return nil
	}
	return out
}

// lesionSurface returns the outline as a closed surface; nil when there is none.
func (r *run) lesionSurface() *mesh.Mesh {
	l := r.lesions
	if l == nil || l.box.Empty() {
		return nil
	}
	return mesh.Isosurface(l.share, l.box, r.work.Grid, 0.5)
}

// inMask reports whether the voxel of a mask that holds a point is set.
func inMask(l *volume.Labels, p geom.Patient) bool {
	q := l.Grid.Voxel(p)
	return l.At(int(math.Round(q.X)), int(math.Round(q.Y)), int(math.Round(q.Z))) != 0
}
