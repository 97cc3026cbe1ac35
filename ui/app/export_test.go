package app

import (
	"strconv"

	"gioui.org/text"
	"golang.org/x/image/math/fixed"

	"github.com/vertefill/vertefill/ui/theme"
)

// SameTexts fills the caches of text, which Gio bounds by their number of
// texts and not by their size, with the same short ones.
func (a *App) SameTexts() {
	const most = 1000 // that Gio keeps
	for i := range most + 1 {
		a.env.Shaper.LayoutString(text.Parameters{Font: theme.Body.Font(), PxPerEm: fixed.I(13), MaxWidth: 1000}, strconv.Itoa(i))
		var glyphs []text.Glyph
		for g, ok := a.env.Shaper.NextGlyph(); ok; g, ok = a.env.Shaper.NextGlyph() {
			glyphs = append(glyphs, g)
		}
		a.env.Shaper.Shape(glyphs)
		a.env.Shaper.Bitmaps(glyphs)
	}
}

// SetProgram makes another program measure the cases of a cohort.
func (a *App) SetProgram(path string) { a.config.Program = path }
