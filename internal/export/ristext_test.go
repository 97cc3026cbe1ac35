package export

import (
	"bytes"
	"strings"
	"testing"

	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/text"
)

func ris(t *testing.T, r *assess.Report, o Options, source string) string {
	t.Helper()
	var b bytes.Buffer
	if err := RISText(&b, r, o, source); err != nil {
		t.Fatal(err)
	}
	return strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(b.String())
}

// TestTextHasTheElementsOfAReport: level, filling, distribution, leaks by compartment, canal, earlier cement, heights before and
// after, run, limits.
func TestTextHasTheElementsOfAReport(t *testing.T) {
	for l, wants := range map[text.Lang][]string{
		text.English: {"T10: cement in the body 1.43 mL [1.36–1.51]", "fill 10.4 % [9.7–11.1]", "50 % left", "crosses the midline", "19.2 / 18.5 / 21.0 mm; before: 16.0 / 17.0 / 20.5 mm", "T11: cement from before 1.43 mL", "Canal, epidural, midline: 0.11 mL", "type B (basivertebral vein)",
			"canal narrowed by 3.1 mm, 8 % of its area", "FLUOROSCOPY", "first seen frame 25 (6.2 s)", "QUALITY", "measured by Vertefill 9.8", "the physician decides"},
		text.French: {"T10 : ciment dans le corps 1,43 mL [1,36–1,51]", "taux de remplissage 10,4 % [9,7–11,1]", "50 % à gauche", "franchit la ligne médiane", "avant le geste : 16,0 / 17,0 / 20,5 mm", "T11 : ciment ancien 1,43 mL", "Canalaire, épidurale, médian : 0,11 mL", "type B (veine basivertébrale)",
			"canal rétréci de 3,1 mm, 8 % de l’aire", "SCOPIE", "QUALITÉ", "le médecin décide"},
	} {
		r := newCase(t, usual(l))
		s := ris(t, &r.Report, Options{Lang: l}, "")
		for _, want := range wants {
			if !strings.Contains(s, want) {
				t.Errorf("%s: %q is missing\n%s", l, want, s)
			}
		}
		if strings.Contains(s, "\n\n\n") || strings.Contains(s, "<no value>") || strings.Contains(s, " \n") {
			t.Errorf("%s: untidy text\n%q", l, s)
		}
		for _, never := range []string{"safe", "normal", "sufficient", "suffisant"} {
			if strings.Contains(strings.ToLower(s), never) {
				t.Errorf("%s: says %q", l, never)
			}
		}
	}
}

func TestTextOfLittle(t *testing.T) {
	r := newCase(t, plan{levels: 3})
	if s := ris(t, &r.Report, Options{}, ""); !strings.Contains(s, "No cement was found in the vertebrae measured.") {
		t.Errorf("no cement: %s", s)
	}
	if s := ris(t, &assess.Report{}, Options{Lang: text.French}, ""); !strings.Contains(s, "Aucune vertèbre n’a pu être mesurée.") {
		t.Errorf("nothing: %s", s)
	}
}

func TestOwnTemplate(t *testing.T) {
	r := newCase(t, usual(text.English))
	s := ris(t, &r.Report, Options{SignOff: SignOff{Reader: "Dr A"}}, "{{range .Treated}}{{.Level}}={{.Fill}} {{end}}|{{len .Canal}} canal|{{upper .Reader}}")
	if s != "T10=10.4 % [9.7–11.1] T12=10.4 % [9.7–11.1] |1 canal|DR A\n" {
		t.Errorf("%q", s)
	}
	for _, bad := range []string{"{{.Nothing}}", "{{range .Treated}}", "{{call .Reader}}"} {
		if err := CheckTextTemplate(bad); err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("template %q: %v", bad, err)
		}
	}
	for _, l := range []text.Lang{text.English, text.French} {
		if err := CheckTextTemplate(TextTemplate(l)); err != nil {
			t.Error(err)
		}
	}
}
