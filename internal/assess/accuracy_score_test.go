package assess_test

import (
	"fmt"
	"math"
	"os"
	"sort"
	"testing"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/phantom"
	"github.com/vertefill/vertefill/internal/volume"
)

// thresholds are the fixed CT numbers that the measurement is compared with.
var thresholds = []int{650, 1000, 1600}

// Rows of the table that are named in more than one place.
const (
	rowBody   = "body volume, %"
	rowCement = "cement of 1 mL and more in a body, all, %"
	rowFill   = "fill ratio, points"
)

// score gathers errors: rows hold signed errors in the unit of their name, counts how many of how many.
type score struct {
	rows   map[string][]float64
	counts map[string][2]int
	order  []string // names of rows and counts as they are printed; those without values are left out
}

func newScore() *score {
	s := &score{rows: map[string][]float64{}, counts: map[string][2]int{}}
	s.order = []string{"bodies found", rowBody, rowCement}
	for _, c := range sliceClasses {
		s.order = append(s.order, "  slices "+c+", unsaturated, %")
	}
	for _, c := range sliceClasses {
		s.order = append(s.order, "  slices "+c+", saturated, %")
	}
	s.order = append(s.order, rowFill, "  saturated, points")
	for _, hu := range thresholds {
		s.order = append(s.order, fixedRow(hu, "cement, %"), fixedRow(hu, "fill, points"))
	}
	for _, p := range []string{"with a pre CT", "without"} {
		s.order = append(s.order, "earlier cement at its level, "+p, "earlier cement, "+p+", %", "  counted as new, % of it, "+p, "  asked about, "+p)
	}
	s.order = append(s.order, "metal in the cement mask, %", "registration at the corners of bodies, mm", "registrations refused")
	for _, b := range bands {
		for _, c := range sliceClasses {
			for _, p := range []string{"with pre", "without"} {
				s.order = append(s.order, leakRow(b, c, p))
			}
		}
	}
	for _, b := range bands {
		s.order = append(s.order, "pieces of "+b+" that are right")
	}
	s.order = append(s.order, "false leaks at leak-free vertebrae", "leak volume from 0.10 mL, %", "  with pre, %", "  without, %",
		"leak volume of 0.02-0.10 mL, %", "leak volume of 0.02-0.10 mL, mL", "level of found leaks right", "compartment of found leaks from 0.02 mL right",
		"canal and foramen against the rest", "canal encroachment, mm", "canal encroachment, points of area",
		"90 % interval of the body holds", "90 % interval of cement holds", "90 % interval of fill holds", "90 % interval of a leak holds", "seconds a case")
	return s
}

func fixedRow(hu int, what string) string {
	return fmt.Sprintf("  threshold %d HU in the true body: %s", hu, what)
}

// sliceClasses are the classes of slice thickness.
var sliceClasses = []string{"to 1.25 mm", "1.25-2 mm", "2-3 mm"}

func sliceClass(mm float64) string {
	switch {
	case mm <= 1.25:
		return sliceClasses[0]
	case mm < 2:
		return sliceClasses[1]
	}
	return sliceClasses[2]
}

func (s *score) row(name string, x float64) { s.rows[name] = append(s.rows[name], x) }

func (s *score) count(name string, yes bool) {
	c := s.counts[name]
	c[1]++
	if yes {
		c[0]++
	}
	s.counts[name] = c
}

func preName(c *phantom.Case) string {
	if c.Pre == nil {
		return "without"
	}
	return "with a pre CT"
}

