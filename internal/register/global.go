package register

import (
	"context"
	"math"
	"sort"

	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/parallel"
	"github.com/vertefill/vertefill/internal/spine"
	"github.com/vertefill/vertefill/internal/volume"
)

// Search of the first stage: the surroundings of the spine within this distance take part, translations up to searchMM each way
// beyond the offset of the two fields of view, on a lattice of coarseMM.
const (
	aroundMM = 55.0
	searchMM = 72.0
	coarseMM = 6.0
	keep     = 12 // translations that are refined

	globalTrim = 0.2 // share of the worst residuals that has no vote: the spine bends, organs move
)

// The last choice, between poses that a repetitive spine makes nearly equal.
const (
	choices      = 5    // poses that are compared on all samples
	withinNCC    = 0.06 // of the best on few samples
	aloneMM      = 12.0 // poses nearer to each other are one
	overlapGain  = 0.02 // correlation that seeing the whole spine is worth over seeing none of it
	vanishedLoss = 0.1  // correlation that it costs when all the cement or metal of the pre CT is gone: it does not go away
)

// global finds one pose for the whole spine. found is false when nothing matches.
func global(ctx context.Context, post, pre *volume.Volume, list []*spine.Vertebra) (pose Rigid, found bool, err error) {
	pose = geom.Identity[geom.PatientFrame, geom.PatientFrame]()
	lo, hi := corners(pre)
	whole := lattice(pre, lo, hi, coarseMM/2, 0)
	moving := whole.blurred(1.2)
	fixed, centre := around(post, list)
	if len(fixed) < 100 {
		return pose, false, nil
	}

	starts := []geom.PatientVec{{}}
	if post.FrameUID == "" || post.FrameUID != pre.FrameUID { // other coordinates: also try the middles of both fields on each other
		plo, phi := corners(post)
		starts = append(starts, lo.Lerp(hi, 0.5).Sub(plo.Lerp(phi, 0.5)))
	}
	type candidate struct {
		pose Rigid
		ncc  float64
	}
	var list1 []candidate
	coarse := thin(fixed, 1500)
	for _, s := range starts {
		for z := -searchMM; z <= searchMM; z += coarseMM {
			if err := ctx.Err(); err != nil {
				return pose, false, err
			}
			for y := -searchMM; y <= searchMM; y += 2 * coarseMM {
				for x := -searchMM; x <= searchMM; x += 2 * coarseMM {
					t := geom.Translation(s.Add(geom.LPSVec(x, y, z)))
					if c, ok := correlation(coarse, moving, t); ok {
						list1 = append(list1, candidate{t, c})
					}
				}
			}
		}
	}
	sort.Slice(list1, func(i, j int) bool { return list1[i].ncc > list1[j].ncc })
	var kept []Rigid
	for _, c := range list1 {
		if len(kept) < keep && !near(kept, c.pose) {
			kept = append(kept, c.pose)
		}
	}
	refined := make([]candidate, len(kept))
	err = parallel.Each(ctx, len(kept), func(i int) {
		best := candidate{ncc: -1}
		for _, turn := range turns {
			t := geom.Compose(kept[i], geom.Rotation(centre, turn.axis, turn.angle))
			if p, ncc, _ := refine(coarse, moving, t, centre, globalTrim, 12); ncc > best.ncc {
				best = candidate{p, ncc}
			}
		}
		refined[i] = best
	})
	if err != nil {
		return pose, false, err
	}
	sort.SliceStable(refined, func(i, j int) bool { return refined[i].ncc > refined[j].ncc })

	sharp, dense := whole.blurred(0.8), denseNodes(whole)
	best := candidate{ncc: -1}
	score := math.Inf(-1)
	var ends []geom.Patient
next:
	for _, c := range refined {
		if len(ends) >= choices || c.ncc < refined[0].ncc-withinNCC {
			break
		}
		end := c.pose.Apply(centre)
		for _, e := range ends {
			if e.Dist(end) < aloneMM {
				continue next
			}
		}
		ends = append(ends, end)
		if err := ctx.Err(); err != nil {
			return pose, false, err
		}
		p, ncc, _ := refine(fixed, sharp, c.pose, centre, globalTrim, 20)
		if s := ncc + overlapGain*overlap(fixed, sharp, p) - vanishedLoss*vanished(dense, post, p); s > score {
			best, score = candidate{p, ncc}, s
		}
	}
	return best.pose, best.ncc >= 0.4, nil
}

// denseNodes returns where the pre CT shows cement or metal.
func denseNodes(pre *image) []geom.Patient {
	var out []geom.Patient
	for o, x := range pre.raw {
		if x > denseHU {
			out = append(out, pre.node(o))
		}
	}
	const most = 1500
	return thin(out, most)
}

// overlap is the share of the samples that the pre CT covers under a pose.
func overlap(pts []sample, moving *image, t Rigid) float64 {
	in := 0
	for _, s := range pts {
		if moving.inside(t.Apply(s.p)) {
			in++
		}
	}
	return float64(in) / float64(len(pts))
}

