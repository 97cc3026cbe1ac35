package export

import (
	_ "embed"
	"fmt"
	"io"
	"strings"
	"text/template"

	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/text"
)

var (
	//go:embed report.en.txt.tmpl
	englishText string
	//go:embed report.fr.txt.tmpl
	frenchText string
)

// TextTemplate returns the built-in template of report.txt in a language: the one to begin one's own from.
func TextTemplate(l text.Lang) string {
	if l == text.French {
		return frenchText
	}
	return englishText
}

// RISText writes the result as plain text to paste into a report: the elements of a radiologist's report after vertebroplasty
// (level, filling, distribution, leak by compartment, canal, earlier cement, heights, limits). source is a text/template, empty for
// the built-in one; docs/report-text.md lists what it may use. Lines end with \n and hold no markup.
func RISText(w io.Writer, r *assess.Report, o Options, source string) error {
	o.Lang = o.lang()
	if source == "" {
		source = TextTemplate(o.Lang)
	}
	t, err := parseText(source)
	if err != nil {
		return err
	}
	var b strings.Builder
	if err := t.Execute(&b, newTextData(r, o)); err != nil {
		return fmt.Errorf("export: text template: %w", err)
	}
	if _, err := io.WriteString(w, tidy(b.String())); err != nil {
		return fmt.Errorf("export: text: %w", err)
	}
	return nil
}

// CheckTextTemplate reports why a template cannot be used, before anything is measured.
func CheckTextTemplate(source string) error {
	return RISText(io.Discard, &assess.Report{}, Options{}, source)
}

func parseText(source string) (*template.Template, error) {
	t, err := template.New("report.txt").Funcs(template.FuncMap{"join": strings.Join, "upper": strings.ToUpper}).Parse(source)
	if err != nil {
		return nil, fmt.Errorf("export: text template: %w", err)
	}
	return t, nil
}

// tidy leaves at most one empty line between paragraphs and none at the ends: templates with conditions leave more.
func tidy(s string) string {
	var out []string
	for _, l := range strings.Split(s, "\n") {
		l = strings.TrimRight(l, " \t\r")
		if l == "" && (len(out) == 0 || out[len(out)-1] == "") {
			continue
		}
		out = append(out, l)
	}
	return strings.TrimRight(strings.Join(out, "\n"), "\n") + "\n"
}

// textData is what a template may use. Every value is a text in the language of the report; an empty text was not measured.
type textData struct {
	Patient, BirthDate, PatientID, Date string // empty in anonymous reports
	Technique, Summary                  string
	Treated, Prior, Other               []textBody // by what their bodies hold
	Leaks                               []textLeak // those that ask for attention first
	Canal, Foramen, DiscLeaks, Others   []textLeak // the same by compartment
	Total                               string
	Fluoro                              []string
	Notes                               []string
	Definitions, Software, Device       string
	Reader, Comment, Signed             string
	NoBody, NoCement, NoLeak            bool
}

type textBody struct {
	Level, NamedBy            string
	Body, Cement, Prior, Fill string
	Pedicle, Distribution     string
	Heights, HeightsBefore    string
	Gained, Restored          string
	Wedge, Genant, Cobb       string
}

type textLeak struct {
	Level, Compartment, Side, Type, TypeName string
	Volume, Length, Reach, Canal, Attention  string
}

