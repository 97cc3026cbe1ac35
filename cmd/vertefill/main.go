// Command vertefill measures the cement of a vertebroplasty on CT: fill of every vertebral body, and every leak. Run
// "vertefill help" for its commands. It is not a certified medical device: it measures, the physician decides.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"sort"
	"strings"
	"syscall"

	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/dicomio"
	"github.com/vertefill/vertefill/internal/text"
)

// Exit codes of the contract.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
	exitStrict = 3
)

// env is where a command reads and writes, so that tests run it without a process.
type env struct {
	stdout, stderr io.Writer
	lang           text.Lang
	usage          string // arguments of the command that runs
}

// command is one word after "vertefill".
type command struct {
	usage string // arguments, for the help text
	en    string
	fr    string
	run   func(ctx context.Context, e env, args []string) (exit int, err error)
}

var commands = map[string]command{
	"analyze": {"STUDY | --post PATH [--pre PATH] [--fluoro PATH]...", "measure fill and leaks, write the report", "mesurer remplissage et fuites, écrire le compte rendu", runAnalyze},
	"cohort":  {cohortUsage, "measure many cases", "mesurer une série de cas", runCohort},
	"inspect": {"PATH [--json]", "list series, geometry, roles, and what was skipped and why", "lister les séries, leur géométrie, leurs rôles, et ce qui a été laissé et pourquoi", runInspect},
	"convert": {"PATH [--series UID [--volume N]] --out FILE", "write one volume as NIfTI or NRRD", "écrire un volume en NIfTI ou NRRD", runConvert},
	"phantom": {"--out DIR [--seed N]", "write a digital phantom case with its truth", "écrire un cas de fantôme numérique avec sa vérité", runPhantom},
	"view":    {"PATH", "open the desktop program", "ouvrir le programme de bureau", runView},
	"deid":    {"PATH... --out DIR [--mapping FILE]", "take the identity of patients out of DICOM files (PS3.15 Annex E)", "ôter l’identité des patients de fichiers DICOM (PS3.15 annexe E)", runDeid},
	"table":   {"REPORT.dcm [--images PATH] [--json]", "print the numbers of a structured report", "afficher les chiffres d’un compte rendu structuré", runTable},
	"verify":  {verifyUsage, "measure again what a report tells of, and compare", "mesurer de nouveau ce que dit un compte rendu, et comparer", runVerify},
	"version": {"", "print the version", "afficher la version", runVersion},
}

// hidden are commands that the help does not list.
var hidden = map[string]command{
	"bench": {usage: "TASK ARGUMENTS", run: runBench},
}

// usageError is wrong use of the command line: exit code 2.
type usageError struct{ msg string }

func (u usageError) Error() string { return u.msg }

func usagef(format string, args ...any) error { return usageError{fmt.Sprintf(format, args...)} }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, env{stdout: os.Stdout, stderr: os.Stderr, lang: text.SystemLang()}, os.Args[1:])
	stop()
	os.Exit(code)
}

// run does one command and reports its error in one line.
func run(ctx context.Context, e env, args []string) (code int) {
	defer func() { // a defect must not look like a crash to a user
		if p := recover(); p != nil {
			fmt.Fprintf(e.stderr, "vertefill: internal error, please report it: %v\n%s", p, debug.Stack())
			code = exitFailed
		}
	}()
	if len(args) == 0 || args[0] == "help" || args[0] == "-h" || args[0] == "--help" {
		help(e)
		if len(args) == 0 {
			return exitUsage
		}
		return exitDone
	}
	c, ok := commands[args[0]]
	if !ok {
		c, ok = hidden[args[0]]
	}
	if !ok {
		fmt.Fprintf(e.stderr, "vertefill: unknown command %q; vertefill help lists them\n", args[0])
		return exitUsage
	}
	e.usage = c.usage
	code, err := c.run(ctx, e, args[1:])
	var usage usageError
	switch {
	case err == nil:
		return code
	case errors.Is(err, flag.ErrHelp):
		return exitDone
	case errors.As(err, &usage):
		fmt.Fprintf(e.stderr, "vertefill %s: %v\nusage: vertefill %s %s\n", args[0], err, args[0], c.usage)
		return exitUsage
	case ctx.Err() != nil:
		fmt.Fprintln(e.stderr, map[text.Lang]string{text.English: "vertefill: stopped; nothing was written", text.French: "vertefill : arrêté ; rien n’a été écrit"}[e.lang])
		return exitFailed
	}
	fmt.Fprintf(e.stderr, "vertefill %s: %s\n", args[0], dicomio.Message(err, asked(e.lang, args)))
	return exitFailed
}

// asked returns the language that --lang names, however the command failed.
func asked(l text.Lang, args []string) text.Lang {
	for i, a := range args {
		v, ok := strings.CutPrefix(strings.TrimPrefix(a, "-"), "-lang=")
		if !ok && strings.TrimLeft(a, "-") == "lang" && i+1 < len(args) {
			v = args[i+1]
		}
		if x, known := text.ParseLang(v); known {
			return x
		}
	}
	return l
}

func help(e env) {
	w := e.stderr
	fmt.Fprintf(w, "vertefill %s\n\n", assess.Version)
	names := make([]string, 0, len(commands))
	for n := range commands {
		names = append(names, n)
	}
	sort.Strings(names)
	for _, n := range names {
		c := commands[n]
		what := c.en
		if e.lang == text.French {
			what = c.fr
		}
		fmt.Fprintf(w, "  vertefill %s %s\n        %s\n", n, c.usage, what)
	}
	fmt.Fprintln(w, map[text.Lang]string{
		text.English: "\nvertefill COMMAND --help lists the options. Not a certified medical device: it measures, the physician decides.",
		text.French:  "\nvertefill COMMANDE --help liste les options. Dispositif médical non certifié : il mesure, le médecin décide.",
	}[e.lang])
}

func runVersion(_ context.Context, e env, _ []string) (int, error) {
	fmt.Fprintln(e.stdout, strings.TrimSpace("vertefill "+assess.Version+" "+assess.Commit))
	return exitDone, nil
}

// newFlags makes a flag set that reports errors by return.
func newFlags(e env, name string) *flag.FlagSet {
	f := flag.NewFlagSet(name, flag.ContinueOnError)
	f.SetOutput(io.Discard)
	f.Usage = func() {
		f.SetOutput(e.stderr)
		fmt.Fprintf(e.stderr, "usage: vertefill %s %s\n", name, e.usage)
		f.PrintDefaults()
	}
	return f
}

// parse reads flags before, between and after the other arguments, and returns those.
func parse(f *flag.FlagSet, args []string) (rest []string, err error) {
	for {
		if err := f.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return nil, err
			}
			return nil, usageError{err.Error()}
		}
		if f.NArg() == 0 {
			return rest, nil
		}
		rest = append(rest, f.Arg(0))
		args = f.Args()[1:]
	}
}

// repeated is a flag that may be given several times.
type repeated []string

func (r *repeated) String() string     { return strings.Join(*r, " ") }
func (r *repeated) Set(s string) error { *r = append(*r, s); return nil }

// language reads the value of --lang.
func language(e env, s string) (text.Lang, error) {
	if s == "" {
		return e.lang, nil
	}
	if l, ok := text.ParseLang(s); ok {
		return l, nil
	}
	return e.lang, usagef("--lang %s: en or fr", s)
}
