// Package register aligns the pre CT to the post CT, one rigid transform per vertebra: the spine bends between two scans, each
// vertebra does not.
//
// Method. (1) The surroundings of the spine are matched as a whole: translations on a coarse lattice, the best of them refined
// with rotations, so that ribs, skin and organs decide against the one-level shift to which a repetitive spine invites (Glocker
// et al., MICCAI 2014). (2) From the vertebra that fits best the fit is carried to its neighbours, each refined on its own bone
// by Gauss-Newton on the normalised correlation of clipped CT numbers in three resolutions, the two finer ones on the body and its
// pedicles alone. New cement, metal and the worst residuals have no vote. (3) A fit is refused, with the reason, when
// its correlation is low, its residual large, or it contradicts its neighbours.
//
// All positions are patient millimetres (LPS) of the two studies, whose frames of reference may differ. Nothing is resampled for
// measurement here.
package register

import (
	"context"
	"fmt"
	"math"
	"sort"
	"sync/atomic"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/parallel"
	"github.com/vertefill/vertefill/internal/spine"
	"github.com/vertefill/vertefill/internal/volume"
)

// Rigid carries post patient coordinates to pre patient coordinates.
type Rigid = geom.Affine[geom.PatientFrame, geom.PatientFrame]

// Fit is the alignment of one vertebra.
type Fit struct {
	PreFromPost Rigid
	ResidualMM  float64 // typical distance between corresponding edges, after outliers are trimmed
	Correlation float64 // normalised correlation of clipped CT numbers on the vertebra, -1..1
	OK          bool
	Reason      string // why it was refused, when OK is false
}

// Limits of an accepted fit. The correlation separates true fits (0.8-0.99 on thin slices, 0.6 and more at 3 mm) from fits on
// the wrong place (below 0.5) on phantoms; the residual is that of science of registration acceptance, twice the median wanted.
const (
	minCorrelation = 0.55
	maxResidualMM  = 1.5
	maxStepMM      = 12.0               // a vertebra moves at most so far relative to its neighbour's fit
	maxTurn        = 15 * math.Pi / 180 // and turns so much
)

// Run fits every complete vertebra of the post spine to the pre CT. Vertebrae outside the pre CT get a refused fit. The error is
// only that of the context. progress, which may be nil, is called from several goroutines.
func Run(ctx context.Context, post, pre *volume.Volume, sp *spine.Spine, progress func(float64)) (map[anatomy.Level]Fit, error) {
	var list []*spine.Vertebra
	for _, v := range sp.Vertebrae {
		if v.Complete && v.Body != nil {
			list = append(list, v)
		}
	}
	fits := map[anatomy.Level]Fit{}
	if len(list) == 0 {
		return fits, ctx.Err()
	}
	start, found, err := global(ctx, post, pre, list)
	if err != nil {
		return nil, err
	}
	if !found {
		for _, v := range list {
			fits[v.Level] = Fit{PreFromPost: start, Reason: "the two CTs show no common part of the spine"}
		}
		return fits, nil
	}
	report(progress, 0.3)

	tried := make([]Fit, len(list))
	var done atomic.Int32
	err = parallel.Each(ctx, len(list), func(i int) {
		tried[i] = local(post, pre, list[i], start)
		report(progress, 0.3+0.4*float64(done.Add(1))/float64(len(list)))
	})
	if err != nil {
		return nil, err
	}
	best := -1
	for i, f := range tried {
		if f.OK && (best < 0 || f.Correlation > tried[best].Correlation) {
			best = i
		}
	}
	if best >= 0 { // carry the fit outwards: a neighbour's pose is a better start than the whole spine's
		for _, dir := range []int{1, -1} {
			from := tried[best]
			for i := best + dir; i >= 0 && i < len(list); i += dir {
				if err := ctx.Err(); err != nil {
					return nil, err
				}
				tried[i] = carry(post, pre, list[i], tried[i], from)
				if tried[i].OK {
					from = tried[i]
				}
			}
		}
	}
	for i, v := range list {
		fits[v.Level] = tried[i]
	}
	report(progress, 1)
	return fits, nil
}

