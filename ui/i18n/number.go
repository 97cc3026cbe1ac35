package i18n

import (
	"strings"

	"github.com/vertefill/vertefill/internal/text"
)

// Whole prints a CT number or a window as readers write them: whole, without
// a space between thousands.
func Whole(l text.Lang, x float64) string {
	return strings.ReplaceAll(l.Number(x, 0), "\u202f", "")
}

// Count returns the text for one thing or for n of them, with {n} put in.
func Count(l text.Lang, n int, one, many Text) string {
	if n == 1 {
		return one.In(l, "n", "1")
	}
	return many.In(l, "n", l.Number(float64(n), 0))
}
