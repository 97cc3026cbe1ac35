package assess

import (
	"context"
	"math"
	"slices"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/fluoro"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/spine"
	"github.com/vertefill/vertefill/internal/text"
)

// bridge lays the control CT on a run, vertebra by treated vertebra, keeps the one that fits best, and says in which frame each leak
// first shows. It does nothing where no vertebra fits, but to say so.
func (f *FluoroResult) bridge(ctx context.Context, res *Result, l text.Lang) error {
	var best *fluoro.Placement
	var on *spine.Vertebra
	for _, v := range res.treated() {
		ct := &fluoro.CT{Post: res.Post, Centre: v.Centroid(), Cement: res.deposits(v)}
		p, err := fluoro.Bridge(ctx, f.Run, f.Found, ct)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err == nil && (best == nil || p.Correlation > best.Correlation) {
			best, on = p, v
		}
	}
	frames := map[int]fluoro.LeakFrame{}
	if best != nil {
		f.Placement, f.Level = best, on.Level
		for _, k := range best.Leaks {
			frames[k.ID] = k
		}
		m := best.ImageFromPatient
		for i := range m {
			m[i] = round(m[i], 9)
		}
		f.Report.CTRegistration = &CTRegistration{ResidualMM: round(best.ResidualMM, 2), ImageFromPatientPost: m}
		f.Found.Add(f.proposed(on)...)
	}
	for _, k := range res.Report.Leaks {
		line := FluoroLeak{LeakID: k.ID}
		why := fluoro.Unplaced
		switch x, ok := frames[k.ID]; {
		case best == nil:
		case !ok:
			why = fluoro.OtherSite
		case x.Frame >= 0:
			line.FirstFrame, why = &x.Frame, fluoro.Shown
		default:
			why = x.Why
		}
		line.Reason = why.Reason(l)
		f.Report.CTLeaks = append(f.Report.CTLeaks, line)
	}
	return nil
}

// treated returns the vertebrae with new cement.
func (r *Result) treated() (out []*spine.Vertebra) {
	for _, line := range r.Report.Vertebrae {
		if v := r.Spine.Find(line.Level); line.Treated && v != nil && v.Complete {
			out = append(out, v)
		}
	}
	return out
}

// deposits returns the new cement of a vertebra: what lies in bone, and its leaks one by one.
func (r *Result) deposits(v *spine.Vertebra) (out []fluoro.Deposit) {
	each := func(k int) float64 { return 1000 * float64(r.Post.VoxelVolume(k).ML()) }
	bone := fluoro.Deposit{MM3: each(r.Post.NZ / 2)}
	if c := r.Cement; c != nil {
		nx, ny, _ := c.Box.Size()
		for o, class := range c.V {
			if k := anatomy.CementClass(class); k != anatomy.CementInBody && k != anatomy.CementInPedicle {
				continue
			}
			p := r.Post.Patient(geom.Vox(float64(c.Box.Min.I+o%nx), float64(c.Box.Min.J+o/nx%ny), float64(c.Box.Min.K+o/nx/ny)))
			if p.Dist(v.Centroid()) > reachOfVertebraMM {
				continue
			}
			if near, _ := r.Spine.Nearest(p); near == v {
				bone.Points = append(bone.Points, p)
			}
		}
	}
	out = append(out, bone)
	for n, l := range r.Leaks {
		if n >= len(r.Report.Leaks) || r.Report.Leaks[n].Level != v.Level || len(l.Voxels) == 0 {
			continue
		}
		d := fluoro.Deposit{LeakID: l.ID, MM3: each(l.Voxels[0].K)}
		for _, i := range l.Voxels {
			d.Points = append(d.Points, r.Post.Patient(geom.Vox(float64(i.I), float64(i.J), float64(i.K))))
		}
		out = append(out, d)
	}
	return out
}

const reachOfVertebraMM = 60

// sideways is how far a view may be off the pure lateral for the posterior wall and the endplates to be lines.
const sideways = 20 * math.Pi / 180

// proposed draws the posterior wall and the endplates of the body on a lateral view; lines that the reader drew stay his.
func (f *FluoroResult) proposed(v *spine.Vertebra) (out []fluoro.Line) {
	if f.Run.View == nil || math.Abs(math.Sin(f.Run.View.PrimaryDegrees*math.Pi/180)) < math.Cos(sideways) || v.Heights.Posterior <= 0 {
		return nil
	}
	m := f.Placement.ImageFromPatient
	at := func(y, z float64) [2]float64 {
		p := v.PatientFromBody.Apply(geom.Pt[geom.BodyFrame](0, y, z))
		w := m[8]*p.X + m[9]*p.Y + m[10]*p.Z + m[11]
		return [2]float64{round((m[0]*p.X+m[1]*p.Y+m[2]*p.Z+m[3])/w, 1), round((m[4]*p.X+m[5]*p.Y+m[6]*p.Z+m[7])/w, 1)}
	}
	back, front := float64(v.Heights.Posterior)/2, float64(v.Heights.Anterior)/2
	ahead := -float64(v.HalfDepth)
	return f.undrawn([]fluoro.Line{
		{Name: "posterior-wall", Points: [2][2]float64{at(v.Wall.Y(0, back), back), at(v.Wall.Y(0, -back), -back)}},
		{Name: "endplate-superior", Points: [2][2]float64{at(ahead, front), at(v.Wall.Y(0, back), back)}},
		{Name: "endplate-inferior", Points: [2][2]float64{at(ahead, -front), at(v.Wall.Y(0, -back), -back)}},
	})
}

// undrawn returns the lines, as proposals, of which the reader has drawn none of the same name.
func (f *FluoroResult) undrawn(lines []fluoro.Line) (out []fluoro.Line) {
	for _, l := range lines {
		drawn := slices.ContainsFunc(f.Found.Lines, func(u fluoro.Line) bool { return u.Name == l.Name })
		if l.Proposed = true; !drawn {
			out = append(out, l)
		}
	}
	return out
}
