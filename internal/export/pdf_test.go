package export

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/text"
)

// printed writes a PDF and returns its path.
func printed(t *testing.T, r *assess.Result, o Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := PDF(t.Context(), &b, r, o); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "report.pdf")
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// withPictures does the same with pictures drawn before; &Pictures{} for none.
func withPictures(t *testing.T, r *assess.Result, o Options, pictures *Pictures) string {
	t.Helper()
	var b bytes.Buffer
	if err := pdf(&job{Result: r, Options: o, ctx: t.Context(), pictures: pictures}, &b); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "report.pdf")
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// poppler runs one of its programs; the test is skipped where it is not installed.
func poppler(t *testing.T, name string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		t.Skip("poppler-utils is not installed")
	}
	out, err := exec.Command(name, args...).Output()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return string(out)
}

// words of a page in reading order, all spaces alike.
func pageText(t *testing.T, path string, page int) string {
	s := poppler(t, "pdftotext", "-raw", "-f", fmt.Sprint(page), "-l", fmt.Sprint(page), path, "-")
	return strings.Join(strings.Fields(strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(s)), " ")
}

func pages(t *testing.T, path string) (n int, size string) {
	info := poppler(t, "pdfinfo", path)
	fmt.Sscan(regexp.MustCompile(`Pages:\s+(\d+)`).FindStringSubmatch(info)[1], &n)
	return n, regexp.MustCompile(`Page size:\s+(.*)`).FindStringSubmatch(info)[1]
}

// TestFirstPageIsComplete: for one to three treated levels the first page has conclusion, every vertebra, every leak, pictures,
// every quality note, the definitions and the disclaimer, in both languages and on both papers.
func TestFirstPageIsComplete(t *testing.T) {
	for _, p := range []plan{usual(text.English), usual(text.French), {levels: 4, treated: []int{1}, notes: 1, lang: text.English}, {levels: 6, treated: []int{0, 2, 4}, leaks: anatomy.Compartments[:6], notes: 4, lang: text.French, pre: true}} {
		r := newCase(t, p)
		pictures, err := NewPictures(t.Context(), r, p.lang)
		if err != nil {
			t.Fatal(err)
		}
		for _, paper := range []Page{A4, Letter} {
			path := withPictures(t, r, Options{Lang: p.lang, Page: paper}, pictures)
			got := pageText(t, path, 1)
			w := words[p.lang]
			want := []string{w["title"], w["anonymous"], w["technique"], w["conclusion"], w["heights"], w["device"], strings.Fields(w["footer"])[0]}
			for _, v := range r.Report.Vertebrae {
				c := vertebraCells(&r.Report, v, p.lang)
				want = append(want, v.Level.String(), c[1], c[4], bounds(p.lang, v.BodyVolumeIntervalML, 1, 1))
			}
			for _, k := range r.Report.Leaks {
				want = append(want, leakName(k, p.lang))
			}
			for _, q := range r.Report.Quality {
				want = append(want, q.Message)
			}
			if len(p.treated) > 0 {
				want = append(want, r.Report.Vertebrae[p.treated[0]].Level.String()+" sagittal", r.Report.Vertebrae[p.treated[0]].Level.String()+" axial")
			}
			if len(p.leaks) > 0 {
				want = append(want, w["worst"])
			}
			for _, s := range want {
				s = strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(s)
				if !strings.Contains(got, s) && !strings.Contains(strings.ReplaceAll(got, " ", ""), strings.ReplaceAll(s, " ", "")) {
					t.Errorf("%s %s, %d treated: first page lacks %q\n%s", p.lang, paper, len(p.treated), s, got)
				}
			}
			if regexp.MustCompile(`: page [0-9{]`).MatchString(got) {
				t.Errorf("%s: the first page sends the reader on: %s", p.lang, got)
			}
			if n, size := pages(t, path); n < 2 || strings.Contains(size, "letter") != (paper == Letter) {
				t.Errorf("%d pages of %s, want %s", n, size, paper)
			}
		}
	}
}

