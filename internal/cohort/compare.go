package cohort

import (
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/vertefill/vertefill/internal/export"
	"github.com/vertefill/vertefill/internal/stats"
	"github.com/vertefill/vertefill/internal/text"
)

// GroupComparison compares groups of cases by one covariate. A p value never stands without its difference, the interval of that and
// an effect size; shares have no p value at all.
type GroupComparison struct {
	By     string
	Groups []string
	Means  []MeanRow
	Shares []ShareRow
	Left   int // treated vertebrae of cases without a value of the covariate
}

// MeanRow compares a quantity of treated vertebrae in two groups: B minus A.
type MeanRow struct {
	Quantity, A, B string
	stats.Comparison
	Err error
}

// ShareRow compares the share of treated vertebrae with a leak in two groups: B minus A.
type ShareRow struct {
	Place Place
	A, B  string
	stats.ShareComparison
	Err error
}

// mostGroups bounds what is a grouping: a number with a value of its own for every case is none.
const mostGroups = 8

// Compare compares the treated vertebrae of the groups that a covariate makes, every pair of them.
func Compare(covariates []string, list []Outcome, by string) (*GroupComparison, error) {
	at := slices.IndexFunc(covariates, func(c string) bool { return strings.EqualFold(c, by) })
	if at < 0 {
		return nil, fmt.Errorf("cohort: the table of the cohort has no column %q; it has: %s", by, strings.Join(covariates, ", "))
	}
	g := &GroupComparison{By: covariates[at]}
	values := map[string]map[string][]float64{} // by group and quantity
	count := map[string]map[Place]int{}
	total := map[string]int{}
	for i := range list {
		o := &list[i]
		if o.Report == nil {
			continue
		}
		group := strings.TrimSpace(padded(o.Case.Covariates, len(covariates))[at])
		for n := range o.Report.Vertebrae {
			v := &o.Report.Vertebrae[n]
			if !v.Treated || withheld(o.Report, v.Level) != "" {
				continue
			}
			if group == "" {
				g.Left++
				continue
			}
			if values[group] == nil {
				values[group], count[group] = map[string][]float64{}, map[Place]int{}
				g.Groups = append(g.Groups, group)
			}
			total[group]++
			for _, q := range quantities {
				if x := q.of(o.Report, v); !math.IsNaN(x) {
					values[group][q.name] = append(values[group][q.name], x)
				}
			}
			seen := map[Place]bool{}
			for _, k := range o.Report.Leaks {
				if k.Level == v.Level {
					seen[AnyVertebra], seen[placeOf(k.Compartment)] = true, true
				}
			}
			for p := range seen {
				count[group][p]++
			}
		}
	}
	slices.Sort(g.Groups)
	switch n := len(g.Groups); {
	case n < 2:
		return nil, fmt.Errorf("cohort: column %q makes no two groups of cases with a treated vertebra", by)
	case n > mostGroups:
		return nil, fmt.Errorf("cohort: column %q has %d different values: that is no grouping; make a column with a few", by, n)
	}
	for i, a := range g.Groups {
		for _, b := range g.Groups[i+1:] {
			for _, q := range quantities {
				m := MeanRow{Quantity: q.name, A: a, B: b}
				m.Comparison, m.Err = stats.Compare(values[a][q.name], values[b][q.name])
				g.Means = append(g.Means, m)
			}
			for _, p := range Places {
				if p != AnyCase {
					s := ShareRow{Place: p, A: a, B: b}
					s.ShareComparison, s.Err = stats.CompareShares(count[a][p], total[a], count[b][p], total[b])
					g.Shares = append(g.Shares, s)
				}
			}
		}
	}
	return g, nil
}

// Write writes comparison.html, comparison.pdf, comparison.csv and mixed.R into the folder of the results.
func (g *GroupComparison) Write(out string, l text.Lang) error {
	if err := os.MkdirAll(out, 0o755); err != nil {
		return fmt.Errorf("cohort: %w", err)
	}
	d, t := g.document(words{l}), g.table()
	for _, f := range []struct {
		name string
		do   func(io.Writer) error
	}{{"comparison.html", d.HTML}, {"comparison.pdf", d.PDF}, {"comparison.csv", t.CSV}, {mixedName, mixedScript(g.By)}} {
		if err := export.WriteFile(filepath.Join(out, f.name), f.do); err != nil {
			return err
		}
	}
	return nil
}

