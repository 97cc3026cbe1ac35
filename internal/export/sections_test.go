package export

import (
	"bytes"
	"image"
	"strings"
	"testing"

	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/text"
)

// TestSectionsCanBeLeftOut: each section takes its title with it, in both kinds of page, and the others stay.
func TestSectionsCanBeLeftOut(t *testing.T) {
	r := newCase(t, usual(text.English))
	r.Report.Vertebrae[1].Restoration = &assess.Restoration{AnteriorMM: 3.2, MiddleMM: 1.5, PosteriorMM: 0.4}
	w := words[text.English]
	titles := map[Section]string{Conclusion: w["conclusion"], Levels: w["body"], LeakTables: w["eachLeak"], Images: w["beforeAfter"], Fluoroscopy: w["fluoroscopy"], Shape: w["gainedAMP"], Method: w["method"], Parameters: "cement.noiseHu"}
	kept := []KeyImage{{"Chosen by the reader", image.NewRGBA(image.Rect(0, 0, 40, 40))}}
	written := func(without ...Section) map[string]string {
		o := Options{Lang: text.English, Without: without, Kept: kept}
		var h bytes.Buffer
		j := &job{Result: r, Options: o, ctx: t.Context(), pictures: &Pictures{Key: kept, Pairs: []Pair{{Before: kept, After: kept}}}}
		if err := html(j, &h); err != nil {
			t.Fatal(err)
		}
		var on []string
		path := withPictures(t, r, o, j.pictures)
		for n, _ := pages(t, path); len(on) < n; {
			on = append(on, pageText(t, path, len(on)+1))
		}
		return map[string]string{"html": h.String(), "pdf": strings.Join(on, " ")}
	}
	for kind, all := range written() {
		for s, title := range titles {
			if !strings.Contains(all, title) {
				t.Errorf("%s: no %q for %s", kind, title, s)
			}
		}
		if !strings.Contains(strings.ReplaceAll(all, "&#43;", "+"), "+3.2 / +1.5 / +0.4") || !strings.Contains(all, "Chosen by the reader") {
			t.Errorf("%s: no height gained, or no picture of the reader", kind)
		}
	}
	for _, left := range Sections {
		for kind, page := range written(left) {
			for s, title := range titles {
				if has := strings.Contains(page, title); has == (s == left) {
					t.Errorf("%s without %s: %q there is %v", kind, left, title, has)
				}
			}
		}
	}
	if _, err := ParseSections("images,everything"); err == nil {
		t.Error("an unknown section is taken")
	}
}
