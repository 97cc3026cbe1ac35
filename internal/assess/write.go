package assess

import (
	"math"
	"slices"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/diag"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/leak"
	"github.com/vertefill/vertefill/internal/spine"
	"github.com/vertefill/vertefill/internal/text"
	"github.com/vertefill/vertefill/internal/unit"
)

// Version and Commit identify the program; the linker sets them for releases.
var (
	Version = "0.1.0"
	Commit  = ""
)

// report puts the numbers into the form of the contract.
func (r *run) report(out *Result) Report {
	rep := Report{
		Schema:     Schema,
		Software:   Software{Name: "vertefill", Version: Version, Commit: Commit},
		Inputs:     r.in.Series,
		Parameters: r.parameters(),
		Vertebrae:  []Vertebra{},
		Leaks:      []Leak{},
		Quality:    Messages(out.Findings, r.opt.Lang),
		Timing:     r.timing,
	}
	wanted := func(l anatomy.Level) bool { return len(r.opt.Levels) == 0 || slices.Contains(r.opt.Levels, l) }
	totals := Totals{SaturatedFraction: round(float64(r.cement.SaturatedFraction), 4)}
	bodies := map[anatomy.Level]leak.Body{}
	for _, b := range r.leaks.Bodies {
		bodies[b.Level] = b
	}
	for i, v := range r.spine.Vertebrae {
		if !v.Complete || !wanted(v.Level) {
			continue
		}
		line := r.vertebra(v, bodies[v.Level])
		morphometry(&line, r.spine, i)
		rep.Vertebrae = append(rep.Vertebrae, line)
		totals.InBodyML += line.CementInBodyML
		totals.InPedicleML += line.CementInPedicleML
		totals.PriorCementML += line.PriorCementML
	}
	var regions []LeakRegion
	for n, l := range r.leaks.Leaks {
		if !wanted(l.Level) {
			continue
		}
		rep.Leaks = append(rep.Leaks, leakLine(l))
		regions = append(regions, out.Leaks[n])
		totals.LeakML += float64(l.VolumeML)
	}
	out.Leaks = regions
	totals.NewCementML = totals.InBodyML + totals.InPedicleML + totals.LeakML
	if totals.NewCementML > 0 {
		totals.LeakFraction = round(totals.LeakML/totals.NewCementML, 4)
	}
	for _, x := range []*float64{&totals.InBodyML, &totals.InPedicleML, &totals.PriorCementML, &totals.LeakML, &totals.NewCementML} {
		*x = round(*x, 4)
	}
	if len(rep.Vertebrae) > 0 { // without a body cement was not looked for: no sum, not a sum of zero
		rep.Totals = &totals
	}
	return rep
}

// Messages puts findings into a language.
func Messages(findings []diag.Finding, l text.Lang) []Quality {
	out := []Quality{}
	for _, f := range findings {
		out = append(out, Quality{Code: f.Code, Severity: f.Severity(), Message: f.Message(l), Level: f.Level})
	}
	return out
}

func (r *run) parameters() map[string]any {
	p := map[string]any{"cement": r.cement.Parameters(), "vertebraeFrom": "built-in", "attention": "convention of the program: docs/algorithms/leak.md"}
	if r.in.Bodies != nil {
		p["vertebraeFrom"] = "mask"
	}
	seeds := []map[string]any{}
	for _, s := range r.opt.Seeds {
		seeds = append(seeds, map[string]any{"level": s.Level.String(), "pointLps": point(s.Point)})
	}
	p["seeds"] = seeds
	if n := len(r.in.Lesions); n > 0 {
		p["lesions"] = n
	}
	levels := []string{}
	for _, l := range r.opt.Levels {
		levels = append(levels, l.String())
	}
	p["levels"] = levels
	return p
}

