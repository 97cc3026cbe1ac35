package dicomio

import (
	"errors"

	"github.com/vertefill/vertefill/internal/text"
)

// Refusal is an error that people read: why something could not be done, in both languages, one sentence without its full stop.
type Refusal struct {
	Code    Code
	English string
	French  string
	Err     error // what it wraps; may be nil
}

// Error implements error.
func (r *Refusal) Error() string { return "dicomio: " + r.English }

// Unwrap returns the wrapped error.
func (r *Refusal) Unwrap() error { return r.Err }

// Message returns the sentence in the language.
func (r *Refusal) Message(l text.Lang) string {
	if l == text.French {
		return r.French
	}
	return r.English
}

// Message returns what an error tells people in the language: the sentence of the Refusal in it, or its own text when it has none.
func Message(err error, l text.Lang) string {
	var r *Refusal
	if errors.As(err, &r) {
		return r.Message(l)
	}
	return err.Error()
}

func refuse(code Code, why said, err error) *Refusal { return &Refusal{code, why.en, why.fr, err} }
