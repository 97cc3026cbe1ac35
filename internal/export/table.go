package export

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/diag"
	"github.com/vertefill/vertefill/internal/text"
)

const dash = "–"

// Table prints the result for a terminal.
func Table(w io.Writer, r *assess.Report, l text.Lang) {
	t := words[l]
	rows := [][]string{{t["level"], t["body"], t["cement"], t["prior"], t["fill"], "", t["leak"]}}
	for _, v := range r.Vertebrae {
		rows = append(rows, vertebraCells(r, v, l))
	}
	grid(w, rows)
	fmt.Fprintln(w)
	switch {
	case len(r.Vertebrae) == 0:
		fmt.Fprintln(w, t["nobody"])
	case r.Totals != nil && r.Totals.NewCementML == 0 && r.Totals.PriorCementML == 0:
		fmt.Fprintln(w, t["nocement"])
	case len(r.Leaks) == 0:
		fmt.Fprintln(w, t["none"])
	default:
		rows = [][]string{{"", t["leaks"], t["type"], t["side"], t["volume"], "", t["attention"]}}
		for _, k := range r.Leaks {
			rows = append(rows, []string{k.Level.String(), compartments[l][k.Compartment], string(k.Type), t[string(k.Side)], l.LeakML(k.VolumeML), bounds(l, k.VolumeIntervalML, 1, 2), t[string(k.Attention)]})
		}
		grid(w, rows)
	}
	if len(r.Quality) > 0 {
		fmt.Fprintln(w)
		for _, q := range r.Quality {
			fmt.Fprintf(w, "%s%s %s\n", severities[l][q.Severity], t["colon"], q.Message)
		}
	}
}

// severities name how grave a note is.
var severities = map[text.Lang]map[diag.Severity]string{
	text.English: {diag.Error: "error", diag.Warn: "warning", diag.Info: "info"},
	text.French:  {diag.Error: "erreur", diag.Warn: "avertissement", diag.Info: "info"},
}

// vertebraCells returns level, body, cement, prior, fill, its interval, leaks.
func vertebraCells(r *assess.Report, v assess.Vertebra, l text.Lang) []string {
	positive := func(x float64) string {
		if x <= 0 {
			return dash
		}
		return l.ML(x)
	}
	fill, in := dash, ""
	if v.CementInBodyML+v.PriorCementML > 0 {
		fill = l.Percent(v.FillRatio)
		in = bounds(l, v.FillRatioInterval, 100, 1)
	}
	return []string{v.Level.String(), l.ML(v.BodyVolumeML), positive(v.CementInBodyML), positive(v.PriorCementML), fill, in, leakSum(r, v, l)}
}

func leakSum(r *assess.Report, v assess.Vertebra, l text.Lang) string {
	sum := leakML(r, v.Level)
	if sum == 0 {
		return dash
	}
	return l.LeakML(sum)
}

// leakML sums the leaks of a level.
func leakML(r *assess.Report, level anatomy.Level) float64 {
	sum := 0.0
	for _, k := range r.Leaks {
		if k.Level == level {
			sum += k.VolumeML
		}
	}
	return sum
}

// bounds prints an interval multiplied by scale; nothing when there is none.
func bounds(l text.Lang, i *assess.Interval, scale float64, decimals int) string {
	if i == nil {
		return ""
	}
	return l.Interval(scale*i[0], scale*i[1], decimals)
}

// grid prints rows with columns of equal width, the first two columns to the left.
func grid(w io.Writer, rows [][]string) {
	width := make([]int, len(rows[0]))
	for _, r := range rows {
		for c, s := range r {
			width[c] = max(width[c], utf8.RuneCountInString(s))
		}
	}
	for _, r := range rows {
		var b strings.Builder
		for c, s := range r {
			pad := strings.Repeat(" ", width[c]-utf8.RuneCountInString(s))
			if c < 2 && len(rows[0]) == 7 && rows[0][0] == "" || c == 0 {
				b.WriteString(s + pad + "  ")
			} else {
				b.WriteString(pad + s + "  ")
			}
		}
		fmt.Fprintln(w, strings.TrimRight(b.String(), " "))
	}
}
