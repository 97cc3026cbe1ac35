package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/cohort"
	"github.com/vertefill/vertefill/internal/text"
)

const cohortUsage = "check|run|status|merge COHORT [--out DIR]"

// runCohort measures many cases: a folder of them, or a table.
func runCohort(ctx context.Context, e env, args []string) (int, error) {
	if len(args) == 0 {
		return 0, usagef("say what to do: check, run, status or merge")
	}
	does := map[string]func(context.Context, env, []string) (int, error){"check": cohortCheck, "run": cohortRun, "status": cohortStatus, "merge": cohortMerge}
	do, ok := does[args[0]]
	if !ok {
		return 0, usagef("%q is not something to do with a cohort", args[0])
	}
	return do(ctx, e, args[1:])
}

// openCohort reads the one path that is left.
func openCohort(rest []string) (*cohort.Cohort, error) {
	if len(rest) != 1 {
		return nil, usagef("one COHORT is needed: a folder of cases, or a table")
	}
	return cohort.Open(rest[0])
}

func cohortCheck(ctx context.Context, e env, args []string) (int, error) {
	f := newFlags(e, "cohort check")
	asJSON := f.Bool("json", false, "print JSON")
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
	bar := newProgress(e.stderr)
	found, err := cohort.Check(ctx, c, e.lang, func(done, total int) { bar.show(stageWords[e.lang]["read"], float64(done)/float64(total)) })
	bar.done()
	if err != nil {
		return 0, err
	}
	if *asJSON {
		enc := json.NewEncoder(e.stdout)
		enc.SetIndent("", "  ")
		return exitDone, enc.Encode(found)
	}
	w := tabwriter.NewWriter(e.stdout, 0, 8, 2, ' ', 0)
	for _, k := range found {
		fmt.Fprintf(w, "%s\t%s\t%s\n", k.Case, k.Post, k.Pre)
		for _, p := range k.Problems {
			fmt.Fprintf(w, "\t%s\t%s\n", p.Severity, p.Message)
		}
	}
	return exitDone, w.Flush()
}

// cohortOptions are the flags that say what is run and where results go; partial says that the cohort is a shard.
func cohortOptions(e env, name string, args []string) (c *cohort.Cohort, o cohort.Options, partial bool, err error) {
	o = cohort.Options{Version: strings.TrimSpace(assess.Version + " " + assess.Commit)}
	f := newFlags(e, name)
	f.StringVar(&o.Out, "out", "vertefill-cohort", "folder for the results")
	f.IntVar(&o.Jobs, "jobs", 0, "cases at once (default: as many as processors and memory allow)")
	f.BoolVar(&o.Force, "force", false, "measure again what is there already")
	shard := f.String("shard", "", "i/n: the i-th of n parts of the cohort only")
	lang := f.String("lang", "en", "language of the reports: en or fr")
	rest, err := parse(f, args)
	if err != nil {
		return nil, o, false, err
	}
	if _, err := language(e, *lang); err != nil {
		return nil, o, false, err
	}
	o.Args = []string{"--lang", *lang}
	if o.Program, err = os.Executable(); err != nil {
		return nil, o, false, err
	}
	c, err = openCohort(rest)
	if err != nil {
		return nil, o, false, err
	}
	if *shard != "" {
		a, b, ok := strings.Cut(*shard, "/")
		i, err1 := strconv.Atoi(a)
		n, err2 := strconv.Atoi(b)
		if !ok || err1 != nil || err2 != nil || i < 1 || i > n {
			return nil, o, false, usagef("--shard %s: write it as 2/8", *shard)
		}
		c = c.Shard(i, n)
	}
	return c, o, *shard != "", nil
}

func cohortRun(ctx context.Context, e env, args []string) (int, error) {
	c, o, partial, err := cohortOptions(e, "cohort run", args)
	if err != nil {
		return 0, err
	}
	if o.Jobs <= 0 {
		o.Jobs = cohort.Jobs(c)
	}
	fmt.Fprintf(e.stderr, map[text.Lang]string{text.English: "%d cases, %d at once\n", text.French: "%d cas, %d à la fois\n"}[e.lang], len(c.Cases), o.Jobs)
	records, err := cohort.Run(ctx, c, o, func(r cohort.Record, done, total int, left time.Duration) {
		line := fmt.Sprintf("%d/%d  %s  %s", done, total, r.Case, statusWords[e.lang][r.Status])
		if r.Error != "" {
			line += ": " + r.Error
		}
		if left > 0 {
			line += fmt.Sprintf("  (%s %s)", map[text.Lang]string{text.English: "left:", text.French: "reste :"}[e.lang], left)
		}
		fmt.Fprintln(e.stderr, line)
	})
	if err != nil {
		return 0, err
	}
	if !partial {
		if _, err := cohort.Merge(ctx, c, o.Out); err != nil {
			return 0, err
		}
	}
	return exitDone, printRecords(e, records)
}

// cohortMerge joins what lies in the results' folder into tables, finished or not.
func cohortMerge(ctx context.Context, e env, args []string) (int, error) {
	c, o, _, err := cohortOptions(e, "cohort merge", args)
	if err != nil {
		return 0, err
	}
	list, err := cohort.Merge(ctx, c, o.Out)
	if err != nil {
		return 0, err
	}
	var records []cohort.Record
	for _, x := range list {
		records = append(records, x.Record)
	}
	return exitDone, printRecords(e, records)
}

func cohortStatus(ctx context.Context, e env, args []string) (int, error) {
	c, o, _, err := cohortOptions(e, "cohort status", args)
	if err != nil {
		return 0, err
	}
	records, err := cohort.State(ctx, c, o, nil)
	if err != nil {
		return 0, err
	}
	for _, r := range records {
		fmt.Fprintf(e.stdout, "%s  %s  %s\n", r.Case, statusWords[e.lang][r.Status], r.Error)
	}
	return exitDone, printRecords(e, records)
}

// printRecords counts the cases by what became of them.
func printRecords(e env, records []cohort.Record) error {
	count := map[cohort.Status]int{}
	for _, r := range records {
		count[r.Status]++
	}
	var parts []string
	for _, s := range []cohort.Status{cohort.Done, cohort.Failed, cohort.Pending, cohort.Stale} {
		if count[s] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", count[s], statusWords[e.lang][s]))
		}
	}
	_, err := fmt.Fprintln(e.stdout, strings.Join(parts, ", "))
	return err
}

var statusWords = map[text.Lang]map[cohort.Status]string{
	text.English: {cohort.Done: "done", cohort.Failed: "failed", cohort.Pending: "not done", cohort.Stale: "out of date"},
	text.French:  {cohort.Done: "fait", cohort.Failed: "en échec", cohort.Pending: "à faire", cohort.Stale: "périmé"},
}