func (r *run) vertebra(v *spine.Vertebra, b leak.Body) Vertebra {
	if !b.Treated { // a touch of cement from next door is contact, which a finding tells
		b.InBodyML, b.Distribution = 0, nil
	}
	out := Vertebra{
		Level: v.Level, LevelSource: v.Source, LevelConfidence: round(float64(v.Confidence), 2), Treated: b.Treated,
		CentroidLPS: point(v.Centroid()), BodyVolumeML: round(float64(v.BodyML), 4), BodyVolumeIntervalML: interval(v.BodyIntervalML, 4),
		CementInBodyML: round(max(0, float64(b.InBodyML)), 4), PriorCementML: round(max(0, float64(b.PriorML)), 4), CementInPedicleML: round(max(0, float64(b.InPedicleML)), 4),
		LeakIDs: append([]int{}, b.LeakIDs...),
	}
	cement := unit.ML(out.CementInBodyML + out.PriorCementML)
	out.FillRatio = round(float64(unit.Ratio(cement, v.BodyML)), 5)
	if out.CementInBodyML > 0 {
		out.CementInBodyIntervalML = interval(b.IntervalML, 4)
	}
	if cement > 0 && v.BodyML > 0 && !v.BodyIntervalML.IsZero() {
		out.FillRatioInterval = ratioInterval(float64(cement), half(b.IntervalML), v.BodyML, half(v.BodyIntervalML))
	}
	if d := b.Distribution; d != nil {
		contact := "none"
		switch {
		case d.Superior && d.Inferior:
			contact = "both"
		case d.Superior:
			contact = "superior"
		case d.Inferior:
			contact = "inferior"
		}
		out.Distribution = &Distribution{
			Left: round(float64(d.Left), 4), Right: round(float64(d.Right), 4),
			Anterior: round(float64(d.Anterior), 4), Middle: round(float64(d.Middle), 4), Posterior: round(float64(d.Posterior), 4),
			CrossesMidline: d.CrossesMidline, EndplateContact: contact,
		}
	}
	out.Lesion = r.lesion(v, b)
	if h := v.Heights; h.Middle > 0 {
		out.HeightsMM = &Heights{Anterior: round(float64(h.Anterior), 2), Middle: round(float64(h.Middle), 2), Posterior: round(float64(h.Posterior), 2)}
		wedge := round(h.WedgeRadians*180/math.Pi, 2)
		out.WedgeAngleDegrees = &wedge
	}
	if f, ok := r.fits[v.Level]; ok && f.OK {
		inverse := f.PreFromPost.MustInverse()
		m := inverse.Matrix()
		for i := range m {
			m[i] = round(m[i], 9)
		}
		out.Registration = &Registration{ResidualMM: round(f.ResidualMM, 3), PatientPostFromPatientPre: m}
	}
	return out
}

func leakLine(l leak.Leak) Leak {
	out := Leak{
		ID: l.ID, Level: l.Level, Compartment: l.Compartment, Type: l.Type, Side: l.Side,
		VolumeML: round(float64(l.VolumeML), 4), VolumeIntervalML: interval(l.IntervalML, 4), CentroidLPS: point(l.Centroid),
		LengthMM: round(float64(l.LengthMM), 2), ReachMM: round(float64(l.ReachMM), 2), Attention: l.Attention, Confidence: round(float64(l.Confidence), 2),
	}
	out.DiameterMM = round(float64(l.DiameterMM), 2)
	if l.Site != leak.NoSite {
		at := point(l.Breach)
		out.BreachSite, out.BreachLPS = l.Site, &at
	}
	for _, p := range l.Course {
		out.CourseLPS = append(out.CourseLPS, point(p))
	}
	if e := l.InCanal; e != nil {
		mm, share, centre := round(float64(e.DepthMM), 2), round(float64(e.Fraction), 4), round(float64(e.CentreMM), 2)
		out.CanalEncroachmentMM, out.CanalEncroachmentFraction, out.CanalCentreMM = &mm, &share, &centre
	}
	if d := l.NextEndplateMM; d != nil {
		mm := round(float64(*d), 2)
		out.NextEndplateMM = &mm
	}
	return out
}

// ratioInterval adds the relative errors of numerator and denominator in quadrature; both halves are those of 90 % intervals.
func ratioInterval(cement, cementHalf float64, body unit.ML, bodyHalf float64) *Interval {
	ratio := cement / float64(body)
	h := ratio * math.Hypot(cementHalf/cement, bodyHalf/float64(body))
	return &Interval{round(max(0, ratio-h), 5), round(min(1, ratio+h), 5)}
}

func half(i unit.Interval) float64 { return (i.High - i.Low) / 2 }

func interval(i unit.Interval, decimals int) *Interval {
	if i.IsZero() {
		return nil
	}
	return &Interval{round(max(0, i.Low), decimals), round(i.High, decimals)}
}

func point(p geom.Patient) [3]float64 {
	return [3]float64{round(p.X, 3), round(p.Y, 3), round(p.Z, 3)}
}

// round keeps reports short and equal on all machines.
func round(x float64, decimals int) float64 {
	s := math.Pow(10, float64(decimals))
	return math.Round(x*s) / s
}
