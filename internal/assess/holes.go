package assess

import (
	"math"

	"github.com/vertefill/vertefill/internal/diag"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/leak"
	"github.com/vertefill/vertefill/internal/spine"
	"github.com/vertefill/vertefill/internal/unit"
	"github.com/vertefill/vertefill/internal/volume"
)

// withhold takes the numbers of vertebrae: nothing is invented where slices are missing.
func withhold(list []*spine.Vertebra) {
	for _, v := range list {
		v.Complete, v.Reason = false, "slices are missing inside the body"
		v.Body, v.Field = nil, nil
	}
}

// unseen says of the places between the slices of a volume, and before the first, where something is missing or unreadable: place k is
// between slice k-1 and slice k. Nil when all is there.
func unseen(post *volume.Volume) []bool {
	bad, any := make([]bool, post.NZ+1), false
	for _, k := range post.Holes() {
		bad[k+1], any = true, true
	}
	for k, c := range post.Corrupt {
		if c {
			bad[k], bad[k+1], any = true, true, true
		}
	}
	if !any {
		return nil
	}
	return bad
}

// inHole reports whether a position lies where slices are missing.
func inHole(post *volume.Volume, bad []bool, p geom.Patient) bool {
	k := int(math.Floor(post.Voxel(p).Z)) + 1
	return k >= 0 && k < len(bad) && bad[k]
}

// touchingHoles returns the vertebrae that touch missing or unreadable slices.
func touchingHoles(post *volume.Volume, sp *spine.Spine, sink *diag.Sink) (out []*spine.Vertebra) {
	bad := unseen(post)
	if bad == nil {
		return nil
	}
	for _, v := range sp.Vertebrae {
		if v.Body == nil {
			continue
		}
		for _, p := range v.Body.Vertices {
			if inHole(post, bad, p) {
				out = append(out, v)
				sink.Add(diag.CodeGapInLevel, v.Level, nil)
				break
			}
		}
	}
	return out
}

// reachesHole reports whether a leak touches missing or unreadable slices: what of it lies there was filled in from both sides.
func (r *run) reachesHole(l leak.Leak) bool {
	bad := unseen(r.in.Post)
	if bad == nil {
		return false
	}
	half := r.in.Post.Normal.Mul(0.51 * float64(r.work.DZ)) // a voxel reaches so far to both sides
	for _, v := range l.Voxels {
		p := r.work.Patient(geom.Vox(float64(v.I), float64(v.J), float64(v.K)))
		if inHole(r.in.Post, bad, p) || inHole(r.in.Post, bad, p.Add(half)) || inHole(r.in.Post, bad, p.Add(half.Mul(-1))) {
			return true
		}
	}
	return false
}

// doubtAcrossHoles takes the intervals of leaks that reach missing slices, since nothing bounds what lies there, and lowers their confidence.
func (r *run) doubtAcrossHoles() {
	for n := range r.leaks.Leaks {
		l := &r.leaks.Leaks[n]
		if r.reachesHole(*l) {
			l.IntervalML, l.Confidence = unit.Interval{}, min(l.Confidence, confidenceAcrossHole)
		}
	}
}

// confidenceAcrossHole is the most that a leak reaching missing slices gets.
const confidenceAcrossHole = unit.Fraction(0.5)
