package export

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/render"
	"github.com/vertefill/vertefill/internal/text"
)

// TestLesionIsToldEverywhere: an outlined lesion is in the page for people, the text, the PDF, the pictures and the surfaces.
func TestLesionIsToldEverywhere(t *testing.T) {
	for l, want := range map[text.Lang]string{text.English: "outlined lesion of T9 (2.34 mL) is filled to 45.6 %", text.French: "lésion délimitée de T9 (2,34 mL) est remplie à 45,6 %"} {
		r := newCase(t, plan{levels: 3, treated: []int{0}, lang: l})
		r.Report.Vertebrae[0].Lesion = &assess.Lesion{VolumeML: 2.34, CementML: 1.067, FillRatio: 0.456, FillRatioInterval: &assess.Interval{0.41, 0.5}}
		at := r.Spine.Vertebrae[0].Centroid()
		r.Lesion = ball(at, 8, 8, 8)
		plainSpaces := strings.NewReplacer("\u00a0", " ", "\u202f", " ")
		if s := plainSpaces.Replace(plain(Summary(&r.Report, l))); !strings.Contains(s, want) {
			t.Errorf("%s: summary without it: %s", l, s)
		}
		var page, ris bytes.Buffer
		j := &job{Result: r, Options: Options{Lang: l}, ctx: context.Background()}
		if err := html(j, &page); err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(plainSpaces.Replace(page.String()), want); n != 2 {
			t.Errorf("%s: told %d times on the page, want in conclusion and table", l, n)
		}
		if err := RISText(&ris, &r.Report, Options{Lang: l}, ""); err != nil || !strings.Contains(plainSpaces.Replace(ris.String()), want) {
			t.Errorf("%s: text without it (%v): %s", l, err, ris.String())
		}
		lines := 0
		for _, o := range Outlines(r, render.Through(render.Standard(render.Axial, at), at), 0) {
			if o.Style == render.LesionStyle() {
				lines++
			}
		}
		if lines != 1 {
			t.Errorf("%d outlines on a key image", lines)
		}
		found := false
		for _, p := range SurfaceParts(r) {
			found = found || p.Name == "lesion" && p.Mesh.Volume() > 2
		}
		if !found {
			t.Error("no surface of the lesion")
		}
	}
}
