package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/vertefill/vertefill/internal/cohort"
)

// cohortAgreement compares readings of a cohort.
func cohortAgreement(ctx context.Context, e env, args []string) (int, error) {
	f := newFlags(e, "cohort agreement")
	var with repeated
	var o cohort.AgreeOptions
	f.Var(&with, "with", "NAME=PATH: a reading: results of cohort run, signed sessions of a reading list, or vertebrae.csv and leaks.csv; repeatable")
	f.StringVar(&o.Reference, "truth", "", "NAME of the reading that is right: gives sensitivity and precision")
	f.Float64Var(&o.LeastML, "least", 0, "mL: smaller leaks do not count for sensitivity and precision")
	f.BoolVar(&o.Masks, "masks", true, "compare masks where readings have them: Dice and surface distances")
	keyPath := f.String("key", "", "key.json of the reading list, for sessions")
	out := f.String("out", "vertefill-agreement", "folder for the results")
	lang := f.String("lang", "", "en or fr")
	rest, err := parse(f, args)
	if err != nil {
		return 0, err
	}
	if e.lang, err = language(e, *lang); err != nil {
		return 0, err
	}
	c, err := openCohort(rest)
	if err != nil {
		return 0, err
	}
	if len(with) < 2 {
		return 0, usagef("two readings are needed: --with NAME=PATH --with NAME=PATH")
	}
	var key *cohort.ReadingKey
	if *keyPath != "" {
		if key, err = cohort.ReadKey(*keyPath); err != nil {
			return 0, err
		}
	}
	var readings []*cohort.Reading
	for _, w := range with {
		name, path, ok := strings.Cut(w, "=")
		if !ok || name == "" || path == "" {
			return 0, usagef("--with %s: write it as NAME=PATH", w)
		}
		r, unsigned, err := cohort.ReadReading(ctx, name, path, c, key)
		if err != nil {
			return 0, err
		}
		if len(unsigned) > 0 {
			fmt.Fprintf(e.stderr, "%s: not signed, left out: %s\n", name, strings.Join(unsigned, ", "))
		}
		readings = append(readings, r)
	}
	a, err := cohort.Agree(ctx, c, readings, o)
	if err != nil {
		return 0, err
	}
	if err := a.Write(*out, e.lang); err != nil {
		return 0, err
	}
	for _, q := range a.Quantities {
		for _, p := range q.Pairs {
			if p.Err == nil {
				fmt.Fprintf(e.stdout, "%-18s %s - %s  n %d  bias %+.3f  limits %+.3f to %+.3f\n", q.Quantity, p.B, p.A, p.N, p.Bias, p.Lower, p.Upper)
			}
		}
	}
	fmt.Fprintln(e.stdout, filepath.Join(*out, "agreement.pdf"))
	return exitDone, nil
}
