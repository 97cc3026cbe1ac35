package cohort

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"path/filepath"
	"slices"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/nifti"
	"github.com/vertefill/vertefill/internal/overlap"
	"github.com/vertefill/vertefill/internal/stats"
	"github.com/vertefill/vertefill/internal/volume"
)

// Agreement says how far readings of the same cases agree. Subjects are vertebrae that any of the readings calls treated; levels are
// matched by name, leaks by place.
type Agreement struct {
	Readings   []string
	Cases      int // in at least two of the readings
	Quantities []QuantityAgreement
	Presence   []KappaAgreement // is there a leak, by place
	Types      []KappaAgreement // what type it is
	Detection  []Detection      // against the reference, when one is named
	Overlaps   []OverlapAgreement
	Values     []PairedValue // every value that was compared
	Unnamed    []string      // vertebrae that only some of the readings have, as "case level"
}

// QuantityAgreement is that of one number.
type QuantityAgreement struct {
	Quantity string
	Pairs    []PairAgreement
	ICC      *stats.ICC // of the vertebrae that all readings measured; nil when it cannot be told
}

// PairAgreement compares two readings; Err says why there are no numbers.
type PairAgreement struct {
	A, B string
	stats.BlandAltman
	Err error

	points []pairedPoint
}

type pairedPoint struct {
	key  string
	a, b float64
}

// KappaAgreement compares names. Readings names two readers (Cohen) or is empty for all (Fleiss).
type KappaAgreement struct {
	What     string
	Readings []string
	stats.Kappa
	Err error
}

// Detection is how many of the reference's leaks a reading finds and how many of its own are there.
type Detection struct {
	Reading, Place         string
	Sensitivity, Precision stats.Proportion
}

// OverlapAgreement is that of the masks of two readings.
type OverlapAgreement struct {
	A, B, What          string // body or cement
	Dice, MeanMM, P95MM stats.Summary
	Missing             int // in one of the masks only
}

// PairedValue is one value of the tidy table.
type PairedValue struct {
	Case     string
	Level    anatomy.Level
	Quantity string
	Reading  string
	Value    float64
}

// AgreeOptions say what is compared with what.
type AgreeOptions struct {
	Reference string  // name of the reading that is right, or nothing
	LeastML   float64 // leaks below do not count for sensitivity and precision
	Masks     bool    // compare masks too, where two readings have them
}

// leakQuantity is the sum of the leaks of a vertebra.
const leakQuantity = "leakMl"

// The quantities, per treated vertebra.
var quantities = []struct {
	name string
	of   func(r *assess.Report, v *assess.Vertebra) float64
}{
	{"fillPercent", func(_ *assess.Report, v *assess.Vertebra) float64 { return 100 * v.FillRatio }},
	{"cementInBodyMl", func(_ *assess.Report, v *assess.Vertebra) float64 { return v.CementInBodyML }},
	{"bodyVolumeMl", func(_ *assess.Report, v *assess.Vertebra) float64 { return v.BodyVolumeML }},
	{leakQuantity, func(r *assess.Report, v *assess.Vertebra) float64 {
		sum := 0.0
		for _, k := range r.Leaks {
			if k.Level == v.Level {
				sum += k.VolumeML
			}
		}
		return sum
	}},
	{"heightAnteriorMm", heightOf(func(h *assess.Heights) float64 { return h.Anterior })},
	{"heightMiddleMm", heightOf(func(h *assess.Heights) float64 { return h.Middle })},
	{"heightPosteriorMm", heightOf(func(h *assess.Heights) float64 { return h.Posterior })},
}

func heightOf(of func(*assess.Heights) float64) func(*assess.Report, *assess.Vertebra) float64 {
	return func(_ *assess.Report, v *assess.Vertebra) float64 {
		if v.HeightsMM == nil {
			return nan
		}
		return of(v.HeightsMM)
	}
}

// subject is a treated vertebra with what every reading says of it; nil where it does not have it.
type subject struct {
	id    string
	level anatomy.Level
	v     []*assess.Vertebra
	r     []*assess.Report
}

