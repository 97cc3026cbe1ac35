package dicomio

import (
	"errors"
	"fmt"

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
