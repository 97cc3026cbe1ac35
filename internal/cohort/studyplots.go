package cohort

import (
	"fmt"
	"strings"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/chart"
	"github.com/vertefill/vertefill/internal/export"
	"github.com/vertefill/vertefill/internal/stats"
	"github.com/vertefill/vertefill/internal/text"
)

// NamedChart is a plot of the study report and the name of its file.
type NamedChart struct {
	Name string
	*chart.Chart
}

// The names of the plots.
const (
	fillPlot    = "fill-by-level"
	leakPlot    = "leaks"
	volumePlot  = "volume-and-fill"
	sharePlot   = "sides"
	heightsPlot = "heights"
)

// SpotKey names a vertebra of a case on a plot.
func SpotKey(id string, level anatomy.Level) string { return id + " " + level.String() }

// ParseSpotKey takes such a name apart; ok is false for what is no vertebra.
func ParseSpotKey(key string) (id string, level anatomy.Level, ok bool) {
	i := strings.LastIndexByte(key, ' ')
	if i < 0 {
		return "", anatomy.None, false
	}
	level, err := anatomy.ParseLevel(key[i+1:])
	return key[:i], level, err == nil
}

// Charts draws the study. A plot without values is left out. Spots are named by SpotKey, those of the leaks by their Place.
func (s *Study) Charts(l text.Lang) ([]NamedChart, error) {
	w := words{l}
	var out []NamedChart
	for _, x := range []struct {
		name string
		draw func(words) (*chart.Chart, error)
	}{{fillPlot, s.drawFill}, {leakPlot, s.drawLeaks}, {volumePlot, s.drawVolume}, {sharePlot, s.drawSides}, {heightsPlot, s.drawHeights}} {
		c, err := x.draw(w)
		if err != nil {
			return nil, fmt.Errorf("cohort: plot %s: %w", x.name, err)
		}
		if c != nil {
			out = append(out, NamedChart{x.name, c})
		}
	}
	return out, nil
}

func (s *Study) drawFill(w words) (*chart.Chart, error) {
	if len(s.Fill) == 0 {
		return nil, nil
	}
	var groups []chart.Group
	var marks []chart.Mark
	for _, lf := range s.Levels {
		g := chart.Group{Name: lf.Level.String()}
		for _, t := range s.Fill {
			if t.Level == lf.Level {
				g.Values = append(g.Values, chart.Value{Key: SpotKey(t.Case, t.Level), Y: 100 * t.Fill})
			}
		}
		groups = append(groups, g)
		marks = append(marks, markOf(w, lf.Fill, 100))
	}
	return chart.Boxes(chart.Axes{Title: w.of("Fill of treated vertebrae by level", "Remplissage des vertèbres traitées par niveau"), Y: w.of("Fill, %", "Remplissage, %"), W: 170, Lang: w.Lang}, groups, marks)
}

func (s *Study) drawLeaks(w words) (*chart.Chart, error) {
	if s.Leaks[AnyVertebra].N == 0 {
		return nil, nil
	}
	var rows []chart.Row
	for _, p := range Places {
		x := s.Leaks[p]
		r := chart.Row{Mark: chart.Mark{Name: w.place(p), Value: 100 * x.Value, Low: 100 * x.CI.Low, High: 100 * x.CI.High}}
		for _, f := range published {
			if f.at == p {
				r.Others = append(r.Others, chart.Mark{Name: f.source, Value: f.percent, Low: f.low, High: f.high})
			}
		}
		rows = append(rows, r)
	}
	return chart.Forest(chart.Axes{Title: w.of("Leaks, with exact 95 % intervals", "Fuites, avec intervalles exacts à 95 %"), X: w.of("%", "%"), W: 170, H: 95, Lang: w.Lang}, rows,
		w.of("this study", "cette étude"), w.of("published", "publié"))
}

func (s *Study) drawVolume(w words) (*chart.Chart, error) {
	groups := []chart.Group{{Name: w.of("no leak", "sans fuite")}, {Name: w.of("with a leak", "avec fuite")}}
	for _, t := range s.Fill {
		g := &groups[min(t.Leaks, 1)]
		g.Values = append(g.Values, chart.Value{Key: SpotKey(t.Case, t.Level), X: t.CementML, Y: 100 * t.Fill})
	}
	if len(s.Fill) == 0 {
		return nil, nil
	}
	return chart.Scatter(chart.Axes{Title: w.of("Cement in the body and fill", "Ciment dans le corps et remplissage"), X: w.of("New cement in the body, mL", "Ciment nouveau dans le corps, mL"), Y: w.of("Fill, %", "Remplissage, %"), W: 170, Lang: w.Lang}, groups, nil)
}

func (s *Study) drawSides(w words) (*chart.Chart, error) {
	if s.Larger.N == 0 {
		return nil, nil
	}
	groups := []chart.Group{{Name: w.of("fuller half", "moitié la plus remplie")}}
	marks := []chart.Mark{markOf(w, s.Larger, 100)}
	groups[0].Values = s.halves
	if s.PunctureN > 0 {
		groups, marks = append(groups, chart.Group{Name: w.of("side of puncture", "côté de ponction"), Values: s.punctured}), append(marks, markOf(w, s.Puncture, 100))
	}
	return chart.Boxes(chart.Axes{Title: w.of("Cement in one half / body volume", "Ciment d’une moitié / volume du corps"), Y: "%", W: 110, Lang: w.Lang}, groups, marks)
}

// markOf is a mean with its interval, where there are enough values for one, times scale.
func markOf(w words, x stats.Summary, scale float64) chart.Mark {
	m := chart.Mark{Name: w.of("Mean, 95 % interval", "Moyenne, intervalle à 95 %"), Value: scale * x.Mean, Low: nan, High: nan}
	if x.N >= leastForInterval {
		m.Low, m.High = scale*x.MeanCI.Low, scale*x.MeanCI.High
	}
	return m
}

func (s *Study) drawHeights(w words) (*chart.Chart, error) {
	if s.Heights[0].N == 0 {
		return nil, nil
	}
	groups := []chart.Group{{Name: w.of("anterior", "antérieure")}, {Name: w.of("middle", "moyenne")}, {Name: w.of("posterior", "postérieure")}}
	var marks []chart.Mark
	for h := range groups {
		for _, t := range s.Fill {
			if t.Change != nil {
				groups[h].Values = append(groups[h].Values, chart.Value{Key: SpotKey(t.Case, t.Level), Y: t.Change[h]})
			}
		}
		marks = append(marks, markOf(w, s.Heights[h], 1))
	}
	return chart.Boxes(chart.Axes{Title: w.of("Change of height, after minus before", "Variation de hauteur, après moins avant"), Y: "mm", W: 130, Lang: w.Lang}, groups, marks)
}

// words says things in the language of the report.
type words struct{ text.Lang }

func (w words) of(en, fr string) string {
	if w.Lang == text.French {
		return fr
	}
	return en
}

// place names a row of the table of leaks.
func (w words) place(p Place) string {
	switch p {
	case AnyCase:
		return w.of("Any leak, of cases", "Une fuite, des cas")
	case AnyVertebra:
		return w.of("Any leak, of vertebrae", "Une fuite, des vertèbres")
	case InDisc:
		return w.of("Disc", "Disque")
	}
	return export.CompartmentName(anatomy.Compartment(p), w.Lang)
}