// carry decides between the fit found from the whole spine and one started at the neighbour's pose, and refuses what contradicts
// the neighbour.
func carry(post, pre *volume.Volume, v *spine.Vertebra, first, neighbour Fit) Fit {
	step, turn := apart(first.PreFromPost, neighbour.PreFromPost, v.Centroid())
	out := first
	if !first.OK || step > maxStepMM/2 || turn > maxTurn/2 {
		if again := local(post, pre, v, neighbour.PreFromPost); again.OK && (!first.OK || again.Correlation > first.Correlation-0.01) {
			out = again
		}
		step, turn = apart(out.PreFromPost, neighbour.PreFromPost, v.Centroid())
	}
	if out.OK && (step > maxStepMM || turn > maxTurn) {
		out.OK = false
		out.Reason = fmt.Sprintf("the fit lies %.0f mm and %.0f degrees from its neighbour's", step, turn*180/math.Pi)
	}
	return out
}

// apart returns how far two poses carry the point c from each other, and the angle between them.
func apart(a, b Rigid, c geom.Patient) (mm, radians float64) {
	inv := b.MustInverse()
	d := geom.Compose(inv, a)
	trace := d.M[0] + d.M[4] + d.M[8]
	return a.Apply(c).Dist(b.Apply(c)), math.Acos(max(-1, min(1, (trace-1)/2)))
}

func report(progress func(float64), f float64) {
	if progress != nil {
		progress(f)
	}
}

// local refines a pose on the bone of one vertebra.
func local(post, pre *volume.Volume, v *spine.Vertebra, start Rigid) Fit {
	fit := Fit{PreFromPost: start}
	spacing := max(1, 0.75*float64(max(post.MaxSpacing(), pre.MaxSpacing())))
	lo, hi := v.Body.Bounds()
	lo, hi = lo.Add(geom.LPSVec(-15, -8, -12)), hi.Add(geom.LPSVec(15, 38, 12))
	postImage := lattice(post, lo, hi, spacing, 0)
	preLo, preHi := boxUnder(start, lo, hi)
	margin := geom.LPSVec(14, 14, 14)
	preImage := lattice(pre, preLo.Add(margin.Mul(-1)), preHi.Add(margin), spacing, 0)
	if !preImage.inside(start.Apply(v.Centroid())) || shown(pre, samples(postImage, make([]bool, len(postImage.raw)), v, 3, withPedicles), start) < 0.5 {
		fit.Reason = "the vertebra lies outside the pre CT"
		return fit
	}
	excluded := cementMask(postImage, preImage, start)
	for i, level := range []struct {
		sigma  float64 // mm
		stride int
		rounds int
		zone   zone
	}{{2.2, 3, 20, withArch}, {1.1, 2, 20, withPedicles}, {0.7, 1, 15, withPedicles}} {
		sigma := max(level.sigma, 0.6*spacing)
		fixed, moving := postImage.blurred(sigma/spacing), preImage.blurred(sigma/spacing)
		if i > 0 {
			excluded = cementMask(postImage, preImage, fit.PreFromPost)
		}
		pts := samples(fixed, excluded, v, level.stride, level.zone)
		if i > 0 && len(pts)*level.stride*level.stride*level.stride < closeLeast { // cement hides nearly all of the body
			pts = samples(fixed, excluded, v, level.stride, withArch)
		}
		if len(pts) < 200 {
			fit.Reason = "too little bone without cement to align"
			return fit
		}
		from := []Rigid{fit.PreFromPost}
		if i == 0 { // a vertebra may have turned: its own basin is found from several sides
			for _, turn := range turns[1:] {
				from = append(from, geom.Compose(fit.PreFromPost, geom.Rotation(v.Centroid(), turn.axis, 0.6*turn.angle)))
			}
		}
		best := Fit{Correlation: math.Inf(-1)}
		for _, s := range from {
			var f Fit
			if f.PreFromPost, f.Correlation, f.ResidualMM = refine(pts, moving, s, v.Centroid(), level.zone.trimmed, level.rounds); f.Correlation > best.Correlation {
				best = f
			}
		}
		fit = best
	}
	switch {
	case fit.Correlation < minCorrelation:
		fit.Reason = fmt.Sprintf("the images do not match (correlation %.2f)", fit.Correlation)
	case fit.ResidualMM > maxResidualMM:
		fit.Reason = fmt.Sprintf("edges stay %.1f mm apart", fit.ResidualMM)
	default:
		fit.OK = true
	}
	return fit
}

