// Package diag collects what the reader of a result must know about its quality: coded findings with a severity, the vertebra
// they touch and a sentence in both languages. Computation goes on; the findings travel with the result. Errors that stop a
// computation are ordinary Go errors, not findings.
package diag

import (
	"fmt"
	"sort"
	"strconv"
	"strings"
	"sync"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/text"
)

// Code identifies a kind of finding for machines; it never changes meaning.
type Code string

// Severity says what a finding does to the numbers.
type Severity string

// The severities of the contract.
const (
	Info  Severity = "info"    // good to know
	Warn  Severity = "warning" // a number is given with a wider interval or needs a look
	Error Severity = "error"   // a number is withheld
)

// Num is a number in a sentence, printed with the decimals given and the decimal mark of the language.
type Num struct {
	X        float64
	Decimals int
}

// Percent is a fraction 0..1 in a sentence, printed in whole per cent.
type Percent float64

// Words are part of a sentence that differs between the languages.
type Words struct{ EN, FR string }

// Args are the values of the placeholders: int, string, Words, Num, Percent, or anatomy.Level.
type Args map[string]any

// Finding is one entry of the quality list.
type Finding struct {
	Code  Code
	Level anatomy.Level // None when it touches the whole study
	Args  Args
}

// Severity returns how grave the finding is.
func (f Finding) Severity() Severity { return catalog[f.Code].severity }

// Message returns the finding in the language.
func (f Finding) Message(l text.Lang) string {
	e, ok := catalog[f.Code]
	if !ok {
		return string(f.Code)
	}
	s := e.template(l)
	for name, v := range f.Args {
		s = strings.ReplaceAll(s, "{"+name+"}", format(l, v))
	}
	if f.Level != anatomy.None {
		s = strings.ReplaceAll(s, "{level}", f.Level.String())
	}
	return s
}

func format(l text.Lang, v any) string {
	switch v := v.(type) {
	case Num:
		return l.Number(v.X, v.Decimals)
	case Words:
		if l == text.French {
			return v.FR
		}
		return v.EN
	case Percent:
		return l.Unit(l.Number(100*float64(v), 0), "%")
	case int: // counts and CT numbers: no thousands space
		return strconv.Itoa(v)
	case fmt.Stringer:
		return v.String()
	}
	return fmt.Sprint(v)
}

// Codes lists all codes in alphabetical order.
func Codes() []Code {
	out := make([]Code, 0, len(catalog))
	for c := range catalog {
		out = append(out, c)
	}
	sort.Slice(out, func(i, j int) bool { return out[i] < out[j] })
	return out
}

// Sink gathers findings; it may be shared by goroutines. The zero value is ready, and a nil Sink drops what it is given.
type Sink struct {
	mu   sync.Mutex
	list []Finding
}

// Add records a finding. Adding the same code, level and arguments again has no effect.
func (s *Sink) Add(code Code, level anatomy.Level, args Args) {
	if s == nil {
		return
	}
	if _, ok := catalog[code]; !ok {
		panic("diag: unknown code " + string(code))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	f := Finding{Code: code, Level: level, Args: args}
	for _, g := range s.list {
		if g.Code == f.Code && g.Level == f.Level && g.Message(text.English) == f.Message(text.English) {
			return
		}
	}
	s.list = append(s.list, f)
}

// Findings returns what was recorded: errors first, then warnings, then information; within these from head to foot.
func (s *Sink) Findings() []Finding {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	out := append([]Finding(nil), s.list...)
	rank := map[Severity]int{Error: 0, Warn: 1, Info: 2}
	sort.SliceStable(out, func(i, j int) bool {
		a, b := out[i], out[j]
		if ra, rb := rank[a.Severity()], rank[b.Severity()]; ra != rb {
			return ra < rb
		}
		if a.Level != b.Level {
			return a.Level < b.Level
		}
		return a.Code < b.Code
	})
	return out
}
