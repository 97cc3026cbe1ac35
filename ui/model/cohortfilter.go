package model

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/vertefill/vertefill/internal/text"
)

// Covariate is a column of the cohort's own table, with the ways to filter by
// it.
type Covariate struct {
	Name    string
	Choices []Choice
}

// Choice is a part of the rows: those with a value, or those with numbers up
// to a cut or above it.
type Choice struct {
	Value  string
	Number bool
	Above  bool
	Cut    float64
}

// keeps reports whether a value belongs to the part.
func (c Choice) keeps(v string) bool {
	if !c.Number {
		return v == c.Value
	}
	x, err := strconv.ParseFloat(v, 64)
	return err == nil && (x > c.Cut) == c.Above
}

// Words name the part: "puncture: left", "age ≤ 71".
func (c Choice) Words(covariate string, l text.Lang) string {
	if !c.Number {
		if c.Value == "" {
			return covariate + ": –"
		}
		return covariate + ": " + c.Value
	}
	cut := strconv.FormatFloat(c.Cut, 'g', 6, 64)
	if l == text.French {
		cut = strings.Replace(cut, ".", ",", 1)
	}
	if c.Above {
		return covariate + " > " + cut
	}
	return covariate + " ≤ " + cut
}

// maxChoices is how many values of a covariate are offered one by one; columns
// of numbers with more are cut at their median, those of words are left to the
// field that searches.
const maxChoices = 6

// CovariatesOf makes the ways to filter out of the values of the cases: one a
// case, in the order of the names.
func CovariatesOf(names []string, values [][]string) (out []Covariate) {
	for i, name := range names {
		c := Covariate{Name: name}
		count := map[string]int{}
		var numbers []float64
		words := false
		for _, v := range values {
			if i >= len(v) {
				continue
			}
			x := strings.TrimSpace(v[i])
			count[x]++
			if n, err := strconv.ParseFloat(x, 64); err == nil {
				numbers = append(numbers, n)
			} else if x != "" {
				words = true
			}
		}
		switch {
		case len(count) < 2: // nothing to tell apart
		case len(count) <= maxChoices:
			for _, v := range slices.Sorted(maps.Keys(count)) {
				c.Choices = append(c.Choices, Choice{Value: v})
			}
		case !words:
			slices.Sort(numbers)
			cut := numbers[(len(numbers)-1)/2]
			if cut < numbers[len(numbers)-1] {
				c.Choices = []Choice{{Number: true, Cut: cut}, {Number: true, Above: true, Cut: cut}}
			}
		}
		out = append(out, c)
	}
	return out
}

// PickCovariate shows the rows of a choice only; once more, all of them.
type PickCovariate struct{ Covariate, Choice int }

func (m PickCovariate) apply(s *State) []Effect {
	f := &s.Cohort.Filter
	was, on := f.Chosen[m.Covariate]
	f.Chosen = maps.Clone(f.Chosen)
	if f.Chosen == nil {
		f.Chosen = map[int]int{}
	}
	if on && was == m.Choice {
		delete(f.Chosen, m.Covariate)
	} else {
		f.Chosen[m.Covariate] = m.Choice
	}
	s.Cohort.arrange()
	return nil
}

// chosen reports whether a row passes what was picked of the covariates.
func (c *Cohort) chosen(r *CohortRow) bool {
	for i, k := range c.Filter.Chosen {
		if i >= len(c.Covariates) || k >= len(c.Covariates[i].Choices) {
			continue
		}
		v := ""
		if i < len(r.Values) {
			v = strings.TrimSpace(r.Values[i])
		}
		if !c.Covariates[i].Choices[k].keeps(v) {
			return false
		}
	}
	return true
}
