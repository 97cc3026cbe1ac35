package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/vertefill/vertefill/internal/cohort"
	"github.com/vertefill/vertefill/internal/export"
	"github.com/vertefill/vertefill/internal/text"
)

const cohortUsage = "VERB ... (vertefill cohort --help lists the verbs)"

// cohortVerb is one word after "vertefill cohort".
type cohortVerb struct {
	name, usage, en, fr string
	run                 func(ctx context.Context, e env, args []string) (int, error)
}

// cohortVerbs lists what can be done with a cohort, in the order of the work.
func cohortVerbs() []cohortVerb {
	return []cohortVerb{
		{"check", "COHORT [--json] [--csv FILE]", "look at the headers of every case before the work: missing series, geometry, roles, one patient twice", "regarder les en-têtes de chaque cas avant le travail : séries manquantes, géométrie, rôles, patient en double", cohortCheck},
		{"run", "COHORT [--out DIR] [--jobs N] [--shard i/n]", "measure what is missing or has changed, then join tables and study report", "mesurer ce qui manque ou a changé, puis joindre tableaux et rapport d’étude", cohortRun},
		{"submit", "COHORT --engine slurm [--out DIR] [--shards N] [--dry-run]", "hand the cases to a Slurm cluster as a job array, and the join after it", "confier les cas à un cluster Slurm en tableau de tâches, puis la jonction", cohortSubmit},
		{"status", "COHORT [--out DIR]", "say how far the cases are", "dire où en sont les cas", cohortStatus},
		{"merge", "COHORT [--out DIR]", "join what is there into tables and study report", "joindre ce qui est là en tableaux et rapport d’étude", cohortMerge},
		{"compare", "COHORT --by COLUMN [--out DIR]", "compare groups: differences with intervals and effect sizes, and a script for mixed effects in R", "comparer des groupes : différences, intervalles, tailles d’effet, et un script R à effets mixtes", cohortCompare},
		{"reading-list", "COHORT --readers A,B --to DIR [--again N] [--assisted]", "make anonymous, shuffled sessions for every reader; signed, they come back by cohort agreement", "préparer des sessions anonymes et mélangées pour chaque lecteur ; signées, elles reviennent par cohort agreement", cohortReadingList},
		{"collect", "COHORT --list DIR [--from DIR] [--out DIR]", "make reports and masks of what readers signed, for cohort agreement", "faire comptes rendus et masques de ce que les lecteurs ont signé, pour cohort agreement", cohortCollect},
		{"agreement", "COHORT --with NAME=PATH --with NAME=PATH... [--truth NAME] [--out DIR]", "compare readers, a reader and the program, or two runs", "comparer des lecteurs, un lecteur et le programme, ou deux passages", cohortAgreement},
	}
}

// runCohort measures many cases: a folder of them, or a table.
func runCohort(ctx context.Context, e env, args []string) (int, error) {
	if len(args) == 0 {
		return 0, usagef("say what to do: %s", verbNames())
	}
	if h := args[0]; h == "-h" || h == "--help" || h == "help" {
		cohortHelp(e)
		return exitDone, nil
	}
	for _, v := range cohortVerbs() {
		if v.name == args[0] {
			e.usage = v.usage
			return v.run(ctx, e, args[1:])
		}
	}
	return 0, usagef("%q is not something to do with a cohort: %s", args[0], verbNames())
}

func verbNames() string {
	var names []string
	for _, v := range cohortVerbs() {
		names = append(names, v.name)
	}
	return strings.Join(names, ", ")
}

func cohortHelp(e env) {
	fr := e.lang == text.French
	say := func(en, french string) string {
		if fr {
			return french
		}
		return en
	}
	fmt.Fprintln(e.stderr, say("usage: vertefill cohort VERB COHORT ...\n\nCOHORT is a folder in which every folder or archive is a case, or a table (.csv, .tsv) with the columns case, and study or post;\nalso pre, fluoro, levels and seeds (several in a cell: separated by ;). Further columns are kept as covariates. Paths are relative to the table.\n",
		"usage : vertefill cohort VERBE COHORTE ...\n\nCOHORTE est un dossier dont chaque dossier ou archive est un cas, ou un tableau (.csv, .tsv) avec les colonnes case, et study ou post ;\naussi pre, fluoro, levels et seeds (plusieurs dans une case : séparés par ;). Les autres colonnes sont gardées comme covariables. Les chemins sont relatifs au tableau.\n"))
	for _, v := range cohortVerbs() {
		fmt.Fprintf(e.stderr, "  vertefill cohort %s %s\n        %s\n", v.name, v.usage, say(v.en, v.fr))
	}
	fmt.Fprintln(e.stderr, say("\nvertefill cohort VERB --help lists the options of a verb.", "\nvertefill cohort VERBE --help liste les options d’un verbe."))
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
	table := f.String("csv", "", "write the table of problems to this file too")
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
	if *table != "" {
		if err := export.WriteFile(*table, func(w io.Writer) error { return cohort.WriteChecked(w, found) }); err != nil {
			return 0, err
		}
	}
	if *asJSON {
		enc := json.NewEncoder(e.stdout)
		enc.SetIndent("", "  ")
		return exitDone, enc.Encode(found)
	}
	w := tabwriter.NewWriter(e.stdout, 0, 8, 2, ' ', 0)
	words := map[text.Lang][2]string{text.English: {"CASE\tCONTROL CT\tSLICES\tCT BEFORE\tSLICES\tRUNS", "Cases: %d. Errors: %d. Warnings: %d."}, text.French: {"CAS\tCONTRÔLE\tCOUPES\tAVANT\tCOUPES\tSCOPIES", "Cas : %d. Erreurs : %d. Avertissements : %d."}}[e.lang]
	fmt.Fprintln(w, words[0])
	count := map[string]int{}
	slices := func(mm float64, verdict string) string {
		if mm == 0 {
			return ""
		}
		return strings.TrimSpace(e.lang.Unit(e.lang.Number(mm, 2), "mm") + " " + verdict)
	}
	for _, k := range found {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%d\n", k.Case, k.Post, slices(k.SliceMM, k.Geometry), k.Pre, slices(k.PreSlice, ""), k.Runs)
		for _, p := range k.Problems {
			count[p.Severity]++
		}
	}
	if err := w.Flush(); err != nil {
		return 0, err
	}
	fmt.Fprintln(e.stdout)
	for _, k := range found {
		for _, p := range k.Problems {
			fmt.Fprintf(w, "%s\t%s\t%s\n", k.Case, severityWords[e.lang][p.Severity], p.Message)
		}
	}
	fmt.Fprintf(w, words[1]+"\n", len(found), count["error"], count["warning"])
	return exitDone, w.Flush()
}

