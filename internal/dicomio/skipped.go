package dicomio

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/vertefill/vertefill/internal/text"
)

// Skipped is a file that is in no series, and why, in both languages.
type Skipped struct {
	Path    string
	Code    Code
	English string
	French  string
}

// Message returns the reason in the language.
func (s Skipped) Message(l text.Lang) string {
	if l == text.French {
		return s.French
	}
	return s.English
}

// SkippedFor is why some files are in no series: N files share the reason, Path is the first of them.
type SkippedFor struct {
	Skipped
	N int
}

// ByReason gathers files that were skipped for one reason, the most first.
func ByReason(list []Skipped) []SkippedFor {
	at := map[[2]string]int{}
	var out []SkippedFor
	for _, s := range list {
		k := [2]string{string(s.Code), s.English}
		i, known := at[k]
		if !known {
			i, at[k] = len(out), len(out)
			out = append(out, SkippedFor{Skipped: s})
		}
		out[i].N++
	}
	slices.SortStableFunc(out, func(a, b SkippedFor) int { return cmp.Compare(b.N, a.N) })
	return out
}

// said is a reason in both languages; as an error it speaks English.
type said struct{ en, fr string }

func (s said) Error() string { return s.en }

// sayf fills the same arguments into both sentences; those that are reasons themselves follow the language.
func sayf(en, fr string, args ...any) said {
	translated := make([]any, len(args))
	for i, a := range args {
		if translated[i] = a; a != nil {
			if err, ok := a.(error); ok {
				translated[i] = french(err)
			}
		}
	}
	return said{fmt.Sprintf(en, args...), fmt.Sprintf(fr, translated...)}
}

// french returns an error's own French words, or for technical detail that has none the English ones.
func french(err error) string {
	var s said
	if errors.As(err, &s) {
		return s.fr
	}
	return err.Error()
}

func (c Code) because(path string, why said) *Skipped {
	return &Skipped{Path: path, Code: c, English: why.en, French: why.fr}
}