func (g *GroupComparison) document(w words) *export.Document {
	means := &export.Grid{Head: []string{w.of("Treated vertebrae", "Vertèbres traitées"), w.of("Groups", "Groupes"), w.of("Means (n)", "Moyennes (n)"), w.of("Difference [95 %]", "Différence [95 %]"), w.of("Effect g [95 %]", "Effet g [95 %]"), "p"}, Words: 2, Widths: []float64{3.2, 2.4, 3, 3, 3, 1}}
	for _, m := range g.Means {
		if m.Err != nil {
			continue
		}
		d := digitsOf(m.Quantity)
		n := func(x float64) string { return w.Number(x, d) }
		means.Rows = append(means.Rows, []string{w.quantity(m.Quantity), m.B + " − " + m.A, fmt.Sprintf("%s (%d), %s (%d)", n(m.Comparison.B.Mean), m.Comparison.B.N, n(m.Comparison.A.Mean), m.Comparison.A.N),
			n(m.Difference) + " " + w.Interval(m.CI.Low, m.CI.High, d), w.Number(m.Effect, 2) + " " + w.Interval(m.EffectCI.Low, m.EffectCI.High, 2), w.pValue(m.P)})
	}
	shares := &export.Grid{Head: []string{w.of("Vertebrae with a leak", "Vertèbres avec une fuite"), w.of("Groups", "Groupes"), w.of("Shares, %", "Parts, %"), w.of("Difference, points [95 %]", "Différence, points [95 %]")}, Words: 2, Widths: []float64{3.2, 2.4, 4, 3}}
	for _, s := range g.Shares {
		if s.Err != nil || s.ShareComparison.A.K+s.ShareComparison.B.K == 0 {
			continue
		}
		share := func(p stats.Proportion) string { return fmt.Sprintf("%s (%d/%d)", w.Percent(p.Value), p.K, p.N) }
		shares.Rows = append(shares.Rows, []string{w.place(s.Place), s.B + " − " + s.A, share(s.ShareComparison.B) + ", " + share(s.ShareComparison.A), w.Number(100*s.Difference, 1) + " " + w.Interval(100*s.CI.Low, 100*s.CI.High, 1)})
	}
	notes := []string{w.of("Welch 1947 for the difference, Hedges 1981 for the effect: g of 0.2 is small, 0.5 middling, 0.8 large. Newcombe 1998 for shares. Nothing is corrected for looking at several quantities or pairs.",
		"Welch 1947 pour la différence, Hedges 1981 pour l’effet : g de 0,2 est petit, 0,5 moyen, 0,8 grand. Newcombe 1998 pour les parts. Rien n’est corrigé pour le nombre de grandeurs ou de paires.")}
	if g.Left > 0 {
		notes = append(notes, fmt.Sprintf(w.of("%d treated vertebrae of cases without a value are left out.", "%d vertèbres traitées de cas sans valeur sont laissées."), g.Left))
	}
	d := &export.Document{Title: fmt.Sprintf(w.of("Groups by %s", "Groupes selon %s"), g.By), Subtitle: strings.Join(g.Groups, ", "), Lang: w.Lang,
		Footer: w.of("Vertebrae of one case are taken as independent here: mixed.R takes cases into account.", "Les vertèbres d’un même cas sont prises ici comme indépendantes : mixed.R tient compte des cas."),
		Parts:  []export.Part{{Title: w.of("Means", "Moyennes"), Table: means, Notes: notes}}}
	if len(shares.Rows) > 0 {
		d.Parts = append(d.Parts, export.Part{Title: w.of("Leaks", "Fuites"), Table: shares})
	}
	return d
}

func (w words) pValue(p float64) string {
	if p < 0.001 {
		return "< " + w.Number(0.001, 3)
	}
	return w.Number(p, 3)
}

func (g *GroupComparison) table() *Table {
	t := &Table{Name: "comparison"}
	for _, f := range [][2]string{{"what", "string"}, {"groups", "string"}, {"nA", "integer"}, {"nB", "integer"}, {"a", "number"}, {"b", "number"}, {"difference", "number"}, {"low", "number"}, {"high", "number"}, {"effect", "number"}, {"effectLow", "number"}, {"effectHigh", "number"}, {"df", "number"}, {"t", "number"}, {"p", "number"}} {
		t.Fields = append(t.Fields, export.Field{Name: f[0], Type: f[1]})
	}
	for _, m := range g.Means {
		if m.Err == nil {
			row := []string{m.Quantity, m.B + " - " + m.A, fmt.Sprint(m.Comparison.A.N), fmt.Sprint(m.Comparison.B.N)}
			for _, x := range []float64{m.Comparison.A.Mean, m.Comparison.B.Mean, m.Difference, m.CI.Low, m.CI.High, m.Effect, m.EffectCI.Low, m.EffectCI.High, m.DF, m.T, m.P} {
				row = append(row, decimal(x))
			}
			t.Rows = append(t.Rows, row)
		}
	}
	for _, s := range g.Shares {
		if s.Err == nil {
			row := []string{"leak:" + string(s.Place), s.B + " - " + s.A, fmt.Sprint(s.ShareComparison.A.N), fmt.Sprint(s.ShareComparison.B.N)}
			for _, x := range []float64{s.ShareComparison.A.Value, s.ShareComparison.B.Value, s.Difference, s.CI.Low, s.CI.High} {
				row = append(row, decimal(x))
			}
			t.Rows = append(t.Rows, append(row, "", "", "", "", "", ""))
		}
	}
	return t
}