// shown is the share of the samples that a volume shows under a pose.
func shown(v *volume.Volume, pts []sample, t Rigid) float64 {
	in := 0
	for _, s := range pts {
		x := v.Voxel(t.Apply(s.p))
		if x.X > -0.5 && x.Y > -0.5 && x.Z > -0.5 && x.X < float64(v.NX)-0.5 && x.Y < float64(v.NY)-0.5 && x.Z < float64(v.NZ)-0.5 {
			in++
		}
	}
	return float64(in) / float64(max(1, len(pts)))
}

// boxUnder returns the axis-parallel box round the image of another one.
func boxUnder(a Rigid, lo, hi geom.Patient) (l, h geom.Patient) {
	for n := range 8 {
		c := lo
		if n&1 != 0 {
			c.X = hi.X
		}
		if n&2 != 0 {
			c.Y = hi.Y
		}
		if n&4 != 0 {
			c.Z = hi.Z
		}
		q := a.Apply(c)
		if n == 0 {
			l, h = q, q
		}
		l = geom.LPS(min(l.X, q.X), min(l.Y, q.Y), min(l.Z, q.Z))
		h = geom.LPS(max(h.X, q.X), max(h.Y, q.Y), max(h.Z, q.Z))
	}
	return l, h
}

// denseHU is what only cement, metal or their streaks reach.
const denseHU = 1250

// cementMask marks lattice nodes of the post image within 3 mm of CT numbers that only cement, metal or their streaks reach in
// either image.
func cementMask(post, pre *image, start Rigid) []bool {
	const reachMM = 3.0
	hot := make([]bool, len(post.raw))
	for i, x := range post.raw {
		if x > denseHU {
			hot[i] = true
		}
	}
	for i := range hot {
		if !hot[i] && pre.at(pre.raw, start.Apply(post.node(i))) > denseHU {
			hot[i] = true
		}
	}
	r := int(math.Ceil(reachMM / post.spacing))
	for axis := range 3 { // box dilation, separable
		hot = dilate(hot, post.n, axis, r)
	}
	return hot
}

func dilate(m []bool, n [3]int, axis, r int) []bool {
	out := make([]bool, len(m))
	stride := [3]int{1, n[0], n[0] * n[1]}[axis]
	for i, on := range m {
		if !on {
			continue
		}
		pos := i / stride % n[axis]
		for d := max(-r, -pos); d <= min(r, n[axis]-1-pos); d++ {
			out[i+d*stride] = true
		}
	}
	return out
}

// Zones behind the body that take part. Above and below are heights from its middle, in heights of the body.
const (
	archAbove = 0.6
	archBelow = 0.85
	archMM    = 14 // beside the body

	// The finer stages leave out what may move by itself: facets and ribs of the neighbours reach into the arch's height. With them the
	// lowest and highest vertebrae in view came out turned by 3 degrees.
	pedicleAbove   = 0.45
	pedicleBelow   = 0.3
	pedicleMM      = 4  // beside the body
	pedicleDepthMM = 18 // behind its middle's back end
	closeLeast     = 2000
)