// Agree compares readings of a cohort; it needs two that share a case.
func Agree(ctx context.Context, c *Cohort, readings []*Reading, o AgreeOptions) (*Agreement, error) {
	if len(readings) < 2 {
		return nil, fmt.Errorf("cohort: agreement needs two readings")
	}
	a := &Agreement{}
	for _, r := range readings {
		if slices.Contains(a.Readings, r.Name) {
			return nil, fmt.Errorf("cohort: two readings are called %q", r.Name)
		}
		a.Readings = append(a.Readings, r.Name)
	}
	reference := slices.Index(a.Readings, o.Reference)
	if o.Reference != "" && reference < 0 {
		return nil, fmt.Errorf("cohort: the reference %q is none of the readings", o.Reference)
	}
	subjects := a.subjects(c, readings)
	if len(subjects) == 0 {
		return nil, fmt.Errorf("cohort: the readings share no case with a treated vertebra")
	}
	a.numbers(subjects, readings)
	a.presence(subjects)
	clusters := clusterAll(c, readings)
	a.types(clusters)
	if reference >= 0 {
		a.detection(clusters, reference, o.LeastML)
	}
	if o.Masks {
		if err := a.overlaps(ctx, c, readings); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// subjects lists the treated vertebrae of the cases that two readings have.
func (a *Agreement) subjects(c *Cohort, readings []*Reading) (out []subject) {
	for _, x := range c.Cases {
		var levels []anatomy.Level
		n := 0
		for _, r := range readings {
			report := r.Reports[x.ID]
			if report == nil {
				continue
			}
			n++
			for _, v := range report.Vertebrae {
				if v.Treated && !slices.Contains(levels, v.Level) {
					levels = append(levels, v.Level)
				}
			}
		}
		if n < 2 {
			continue
		}
		a.Cases++
		slices.SortFunc(levels, func(p, q anatomy.Level) int { return cmp.Compare(order(p), order(q)) })
		for _, l := range levels {
			s := subject{id: x.ID, level: l, v: make([]*assess.Vertebra, len(readings)), r: make([]*assess.Report, len(readings))}
			have := 0
			for i, r := range readings {
				report := r.Reports[x.ID]
				if report == nil {
					continue
				}
				s.r[i] = report
				if k := slices.IndexFunc(report.Vertebrae, func(v assess.Vertebra) bool { return v.Level == l }); k >= 0 && withheld(report, l) == "" {
					s.v[i] = &report.Vertebrae[k]
					have++
				}
			}
			if have < n {
				a.Unnamed = append(a.Unnamed, SpotKey(x.ID, l))
			}
			out = append(out, s)
		}
	}
	return out
}

// numbers compares what is measured on a scale.
func (a *Agreement) numbers(subjects []subject, readings []*Reading) {
	for _, q := range quantities {
		values := make([][]float64, len(subjects)) // by subject and reading; NaN: not measured
		measured := false
		for i, s := range subjects {
			values[i] = make([]float64, len(a.Readings))
			for j := range a.Readings {
				values[i][j] = nan
				if s.v[j] != nil && !(q.name == leakQuantity && readings[j].NoVolumes) {
					values[i][j] = q.of(s.r[j], s.v[j])
				}
				if !math.IsNaN(values[i][j]) {
					measured = true
					a.Values = append(a.Values, PairedValue{s.id, s.level, q.name, a.Readings[j], values[i][j]})
				}
			}
		}
		if !measured {
			continue
		}
		out := QuantityAgreement{Quantity: q.name}
		for j := range a.Readings {
			for k := j + 1; k < len(a.Readings); k++ {
				p := PairAgreement{A: a.Readings[j], B: a.Readings[k]}
				var x, y []float64
				for i, s := range subjects {
					if v, w := values[i][j], values[i][k]; !math.IsNaN(v) && !math.IsNaN(w) {
						x, y = append(x, v), append(y, w)
						p.points = append(p.points, pairedPoint{SpotKey(s.id, s.level), v, w})
					}
				}
				p.BlandAltman, p.Err = stats.NewBlandAltman(x, y)
				p.N = len(x)
				out.Pairs = append(out.Pairs, p)
			}
		}
		complete := slices.DeleteFunc(values, func(row []float64) bool { return slices.ContainsFunc(row, math.IsNaN) })
		if len(complete) < 3 { // of two subjects a correlation says nothing
			a.Quantities = append(a.Quantities, out)
			continue
		}
		if icc, err := stats.NewICC(complete); err == nil {
			out.ICC = &icc
		}
		a.Quantities = append(a.Quantities, out)
	}
}

// presence compares whether there is a leak, by place.
func (a *Agreement) presence(subjects []subject) {
	for _, p := range Places {
		if p == AnyCase {
			continue
		}
		var names [][]string
		for _, s := range subjects {
			row := make([]string, len(a.Readings))
			for j, r := range s.r {
				if r == nil {
					continue
				}
				row[j] = "no"
				for _, k := range r.Leaks {
					if k.Level == s.level && (p == AnyVertebra || placeOf(k.Compartment) == p) {
						row[j] = "yes"
					}
				}
			}
			names = append(names, row)
		}
		a.Presence = append(a.Presence, a.kappas(string(p), names)...)
	}
}

// kappas compares names[subject][reading], of which empty ones are missing: every pair, and all when there are more than two.
func (a *Agreement) kappas(what string, names [][]string) (out []KappaAgreement) {
	for j := range a.Readings {
		for k := j + 1; k < len(a.Readings); k++ {
			var x, y []string
			for _, row := range names {
				if row[j] != "" && row[k] != "" {
					x, y = append(x, row[j]), append(y, row[k])
				}
			}
			ka := KappaAgreement{What: what, Readings: []string{a.Readings[j], a.Readings[k]}}
			ka.Kappa, ka.Err = stats.CohenKappa(x, y)
			ka.N = len(x)
			out = append(out, ka)
		}
	}
	if len(a.Readings) > 2 {
		complete := slices.DeleteFunc(slices.Clone(names), func(row []string) bool { return slices.Contains(row, "") })
		ka := KappaAgreement{What: what}
		ka.Kappa, ka.Err = stats.FleissKappa(complete)
		ka.N = len(complete)
		out = append(out, ka)
	}
	return out
}

// unseen is the name that a reading gives to a leak that it does not have.
const unseen = "not seen"

// types compares the types of leaks: of those that both or all have, and with "not seen" as one more name.
func (a *Agreement) types(clusters []cluster) {
	var seen, all [][]string
	for _, c := range clusters {
		row, full := make([]string, len(a.Readings)), make([]string, len(a.Readings))
		for j, k := range c.leaks {
			switch {
			case k != nil:
				row[j], full[j] = string(k.Type), string(k.Type)
			case c.read[j]:
				full[j] = unseen
			}
		}
		seen, all = append(seen, row), append(all, full)
	}
	a.Types = append(a.kappas("type", seen), a.kappas("typeOrNotSeen", all)...)
}

// detection counts what of the reference is found.
func (a *Agreement) detection(clusters []cluster, reference int, least float64) {
	for j, name := range a.Readings {
		if j == reference {
			continue
		}
		for _, p := range Places {
			if p == AnyCase {
				continue
			}
			there, found, said, right := 0, 0, 0, 0
			for _, c := range clusters {
				if !c.read[j] || !c.read[reference] {
					continue
				}
				in := func(k *assess.Leak) bool {
					return k != nil && !(k.VolumeML < least) && // a leak that was seen and not measured counts
						(p == AnyVertebra || placeOf(k.Compartment) == p)
				}
				if in(c.leaks[reference]) {
					there++
					if c.leaks[j] != nil {
						found++
					}
				}
				if in(c.leaks[j]) {
					said++
					if c.leaks[reference] != nil {
						right++
					}
				}
			}
			if there+said > 0 {
				a.Detection = append(a.Detection, Detection{name, string(p), stats.NewProportion(found, there), stats.NewProportion(right, said)})
			}
		}
	}
}

// overlaps compares masks, body by body and the new cement of a case as a whole.
func (a *Agreement) overlaps(ctx context.Context, c *Cohort, readings []*Reading) error {
	for j := range readings {
		for k := j + 1; k < len(readings); k++ {
			body, cement := OverlapAgreement{A: a.Readings[j], B: a.Readings[k], What: "body"}, OverlapAgreement{A: a.Readings[j], B: a.Readings[k], What: "cement"}
			var of [2][3][]float64
			for _, x := range c.Cases {
				p, q := readings[j].Masks[x.ID], readings[k].Masks[x.ID]
				if p == "" || q == "" {
					continue
				}
				if err := overlapsOf(ctx, p, q, &of, &body.Missing, &cement.Missing); err != nil {
					return fmt.Errorf("cohort: case %s: %w", x.ID, err)
				}
			}
			for n, o := range []*OverlapAgreement{&body, &cement} {
				o.Dice, o.MeanMM, o.P95MM = stats.Summarise(of[n][0]), stats.Summarise(of[n][1]), stats.Summarise(of[n][2])
				if o.Dice.N > 0 || o.Missing > 0 {
					a.Overlaps = append(a.Overlaps, *o)
				}
			}
		}
	}
	return nil
}

func overlapsOf(ctx context.Context, p, q string, of *[2][3][]float64, missing ...*int) error {
	read := func(dir, name string) (*volume.Labels, error) { return nifti.ReadLabels(filepath.Join(dir, name)) }
	for n, name := range []string{"vertebrae.nii.gz", "cement.nii.gz"} {
		a, err := read(p, name)
		if err != nil {
			return err
		}
		b, err := read(q, name)
		if err != nil {
			return err
		}
		wants := []func(uint8) bool{func(v uint8) bool { return v >= uint8(anatomy.CementInBody) && v <= uint8(anatomy.CementLeaked) }}
		if n == 0 {
			wants = nil
			for _, l := range labelsIn(a, b) {
				wants = append(wants, func(v uint8) bool { return v == l })
			}
		}
		for _, want := range wants {
			o, ok, err := overlap.Compare(ctx, a, b, want)
			if err != nil {
				return err
			}
			if !ok {
				*missing[n]++
				continue
			}
			for i, x := range []float64{o.Dice, o.MeanMM, o.P95MM} {
				of[n][i] = append(of[n][i], x)
			}
		}
	}
	return nil
}

// labelsIn lists the values of two label maps.
func labelsIn(maps ...*volume.Labels) (out []uint8) {
	var there [256]bool
	for _, l := range maps {
		for _, v := range l.V {
			there[v] = true
		}
	}
	for v := 1; v < 256; v++ {
		if there[v] {
			out = append(out, uint8(v))
		}
	}
	return out
}