// TestOverfullFirstPage: what does not fit is told with the page where it stands, and nothing runs over the footer.
func TestOverfullFirstPage(t *testing.T) {
	p := plan{levels: 9, treated: []int{0, 1, 2, 3, 4, 5, 6, 7}, notes: 20, lang: text.English}
	for n := range 32 {
		p.leaks = append(p.leaks, anatomy.Compartments[n%8])
	}
	r := newCase(t, p)
	for i := range r.Report.Quality {
		r.Report.Quality[i].Message = strings.Repeat(r.Report.Quality[i].Message+" ", 3)
	}
	path := withPictures(t, r, Options{Lang: text.English}, &Pictures{})
	first := pageText(t, path, 1)
	for what, pattern := range map[string]string{"leaks": `(\d+) more leaks: page (\d+)`, "notes": `(\d+) more notes: page (\d+)`} {
		m := regexp.MustCompile(pattern).FindStringSubmatch(first)
		if m == nil {
			t.Errorf("%s are cut without a word: %s", what, first)
			continue
		}
		var page int
		fmt.Sscan(m[2], &page)
		title := map[string]string{"leaks": words[text.English]["eachLeak"], "notes": words[text.English]["qualityAll"]}[what]
		if !strings.Contains(pageText(t, path, page), title) {
			t.Errorf("%s are not on page %d", what, page)
		}
	}
	if strings.Contains(first, "{") {
		t.Errorf("a placeholder was left: %s", first)
	}
	n, _ := pages(t, path)
	all := ""
	for page := 1; page <= n; page++ {
		s := pageText(t, path, page)
		all += s
		if !strings.Contains(s, fmt.Sprintf("Page %d / %d", page, n)) || !strings.Contains(s, words[text.English]["device"]) {
			t.Errorf("page %d of %d has no number or no disclaimer", page, n)
		}
	}
	for _, q := range r.Report.Quality {
		if !strings.Contains(strings.ReplaceAll(all, " ", ""), strings.ReplaceAll(strings.NewReplacer("\u00a0", "", "\u202f", "").Replace(q.Message), " ", "")) {
			t.Errorf("a quality note is nowhere: %s", q.Message)
		}
	}
	for page := 1; page <= n; page++ { // a box of words per line: nothing lies below the footer line but the footer
		bbox := poppler(t, "pdftotext", "-bbox", "-f", fmt.Sprint(page), "-l", fmt.Sprint(page), path, "-")
		for _, m := range regexp.MustCompile(`yMax="([0-9.]+)">([^<]*)<`).FindAllStringSubmatch(bbox, -1) {
			var y float64
			fmt.Sscan(m[1], &y)
			if y > 841.9-10 {
				t.Errorf("page %d: %q stands at the very edge (%.0f pt)", page, m[2], y)
			}
		}
	}
}

func TestPDFOfLittle(t *testing.T) {
	for name, c := range map[string]struct {
		p    plan
		want string
	}{
		"no cement": {plan{levels: 5}, words[text.English]["nocement"]},
		"no leak":   {plan{levels: 3, treated: []int{1}}, words[text.English]["none"]},
		"nothing":   {plan{}, words[text.English]["nobody"]},
	} {
		r := newCase(t, c.p)
		if c.p.levels == 0 {
			r.Report.Totals = nil
		}
		if s := pageText(t, printed(t, r, Options{}), 1); !strings.Contains(s, c.want) {
			t.Errorf("%s: %q is missing: %s", name, c.want, s)
		}
	}
}

