package app

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"

	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/cohort"
	"github.com/vertefill/vertefill/internal/export"
	"github.com/vertefill/vertefill/internal/session"
	"github.com/vertefill/vertefill/internal/text"
	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/model"
)

// cohortEffect carries out the effects of the workspace of many cases.
func (a *App) cohortEffect(e model.Effect) {
	lang := a.state.Settings.Lang
	switch e := e.(type) {
	case model.ReadCohort:
		a.start(model.CohortJob, lang, func(ctx context.Context) model.Msg {
			msg, err := a.readCohort(ctx, PathOf(e.Path), lang)
			if err != nil {
				msg.Error = i18n.CohortFailed.In(lang, "why", err.Error())
			}
			msg.Now = time.Now()
			return msg
		})
	case model.ReadPairs:
		a.start(model.CohortJob, lang, func(ctx context.Context) model.Msg {
			msg := model.PairsRead{Cohort: e.Cohort, Now: time.Now()}
			pairs, err := readPairs(ctx, e)
			if err != nil {
				msg.Error = i18n.CohortFailed.In(lang, "why", err.Error())
			}
			msg.Pairs = pairs
			return msg
		})
	case model.CheckCohort:
		a.start(model.CheckJob, lang, func(ctx context.Context) model.Msg {
			msg := model.CohortChecked{Path: e.Path}
			list, err := a.checkCohort(ctx, e)
			if err != nil {
				msg.Error = i18n.CohortFailed.In(lang, "why", err.Error())
			}
			msg.Cases, msg.Now = list, time.Now()
			return msg
		})
	case model.RunCohort:
		a.start(model.CohortRunning, lang, func(ctx context.Context) model.Msg {
			msg := model.CohortRan{Path: e.Path}
			if err := a.runCohort(ctx, e); err != nil {
				msg.Error = i18n.CohortNoRun.In(lang, "why", err.Error())
			}
			msg.Now = time.Now()
			return msg
		})
	case model.SaveCohort:
		dir := a.config.OutDir
		go func() {
			path, err := outDir(dir)
			if err == nil {
				path = filepath.Join(path, "cohort-"+time.Now().Format("20060102-150405")+".csv")
				err = export.WriteFile(path, func(w io.Writer) error { _, err := io.WriteString(w, e.CSV); return err })
			}
			say := i18n.RowsSaved.In(lang, "path", path)
			if err != nil {
				say = i18n.NotWritten.In(lang, "why", err.Error())
			}
			a.Send(model.Say{Text: say, Now: time.Now()})
		}()
	}
}

// openCohort reads what a path names: results of cohort run, or a cohort, whose
// results lie beside it.
func openCohort(path string) (c *cohort.Cohort, source, out string, err error) {
	if cohort.IsResults(path) {
		c, err = cohort.OpenResults(path)
		return c, "", path, err
	}
	if c, err = cohort.Open(path); err != nil {
		return nil, "", "", fmt.Errorf("neither cases nor results of cohort run: %w", err)
	}
	return c, path, cohort.ResultsBeside(path), nil
}

// reopen is openCohort of what is open already.
func reopen(source, out string) (*cohort.Cohort, error) {
	if source == "" {
		return cohort.OpenResults(out)
	}
	return cohort.Open(source)
}

// readCohort reads a cohort with what is measured of it.
func (a *App) readCohort(ctx context.Context, path string, lang text.Lang) (msg model.CohortRead, err error) {
	c, source, out, err := openCohort(path)
	if err != nil {
		return msg, err
	}
	list, err := cohort.Load(ctx, c, out)
	if err != nil {
		return msg, err
	}
	msg.Path, msg.Source, msg.Cases = out, source, len(list)
	msg.Rows = a.cohortRows(list, lang)
	values := make([][]string, len(c.Cases))
	for i := range c.Cases {
		values[i] = c.Cases[i].Covariates
	}
	msg.Covariates = model.CovariatesOf(c.Covariates, values)
	return msg, nil
}

// cohortRows are the lines of cases, with those marked that were signed in this
// window or in the session that their table names.
func (a *App) cohortRows(list []cohort.Outcome, lang text.Lang) []model.CohortRow {
	rows := model.CohortRows(list)
	signed := map[string]*assess.Report{}
	for i := range list {
		if r := a.signedReport(&list[i]); r != nil {
			signed[list[i].Case.ID] = r
		}
	}
	model.SignRows(rows, signed, lang)
	return rows
}

