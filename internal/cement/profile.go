package cement

import (
	"math"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/spine"
)

// The profile of a body's wall.
const (
	profileIn, profileOut = -4.0, 3.0 // mm from the surface
	profileBin            = 0.25
	profileBins           = 28
	profileLeast          = 30  // voxels in a bin
	cleanMM               = 1.5 // from the blurred edge of cement
)

// profile is the median CT number against the distance from the surface of a body, away from cement, for its endplates and for
// its walls, in the post CT and at the same places in the pre CT.
type profile struct {
	post, pre [2][profileBins]bin
}

type bin struct {
	hu    float64
	known bool
}

// profiles are those of every body, and that of all together for what cement hides in one.
type profiles struct {
	of  map[*spine.Vertebra]*profile
	all *profile
}

// samples are the voxels behind a profile.
type samples struct {
	post, pre [2][profileBins][]float64
}

// newProfiles measures the walls of the bodies near the field f of cement, which is left out.
func (w *work) newProfiles(f *field) *profiles {
	out := &profiles{of: map[*spine.Vertebra]*profile{}}
	var all samples
	for _, v := range w.spine.Vertebrae {
		if v.Body == nil {
			continue
		}
		s := w.wallSamples(v, f)
		out.of[v] = s.profile()
		for c := range 2 {
			for b := range profileBins {
				all.post[c][b] = append(all.post[c][b], s.post[c][b]...)
				all.pre[c][b] = append(all.pre[c][b], s.pre[c][b]...)
			}
		}
	}
	out.all = all.profile()
	return out
}

func (w *work) wallSamples(v *spine.Vertebra, f *field) *samples {
	s := &samples{}
	box := w.bodyBox(v, profileOut)
	registered := false
	if w.pre != nil {
		_, registered = w.pre.maps[v.Level]
	}
	for k := box.Min.K; k < box.Max.K; k++ {
		for j := box.Min.J; j < box.Max.J; j++ {
			for i := box.Min.I + (j+k)%3; i < box.Max.I; i += 3 {
				if f.box.Contains(i, j, k) && f.owner[f.box.Offset(i, j, k)] != 0 || w.metal.At(i, j, k) != 0 {
					continue
				}
				p := w.patient(i, j, k)
				d := v.Distance(p)
				if d <= profileIn || d >= profileOut {
					continue
				}
				b, c := int((d-profileIn)/profileBin), facing(v, p)
				s.post[c][b] = append(s.post[c][b], float64(w.v.At(i, j, k)))
				if registered {
					if q, ok := w.pre.at(p); ok {
						s.pre[c][b] = append(s.pre[c][b], w.pre.v.Sample(q))
					}
				}
			}
		}
	}
	return s
}

func (s *samples) profile() *profile {
	q := &profile{}
	for c := range 2 {
		for b := range profileBins {
			if len(s.post[c][b]) >= profileLeast {
				q.post[c][b] = bin{median(s.post[c][b]), true}
			}
			if len(s.pre[c][b]) >= profileLeast {
				q.pre[c][b] = bin{median(s.pre[c][b]), true}
			}
		}
	}
	return q
}

// facing is 0 on the endplates of a body and 1 on its walls.
func facing(v *spine.Vertebra, p geom.Patient) int {
	inv := v.BodyFromPatient()
	b := inv.Apply(p)
	h := float64(v.Heights.Middle) / 2
	if h > 0 && math.Abs(b.Z)/h > max(math.Abs(b.X)/max(1, float64(v.HalfWidth)), math.Abs(b.Y)/max(1, float64(v.HalfDepth))) {
		return 0
	}
	return 1
}

// read returns the value of a profile at a distance, linearly between bins; ok is false where too few voxels are known.
func read(bins *[profileBins]bin, d float64) (float64, bool) {
	x := (d-profileIn)/profileBin - 0.5
	b := max(0, min(profileBins-2, int(math.Floor(x))))
	if !bins[b].known || !bins[b+1].known {
		return 0, false
	}
	t := max(0, min(1, x-float64(b)))
	return bins[b].hu*(1-t) + bins[b+1].hu*t, true
}

// expect is the CT number that the wall of a body shows at a distance without cement; ok is false away from walls.
func (s *profiles) expect(v *spine.Vertebra, p geom.Patient, d float64) (float64, bool) {
	if v == nil || d <= profileIn || d >= profileOut {
		return 0, false
	}
	c := facing(v, p)
	if q := s.of[v]; q != nil {
		if h, ok := read(&q.post[c], d); ok {
			return h, true
		}
	}
	return read(&s.all.post[c], d)
}

// post is what the post CT would show without new cement where the pre CT shows l: at the wall of a body with the difference that
// the two kernels make of walls, elsewhere with the sharpness matched.
func (s *profiles) post(w *work, l look, v *spine.Vertebra, p geom.Patient, d float64) float64 {
	if v == nil || d <= profileIn || d >= profileOut {
		return w.pre.matched(l)
	}
	c := facing(v, p)
	for _, q := range []*profile{s.of[v], s.all} {
		if q == nil {
			continue
		}
		after, ok1 := read(&q.post[c], d)
		before, ok2 := read(&q.pre[c], d)
		if ok1 && ok2 {
			return l.hu + after - before
		}
	}
	return w.pre.matched(l)
}

// sharpening is how much denser the post CT shows the walls of bodies than the pre CT because of its kernel: that of the endplates or of the
// other walls, whichever is less, for a sheet of cement may hide the ones; 1 when it is not, or not known.
func (s *profiles) sharpening() float64 {
	least := math.Inf(1)
	for c := range 2 {
		after, before := 0.0, 0.0
		for b := range profileBins {
			if s.all.post[c][b].known && s.all.pre[c][b].known {
				after, before = max(after, s.all.post[c][b].hu), max(before, s.all.pre[c][b].hu)
			}
		}
		if before > 0 {
			least = min(least, after/before)
		}
	}
	if math.IsInf(least, 1) {
		return 1
	}
	return max(1, least)
}
