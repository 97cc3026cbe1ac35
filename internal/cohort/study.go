package cohort

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/chart"
	"github.com/vertefill/vertefill/internal/diag"
	"github.com/vertefill/vertefill/internal/stats"
)

// Study holds the numbers of a study report. Fills and shares are 0..1, volumes mL, heights mm.
type Study struct {
	Flow      Flow
	Levels    []LevelFill // the treated ones, from the head down
	All       stats.Summary
	Leaks     map[Place]stats.Proportion
	Types     map[anatomy.LeakType]int
	Volumes   map[Place]stats.Summary // of single leaks
	Fill      []Treated               // one line a treated vertebra whose fill counts
	Volume    stats.Correlation       // cement in the body against fill
	PunctureN int                     // treated vertebrae whose side of puncture is known
	Puncture  stats.Summary           // cement in that half of the body / body volume
	Larger    stats.Summary           // the same of the fuller half
	Share     stats.Summary           // share of the cement in the fuller half
	Midline   stats.Proportion        // cement crosses the midline
	Heights   [3]stats.Summary        // change of the anterior, middle and posterior height, after minus before
	Wedge     stats.Summary           // change of the wedge angle, degrees
	Software  []string                // every version that measured a case

	halves, punctured []chart.Value // what Larger and Puncture summarise, in per cent
}

// Flow counts the cases from the list to the numbers.
type Flow struct {
	Listed, Pending, Failed, Measured int
	NoCement                          int // measured, no vertebra with new cement
	NoPre                             int // measured without a CT from before
	Treated                           int // cases with a treated vertebra
	Vertebrae, TreatedVertebrae       int
	Withheld                          int // treated vertebrae whose fill does not count: a finding of severity error about them
	Reasons                           []Reason
	Codes                             []Reason // codes of the findings that withheld a fill
}

// Reason is why cases were left out, and how many.
type Reason struct {
	Why string
	N   int
}

// LevelFill is the fill of the treated vertebrae of one level.
type LevelFill struct {
	Level anatomy.Level
	Fill  stats.Summary
}

// Treated is one treated vertebra of the study.
type Treated struct {
	Case     string
	Level    anatomy.Level
	Fill     float64
	BodyML   float64 // of the body
	CementML float64 // new, in the body
	LeakML   float64
	Leaks    int
	Change   *[3]float64 // of heights, mm; nil without a CT from before
}

// punctureColumn is the covariate that says through which side the needle went: left, right, or both.
const punctureColumn = "puncture"

// Summarise computes the numbers of the study report. covariates are the names of the columns of the cohort's table.
func Summarise(covariates []string, list []Outcome) Study {
	s := Study{Leaks: frequencies(list), Types: map[anatomy.LeakType]int{}, Volumes: map[Place]stats.Summary{}}
	s.Flow = flow(list)
	side := slices.IndexFunc(covariates, func(c string) bool { return strings.EqualFold(c, punctureColumn) })
	byLevel, volumes := map[anatomy.Level][]float64{}, map[Place][]float64{}
	var all, share, wedge []float64
	var heights [3][]float64
	crosses, located := 0, 0
	for i := range list {
		o := &list[i]
		if o.Report == nil {
			continue
		}
		if v := strings.TrimSpace(o.Report.Software.Name + " " + o.Report.Software.Version + " " + o.Report.Software.Commit); !slices.Contains(s.Software, v) {
			s.Software = append(s.Software, v)
		}
		for _, k := range o.Report.Leaks {
			s.Types[k.Type]++
			volumes[placeOf(k.Compartment)] = append(volumes[placeOf(k.Compartment)], k.VolumeML)
			volumes[AnyVertebra] = append(volumes[AnyVertebra], k.VolumeML)
		}
		for n := range o.Report.Vertebrae {
			v := &o.Report.Vertebrae[n]
			if !v.Treated || withheld(o.Report, v.Level) != "" {
				continue
			}
			t := treatedOf(o, v)
			s.Fill = append(s.Fill, t)
			byLevel[v.Level] = append(byLevel[v.Level], v.FillRatio)
			all = append(all, v.FillRatio)
			if t.Change != nil {
				for h := range heights {
					heights[h] = append(heights[h], t.Change[h])
				}
			}
			if v.WedgeAngleDegrees != nil && v.PreWedgeAngleDegrees != nil {
				wedge = append(wedge, *v.WedgeAngleDegrees-*v.PreWedgeAngleDegrees)
			}
			if d := v.Distribution; d != nil && v.CementInBodyML > 0 && v.BodyVolumeML > 0 {
				located++
				if d.CrossesMidline {
					crosses++
				}
				fill := v.CementInBodyML / v.BodyVolumeML
				half := func(share float64) chart.Value {
					return chart.Value{Key: SpotKey(t.Case, t.Level), Y: 100 * fill * share}
				}
				share, s.halves = append(share, max(d.Left, d.Right)), append(s.halves, half(max(d.Left, d.Right)))
				if side >= 0 && side < len(o.Case.Covariates) {
					switch sideOf(o.Case.Covariates[side]) {
					case anatomy.Left:
						s.punctured = append(s.punctured, half(d.Left))
					case anatomy.Right:
						s.punctured = append(s.punctured, half(d.Right))
					}
				}
			}
		}
	}
	for l, fills := range byLevel {
		s.Levels = append(s.Levels, LevelFill{l, stats.Summarise(fills)})
	}
	slices.SortFunc(s.Levels, func(a, b LevelFill) int { return cmp.Compare(order(a.Level), order(b.Level)) })
	for p, v := range volumes {
		s.Volumes[p] = stats.Summarise(v)
	}
	s.All, s.Puncture, s.Larger, s.Share, s.Wedge = stats.Summarise(all), fractions(s.punctured), fractions(s.halves), stats.Summarise(share), stats.Summarise(wedge)
	s.PunctureN, s.Midline = len(s.punctured), stats.NewProportion(crosses, located)
	for h := range heights {
		s.Heights[h] = stats.Summarise(heights[h])
	}
	var x, y []float64
	for _, t := range s.Fill {
		x, y = append(x, t.CementML), append(y, t.Fill)
	}
	if r, err := stats.Pearson(x, y); err == nil {
		s.Volume = r
	} else {
		s.Volume = stats.Correlation{Value: math.NaN(), CI: stats.Interval{Low: math.NaN(), High: math.NaN()}}
	}
	return s
}

