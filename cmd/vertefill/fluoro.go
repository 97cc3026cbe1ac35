package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/export"
	"github.com/vertefill/vertefill/internal/fluoro"
	"github.com/vertefill/vertefill/internal/study"
	"github.com/vertefill/vertefill/internal/text"
)

// onlyRuns reports whether a study holds fluoroscopy and no control CT, so that only the runs can be analysed.
func onlyRuns(st *study.Study) bool { return st.ByRole(study.Post) == nil && len(st.Runs()) > 0 }

// analyzeRuns analyses fluoroscopy that has no control CT.
func analyzeRuns(ctx context.Context, e env, o analyzeOptions, st *study.Study, bar *progressBar) (int, error) {
	files, err := o.output.options(e.lang)
	if err != nil {
		return 0, err
	}
	result, found, err := assess.FluoroOnly(ctx, st.Runs(), o.runLines, e.lang, func(f float64) { bar.show(runWord[e.lang], 0.05+0.9*f) })
	if err != nil {
		return 0, err
	}
	recordKnown(&result.Report, o.known)
	if result, err = o.deid.apply(result, o.out); err != nil {
		return 0, err
	}
	if !o.deid.on { // pictures of a run may have text burnt in
		files.Runs = found
	}
	if err := export.FluoroOnly(ctx, o.out, result, found, files); err != nil {
		return 0, err
	}
	if err := films(ctx, e, o, found); err != nil {
		return 0, err
	}
	bar.show(runWord[e.lang], 1)
	bar.done()
	if o.json {
		enc := json.NewEncoder(e.stdout)
		enc.SetIndent("", "  ")
		return exitDone, enc.Encode(result.Report)
	}
	export.FluoroTable(e.stdout, &result.Report, e.lang)
	fmt.Fprintf(e.stdout, "\n%s\n", o.out)
	return exitDone, nil
}

// checkFilm refuses kinds of film that are not written.
func checkFilm(kind string) error {
	switch export.FilmFormat(kind) {
	case "", export.FilmGIF, export.FilmPNG:
		return nil
	}
	return usagef("--film %s: gif or png", kind)
}

// films writes the films asked for and warns of text burnt into the pictures.
func films(ctx context.Context, e env, o analyzeOptions, runs []assess.FluoroResult) error {
	if o.film == "" || len(runs) == 0 {
		return nil
	}
	if err := export.Films(ctx, o.out, runs, export.FilmFormat(o.film)); err != nil {
		return err
	}
	warning := export.FilmWarning[0]
	if e.lang == text.French {
		warning = export.FilmWarning[1]
	}
	fmt.Fprintln(e.stderr, warning)
	return nil
}

var runWord = map[text.Lang]string{text.English: "fluoroscopy", text.French: "scopie"}

// parseLines reads --line NAME=x1,y1,x2,y2.
func parseLines(list []string) (out []fluoro.Line, err error) {
	for _, s := range list {
		name, at, ok := strings.Cut(s, "=")
		parts := strings.Split(at, ",")
		if !ok || strings.TrimSpace(name) == "" || len(parts) != 4 {
			return nil, usagef("--line %s: write it as NAME=x1,y1,x2,y2", s)
		}
		l := fluoro.Line{Name: strings.TrimSpace(name)}
		for i, p := range parts {
			x, err := strconv.ParseFloat(strings.TrimSpace(p), 64)
			if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
				return nil, usagef("--line %s: %q is not a pixel", s, p)
			}
			l.Points[i/2][i%2] = x
		}
		if l.Points[0] == l.Points[1] {
			return nil, usagef("--line %s: its two points are one", s)
		}
		out = append(out, l)
	}
	return out, nil
}