// add compares a result with its truth and returns what there is to say about the case.
func (s *score) add(n int, o phantom.Options, c *phantom.Case, r *assess.Result) (lines []string) {
	slices := sliceClass(float64(o.SliceMM))
	lines = append(lines, fmt.Sprintf("case %d: slices of %.2f mm every %.2f, noise %.0f HU, sharpened %.1f, ceiling %d, %s; %.0f s", n, o.SliceMM, c.Post.DZ,
		o.NoiseHU, o.Sharpen, c.Post.CeilingHU, preName(c), r.Report.Timing["total"]))
	s.row("seconds a case", r.Report.Timing["total"])
	if os.Getenv("VERTEFILL_VERBOSE") != "" {
		lines = append(lines, fmt.Sprintf("  %v", r.Report.Parameters["cement"]))
	}
	for _, q := range r.Report.Quality {
		if q.Severity != "info" {
			lines = append(lines, "  "+q.Message)
		}
	}
	own := map[anatomy.Level]assess.Vertebra{}
	for _, v := range r.Report.Vertebrae {
		own[v.Level] = v
	}
	mask := c.Truth.Spine().Mask(c.Post.Grid)
	for _, v := range c.Truth.Vertebrae {
		o, ok := own[v.Level]
		ok = ok && math.Hypot(math.Hypot(o.CentroidLPS[0]-v.CentroidLPS[0], o.CentroidLPS[1]-v.CentroidLPS[1]), o.CentroidLPS[2]-v.CentroidLPS[2]) <= 6
		s.count("bodies found", ok)
		if !ok {
			lines = append(lines, fmt.Sprintf("  %s not found", v.Level))
			continue
		}
		e := 100 * (o.BodyVolumeML/v.BodyVolumeML - 1)
		s.row(rowBody, e)
		s.interval("body", o.BodyVolumeIntervalML, v.BodyVolumeML)
		line := fmt.Sprintf("  %s %s%d body %.2f (%+.1f %%)", v.Level, v.Deformity, v.GenantGrade, v.BodyVolumeML, e)
		if v.PriorCementML > 0.5 {
			s.addPrior(c, r, v, o)
			line += fmt.Sprintf(" earlier %.2f, ours %.2f, as new %.2f", v.PriorCementML, o.PriorCementML, o.CementInBodyML-v.CementInBodyML)
		}
		if v.CementInBodyML >= 0.3 {
			f := 100 * (o.FillRatio - v.FillRatio)
			s.row(rowFill, f)
			s.interval("cement", o.CementInBodyIntervalML, v.CementInBodyML)
			s.interval("fill", o.FillRatioInterval, v.FillRatio)
			line += fmt.Sprintf(" cement %.2f (%+.1f %%%s) of %.0f HU, fill %+.1f points", v.CementInBodyML, 100*(o.CementInBodyML/v.CementInBodyML-1),
				halfWidth(o.CementInBodyIntervalML, o.CementInBodyML), v.PlateauHU, f)
			if v.CementInBodyML >= 1 {
				s.addCement(c, mask, v, o, slices)
			}
		}
		lines = append(lines, line)
	}
	s.addMetal(o, c, r)
	s.addMotion(c, r)
	return append(lines, s.addLeaks(c, r, slices)...)
}

func (s *score) interval(of string, i *assess.Interval, truth float64) {
	if i != nil {
		s.count("90 % interval of "+article(of)+" holds", truth >= i[0] && truth <= i[1])
	}
}

// halfWidth tells half of an interval in per cent of its value.
func halfWidth(i *assess.Interval, of float64) string {
	if i == nil {
		return ""
	}
	return fmt.Sprintf(", told +-%.1f", 50*(i[1]-i[0])/of)
}

func article(of string) string {
	switch of {
	case "body":
		return "the body"
	case "leak":
		return "a leak"
	}
	return of
}

// addCement takes the cement of a body and what fixed thresholds in the true body make of it.
func (s *score) addCement(c *phantom.Case, mask *volume.Labels, v phantom.Vertebra, o assess.Vertebra, slices string) {
	e := 100 * (o.CementInBodyML/v.CementInBodyML - 1)
	s.row(rowCement, e)
	if v.PlateauHU > float64(c.Post.CeilingHU) {
		s.row("  slices "+slices+", saturated, %", e)
		s.row("  saturated, points", 100*(o.FillRatio-v.FillRatio))
	} else {
		s.row("  slices "+slices+", unsaturated, %", e)
	}
	for _, hu := range thresholds {
		inside := 0.0
		for o, l := range mask.V {
			if l != uint8(v.Level) {
				continue
			}
			nx, ny, _ := mask.Box.Size()
			if int(c.Post.At(mask.Box.Min.I+o%nx, mask.Box.Min.J+o/nx%ny, mask.Box.Min.K+o/nx/ny)) > hu {
				inside++
			}
		}
		inside *= float64(c.Post.VoxelVolume(c.Post.NZ / 2).ML())
		inside -= v.PriorCementML
		s.row(fixedRow(hu, "cement, %"), 100*(inside/v.CementInBodyML-1))
		s.row(fixedRow(hu, "fill, points"), 100*(inside-v.CementInBodyML)/v.BodyVolumeML)
	}
}

