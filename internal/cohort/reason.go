package cohort

import (
	"regexp"
	"slices"
	"strings"
)

// pathLike is what begins like a path: a folder's name is often a patient's.
var pathLike = regexp.MustCompile(`(^|[\s"'(=\[])(/|\.{1,2}/|[A-Za-z]:[\\/]|\\\\)[^:;]*`)

// Reason says why a case could not be measured, without the paths of its files: it stands in tables that leave the house, and folders
// are often called like patients. The record and the log of the case keep the whole sentence.
func (o *Outcome) Reason() string {
	s := o.Record.Error
	in := o.Case.Inputs()
	roots := append(o.Case.paths(), append([]string{in.Study, in.Post, in.Pre, in.Session, o.Case.Session}, in.Fluoro...)...)
	slices.SortFunc(roots, func(a, b string) int { return len(b) - len(a) })
	for _, root := range roots {
		if root != "" {
			below := regexp.MustCompile(`(^|[^\pL\pN])` + regexp.QuoteMeta(root) + `([/\\][^:;]*)?($|[^\pL\pN])`)
			s = below.ReplaceAllString(s, "${1}…${3}")
		}
	}
	return strings.TrimSpace(pathLike.ReplaceAllString(s, "${1}…"))
}
