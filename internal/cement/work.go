package cement

import (
	"context"
	"math"
	"sort"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/spine"
	"github.com/vertefill/vertefill/internal/volume"
)

// work is the state of one segmentation.
type work struct {
	ctx     context.Context
	v       *volume.Volume
	spine   *spine.Spine
	pre     *earlier // nil without a usable pre CT
	opt     Options
	box     geom.Box   // where cement is looked for
	spacing [3]float64 // mm between voxel centres
	noise   float64    // HU
	psf     PSF

	metal   *volume.Labels
	masses  []*mass
	marrows map[anatomy.Level]float64
	sup     *support
	boneHU  float64 // 99.9th percentile of bone away from cement
	seedHU  float64 // see Map.SeedHU
}

func newWork(ctx context.Context, in Input, opt Options) *work {
	g := in.Post.Grid
	w := &work{ctx: ctx, v: in.Post, spine: in.Spine, opt: opt, marrows: map[anatomy.Level]float64{}, spacing: [3]float64{float64(g.DX), float64(g.DY), float64(g.DZ)}}
	w.box = w.searchBox()
	if w.box.Empty() {
		return w
	}
	w.noise = noiseHU(in.Post, w.box)
	w.psf = nominalPSF(g)
	w.pre = newEarlier(in)
	return w
}

// searchBox is the box round all bodies, grown by the margin.
func (w *work) searchBox() geom.Box {
	var box geom.Box
	margin := float64(w.opt.MarginMM)
	for _, v := range w.spine.Vertebrae {
		if v.Body == nil {
			continue
		}
		lo, hi := v.Body.Bounds()
		var corners []geom.Voxel
		for n := range 8 {
			p := geom.LPS(pick(n&1, lo.X-margin, hi.X+margin), pick(n&2, lo.Y-margin, hi.Y+margin), pick(n&4, lo.Z-margin, hi.Z+margin))
			corners = append(corners, w.v.Voxel(p))
		}
		box = box.Union(geom.BoxAround(corners).Intersect(w.v.Bounds()))
	}
	return box
}

func pick(bit int, a, b float64) float64 {
	if bit == 0 {
		return a
	}
	return b
}

func (w *work) patient(i, j, k int) geom.Patient {
	return w.v.Patient(geom.Vox(float64(i), float64(j), float64(k)))
}

// corrupt reports whether the slice could not be read.
func (w *work) corrupt(k int) bool { return w.v.Corrupt != nil && w.v.Corrupt[k] }

// voxels returns the number of voxels within mm along the axis, at least least.
func (w *work) voxels(axis int, mm float64, least int) int {
	return max(least, int(math.Floor(mm/w.spacing[axis]+0.3)))
}

// noiseHU is the standard deviation of noise in soft tissue: half of the median absolute difference of voxels 3 mm apart, where
// both and the voxels between them are soft tissue, over its ratio to the deviation for normal noise.
func noiseHU(v *volume.Volume, box geom.Box) float64 {
	const lo, hi = -60, 140
	lag := max(3, int(math.Round(3/float64(v.DX))))
	stepK, stepJ := max(1, (box.Max.K-box.Min.K)/24), max(1, (box.Max.J-box.Min.J)/48)
	var hist [2 * (hi - lo)]int
	n := 0
	for k := box.Min.K; k < box.Max.K; k += stepK {
		for j := box.Min.J; j < box.Max.J; j += stepJ {
			row := v.HU[v.NX*(j+v.NY*k)+box.Min.I : v.NX*(j+v.NY*k)+box.Max.I]
			for i := 0; i+lag < len(row); i += lag {
				a, b := row[i], row[i+lag]
				if m := row[i+lag/2]; a > lo && a < hi && b > lo && b < hi && m > lo && m < hi {
					hist[min(len(hist)-1, abs(int(a)-int(b)))]++
					n++
				}
			}
		}
	}
	if n < 100 {
		return 20 // too little soft tissue to measure on: a usual diagnostic CT
	}
	seen := 0
	for d, c := range hist {
		if seen += c; 2*seen >= n {
			return max(3, float64(d)/0.6745/math.Sqrt2)
		}
	}
	return 20
}

func abs(x int) int {
	if x < 0 {
		return -x
	}
	return x
}

// earlier looks up the registered pre CT at positions of the post CT.
type earlier struct {
	v     *volume.Volume
	maps  map[anatomy.Level]geom.Affine[geom.PatientFrame, geom.PatientFrame]
	spine *spine.Spine
}

// earlierReachMM is how far from the surface of a registered body the pre CT is believed: discs, canal and tissue next to it move
// with the vertebra, what is further away does so less and less.
const earlierReachMM = 25

func newEarlier(in Input) *earlier {
	if in.Pre == nil || len(in.PreFromPost) == 0 {
		return nil
	}
	return &earlier{v: in.Pre, maps: in.PreFromPost, spine: in.Spine}
}

// at returns the position in the pre CT of a post position, and whether the pre CT can be believed there.
func (e *earlier) at(p geom.Patient) (geom.Voxel, bool) {
	least := float64(earlierReachMM)
	var best geom.Affine[geom.PatientFrame, geom.PatientFrame]
	found := false
	for _, v := range e.spine.Vertebrae {
		a, ok := e.maps[v.Level]
		if !ok {
			continue
		}
		if d := v.Distance(p); d < least {
			least, best, found = d, a, true
		}
	}
	if !found {
		return geom.Voxel{}, false
	}
	q := e.v.Voxel(best.Apply(p))
	inside := q.X >= 0 && q.Y >= 0 && q.Z >= 0 && q.X <= float64(e.v.NX-1) && q.Y <= float64(e.v.NY-1) && q.Z <= float64(e.v.NZ-1)
	return q, inside
}

// sample returns the pre CT number at a post position.
func (e *earlier) sample(p geom.Patient) (float64, bool) {
	q, ok := e.at(p)
	if !ok {
		return 0, false
	}
	return e.v.Sample(q), true
}

// highest returns the highest pre CT number within about reach mm: an edge of bone that the registration misses by less than
// that is not new.
func (e *earlier) highest(p geom.Patient, reachMM float64) float64 {
	q, ok := e.at(p)
	if !ok {
		return math.Inf(-1)
	}
	dx, dy, dz := reachMM/float64(e.v.DX), reachMM/float64(e.v.DY), reachMM/float64(e.v.DZ)
	h := e.v.Sample(q)
	for _, d := range [6][3]float64{{dx, 0, 0}, {-dx, 0, 0}, {0, dy, 0}, {0, -dy, 0}, {0, 0, dz}, {0, 0, -dz}} {
		h = max(h, e.v.Sample(geom.Vox(q.X+d[0], q.Y+d[1], q.Z+d[2])))
	}
	return h
}

// median sorts x and returns its middle, zero when it is empty.
func median(x []float64) float64 { return quantile(x, 0.5) }

// quantile sorts x and returns its q-quantile, zero when it is empty.
func quantile(x []float64, q float64) float64 {
	if len(x) == 0 {
		return 0
	}
	sort.Float64s(x)
	return x[min(len(x)-1, int(q*float64(len(x))))]
}

func round(x float64, decimals int) float64 {
	f := math.Pow(10, float64(decimals))
	return math.Round(x*f) / f
}