// addPrior takes the earlier cement of a body.
func (s *score) addPrior(c *phantom.Case, r *assess.Result, v phantom.Vertebra, o assess.Vertebra) {
	p := preName(c)
	s.count("earlier cement at its level, "+p, o.PriorCementML > 0.5*v.PriorCementML)
	s.row("earlier cement, "+p+", %", 100*(o.PriorCementML/v.PriorCementML-1))
	s.row("  counted as new, % of it, "+p, 100*max(0, o.CementInBodyML-v.CementInBodyML)/v.PriorCementML)
	asked := false
	for _, q := range r.Report.Quality {
		asked = asked || q.Code == "cement-may-be-old" && q.Level == v.Level
	}
	if c.Pre == nil {
		s.count("  asked about, "+p, asked)
	}
}

// addMetal counts the voxels called cement whose centres are metal.
func (s *score) addMetal(o phantom.Options, c *phantom.Case, r *assess.Result) {
	any := false
	for _, t := range o.Plan {
		any = any || t.Trocar
	}
	if !any || r.Cement == nil {
		return
	}
	metal, all := 0, 0
	nx, ny, _ := r.Cement.Box.Size()
	for n, class := range r.Cement.V {
		if class == 0 || anatomy.CementClass(class) == anatomy.Metal {
			continue
		}
		b := r.Cement.Box.Min
		all++
		if truth, _ := c.Truth.NewCement(c.Post.Patient(geom.Vox(float64(b.I+n%nx), float64(b.J+n/nx%ny), float64(b.K+n/nx/ny)))); truth == anatomy.Metal {
			metal++
		}
	}
	s.row("metal in the cement mask, %", 100*float64(metal)/float64(max(1, all)))
}

// addMotion compares the fits of pre and post with the true motion at the corners of the bodies.
func (s *score) addMotion(c *phantom.Case, r *assess.Result) {
	for l, postFromPre := range c.Truth.PostFromPre() {
		fit, ok := r.PreFromPost[l]
		v := c.Truth.Spine().Find(l)
		if r.Spine.Find(l) == nil {
			continue
		}
		s.count("registrations refused", !ok)
		if !ok {
			continue
		}
		want := postFromPre.MustInverse()
		for m := range 8 {
			sign := func(bit int) float64 { return float64(m>>bit&1)*2 - 1 }
			corner := v.PatientFromBody.Apply(geom.Pt[geom.BodyFrame](float64(v.HalfWidth)*sign(0), float64(v.HalfDepth)*sign(1), float64(v.Heights.Middle)/2*sign(2)))
			s.row("registration at the corners of bodies, mm", fit.Apply(corner).Dist(want.Apply(corner)))
		}
	}
}

func quantile(x []float64, q float64) float64 {
	if len(x) == 0 {
		return math.NaN()
	}
	s := make([]float64, len(x))
	for i, v := range x {
		s[i] = math.Abs(v)
	}
	sort.Float64s(s)
	return s[min(len(s)-1, int(math.Ceil(q*float64(len(s))))-1)]
}

func mean(x []float64) float64 {
	s := 0.0
	for _, v := range x {
		s += v
	}
	return s / float64(max(1, len(x)))
}

func percent(a, b int) string {
	return fmt.Sprintf("%d of %d (%.0f %%)", a, b, 100*float64(a)/float64(max(1, b)))
}

func (s *score) print(t *testing.T) {
	for _, name := range s.order {
		if x := s.rows[name]; len(x) > 0 {
			t.Logf("%-52s n %4d  bias %+7.2f  median %6.2f  P95 %6.2f", name, len(x), mean(x), quantile(x, 0.5), quantile(x, 0.95))
		}
		if c := s.counts[name]; c[1] > 0 {
			t.Logf("%-52s %s", name, percent(c[0], c[1]))
		}
	}
}
