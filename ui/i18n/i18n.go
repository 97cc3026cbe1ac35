// Package i18n is the one catalogue of the window's texts in English and
// French. A text is a variable, so a missing key does not compile; tests fail
// on an empty side, on placeholders that differ and on texts that nothing uses.
// Numbers and dates are formatted by internal/text, quality warnings written
// by internal/diag.
package i18n

import (
	"strings"

	"github.com/vertefill/vertefill/internal/text"
)

// Text is a text in both languages. Names in braces are placeholders.
type Text struct{ EN, FR string }

// In returns the text in the language; pairs replace placeholders: "n", "3"
// puts 3 for {n}.
func (t Text) In(l text.Lang, pairs ...string) string {
	s := t.EN
	if l == text.French {
		s = t.FR
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		s = strings.ReplaceAll(s, "{"+pairs[i]+"}", pairs[i+1])
	}
	return s
}