// vanished is the share of the dense places of the pre CT within the post CT near which the post CT shows nothing dense.
func vanished(dense []geom.Patient, post *volume.Volume, t Rigid) float64 {
	const reachMM, stepMM, least = 6.0, 3.0, 10
	back := t.MustInverse()
	in, gone := 0, 0
	for _, q := range dense {
		p := back.Apply(q)
		x := post.Voxel(p)
		if x.X < 0 || x.Y < 0 || x.Z < 0 || x.X > float64(post.NX-1) || x.Y > float64(post.NY-1) || x.Z > float64(post.NZ-1) {
			continue
		}
		in++
		highest := math.Inf(-1)
		for z := -reachMM; z <= reachMM; z += stepMM {
			for y := -reachMM; y <= reachMM; y += stepMM {
				for x := -reachMM; x <= reachMM; x += stepMM {
					highest = max(highest, post.SampleAt(p.Add(geom.LPSVec(x, y, z))))
				}
			}
		}
		if highest < 0.8*denseHU {
			gone++
		}
	}
	if in < least {
		return 0
	}
	return float64(gone) / float64(in)
}

// turns are the rotations tried about the middle of the spine.
var turns = []struct {
	axis  geom.PatientVec
	angle float64
}{
	{geom.LPSVec(1, 0, 0), 0},
	{geom.LPSVec(1, 0, 0), 0.16}, {geom.LPSVec(1, 0, 0), -0.16},
	{geom.LPSVec(0, 1, 0), 0.16}, {geom.LPSVec(0, 1, 0), -0.16},
	{geom.LPSVec(0, 0, 1), 0.16}, {geom.LPSVec(0, 0, 1), -0.16},
}

func near(kept []Rigid, t Rigid) bool {
	for _, k := range kept {
		if t.Origin().Dist(k.Origin()) < 2.5*coarseMM {
			return true
		}
	}
	return false
}

// corners returns the axis-parallel box of a volume.
func corners(v *volume.Volume) (lo, hi geom.Patient) {
	for n := range 8 {
		c := geom.Vox(float64(n&1)*float64(v.NX-1), float64(n>>1&1)*float64(v.NY-1), float64(n>>2)*float64(v.NZ-1))
		p := v.Patient(c)
		if n == 0 {
			lo, hi = p, p
		}
		lo = geom.LPS(min(lo.X, p.X), min(lo.Y, p.Y), min(lo.Z, p.Z))
		hi = geom.LPS(max(hi.X, p.X), max(hi.Y, p.Y), max(hi.Z, p.Z))
	}
	return lo, hi
}

// around samples the post CT near the spine, blurred, and returns the middle of the vertebrae.
func around(post *volume.Volume, list []*spine.Vertebra) ([]sample, geom.Patient) {
	lo, hi := list[0].Body.Bounds()
	var mid geom.PatientVec
	for _, v := range list {
		a, b := v.Body.Bounds()
		lo = geom.LPS(min(lo.X, a.X), min(lo.Y, a.Y), min(lo.Z, a.Z))
		hi = geom.LPS(max(hi.X, b.X), max(hi.Y, b.Y), max(hi.Z, b.Z))
		mid = mid.Add(v.Centroid().Sub(geom.LPS(0, 0, 0)))
	}
	m := geom.LPSVec(aroundMM, aroundMM, 15)
	vlo, vhi := corners(post)
	lo, hi = lo.Add(m.Mul(-1)), hi.Add(m)
	lo = geom.LPS(max(lo.X, vlo.X), max(lo.Y, vlo.Y), max(lo.Z, vlo.Z))
	hi = geom.LPS(min(hi.X, vhi.X), min(hi.Y, vhi.Y), min(hi.Z, vhi.Z))
	im := lattice(post, lo, hi, coarseMM/2, 0)
	bl := im.blurred(1.2)
	var out []sample
	for o := range bl.v {
		if im.raw[o] > denseHU {
			continue
		}
		out = append(out, sample{im.node(o), float64(bl.v[o])})
	}
	return thin(out, 20000), geom.LPS(0, 0, 0).Add(mid.Mul(1 / float64(len(list))))
}

// thin keeps about n items, evenly spread by a stride that is not a divisor of lattice rows.
func thin[T any](s []T, n int) []T {
	if len(s) <= n {
		return s
	}
	step := len(s)/n | 1
	out := make([]T, 0, len(s)/step+1)
	for i := 0; i < len(s); i += step {
		out = append(out, s[i])
	}
	return out
}

// correlation returns the normalised correlation of the samples with the moving image under a pose; ok is false when less than
// half of them meet it.
func correlation(pts []sample, moving *image, t Rigid) (ncc float64, ok bool) {
	var sx, sy, sxx, syy, sxy, n float64
	for _, s := range pts {
		q := t.Apply(s.p)
		if !moving.inside(q) {
			continue
		}
		m := moving.at(moving.v, q)
		sx, sy, sxx, syy, sxy, n = sx+m, sy+s.hu, sxx+m*m, syy+s.hu*s.hu, sxy+m*s.hu, n+1
	}
	if n < 0.4*float64(len(pts)) {
		return 0, false
	}
	vx, vy := sxx-sx*sx/n, syy-sy*sy/n
	if vx <= 0 || vy <= 0 {
		return 0, false
	}
	return (sxy - sx*sy/n) / math.Sqrt(vx*vy), true
}
