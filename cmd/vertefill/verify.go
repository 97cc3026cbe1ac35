package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/cohort"
	"github.com/vertefill/vertefill/internal/export"
	"github.com/vertefill/vertefill/internal/fluoro"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/masks"
	"github.com/vertefill/vertefill/internal/study"
	"github.com/vertefill/vertefill/internal/text"
	"github.com/vertefill/vertefill/internal/vertebra"
)

const verifyUsage = "REPORT.json [STUDY | --post PATH [--pre PATH] [--fluoro PATH]...]"

// verification is what runVerify was asked for.
type verification struct {
	paths      study.Paths
	vertebrae  string
	session    string
	convention masks.Convention
	report     *assess.Report
	was        []byte
	lang       text.Lang
	langs      []text.Lang // to try, the likely one first
}

// runVerify measures again what a report tells of, with the parameters it records, and says what came out otherwise. Exit code 0: the
// same numbers; 3: others; 1: it could not be measured.
func runVerify(ctx context.Context, e env, args []string) (int, error) {
	v, err := parseVerify(e, args)
	if err != nil {
		return 0, err
	}
	var best []cohort.Difference
	for n, l := range v.langs {
		now, err := v.measure(ctx, e, l)
		if err != nil {
			return 0, err
		}
		found, err := cohort.Differences(v.was, now)
		if err != nil {
			return 0, err
		}
		if n == 0 || len(found) < len(best) {
			best = found
		}
		if !onlyWords(best) || len(best) == 0 {
			break // another language changes nothing
		}
	}
	return v.tell(e, best)
}

func parseVerify(e env, args []string) (*verification, error) {
	v := &verification{report: &assess.Report{}}
	var runs repeated
	f := newFlags(e, "verify")
	f.StringVar(&v.paths.Post, "post", "", "control CT: folder, file or zip")
	f.StringVar(&v.paths.Pre, "pre", "", "CT before the procedure")
	f.Var(&runs, "fluoro", "fluoroscopy run; repeatable")
	f.StringVar(&v.session, "session", "", "the session whose corrections are in the report, if any")
	f.StringVar(&v.vertebrae, "vertebrae", "", "the vertebra masks that the report was made with, if any")
	convention := f.String("vertebrae-convention", "", "what the numbers of that file mean, when it does not say")
	lang := f.String("lang", "", "language of the report: en or fr (default: seen from its texts)")
	threads := f.Int("threads", 0, "processors to use (default: all); the numbers do not depend on it")
	rest, err := parse(f, args)
	if err != nil {
		return nil, err
	}
	if len(rest) < 1 || len(rest) > 2 || len(rest) == 2 && v.paths.Post != "" || *threads < 0 {
		return nil, usagef("one REPORT.json, and where its images are")
	}
	if *threads > 0 {
		runtime.GOMAXPROCS(*threads)
	}
	if v.convention, err = masks.ParseConvention(*convention); err != nil {
		return nil, usagef("--vertebrae-convention: %v", err)
	}
	if v.was, err = os.ReadFile(rest[0]); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(v.was, v.report); err != nil || v.report.Schema != assess.Schema {
		return nil, fmt.Errorf("not a report of schema %s: %s", assess.Schema, rest[0])
	}
	v.paths.Fluoro = runs
	if len(rest) == 2 {
		v.paths.Study = rest[1]
	} else if v.paths.Post == "" && len(runs) == 0 {
		// The report of a cohort lies beside the record that says where its images are.
		record, err := cohort.ReadRecord(filepath.Dir(rest[0]))
		if errors.Is(err, fs.ErrNotExist) || err == nil && record.Inputs.Empty() {
			return nil, usagef("say where the images of the report are: STUDY or --post")
		} else if err != nil {
			return nil, err
		}
		if v.session == "" {
			v.session = record.Inputs.Session
		}
		v.paths = study.Paths{Study: record.Inputs.Study, Post: record.Inputs.Post, Pre: record.Inputs.Pre, Fluoro: record.Inputs.Fluoro}
	}
	if _, corrected := v.report.Parameters["corrections"]; corrected && v.session == "" {
		return nil, fmt.Errorf("a reader corrected this report: it can be measured again with the corrections (--session FILE) only: %s", rest[0])
	}
	if v.report.Parameters["vertebraeFrom"] == "mask" && v.vertebrae == "" {
		return nil, usagef("the report was made with vertebra masks: give them with --vertebrae")
	}
	if v.lang, err = language(e, *lang); err != nil {
		return nil, err
	}
	v.langs = []text.Lang{v.lang}
	if *lang == "" {
		v.langs = likelyLanguages(v.was)
	}
	return v, nil
}

