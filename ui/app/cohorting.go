package app

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/cohort"
	"github.com/vertefill/vertefill/internal/export"
	"github.com/vertefill/vertefill/ui/i18n"
	"github.com/vertefill/vertefill/ui/model"
)

// cohortEffect carries out the effects of the workspace of many cases.
func (a *App) cohortEffect(e model.Effect) {
	lang := a.state.Settings.Lang
	switch e := e.(type) {
	case model.ReadCohort:
		a.start(model.CohortJob, lang, func(ctx context.Context) model.Msg {
			msg := model.CohortRead{Path: e.Path, Now: time.Now()}
			list, err := readCohort(ctx, e.Path)
			if err != nil {
				msg.Error = i18n.CohortFailed.In(lang, "why", err.Error())
				return msg
			}
			msg.Rows, msg.Cases = model.CohortRows(list), len(list)
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

// readCohort reads the results in a folder: each case says itself what it was measured on.
func readCohort(ctx context.Context, out string) ([]cohort.Outcome, error) {
	c, err := resultsIn(out)
	if err != nil {
		return nil, err
	}
	return cohort.Load(ctx, c, out)
}

// resultsIn lists the cases whose results a folder holds.
func resultsIn(out string) (*cohort.Cohort, error) {
	entries, err := os.ReadDir(filepath.Dir(cohort.Dir(out, "x")))
	if err != nil {
		if os.IsNotExist(err) {
			err = fmt.Errorf("no results of cohort run in %s: %w", out, fs.ErrNotExist)
		}
		return nil, err
	}
	c := &cohort.Cohort{}
	for _, e := range entries {
		if e.IsDir() && !strings.HasPrefix(e.Name(), ".") {
			c.Cases = append(c.Cases, cohort.Case{ID: e.Name()})
		}
	}
	if len(c.Cases) == 0 {
		return nil, fmt.Errorf("no results of cohort run in %s", out)
	}
	return c, nil
}

// readPairs reads the fills of another reading of a cohort.
func readPairs(ctx context.Context, e model.ReadPairs) (*model.CohortPairs, error) {
	c, err := resultsIn(e.Cohort)
	if err != nil {
		return nil, err
	}
	name := cmp.Or(filepath.Base(filepath.Clean(e.Path)), e.Path)
	r, _, err := cohort.ReadReading(ctx, name, e.Path, c, nil)
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

// pairsOf takes the fills of a case over.
func pairsOf(out *model.CohortPairs, id string, r *assess.Report) {
	for _, v := range r.Vertebrae {
		out.Fill[cohort.SpotKey(id, v.Level)] = v.FillRatio
	}
}
