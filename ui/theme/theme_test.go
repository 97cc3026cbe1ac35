package theme_test

import (
	"image/color"
	"math"
	"testing"

	"gioui.org/text"
	"golang.org/x/image/math/fixed"

	"github.com/vertefill/vertefill/ui/theme"
)

// luminance is the relative luminance of WCAG 2.1.
func luminance(c color.NRGBA) float64 {
	linear := func(v uint8) float64 {
		x := float64(v) / 255
		if x <= 0.04045 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
}

func contrast(a, b color.NRGBA) float64 {
	x, y := luminance(a)+0.05, luminance(b)+0.05
	return max(x, y) / min(x, y)
}

// Every text colour must reach 4.5 on every ground it is written on.
func TestContrast(t *testing.T) {
	for name, p := range map[string]theme.Palette{"dark": theme.Dark, "light": theme.Light} {
		pairs := map[string][2]color.NRGBA{
			"text 1 on panel": {p.Text1, p.Panel}, "text 2 on panel": {p.Text2, p.Panel},
			"text 3 on panel": {p.Text3, p.Panel}, "text 3 on window": {p.Text3, p.Window},
			"text 3 on select": {p.Text3, p.Select}, "accent on panel": {p.Accent, p.Panel},
			"accent on select": {p.Accent, p.Select}, "ink on accent": {p.Ink, p.Accent},
			"warning on fill": {p.Warning, p.WarningFill}, "error on fill": {p.Error, p.ErrorFill},
			"ok on panel": {p.OK, p.Panel},
		}
		for what, c := range pairs {
			if got := contrast(c[0], c[1]); got < 4.5 {
				t.Errorf("%s: %s has contrast %.2f, want at least 4.5", name, what, got)
			}
		}
	}
}

// Columns of numbers line up only if all digits have one width.
func TestDigitsHaveOneWidth(t *testing.T) {
	shaper := text.NewShaper(text.NoSystemFonts(), text.WithCollection(theme.Collection()))
	for _, role := range []theme.Role{theme.Body, theme.Label, theme.Heading, theme.Caption} {
		var want fixed.Int26_6
		for d := '0'; d <= '9'; d++ {
			shaper.LayoutString(text.Parameters{Font: role.Font(), PxPerEm: fixed.I(64), MaxWidth: 1000}, string(d))
			g, ok := shaper.NextGlyph()
			if !ok {
				t.Fatalf("digit %c: no glyph", d)
			}
			if want == 0 {
				want = g.Advance
			}
			if g.Advance != want {
				t.Errorf("weight %v: digit %c is %v wide, want %v", role.Weight, d, g.Advance, want)
			}
		}
	}
}

// The embedded font must hold every sign the design writes.
func TestFontHoldsSigns(t *testing.T) {
	const signs = "Fuite épidurale œ ÉÀÇ ± ≤ ≥ → ← ↑ ↓ ² ³ ° − – … · « » ’ × \u00a0\u202f"
	shaper := text.NewShaper(text.NoSystemFonts(), text.WithCollection(theme.Collection()))
	for _, r := range signs {
		shaper.LayoutString(text.Parameters{Font: theme.Body.Font(), PxPerEm: fixed.I(20), MaxWidth: 1000}, string(r))
		g, ok := shaper.NextGlyph()
		if !ok || uint32(g.ID) == 0 { // glyph 0 is .notdef
			t.Errorf("sign %q (%U) is not in the font", r, r)
		}
	}
}
