package cohort

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strconv"
	"strings"
	"unicode"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/dicomio"
	"github.com/vertefill/vertefill/internal/export"
	"github.com/vertefill/vertefill/internal/study"
	"github.com/vertefill/vertefill/internal/text"
	"github.com/vertefill/vertefill/internal/vertebra"
)

// Problem is something to know about a case before the work begins. It names no patient.
type Problem struct {
	Case     string `json:"case"`
	Code     string `json:"code"`
	Severity string `json:"severity"` // error: the case cannot be measured; warning; info
	Message  string `json:"message"`
}

// Checked is what a look at one case found.
type Checked struct {
	Case     string    `json:"case"`
	Post     string    `json:"post,omitempty"` // description of the series chosen
	Pre      string    `json:"pre,omitempty"`
	Runs     int       `json:"runs"`
	Images   int       `json:"images,omitempty"`   // of the control CT
	Geometry string    `json:"geometry,omitempty"` // verdict on its slice positions: regular, jitter, irregular, tilted
	SliceMM  float64   `json:"sliceMm,omitempty"`  // distance of its slices
	PreSlice float64   `json:"preSliceMm,omitempty"`
	Problems []Problem `json:"problems"`

	patient [32]byte
	known   bool // patient holds something
	series  []string
}

// says holds the sentences of the check in both languages.
var says = map[string][2]string{
	"unreadable":    {"It cannot be opened: %v.", "Le cas ne peut pas être ouvert : %v."},
	"no-images":     {"There are no CT or fluoroscopy images in it.", "Aucune image de scanner ou de scopie."},
	"no-post":       {"No control CT was found.", "Aucun scanner de contrôle trouvé."},
	"no-pre":        {"No CT before the procedure: older cement cannot be told apart.", "Pas de scanner avant le geste : le ciment ancien ne peut pas être distingué."},
	"no-hu":         {"The control CT has no HU scale.", "Le scanner de contrôle n’a pas d’échelle HU."},
	"level":         {"Column levels: %q is no vertebral level.", "Colonne levels : %q n’est pas un niveau vertébral."},
	"seed":          {"Column seeds: %q is not written as T9=x,y,z.", "Colonne seeds : %q ne s’écrit pas T9=x,y,z."},
	"skipped":       {"%d files cannot be read or used.", "%d fichiers ne peuvent pas être lus ou utilisés."},
	"same-patient":  {"The patient is that of case %s.", "Le patient est celui du cas %s."},
	"same-series":   {"It holds a series that case %s holds too.", "Il contient une série que le cas %s contient aussi."},
	"case-name":     {"The name of the case holds a part of the patient’s name, and it stands in every table.", "Le nom du cas contient une partie du nom du patient, et il figure dans chaque tableau."},
	"series-notice": {"%s", "%s"},
}

func (k *Checked) add(l text.Lang, severity, code string, args ...any) {
	form := says[code][0]
	if l == text.French {
		form = says[code][1]
	}
	if code == "series-notice" {
		code = args[0].(string)
		args = args[1:]
	}
	k.Problems = append(k.Problems, Problem{k.Case, code, severity, fmt.Sprintf(form, args...)})
}

// Check looks at the headers of every case: whether there is something to measure, with what geometry, and whether two cases share a
// patient or a series. The error is the context's.
func Check(ctx context.Context, c *Cohort, l text.Lang, progress func(done, total int)) ([]Checked, error) {
	out := make([]Checked, len(c.Cases))
	patients, series := map[[32]byte]string{}, map[string]string{}
	for i := range c.Cases {
		k, err := checkOne(ctx, &c.Cases[i], l)
		if err != nil {
			return nil, err
		}
		if first, ok := patients[k.patient]; ok && k.known {
			k.add(l, "warning", "same-patient", first)
		} else if k.known {
			patients[k.patient] = k.Case
		}
		for _, uid := range k.series {
			if first, ok := series[uid]; ok {
				k.add(l, "warning", "same-series", first)
				break
			}
			series[uid] = k.Case
		}
		out[i] = k
		if progress != nil {
			progress(i+1, len(c.Cases))
		}
	}
	return out, nil
}

