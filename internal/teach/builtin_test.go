package teach

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/vertefill/vertefill/internal/phantom"
)

// TestBuiltinsHoldWhatTheyTell: the truth of every built-in case has the levels, leaks and old cement of its plan, and what leaks is
// large enough to be asked for. Images are made coarse: the truth does not depend on them.
func TestBuiltinsHoldWhatTheyTell(t *testing.T) {
	for _, b := range builtins {
		o := b.options
		o.Matrix, o.SliceMM, o.SpacingMM, o.PreSliceMM, o.FWHMMM = 32, 5, 5, 5, 5
		made, err := phantom.NewContext(context.Background(), b.seed, o)
		if err != nil {
			t.Fatalf("%s: %v", b.id, err)
		}
		r := FromTruth(made.Truth)
		for _, p := range o.Plan {
			if p.Prior {
				if !slices.Contains(r.Prior, p.Level) {
					t.Errorf("%s: no old cement in %s", b.id, p.Level)
				}
				continue
			}
			i := slices.IndexFunc(r.Treated, func(x Treated) bool { return x.Level == p.Level })
			if i < 0 {
				t.Errorf("%s: %s is not treated", b.id, p.Level)
			} else if fill := r.Treated[i].Fill; fill < 0.8*float64(p.Fill) || fill > 1.2*float64(p.Fill) {
				t.Errorf("%s: fill of %s %.3f, planned %.3f", b.id, p.Level, fill, p.Fill)
			}
			for _, l := range p.Leaks {
				if !slices.ContainsFunc(r.Leaks, func(k Leak) bool { return k.Level == p.Level && k.Compartment == l.Compartment }) {
					t.Errorf("%s: no leak of %s into %s: %+v", b.id, p.Level, l.Compartment, r.Leaks)
				}
			}
		}
		planned := 0
		for _, p := range o.Plan {
			planned += len(p.Leaks)
		}
		if len(r.Leaks) != planned {
			t.Errorf("%s: %d leaks, planned %d: %+v", b.id, len(r.Leaks), planned, r.Leaks)
		}
	}
}

// TestHistoriesDoNotAnswer: the history gives the level to count from, and names neither a treated one nor one with old cement.
func TestHistoriesDoNotAnswer(t *testing.T) {
	for _, b := range builtins {
		for _, words := range []string{b.history.EN, b.history.FR} {
			said := strings.FieldsFunc(words, func(r rune) bool { return r == ' ' || r == '.' || r == ',' })
			if !slices.Contains(said, b.options.First.String()) {
				t.Errorf("%s: %q does not say that the first level is %s", b.id, words, b.options.First)
			}
			for _, p := range b.options.Plan {
				if slices.Contains(said, p.Level.String()) {
					t.Errorf("%s: %q names %s", b.id, words, p.Level)
				}
			}
		}
	}
}