// likelyLanguages looks at the letters of a report: French sentences have accents.
func likelyLanguages(report []byte) []text.Lang {
	if bytes.ContainsAny(report, "éèêàç") {
		return []text.Lang{text.French, text.English}
	}
	return []text.Lang{text.English, text.French}
}

// measure returns the report as it comes out now.
func (v *verification) measure(ctx context.Context, e env, l text.Lang) ([]byte, error) {
	bar := newProgress(e.stderr)
	defer bar.done()
	words := stageWords[e.lang]
	st, err := study.OpenPaths(ctx, v.paths, func(f float64) { bar.show(words["read"], 0.05*f) })
	if err != nil {
		return nil, err
	}
	if err := v.choose(st); err != nil {
		return nil, err
	}
	opt, lines, err := recorded(v.report)
	if err != nil {
		return nil, err
	}
	known, err := recordedKnown(v.report)
	if err == nil {
		err = calibrate(st.Runs(), known)
	}
	if err != nil {
		return nil, err
	}
	opt.Lang = l
	var out bytes.Buffer
	if v.report.Inputs.Post == nil {
		r, _, err := assess.FluoroOnly(ctx, st.Runs(), lines, l, func(f float64) { bar.show(runWord[e.lang], 0.05+0.9*f) })
		if err != nil {
			return nil, err
		}
		recordKnown(&r.Report, known)
		return out.Bytes(), export.JSON(&out, &r.Report)
	}
	in, err := assess.Load(ctx, st, func(f float64) { bar.show(words["read"], 0.05+0.1*f) })
	if err != nil {
		return nil, err
	}
	if v.vertebrae != "" {
		if in.Bodies, err = vertebraMasks(v.vertebrae, v.convention, in); err != nil {
			return nil, fmt.Errorf("vertebra mask: %w: %s", err, v.vertebrae)
		}
	}
	r, err := assess.Run(ctx, in, opt, func(s assess.Stage, f float64) { bar.show(words[string(s)], 0.15+0.7*overall(s, f)) })
	if err == nil && v.session != "" {
		r, err = corrected(ctx, r, v.session)
	}
	if err != nil {
		return nil, err
	}
	if _, err := assess.FluoroWithCT(ctx, st.Runs(), lines, r, l, func(f float64) { bar.show(runWord[e.lang], 0.85+0.15*f) }); err != nil {
		return nil, err
	}
	recordKnown(&r.Report, known)
	err = export.JSON(&out, &r.Report)
	return out.Bytes(), err
}

// choose gives the series of the report the roles they had, whatever the program would choose today.
func (v *verification) choose(st *study.Study) error {
	in := v.report.Inputs
	for _, x := range []struct {
		series *assess.Series
		role   study.Role
	}{{in.Post, study.Post}, {in.Pre, study.Pre}} {
		if x.series == nil {
			if s := st.ByRole(x.role); s != nil {
				if err := st.SetRole(s.UID, study.Other); err != nil {
					return err
				}
			}
			continue
		}
		if err := st.SetRole(x.series.SeriesInstanceUID, x.role); err != nil {
			return fmt.Errorf("the images are not those of the report (%w)", err)
		}
	}
	for _, s := range st.Series { // runs that were not measured then are not measured now
		if s.Role != study.Fluoro {
			continue
		}
		used := false
		for _, run := range in.Fluoro {
			used = used || run.SeriesInstanceUID == s.UID
		}
		if !used && len(in.Fluoro) > 0 {
			if err := st.SetRole(s.UID, study.Other); err != nil {
				return err
			}
		}
	}
	return nil
}