// zone says what takes part: how far from the surface of the body, and which places behind it.
type zone struct {
	bodyMM  float64
	behind  func(*spine.Vertebra, geom.Body) bool
	trimmed float64 // share of the largest residuals that is left out
}

// A fifth of the samples of the whole arch may move by itself. Of the body and its pedicles little does, and the largest residuals are
// those of its edges, which tell most: leaving many of them out locks a fit in place.
var (
	withArch     = zone{3, isArch, 0.2}
	withPedicles = zone{2, isPedicle, 0.05}
)

func isArch(v *spine.Vertebra, b geom.Body) bool {
	h := height(v)
	return math.Abs(b.X) < float64(v.HalfWidth)+archMM && b.Z < archAbove*h && b.Z > -archBelow*h
}

// isPedicle holds for the pedicles and the laminae between them.
func isPedicle(v *spine.Vertebra, b geom.Body) bool {
	h := height(v)
	return math.Abs(b.X) < float64(v.HalfWidth)+pedicleMM && b.Z < pedicleAbove*h && b.Z > -pedicleBelow*h && b.Y < float64(v.HalfDepth)+pedicleDepthMM
}

func height(v *spine.Vertebra) float64 {
	if h := float64(v.Heights.Middle); h > 0 {
		return h
	}
	return 22
}

// sample is a point of the post image that takes part.
type sample struct {
	p  geom.Patient
	hu float64
}

// samples returns the nodes on and around the bone of the vertebra that lie in the zone.
func samples(im *image, excluded []bool, v *spine.Vertebra, stride int, z zone) []sample {
	var out []sample
	inv := v.BodyFromPatient()
	for k := 0; k < im.n[2]; k += stride {
		for j := 0; j < im.n[1]; j += stride {
			for i := 0; i < im.n[0]; i += stride {
				o := i + im.n[0]*(j+im.n[1]*k)
				if excluded[o] {
					continue
				}
				p := im.node(o)
				b := inv.Apply(p)
				behind := b.Y > v.Wall.Y(b.X, b.Z)-2
				if d := v.Distance(p); d > z.bodyMM && !(behind && z.behind(v, b)) {
					continue
				}
				out = append(out, sample{p, float64(im.v[o])})
			}
		}
	}
	return out
}

// refine improves a pose by Gauss-Newton on hu = a pre(T p) + b with a share of the worst residuals left out, turning about the image
// of centre. A step is taken when what is left of the residuals gets smaller: what moves by itself has no vote there either. It
// returns the pose, the correlation over all samples and the residual in mm.
func refine(pts []sample, moving *image, pose Rigid, centre geom.Patient, trimmed float64, rounds int) (Rigid, float64, float64) {
	now := evaluate(pts, moving, pose, trimmed)
	if !now.ok {
		return pose, -1, 0
	}
	lambda := 1e-3
	for range rounds {
		var h [36]float64
		var rhs [6]float64
		c := pose.Apply(centre)
		a := now.a
		for i, t := range now.terms {
			if math.Abs(now.res[i]) > now.limit {
				continue
			}
			turn := t.q.Sub(c).Cross(t.g).Mul(a) // d(g . (w x r))/dw = r x g
			row := [6]float64{turn.X, turn.Y, turn.Z, a * t.g.X, a * t.g.Y, a * t.g.Z}
			for x := range 6 {
				rhs[x] += row[x] * now.res[i]
				for y := x; y < 6; y++ {
					h[6*x+y] += row[x] * row[y]
				}
			}
		}
		delta, ok := solve6(h, rhs, lambda)
		if !ok {
			break
		}
		w := geom.LPSVec(delta[0], delta[1], delta[2])
		move := geom.LPSVec(delta[3], delta[4], delta[5])
		angle := w.Norm()
		step := geom.Compose(geom.Translation(move), geom.Rotation(c, w.Unit(), angle))
		next := geom.Compose(step, pose)
		then := evaluate(pts, moving, next, trimmed)
		if !then.ok || then.cost > now.cost*(1+1e-6) {
			if lambda *= 10; lambda > 10 {
				break
			}
			continue
		}
		pose, now = next, then
		lambda = max(1e-5, lambda/5)
		if move.Norm() < 0.003 && angle < 1e-4 {
			break
		}
	}
	residual := 0.0
	if now.gradient > 0 {
		residual = math.Sqrt(3 * now.cost / now.gradient) // three directions share the gradient energy
	}
	return pose, now.ncc, residual
}

