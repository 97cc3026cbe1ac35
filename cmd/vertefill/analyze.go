package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"runtime"
	"strings"
	"time"

	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/diag"
	"github.com/vertefill/vertefill/internal/export"
	"github.com/vertefill/vertefill/internal/fluoro"
	"github.com/vertefill/vertefill/internal/masks"
	"github.com/vertefill/vertefill/internal/session"
	"github.com/vertefill/vertefill/internal/study"
	"github.com/vertefill/vertefill/internal/text"
	"github.com/vertefill/vertefill/internal/vertebra"
)

type analyzeOptions struct {
	paths        study.Paths
	vertebrae    string
	convention   masks.Convention
	seeds        repeated
	lesions      repeated
	compare      string
	levels, lang string
	fluoro       repeated
	lines        repeated
	runLines     []fluoro.Line
	calibrate    repeated
	known        []knownObject
	film         string
	out          string
	output       *outputFlags
	deid         *deidFlags
	json, strict bool
	threads      int
	session      string
}

func runAnalyze(ctx context.Context, e env, args []string) (int, error) {
	var o analyzeOptions
	f := newFlags(e, "analyze")
	f.StringVar(&o.paths.Post, "post", "", "control CT: folder, file or zip")
	f.StringVar(&o.paths.Pre, "pre", "", "CT before the procedure")
	f.Var(&o.fluoro, "fluoro", "fluoroscopy run; repeatable; alone, only the runs are analysed")
	f.Var(&o.lines, "line", "NAME=x1,y1,x2,y2: a line on the run's first frame (column,row of pixel centres), such as posterior-wall; repeatable")
	f.Var(&o.calibrate, "calibrate", "11g=x1,y1,x2,y2 or 20=x1,y1,x2,y2: a trocar (8g, 10g, 11g, 13g) or a length in mm on the run's first frame gives the size of a pixel; N: before it is for run N alone; repeatable")
	f.StringVar(&o.film, "film", "", "gif or png: also write every run as a film with the outline of the cement")
	f.StringVar(&o.vertebrae, "vertebrae", "", "vertebra masks (NIfTI, NRRD, DICOM SEG or RT structures) in place of the built-in segmentation")
	convention := f.String("vertebrae-convention", "", "what the numbers of that file mean, when it does not say: verse, spineps, spineps-subreg, totalsegmentator-v1, totalsegmentator-v2, totalsegmentator-body, vista3d")
	f.Var(&o.seeds, "seed", "T9=x,y,z: a point inside that body, patient mm (LPS); repeatable")
	f.Var(&o.lesions, "lesion", "outline of a lytic lesion (NIfTI, NRRD, DICOM SEG or RT structures): how far cement fills it is reported apart; repeatable")
	f.StringVar(&o.compare, "compare", "", "a cement mask of another program (DICOM SEG or RT structures, NIfTI, NRRD) to compare the cement with")
	f.StringVar(&o.levels, "levels", "", "report these levels only, such as T9,L1")
	f.StringVar(&o.out, "out", "vertefill-out", "folder for the results")
	f.BoolVar(&o.json, "json", false, "print report.json")
	f.StringVar(&o.lang, "lang", "", "en or fr: language of texts for people (default: the system's)")
	f.BoolVar(&o.strict, "strict", false, "exit with code 3 when a quality entry is an error")
	f.StringVar(&o.session, "session", "", "session file: apply the reader's corrections in it")
	f.IntVar(&o.threads, "threads", 0, "processors to use (default: all)")
	regroup := addRegroupFlags(f)
	o.output = addOutputFlags(f)
	o.deid = addDeidFlags(f)
	rest, err := parse(f, args)
	if err != nil {
		return 0, err
	}
	switch {
	case len(rest) > 1:
		return 0, usagef("one STUDY, not %d", len(rest))
	case len(rest) == 1 && (o.paths.Post != "" || o.paths.Pre != ""):
		return 0, usagef("either STUDY or --post and --pre")
	case len(rest) == 1:
		o.paths.Study = rest[0]
	case o.paths.Post == "" && len(o.fluoro) == 0:
		return 0, usagef("STUDY, --post or --fluoro is needed")
	}
	o.paths.Fluoro = o.fluoro
	if o.paths.Regroup, err = regroup.wishes(); err != nil {
		return 0, err
	}
	if o.deid.on && o.output.identity {
		return 0, usagef("either --deid or --identity")
	}
	if o.threads < 0 {
		return 0, usagef("--threads %d", o.threads)
	}
	if o.threads > 0 {
		runtime.GOMAXPROCS(o.threads)
	}
	opt := assess.Options{}
	if opt.Lang, err = language(e, o.lang); err != nil {
		return 0, err
	}
	if opt.Seeds, err = parseSeeds(o.seeds); err != nil {
		return 0, err
	}
	if opt.Levels, err = parseLevels(o.levels); err != nil {
		return 0, err
	}
	if o.runLines, err = parseLines(o.lines); err != nil {
		return 0, err
	}
	if o.known, err = parseKnown(o.calibrate); err != nil {
		return 0, err
	}
	if err := checkFilm(o.film); err != nil {
		return 0, err
	}
	if o.convention, err = masks.ParseConvention(*convention); err != nil {
		return 0, usagef("--vertebrae-convention: %v", err)
	}
	e.lang = opt.Lang
	return analyze(ctx, e, o, opt)
}

