package cohort

import (
	"fmt"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/export"
	"github.com/vertefill/vertefill/internal/plot"
	"github.com/vertefill/vertefill/internal/stats"
	"github.com/vertefill/vertefill/internal/text"
)

const (
	plotsDir   = "plots"
	plotPixels = 12.0 // pixels a millimetre: 300 dots an inch
	fontFamily = "Vertefill Sans, Inter"
)

// WriteReport writes the study report of a cohort's results: study.html, study.pdf, the plots as SVG and PNG,
// and mixed.R, which leaves mixed effects to R. Equal results give
// equal bytes.
func WriteReport(c *Cohort, list []Outcome, out string, l text.Lang) error {
	s := Summarise(c.Covariates, list)
	charts, err := s.Charts(l)
	if err != nil {
		return err
	}
	if err := writePlots(charts, filepath.Join(out, plotsDir)); err != nil {
		return err
	}
	d := s.document(charts, l)
	if err := export.WriteFile(filepath.Join(out, "study.html"), d.HTML); err != nil {
		return err
	}
	if err := export.WriteFile(filepath.Join(out, mixedName), mixedScript("")); err != nil {
		return err
	}
	return export.WriteFile(filepath.Join(out, "study.pdf"), d.PDF)
}

func writePlots(charts []NamedChart, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("cohort: %w", err)
	}
	for _, c := range charts {
		if err := export.WriteFile(filepath.Join(dir, c.Name+".svg"), func(w io.Writer) error { return c.SVG(w, fontFamily) }); err != nil {
			return err
		}
		m, err := c.Image(plotPixels)
		if err != nil {
			return fmt.Errorf("cohort: plot %s: %w", c.Name, err)
		}
		err = export.WriteFile(filepath.Join(dir, c.Name+".png"), func(w io.Writer) error {
			return (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(w, m)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// document lays the study out.
func (s *Study) document(charts []NamedChart, l text.Lang) *export.Document {
	w := words{l}
	drawings := func(name string) (out []*plot.Drawing) {
		for _, c := range charts {
			if c.Name == name {
				out = append(out, c.Drawing)
			}
		}
		return out
	}
	d := &export.Document{
		Title:    w.of("Vertebroplasty: study report", "Vertébroplastie : rapport d’étude"),
		Subtitle: fmt.Sprintf(w.of("%d cases, %d treated vertebrae. %s", "%d cas, %d vertèbres traitées. %s"), s.Flow.Listed, s.Flow.TreatedVertebrae, strings.Join(s.Software, ", ")),
		Footer: w.of("Fill = new and earlier cement in the body / volume of the body. Mean [95 % interval]; shares with exact intervals (Clopper and Pearson).",
			"Remplissage = ciment nouveau et ancien dans le corps / volume du corps. Moyenne [intervalle à 95 %] ; proportions avec intervalles exacts (Clopper et Pearson)."),
		Lang: l,
	}
	d.Parts = append(d.Parts, s.flowPart(w))
	if s.Flow.TreatedVertebrae == 0 {
		return d
	}
	add := func(name string, p export.Part) {
		p.Drawings = drawings(name)
		d.Parts = append(d.Parts, p)
	}
	if len(s.Fill) > 0 {
		add(fillPlot, s.fillPart(w))
	}
	add(leakPlot, s.leakPart(w))
	d.Parts = append(d.Parts, s.publishedPart(w), s.sizePart(w))
	if len(s.Fill) > 0 {
		add(volumePlot, s.volumePart(w))
	}
	if s.Larger.N > 0 {
		add(sharePlot, s.sidesPart(w))
	}
	if s.Heights[0].N > 0 {
		add(heightsPlot, s.heightsPart(w))
	}
	return d
}

// flowPart tells how many cases there were and why some do not count.
func (s *Study) flowPart(w words) export.Part {
	f := s.Flow
	g := &export.Grid{Head: []string{w.of("Flow of cases", "Parcours des cas"), "n"}, Words: 1, Widths: []float64{9, 1}}
	row := func(n int, en, fr string) { g.Rows = append(g.Rows, []string{w.of(en, fr), fmt.Sprint(n)}) }
	row(f.Listed, "Cases of the cohort", "Cas de la cohorte")
	if f.Pending > 0 {
		row(f.Pending, "– not measured yet", "– pas encore mesurés")
	}
	if f.Failed > 0 {
		row(f.Failed, "– excluded: could not be measured", "– exclus : n’ont pas pu être mesurés")
		for _, r := range f.Reasons {
			g.Rows = append(g.Rows, []string{"    · " + r.Why, fmt.Sprint(r.N)})
		}
	}
	row(f.Measured, "Cases measured", "Cas mesurés")
	if f.NoPre > 0 {
		row(f.NoPre, "  of these without a CT before the procedure: earlier cement cannot be told apart", "  dont sans scanner avant le geste : le ciment ancien ne peut pas être distingué")
	}
	if f.NoCement > 0 {
		row(f.NoCement, "– no vertebra with new cement", "– aucune vertèbre avec du ciment nouveau")
	}
	row(f.Treated, "Cases with a treated vertebra", "Cas avec une vertèbre traitée")
	row(f.Vertebrae, "Vertebrae measured", "Vertèbres mesurées")
	row(f.TreatedVertebrae, "Treated vertebrae", "Vertèbres traitées")
	if f.Withheld > 0 {
		row(f.Withheld, "– fill withheld: a finding makes it unsafe", "– remplissage non retenu : une anomalie le rend incertain")
		for _, r := range f.Codes {
			g.Rows = append(g.Rows, []string{"    · " + r.Why, fmt.Sprint(r.N)})
		}
	}
	row(len(s.Fill), "Treated vertebrae whose fill counts", "Vertèbres traitées dont le remplissage est retenu")
	return export.Part{Title: w.of("Cases", "Cas"), Table: g, Notes: []string{w.of(
		"Several vertebrae of one case are counted as if they were independent: intervals are too narrow where many cases have more than one. The script mixed.R takes cases into account.",
		"Plusieurs vertèbres d’un cas sont comptées comme indépendantes : les intervalles sont trop étroits quand beaucoup de cas en ont plus d’une. Le script mixed.R tient compte des cas.")}}
}

// leastForInterval is how many values the interval of a mean needs here: below, it reaches beyond what can be.
const leastForInterval = 5

func (w words) percents(s stats.Summary) []string {
	p := func(x float64) string { return w.Percent(x) }
	mean := p(s.Mean)
	if s.N >= leastForInterval {
		mean += " " + w.Interval(100*s.MeanCI.Low, 100*s.MeanCI.High, 1)
	}
	return []string{fmt.Sprint(s.N), mean, p(s.SD), p(s.Median), p(s.Q1) + "–" + p(s.Q3), p(s.Min) + "–" + p(s.Max)}
}

func (w words) summaryHead(first string) []string {
	return []string{first, "n", w.of("Mean [95 %]", "Moyenne [95 %]"), w.of("SD", "É.-T."), w.of("Median", "Médiane"), w.of("Quartiles", "Quartiles"), w.of("Range", "Étendue")}
}

var summaryWidths = []float64{3, 1, 3.6, 1.4, 1.4, 2.2, 2.2}

func (s *Study) fillPart(w words) export.Part {
	g := &export.Grid{Head: w.summaryHead(w.of("Fill, %", "Remplissage, %")), Words: 1, Widths: summaryWidths}
	for _, x := range s.Levels {
		g.Rows = append(g.Rows, append([]string{x.Level.String()}, w.percents(x.Fill)...))
	}
	g.Rows = append(g.Rows, append([]string{w.of("All levels", "Tous niveaux")}, w.percents(s.All)...))
	return export.Part{Title: w.of("Fill by level", "Remplissage par niveau"), Table: g, Notes: []string{w.of(
		"No threshold of fill is agreed upon in the literature; none is applied here. Intervals of means from five vertebrae on.", "Aucun seuil de remplissage ne fait consensus dans la littérature ; aucun n’est appliqué ici. Intervalles des moyennes à partir de cinq vertèbres.")}}
}

func (w words) share(p stats.Proportion) string {
	return w.Percent(p.Value) + " " + w.Interval(100*p.CI.Low, 100*p.CI.High, 1)
}

func (s *Study) leakPart(w words) export.Part {
	g := &export.Grid{Head: []string{w.of("Leaks", "Fuites"), w.of("with / of", "avec / sur"), w.of("% [exact 95 %]", "% [95 % exact]")}, Words: 1, Widths: []float64{4, 2, 3}}
	for _, p := range Places {
		x := s.Leaks[p]
		g.Rows = append(g.Rows, []string{w.place(p), fmt.Sprintf("%d / %d", x.K, x.N), w.share(x)})
	}
	var types []string
	for _, t := range []anatomy.LeakType{anatomy.TypeB, anatomy.TypeS, anatomy.TypeC, anatomy.TypeD, anatomy.TypeT, anatomy.TypeE} {
		types = append(types, fmt.Sprintf("%s %d", t, s.Types[t]))
	}
	return export.Part{Title: w.of("Leaks by compartment", "Fuites par compartiment"), Table: g, Notes: []string{
		w.of("Share of treated vertebrae with at least one leak there. Leaks by type: ", "Part des vertèbres traitées ayant là au moins une fuite. Fuites par type : ") + strings.Join(types, ", ") + ". " +
			w.of("B basivertebral vein, S segmental vein, C cortical defect (Yeom 2003), D disc, T needle track, E distant.", "B veine basivertébrale, S veine segmentaire, C brèche corticale (Yeom 2003), D disque, T trajet du trocart, E à distance."),
		w.of("Distant cement is seen only where the field of view reaches.", "Le ciment à distance n’est vu que dans le champ exploré.")}}
}

func (s *Study) publishedPart(w words) export.Part {
	g := &export.Grid{Head: []string{w.of("Place", "Siège"), w.of("Series", "Série"), w.of("Of", "Parmi"), w.of("Remark", "Remarque"), w.of("Published %", "Publié, %"), w.of("This study %", "Cette étude, %")}, Words: 4, Widths: []float64{3, 4, 2.6, 4.2, 2, 2.6}}
	for _, p := range Places {
		for _, f := range published {
			if f.at != p {
				continue
			}
			share := w.Number(f.percent, decimals(f.percent))
			if !isNaN(f.low) {
				share += " " + w.Interval(f.low, f.high, 0)
			}
			ours := w.Percent(s.Leaks[p].Value)
			g.Rows = append(g.Rows, []string{w.place(p), f.source, w.denominator(f), w.of(f.note[0], f.note[1]), share, ours})
		}
	}
	return export.Part{Title: w.of("Beside published series", "À côté des séries publiées"), Table: g, Notes: []string{w.of(
		"Figures as the abstracts print them, on CT unless a remark says otherwise. Patients, cements and definitions differ: this is a look beside, not a test.",
		"Chiffres tels que les résumés les impriment, au scanner sauf remarque contraire. Patients, ciments et définitions diffèrent : c’est un regard à côté, pas un test.")}}
}

func (w words) denominator(f figure) string {
	n := ""
	if f.n > 0 && f.of != asPrinted {
		n = fmt.Sprint(f.n) + " "
	}
	switch f.of {
	case ofVertebrae:
		return n + w.of("vertebrae", "vertèbres")
	case ofPatients:
		return n + w.of("patients", "patients")
	case ofChestCTs:
		return n + w.of("chest CTs", "scanners du thorax")
	}
	return w.of("not said", "non précisé")
}

// sizePart tells how large the leaks are.
func (s *Study) sizePart(w words) export.Part {
	g := &export.Grid{Head: []string{w.of("Volume of a leak, mL", "Volume d’une fuite, mL"), "n", w.of("Median", "Médiane"), w.of("Quartiles", "Quartiles"), w.of("Largest", "La plus grande")}, Words: 1, Widths: []float64{3, 1, 1.5, 2.2, 1.8}}
	for _, p := range Places {
		x, ok := s.Volumes[p]
		if !ok || p == AnyCase {
			continue
		}
		name := w.place(p)
		if p == AnyVertebra {
			name = w.of("All leaks", "Toutes les fuites")
		}
		g.Rows = append(g.Rows, []string{name, fmt.Sprint(x.N), w.LeakML(x.Median), w.LeakML(x.Q1) + "–" + w.LeakML(x.Q3), w.LeakML(x.Max)})
	}
	if len(g.Rows) == 0 {
		return export.Part{Title: w.of("Size of leaks", "Taille des fuites"), Texts: []string{w.of("No leak was found.", "Aucune fuite trouvée.")}}
	}
	return export.Part{Title: w.of("Size of leaks", "Taille des fuites"), Table: g}
}

func (s *Study) volumePart(w words) export.Part {
	var body, cement []float64
	for _, t := range s.Fill {
		body, cement = append(body, t.BodyML), append(cement, t.CementML)
	}
	b, c := stats.Summarise(body), stats.Summarise(cement)
	line := func(s stats.Summary) string {
		return fmt.Sprintf("%s mL (%s–%s)", w.ML(s.Median), w.ML(s.Q1), w.ML(s.Q3))
	}
	t := fmt.Sprintf(w.of("Median new cement in the body %s, of a body %s (quartiles).", "Médiane du ciment nouveau dans le corps %s, du corps %s (quartiles)."), line(c), line(b))
	if !isNaN(s.Volume.Value) {
		t += " " + fmt.Sprintf(w.of("Correlation of volume and fill r = %s %s (95 %%).", "Corrélation du volume et du remplissage r = %s %s (95 %%)."), w.Number(s.Volume.Value, 2), w.Interval(s.Volume.CI.Low, s.Volume.CI.High, 2))
	}
	return export.Part{Title: w.of("Volume and fill", "Volume et remplissage"), Texts: []string{t}}
}

func (s *Study) sidesPart(w words) export.Part {
	g := &export.Grid{Head: w.summaryHead("%"), Words: 1, Widths: summaryWidths}
	g.Rows = append(g.Rows, append([]string{w.of("Fuller half / body", "Moitié la plus remplie / corps")}, w.percents(s.Larger)...))
	if s.PunctureN > 0 {
		g.Rows = append(g.Rows, append([]string{w.of("Side of puncture / body", "Côté de ponction / corps")}, w.percents(s.Puncture)...))
	}
	g.Rows = append(g.Rows, append([]string{w.of("Share of the cement in the fuller half", "Part du ciment dans la moitié la plus remplie")}, w.percents(s.Share)...))
	notes := []string{fmt.Sprintf(w.of("New cement crosses the midline in %d of %d vertebrae: %s %%.", "Le ciment nouveau franchit la ligne médiane dans %d vertèbres sur %d : %s %%."), s.Midline.K, s.Midline.N, w.share(s.Midline))}
	if s.PunctureN == 0 {
		notes = append(notes, w.of("The side of puncture is not known: a column “puncture” (left, right, both) in the table of the cohort says it.", "Le côté de ponction n’est pas connu : une colonne « puncture » (gauche, droite, les deux) du tableau de la cohorte le dit."))
	} else {
		notes = append(notes, w.of("Gao 2022 (585 vertebrae) gives 13.68 % of the body on the side of puncture as the cut-off for leaks into paravertebral veins.", "Gao 2022 (585 vertèbres) donne 13,68 % du corps du côté de ponction comme seuil des fuites veineuses paravertébrales."))
	}
	return export.Part{Title: w.of("Sides", "Côtés"), Table: g, Notes: notes}
}

func (s *Study) heightsPart(w words) export.Part {
	g := &export.Grid{Head: w.summaryHead(w.of("Change", "Variation")), Words: 1, Widths: summaryWidths}
	row := func(name string, x stats.Summary) {
		n := func(v float64) string { return w.Number(v, 1) }
		mean := n(x.Mean)
		if x.N >= leastForInterval {
			mean += " " + w.Interval(x.MeanCI.Low, x.MeanCI.High, 1)
		}
		g.Rows = append(g.Rows, []string{name, fmt.Sprint(x.N), mean, n(x.SD), n(x.Median), n(x.Q1) + " – " + n(x.Q3), n(x.Min) + " – " + n(x.Max)})
	}
	for h, name := range []string{w.of("Anterior height, mm", "Hauteur antérieure, mm"), w.of("Middle height, mm", "Hauteur moyenne, mm"), w.of("Posterior height, mm", "Hauteur postérieure, mm")} {
		row(name, s.Heights[h])
	}
	if s.Wedge.N > 0 {
		row(w.of("Wedge angle, °", "Cunéiformisation, °"), s.Wedge)
	}
	return export.Part{Title: w.of("Heights", "Hauteurs"), Table: g, Notes: []string{w.of("After minus before, of treated vertebrae seen on both CTs.", "Après moins avant, des vertèbres traitées vues sur les deux scanners.")}}
}

// decimals of a published percentage: as many as it was printed with.
func decimals(x float64) int {
	if x == float64(int(x)) {
		return 0
	}
	return 1
}

func isNaN(x float64) bool { return x != x }
