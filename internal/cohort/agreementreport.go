package cohort

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/vertefill/vertefill/internal/chart"
	"github.com/vertefill/vertefill/internal/export"
	"github.com/vertefill/vertefill/internal/plot"
	"github.com/vertefill/vertefill/internal/stats"
	"github.com/vertefill/vertefill/internal/text"
)

// Write writes agreement.html, agreement.pdf, agreement.csv with every statistic, agreement-values.csv with every value compared, and
// the Bland-Altman plots, into a folder.
func (a *Agreement) Write(out string, l text.Lang) error {
	if err := os.MkdirAll(out, 0o755); err != nil {
		return fmt.Errorf("cohort: %w", err)
	}
	charts, err := a.Charts(l)
	if err != nil {
		return err
	}
	if err := writePlots(charts, filepath.Join(out, plotsDir)); err != nil {
		return err
	}
	d := a.document(charts, l)
	statistics, values := a.tables()
	for _, f := range []struct {
		name string
		do   func(io.Writer) error
	}{{"agreement.html", d.HTML}, {"agreement.pdf", d.PDF}, {"agreement.csv", statistics.CSV}, {"agreement-values.csv", values.CSV}} {
		if err := export.WriteFile(filepath.Join(out, f.name), f.do); err != nil {
			return err
		}
	}
	return nil
}

// plotted are the quantities that are drawn.
var plotted = []string{"fillPercent", "leakMl", "bodyVolumeMl"}

// Charts draws the differences of every pair of readings against their means (Bland and Altman 1986). Spots are named by SpotKey.
func (a *Agreement) Charts(l text.Lang) (out []NamedChart, err error) {
	w := words{l}
	for _, name := range plotted {
		for _, q := range a.Quantities {
			if q.Quantity != name {
				continue
			}
			for n, p := range q.Pairs {
				if p.Err != nil {
					continue
				}
				g := chart.Group{}
				for _, x := range p.points {
					g.Values = append(g.Values, chart.Value{Key: x.key, X: (x.a + x.b) / 2, Y: x.b - x.a})
				}
				d := digitsOf(q.Quantity)
				lines := []chart.Line{
					{Y: p.Bias, Low: p.BiasCI.Low, High: p.BiasCI.High, Name: w.of("bias ", "biais ") + l.Number(p.Bias, d)},
					{Y: p.Lower, Low: p.LowerCI.Low, High: p.LowerCI.High, Name: w.of("lower limit ", "limite basse ") + l.Number(p.Lower, d), Dashed: true},
					{Y: p.Upper, Low: p.UpperCI.Low, High: p.UpperCI.High, Name: w.of("upper limit ", "limite haute ") + l.Number(p.Upper, d), Dashed: true},
				}
				c, err := chart.Scatter(chart.Axes{Title: fmt.Sprintf("%s: %s − %s", w.quantity(q.Quantity), p.B, p.A), X: w.of("Mean of both", "Moyenne des deux"), Y: w.of("Difference", "Différence"), W: 170, H: 80, Lang: l}, []chart.Group{g}, lines)
				if err != nil {
					return nil, fmt.Errorf("cohort: plot of %s: %w", q.Quantity, err)
				}
				out = append(out, NamedChart{fmt.Sprintf("agreement-%s-%d", q.Quantity, n+1), c})
			}
		}
	}
	return out, nil
}

// quantity names a quantity for people.
func (w words) quantity(name string) string {
	switch name {
	case "fillPercent":
		return w.of("Fill, points", "Remplissage, points")
	case "cementInBodyMl":
		return w.of("New cement in the body, mL", "Ciment nouveau dans le corps, mL")
	case "bodyVolumeMl":
		return w.of("Body volume, mL", "Volume du corps, mL")
	case "leakMl":
		return w.of("Leaks of a vertebra, mL", "Fuites d’une vertèbre, mL")
	case "heightAnteriorMm":
		return w.of("Anterior height, mm", "Hauteur antérieure, mm")
	case "heightMiddleMm":
		return w.of("Middle height, mm", "Hauteur moyenne, mm")
	case "heightPosteriorMm":
		return w.of("Posterior height, mm", "Hauteur postérieure, mm")
	}
	return name
}