func newTextData(r *assess.Report, o Options) textData {
	l := o.Lang
	t := words[l]
	unit := func(s, u string) string {
		if s == "" || s == dash {
			return ""
		}
		return l.Unit(s, u)
	}
	d := textData{
		Patient: strings.ReplaceAll(o.Study.Patient, "^", " "), BirthDate: l.Date(o.Study.BirthDate), PatientID: o.Study.ID, Date: l.Date(o.Study.Date),
		Technique: technique(r, l), Summary: plain(Summary(r, l)), Definitions: t["definitions"], Software: "Vertefill " + r.Software.Version, Device: t["device"],
		Reader: o.SignOff.Reader, Comment: o.SignOff.Comment, Signed: o.SignOff.Signed, NoBody: len(r.Vertebrae) == 0, NoLeak: len(r.Leaks) == 0,
		NoCement: r.Totals != nil && r.Totals.NewCementML == 0 && r.Totals.PriorCementML == 0,
	}
	if r.Totals != nil && r.Totals.NewCementML > 0 {
		d.Total = totals(r.Totals, l)
	}
	for _, v := range r.Vertebrae {
		b := textBody{Level: v.Level.String(), NamedBy: t[string(v.LevelSource)], Body: bounded(l, l.ML(v.BodyVolumeML), "mL", v.BodyVolumeIntervalML, 1, text.MLDecimals(v.BodyVolumeML)), Genant: strings.Trim(integer(v.GenantGrade), dash)}
		if v.CementInBodyML > 0 {
			b.Cement = bounded(l, l.ML(v.CementInBodyML), "mL", v.CementInBodyIntervalML, 1, text.MLDecimals(v.CementInBodyML))
		}
		if v.PriorCementML > 0 {
			b.Prior = unit(l.ML(v.PriorCementML), "mL")
		}
		if v.CementInBodyML+v.PriorCementML > 0 {
			b.Fill = bounded(l, l.Percent(v.FillRatio), "%", v.FillRatioInterval, 100, 1)
		}
		if v.CementInPedicleML > 0 {
			b.Pedicle = unit(l.ML(v.CementInPedicleML), "mL")
		}
		if v.Distribution != nil {
			b.Distribution = distribution(v.Distribution, l)
		}
		b.Heights, b.HeightsBefore = unit(heights(l, v.HeightsMM), "mm"), unit(heights(l, v.PreHeightsMM), "mm")
		b.Gained, b.Restored = unit(gained(l, v.Restoration), "mm"), unit(restored(l, v.Restoration), "%")
		b.Wedge, b.Cobb = strings.Trim(degrees(l, v.WedgeAngleDegrees), dash), strings.Trim(degrees(l, v.LocalCobbDegrees), dash)
		switch {
		case v.Treated:
			d.Treated = append(d.Treated, b)
		case v.PriorCementML > 0:
			d.Prior = append(d.Prior, b)
		default:
			d.Other = append(d.Other, b)
		}
	}
	for _, k := range byAttention(r.Leaks) {
		x := textLeak{Level: k.Level.String(), Compartment: compartments[l][k.Compartment], Side: t[string(k.Side)], Type: string(k.Type), TypeName: t["type-"+string(k.Type)],
			Volume: bounded(l, l.LeakML(k.VolumeML), "mL", k.VolumeIntervalML, 1, 2), Length: unit(l.Number(k.LengthMM, 1), "mm"), Reach: unit(l.Number(k.ReachMM, 1), "mm"), Canal: encroachment(k, l), Attention: t[string(k.Attention)]}
		d.Leaks = append(d.Leaks, x)
		switch k.Compartment {
		case "canal":
			d.Canal = append(d.Canal, x)
		case "foramen":
			d.Foramen = append(d.Foramen, x)
		case "disc-superior", "disc-inferior":
			d.DiscLeaks = append(d.DiscLeaks, x)
		default:
			d.Others = append(d.Others, x)
		}
	}
	for n, run := range r.Fluoro {
		s := []string{fmt.Sprintf("%s %d%s %s", t["run"], n+1, t["colon"], runLine(run, l))}
		for _, k := range run.CTLeaks {
			s = append(s, firstSeen(r, run, k, l))
		}
		d.Fluoro = append(d.Fluoro, strings.Join(s, " "))
	}
	for _, q := range r.Quality {
		d.Notes = append(d.Notes, q.Message)
	}
	return d
}

// bounded prints a value with its unit and interval: "25.9 % [24.7–27.1]".
func bounded(l text.Lang, value, unit string, i *assess.Interval, scale float64, decimals int) string {
	return strings.TrimSpace(l.Unit(value, unit) + " " + bounds(l, i, scale, decimals))
}
