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
	halo    *volume.Labels // the blurred edge of metal; nil without metal
	masses  []*mass
	marrows map[anatomy.Level]float64
	// calcified holds the levels beside which a calcification was kept out.
	calcified map[anatomy.Level]bool
	sup       *support
	profiles  *profiles
	rods      []rod       // of metal
	bits      []component // small metal apart from rods
	boneHU    float64     // 99.9th percentile of bone away from cement
	seedHU    float64     // see Map.SeedHU
}

func newWork(ctx context.Context, in Input, opt Options) *work {
	g := in.Post.Grid
	w := &work{ctx: ctx, v: in.Post, spine: in.Spine, opt: opt, marrows: map[anatomy.Level]float64{}, calcified: map[anatomy.Level]bool{}, spacing: [3]float64{float64(g.DX), float64(g.DY), float64(g.DZ)}}
	w.box = w.searchBox()
	if w.box.Empty() {
		return w
	}
	w.noise = noiseHU(in.Post, w.box)
	w.psf = nominalPSF(g)
	w.pre = newEarlier(in)
	return w
}

// searchBox is the box round all bodies, grown by the margin, behind them by trackMM.
func (w *work) searchBox() geom.Box {
	var box geom.Box
	margin := float64(w.opt.MarginMM)
	for _, v := range w.spine.Vertebrae {
		if v.Body == nil {
			continue
		}
		lo, hi := v.Body.Bounds()
		out := geom.LPSVec(margin, margin, margin)
		box = box.Union(w.boxBetween(lo.Add(out.Mul(-1)), hi.Add(out).Add(geom.LPSVec(0, max(0, trackMM-margin), 0))))
	}
	return box
}

// trackMM is how far behind the bodies a needle's track is followed: to the skin.
const trackMM = 90

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

	sharpen float64 // see match
}

// How far from the surface of a registered body the pre CT is believed: discs, canal and tissue next to it move with the vertebra,
// what is further away does so less and less; behind it the arch does so to its end.
const (
	earlierReachMM  = 25
	archReachMM     = 55
	archHalfWidthMM = 28  // transverse processes; ribs move by themselves
	archDown        = 1.5 // heights of the body below its centre: spinous processes slope down
	archUp          = 0.9
)

func newEarlier(in Input) *earlier {
	if in.Pre == nil || len(in.PreFromPost) == 0 {
		return nil
	}
	return &earlier{v: in.Pre, maps: in.PreFromPost, spine: in.Spine}
}

// at returns the position in the pre CT of a post position, and whether the pre CT can be believed there.
func (e *earlier) at(p geom.Patient) (geom.Voxel, bool) { return e.within(p, earlierReachMM) }

// within is at with another reach before and beside the bodies.
func (e *earlier) within(p geom.Patient, reachMM float64) (geom.Voxel, bool) {
	least := max(reachMM, archReachMM)
	var best *spine.Vertebra
	for _, v := range e.spine.Vertebrae {
		if _, ok := e.maps[v.Level]; !ok {
			continue
		}
		if d := v.Distance(p); d < least {
			least, best = d, v
		}
	}
	if best == nil || least > reachMM && !behind(best, p) {
		return geom.Voxel{}, false
	}
	return e.by(best, p)
}

// behind reports whether a position lies behind a body, where its arch is.
func behind(v *spine.Vertebra, p geom.Patient) bool {
	inv := v.BodyFromPatient()
	b := inv.Apply(p)
	h := float64(v.Heights.Middle)
	return b.Y > v.Wall.Y(b.X, b.Z) && math.Abs(b.X) < archHalfWidthMM && b.Z > -archDown*h && b.Z < archUp*h
}

// by returns the position in the pre CT if p moves with the vertebra, and whether it lies in the field of view.
func (e *earlier) by(v *spine.Vertebra, p geom.Patient) (geom.Voxel, bool) {
	a := e.maps[v.Level]
	q := e.v.Voxel(a.Apply(p))
	return q, q.X >= 0 && q.Y >= 0 && q.Z >= 0 && q.X <= float64(e.v.NX-1) && q.Y <= float64(e.v.NY-1) && q.Z <= float64(e.v.NZ-1)
}

