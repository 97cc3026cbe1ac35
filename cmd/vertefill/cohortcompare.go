package main

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/vertefill/vertefill/internal/cohort"
)

// cohortCompare compares groups of a cohort.
func cohortCompare(ctx context.Context, e env, args []string) (int, error) {
	f := newFlags(e, "cohort compare")
	out := f.String("out", "vertefill-cohort", "folder of the results of cohort run")
	by := f.String("by", "", "column of the cohort's table that makes the groups")
	lang := f.String("lang", "", "en or fr")
	rest, err := parse(f, args)
	if err != nil {
		return 0, err
	}
	if e.lang, err = language(e, *lang); err != nil {
		return 0, err
	}
	if *by == "" {
		return 0, usagef("--by is needed")
	}
	c, err := openCohort(rest)
	if err != nil {
		return 0, err
	}
	list, err := cohort.Load(ctx, c, *out)
	if err != nil {
		return 0, err
	}
	g, err := cohort.Compare(c.Covariates, list, *by)
	if err != nil {
		return 0, err
	}
	if err := g.Write(*out, e.lang); err != nil {
		return 0, err
	}
	for _, m := range g.Means {
		if m.Err == nil {
			fmt.Fprintf(e.stdout, "%-18s %s - %s  difference %+.3f [%.3f, %.3f]  g %+.2f [%.2f, %.2f]  p %.3g\n", m.Quantity, m.B, m.A, m.Difference, m.CI.Low, m.CI.High, m.Effect, m.EffectCI.Low, m.EffectCI.High, m.P)
		}
	}
	fmt.Fprintln(e.stdout, filepath.Join(*out, "comparison.pdf"))
	return exitDone, nil
}