// digitsOf is how many decimals a quantity has: percentages and lengths one, volumes two.
func digitsOf(quantity string) int {
	if strings.HasSuffix(quantity, "Ml") {
		return 2
	}
	return 1
}

func (a *Agreement) document(charts []NamedChart, l text.Lang) *export.Document {
	w := words{l}
	var drawings []*plot.Drawing
	for _, c := range charts {
		drawings = append(drawings, c.Drawing)
	}
	d := &export.Document{
		Title:    w.of("Vertebroplasty: agreement of readings", "Vertébroplastie : accord des lectures"),
		Subtitle: fmt.Sprintf(w.of("%d cases. %s", "%d cas. %s"), a.Cases, strings.Join(a.Readings, ", ")),
		Footer:   w.of("Differences: second minus first. Limits of agreement: bias ± 1.96 SD. All intervals 95 %.", "Différences : second moins premier. Limites d’accord : biais ± 1,96 É.-T. Tous les intervalles à 95 %."),
		Lang:     l,
	}
	d.Parts = append(d.Parts, a.differences(w), a.correlations(w), a.kappaPart(w, w.of("Is there a leak?", "Y a-t-il une fuite ?"), a.Presence), a.kappaPart(w, w.of("Type of leak", "Type de fuite"), a.Types))
	if len(a.Detection) > 0 {
		d.Parts = append(d.Parts, a.detectionPart(w))
	}
	if len(a.Overlaps) > 0 {
		d.Parts = append(d.Parts, a.overlapPart(w))
	}
	if len(drawings) > 0 {
		d.Parts = append(d.Parts, export.Part{Title: w.of("Differences against means", "Différences selon les moyennes"), Drawings: drawings})
	}
	return d
}

func (a *Agreement) differences(w words) export.Part {
	g := &export.Grid{Head: []string{w.of("Quantity", "Grandeur"), w.of("Readings", "Lectures"), "n", w.of("Bias [95 %]", "Biais [95 %]"), w.of("Lower limit [95 %]", "Limite basse [95 %]"), w.of("Upper limit [95 %]", "Limite haute [95 %]")}, Words: 2, Widths: []float64{3, 2.4, 0.7, 3, 3, 3}}
	for _, q := range a.Quantities {
		d := digitsOf(q.Quantity)
		with := func(x float64, i stats.Interval) string { return w.Number(x, d) + " " + w.Interval(i.Low, i.High, d) }
		for _, p := range q.Pairs {
			row := []string{w.quantity(q.Quantity), p.B + " − " + p.A, fmt.Sprint(p.N), "–", "–", "–"}
			if p.Err == nil {
				row[3], row[4], row[5] = with(p.Bias, p.BiasCI), with(p.Lower, p.LowerCI), with(p.Upper, p.UpperCI)
			}
			g.Rows = append(g.Rows, row)
		}
	}
	notes := []string{w.of("Bland and Altman 1986, 1999. Vertebrae that any reading calls treated; values of one vertebra that a finding withholds are left out.", "Bland et Altman 1986, 1999. Vertèbres qu’une lecture dit traitées ; les valeurs qu’une anomalie invalide sont laissées.")}
	if len(a.Unnamed) > 0 {
		notes = append(notes, fmt.Sprintf(w.of("Not in all readings (another name of the level, or not measured): %s.", "Pas dans toutes les lectures (autre nom du niveau, ou pas mesurées) : %s."), strings.Join(a.Unnamed, ", ")))
	}
	return export.Part{Title: w.of("Differences", "Différences"), Table: g, Notes: notes}
}

func (a *Agreement) correlations(w words) export.Part {
	g := &export.Grid{Head: []string{w.of("Quantity", "Grandeur"), "n", w.of("ICC(2,1), absolute [95 %]", "ICC(2,1), absolu [95 %]"), w.of("ICC(3,1), consistency [95 %]", "ICC(3,1), cohérence [95 %]")}, Words: 1, Widths: []float64{3, 1, 3, 3}}
	for _, q := range a.Quantities {
		row := []string{w.quantity(q.Quantity), "–", "–", "–"}
		if i := q.ICC; i != nil {
			with := func(c stats.Correlation) string {
				return w.Number(c.Value, 3) + " " + w.Interval(c.CI.Low, c.CI.High, 3)
			}
			row = []string{row[0], fmt.Sprint(i.Subjects), with(i.Agreement), with(i.Consistency)}
		}
		g.Rows = append(g.Rows, row)
	}
	return export.Part{Title: w.of("Intraclass correlation", "Corrélation intraclasse"), Table: g, Notes: []string{w.of("Shrout and Fleiss 1979; intervals of McGraw and Wong 1996. Only vertebrae that all readings measured.", "Shrout et Fleiss 1979 ; intervalles de McGraw et Wong 1996. Seulement les vertèbres mesurées dans toutes les lectures.")}}
}

