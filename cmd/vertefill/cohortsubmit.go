package main

import (
	"context"
	"fmt"
	"os"

	"github.com/vertefill/vertefill/internal/cohort"
)

// cohortSubmit hands a cohort to a cluster.
func cohortSubmit(ctx context.Context, e env, args []string) (int, error) {
	f := newFlags(e, "cohort submit")
	var extra repeated
	o := cohort.SlurmOptions{Options: cohort.Options{Version: cohort.ProgramVersion()}}
	engine := f.String("engine", "slurm", "slurm; other engines run the shards of cohort run --shard i/n, see docs/cluster.md")
	f.StringVar(&o.Out, "out", "vertefill-cohort", "folder for the results, seen by every node")
	f.IntVar(&o.Shards, "shards", 0, "elements of the job array (default: one a case, at most 1000)")
	f.IntVar(&o.CPUs, "cpus", 2, "processors an element")
	f.IntVar(&o.Retries, "retries", 2, "how often an element that was killed is queued again")
	f.IntVar(&o.AtOnce, "at-once", 0, "elements at once (default: as many as the cluster gives)")
	f.Var(&extra, "sbatch", "a further option for sbatch, such as --sbatch=--partition=long; repeatable")
	program := f.String("program", "", "vertefill as the nodes see it (default: this one)")
	dry := f.Bool("dry-run", false, "write the scripts and submit nothing")
	lang := f.String("lang", "en", "language of the reports: en or fr")
	rest, err := parse(f, args)
	if err != nil {
		return 0, err
	}
	if *engine != "slurm" {
		return 0, usagef("--engine %s: slurm is the one that is submitted to; for others see docs/cluster.md", *engine)
	}
	l, err := language(e, *lang)
	if err != nil {
		return 0, err
	}
	c, err := openCohort(rest)
	if err != nil {
		return 0, err
	}
	o.Cohort, o.Extra, o.Args, o.Program = rest[0], extra, []string{"--lang", string(l)}, *program
	if o.Program == "" {
		if o.Program, err = os.Executable(); err != nil {
			return 0, err
		}
	}
	s, err := cohort.Submit(ctx, c, o, *dry)
	if err != nil {
		return 0, err
	}
	basis := fmt.Sprintf("from %d measured cases", s.Measured)
	if s.Measured == 0 {
		basis = "from the size of the files: measure a few cases first for a closer estimate"
	}
	fmt.Fprintf(e.stderr, "%d cases in %d elements, each %d MB and %s (%s)\n", len(c.Cases), s.Shards, s.MemoryMB, s.Time, basis)
	if *dry {
		fmt.Fprintf(e.stdout, "%s\n%s\n", s.Scripts[0], s.Scripts[1])
		return exitDone, nil
	}
	fmt.Fprintf(e.stdout, "array %s, merge %s\n", s.Array, s.Merge)
	return exitDone, nil
}