// TestNothingIdentifiesInMetadata: the name stands on the page and nowhere else.
func TestNothingIdentifiesInMetadata(t *testing.T) {
	r := newCase(t, plan{levels: 3, treated: []int{1}, leaks: []anatomy.Compartment{anatomy.Canal}, lang: text.French})
	o := Options{Lang: text.French, Study: Study{Patient: "ZZSECRET^Marie", ID: "QQ4711", BirthDate: "19310203", Sex: "F", Date: "20260312", Time: "154000", Institution: "HHOSPITAL"}, SignOff: SignOff{Reader: "DDOCTOR", Comment: "CCOMMENT", Signed: "2026-03-12", Version: 2}}
	path := printed(t, r, o)
	page := pageText(t, path, 1)
	for _, s := range []string{"ZZSECRET Marie", "QQ4711", "03/02/1931", "HHOSPITAL", "12/03/2026", "DDOCTOR", "version 2"} {
		if !strings.Contains(page, s) {
			t.Errorf("the header lacks %q: %s", s, page)
		}
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	meta := poppler(t, "pdfinfo", "-meta", path) + poppler(t, "pdfinfo", path)
	for _, s := range []string{"ZZSECRET", "QQ4711", "1931", "HHOSPITAL", "DDOCTOR"} {
		var wide []byte // as UTF-16, the way PDF writes other strings
		for _, c := range []byte(s) {
			wide = append(wide, 0, c)
		}
		if strings.Contains(meta, s) || bytes.Contains(b, []byte(s)) || bytes.Contains(b, wide) {
			t.Errorf("%q is in the file outside its pages", s)
		}
	}
	if !strings.Contains(meta, "vertébroplastie") {
		t.Errorf("no title in the metadata: %s", meta)
	}
	for _, line := range strings.Split(strings.TrimSpace(poppler(t, "pdffonts", path)), "\n")[2:] {
		if f := strings.Fields(line); f[len(f)-5] != "yes" {
			t.Errorf("a font is not embedded: %s", line)
		}
	}
	var again bytes.Buffer
	if err := PDF(t.Context(), &again, r, o); err != nil || !bytes.Equal(again.Bytes(), b) {
		t.Errorf("the same result gives other bytes (%v)", err)
	}
}

// TestFluoroscopyAlone: a result without any CT gives the files for people, with the runs, and none of the masks.
func TestFluoroscopyAlone(t *testing.T) {
	r := &assess.Result{Report: assess.Report{Schema: assess.Schema, Fluoro: []assess.FluoroRun{run()}, Vertebrae: []assess.Vertebra{}, Leaks: []assess.Leak{}}}
	dir := t.TempDir()
	if err := Write(t.Context(), dir, r, Options{Formats: []Format{HTML, Text, FHIRBundle, NRRD, CSV, Plots, GLTF}}); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(namesIn(t, dir), " "); got != "plot-fluoro-1.png plot-fluoro-1.svg report.fhir.json report.html report.json report.pdf report.txt" {
		t.Errorf("files: %s", got)
	}
	s := pageText(t, filepath.Join(dir, "report.pdf"), 1)
	for _, want := range []string{words[text.English]["runsOnly"], "cement crosses the line (posterior-wall)", "mm at detector"} {
		if !strings.Contains(s, want) {
			t.Errorf("%q is missing: %s", want, s)
		}
	}
}

func TestPDFStopsWhenAsked(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := PDF(ctx, &bytes.Buffer{}, newCase(t, plan{levels: 2, treated: []int{0}}), Options{}); err == nil {
		t.Error("a cancelled context wrote a report")
	}
}

func TestWordsInBothLanguages(t *testing.T) {
	for k := range words[text.English] {
		if words[text.French][k] == "" && words[text.English][k] != "" {
			t.Errorf("%q has no French", k)
		}
		if a, b := strings.Count(words[text.English][k], "%"), strings.Count(words[text.French][k], "%"); a != b {
			t.Errorf("%q: %d values in English, %d in French", k, a, b)
		}
	}
	for k := range words[text.French] {
		if _, ok := words[text.English][k]; !ok {
			t.Errorf("%q has no English", k)
		}
	}
}