// fractions summarises values in per cent as fractions.
func fractions(list []chart.Value) stats.Summary {
	var x []float64
	for _, v := range list {
		x = append(x, v.Y/100)
	}
	return stats.Summarise(x)
}

// order places a level in the spine from the head down: T13 stands behind T12.
func order(l anatomy.Level) float64 {
	if l == anatomy.T13 {
		return float64(anatomy.T12) + 0.5
	}
	return float64(l)
}

// sideOf reads a cell of the column puncture, in English or French.
func sideOf(s string) anatomy.Side {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "left", "l", "gauche", "g":
		return anatomy.Left
	case "right", "r", "droite", "droit", "d":
		return anatomy.Right
	}
	return ""
}

func treatedOf(o *Outcome, v *assess.Vertebra) Treated {
	t := Treated{Case: o.Case.ID, Level: v.Level, Fill: v.FillRatio, BodyML: v.BodyVolumeML, CementML: v.CementInBodyML}
	for _, k := range o.Report.Leaks {
		if k.Level == v.Level {
			t.LeakML += k.VolumeML
			t.Leaks++
		}
	}
	if a, b := v.HeightsMM, v.PreHeightsMM; a != nil && b != nil {
		t.Change = &[3]float64{a.Anterior - b.Anterior, a.Middle - b.Middle, a.Posterior - b.Posterior}
	}
	return t
}

// withheld returns the code of the finding for which the numbers of a level do not count, or nothing.
func withheld(r *assess.Report, level anatomy.Level) string {
	for _, q := range r.Quality {
		if q.Severity == diag.Error && q.Level == level {
			return string(q.Code)
		}
	}
	return ""
}

func flow(list []Outcome) Flow {
	f := Flow{Listed: len(list)}
	reasons, withheldBy := map[string]int{}, map[string]int{}
	for i := range list {
		o := &list[i]
		switch {
		case o.Report == nil && o.Record.Status == Failed:
			f.Failed++
			reasons[o.Reason()]++
			continue
		case o.Report == nil:
			f.Pending++
			continue
		}
		f.Measured++
		if o.Report.Inputs.Pre == nil {
			f.NoPre++
		}
		treated := false
		for _, v := range o.Report.Vertebrae {
			f.Vertebrae++
			if v.Treated {
				treated = true
				f.TreatedVertebrae++
				if code := withheld(o.Report, v.Level); code != "" {
					f.Withheld++
					withheldBy[code]++
				}
			}
		}
		if treated {
			f.Treated++
		} else {
			f.NoCement++
		}
	}
	f.Reasons, f.Codes = counted(reasons), counted(withheldBy)
	return f
}

// counted lists reasons, the most frequent first.
func counted(m map[string]int) []Reason {
	var out []Reason
	for why, n := range m {
		out = append(out, Reason{why, n})
	}
	slices.SortFunc(out, func(a, b Reason) int { return cmp.Or(b.N-a.N, strings.Compare(a.Why, b.Why)) })
	return out
}
