package export

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/text"
)

// words are the fixed texts of table and PDF.
var words = map[text.Lang]map[string]string{
	text.English: {
		"level": "Level", "body": "Body mL", "cement": "Cement mL", "prior": "Prior mL", "fill": "Fill %", "leak": "Leak mL", "leaks": "Leaks", "none": "No leak of 0.01 mL or more was found.",
		"nocement": "No cement was found. Body volumes are given.", "nobody": "No vertebra is reported. Cement is given per vertebra only.", "compartment": "Compartment", "type": "Type", "side": "Side", "volume": "mL", "length": "Length mm", "reach": "Reach mm", "attention": "Attention",
		"left": "left", "right": "right", "midline": "midline", "red": "Attention", "amber": "Check", "info": "Info",
		"interval": "90 % interval", "quality": "Quality notes", "title": "Vertebroplasty: cement on the control CT", "untreated": "no new cement", "treated": "treated",
		"device": "Not a certified medical device. Vertefill measures, the physician decides.", "page": "Page", "pre": "PRE", "post": "POST", "images": "Key images",
		"encroach": "canal narrowed by", "area": "of its area", "axial": "Axial", "sagittal": "Sagittal", "coronal": "Coronal", "control": "Control CT", "before": "CT before", "noPre": "none", "software": "Software",
		"definitions": "Body: inside the outer surface of cortex and endplates, in front of the posterior wall. Fill: new and prior cement in the body / body volume. Leak: new cement outside the bone of the vertebra, or in canal or foramen; cement in pedicle or arch counts as neither. Types: B basivertebral vein, S segmental vein, C cortical defect (Yeom 2003), D disc, T needle track, E distant. [low–high]: 90 % interval.",
		"results":     "Results per vertebra", "source": "Named by", "user": "reader", "mask": "mask", "ribs": "ribs", "sacrum": "sacrum", "skull": "skull", "order": "counting", "unknown": "not named", "date": "Printed from report.json of Vertefill",
	},
	text.French: {
		"level": "Niveau", "body": "Corps mL", "cement": "Ciment mL", "prior": "Ancien mL", "fill": "Remplissage %", "leak": "Fuite mL", "leaks": "Fuites", "none": "Aucune fuite de 0,01 mL ou plus.",
		"nocement": "Aucun ciment trouvé. Les volumes des corps sont donnés.", "nobody": "Aucune vertèbre dans ce résultat. Le ciment n’est donné que par vertèbre.", "compartment": "Compartiment", "type": "Type", "side": "Côté", "volume": "mL", "length": "Longueur mm", "reach": "Extension mm", "attention": "Attention",
		"left": "gauche", "right": "droite", "midline": "médian", "red": "Attention", "amber": "À vérifier", "info": "Info",
		"interval": "intervalle à 90 %", "quality": "Notes de qualité", "title": "Vertébroplastie : ciment sur le scanner de contrôle", "untreated": "pas de ciment nouveau", "treated": "traitée",
		"device": "Dispositif médical non certifié. Vertefill mesure, le médecin décide.", "page": "Page", "pre": "PRE", "post": "POST", "images": "Images clés",
		"encroach": "canal rétréci de", "area": "de l’aire", "axial": "Axial", "sagittal": "Sagittal", "coronal": "Coronal", "control": "Scanner de contrôle", "before": "Scanner d’avant", "noPre": "aucun", "software": "Logiciel",
		"definitions": "Corps : en dedans de la surface externe de la corticale et des plateaux, en avant du mur postérieur. Remplissage : ciment nouveau et ancien dans le corps / volume du corps. Fuite : ciment nouveau hors de l’os de la vertèbre, ou dans le canal ou un foramen ; le ciment du pédicule ou de l’arc n’est ni l’un ni l’autre. Types : B veine basivertébrale, S veine segmentaire, C brèche corticale (Yeom 2003), D disque, T trajet du trocart, E à distance. [bas–haut] : intervalle à 90 %.",
		"results":     "Résultats par vertèbre", "source": "Nommée par", "user": "le lecteur", "mask": "le masque", "ribs": "les côtes", "sacrum": "le sacrum", "skull": "le crâne", "order": "comptage", "unknown": "non nommée", "date": "Imprimé depuis le report.json de Vertefill",
	},
}

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
			fmt.Fprintf(w, "%s: %s\n", q.Severity, q.Message)
		}
	}
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
	sum := 0.0
	for _, k := range r.Leaks {
		if k.Level == v.Level {
			sum += k.VolumeML
		}
	}
	if sum == 0 {
		return dash
	}
	return l.LeakML(sum)
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