// recorded returns the settings that the report holds.
func recorded(r *assess.Report) (opt assess.Options, lines []fluoro.Line, err error) {
	var p struct {
		Seeds []struct {
			Level    string     `json:"level"`
			PointLPS [3]float64 `json:"pointLps"`
		} `json:"seeds"`
		Levels []string `json:"levels"`
	}
	b, err := json.Marshal(r.Parameters)
	if err == nil {
		err = json.Unmarshal(b, &p)
	}
	if err != nil {
		return opt, nil, fmt.Errorf("parameters of the report: %w", err)
	}
	for _, s := range p.Seeds {
		l, err := anatomy.ParseLevel(s.Level)
		if err != nil {
			return opt, nil, fmt.Errorf("parameters of the report: %w", err)
		}
		opt.Seeds = append(opt.Seeds, vertebra.Seed{Level: l, Point: geom.LPS(s.PointLPS[0], s.PointLPS[1], s.PointLPS[2])})
	}
	for _, s := range p.Levels {
		l, err := anatomy.ParseLevel(s)
		if err != nil {
			return opt, nil, fmt.Errorf("parameters of the report: %w", err)
		}
		opt.Levels = append(opt.Levels, l)
	}
	if len(r.Fluoro) > 0 { // the same lines were given to every run
		for _, x := range r.Fluoro[0].Lines {
			if x.Source == "user" && len(x.Points) == 2 {
				lines = append(lines, fluoro.Line{Name: x.Name, Points: [2][2]float64{x.Points[0], x.Points[1]}})
			}
		}
	}
	return opt, lines, nil
}

// onlyWords reports whether two reports differ in sentences alone.
func onlyWords(found []cohort.Difference) bool {
	for _, d := range found {
		if !strings.HasSuffix(d.Path, ".message") && !strings.HasSuffix(d.Path, ".reason") {
			return false
		}
	}
	return true
}

// verifyWords are the sentences of the answer.
var verifyWords = map[text.Lang]map[string]string{
	text.English: {"same": "The same: every number and every finding of the report came out again.\n", "other": "%d values came out otherwise:\n", "version": "The report was made by version %s, this is %s.\n", "none": "nothing"},
	text.French:  {"same": "Identique : chaque nombre et chaque constat du compte rendu est ressorti.\n", "other": "%d valeurs sont ressorties autrement :\n", "version": "Le compte rendu vient de la version %s, ceci est la %s.\n", "none": "rien"},
}

// mostDifferences is how many differences are printed.
const mostDifferences = 40

func (v *verification) tell(e env, found []cohort.Difference) (int, error) {
	t := verifyWords[e.lang]
	if s := v.report.Software; s.Version != assess.Version || s.Commit != assess.Commit {
		fmt.Fprintf(e.stdout, t["version"], strings.TrimSpace(s.Version+" "+s.Commit), strings.TrimSpace(assess.Version+" "+assess.Commit))
	}
	if len(found) == 0 {
		_, err := fmt.Fprint(e.stdout, t["same"])
		return exitDone, err
	}
	fmt.Fprintf(e.stdout, t["other"], len(found))
	for i, d := range found {
		if i == mostDifferences {
			fmt.Fprintln(e.stdout, "…")
			break
		}
		for _, s := range []*string{&d.Was, &d.Now} {
			if *s == "" {
				*s = t["none"]
			}
		}
		fmt.Fprintf(e.stdout, "  %s: %s → %s\n", d.Path, d.Was, d.Now)
	}
	return exitStrict, nil
}