func analyze(ctx context.Context, e env, o analyzeOptions, opt assess.Options) (int, error) {
	files, err := o.output.options(e.lang)
	if err != nil {
		return 0, err
	}
	bar := newProgress(e.stderr)
	defer bar.done()
	words := stageWords[e.lang]
	started := time.Now()
	st, err := study.OpenPaths(ctx, o.paths, func(f float64) { bar.show(words["read"], 0.05*f) })
	if err != nil {
		return 0, err
	}
	if err := calibrate(st.Runs(), o.known); err != nil {
		return 0, err
	}
	if onlyRuns(st) {
		return analyzeRuns(ctx, e, o, st, bar)
	}
	in, err := assess.Load(ctx, st, func(f float64) { bar.show(words["read"], 0.05+0.1*f) })
	if err != nil {
		return 0, err
	}
	if o.vertebrae != "" {
		in.Bodies, err = vertebraMasks(o.vertebrae, o.convention, in)
		if err != nil {
			return 0, fmt.Errorf("vertebra mask: %w: %s", err, o.vertebrae)
		}
	}
	for _, path := range o.lesions {
		masks, err := lesionMasks(path, in)
		if err != nil {
			return 0, err
		}
		in.Lesions = append(in.Lesions, masks...)
	}
	loaded := time.Since(started).Seconds()
	result, err := assess.Run(ctx, in, opt, func(s assess.Stage, f float64) {
		bar.show(words[string(s)], 0.15+0.7*overall(s, f))
	})
	if err != nil {
		return 0, err
	}
	if o.session != "" {
		if result, err = corrected(ctx, result, o.session); err != nil {
			return 0, err
		}
	}
	result.Report.Timing["load"] = math.Round(loaded*1000) / 1000
	runs, err := assess.FluoroWithCT(ctx, st.Runs(), o.runLines, result, e.lang, func(f float64) { bar.show(runWord[e.lang], 0.85+0.07*f) })
	if err != nil {
		return 0, err
	}
	recordKnown(&result.Report, o.known)
	bar.show(words["write"], 0.92)
	var agreed string
	if o.compare != "" {
		if agreed, err = compared(o.compare, result, e.lang); err != nil {
			return 0, err
		}
	}
	if result, err = o.deid.apply(result, o.out); err != nil {
		return 0, err
	}
	files.Study = o.output.about(st, &result.Report)
	if !o.deid.on { // pictures of a run may have text burnt in
		files.Runs = runs
	}
	if err := export.Write(ctx, o.out, result, files); err != nil {
		return 0, err
	}
	if err := export.Fluoro(ctx, o.out, runs); err != nil {
		return 0, err
	}
	if err := films(ctx, e, o, runs); err != nil {
		return 0, err
	}
	bar.show(words["write"], 1)
	bar.done()
	if o.json {
		enc := json.NewEncoder(e.stdout)
		enc.SetIndent("", "  ")
		if err := enc.Encode(result.Report); err != nil {
			return 0, err
		}
	} else {
		export.Table(e.stdout, &result.Report, e.lang)
		if agreed != "" {
			fmt.Fprintf(e.stdout, "\n%s\n", agreed)
		}
		fmt.Fprintf(e.stdout, "\n%s\n", o.out)
	}
	if o.strict {
		for _, q := range result.Report.Quality {
			if q.Severity == diag.Error {
				return exitStrict, nil
			}
		}
	}
	return exitDone, nil
}

// corrected applies the corrections of a session to the result of its study.
func corrected(ctx context.Context, r *assess.Result, path string) (*assess.Result, error) {
	s, err := session.Read(path)
	if err != nil {
		return nil, err
	}
	if post := r.Report.Inputs.Post; post == nil || s.Study.Post != post.SeriesInstanceUID {
		return nil, fmt.Errorf("session: it is about another control CT: %s", path)
	}
	if len(s.Edits) == 0 {
		return r, nil
	}
	return r.Edited(ctx, s.Edits)
}

// overall turns the progress of a stage into that of the analysis, by the usual share of each stage.
func overall(s assess.Stage, f float64) float64 {
	shares := map[assess.Stage][2]float64{assess.StageVertebrae: {0, 0.5}, assess.StageRegister: {0.5, 0.75}, assess.StageCement: {0.75, 0.95}, assess.StageLeaks: {0.95, 1}}
	r := shares[s]
	return r[0] + f*(r[1]-r[0])
}

var stageWords = map[text.Lang]map[string]string{
	text.English: {"read": "reading", "vertebrae": "vertebrae", "registration": "registration", "cement": "cement", "leaks": "leaks", "write": "writing"},
	text.French:  {"read": "lecture", "vertebrae": "vertèbres", "registration": "recalage", "cement": "ciment", "leaks": "fuites", "write": "écriture"},
}

func parseSeeds(list []string) (out []vertebra.Seed, err error) {
	for _, s := range list {
		seed, err := vertebra.ParseSeed(s)
		if err != nil {
			return nil, usagef("--seed: %v", err)
		}
		out = append(out, seed)
	}
	return out, nil
}

func parseLevels(s string) (out []anatomy.Level, err error) {
	if s == "" {
		return nil, nil
	}
	for _, w := range strings.Split(s, ",") {
		l, err := anatomy.ParseLevel(w)
		if err != nil {
			return nil, usagef("--levels: %v", err)
		}
		out = append(out, l)
	}
	return out, nil
}