func (a *Agreement) kappaPart(w words, title string, list []KappaAgreement) export.Part {
	g := &export.Grid{Head: []string{title, w.of("Readings", "Lectures"), "n", w.of("Same, %", "Identiques, %"), w.of("Kappa [95 %]", "Kappa [95 %]")}, Words: 2, Widths: []float64{3.4, 3, 1, 1.4, 3}}
	for _, k := range list {
		who := w.of("all (Fleiss)", "toutes (Fleiss)")
		if len(k.Readings) == 2 {
			who = k.Readings[0] + ", " + k.Readings[1]
		}
		row := []string{w.what(k.What), who, fmt.Sprint(k.N), "–", "–"}
		switch {
		case k.Err == nil:
			row[3], row[4] = w.Percent(k.Observed), w.Number(k.Value, 3)+" "+w.Interval(k.CI.Low, k.CI.High, 3)
		case errors.Is(k.Err, stats.ErrOneCategory):
			row[3], row[4] = w.Percent(1), w.of("always the same name", "toujours le même nom")
		}
		g.Rows = append(g.Rows, row)
	}
	return export.Part{Title: title, Table: g}
}

// what names the thing that a kappa is about.
func (w words) what(s string) string {
	switch s {
	case "type":
		return w.of("Type, of leaks seen by both", "Type, des fuites vues par les deux")
	case "typeOrNotSeen":
		return w.of("Type, or not seen", "Type, ou non vue")
	}
	return w.place(Place(s))
}

func (a *Agreement) detectionPart(w words) export.Part {
	g := &export.Grid{Head: []string{w.of("Leaks", "Fuites"), w.of("Reading", "Lecture"), w.of("Found / there", "Vues / présentes"), w.of("Sensitivity, % [exact 95 %]", "Sensibilité, % [95 % exact]"), w.of("True / said", "Vraies / dites"), w.of("Precision, % [exact 95 %]", "Précision, % [95 % exact]")}, Words: 2, Widths: []float64{3, 2, 1.6, 3, 1.6, 3}}
	for _, d := range a.Detection {
		row := []string{w.place(Place(d.Place)), d.Reading}
		for _, p := range []stats.Proportion{d.Sensitivity, d.Precision} {
			row = append(row, fmt.Sprintf("%d / %d", p.K, p.N))
			if p.N == 0 {
				row = append(row, "–")
			} else {
				row = append(row, w.share(p))
			}
		}
		g.Rows = append(g.Rows, row)
	}
	return export.Part{Title: w.of("Leaks found", "Fuites trouvées"), Table: g, Notes: []string{fmt.Sprintf(w.of("Against the reference. A leak is found when one of the same level lies within %d mm, centre to centre, wherever the reading puts it.", "Par rapport à la référence. Une fuite est trouvée quand une fuite du même niveau est à moins de %d mm, de centre à centre, quel que soit le compartiment donné."), matchMM)}}
}

