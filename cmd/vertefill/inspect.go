package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/vertefill/vertefill/internal/dicomio"
	"github.com/vertefill/vertefill/internal/study"
	"github.com/vertefill/vertefill/internal/text"
)

func runInspect(ctx context.Context, e env, args []string) (int, error) {
	f := newFlags(e, "inspect")
	asJSON := f.Bool("json", false, "print JSON")
	lang := f.String("lang", "", "en or fr")
	regroup := addRegroupFlags(f)
	rest, err := parse(f, args)
	if err != nil {
		return 0, err
	}
	if len(rest) != 1 {
		return 0, usagef("one PATH is needed")
	}
	if e.lang, err = language(e, *lang); err != nil {
		return 0, err
	}
	paths := study.Paths{Study: rest[0]}
	if paths.Regroup, err = regroup.wishes(); err != nil {
		return 0, err
	}
	bar := newProgress(e.stderr)
	s, err := study.OpenPathsWatched(ctx, paths, dicomio.Watch{
		Progress: func(x float64) { bar.show(stageWords[e.lang]["read"], x) },
		Series:   func(x *dicomio.Series) { bar.say(foundLine(x)) },
	})
	bar.done()
	if err != nil && !(errors.Is(err, study.ErrEmpty) && s != nil) {
		return 0, err
	}
	in := s.Inspect(e.lang)
	if *asJSON {
		enc := json.NewEncoder(e.stdout)
		enc.SetIndent("", "  ")
		return exitDone, enc.Encode(in)
	}
	printInspection(e, in)
	printSkipped(e, s.Skipped)
	return exitDone, nil
}

// foundLine says that a series was found, before the scan of its folder has ended.
func foundLine(s *dicomio.Series) string {
	line := fmt.Sprintf("%s %d images", s.Modality, s.Images)
	if m := s.Main(); m != nil {
		line += fmt.Sprintf("  %d x %d x %d", m.Grid.NX, m.Grid.NY, m.Grid.NZ)
	}
	return line + "  " + s.UID
}

func printInspection(e env, in study.Inspection) {
	w := e.stdout
	for _, s := range in.Series {
		fmt.Fprintf(w, "%-6s %s  %d images  %s\n", strings.ToUpper(string(s.Role)), s.Modality, s.Images, s.Description)
		printGeometry(e, "       ", s.Geometry)
		if len(s.Stacks) > 1 {
			for _, v := range s.Stacks[1:] {
				why := dicomio.ReasonWords(v.SplitBy).EN
				if e.lang == text.French {
					why = dicomio.ReasonWords(v.SplitBy).FR
				}
				printGeometry(e, fmt.Sprintf("       volume %d (%s)  ", v.Number, why), v.Geometry)
			}
		}
		if s.RoleReason != "" {
			fmt.Fprintf(w, "       %s\n", s.RoleReason)
		}
		for _, p := range s.Problems {
			fmt.Fprintf(w, "       %s: %s\n", severityWords[e.lang][p.Severity], p.Message)
		}
		fmt.Fprintf(w, "       %s\n", s.SeriesInstanceUID)
	}
}

// printSkipped names every reason once, with the number of files and the first of them.
func printSkipped(e env, list []dicomio.Skipped) {
	words := "%d skipped (%s): %s; %s\n"
	if e.lang == text.French {
		words = "%d laissés (%s)\u202f: %s\u202f; %s\n"
	}
	for _, r := range dicomio.ByReason(list) {
		fmt.Fprintf(e.stdout, words, r.N, r.Code, r.Message(e.lang), r.Path)
	}
}

// severityWords are the severities of the contract for people.
var severityWords = map[text.Lang]map[string]string{
	text.English: {"info": "note", "warning": "warning", "error": "error"},
	text.French:  {"info": "note", "warning": "attention", "error": "erreur"},
}

func printGeometry(e env, before string, g study.Geometry) {
	if len(g.Dimensions) != 3 {
		return
	}
	fmt.Fprintf(e.stdout, "%s%d x %d x %d", before, g.Dimensions[0], g.Dimensions[1], g.Dimensions[2])
	for i, mm := range g.SpacingMM {
		fmt.Fprintf(e.stdout, "%s%s", []string{"  ", " x ", " x "}[i], e.lang.Number(mm, 3))
	}
	if len(g.SpacingMM) > 0 {
		fmt.Fprint(e.stdout, " mm")
	}
	fmt.Fprintf(e.stdout, "  %s\n", g.Verdict)
}
