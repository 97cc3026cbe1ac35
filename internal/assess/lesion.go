package assess

import (
	"math"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/leak"
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

// lesionSteps are the samples a voxel and axis by which voxels on the edge of a lesion are shared.
const lesionSteps = 3

// lesion measures the lesions that lie in a body; nil when none does.
func (r *run) lesion(v *spine.Vertebra, b leak.Body) *Lesion {
	if len(r.in.Lesions) == 0 || v.Body == nil {
		return nil
	}
	lo, hi := v.Body.Bounds()
	var corners []geom.Voxel
	for n := range 8 {
		p := lo
		if n&1 != 0 {
			p.X = hi.X
		}
		if n&2 != 0 {
			p.Y = hi.Y
		}
		if n&4 != 0 {
			p.Z = hi.Z
		}
		corners = append(corners, r.work.Voxel(p))
	}
	box := geom.BoxAround(corners).Intersect(r.work.Bounds())
	var lesion, cement unit.MM3
	for k := box.Min.K; k < box.Max.K; k++ {
		for j := box.Min.J; j < box.Max.J; j++ {
			for i := box.Min.I; i < box.Max.I; i++ {
				share := unit.MM3(r.lesionShare(v, i, j, k))
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

// lesionShare is the part of a voxel that lies in a lesion and in the body.
func (r *run) lesionShare(v *spine.Vertebra, i, j, k int) float64 {
	const n = lesionSteps
	in := 0
	for s := range n * n * n {
		off := func(a int) float64 { return (float64(a)+0.5)/n - 0.5 }
		p := r.work.Patient(geom.Vox(float64(i)+off(s%n), float64(j)+off(s/n%n), float64(k)+off(s/n/n)))
		for _, l := range r.in.Lesions {
			if inMask(l, p) && v.Distance(p) < 0 {
				in++
				break
			}
		}
	}
	return float64(in) / (n * n * n)
}

// inMask reports whether the voxel of a mask that holds a point is set.
func inMask(l *volume.Labels, p geom.Patient) bool {
	q := l.Grid.Voxel(p)
	return l.At(int(math.Round(q.X)), int(math.Round(q.Y)), int(math.Round(q.Z))) != 0
}