func checkOne(ctx context.Context, c *Case, lang text.Lang) (Checked, error) {
	k := Checked{Case: c.ID, Problems: []Problem{}}
	for _, p := range c.paths() {
		if _, err := os.Stat(p); err != nil {
			k.add(lang, "error", "unreadable", err)
			return k, nil
		}
	}
	for _, l := range c.Levels {
		if _, err := anatomy.ParseLevel(l); err != nil {
			k.add(lang, "error", "level", l)
		}
	}
	for _, x := range c.Seeds {
		if _, err := vertebra.ParseSeed(x); err != nil {
			k.add(lang, "error", "seed", x)
		}
	}
	s, err := study.OpenPaths(ctx, study.Paths{Study: c.Study, Post: c.Post, Pre: c.Pre, Fluoro: c.Fluoro}, nil)
	switch {
	case ctx.Err() != nil:
		return k, ctx.Err()
	case errors.Is(err, study.ErrEmpty):
		k.add(lang, "error", "no-images")
		return k, nil
	case err != nil:
		k.add(lang, "error", "unreadable", err)
		return k, nil
	}
	k.Runs = len(s.Runs())
	if n := len(s.Skipped); n > 0 {
		k.add(lang, "info", "skipped", n)
	}
	post, pre := s.ByRole(study.Post), s.ByRole(study.Pre)
	if post == nil && k.Runs == 0 || post == nil && len(c.Fluoro) == 0 {
		k.add(lang, "error", "no-post")
	}
	if post != nil && pre == nil {
		k.add(lang, "warning", "no-pre")
	}
	named := false
	for _, x := range []*study.Series{post, pre} {
		if x == nil {
			continue
		}
		if !x.Main().Hounsfield() {
			k.add(lang, map[bool]string{true: "error", false: "warning"}[x == post], "no-hu")
		}
		for _, f := range x.Main().Findings {
			k.add(lang, string(f.Severity()), "series-notice", string(f.Code), f.Message(lang))
		}
		k.series = append(k.series, x.UID)
		k.identify(x.Patient)
		named = named || spells(c.ID, x.Patient.Name)
	}
	if named {
		k.add(lang, "warning", "case-name")
	}
	if post != nil {
		k.Post, k.Images = post.Info.Description, post.Images
		k.Geometry, k.SliceMM = geometryOf(post)
	}
	if pre != nil {
		k.Pre = pre.Info.Description
		_, k.PreSlice = geometryOf(pre)
	}
	return k, nil
}

// geometryOf tells the verdict on the slices of a series and their distance.
func geometryOf(s *study.Series) (verdict string, sliceMM float64) {
	g := study.GeometryOf(s.Series)
	if len(g.SpacingMM) == 3 {
		sliceMM = math.Round(1000*g.SpacingMM[2]) / 1000
	}
	return g.Verdict, sliceMM
}

// WriteChecked writes the table of problems: one row a problem, and one for every case without any.
func WriteChecked(w io.Writer, list []Checked) error {
	t := Table{Name: "problems", Rows: [][]string{}}
	for _, f := range [][2]string{{"case", "string"}, {"severity", "string"}, {"code", "string"}, {"message", "string"}, {"geometry", "string"}, {"sliceMm", "number"}, {"preSliceMm", "number"}, {"fluoroRuns", "integer"}} {
		t.Fields = append(t.Fields, export.Field{Name: f[0], Type: f[1]})
	}
	number := func(x float64) string {
		if x == 0 {
			return ""
		}
		return decimal(x)
	}
	for _, k := range list {
		tail := []string{k.Geometry, number(k.SliceMM), number(k.PreSlice), strconv.Itoa(k.Runs)}
		if len(k.Problems) == 0 {
			t.Rows = append(t.Rows, append([]string{k.Case, "", "", ""}, tail...))
		}
		for _, p := range k.Problems {
			t.Rows = append(t.Rows, append([]string{k.Case, p.Severity, p.Code, p.Message}, tail...))
		}
	}
	return t.CSV(w)
}

// spells reports whether a word of a patient's name stands in the name of a case.
func spells(id, name string) bool {
	id = strings.ToLower(id)
	for _, w := range strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return !unicode.IsLetter(r) }) {
		if len([]rune(w)) >= 3 && strings.Contains(id, w) {
			return true
		}
	}
	return false
}

// identify keeps a hash of who the patient is: enough to see two cases of one patient, nothing to tell whom.
func (k *Checked) identify(p dicomio.Patient) {
	if p.ID == "" && (p.Name == "" || p.BirthDate == "") {
		return
	}
	k.known = true
	if p.ID != "" {
		k.patient = sha256.Sum256([]byte("id\x00" + p.ID))
	} else {
		k.patient = sha256.Sum256([]byte("name\x00" + p.Name + "\x00" + p.BirthDate))
	}
}
