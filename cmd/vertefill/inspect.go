package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/vertefill/vertefill/internal/study"
	"github.com/vertefill/vertefill/internal/text"
)

func runInspect(ctx context.Context, e env, args []string) (int, error) {
	f := newFlags(e, "inspect")
	asJSON := f.Bool("json", false, "print JSON")
	lang := f.String("lang", "", "en or fr")
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
	bar := newProgress(e.stderr)
	s, err := study.Open(ctx, rest[0], func(x float64) { bar.show(stageWords[e.lang]["read"], x) })
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
	return exitDone, nil
}

func printInspection(e env, in study.Inspection) {
	w := e.stdout
	for _, s := range in.Series {
		fmt.Fprintf(w, "%-6s %s  %d images  %s\n", strings.ToUpper(string(s.Role)), s.Modality, s.Images, s.Description)
		printGeometry(e, "       ", s.Geometry)
		if len(s.Stacks) > 1 {
			for _, v := range s.Stacks[1:] {
				printGeometry(e, fmt.Sprintf("       volume %d (%s)  ", v.Number, v.SplitBy), v.Geometry)
			}
		}
		if s.RoleReason != "" {
			fmt.Fprintf(w, "       %s\n", s.RoleReason)
		}
		for _, p := range s.Problems {
			fmt.Fprintf(w, "       %s: %s\n", p.Severity, p.Message)
		}
		fmt.Fprintf(w, "       %s\n", s.SeriesInstanceUID)
	}
	if n := len(in.Skipped); n > 0 {
		byCode := map[string]int{}
		var order []string
		for _, s := range in.Skipped {
			if byCode[s.Code] == 0 {
				order = append(order, s.Code)
			}
			byCode[s.Code]++
		}
		var parts []string
		for _, c := range order {
			parts = append(parts, fmt.Sprintf("%d %s", byCode[c], c))
		}
		word := "skipped"
		if e.lang == text.French {
			word = "laissés"
		}
		fmt.Fprintf(w, "%d %s: %s\n", n, word, strings.Join(parts, ", "))
	}
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