// signedReport is what a reader signed of a case last; nil when nobody did, or
// when it was changed since.
func (a *App) signedReport(o *cohort.Outcome) *assess.Report {
	if o.Report == nil || o.Report.Inputs.Post == nil {
		return nil
	}
	s := session.Study{Post: o.Report.Inputs.Post.SeriesInstanceUID}
	if pre := o.Report.Inputs.Pre; pre != nil {
		s.Pre = pre.SeriesInstanceUID
	}
	var paths []string
	if a.config.SessionDir != "" {
		paths = append(paths, session.Path(a.config.SessionDir, s))
	}
	if in := o.Record.Inputs.Session; in != "" {
		paths = append(paths, in)
	}
	for _, path := range paths {
		state, err := session.Read(path)
		if err != nil || len(state.Signed) == 0 || state.Changed {
			continue // most cases have none
		}
		r := &assess.Report{}
		if err := json.Unmarshal(state.Signed[len(state.Signed)-1].Report, r); err == nil && r.Schema == assess.Schema {
			return r
		}
	}
	return nil
}

// checkCohort looks at the headers of a cohort.
func (a *App) checkCohort(ctx context.Context, e model.CheckCohort) (out []cohort.Checked, err error) {
	c, err := reopen(e.Source, e.Path)
	if err != nil {
		return nil, err
	}
	return cohort.Check(ctx, c, e.Lang, func(done, total int) {
		a.progress(model.Progress{Kind: model.CheckJob, Fraction: float64(done) / float64(total), At: time.Now()})
	})
}

// runCohort measures a cohort by processes of the command line program and
// tells of every case as it lands.
func (a *App) runCohort(ctx context.Context, e model.RunCohort) error {
	c, err := reopen(e.Source, e.Path)
	if err != nil {
		return err
	}
	program, err := a.program()
	if err != nil {
		return err
	}
	o := cohort.Options{Out: e.Path, Program: program, Version: cohort.ProgramVersion(), Args: cohort.ArgsOf(c, e.Path)}
	if o.Args == nil {
		o.Args = []string{"--lang", string(e.Lang)}
	}
	killed := 0
	_, err = cohort.Run(ctx, c, o, func(r cohort.Record, done, total int, left time.Duration) {
		msg := model.CohortCase{Path: e.Path, Case: r.Case, Failed: r.Status == cohort.Failed, Done: done, Total: total, Left: left}
		if r.Killed {
			killed++
		}
		for i := range c.Cases {
			if c.Cases[i].ID != r.Case {
				continue
			}
			if list, err := cohort.Load(ctx, &cohort.Cohort{Cases: c.Cases[i : i+1], Covariates: c.Covariates}, e.Path); err == nil {
				msg.Rows = a.cohortRows(list, e.Lang)
			}
		}
		if ctx.Err() == nil {
			a.Send(msg)
		}
	})
	if err != nil {
		return err
	}
	list, err := cohort.Merge(ctx, c, e.Path)
	if err == nil {
		err = cohort.WriteReport(c, list, e.Path, e.Lang)
	}
	if err == nil && killed > 0 {
		err = fmt.Errorf("%d cases were ended from outside, for want of memory usually: measure again", killed)
	}
	return err
}

// program is the command line program that measures a case: the one beside the
// window's, or that of the path.
func (a *App) program() (string, error) {
	if a.config.Program != "" {
		return a.config.Program, nil
	}
	name := "vertefill"
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	if self, err := os.Executable(); err == nil {
		if path := filepath.Join(filepath.Dir(self), name); isFile(path) {
			return path, nil
		}
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return "", fmt.Errorf("the program %s is not there: it belongs beside the window's", name)
	}
	return path, nil
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// readingKey finds the key of a reading list in a folder or the one above; nil
// where there is none.
func readingKey(path string) *cohort.ReadingKey {
	for _, d := range []string{path, filepath.Dir(filepath.Clean(path))} {
		if k, err := cohort.ReadKey(filepath.Join(d, "key.json")); err == nil {
			return k
		}
	}
	return nil
}

// readPairs reads the fills of another reading of a cohort.
func readPairs(ctx context.Context, e model.ReadPairs) (*model.CohortPairs, error) {
	c, err := cohort.OpenResults(e.Cohort)
	if err != nil {
		return nil, err
	}
	name := cmp.Or(filepath.Base(filepath.Clean(e.Path)), e.Path)
	r, _, err := cohort.ReadReading(ctx, name, e.Path, c, readingKey(e.Path))
	if err != nil {
		return nil, err
	}
	out := &model.CohortPairs{Name: name, Path: e.Path, Fill: map[string]float64{}}
	for id, report := range r.Reports {
		if report != nil {
			pairsOf(out, id, report)
		}
	}
	return out, nil
}

// pairsOf takes the fills of a case over; those that were not said are left out.
func pairsOf(out *model.CohortPairs, id string, r *assess.Report) {
	for _, v := range r.Vertebrae {
		if !math.IsNaN(v.FillRatio) {
			out.Fill[cohort.SpotKey(id, v.Level)] = v.FillRatio
		}
	}
}