// term is a sample with what it meets.
type term struct {
	hu, m float64
	g     geom.PatientVec
	q     geom.Patient
}

// look is how the samples fit under a pose.
type look struct {
	ok       bool
	terms    []term
	res      []float64 // hu - a m - b
	limit    float64   // of the residuals that take part
	a, b     float64
	ncc      float64
	cost     float64 // mean square of the residuals that take part
	gradient float64 // mean square of a times the gradient over the same
}

// evaluate meets the samples with the moving image under a pose; ok is false when less than half of them meet it or nothing varies.
func evaluate(pts []sample, moving *image, t Rigid, trimmed float64) look {
	l := look{terms: make([]term, 0, len(pts))}
	var sx, sy, sxx, syy, sxy, n float64
	for _, s := range pts {
		q := t.Apply(s.p)
		if !moving.inside(q) {
			continue
		}
		m, g := moving.gradient(q)
		l.terms = append(l.terms, term{s.hu, m, g, q})
		sx, sy, sxx, syy, sxy, n = sx+m, sy+s.hu, sxx+m*m, syy+s.hu*s.hu, sxy+m*s.hu, n+1
	}
	if n < 100 || n < 0.5*float64(len(pts)) {
		return l
	}
	vx, vy, c := sxx-sx*sx/n, syy-sy*sy/n, sxy-sx*sy/n
	if vx <= 0 || vy <= 0 {
		return l
	}
	l.ok, l.ncc = true, c/math.Sqrt(vx*vy)
	l.a = max(0.3, min(3, c/vx))
	l.b = (sy - l.a*sx) / n
	l.res = make([]float64, len(l.terms))
	order := make([]float64, len(l.terms))
	for i, t := range l.terms {
		l.res[i] = t.hu - l.a*t.m - l.b
		order[i] = math.Abs(l.res[i])
	}
	sort.Float64s(order)
	l.limit = order[int(float64(len(order)-1)*(1-trimmed))]
	in := 0.0
	for i, t := range l.terms {
		if math.Abs(l.res[i]) <= l.limit {
			l.cost += l.res[i] * l.res[i]
			l.gradient += l.a * l.a * t.g.Dot(t.g)
			in++
		}
	}
	l.cost /= in
	l.gradient /= in
	return l
}

// solve6 solves (H + lambda diag H) x = r by Cholesky decomposition; the upper triangle of H is given.
func solve6(h [36]float64, r [6]float64, lambda float64) (x [6]float64, ok bool) {
	var l [36]float64
	for i := range 6 {
		for j := 0; j <= i; j++ {
			s := h[6*j+i]
			if i == j {
				s *= 1 + lambda
			}
			for k := range j {
				s -= l[6*i+k] * l[6*j+k]
			}
			if i == j {
				if s <= 0 {
					return x, false
				}
				l[6*i+i] = math.Sqrt(s)
			} else {
				l[6*i+j] = s / l[6*j+j]
			}
		}
	}
	var y [6]float64
	for i := range 6 {
		s := r[i]
		for k := range i {
			s -= l[6*i+k] * y[k]
		}
		y[i] = s / l[6*i+i]
	}
	for i := 5; i >= 0; i-- {
		s := y[i]
		for k := i + 1; k < 6; k++ {
			s -= l[6*k+i] * x[k]
		}
		x[i] = s / l[6*i+i]
	}
	return x, true
}