func (a *Agreement) overlapPart(w words) export.Part {
	g := &export.Grid{Head: []string{w.of("Mask", "Masque"), w.of("Readings", "Lectures"), "n", w.of("Dice, median (quartiles)", "Dice, médiane (quartiles)"), w.of("Mean distance, mm", "Distance moyenne, mm"), w.of("95th percentile, mm", "95e percentile, mm"), w.of("In one only", "Dans un seul")}, Words: 2, Widths: []float64{1.6, 2.4, 0.8, 3, 2.8, 2.8, 1.4}}
	for _, o := range a.Overlaps {
		line := func(s stats.Summary, d int) string {
			return w.Number(s.Median, d) + " (" + w.Number(s.Q1, d) + "–" + w.Number(s.Q3, d) + ")"
		}
		what := w.of("Bodies", "Corps")
		if o.What == "cement" {
			what = w.of("New cement", "Ciment nouveau")
		}
		g.Rows = append(g.Rows, []string{what, o.A + ", " + o.B, fmt.Sprint(o.Dice.N), line(o.Dice, 3), line(o.MeanMM, 2), line(o.P95MM, 2), fmt.Sprint(o.Missing)})
	}
	return export.Part{Title: w.of("Masks", "Masques"), Table: g, Notes: []string{w.of("Bodies one by one, new cement by case. Distances from surface voxel to nearest surface voxel, both ways.", "Corps un par un, ciment nouveau par cas. Distances de voxel de surface à voxel de surface le plus proche, dans les deux sens.")}}
}

// tables are every statistic and every value, one a row.
func (a *Agreement) tables() (statistics, values Table) {
	field := func(name, kind, meaning string) export.Field {
		return export.Field{Name: name, Type: kind, Meaning: meaning}
	}
	statistics = Table{Name: "agreement", Fields: []export.Field{field("statistic", "string", "name of the statistic"), field("what", "string", "quantity, place or mask"), field("readings", "string", "which were compared"), field("n", "integer", "subjects"), field("value", "number", "value"), field("low", "number", "lower end of the 95 % interval"), field("high", "number", "upper end")}}
	row := func(statistic, what, readings string, n int, value float64, i stats.Interval) {
		number := func(x float64) string {
			if x != x {
				return ""
			}
			return decimal(x)
		}
		statistics.Rows = append(statistics.Rows, []string{statistic, what, readings, fmt.Sprint(n), number(value), number(i.Low), number(i.High)})
	}
	none := stats.Interval{Low: nan, High: nan}
	all := strings.Join(a.Readings, ", ")
	for _, q := range a.Quantities {
		for _, p := range q.Pairs {
			if p.Err == nil {
				who := p.B + " - " + p.A
				row("bias", q.Quantity, who, p.N, p.Bias, p.BiasCI)
				row("sdOfDifferences", q.Quantity, who, p.N, p.SD, none)
				row("lowerLimit", q.Quantity, who, p.N, p.Lower, p.LowerCI)
				row("upperLimit", q.Quantity, who, p.N, p.Upper, p.UpperCI)
			}
		}
		if i := q.ICC; i != nil {
			row("icc21", q.Quantity, all, i.Subjects, i.Agreement.Value, i.Agreement.CI)
			row("icc31", q.Quantity, all, i.Subjects, i.Consistency.Value, i.Consistency.CI)
		}
	}
	for _, k := range append(append([]KappaAgreement(nil), a.Presence...), a.Types...) {
		name, who := "cohenKappa", strings.Join(k.Readings, ", ")
		if who == "" {
			name, who = "fleissKappa", all
		}
		if k.Err == nil {
			row(name, k.What, who, k.N, k.Value, k.CI)
		}
	}
	for _, d := range a.Detection {
		row("sensitivity", d.Place, d.Reading, d.Sensitivity.N, d.Sensitivity.Value, d.Sensitivity.CI)
		row("precision", d.Place, d.Reading, d.Precision.N, d.Precision.Value, d.Precision.CI)
	}
	for _, o := range a.Overlaps {
		who := o.A + ", " + o.B
		row("dice", o.What, who, o.Dice.N, o.Dice.Mean, o.Dice.MeanCI)
		row("meanSurfaceDistanceMm", o.What, who, o.MeanMM.N, o.MeanMM.Mean, o.MeanMM.MeanCI)
		row("p95SurfaceDistanceMm", o.What, who, o.P95MM.N, o.P95MM.Mean, o.P95MM.MeanCI)
	}
	values = Table{Name: "agreement-values", Fields: []export.Field{field("case", "string", "name of the case"), field("level", "string", "vertebra"), field("quantity", "string", "what was measured"), field("reading", "string", "who measured"), field("value", "number", "value")}}
	for _, v := range a.Values {
		values.Rows = append(values.Rows, []string{v.Case, v.Level.String(), v.Quantity, v.Reading, decimal(v.Value)})
	}
	return statistics, values
}
