package font_test

import (
	"testing"

	"golang.org/x/image/font/sfnt"

	"github.com/vertefill/vertefill/internal/font"
)

// TestGlyphs checks that every weight has the signs that texts use and digits of one width.
func TestGlyphs(t *testing.T) {
	for name, data := range map[string][]byte{"regular": font.Regular, "medium": font.Medium, "semi bold": font.SemiBold, "bold": font.Bold} {
		f, err := sfnt.Parse(data)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var b sfnt.Buffer
		for _, r := range "Épidurale œuvre °±≤→²³–\u2212\u202f\u00a0Ç" {
			if i, err := f.GlyphIndex(&b, r); err != nil || i == 0 {
				t.Errorf("%s: no glyph for %q", name, r)
			}
		}
		var width int
		for r := '0'; r <= '9'; r++ {
			i, err := f.GlyphIndex(&b, r)
			if err != nil {
				t.Fatal(err)
			}
			a, err := f.GlyphAdvance(&b, i, 1000<<6, 0)
			if err != nil {
				t.Fatal(err)
			}
			if w := a.Round(); r == '0' {
				width = w
			} else if w != width {
				t.Errorf("%s: digit %c is %d wide, 0 is %d", name, r, w, width)
			}
		}
	}
}