// cohortOptions are the flags that say what is run and where results go; partial says that the cohort is a shard.
func cohortOptions(e env, name string, args []string) (c *cohort.Cohort, o cohort.Options, partial bool, err error) {
	o = cohort.Options{Version: cohort.ProgramVersion()}
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
	l, err := language(e, *lang)
	if err != nil {
		return nil, o, false, err
	}
	o.Args = []string{"--lang", string(l)}
	if o.Program, err = os.Executable(); err != nil {
		return nil, o, false, err
	}
	if o.Jobs < 0 {
		return nil, o, false, usagef("--jobs %d", o.Jobs)
	}
	i, n := 1, 1
	if *shard != "" {
		if i, n, err = parseShard(*shard); err != nil {
			return nil, o, false, err
		}
	}
	c, err = openCohort(rest)
	if err != nil {
		return nil, o, false, err
	}
	return c.Shard(i, n), o, *shard != "", nil
}

// reportLang is the language that was asked for the reports of cases.
func reportLang(o cohort.Options) text.Lang { return text.Lang(o.Args[len(o.Args)-1]) }

func parseShard(s string) (i, n int, err error) {
	a, b, ok := strings.Cut(s, "/")
	i, err1 := strconv.Atoi(a)
	n, err2 := strconv.Atoi(b)
	if !ok || err1 != nil || err2 != nil || i < 1 || i > n {
		return 0, 0, usagef("--shard %s: write it as 2/8", s)
	}
	return i, n, nil
}

func cohortRun(ctx context.Context, e env, args []string) (int, error) {
	c, o, partial, err := cohortOptions(e, "cohort run", args)
	if err != nil {
		return 0, err
	}
	plan := cohort.PlanJobs(c)
	if o.Jobs <= 0 {
		o.Jobs = plan.Jobs
	}
	fmt.Fprintf(e.stderr, map[text.Lang]string{
		text.English: "%d cases, %d at once (%d processors; largest case about %s GB, %s GB of memory free)\n",
		text.French:  "%d cas, %d à la fois (%d processeurs ; plus grand cas environ %s Go, %s Go de mémoire libre)\n"}[e.lang],
		len(c.Cases), min(o.Jobs, max(1, len(c.Cases))), plan.Processors, e.lang.Number(plan.CaseGB, 1), e.lang.Number(plan.FreeGB, 1))
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
		if _, err := joinCohort(ctx, c, o); err != nil {
			return 0, err
		}
	}
	if err := printRecords(e, records); err != nil {
		return 0, err
	}
	killed := 0
	for _, r := range records {
		if r.Killed {
			killed++
		}
	}
	if killed > 0 {
		return 0, fmt.Errorf("the programs of %d cases were ended from outside: run it again, with fewer --jobs or more memory", killed)
	}
	return exitDone, nil
}

// joinCohort writes tables and study report.
func joinCohort(ctx context.Context, c *cohort.Cohort, o cohort.Options) ([]cohort.Outcome, error) {
	list, err := cohort.Merge(ctx, c, o.Out)
	if err != nil {
		return nil, err
	}
	return list, cohort.WriteReport(c, list, o.Out, reportLang(o))
}

// cohortMerge joins what lies in the results' folder, finished or not.
func cohortMerge(ctx context.Context, e env, args []string) (int, error) {
	c, o, _, err := cohortOptions(e, "cohort merge", args)
	if err != nil {
		return 0, err
	}
	list, err := joinCohort(ctx, c, o)
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
		fmt.Fprintln(e.stdout, strings.TrimSpace(fmt.Sprintf("%s  %s  %s", r.Case, statusWords[e.lang][r.Status], r.Error)))
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