// highestOfAll is the highest pre CT number near a position whichever of the vertebrae around it moves with.
func (e *earlier) highestOfAll(p geom.Patient) float64 {
	h := math.Inf(-1)
	for _, v := range e.spine.Vertebrae {
		if _, ok := e.maps[v.Level]; !ok || v.Distance(p) > archReachMM {
			continue
		}
		if q, ok := e.by(v, p); ok {
			h = max(h, e.lookAt(q).highest)
		}
	}
	return h
}

// look is what the pre CT shows round a position.
type look struct {
	hu      float64 // there
	mean    float64 // of the six positions lookMM away
	highest float64 // of all seven
}

// lookMM is also the error of registration that is forgiven: an edge of bone that it misses by less is not new.
const lookMM = 0.7

// look returns what the pre CT shows at a post position and round it.
func (e *earlier) look(p geom.Patient) (look, bool) {
	q, ok := e.at(p)
	if !ok {
		return look{}, false
	}
	return e.lookAt(q), true
}

func (e *earlier) lookAt(q geom.Voxel) look {
	l := look{hu: e.v.Sample(q)}
	l.highest = l.hu
	dx, dy, dz := lookMM/float64(e.v.DX), lookMM/float64(e.v.DY), lookMM/float64(e.v.DZ)
	for _, d := range [6][3]float64{{dx, 0, 0}, {-dx, 0, 0}, {0, dy, 0}, {0, -dy, 0}, {0, 0, dz}, {0, 0, -dz}} {
		h := e.v.Sample(geom.Vox(q.X+d[0], q.Y+d[1], q.Z+d[2]))
		l.mean += h / 6
		l.highest = max(l.highest, h)
	}
	return l
}

// matched is the pre CT number with the sharpness of the post CT.
func (e *earlier) matched(l look) float64 { return l.hu + e.sharpen*(l.hu-l.mean) }

// Limits of the match of the two kernels.
const (
	leastSharpen, mostSharpen = -1.5, 3
	leastMatchVoxels          = 500
)

// match finds how much the pre CT must be sharpened (or smoothed, below zero) to show bone as the post CT does: two kernels show
// the same cortex hundreds of HU apart, which is not cement. Least squares on bone within 3 mm of the surfaces of registered
// bodies, away from cement.
func (e *earlier) match(w *work) {
	var xy, xx float64
	n := 0
	for _, v := range e.spine.Vertebrae {
		if _, ok := e.maps[v.Level]; !ok || v.Body == nil {
			continue
		}
		box := w.bodyBox(v, 3)
		for k := box.Min.K; k < box.Max.K; k++ {
			for j := box.Min.J + k%2; j < box.Max.J; j += 2 {
				for i := box.Min.I + j%3; i < box.Max.I; i += 3 {
					h := float64(w.v.At(i, j, k))
					if h < 250 || h > 1800 || w.nearMass(i, j, k) {
						continue
					}
					p := w.patient(i, j, k)
					if d := v.Distance(p); d < -3 || d > 3 {
						continue
					}
					l, ok := e.look(p)
					if !ok || l.highest > 1800 || l.hu < 150 {
						continue
					}
					x := l.hu - l.mean
					xy += x * (h - l.hu)
					xx += x * x
					n++
				}
			}
		}
	}
	if n >= leastMatchVoxels {
		e.sharpen = max(leastSharpen, min(mostSharpen, xy/xx))
	}
}

// bodyBox is the box of voxels round a body, grown by mm.
func (w *work) bodyBox(v *spine.Vertebra, mm float64) geom.Box {
	lo, hi := v.Body.Bounds()
	return w.boxBetween(lo.Add(geom.LPSVec(-mm, -mm, -mm)), hi.Add(geom.LPSVec(mm, mm, mm)))
}

// boxBetween is the box of voxels round a box in patient axes.
func (w *work) boxBetween(lo, hi geom.Patient) geom.Box {
	var corners []geom.Voxel
	for n := range 8 {
		corners = append(corners, w.v.Voxel(geom.LPS(pick(n&1, lo.X, hi.X), pick(n&2, lo.Y, hi.Y), pick(n&4, lo.Z, hi.Z))))
	}
	return geom.BoxAround(corners).Intersect(w.v.Bounds())
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
